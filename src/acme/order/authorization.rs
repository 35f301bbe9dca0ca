//! Showing an authority that the names are docent's (RFC 8555, section 7.5).

use instant_acme::{
    AuthorizationState, AuthorizationStatus, ChallengeHandle, ChallengeStatus, Order, OrderStatus,
};

use crate::{
    config::{ChallengeType, Identifier},
    state::{Challenges, KEY_AUTHORIZATION_DIGEST_LEN},
};

use super::{
    super::{
        client::{Client, Repeat, persist},
        error::Error,
        problem::printable,
        validation::{FailedValidation, ValidationError},
    },
    OrderRequest,
};

/// Removes docent's answers when the authority has seen them, or will never ask for them.
struct Offered<'a>(&'a Challenges);

impl Drop for Offered<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.clear() {
            tracing::warn!("answers to an authority could not be removed: {error}");
        }
    }
}

impl Client {
    /// Has every name of the order validated: afterwards the order is ready, or invalid.
    pub(super) async fn validate(
        &self,
        order: &mut Order,
        request: &OrderRequest<'_>,
        preferred: ChallengeType,
        challenges: &Challenges,
    ) -> Result<(), Error> {
        // Answers that an interrupted order may have left are removed.
        challenges.clear().map_err(Error::Challenge)?;
        let offered = Offered(challenges);
        self.load_authorizations(order).await?;
        // All answers are there before the first question comes.
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(|error| self.told(error))?;
            if authorization.status != AuthorizationStatus::Pending {
                continue;
            }
            let Some(name) = name(&authorization, request.names) else {
                let reason = "it is about a name that was not asked for";
                return Err(self.not_acme(None, reason));
            };
            let kind = self.choose(&authorization, preferred, request.challenges)?;
            if let Some(challenge) = authorization.challenge(in_acme(kind)) {
                offer(name, kind, &challenge, challenges).map_err(Error::Challenge)?;
            }
        }
        self.respond(order, request, preferred).await?;
        self.poll(order, self.patience().validation, |status| {
            status != OrderStatus::Pending
        })
        .await?;
        drop(offered);
        Ok(())
    }

    /// Tells the authority that it may ask now, about every name.
    async fn respond(
        &self,
        order: &mut Order,
        request: &OrderRequest<'_>,
        preferred: ChallengeType,
    ) -> Result<(), Error> {
        let mut refused = Vec::new();
        let mut number = 0;
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(|error| self.told(error))?;
            number += 1;
            if authorization.status != AuthorizationStatus::Pending {
                continue;
            }
            let kind = self.choose(&authorization, preferred, request.challenges)?;
            let Some(mut challenge) = authorization.challenge(in_acme(kind)) else {
                continue;
            };
            match persist!(self, Repeat::Safe, challenge.set_ready().await) {
                Err(error) if error.refusal().is_some() => refused.push((number - 1, kind, error)),
                result => result?,
            }
        }
        if refused.is_empty() {
            return Ok(());
        }
        // Refused also where the first of two requests did arrive: then it has asked already.
        self.refresh(order).await?;
        self.load_authorizations(order).await?;
        let state = order.state();
        for (number, kind, error) in refused {
            let authorization = state.authorizations.get(number);
            let authorization = authorization.and_then(|entry| entry.state.as_ref());
            let asked = authorization.is_some_and(|state| {
                state.status != AuthorizationStatus::Pending
                    || state.challenges.iter().any(|offer| {
                        offer.r#type == in_acme(kind) && offer.status != ChallengeStatus::Pending
                    })
            });
            if !asked {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Reads what is not known yet of the order's authorizations; each of them holds out.
    async fn load_authorizations(&self, order: &mut Order) -> Result<(), Error> {
        for number in 0..order.state().authorizations.len() {
            persist!(self, Repeat::Safe, load(order, number).await)?;
        }
        Ok(())
    }

    /// The names that failed, by the authority's own account. `None` where it tells of none.
    pub(super) async fn failed_validations(&self, order: &mut Order) -> Option<ValidationError> {
        // An authorization that cannot be read now is left out of the message.
        let _ = self.load_authorizations(order).await;
        let authorizations = &order.state().authorizations;
        let mut failures = Vec::new();
        for authorization in authorizations
            .iter()
            .filter_map(|entry| entry.state.as_ref())
        {
            for challenge in &authorization.challenges {
                if let Some(problem) = &challenge.error {
                    failures.push(FailedValidation {
                        identifier: printable(&authorization.identifier().to_string()),
                        challenge: in_words(&challenge.r#type),
                        problem: problem.clone().into(),
                    });
                }
            }
        }
        (!failures.is_empty()).then(|| ValidationError {
            host: self.host().to_owned(),
            failures,
        })
    }

    /// The preferred challenge where the authority offers it for the name, or else another one
    /// that can be answered.
    fn choose(
        &self,
        authorization: &AuthorizationState,
        preferred: ChallengeType,
        allowed: &[ChallengeType],
    ) -> Result<ChallengeType, Error> {
        let offered = &authorization.challenges;
        std::iter::once(preferred)
            .chain(allowed.iter().copied())
            .find(|kind| offered.iter().any(|offer| offer.r#type == in_acme(*kind)))
            .ok_or_else(|| Error::NoChallenge {
                host: self.host().to_owned(),
                identifier: printable(&authorization.identifier().to_string()),
                offered: offered
                    .iter()
                    .map(|offer| in_words(&offer.r#type))
                    .collect(),
            })
    }
}

/// Reads one authorization. Those before it are known, and not asked for again.
async fn load(order: &mut Order, number: usize) -> Result<(), instant_acme::Error> {
    let mut authorizations = order.authorizations();
    for _ in 0..=number {
        if let Some(authorization) = authorizations.next().await {
            authorization?;
        }
    }
    Ok(())
}

/// The name of the order that an authorization is about: an authority repeats those, and nothing
/// else may become a file's name.
fn name<'a>(authorization: &AuthorizationState, names: &'a [Identifier]) -> Option<&'a Identifier> {
    let identifier = authorization.identifier();
    names
        .iter()
        .find(|name| match (name, identifier.identifier) {
            (Identifier::Dns(name), instant_acme::Identifier::Dns(other)) => {
                name.eq_ignore_ascii_case(other)
            }
            (Identifier::Ip(name), instant_acme::Identifier::Ip(other)) => name == other,
            _ => false,
        })
}

fn offer(
    name: &Identifier,
    kind: ChallengeType,
    challenge: &ChallengeHandle<'_>,
    challenges: &Challenges,
) -> std::io::Result<()> {
    let answer = challenge.key_authorization();
    match kind {
        ChallengeType::Http01 => challenges.offer_http(&challenge.token, answer.as_str()),
        ChallengeType::TlsAlpn01 => {
            let mut digest = [0; KEY_AUTHORIZATION_DIGEST_LEN];
            digest.copy_from_slice(answer.digest().as_ref());
            challenges.offer_tls_alpn(name, &digest)
        }
    }
}

fn in_acme(kind: ChallengeType) -> instant_acme::ChallengeType {
    match kind {
        ChallengeType::Http01 => instant_acme::ChallengeType::Http01,
        ChallengeType::TlsAlpn01 => instant_acme::ChallengeType::TlsAlpn01,
    }
}

fn in_words(kind: &instant_acme::ChallengeType) -> String {
    use instant_acme::ChallengeType as Kind;
    match kind {
        Kind::Http01 => "http-01".into(),
        Kind::TlsAlpn01 => "tls-alpn-01".into(),
        Kind::Dns01 => "dns-01".into(),
        Kind::Unknown(name) => printable(name),
        other => format!("{other:?}"),
    }
}
