//! The Markdown of the pages, one after another.
//!
//! ```text
//! plain       the texts as they are
//! compressed  blocks of 16 KiB of text, whatever pages those are of, each by itself (LZ4), or as it is where
//!             that is no longer; where each block ends (u64 each); how many there are (u64)
//! ```
//! Where a text stands is counted without compression. Small segments are plain, since copying text is most of what
//! is left of a search; the text of large ones is what fills a disk.

use super::bytes::u64_at;
use super::part::{Part, PartWriter, Sealed};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, cell::RefCell, io, ops::Range, path::Path};

/// What is compressed together, in bytes.
const BLOCK: usize = 16 << 10;

/// How the texts of a segment are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) enum Coding {
    Plain,
    Compressed,
}

/// Reads a stretch of the texts; `None` where they are damaged.
pub(in crate::search) fn read(
    texts: &[u8],
    coding: Coding,
    range: Range<u64>,
) -> Option<Cow<'_, [u8]>> {
    let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
    if range.start > range.end {
        return None;
    }
    match coding {
        Coding::Plain => texts.get(range).map(Cow::Borrowed),
        Coding::Compressed => Blocks::of(texts)?.read(range).map(Cow::Owned),
    }
}

/// Compressed texts.
struct Blocks<'a> {
    bytes: &'a [u8],
    ends: &'a [u8],
}

impl<'a> Blocks<'a> {
    fn of(texts: &'a [u8]) -> Option<Self> {
        let (body, tail) = texts.split_at_checked(texts.len().checked_sub(8)?)?;
        let count = usize::try_from(u64_at(tail, 0)?).ok()?;
        let ends = body.len().checked_sub(count.checked_mul(8)?)?;
        let (bytes, ends) = body.split_at(ends);
        Some(Self { bytes, ends })
    }

    fn block(&self, number: usize) -> Option<&'a [u8]> {
        let start = match number.checked_sub(1) {
            None => 0,
            Some(before) => u64_at(self.ends, before)?,
        };
        let end = u64_at(self.ends, number)?;
        self.bytes
            .get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    fn read(&self, range: Range<usize>) -> Option<Vec<u8>> {
        BUFFER.with_borrow_mut(|block| {
            let mut out = Vec::with_capacity(range.len().min(self.bytes.len().saturating_mul(256)));
            for number in range.start / BLOCK..range.end.div_ceil(BLOCK) {
                let stored = self.block(number)?;
                let text = match stored.split_first()? {
                    (&RAW, text) => text,
                    (_, packed) => {
                        let size = lz4_flex::block::decompress_into(packed, block).ok()?;
                        block.get(..size)?
                    }
                };
                let inside = |at: usize| at.saturating_sub(number * BLOCK).min(BLOCK);
                out.extend_from_slice(text.get(inside(range.start)..inside(range.end))?);
            }
            Some(out)
        })
    }
}

thread_local! {
    /// What a block is unpacked into: an answer reads a dozen of them, and each would have to be cleared.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; BLOCK]);
}

/// What a block begins with, where it is not compressed, and where it is.
const RAW: u8 = 0;
const PACKED: u8 = 1;

/// Writes texts one after another.
pub(in crate::search) struct TextWriter {
    out: PartWriter,
    coding: Coding,
    /// Bytes of all texts.
    length: u64,
    block: Vec<u8>,
    packed: Vec<u8>,
    ends: Vec<u64>,
}

impl TextWriter {
    pub(in crate::search) fn create(folder: &Path, coding: Coding) -> io::Result<Self> {
        Ok(Self {
            out: PartWriter::create(folder, Part::Texts)?,
            coding,
            length: 0,
            block: Vec::with_capacity(BLOCK),
            packed: vec![0; 1 + lz4_flex::block::get_maximum_output_size(BLOCK)],
            ends: Vec::new(),
        })
    }

    /// Adds the text of a page, and returns where it starts.
    pub(in crate::search) fn add(&mut self, text: &[u8]) -> io::Result<u64> {
        let at = self.length;
        self.length += text.len() as u64;
        if self.coding == Coding::Plain {
            self.out.write(text)?;
            return Ok(at);
        }
        let mut rest = text;
        while !rest.is_empty() {
            let room = BLOCK - self.block.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.block.extend_from_slice(now);
            rest = later;
            if self.block.len() == BLOCK {
                self.flush()?;
            }
        }
        Ok(at)
    }

    pub(in crate::search) fn finish(mut self) -> io::Result<Sealed> {
        if self.coding == Coding::Compressed {
            if !self.block.is_empty() {
                self.flush()?;
            }
            for end in &self.ends {
                self.out.write(&end.to_le_bytes())?;
            }
            self.out.write(&(self.ends.len() as u64).to_le_bytes())?;
        }
        self.out.finish()
    }

    fn flush(&mut self) -> io::Result<()> {
        let size = lz4_flex::block::compress_into(&self.block, &mut self.packed[1..])
            .map_err(io::Error::other)?;
        if size < self.block.len() {
            self.packed[0] = PACKED;
            self.out.write(&self.packed[..=size])?;
        } else {
            self.out.write(&[RAW])?;
            self.out.write(&self.block)?;
        }
        self.block.clear();
        self.ends.push(self.out.position());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(texts: &[Vec<u8>], coding: Coding) -> (Vec<u8>, Vec<u64>) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = TextWriter::create(folder.path(), coding).unwrap();
        let places = texts.iter().map(|text| writer.add(text).unwrap()).collect();
        writer.finish().unwrap();
        (std::fs::read(folder.path().join("texts")).unwrap(), places)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn every_range_of_a_text_comes_back(
            seeds in prop::collection::vec((0usize..60_000, 1u8..255), 1..5),
            range in (0usize..60_000, 0usize..60_000),
        ) {
            let text = |(length, step): &(usize, u8)| -> Vec<u8> {
                (0..*length).map(|i| (i / usize::from(*step)).to_le_bytes()[0] ^ (i * i).to_le_bytes()[0]).collect()
            };
            let texts: Vec<_> = seeds.iter().map(text).collect();
            for coding in [Coding::Plain, Coding::Compressed] {
                let (bytes, places) = written(&texts, coding);
                for (text, at) in texts.iter().zip(places) {
                    let end = range.1.min(text.len());
                    let start = range.0.min(end);
                    let part = at + start as u64..at + end as u64;
                    let read = read(&bytes, coding, part);
                    prop_assert_eq!(read.as_deref(), Some(&text[start..end]));
                }
            }
        }

        #[test]
        fn damaged_texts_are_no_fault(bytes: Vec<u8>, start in 0u64..40_000, length in 0u64..40_000) {
            let _ = read(&bytes, Coding::Compressed, start..start + length);
        }
    }
}
