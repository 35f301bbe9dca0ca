//! The folder of a document set, and what of it may be read.

use super::document::Skip;
use super::root::{Located, LocatedFile, PrivatePaths, Root, RootError, Stamp};
use super::rules::{LONGEST, RuleFile, Rules, is_hidden, read_exclude};
use std::{
    collections::HashMap,
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The folder of a document set, opened.
#[derive(Debug)]
pub(super) struct SetFolder {
    root: Root,
    /// Of the folders that have been asked about, by their paths below the root.
    rules: Mutex<HashMap<PathBuf, Arc<Rules>>>,
    above: Arc<Rules>,
    /// The set is a single file of the folder: no other is read.
    is_single: bool,
}

impl SetFolder {
    pub(super) fn open(
        path: &Path,
        private: &PrivatePaths,
        is_single: bool,
    ) -> Result<Self, RootError> {
        Ok(Self {
            root: Root::open(path, private)?,
            rules: Mutex::default(),
            above: Rules::above(path),
            is_single,
        })
    }

    pub(super) fn root(&self) -> &Root {
        &self.root
    }

    /// Whether the set is a single file of it.
    pub(super) fn is_single(&self) -> bool {
        self.is_single
    }

    /// All of a page, with the stamp it had before it was read.
    pub(super) fn page(&self, path: &str, limit: u64) -> Result<(Vec<u8>, Stamp), Skip> {
        let path = Path::new(path);
        let located = self.root.locate_next(path)?;
        self.linked_file(path, located)?.read(limit)
    }

    /// The first bytes of a page, with its stamp.
    pub(super) fn beginning(&self, path: &str, most: usize) -> Result<(Vec<u8>, Stamp), Skip> {
        let path = Path::new(path);
        let located = self.root.locate_next(path)?;
        self.linked_file(path, located)?.beginning(most)
    }

    /// All of a file that a page includes, with the stamp it had before it was read. Files that
    /// `exclude` names are no pages, but are made to be included.
    pub(super) fn included(&self, path: &str, limit: u64) -> Result<(Vec<u8>, Stamp), Skip> {
        self.included_file(path)?.read(limit)
    }

    /// The stamp of a file that a page may include; `None` where there is none.
    pub(super) fn stamp_of_included(&self, path: &str) -> Option<Stamp> {
        self.included_file(path).ok()?.stamp().ok()
    }

    /// The folder whose changes tell of a file that a page may include: its own, or where that is not
    /// there or may not be shown, the nearest above that is and may.
    pub(super) fn folder_of_included(&self, path: &str) -> Option<PathBuf> {
        if self.is_single {
            return None;
        }
        let mut folders = Path::new(path).ancestors().skip(1);
        folders.find_map(|folder| {
            if self.passes_over(folder, true, is_hidden) {
                return None;
            }
            let located = self.root.locate(folder).ok()?;
            self.admit_target(folder, &located).ok()?;
            let is_folder = matches!(located, Located::Folder(_));
            is_folder.then(|| self.root.path().join(located.path()))
        })
    }

    fn included_file(&self, path: &str) -> Result<LocatedFile<'_>, Skip> {
        let path = Path::new(path);
        if self.is_single || self.passes_over(path, false, is_hidden) {
            return Err(Skip::Hidden);
        }
        self.linked_file(path, self.root.locate(path)?)
    }

    /// A file, or the file that a link leads to.
    fn linked_file<'a>(&self, path: &Path, located: Located<'a>) -> Result<LocatedFile<'a>, Skip> {
        self.admit_target(path, &located)?;
        match located {
            Located::File(file) => Ok(file),
            Located::Folder(_) => Err(Skip::Unreadable {
                reason: "a folder".to_owned(),
            }),
        }
    }

    /// A link shows nothing that is not shown under its own name.
    pub(super) fn admit_target(&self, path: &Path, located: &Located<'_>) -> Result<(), Skip> {
        let target = located.path();
        let is_folder = matches!(located, Located::Folder(_));
        if target != path && self.passes_over(&target, is_folder, is_hidden_target) {
            return Err(Skip::Hidden);
        }
        Ok(())
    }

    /// Whether a path, or one above it, is hidden or ignored.
    fn passes_over(&self, path: &Path, is_folder: bool, is_hidden: fn(&OsStr) -> bool) -> bool {
        let mut here = PathBuf::new();
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            let Component::Normal(name) = part else {
                return true;
            };
            let rules = self.rules_of(&here);
            here.push(name);
            let is_folder = is_folder || parts.peek().is_some();
            if is_hidden(name) || rules.ignore(&self.root.path().join(&here), is_folder) {
                return true;
            }
        }
        false
    }

    /// The rules for what a folder holds.
    pub(super) fn rules_of(&self, folder: &Path) -> Arc<Rules> {
        let known = |rules: &Mutex<HashMap<PathBuf, Arc<Rules>>>| {
            let rules = rules.lock().unwrap_or_else(PoisonError::into_inner);
            rules.get(folder).cloned()
        };
        if let Some(rules) = known(&self.rules) {
            return rules;
        }
        let above = match folder.parent() {
            Some(parent) => self.rules_of(parent),
            None => Arc::clone(&self.above),
        };
        let rules = self.read_rules(folder, &above, &RuleFile::ALL, &mut |_, _| ());
        let mut known = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(folder.to_owned(), Arc::clone(&rules));
        rules
    }

    /// Reads the rules of a folder, those in `files`. Tells of what cannot be followed.
    pub(super) fn read_rules(
        &self,
        folder: &Path,
        above: &Arc<Rules>,
        files: &[RuleFile],
        refused: &mut dyn FnMut(&Path, Skip),
    ) -> Arc<Rules> {
        let read = |file: RuleFile| {
            if self.is_single || !files.contains(&file) {
                return Ok(None);
            }
            let path = folder.join(file.path());
            match self.root.find(&path) {
                Ok(Some(Located::File(found))) => Ok(Some(found.read(LONGEST)?.0)),
                Ok(_) | Err(Skip::Unreadable { .. }) if file == RuleFile::GitExclude => {
                    // Most folders have none. The root may be a worktree, whose `.git` is a file.
                    match folder.as_os_str().is_empty() {
                        true => {
                            read_exclude(Path::new(""), |path| self.root.read_apart(path, LONGEST))
                        }
                        false => Ok(None),
                    }
                }
                Ok(_) => Ok(None),
                // A repository that is elsewhere is one of somebody else's.
                Err(reason) if file == RuleFile::GitExclude => {
                    refused(&path, reason);
                    Ok(None)
                }
                Err(reason) => Err(reason),
            }
        };
        let rules = above.with(&self.root.path().join(folder), read);
        if !Arc::ptr_eq(&rules, above) {
            let mut known = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(folder.to_owned(), Arc::clone(&rules));
        }
        rules
    }

    /// The rules that folders above the root make.
    pub(super) fn rules_above(&self) -> &Arc<Rules> {
        &self.above
    }
}

fn is_hidden_target(name: &OsStr) -> bool {
    is_hidden(name) && !is_of_a_volume(name.as_bytes())
}

/// Kubernetes mounts a volume as links to `..data/`, which is a link to `..2026_01_31_10_00_00.123/`.
fn is_of_a_volume(name: &[u8]) -> bool {
    const DAY_AND_TIME: &[u8] = b"..0000_00_00_00_00_00.";
    let is_like = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        form => byte == form,
    };
    if name == b"..data" {
        return true;
    }
    match name.split_at_checked(DAY_AND_TIME.len()) {
        Some((start, number)) => {
            start.iter().zip(DAY_AND_TIME).all(is_like)
                && !number.is_empty()
                && number.iter().all(u8::is_ascii_digit)
        }
        None => false,
    }
}
