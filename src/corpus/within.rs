//! A look at some folders of a set rather than at all of it.

use super::root::{Entries, Identity};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// What of a set is looked at.
#[derive(Debug, Clone, Copy)]
pub enum Within<'a> {
    /// All of it.
    Everything,
    /// Some folders, as all else is as it was at the look that the baseline is of, or has been looked at since.
    Folders(&'a Folders, Baseline),
}

/// What is to be looked at, of all sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// All of it.
    Everything,
    /// These folders: nothing has changed elsewhere. Of a set that has no [`Baseline`], or where a look within
    /// folders does not do, everything.
    Folders(Folders),
}

/// Folders in which something has changed, by their paths without links; those that are not of a set do not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folders {
    direct: BTreeSet<PathBuf>,
    whole: BTreeSet<PathBuf>,
}

/// What a look within folders rests on: what the looks before it have found of the set as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Baseline {
    pub(super) root: Identity,
    /// Tells whether the rules above the root are the same.
    pub(super) rules_above: u64,
    pub(super) room: Room,
}

/// For how much more a set has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// How far a folder is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The files in it.
    Direct,
    /// All below it.
    Whole,
}

impl Folders {
    /// A file in a folder has come, changed or gone.
    pub fn note(&mut self, folder: PathBuf) {
        self.direct.insert(folder);
    }

    /// A folder has come, or is gone, with all that it holds.
    pub fn note_whole(&mut self, folder: PathBuf) {
        self.whole.insert(folder);
    }

    /// Those of both.
    pub fn append(&mut self, mut others: Self) {
        self.direct.append(&mut others.direct);
        self.whole.append(&mut others.whole);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.direct.is_empty() && self.whole.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.direct.len() + self.whole.len()
    }

    /// Those that have come or gone with all that they hold.
    pub fn whole(&self) -> impl Iterator<Item = &Path> {
        self.whole.iter().map(PathBuf::as_path)
    }

    /// Whether a folder is looked at, be it as part of another.
    pub fn has(&self, folder: &Path) -> bool {
        self.direct.contains(folder) || self.is_new(folder)
    }

    /// Whether a folder, or one above it, has come, or is gone, with all that it holds.
    pub fn is_new(&self, folder: &Path) -> bool {
        folder.ancestors().any(|above| self.whole.contains(above))
    }

    /// Those of the set with this root, by their paths below it, each once.
    pub(super) fn below(&self, root: &Path) -> Vec<(PathBuf, Depth)> {
        let whole = self.whole.iter().filter(|folder| {
            let above = folder.parent();
            !above.is_some_and(|above| self.is_new(above))
        });
        let direct = self.direct.iter().filter(|folder| !self.is_new(folder));
        let whole = whole.map(|folder| (folder, Depth::Whole));
        let direct = direct.map(|folder| (folder, Depth::Direct));
        whole
            .chain(direct)
            .filter_map(|(folder, depth)| Some((folder.strip_prefix(root).ok()?.to_owned(), depth)))
            .collect()
    }
}

/// What of a set has been looked at.
#[derive(Debug, Default)]
pub(super) struct Looked(BTreeMap<String, Extent>);

#[derive(Debug)]
enum Extent {
    Whole,
    /// All but what is in these folders.
    Direct(Entries),
}

impl Looked {
    pub(super) fn note_whole(&mut self, folder: &Path) {
        let folder = folder.to_string_lossy().into_owned();
        self.0.insert(folder, Extent::Whole);
    }

    pub(super) fn note_direct(&mut self, folder: &Path, but: Entries) {
        let folder = folder.to_string_lossy().into_owned();
        self.0.insert(folder, Extent::Direct(but));
    }

    pub(super) fn covers(&self, path: &str) -> bool {
        // Told of the folder in which it stands.
        let path = path.strip_suffix(".git/info/exclude").unwrap_or(path);
        let is_whole = |folder: &str| matches!(self.0.get(folder), Some(Extent::Whole));
        let slashes = path.match_indices('/').map(|(at, _)| &path[..at]);
        if is_whole("") || is_whole(path) || slashes.into_iter().any(is_whole) {
            return true;
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        match self.0.get(folder) {
            Some(Extent::Direct(but)) => but.find(OsStr::new(name)).is_none(),
            Some(Extent::Whole) => true,
            None => false,
        }
    }

    pub(super) fn folders(&self) -> impl Iterator<Item = (&str, Depth)> {
        self.0.iter().map(|(folder, extent)| match extent {
            Extent::Whole => (folder.as_str(), Depth::Whole),
            Extent::Direct(_) => (folder.as_str(), Depth::Direct),
        })
    }
}
