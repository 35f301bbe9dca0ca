//! Access tokens of docent's own: opaque to everybody else, and worth no more than the access key that somebody has
//! signed in with.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::{code::Code, key_mark::KeyMark, resource, seconds};
use crate::{
    auth::{
        key_ring::{Key, KeyRing},
        seal::{NotSealed, Purpose, SealingKeys},
    },
    config::PublicUrl,
};

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    key: KeyMark,
    /// Where the docent is that gave it out: all of its resources are one server with the same documents.
    issuer: String,
    /// What of it the client asked for.
    resource: String,
    expires: u64,
}

/// How long a token is good whose key has no end. Whoever uses it longer signs in again.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Token {
    /// The token for a code, and when it ends: with its key.
    pub(super) fn of(code: Code, key: &Key, base: &PublicUrl, now: SystemTime) -> Self {
        Self {
            key: code.key,
            issuer: base.to_string(),
            resource: code.resource,
            expires: seconds(key.expires.unwrap_or(now + LONGEST)),
        }
    }

    /// As it is given out.
    pub(super) fn sealed(&self, keys: &SealingKeys) -> Result<String, NotSealed> {
        keys.seal(Purpose::AccessToken, self)
    }

    /// For how long it is good.
    pub(super) fn expires_in(&self, now: SystemTime) -> u64 {
        self.expires.saturating_sub(seconds(now))
    }

    /// The key that a token stands for, which opens what it opens now, and when the token ends; `None`: the token is none,
    /// or none any more, or is for somebody else than whoever is at `asked`.
    pub fn open<'a>(
        text: &str,
        keys: &SealingKeys,
        ring: &'a KeyRing,
        asked: &str,
        now: SystemTime,
    ) -> Option<(&'a Key, SystemTime)> {
        let token = keys.open::<Self>(Purpose::AccessToken, text)?.value;
        let is_good = seconds(now) < token.expires && resource::is_of(&token.issuer, asked);
        let key = token.key.find(ring, now).filter(|_| is_good)?;
        let end = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(token.expires))?;
        Some((key, end))
    }
}
