//! The index of one library on disk.
//!
//! ```text
//! <cache>/<library>/lock            held while a new generation is built
//!                   merge-lock      held while segments are put together
//!                   in-use          held by every process that has the index open
//!                   current         the manifest of the current generation; replaced by rename
//!                   segments/NAME/  a segment, named by the hash of what it holds
//!                   segments/building-…, segments/merging-…   what is not complete yet
//! ```
//! A segment never changes. So an update costs what has changed, and a crash leaves the generation before.

use super::manifest::Manifest;
use super::segment::hash;
use super::store_error::StoreError;
use super::unused;
use crate::durable;
use std::{
    fs::{self, File},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

const CURRENT: &str = "current";
const LOCK: &str = "lock";
const MERGE_LOCK: &str = "merge-lock";
const SEGMENTS: &str = "segments";
const BUILDING: &str = "building-";
const MERGING: &str = "merging-";
/// What earlier versions kept their indexes in.
const EARLIER: &str = "gen-";
const LOCK_ATTEMPTS: usize = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// A longer manifest is none of ours.
const MAX_MANIFEST: u64 = 64 << 20;

/// The folder of one library's index.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    folder: PathBuf,
    /// Tells others that the index is in use; `None` where the folder cannot be written.
    _in_use: Option<Arc<File>>,
}

/// Held by the one process that builds a generation; let go when dropped.
#[derive(Debug)]
pub(super) struct BuildLock {
    _file: File,
}

/// Held by the one process that puts segments together; let go when dropped.
#[derive(Debug)]
pub(super) struct MergeLock {
    _file: File,
}

/// A folder for what is being written; removed with what is left in it when dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is removed before it is used again.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the index says of itself.
#[derive(Debug)]
pub(super) enum Current {
    Manifest(Manifest),
    /// It was made by an earlier version.
    Earlier,
    Damaged,
    /// It cannot be read at the moment.
    Unreadable(io::Error),
    /// There has never been one.
    Nothing,
}

impl Shelf {
    /// # Errors
    /// Where the folder cannot be made or written.
    pub(super) fn at(folder: PathBuf) -> Result<Self, StoreError> {
        let refused = |source| StoreError::Cache {
            path: folder.clone(),
            source,
        };
        own_folder(&folder).map_err(refused)?;
        let mut in_use = unused::mark_used(&folder).ok();
        if !folder.exists() {
            // Another process has just removed the index as unused.
            in_use = own_folder(&folder)
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

    /// `None` where another process is putting segments together.
    pub(super) fn lock_merge(&self) -> Option<MergeLock> {
        let file = File::create(self.folder.join(MERGE_LOCK)).ok()?;
        // Who removes what is left behind holds it for a moment.
        for _ in 0..LOCK_ATTEMPTS {
            if file.try_lock().is_ok() {
                return Some(MergeLock { _file: file });
            }
            thread::sleep(LOCK_PAUSE);
        }
        None
    }

    pub(super) fn current(&self) -> Current {
        let text = match durable::read_text(&self.folder.join(CURRENT), MAX_MANIFEST) {
            Ok(text) => text,
            Err(error) => {
                return match error.kind() {
                    io::ErrorKind::NotFound if self.is_used() => Current::Damaged,
                    io::ErrorKind::NotFound => Current::Nothing,
                    io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge => Current::Damaged,
                    _ => Current::Unreadable(error),
                };
            }
        };
        if text.starts_with(EARLIER) {
            return Current::Earlier;
        }
        let manifest = text
            .split_once('\n')
            .filter(|(sum, manifest)| *sum == hash(manifest.as_bytes()));
        let manifest = manifest.and_then(|(_, manifest)| serde_json::from_str(manifest).ok());
        manifest.map_or(Current::Damaged, Current::Manifest)
    }

    /// Where the segment with this name is.
    pub(super) fn segment(&self, name: &str) -> PathBuf {
        self.segments().join(name)
    }

    /// A new, empty folder for what is built.
    pub(super) fn building(&self, _lock: &BuildLock) -> Result<Scratch, StoreError> {
        self.scratch(BUILDING)
    }

    /// A new, empty folder for what is merged.
    pub(super) fn merging(&self, _lock: &MergeLock) -> Result<Scratch, StoreError> {
        self.scratch(MERGING)
    }

    fn scratch(&self, prefix: &str) -> Result<Scratch, StoreError> {
        // One at a time, by the locks: what is there is left behind.
        let path = self.segments().join(format!("{prefix}now"));
        let made = remove_if_there(&path).and_then(|()| fs::create_dir_all(&path));
        made.map_err(|source| StoreError::Cache {
            path: path.clone(),
            source,
        })?;
        Ok(Scratch(path))
    }

    /// Gives a complete segment its place. The same one is left where it is if it is of a generation that is sound; else what is
    /// there under its name may have been left behind half-written.
    pub(super) fn place(
        &self,
        folder: &Path,
        name: &str,
        sound: &Manifest,
        _lock: &BuildLock,
    ) -> io::Result<()> {
        let place = self.segment(name);
        if sound.segments.iter().any(|known| known.name == name) {
            return fs::remove_dir_all(folder);
        }
        remove_if_there(&place)?;
        fs::rename(folder, place)
    }

    /// Sees new segments onto the disk, makes a generation the current one, in one step, and removes what it has no use for.
    /// A process that has mapped files goes on reading them.
    pub(super) fn publish(
        &self,
        manifest: &Manifest,
        new: &[String],
        lock: &BuildLock,
    ) -> Result<(), StoreError> {
        let swap = || -> io::Result<()> {
            for name in new {
                sync_all(&self.segment(name))?;
            }
            durable::sync_folder(&self.segments())?;
            let manifest = serde_json::to_string(manifest)?;
            let text = format!("{}\n{manifest}", hash(manifest.as_bytes()));
            durable::replace(&self.folder.join(CURRENT), text.as_bytes(), 0o666)
        };
        swap().map_err(|source| StoreError::Cache {
            path: self.folder.clone(),
            source,
        })?;
        self.sweep(manifest, lock);
        Ok(())
    }

    /// Removes what a generation has no use for; what cannot be removed waits for the next time.
    pub(super) fn sweep(&self, manifest: &Manifest, _lock: &BuildLock) {
        let merging = File::create(self.folder.join(MERGE_LOCK));
        let merging = merging.and_then(|file| file.try_lock().map(|()| file).map_err(Into::into));
        let is_merging = merging.is_err();
        let is_kept = |name: &str| {
            manifest.segments.iter().any(|segment| segment.name == name)
                || is_merging && name.starts_with(MERGING)
        };
        for (name, path) in entries(&self.segments()) {
            if !is_kept(&name) {
                let _ = fs::remove_dir_all(path);
            }
        }
        for (name, path) in entries(&self.folder) {
            if name.starts_with(EARLIER) {
                let _ = fs::remove_dir_all(path);
            }
        }
    }

    fn segments(&self) -> PathBuf {
        self.folder.join(SEGMENTS)
    }

    /// Whether there is anything of an index.
    fn is_used(&self) -> bool {
        let of_earlier = entries(&self.folder).any(|(name, _)| name.starts_with(EARLIER));
        let segments = self.segments();
        of_earlier
            || entries(&segments)
                .any(|(name, _)| !name.starts_with(BUILDING) && !name.starts_with(MERGING))
    }
}

/// Waits until the files of a segment are on the disk.
pub(super) fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        File::open(entry?.path())?.sync_all()?;
    }
    durable::sync_folder(folder)
}

fn entries(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| {
        (
            entry.file_name().to_string_lossy().into_owned(),
            entry.path(),
        )
    })
}

fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the folder of an index, which nobody else can look into: what is in it may not be for everybody.
fn own_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}
