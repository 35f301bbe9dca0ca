//! The documents that copies are made of: MDN where its archive is at hand, else Debian's packages.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{checkout, say, words::Form};

const PACKAGES: [&str; 10] = [
    "git-doc",
    "libboost1.81-doc",
    "linux-doc-6.1",
    "openjdk-17-doc",
    "postgresql-doc-15",
    "python-django-doc",
    "python-pandas-doc",
    "python3.11-doc",
    "qtbase5-doc-html",
    "sqlite3-doc",
];

/// Documents to copy.
pub(crate) struct Source {
    /// What they are, for the report.
    pub(crate) what: &'static str,
    pub(crate) form: Form,
    /// Where everything that this benchmark keeps is.
    pub(crate) scratch: PathBuf,
    pub(crate) root: PathBuf,
    /// Paths below the root, in the order of names.
    pub(crate) files: Vec<PathBuf>,
    /// Questions of people, a line of JSON each.
    pub(crate) queries: Option<PathBuf>,
}

impl Source {
    /// Downloads or unpacks what is not there yet.
    pub(crate) fn find() -> Result<Self, Box<dyn Error>> {
        let debian = fetch(&[])?;
        let bench = debian
            .parent()
            .ok_or("packages are in a folder of the cache")?;
        let mut source = match archive("corpora/mdn.tar.xz") {
            Some(archive) => {
                let scratch = bench.join("scale/mdn");
                Self {
                    what: "MDN's pages (Markdown)",
                    form: Form::Markdown,
                    root: unpacked(&archive, &scratch)?,
                    scratch,
                    files: Vec::new(),
                    queries: archive_beside(&archive, "bench/dev/mdn.jsonl"),
                }
            }
            None => {
                fetch(&PACKAGES)?;
                Self {
                    what: "the HTML pages of ten Debian packages",
                    form: Form::Html,
                    scratch: bench.join("scale/debian"),
                    root: debian,
                    files: Vec::new(),
                    queries: None,
                }
            }
        };
        let (folders, extension): (Vec<&str>, _) = match source.form {
            Form::Markdown => (vec![""], "md"),
            Form::Html => (PACKAGES.to_vec(), "html"),
        };
        for folder in folders {
            below(
                &source.root,
                Path::new(folder),
                extension,
                &mut source.files,
            )?;
        }
        source.files.sort();
        fs::create_dir_all(&source.scratch)?;
        // Folders that have changed are told by their paths without links.
        source.scratch = fs::canonicalize(&source.scratch)?;
        Ok(source)
    }
}

/// A file in a folder that stands beside the checkout, or beside a folder that it is in.
fn archive(path: &str) -> Option<PathBuf> {
    let beside = checkout().ancestors().skip(1).take(2);
    let folders = beside.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let mut found: Vec<_> = folders
        .map(|entry| entry.path().join(path))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.into_iter().next()
}

fn archive_beside(archive: &Path, path: &str) -> Option<PathBuf> {
    let path = archive.parent()?.parent()?.join(path);
    path.is_file().then_some(path)
}

fn unpacked(archive: &Path, scratch: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let folder = scratch.join("source");
    if !folder.exists() {
        say(&format!("unpacking {}", archive.display()));
        fs::create_dir_all(scratch)?;
        let unfinished = tempfile::tempdir_in(scratch)?;
        let unpacked = Command::new("tar")
            .arg("-xf")
            .arg(archive)
            .arg("-C")
            .arg(unfinished.path())
            .status()?;
        if !unpacked.success() {
            return Err(format!("tar cannot unpack {}", archive.display()).into());
        }
        fs::rename(unfinished.keep(), &folder)?;
    }
    Ok(folder)
}

fn below(
    root: &Path,
    folder: &Path,
    extension: &str,
    found: &mut Vec<PathBuf>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, folder.join(entry.file_name()));
        if kind.is_dir() {
            below(root, &path, extension, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    Ok(())
}

fn fetch(packages: &[&str]) -> Result<PathBuf, Box<dyn Error>> {
    let fetched = Command::new(checkout().join("benches/fetch.sh"))
        .args(packages)
        .stderr(Stdio::inherit())
        .output()?;
    if !fetched.status.success() {
        return Err("benches/fetch.sh failed".into());
    }
    Ok(PathBuf::from(String::from_utf8(fetched.stdout)?.trim_end()))
}
