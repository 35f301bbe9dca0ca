//! A folder of documents with an index of its own.

use docent::{
    config::{DocSet, Generator, SearchSettings, Settings},
    search::{Query, Report, Snapshot, Store, StoreError},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

pub(crate) struct Folder {
    docs: TempDir,
    cache: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            docs: tempfile::tempdir().expect("a folder for documents"),
            cache: tempfile::tempdir().expect("a folder for the index"),
        }
    }

    /// A folder of pages `page-0.md`, `page-1.md`, …
    pub(crate) fn with_pages(count: usize) -> Self {
        let folder = Self::new();
        for i in 0..count {
            folder.write(
                &format!("page-{i}.md"),
                format!("# Page {i}\n\nAbout topic{i}.\n"),
            );
        }
        folder
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let location = self.docs().join(path);
        fs::create_dir_all(location.parent().expect("a path in the folder")).expect("a folder");
        fs::write(location, text).expect("a document");
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.docs().join(path)).expect("a document to remove");
    }

    pub(crate) fn docs(&self) -> &Path {
        self.docs.path()
    }

    pub(crate) fn cache(&self) -> &Path {
        self.cache.path()
    }

    /// Every file of the index.
    pub(crate) fn index_files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).expect("a folder of the index") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    files.push(path);
                }
            }
        }
        let mut files = Vec::new();
        walk(self.cache(), &mut files);
        files.sort();
        files
    }

    pub(crate) fn set(&self) -> DocSet {
        DocSet {
            base_url: Some("https://example.com/".into()),
            generator: Generator::Auto,
            max_file_size: 1 << 20,
            ..DocSet::new("docs", fs::canonicalize(self.docs()).expect("the folder"))
        }
    }

    pub(crate) fn store(&self) -> Store {
        self.store_of(self.set())
    }

    pub(crate) fn store_of(&self, set: DocSet) -> Store {
        Store::new(self.cache(), vec![set], SearchSettings::default()).expect("a store")
    }

    /// An index of the documents, with a file of synonyms.
    pub(crate) fn with_synonyms(&self, synonyms: &str) -> Arc<Snapshot> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("docent.toml");
        let text = format!(
            "[search]\nsynonyms = \"words.txt\"\n[[docs]]\npath = {:?}\n",
            self.docs()
        );
        fs::write(&file, text).expect("a configuration");
        fs::write(folder.path().join("words.txt"), synonyms).expect("a file of synonyms");
        let settings = Settings::load(&file).expect("settings");
        let store = Store::new(self.cache(), vec![self.set()], settings.search).expect("a store");
        store.update(false, &|_| ()).expect("an index").0
    }

    pub(crate) fn update(&self) -> (Arc<Snapshot>, Report) {
        self.try_update().expect("an index")
    }

    pub(crate) fn try_update(&self) -> Result<(Arc<Snapshot>, Report), StoreError> {
        self.store().update(false, &|_| ())
    }
}

/// Paths of the pages that answer, best first.
pub(crate) fn paths(snapshot: &Snapshot, query: &str) -> Vec<String> {
    let answer = snapshot.search(&Query::new(query)).expect("an answer");
    answer.hits.into_iter().map(|hit| hit.page.path).collect()
}
