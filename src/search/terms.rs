//! A query's text -> the terms to look up.

use super::answer::MAX_QUERY_CHARS;
use super::held::Held;
use super::language::{Reduction, Reductions, stemmer};
use super::names::{Name, camel_case_parts};
use super::pairs::{WordHash, WordHasher};
use super::scope::Scope;
use super::stop_words;
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

/// What a word counts for that says more of the question than of its subject, beside others.
const ASKING_WEIGHT: f32 = 0.5;

/// A term and what its BM25 score is multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WeightedTerm {
    pub(super) term: Term,
    pub(super) weight: f32,
    /// How the pages are reduced in which it counts; `None`: it is the same in all of them.
    pub(super) within: Option<Reductions>,
    /// It is a part of this name, and counts in pages alone that hold that whole.
    pub(super) only_with: Option<Term>,
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
        let names = Held::of(text, index, |word| own.term(word).into_owned());
        let mut words = spoken.words(text);
        one_number_or_its_groups(&mut words, index);
        if words.iter().any(|word| !word.is_stop) {
            words.retain(|word| !word.is_stop);
        }
        let order = words.iter().take(MAX_TERMS);
        let order = order.filter_map(|word| self.ordered(word, text, index));
        terms.order = order.collect();
        let is_asking =
            |word: &Word<'_>| spoken.is_english() && stop_words::is_asking(&word.surface);
        let has_subject = !words.iter().all(is_asking);
        for word in words.iter().take(MAX_TERMS) {
            let only_with = names.around(&word.range);
            let is_weak = has_subject && only_with.is_none() && is_asking(word);
            let weight = if is_weak { ASKING_WEIGHT } else { 1.0 };
            if terms.add_forms(&spoken.forms(&word.surface, index), weight, only_with) {
                continue;
            }
            let mut found = false;
            for part in camel_case_parts(word.original) {
                found |= terms.add_forms(&spoken.forms(&part.to_lowercase(), index), 1.0, None);
            }
            if !found {
                terms.unknown.push(word.original.to_owned());
            }
        }
        for pair in words.windows(2).take(MAX_TERMS) {
            if let [one, other] = pair
                && let Some(joined) = joined(text, one, other)
            {
                let only_with = names.around(&one.range).or(names.around(&other.range));
                terms.add_forms(&spoken.forms(&joined, index), JOINED_WEIGHT, only_with);
            }
        }
        terms.symbols = names.symbols;
        terms.only_name = names.only;
        terms.names = names.names;
        terms
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
        self.add_within(term, weight, None, None);
    }

    /// How many words there are, each counted once, whatever its forms are.
    pub(super) fn asked(&self) -> usize {
        self.words.len() - self.forms + self.unknown.len()
    }

    /// Adds the forms of a word; whether it has any.
    fn add_forms(&mut self, forms: &Forms, weight: f32, only_with: Option<Term>) -> bool {
        for (number, (term, reductions)) in forms.found.iter().enumerate() {
            let within = (!forms.is_one).then_some(*reductions);
            let is_new = self.add_within(*term, weight, within, only_with);
            self.forms += usize::from(is_new && number > 0);
        }
        !forms.found.is_empty()
    }

    fn add_within(
        &mut self,
        term: Term,
        weight: f32,
        within: Option<Reductions>,
        only_with: Option<Term>,
    ) -> bool {
        if let Some(known) = self.words.iter_mut().find(|known| known.term == term) {
            known.within = known.within.zip(within).map(|(a, b)| a.and(b));
            // What is asked for by itself as well counts anywhere.
            known.only_with = known.only_with.and(only_with);
            return false;
        }
        self.words.push(WeightedTerm {
            term,
            weight,
            within,
            only_with,
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
    fn is_english(self) -> bool {
        self.language.code() == "en"
    }

    /// The words of a query as they stand in it.
    fn words(self, text: &str) -> Vec<Word<'_>> {
        let own = Reduction::of(self.language);
        let mut words: Vec<Word<'_>> = Vec::new();
        tokenizer::words(text, |surface, range| {
            let mut is_stop = is_stop_word(surface, self.language);
            if self.is_english() && text[..range.start].ends_with(is_apostrophe) {
                let before = text[..range.start].trim_end_matches(is_apostrophe);
                let last = words
                    .last_mut()
                    .filter(|last| last.range.end == before.len());
                match (surface, last) {
                    // `isn't`: neither *isn* nor *t* is a word.
                    ("t", Some(last)) if before.ends_with(['n', 'N']) => {
                        last.is_stop = true;
                        is_stop = true;
                    }
                    ("s" | "ve" | "ll" | "re" | "d" | "m", Some(_)) => is_stop = true,
                    _ => {}
                }
            }
            words.push(Word {
                stem: own.term(surface).into_owned(),
                surface: surface.to_owned(),
                original: &text[range.clone()],
                range,
                is_stop,
            });
        });
        words
    }

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
    /// It says nothing.
    is_stop: bool,
}

/// Two words that stand next to each other, as one.
fn joined(text: &str, one: &Word<'_>, other: &Word<'_>) -> Option<String> {
    let between = text.get(one.range.end..other.range.start)?;
    let is_near = !between.is_empty()
        && (between.chars().all(char::is_whitespace)
            || matches!(between, "-" | "_" | "." | "/" | ":" | "::"));
    if !is_near {
        return None;
    }
    let both = format!("{}{}", one.surface, other.surface);
    let border = one.surface.len();
    let mut joined = None;
    tokenizer::words(&both, |surface, range| {
        // Where words have no spaces between them, a pair has several.
        if range.start < border && range.contains(&border) && joined.is_none() {
            joined = Some(surface.to_owned());
        }
    });
    joined
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2BC}' | '\u{FF07}')
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
