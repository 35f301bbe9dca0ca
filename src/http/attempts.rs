//! How often one address may show credentials that are no good: keys, tokens, whatever it tries.
//!
//! Nothing is verified for an address beyond that, so that guessing is slow and costs little. Credentials that were good
//! lately, and access keys that are in use, are let through all the same: a machine that goes on with a key that has ended keeps
//! nobody out who shares its address. (A key of 256 bits is not found by asking whether one is in use.)

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{header, request::Parts};

use super::{
    buckets::{Buckets, Empty, Rate},
    notices::{Notice, Notices, TELL_EVERY},
    share::Client,
};
use crate::{auth::Denied, config::Limits};

/// What credentials all addresses have shown lately.
pub(super) struct Attempts {
    failures: Buckets,
    good: Good,
    begun: Instant,
    notices: Notices,
}

/// Where a request comes from, as far as an address tells: it has it among its extensions, on every listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source(pub(super) Client);

/// As many may fail at once.
const BURST: u32 = 10;
/// And one more after each of these.
const EACH: Duration = Duration::from_secs(6);

impl Attempts {
    pub(super) fn new() -> Self {
        Self {
            failures: Buckets::new(),
            good: Good::default(),
            begun: Instant::now(),
            notices: Notices::default(),
        }
    }

    /// The same within these limits.
    pub(super) fn within(self: &Arc<Self>, limits: &Limits) -> Bounded {
        Bounded {
            attempts: Arc::clone(self),
            limits: limits.clone(),
        }
    }

    /// Whether what an address shows is looked at.
    ///
    /// # Errors
    /// Where too much of what it has shown was no good; with the time after which it may try again.
    pub(super) fn may_try(
        &self,
        source: Source,
        credential: &[u8],
        limits: &Limits,
    ) -> Result<(), Denied> {
        let Source(client) = source;
        let now = self.begun.elapsed();
        match self.failures.look(client, rate(client, limits), now) {
            Ok(()) => Ok(()),
            Err(_) if self.good.has(client, credential) => Ok(()),
            Err(Empty { after }) => {
                self.tell(client, now);
                Err(Denied::TooMany(whole_seconds(after)))
            }
        }
    }

    /// What it has shown was no good.
    pub(super) fn failed(&self, source: Source, credential: &[u8], limits: &Limits) {
        let Source(client) = source;
        self.good.forget(client, credential);
        // Those that were looked at while the bucket ran empty are not held against it.
        let _ = self
            .failures
            .take(client, rate(client, limits), self.begun.elapsed());
    }

    /// What it has shown was good.
    pub(super) fn succeeded(&self, source: Source, credential: &[u8]) {
        self.good.remember(source.0, credential);
    }

    fn tell(&self, client: Client, now: Duration) {
        if !self.failures.tell(client, TELL_EVERY, now) {
            return;
        }
        let notice = self.notices.one_more(now);
        if notice != Notice::Silence {
            tracing::warn!(
                client = %client.address(),
                "one client shows access keys or tokens that are no good, again and again; it is answered 429 \
                 but for one every {} seconds",
                EACH.as_secs()
            );
        }
        if notice == Notice::Last {
            tracing::warn!("further clients that do so are not told of for a while");
        }
    }
}

/// The same within the limits of a configuration, for requests.
pub(super) struct Bounded {
    attempts: Arc<Attempts>,
    limits: Limits,
}

/// One request with credentials, from an address that is known; or another, of which nothing is counted.
pub(super) struct Attempt<'a>(Option<(&'a Bounded, Source, &'a [u8])>);

impl Bounded {
    /// Whether the credentials of a request are looked at. `is_in_use`: whether they are an access key that is; asked where
    /// others would not be looked at.
    ///
    /// # Errors
    /// As [`Attempts::may_try`].
    pub(super) fn begin<'a>(
        &'a self,
        head: &'a Parts,
        is_in_use: impl FnOnce() -> bool,
    ) -> Result<Attempt<'a>, Denied> {
        let credential = head.headers.get(header::AUTHORIZATION);
        let source = head.extensions.get::<Source>();
        let (Some(credential), Some(source)) = (credential, source) else {
            return Ok(Attempt(None));
        };
        let credential = credential.as_bytes();
        let judged = self.attempts.may_try(*source, credential, &self.limits);
        if let Err(denied) = judged
            && !is_in_use()
        {
            return Err(denied);
        }
        Ok(Attempt(Some((self, *source, credential))))
    }
}

impl Attempt<'_> {
    /// One whose credentials are not looked at.
    pub(super) fn of_nothing() -> Self {
        Self(None)
    }

    /// What came of it. Credentials that are good and open nothing here are not held against anybody.
    pub(super) fn end(self, denied: Option<&Denied>) {
        let Some((bounded, source, credential)) = self.0 else {
            return;
        };
        let attempts = &bounded.attempts;
        match denied {
            Some(Denied::Malformed(_) | Denied::Invalid(_)) => {
                attempts.failed(source, credential, &bounded.limits);
            }
            Some(Denied::Missing { .. } | Denied::TooMany(_)) => {}
            Some(_) | None => attempts.succeeded(source, credential),
        }
    }
}

/// Many people are behind a shared address.
fn rate(client: Client, limits: &Limits) -> Rate {
    let times = u32::try_from(limits.times(client.address())).unwrap_or(u32::MAX);
    let times = times.max(1);
    Rate {
        each: EACH / times,
        burst: BURST.saturating_mul(times),
    }
}

/// As `Retry-After` has it (RFC 9110, section 10.2.3).
fn whole_seconds(after: Duration) -> Duration {
    let begun = u64::from(after.subsec_nanos() > 0);
    Duration::from_secs(after.as_secs().saturating_add(begun).max(1))
}

/// Credentials that were good lately, each with its address, as numbers that nobody outside can find one for: half a
/// megabyte, whatever comes. Each has one place, where the last one counts.
#[derive(Default)]
struct Good {
    places: OnceLock<Box<[AtomicU64]>>,
    hasher: RandomState,
}

const PLACES: usize = 1 << 16;

impl Good {
    fn has(&self, client: Client, credential: &[u8]) -> bool {
        let (place, mark) = self.place(client, credential);
        place.load(Ordering::Relaxed) == mark
    }

    fn remember(&self, client: Client, credential: &[u8]) {
        let (place, mark) = self.place(client, credential);
        // Not written again and again, which would keep the processors busy with each other.
        if place.load(Ordering::Relaxed) != mark {
            place.store(mark, Ordering::Relaxed);
        }
    }

    fn forget(&self, client: Client, credential: &[u8]) {
        let (place, mark) = self.place(client, credential);
        let _ = place.compare_exchange(mark, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn place(&self, client: Client, credential: &[u8]) -> (&AtomicU64, u64) {
        let places = self
            .places
            .get_or_init(|| (0..PLACES).map(|_| AtomicU64::new(0)).collect());
        // Zero is an empty place.
        let mark = self.hasher.hash_one((client, credential)).max(1);
        let at = usize::try_from(mark % PLACES as u64).unwrap_or_default();
        (&places[at], mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str) -> Source {
        Source(Client::of(address.parse().unwrap()).unwrap())
    }

    #[test]
    fn ten_may_fail_and_what_was_good_goes_on() {
        let (attempts, limits) = (Attempts::new(), Limits::default());
        let (one, other) = (source("192.0.2.1"), source("192.0.2.2"));
        attempts.succeeded(one, b"good");
        for number in 0..10 {
            let wrong = format!("wrong {number}");
            assert_eq!(attempts.may_try(one, wrong.as_bytes(), &limits), Ok(()));
            attempts.failed(one, wrong.as_bytes(), &limits);
        }
        for wrong in [&b"wrong"[..], b"unknown", b""] {
            let refused = attempts.may_try(one, wrong, &limits);
            assert_eq!(refused, Err(Denied::TooMany(EACH)));
        }
        // Nobody else is kept out, nor whoever was let in from there.
        assert_eq!(attempts.may_try(one, b"good", &limits), Ok(()));
        assert_eq!(attempts.may_try(other, b"wrong", &limits), Ok(()));
        // Until it is no good any more.
        attempts.failed(one, b"good", &limits);
        assert!(attempts.may_try(one, b"good", &limits).is_err());
    }

    #[test]
    fn what_is_good_is_good_from_where_it_was_shown() {
        let good = Good::default();
        let [one, other] = ["192.0.2.1", "2001:db8::1"].map(|address| source(address).0);
        good.remember(one, b"key");
        assert!(good.has(one, b"key"));
        assert!(!good.has(other, b"key"));
        assert!(!good.has(one, b"key "));
        for number in 0..1_000_000_u32 {
            good.remember(other, &number.to_le_bytes());
        }
        assert_eq!(good.places.get().unwrap().len(), PLACES);
    }

    #[test]
    fn many_people_behind_one_address_may_fail_more() {
        let attempts = Attempts::new();
        let limits = Limits {
            shared_addresses: vec!["192.0.2.0/24".parse().unwrap()],
            ..Limits::default()
        };
        let shared = source("192.0.2.1");
        for _ in 0..20 {
            assert_eq!(attempts.may_try(shared, b"wrong", &limits), Ok(()));
            attempts.failed(shared, b"wrong", &limits);
        }
    }
}
