//! A segment: some pages with all that is known of them, written once and never changed.
//!
//! It is a folder of files, see [`Part`], and a head that says how long they are and what their hashes are; its name is the hash
//! of its head. Whoever reads takes from mapped files what is asked for: nothing is decoded when a segment is opened.

mod bytes;
mod copies;
mod entries;
mod files;
mod lexicon;
mod links;
mod map;
mod packed;
mod page_entry;
mod pages;
mod pairs;
mod part;
mod postings;
mod texts;

pub(super) use bytes::narrow;
pub(super) use entries::{Definer, Definition, DefinitionWriter};
pub(super) use files::{FileRecord, FileWriter, Outcome};
pub(super) use lexicon::LexiconWriter;
pub(super) use links::{Inbound, InboundWriter, LinkWriter};
pub(super) use page_entry::{Lengths, PageEntry};
pub(super) use pages::{PageHead, PageWriter};
pub(super) use pairs::Pairs;
pub(super) use part::{Part, PartWriter, Sealed, hash};
pub(super) use postings::{PageList, Postings, PostingsWriter, TermLists};
pub(super) use texts::Coding;

use super::scoring::{Saturation, Statistics};
use map::Map;
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path, sync::OnceLock};

const HEAD: &str = "head.json";

/// What a segment says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) coding: Coding,
    /// Of the texts that its scores are relative to: its own, or those of the large one that it was added to.
    pub(super) statistics: Statistics,
    pub(super) parts: Vec<Sealed>,
}

/// A segment, opened.
#[derive(Debug)]
pub(super) struct Segment {
    name: String,
    head: Head,
    /// In the order of [`Part::ALL`].
    maps: Vec<Map>,
    scales: OnceLock<Scales>,
}

/// What frequencies in each field are weighed against.
#[derive(Debug)]
pub(super) struct Scales {
    pub(super) body: Saturation,
    pub(super) title: Saturation,
    pub(super) symbols: Saturation,
    pub(super) pieces: Saturation,
    pub(super) links: Saturation,
}

/// Norms of a segment's pages in each field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norms<'a> {
    pub(super) title: &'a [u8],
    pub(super) body: &'a [u8],
    pub(super) symbols: &'a [u8],
    pub(super) links: &'a [u8],
}

impl Segment {
    /// Opens the segment in a folder, if all of its files are there in the sizes that they were written in.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let bytes = fs::read(folder.join(HEAD))?;
        let head: Head = serde_json::from_slice(&bytes)?;
        let maps = Part::ALL.iter().zip(&head.parts).map(|(part, sealed)| {
            let map = Map::open(&folder.join(part.name()))?;
            match sealed.name == part.name() && sealed.length == map.len() as u64 {
                true => Ok(map),
                false => Err(damaged(part.name())),
            }
        });
        let maps = maps.collect::<io::Result<Vec<_>>>()?;
        if maps.len() != Part::ALL.len() || head.parts.len() != maps.len() {
            return Err(damaged(HEAD));
        }
        Ok(Self {
            name: hash(&bytes),
            head,
            maps,
            scales: OnceLock::new(),
        })
    }

    /// Of files that have been written for a segment that is not complete yet; the others are taken for empty.
    pub(super) fn unfinished(
        folder: &Path,
        coding: Coding,
        statistics: Statistics,
        parts: &[Sealed],
    ) -> io::Result<Self> {
        let maps = Part::ALL.iter().map(|part| {
            match parts.iter().any(|sealed| sealed.name == part.name()) {
                true => Map::open(&folder.join(part.name())),
                false => Ok(Map::default()),
            }
        });
        Ok(Self {
            name: String::new(),
            maps: maps.collect::<io::Result<_>>()?,
            head: Head {
                coding,
                statistics,
                parts: Vec::new(),
            },
            scales: OnceLock::new(),
        })
    }

    /// Its name: the hash of its contents.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is that folder's, and all of its files are still there.
    pub(super) fn is_whole_in(&self, folder: &Path) -> bool {
        let size = |sealed: &Sealed| fs::metadata(folder.join(&sealed.name)).map(|file| file.len());
        let has_parts = self
            .head
            .parts
            .iter()
            .all(|sealed| size(sealed).is_ok_and(|len| len == sealed.length));
        let head = fs::read(folder.join(HEAD));
        has_parts && head.is_ok_and(|bytes| hash(&bytes) == self.name)
    }

    pub(super) fn coding(&self) -> Coding {
        self.head.coding
    }

    pub(super) fn statistics(&self) -> &Statistics {
        &self.head.statistics
    }

    pub(super) fn part(&self, part: Part) -> &[u8] {
        self.maps
            .get(part as usize)
            .map(|map| &**map)
            .unwrap_or_default()
    }

    /// Compares every file with its hash.
    pub(super) fn is_sound(&self) -> bool {
        let mut parts = Part::ALL.iter().zip(&self.head.parts);
        parts.all(|(part, sealed)| sealed.is_of(self.part(*part)))
    }

    pub(super) fn scales(&self) -> &Scales {
        let of = &self.head.statistics;
        self.scales.get_or_init(|| Scales {
            body: of.body.saturation(),
            title: of.title.saturation(),
            symbols: of.symbols.saturation(),
            pieces: of.pieces.saturation(),
            links: of.links.saturation(),
        })
    }

    pub(super) fn norms(&self) -> Norms<'_> {
        let norms = self.part(Part::Norms);
        let pages = (self.page_count() as usize).min(norms.len() / 4);
        let of = |field: usize| &norms[field * pages..(field + 1) * pages];
        Norms {
            title: of(0),
            body: of(1),
            symbols: of(2),
            links: of(3),
        }
    }

    /// Norms of the pieces of a page.
    pub(super) fn piece_norms_of(&self, page: u32) -> Option<&[u8]> {
        let pieces = PageEntry::piece_range(self.part(Part::Pages), page)?;
        self.part(Part::PieceNorms).get(pieces)
    }
}

/// Writes the head of a segment whose other files are there, and returns its name.
pub(super) fn seal(
    folder: &Path,
    coding: Coding,
    statistics: Statistics,
    parts: Vec<Sealed>,
) -> io::Result<String> {
    let place = |sealed: &Sealed| Part::ALL.iter().position(|part| part.name() == sealed.name);
    let mut parts = parts;
    parts.sort_by_key(place);
    let head = Head {
        coding,
        statistics,
        parts,
    };
    let bytes = serde_json::to_vec(&head)?;
    fs::write(folder.join(HEAD), &bytes)?;
    Ok(hash(&bytes))
}

/// A file that is shorter or says other things of itself than its writer left it.
pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{what} of the index is damaged"),
    )
}
