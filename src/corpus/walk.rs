//! The files of a document set: what is read, and what is passed over with a reason.

use super::built::BuiltPages;
use super::document::Skip;
use super::format::Format;
use crate::config::DocSet;
use ignore::{WalkBuilder, overrides::OverrideBuilder};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// A file of a set, not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path below the root of the set, with `/` between the parts.
    pub path: String,
    /// Where to read it.
    pub location: PathBuf,
    /// Tells whether it has changed since it was last read.
    pub stamp: Stamp,
}

/// What changes when a file's content does: size, and times of content and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content, in nanoseconds since 1970.
    pub modified: i64,
    /// Last change of the inode, in nanoseconds since 1970; moves where `modified` is set back.
    pub changed: i64,
}

impl Stamp {
    /// The stamp of a file as it is now.
    ///
    /// # Errors
    /// Where the file is not there.
    pub fn read(location: &Path) -> io::Result<Self> {
        fs::metadata(location).map(|metadata| Self::of(&metadata))
    }

    fn of(metadata: &fs::Metadata) -> Self {
        let nanoseconds = |seconds: i64, rest: i64| seconds.wrapping_mul(1_000_000_000) + rest;
        Self {
            size: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// A file that is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Path below the root of the set.
    pub path: String,
    /// Why.
    pub reason: Skip,
}

/// What a walk through a set's folder found, in the order of the paths.
#[derive(Debug, Default)]
pub struct Listing {
    /// To be read.
    pub files: Vec<File>,
    /// Passed over.
    pub skipped: Vec<Skipped>,
    /// The folders that were entered: whatever changes the listing changes in one of them.
    pub folders: Vec<PathBuf>,
}

/// Why a set's folder cannot be listed at all.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The root cannot be opened.
    #[error("cannot read {}", root.display())]
    Root {
        /// The set's root.
        root: PathBuf,
        /// In the operating system's words.
        source: io::Error,
    },
    /// One of `include` or `exclude` is not a pattern.
    #[error("set `{set}`: not a file pattern: {pattern:?}")]
    Pattern {
        /// Name of the set.
        set: String,
        /// As configured.
        pattern: String,
        /// Why.
        source: ignore::Error,
    },
}

/// Lists the files of a set: honours `.gitignore`, leaves out hidden files, follows links that
/// stay inside the root.
///
/// # Errors
/// Where the root cannot be read, or a pattern of the set is none.
pub fn list(set: &DocSet) -> Result<Listing, WalkError> {
    let unreadable = |source| WalkError::Root {
        root: set.root.clone(),
        source,
    };
    let root = fs::canonicalize(&set.root).map_err(unreadable)?;
    if root.is_file() {
        return single(set, &root).map_err(unreadable);
    }
    fs::read_dir(&root).map_err(unreadable)?;
    let mut listing = Listing::default();
    let leading_out = Arc::new(Mutex::new(Vec::new()));
    let walk = WalkBuilder::new(&root)
        .follow_links(true)
        .require_git(false)
        .overrides(patterns(set, &root)?)
        .sort_by_file_name(Ord::cmp)
        .filter_entry({
            let root = root.clone();
            let leading_out = Arc::clone(&leading_out);
            // A link to `/` must not make the walk read the whole machine.
            move |entry| {
                let stays = !entry.path_is_symlink() || stays_inside(&root, entry.path());
                if !stays && let Ok(mut links) = leading_out.lock() {
                    links.push(entry.path().to_owned());
                }
                stays
            }
        })
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                    listing.folders.push(entry.into_path());
                } else if entry.file_type().is_some() {
                    listing.add(set, &root, entry.path());
                }
            }
            Err(error) => listing.skip_error(&root, &error),
        }
    }
    let leading_out = leading_out.lock().map(|links| links.clone());
    for link in leading_out.unwrap_or_default() {
        listing.skip(&root, &link, Skip::OutsideRoot);
    }
    listing.skip_sources_of_built_pages();
    listing.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

/// A link that cannot be followed is let through, to be reported as unreadable.
fn stays_inside(root: &Path, link: &Path) -> bool {
    fs::canonicalize(link).map_or(true, |target| target.starts_with(root))
}

fn single(set: &DocSet, file: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let folder = file.parent().unwrap_or(file);
    fs::File::open(file)?;
    listing.folders.push(folder.to_owned());
    listing.add(set, folder, file);
    Ok(listing)
}

fn patterns(set: &DocSet, root: &Path) -> Result<ignore::overrides::Override, WalkError> {
    let mut builder = OverrideBuilder::new(root);
    let negated = set.exclude.iter().map(|pattern| format!("!{pattern}"));
    for pattern in set.include.iter().cloned().chain(negated) {
        if let Err(source) = builder.add(&pattern) {
            return Err(WalkError::Pattern {
                set: set.name.clone(),
                pattern,
                source,
            });
        }
    }
    builder.build().map_err(|source| WalkError::Pattern {
        set: set.name.clone(),
        pattern: String::new(),
        source,
    })
}

impl Listing {
    fn add(&mut self, set: &DocSet, root: &Path, location: &Path) {
        let below = location.strip_prefix(root).unwrap_or(location);
        let path = below.to_string_lossy().into_owned();
        match admit(set, location, below) {
            Ok(stamp) => self.files.push(File {
                path,
                location: location.to_owned(),
                stamp,
            }),
            Err(reason) => self.skipped.push(Skipped { path, reason }),
        }
    }

    fn skip_sources_of_built_pages(&mut self) {
        let built = BuiltPages::of(&self.files);
        let page_of: Vec<_> = self.files.iter().map(|f| built.page_of(&f.path)).collect();
        let mut files = Vec::with_capacity(self.files.len());
        for (file, page) in self.files.drain(..).zip(page_of) {
            match page {
                None => files.push(file),
                Some(page) => self.skipped.push(Skipped {
                    path: file.path,
                    reason: Skip::SourceOf { page },
                }),
            }
        }
        self.files = files;
    }

    fn skip_error(&mut self, root: &Path, error: &ignore::Error) {
        let (path, reason) = match error {
            ignore::Error::WithPath { path, err } => (path.clone(), err.to_string()),
            ignore::Error::Loop { child, .. } => (
                child.clone(),
                "a symbolic link to a folder above it".to_owned(),
            ),
            ignore::Error::WithDepth { err, .. } => return self.skip_error(root, err),
            other => (root.to_owned(), other.to_string()),
        };
        self.skip(root, &path, Skip::Unreadable { reason });
    }

    fn skip(&mut self, root: &Path, location: &Path, reason: Skip) {
        let below = location.strip_prefix(root).unwrap_or(location);
        self.skipped.push(Skipped {
            path: below.to_string_lossy().into_owned(),
            reason,
        });
    }
}

/// Whether a file is worth opening.
fn admit(set: &DocSet, location: &Path, below: &Path) -> Result<Stamp, Skip> {
    let unreadable = |reason: &dyn std::fmt::Display| Skip::Unreadable {
        reason: reason.to_string(),
    };
    let Some(path) = below.to_str() else {
        return Err(unreadable(&"its name is not UTF-8"));
    };
    if !Format::is_candidate(path) {
        return Err(Skip::UnknownFormat);
    }
    let metadata = fs::metadata(location).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(unreadable(&"not a regular file"));
    }
    if metadata.len() > set.max_file_size {
        return Err(Skip::TooLarge {
            limit: set.max_file_size,
        });
    }
    Ok(Stamp::of(&metadata))
}
