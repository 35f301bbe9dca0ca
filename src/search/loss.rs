//! Losses of pages that look like accidents, such as an unmounted disk or a failed site build: told, and
//! not taken over until somebody says that they are right.

use super::catalog::{Catalog, KeptLoss, ReadFile};
use crate::corpus::{File, Stamp};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A set that would lose more of its pages than this keeps those that it had.
const MAX_LOSS: f64 = 0.30;
/// Fewer pages than these are never worth keeping old ones for.
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
    /// Whether nothing is left, which only somebody who looks at it can know to be right.
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

/// The pages of a set before and after, where too many are lost.
pub(super) fn too_many_lost(
    set: usize,
    before: &Catalog,
    after: &Catalog,
) -> Option<(usize, usize)> {
    let count = |catalog: &Catalog| catalog.below(set, "").len();
    let (before, after) = (count(before), count(after));
    let lost = before.saturating_sub(after);
    let too_many = lost > SMALL_LOSS && lost as f64 > MAX_LOSS * before as f64;
    too_many.then_some((before, after))
}

/// Changes with the names, sizes and times of a set's files.
pub(super) fn fingerprint(set: usize, unchanged: &[ReadFile], to_read: &[(usize, File)]) -> u64 {
    let known = unchanged.iter().filter(|file| file.set == set);
    let known = known.map(|file| (&file.path, file.stamp));
    let new = to_read.iter().filter(|(of, _)| *of == set);
    let new = new.map(|(_, file)| (&file.path, file.stamp));
    let hash = |(path, stamp): (&String, Stamp)| {
        let mut hasher = DefaultHasher::new();
        (path, stamp.size, stamp.modified, stamp.changed).hash(&mut hasher);
        hasher.finish()
    };
    known.chain(new).map(hash).fold(0, u64::wrapping_add)
}
