//! Tokens that have been verified lately: their signatures need not be verified with each request.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use ring::digest::{SHA256, digest};

use super::Vouched;

/// Tokens at the most: some megabytes.
const MAX: usize = 4_096;
/// How long a token is remembered, whenever it ends.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// A token, as it is remembered: nobody learns it from here.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// What was verified by the keys of the moment: with other keys or settings, another one takes its place.
#[derive(Default)]
pub(super) struct Verified(Mutex<HashMap<Digest, Entry, foldhash::fast::RandomState>>);

struct Entry {
    vouched: Arc<Vouched>,
    within: Range<SystemTime>,
}

impl Verified {
    pub(super) fn find(&self, token: Digest, now: SystemTime) -> Option<Arc<Vouched>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&token)?;
        entry
            .within
            .contains(&now)
            .then(|| Arc::clone(&entry.vouched))
    }

    /// `validity`: when the token counts.
    pub(super) fn keep(
        &self,
        token: Digest,
        vouched: Arc<Vouched>,
        validity: Range<SystemTime>,
        now: SystemTime,
    ) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX {
            entries.retain(|_, entry| entry.within.contains(&now));
        }
        if entries.len() >= MAX {
            entries.clear();
        }
        let within = validity.start..validity.end.min(now + LONGEST);
        entries.insert(token, Entry { vouched, within });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_remembered_for_minutes_and_never_past_its_end() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let verified = Verified::default();
        let vouched = || {
            Arc::new(Vouched {
                issuer: "https://a".into(),
                subject: "s".into(),
                groups: Vec::new(),
                groups_are_withheld: false,
                expires: at(1_000_000),
            })
        };
        let (long, short) = (Digest::of("long"), Digest::of("short"));
        verified.keep(long, vouched(), at(0)..at(1_000_000), at(1_000));
        verified.keep(short, vouched(), at(900)..at(1_010), at(1_000));
        for (token, now, is_known) in [
            (long, 1_299, true),
            (long, 1_300, false),
            (short, 1_009, true),
            (short, 1_010, false),
            // The clock has been set back.
            (short, 899, false),
            (Digest::of("other"), 1_000, false),
        ] {
            assert_eq!(verified.find(token, at(now)).is_some(), is_known, "{now}");
        }
        for n in 0..3 * MAX {
            let token = Digest::of(&n.to_string());
            verified.keep(token, vouched(), at(0)..at(1_000_000), at(1_000));
            assert!(verified.find(token, at(1_000)).is_some());
        }
        assert!(verified.0.lock().unwrap().len() <= MAX);
    }
}
