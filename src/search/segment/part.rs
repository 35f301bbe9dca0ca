//! The files of a segment, each written once from its front to its end, and known by its hash.

use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// What a file of a segment holds. Their layouts stand with those who read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) enum Part {
    /// A fixed-width entry a page, in the order of sets and paths.
    Pages,
    /// What pages and sections are called.
    Records,
    /// Lengths of the fields of each page, as scores see them.
    Norms,
    /// A page's title, hashed -> the page.
    Titles,
    /// What each page is for.
    Kinds,
    /// The language that each page is in.
    Languages,
    /// What a page says, hashed -> the page.
    Copies,
    /// Sections of the pages.
    Sections,
    /// Pieces of the sections.
    Pieces,
    /// Lengths of the pieces, as scores see them.
    PieceNorms,
    /// The Markdown of the pages.
    Texts,
    /// What each page defines by name.
    Entries,
    /// Which words stand next to each other on each page.
    Pairs,
    /// A name, hashed -> where it is defined.
    Definitions,
    /// Links that each page has.
    Links,
    /// How many pages link to each page.
    Inbound,
    /// Where the sentences are that say something of each page.
    Said,
    /// The sentences in which they say it.
    Sentences,
    /// A fixed-width entry a file.
    Files,
    /// What is known of each file.
    FileRecords,
    /// A fixed-width entry a term, in order.
    Terms,
    /// The terms' texts, one after another.
    Words,
    /// A hash table of the terms.
    Slots,
    /// Who has which term.
    Postings,
}

impl Part {
    pub(in crate::search) const ALL: [Self; 24] = [
        Self::Pages,
        Self::Records,
        Self::Norms,
        Self::Titles,
        Self::Kinds,
        Self::Languages,
        Self::Copies,
        Self::Sections,
        Self::Pieces,
        Self::PieceNorms,
        Self::Texts,
        Self::Entries,
        Self::Pairs,
        Self::Definitions,
        Self::Links,
        Self::Inbound,
        Self::Said,
        Self::Sentences,
        Self::Files,
        Self::FileRecords,
        Self::Terms,
        Self::Words,
        Self::Slots,
        Self::Postings,
    ];

    /// The name of its file.
    pub(in crate::search) const fn name(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Records => "records",
            Self::Norms => "norms",
            Self::Titles => "titles",
            Self::Kinds => "kinds",
            Self::Languages => "languages",
            Self::Copies => "copies",
            Self::Sections => "sections",
            Self::Pieces => "pieces",
            Self::PieceNorms => "piece-norms",
            Self::Texts => "texts",
            Self::Entries => "entries",
            Self::Pairs => "pairs",
            Self::Definitions => "definitions",
            Self::Links => "links",
            Self::Inbound => "inbound",
            Self::Said => "said",
            Self::Sentences => "sentences",
            Self::Files => "files",
            Self::FileRecords => "file-records",
            Self::Terms => "terms",
            Self::Words => "words",
            Self::Slots => "slots",
            Self::Postings => "postings",
        }
    }
}

/// A file as its writer left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) struct Sealed {
    pub(in crate::search) name: String,
    /// In bytes.
    pub(in crate::search) length: u64,
    /// XXH3, 128 bits, in hexadecimal digits.
    pub(in crate::search) hash: String,
}

impl Sealed {
    /// Whether bytes are those that were written.
    pub(in crate::search) fn is_of(&self, bytes: &[u8]) -> bool {
        self.length == bytes.len() as u64 && self.hash == hash(bytes)
    }
}

/// The hash by which files of an index are known.
pub(in crate::search) fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

/// Writes one file of a segment.
pub(in crate::search) struct PartWriter {
    out: BufWriter<File>,
    name: &'static str,
    length: u64,
    hasher: Box<Xxh3>,
}

impl PartWriter {
    pub(in crate::search) fn create(folder: &Path, part: Part) -> io::Result<Self> {
        let file = File::create(folder.join(part.name()))?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, file),
            name: part.name(),
            length: 0,
            hasher: Box::default(),
        })
    }

    /// Where the next byte stands.
    pub(in crate::search) fn position(&self) -> u64 {
        self.length
    }

    pub(in crate::search) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    pub(in crate::search) fn numbers(&mut self, numbers: &[u32]) -> io::Result<()> {
        for number in numbers {
            self.write(&number.to_le_bytes())?;
        }
        Ok(())
    }

    /// Completes the file, without waiting for the disk.
    pub(in crate::search) fn finish(mut self) -> io::Result<Sealed> {
        self.out.flush()?;
        Ok(Sealed {
            name: self.name.to_owned(),
            length: self.length,
            hash: format!("{:032x}", self.hasher.digest128()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_hash_however_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = PartWriter::create(folder.path(), Part::Texts).unwrap();
        let bytes: Vec<u8> = (0u8..=255).cycle().take(100_000).collect();
        for part in bytes.chunks(777) {
            writer.write(part).unwrap();
        }
        let sealed = writer.finish().unwrap();
        let read = std::fs::read(folder.path().join("texts")).unwrap();
        assert!(sealed.is_of(&read) && !sealed.is_of(&read[1..]));
    }
}
