//! A few pages in three states, one after another, and what an index of each must answer.

use super::folder::paths;
use docent::{
    config::{DocSet, SearchSettings},
    search::{Query, Snapshot, Store},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Pages that are the same in all states.
const STEADY: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Old,
    New,
    /// What comes after whatever has gone wrong.
    Later,
}

impl State {
    const ALL: [Self; 3] = [Self::Old, Self::New, Self::Later];

    /// Pages with the words that only they have.
    fn pages(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Old => &[
                ("changing.md", "amberfish"),
                ("going.md", "oxeyeheron"),
                ("moved/from.md", "wandergull"),
            ],
            Self::New => &[
                ("changing.md", "bluethroat"),
                ("coming.md", "ivorypetrel"),
                ("moved/to.md", "wandergull"),
            ],
            Self::Later => &[
                ("changing.md", "crimsonrail"),
                ("coming.md", "ivorypetrel"),
                ("moved/to.md", "wandergull"),
                ("last.md", "lapwingking"),
            ],
        }
    }
}

/// A folder with documents and an index.
#[derive(Debug, Clone)]
pub(crate) struct Scene(PathBuf);

impl Scene {
    /// With no documents yet.
    pub(crate) fn new(folder: &Path) -> Self {
        let scene = Self(folder.to_owned());
        fs::create_dir_all(scene.docs()).expect("a folder for documents");
        fs::create_dir_all(scene.cache()).expect("a folder for the index");
        for number in 0..STEADY {
            let next = (number + 1) % STEADY;
            let text = format!(
                "# Page {number}\n\nAbout steadytopic{number}.\n\nRead the [page on step {next}](page-{next}.md) next, and [what changes](changing.md).\n"
            );
            let file = scene.docs().join(format!("page-{number}.md"));
            if fs::read_to_string(&file).ok().as_ref() != Some(&text) {
                fs::write(file, text).expect("a page");
            }
        }
        scene
    }

    pub(crate) fn docs(&self) -> PathBuf {
        self.0.join("docs")
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    pub(crate) fn store(&self) -> Store {
        self.try_store().expect("a store")
    }

    pub(crate) fn try_store(&self) -> Result<Store, docent::search::StoreError> {
        self.try_store_in(&self.cache())
    }

    fn try_store_in(&self, cache: &Path) -> Result<Store, docent::search::StoreError> {
        let set = DocSet::new("docs", fs::canonicalize(self.docs()).expect("the folder"));
        Store::new(cache, vec![set], SearchSettings::default())
    }

    /// Lets the documents be in a state; those that are keep their times.
    pub(crate) fn enter(&self, state: State) {
        for other in State::ALL {
            for (path, _) in other.pages() {
                if state.pages().iter().all(|(own, _)| own != path) {
                    let _ = fs::remove_file(self.docs().join(path));
                }
            }
        }
        for (path, word) in state.pages() {
            let file = self.docs().join(path);
            let text = format!(
                "# Title of {path}\n\nAll about {word}.\n\nSee also [page 3](page-3.md) on {word}.\n"
            );
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            if fs::read_to_string(&file).ok().as_ref() != Some(&text) {
                fs::write(file, text).expect("a page");
            }
        }
    }

    /// The index of a state, made from nothing in another folder.
    pub(crate) fn fresh(&self, cache: &Path) {
        let store = self.try_store_in(cache).expect("a store");
        store.update(false, &|_| ()).expect("an index");
    }
}

/// Why an index is not that of a state, if it is not.
pub(crate) fn fault(snapshot: &Snapshot, state: State) -> Option<String> {
    let ids: BTreeSet<_> = snapshot.pages().map(|page| page.path).collect();
    let mut expected: BTreeSet<_> = (0..STEADY).map(|it| format!("page-{it}.md")).collect();
    expected.extend(state.pages().iter().map(|(path, _)| (*path).to_owned()));
    if ids != expected {
        return Some(format!("{state:?} has {expected:?}, not {ids:?}"));
    }
    for number in 0..STEADY {
        let path = format!("page-{number}.md");
        let found = paths(snapshot, &format!("steadytopic{number}"));
        if found.first() != Some(&path) {
            return Some(format!("steadytopic{number} finds {found:?}"));
        }
    }
    for other in State::ALL {
        for (path, word) in other.pages() {
            let is_own = state.pages().iter().any(|(_, own)| own == word);
            let found = paths(snapshot, word);
            if is_own && other == state && found.first().is_none_or(|first| first != path) {
                return Some(format!("{word} is in {path}, and finds {found:?}"));
            }
            // A page that was linked to with the word may be found by it until segments are merged, but nobody shows the word.
            let hits = snapshot
                .search(&Query::new(*word))
                .map(|answer| answer.hits);
            let shown = format!("{hits:?}");
            if !is_own && shown.contains(word) {
                return Some(format!("{word} is nowhere, and finds {shown}"));
            }
        }
    }
    for path in &ids {
        match snapshot.page(&format!("docs/{path}")) {
            Ok(Some(page)) if !page.sections.is_empty() => {}
            other => return Some(format!("{path} reads {other:?}")),
        }
    }
    None
}

/// # Panics
/// Where an index is not that of a state.
#[track_caller]
pub(crate) fn assert_whole(snapshot: &Snapshot, state: State, when: &str) {
    if let Some(fault) = fault(snapshot, state) {
        panic!("{when}: {fault}");
    }
}

/// Files in a cache directory, whatever the names of segments and the number of the generation.
pub(crate) fn files(cache: &Path) -> Vec<String> {
    fn below(cache: &Path, folder: &Path, files: &mut Vec<String>) {
        for entry in fs::read_dir(folder)
            .expect("a folder of the index")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                below(cache, &path, files);
                continue;
            }
            let path = path.strip_prefix(cache).expect("it is below");
            let parts = path.iter().map(|part| {
                let part = part.to_string_lossy();
                let is_hash = part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
                if is_hash { "HASH".into() } else { part }
            });
            files.push(parts.collect::<Vec<_>>().join("/"));
        }
    }
    let mut files = Vec::new();
    below(cache, cache, &mut files);
    files.sort();
    files
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("a file to copy");
        }
    }
}
