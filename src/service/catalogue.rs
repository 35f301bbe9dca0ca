//! The index of the configured documents: opened, brought up to date, logged.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::standing::{FullSet, LostPages};
use crate::{
    config::{DocSet, Settings, readable_root},
    corpus::{self, Folders, Look, PrivatePaths, WalkError},
    error::{Failure, Kind, chain},
    search::{Draft, Loss, Progress, Report, Snapshot, Store, StoreError},
};

use super::skipped::SkippedFiles;

/// The documents of a configuration and their index.
pub struct Catalogue {
    /// Whose they are, for the log; `None`: everybody's.
    audience: Option<Arc<str>>,
    sets: Vec<DocSet>,
    store: Store,
    cache_dir: PathBuf,
    private: PrivatePaths,
    skipped: SkippedFiles,
    /// Losses that the log has told of.
    announced: Mutex<Vec<Loss>>,
    /// Sets of which the log has told that they are full.
    full: Mutex<Vec<String>>,
}

/// How long an index is kept that nobody opens, where others may open it again.
pub const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Prepares the index of the configured documents in the cache directory. `private`: what else
/// docent keeps for itself, besides the secrets that the settings name.
///
/// # Errors
/// Where the cache directory cannot be written.
pub fn open(
    settings: &Settings,
    cache_dir: &Path,
    private: &PrivatePaths,
) -> anyhow::Result<Catalogue> {
    let sets = settings.docs.clone();
    let private = private.and_files(settings.secret_files());
    let store = Store::new(cache_dir, sets.clone(), settings.search.clone())
        .map_err(|error| explain(error, cache_dir))?
        .apart_from(&private);
    Ok(Catalogue {
        audience: None,
        sets,
        store,
        cache_dir: cache_dir.to_owned(),
        private,
        skipped: SkippedFiles::default(),
        announced: Mutex::default(),
        full: Mutex::default(),
    })
}

impl Catalogue {
    /// The same of one audience, which the log then names.
    pub(super) fn of_audience(self, audience: Option<Arc<str>>) -> Self {
        Self { audience, ..self }
    }

    /// The document sets, in the order of the configuration.
    pub fn sets(&self) -> &[DocSet] {
        &self.sets
    }

    /// Tells the folders that documents are in, or with `new` those of these, see [`corpus::folders`]. Those of a set
    /// that is missing come when it does. `false`: only all of them will do.
    pub fn folders(&self, new: Option<&Folders>, each: &mut dyn FnMut(&Path) -> bool) -> bool {
        let mut is_enough = true;
        for set in &self.sets {
            let told = corpus::folders(set, &self.private, new, each);
            is_enough &= !matches!(told, Err(WalkError::Wider { .. }));
        }
        is_enough
    }

    /// The index as the last run left it, without a look at the documents; `None` where there
    /// is none that fits the settings, or one without a page, which is worth another look.
    pub fn ready(&self) -> Option<Snapshot> {
        let snapshot = self.store.open()?;
        let has_pages = snapshot.pages().next().is_some();
        has_pages.then_some(snapshot)
    }

    /// The number of the generation that is on the disk.
    pub fn generation(&self) -> Option<u64> {
        self.store.generation()
    }

    /// Brings the index up to date.
    ///
    /// # Errors
    /// Where documents or index cannot be read or written, and where there is no document.
    pub fn update(
        &self,
        rebuild: bool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> anyhow::Result<(Arc<Snapshot>, Report)> {
        let draft = self.draft(&Look::Everything, rebuild, progress)?;
        let (mut snapshot, report) = self.publish(draft)?;
        if let Some(merged) = self.merge(false, &|| ())? {
            snapshot = merged;
        }
        self.log(&report);
        self.announce(&report);
        Ok((snapshot, report))
    }

    /// Tells what came of a look at the documents.
    pub(super) fn log(&self, report: &Report) {
        let audience = self.audience.as_deref();
        if let Some(reason) = report.rebuilt {
            tracing::warn!(audience, reason, "read all documents anew");
        }
        let pages: usize = report.sets.iter().map(|set| set.pages).sum();
        let skipped: usize = report.sets.iter().map(|set| set.skipped.len()).sum();
        let milliseconds = u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            audience,
            pages,
            skipped,
            read = report.read,
            milliseconds,
            "index up to date"
        );
    }

    /// Tells the log of losses, and of sets that are full, that it has not been told of.
    pub fn announce(&self, report: &Report) {
        self.announce_full(report);
        let mut announced = self
            .announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for loss in report
            .losses
            .iter()
            .filter(|loss| !announced.contains(loss))
        {
            let help = LostPages::of(loss).help();
            tracing::warn!(
                audience = self.audience.as_deref(),
                set = loss.set,
                before = loss.before,
                after = loss.after,
                help,
                "this set keeps its earlier pages, since too few are left; the others are up to date"
            );
        }
        announced.clone_from(&report.losses);
        for loss in &report.taken_over {
            tracing::info!(
                audience = self.audience.as_deref(),
                set = loss.set,
                before = loss.before,
                after = loss.after,
                "the loss is taken over: this set has the pages that are left"
            );
        }
    }

    /// Which file is the first beyond may change with every look: that is no news.
    fn announce_full(&self, report: &Report) {
        let full: Vec<_> = report.sets.iter().filter_map(FullSet::of).collect();
        let mut before = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        for full in full.iter().filter(|full| !before.contains(&full.set)) {
            tracing::warn!(
                audience = self.audience.as_deref(),
                set = full.set,
                help = full.help(),
                "{}",
                full.told()
            );
        }
        *before = full.into_iter().map(|full| full.set).collect();
    }

    /// Lets the next look take over the losses that the log has told of, as long as they are the same;
    /// returns them.
    pub fn accept_losses(&self) -> Vec<Loss> {
        let told = self.announced();
        self.store.accept(told.clone());
        told
    }

    /// The same, of losses that were told of before there were other settings.
    pub fn accept_losses_of(&self, earlier: &Self) -> Vec<Loss> {
        let told = earlier.announced();
        let announced = self.announced.lock();
        announced
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&told);
        self.store.accept(told.clone());
        told
    }

    fn announced(&self) -> Vec<Loss> {
        let announced = self.announced.lock();
        announced.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Removes other indexes that nobody has opened for this long, and tells the log.
    pub fn remove_unused(&self, idle: Duration) {
        let removed = self.store.remove_unused(idle);
        if !removed.is_empty() {
            tracing::info!(
                cache_dir = %self.cache_dir.display(),
                removed = removed.join(", "),
                "removed indexes that nobody uses any more"
            );
        }
    }

    /// Builds an index that is up to date, to be searched before it is on the disk. `look`: where the documents
    /// have changed since the last draft.
    ///
    /// # Errors
    /// Where documents or index cannot be read or written, and where there is no document.
    pub fn draft(
        &self,
        look: &Look,
        rebuild: bool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> anyhow::Result<Draft<'_>> {
        let draft = self
            .store
            .draft(look, rebuild, progress)
            .map_err(|error| explain(error, &self.cache_dir))?;
        if draft.snapshot.sets().iter().all(|set| set.pages == 0) {
            return Err(self.no_documents(&draft.report));
        }
        Ok(draft)
    }

    /// Keeps a draft for the next start.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn publish(&self, draft: Draft<'_>) -> anyhow::Result<(Arc<Snapshot>, Report)> {
        let (snapshot, report) = draft
            .publish()
            .map_err(|error| explain(error, &self.cache_dir))?;
        let skipped = report.sets.iter();
        self.skipped
            .tell(skipped.flat_map(|set| set.skipped.iter().map(|file| (set.name.as_str(), file))));
        Ok((snapshot, report))
    }

    /// Puts segments of the index together, see [`Store::merge`].
    ///
    /// # Errors
    /// Where the index cannot be read or written.
    pub fn merge(
        &self,
        everything: bool,
        pace: &(dyn Fn() + Sync),
    ) -> anyhow::Result<Option<Arc<Snapshot>>> {
        let merged = self.store.merge(everything, pace);
        merged.map_err(|error| explain(error, &self.cache_dir))
    }

    fn no_documents(&self, report: &Report) -> anyhow::Error {
        let roots: Vec<_> = self
            .sets
            .iter()
            .map(|set| set.root.display().to_string())
            .collect();
        let skipped = report.sets.iter().flat_map(|set| &set.skipped);
        let reasons: Vec<_> = skipped
            .take(3)
            .map(|file| format!("{}: {}", file.path, file.reason))
            .collect();
        let cause = if reasons.is_empty() {
            "there is no file".to_owned()
        } else {
            format!("nothing could be read: {}", reasons.join("; "))
        };
        Failure::new(Kind::NoInput, format!("no documents in {}", roots.join(", ")))
            .because(cause)
            .help("docent reads Markdown, HTML, reStructuredText, AsciiDoc, manual pages, plain text and Hugo's index.json")
            .into()
    }
}

/// Whether an error is that the documents are not there, which may pass: a disk that is mounted late, a
/// folder that is being made anew.
pub(super) fn is_absence(error: &anyhow::Error) -> bool {
    let of_store = error.downcast_ref::<StoreError>();
    let of_all = error.downcast_ref::<Failure>();
    matches!(
        of_store,
        Some(StoreError::Walk(
            WalkError::Root { .. } | WalkError::Private { .. }
        ))
    ) || of_all.is_some_and(|failure| failure.kind == Kind::NoInput)
}

/// Whether an error is of the index and its disk, not of the documents.
pub(super) fn is_of_the_index(error: &anyhow::Error) -> bool {
    let failure = error.downcast_ref::<Failure>();
    failure.is_some_and(|failure| matches!(failure.kind, Kind::Io | Kind::CannotCreate))
}

/// What is wrong with the folder of a set, and what to do about it; `None`: nothing that can be told.
pub(super) fn absence(set: &DocSet) -> Option<(String, Option<String>)> {
    let fault = readable_root(&set.root).err()?;
    Some((chain(&fault), fault.help()))
}

/// Tells which of the losses that a reload was to take over stay as they were.
pub(super) fn log_refused(told: &[Loss], report: &Report) {
    let kept = report.losses.iter().filter(|loss| loss.is_total());
    for loss in kept.filter(|loss| told.contains(loss)) {
        let help = LostPages::of(loss).help();
        tracing::warn!(
            set = loss.set,
            before = loss.before,
            help,
            "not taken over: nothing is left of this set, so it keeps its pages"
        );
    }
}

/// Adds what to do to a store's error.
fn explain(error: StoreError, cache_dir: &Path) -> anyhow::Error {
    let (path, source) = match error {
        StoreError::Cache { path, source } => (path, source),
        // Of the documents, not of the disk that the index is on.
        error @ StoreError::Walk(_) => return error.into(),
        StoreError::Disk(source) if is_of_the_disk(&source) => (cache_dir.to_owned(), source),
        other => return other.into(),
    };
    let (kind, help) = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            Kind::Io,
            "make room there, or choose a folder on another disk with --cache-dir",
        ),
        _ => (
            Kind::CannotCreate,
            "choose a folder that this user may write, with --cache-dir",
        ),
    };
    let message = format!("cannot write the index to {}", path.display());
    Failure::new(kind, message)
        .because(source)
        .help(help)
        .into()
}

/// Whether an error is of where the index is written, and not of what is in it.
fn is_of_the_disk(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::PermissionDenied
    )
}
