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
pub(super) struct Newcomers(Arc<watch::Sender<Waiting>>);

/// How many there are.
#[derive(Debug, Default)]
struct Waiting {
    /// Those of earlier ones are not counted.
    generation: u64,
    count: usize,
}

/// One of them, until it is known or gone.
pub(super) struct Newcomer {
    is_known: AtomicBool,
    generation: u64,
    all: Newcomers,
}

impl Newcomers {
    pub(super) fn welcome(&self) -> Newcomer {
        let mut generation = 0;
        self.0.send_modify(|waiting| {
            generation = waiting.generation;
            waiting.count += 1;
        });
        Newcomer {
            is_known: AtomicBool::new(false),
            generation,
            all: self.clone(),
        }
    }

    /// Forgets those who are there: they have had their time.
    pub(super) fn forget(&self) {
        self.0.send_modify(|waiting| {
            waiting.generation += 1;
            waiting.count = 0;
        });
    }

    /// Waits until there is none.
    pub(super) async fn none(&self) {
        // An error would mean that the sender is gone, which is here.
        let _ = self
            .0
            .subscribe()
            .wait_for(|waiting| waiting.count == 0)
            .await;
    }
}

impl Newcomer {
    /// It has asked for something.
    pub(super) fn introduce(&self) {
        if self.is_known.swap(true, Ordering::AcqRel) {
            return;
        }
        self.all.0.send_modify(|waiting| {
            if waiting.generation == self.generation {
                waiting.count -= 1;
            }
        });
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
        assert_eq!(all.0.borrow().count, 1);
        drop(second);
        all.none().await;
    }

    #[tokio::test]
    async fn who_is_forgotten_is_not_waited_for() {
        let all = Newcomers::default();
        let silent = all.welcome();
        all.forget();
        all.none().await;
        let late = all.welcome();
        drop(silent);
        assert_eq!(all.0.borrow().count, 1);
        drop(late);
        all.none().await;
    }
}
