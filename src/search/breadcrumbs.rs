//! Where a page stands: the titles of the folders above it.

use super::folders::{folder_name, index_page};
use super::view::View;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Folders that are remembered; beyond that, all are forgotten and looked up anew.
const MAX_FOLDERS: usize = 10_000;

/// Folders above a page that are named: what an index of pages calls a path may have any number.
const MAX_DEPTH: usize = 32;

/// The breadcrumbs of folders that were asked for.
#[derive(Default)]
pub(super) struct Breadcrumbs {
    folders: RwLock<Folders>,
}

#[derive(Default)]
struct Folders {
    count: usize,
    /// By the position of the set, then by path, which ends in `/`.
    of_sets: HashMap<u32, HashMap<String, Arc<Folder>>>,
}

struct Folder {
    /// Titles from the outermost folder to this one.
    titles: Vec<String>,
    /// The page that stands for it.
    index: Option<u32>,
}

impl Breadcrumbs {
    /// Titles of the pages above a page, outermost first.
    pub(super) fn of(&self, view: &View, set: u32, path: &str, page: u32) -> Vec<String> {
        let folders = path.match_indices('/').take(MAX_DEPTH);
        let Some((slash, _)) = folders.last() else {
            return Vec::new();
        };
        let folder = self.folder(view, set, &path[..=slash]);
        let own = usize::from(folder.index == Some(page));
        folder.titles[..folder.titles.len() - own].to_vec()
    }

    fn folder(&self, view: &View, set: u32, path: &str) -> Arc<Folder> {
        if let Some(known) = self.known(set, path) {
            return known;
        }
        let above = path[..path.len() - 1]
            .rfind('/')
            .map(|slash| &path[..=slash]);
        let mut titles = match above {
            Some(above) => self.folder(view, set, above).titles.clone(),
            None => Vec::new(),
        };
        let index = index_page(view, set, path);
        let title = index
            .and_then(|page| view.page(page))
            .map(|(_, _, head)| head.title.to_owned());
        titles.push(title.unwrap_or_else(|| folder_name(path)));
        let folder = Arc::new(Folder { titles, index });
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        if folders.count >= MAX_FOLDERS {
            *folders = Folders::default();
        }
        folders.count += 1;
        let of_set = folders.of_sets.entry(set).or_default();
        of_set.insert(path.to_owned(), Arc::clone(&folder));
        folder
    }

    fn known(&self, set: u32, path: &str) -> Option<Arc<Folder>> {
        let folders = self.folders.read().unwrap_or_else(PoisonError::into_inner);
        folders.of_sets.get(&set)?.get(path).cloned()
    }
}
