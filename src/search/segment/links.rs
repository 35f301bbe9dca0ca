//! What pages say of other pages, and what is said of them: read by merges, and to tell what a page is related to.

use super::Segment;
use super::bytes::{u32_at, u64_at};
use super::packed::{PackedReader, PackedWriter};
use super::page_entry::PageEntry;
use super::part::{Part, PartWriter, Sealed};
use crate::corpus::{Document, Link};
use serde::{Deserialize, Serialize};
use std::{io, path::Path};

/// Numbers in the entry of what is said of a page: where it is, plus one, or 0 (two), and its length in terms.
const SAID: usize = 3;

/// The links of a page, and the names by which links may mean it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) struct PageLinks {
    pub(in crate::search) aliases: Vec<String>,
    pub(in crate::search) links: Vec<Link>,
    /// The pages that its table of contents names.
    pub(in crate::search) contents: Vec<String>,
}

/// What other pages say of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::search) struct Inbound {
    /// How many link to it.
    pub(in crate::search) pages: u32,
    /// In which sentences.
    pub(in crate::search) sentences: Vec<String>,
    /// The first of those that link to it, by their paths.
    pub(in crate::search) sources: Vec<String>,
    /// Terms of those sentences.
    pub(in crate::search) length: u32,
}

/// Reads the links of pages, best in the order in which they were written.
#[derive(Debug)]
pub(in crate::search) struct LinkReader<'a>(PackedReader<'a>);

impl LinkReader<'_> {
    /// `None` where they are damaged.
    pub(in crate::search) fn read(&mut self, entry: &PageEntry) -> Option<PageLinks> {
        self.0.read(entry.links_at)
    }
}

/// Reads what is said of pages, best in their order.
#[derive(Debug)]
pub(in crate::search) struct InboundReader<'a> {
    segment: &'a Segment,
    sentences: PackedReader<'a>,
}

impl InboundReader<'_> {
    /// `None` where it is damaged.
    pub(in crate::search) fn read(&mut self, page: u32) -> Option<Inbound> {
        let at = SAID.checked_mul(page as usize)?;
        let entry = self.segment.part(Part::Said).get(4 * at..4 * (at + SAID))?;
        let (at, length) = (u64_at(entry, 0)?, u32_at(entry, 2)?);
        let pages = self.segment.inbound_pages(page);
        let (sentences, sources) = match at.checked_sub(1) {
            None => Default::default(),
            Some(at) => self.sentences.read(at)?,
        };
        Some(Inbound {
            pages,
            sentences,
            sources,
            length,
        })
    }
}

impl Segment {
    pub(in crate::search) fn links(&self) -> LinkReader<'_> {
        LinkReader(PackedReader::new(self.part(Part::Links)))
    }

    pub(in crate::search) fn inbound(&self) -> InboundReader<'_> {
        InboundReader {
            segment: self,
            sentences: PackedReader::new(self.part(Part::Sentences)),
        }
    }

    /// How many pages link to a page.
    #[inline]
    pub(in crate::search) fn inbound_pages(&self, page: u32) -> u32 {
        u32_at(self.part(Part::Inbound), page as usize).unwrap_or_default()
    }
}

/// Writes the links that pages have, in any order.
pub(in crate::search) struct LinkWriter(PackedWriter);

impl LinkWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        let out = PartWriter::create(folder, Part::Links)?;
        Ok(Self(PackedWriter::new(out)))
    }

    /// Adds the links of a page, and returns where they are.
    pub(in crate::search) fn add(&mut self, document: &Document) -> io::Result<u64> {
        let Document {
            aliases,
            links,
            contents,
            ..
        } = document;
        self.0.add(&(aliases, links, contents))
    }

    /// Adds the links of a page as another segment has them.
    pub(in crate::search) fn copy(&mut self, links: &PageLinks) -> io::Result<u64> {
        self.0.add(links)
    }

    pub(in crate::search) fn finish(self) -> io::Result<Sealed> {
        self.0.finish()
    }
}

/// Writes what is said of pages, in the order of the pages.
pub(in crate::search) struct InboundWriter {
    pages: PartWriter,
    said: PartWriter,
    sentences: PackedWriter,
}

impl InboundWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        let sentences = PartWriter::create(folder, Part::Sentences)?;
        Ok(Self {
            pages: PartWriter::create(folder, Part::Inbound)?,
            said: PartWriter::create(folder, Part::Said)?,
            sentences: PackedWriter::new(sentences),
        })
    }

    pub(in crate::search) fn add(&mut self, inbound: &Inbound) -> io::Result<()> {
        let Inbound {
            sentences, sources, ..
        } = inbound;
        let at = match sentences.is_empty() && sources.is_empty() {
            true => 0,
            false => self.sentences.add(&(sentences, sources))? + 1,
        };
        self.pages.numbers(&[inbound.pages])?;
        self.said.write(&at.to_le_bytes())?;
        self.said.numbers(&[inbound.length])
    }

    pub(in crate::search) fn finish(self) -> io::Result<Vec<Sealed>> {
        Ok(vec![
            self.pages.finish()?,
            self.said.finish()?,
            self.sentences.finish()?,
        ])
    }
}
