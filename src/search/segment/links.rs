//! What pages say of other pages, and what is said of them: read by merges alone.

use super::Segment;
use super::bytes::{narrow, u32_at, u64_at};
use super::pages::PageEntry;
use super::part::{Part, PartWriter, Sealed};
use crate::corpus::{Document, Link};
use serde::{Deserialize, Serialize};
use std::{io, path::Path};

/// Numbers in the entry of what is said of a page.
const INBOUND: usize = 4;

/// The links of a page, and the names by which links may mean it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) struct PageLinks {
    pub(in crate::search) aliases: Vec<String>,
    pub(in crate::search) links: Vec<Link>,
}

/// What other pages say of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::search) struct Inbound {
    /// How many link to it.
    pub(in crate::search) pages: u32,
    /// In which sentences.
    pub(in crate::search) sentences: Vec<String>,
    /// Terms of those sentences.
    pub(in crate::search) length: u32,
}

impl Segment {
    /// `None` where they are damaged.
    pub(in crate::search) fn links(&self, entry: &PageEntry) -> Option<PageLinks> {
        let bytes = unpacked(self.part(Part::Links), entry.links_at)?;
        postcard::from_bytes(&bytes).ok()
    }

    /// How many pages link to a page.
    pub(in crate::search) fn inbound_pages(&self, page: u32) -> u32 {
        u32_at(self.part(Part::Inbound), INBOUND * page as usize + 2).unwrap_or_default()
    }

    /// Terms of the sentences that link to a page.
    pub(in crate::search) fn inbound_length(&self, page: u32) -> u32 {
        u32_at(self.part(Part::Inbound), INBOUND * page as usize + 3).unwrap_or_default()
    }

    /// `None` where it is damaged.
    pub(in crate::search) fn inbound(&self, page: u32) -> Option<Inbound> {
        let at = u64_at(self.part(Part::Inbound), INBOUND / 2 * page as usize)?;
        let pages = self.inbound_pages(page);
        let length = self.inbound_length(page);
        let sentences = match length {
            0 => Vec::new(),
            _ => postcard::from_bytes(&unpacked(self.part(Part::Sentences), at)?).ok()?,
        };
        Some(Inbound {
            pages,
            sentences,
            length,
        })
    }
}

/// Writes the links that pages have, in any order.
pub(in crate::search) struct LinkWriter {
    out: PartWriter,
    packer: Packer,
}

impl LinkWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            out: PartWriter::create(folder, Part::Links)?,
            packer: Packer::default(),
        })
    }

    /// Adds the links of a page, and returns where they are.
    pub(in crate::search) fn add(&mut self, document: &Document) -> io::Result<u64> {
        let record = (&document.aliases, &document.links);
        self.packer.pack(&record, &mut self.out)
    }

    /// Adds the links of a page as another segment has them; `None` where they are damaged.
    pub(in crate::search) fn copy(
        &mut self,
        from: &Segment,
        entry: &PageEntry,
    ) -> Option<io::Result<u64>> {
        let bytes = packed(from.part(Part::Links), entry.links_at)?;
        let at = self.out.position();
        Some(self.out.write(bytes).map(|()| at))
    }

    pub(in crate::search) fn finish(self) -> io::Result<Sealed> {
        self.out.finish()
    }
}

/// Writes what is said of pages, in the order of the pages.
pub(in crate::search) struct InboundWriter {
    table: PartWriter,
    sentences: PartWriter,
    packer: Packer,
}

impl InboundWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            table: PartWriter::create(folder, Part::Inbound)?,
            sentences: PartWriter::create(folder, Part::Sentences)?,
            packer: Packer::default(),
        })
    }

    pub(in crate::search) fn add(&mut self, inbound: &Inbound) -> io::Result<()> {
        let at = match inbound.length {
            0 => 0,
            _ => self.packer.pack(&inbound.sentences, &mut self.sentences)?,
        };
        self.table.write(&at.to_le_bytes())?;
        self.table.numbers(&[inbound.pages, inbound.length])
    }

    pub(in crate::search) fn finish(self) -> io::Result<Vec<Sealed>> {
        Ok(vec![self.table.finish()?, self.sentences.finish()?])
    }
}

/// Compresses records, each by itself.
#[derive(Default)]
struct Packer {
    record: Vec<u8>,
    packed: Vec<u8>,
}

impl Packer {
    /// Its length before and after (u32 each), and the compressed bytes.
    fn pack(&mut self, record: &impl Serialize, out: &mut PartWriter) -> io::Result<u64> {
        self.record.clear();
        let bytes = std::mem::take(&mut self.record);
        self.record = postcard::to_extend(record, bytes).map_err(io::Error::other)?;
        let room = lz4_flex::block::get_maximum_output_size(self.record.len());
        self.packed.resize(room, 0);
        let size = lz4_flex::block::compress_into(&self.record, &mut self.packed)
            .map_err(io::Error::other)?;
        let at = out.position();
        out.numbers(&[narrow(self.record.len())?, narrow(size)?])?;
        out.write(&self.packed[..size])?;
        Ok(at)
    }
}

/// The longest record that is believed.
const MAX_RECORD: usize = 1 << 30;

fn packed(part: &[u8], at: u64) -> Option<&[u8]> {
    let bytes = part.get(usize::try_from(at).ok()?..)?;
    let size = u32_at(bytes, 1)? as usize;
    bytes.get(..8 + size)
}

fn unpacked(part: &[u8], at: u64) -> Option<Vec<u8>> {
    let bytes = packed(part, at)?;
    let length = u32_at(bytes, 0)? as usize;
    // LZ4 makes no more than 255 bytes of one.
    if length > MAX_RECORD || length > 255 * bytes.len() {
        return None;
    }
    let mut record = vec![0; length];
    let size = lz4_flex::block::decompress_into(&bytes[8..], &mut record).ok()?;
    (size == length).then_some(record)
}
