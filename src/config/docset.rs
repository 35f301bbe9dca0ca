//! The folder of a document set: whether it can be read, and what the set is called after it.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
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
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Missing { path } if path.starts_with("~") => {
                Some("write the whole path: `~` is not replaced here".to_owned())
            }
            Self::Missing { .. } => None,
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

/// Whether a text may be the name of a set.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_NAME
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        && text.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// Longest name of a set, in bytes.
pub(super) const MAX_NAME: usize = 64;

/// What a set is called that is not given a name: its folder or file, in valid letters. By the path as it
/// is given: where a link leads changes, and the folder may be missing for a while.
pub(super) fn name_after(root: &Path) -> String {
    let root = match root.components().next_back() {
        Some(Component::Normal(_)) => root.to_owned(),
        _ => fs::canonicalize(root).unwrap_or_else(|_| root.to_owned()),
    };
    let is_file = match fs::metadata(&root) {
        Ok(metadata) => metadata.is_file(),
        Err(_) => root.extension().is_some_and(|extension| {
            ["adoc", "html", "md", "rst", "txt"]
                .iter()
                .any(|known| extension == *known)
        }),
    };
    let last = if is_file {
        root.file_stem()
    } else {
        root.file_name()
    };
    last.and_then(|last| valid_name(&last.to_string_lossy()))
        .unwrap_or_else(|| "docs".to_owned())
}

/// Another name for a set whose name is taken: with the folder above in front, or a number.
pub(super) fn other_name(root: &Path, taken: &[String]) -> String {
    let name = name_after(root);
    let with_parent = root
        .parent()
        .and_then(Path::file_name)
        .and_then(|parent| valid_name(&format!("{}-{name}", parent.to_string_lossy())))
        .filter(|name| !taken.contains(name));
    with_parent.unwrap_or_else(|| {
        (2..)
            .map(|number| {
                let number = format!("-{number}");
                let kept = name.len().min(MAX_NAME - number.len());
                format!("{}{number}", &name[..kept])
            })
            .find(|name| !taken.contains(name))
            .unwrap_or(name.clone())
    })
}

fn valid_name(text: &str) -> Option<String> {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() || "_.".contains(c) {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.len() == MAX_NAME {
            break;
        }
    }
    let name = name.trim_matches(['-', '.', '_']);
    is_name(name).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_names() {
        assert_eq!(valid_name("My Docs (v2)").as_deref(), Some("my-docs-v2"));
        assert_eq!(
            valid_name("postgresql-doc-15").as_deref(),
            Some("postgresql-doc-15")
        );
        assert_eq!(valid_name("Überblick").as_deref(), Some("berblick"));
        assert_eq!(valid_name("文档"), None);
        assert_eq!(valid_name("..."), None);
        assert_eq!(
            valid_name(&"x".repeat(300)).map(|name| name.len()),
            Some(MAX_NAME)
        );
    }

    #[test]
    fn a_taken_name_gets_its_parent_then_a_number() {
        let root = Path::new("/nowhere/git-doc/html");
        assert_eq!(name_after(root), "html");
        assert_eq!(other_name(root, &["html".into()]), "git-doc-html");
        let taken = ["html".into(), "git-doc-html".into(), "html-2".into()];
        assert_eq!(other_name(root, &taken), "html-3");
    }

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
        assert_eq!(name_after(&file), "a");
        fs::remove_file(&file).unwrap();
        assert_eq!(name_after(&file), "a", "also while it is missing");
        let (release, link) = (
            folder.path().join("release-7"),
            folder.path().join("current"),
        );
        fs::create_dir(&release).unwrap();
        std::os::unix::fs::symlink(&release, &link).unwrap();
        assert_eq!(
            name_after(&link),
            "current",
            "the next release has another name"
        );
        assert_eq!(
            name_after(&release.join("..").join(".")),
            name_after(folder.path())
        );
        let device = readable_root(Path::new("/dev/null"));
        assert!(matches!(device, Err(PathFault::NotDocuments { .. })));
    }
}
