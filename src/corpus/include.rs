//! The files that one page includes, whatever its format: how many, and which have been asked for.

use super::decode::decode;
use super::folder::SetFolder;
use super::root::Stamp;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    path::{Component, Path},
};

/// How many other files one file may include, snippets of snippets counted.
const MAX_READ: usize = 64;
/// How many it may ask for, found or not: each is looked for again at every update.
const MAX_ASKED: usize = 256;

/// A file that a page has asked for, there or not: where it changes, so does the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// Path below the root of the set.
    pub path: String,
    /// What it was before it was read; `None`: not there, or not to be included.
    pub stamp: Option<Stamp>,
}

/// Answers what a page asks for, and keeps account of it.
pub(super) struct Includes<'a> {
    folder: &'a SetFolder,
    /// Largest file, in bytes.
    limit: u64,
    read: Cell<usize>,
    asked: RefCell<BTreeMap<String, Option<Stamp>>>,
}

impl<'a> Includes<'a> {
    pub(super) fn new(folder: &'a SetFolder, limit: u64) -> Self {
        Self {
            folder,
            limit,
            read: Cell::new(0),
            asked: RefCell::default(),
        }
    }

    /// The text of a file, named relative to the root of the set; `None` where there is none that may
    /// be included.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let path = path.trim_start_matches('/');
        let is_plain = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !is_plain || path.is_empty() || path.contains('\0') {
            return None;
        }
        let mut asked = self.asked.borrow_mut();
        match asked.get(path) {
            Some(None) => return None,
            None if asked.len() >= MAX_ASKED => return None,
            _ => {}
        }
        if self.read.get() >= MAX_READ {
            return None;
        }
        let found = self.folder.included(path, self.limit);
        let stamp = match &found {
            Ok((_, stamp)) => Some(*stamp),
            // Too large, say: what it is now must not be taken for news later.
            Err(_) => self.folder.stamp_of_included(path),
        };
        asked.entry(path.to_owned()).or_insert(stamp);
        let (bytes, _) = found.ok()?;
        self.read.set(self.read.get() + 1);
        decode(path, bytes).ok().map(|(text, _)| text)
    }

    /// All that has been asked for.
    pub(super) fn into_asked(self) -> Vec<Included> {
        let asked = self.asked.into_inner().into_iter();
        asked
            .map(|(path, stamp)| Included { path, stamp })
            .collect()
    }
}
