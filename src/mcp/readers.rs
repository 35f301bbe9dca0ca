//! The threads that look into indexes.

use std::{num::NonZero, sync::Arc, thread};

use super::pool::Pool;

/// The threads that look into indexes, of all libraries of a process together: there are no more of them where
/// there are more libraries.
#[derive(Clone)]
pub struct Readers(Arc<Pools>);

struct Pools {
    searches: Pool,
    pages: Pool,
    health: Pool,
}

impl Default for Readers {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        // Some wait for the disk while others search; each has buffers of its own.
        let searches = NonZero::<usize>::MIN.saturating_add(cores + 1);
        Self(Arc::new(Pools {
            searches: Pool::new("docent-read", searches),
            pages: Pool::new("docent-pages", NonZero::<usize>::MIN),
            health: Pool::new("docent-health", NonZero::<usize>::MIN),
        }))
    }
}

impl Readers {
    /// For what is looked up.
    pub(super) fn searches(&self) -> &Pool {
        &self.0.searches
    }

    /// For pages as a whole and lists of them.
    pub(super) fn pages(&self) -> &Pool {
        &self.0.pages
    }

    /// For whoever asks whether there is an answer at all: no crowd is before them.
    pub(super) fn health(&self) -> &Pool {
        &self.0.health
    }
}
