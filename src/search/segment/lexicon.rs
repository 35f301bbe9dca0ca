//! The terms of a segment: in order, to be found by their hash.
//!
//! Words and identifiers share the table, since a word has letters and digits only and an identifier has
//! something else too.

use super::Segment;
use super::bytes::{narrow, u32_at, u64_at};
use super::part::{Part, PartWriter, Sealed};
use super::postings::{Counts, Postings};
use std::{io, path::Path};

/// Numbers in the entry of a term.
const WORDS: usize = 10;
/// The mark of an identifier.
const SYMBOL: u32 = 1;

/// A term's number in its segment.
pub(in crate::search) type TermNumber = u32;

/// What is known of a term.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::search) struct TermEntry {
    /// Where its postings start.
    start: u64,
    text_end: u32,
    counts: Counts,
    /// Pages whose text has it.
    pub(in crate::search) documents: u32,
    /// Pieces that have it.
    pub(in crate::search) pieces: u32,
}

impl TermEntry {
    pub(in crate::search) fn titles(&self) -> u32 {
        self.counts.titles
    }

    pub(in crate::search) fn links(&self) -> u32 {
        self.counts.links
    }

    pub(in crate::search) fn is_symbol(&self) -> bool {
        self.counts.is_symbol
    }
}

impl Segment {
    pub(in crate::search) fn term_count(&self) -> TermNumber {
        u32::try_from(self.part(Part::Terms).len() / (4 * WORDS)).unwrap_or(u32::MAX)
    }

    /// The term with this text.
    pub(in crate::search) fn find_term(&self, text: &str) -> Option<TermNumber> {
        let (slots, _) = self.part(Part::Slots).as_chunks::<4>();
        if !slots.len().is_power_of_two() {
            return None;
        }
        let mut slot = slot_of(text.as_bytes());
        for _ in 0..slots.len() {
            slot &= slots.len() - 1;
            let term = u32::from_le_bytes(slots[slot]).checked_sub(1)?;
            if self.term_text(term)? == text.as_bytes() {
                return Some(term);
            }
            slot += 1;
        }
        None
    }

    pub(in crate::search) fn term(&self, term: TermNumber) -> Option<TermEntry> {
        let at = WORDS.checked_mul(term as usize)?;
        let bytes = self.part(Part::Terms).get(4 * at..4 * (at + WORDS))?;
        let number = |word| u32_at(bytes, word);
        Some(TermEntry {
            start: u64_at(bytes, 0)?,
            text_end: number(2)?,
            counts: Counts {
                pages: number(3)?,
                pieces_bytes: number(4)?,
                titles: number(5)?,
                links: number(6)?,
                is_symbol: number(9)? & SYMBOL != 0,
            },
            documents: number(7)?,
            pieces: number(8)?,
        })
    }

    pub(in crate::search) fn postings(&self, entry: &TermEntry) -> Option<Postings<'_>> {
        let postings = self.part(Part::Postings);
        Postings::read(
            postings.get(usize::try_from(entry.start).ok()?..)?,
            &entry.counts,
        )
    }

    pub(in crate::search) fn term_text(&self, term: TermNumber) -> Option<&[u8]> {
        let terms = self.part(Part::Terms);
        let end = |term: TermNumber| u32_at(terms, WORDS * term as usize + 2);
        let start = match term.checked_sub(1) {
            None => 0,
            Some(before) => end(before)?,
        };
        self.part(Part::Words)
            .get(start as usize..end(term)? as usize)
    }

    /// The terms from this text on, in order.
    pub(in crate::search) fn terms_from(
        &self,
        text: &str,
    ) -> impl Iterator<Item = (TermNumber, &str)> {
        let count = self.term_count();
        let [mut low, mut high] = [0, count];
        while low < high {
            let middle = low.midpoint(high);
            if self.term_text(middle).unwrap_or_default() < text.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low..count)
            .map_while(|term| Some((term, std::str::from_utf8(self.term_text(term)?).ok()?)))
    }
}

/// FNV-1a, of which the terms of a language spread well over the slots.
fn slot_of(text: &[u8]) -> usize {
    let hash = text.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits choose the slot, the high ones are mixed best.
    #[expect(clippy::cast_possible_truncation, reason = "any bits of it will do")]
    let slot = (hash ^ (hash >> 32)) as usize;
    slot
}

/// Writes terms in order.
pub(in crate::search) struct LexiconWriter {
    terms: PartWriter,
    words: PartWriter,
    /// Where each goes in the hash table.
    slots: Vec<u32>,
}

impl LexiconWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            terms: PartWriter::create(folder, Part::Terms)?,
            words: PartWriter::create(folder, Part::Words)?,
            slots: Vec::new(),
        })
    }

    /// Adds a term whose postings have been written. `documents` and `pieces` are how many have it.
    pub(in crate::search) fn add(
        &mut self,
        text: &[u8],
        (start, counts): (u64, Counts),
        documents: u32,
        pieces: u32,
    ) -> io::Result<()> {
        self.words.write(text)?;
        self.terms.write(&start.to_le_bytes())?;
        let text_end = usize::try_from(self.words.position()).map_err(io::Error::other)?;
        self.terms.numbers(&[
            narrow(text_end)?,
            counts.pages,
            counts.pieces_bytes,
            counts.titles,
            counts.links,
            documents,
            pieces,
            if counts.is_symbol { SYMBOL } else { 0 },
        ])?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a table has no more slots than that"
        )]
        self.slots.push(slot_of(text) as u32);
        Ok(())
    }

    pub(in crate::search) fn finish(self, folder: &Path) -> io::Result<Vec<Sealed>> {
        let size = (2 * self.slots.len() + 1).next_power_of_two();
        narrow(size)?;
        let mut table = vec![0u32; size];
        for (number, slot) in (1u32..).zip(&self.slots) {
            let mut slot = *slot as usize & (size - 1);
            while table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            table[slot] = number;
        }
        let mut slots = PartWriter::create(folder, Part::Slots)?;
        slots.numbers(&table)?;
        Ok(vec![
            self.terms.finish()?,
            self.words.finish()?,
            slots.finish()?,
        ])
    }
}
