//! What a generation of the index knows of its pages and files without asking tantivy.

use crate::{
    config::Generator,
    corpus::{Skip, Stamp},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    os::unix::fs::MetadataExt as _,
    path::Path,
    time::SystemTime,
};

/// A page's number for as long as it stands in the index unchanged.
pub(super) type PageId = u64;

/// All pages, in the order of sets and paths: kept in memory while serving.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Catalog {
    /// Names and descriptions are those of the settings in force.
    #[serde(skip)]
    pub(super) sets: Vec<CatalogSet>,
    pub(super) pages: Vec<CatalogPage>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct CatalogSet {
    pub(super) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CatalogPage {
    pub(super) id: PageId,
    /// Position among the sets.
    pub(super) set: usize,
    pub(super) path: String,
    pub(super) title: String,
    /// Where its source says that it is published.
    pub(super) permalink: Option<String>,
    pub(super) sections: usize,
    /// Other pages that link to this one.
    pub(super) inbound: u32,
}

/// What was read to build a generation: decides what the next one must read again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// What determines how a file's text is read and indexed.
    pub(super) recipe: String,
    /// The generators of the sets, which determine the URLs of pages.
    #[serde(default)]
    pub(super) generators: Vec<Generator>,
    /// Tells whether the root of each set is still the same folder; `None` where it was missing.
    #[serde(default)]
    pub(super) roots: Vec<Option<RootMark>>,
    /// What determines which files of each set are read.
    #[serde(default)]
    pub(super) selections: Vec<String>,
    /// The addresses by which pages link to their own set.
    #[serde(default)]
    pub(super) link_bases: Vec<Option<String>>,
    /// Of sets that keep the pages they had.
    #[serde(default)]
    pub(super) losses: Vec<KeptLoss>,
    pub(super) next_id: PageId,
    pub(super) files: Vec<ReadFile>,
    /// Sizes of the index's files, to tell a generation that was cut off.
    pub(super) sizes: Vec<(String, u64)>,
    /// Checksums of those files that tantivy keeps none of.
    pub(super) checksums: Vec<(String, u64)>,
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
    /// Position of the set.
    pub(super) set: usize,
    /// Pages that are kept.
    pub(super) before: usize,
    /// Pages that were found.
    pub(super) after: usize,
    /// Tells whether the files of the set are still those that were found.
    pub(super) files: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ReadFile {
    pub(super) set: usize,
    pub(super) path: String,
    pub(super) stamp: Stamp,
    /// Files that it asked for to include them, as they were; `None`: not there.
    pub(super) includes: Vec<(String, Option<Stamp>)>,
    pub(super) outcome: Outcome,
    /// A page of it has more headings or links than are looked at.
    #[serde(default)]
    pub(super) cut: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Outcome {
    Pages(Vec<PageId>),
    Skipped(Skip),
}

impl Catalog {
    pub(super) const FILE: &str = "catalog.json";

    /// Puts the pages in order and the same page only once.
    pub(super) fn sort(&mut self) {
        self.pages
            .sort_by(|a, b| (a.set, &a.path, a.id).cmp(&(b.set, &b.path, b.id)));
    }

    pub(super) fn positions(&self) -> HashMap<PageId, u32> {
        (0u32..)
            .zip(&self.pages)
            .map(|(i, page)| (page.id, i))
            .collect()
    }

    pub(super) fn find(&self, set: usize, path: &str) -> Option<usize> {
        let first = self
            .pages
            .partition_point(|page| (page.set, page.path.as_str()) < (set, path));
        let page = self.pages.get(first)?;
        (page.set == set && page.path == path).then_some(first)
    }

    /// The stretch of pages below a folder of a set, `""` being its root.
    pub(super) fn below(&self, set: usize, folder: &str) -> &[CatalogPage] {
        let first = self
            .pages
            .partition_point(|page| (page.set, page.path.as_str()) < (set, folder));
        let rest = &self.pages[first..];
        let len = rest.partition_point(|page| page.set == set && page.path.starts_with(folder));
        &rest[..len]
    }
}

impl Manifest {
    pub(super) const FILE: &str = "manifest.json";
}

/// Writes a value as JSON.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    serde_json::to_writer(&mut out, value)?;
    out.flush()
}

pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    let bytes = fs::read(path)?;
    Ok(serde_json::from_slice(&bytes)?)
}
