//! The terms of a generation with their postings, scored when the index was built.
//!
//! ```text
//! postings   for each term: pages (u32); for each its score and that of its best piece (u16 each);
//!            for each where its pieces end in the list that follows (u32); pieces, as their number
//!            in the page and their score (u16 each)
//! texts      the terms, one after another, in order
//! entries    for each term what is known of it; see `Entry`
//! slots      a hash table with open addressing: the number of a term plus 1, or 0; u32
//! tail       see `Tail`
//! ```
//! A score is a BM25 score in steps of `unit`, so small that they change no ranking: what is
//! left for a search is to look up, multiply and add. With the score of a page's best piece a
//! search knows which pages cannot be among the best before it looks at any piece. Words and identifiers share the table,
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

/// The pages that have a term, in order, with their pieces.
#[derive(Clone, Copy)]
pub(super) struct TermPages<'a> {
    pages: &'a [[u8; 4]],
    scores: &'a [[u8; 4]],
    ends: &'a [[u8; 4]],
    pieces: &'a [[u8; 4]],
}

/// What a term adds to a page, in units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PageScore {
    pub(super) page: u32,
    /// To the page's own score.
    pub(super) own: Score,
    /// To that of a piece of it at the most.
    pub(super) best_piece: Score,
}

impl<'a> TermPages<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = PageScore> + 'a {
        self.pages.iter().zip(self.scores).map(|(page, scores)| {
            let (own, best_piece) = pair(*scores);
            PageScore {
                page: u32::from_le_bytes(*page),
                own: Score::from(own),
                best_piece: Score::from(best_piece),
            }
        })
    }

    /// The pieces of a page that have the term: their numbers in the page and what it adds to
    /// their scores, in units.
    pub(super) fn pieces(self, page: u32) -> impl Iterator<Item = (usize, Score)> + 'a {
        let place = self
            .pages
            .binary_search_by_key(&page, |page| u32::from_le_bytes(*page));
        let pieces = place.ok().and_then(|place| {
            let end = |place: usize| Some(u32::from_le_bytes(*self.ends.get(place)?) as usize);
            let start = place.checked_sub(1).map_or(Some(0), end)?;
            self.pieces.get(start..end(place)?)
        });
        pieces.unwrap_or_default().iter().map(|piece| {
            let (number, score) = pair(*piece);
            (usize::from(number), Score::from(score))
        })
    }

    fn read(bytes: &'a [u8], pages: usize, pieces: usize) -> Option<Self> {
        let (numbers, _) = bytes.as_chunks();
        let (pages, rest) = (numbers.get(..pages)?, &numbers[pages..]);
        let (scores, rest) = rest.split_at_checked(pages.len())?;
        let (ends, rest) = rest.split_at_checked(pages.len())?;
        Some(Self {
            pages,
            scores,
            ends,
            pieces: rest.get(..pieces)?,
        })
    }
}

fn pair([a, b, c, d]: [u8; 4]) -> (u16, u16) {
    (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))
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

    /// The pages that have a term.
    pub(super) fn pages(&self, entry: &Entry) -> Option<TermPages<'_>> {
        let postings = &self.bytes[self.postings.clone()];
        let postings = postings.get(usize::try_from(entry.start).ok()?..)?;
        TermPages::read(postings, entry.pages as usize, entry.pieces as usize)
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
    // Kept from term to term for their memory.
    numbers: Vec<(u16, u16)>,
    ends: Vec<u32>,
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
            numbers: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// Adds a term with the pages that have it, in order, and the pieces of those pages, by
    /// page and by their number in it. Every piece's page is among the pages.
    pub(super) fn add(
        &mut self,
        text: &[u8],
        pages: &[(u32, Score)],
        pieces: &[(u32, u16, Score)],
        documents: u32,
        rarity: Score,
    ) -> io::Result<()> {
        let count = |count: usize| u32::try_from(count).map_err(io::Error::other);
        let mut rest = pieces;
        self.numbers.clear();
        self.ends.clear();
        for (page, own) in pages {
            let own_pieces = rest.partition_point(|(other, _, _)| other <= page);
            let best = rest[..own_pieces].iter().map(|(_, _, score)| *score);
            let best = best.fold(0.0, Score::max);
            rest = &rest[own_pieces..];
            let best_steps = if own_pieces == 0 {
                0
            } else {
                steps(best, self.unit)
            };
            self.numbers.push((steps(*own, self.unit), best_steps));
            self.ends.push(count(pieces.len() - rest.len())?);
        }
        for (page, _) in pages {
            self.out.write_all(&page.to_le_bytes())?;
        }
        for (own, best) in &self.numbers {
            self.out.write_all(&own.to_le_bytes())?;
            self.out.write_all(&best.to_le_bytes())?;
        }
        for end in &self.ends {
            self.out.write_all(&end.to_le_bytes())?;
        }
        for (_, number, score) in pieces {
            self.out.write_all(&number.to_le_bytes())?;
            self.out
                .write_all(&steps(*score, self.unit).to_le_bytes())?;
        }
        self.texts.extend_from_slice(text);
        self.entries.push(Entry {
            text_end: count(self.texts.len())?,
            start: self.length,
            pages: count(pages.len())?,
            pieces: count(pieces.len())?,
            documents,
            rarity,
        });
        self.length += 12 * pages.len() as u64 + 4 * pieces.len() as u64;
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
        self.out.flush()
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

/// A score in steps; at least one, by which a search sees that something has been found.
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
            let pieces = [(number, 0, 1.5), (number, 3, 2.5), (number + 7, 1, 2.0)];
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
        let pages = postings.pages(&entry).unwrap();
        let found: Vec<_> = pages.iter().map(|page| (page.page, page.own)).collect();
        assert_eq!(found, [(2, 65_535.0), (9, 1.0)]);
        let pieces: Vec<_> = pages.pieces(2).collect();
        assert_eq!([pieces[0].0, pieces[1].0], [0, 3]);
        assert!((pieces[1].1 * postings.unit() - 2.5).abs() < postings.unit());
        assert_eq!(pages.iter().next().unwrap().best_piece, pieces[1].1);
        assert_eq!(pages.pieces(9).count(), 1);
        assert_eq!(pages.pieces(3).count(), 0);
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
