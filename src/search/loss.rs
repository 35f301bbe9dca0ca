//! Losses of pages that look like accidents, such as an unmounted disk or a failed site build: told, and
//! not taken over until somebody says that they are right. A set of which nothing is left keeps its pages
//! whatever is said.

use super::manifest::KeptLoss;
use crate::corpus::Stamp;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A set that would lose more of its pages than this keeps those that it had.
const MAX_LOSS: f64 = 0.30;
/// So many pages less are never worth keeping old ones for, where others are left.
const SMALL_LOSS: usize = 2;

/// A set that keeps its earlier pages, because too few are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Name of the set.
    pub set: String,
    /// Pages in the older index.
    pub before: usize,
    /// Pages that were found now.
    pub after: usize,
    /// Tells whether the files of the set are still those that were found.
    pub files: u64,
}

impl Loss {
    /// Whether nothing is left, as of a disk that is not mounted: never taken over.
    pub fn is_total(&self) -> bool {
        self.after == 0
    }
}

impl KeptLoss {
    pub(super) fn named(&self, set: &str) -> Loss {
        Loss {
            set: set.to_owned(),
            before: self.before,
            after: self.after,
            files: self.files,
        }
    }
}

/// How many pages a set had and has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fewer {
    pub(super) before: usize,
    pub(super) after: usize,
}

impl Fewer {
    /// Nothing is left, however little there was.
    pub(super) fn is_all(self) -> bool {
        self.before > 0 && self.after == 0
    }

    /// Too many to be taken over unseen.
    pub(super) fn is_much(self) -> bool {
        let lost = self.before.saturating_sub(self.after);
        self.is_all() || lost > SMALL_LOSS && lost as f64 > MAX_LOSS * self.before as f64
    }
}

/// Changes with the names, sizes and times of a set's files, in whatever order they come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    pub(super) fn add(&mut self, path: &str, stamp: Stamp) {
        let mut hasher = DefaultHasher::new();
        (path, stamp.size, stamp.modified, stamp.changed).hash(&mut hasher);
        self.0 = self.0.wrapping_add(hasher.finish());
    }

    pub(super) fn value(self) -> u64 {
        self.0
    }
}
