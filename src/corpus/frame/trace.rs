//! What is kept of a page to compare it with others.

use super::key::Key;
use serde::{Deserialize, Serialize};

/// What a page is compared by: a few hundred bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    headings: Key,
    /// Keys, in order, each once, with the lowest byte first.
    keys: Box<[u8]>,
}

impl Trace {
    /// `headings` is what pages with the same headings have in common.
    pub(super) fn of(headings: Key, mut keys: Vec<Key>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        Self {
            headings,
            keys: keys.iter().flat_map(|key| key.to_le_bytes()).collect(),
        }
    }

    /// Whether there is nothing to compare: the page is of a format that has no frame.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn headings(&self) -> Key {
        self.headings
    }

    /// In order, each once.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        let (keys, _) = self.keys.as_chunks();
        keys.iter().map(|bytes| Key::from_le_bytes(*bytes))
    }
}
