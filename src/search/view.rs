//! The segments of a generation, seen as one: pages are numbered through all of them, and those that have been
//! replaced or removed since are passed over.
//!
//! The first segment is the large one, whose statistics scores are relative to.

use super::languages::Languages;
use super::scoring::{self, Score};
use super::segment::{PageEntry, PageHead, PageList, Pairs, Postings, Segment};
use crate::corpus::{Kind, Language};
use std::{ops::Range, sync::Arc};

/// More segments are put together before anybody searches them.
pub(super) const MAX_SEGMENTS: usize = 8;

/// What a link sentence counts beside the page's own text.
const LINK_WEIGHT: Score = 0.5;
/// Pages of a segment that say the same: what is looked at of them.
const MAX_COPIES: usize = 256;
/// Lists up to this length are looked through for a page that is still there.
const SHORT_LIST: usize = 256;

/// All pages of a generation.
#[derive(Debug)]
pub(super) struct View {
    segments: Vec<Live>,
    languages: Languages,
    /// Pages of all segments, also those that are gone.
    numbers: u32,
}

/// A segment with the pages that are left of it.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) segment: Arc<Segment>,
    /// The number of its first page among those of all segments.
    pub(super) first: u32,
    pub(super) gone: Gone,
}

/// Pages of a segment that have been replaced or removed.
#[derive(Debug, Clone, Default)]
pub(super) struct Gone {
    /// In order.
    pages: Vec<u32>,
    bits: Vec<u64>,
}

/// A term that stands in some page: its number in each segment plus one, or 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term([u32; MAX_SEGMENTS]);

/// What a term is worth in each field at the most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights {
    /// The greater, the rarer.
    pub(super) rarity: Score,
    pub(super) body: Score,
    pub(super) title: Score,
    pub(super) links: Score,
    pub(super) symbols: Score,
    pub(super) pieces: Score,
}

impl Gone {
    /// Of pages in any order.
    pub(super) fn of(mut pages: Vec<u32>) -> Self {
        pages.sort_unstable();
        pages.dedup();
        let mut bits = Vec::new();
        if let Some(last) = pages.last() {
            bits.resize(*last as usize / 64 + 1, 0);
            for page in &pages {
                bits[*page as usize / 64] |= 1 << (page % 64);
            }
        }
        Self { pages, bits }
    }

    #[inline]
    pub(super) fn contains(&self, page: u32) -> bool {
        let bits = self.bits.get(page as usize / 64);
        bits.is_some_and(|bits| bits >> (page % 64) & 1 != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// In order.
    pub(super) fn pages(&self) -> &[u32] {
        &self.pages
    }

    fn count(&self, range: &Range<u32>) -> u32 {
        let before = |page: u32| self.pages.partition_point(|gone| *gone < page);
        u32::try_from(before(range.end) - before(range.start)).unwrap_or(u32::MAX)
    }
}

impl Live {
    pub(super) fn pages_left(&self, range: &Range<u32>) -> u32 {
        range.end - range.start - self.gone.count(range)
    }
}

impl View {
    pub(super) fn of(segments: impl IntoIterator<Item = (Arc<Segment>, Gone)>) -> Self {
        let mut first = 0u32;
        let live = |(segment, gone): (Arc<Segment>, Gone)| {
            let live = Live {
                first,
                gone,
                segment,
            };
            first = first.saturating_add(live.segment.page_count());
            live
        };
        let segments: Vec<Live> = segments.into_iter().map(live).collect();
        let numbers = segments.iter().map(|live| live.segment.languages());
        Self {
            languages: Languages::of(numbers),
            segments,
            numbers: first,
        }
    }

    pub(super) fn segments(&self) -> &[Live] {
        &self.segments
    }

    /// The languages that its pages are in; those that are gone are counted with the others.
    pub(super) fn languages(&self) -> &Languages {
        &self.languages
    }

    /// The language that a page is in.
    #[inline]
    pub(super) fn language(&self, page: u32) -> Language {
        let (position, page) = self.locate(page);
        let live = self.segments.get(position);
        live.map_or_else(Language::default, |live| live.segment.language(page))
    }

    /// One more than the greatest number of a page.
    pub(super) fn numbers(&self) -> u32 {
        self.numbers
    }

    /// Pages that are left.
    pub(super) fn page_count(&self) -> usize {
        let left = |live: &Live| live.pages_left(&(0..live.segment.page_count())) as usize;
        self.segments.iter().map(left).sum()
    }

    /// The position of a page's segment, and the page's number there.
    #[inline]
    pub(super) fn locate(&self, page: u32) -> (usize, u32) {
        let later = self.segments.iter().skip(1);
        let position = later.take_while(|live| live.first <= page).count();
        let first = self.segments.get(position).map_or(0, |live| live.first);
        (position, page - first)
    }

    pub(super) fn is_gone(&self, page: u32) -> bool {
        let (position, page) = self.locate(page);
        self.segments
            .get(position)
            .is_none_or(|live| live.gone.contains(page))
    }

    /// What is known of a page.
    pub(super) fn page(&self, page: u32) -> Option<(&Segment, PageEntry, PageHead<'_>)> {
        let (position, page) = self.locate(page);
        let segment = &*self.segments.get(position)?.segment;
        let entry = segment.page(page)?;
        Some((segment, entry, segment.head(&entry)?))
    }

    /// The set of a page, and its path.
    pub(super) fn key(&self, page: u32) -> Option<(u32, &str)> {
        let (position, page) = self.locate(page);
        self.segments.get(position)?.segment.key(page)
    }

    /// How many pages link to a page.
    #[inline]
    pub(super) fn inbound(&self, page: u32) -> u32 {
        let (position, page) = self.locate(page);
        let live = self.segments.get(position);
        live.map_or(0, |live| live.segment.inbound_pages(page))
    }

    /// What a page is for.
    #[inline]
    pub(super) fn kind(&self, page: u32) -> Kind {
        let (position, page) = self.locate(page);
        let live = self.segments.get(position);
        live.map_or(Kind::Page, |live| live.segment.kind(page))
    }

    /// The pairs of words of a page; `None` where they are damaged.
    pub(super) fn pairs(&self, page: u32) -> Option<Pairs<'_>> {
        let (position, page) = self.locate(page);
        let segment = &*self.segments.get(position)?.segment;
        segment.pairs(&segment.page(page)?)
    }

    /// What a page says, hashed, with its set.
    pub(super) fn content(&self, page: u32) -> Option<(u32, u64)> {
        let (position, page) = self.locate(page);
        let entry = self.segments.get(position)?.segment.page(page)?;
        Some((entry.set, entry.content))
    }

    /// The pages that are left of those of its set that say what a page does, itself among them: the original first. Of very
    /// many, some.
    pub(super) fn copies(&self, page: u32) -> Vec<u32> {
        let (position, number) = self.locate(page);
        let entry = self
            .segments
            .get(position)
            .and_then(|live| live.segment.page(number));
        let Some(entry) = entry else {
            return vec![page];
        };
        let mut copies: Vec<(u64, &str, u32)> = Vec::new();
        for live in &self.segments {
            let of_segment = live
                .segment
                .copies(&entry)
                .filter(|(_, page)| !live.gone.contains(*page));
            copies.extend(of_segment.take(MAX_COPIES).filter_map(|(distance, page)| {
                let (_, path) = live.segment.key(page)?;
                Some((distance, path, live.first + page))
            }));
        }
        copies.sort_unstable();
        copies.into_iter().map(|(_, _, page)| page).collect()
    }

    /// The page of a set with this path.
    pub(super) fn find_page(&self, set: u32, path: &str) -> Option<u32> {
        self.segments.iter().find_map(|live| {
            let start = live.segment.lower_bound(set, path);
            let mut same =
                (start..).take_while(|page| live.segment.key(*page) == Some((set, path)));
            let found = same.find(|page| !live.gone.contains(*page))?;
            Some(live.first + found)
        })
    }

    /// Pages of a set that are left below a folder, `""` being its root.
    pub(super) fn count_below(&self, set: u32, folder: &str) -> usize {
        let left = |live: &Live| live.pages_left(&live.segment.below(set, folder)) as usize;
        self.segments.iter().map(left).sum()
    }

    /// Sections of the pages that are left of a set.
    pub(super) fn sections_of(&self, set: u32) -> usize {
        let left = |live: &Live| {
            let range = live.segment.below(set, "");
            let gone = live.gone.pages.iter().filter(|page| range.contains(page));
            let gone = gone.filter_map(|page| live.segment.page(*page));
            let gone: usize = gone.map(|entry| entry.sections as usize).sum();
            live.segment.sections_of(range.clone()).saturating_sub(gone)
        };
        self.segments.iter().map(left).sum()
    }

    /// Pages that are left below a folder of a set, in the order of their paths.
    pub(super) fn below(&self, set: u32, folder: &str) -> InOrder<'_> {
        let ranges = self.segments.iter();
        self.in_order(ranges.map(|live| live.segment.below(set, folder)).collect())
    }

    /// All pages that are left, in the order of sets and paths.
    pub(super) fn all(&self) -> InOrder<'_> {
        let ranges = self.segments.iter();
        self.in_order(ranges.map(|live| 0..live.segment.page_count()).collect())
    }

    fn in_order(&self, ranges: Vec<Range<u32>>) -> InOrder<'_> {
        let left = self.segments.iter().zip(&ranges);
        let left = left
            .map(|(live, range)| live.pages_left(range) as usize)
            .sum();
        InOrder {
            view: self,
            ranges,
            left,
        }
    }

    /// The term with this text, if it stands in a page that is left.
    pub(super) fn find(&self, text: &str) -> Option<Term> {
        let mut term = Term([0; MAX_SEGMENTS]);
        for (number, live) in term.0.iter_mut().zip(&self.segments) {
            if let Some(found) = live.segment.find_term(text)
                && live.has_left(found)
            {
                *number = found + 1;
            }
        }
        (term.0 != [0; MAX_SEGMENTS]).then_some(term)
    }

    /// The lists of a term in each segment that has it, by the position of the segment; `None` where they are damaged.
    pub(super) fn postings(&self, term: Term) -> Option<Vec<(usize, Postings<'_>)>> {
        let numbers = term.0.into_iter().zip(&self.segments).enumerate();
        let found = numbers.filter_map(|(position, (number, live))| {
            let number = number.checked_sub(1)?;
            let postings = live.segment.postings(number);
            Some(postings.map(|postings| (position, postings)))
        });
        found.collect()
    }

    /// How rare a term is, as [`Self::weights`] have it; `None` where its lists are damaged.
    pub(super) fn rarity(&self, term: Term) -> Option<Score> {
        let statistics = self.segments.first()?.segment.statistics();
        let mut documents = 0u32;
        for (position, (number, live)) in term.0.into_iter().zip(&self.segments).enumerate() {
            if let Some(number) = number.checked_sub(1) {
                let postings = live.segment.postings(number)?;
                documents = documents.saturating_add(postings.documents);
                if position == 0 {
                    break;
                }
            }
        }
        Some(statistics.body.rarity(documents))
    }

    /// How rare something is that so many pages have.
    pub(super) fn rarity_of(&self, pages: u32) -> Score {
        let large = self.segments.first();
        large.map_or(0.0, |live| live.segment.statistics().body.rarity(pages))
    }

    /// What a term with these lists is worth, by how rare it is in the large segment; one that is new, by how rare it is
    /// among what is new.
    pub(super) fn weights(&self, lists: &[(usize, Postings<'_>)]) -> Option<Weights> {
        let statistics = self.segments.first()?.segment.statistics();
        let [mut documents, mut titles, mut links, mut pieces] = [0u32; 4];
        let count = |list: PageList<'_>| u32::try_from(list.len()).unwrap_or(u32::MAX);
        for (position, postings) in lists {
            documents = documents.saturating_add(postings.documents);
            titles = titles.saturating_add(count(postings.titles));
            links = links.saturating_add(count(postings.links));
            pieces = pieces.saturating_add(postings.piece_count);
            if *position == 0 {
                break;
            }
        }
        let rarity = statistics.body.rarity(documents);
        Some(Weights {
            rarity,
            body: scoring::most(rarity),
            title: scoring::most(statistics.title.rarity(titles)),
            links: LINK_WEIGHT * scoring::most(statistics.links.rarity(links)),
            symbols: scoring::most(statistics.symbols.rarity(documents)),
            pieces: scoring::most(statistics.pieces.rarity(pieces)),
        })
    }
}

impl Live {
    /// Whether a term stands in a page that is left; of a common one, some page is.
    fn has_left(&self, term: u32) -> bool {
        if self.gone.is_empty() {
            return true;
        }
        let Some(postings) = self.segment.postings(term) else {
            return false;
        };
        let lists = [postings.pages, postings.titles, postings.links];
        let is_left = |(page, _)| !self.gone.contains(page);
        lists
            .iter()
            .any(|list| list.len() > SHORT_LIST || list.iter().any(is_left))
    }
}

/// Pages of all segments in the order of sets and paths.
#[derive(Clone)]
pub(super) struct InOrder<'a> {
    view: &'a View,
    /// What is left to be gone through of each segment.
    ranges: Vec<Range<u32>>,
    left: usize,
}

impl<'a> InOrder<'a> {
    /// Passes over all pages whose paths begin with this, and tells how many are left of them.
    pub(super) fn pass(&mut self, set: u32, prefix: &str) -> usize {
        let mut passed = 0;
        for (live, range) in self.view.segments.iter().zip(&mut self.ranges) {
            let end = live.segment.partition(range.clone(), |other, path| {
                other == set && path.starts_with(prefix)
            });
            passed += live.pages_left(&(range.start..end)) as usize;
            range.start = end;
        }
        self.left = self.left.saturating_sub(passed);
        passed
    }

    /// The next page, without passing over it.
    pub(super) fn peek(&mut self) -> Option<(u32, &'a str)> {
        let (position, path) = self.first()?;
        Some((
            self.view.segments[position].first + self.ranges[position].start,
            path,
        ))
    }

    /// The segment of the next page, and its path.
    fn first(&mut self) -> Option<(usize, &'a str)> {
        let mut best: Option<(usize, (u32, &'a str))> = None;
        for (position, (live, range)) in self.view.segments.iter().zip(&mut self.ranges).enumerate()
        {
            while range.start < range.end && live.gone.contains(range.start) {
                range.start += 1;
            }
            if range.start == range.end {
                continue;
            }
            let Some(key) = live.segment.key(range.start) else {
                // What is damaged is at its end.
                range.start = range.end;
                continue;
            };
            if best.is_none_or(|(_, other)| key < other) {
                best = Some((position, key));
            }
        }
        best.map(|(position, (_, path))| (position, path))
    }
}

impl Iterator for InOrder<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (position, _) = self.first()?;
        let page = self.ranges[position].start;
        self.ranges[position].start += 1;
        self.left = self.left.saturating_sub(1);
        Some(self.view.segments[position].first + page)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for InOrder<'_> {}
