//! Folders that the kernel tells changes of: inotify(7).
//!
//! Each folder is watched by itself, so that only those count that the documents are in. The kernel
//! tells folders apart by device and inode: to watch one again changes nothing, and a new folder in the place
//! of an old one is another one.

use std::{
    collections::{BTreeSet, HashMap},
    ffi::OsStr,
    fs,
    io::{self, ErrorKind},
    os::fd::{AsFd, BorrowedFd},
    path::{Path, PathBuf},
};

use inotify::{Event, EventMask, Inotify, WatchDescriptor, WatchMask};

/// Room for the events that are fetched at once, in bytes.
const BUFFER: usize = 16 * 1024;
/// Hidden files that decide which others are read.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// Watched folders.
pub(super) struct Watches {
    inotify: Inotify,
    folders: HashMap<WatchDescriptor, PathBuf>,
    /// Folders that this user may not read; the log has told of them.
    refused: BTreeSet<PathBuf>,
    is_limit_told: bool,
}

/// What came of an attempt to watch folders.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Coverage {
    /// Some were not watched before: what has changed in them meanwhile is not told.
    pub(super) is_new: bool,
    /// All are watched that this user may read.
    pub(super) is_whole: bool,
}

/// What the kernel has told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Something that may concern documents.
    pub(super) change: bool,
    /// There may be other folders than before.
    pub(super) folders: bool,
}

impl Watches {
    /// # Errors
    /// Where the system watches nothing more for this user.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            inotify: Inotify::init()?,
            folders: HashMap::new(),
            refused: BTreeSet::new(),
            is_limit_told: false,
        })
    }

    /// Watches these folders, and no others any more.
    pub(super) fn set(&mut self, folders: &BTreeSet<PathBuf>) -> Coverage {
        let mask = WatchMask::ATTRIB
            | WatchMask::CLOSE_WRITE
            | WatchMask::CREATE
            | WatchMask::DELETE
            | WatchMask::DELETE_SELF
            | WatchMask::MODIFY
            | WatchMask::MOVE
            | WatchMask::MOVE_SELF
            | WatchMask::ONLYDIR;
        let mut watches = self.inotify.watches();
        let mut watched = HashMap::with_capacity(folders.len());
        let mut refused = BTreeSet::new();
        let mut limit = None;
        for folder in folders {
            match watches.add(folder, mask) {
                Ok(watch) => {
                    watched.insert(watch, folder.clone());
                }
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    refused.insert(folder.clone());
                }
                // The folder above it tells when it comes back.
                Err(error)
                    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => {
                    limit = Some(error);
                    break;
                }
            }
        }
        for watch in self.folders.keys() {
            if !watched.contains_key(watch) {
                // Nothing to remove where the kernel has done so with the folder.
                let _ = watches.remove(watch.clone());
            }
        }
        let coverage = Coverage {
            is_new: watched
                .keys()
                .any(|watch| !self.folders.contains_key(watch)),
            is_whole: limit.is_none(),
        };
        for folder in refused.difference(&self.refused) {
            tracing::warn!(
                folder = %folder.display(),
                "docent may not read this folder: what is in it is neither served nor followed; \
                 give the user that docent runs as the right to read it"
            );
        }
        self.refused = refused;
        if let Some(error) = limit
            && !std::mem::replace(&mut self.is_limit_told, true)
        {
            tracing::warn!(
                %error,
                watched = watched.len(),
                folders = folders.len(),
                "the system does not watch all folders of the documents for changes, so docent looks \
                 again and again; raise its limit: sysctl fs.inotify.max_user_watches=1048576"
            );
        }
        self.folders = watched;
        coverage
    }

    /// What has been told since the last time. Waits for nothing.
    pub(super) fn told(&mut self) -> Told {
        let mut buffer = [0; BUFFER];
        let mut told = Told::default();
        loop {
            match self.inotify.read_events(&mut buffer) {
                Ok(events) => {
                    for event in events {
                        note(&mut self.folders, &event, &mut told);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return told,
                Err(error) => {
                    tracing::debug!(%error, "what has changed cannot be asked");
                    return told;
                }
            }
        }
    }
}

/// Readable when there is something told.
impl AsFd for Watches {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

fn note(folders: &mut HashMap<WatchDescriptor, PathBuf>, event: &Event<&OsStr>, told: &mut Told) {
    let mask = event.mask;
    if mask.contains(EventMask::Q_OVERFLOW) {
        *told = Told {
            change: true,
            folders: true,
        };
        return;
    }
    // What is told late of a folder that is not watched any more concerns nobody.
    let Some(folder) = folders.get(&event.wd) else {
        return;
    };
    let is_gone =
        EventMask::IGNORED | EventMask::UNMOUNT | EventMask::DELETE_SELF | EventMask::MOVE_SELF;
    if mask.intersects(is_gone) {
        told.change = true;
        told.folders = true;
        if mask.contains(EventMask::IGNORED) {
            folders.remove(&event.wd);
        }
        return;
    }
    let name = event.name.unwrap_or_default();
    let decides = IGNORE_FILES.iter().any(|file| name == *file);
    let is_folder = mask.contains(EventMask::ISDIR);
    // Editors and version control keep hidden files, and write to them all the time.
    let is_hidden = name.as_encoded_bytes().starts_with(b".");
    if is_hidden && !decides && !is_folder {
        return;
    }
    told.change = true;
    let appears = mask.intersects(EventMask::CREATE | EventMask::MOVED_TO);
    told.folders |= is_folder || decides || (appears && is_link(&folder.join(name)));
}

/// It may lead to a folder.
fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::platform::{Interest, wait};

    fn watched(folders: &[&Path]) -> Watches {
        let mut watches = Watches::new().unwrap();
        let coverage = watches.set(&folders.iter().map(|folder| folder.to_path_buf()).collect());
        assert!(coverage.is_new && coverage.is_whole);
        watches
    }

    fn next(watches: &mut Watches) -> Told {
        let files = [(watches.as_fd(), Interest::Readable)];
        assert_eq!(wait(&files, Duration::from_secs(60)).unwrap(), [true]);
        watches.told()
    }

    #[test]
    fn hidden_files_and_other_folders_tell_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("node_modules/x")).unwrap();
        let mut watches = watched(&[root]);
        fs::write(root.join("node_modules/x/a.md"), "x").unwrap();
        fs::write(root.join(".a.md.swp"), "x").unwrap();
        assert_eq!(watches.told(), Told::default());

        fs::write(root.join("a.md"), "x").unwrap();
        let told = next(&mut watches);
        assert!(told.change && !told.folders);
        fs::write(root.join(".gitignore"), "x").unwrap();
        assert!(next(&mut watches).folders);
        fs::create_dir(root.join("new")).unwrap();
        assert!(next(&mut watches).folders);
        std::os::unix::fs::symlink("new", root.join("link")).unwrap();
        assert!(next(&mut watches).folders);
    }

    #[test]
    fn a_new_folder_in_the_place_of_an_old_one_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let docs = folder.path().join("docs");
        fs::create_dir(&docs).unwrap();
        let mut watches = watched(&[&docs]);
        let all = BTreeSet::from([docs.clone()]);
        assert!(!watches.set(&all).is_new, "it is watched already");
        // Often with the same inode.
        fs::remove_dir(&docs).unwrap();
        fs::create_dir(&docs).unwrap();
        assert!(next(&mut watches).folders);
        assert!(watches.set(&all).is_new);
        fs::write(docs.join("a.md"), "x").unwrap();
        assert!(next(&mut watches).change);
    }
}
