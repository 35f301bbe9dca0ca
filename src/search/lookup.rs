//! Terms with their lists in the index and what they weigh.

use super::holding::PagesOf;
use super::language::{Reduction, Reductions};
use super::scoring::Score;
use super::segment::{PageList, Postings, damaged};
use super::terms::Way;
use super::view::{Term, View, Weights};
use std::{io, ops::Range, rc::Rc};

/// A term to look up.
pub(super) struct Lookup<'a> {
    /// Of each segment that has it, by its position.
    pub(super) lists: Vec<(usize, Postings<'a>)>,
    pub(super) weights: Weights,
    pub(super) weight: Score,
    /// How the pages are reduced in which it counts; `None`: any.
    pub(super) reduced: Option<Reductions>,
    /// Whether it counts where no other term has been found.
    pub(super) widens: bool,
    pub(super) is_symbol: bool,
    /// It counts in these pages alone.
    pub(super) only: Option<Rc<PagesOf>>,
    /// It is a word of one way to say something: of several, the best counts.
    pub(super) way: Option<Way>,
}

/// Whether a page is in a language whose words are reduced so.
#[inline]
pub(super) fn is_spoken(reduced: Reductions, languages: &[u8], page: u32) -> bool {
    let language = languages.get(page as usize).copied();
    language.is_some_and(|language| reduced.contains(Reduction::of_number(language)))
}

impl<'a> Lookup<'a> {
    /// How many pages its longest list has.
    pub(super) fn longest(&self) -> usize {
        let lists = self.lists.iter().flat_map(|(_, postings)| {
            [postings.pages, postings.titles, postings.links].map(PageList::len)
        });
        lists.max().unwrap_or_default()
    }

    pub(super) fn of(view: &'a View, term: Term, weight: Score) -> io::Result<Option<Self>> {
        let lists = view.postings(term);
        let lists = lists.ok_or_else(|| damaged("a list of postings"))?;
        let is_symbol = lists.iter().any(|(_, postings)| postings.is_symbol);
        let weights = view.weights(&lists).filter(|_| !lists.is_empty());
        Ok(weights.map(|weights| Self {
            lists,
            weights,
            weight,
            reduced: None,
            widens: true,
            is_symbol,
            only: None,
            way: None,
        }))
    }

    /// Whether it is a word of something that may be said in several ways.
    pub(super) fn is_of(&self, concept: u8) -> bool {
        self.way.is_some_and(|way| way.concept == concept)
    }

    /// Whether it is a word of one of them.
    pub(super) fn is_said(&self, way: Way) -> bool {
        self.way == Some(way)
    }
}

/// The ways in which something may be said.
pub(super) fn ways(lookups: &[Lookup<'_>], concept: u8) -> impl Iterator<Item = Way> {
    let ways = lookups.iter().filter_map(|lookup| lookup.way);
    let last = ways
        .filter(|way| way.concept == concept)
        .map(|way| way.number);
    (0..=last.max().unwrap_or_default()).map(move |number| Way { concept, number })
}

/// What may be said in several ways, by its number.
pub(super) fn concepts(lookups: &[Lookup<'_>]) -> Range<u8> {
    let last = lookups.iter().filter_map(|lookup| lookup.way);
    0..last.map(|way| way.concept + 1).max().unwrap_or_default()
}
