//! Clients that have connected and not asked for anything yet.
//!
//! A connection that is closed at that point fails a call which its client has every right to make, so
//! a stop waits for them a little.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

/// Counts them.
#[derive(Debug, Clone, Default)]
pub(super) struct Newcomers(Arc<watch::Sender<usize>>);

/// One of them, until it is known or gone.
pub(super) struct Newcomer {
    is_known: AtomicBool,
    all: Newcomers,
}

impl Newcomers {
    pub(super) fn welcome(&self) -> Newcomer {
        self.0.send_modify(|count| *count += 1);
        Newcomer {
            is_known: AtomicBool::new(false),
            all: self.clone(),
        }
    }

    /// Waits until there is none.
    pub(super) async fn none(&self) {
        // An error would mean that the sender is gone, which is here.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Newcomer {
    /// It has asked for something.
    pub(super) fn introduce(&self) {
        if !self.is_known.swap(true, Ordering::AcqRel) {
            self.all.0.send_modify(|count| *count -= 1);
        }
    }
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        self.introduce();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_counts_once() {
        let all = Newcomers::default();
        let (first, second) = (all.welcome(), all.welcome());
        first.introduce();
        first.introduce();
        drop(first);
        assert_eq!(*all.0.borrow(), 1);
        drop(second);
        all.none().await;
    }
}
