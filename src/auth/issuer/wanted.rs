//! Asking for new keys: seldom, however many tokens name a key that nobody knows, since anybody can make one up.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{Semaphore, SemaphorePermit};

/// How often keys are asked for at the most, of all issuers together.
const EVERY: Duration = Duration::from_secs(60);
/// How long a request waits for keys.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// Requests that may wait at the same time.
const PLACES: usize = 64;

/// Whoever fetches keys, and when he was last asked. Outlives a change of settings.
pub struct Wanted {
    ask: Box<dyn Fn() + Send + Sync>,
    begins_by_itself: bool,
    last: Mutex<Option<Instant>>,
    places: Semaphore,
}

impl Wanted {
    /// `ask` has keys fetched, and returns at once.
    pub fn new(ask: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            ask: Box::new(ask),
            begins_by_itself: false,
            last: Mutex::default(),
            places: Semaphore::new(PLACES),
        }
    }

    /// The same for whoever fetches keys that have never been there without being asked, and again where that fails.
    #[must_use]
    pub fn of_who_begins_by_itself(mut self) -> Self {
        self.begins_by_itself = true;
        self
    }

    /// Asks for keys that have never been there. Whether they may come within a moment.
    pub(super) fn ask_for_first(&self, now: Instant) -> bool {
        self.begins_by_itself || self.ask(now)
    }

    /// Asks for keys, unless that was done within the last minute. Whether new ones may come within a moment.
    pub(super) fn ask(&self, now: Instant) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = *last {
            let ago = now.saturating_duration_since(last);
            if ago < EVERY {
                return ago < PATIENCE;
            }
        }
        *last = Some(now);
        (self.ask)();
        true
    }

    /// A place among those who wait.
    pub(super) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }

    /// Whether anybody waits.
    pub(super) fn is_waited_for(&self) -> bool {
        self.places.available_permits() < PLACES
    }
}

/// Nobody fetches keys.
impl Default for Wanted {
    fn default() -> Self {
        Self::new(|| {})
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[test]
    fn a_crowd_asks_once_a_minute() {
        let asked = Arc::new(AtomicU32::new(0));
        let wanted = Wanted::new({
            let asked = Arc::clone(&asked);
            move || {
                asked.fetch_add(1, Ordering::Relaxed);
            }
        });
        let start = Instant::now();
        for (millis, may_come, times) in [
            (0, true, 1),
            (1_999, true, 1),
            (2_000, false, 1),
            (59_999, false, 1),
            (60_000, true, 2),
            (61_000, true, 2),
            (90_000, false, 2),
        ] {
            let now = start + Duration::from_millis(millis);
            assert_eq!(wanted.ask(now), may_come, "{millis}");
            assert_eq!(asked.load(Ordering::Relaxed), times, "{millis}");
        }
    }

    #[test]
    fn there_are_so_many_places() {
        let wanted = Wanted::default();
        assert!(!wanted.is_waited_for());
        let taken: Vec<_> = (0..64).filter_map(|_| wanted.place()).collect();
        assert_eq!(taken.len(), 64);
        assert!(wanted.place().is_none() && wanted.is_waited_for());
        drop(taken);
        assert!(wanted.place().is_some());
    }
}
