//! Which pages may answer: all of them, or those of a set whose paths begin so.

use super::segment::PageList;
use super::view::{Live, Term, View};
use std::ops::Range;

/// Pages that a search is restricted to.
#[derive(Debug)]
pub(super) struct Filter {
    /// Of each segment, the numbers of its pages there: in order, none of them empty.
    segments: Vec<Vec<Range<u32>>>,
}

/// The pages that may answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) view: &'a View,
    /// `None`: any page.
    pub(super) filter: Option<&'a Filter>,
}

impl Filter {
    /// Pages of these sets whose paths begin with a prefix.
    pub(super) fn of(view: &View, sets: Range<u32>, prefix: &str) -> Self {
        let of_segment = |live: &Live| {
            let ranges = sets.clone().map(|set| live.segment.below(set, prefix));
            ranges.filter(|range| !range.is_empty()).collect()
        };
        Self {
            segments: view.segments().iter().map(of_segment).collect(),
        }
    }

    /// The pages of a filter, or all, that something admits.
    pub(super) fn only(view: &View, of: Option<&Self>, admits: impl Fn(u32) -> bool) -> Self {
        let segments = view.segments().iter().enumerate();
        let only = segments.map(|(position, live)| {
            let all = 0..live.segment.page_count();
            let all = std::slice::from_ref(&all);
            let ranges = of.map_or(all, |filter| filter.of_segment(position));
            let mut kept: Vec<Range<u32>> = Vec::new();
            for page in ranges.iter().cloned().flatten() {
                if !admits(live.first + page) {
                    continue;
                }
                match kept.last_mut() {
                    Some(last) if last.end == page => last.end += 1,
                    _ => kept.push(page..page + 1),
                }
            }
            kept
        });
        Self {
            segments: only.collect(),
        }
    }

    /// Pages of a segment, by its position.
    pub(super) fn of_segment(&self, position: usize) -> &[Range<u32>] {
        self.segments
            .get(position)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Whether a page is one of them.
    pub(super) fn lets_through(&self, view: &View, page: u32) -> bool {
        let (position, page) = view.locate(page);
        let ranges = self.of_segment(position);
        let at = ranges.partition_point(|range| range.end <= page);
        ranges.get(at).is_some_and(|range| range.contains(&page))
    }

    /// How many pages are left of them.
    pub(super) fn page_count(&self, view: &View) -> usize {
        let segments = view.segments().iter().zip(&self.segments);
        let left = segments.map(|(live, ranges)| {
            let left = ranges.iter().map(|range| live.pages_left(range) as usize);
            left.sum::<usize>()
        });
        left.sum()
    }
}

impl Scope<'_> {
    /// The term with this text, if it stands in a page that may answer.
    pub(super) fn find(&self, text: &str) -> Option<Term> {
        let term = self.view.find(text)?;
        match self.filter {
            None => Some(term),
            Some(filter) => self.has(filter, term).then_some(term),
        }
    }

    /// How many of the pages that may answer have a term in their text or title.
    pub(super) fn pages_with(&self, term: Term) -> usize {
        let lists = self.view.postings(term).unwrap_or_default();
        let of_segment = lists.iter().filter_map(|(position, postings)| {
            let live = self.view.segments().get(*position)?;
            let count = |list: PageList<'_>| match self.filter {
                None if live.gone.is_empty() => list.len(),
                None => list
                    .iter()
                    .filter(|(page, _)| !live.gone.contains(*page))
                    .count(),
                Some(filter) => {
                    let within = list.within(filter.of_segment(*position));
                    within
                        .filter(|(_, page, _)| !live.gone.contains(*page))
                        .count()
                }
            };
            Some(count(postings.pages).max(count(postings.titles)))
        });
        of_segment.sum()
    }

    fn has(&self, filter: &Filter, term: Term) -> bool {
        let lists = self.view.postings(term).unwrap_or_default();
        lists.iter().any(|(position, postings)| {
            let Some(live) = self.view.segments().get(*position) else {
                return false;
            };
            let ranges = filter.of_segment(*position);
            let lists = [postings.pages, postings.titles, postings.links];
            lists.into_iter().any(|list| has_left(list, ranges, live))
        })
    }
}

/// Whether a list has a page that lies in one of these ranges and is left.
fn has_left(list: PageList<'_>, ranges: &[Range<u32>], live: &Live) -> bool {
    let mut within = list.within(ranges);
    within.any(|(_, page, _)| !live.gone.contains(page))
}
