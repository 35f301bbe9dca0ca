//! A generation of the index: which segments it is made of, what is gone of them, and what they were made from.

use crate::corpus::{Frame, Sample, Site};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fs, os::unix::fs::MetadataExt as _, path::Path, time::SystemTime};

/// Grows with what is kept in segments, and with how documents become terms.
pub(super) const FORMAT: u32 = 21;

/// What a generation is made of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) number: u64,
    /// What determines how a file's text is read and indexed.
    pub(super) recipe: String,
    /// In the order of the configuration.
    pub(super) sets: Vec<KnownSet>,
    /// The large one first.
    pub(super) segments: Vec<KnownSegment>,
}

impl Manifest {
    /// Whether it names each segment once, and one large one, the first.
    pub(super) fn is_consistent(&self) -> bool {
        let names: HashSet<&str> = self
            .segments
            .iter()
            .map(|segment| segment.name.as_str())
            .collect();
        let mut large = self.segments.iter().map(|segment| segment.is_large);
        names.len() == self.segments.len()
            && large.next() == Some(true)
            && !large.any(|is_large| is_large)
    }
}

/// A number that no generation has had: also where what there was is thrown away.
pub(super) fn next_number(before: &Manifest) -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0));
    now.max(before.number + 1)
}

/// What is known of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownSet {
    /// Determines how pages are read, and their URLs.
    pub(super) site: Site,
    /// Tells whether the root is still the same folder; `None` where it was missing.
    pub(super) root: Option<RootMark>,
    /// What determines which files are read.
    pub(super) selection: String,
    /// The address by which pages link to their own set, as the large segment's links were followed.
    pub(super) link_base: Option<String>,
    /// The pages that the navigation of its site names, in order; see [`crate::corpus::Listing::outline`].
    pub(super) outline: Vec<String>,
    /// It keeps the pages that it had.
    pub(super) loss: Option<KeptLoss>,
    /// What its pages have around their own text, which is left out of them.
    pub(super) frame: KnownFrame,
}

/// The frame of a set, and whose it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownFrame {
    /// The files whose pages have been compared; `None`: some have gone since.
    pub(super) sample: Option<Sample>,
    pub(super) frame: Frame,
}

/// A segment of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownSegment {
    pub(super) name: String,
    /// All links were followed for it, and scores are relative to it.
    pub(super) is_large: bool,
    /// Its pages that were replaced or removed since, in order.
    pub(super) pages_gone: Vec<u32>,
    /// The same of its files.
    pub(super) files_gone: Vec<u32>,
}

/// What another folder in the place of a set's root differs in, even where its files have the sizes and times
/// of those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RootMark {
    inode: u64,
    /// When it was made, where the file system knows it.
    born: Option<SystemTime>,
}

impl RootMark {
    pub(super) fn of(root: &Path) -> Option<Self> {
        let metadata = fs::metadata(root).ok()?;
        Some(Self {
            inode: metadata.ino(),
            born: metadata.created().ok(),
        })
    }
}

/// A set that keeps the pages it had, because too few are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptLoss {
    /// Pages that are kept.
    pub(super) before: usize,
    /// Pages that were found.
    pub(super) after: usize,
    /// Tells whether the files of the set are still those that were found.
    pub(super) files: u64,
}
