//! Two words that stand next to each other, as a number: the same for documents and questions.
//!
//! Stop words are passed over, so that "an entry for the host" has the pair of *entry* and *host*; so are numbers, of which a
//! document has others than a question.

use frostem::Stemmer;
use std::{borrow::Cow, collections::HashSet, num::NonZeroU32};
use xxhash_rust::xxh3::xxh3_64;

/// Makes numbers of words.
#[derive(Debug, Clone)]
pub(super) struct WordHasher {
    /// Stems of stop words.
    passed_over: HashSet<String>,
}

/// A word that may be one of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WordHash(NonZeroU32);

impl WordHasher {
    pub(super) fn new(stemmer: &Stemmer, stop_words: &[&str]) -> Self {
        let stems = stop_words.iter().map(|word| stemmer.stem(word));
        Self {
            passed_over: stems.map(Cow::into_owned).collect(),
        }
    }

    /// Of a stem; `None` where it is passed over.
    pub(super) fn hash(&self, stem: &str) -> Option<WordHash> {
        if self.passed_over.contains(stem) || stem.chars().all(char::is_numeric) {
            return None;
        }
        let [a, b, c, d, ..] = xxh3_64(stem.as_bytes()).to_le_bytes();
        let hash = u32::from_le_bytes([a, b, c, d]);
        Some(WordHash(NonZeroU32::new(hash).unwrap_or(NonZeroU32::MIN)))
    }
}

impl WordHash {
    /// The pair of this word and the next one.
    pub(super) fn before(self, next: Self) -> u32 {
        let both = u64::from(self.0.get()) << 32 | u64::from(next.0.get());
        let mixed = both.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        let [.., a, b, c, d] = mixed.to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Language;
    use crate::search::language::stemmer;

    #[test]
    fn pairs_have_an_order_and_are_spread_evenly() {
        let hasher = WordHasher::new(&stemmer(Language::English), &["does", "the"]);
        let hash = |stem: &str| hasher.hash(stem).unwrap();
        assert_eq!(hasher.hash("the"), None);
        assert_eq!(hasher.hash("doe"), None);
        assert_eq!(hasher.hash("192"), None);
        assert_ne!(
            hash("host").before(hash("entri")),
            hash("entri").before(hash("host"))
        );
        let mut buckets = [0; 16];
        for number in 0..16_000 {
            let pair = hash("word").before(hash(&format!("w{number}")));
            buckets[(pair >> 28) as usize] += 1;
        }
        assert!(
            buckets.iter().all(|count| (800..1_200).contains(count)),
            "{buckets:?}"
        );
    }
}
