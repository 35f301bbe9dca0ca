//! What stands between a build and the generation that everybody uses.

use super::manifest::Manifest;
use super::report::Report;
use super::shelf::{BuildLock, Current, Shelf};
use super::snapshot::Snapshot;
use super::store_error::StoreError;
use std::sync::Arc;

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
    pub(super) manifest: Manifest,
    /// Names of the segments that were made for it.
    pub(super) new: Vec<String>,
    pub(super) lock: BuildLock,
    pub(super) is_published: bool,
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
        if let Some(mut built) = self.built {
            built
                .shelf
                .publish(&built.manifest, &built.new, &built.lock)?;
            built.is_published = true;
        }
        Ok((self.snapshot, self.report))
    }
}

impl Drop for Built<'_> {
    fn drop(&mut self) {
        if !self.is_published
            && let Current::Manifest(current) = self.shelf.current()
        {
            self.shelf.sweep(&current, &self.lock);
        }
    }
}
