//! A query's text -> the terms to look up.

use super::answer::MAX_QUERY_CHARS;
use super::language::{Reduction, Reductions, stemmer};
use super::names::{Form, Name, Written, is_kind, written};
use super::pairs::{WordHash, WordHasher};
use super::scope::Scope;
use super::stop_words;
use super::symbols::symbols;
use super::tokenizer;
use super::view::Term;
use crate::{
    config,
    corpus::{Answers, Language, asked},
};
use std::{borrow::Cow, ops::Range};

/// More words than these are an essay, not a query; the first ones are looked up.
const MAX_TERMS: usize = 32;
/// What two neighbouring words count for when they stand in the corpus as one.
const JOINED_WEIGHT: f32 = 0.5;

/// A term and what its BM25 score is multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WeightedTerm {
    pub(super) term: Term,
    pub(super) weight: f32,
    /// How the pages are reduced in which it counts; `None`: it is the same in all of them.
    pub(super) within: Option<Reductions>,
}

/// What a query asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Terms {
    pub(super) words: Vec<WeightedTerm>,
    /// Identifiers and operators, as written, that stand in some document.
    pub(super) symbols: Vec<Term>,
    /// Words of the query that stand in no document.
    pub(super) unknown: Vec<String>,
    /// How many of the words are other forms of one, as other languages reduce it.
    pub(super) forms: usize,
    /// The language that pages should be in, where they are in several.
    pub(super) language: Option<Language>,
    /// How the query's own words are reduced.
    pub(super) reduction: Reduction,
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
    hasher: WordHasher,
    /// Of what nothing else tells.
    language: Language,
}

impl QueryParser {
    pub(super) fn new(language: config::Language) -> Self {
        let stemmer = stemmer(config::Language::English);
        Self {
            hasher: WordHasher::new(&stemmer, stop_words::of(config::Language::English)),
            language: language.into(),
        }
    }

    /// How the words of a query are reduced, by its own language.
    pub(super) fn reduction(&self, text: &str, index: Scope<'_>) -> Reduction {
        Reduction::of(self.spoken(bounded(text), index).language)
    }

    /// The language of a query, and those of the pages.
    fn spoken(&self, text: &str, index: Scope<'_>) -> Spoken {
        let languages = index.view.languages();
        let home = languages.most().unwrap_or(self.language);
        let mut reductions = languages.reductions();
        let asked = asked(
            text,
            &Answers {
                home,
                pages: &|language| languages.pages(language),
                knows: &|word| {
                    let mut reductions = reductions.iter();
                    reductions.any(|it| index.find(&it.term(word)).is_some())
                },
            },
        );
        // A name is asked for in the configured language, where there are pages in it.
        let unasked = match languages.pages(self.language) {
            0 => home,
            _ => self.language,
        };
        let language = asked.unwrap_or(unasked);
        if reductions == Reductions::default() {
            reductions.add(Reduction::of(language));
        }
        Spoken {
            language,
            reductions,
            preferred: (languages.are_several() && languages.pages(language) > 0)
                .then_some(language),
        }
    }

    /// Tells the words that the pages that may answer use from the others.
    pub(super) fn parse(&self, text: &str, index: Scope<'_>) -> Terms {
        let text = bounded(text);
        let spoken = self.spoken(text, index);
        let own = Reduction::of(spoken.language);
        let mut terms = Terms {
            language: spoken.preferred,
            reduction: own,
            ..Terms::default()
        };
        let mut words = Vec::new();
        tokenizer::words(text, |surface, range| {
            words.push(Word {
                stem: own.term(surface).into_owned(),
                surface: surface.to_owned(),
                original: &text[range.clone()],
                range,
            });
        });
        one_number_or_its_groups(&mut words, index);
        let is_content = |word: &Word<'_>| !is_stop_word(&word.surface, spoken.language);
        if words.iter().any(is_content) {
            words.retain(is_content);
        }
        let order = words.iter().take(MAX_TERMS);
        let order = order.filter_map(|word| self.ordered(word, text, index));
        terms.order = order.collect();
        for word in words.iter().take(MAX_TERMS) {
            if terms.add_forms(&spoken.forms(&word.surface, index), 1.0) {
                continue;
            }
            let mut found = false;
            for part in camel_case_parts(word.original) {
                found |= terms.add_forms(&spoken.forms(&part.to_lowercase(), index), 1.0);
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
                if start == range.start {
                    terms.add_forms(&spoken.forms(surface, index), JOINED_WEIGHT);
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
        terms.only_name = self.only_names(text, &written, own, index);
        terms.names = written
            .into_iter()
            .map(|name| self.name(name, own, index))
            .collect();
        terms
    }

    /// Who holds a name whole.
    fn name(&self, name: Written, own: Reduction, index: Scope<'_>) -> Name {
        let term = match &name.form {
            Form::Symbol(symbol) => index.find(symbol),
            Form::Word(word) => index.find(&own.term(word)),
            Form::Quoted | Form::Query => index.find(&name.key),
        };
        Name {
            key: name.key,
            term,
            pages: term.map_or(0, |term| index.pages_with(term)),
        }
    }

    /// Whether names that some page holds are all that a query has, beside what says what kind of things they are.
    fn only_names(
        &self,
        text: &str,
        written: &[Written],
        own: Reduction,
        index: Scope<'_>,
    ) -> bool {
        let held: Vec<&Range<usize>> = written
            .iter()
            .filter(|name| match &name.form {
                Form::Symbol(symbol) => index.find(symbol).is_some(),
                Form::Word(word) => index.find(&own.term(word)).is_some(),
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
}

impl Terms {
    /// Adds a word unless it is there already.
    pub(super) fn add(&mut self, term: Term, weight: f32) {
        self.add_within(term, weight, None);
    }

    /// How many words there are, each counted once, whatever its forms are.
    pub(super) fn asked(&self) -> usize {
        self.words.len() - self.forms + self.unknown.len()
    }

    /// Adds the forms of a word; whether it has any.
    fn add_forms(&mut self, forms: &Forms, weight: f32) -> bool {
        for (number, (term, reductions)) in forms.found.iter().enumerate() {
            let within = (!forms.is_one).then_some(*reductions);
            let is_new = self.add_within(*term, weight, within);
            self.forms += usize::from(is_new && number > 0);
        }
        !forms.found.is_empty()
    }

    fn add_within(&mut self, term: Term, weight: f32, within: Option<Reductions>) -> bool {
        if let Some(known) = self.words.iter_mut().find(|known| known.term == term) {
            known.within = known.within.zip(within).map(|(a, b)| a.and(b));
            return false;
        }
        self.words.push(WeightedTerm {
            term,
            weight,
            within,
        });
        true
    }
}

/// A query's language, and how the pages' words are reduced.
#[derive(Debug, Clone, Copy)]
struct Spoken {
    language: Language,
    reductions: Reductions,
    preferred: Option<Language>,
}

/// The terms that stand for a word, and how the pages are reduced where each does.
struct Forms {
    found: Vec<(Term, Reductions)>,
    /// It is the same in all languages.
    is_one: bool,
}

impl Spoken {
    /// The terms that a word, in lower case, is in the pages of each language: one in each page.
    fn forms(&self, surface: &str, index: Scope<'_>) -> Forms {
        let mut texts: Vec<(Cow<'_, str>, Reductions)> = Vec::new();
        for reduction in self.reductions.iter() {
            let text = reduction.term(surface);
            match texts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, reductions)) => reductions.add(reduction),
                None => texts.push((text, reduction.into())),
            }
        }
        let is_one = texts.len() == 1;
        let found = texts.into_iter().filter_map(|(text, reductions)| {
            let term = index.find(&text);
            let marked = self.with_marks(surface, reductions, index);
            // What most pages have is what was meant.
            let pages = |term: Term| index.pages_with(term);
            let term = match (term, marked) {
                (Some(term), Some(marked)) if pages(marked) > pages(term) => marked,
                (term, marked) => term.or(marked)?,
            };
            Some((term, reductions))
        });
        Forms {
            found: found.collect(),
            is_one,
        }
    }

    /// The term of a word that was typed without its marks, in a query's own language.
    fn with_marks(&self, surface: &str, of: Reductions, index: Scope<'_>) -> Option<Term> {
        let own = Reduction::of(self.language);
        if !of.contains(own) {
            return None;
        }
        let marked = own.terms_with_marks(surface);
        let found = marked.iter().filter_map(|term| index.find(term));
        found.max_by_key(|term| index.pages_with(*term))
    }
}

/// Whether a word, in lower case, says nothing in this language.
fn is_stop_word(word: &str, language: Language) -> bool {
    match language.code() {
        "en" => stop_words::is_english(word),
        _ => language.has_function_word(word),
    }
}

/// A word as it stands in the index.
pub(super) fn first_term(word: &str, reduction: Reduction) -> String {
    let mut term = String::new();
    tokenizer::words(word, |surface, _| {
        if term.is_empty() {
            term = reduction.term(surface).into_owned();
        }
    });
    term
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
/// first. Of a Korean word, it makes the word and its pairs: the word counts where documents have it so.
fn one_number_or_its_groups(words: &mut Vec<Word<'_>>, index: Scope<'_>) {
    let mut within = 0;
    words.retain(|word| {
        if tokenizer::has_pairs(word.original) {
            return index.find(&word.stem).is_some();
        }
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
