//! Clients' own words, and whether the log may have them.

use super::line::one_line;
use crate::auth::masked;

/// Characters of what is asked.
const MAX: usize = 200;

/// Whether the log may have what people and assistants ask, in their words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// It may.
    Written,
    /// `[log] queries = false`
    Withheld,
}

impl Words {
    /// In one line, where they may be written; never with an access key, which people paste anywhere.
    pub(super) fn line(self, words: &str) -> Option<String> {
        let is_written = self == Self::Written && !words.is_empty();
        is_written.then(|| masked(&one_line(words, MAX)))
    }
}
