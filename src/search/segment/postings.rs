//! Who has a term: pages and their pieces, titles, and sentences of links.
//!
//! ```text
//! counts     of pages, of texts that have it; of words also: of pieces, of their bytes below, of titles, of links;
//!            variable length
//! pages      their numbers, in order (u32 each)
//! in text    how often the text of each has it (u8 each)
//! bounds     of each page, what its best piece is worth at the most, in 255 steps (u8 each)
//! blocks     where the pieces of each 16th page start (u32 each)
//! pieces     of each page: the length of what follows in bytes; of each piece that has it the
//!            step from the one before, times 8, plus how often it has it less one (7: more follows);
//!            variable length
//! titles     pages whose titles have it (u32 each); how often (u8 each)
//! links      pages of which links say it (u32 each); how often (u8 each)
//! ```
//! An identifier has pages alone. What is left for a search is to look up, multiply and add: with the bound it knows which
//! pages cannot be among the best before it looks at any piece.

use super::bytes::{narrow, push_varint, take_varint};
use super::part::{Part, PartWriter, Sealed};
use crate::search::scoring::frequency;
use std::{io, ops::Range, path::Path};

/// Pages that are passed over one by one on the way to the pieces of one.
const BLOCK: usize = 16;
/// A frequency that does not fit beside the step.
const MORE: u32 = 7;

/// How long the lists of a term are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    pages: u32,
    documents: u32,
    pieces: u32,
    pieces_bytes: u32,
    titles: u32,
    links: u32,
}

impl Counts {
    fn of_word(&self) -> [u32; 6] {
        let Self {
            pages,
            documents,
            pieces,
            pieces_bytes,
            titles,
            links,
        } = *self;
        [pages, documents, pieces, pieces_bytes, titles, links]
    }

    fn read(bytes: &mut &[u8], is_symbol: bool) -> Option<Self> {
        let mut counts = Self {
            pages: take_varint(bytes)?,
            documents: take_varint(bytes)?,
            ..Self::default()
        };
        if !is_symbol {
            counts.pieces = take_varint(bytes)?;
            counts.pieces_bytes = take_varint(bytes)?;
            counts.titles = take_varint(bytes)?;
            counts.links = take_varint(bytes)?;
        }
        Some(counts)
    }

    fn write(&self, is_symbol: bool, out: &mut Vec<u8>) {
        let counts = self.of_word();
        let written = if is_symbol { &counts[..2] } else { &counts };
        for count in written {
            push_varint(*count, out);
        }
    }
}

/// Where a term's lists were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) struct Placed {
    pub(in crate::search) start: u64,
    pub(in crate::search) is_symbol: bool,
    pub(in crate::search) is_in_titles: bool,
}

/// The lists of a term, where they are mapped.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::search) struct Postings<'a> {
    pub(in crate::search) is_symbol: bool,
    /// Pages whose text has it.
    pub(in crate::search) documents: u32,
    /// Pieces that have it.
    pub(in crate::search) piece_count: u32,
    pub(in crate::search) pages: PageList<'a>,
    pub(in crate::search) bounds: &'a [u8],
    blocks: &'a [[u8; 4]],
    pieces: &'a [u8],
    pub(in crate::search) titles: PageList<'a>,
    pub(in crate::search) links: PageList<'a>,
}

/// Pages in order, each with a frequency.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::search) struct PageList<'a> {
    pages: &'a [[u8; 4]],
    frequencies: &'a [u8],
}

impl<'a> PageList<'a> {
    fn read(bytes: &mut &'a [u8], count: u32) -> Option<Self> {
        let (pages, rest) = take_numbers(bytes, count as usize)?;
        let (frequencies, rest) = rest.split_at_checked(count as usize)?;
        *bytes = rest;
        Some(Self { pages, frequencies })
    }

    pub(in crate::search) fn len(self) -> usize {
        self.pages.len()
    }

    #[inline]
    pub(in crate::search) fn iter(self) -> impl Iterator<Item = (u32, u8)> + 'a {
        let pages = self.pages.iter().map(|page| u32::from_le_bytes(*page));
        pages.zip(self.frequencies.iter().copied())
    }

    /// Those pages that lie in ranges, which are in order: the place of each, its number and its frequency.
    pub(in crate::search) fn within(
        self,
        ranges: &'a [Range<u32>],
    ) -> impl Iterator<Item = (usize, u32, u8)> + 'a {
        let mut start = 0;
        ranges.iter().flat_map(move |range| {
            let place = |page: u32, from: usize| self.position(page, from).unwrap_or_else(|at| at);
            let first = place(range.start, start);
            start = place(range.end, first);
            let pages = self.pages.get(first..start).unwrap_or_default().iter();
            let pages = pages.map(|page| u32::from_le_bytes(*page));
            (first..)
                .zip(pages)
                .map(move |(place, page)| (place, page, self.frequency(place)))
        })
    }

    /// Where a page stands in the list, at `from` or later.
    pub(in crate::search) fn position(self, page: u32, from: usize) -> Result<usize, usize> {
        let rest = self.pages.get(from..).unwrap_or_default();
        // The next one is near, where pages are asked for in order.
        let mut reach = 1;
        while rest
            .get(reach)
            .is_some_and(|other| u32::from_le_bytes(*other) < page)
        {
            reach *= 2;
        }
        let low = reach / 2;
        let high = rest.len().min(reach + 1);
        let found = rest[low.min(high)..high]
            .binary_search_by_key(&page, |other| u32::from_le_bytes(*other));
        found
            .map(|at| from + low + at)
            .map_err(|at| from + low + at)
    }

    /// Where a page stands in the list, wherever that is.
    pub(in crate::search) fn place(self, page: u32) -> Option<usize> {
        let found = self
            .pages
            .binary_search_by_key(&page, |other| u32::from_le_bytes(*other));
        found.ok()
    }

    pub(in crate::search) fn frequency(self, position: usize) -> u8 {
        self.frequencies.get(position).copied().unwrap_or_default()
    }
}

fn take_numbers(bytes: &[u8], count: usize) -> Option<(&[[u8; 4]], &[u8])> {
    let (numbers, rest) = bytes.split_at_checked(count.checked_mul(4)?)?;
    Some((numbers.as_chunks().0, rest))
}

impl<'a> Postings<'a> {
    /// `None` where they are damaged.
    pub(super) fn read(mut bytes: &'a [u8], is_symbol: bool) -> Option<Self> {
        let counts = Counts::read(&mut bytes, is_symbol)?;
        let pages = PageList::read(&mut bytes, counts.pages)?;
        let postings = Self {
            is_symbol,
            documents: counts.documents,
            piece_count: counts.pieces,
            pages,
            ..Self::default()
        };
        if is_symbol {
            return Some(postings);
        }
        let (bounds, rest) = bytes.split_at_checked(counts.pages as usize)?;
        let (blocks, rest) = take_numbers(rest, (counts.pages as usize).div_ceil(BLOCK))?;
        let (pieces, rest) = rest.split_at_checked(counts.pieces_bytes as usize)?;
        bytes = rest;
        Some(Self {
            bounds,
            blocks,
            pieces,
            titles: PageList::read(&mut bytes, counts.titles)?,
            links: PageList::read(&mut bytes, counts.links)?,
            ..postings
        })
    }

    /// The pieces of the page at this position that have the term: their numbers in the page, and how often.
    pub(in crate::search) fn pieces(&self, position: usize) -> Pieces<'a> {
        let pieces = || {
            let start = u32::from_le_bytes(*self.blocks.get(position / BLOCK)?);
            let mut rest = self.pieces.get(start as usize..)?;
            for _ in 0..position % BLOCK {
                let length = take_varint(&mut rest)? as usize;
                rest = rest.get(length..)?;
            }
            let length = take_varint(&mut rest)? as usize;
            rest.get(..length)
        };
        Pieces {
            rest: pieces().unwrap_or_default(),
            next: 0,
        }
    }

    /// All pages with their pieces, in order.
    pub(in crate::search) fn all_pieces(&self) -> impl Iterator<Item = (u32, Pieces<'a>)> + 'a {
        let mut rest = self.pieces;
        self.pages.iter().map(move |(page, _)| {
            let mut own = || {
                let length = take_varint(&mut rest)? as usize;
                let (own, after) = rest.split_at_checked(length)?;
                rest = after;
                Some(own)
            };
            let pieces = Pieces {
                rest: own().unwrap_or_default(),
                next: 0,
            };
            (page, pieces)
        })
    }
}

/// Pieces of one page.
#[derive(Debug, Clone)]
pub(in crate::search) struct Pieces<'a> {
    rest: &'a [u8],
    next: u32,
}

impl Iterator for Pieces<'_> {
    type Item = (u32, u32);

    #[inline]
    fn next(&mut self) -> Option<(u32, u32)> {
        let code = take_varint(&mut self.rest)?;
        let piece = self.next.checked_add(code >> 3)?;
        self.next = piece.checked_add(1)?;
        let frequency = match code & 7 {
            MORE => take_varint(&mut self.rest)?.checked_add(MORE + 1)?,
            less => less + 1,
        };
        Some((piece, frequency))
    }
}

/// The lists of a term before they are written, in the order of pages.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::search) struct TermLists<'a> {
    /// Pages whose text has it, and how often.
    pub(in crate::search) text: &'a [(u32, u32)],
    /// Pieces that have it: page, number in the page, and how often.
    pub(in crate::search) pieces: &'a [(u32, u32, u32)],
    pub(in crate::search) titles: &'a [(u32, u32)],
    pub(in crate::search) links: &'a [(u32, u32)],
    pub(in crate::search) is_symbol: bool,
}

/// Writes the lists of terms.
pub(in crate::search) struct PostingsWriter {
    out: PartWriter,
    // Kept from term to term for their memory.
    pages: Vec<u32>,
    in_text: Vec<u8>,
    bounds: Vec<u8>,
    blocks: Vec<u32>,
    pieces: Vec<u8>,
    own: Vec<u8>,
}

impl PostingsWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            out: PartWriter::create(folder, Part::Postings)?,
            pages: Vec::new(),
            in_text: Vec::new(),
            bounds: Vec::new(),
            blocks: Vec::new(),
            pieces: Vec::new(),
            own: Vec::new(),
        })
    }

    /// Adds a term's lists, and returns where they start. `bound` is what a piece is worth at the most:
    /// of its page, its number in the page, and how often it has the term.
    pub(in crate::search) fn add(
        &mut self,
        lists: &TermLists<'_>,
        bound: impl Fn(u32, u32, u32) -> u8,
    ) -> io::Result<Placed> {
        self.pages.clear();
        self.in_text.clear();
        self.bounds.clear();
        self.blocks.clear();
        self.pieces.clear();
        let (mut text, mut pieces) = (lists.text, lists.pieces);
        while let Some(page) = match (text.first(), pieces.first()) {
            (Some((a, _)), Some((b, _, _))) => Some(*a.min(b)),
            (Some((page, _)), None) | (None, Some((page, _, _))) => Some(*page),
            (None, None) => None,
        } {
            if self.pages.len().is_multiple_of(BLOCK) {
                self.blocks.push(narrow(self.pieces.len())?);
            }
            self.pages.push(page);
            self.in_text.push(match text.first() {
                Some((other, count)) if *other == page => {
                    text = &text[1..];
                    frequency(*count)
                }
                _ => 0,
            });
            self.own.clear();
            let (mut next, mut best) = (0, 0);
            while let Some((other, piece, count)) = pieces.first()
                && *other == page
            {
                pieces = &pieces[1..];
                best = best.max(bound(page, *piece, *count));
                let less = count.saturating_sub(1).min(MORE);
                push_varint((piece - next) << 3 | less, &mut self.own);
                if less == MORE {
                    push_varint(count - MORE - 1, &mut self.own);
                }
                next = piece + 1;
            }
            self.bounds.push(best);
            push_varint(narrow(self.own.len())?, &mut self.pieces);
            self.pieces.extend_from_slice(&self.own);
        }
        let placed = Placed {
            start: self.out.position(),
            is_symbol: lists.is_symbol,
            is_in_titles: !lists.titles.is_empty(),
        };
        let counts = Counts {
            pages: narrow(self.pages.len())?,
            documents: narrow(lists.text.len())?,
            pieces: narrow(lists.pieces.len())?,
            pieces_bytes: narrow(self.pieces.len())?,
            titles: narrow(lists.titles.len())?,
            links: narrow(lists.links.len())?,
        };
        self.own.clear();
        counts.write(lists.is_symbol, &mut self.own);
        self.out.write(&self.own)?;
        self.out.numbers(&self.pages)?;
        self.out.write(&self.in_text)?;
        if !lists.is_symbol {
            self.out.write(&self.bounds)?;
            self.out.numbers(&self.blocks)?;
            self.out.write(&self.pieces)?;
            for list in [lists.titles, lists.links] {
                for (page, _) in list {
                    self.out.write(&page.to_le_bytes())?;
                }
                for (_, count) in list {
                    self.out.write(&[frequency(*count)])?;
                }
            }
        }
        Ok(placed)
    }

    pub(in crate::search) fn finish(self) -> io::Result<Sealed> {
        self.out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn lists_come_back(
            text in prop::collection::btree_map(0u32..200, 1u32..300, 0..60),
            pieces in prop::collection::btree_map((0u32..200, 0u32..500), 1u32..40, 0..200),
            titles in prop::collection::btree_map(0u32..200, 1u32..3, 0..20),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = PostingsWriter::create(folder.path()).unwrap();
            let in_text: Vec<_> = text.clone().into_iter().collect();
            let in_pieces: Vec<_> = pieces.iter().map(|((page, piece), count)| (*page, *piece, *count)).collect();
            let in_titles: Vec<_> = titles.clone().into_iter().collect();
            let lists = TermLists {
                text: &in_text,
                pieces: &in_pieces,
                titles: &in_titles,
                ..TermLists::default()
            };
            writer.add(&TermLists::default(), |_, _, _| 0).unwrap();
            let placed = writer.add(&lists, |_, _, count| frequency(count)).unwrap();
            writer.finish().unwrap();
            let bytes = std::fs::read(folder.path().join("postings")).unwrap();
            let read = Postings::read(&bytes[usize::try_from(placed.start).unwrap()..], false).unwrap();

            let all: BTreeSet<u32> = text.keys().copied().chain(pieces.keys().map(|(page, _)| *page)).collect();
            let expected: Vec<_> = all.iter().map(|page| {
                (*page, text.get(page).map_or(0, |count| frequency(*count)))
            }).collect();
            prop_assert_eq!(read.pages.iter().collect::<Vec<_>>(), expected);
            for (position, page) in all.iter().enumerate() {
                prop_assert_eq!(read.pages.position(*page, position / 2), Ok(position));
                let own: BTreeMap<u32, u32> = read.pieces(position).collect();
                let expected: BTreeMap<u32, u32> = pieces.iter()
                    .filter(|((other, _), _)| other == page)
                    .map(|((_, piece), count)| (*piece, *count)).collect();
                prop_assert_eq!(&own, &expected);
                let best = expected.values().copied().max().map_or(0, frequency);
                prop_assert_eq!(read.bounds[position], best);
            }
            prop_assert!(read.pages.position(1_000, 0).is_err());
            let again: Vec<(u32, Vec<_>)> = read.all_pieces().map(|(page, own)| (page, own.collect())).collect();
            prop_assert_eq!(again.len(), all.len());
            prop_assert_eq!(again.iter().map(|(_, own)| own.len()).sum::<usize>(), pieces.len());
            prop_assert_eq!(read.titles.iter().map(|(page, count)| (page, u32::from(count))).collect::<Vec<_>>(),
                titles.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn damaged_lists_are_no_fault(bytes: Vec<u8>, is_symbol: bool) {
            if let Some(postings) = Postings::read(&bytes, is_symbol) {
                for position in 0..9 {
                    let _ = postings.pieces(position).count();
                }
                let _ = postings.all_pieces().map(|(_, pieces)| pieces.count()).sum::<usize>();
            }
        }
    }
}
