//! A code becomes an access token (RFC 6749, section 4.1.3; RFC 7636, section 4.5).

use std::time::SystemTime;

use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use super::{
    client::{self, Client},
    code::{Codes, NotTaken},
    parameters::{Malformed, Parameters},
    resource,
    token::Token,
};
use crate::{
    auth::{key_ring::KeyRing, seal::SealingKeys},
    config::{KeyName, PublicUrl},
};

/// A token that is given out.
pub struct Granted {
    /// The token.
    pub token: String,
    /// For how many seconds it is good.
    pub expires_in: u64,
    /// The name of the key that it stands for, for the log.
    pub key: KeyName,
}

/// Why there is no token (RFC 6749, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// `invalid_request`.
    #[error("{0}")]
    Request(Malformed),
    /// `unsupported_grant_type`.
    #[error(
        "grant_type has to be authorization_code: docent gives no refresh tokens, as each token is good until its key ends"
    )]
    GrantType,
    /// `invalid_client`: it has to register again.
    #[error("docent does not know this client_id: register again")]
    Client,
    /// `invalid_grant`: the person has to sign in again.
    #[error("{0}")]
    Grant(&'static str),
    /// `invalid_target` (RFC 8707, section 2).
    #[error("the resource is not the one that the code is for")]
    Target,
    /// docent cannot at the moment.
    #[error("too many sign in at the moment: try again in a minute")]
    Busy,
}

/// Letters of a verifier (RFC 7636, section 4.1).
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// Gives out a token for a code.
///
/// # Errors
/// Where it does not.
pub fn exchange(
    parameters: &Parameters,
    keys: &SealingKeys,
    ring: &KeyRing,
    codes: &Codes,
    base: &PublicUrl,
    now: SystemTime,
) -> Result<Granted, Refused> {
    let needed = |name| parameters.needed(name).map_err(Refused::Request);
    if needed("grant_type")? != "authorization_code" {
        return Err(Refused::GrantType);
    }
    let id = needed("client_id")?;
    let (text, verifier) = (needed("code")?, needed("code_verifier")?);
    let address = needed("redirect_uri")?;
    let named = parameters.one("resource").map_err(Refused::Request)?;
    Client::find(id, keys).ok_or(Refused::Client)?;
    let (code, seal) = codes.open(text, keys, now).map_err(Refused::of)?;
    // Whoever does not have all of it has not used the code by that: the client still can.
    if client::hash(id) != code.client {
        return Err(Refused::Grant("the code is another client's"));
    }
    if address != code.address {
        return Err(Refused::Grant("redirect_uri is not the one of the request"));
    }
    if !proves(verifier, &code.challenge) {
        return Err(Refused::Grant(
            "code_verifier is not the one of the request",
        ));
    }
    // One at another address shares the sealing key, perhaps, but not its clients.
    if !resource::is_of(&base.to_string(), &code.resource) {
        return Err(Refused::Target);
    }
    if named.is_some_and(|named| resource::own(base, named).as_ref() != Some(&code.resource)) {
        return Err(Refused::Target);
    }
    codes.take(seal, now).map_err(Refused::of)?;
    let key = code.key.find(ring, now);
    let key = key.ok_or(Refused::Grant("the access key is not in use any more"))?;
    let token = Token::of(code, key, base, now);
    Ok(Granted {
        token: token.sealed(keys).map_err(|_| Refused::Busy)?,
        expires_in: token.expires_in(now),
        key: key.name.clone(),
    })
}

fn proves(verifier: &str, challenge: &[u8; 32]) -> bool {
    let is_made = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let hash = digest(&SHA256, verifier.as_bytes());
    VERIFIER.contains(&verifier.len())
        && verifier.bytes().all(is_made)
        && hash.as_ref().ct_eq(challenge).into()
}

impl Refused {
    fn of(why: NotTaken) -> Self {
        match why {
            NotTaken::Forged => Self::Grant("the code is none of docent's"),
            NotTaken::Old => Self::Grant("the code is not good any more: sign in again"),
            NotTaken::Used => Self::Grant("the code was used before: sign in again"),
            NotTaken::Full => Self::Busy,
        }
    }

    /// As it is written.
    pub fn code(self) -> &'static str {
        match self {
            Self::Request(_) => "invalid_request",
            Self::GrantType => "unsupported_grant_type",
            Self::Client => "invalid_client",
            Self::Grant(_) => "invalid_grant",
            Self::Target => "invalid_target",
            Self::Busy => "temporarily_unavailable",
        }
    }
}
