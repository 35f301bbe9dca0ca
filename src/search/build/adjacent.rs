//! Words of a page -> the pairs of those that stand next to each other.

use super::vocabulary::{Vocabulary, Word};
use crate::search::pairs::WordHash;

/// So many are gathered before those that were seen twice are dropped.
const GATHERED: usize = 1 << 16;

/// Gathers the pairs of a page.
#[derive(Debug, Default)]
pub(super) struct Adjacent {
    pairs: Vec<u32>,
    last: Option<WordHash>,
    distinct: usize,
}

impl Adjacent {
    /// Adds words that follow on those before.
    pub(super) fn add(&mut self, words: &[Word], vocabulary: &Vocabulary) {
        for word in words.iter().filter_map(|word| vocabulary.hash(*word)) {
            if let Some(last) = self.last {
                self.pairs.push(last.before(word));
            }
            self.last = Some(word);
        }
        if self.pairs.len() > GATHERED.max(2 * self.distinct) {
            self.pairs.sort_unstable();
            self.pairs.dedup();
            self.distinct = self.pairs.len();
        }
    }

    /// What comes next stands elsewhere.
    pub(super) fn end_text(&mut self) {
        self.last = None;
    }

    /// Forgets the page before.
    pub(super) fn clear(&mut self) {
        *self = Self {
            pairs: std::mem::take(&mut self.pairs),
            ..Self::default()
        };
        self.pairs.clear();
    }

    /// The pairs of the page, in any order.
    pub(super) fn pairs(&mut self) -> &mut Vec<u32> {
        &mut self.pairs
    }
}
