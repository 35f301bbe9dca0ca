//! From names to a certificate (RFC 8555, section 7.4).

mod authorization;
mod issued;
mod key;
mod poll;

use instant_acme::{NewOrder, Order, OrderStatus};
use zeroize::Zeroizing;

use crate::{
    config::{ChallengeType, Identifier, KeyType},
    state::Challenges,
};

use super::{
    account::Account,
    client::{Client, Repeat, persist},
    error::Error,
    problem::Problem,
    renewal_info::CertificateId,
};

use key::CertificateKey;

/// What a certificate is to be like.
#[derive(Debug, Clone)]
pub struct OrderRequest<'a> {
    /// The names that it is for; at least one.
    pub names: &'a [Identifier],
    /// The kind of its key.
    pub key_type: KeyType,
    /// The challenges that can be answered, the preferred one first; at least one.
    pub challenges: &'a [ChallengeType],
    /// The certificate that it is to take the place of (RFC 9773, section 5).
    pub replaces: Option<&'a CertificateId>,
}

/// A certificate and its key.
pub struct Issued {
    /// The chain, PEM, the certificate itself first.
    pub chain_pem: String,
    /// The private key, PEM, PKCS #8.
    pub key_pem: Zeroizing<String>,
}

impl Account<'_> {
    /// Has a certificate issued, with a new key. What the authority asks for is offered in
    /// `challenges` meanwhile, and taken back at the end, however it ends.
    ///
    /// Where a name cannot be validated by the first kind of challenge, a new order is tried
    /// with the next kind.
    ///
    /// # Errors
    /// Where the authority refuses, cannot validate a name, or issues what cannot be used.
    pub async fn order(
        &mut self,
        request: &OrderRequest<'_>,
        challenges: &Challenges,
    ) -> Result<Issued, Error> {
        let after = self.client.patience().order;
        tokio::time::timeout(after, self.try_each(request, challenges))
            .await
            .map_err(|_| Error::Unfinished {
                host: self.client.host().to_owned(),
                after,
                retry_after: None,
            })?
    }

    async fn try_each(
        &mut self,
        request: &OrderRequest<'_>,
        challenges: &Challenges,
    ) -> Result<Issued, Error> {
        let profile = self.profile()?;
        let key = CertificateKey::generate(request.key_type).await?;
        let mut refused: Option<Error> = None;
        for &challenge in request.challenges {
            let attempt = self
                .attempt(request, profile.as_deref(), challenge, &key, challenges)
                .await;
            match (attempt, refused.take()) {
                (Err(Error::Validation(mut error)), Some(Error::Validation(before))) => {
                    error.failures.splice(0..0, before.failures);
                    refused = Some(Error::Validation(error));
                }
                (Err(Error::Validation(error)), _) => {
                    tracing::warn!("{error}");
                    refused = Some(Error::Validation(error));
                }
                // Says nothing about why the kinds that are offered did not do.
                (Err(Error::NoChallenge { .. }), Some(before)) => refused = Some(before),
                (result, _) => return result,
            }
        }
        Err(refused.unwrap_or(Error::Crypto("an order without any challenge")))
    }

    async fn attempt(
        &mut self,
        request: &OrderRequest<'_>,
        profile: Option<&str>,
        preferred: ChallengeType,
        key: &CertificateKey,
        challenges: &Challenges,
    ) -> Result<Issued, Error> {
        let client = self.client;
        let mut order = self.new_order(request, profile).await?;
        if order.state().status == OrderStatus::Pending {
            client
                .validate(&mut order, request, preferred, challenges)
                .await?;
        }
        if order.state().status == OrderStatus::Invalid {
            return Err(client.refused(&mut order).await);
        }
        let csr = key.request(request.names)?;
        let chain_pem = client.finalize(&mut order, &csr).await?;
        issued::check(&chain_pem, key, request.names).map_err(|reason| Error::Unusable {
            host: client.host().to_owned(),
            reason,
        })?;
        Ok(Issued {
            chain_pem,
            key_pem: key.pem(),
        })
    }

    async fn new_order(
        &mut self,
        request: &OrderRequest<'_>,
        profile: Option<&str>,
    ) -> Result<Order, Error> {
        let identifiers: Vec<_> = request
            .names
            .iter()
            .map(|name| match name {
                Identifier::Dns(name) => instant_acme::Identifier::Dns(name.clone()),
                Identifier::Ip(address) => instant_acme::Identifier::Ip(*address),
            })
            .collect();
        let plain = || match profile {
            Some(profile) => NewOrder::new(&identifiers).profile(profile),
            None => NewOrder::new(&identifiers),
        };
        let replaces = request
            .replaces
            .filter(|_| self.client.directory.has_renewal_info());
        if let Some(replaced) = replaces {
            let order = plain().replaces(replaced.0.clone());
            match self.place(&order).await {
                // Only a hint: a certificate must not be missed for it.
                Err(error) if blames_the_order(&error) => {
                    tracing::info!("ordering without naming the certificate to replace: {error}");
                }
                result => return result,
            }
        }
        self.place(&plain()).await
    }

    async fn place(&mut self, order: &NewOrder<'_>) -> Result<Order, Error> {
        let (client, repeat) = (self.client, Repeat::Never);
        match persist!(client, repeat, self.inner.new_order(order).await) {
            Err(error) => {
                self.restore(error).await?;
                persist!(client, repeat, self.inner.new_order(order).await)
            }
            result => result,
        }
    }

    /// The profile to ask for, if the authority has any.
    fn profile(&self) -> Result<Option<String>, Error> {
        let Some(profile) = &self.client.authority.profile else {
            return Ok(None);
        };
        let offered: Vec<_> = self.client.directory.profiles().collect();
        if offered.is_empty() {
            tracing::warn!(
                authority = self.client.host(),
                profile,
                "the authority has no profiles: ordering without one"
            );
            return Ok(None);
        }
        if !offered.contains(&profile.as_str()) {
            return Err(Error::UnknownProfile {
                host: self.client.host().to_owned(),
                profile: profile.clone(),
                offered: offered.into_iter().map(str::to_owned).collect(),
            });
        }
        Ok(Some(profile.clone()))
    }
}

impl Client {
    /// Asks for the certificate, and returns the chain, PEM.
    async fn finalize(&self, order: &mut Order, csr: &[u8]) -> Result<String, Error> {
        match persist!(self, Repeat::Never, order.finalize_csr(csr).await) {
            Ok(()) => {}
            // It may have arrived all the same.
            Err(
                error @ (Error::Unreachable { .. } | Error::Slow { .. } | Error::NotAcme { .. }),
            ) => {
                tracing::info!("asking what has become of the order: {error}");
                self.refresh(order).await?;
                if order.state().status == OrderStatus::Ready {
                    persist!(self, Repeat::Never, order.finalize_csr(csr).await)?;
                }
            }
            Err(error) => return Err(error),
        }
        self.poll(order, self.patience().issuance, |status| {
            matches!(status, OrderStatus::Valid | OrderStatus::Invalid)
        })
        .await?;
        if order.state().status != OrderStatus::Valid {
            return Err(self.refused(order).await);
        }
        let chain = persist!(self, Repeat::Safe, order.certificate().await)?;
        match chain {
            Some(chain) => Ok(chain),
            None => Err(self.refused(order).await),
        }
    }

    async fn refresh(&self, order: &mut Order) -> Result<(), Error> {
        persist!(self, Repeat::Safe, order.refresh().await.map(drop))
    }

    /// Why an order came to nothing, as exactly as the authority tells.
    async fn refused(&self, order: &mut Order) -> Error {
        let problem = order.state().error.clone();
        match self.failed_validations(order).await {
            Some(error) => Error::Validation(Box::new(error)),
            None => {
                let problem = problem.map_or_else(
                    || Problem {
                        detail: "the order is not valid any more".into(),
                        ..Problem::default()
                    },
                    Problem::from,
                );
                self.transport().refused(problem, None)
            }
        }
    }
}

/// Whether the authority takes offence at something in the order, rather than at its time or at
/// the account.
fn blames_the_order(error: &Error) -> bool {
    // Accepted, but without a word about the certificate: instant-acme does not accept that.
    if matches!(
        error,
        Error::NotAcme {
            status: 200..300,
            ..
        }
    ) {
        return true;
    }
    error.refusal().is_some_and(|refusal| {
        refusal.status < 500
            && !matches!(
                refusal.problem.kind.as_str(),
                "rateLimited" | "userActionRequired" | "accountDoesNotExist" | "badNonce"
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that an order can go on beside whatever else a process does.
    #[test]
    fn an_order_may_move_between_threads() {
        fn assert_send<T: Send>(_: impl FnOnce(&'static mut Account<'static>) -> T) {}
        assert_send(|account| async move {
            let request = OrderRequest {
                names: &[],
                key_type: KeyType::P256,
                challenges: &[],
                replaces: None,
            };
            let challenges = crate::state::StateDir::new("/nowhere").challenges();
            account.order(&request, &challenges).await.map(drop)
        });
        assert_send(Account::roll_key);
    }
}
