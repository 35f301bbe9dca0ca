//! How much the log is told of clients that ask for too much: of each once in a while, and of so many in that time.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// How often the log is told of one client.
pub(super) const TELL_EVERY: Duration = Duration::from_secs(10 * 60);
/// And of how many in that time.
const MAX_TOLD: usize = 50;

/// What the log was told in this while.
#[derive(Default)]
pub(super) struct Notices(Mutex<Told>);

#[derive(Default)]
struct Told {
    since: Duration,
    clients: usize,
}

/// Whether the log is told of one more client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// It is.
    Told,
    /// It is, and of no other for a while.
    Last,
    /// It is not.
    Silence,
}

impl Notices {
    /// One more client; `now` is the time since some moment, the same for all calls.
    pub(super) fn one_more(&self, now: Duration) -> Notice {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(told.since) >= TELL_EVERY {
            *told = Told {
                since: now,
                clients: 0,
            };
        }
        told.clients += 1;
        match told.clients {
            MAX_TOLD => Notice::Last,
            more if more > MAX_TOLD => Notice::Silence,
            _ => Notice::Told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_clients_is_a_few_lines() {
        let notices = Notices::default();
        let told = |seconds| {
            let more = (0..1_000).map(|_| notices.one_more(Duration::from_secs(seconds)));
            more.filter(|notice| *notice != Notice::Silence)
                .collect::<Vec<_>>()
        };
        let first = told(0);
        assert_eq!(first.len(), MAX_TOLD);
        assert_eq!(first.last(), Some(&Notice::Last));
        assert_eq!(told(599), []);
        assert_eq!(told(600).len(), MAX_TOLD);
    }
}
