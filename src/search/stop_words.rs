//! Words that say nothing about a subject.

use crate::config::Language;

/// English; other languages go without.
const ENGLISH: &[&str] = &[
    "a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could",
    "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is",
    "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "should", "so", "some", "such",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "was", "we",
    "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would",
    "you", "your",
];

/// Those of a language, in order.
pub(super) fn of(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        _ => &[],
    }
}

/// Words of questions that say little of what is asked about.
const ASKING: &[&str] = &[
    "best",
    "describe",
    "difference",
    "differences",
    "example",
    "examples",
    "explain",
    "explained",
    "explanation",
    "mean",
    "meaning",
    "means",
    "purpose",
    "understand",
    "understanding",
    "use",
    "used",
    "uses",
    "using",
    "way",
    "ways",
    "work",
    "working",
    "works",
];

/// Whether an English word says more of the question than of its subject.
pub(super) fn is_asking(word: &str) -> bool {
    ASKING.binary_search(&word).is_ok()
}

/// Whether an English word, in lower case, says nothing.
pub(super) fn is_english(word: &str) -> bool {
    ENGLISH.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order() {
        assert!(ENGLISH.is_sorted());
        assert!(ASKING.is_sorted());
    }
}
