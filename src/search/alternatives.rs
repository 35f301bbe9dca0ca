//! A synonym -> the terms that stand for it, in the pages that may answer.

use super::holding::{PagesOf, pages_with_all};
use super::language::Reductions;
use super::scope::Scope;
use super::spoken::{Spoken, Word};
use super::symbols::symbols;
use super::tokenizer;
use super::view::Term;
use std::rc::Rc;

/// A synonym that pages have that may answer.
pub(super) struct Alternative {
    pub(super) text: String,
    pub(super) is_equal: bool,
    /// How many words it has.
    pub(super) length: usize,
    /// Them, as the pages of each language have them, and the name that they are.
    pub(super) words: Vec<AlternativeWord>,
    /// Of several words: the pages that have all of them.
    pub(super) pages: Option<Rc<PagesOf>>,
}

pub(super) struct AlternativeWord {
    pub(super) term: Term,
    pub(super) within: Option<Reductions>,
    pub(super) only_with: Option<Term>,
}

impl Alternative {
    pub(super) fn of(text: &str, is_equal: bool, spoken: Spoken, index: Scope<'_>) -> Option<Self> {
        let mut name = None;
        let mut is_name = false;
        symbols(text, |symbol, range| {
            if range == (0..text.len()) {
                is_name = true;
                name = index.find(symbol);
            }
        });
        let parts = spoken.words(text);
        let has_meaning = parts.iter().any(|word| !word.is_stop);
        let mut words: Vec<AlternativeWord> = Vec::new();
        words.extend(name.map(|term| AlternativeWord {
            term,
            within: None,
            only_with: None,
        }));
        let parts: Vec<&Word<'_>> = parts.iter().filter(|word| !word.is_stop).collect();
        // Of a name that no page has, one part alone says something else: `c++`, `.net`.
        if name.is_none() && (!has_meaning || is_name && parts.len() < 2) {
            return None;
        }
        let length = match name {
            Some(_) => 1,
            None => parts.len(),
        };
        let mut forms_of: Vec<Vec<Term>> = Vec::new();
        for part in parts {
            // Of a word with its pairs, these do.
            if tokenizer::has_pairs(part.original) {
                continue;
            }
            let forms = spoken.forms(&part.surface, index);
            if forms.found.is_empty() && name.is_none() {
                return None;
            }
            forms_of.push(forms.found.iter().map(|(term, _)| *term).collect());
            words.extend(
                forms
                    .found
                    .iter()
                    .map(|(term, reductions)| AlternativeWord {
                        term: *term,
                        within: (!forms.is_one).then_some(*reductions),
                        only_with: name,
                    }),
            );
        }
        let mut pages = None;
        if name.is_none() && forms_of.len() > 1 {
            let forms = forms_of.iter().map(Vec::as_slice);
            let all = pages_with_all(index.view, forms, index.filter).ok()?;
            if all.iter().all(Vec::is_empty) {
                return None;
            }
            pages = Some(Rc::new(all));
        }
        (!words.is_empty()).then(|| Self {
            text: text.to_owned(),
            is_equal,
            length,
            words,
            pages,
        })
    }
}
