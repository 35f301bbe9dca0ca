//! What there is in the folder of a document set.

use super::document::Skip;
use super::folder::SetFolder;
use super::root::Stamp;
use std::sync::Arc;

/// A file of a set, not yet read.
#[derive(Debug, Clone)]
pub struct File {
    /// Path below the root of the set, with `/` between the parts.
    pub path: String,
    /// Tells whether it has changed since it was last read.
    pub stamp: Stamp,
    pub(super) folder: Arc<SetFolder>,
}

/// A file that is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Path below the root of the set.
    pub path: String,
    /// Why.
    pub reason: Skip,
}

/// What a walk through a set's folder comes upon.
#[derive(Debug)]
pub enum Found {
    /// To be read.
    File(File),
    /// Passed over: a file, or a folder with all that it holds.
    Skipped(Skipped),
}
