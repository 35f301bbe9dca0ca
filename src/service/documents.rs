//! The documents and their index: opened at the start, followed while they change, replaced at a
//! reload.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::sync::oneshot;

use crate::{
    config::{DocSet, SearchSettings, Settings},
    corpus::PrivatePaths,
    mcp::Library,
    platform::Notifier,
    search::Progress,
};

use super::{
    Observer,
    catalogue::{self, Catalogue},
    changes::{Nudge, changes},
};

/// How much more time a step of a long build asks the service manager for, and how often.
const STEP: Duration = Duration::from_secs(60);
const ASK_EVERY: Duration = Duration::from_secs(5);
/// Before the first look at the documents. Who has waited for the start is answered first: on a small
/// machine both at once take twice as long.
const REST: Duration = Duration::from_millis(300);

/// What is served, and who keeps it up to date.
#[derive(Clone)]
pub(super) struct Documents {
    cache_dir: PathBuf,
    private: PrivatePaths,
    observer: Arc<dyn Observer>,
    notifier: Notifier,
    followed: Arc<Mutex<Option<Followed>>>,
}

/// The documents that are followed at the moment.
struct Followed {
    sets: Vec<DocSet>,
    search: SearchSettings,
    library: Arc<Library>,
    nudge: Nudge,
}

impl Documents {
    pub(super) fn new(
        cache_dir: PathBuf,
        private: PrivatePaths,
        observer: Arc<dyn Observer>,
        notifier: Notifier,
    ) -> Self {
        Self {
            cache_dir,
            private,
            observer,
            notifier,
            followed: Arc::default(),
        }
    }

    /// Opens the index, or builds it where there is none, and follows changes from then on.
    ///
    /// # Errors
    /// Where the cache directory cannot be written, or there is no document.
    pub(super) async fn open(
        &self,
        settings: &Settings,
        rebuild: bool,
    ) -> anyhow::Result<Arc<Library>> {
        let (this, settings) = (self.clone(), settings.clone());
        blocking("docent-index", move || this.open_now(&settings, rebuild)).await
    }

    /// Serves the documents of other settings, or looks at those there are once more.
    ///
    /// # Errors
    /// As at the start; what was served before goes on being served.
    pub(super) async fn reopen(&self, settings: &Settings) -> anyhow::Result<()> {
        let (this, settings) = (self.clone(), settings.clone());
        blocking("docent-index", move || this.reopen_now(&settings)).await
    }

    fn open_now(&self, settings: &Settings, rebuild: bool) -> anyhow::Result<Arc<Library>> {
        let catalogue = Arc::new(catalogue::open(settings, &self.cache_dir, &self.private)?);
        let ready = if rebuild { None } else { catalogue.ready() };
        let stale = ready.is_some();
        let snapshot = match ready {
            Some(snapshot) => Arc::new(snapshot),
            None => {
                let (snapshot, report) = catalogue.update(rebuild, &self.progress())?;
                self.observer.indexed(&report);
                snapshot
            }
        };
        let library = Arc::new(Library::new(snapshot));
        self.follow(catalogue, settings, &library, stale)?;
        Ok(library)
    }

    fn reopen_now(&self, settings: &Settings) -> anyhow::Result<()> {
        let library = {
            let followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(followed) = &*followed else {
                return Ok(());
            };
            if followed.sets == settings.docs && followed.search == settings.search {
                followed.nudge.look();
                return Ok(());
            }
            Arc::clone(&followed.library)
        };
        let catalogue = Arc::new(catalogue::open(settings, &self.cache_dir, &self.private)?);
        let (snapshot, _) = catalogue.update(false, &self.progress())?;
        library.replace(snapshot);
        self.follow(catalogue, settings, &library, false)
    }

    /// A long build tells whoever waits that it goes on.
    fn progress(&self) -> impl Fn(Progress) + Sync {
        let asked = Mutex::new(None::<Instant>);
        move |progress| {
            self.observer.progress(progress);
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.is_none_or(|asked| asked.elapsed() >= ASK_EVERY) {
                self.notifier.extend_timeout(STEP);
                *asked = Some(Instant::now());
            }
        }
    }

    /// Brings the index up to date whenever documents change. Takes the place of whoever followed
    /// before. `stale`: the index is as the last run left it, and what comes of the first look is told.
    fn follow(
        &self,
        catalogue: Arc<Catalogue>,
        settings: &Settings,
        library: &Arc<Library>,
        stale: bool,
    ) -> anyhow::Result<()> {
        let (unwatched, nudge) = changes();
        let following = {
            let (library, observer) = (Arc::clone(library), Arc::clone(&self.observer));
            move || {
                if !unwatched.rest(REST) {
                    return;
                }
                // Watching before looking: what changes in between is seen by either.
                let changes = unwatched.watch(catalogue.sets());
                refresh(&catalogue, &library, stale.then_some(&*observer));
                while changes.wait() {
                    refresh(&catalogue, &library, None);
                }
            }
        };
        thread::Builder::new()
            .name("docent-follow".into())
            .spawn(following)
            .context("starting the thread that follows changes of documents")?;
        let followed = Followed {
            sets: settings.docs.clone(),
            search: settings.search,
            library: Arc::clone(library),
            nudge,
        };
        *self.followed.lock().unwrap_or_else(PoisonError::into_inner) = Some(followed);
        Ok(())
    }
}

/// Work that reads and computes for long, on a thread that a stop need not wait for.
async fn blocking<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let (sender, done) = oneshot::channel();
    let work = move || {
        // Nobody is left to tell where the process is about to end.
        let _ = sender.send(work());
    };
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .context("starting a thread")?;
    done.await.context("reading the documents")?
}

/// A failure leaves what is served as it is: old documents are better than none.
fn refresh(catalogue: &Catalogue, library: &Library, observer: Option<&dyn Observer>) {
    let refreshed = catalogue.draft(false, &|_| ()).and_then(|draft| {
        // Searched first, kept on the disk then: a busy disk may take seconds.
        let served = library.current().snapshot.generation();
        if draft.is_new() || draft.snapshot.generation() != served {
            library.replace(Arc::clone(&draft.snapshot));
        }
        catalogue.publish(draft)
    });
    match refreshed {
        Ok((_, report)) => {
            if let Some(observer) = observer {
                observer.indexed(&report);
            }
        }
        Err(error) => {
            let error = format!("{error:#}");
            tracing::warn!(
                error,
                "the documents cannot be read; the index stays as it was"
            );
        }
    }
}
