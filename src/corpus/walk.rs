//! A walk through the folder of a document set: what is read, and what is passed over with a reason.

use super::descent::{Descent, Told};
use super::folder::SetFolder;
use super::found::{File, Found};
use super::order::outline;
use super::root::{PrivatePaths, RootError, Stamp, real_root};
use super::walk_error::WalkError;
use super::within::{Baseline, Depth, Folders, Looked, Within};
use crate::config::{DocSet, Generator};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a walk has found of a set, besides its files.
#[derive(Debug)]
pub struct Listing {
    folder: Arc<SetFolder>,
    looked: Looked,
    baseline: Option<Baseline>,
}

/// Looks through the folder of a set and tells each file once: honours `.gitignore`, leaves out hidden files and what
/// docent keeps for itself, follows links that stay inside the root, and goes through each folder once.
///
/// The files of a folder come before those of the folders in it, both in the order of their names; what links lead to
/// comes last. Do not rely on more of an order than that. Where the set has no room for more (`max_files`, `max_size`), it ends with
/// the first that is beyond: which one that is changes only as the files before it do.
///
/// [`Within::Folders`] looks at some folders only, and tells of these exactly what a look at everything tells of them. What is
/// known of the set is brought up to date so: whatever is told takes the place of what is known by its path, and
/// whatever else is known and [covered](Listing::covers) is gone. The next look within folders is given the
/// [baseline](Listing::baseline) that this one returns.
///
/// # Errors
/// Where the root cannot be read or is docent's own, or a pattern of the set is none; [`WalkError::Wider`] where what the
/// folders hold may change what is found elsewhere. Then only a look at everything will do, and what
/// has been told is to be forgotten.
pub fn list(
    set: &DocSet,
    private: &PrivatePaths,
    within: Within<'_>,
    each: &mut dyn FnMut(Found),
) -> Result<Listing, WalkError> {
    let opened = Opened::of(set, private)?;
    let mut descent = Descent::new(set, Arc::clone(&opened.folder), Told::Files(each))?;
    match (&opened.file, within) {
        (Some(file), _) => descent.single(file)?,
        (None, Within::Everything) => descent.everything()?,
        (None, Within::Folders(folders, baseline)) => descent.within(folders, baseline)?,
    }
    let (looked, baseline) = descent.finish();
    Ok(Listing {
        folder: opened.folder,
        looked,
        baseline: baseline.filter(|_| opened.file.is_none()),
    })
}

/// Tells the folders that [`list`] goes through, by their paths without links, and those that it cannot: whatever
/// changes what it finds changes in one of them. Each is told before it is looked at, so that whoever watches
/// it from then on misses nothing; one may be told more than once. `each` says whether to go on.
///
/// With `new`, of these folders alone: those that have come with all that they hold.
///
/// # Errors
/// As [`list`].
pub fn folders(
    set: &DocSet,
    private: &PrivatePaths,
    new: Option<&Folders>,
    each: &mut dyn FnMut(&Path) -> bool,
) -> Result<(), WalkError> {
    let opened = Opened::of(set, private)?;
    let mut descent = Descent::new(set, opened.folder, Told::Folders(each))?;
    match (opened.file, new) {
        (Some(file), _) => descent.single(&file),
        (None, None) => descent.everything(),
        (None, Some(new)) => descent.within_new(new),
    }
}

impl Listing {
    /// The pages that the navigation of the set's own site names, in order, by their paths below the root, perhaps without an
    /// extension; empty where the set has none.
    pub fn outline(&self, generator: Generator) -> Vec<String> {
        outline(&self.folder, generator)
    }

    /// A file of the set, to be read though it has not changed.
    pub fn file(&self, path: String, stamp: Stamp) -> File {
        File {
            path,
            stamp,
            folder: Arc::clone(&self.folder),
        }
    }

    /// The stamp of a file that a page may include, as it is now; `None` where there is none.
    pub fn included(&self, path: &str) -> Option<Stamp> {
        self.folder.stamp_of_included(path)
    }

    /// The folder, without links, whose changes tell of a file that a page may include: never one out of
    /// the set, a hidden one, or docent's own.
    pub fn folder_of_included(&self, path: &str) -> Option<PathBuf> {
        self.folder.folder_of_included(path)
    }

    /// Whether a file or folder with this path below the root would have been told if it were there, or passed over.
    pub fn covers(&self, path: &str) -> bool {
        self.looked.covers(path)
    }

    /// The folders below the root of which the look was, each once. Whatever is [covered](Self::covers) lies directly in
    /// one of them, or is one; with `true`, at any depth below it. After a look at everything that is the root, `""`.
    pub fn looked_at(&self) -> impl Iterator<Item = (&str, bool)> {
        let folders = self.looked.folders();
        folders.map(|(folder, depth)| (folder, depth == Depth::Whole))
    }

    /// What a later look within folders of this set rests on; `None`: only a look at everything will do, since
    /// a change in one folder may change what is found in another (links, sources of a built site), or
    /// the set is full.
    pub fn baseline(&self) -> Option<Baseline> {
        self.baseline
    }
}

/// The folder of a set, opened, and its one file where the set is a file.
pub(super) struct Opened {
    pub(super) folder: Arc<SetFolder>,
    pub(super) file: Option<std::ffi::OsString>,
}

impl Opened {
    pub(super) fn of(set: &DocSet, private: &PrivatePaths) -> Result<Self, WalkError> {
        let (root, is_folder) = real_root(&set.root).map_err(|source| WalkError::Root {
            root: set.root.clone(),
            source,
        })?;
        let (folder, file) = match (is_folder, root.parent(), root.file_name()) {
            (false, Some(folder), Some(file)) => (folder, Some(file.to_owned())),
            _ => (root.as_path(), None),
        };
        let opened = SetFolder::open(folder, private, file.is_some());
        let folder = opened.map_err(|error| match error {
            RootError::Unreadable(source) => WalkError::Root {
                root: set.root.clone(),
                source,
            },
            RootError::Private(holder) => WalkError::own(set, holder),
        })?;
        Ok(Self {
            folder: Arc::new(folder),
            file,
        })
    }
}
