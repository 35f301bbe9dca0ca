//! What is known of a page in numbers: an entry of fixed width in the table of pages.

use super::bytes::{u32_at, u64_at};
use super::part::PartWriter;
use crate::corpus::{Kind, Language};
use std::{io, ops::Range};

/// Numbers in the entry of a page.
const WORDS: usize = 28;
pub(in crate::search) const PAGE_ENTRY: usize = 4 * WORDS;
/// Which of them is its first piece.
const FIRST_PIECE: usize = 10;

/// What is known of a page in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::search) struct PageEntry {
    pub(in crate::search) record_at: u64,
    pub(in crate::search) text_at: u64,
    pub(in crate::search) links_at: u64,
    pub(in crate::search) text_length: u32,
    pub(in crate::search) first_section: u32,
    pub(in crate::search) sections: u32,
    /// Sections of all pages before it.
    pub(in crate::search) sections_before: u32,
    pub(in crate::search) first_piece: u32,
    pub(in crate::search) pieces: u32,
    /// Position of its set.
    pub(in crate::search) set: u32,
    /// Its file, and its place among the pages of that.
    pub(in crate::search) file: u32,
    pub(in crate::search) ordinal: u32,
    pub(in crate::search) lengths: Lengths,
    /// What it says, hashed; see [`crate::corpus::Document::content`].
    pub(in crate::search) content: u64,
    pub(in crate::search) kind: Kind,
    pub(in crate::search) language: Language,
    /// Where its entries are, and how long in bytes; the same of its pairs of words.
    pub(in crate::search) entries_at: u64,
    pub(in crate::search) entries: u32,
    pub(in crate::search) pairs_at: u64,
    pub(in crate::search) pairs: u32,
}

/// Lengths of a page's fields, in terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::search) struct Lengths {
    pub(in crate::search) title: u32,
    pub(in crate::search) body: u32,
    pub(in crate::search) symbols: u32,
    /// Of all pieces together.
    pub(in crate::search) pieces: u32,
}

impl PageEntry {
    pub(in crate::search) fn read(table: &[u8], page: u32) -> Option<Self> {
        let at = (page as usize).checked_mul(PAGE_ENTRY)?;
        let bytes = table.get(at..at.checked_add(PAGE_ENTRY)?)?;
        let place = |word: usize| u64_at(&bytes[4 * word..], 0);
        let number = |word: usize| u32_at(bytes, word);
        Some(Self {
            record_at: place(0)?,
            text_at: place(2)?,
            links_at: place(4)?,
            text_length: number(6)?,
            first_section: number(7)?,
            sections: number(8)?,
            sections_before: number(9)?,
            first_piece: number(FIRST_PIECE)?,
            pieces: number(11)?,
            set: number(12)?,
            file: number(13)?,
            ordinal: number(14)?,
            lengths: Lengths {
                title: number(15)?,
                body: number(16)?,
                symbols: number(17)?,
                pieces: number(18)?,
            },
            content: place(19)?,
            kind: Kind::from_number(number(21)?.to_le_bytes()[0]),
            language: Language::from_number(number(21)?.to_le_bytes()[1])?,
            entries_at: place(22)?,
            entries: number(24)?,
            pairs_at: place(25)?,
            pairs: number(27)?,
        })
    }

    pub(super) fn write(&self, out: &mut PartWriter) -> io::Result<()> {
        for place in [self.record_at, self.text_at, self.links_at] {
            out.write(&place.to_le_bytes())?;
        }
        out.numbers(&[
            self.text_length,
            self.first_section,
            self.sections,
            self.sections_before,
            self.first_piece,
            self.pieces,
            self.set,
            self.file,
            self.ordinal,
            self.lengths.title,
            self.lengths.body,
            self.lengths.symbols,
            self.lengths.pieces,
        ])?;
        out.write(&self.content.to_le_bytes())?;
        let (kind, language) = (self.kind.number(), self.language.number());
        out.numbers(&[u32::from_le_bytes([kind, language, 0, 0])])?;
        out.write(&self.entries_at.to_le_bytes())?;
        out.numbers(&[self.entries])?;
        out.write(&self.pairs_at.to_le_bytes())?;
        out.numbers(&[self.pairs])
    }

    /// Where the pieces of a page stand among all.
    #[inline]
    pub(super) fn piece_range(table: &[u8], page: u32) -> Option<Range<usize>> {
        let at = WORDS.checked_mul(page as usize)? + FIRST_PIECE;
        let [first, pieces] = [u32_at(table, at)?, u32_at(table, at + 1)?];
        Some(first as usize..first as usize + pieces as usize)
    }

    /// The first piece of a page alone.
    #[inline]
    pub(super) fn first_piece(table: &[u8], page: u32) -> Option<u32> {
        u32_at(table, WORDS.checked_mul(page as usize)? + FIRST_PIECE)
    }
}
