//! The index of one library on disk: opened, brought up to date, swapped as a whole.

use super::build::{Plan, build};
use super::catalog::{Catalog, Manifest, Outcome, ReadFile, RootMark};
use super::draft::{Built, Draft};
use super::generation::{Generation, Shelf};
use super::language::stemmer;
use super::schema;
use super::snapshot::Snapshot;
use crate::config::{DocSet, Generator, SearchSettings};
use crate::corpus::{self, File, Listing, PrivatePaths, Skipped, Stamp, WalkError, generator_of};
use crate::error::chain;
use std::{
    collections::{BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tantivy::tokenizer::Language;

/// A build that would lose more of a set's pages than this is not taken over.
const MAX_LOSS: f64 = 0.30;
/// Fewer pages than these are never worth keeping an old index for.
const SMALL_LOSS: usize = 2;
/// A generation may be replaced between the moment it is named and the moment it is opened.
const OPEN_ATTEMPTS: usize = 5;

/// Why an index cannot be opened or built.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The cache directory cannot be used.
    #[error("cannot write the index to {}", path.display())]
    Cache {
        /// The folder or file that was refused.
        path: PathBuf,
        /// In the operating system's words.
        source: io::Error,
    },
    /// Writing failed on the way.
    #[error("cannot write the index")]
    Disk(#[source] io::Error),
    /// A set's folder cannot be listed.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// The search engine gave up.
    #[error("the index cannot be built or opened")]
    Index(#[from] tantivy::TantivyError),
    /// A thread that reads documents ended early: a fault of docent's.
    #[error("reading documents broke off")]
    Worker,
}

/// What a build is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Files are read and indexed.
    Reading {
        /// Files read.
        done: usize,
        /// Files to read.
        of: usize,
    },
    /// Links between pages are followed.
    Linking,
}

/// What a build found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The document sets, in the order of the configuration.
    pub sets: Vec<SetReport>,
    /// Files that were read; the others had not changed.
    pub read: usize,
    /// How long it took.
    pub took: Duration,
    /// Why everything was read anew, where an older index was there.
    pub rebuilt: Option<&'static str>,
    /// The set whose loss of pages was not taken over: the older index goes on serving.
    pub kept: Option<Loss>,
    /// Sets whose folder could not be read: they keep the pages that they had.
    pub missing: Vec<Missing>,
    /// Folders of which pages include files, wherever those are.
    pub included: BTreeSet<PathBuf>,
}

/// A set whose folder could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Name of the set.
    pub set: String,
    /// The folder, and why.
    pub reason: String,
}

/// What a build found in one document set.
#[derive(Debug, Clone)]
pub struct SetReport {
    /// Name of the set.
    pub name: String,
    /// Pages that are served.
    pub pages: usize,
    /// Their sections.
    pub sections: usize,
    /// Files that are not served, with the reasons.
    pub skipped: Vec<Skipped>,
    /// Files with more headings or links than are looked at; all of their text is served.
    pub cut: Vec<String>,
}

/// A loss of pages that looks like an accident: an unmounted disk, a failed site build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Name of the set.
    pub set: String,
    /// Pages in the older index.
    pub before: usize,
    /// Pages that were found now.
    pub after: usize,
}

/// The index of a list of document sets, in a folder of the cache directory.
#[derive(Debug, Clone)]
pub struct Store {
    sets: Vec<DocSet>,
    language: Language,
    shelf: Shelf,
    private: PrivatePaths,
}

impl Store {
    /// The store for these sets below `cache_dir`, the cache directory; another list of sets has another store.
    ///
    /// # Errors
    /// Where the cache directory cannot be written.
    pub fn new(
        cache_dir: &Path,
        sets: Vec<DocSet>,
        search: SearchSettings,
    ) -> Result<Self, StoreError> {
        let shelf = Shelf::at(cache_dir.join(folder_name(&sets)))?;
        Ok(Self {
            sets,
            language: stemmer(search.language),
            shelf,
            private: PrivatePaths::default().and(cache_dir),
        })
    }

    /// Keeps documents apart from more than the cache directory: none of a set's files is read there.
    #[must_use]
    pub fn apart_from(mut self, private: &PrivatePaths) -> Self {
        self.private = self.private.and_all(private);
        self
    }

    /// Opens the index as the last build left it, without looking at the documents; `None`
    /// where there is none that fits the settings.
    pub fn open(&self) -> Option<Snapshot> {
        (0..OPEN_ATTEMPTS).find_map(|_| {
            let generation = self.shelf.current()?;
            let manifest = generation.manifest().ok()?;
            if !self.fits(&manifest) || !generation.is_whole(&manifest) {
                return None;
            }
            self.open_generation(&generation).ok()
        })
    }

    /// Brings the index up to date with the documents and opens it, see [`Store::draft`].
    ///
    /// # Errors
    /// Where documents or index cannot be read or written; the older index stays as it was.
    pub fn update(
        &self,
        rebuild: bool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(Arc<Snapshot>, Report), StoreError> {
        self.draft(rebuild, progress)?.publish()
    }

    /// Builds an index that is up to date with the documents and opens it. Only files that have
    /// changed are read; one process builds at a time, others wait for it.
    ///
    /// With `rebuild` everything is read anew, and a loss of pages is taken over.
    ///
    /// # Errors
    /// Where documents or index cannot be read or written; the older index stays as it was.
    pub fn draft(
        &self,
        rebuild: bool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Draft<'_>, StoreError> {
        let started = Instant::now();
        let lock = self.shelf.lock()?;
        let (older, rebuilt) = self.older(rebuild);
        let known = older.as_ref().map(|(_, _, manifest)| manifest);
        // Before the walk: a folder that takes a root's place meanwhile is looked at once more.
        let roots = self.roots(known);
        let Listed {
            files,
            listings,
            skipped,
            missing,
            mut kept,
        } = self.list(known)?;
        let (mut unchanged, to_read) = compare(files, &listings, &roots, known);
        unchanged.append(&mut kept);
        let read = to_read.len();
        let report = |catalog: &Catalog, manifest: &Manifest, kept| Report {
            sets: self.report(catalog, manifest, skipped.clone()),
            read,
            took: started.elapsed(),
            rebuilt,
            kept,
            missing: missing.clone(),
            included: self.included(manifest),
        };

        if let Some((generation, catalog, manifest)) = &older {
            let same_files = to_read.is_empty() && unchanged.len() == manifest.files.len();
            if same_files && manifest.selection == self.selection() {
                let snapshot = self.open_generation(generation)?;
                return Ok(Draft {
                    snapshot: Arc::new(snapshot),
                    report: report(catalog, manifest, None),
                    built: None,
                });
            }
        }
        let guard = older
            .as_ref()
            .filter(|(_, _, manifest)| !rebuild && manifest.selection == self.selection())
            .cloned();
        let generation = self.shelf.next(&lock)?;
        let plan = Plan {
            sets: &self.sets,
            generators: self.generators(known),
            language: self.language,
            to_read,
            unchanged,
            recipe: self.recipe(),
            roots,
            selection: self.selection(),
            older,
        };
        let built = build(plan, &generation, progress);
        let (catalog, manifest) = built.inspect_err(|_| self.shelf.discard(&generation))?;
        if let Some((older, old_catalog, old_manifest)) = guard
            && let Some(loss) = self.loss(&old_catalog, &catalog)
        {
            self.shelf.discard(&generation);
            return Ok(Draft {
                snapshot: Arc::new(self.open_generation(&older)?),
                report: report(&old_catalog, &old_manifest, Some(loss)),
                built: None,
            });
        }
        generation
            .complete(&catalog, manifest.clone())
            .map_err(StoreError::Disk)?;
        Ok(Draft {
            snapshot: Arc::new(self.open_generation(&generation)?),
            report: report(&catalog, &manifest, None),
            built: Some(Built::new(&self.shelf, generation, lock)),
        })
    }

    /// The current generation, where a new one can start from it; else why it cannot.
    fn older(
        &self,
        rebuild: bool,
    ) -> (
        Option<(Generation, Catalog, Manifest)>,
        Option<&'static str>,
    ) {
        let Some(generation) = self.shelf.current() else {
            let damaged = self
                .shelf
                .is_used()
                .then_some("the index on disk is damaged");
            return (None, damaged);
        };
        if rebuild {
            return (None, Some("as asked"));
        }
        let (Ok(catalog), Ok(manifest)) = (generation.catalog(), generation.manifest()) else {
            return (None, Some("the index on disk is damaged"));
        };
        if !self.fits(&manifest) {
            return (
                None,
                Some("the settings or the version of docent have changed"),
            );
        }
        if !generation.is_whole(&manifest) || !self.is_sound(&generation, &manifest) {
            return (None, Some("the index on disk is damaged"));
        }
        (Some((generation, catalog, manifest)), None)
    }

    /// Compares every file of the index with its checksum.
    fn is_sound(&self, generation: &Generation, manifest: &Manifest) -> bool {
        let indexes = [generation.pages(), generation.pieces(), generation.links()]
            .iter()
            .all(|folder| {
                schema::open(folder, self.language)
                    .and_then(|index| index.validate_checksum())
                    .is_ok_and(|damaged| damaged.is_empty())
            });
        indexes && generation.is_sound(manifest)
    }

    fn open_generation(&self, generation: &Generation) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::open(generation, self.language, &self.sets)?)
    }

    /// Lists the files of all sets. One whose folder cannot be read, such as a disk that is not
    /// mounted yet, keeps the files that are known of it, and does not stop the others.
    fn list(&self, known: Option<&Manifest>) -> Result<Listed, StoreError> {
        let mut listed = Listed::default();
        let mut first_error = None;
        for (position, set) in self.sets.iter().enumerate() {
            match corpus::list(set, &self.private) {
                Ok(mut listing) => {
                    let files = std::mem::take(&mut listing.files).into_iter();
                    listed.files.extend(files.map(|file| (position, file)));
                    listed.skipped.push(std::mem::take(&mut listing.skipped));
                    listed.listings.push(Some(listing));
                }
                Err(error @ WalkError::Pattern { .. }) => return Err(error.into()),
                Err(error @ (WalkError::Root { .. } | WalkError::Private { .. })) => {
                    let files = known.iter().flat_map(|known| &known.files);
                    let of_set = files.filter(|file| file.set == position);
                    listed.kept.extend(of_set.cloned());
                    listed.missing.push(Missing {
                        set: set.name.clone(),
                        reason: chain(&error),
                    });
                    first_error.get_or_insert(error);
                    listed.skipped.push(Vec::new());
                    listed.listings.push(None);
                }
            }
        }
        match first_error {
            Some(error) if known.is_none() && listed.missing.len() == self.sets.len() => {
                Err(error.into())
            }
            _ => Ok(listed),
        }
    }

    /// The mark of a root that is missing stays the one that is known.
    fn roots(&self, known: Option<&Manifest>) -> Vec<Option<RootMark>> {
        let known = |position: usize| known?.roots.get(position).copied().flatten();
        let roots = self.sets.iter().enumerate();
        let mark = |(position, set): (usize, &DocSet)| RootMark::of(&set.root).or(known(position));
        roots.map(mark).collect()
    }

    /// The folders of included files.
    fn included(&self, manifest: &Manifest) -> BTreeSet<PathBuf> {
        let mut folders = BTreeSet::new();
        for file in &manifest.files {
            let root = &self.sets[file.set].root;
            let includes = file.includes.iter();
            folders.extend(includes.filter_map(|(path, _)| Some(root.join(path).parent()?.into())));
        }
        folders
    }

    fn loss(&self, before: &Catalog, after: &Catalog) -> Option<Loss> {
        self.sets.iter().enumerate().find_map(|(position, set)| {
            let count = |catalog: &Catalog| catalog.below(position, "").len();
            let (before, after) = (count(before), count(after));
            let lost = before.saturating_sub(after);
            let too_many = lost > SMALL_LOSS && lost as f64 > MAX_LOSS * before as f64;
            too_many.then(|| Loss {
                set: set.name.clone(),
                before,
                after,
            })
        })
    }

    fn report(
        &self,
        catalog: &Catalog,
        manifest: &Manifest,
        listed: Vec<Vec<Skipped>>,
    ) -> Vec<SetReport> {
        let mut sets: Vec<_> = self
            .sets
            .iter()
            .zip(listed)
            .enumerate()
            .map(|(position, (set, skipped))| {
                let pages = catalog.below(position, "");
                SetReport {
                    name: set.name.clone(),
                    pages: pages.len(),
                    sections: pages.iter().map(|page| page.sections).sum(),
                    skipped,
                    cut: Vec::new(),
                }
            })
            .collect();
        for file in &manifest.files {
            if file.cut {
                sets[file.set].cut.push(file.path.clone());
            }
            if let Outcome::Skipped(reason) = &file.outcome {
                sets[file.set].skipped.push(Skipped {
                    path: file.path.clone(),
                    reason: reason.clone(),
                });
            }
        }
        sets
    }

    /// A folder that is not there shows no generator: it stays the one that is known.
    fn generators(&self, known: Option<&Manifest>) -> Vec<Generator> {
        let known = |position: usize| known?.generators.get(position).copied();
        self.sets
            .iter()
            .enumerate()
            .map(|(position, set)| {
                let kept = known(position).filter(|_| !set.root.exists());
                kept.unwrap_or_else(|| generator_of(set))
            })
            .collect()
    }

    /// Whether the texts of an index are as these settings make them.
    fn fits(&self, manifest: &Manifest) -> bool {
        manifest.recipe == self.recipe() && manifest.generators == self.generators(Some(manifest))
    }

    /// What determines, besides the generators, how a file's text is read and indexed.
    fn recipe(&self) -> String {
        let sets: Vec<_> = self
            .sets
            .iter()
            .map(|set| (&set.name, &set.root, &set.base_url, set.generator))
            .collect();
        format!(
            "{} {} {:?} {sets:?}",
            env!("CARGO_PKG_VERSION"),
            schema::VERSION,
            self.language
        )
    }

    /// What determines which files are read.
    fn selection(&self) -> String {
        format!("{:?}", self.sets)
    }
}

/// What the walks through the folders of all sets found.
#[derive(Default)]
struct Listed {
    /// To be compared with what is known, with the position of their set.
    files: Vec<(usize, File)>,
    /// What else is known of each set's folder; `None` for missing ones.
    listings: Vec<Option<Listing>>,
    /// Passed over, a list for each set.
    skipped: Vec<Vec<Skipped>>,
    missing: Vec<Missing>,
    /// What is known of the files of missing sets.
    kept: Vec<ReadFile>,
}

/// Parts the files that are as they were from those that must be read.
fn compare(
    files: Vec<(usize, File)>,
    listings: &[Option<Listing>],
    roots: &[Option<RootMark>],
    known: Option<&Manifest>,
) -> (Vec<ReadFile>, Vec<(usize, File)>) {
    let Some(known) = known else {
        return (Vec::new(), files);
    };
    let is_same_root = |set: usize| match (known.roots.get(set), roots.get(set)) {
        (Some(Some(before)), Some(now)) => Some(before) == now.as_ref(),
        _ => true,
    };
    let known: HashMap<(usize, &str), &ReadFile> = known
        .files
        .iter()
        .map(|file| ((file.set, file.path.as_str()), file))
        .collect();
    let mut includes = Includes {
        listings,
        stamps: HashMap::new(),
    };
    let mut unchanged = Vec::new();
    let mut to_read = Vec::new();
    for (set, file) in files {
        match known.get(&(set, file.path.as_str())) {
            Some(old)
                if old.stamp == file.stamp && is_same_root(set) && includes.are_unchanged(old) =>
            {
                unchanged.push((*old).clone());
            }
            _ => to_read.push((set, file)),
        }
    }
    (unchanged, to_read)
}

/// Files that pages include, each looked at once however many pages do.
struct Includes<'a> {
    listings: &'a [Option<Listing>],
    stamps: HashMap<(usize, &'a str), Option<Stamp>>,
}

impl<'a> Includes<'a> {
    fn are_unchanged(&mut self, file: &'a ReadFile) -> bool {
        let listing = self.listings.get(file.set).and_then(Option::as_ref);
        file.includes.iter().all(|(path, stamp)| {
            let now = self.stamps.entry((file.set, path.as_str()));
            *now.or_insert_with(|| listing?.included(path)) == *stamp
        })
    }
}

/// The sets' names for people, and a hash of their roots to tell them apart. Should the hash
/// ever change with the compiler, the index is built once more.
fn folder_name(sets: &[DocSet]) -> String {
    const NAMES: usize = 48;
    let mut hasher = DefaultHasher::new();
    let mut name = String::new();
    for set in sets {
        set.root.hash(&mut hasher);
        if name.len() < NAMES {
            name.push_str(&set.name);
            name.push('-');
        }
    }
    let name: String = name.chars().take(NAMES).collect();
    format!("{name}{:016x}", hasher.finish())
}
