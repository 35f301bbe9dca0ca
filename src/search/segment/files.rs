//! The files that were read for the pages of a segment: what decides which of them are read again.

use super::Segment;
use super::bytes::{u32_at, u64_at};
use super::part::{Part, PartWriter, Sealed};
use crate::corpus::{Doubt, Skip, Stamp, Trace};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, io, ops::Range, path::Path};

/// Numbers in the entry of a file: where its record stands (two), its set, and its marks.
const WORDS: usize = 4;
/// It holds no page.
const SKIPPED: u32 = 1;
/// A page of it has more headings or links than are looked at.
const CUT: u32 = 2;
/// It asked for other files.
const INCLUDES: u32 = 4;
/// Its text may not be what its author wrote.
const DOUBTFUL: u32 = 8;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) struct FileRecord {
    /// Path below the root of its set.
    pub(in crate::search) path: String,
    pub(in crate::search) stamp: Stamp,
    /// Files that it asked for to include them, as they were; `None`: not there.
    pub(in crate::search) includes: Vec<(String, Option<Stamp>)>,
    pub(in crate::search) outcome: Outcome,
    /// A page of it has more headings or links than are looked at.
    pub(in crate::search) cut: bool,
    /// What is not certain of its text.
    pub(in crate::search) doubt: Option<Doubt>,
    /// What its page is compared with others by.
    pub(in crate::search) trace: Trace,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) enum Outcome {
    /// Its pages, by their numbers in the segment.
    Pages(Vec<u32>),
    Skipped(Skip),
}

impl FileRecord {
    /// Whether the operating system refused it.
    pub(in crate::search) fn is_unreadable(&self) -> bool {
        matches!(self.outcome, Outcome::Skipped(Skip::Unreadable { .. }))
    }

    pub(in crate::search) fn pages(&self) -> &[u32] {
        match &self.outcome {
            Outcome::Pages(pages) => pages,
            Outcome::Skipped(_) => &[],
        }
    }
}

impl Segment {
    pub(in crate::search) fn file_count(&self) -> u32 {
        u32::try_from(self.part(Part::Files).len() / (4 * WORDS)).unwrap_or(u32::MAX)
    }

    /// `None` where it is damaged.
    pub(in crate::search) fn file(&self, file: u32) -> Option<FileRecord> {
        postcard::from_bytes(self.file_bytes(file)?).ok()
    }

    /// The set and the path of a file.
    pub(in crate::search) fn file_key(&self, file: u32) -> Option<(u32, &str)> {
        // The path is what a record begins with.
        let (path, _) = postcard::take_from_bytes(self.file_bytes(file)?).ok()?;
        Some((self.file_set(file)?, path))
    }

    /// The file of a set with this path.
    pub(in crate::search) fn find_file(&self, set: u32, path: &str) -> Option<u32> {
        let [mut low, mut high] = [0, self.file_count()];
        while low < high {
            let middle = low.midpoint(high);
            match self.file_key(middle)?.cmp(&(set, path)) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Files of a set whose paths begin with this.
    pub(in crate::search) fn files_below(&self, set: u32, prefix: &str) -> Range<u32> {
        let first = |holds: &dyn Fn((u32, &str)) -> bool| {
            let [mut low, mut high] = [0, self.file_count()];
            while low < high {
                let middle = low.midpoint(high);
                match self.file_key(middle).is_some_and(holds) {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            low
        };
        let start = first(&|key| key < (set, prefix));
        let end = first(&|(other, path)| {
            (other, path) < (set, prefix) || other == set && path.starts_with(prefix)
        });
        start..end
    }

    /// Files without pages, files that were not looked at whole, and those whose text is not certain.
    pub(in crate::search) fn notable_files(&self) -> impl Iterator<Item = u32> {
        self.marked(SKIPPED | CUT | DOUBTFUL)
    }

    /// Files that asked for others.
    pub(in crate::search) fn including_files(&self) -> impl Iterator<Item = u32> {
        self.marked(INCLUDES)
    }

    pub(in crate::search) fn file_set(&self, file: u32) -> Option<u32> {
        u32_at(self.part(Part::Files), WORDS * file as usize + 2)
    }

    fn marked(&self, marks: u32) -> impl Iterator<Item = u32> {
        let files = self.part(Part::Files);
        (0..self.file_count()).filter(move |file| {
            let own = u32_at(files, WORDS * *file as usize + 3);
            own.is_some_and(|own| own & marks != 0)
        })
    }

    fn file_bytes(&self, file: u32) -> Option<&[u8]> {
        let at = u64_at(self.part(Part::Files), WORDS / 2 * file as usize)?;
        self.part(Part::FileRecords)
            .get(usize::try_from(at).ok()?..)
    }
}

/// Writes files in the order of sets and paths.
pub(in crate::search) struct FileWriter {
    table: PartWriter,
    records: PartWriter,
}

impl FileWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            table: PartWriter::create(folder, Part::Files)?,
            records: PartWriter::create(folder, Part::FileRecords)?,
        })
    }

    pub(in crate::search) fn add(&mut self, set: u32, file: &FileRecord) -> io::Result<()> {
        let mark = |holds: bool, mark| if holds { mark } else { 0 };
        let marks = mark(matches!(file.outcome, Outcome::Skipped(_)), SKIPPED)
            | mark(file.cut, CUT)
            | mark(file.doubt.is_some(), DOUBTFUL)
            | mark(!file.includes.is_empty(), INCLUDES);
        self.table.write(&self.records.position().to_le_bytes())?;
        self.table.numbers(&[set, marks])?;
        let record = postcard::to_stdvec(file).map_err(io::Error::other)?;
        self.records.write(&record)
    }

    pub(in crate::search) fn finish(self) -> io::Result<Vec<Sealed>> {
        Ok(vec![self.table.finish()?, self.records.finish()?])
    }
}
