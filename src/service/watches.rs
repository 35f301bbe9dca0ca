//! Folders that the kernel tells changes of: inotify(7).
//!
//! Each folder is watched by itself, so that only those count that the documents are in. The kernel
//! tells folders apart by device and inode: to watch one again changes nothing, and a new folder in the place
//! of an old one is another one.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    io::{self, ErrorKind},
    os::fd::{AsFd, BorrowedFd},
    path::{Path, PathBuf},
};

use inotify::{Event, EventMask, Inotify, WatchMask};

use crate::corpus::{Folders, Look, Place, Places};

mod table;
#[cfg(test)]
mod tests;

use table::{Table, Watched};

/// Room for the events that are fetched at once, in bytes.
const BUFFER: usize = 16 * 1024;
/// Hidden files that decide which others are read. `.git` says what its repository leaves out.
const RULE_FILES: [&str; 3] = [".gitignore", ".ignore", ".git"];

/// Watched folders. They are named in rounds: all of them, or those that are new.
pub(super) struct Watches {
    inotify: Inotify,
    watched: Table,
    /// The paths of those that are watched.
    places: Places,
    /// The folder that was added last, and those that it is in, the outermost first.
    last: Vec<(PathBuf, Place)>,
    round: Round,
    /// Folders that this user may not read; the log has told of them.
    refused: BTreeSet<PathBuf>,
    is_limit_told: bool,
}

/// What has come of the folders of a round.
#[derive(Default)]
struct Round {
    number: u32,
    /// Folders that were watched before it and not named yet.
    unnamed: usize,
    refused: BTreeSet<PathBuf>,
    limit: Option<io::Error>,
}

/// What came of an attempt to watch folders.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Coverage {
    /// All are watched that this user may read.
    pub(super) is_whole: bool,
    /// Others could be watched in the place of some that are gone.
    pub(super) has_room: bool,
}

impl Watches {
    /// # Errors
    /// Where the system watches nothing more for this user.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            inotify: Inotify::init()?,
            watched: Table::default(),
            places: Places::below(Path::new("")),
            last: Vec::new(),
            round: Round::default(),
            refused: BTreeSet::new(),
            is_limit_told: false,
        })
    }

    /// All folders are named from now on.
    pub(super) fn begin(&mut self) {
        self.places = Places::below(Path::new(""));
        self.last.clear();
        self.begin_some();
    }

    /// Folders that are new are named from now on.
    pub(super) fn begin_some(&mut self) {
        self.round = Round {
            number: self.round.number.wrapping_add(1),
            unnamed: self.watched.len(),
            ..Round::default()
        };
    }

    /// Watches a folder; `false`: no other will be.
    pub(super) fn add(&mut self, folder: &Path) -> bool {
        let mask = WatchMask::ATTRIB
            | WatchMask::CLOSE_WRITE
            | WatchMask::CREATE
            | WatchMask::DELETE
            | WatchMask::DELETE_SELF
            | WatchMask::MODIFY
            | WatchMask::MOVE
            | WatchMask::MOVE_SELF
            | WatchMask::ONLYDIR;
        match self.inotify.watches().add(folder, mask) {
            Ok(watch) => {
                let watched = Watched {
                    place: self.place(folder),
                    round: self.round.number,
                };
                let before = self.watched.insert(watch, watched);
                if before.is_some_and(|before| before.round != self.round.number) {
                    self.round.unnamed = self.round.unnamed.saturating_sub(1);
                }
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                self.round.refused.insert(folder.to_owned());
            }
            // The folder above it tells when it comes back.
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => {
                self.round.limit.get_or_insert(error);
            }
        }
        // Those that are watched already need no room.
        self.round.limit.is_none() || self.round.unnamed > 0
    }

    /// Watches a folder beside the others; `true`: it was not watched before.
    pub(super) fn add_beside(&mut self, folder: &Path) -> bool {
        let before = self.watched.len();
        self.add(folder);
        self.watched.len() > before
    }

    /// Whether the system has refused to watch one more.
    pub(super) fn is_limited(&self) -> bool {
        self.round.limit.is_some()
    }

    /// All have been named: no others are watched any more.
    pub(super) fn end(&mut self) -> Coverage {
        let has_room = self.remove(None);
        let before = std::mem::take(&mut self.refused);
        self.end_round(&before, has_room)
    }

    /// All have been named that are new, which these folders hold: no others in those are watched any more.
    pub(super) fn end_some(&mut self, new: &Folders) -> Coverage {
        let has_room = self.remove(Some(new));
        let before = self.refused.clone();
        self.end_round(&before, has_room)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.watched.len()
    }

    /// What is to be looked at for what has been told since the last time; `None`: nothing. Waits for nothing.
    pub(super) fn told(&mut self) -> Option<Look> {
        let mut buffer = [0; BUFFER];
        let mut told = Told::default();
        loop {
            match self.inotify.read_events(&mut buffer) {
                Ok(events) => {
                    for event in events {
                        told.note(&event, &self.places, &mut self.watched);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return told.look(),
                Err(error) => {
                    tracing::debug!(%error, "what has changed cannot be asked");
                    return told.look();
                }
            }
        }
    }

    /// Watches those no longer, or of these only, that were not named in the round; `true`: there were some.
    fn remove(&mut self, of: Option<&Folders>) -> bool {
        let mut watches = self.inotify.watches();
        let before = self.watched.len();
        self.watched.retain(|watch, watched| {
            let is_named = watched.round == self.round.number;
            let stays =
                is_named || of.is_some_and(|of| !of.is_new(&self.places.path(watched.place)));
            if !stays {
                // Nothing to remove where the kernel has done so with the folder.
                let _ = watches.remove(watch.clone());
            }
            stays
        });
        self.places.shrink();
        self.watched.len() < before
    }

    fn end_round(&mut self, before: &BTreeSet<PathBuf>, has_room: bool) -> Coverage {
        let mut round = std::mem::take(&mut self.round);
        self.round.number = round.number;
        for folder in round.refused.difference(before) {
            tracing::warn!(
                folder = %folder.display(),
                "docent may not read this folder: what is in it is neither served nor followed; \
                 give the user that docent runs as the right to read it"
            );
        }
        self.refused.append(&mut round.refused);
        if let Some(error) = &round.limit
            && !std::mem::replace(&mut self.is_limit_told, true)
        {
            tracing::warn!(
                %error,
                watched = self.watched.len(),
                "the system does not watch all folders of the documents for changes, so docent looks \
                 again and again; raise its limit: sysctl fs.inotify.max_user_watches=1048576"
            );
        }
        Coverage {
            is_whole: round.limit.is_none(),
            has_room: round.limit.is_some() && has_room,
        }
    }

    /// Folders come in the order in which a walk goes through them.
    fn place(&mut self, folder: &Path) -> Place {
        while let Some((last, place)) = self.last.last() {
            match folder.strip_prefix(last) {
                Ok(below) if below.as_os_str().is_empty() => return *place,
                Ok(below) => {
                    let place = self.places.add(*place, below.as_os_str());
                    self.last.push((folder.to_owned(), place));
                    return place;
                }
                Err(_) => drop(self.last.pop()),
            }
        }
        let place = self.places.add(Places::TOP, folder.as_os_str());
        self.last.push((folder.to_owned(), place));
        place
    }
}

/// Readable when there is something told.
impl AsFd for Watches {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

/// What the kernel has told.
#[derive(Default)]
struct Told {
    /// There may be other folders than before, or other rules.
    everything: bool,
    folders: Folders,
    /// Folders whose rights or times have changed, as the folders above them tell.
    touched: BTreeSet<PathBuf>,
    /// The same, as they tell themselves.
    touched_themselves: BTreeSet<PathBuf>,
}

impl Told {
    fn note(&mut self, event: &Event<&OsStr>, places: &Places, watched: &mut Table) {
        let mask = event.mask;
        if mask.contains(EventMask::Q_OVERFLOW) {
            self.everything = true;
            return;
        }
        // What is told late of a folder that is not watched any more concerns nobody.
        let Some(folder) = watched.find(&event.wd) else {
            return;
        };
        let folder = places.path(folder.place);
        let is_gone = EventMask::IGNORED | EventMask::DELETE_SELF | EventMask::MOVE_SELF;
        if mask.intersects(is_gone | EventMask::UNMOUNT) {
            self.everything |= mask.contains(EventMask::UNMOUNT);
            self.folders.note_whole(folder);
            if mask.contains(EventMask::IGNORED) {
                watched.remove(&event.wd);
            }
            return;
        }
        let Some(name) = event.name else {
            self.touched_themselves.insert(folder);
            return;
        };
        let appears = mask.intersects(EventMask::CREATE | EventMask::MOVED_TO);
        let vanishes = mask.intersects(EventMask::DELETE | EventMask::MOVED_FROM);
        let is_folder = mask.contains(EventMask::ISDIR);
        let is_rule = RULE_FILES.iter().any(|file| name == *file);
        if is_rule && (appears || vanishes || !is_folder) {
            self.everything = true;
            return;
        }
        if is_folder {
            let path = folder.join(name);
            if appears || vanishes {
                self.folders.note(folder);
                self.folders.note_whole(path);
            } else {
                self.touched.insert(path);
            }
            return;
        }
        // Editors and version control keep hidden files, and write to them all the time.
        if name.as_encoded_bytes().starts_with(b".") {
            return;
        }
        self.everything |= appears && is_link(&folder.join(name));
        self.folders.note(folder);
    }

    fn look(mut self) -> Option<Look> {
        for folder in self.touched {
            // One that is not watched could not be read before, and may be now.
            if !self.touched_themselves.contains(&folder) {
                self.folders.note_whole(folder);
            }
        }
        for folder in self.touched_themselves {
            self.folders.note(folder);
        }
        match (self.everything, self.folders.is_empty()) {
            (true, _) => Some(Look::Everything),
            (false, true) => None,
            (false, false) => Some(Look::Folders(self.folders)),
        }
    }
}

/// It may lead to a folder.
fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}
