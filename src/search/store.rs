//! The index of one library on disk: opened, brought up to date, swapped as a whole.

use super::build::{Plan, build};
use super::catalog::{Catalog, KeptLoss, Manifest, Outcome, ReadFile, RootMark};
use super::draft::{Built, Draft};
use super::generation::{Generation, Shelf};
use super::language::stemmer;
use super::loss::{Fewer, Loss, fingerprint};
use super::schema;
use super::snapshot::Snapshot;
use crate::config::{DocSet, Generator, SearchSettings};
use crate::corpus::{
    self, File, Found, Listing, Look, PrivatePaths, ReadAllError, Selection, Skipped, Stamp,
    WalkError, Within, generator_of,
};
use crate::error::chain;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tantivy::tokenizer::Language;

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

impl<E: Into<StoreError>> From<ReadAllError<E>> for StoreError {
    fn from(error: ReadAllError<E>) -> Self {
        match error {
            ReadAllError::Threads(source) => Self::Disk(source),
            ReadAllError::Reader => Self::Worker,
            ReadAllError::Refused(error) => error.into(),
        }
    }
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
    /// Sets that keep the pages they had, as too few are left.
    pub losses: Vec<Loss>,
    /// Losses that were accepted, and hold from now on.
    pub taken_over: Vec<Loss>,
    /// Sets whose folder could not be read: they keep the pages that they had, if any.
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

/// The index of a list of document sets, in a folder of the cache directory.
#[derive(Debug, Clone)]
pub struct Store {
    sets: Vec<DocSet>,
    language: Language,
    shelf: Shelf,
    private: PrivatePaths,
    /// Losses that the next update takes over, where they are still the same.
    accepted: Arc<Mutex<Vec<Loss>>>,
    /// The generation whose files were compared with their checksums, or written, by this process.
    verified: Arc<AtomicU64>,
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
        let mut sets = sets;
        for set in &mut sets {
            // `part/` is `part`.
            set.root = set.root.components().collect();
        }
        let shelf = Shelf::at(cache_dir.join(folder_name(&sets)))?;
        Ok(Self {
            sets,
            language: stemmer(search.language),
            shelf,
            private: PrivatePaths::default().and(cache_dir),
            accepted: Arc::default(),
            verified: Arc::default(),
        })
    }

    /// Lets the next update take over losses of which an earlier one has told, as far as the files are
    /// still the same. One that leaves no page is never taken over.
    pub fn accept(&self, losses: Vec<Loss>) {
        *self.accepted.lock().unwrap_or_else(PoisonError::into_inner) = losses;
    }

    /// Removes other indexes in the cache directory that no process has open and that nobody has used
    /// for this long; returns the names of their folders.
    pub fn remove_unused(&self, idle: Duration) -> Vec<String> {
        self.shelf.remove_unused_beside(idle)
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
            self.open_generation(&generation, &manifest).ok()
        })
    }

    /// Brings the index up to date with all documents and opens it, see [`Store::draft`].
    ///
    /// # Errors
    /// Where documents or index cannot be read or written; the older index stays as it was.
    pub fn update(
        &self,
        rebuild: bool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(Arc<Snapshot>, Report), StoreError> {
        self.draft(&Look::Everything, rebuild, progress)?.publish()
    }

    /// Builds an index that is up to date with the documents and opens it. Only files that have
    /// changed are read; one process builds at a time, others wait for it.
    ///
    /// `look`: where the documents have changed since the draft before this one. That is all that is looked at where it is
    /// safe to do so, and where this process has looked at everything before.
    ///
    /// With `rebuild` everything that is there is read anew, and a loss of pages is taken over; a set
    /// whose folder cannot be read keeps its pages.
    ///
    /// # Errors
    /// Where documents or index cannot be read or written; the older index stays as it was.
    pub fn draft(
        &self,
        _look: &Look,
        rebuild: bool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Draft<'_>, StoreError> {
        let started = Instant::now();
        let lock = self.shelf.lock()?;
        let (older, why) = self.older();
        let rebuilt = match rebuild && (older.is_some() || why.is_some()) {
            true => Some("as asked"),
            false => why,
        };
        let known = older.as_ref().map(|(_, _, manifest)| manifest);
        // Before the walk: a folder that takes a root's place meanwhile is looked at once more.
        let mut roots = self.roots(known);
        let Listed {
            files,
            listings,
            skipped,
            missing,
            mut kept,
        } = self.list(known)?;
        // Of what is read anew, only what cannot be read is of use.
        let older = older.filter(|_| !rebuild || !missing.is_empty());
        let known = older.as_ref().map(|(_, _, manifest)| manifest);
        let comparable = known.filter(|_| !rebuild);
        let (mut unchanged, mut to_read) = compare(files, &listings, &roots, comparable);
        let is_missing = |set: usize| listings.get(set).is_none_or(Option::is_none);
        let fingerprints = |set| fingerprint(set, &unchanged, &to_read);
        let Known {
            mut losses,
            mut accepted,
            reselected,
        } = self.known_losses(known, rebuild, is_missing, fingerprints);
        unchanged.append(&mut kept);
        loop {
            for loss in losses.iter().filter(|loss| !is_missing(loss.set)) {
                unchanged.retain(|file| file.set != loss.set);
                to_read.retain(|(set, _)| *set != loss.set);
                unchanged.extend(self.wanted(known, loss.set)?);
                // What is kept is of the folder that was there before.
                roots[loss.set] =
                    known.and_then(|known| known.roots.get(loss.set).copied().flatten());
            }
            let read = to_read.len();
            let report = |catalog: &Catalog, manifest: &Manifest| Report {
                sets: self.report(catalog, manifest, skipped.clone()),
                read,
                took: started.elapsed(),
                rebuilt,
                losses: self.named(&manifest.losses),
                taken_over: self.named(&accepted),
                missing: missing.clone(),
                included: included(&listings, manifest),
            };
            if let Some((generation, catalog, manifest)) = &older {
                let same_files = to_read.is_empty() && unchanged.len() == manifest.files.len();
                if same_files && manifest.losses == losses && self.selects_alike(manifest) {
                    let snapshot = self.open_generation(generation, manifest)?;
                    return Ok(Draft {
                        snapshot: Arc::new(snapshot),
                        report: report(catalog, manifest),
                        built: None,
                    });
                }
            }
            let generation = self.shelf.next(&lock)?;
            let plan = Plan {
                sets: &self.sets,
                generators: self.generators(known),
                language: self.language,
                link_bases: self.link_bases(known),
                to_read: &to_read,
                unchanged: unchanged.clone(),
                recipe: self.recipe(),
                roots: roots.clone(),
                selections: self.selections(),
                losses: losses.clone(),
                older: older.as_ref(),
            };
            let built = build(plan, &generation, progress);
            let (catalog, manifest) = built.inspect_err(|_| self.shelf.discard(&generation))?;
            let mut found = Vec::new();
            for set in 0..self.sets.len() {
                let is_carried = losses.iter().any(|loss| loss.set == set);
                let Some((_, older, _)) = older.as_ref().filter(|_| !rebuild) else {
                    break;
                };
                if is_carried || is_missing(set) {
                    continue;
                }
                let mut fewer = Fewer::of(set, older, &catalog);
                let is_known = accepted.iter().any(|loss| loss.set == set);
                if fewer.is_all() && reselected.contains(&set) {
                    // What is not wanted any more is no loss.
                    let wanted = self.wanted(known, set)?;
                    fewer.before = wanted.iter().map(|file| file.outcome.pages().len()).sum();
                }
                if fewer.is_all() || fewer.is_much() && !is_known && !reselected.contains(&set) {
                    found.push(KeptLoss {
                        set,
                        before: fewer.before,
                        after: fewer.after,
                        files: fingerprint(set, &unchanged, &to_read),
                    });
                }
            }
            if !found.is_empty() {
                // Once more, with the pages that these sets had.
                self.shelf.discard(&generation);
                accepted.retain(|loss| found.iter().all(|found| found.set != loss.set));
                losses.extend(found);
                losses.sort_by_key(|loss| loss.set);
                continue;
            }
            generation
                .complete(&catalog, manifest.clone())
                .map_err(StoreError::Disk)?;
            return Ok(Draft {
                snapshot: Arc::new(self.open_generation(&generation, &manifest)?),
                report: report(&catalog, &manifest),
                built: Some(Built {
                    shelf: &self.shelf,
                    verified: &self.verified,
                    generation,
                    lock,
                }),
            });
        }
    }

    /// What is to be done about the losses that an earlier update has told of.
    fn known_losses(
        &self,
        known: Option<&Manifest>,
        rebuild: bool,
        is_missing: impl Fn(usize) -> bool,
        fingerprint: impl Fn(usize) -> u64,
    ) -> Known {
        let accepted = self
            .accepted
            .lock()
            .map(|mut accepted| std::mem::take(&mut *accepted));
        let accepted = accepted.unwrap_or_default();
        let selections = self.selections();
        let Some(manifest) = known else {
            return Known::default();
        };
        let mut known = Known::default();
        for (set, selection) in selections.iter().enumerate() {
            // Other files are wanted than before: fewer pages are no accident.
            if manifest.selections.get(set) != Some(selection) {
                known.reselected.insert(set);
            }
        }
        for loss in &manifest.losses {
            let Some(set) = self.sets.get(loss.set) else {
                continue;
            };
            if is_missing(loss.set) {
                known.losses.push(loss.clone());
            } else if rebuild
                || known.reselected.contains(&loss.set)
                || fingerprint(loss.set) != loss.files
            {
                // What has changed since is looked at anew.
            } else if loss.after > 0 && accepted.contains(&loss.named(&set.name)) {
                known.accepted.push(loss.clone());
            } else {
                known.losses.push(loss.clone());
            }
        }
        known
    }

    /// What is known of a set's files, as far as its settings still ask for them.
    fn wanted(&self, known: Option<&Manifest>, set: usize) -> Result<Vec<ReadFile>, StoreError> {
        let selection = Selection::of(&self.sets[set])?;
        let files = known.iter().flat_map(|known| &known.files);
        let files = files.filter(|file| file.set == set);
        let wanted = files.filter(|file| {
            file.outcome.pages().is_empty() || selection.wants(&file.path, file.stamp.size)
        });
        Ok(wanted.cloned().collect())
    }

    fn named(&self, losses: &[KeptLoss]) -> Vec<Loss> {
        let named = |loss: &KeptLoss| Some(loss.named(&self.sets.get(loss.set)?.name));
        losses.iter().filter_map(named).collect()
    }

    /// The current generation, where a new one can start from it; else why it cannot.
    fn older(
        &self,
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
        let (Ok(catalog), Ok(manifest)) = (generation.catalog(), generation.manifest()) else {
            return (None, Some("the index on disk is damaged"));
        };
        if !self.fits(&manifest) {
            return (
                None,
                Some("the settings or the version of docent have changed"),
            );
        }
        let is_verified = self.verified.load(Ordering::Relaxed) == generation.number;
        if !generation.is_whole(&manifest) || !is_verified && !self.is_sound(&generation, &manifest)
        {
            return (None, Some("the index on disk is damaged"));
        }
        self.verified.store(generation.number, Ordering::Relaxed);
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

    fn open_generation(
        &self,
        generation: &Generation,
        manifest: &Manifest,
    ) -> Result<Snapshot, StoreError> {
        let generators = self.generators(Some(manifest));
        let language = self.language;
        Ok(Snapshot::open(
            generation, language, &self.sets, generators,
        )?)
    }

    /// Lists the files of all sets. One whose folder cannot be read, such as a disk that is not
    /// mounted yet, keeps the files that are known of it, and does not stop the others.
    fn list(&self, known: Option<&Manifest>) -> Result<Listed, StoreError> {
        let mut listed = Listed::default();
        let mut first_error = None;
        for (position, set) in self.sets.iter().enumerate() {
            let mut files = Vec::new();
            let mut skipped = Vec::new();
            let mut note = |found| match found {
                Found::File(file) => files.push((position, file)),
                Found::Skipped(file) => skipped.push(file),
            };
            match corpus::list(set, &self.private, Within::Everything, &mut note) {
                Ok(listing) => {
                    files.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
                    skipped.sort_by(|a, b| a.path.cmp(&b.path));
                    listed.files.append(&mut files);
                    listed.skipped.push(skipped);
                    listed.listings.push(Some(listing));
                }
                Err(error @ (WalkError::Pattern { .. } | WalkError::Wider { .. })) => {
                    return Err(error.into());
                }
                Err(error @ (WalkError::Root { .. } | WalkError::Private { .. })) => {
                    listed.kept.extend(self.wanted(known, position)?);
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

    /// Whether the texts of an index are as these settings make them. Names, descriptions and
    /// addresses of sets are no part of it: they are put in when it is opened.
    fn fits(&self, manifest: &Manifest) -> bool {
        manifest.recipe == self.recipe()
    }

    /// What determines how a file's text is read and indexed.
    fn recipe(&self) -> String {
        let roots: Vec<_> = self.sets.iter().map(|set| &set.root).collect();
        format!(
            "{} {} {:?} {roots:?}",
            env!("CARGO_PKG_VERSION"),
            schema::VERSION,
            self.language
        )
    }

    /// What determines which files of each set are read.
    fn selections(&self) -> Vec<String> {
        let selection = |set: &DocSet| {
            format!(
                "{:?} {:?} {} {} {}",
                set.include, set.exclude, set.max_file_size, set.max_files, set.max_size
            )
        };
        self.sets.iter().map(selection).collect()
    }

    /// The addresses by which pages link to their own set. One that is not configured stays the one that
    /// is known: it does no harm.
    fn link_bases(&self, known: Option<&Manifest>) -> Vec<Option<String>> {
        let known = |set: usize| known?.link_bases.get(set).cloned().flatten();
        let sets = self.sets.iter().enumerate();
        sets.map(|(position, set)| set.base_url.clone().or_else(|| known(position)))
            .collect()
    }

    /// Whether an index has the files and links that these settings ask for.
    fn selects_alike(&self, manifest: &Manifest) -> bool {
        manifest.selections == self.selections()
            && manifest.link_bases == self.link_bases(Some(manifest))
    }
}

/// What is known of losses before the documents are looked at.
#[derive(Default)]
struct Known {
    /// Of sets that go on with the pages that they had.
    losses: Vec<KeptLoss>,
    /// Of sets that go on with the pages that are left.
    accepted: Vec<KeptLoss>,
    /// Sets of which other files are wanted than before.
    reselected: HashSet<usize>,
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

/// The folders whose changes tell of included files.
fn included(listings: &[Option<Listing>], manifest: &Manifest) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    let mut known = BTreeSet::new();
    for file in &manifest.files {
        let Some(Some(listing)) = listings.get(file.set) else {
            continue;
        };
        for (path, _) in &file.includes {
            let folder = Path::new(path).parent();
            if known.insert((file.set, folder)) {
                folders.extend(listing.folder_of_included(path));
            }
        }
    }
    folders
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

/// The names of the sets' folders for people, and a hash of their paths to tell them apart. Should
/// the hash ever change with the compiler, the index is built once more.
fn folder_name(sets: &[DocSet]) -> String {
    const NAMES: usize = 48;
    let mut hasher = DefaultHasher::new();
    let mut name = String::new();
    for set in sets {
        set.root.hash(&mut hasher);
        if name.len() < NAMES {
            let folder = set.root.file_stem().unwrap_or_default().to_string_lossy();
            let folder = folder
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c));
            name.extend(folder);
            name.push('-');
        }
    }
    let name: String = name.chars().take(NAMES).collect();
    format!("{name}{:016x}", hasher.finish())
}
