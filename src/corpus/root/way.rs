//! Goes a path step by step, each folder opened in the one before.

use super::{Root, private::Identity};
use crate::corpus::document::Skip;
use nix::{
    errno::Errno,
    fcntl::{AtFlags, OFlag, openat, readlinkat},
    sys::stat::{FileStat, Mode, SFlag, fstat, fstatat},
};
use std::{
    ffi::{OsStr, OsString},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

/// What the kernel allows a path.
const MAX_LINKS: usize = 40;
/// Parts of a path and of all links on it together.
const MAX_STEPS: usize = 1024;
/// Folders within folders. Each is open while a path through it is gone.
pub(in crate::corpus) const MAX_DEPTH: usize = 128;

/// Opens a folder to go on from, not to list it, and no link.
const STEP: OFlag = OFlag::O_PATH
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_CLOEXEC);

/// Where a path leads, as far as its folders are concerned.
pub(in crate::corpus) struct Way<'a> {
    root: &'a Root,
    /// Where links have led out of the root: the folder that `steps` start from.
    outside: Option<Step>,
    steps: Vec<Step>,
}

struct Step {
    folder: Arc<OwnedFd>,
    name: OsString,
}

/// Where a path leads.
pub(in crate::corpus) enum Located<'a> {
    Folder(Way<'a>),
    /// A file, a device, …: anything but a folder or a link.
    File(LocatedFile<'a>),
}

/// A file that has not been opened.
pub(in crate::corpus) struct LocatedFile<'a> {
    root: &'a Root,
    folder: Parent,
    name: OsString,
    stat: FileStat,
}

/// The folder of a file.
#[derive(Debug, Clone)]
pub(super) struct Parent {
    /// `None`: the root itself.
    folder: Option<Arc<OwnedFd>>,
    /// Below the root, without links.
    path: Arc<Path>,
}

impl<'a> Way<'a> {
    /// Where a path below the root leads: never out of the root, and to nothing of docent's own.
    pub(super) fn locate(root: &'a Root, path: &Path) -> Result<Located<'a>, Skip> {
        let mut way = Self {
            root,
            outside: None,
            steps: Vec::new(),
        };
        let file = way.go(path)?;
        if way.outside.is_some() {
            return Err(Skip::OutsideRoot);
        }
        let located = match file {
            None => Located::Folder(way),
            Some((name, stat)) => Located::File(LocatedFile {
                root,
                folder: Parent {
                    path: way.path().into(),
                    folder: way.steps.pop().map(|step| step.folder),
                },
                name,
                stat,
            }),
        };
        if root.is_private(&located.path()) {
            return Err(Skip::Private);
        }
        Ok(located)
    }

    /// Goes to the end of a path. Returns the name of what it ends in, where that is no folder.
    fn go(&mut self, path: &Path) -> Result<Option<(OsString, FileStat)>, Skip> {
        let mut links = 0;
        let mut ahead: Vec<OsString> = Vec::new();
        push_parts(&mut ahead, path);
        for _ in 0..MAX_STEPS {
            let Some(part) = ahead.pop() else {
                return Ok(None);
            };
            if part == "/" {
                self.leave(open_folder("/")?)?;
                continue;
            }
            if part == ".." {
                self.up()?;
                continue;
            }
            let is_last = ahead.is_empty();
            if !is_last && self.enter(&part)? {
                continue;
            }
            let stat = fstatat(self.here(), part.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW)
                .map_err(unreadable)?;
            match kind(&stat) {
                SFlag::S_IFLNK => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(unreadable(Errno::ELOOP));
                    }
                    let target = readlinkat(self.here(), part.as_os_str()).map_err(unreadable)?;
                    push_parts(&mut ahead, Path::new(&target));
                }
                SFlag::S_IFDIR => {
                    if !self.enter(&part)? {
                        return Err(unreadable(Errno::ENOTDIR));
                    }
                }
                _ if is_last => return Ok(Some((part, stat))),
                _ => return Err(unreadable(Errno::ENOTDIR)),
            }
        }
        Err(unreadable(Errno::ENAMETOOLONG))
    }

    /// Goes into a folder; `false`: it is none, or a link.
    fn enter(&mut self, name: &OsStr) -> Result<bool, Skip> {
        if self.steps.len() >= MAX_DEPTH {
            return Err(too_deep());
        }
        let folder = match openat(self.here(), name, STEP, Mode::empty()) {
            Ok(folder) => folder,
            Err(Errno::ENOTDIR | Errno::ELOOP) => return Ok(false),
            Err(error) => return Err(unreadable(error)),
        };
        let identity = self.root.admit_folder(&folder)?;
        if identity == self.root.identity {
            self.outside = None;
            self.steps.clear();
        } else {
            self.steps.push(Step {
                folder: folder.into(),
                name: name.to_owned(),
            });
        }
        Ok(true)
    }

    fn up(&mut self) -> Result<(), Skip> {
        if self.steps.pop().is_some() {
            return Ok(());
        }
        let above = openat(self.here(), "..", STEP, Mode::empty()).map_err(unreadable)?;
        self.leave(above)
    }

    /// Goes on from a folder that is not known to be below the root.
    fn leave(&mut self, folder: OwnedFd) -> Result<(), Skip> {
        let identity = self.root.admit_folder(&folder)?;
        self.steps.clear();
        self.outside = (identity != self.root.identity).then(|| Step {
            folder: folder.into(),
            name: OsString::new(),
        });
        Ok(())
    }

    pub(super) fn here(&self) -> BorrowedFd<'_> {
        let step = self.steps.last().or(self.outside.as_ref());
        step.map_or(self.root.folder.as_fd(), |step| step.folder.as_fd())
    }

    /// The path below the root, without links.
    pub(in crate::corpus) fn path(&self) -> PathBuf {
        self.steps.iter().map(|step| &step.name).collect()
    }
}

impl Located<'_> {
    /// The path below the root, without links.
    pub(in crate::corpus) fn path(&self) -> PathBuf {
        match self {
            Self::Folder(way) => way.path(),
            Self::File(file) => file.path(),
        }
    }
}

impl<'a> LocatedFile<'a> {
    /// A file beside another that was located before; `None` where it is no plain file.
    pub(super) fn beside(root: &'a Root, folder: Parent, path: &Path) -> Option<Self> {
        if path.parent() != Some(&*folder.path) || root.is_private(path) {
            return None;
        }
        let name = path.file_name()?.to_owned();
        let here = folder.here(root);
        let stat = fstatat(here, name.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW).ok()?;
        (kind(&stat) == SFlag::S_IFREG).then_some(Self {
            root,
            folder,
            name,
            stat,
        })
    }

    pub(super) fn parent(&self) -> &Parent {
        &self.folder
    }

    pub(super) fn folder(&self) -> BorrowedFd<'_> {
        self.folder.here(self.root)
    }

    pub(super) fn root(&self) -> &'a Root {
        self.root
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// What the file was when it was found.
    pub(super) fn stat(&self) -> &FileStat {
        &self.stat
    }

    fn path(&self) -> PathBuf {
        self.folder.path.join(&self.name)
    }
}

impl Parent {
    fn here<'a>(&'a self, root: &'a Root) -> BorrowedFd<'a> {
        let folder = self.folder.as_deref().unwrap_or(&root.folder);
        folder.as_fd()
    }
}

/// Puts the parts of a path before those that are ahead already; the next to go is the last.
fn push_parts(ahead: &mut Vec<OsString>, path: &Path) {
    let parts = path.components().filter_map(|part| match part {
        Component::CurDir | Component::Prefix(_) => None,
        Component::RootDir => Some("/".into()),
        Component::ParentDir => Some("..".into()),
        Component::Normal(name) => Some(name.to_owned()),
    });
    let mut parts: Vec<OsString> = parts.collect();
    parts.reverse();
    ahead.append(&mut parts);
}

/// Opens a folder to go on from.
pub(super) fn open_folder(path: impl AsRef<Path>) -> Result<OwnedFd, Skip> {
    nix::fcntl::open(path.as_ref(), STEP, Mode::empty()).map_err(unreadable)
}

/// Opens a folder in another to go on from, never a link to one.
pub(super) fn step(folder: &OwnedFd, name: &OsStr) -> Result<OwnedFd, Skip> {
    openat(folder, name, STEP, Mode::empty()).map_err(unreadable)
}

/// The folders above one, the nearest first; as many as may be entered.
pub(super) fn identities_above(folder: BorrowedFd<'_>) -> Vec<Identity> {
    let mut found = Vec::new();
    let mut folder = openat(folder, ".", STEP, Mode::empty());
    while let Ok(here) = folder
        && let Ok(stat) = fstat(&here)
        && found.len() < MAX_STEPS
    {
        let identity = Identity::of(&stat);
        if found.last() == Some(&identity) {
            break;
        }
        found.push(identity);
        folder = openat(&here, "..", STEP, Mode::empty());
    }
    found
}

pub(super) fn kind(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits())
}

pub(super) fn unreadable(error: Errno) -> Skip {
    Skip::Unreadable {
        reason: std::io::Error::from(error).to_string(),
    }
}

/// Whether there is nothing by that name.
pub(in crate::corpus) fn is_absence(reason: &Skip) -> bool {
    *reason == unreadable(Errno::ENOENT) || *reason == unreadable(Errno::ENOTDIR)
}

pub(in crate::corpus) fn too_deep() -> Skip {
    Skip::Unreadable {
        reason: format!("more than {MAX_DEPTH} folders deep"),
    }
}
