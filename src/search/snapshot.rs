//! One generation of the index, opened for reading.

use super::answer::{Answer, Entry, PageRef, Query, SetSummary, StoredPage};

/// Why the index did not answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index on disk is damaged or gone.
    #[error("the index cannot be read")]
    Index(#[from] tantivy::TantivyError),
}

/// One generation of the index: cheap to share, never changes, safe to use from many threads.
///
/// All methods are synchronous; a search takes about a millisecond.
pub struct Snapshot {}

impl Snapshot {
    /// Ranks the pages for a query.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn search(&self, _query: &Query) -> Result<Answer, SearchError> {
        todo!()
    }

    /// The whole page that an id names: `set/path`, a path alone where it is unambiguous, or a
    /// page's URL; a fragment (`#anchor`) is passed over. `None` where there is no such page.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn page(&self, _id: &str) -> Result<Option<StoredPage>, SearchError> {
        todo!()
    }

    /// Pages whose ids are nearest to one that does not exist, best first, at most five.
    pub fn similar(&self, _id: &str) -> Vec<PageRef> {
        todo!()
    }

    /// What stands directly in a folder: `None` where there is no such folder. The empty path
    /// is the root of the set. Folders first, each in the order of their paths.
    pub fn folder(&self, _set: &str, _path: &str) -> Option<Vec<Entry>> {
        todo!()
    }

    /// The document sets, in the order of the configuration.
    pub fn sets(&self) -> &[SetSummary] {
        todo!()
    }

    /// All pages, in the order of sets and paths.
    pub fn pages(&self) -> impl Iterator<Item = PageRef> + '_ {
        std::iter::empty()
    }

    /// Changes with every generation of the index; for ETags and cache keys.
    pub fn generation(&self) -> u64 {
        todo!()
    }
}
