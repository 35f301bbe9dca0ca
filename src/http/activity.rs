//! When somebody last asked for something.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// The time of the last request.
pub(super) struct Activity {
    started: Instant,
    /// Milliseconds after the start.
    last: AtomicU64,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            last: AtomicU64::new(0),
        }
    }
}

impl Activity {
    /// Somebody asks.
    pub(super) fn note(&self) {
        self.last.store(self.milliseconds(), Ordering::Relaxed);
    }

    /// For how long nobody has.
    pub(super) fn quiet_for(&self) -> Duration {
        let last = self.last.load(Ordering::Relaxed);
        Duration::from_millis(self.milliseconds().saturating_sub(last))
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
