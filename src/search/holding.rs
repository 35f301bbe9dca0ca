//! The pages that hold some terms.

use super::scope::Filter;
use super::segment::{PageList, damaged};
use super::view::{Term, View};
use std::{io, ops::Range};

/// Of each segment, by its position, ranges of pages in their order.
pub(super) type PagesOf = Vec<Vec<Range<u32>>>;

/// The pages that hold a name whole, of those that `filter` lets through.
pub(super) fn pages_with(view: &View, name: Term, filter: Option<&Filter>) -> io::Result<PagesOf> {
    let mut segments = vec![Vec::new(); view.segments().len()];
    let lists = view.postings(name);
    for (position, postings) in lists.ok_or_else(|| damaged("a list of postings"))? {
        if let Some(ranges) = segments.get_mut(position) {
            each(postings.pages, position, filter, |page| add(ranges, page));
        }
    }
    Ok(segments)
}

/// The pages that have each of some words in their texts or titles, of a word any of its forms, of those that `filter` lets through.
pub(super) fn pages_with_all<'a>(
    view: &View,
    words: impl Iterator<Item = &'a [Term]>,
    filter: Option<&Filter>,
) -> io::Result<PagesOf> {
    let mut all: Option<Vec<Vec<u32>>> = None;
    for forms in words {
        let mut segments: Vec<Vec<u32>> = vec![Vec::new(); view.segments().len()];
        for form in forms {
            let lists = view.postings(*form);
            for (position, postings) in lists.ok_or_else(|| damaged("a list of postings"))? {
                if let Some(pages) = segments.get_mut(position) {
                    for list in [postings.pages, postings.titles] {
                        each(list, position, filter, |page| pages.push(page));
                    }
                }
            }
        }
        for (pages, live) in segments.iter_mut().zip(view.segments()) {
            pages.retain(|page| !live.gone.contains(*page));
            pages.sort();
            pages.dedup();
        }
        match &mut all {
            None => all = Some(segments),
            Some(all) => {
                for (left, pages) in all.iter_mut().zip(segments) {
                    left.retain(|page| pages.binary_search(page).is_ok());
                }
            }
        }
    }
    let ranges = |pages: Vec<u32>| {
        let mut ranges = Vec::new();
        pages.into_iter().for_each(|page| add(&mut ranges, page));
        ranges
    };
    Ok(all.unwrap_or_default().into_iter().map(ranges).collect())
}

/// Whether a page lies in one of some ranges, which are in order.
pub(super) fn has(pages: &[Range<u32>], page: u32) -> bool {
    let after = pages.partition_point(|range| range.start <= page);
    let range = after.checked_sub(1).and_then(|at| pages.get(at));
    range.is_some_and(|range| range.contains(&page))
}

fn each(list: PageList<'_>, position: usize, filter: Option<&Filter>, mut each: impl FnMut(u32)) {
    match filter {
        None => list.iter().for_each(|(page, _)| each(page)),
        Some(filter) => {
            let within = list.within(filter.of_segment(position));
            within.for_each(|(_, page, _)| each(page));
        }
    }
}

fn add(ranges: &mut Vec<Range<u32>>, page: u32) {
    match ranges.last_mut() {
        Some(Range { end, .. }) if *end == page => *end += 1,
        _ => ranges.push(page..page.saturating_add(1)),
    }
}
