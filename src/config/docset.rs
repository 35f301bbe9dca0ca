//! The folder of a document set: whether it can be read.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why a path has no documents to read.
#[derive(Debug, thiserror::Error)]
pub enum PathFault {
    /// There is nothing.
    #[error("{} does not exist", path.display())]
    Missing {
        /// As given.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// As given.
        path: PathBuf,
        /// In the operating system's words.
        source: io::Error,
    },
    /// systemd hides home directories from the service.
    #[error("{} is below {}, which is hidden from docent.service (ProtectHome= in the unit)", path.display(), home.display())]
    HiddenHome {
        /// As given.
        path: PathBuf,
        /// The hidden folder.
        home: &'static Path,
    },
    /// A device, socket or pipe.
    #[error("{} is neither a folder nor a file", path.display())]
    NotDocuments {
        /// As given.
        path: PathBuf,
    },
}

impl PathFault {
    /// What is wrong, with the operating system's words.
    pub fn told(&self) -> String {
        match std::error::Error::source(self) {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Missing { path } if path.starts_with("~") => {
                Some("write the whole path: `~` is not replaced here".to_owned())
            }
            Self::Missing { .. } => Some(
                "correct the path, or see what became of the folder: it may have been moved, or its disk not be mounted"
                    .to_owned(),
            ),
            Self::Unreadable { path, .. } => Some(format!(
                "the user that docent runs as must be allowed to read it and to enter the folders above; see `namei -l {}`",
                path.display()
            )),
            Self::HiddenHome { path, .. } => Some(format!(
                "move the documents elsewhere, such as /srv/docs, or run `systemctl edit docent.service` and add the lines `[Service]`, `ProtectHome=tmpfs` and `BindReadOnlyPaths={}`",
                path.display()
            )),
            Self::NotDocuments { .. } => {
                Some("give a folder of documents, or one document".to_owned())
            }
        }
    }
}

/// The folder of home directories that a path is in, of those that `ProtectHome=` is about
/// (systemd.exec(5)).
pub fn home_above(path: &Path) -> Option<&'static Path> {
    ["/home", "/root", "/run/user"]
        .map(Path::new)
        .into_iter()
        .find(|home| path.starts_with(home))
}

/// Makes sure that a path can be read, and makes it absolute.
///
/// # Errors
/// Where it cannot.
pub fn readable_root(path: &Path) -> Result<PathBuf, PathFault> {
    let path = path.to_owned();
    match probe(&path).and_then(|known| Ok((known, std::path::absolute(&path)?))) {
        Ok((true, absolute)) => Ok(absolute),
        Ok((false, _)) => Err(PathFault::NotDocuments { path }),
        Err(source) => Err(match hidden_home(&path, &source) {
            Some(home) => PathFault::HiddenHome { path, home },
            None if source.kind() == io::ErrorKind::NotFound => PathFault::Missing { path },
            None => PathFault::Unreadable { path, source },
        }),
    }
}

/// Opens a path for reading; `false`: it is something else than a folder or a file.
fn probe(path: &Path) -> io::Result<bool> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        fs::read_dir(path)?;
    } else if kind.is_file() {
        fs::File::open(path)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The folder that `ProtectHome=yes` (mode 000) or `=tmpfs` (empty) puts in the place of one
/// with home directories, where that is why `path` cannot be read.
fn hidden_home(path: &Path, error: &io::Error) -> Option<&'static Path> {
    let expected = [io::ErrorKind::NotFound, io::ErrorKind::PermissionDenied];
    if !expected.contains(&error.kind()) {
        return None;
    }
    home_above(path).filter(|home| path != *home && looks_hidden(home))
}

fn looks_hidden(home: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = fs::metadata(home) else {
        return false;
    };
    match fs::read_dir(home) {
        Ok(mut entries) => entries.next().is_none() && is_mount_point(home, metadata.dev()),
        Err(_) => metadata.mode() & 0o777 == 0,
    }
}

fn is_mount_point(path: &Path, device: u64) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    path.parent()
        .and_then(|parent| fs::metadata(parent).ok())
        .is_some_and(|parent| parent.dev() != device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_path_a_file_and_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nothing");
        assert!(matches!(
            readable_root(&missing),
            Err(PathFault::Missing { .. })
        ));
        let file = folder.path().join("a.md");
        fs::write(&file, "# A\n").unwrap();
        assert_eq!(readable_root(&file).unwrap(), file);
        let device = readable_root(Path::new("/dev/null"));
        assert!(matches!(device, Err(PathFault::NotDocuments { .. })));
    }
}
