//! The Markdown of the pages.
//!
//! ```text
//! plain       the text as it is
//! compressed  where each block of 16 KiB of text ends, counted from the first (u32 each);
//!             the blocks, each by itself (LZ4), or as it is where that is no longer
//! ```
//! Small segments are plain, since copying text is most of what is left of a search; the text of large ones
//! is what fills a disk.

use super::bytes::{narrow, u32_at};
use super::part::{Part, PartWriter, Sealed};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, io, ops::Range, path::Path};

/// Of the text of one page, what is compressed together; in bytes.
const BLOCK: usize = 16 << 10;

/// How the texts of a segment are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) enum Coding {
    Plain,
    Compressed,
}

/// Reads part of a page's text, which starts at `at` and is `length` bytes long.
pub(in crate::search) fn read(
    texts: &[u8],
    coding: Coding,
    at: u64,
    length: u32,
    range: Range<u32>,
) -> Option<Cow<'_, [u8]>> {
    let text = texts.get(usize::try_from(at).ok()?..)?;
    let range = range.start as usize..range.end as usize;
    if range.start > range.end || range.end > length as usize {
        return None;
    }
    if coding == Coding::Plain {
        return text.get(range).map(Cow::Borrowed);
    }
    let count = (length as usize).div_ceil(BLOCK);
    let (ends, blocks) = text.split_at_checked(4 * count)?;
    let (first, last) = (range.start / BLOCK, range.end.div_ceil(BLOCK));
    let block = |number: usize| {
        let start = match number.checked_sub(1) {
            None => 0,
            Some(before) => u32_at(ends, before)?,
        };
        blocks.get(start as usize..u32_at(ends, number)? as usize)
    };
    let size = |number: usize| BLOCK.min(length as usize - number * BLOCK);
    // Most of what is read lies in one block.
    if last == first + 1 && block(first)?.len() == size(first) {
        let inside = range.start - first * BLOCK..range.end - first * BLOCK;
        return block(first)?.get(inside).map(Cow::Borrowed);
    }
    let mut out =
        vec![0; (last.saturating_sub(first) * BLOCK).min(length as usize - first * BLOCK)];
    for (number, out) in (first..last).zip(out.chunks_mut(BLOCK)) {
        let block = block(number)?;
        if block.len() == out.len() {
            out.copy_from_slice(block);
        } else if lz4_flex::block::decompress_into(block, out).ok()? != out.len() {
            return None;
        }
    }
    let inside = range.start - first * BLOCK..range.end - first * BLOCK;
    out.truncate(inside.end);
    out.drain(..inside.start);
    Some(Cow::Owned(out))
}

/// The bytes that a page's text takes where it is kept compressed.
fn compressed_size(texts: &[u8], at: u64, length: u32) -> Option<usize> {
    let count = (length as usize).div_ceil(BLOCK);
    let ends = texts.get(usize::try_from(at).ok()?..)?.get(..4 * count)?;
    let blocks = count
        .checked_sub(1)
        .map_or(Some(0), |last| u32_at(ends, last))?;
    Some(4 * count + blocks as usize)
}

/// Writes texts one after another.
pub(in crate::search) struct TextWriter {
    out: PartWriter,
    coding: Coding,
    blocks: Vec<u8>,
    ends: Vec<u32>,
}

impl TextWriter {
    pub(in crate::search) fn create(folder: &Path, coding: Coding) -> io::Result<Self> {
        Ok(Self {
            out: PartWriter::create(folder, Part::Texts)?,
            coding,
            blocks: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// Adds the text of a page, and returns where it starts.
    pub(in crate::search) fn add(&mut self, text: &[u8]) -> io::Result<u64> {
        let at = self.out.position();
        if self.coding == Coding::Plain {
            self.out.write(text)?;
            return Ok(at);
        }
        self.blocks.clear();
        self.ends.clear();
        for block in text.chunks(BLOCK) {
            let start = self.blocks.len();
            let room = lz4_flex::block::get_maximum_output_size(block.len());
            self.blocks.resize(start + room, 0);
            let size = lz4_flex::block::compress_into(block, &mut self.blocks[start..])
                .map_err(io::Error::other)?;
            self.blocks.truncate(start + size);
            if size >= block.len() {
                self.blocks.truncate(start);
                self.blocks.extend_from_slice(block);
            }
            self.ends.push(narrow(self.blocks.len())?);
        }
        self.out.numbers(&self.ends)?;
        self.out.write(&self.blocks)?;
        Ok(at)
    }

    /// Adds the text of a page as another segment has it.
    pub(in crate::search) fn copy(
        &mut self,
        texts: &[u8],
        coding: Coding,
        at: u64,
        length: u32,
    ) -> Option<io::Result<u64>> {
        if (coding, self.coding) == (Coding::Compressed, Coding::Compressed) {
            let start = usize::try_from(at).ok()?;
            let size = compressed_size(texts, at, length)?;
            let bytes = texts.get(start..start.checked_add(size)?)?;
            let at = self.out.position();
            return Some(self.out.write(bytes).map(|()| at));
        }
        let text = read(texts, coding, at, length, 0..length)?;
        Some(self.add(&text))
    }

    pub(in crate::search) fn finish(self) -> io::Result<Sealed> {
        self.out.finish()
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
                    let length = u32::try_from(text.len()).unwrap();
                    let part = u32::try_from(start).unwrap()..u32::try_from(end).unwrap();
                    let read = read(&bytes, coding, at, length, part);
                    prop_assert_eq!(read.as_deref(), Some(&text[start..end]));
                }
            }
        }

        #[test]
        fn damaged_texts_are_no_fault(bytes: Vec<u8>, at in 0u64..40, length: u32, range: Range<u32>) {
            let _ = read(&bytes, Coding::Compressed, at, length.min(1 << 20), range);
        }
    }
}
