//! The one place where the files of a document set are opened and listed.
//!
//! Whoever may write documents may swap a page for a link while docent looks at it, so nothing here
//! is decided by a path. A path is gone step by step: each folder is opened in the one before, which
//! follows no link; a link is read and gone in the same way, wherever it leads. What is reached by a
//! chain of folders that starts at the root is inside, whatever happens to names meanwhile. And each
//! folder and file on the way is asked, by device and inode, whether it is one of docent's own.
//!
//! `openat2(RESOLVE_BENEATH)` would be no shorter: it refuses links that leave the root and come
//! back, absolute ones too, cannot ask the folders on the way, and is missing in older kernels and in
//! containers whose filter does not know it.
mod entries;
mod private;
mod stamp;
mod way;

pub(super) use entries::{Entries, Kind};
pub(super) use private::Identity;
pub use private::PrivatePaths;
pub use stamp::Stamp;
pub(super) use way::{Located, LocatedFile, MAX_DEPTH, Way, is_absence, too_deep};

use super::document::Skip;
use nix::{
    dir::{Dir, Type},
    errno::Errno,
    fcntl::{AtFlags, OFlag, openat, readlinkat},
    sys::stat::{FileStat, Mode, SFlag, fstat, fstatat},
};
use private::Private;
use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Read as _},
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::{ffi::OsStrExt as _, fs::OpenOptionsExt as _},
    },
    path::{Component, Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
    thread,
    time::Duration,
};
use way::{Parent, identities_above, kind, open_folder, step, unreadable};

/// To read a file: what became a link or a pipe since it was looked at must not be followed or
/// waited for.
const READ: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_NONBLOCK)
    .union(OFlag::O_NOCTTY)
    .union(OFlag::O_CLOEXEC);
const LIST: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_CLOEXEC);
/// A file server that lends a file to a client asks for it back when it is opened.
const LEASE_RETRIES: u32 = 20;
const LEASE_PAUSE: Duration = Duration::from_millis(25);

/// The folder of a document set, opened.
#[derive(Debug)]
pub(super) struct Root {
    path: PathBuf,
    folder: OwnedFd,
    identity: Identity,
    private: RwLock<Private>,
    /// Paths below the root that are docent's own, there or not.
    private_below: Vec<PathBuf>,
    /// Where the last file was: the next one is mostly beside it.
    last: Mutex<Option<Parent>>,
}

/// Why a folder cannot be the root of a document set.
#[derive(Debug)]
pub(super) enum RootError {
    /// The operating system refuses.
    Unreadable(io::Error),
    /// It lies in one that docent keeps for itself: this one.
    Private(PathBuf),
}

/// A folder, opened to be listed.
pub(super) struct Folder {
    folder: Dir,
    identity: Identity,
}

impl Root {
    /// Opens a folder, named by its path without links.
    pub(super) fn open(path: &Path, private: &PrivatePaths) -> Result<Self, RootError> {
        let refused = |error: Errno| RootError::Unreadable(error.into());
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let folder = nix::fcntl::open(path, flags, Mode::empty()).map_err(refused)?;
        let identity = Identity::of(&fstat(&folder).map_err(refused)?);
        let looked = Private::look(private);
        for above in identities_above(folder.as_fd()) {
            if let Some(holder) = looked.holder(above) {
                return Err(RootError::Private(holder.to_owned()));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            folder,
            identity,
            private: RwLock::new(looked),
            private_below: private.below(path),
            last: Mutex::new(None),
        })
    }

    /// Its path when it was opened, for messages and patterns.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// Where a path below it leads.
    pub(super) fn locate(&self, below: &Path) -> Result<Located<'_>, Skip> {
        Way::locate(self, below)
    }

    /// As [`Root::locate`]; `None` where there is nothing.
    pub(super) fn find(&self, below: &Path) -> Result<Option<Located<'_>>, Skip> {
        match self.locate(below) {
            Ok(located) => Ok(Some(located)),
            Err(reason) if is_absence(&reason) => Ok(None),
            Err(reason) => Err(reason),
        }
    }

    /// All of a file of git's, by a path that starts at the root and may lead out of it: whoever writes
    /// documents may have made up the path, so that no link is followed on it and nothing of docent's
    /// own is read. `None` where there is no such file.
    pub(super) fn read_apart(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Skip> {
        let read = || {
            let mut folder = self.folder.try_clone().map_err(|error| Skip::Unreadable {
                reason: error.to_string(),
            })?;
            let (Some(above), Some(name)) = (path.parent(), path.file_name()) else {
                return Ok(Vec::new());
            };
            for part in above.components() {
                folder = match part {
                    Component::RootDir => open_folder("/")?,
                    part => step(&folder, part.as_os_str())?,
                };
                self.admit_folder(&folder)?;
            }
            let stat = fstatat(&folder, name, AtFlags::AT_SYMLINK_NOFOLLOW).map_err(unreadable)?;
            must_be_plain(&stat)?;
            let (file, _) = self.open_in(&folder, name)?;
            read_whole(&file, limit)
        };
        match read() {
            Err(reason) if is_absence(&reason) => Ok(None),
            read => read.map(Some),
        }
    }

    /// A file below it, as [`Root::locate`]; many in a row are found faster.
    pub(super) fn locate_next(&self, below: &Path) -> Result<Located<'_>, Skip> {
        let last = self.last().clone();
        if let Some(file) = last.and_then(|last| LocatedFile::beside(self, last, below)) {
            return Ok(Located::File(file));
        }
        let located = self.locate(below)?;
        if let Located::File(file) = &located {
            *self.last() = Some(file.parent().clone());
        }
        Ok(located)
    }

    fn last(&self) -> MutexGuard<'_, Option<Parent>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens it to be listed.
    pub(super) fn list(&self) -> Result<Folder, Skip> {
        self.list_in(&self.folder, OsStr::new("."))
    }

    /// Whether a path below it, one without links, is docent's own.
    pub(super) fn is_private(&self, below: &Path) -> bool {
        self.private_below
            .iter()
            .any(|private| below.starts_with(private))
    }

    /// The identity of a folder that is not docent's own.
    fn admit_folder(&self, folder: impl std::os::fd::AsFd) -> Result<Identity, Skip> {
        let identity = Identity::of(&fstat(folder).map_err(unreadable)?);
        let private = self.private.read().unwrap_or_else(PoisonError::into_inner);
        match private.holder(identity) {
            Some(_) => Err(Skip::Private),
            None => Ok(identity),
        }
    }

    /// Makes sure that a file is a plain one and not docent's own.
    fn admit_file(&self, stat: &FileStat) -> Result<(), Skip> {
        must_be_plain(stat)?;
        let private = self.private.read().unwrap_or_else(PoisonError::into_inner);
        let private = if private.is_behind(stat) {
            drop(private);
            let again = self.private.write();
            again.unwrap_or_else(PoisonError::into_inner).look_again();
            self.private.read().unwrap_or_else(PoisonError::into_inner)
        } else {
            private
        };
        match private.holder(Identity::of(stat)) {
            Some(_) => Err(Skip::Private),
            None => Ok(()),
        }
    }

    fn list_in(&self, folder: impl std::os::fd::AsFd, name: &OsStr) -> Result<Folder, Skip> {
        let opened = openat(folder, name, LIST, Mode::empty()).map_err(unreadable)?;
        let identity = self.admit_folder(&opened)?;
        Ok(Folder {
            folder: Dir::from_fd(opened).map_err(unreadable)?,
            identity,
        })
    }

    fn open_in(
        &self,
        folder: impl std::os::fd::AsFd,
        name: &OsStr,
    ) -> Result<(File, FileStat), Skip> {
        let mut opened = openat(folder.as_fd(), name, READ, Mode::empty());
        for _ in 0..LEASE_RETRIES {
            if !matches!(opened, Err(Errno::EAGAIN)) {
                break;
            }
            thread::sleep(LEASE_PAUSE);
            opened = openat(folder.as_fd(), name, READ, Mode::empty());
        }
        let file = opened.map_err(unreadable)?;
        let stat = fstat(&file).map_err(unreadable)?;
        self.admit_file(&stat)?;
        Ok((file.into(), stat))
    }
}

impl Way<'_> {
    /// Opens the folder to be listed.
    pub(super) fn list(&self, root: &Root) -> Result<Folder, Skip> {
        root.list_in(self.here(), OsStr::new("."))
    }
}

impl LocatedFile<'_> {
    /// Its stamp, where it may be read.
    pub(super) fn stamp(&self) -> Result<Stamp, Skip> {
        self.root().admit_file(self.stat())?;
        Ok(Stamp::of(self.stat()))
    }

    /// All of the file, with the stamp it had before it was read.
    pub(super) fn read(&self, limit: u64) -> Result<(Vec<u8>, Stamp), Skip> {
        let (file, stat) = self.open()?;
        let stamp = Stamp::of(&stat);
        Ok((read_whole(&file, limit)?, stamp))
    }

    /// Its first bytes, as many as there are.
    pub(super) fn beginning(&self, most: usize) -> Result<(Vec<u8>, Stamp), Skip> {
        let (file, stat) = self.open()?;
        let mut bytes = Vec::new();
        let read = (&file).take(most as u64).read_to_end(&mut bytes);
        read.map_err(|error| Skip::Unreadable {
            reason: error.to_string(),
        })?;
        Ok((bytes, Stamp::of(&stat)))
    }

    fn open(&self) -> Result<(File, FileStat), Skip> {
        // A device may do something when it is opened.
        must_be_plain(self.stat())?;
        self.root().open_in(self.folder(), self.name())
    }
}

impl Folder {
    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// All that it holds, in the order of the names; `None`: more than `limit`.
    pub(super) fn entries(&mut self, limit: u64) -> Result<Option<Entries>, Skip> {
        let mut found = Entries::default();
        let mut unknown = false;
        for entry in self.folder.iter() {
            let entry = entry.map_err(unreadable)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                unknown |= entry.file_type().is_none();
                found.push(name, entry.file_type().map(Kind::of));
                if found.len() as u64 > limit {
                    return Ok(None);
                }
            }
        }
        if unknown {
            found.find_out(|name| self.kind(name));
        }
        found.sort();
        Ok(Some(found))
    }

    /// Opens a folder in it to be listed, never a link to one.
    pub(super) fn folder(&self, root: &Root, name: &OsStr) -> Result<Self, Skip> {
        root.list_in(&self.folder, name)
    }

    /// The size and the stamp of a file in it that may be read, never of a link to one.
    pub(super) fn stamp(&self, root: &Root, name: &OsStr) -> Result<Stamp, Skip> {
        let stat = self.stat(name).map_err(unreadable)?;
        root.admit_file(&stat)?;
        Ok(Stamp::of(&stat))
    }

    fn stat(&self, name: &OsStr) -> nix::Result<FileStat> {
        fstatat(&self.folder, name, AtFlags::AT_SYMLINK_NOFOLLOW)
    }

    /// Whether a file in it may be changed under another name, a hard link.
    pub(super) fn has_other_names(&self, name: &OsStr) -> bool {
        self.stat(name).is_ok_and(|stat| stat.st_nlink > 1)
    }

    /// The name that a link in it leads to, where that is one beside it.
    pub(super) fn link_beside(&self, name: &OsStr) -> Option<OsString> {
        let target = readlinkat(&self.folder, name).ok()?;
        let mut parts = Path::new(&target).components();
        match (parts.next(), parts.next()) {
            (Some(Component::Normal(_)), None) => Some(target),
            _ => None,
        }
    }

    /// What is there by a name. Not every file system says it in its lists.
    pub(super) fn kind(&self, name: &OsStr) -> Kind {
        match self.stat(name).map(|stat| kind(&stat)) {
            Ok(SFlag::S_IFREG) => Kind::File,
            Ok(SFlag::S_IFDIR) => Kind::Folder,
            Ok(SFlag::S_IFLNK) => Kind::Link,
            _ => Kind::Other,
        }
    }
}

impl Kind {
    fn of(kind: Type) -> Self {
        match kind {
            Type::File => Self::File,
            Type::Directory => Self::Folder,
            Type::Symlink => Self::Link,
            _ => Self::Other,
        }
    }
}

impl PrivatePaths {
    /// Which of them a set's root is, or lies in.
    pub fn holder(&self, root: &Path) -> Option<PathBuf> {
        let (path, is_folder) = real_root(root).ok()?;
        let folder = if is_folder { &path } else { path.parent()? };
        let looked = Private::look(self);
        let opened = open_folder(folder).ok()?;
        let file = (!is_folder).then(|| fs::metadata(&path).ok()).flatten();
        let file = file.map(|file| Identity::of_metadata(&file));
        let above = identities_above(opened.as_fd());
        file.into_iter()
            .chain(above)
            .find_map(|identity| looked.holder(identity).map(Path::to_owned))
    }
}

fn must_be_plain(stat: &FileStat) -> Result<(), Skip> {
    if kind(stat) == SFlag::S_IFREG {
        return Ok(());
    }
    Err(Skip::Unreadable {
        reason: "not a regular file".to_owned(),
    })
}

/// The path of a set's root without links, and whether it is a folder.
pub(super) fn real_root(path: &Path) -> io::Result<(PathBuf, bool)> {
    let path = fs::canonicalize(path)?;
    let is_folder = fs::metadata(&path)?.is_dir();
    Ok((path, is_folder))
}

/// Whether there is something: the marks that a site generator leaves above a set's root.
pub(super) fn exists(path: &Path) -> bool {
    path.exists()
}

/// All of a small file above a set's root, such as `.gitignore`, as the operator has put it there; `None`
/// where there is none, or none that this process may read.
pub(super) fn read_above(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Skip> {
    let opened = fs::OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits())
        .open(path);
    match opened {
        Ok(file) if file.metadata().is_ok_and(|it| it.is_file()) => {
            read_whole(&file, limit).map(Some)
        }
        _ => Ok(None),
    }
}

/// All of a file, where that is no more than the limit.
fn read_whole(file: &File, limit: u64) -> Result<Vec<u8>, Skip> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that grows.
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| Skip::Unreadable {
        reason: error.to_string(),
    })?;
    if bytes.len() as u64 > limit {
        return Err(Skip::TooLarge { limit });
    }
    Ok(bytes)
}
