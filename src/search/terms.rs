//! A query's text -> the terms to look up.

use super::answer::MAX_QUERY_CHARS;
use super::language::stemmer;
use super::names::{Form, Name, Written, is_kind, written};
use super::pairs::{WordHash, WordHasher};
use super::scope::Scope;
use super::stop_words;
use super::symbols::symbols;
use super::tokenizer;
use super::view::Term;
use crate::config::Language;
use frostem::Stemmer;
use std::ops::Range;

/// More words than these are an essay, not a query; the first ones are looked up.
const MAX_TERMS: usize = 32;
/// What two neighbouring words count for when they stand in the corpus as one.
const JOINED_WEIGHT: f32 = 0.5;

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
    /// What the query calls by its name; what is a name for sure goes first.
    pub(super) names: Vec<Name>,
    /// Nothing is asked for but names that some page holds whole.
    pub(super) only_name: bool,
    /// Its words in their order, but for those that say nothing.
    pub(super) order: Vec<OrderedWord>,
}

/// A word in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OrderedWord {
    pub(super) hash: WordHash,
    /// As it stands in the index, if it does.
    pub(super) term: Option<Term>,
    /// It is in quotes: what a document may have another one for.
    pub(super) is_value: bool,
}

/// Turns query text into terms.
#[derive(Clone)]
pub(super) struct QueryParser {
    stemmer: Stemmer,
    hasher: WordHasher,
    english: bool,
}

impl QueryParser {
    pub(super) fn new(language: Language) -> Self {
        let stemmer = stemmer(language);
        Self {
            hasher: WordHasher::new(&stemmer, stop_words::of(language)),
            stemmer,
            english: language == Language::English,
        }
    }

    /// Tells the words that the pages that may answer use from the others.
    pub(super) fn parse(&self, text: &str, index: Scope<'_>) -> Terms {
        let text = bounded(text);
        let mut terms = Terms::default();
        let mut words = Vec::new();
        tokenizer::words(text, |surface, range| {
            words.push(Word {
                stem: self.stemmer.stem(surface).into_owned(),
                surface: surface.to_owned(),
                original: &text[range.clone()],
                range,
            });
        });
        one_number_or_its_groups(&mut words, index);
        let is_content = |word: &Word<'_>| !self.is_stop_word(&word.surface);
        if words.iter().any(is_content) {
            words.retain(is_content);
        }
        let order = words.iter().take(MAX_TERMS);
        let order = order.filter_map(|word| self.ordered(word, text, index));
        terms.order = order.collect();
        for word in words.iter().take(MAX_TERMS) {
            if let Some(term) = index.find(&word.stem) {
                terms.add(term, 1.0);
                continue;
            }
            let mut found = false;
            for part in camel_case_parts(word.original) {
                if let Some(term) = index.find(&self.stem(&part.to_lowercase())) {
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
        tokenizer::words(&joined, |surface, range| {
            // Where words have no spaces between them, a pair has several; the first one counts.
            while range.start >= end
                && let Some(pair) = rest.next()
            {
                let start = end;
                end += pair.len();
                if start == range.start
                    && let Some(term) = index.find(&self.stemmer.stem(surface))
                {
                    terms.add(term, JOINED_WEIGHT);
                }
            }
        });
        symbols(text, |symbol, _| {
            if let Some(symbol) = index.find(symbol)
                && terms.symbols.len() < MAX_TERMS
                && !terms.symbols.contains(&symbol)
            {
                terms.symbols.push(symbol);
            }
        });
        let written = written(text);
        terms.only_name = self.only_names(text, &written, index);
        terms.names = written
            .into_iter()
            .map(|name| self.name(name, index))
            .collect();
        terms
    }

    /// Who holds a name whole.
    fn name(&self, name: Written, index: Scope<'_>) -> Name {
        let term = match &name.form {
            Form::Symbol(symbol) => index.find(symbol),
            Form::Word(word) => index.find(&self.stemmer.stem(word)),
            Form::Quoted | Form::Query => index.find(&name.key),
        };
        Name {
            key: name.key,
            term,
            pages: term.map_or(0, |term| index.pages_with(term)),
        }
    }

    /// Whether names that some page holds are all that a query has, beside what says what kind of things they are.
    fn only_names(&self, text: &str, written: &[Written], index: Scope<'_>) -> bool {
        let held: Vec<&Range<usize>> = written
            .iter()
            .filter(|name| match &name.form {
                Form::Symbol(symbol) => index.find(symbol).is_some(),
                Form::Word(word) => index.find(&self.stemmer.stem(word)).is_some(),
                Form::Quoted | Form::Query => false,
            })
            .map(|name| &name.range)
            .collect();
        let mut only_names = !held.is_empty();
        tokenizer::words(text, |word, range| {
            let is_held = held
                .iter()
                .any(|name| name.start <= range.start && range.end <= name.end);
            only_names &= is_held || is_kind(word);
        });
        only_names
    }

    fn ordered(&self, word: &Word<'_>, text: &str, index: Scope<'_>) -> Option<OrderedWord> {
        let before = text[..word.range.start].chars().next_back();
        Some(OrderedWord {
            hash: self.hasher.hash(&word.stem)?,
            term: index.find(&word.stem),
            is_value: before.is_some_and(|mark| "\"'`“‘".contains(mark)),
        })
    }

    /// A word as it stands in the index.
    pub(super) fn stem(&self, word: &str) -> String {
        let mut stem = String::new();
        tokenizer::words(word, |surface, _| {
            if stem.is_empty() {
                stem = self.stemmer.stem(surface).into_owned();
            }
        });
        stem
    }

    fn is_stop_word(&self, word: &str) -> bool {
        self.english && stop_words::is_english(word)
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
fn one_number_or_its_groups(words: &mut Vec<Word<'_>>, index: Scope<'_>) {
    let mut within = 0;
    words.retain(|word| {
        if word.original.contains(',') {
            let is_known = index.find(&word.stem).is_some();
            within = if is_known { word.range.end } else { 0 };
            return is_known;
        }
        word.range.start >= within
    });
}

/// `KubePodNotReady` -> `Kube`, `Pod`, `Not`, `Ready`; nothing for a word without humps.
pub(super) fn camel_case_parts(word: &str) -> Vec<&str> {
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
