//! What stands between a build and the generation that everybody uses.

use super::generation::{BuildLock, Generation, Shelf};
use super::snapshot::Snapshot;
use super::store::{Report, StoreError};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// An index that is up to date and can be searched, but is not on the disk for certain: others find
/// it when it is published. No other process can build as long as a draft is held.
pub struct Draft<'a> {
    /// The open index.
    pub snapshot: Arc<Snapshot>,
    /// What was found on the way.
    pub report: Report,
    /// `None` where the index was up to date before.
    pub(super) built: Option<Built<'a>>,
}

/// A new generation; thrown away unless it is published.
pub(super) struct Built<'a> {
    pub(super) shelf: &'a Shelf,
    /// Told of what this process has written itself.
    pub(super) verified: &'a AtomicU64,
    pub(super) generation: Generation,
    pub(super) lock: BuildLock,
}

impl Draft<'_> {
    /// Whether there was anything to build.
    pub fn is_new(&self) -> bool {
        self.built.is_some()
    }

    /// Waits until the index is on the disk, and puts it in the place of the older one.
    ///
    /// # Errors
    /// Where it cannot be written; the older index stays as it was.
    pub fn publish(self) -> Result<(Arc<Snapshot>, Report), StoreError> {
        if let Some(built) = &self.built {
            built.shelf.publish(&built.generation, &built.lock)?;
            let number = built.generation.number;
            built.verified.store(number, Ordering::Relaxed);
        }
        Ok((self.snapshot, self.report))
    }
}

impl Drop for Built<'_> {
    fn drop(&mut self) {
        let current = self.shelf.current();
        if current.is_none_or(|current| current.number != self.generation.number) {
            self.shelf.discard(&self.generation);
        }
    }
}
