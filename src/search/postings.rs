//! The terms of a generation with their postings, scored when the index was built.
//!
//! ```text
//! postings   for each term: pages (u32) and their scores (u16), pieces (u32) and their scores (u16)
//! texts      the terms, one after another, in order
//! entries    for each term what is known of it; see `Entry`
//! slots      a hash table with open addressing: the number of a term plus 1, or 0; u32
//! tail       see `Tail`
//! ```
//! A score is a BM25 score in steps of `unit`, so small that they change no ranking: what is
//! left for a search is to look up, multiply and add. Words and identifiers share the table,
//! since a word has letters and digits only and an identifier has something else too.

use super::mapped::{Numbers, damaged, map};
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    ops::Range,
    path::Path,
};
use tantivy::{Score, directory::OwnedBytes};

const WHAT: &str = "the postings";
const ENTRY: usize = 28;
const TAIL: usize = 32;

/// The terms of all pages, opened for reading.
pub(super) struct Postings {
    bytes: OwnedBytes,
    postings: Range<usize>,
    texts: Range<usize>,
    entries: Range<usize>,
    slots: Range<usize>,
    unit: Score,
}

/// A term that stands in some page: its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term(u32);

/// What is known of a term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    text_end: u32,
    start: u64,
    pages: u32,
    pieces: u32,
    /// Pages whose text has it.
    pub(super) documents: u32,
    /// Its inverse document frequency, as BM25 has it: the greater, the rarer.
    pub(super) rarity: Score,
}

/// Documents that have a term, each with its score in units.
#[derive(Clone, Copy)]
pub(super) struct Scored<'a> {
    documents: &'a [[u8; 4]],
    scores: &'a [[u8; 2]],
}

impl<'a> Scored<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = (u32, Score)> + 'a {
        self.documents
            .iter()
            .zip(self.scores)
            .map(|(document, score)| {
                let score = u16::from_le_bytes(*score);
                (u32::from_le_bytes(*document), Score::from(score))
            })
    }

    fn read(bytes: &'a [u8], count: usize) -> Option<(Self, &'a [u8])> {
        let (documents, rest) = bytes.split_at_checked(count.checked_mul(4)?)?;
        let (scores, rest) = rest.split_at_checked(count * 2)?;
        let scored = Self {
            documents: documents.as_chunks().0,
            scores: scores.as_chunks().0,
        };
        Some((scored, rest))
    }
}

impl Postings {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Self::read(map(path)?).ok_or_else(|| damaged(WHAT))
    }

    fn read(bytes: OwnedBytes) -> Option<Self> {
        let body = bytes.len().checked_sub(TAIL)?;
        let mut tail = Numbers(bytes.get(body..)?);
        let postings = 0..tail.size()?;
        let texts = postings.end..postings.end.checked_add(tail.size()?)?;
        let terms = tail.u32()? as usize;
        let slots = tail.u32()? as usize;
        let unit = Score::from_bits(tail.u32()?);
        let entries = texts.end..texts.end.checked_add(terms * ENTRY)?;
        let slots = entries.end..entries.end.checked_add(slots * 4)?;
        (slots.end == body && (slots.len() / 4).is_power_of_two()).then_some(Self {
            bytes,
            postings,
            texts,
            entries,
            slots,
            unit,
        })
    }

    /// The term with this text.
    pub(super) fn find(&self, text: &str) -> Option<Term> {
        let slots = self.bytes[self.slots.clone()].as_chunks::<4>().0;
        let mut slot = hash(text.as_bytes());
        for _ in 0..slots.len() {
            slot &= slots.len() - 1;
            let term = Term(u32::from_le_bytes(slots[slot]).checked_sub(1)?);
            if self.text(term)? == text.as_bytes() {
                return Some(term);
            }
            slot += 1;
        }
        None
    }

    pub(super) fn entry(&self, term: Term) -> Option<Entry> {
        let at = self.entries.start + term.0 as usize * ENTRY;
        let mut numbers = Numbers(self.bytes[..self.entries.end].get(at..at + ENTRY)?);
        Some(Entry {
            text_end: numbers.u32()?,
            start: numbers.u64()?,
            pages: numbers.u32()?,
            pieces: numbers.u32()?,
            documents: numbers.u32()?,
            rarity: Score::from_bits(numbers.u32()?),
        })
    }

    /// The pages and the pieces that have a term, in the order of their numbers. Every piece's
    /// page is among the pages.
    pub(super) fn of(&self, entry: &Entry) -> Option<(Scored<'_>, Scored<'_>)> {
        let postings = &self.bytes[self.postings.clone()];
        let postings = postings.get(usize::try_from(entry.start).ok()?..)?;
        let (pages, rest) = Scored::read(postings, entry.pages as usize)?;
        let (pieces, _) = Scored::read(rest, entry.pieces as usize)?;
        Some((pages, pieces))
    }

    /// What one step of a score is worth.
    pub(super) fn unit(&self) -> Score {
        self.unit
    }

    /// The terms from this text on, in order, each with the number of pages whose text has it.
    pub(super) fn from(&self, text: &str) -> impl Iterator<Item = (&str, u32)> {
        let terms = u32::try_from(self.entries.len() / ENTRY).unwrap_or(u32::MAX);
        let [mut low, mut high] = [0, terms];
        while low < high {
            let middle = low.midpoint(high);
            if self.text(Term(middle)).unwrap_or_default() < text.as_bytes() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low..terms).map_while(|number| {
            let term = Term(number);
            let text = std::str::from_utf8(self.text(term)?).ok()?;
            Some((text, self.entry(term)?.documents))
        })
    }

    fn text(&self, term: Term) -> Option<&[u8]> {
        let start = match term.0.checked_sub(1) {
            None => 0,
            Some(before) => self.entry(Term(before))?.text_end,
        };
        let end = self.entry(term)?.text_end;
        self.bytes[self.texts.clone()].get(start as usize..end as usize)
    }
}

/// FNV-1a, of which the terms of a language spread well over the slots.
fn hash(text: &[u8]) -> usize {
    let hash = text.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits choose the slot, the high ones are mixed best.
    #[expect(clippy::cast_possible_truncation, reason = "any bits of it will do")]
    let slot = (hash ^ (hash >> 32)) as usize;
    slot
}

/// Writes terms in order, each with its postings.
pub(super) struct PostingsWriter {
    out: BufWriter<File>,
    unit: Score,
    length: u64,
    texts: Vec<u8>,
    entries: Vec<Entry>,
}

impl PostingsWriter {
    /// `most` is a score that none exceeds.
    pub(super) fn create(path: &Path, most: Score) -> io::Result<Self> {
        Ok(Self {
            out: BufWriter::with_capacity(1 << 18, File::create(path)?),
            unit: most / Score::from(u16::MAX),
            length: 0,
            texts: Vec::new(),
            entries: Vec::new(),
        })
    }

    /// Adds a term and the documents that have it, in the order of their numbers.
    pub(super) fn add(
        &mut self,
        text: &[u8],
        pages: &[(u32, Score)],
        pieces: &[(u32, Score)],
        documents: u32,
        rarity: Score,
    ) -> io::Result<()> {
        let start = self.length;
        for scored in [pages, pieces] {
            for (document, _) in scored {
                self.out.write_all(&document.to_le_bytes())?;
            }
            for (_, score) in scored {
                self.out
                    .write_all(&steps(*score, self.unit).to_le_bytes())?;
            }
            self.length += scored.len() as u64 * 6;
        }
        self.texts.extend_from_slice(text);
        let count = |count: usize| u32::try_from(count).map_err(io::Error::other);
        self.entries.push(Entry {
            text_end: count(self.texts.len())?,
            start,
            pages: count(pages.len())?,
            pieces: count(pieces.len())?,
            documents,
            rarity,
        });
        Ok(())
    }

    /// Completes the file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&self.texts)?;
        for entry in &self.entries {
            self.out.write_all(&entry.text_end.to_le_bytes())?;
            self.out.write_all(&entry.start.to_le_bytes())?;
            self.out.write_all(&entry.pages.to_le_bytes())?;
            self.out.write_all(&entry.pieces.to_le_bytes())?;
            self.out.write_all(&entry.documents.to_le_bytes())?;
            self.out.write_all(&entry.rarity.to_le_bytes())?;
        }
        let slots = self.slots();
        for slot in &slots {
            self.out.write_all(&slot.to_le_bytes())?;
        }
        let count = |count: usize| u32::try_from(count).map_err(io::Error::other);
        self.out.write_all(&self.length.to_le_bytes())?;
        self.out
            .write_all(&(self.texts.len() as u64).to_le_bytes())?;
        self.out
            .write_all(&count(self.entries.len())?.to_le_bytes())?;
        self.out.write_all(&count(slots.len())?.to_le_bytes())?;
        self.out.write_all(&self.unit.to_le_bytes())?;
        self.out.write_all(&[0; 4])?;
        self.out.flush()?;
        self.out.get_ref().sync_all()
    }

    fn slots(&self) -> Vec<u32> {
        let mut slots = vec![0u32; (2 * self.entries.len() + 1).next_power_of_two()];
        let mask = slots.len() - 1;
        let mut start = 0;
        for (number, entry) in (1u32..).zip(&self.entries) {
            let end = entry.text_end as usize;
            let mut slot = hash(&self.texts[start..end]) & mask;
            while slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number;
            start = end;
        }
        slots
    }
}

/// A score in steps; at least one, by which a search sees that a document has been found.
fn steps(score: Score, unit: Score) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of a float saturates"
    )]
    let steps = (score / unit).round() as u16;
    steps.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_come_back_with_their_postings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postings");
        let mut writer = PostingsWriter::create(&path, 20.0).unwrap();
        for (number, text) in (0u32..).zip(["==", "alpha", "beta", "beten"]) {
            let pages = [(number, 20.0), (number + 7, 0.0)];
            let pieces = [(3 * number, 2.5)];
            writer
                .add(text.as_bytes(), &pages, &pieces, 2, 1.5)
                .unwrap();
        }
        writer.finish().unwrap();

        let postings = Postings::open(&path).unwrap();
        assert_eq!(postings.find("gamma"), None);
        assert_eq!(postings.find(""), None);
        let entry = postings.entry(postings.find("beta").unwrap()).unwrap();
        assert_eq!((entry.documents, entry.rarity), (2, 1.5));
        let (pages, pieces) = postings.of(&entry).unwrap();
        let pages: Vec<_> = pages.iter().collect();
        assert_eq!(pages, [(2, 65_535.0), (9, 1.0)]);
        let (piece, score) = pieces.iter().next().unwrap();
        assert_eq!(piece, 6);
        assert!((score * postings.unit() - 2.5).abs() < postings.unit());
        let after: Vec<_> = postings.from("b").collect();
        assert_eq!(after, [("beta", 2), ("beten", 2)]);
    }

    #[test]
    fn no_file_of_another_shape_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postings");
        for bytes in [&b""[..], b"short", &[0xff; 64], &[1; 64], &[0; 64]] {
            std::fs::write(&path, bytes).unwrap();
            assert!(Postings::open(&path).is_err());
        }
    }
}
