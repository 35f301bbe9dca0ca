//! A query's text -> the terms to look up.

use super::answer::MAX_QUERY_CHARS;
use super::postings::{Postings, Term};
use super::tokenizer;
use std::ops::Range;
use tantivy::tokenizer::{Language, TextAnalyzer};

/// More words than these are an essay, not a query; the first ones are looked up.
const MAX_TERMS: usize = 32;
/// What two neighbouring words count for when they stand in the corpus as one.
const JOINED_WEIGHT: f32 = 0.5;

/// Words that say nothing about a subject. English; other languages go without.
const STOP_WORDS: &[&str] = &[
    "a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could",
    "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is",
    "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "should", "so", "such", "that",
    "the", "their", "then", "there", "these", "they", "this", "to", "was", "we", "were", "what",
    "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
];

/// A term and what its BM25 score is multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WeightedTerm {
    pub(super) term: Term,
    pub(super) weight: f32,
}

/// What a query asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Terms {
    pub(super) words: Vec<WeightedTerm>,
    /// Identifiers and operators, as written, that stand in some document.
    pub(super) symbols: Vec<Term>,
    /// Words of the query that stand in no document.
    pub(super) unknown: Vec<String>,
}

/// Turns query text into terms.
pub(super) struct QueryParser {
    stemmed: TextAnalyzer,
    surface: TextAnalyzer,
    symbols: TextAnalyzer,
    english: bool,
}

impl Clone for QueryParser {
    fn clone(&self) -> Self {
        Self {
            stemmed: self.stemmed.clone(),
            surface: self.surface.clone(),
            symbols: self.symbols.clone(),
            english: self.english,
        }
    }
}

impl QueryParser {
    pub(super) fn new(language: Language) -> Self {
        Self {
            stemmed: tokenizer::words(language),
            surface: tokenizer::surface_words(),
            symbols: tokenizer::symbols(),
            english: language == Language::English,
        }
    }

    /// Tells the words that documents use from the others.
    pub(super) fn parse(&mut self, text: &str, postings: &Postings) -> Terms {
        let text = bounded(text);
        let mut terms = Terms::default();
        let mut words = Vec::new();
        collect(&mut self.surface, text, |surface, range| {
            words.push(Word {
                surface: surface.to_owned(),
                stem: String::new(),
                original: &text[range.clone()],
                range,
            });
        });
        // Both analyzers find the same words.
        let mut next = words.iter_mut();
        collect(&mut self.stemmed, text, |stem, _| {
            if let Some(word) = next.next() {
                stem.clone_into(&mut word.stem);
            }
        });
        one_number_or_its_groups(&mut words, postings);
        let is_content = |word: &Word<'_>| !self.is_stop_word(&word.surface);
        if words.iter().any(is_content) {
            words.retain(is_content);
        }
        for word in words.iter().take(MAX_TERMS) {
            if let Some(term) = postings.find(&word.stem) {
                terms.add(term, 1.0);
                continue;
            }
            let mut found = false;
            for part in camel_case_parts(word.original) {
                if let Some(term) = postings.find(&self.stem(&part.to_lowercase())) {
                    terms.add(term, 1.0);
                    found = true;
                }
            }
            if !found {
                terms.unknown.push(word.original.to_owned());
            }
        }
        let pairs = words.windows(2).take(MAX_TERMS);
        let joined = pairs.flat_map(|pair| [pair[0].surface.as_str(), &pair[1].surface, " "]);
        let joined = joined.collect::<String>();
        let mut rest = joined.split_inclusive(' ');
        let mut end = 0;
        collect(&mut self.stemmed, &joined, |stem, range| {
            // Where words have no spaces between them, a pair has several; the first one counts.
            while range.start >= end
                && let Some(pair) = rest.next()
            {
                let start = end;
                end += pair.len();
                if start == range.start
                    && let Some(term) = postings.find(stem)
                {
                    terms.add(term, JOINED_WEIGHT);
                }
            }
        });
        collect(&mut self.symbols, text, |symbol, _| {
            if let Some(symbol) = postings.find(symbol)
                && terms.symbols.len() < MAX_TERMS
                && !terms.symbols.contains(&symbol)
            {
                terms.symbols.push(symbol);
            }
        });
        terms
    }

    /// A word as it stands in the index.
    pub(super) fn stem(&mut self, word: &str) -> String {
        let mut stem = String::new();
        collect(&mut self.stemmed, word, |term, _| {
            if stem.is_empty() {
                term.clone_into(&mut stem);
            }
        });
        stem
    }

    fn is_stop_word(&self, word: &str) -> bool {
        self.english && STOP_WORDS.binary_search(&word).is_ok()
    }
}

impl Terms {
    /// Adds a word unless it is there already.
    pub(super) fn add(&mut self, term: Term, weight: f32) {
        if !self.words.iter().any(|known| known.term == term) {
            self.words.push(WeightedTerm { term, weight });
        }
    }
}

/// The part of a query that is looked at.
fn bounded(text: &str) -> &str {
    text.char_indices()
        .nth(MAX_QUERY_CHARS)
        .map_or(text, |(end, _)| &text[..end])
}

/// A word of a query: in lower case, as it stands in the index, and as it was written.
struct Word<'a> {
    surface: String,
    stem: String,
    original: &'a str,
    range: Range<usize>,
}

/// Of `1,169`, the tokenizer makes the number and its groups: what documents have counts, the number
/// first.
fn one_number_or_its_groups(words: &mut Vec<Word<'_>>, postings: &Postings) {
    let mut within = 0;
    words.retain(|word| {
        if word.original.contains(',') {
            let is_known = postings.find(&word.stem).is_some();
            within = if is_known { word.range.end } else { 0 };
            return is_known;
        }
        word.range.start >= within
    });
}

/// Calls with each term and where the text stands that it stands for.
fn collect(analyzer: &mut TextAnalyzer, text: &str, mut each: impl FnMut(&str, Range<usize>)) {
    let mut stream = analyzer.token_stream(text);
    while let Some(token) = stream.next() {
        each(&token.text, token.offset_from..token.offset_to);
    }
}

/// `KubePodNotReady` -> `Kube`, `Pod`, `Not`, `Ready`; nothing for a word without humps.
fn camel_case_parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    for (i, window) in chars.windows(2).enumerate() {
        let (_, previous) = window[0];
        let (at, next) = window[1];
        let followed_by_lower = chars.get(i + 2).is_some_and(|(_, c)| c.is_lowercase());
        let hump = (previous.is_lowercase() || previous.is_ascii_digit()) && next.is_uppercase()
            || previous.is_uppercase() && next.is_uppercase() && followed_by_lower;
        if hump {
            parts.push(&word[start..at]);
            start = at;
        }
    }
    if start > 0 {
        parts.push(&word[start..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_in_order() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn camel_case_is_cut_at_its_humps() {
        assert_eq!(
            camel_case_parts("KubePodNotReady"),
            ["Kube", "Pod", "Not", "Ready"]
        );
        assert_eq!(
            camel_case_parts("parseHTMLFragment"),
            ["parse", "HTML", "Fragment"]
        );
        assert!(camel_case_parts("plain").is_empty());
    }
}
