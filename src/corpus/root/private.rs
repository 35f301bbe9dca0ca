//! What docent keeps for itself, told by device and inode: under whatever name, no document set
//! shows it.

use nix::sys::stat::FileStat;
use std::{
    collections::{HashMap, HashSet},
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Certificates and indexes lie a few folders deep.
const MAX_DEPTH: usize = 8;
/// Files of one folder and all below it; docent has a few hundred.
const MAX_FILES: usize = 1 << 16;
/// Some file systems keep the times of inodes in whole seconds.
const CLOCK_TICK: Duration = Duration::from_secs(1);

/// Files and folders that docent keeps for itself: the state directory, the cache directory, the
/// configuration, and the keys that it names. They need not be there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivatePaths(Vec<PathBuf>);

impl PrivatePaths {
    /// Each a file, or a folder with all that it holds.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        paths.into_iter().fold(Self::default(), Self::and)
    }

    /// One more.
    #[must_use]
    pub fn and(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        self.0.push(std::path::absolute(&path).unwrap_or(path));
        self
    }

    /// These too.
    #[must_use]
    pub fn and_files(&self, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        paths.into_iter().fold(self.clone(), Self::and)
    }

    /// Those of both.
    #[must_use]
    pub fn and_all(mut self, others: &Self) -> Self {
        self.0.extend_from_slice(&others.0);
        self
    }

    /// Those that lie in a folder, or would if they were there, by their paths below it.
    pub(super) fn below(&self, folder: &Path) -> Vec<PathBuf> {
        let absolute = self.0.iter().filter_map(|path| real_path(path));
        absolute
            .filter_map(|path| Some(path.strip_prefix(folder).ok()?.to_owned()))
            .collect()
    }
}

/// A path without links; of one that is not there, as much of it as is.
fn real_path(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find_map(|there| {
        let real = fs::canonicalize(there).ok()?;
        let missing = path.strip_prefix(there).ok()?;
        Some(match missing.as_os_str().is_empty() {
            true => real,
            false => real.join(missing),
        })
    })
}

/// A file or folder, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::corpus) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    pub(super) fn of(stat: &FileStat) -> Self {
        Self {
            device: stat.st_dev,
            inode: stat.st_ino,
        }
    }

    pub(super) fn of_metadata(metadata: &fs::Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

/// What lies in the [`PrivatePaths`].
#[derive(Debug)]
pub(super) struct Private {
    paths: PrivatePaths,
    /// To which of the paths each file and folder belongs.
    known: HashMap<Identity, usize>,
    looked: SystemTime,
}

impl Private {
    pub(super) fn look(paths: &PrivatePaths) -> Self {
        let looked = SystemTime::now();
        let mut known = HashMap::new();
        for (number, path) in paths.0.iter().enumerate() {
            for identity in everything_in(path) {
                known.insert(identity, number);
            }
        }
        Self {
            paths: paths.clone(),
            known,
            looked,
        }
    }

    /// The path of docent's own that a file or folder is, or lies in.
    pub(super) fn holder(&self, identity: Identity) -> Option<&Path> {
        let number = self.known.get(&identity)?;
        self.paths.0.get(*number).map(PathBuf::as_path)
    }

    /// Whether a file may have come to docent's own since they were looked at: one with several names,
    /// whose inode has changed since.
    pub(super) fn is_behind(&self, stat: &FileStat) -> bool {
        if stat.st_nlink <= 1 {
            return false;
        }
        let changed = u64::try_from(stat.st_ctime).unwrap_or(u64::MAX);
        let changed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(changed));
        changed.is_none_or(|changed| changed + CLOCK_TICK >= self.looked)
    }

    pub(super) fn look_again(&mut self) {
        *self = Self::look(&self.paths);
    }
}

fn everything_in(path: &Path) -> HashSet<Identity> {
    let mut found = HashSet::new();
    let mut folders = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        // Where nothing is, nothing can be shown; what this process cannot see, neither.
        let Ok(metadata) = fs::metadata(&folder) else {
            continue;
        };
        if !found.insert(Identity::of_metadata(&metadata))
            || !metadata.is_dir()
            || depth == MAX_DEPTH
        {
            continue;
        }
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if found.len() >= MAX_FILES {
                return found;
            }
            // Not by the inode of the entry: on overlayfs a file may have another device than its folder.
            match entry.metadata() {
                Ok(below) if below.is_dir() => folders.push((entry.path(), depth + 1)),
                Ok(below) => {
                    found.insert(Identity::of_metadata(&below));
                    // A key may be put there as a link to where it is kept.
                    if below.is_symlink()
                        && let Ok(target) = fs::metadata(entry.path())
                        && target.is_file()
                    {
                        found.insert(Identity::of_metadata(&target));
                    }
                }
                Err(_) => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_yet_has_a_place_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let paths = PrivatePaths::new([root.join("certs/new"), "/nowhere/at/all".into()]);
        assert_eq!(paths.below(&root), [Path::new("certs/new")]);
    }
}
