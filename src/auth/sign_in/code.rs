//! Authorization codes: good for a minute, once, and only together with the secret that their client has kept (RFC 6749,
//! section 4.1.2; RFC 7636).
//!
//! That a code was used is remembered by the process that took it, for the minute. One from before its start is refused,
//! as nobody knows whether it was used: so none is good twice on one machine. Of several that share a sealing key, each
//! takes a code once; whoever could use it on a second one has the client's secret, and so the token already.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::{
    authorization::{Challenge, Request},
    client::ClientHash,
    key_mark::KeyMark,
    milliseconds,
};
use crate::auth::{
    key_ring::Key,
    seal::{NotSealed, Purpose, SealId, SealingKeys},
};

/// The codes that were used in the last minute.
pub struct Codes {
    /// When this process began to take codes, in milliseconds since 1970.
    since: u64,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    /// When each can be forgotten.
    until: HashMap<SealId, u64>,
    /// The same in the order in which they came.
    order: VecDeque<(SealId, u64)>,
}

/// What a code says, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Code {
    made: u64,
    pub(super) client: ClientHash,
    pub(super) address: String,
    pub(super) challenge: Challenge,
    pub(super) resource: String,
    pub(super) key: KeyMark,
}

/// Why a code is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It was made by nobody here.
    Forged,
    /// It is older than a minute, or than this process.
    Old,
    /// It was taken before.
    Used,
    /// More are used at the same time than can be remembered.
    Full,
}

/// How long a code is good, in milliseconds.
const LIFETIME: u64 = 60 * 1000;
/// Clocks of machines that share a sealing key may differ by this, in milliseconds.
const SKEW: u64 = 30 * 1000;
/// Codes that are remembered. Each takes an access key to make, and its client's secret to use.
const MAX_USED: usize = 1 << 16;

impl Codes {
    /// None yet, from now on.
    pub fn new(now: SystemTime) -> Self {
        Self {
            since: milliseconds(now),
            used: Mutex::default(),
        }
    }

    /// A code for a request, by which somebody lets in whoever has sent it, as the holder of a key.
    ///
    /// # Errors
    /// Where nothing can be sealed.
    pub fn issue(
        request: &Request,
        key: &Key,
        keys: &SealingKeys,
        now: SystemTime,
    ) -> Result<String, NotSealed> {
        let code = Code {
            made: milliseconds(now),
            client: request.client,
            address: request.destination.as_str().to_owned(),
            challenge: request.challenge,
            resource: request.resource.clone(),
            key: KeyMark::of(key),
        };
        keys.seal(Purpose::Code, &code)
    }

    /// What a code says, which is not used by that yet.
    pub(super) fn open(
        &self,
        text: &str,
        keys: &SealingKeys,
        now: SystemTime,
    ) -> Result<(Code, SealId), NotTaken> {
        let opened = keys
            .open::<Code>(Purpose::Code, text)
            .ok_or(NotTaken::Forged)?;
        let (code, now) = (opened.value, milliseconds(now));
        let is_young = now <= code.made + LIFETIME && code.made <= now + SKEW;
        if !is_young || code.made < self.since {
            return Err(NotTaken::Old);
        }
        Ok((code, opened.id))
    }

    /// Takes a code, once.
    pub(super) fn take(&self, id: SealId, now: SystemTime) -> Result<(), NotTaken> {
        let now = milliseconds(now);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((old, until)) = used.order.front().copied() {
            if until > now {
                break;
            }
            used.order.pop_front();
            used.until.remove(&old);
        }
        if used.until.contains_key(&id) {
            return Err(NotTaken::Used);
        }
        if used.until.len() >= MAX_USED {
            return Err(NotTaken::Full);
        }
        // One of a clock that is ahead is good a little longer.
        let until = now + LIFETIME + SKEW + 1;
        used.until.insert(id, until);
        used.order.push_back((id, until));
        Ok(())
    }

    /// How long a code is good.
    pub const LIFETIME: Duration = Duration::from_millis(LIFETIME);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_has_a_bound_and_is_forgotten() {
        let now = SystemTime::now();
        let codes = Codes::new(now);
        let id = |number: usize| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            id
        };
        for number in 0..MAX_USED {
            assert_eq!(codes.take(id(number), now), Ok(()));
        }
        assert_eq!(codes.take(id(7), now), Err(NotTaken::Used));
        assert_eq!(codes.take(id(MAX_USED), now), Err(NotTaken::Full));
        let later = now + Duration::from_secs(100);
        assert_eq!(codes.take(id(MAX_USED), later), Ok(()));
        let used = codes.used.lock().unwrap();
        assert_eq!((used.until.len(), used.order.len()), (1, 1));
    }
}
