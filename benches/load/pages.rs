//! The pages that are served: Debian's PostgreSQL manual, and others beside it for growth.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use docent::corpus::{Format, Page, Source};

use crate::checkout;

/// The set that speed and memory are measured on.
pub(crate) const POSTGRESQL: &str = "postgresql-doc-15";

/// What the larger sets take their pages from, evenly.
pub(crate) const OTHERS: [&str; 9] = [
    "git-doc",
    "libboost1.81-doc",
    "linux-doc-6.1",
    "openjdk-17-doc",
    "python-django-doc",
    "python-pandas-doc",
    "python3.11-doc",
    "qtbase5-doc-html",
    "sqlite3-doc",
];

/// The folder of the PostgreSQL pages; downloaded unless they were before.
pub(crate) fn postgresql() -> Result<PathBuf, Box<dyn Error>> {
    Ok(fetch(&[POSTGRESQL])?
        .join(POSTGRESQL)
        .join("usr/share/doc/postgresql-doc-15/html"))
}

/// Makes `folder` hold `times` as many pages as PostgreSQL has: those, and others picked evenly
/// from the [`OTHERS`]. No page is there twice.
pub(crate) fn grown(times: usize, folder: &Path) -> Result<(), Box<dyn Error>> {
    let base = postgresql()?;
    let debian = fetch(&OTHERS)?;
    let own = pages_below(&base)?;
    let mut others = Vec::new();
    for package in OTHERS {
        others.extend(pages_below(&debian.join(package))?);
    }
    let wanted = (times - 1) * own.len();
    if others.len() < wanted {
        return Err(format!(
            "{times} times the pages need {wanted} more; there are {}",
            others.len()
        )
        .into());
    }
    for file in &own {
        link(
            file,
            &folder.join("postgresql").join(file.strip_prefix(&base)?),
        )?;
    }
    for pick in 0..wanted {
        let file = &others[pick * others.len() / wanted];
        link(file, &folder.join(file.strip_prefix(&debian)?))?;
    }
    Ok(())
}

fn pages_below(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for file in html_files(folder)? {
        if page(&file)?.is_some() {
            found.push(file);
        }
    }
    Ok(found)
}

/// All HTML files below a folder, sorted; links are not followed.
pub(crate) fn html_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let path = entry.path();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && path
                    .extension()
                    .is_some_and(|extension| extension == "html")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file's page; `None` where docent would skip it: a redirect, an index that a generator made.
pub(crate) fn page(file: &Path) -> Result<Option<Page>, Box<dyn Error>> {
    let text = String::from_utf8_lossy(&fs::read(file)?).into_owned();
    let source = Source {
        path: &file.to_string_lossy(),
        text: &text,
        include: &|_| None,
        site: &docent::corpus::Site::default(),
    };
    Ok(Format::Html
        .pages(&source)
        .ok()
        .and_then(|pages| pages.into_iter().next()))
}

fn link(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to.parent().ok_or("a file has a folder")?)?;
    // Hard links, since docent follows no symbolic link out of a set; a copy across file systems.
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to)?;
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
