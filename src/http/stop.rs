//! The steps of a stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::sync::CancellationToken;

use super::newcomers::Newcomers;

/// What each part of the server does at a stop, one step after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop {
    /// Clients that have not asked for anything yet.
    pub(super) newcomers: Newcomers,
    leaving: Arc<AtomicBool>,
    /// Nothing new is taken on; what runs may finish.
    pub(super) draining: CancellationToken,
    /// The time to finish is over: streams end.
    pub(super) cut: CancellationToken,
    /// And so do connections.
    pub(super) ended: CancellationToken,
}

impl Stop {
    /// Each answer says from now on that it is the last one on its connection; the next one is answered by whoever
    /// serves after this process.
    pub(super) fn leave(&self) {
        self.leaving.store(true, Ordering::Release);
    }

    /// Asked with each answer.
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }
}
