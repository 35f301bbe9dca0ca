//! Showing an authority that the names are docent's (RFC 8555, section 7.5).

use serde::Deserialize;
use serde_json::json;

use crate::{
    config::{ChallengeType, Identifier},
    state::Challenges,
};

use super::{
    super::{
        account::Account,
        client::Repeat,
        error::Error,
        jws::sha256,
        problem::{Problem, printable},
        validation::{FailedValidation, ValidationError},
    },
    Order, OrderRequest, Status,
};

/// An authorization, as the authority sends it (RFC 8555, section 7.1.4).
#[derive(Deserialize)]
struct AuthorizationDocument {
    identifier: IdentifierDocument,
    status: String,
    challenges: Vec<ChallengeDocument>,
}

#[derive(Deserialize)]
struct IdentifierDocument {
    r#type: String,
    value: String,
}

/// RFC 8555, section 7.1.5.
#[derive(Deserialize)]
struct ChallengeDocument {
    r#type: String,
    url: String,
    status: String,
    #[serde(default)]
    token: String,
    error: Option<Problem>,
}

/// Takes the answers back when the authority has seen them, or will not.
struct Offered<'a>(&'a Challenges);

impl Drop for Offered<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.clear() {
            tracing::warn!("answers to an authority could not be removed: {error}");
        }
    }
}

impl Account<'_> {
    /// Has every name of the order validated: afterwards the order is ready, or invalid.
    pub(super) async fn validate(
        &self,
        order: &mut Order,
        request: &OrderRequest<'_>,
        preferred: ChallengeType,
        challenges: &Challenges,
    ) -> Result<(), Error> {
        // What an interrupted order may have left.
        challenges.clear().map_err(Error::Challenge)?;
        let offered = Offered(challenges);
        let mut pending = Vec::new();
        for url in &order.document.authorizations {
            let answer = self.fetch(url).await?;
            let authorization: AuthorizationDocument = self.client.read(&answer)?;
            if authorization.status == "pending" {
                let Some(name) = authorization.identifier.among(request.names) else {
                    let reason = "it is about a name that was not asked for";
                    return Err(self.client.not_acme(&answer, reason));
                };
                let challenge = self.choose(&authorization, preferred, request.challenges)?;
                self.offer(name, challenge, challenges)?;
                pending.push((url.clone(), challenge.url.clone()));
            }
        }
        // All answers are there before the first question comes.
        for (authorization, challenge) in &pending {
            self.respond(authorization, challenge).await?;
        }
        let patience = self.client.patience().validation;
        self.poll(order, patience, |order| order.status != Status::Pending)
            .await?;
        drop(offered);
        Ok(())
    }

    /// The names that failed, by the authority's own account. `None` where it tells of none.
    pub(super) async fn failed_validations(&self, order: &Order) -> Option<ValidationError> {
        let mut failures = Vec::new();
        for url in &order.document.authorizations {
            let Ok(answer) = self.fetch(url).await else {
                continue;
            };
            let Ok(authorization) = self.client.read::<AuthorizationDocument>(&answer) else {
                continue;
            };
            let identifier = printable(&authorization.identifier.value);
            for challenge in authorization.challenges {
                if let Some(problem) = challenge.error {
                    failures.push(FailedValidation {
                        identifier: identifier.clone(),
                        challenge: printable(&challenge.r#type),
                        problem,
                    });
                }
            }
        }
        (!failures.is_empty()).then(|| ValidationError {
            host: self.client.host().to_owned(),
            failures,
        })
    }

    /// The preferred challenge where the authority offers it for the name, or else another one
    /// that can be answered.
    fn choose<'a>(
        &self,
        authorization: &'a AuthorizationDocument,
        preferred: ChallengeType,
        allowed: &[ChallengeType],
    ) -> Result<&'a ChallengeDocument, Error> {
        let offered = &authorization.challenges;
        std::iter::once(&preferred)
            .chain(allowed)
            .find_map(|kind| offered.iter().find(|offer| offer.r#type == kind.name()))
            .ok_or_else(|| Error::NoChallenge {
                host: self.client.host().to_owned(),
                identifier: printable(&authorization.identifier.value),
                offered: offered
                    .iter()
                    .map(|offer| printable(&offer.r#type))
                    .collect(),
            })
    }

    fn offer(
        &self,
        name: &Identifier,
        challenge: &ChallengeDocument,
        challenges: &Challenges,
    ) -> Result<(), Error> {
        let answer = format!("{}.{}", challenge.token, self.key.thumbprint());
        let offered = if challenge.r#type == ChallengeType::Http01.name() {
            challenges.offer_http(&challenge.token, &answer)
        } else {
            challenges.offer_tls_alpn(name, &sha256(answer.as_bytes()))
        };
        offered.map_err(Error::Challenge)
    }

    /// Tells the authority that it may ask now.
    async fn respond(&self, authorization: &str, challenge: &str) -> Result<(), Error> {
        let error = match self.request(challenge, &json!({}), Repeat::Safe).await {
            // Read only to be sure that it was the authority that heard it.
            Ok(answer) => return self.client.read::<ChallengeDocument>(&answer).map(drop),
            Err(error) => error,
        };
        if error.refusal().is_none() {
            return Err(error);
        }
        // Refused also where the first of two requests did arrive: then it has asked already.
        let state: AuthorizationDocument = self.client.read(&self.fetch(authorization).await?)?;
        let asked = state.status != "pending"
            || state
                .challenges
                .iter()
                .any(|offer| offer.url == challenge && offer.status != "pending");
        if asked { Ok(()) } else { Err(error) }
    }
}

impl IdentifierDocument {
    /// The name of the order that it is about: an authority repeats those, and nothing else may
    /// become a file's name.
    fn among<'a>(&self, names: &'a [Identifier]) -> Option<&'a Identifier> {
        names.iter().find(|name| match name {
            Identifier::Dns(name) => self.r#type == "dns" && self.value.eq_ignore_ascii_case(name),
            Identifier::Ip(address) => self.r#type == "ip" && self.value.parse() == Ok(*address),
        })
    }
}
