//! How many connections of one kind are open.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// Counts connections. One task waits for it, the one that accepts.
#[derive(Default)]
pub(super) struct Budget {
    open: AtomicUsize,
    changed: Notify,
}

/// One connection's place, given up when it is dropped.
pub(super) struct Place(Arc<Budget>);

impl Budget {
    /// Takes a place as soon as fewer than `limit` are taken; asked again each time one is given up.
    pub(super) async fn enter(self: &Arc<Self>, limit: impl Fn() -> usize) -> Place {
        while self.open.load(Ordering::Acquire) >= limit().max(1) {
            self.changed.notified().await;
        }
        self.open.fetch_add(1, Ordering::AcqRel);
        Place(Arc::clone(self))
    }

    /// Asks for the limit again: it has changed.
    pub(super) fn reconsider(&self) {
        self.changed.notify_one();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::AcqRel);
        self.0.changed.notify_one();
    }
}
