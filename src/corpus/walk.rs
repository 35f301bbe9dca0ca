//! The files of a document set: what is read, and what is passed over with a reason.

use super::built::BuiltPages;
use super::document::Skip;
use super::folder::SetFolder;
use super::format::Format;
use super::root::{
    Entry, Folder, Identity, Kind, Located, MAX_DEPTH, PrivatePaths, RootError, Stamp, real_root,
    too_deep,
};
use super::rules::{RuleFile, Rules, is_hidden};
use crate::config::DocSet;
use ignore::overrides::{Override, OverrideBuilder};
use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How often a folder is looked through under other names while patterns leave out all of it.
const MAX_LOOKS: u8 = 8;

/// A file of a set, not yet read.
#[derive(Debug, Clone)]
pub struct File {
    /// Path below the root of the set, with `/` between the parts.
    pub path: String,
    /// Tells whether it has changed since it was last read.
    pub stamp: Stamp,
    pub(super) folder: Arc<SetFolder>,
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
#[derive(Debug)]
pub struct Listing {
    /// To be read.
    pub files: Vec<File>,
    /// Passed over.
    pub skipped: Vec<Skipped>,
    /// The folders that were entered, and those that could not be: whatever changes the listing changes in one of them.
    pub folders: Vec<PathBuf>,
    folder: Arc<SetFolder>,
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
    /// The root is one of docent's own folders, or lies in one.
    #[error("set `{set}`: {} lies in {}, which docent keeps for itself", root.display(), holder.display())]
    Private {
        /// Name of the set.
        set: String,
        /// The set's root.
        root: PathBuf,
        /// The state directory, the cache directory or the configuration.
        holder: PathBuf,
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

/// Lists the files of a set: honours `.gitignore`, leaves out hidden files and what docent keeps for
/// itself, follows links that stay inside the root, and goes through each folder once.
///
/// # Errors
/// Where the root cannot be read or is docent's own, or a pattern of the set is none.
pub fn list(set: &DocSet, private: &PrivatePaths) -> Result<Listing, WalkError> {
    let (root, is_folder) = real_root(&set.root).map_err(|source| WalkError::Root {
        root: set.root.clone(),
        source,
    })?;
    let (folder, file) = match (is_folder, root.parent(), root.file_name()) {
        (false, Some(folder), Some(file)) => (folder, Some(file)),
        _ => (root.as_path(), None),
    };
    let opened = SetFolder::open(folder, private, file.is_some());
    let folder = opened.map_err(|error| match error {
        RootError::Unreadable(source) => WalkError::Root {
            root: set.root.clone(),
            source,
        },
        RootError::Private(holder) => own(set, holder),
    })?;
    let mut walk = Walk {
        set,
        patterns: patterns(set, folder.root().path())?,
        listing: Listing {
            files: Vec::new(),
            skipped: Vec::new(),
            folders: Vec::new(),
            folder: Arc::new(folder),
        },
        taken: HashMap::new(),
        looks: HashMap::new(),
        links: BTreeMap::new(),
    };
    match file {
        Some(file) => walk.single(file)?,
        None => walk.everything()?,
    }
    let mut listing = walk.listing;
    listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    if file.is_none() {
        listing.skip_sources_of_built_pages();
    }
    listing.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}

/// What `include`, `exclude` and `max_file_size` of a set say of a file, without a look at its folder.
pub struct Selection<'a> {
    set: &'a DocSet,
    patterns: Override,
}

impl<'a> Selection<'a> {
    /// # Errors
    /// Where a pattern of the set is none.
    pub fn of(set: &'a DocSet) -> Result<Self, WalkError> {
        let patterns = patterns(set, &set.root)?;
        Ok(Self { set, patterns })
    }

    /// Whether a file is wanted, by its path below the root and its size.
    pub fn wants(&self, path: &str, size: u64) -> bool {
        let path = self.set.root.join(path);
        let folders = path.ancestors().skip(1);
        let mut folders = folders.take_while(|folder| *folder != self.set.root);
        size <= self.set.max_file_size
            && !self.patterns.matched(&path, false).is_ignore()
            && !folders.any(|folder| self.patterns.matched(folder, true).is_ignore())
    }
}

fn own(set: &DocSet, holder: PathBuf) -> WalkError {
    WalkError::Private {
        set: set.name.clone(),
        root: set.root.clone(),
        holder,
    }
}

fn patterns(set: &DocSet, root: &Path) -> Result<Override, WalkError> {
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

struct Walk<'a> {
    set: &'a DocSet,
    patterns: Override,
    listing: Listing,
    /// The path under which each folder is read.
    taken: HashMap<Identity, PathBuf>,
    /// How often a folder has been looked through for nothing.
    looks: HashMap<Identity, u8>,
    /// Links to folders, gone when all that has a path without links is read: of several paths to a
    /// folder, that one is its name.
    links: BTreeMap<PathBuf, Arc<Rules>>,
}

/// What was found in a folder and below it.
#[derive(Default)]
struct Found {
    /// Files that are read, or passed over for a reason of their own.
    any: bool,
    /// Files that `include` or `exclude` leave out.
    left_out: bool,
}

/// Whether the walk goes on with a file or folder.
enum Verdict {
    Admitted,
    PassedOver,
    LeftOut,
}

impl Walk<'_> {
    fn everything(&mut self) -> Result<(), WalkError> {
        let folder = Arc::clone(&self.listing.folder);
        let root = folder.root();
        let unreadable = |reason: Skip| WalkError::Root {
            root: self.set.root.clone(),
            source: io::Error::other(reason.to_string()),
        };
        let mut top = root.list().map_err(unreadable)?;
        let entries = top.entries().map_err(unreadable)?;
        self.taken.insert(top.identity(), PathBuf::new());
        self.folder(
            &top,
            entries,
            Path::new(""),
            Path::new(""),
            folder.rules_above(),
        );
        while let Some((path, rules)) = self.links.pop_first() {
            if let Err(reason) = self.linked_folder(&path, &rules) {
                self.skip(&path, reason);
            }
        }
        Ok(())
    }

    fn single(&mut self, file: &OsStr) -> Result<(), WalkError> {
        let folder = Arc::clone(&self.listing.folder);
        let path = Path::new(file);
        self.listing.folders.push(folder.root().path().to_owned());
        let stamp = folder.root().locate(path).and_then(|found| match found {
            Located::File(file) => file.stamp(),
            Located::Folder(_) => Err(Skip::Empty),
        });
        match stamp {
            Err(Skip::Private) => return Err(own(self.set, self.set.root.clone())),
            stamp => self.file(path, || stamp),
        }
        Ok(())
    }

    /// A link to a folder.
    fn linked_folder(&mut self, path: &Path, rules: &Arc<Rules>) -> Result<(), Skip> {
        let folder = Arc::clone(&self.listing.folder);
        let located = folder.root().locate(path)?;
        folder.admit_target(path, &located)?;
        let real = located.path();
        let Located::Folder(way) = located else {
            // It was a link to a folder a moment ago.
            return Ok(());
        };
        let mut found = way.list(folder.root())?;
        drop(way);
        self.look_through(&mut found, path, &real, rules)
            .map(|_| ())
    }

    /// Goes through a folder that has not been gone through.
    fn look_through(
        &mut self,
        folder: &mut Folder,
        path: &Path,
        real: &Path,
        rules: &Arc<Rules>,
    ) -> Result<Found, Skip> {
        let identity = folder.identity();
        if let Some(taken) = self.taken.get(&identity) {
            return Err(again(taken, path));
        }
        if path.components().count() > MAX_DEPTH {
            return Err(too_deep());
        }
        let entries = folder.entries()?;
        self.taken.insert(identity, path.to_owned());
        let found = self.folder(folder, entries, path, real, rules);
        if found.left_out && !found.any {
            let looks = self.looks.entry(identity).or_default();
            *looks += 1;
            if *looks < MAX_LOOKS {
                self.taken.remove(&identity);
            }
        }
        Ok(found)
    }

    fn folder(
        &mut self,
        folder: &Folder,
        entries: Vec<Entry>,
        path: &Path,
        real: &Path,
        rules: &Arc<Rules>,
    ) -> Found {
        self.listing
            .folders
            .push(self.listing.folder.root().path().join(real));
        let rules = self.rules(&entries, path, rules);
        let mut found = Found::default();
        if let Some(reason) = rules.unread() {
            let path = match path.as_os_str().is_empty() {
                true => Path::new("."),
                false => path,
            };
            self.skip(path, reason.clone());
            found.any = true;
            return found;
        }
        for entry in entries {
            let path = path.join(&entry.name);
            let real = real.join(&entry.name);
            let set_folder = Arc::clone(&self.listing.folder);
            let root = set_folder.root();
            let located = match entry.kind {
                Kind::Link => Some(root.locate(&path)),
                _ => None,
            };
            let is_folder = match &located {
                Some(located) => matches!(located, Ok(Located::Folder(_))),
                None => entry.kind == Kind::Folder,
            };
            match self.verdict(&path, &entry.name, is_folder, &rules) {
                Verdict::Admitted => {}
                Verdict::PassedOver => continue,
                Verdict::LeftOut => {
                    found.left_out |= !is_folder;
                    continue;
                }
            }
            if root.is_private(&real) {
                self.skip(&path, Skip::Private);
                continue;
            }
            if entry.name.to_str().is_none() {
                self.skip(&path, Skip::NameNotUtf8);
                continue;
            }
            match located {
                Some(Ok(Located::Folder(_))) => {
                    self.links.insert(path, Arc::clone(&rules));
                    continue;
                }
                Some(Err(reason)) => self.skip(&path, reason),
                Some(Ok(located)) => {
                    let target = set_folder.admit_target(&path, &located);
                    self.file(&path, || match (target, located) {
                        (Err(reason), _) => Err(reason),
                        (Ok(()), Located::File(file)) => file.stamp(),
                        (Ok(()), Located::Folder(_)) => Err(Skip::Empty),
                    });
                }
                None if is_folder => {
                    let below = folder.folder(root, &entry.name);
                    let below =
                        below.and_then(|mut it| self.look_through(&mut it, &path, &real, &rules));
                    match below {
                        Ok(below) => {
                            found.any |= below.any;
                            found.left_out |= below.left_out;
                        }
                        Err(reason) => {
                            // Whoever follows the folders finds out that this one cannot be.
                            if matches!(reason, Skip::Unreadable { .. }) {
                                let place = self.listing.folder.root().path().join(&real);
                                self.listing.folders.push(place);
                            }
                            self.skip(&path, reason);
                        }
                    }
                    continue;
                }
                None => self.file(&path, || folder.stamp(root, &entry.name)),
            }
            found.any = true;
        }
        found
    }

    /// The rules for what a folder holds.
    fn rules(&mut self, entries: &[Entry], path: &Path, above: &Arc<Rules>) -> Arc<Rules> {
        let mut files = RuleFile::ALL.to_vec();
        files.retain(|file| entries.iter().any(|entry| file.is_shown_by(&entry.name)));
        let folder = Arc::clone(&self.listing.folder);
        folder.read_rules(path, above, &files, &mut |path, reason| {
            self.skip(path, reason);
        })
    }

    fn verdict(&self, path: &Path, name: &OsStr, is_folder: bool, rules: &Rules) -> Verdict {
        let absolute = self.listing.folder.root().path().join(path);
        match self.patterns.matched(&absolute, is_folder) {
            ignore::Match::Ignore(_) => Verdict::LeftOut,
            ignore::Match::Whitelist(_) => Verdict::Admitted,
            ignore::Match::None if is_hidden(name) || rules.ignore(&absolute, is_folder) => {
                Verdict::PassedOver
            }
            ignore::Match::None => Verdict::Admitted,
        }
    }

    /// Lists a file, if it is worth opening.
    fn file(&mut self, path: &Path, stamp: impl FnOnce() -> Result<Stamp, Skip>) {
        match admit(self.set, path, stamp) {
            Ok((path, stamp)) => self.listing.files.push(File {
                path,
                stamp,
                folder: Arc::clone(&self.listing.folder),
            }),
            Err(reason) => self.skip(path, reason),
        }
    }

    fn skip(&mut self, path: &Path, reason: Skip) {
        self.listing.skipped.push(Skipped {
            path: path.to_string_lossy().into_owned(),
            reason,
        });
    }
}

/// Why a folder is not read under a second path.
fn again(taken: &Path, path: &Path) -> Skip {
    if path.starts_with(taken) {
        return Skip::Unreadable {
            reason: "a link to a folder above it".to_owned(),
        };
    }
    Skip::SameFolder {
        path: taken.to_string_lossy().into_owned(),
    }
}

/// Whether a file is worth opening.
fn admit(
    set: &DocSet,
    path: &Path,
    stamp: impl FnOnce() -> Result<Stamp, Skip>,
) -> Result<(String, Stamp), Skip> {
    let path = path.to_str().ok_or(Skip::NameNotUtf8)?;
    if !Format::is_candidate(path) {
        return Err(Skip::UnknownFormat);
    }
    let stamp = stamp()?;
    if stamp.size > set.max_file_size {
        return Err(Skip::TooLarge {
            limit: set.max_file_size,
        });
    }
    Ok((path.to_owned(), stamp))
}

impl Listing {
    /// The stamp of a file that a page may include, as it is now; `None` where there is none.
    pub fn included(&self, path: &str) -> Option<Stamp> {
        self.folder.stamp_of_included(path)
    }

    /// The folder, without links, whose changes tell of a file that a page may include: never one out of
    /// the set, a hidden one, or docent's own.
    pub fn folder_of_included(&self, path: &str) -> Option<PathBuf> {
        self.folder.folder_of_included(path)
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
}
