//! The names of a query, held against what the pages that may answer have.
//!
//! Where some pages hold a name whole, those that have no more of it than its parts are no answer.

use super::definitions::name_hash;
use super::names::{Form, Name, Written, camel_case_parts, is_kind, written};
use super::scope::Scope;
use super::scoring::Score;
use super::tokenizer;
use super::view::Term;
use std::ops::Range;

/// More identifiers are not looked up.
const MAX_SYMBOLS: usize = 32;
/// A name of more parts is not looked for with other signs between them.
const MAX_PARTS: usize = 6;
/// Where so many pages hold a name whole, its parts count in these alone: if some page defines it, or nothing else is asked. The page of
/// a name that none defines may well write it in another way.
const ENOUGH: usize = 3;

/// What of a query's names the index has.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) names: Vec<Name>,
    /// Identifiers that are looked up.
    pub(super) symbols: Vec<Term>,
    /// The query is nothing else than names that some page holds.
    pub(super) only: bool,
    /// Where names stand in the query that some page has.
    held: Vec<Range<usize>>,
    /// Where names stand in the query whose parts count in the pages that hold them.
    whole: Vec<(Range<usize>, Term)>,
}

impl Held {
    /// `stem` makes a term of a word in lower case.
    pub(super) fn of(text: &str, index: Scope<'_>, stem: impl Fn(&str) -> String) -> Self {
        let mut this = Self::default();
        let mut held: Vec<Range<usize>> = Vec::new();
        let mut words = Vec::new();
        let written = written(text);
        let said = said(text, &written);
        for name in written {
            let is_part = matches!(name.form, Form::Symbol(_)) && held.contains(&name.range);
            if is_part && !name.key.starts_with('-') {
                continue;
            }
            let original = text.get(name.range.clone()).unwrap_or_default();
            let original = original.split('(').next().unwrap_or_default();
            let (exact, folded) = match &name.form {
                Form::Symbol(symbol) => (index.find(symbol), symbol.as_str()),
                Form::Word(word) => (index.find(&stem(word)), original),
                Form::Quoted => (None, ""),
                Form::Query if held.is_empty() => (None, name.key.as_str()),
                Form::Query => (None, ""),
            };
            let mut key = name.key.clone();
            let term = exact.or_else(|| {
                let (found, term) = fold(folded, index).or_else(|| member(folded, index))?;
                key = found;
                Some(term)
            });
            let pages = term.map_or(0, |term| index.pages_with(term));
            if let Some(term) = term {
                if matches!(name.form, Form::Symbol(_)) || exact.is_none() {
                    this.look_up(term);
                }
                match &name.form {
                    Form::Symbol(symbol) if pages >= ENOUGH => {
                        let is_sure = is_identifier(symbol) && is_defined(&key, index);
                        words.push((name.range.clone(), term, is_sure));
                        held.push(name.range.clone());
                    }
                    Form::Symbol(_) | Form::Word(_) => held.push(name.range.clone()),
                    Form::Quoted | Form::Query => {}
                }
            }
            if this.names.iter().all(|known| known.key != key) {
                let share = match name.form {
                    Form::Word(_) => share(&name.range, &said),
                    Form::Symbol(_) | Form::Quoted | Form::Query => 1.0,
                };
                this.names.push(Name {
                    key,
                    term,
                    pages,
                    share,
                });
            }
        }
        this.only = !held.is_empty();
        tokenizer::words(text, |word, range| {
            this.only &= is_kind(word) || held.iter().any(|name| lies_in(name, &range));
        });
        let only = this.only;
        let whole = words.into_iter();
        let whole = whole.filter(|(_, _, is_sure)| *is_sure || only);
        this.whole = whole.map(|(range, term, _)| (range, term)).collect();
        this.held = held;
        this
    }

    /// Whether a word of the query is part of a name that some page has.
    pub(super) fn covers(&self, word: &Range<usize>) -> bool {
        self.held.iter().any(|name| lies_in(name, word))
    }

    /// The name that a word of the query is part of, where that is looked for whole.
    pub(super) fn around(&self, word: &Range<usize>) -> Option<Term> {
        let mut whole = self.whole.iter();
        let (_, name) = whole.find(|(range, _)| lies_in(range, word))?;
        Some(*name)
    }

    fn look_up(&mut self, symbol: Term) {
        if self.symbols.len() < MAX_SYMBOLS && !self.symbols.contains(&symbol) {
            self.symbols.push(symbol);
        }
    }
}

/// The words of a query, without those that say nothing of its subject unless they are names.
fn said(text: &str, names: &[Written]) -> Vec<Range<usize>> {
    let named = names.iter().filter(|name| name.form != Form::Query);
    let mut said = Vec::new();
    tokenizer::words(text, |word, range| {
        if !is_kind(word) || named.clone().any(|name| lies_in(&name.range, &range)) {
            said.push(range);
        }
    });
    said
}

/// How many of some words a name has.
fn share(name: &Range<usize>, words: &[Range<usize>]) -> Score {
    let of_name = words.iter().filter(|word| lies_in(name, word)).count();
    of_name.max(1) as Score / words.len().max(1) as Score
}

/// A name with other signs between its parts than documents have: `set-config`, `setConfig` and `set config` are
/// `set_config`. The key, and the term.
fn fold(name: &str, index: Scope<'_>) -> Option<(String, Term)> {
    let parts = name.split(|c: char| !c.is_alphanumeric());
    let parts = parts.filter(|part| !part.is_empty());
    let parts = parts.flat_map(|part| match camel_case_parts(part) {
        humps if humps.is_empty() => vec![part],
        humps => humps,
    });
    let parts: Vec<String> = parts.take(MAX_PARTS + 1).map(str::to_lowercase).collect();
    if !(2..=MAX_PARTS).contains(&parts.len()) {
        return None;
    }
    let folds = ["_", "-", "."].map(|sign| parts.join(sign));
    let found = folds.into_iter().filter_map(|fold| {
        let term = index.find(&fold)?;
        Some((index.pages_with(term), fold, term))
    });
    let (_, fold, term) = found.max_by_key(|(pages, _, _)| *pages)?;
    Some((fold, term))
}

/// What a name of a stylesheet says of an element: `::before` of `p::before`, `:hover` of `a:hover`. The key, and the term.
fn member(name: &str, index: Scope<'_>) -> Option<(String, Term)> {
    let (before, last) = name.rsplit_once(':')?;
    let element = before.strip_suffix(':').unwrap_or(before);
    let signs = if element.len() < before.len() {
        "::"
    } else {
        ":"
    };
    if !element.ends_with(char::is_alphanumeric) {
        return None;
    }
    let member = format!("{signs}{last}");
    let term = index.find(&member)?;
    Some((member, term))
}

/// Whether some page says what a name is.
fn is_defined(key: &str, index: Scope<'_>) -> bool {
    let name = name_hash(key);
    let mut segments = index.view.segments().iter();
    segments.any(|live| {
        let mut places = live.segment.defined(name);
        places.any(|place| !live.gone.contains(place.page))
    })
}

/// Whether a symbol is more than words with hyphens or a slash between them: `read-only`, `and/or`.
fn is_identifier(symbol: &str) -> bool {
    let is_prose = |c: char| c.is_alphabetic() || matches!(c, '-' | '/');
    !symbol.starts_with(char::is_alphanumeric) || !symbol.chars().all(is_prose)
}

fn lies_in(range: &Range<usize>, word: &Range<usize>) -> bool {
    range.start <= word.start && word.end <= range.end
}
