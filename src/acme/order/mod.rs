//! From names to a certificate (RFC 8555, section 7.4).

mod authorization;
mod issued;
mod key;
mod poll;

use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    config::{ChallengeType, Identifier, KeyType},
    state::Challenges,
};

use super::{
    account::Account,
    client::Repeat,
    error::{Error, Refusal},
    jws::base64url,
    problem::Problem,
    renewal_info::CertificateId,
    transport::Answer,
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

/// An order, as the authority sends it (RFC 8555, section 7.1.3).
#[derive(Deserialize)]
struct OrderDocument {
    status: Status,
    authorizations: Vec<String>,
    finalize: String,
    certificate: Option<String>,
    error: Option<Problem>,
}

/// RFC 8555, section 7.1.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    Pending,
    Ready,
    Processing,
    Valid,
    Invalid,
}

/// An order that the authority has accepted.
struct Order {
    url: String,
    document: OrderDocument,
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
        let mut order = self.new_order(request, profile).await?;
        if order.document.status == Status::Pending {
            self.validate(&mut order, request, preferred, challenges)
                .await?;
        }
        if order.document.status == Status::Invalid {
            return Err(self.refused(&order).await);
        }
        let host = self.client.host();
        let csr = key.request(request.names)?;
        let chain_pem = self.finalize(&mut order, &csr).await?;
        issued::check(&chain_pem, key, request.names).map_err(|reason| Error::Unusable {
            host: host.to_owned(),
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
                Identifier::Dns(name) => json!({ "type": "dns", "value": name }),
                Identifier::Ip(address) => json!({ "type": "ip", "value": address }),
            })
            .collect();
        let mut payload = json!({ "identifiers": identifiers });
        if let Some(profile) = profile {
            payload["profile"] = json!(profile);
        }
        let url = self.client.directory.new_order.clone();
        let replaces = request
            .replaces
            .filter(|_| self.client.directory.has_renewal_info());
        if let Some(replaces) = replaces {
            payload["replaces"] = json!(replaces.to_string());
        }
        let answer = match self.post(&url, &payload, Repeat::Never).await {
            // Only a hint: a certificate must not be missed for it.
            Err(error) if replaces.is_some() && blames_the_order(&error) => {
                tracing::info!("ordering without naming the certificate to be replaced: {error}");
                if let Some(members) = payload.as_object_mut() {
                    members.remove("replaces");
                }
                self.post(&url, &payload, Repeat::Never).await?
            }
            result => result?,
        };
        let Some(url) = answer.location.clone() else {
            return Err(self.client.not_acme(&answer, "the order has no URL"));
        };
        let document = self.client.read(&answer)?;
        Ok(Order { url, document })
    }

    /// Asks for the certificate, and returns the chain, PEM.
    async fn finalize(&self, order: &mut Order, csr: &[u8]) -> Result<String, Error> {
        let payload = json!({ "csr": base64url(csr) });
        let url = order.document.finalize.clone();
        match self.request(&url, &payload, Repeat::Never).await {
            Ok(answer) => self.update(order, &answer)?,
            // It may have arrived all the same.
            Err(
                error @ (Error::Unreachable { .. } | Error::Slow { .. } | Error::NotAcme { .. }),
            ) => {
                tracing::info!("asking what has become of the order: {error}");
                let answer = self.fetch(&order.url).await?;
                self.update(order, &answer)?;
                if order.document.status == Status::Ready {
                    let answer = self.request(&url, &payload, Repeat::Never).await?;
                    self.update(order, &answer)?;
                }
            }
            Err(error) => return Err(error),
        }
        let patience = self.client.patience().issuance;
        self.poll(order, patience, |order| {
            matches!(order.status, Status::Valid | Status::Invalid)
        })
        .await?;
        let (Status::Valid, Some(url)) = (order.document.status, &order.document.certificate)
        else {
            return Err(self.refused(order).await);
        };
        let answer = self.fetch(url).await?;
        String::from_utf8(answer.body.to_vec())
            .map_err(|_| self.client.not_acme(&answer, "the certificate is not PEM"))
    }

    fn update(&self, order: &mut Order, answer: &Answer) -> Result<(), Error> {
        order.document = self.client.read(answer)?;
        Ok(())
    }

    /// Why an order came to nothing, as exactly as the authority tells.
    async fn refused(&self, order: &Order) -> Error {
        let problem = order.document.error.clone();
        match self.failed_validations(order).await {
            Some(error) => Error::Validation(Box::new(error)),
            None => Error::Refused(Box::new(Refusal {
                host: self.client.host().to_owned(),
                status: 200,
                problem: problem.unwrap_or_else(|| Problem {
                    detail: "the order is not valid any more".into(),
                    ..Problem::default()
                }),
                retry_after: None,
            })),
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

/// Whether the authority takes offence at something in the order, rather than at its time or at
/// the account.
fn blames_the_order(error: &Error) -> bool {
    error.refusal().is_some_and(|refusal| {
        refusal.status < 500
            && !matches!(
                refusal.problem.kind.as_str(),
                "rateLimited" | "userActionRequired" | "accountDoesNotExist" | "badNonce"
            )
    })
}
