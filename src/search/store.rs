//! The index of one library on disk: opened, brought up to date, put together.

use super::build::{Links, merge};
use super::draft::Draft;
use super::known::Known;
use super::look::LastLook;
use super::loss::Loss;
use super::manifest::{FORMAT, KnownSegment, Manifest, next_number};
use super::report::{Progress, Report};
use super::segment::{Segment, damaged};
use super::shelf::{Current, Shelf, sync_all};
use super::snapshot::Snapshot;
use super::store_error::StoreError;
use super::synonyms::Synonyms;
use super::terms::QueryParser;
use super::update::{Update, link_bases, outlines, sites};
use super::view::{MAX_SEGMENTS, View};
use super::withheld::Withheld;
use crate::config::{DocSet, Language, SearchSettings};
use crate::corpus::{Look, PrivatePaths};
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

/// A generation may be replaced between the moment it is named and the moment it is opened.
const OPEN_ATTEMPTS: usize = 5;
/// What has changed is put together with the large segment when it is more than this share of it.
const SMALL_SHARE: f64 = 1.0 / 16.0;

/// The index of a list of document sets, in a folder of the cache directory.
#[derive(Debug, Clone)]
pub struct Store {
    sets: Vec<DocSet>,
    language: Language,
    /// How questions are read.
    parser: QueryParser,
    shelf: Shelf,
    private: PrivatePaths,
    /// What the documents are indexed without.
    withheld: Arc<Withheld>,
    /// Losses that the next update takes over, where they are still the same.
    accepted: Arc<Mutex<Vec<Loss>>>,
    segments: Arc<Mutex<Opened>>,
    /// What the next look within folders rests on.
    last: Arc<Mutex<LastLook>>,
}

/// The segments that this process knows.
#[derive(Debug, Default)]
struct Opened {
    /// Those that somebody uses, by name.
    in_use: HashMap<String, Weak<Segment>>,
    /// Those that were compared with their hashes, or written, by this process.
    verified: HashSet<String>,
}

impl Opened {
    /// Notes that a segment is used, and forgets those that are not any more.
    fn note(&mut self, segment: &Arc<Segment>) {
        self.in_use.retain(|_, segment| segment.strong_count() > 0);
        let name = segment.name().to_owned();
        self.in_use.insert(name, Arc::downgrade(segment));
    }
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
            language: search.language,
            parser: QueryParser::new(search.language, Arc::new(Synonyms::new(search.synonyms))),
            shelf,
            private: PrivatePaths::default().and(cache_dir),
            withheld: Arc::default(),
            accepted: Arc::default(),
            segments: Arc::default(),
            last: Arc::default(),
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

    /// Indexes the documents without some of what they have: for an index of its own, in a cache directory of its own.
    #[must_use]
    pub fn without(mut self, withheld: Arc<Withheld>) -> Self {
        self.withheld = withheld;
        self
    }

    /// Opens the index as the last build left it, without looking at the documents; `None`
    /// where there is none that fits the settings.
    pub fn open(&self) -> Option<Snapshot> {
        (0..OPEN_ATTEMPTS).find_map(|_| {
            let Current::Manifest(manifest) = self.shelf.current() else {
                return None;
            };
            if !self.fits(&manifest) {
                return None;
            }
            let segments = manifest
                .segments
                .iter()
                .map(|known| self.segment(known).ok());
            let segments: Vec<_> = segments.collect();
            let is_whole = segments.iter().all(Option::is_some);
            let known = Known::of(manifest, segments);
            (is_whole && known.large().is_some())
                .then(|| self.snapshot(&known.manifest, known.view()))
        })
    }

    /// The number of the generation that [`Store::open`] would open.
    pub fn generation(&self) -> Option<u64> {
        match self.shelf.current() {
            Current::Manifest(manifest) if self.fits(&manifest) => Some(manifest.number),
            _ => None,
        }
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
        look: &Look,
        rebuild: bool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Draft<'_>, StoreError> {
        let lock = self.shelf.lock()?;
        let (known, why) = self.known()?;
        let accepted = std::mem::take(&mut *self.accepted());
        let update = Update {
            sets: &self.sets,
            language: self.language,
            parser: &self.parser,
            private: &self.private,
            withheld: &self.withheld,
            shelf: &self.shelf,
            lock,
            sound: known.manifest.clone(),
            known,
            why,
            accepted: accepted.clone(),
            recipe: self.recipe(),
            selections: self.selections(),
            rebuild,
            look,
            last: self.last_look().clone(),
        };
        let done = update.run(|folder| self.written(folder), progress);
        let (draft, last) = done.inspect_err(|_| self.accept(accepted))?;
        *self.last_look() = last;
        Ok(draft)
    }

    /// Puts segments together: all of them, with links and statistics as they are now, or, unless `everything` is asked for, where
    /// what has changed has become much. `None` where there is nothing to do, or another process is at it. Updates
    /// and searches go on meanwhile; `pace` is called between slices of the work, and may wait.
    ///
    /// # Errors
    /// Where the index cannot be read or written; it stays as it was.
    pub fn merge(
        &self,
        everything: bool,
        pace: &(dyn Fn() + Sync),
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let Some(merging) = self.shelf.lock_merge() else {
            return Ok(None);
        };
        let (known, why) = {
            let _lock = self.shelf.lock()?;
            self.known()?
        };
        let link_bases = link_bases(&self.sets, &known.manifest);
        let followed = known.manifest.sets.iter().map(|set| &set.link_base);
        let is_relinked = !followed.eq(&link_bases);
        if why.is_some() || known.inputs.is_empty() || is_exact(&known) && !is_relinked {
            return Ok(None);
        }
        if !everything && !is_relinked && !is_due(&known) {
            return Ok(None);
        }
        let folder = self.shelf.merging(&merging)?;
        let into = folder.path().join("merged");
        let merged = merge(&known.inputs, &into, Links::Followed(&link_bases), pace)?;

        // What takes long goes before the lock.
        sync_all(&into)?;
        let lock = self.shelf.lock()?;
        let (mut now, why) = self.known()?;
        let before = now.manifest.clone();
        // Where each of what was merged is now, with what has gone of it since.
        let names = known.manifest.segments.iter().map(|segment| &segment.name);
        let places = names.map(|name| {
            now.manifest
                .segments
                .iter()
                .position(|other| other.name == *name)
        });
        let places: Vec<Option<usize>> = places.collect();
        let is_same = places.first().is_some_and(Option::is_some);
        if why.is_some() || !is_same {
            // The large segment was made anew meanwhile.
            return Ok(None);
        }
        let mut gone = Vec::new();
        for (input, place) in places.iter().enumerate() {
            match place {
                Some(place) => {
                    let files = &now.manifest.segments[*place].files_gone;
                    gone.extend(files.iter().filter_map(|file| merged.file(input, *file)));
                }
                // All of it has been replaced, or has been put together with what is newer.
                None => {
                    let files = 0..known.inputs[input].segment.file_count();
                    gone.extend(files.filter_map(|file| merged.file(input, file)));
                }
            }
        }
        let places: Vec<usize> = places.into_iter().flatten().collect();
        let segment = self.written(&into)?;
        now.replace(&places, segment, true);
        let gone: Vec<_> = gone.into_iter().map(|file| (0, file)).collect();
        now.remove(&gone);
        for (set, base) in now.manifest.sets.iter_mut().zip(link_bases) {
            set.link_base = base;
        }
        now.manifest.number = next_number(&now.manifest);
        self.shelf.place(&into, &merged.name, &before, &lock)?;
        self.shelf.publish(&now.manifest, &[merged.name], &lock)?;
        let mut last = self.last_look();
        if last.manifest == before {
            last.manifest = now.manifest.clone();
        }
        Ok(Some(Arc::new(self.snapshot(&now.manifest, now.view()))))
    }

    /// The current generation; why it is not there, or not all of it.
    ///
    /// # Errors
    /// Where it cannot be told.
    fn known(&self) -> Result<(Known, Option<&'static str>), StoreError> {
        const DAMAGED: &str = "the index on disk is damaged";
        const EMPTY: &str = "the index on disk has no pages";
        const OTHER: &str = "the settings or the version of docent have changed";
        let manifest = match self.shelf.current() {
            Current::Manifest(manifest) if self.fits(&manifest) => manifest,
            Current::Manifest(_) | Current::Earlier => return Ok((Known::default(), Some(OTHER))),
            Current::Damaged => return Ok((Known::default(), Some(DAMAGED))),
            Current::Nothing => return Ok((Known::default(), None)),
            Current::Unreadable(source) => return Err(StoreError::Disk(source)),
        };
        self.opened(|opened| {
            let is_named =
                |name: &String| manifest.segments.iter().any(|known| known.name == *name);
            opened.verified.retain(is_named);
        });
        let segments = manifest.segments.iter().map(|known| self.sound(known));
        let segments: Vec<_> = segments.collect();
        let is_whole = segments.iter().all(Option::is_some);
        let known = Known::of(manifest, segments);
        let is_empty = known.manifest.segments.is_empty();
        let why = match known.large() {
            Some(_) if is_whole => None,
            None if is_whole && is_empty => Some(EMPTY),
            _ => Some(DAMAGED),
        };
        Ok((known, why))
    }

    /// A segment, if it is as it was written; each is compared with its hashes once in a process.
    fn sound(&self, known: &KnownSegment) -> Option<Arc<Segment>> {
        let segment = self.segment(known).ok()?;
        let is_verified = self.opened(|opened| opened.verified.contains(&known.name));
        if !is_verified {
            if !segment.is_sound() {
                return None;
            }
            self.opened(|opened| opened.verified.insert(known.name.clone()));
        }
        Some(segment)
    }

    /// A segment of the current generation, opened once for all who use it.
    fn segment(&self, known: &KnownSegment) -> io::Result<Arc<Segment>> {
        let in_use = self.opened(|opened| opened.in_use.get(&known.name).and_then(Weak::upgrade));
        let folder = self.shelf.segment(&known.name);
        if let Some(segment) = in_use.filter(|segment| segment.is_whole_in(&folder)) {
            return Ok(segment);
        }
        let segment = Arc::new(Segment::open(&folder)?);
        if segment.name() != known.name {
            return Err(damaged("a segment"));
        }
        self.opened(|opened| opened.note(&segment));
        Ok(segment)
    }

    /// Opens a segment that this process has just written.
    fn written(&self, folder: &Path) -> io::Result<Arc<Segment>> {
        let segment = Arc::new(Segment::open(folder)?);
        self.opened(|opened| {
            opened.note(&segment);
            opened.verified.insert(segment.name().to_owned());
        });
        Ok(segment)
    }

    fn accepted(&self) -> MutexGuard<'_, Vec<Loss>> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last_look(&self) -> MutexGuard<'_, LastLook> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened<T>(&self, use_it: impl FnOnce(&mut Opened) -> T) -> T {
        use_it(&mut self.segments.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn snapshot(&self, manifest: &Manifest, view: View) -> Snapshot {
        let sites = sites(manifest);
        let outlines = outlines(manifest);
        Snapshot::open(
            manifest.number,
            view,
            self.parser.clone(),
            &self.sets,
            sites,
            outlines,
            &self.private,
        )
    }

    /// Whether the texts of an index are as these settings make them. Names, descriptions and
    /// addresses of sets are no part of it: they are put in when it is opened.
    fn fits(&self, manifest: &Manifest) -> bool {
        let is_ours = manifest.recipe == self.recipe() && manifest.sets.len() == self.sets.len();
        is_ours && manifest.is_consistent() && manifest.segments.len() <= MAX_SEGMENTS
    }

    /// What determines how a file's text is read and indexed.
    fn recipe(&self) -> String {
        let roots: Vec<_> = self.sets.iter().map(|set| &set.root).collect();
        format!(
            "{} {FORMAT} {:?} {roots:?}",
            env!("CARGO_PKG_VERSION"),
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
}

/// Whether links and statistics are those of the pages that there are.
fn is_exact(known: &Known) -> bool {
    match known.manifest.segments.as_slice() {
        [only] => only.is_large && only.files_gone.is_empty(),
        _ => false,
    }
}

/// Whether what has changed is much beside what has not.
fn is_due(known: &Known) -> bool {
    let mut small = 0;
    let mut large = 0;
    for (segment, input) in known.manifest.segments.iter().zip(&known.inputs) {
        let pages = input.segment.page_count() as usize;
        match segment.is_large {
            true => {
                large += pages;
                small += segment.pages_gone.len();
            }
            false => small += pages,
        }
    }
    small as f64 > SMALL_SHARE * large as f64
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
