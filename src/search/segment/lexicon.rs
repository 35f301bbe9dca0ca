//! The terms of a segment: in order, to be found by their hash.
//!
//! Words and identifiers share the table, since a word has letters and digits only and an identifier has
//! something else too.

use super::Segment;
use super::bytes::{narrow, u32_at, u64_at};
use super::part::{Part, PartWriter, Sealed};
use super::postings::{Placed, Postings};
use std::{io, path::Path};

/// Numbers in the entry of a term: where its postings start with its marks (two), where its text ends.
const WORDS: usize = 3;
/// The mark of an identifier.
const SYMBOL: u64 = 1 << 63;
/// The mark of a term that stands in a title.
const IN_TITLES: u64 = 1 << 62;

/// A term's number in its segment.
pub(in crate::search) type TermNumber = u32;

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

    /// What is known of a term, with its lists.
    pub(in crate::search) fn postings(&self, term: TermNumber) -> Option<Postings<'_>> {
        let marked = self.marked_start(term)?;
        let start = usize::try_from(marked & !(SYMBOL | IN_TITLES)).ok()?;
        Postings::read(
            self.part(Part::Postings).get(start..)?,
            marked & SYMBOL != 0,
        )
    }

    /// Whether a term stands in a title.
    pub(in crate::search) fn is_in_titles(&self, term: TermNumber) -> bool {
        self.marked_start(term)
            .is_some_and(|marked| marked & IN_TITLES != 0)
    }

    fn marked_start(&self, term: TermNumber) -> Option<u64> {
        let at = WORDS.checked_mul(term as usize)?;
        u64_at(self.part(Part::Terms).get(4 * at..4 * (at + WORDS))?, 0)
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
    ) -> impl Iterator<Item = (TermNumber, &[u8])> {
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
        (low..count).map_while(|term| Some((term, self.term_text(term)?)))
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

    /// Adds a term whose postings have been written.
    pub(in crate::search) fn add(&mut self, text: &[u8], place: &Placed) -> io::Result<()> {
        self.words.write(text)?;
        let mark = |holds: bool, mark: u64| if holds { mark } else { 0 };
        let marked =
            place.start | mark(place.is_symbol, SYMBOL) | mark(place.is_in_titles, IN_TITLES);
        self.terms.write(&marked.to_le_bytes())?;
        let text_end = usize::try_from(self.words.position()).map_err(io::Error::other)?;
        self.terms.numbers(&[narrow(text_end)?])?;
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
