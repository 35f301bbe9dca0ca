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
    account::{Account, UnfinishedOrder},
    client::{Client, Repeat, persist},
    error::Error,
    problem::Problem,
    renewal_info::CertificateId,
};

use key::CertificateKey;

/// How often an order that does not end is taken up before another one is begun.
const MAX_ATTEMPTS: u32 = 5;

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

/// How far an order goes, and what is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A certificate to serve with: an order that the authority takes long for is written down.
    Certificate,
    /// A certificate that is thrown away.
    Rehearsal,
    /// Every name is validated, and nothing issued.
    Validation,
}

impl Account<'_> {
    /// Has a certificate issued, with a new key. What the authority asks for is offered in
    /// `challenges` meanwhile, and taken back at the end, however it ends.
    ///
    /// An order that an earlier call has left unfinished is taken up again. Where a name cannot be
    /// validated by the first kind of challenge, a new order is tried with the next kind.
    ///
    /// # Errors
    /// Where the authority refuses, cannot validate a name, or issues what cannot be used.
    pub async fn order(
        &mut self,
        request: &OrderRequest<'_>,
        challenges: &Challenges,
    ) -> Result<Issued, Error> {
        let issued = self.run(request, challenges, Purpose::Certificate).await?;
        issued.ok_or(Error::Crypto("an order of a certificate"))
    }

    /// Goes the same way for nothing: to a certificate, or, where none is to be issued, as far as
    /// the validation of every name.
    ///
    /// # Errors
    /// As [`Account::order`].
    pub async fn rehearse(
        &mut self,
        request: &OrderRequest<'_>,
        challenges: &Challenges,
        issue: bool,
    ) -> Result<Option<Issued>, Error> {
        let purpose = match issue {
            true => Purpose::Rehearsal,
            false => Purpose::Validation,
        };
        self.run(request, challenges, purpose).await
    }

    async fn run(
        &mut self,
        request: &OrderRequest<'_>,
        challenges: &Challenges,
        purpose: Purpose,
    ) -> Result<Option<Issued>, Error> {
        let after = self.client.patience().order;
        let ran = tokio::time::timeout(after, self.try_each(request, challenges, purpose)).await;
        let ran = ran.unwrap_or_else(|_| {
            Err(Error::Unfinished {
                host: self.client.host().to_owned(),
                after,
                retry_after: None,
            })
        });
        ran.map_err(|error| self.explain(error))
    }

    async fn try_each(
        &mut self,
        request: &OrderRequest<'_>,
        challenges: &Challenges,
        purpose: Purpose,
    ) -> Result<Option<Issued>, Error> {
        let profile = self.profile()?;
        if purpose == Purpose::Certificate
            && let Some(issued) = self.take_up(request, profile.as_deref()).await?
        {
            return Ok(Some(issued));
        }
        let key = CertificateKey::generate(request.key_type)?;
        let mut refused: Option<Error> = None;
        for &challenge in request.challenges {
            let attempt = self
                .attempt(
                    request,
                    profile.as_deref(),
                    challenge,
                    &key,
                    challenges,
                    purpose,
                )
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
        purpose: Purpose,
    ) -> Result<Option<Issued>, Error> {
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
        if purpose == Purpose::Validation {
            return Ok(None);
        }
        if purpose == Purpose::Certificate {
            // Before the authority is asked for it: then it exists, whatever docent hears of it.
            self.folder.write_unfinished_order(&UnfinishedOrder {
                url: order.url().to_owned(),
                names: request.names.iter().map(ToString::to_string).collect(),
                key_type: request.key_type.name().to_owned(),
                profile: profile.map(str::to_owned),
                key: key.pem(),
                attempts: 1,
            })?;
        }
        let issued = client.finish(&mut order, request, key).await;
        if purpose == Purpose::Certificate && !issued.as_ref().is_err_and(Error::may_pass) {
            self.folder.drop_unfinished_order()?;
        }
        issued.map(Some)
    }

    /// Goes on with an order that an earlier attempt has left, where it is for the same certificate
    /// and the authority still has it.
    async fn take_up(
        &mut self,
        request: &OrderRequest<'_>,
        profile: Option<&str>,
    ) -> Result<Option<Issued>, Error> {
        let Some(mut unfinished) = self.folder.unfinished_order()? else {
            return Ok(None);
        };
        let fits = unfinished.attempts < MAX_ATTEMPTS
            && unfinished.key_type == request.key_type.name()
            && unfinished.profile.as_deref() == profile
            && unfinished.names.iter().eq(&request
                .names
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>());
        let key = CertificateKey::from_pem(&unfinished.key).filter(|_| fits);
        let Some(key) = key else {
            self.folder.drop_unfinished_order()?;
            return Ok(None);
        };
        let (client, url) = (self.client, &unfinished.url);
        tracing::info!(url, "taking up an order that was not finished");
        let issued = match persist!(client, Repeat::Safe, self.inner.order(url.clone()).await) {
            Ok(mut order) => match order.state().status {
                OrderStatus::Pending | OrderStatus::Invalid => Ok(None),
                _ => client.finish(&mut order, request, &key).await.map(Some),
            },
            Err(error) => Err(error),
        };
        match issued {
            Err(error) if error.may_pass() => {
                unfinished.attempts += 1;
                self.folder.write_unfinished_order(&unfinished)?;
                Err(error)
            }
            Err(error) => {
                tracing::info!("the order came to nothing, another one is begun: {error}");
                self.folder.drop_unfinished_order()?;
                Ok(None)
            }
            Ok(issued) => {
                self.folder.drop_unfinished_order()?;
                Ok(issued)
            }
        }
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
    /// From an order whose names are validated to its certificate.
    async fn finish(
        &self,
        order: &mut Order,
        request: &OrderRequest<'_>,
        key: &CertificateKey,
    ) -> Result<Issued, Error> {
        if order.state().status == OrderStatus::Ready {
            self.finalize(order, &key.request(request.names)?).await?;
        }
        let chain_pem = self.chain(order).await?;
        issued::check(&chain_pem, key, request.names).map_err(|reason| Error::Unusable {
            host: self.host().to_owned(),
            reason,
        })?;
        Ok(Issued {
            chain_pem,
            key_pem: key.pem(),
        })
    }

    /// Asks for the certificate.
    async fn finalize(&self, order: &mut Order, csr: &[u8]) -> Result<(), Error> {
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
        Ok(())
    }

    /// Waits for the certificate, and returns the chain, PEM.
    async fn chain(&self, order: &mut Order) -> Result<String, Error> {
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
            status: Some(200..300),
            ..
        }
    ) {
        return true;
    }
    error.refusal().is_some_and(|refusal| {
        refusal.status.is_none_or(|status| status < 500)
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
