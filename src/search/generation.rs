//! Generations of the index on disk: each a folder of its own, one of them current.
//!
//! ```text
//! <cache>/<library>/lock            held while a new generation is built
//!                   in-use          held by every process that has the index open
//!                   current         names the current generation; replaced by rename
//!                   gen-12/         pages/ pieces/ links/ passages postings catalog.json manifest.json
//! ```
//! A generation never changes once it is current. The next one starts as hard links to its
//! files, so that an update costs only what has changed, and a crash leaves the current one.

use super::catalog::{Catalog, Manifest, read_json, write_json};
use super::mapped::{checksum, map};
use super::store::StoreError;
use super::unsynced::sync_all;
use super::unused;
use crate::durable;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

const CURRENT: &str = "current";
const LOCK: &str = "lock";
const PREFIX: &str = "gen-";
const INDEXES: [&str; 3] = ["pages", "pieces", "links"];
const PASSAGES: &str = "passages";
const POSTINGS: &str = "postings";

/// The folder of one library's generations.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    folder: PathBuf,
    /// Tells others that the index is in use; `None` where the folder cannot be written.
    _in_use: Option<Arc<File>>,
}

/// One generation's folder.
#[derive(Debug, Clone)]
pub(super) struct Generation {
    pub(super) number: u64,
    folder: PathBuf,
}

/// Held by the one process that builds a generation; let go when dropped.
#[derive(Debug)]
pub(super) struct BuildLock {
    _file: File,
}

impl Shelf {
    /// # Errors
    /// Where the folder cannot be made or written.
    pub(super) fn at(folder: PathBuf) -> Result<Self, StoreError> {
        fs::create_dir_all(&folder).map_err(|source| StoreError::Cache {
            path: folder.clone(),
            source,
        })?;
        let mut in_use = unused::mark_used(&folder).ok();
        if !folder.exists() {
            // Another process has just removed the index as unused.
            in_use = fs::create_dir_all(&folder)
                .and_then(|()| unused::mark_used(&folder))
                .ok();
        }
        Ok(Self {
            folder,
            _in_use: in_use.map(Arc::new),
        })
    }

    /// Removes indexes beside this one, see [`unused::remove_beside`].
    pub(super) fn remove_unused_beside(&self, idle: Duration) -> Vec<String> {
        unused::remove_beside(&self.folder, idle)
    }

    /// Waits until no other process builds.
    pub(super) fn lock(&self) -> Result<BuildLock, StoreError> {
        let path = self.folder.join(LOCK);
        let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
        let file = locked.map_err(|source| StoreError::Cache { path, source })?;
        Ok(BuildLock { _file: file })
    }

    pub(super) fn current(&self) -> Option<Generation> {
        let name = fs::read_to_string(self.folder.join(CURRENT)).ok()?;
        let number = name.trim().strip_prefix(PREFIX)?.parse().ok()?;
        Some(self.generation(number))
    }

    /// Whether a generation was ever current here.
    pub(super) fn is_used(&self) -> bool {
        self.folder.join(CURRENT).exists() || self.generations().next().is_some()
    }

    /// A new, empty folder for the generation after the current one.
    pub(super) fn next(&self, _lock: &BuildLock) -> Result<Generation, StoreError> {
        let number = self.current().map_or(1, |current| current.number + 1);
        let generation = self.generation(number);
        let made = remove_if_there(&generation.folder).and_then(|()| {
            INDEXES
                .iter()
                .try_for_each(|name| fs::create_dir_all(generation.folder.join(name)))
        });
        made.map_err(|source| StoreError::Cache {
            path: generation.folder.clone(),
            source,
        })?;
        Ok(generation)
    }

    /// Sees a generation onto the disk, makes it the current one, in one step, and removes all
    /// others. A process that has mapped the files of one goes on reading them.
    pub(super) fn publish(
        &self,
        generation: &Generation,
        _lock: &BuildLock,
    ) -> Result<(), StoreError> {
        let swap = || -> io::Result<()> {
            sync_all(&generation.folder)?;
            let current = self.folder.join(CURRENT);
            durable::replace(&current, generation.name().as_bytes(), 0o666)
        };
        swap().map_err(|source| StoreError::Cache {
            path: self.folder.clone(),
            source,
        })?;
        self.sweep(generation.number);
        Ok(())
    }

    /// Gives up a generation that was not published.
    pub(super) fn discard(&self, generation: &Generation) {
        let _ = remove_if_there(&generation.folder);
    }

    /// Removes the generations that are not current; one that cannot be removed waits for the next sweep.
    fn sweep(&self, keep: u64) {
        for generation in self.generations().filter(|other| other.number != keep) {
            self.discard(&generation);
        }
    }

    /// All that are there, the current one and what is left behind.
    fn generations(&self) -> impl Iterator<Item = Generation> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(PREFIX)?.parse().ok()?;
            Some(self.generation(number))
        })
    }

    fn generation(&self, number: u64) -> Generation {
        Generation {
            number,
            folder: self.folder.join(format!("{PREFIX}{number}")),
        }
    }
}

impl Generation {
    pub(super) fn pages(&self) -> PathBuf {
        self.folder.join("pages")
    }

    pub(super) fn pieces(&self) -> PathBuf {
        self.folder.join("pieces")
    }

    pub(super) fn links(&self) -> PathBuf {
        self.folder.join("links")
    }

    /// What searches show.
    pub(super) fn passages(&self) -> PathBuf {
        self.folder.join(PASSAGES)
    }

    /// What searches look words up in.
    pub(super) fn postings(&self) -> PathBuf {
        self.folder.join(POSTINGS)
    }

    fn name(&self) -> String {
        format!("{PREFIX}{}", self.number)
    }

    /// Starts from an older generation's pages and pieces, without copying their contents.
    pub(super) fn start_from(&self, older: &Generation) -> io::Result<()> {
        for index in ["pages", "pieces"] {
            for entry in fs::read_dir(older.folder.join(index))? {
                let entry = entry?;
                let name = entry.file_name();
                let to = self.folder.join(index).join(&name);
                let text = name.to_string_lossy();
                if text.ends_with(".lock") {
                    continue;
                }
                // What tantivy rewrites is copied, what it only ever adds is shared.
                if text.ends_with(".json") {
                    fs::copy(entry.path(), to)?;
                } else {
                    fs::hard_link(entry.path(), to)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn catalog(&self) -> io::Result<Catalog> {
        read_json(&self.folder.join(Catalog::FILE))
    }

    pub(super) fn manifest(&self) -> io::Result<Manifest> {
        read_json(&self.folder.join(Manifest::FILE))
    }

    /// Writes what completes a generation; its indexes are committed before.
    pub(super) fn complete(&self, catalog: &Catalog, mut manifest: Manifest) -> io::Result<()> {
        write_json(&self.folder.join(Catalog::FILE), catalog)?;
        manifest.sizes = self.sizes()?;
        manifest.checksums = self.checksums()?;
        write_json(&self.folder.join(Manifest::FILE), &manifest)
    }

    /// Whether all files are there in the sizes that they were written in.
    pub(super) fn is_whole(&self, manifest: &Manifest) -> bool {
        self.sizes().is_ok_and(|sizes| sizes == manifest.sizes)
    }

    /// Whether the files that tantivy does not know of are as they were written.
    pub(super) fn is_sound(&self, manifest: &Manifest) -> bool {
        self.checksums()
            .is_ok_and(|sums| sums == manifest.checksums)
    }

    fn checksums(&self) -> io::Result<Vec<(String, u64)>> {
        let sum = |name: &str| Ok((name.to_owned(), checksum(&map(&self.folder.join(name))?)));
        [PASSAGES, POSTINGS].into_iter().map(sum).collect()
    }

    fn sizes(&self) -> io::Result<Vec<(String, u64)>> {
        let mut sizes = Vec::new();
        for file in [Catalog::FILE, PASSAGES, POSTINGS] {
            sizes.push((file.to_owned(), fs::metadata(self.folder.join(file))?.len()));
        }
        for index in INDEXES {
            for entry in fs::read_dir(self.folder.join(index))? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if !name.ends_with(".lock") {
                    sizes.push((format!("{index}/{name}"), entry.metadata()?.len()));
                }
            }
        }
        sizes.sort();
        Ok(sizes)
    }
}

fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
