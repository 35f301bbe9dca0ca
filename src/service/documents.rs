//! The documents and their index: opened at the start, followed while they change, replaced at a
//! reload.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::Context as _;
use tokio::sync::{oneshot, watch};

use crate::{
    config::{DocSet, SearchSettings, Settings},
    corpus::{Look, PrivatePaths},
    mcp::{Library, Readers},
    platform::Notifier,
    search::{Draft, Progress, Report, Snapshot},
};

use super::{
    Observer,
    catalogue::{self, Catalogue},
    changes::{Changes, Looked, Nudge, changes},
    merging::Merging,
    served::{Served, faults, missing, why},
    standing::Standing,
};

/// How much more time a step of a long build asks the service manager for, and how often.
const STEP: Duration = Duration::from_secs(60);
const ASK_EVERY: Duration = Duration::from_secs(5);
/// Before the first look at the documents. Who has waited for the start is answered first: on a small
/// machine both at once take twice as long.
const REST: Duration = Duration::from_millis(300);

/// Where indexes are kept.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    pub(super) dir: PathBuf,
    /// How long one is kept that nobody opens.
    pub(super) idle: Duration,
}

/// What is served to an audience, or to everybody, and who keeps it up to date.
#[derive(Clone)]
pub(super) struct Documents {
    /// The audience; `None` where everything is everybody's.
    audience: Option<Arc<str>>,
    readers: Readers,
    cache: Cache,
    private: PrivatePaths,
    observer: Arc<dyn Observer>,
    notifier: Notifier,
    /// Held while what is served is replaced: whoever holds it knows by which settings that is done.
    followed: Arc<Mutex<Followed>>,
    served: watch::Sender<Served>,
    /// Told whenever that changes.
    news: watch::Sender<()>,
}

/// What a reload has made ready, to be served when all of the rest of it is.
pub(super) struct Prepared(Next);

enum Next {
    /// What is followed already, by these settings.
    Same,
    Other(Box<Ready>),
}

/// Documents that nobody follows yet.
struct Ready {
    following: Followed,
    served: Served,
    /// Tells the follower to begin, and which epoch it is.
    start: mpsc::SyncSender<u64>,
}

/// The documents that are followed at the moment.
#[derive(Default)]
struct Followed {
    /// Which settings are followed, counted. A follower of earlier ones replaces nothing any more.
    epoch: u64,
    sets: Vec<DocSet>,
    search: SearchSettings,
    look_every: Option<Duration>,
    /// Files that none of the sets shows.
    secrets: Vec<PathBuf>,
    catalogue: Option<Arc<Catalogue>>,
    nudge: Option<Nudge>,
}

/// Keeps what is served up to date by one configuration, until there is another.
struct Follower {
    documents: Documents,
    catalogue: Arc<Catalogue>,
    epoch: u64,
}

impl Documents {
    pub(super) fn new(
        cache: Cache,
        private: PrivatePaths,
        observer: Arc<dyn Observer>,
        notifier: Notifier,
    ) -> Self {
        let why = "the documents are being read for the first time".to_owned();
        Self {
            audience: None,
            readers: Readers::default(),
            news: watch::Sender::new(()),
            cache,
            private,
            observer,
            notifier,
            followed: Arc::default(),
            served: watch::Sender::new(Served::Nothing { why }),
        }
    }

    /// The same for one audience of several, which share the threads that look into indexes.
    pub(super) fn of_audience(self, name: &str, readers: Readers) -> Self {
        Self {
            audience: Some(name.into()),
            readers,
            ..self
        }
    }

    /// The same, where somebody waits for news of what is served.
    pub(super) fn telling(self, news: watch::Sender<()>) -> Self {
        Self { news, ..self }
    }

    /// What is served now.
    pub(super) fn served(&self) -> Served {
        self.served.borrow().clone()
    }

    /// Ends the following: these documents are nobody's any more.
    pub(super) fn close(&self) {
        let mut followed = self.lock();
        let epoch = followed.epoch + 1;
        *followed = Followed {
            epoch,
            ..Followed::default()
        };
    }

    /// Opens the index, or builds it where there is none, and follows changes from then on. Documents
    /// that are not there are waited for, unless `must_exist`.
    ///
    /// # Errors
    /// Where the cache directory cannot be written.
    pub(super) async fn open(
        &self,
        settings: &Settings,
        rebuild: bool,
        must_exist: bool,
    ) -> anyhow::Result<()> {
        let (this, settings) = (self.clone(), settings.clone());
        blocking("docent-index", move || {
            this.open_now(&settings, rebuild, must_exist)
        })
        .await
    }

    /// Makes the documents of other settings ready, which changes nothing yet.
    ///
    /// # Errors
    /// As at the start; what was served before goes on being served.
    pub(super) async fn prepare(&self, settings: &Settings) -> anyhow::Result<Prepared> {
        let (this, settings) = (self.clone(), settings.clone());
        blocking("docent-index", move || this.prepare_now(&settings)).await
    }

    /// Looks at the documents there are once more, where a reload has asked for the same ones.
    pub(super) async fn look_again(&self) -> anyhow::Result<()> {
        let this = self.clone();
        blocking("docent-index", move || {
            this.look_again_now();
            Ok(())
        })
        .await
    }

    fn open_now(&self, settings: &Settings, rebuild: bool, must_exist: bool) -> anyhow::Result<()> {
        let catalogue = self.catalogue(settings)?;
        let ready = if rebuild { None } else { catalogue.ready() };
        let (served, first) = match ready {
            Some(snapshot) => (self.offered(Arc::new(snapshot), String::new()), First::Told),
            None => match catalogue.update(rebuild, &self.progress()) {
                Ok((snapshot, report)) => {
                    self.observer.indexed(self.audience.as_deref(), &report);
                    (
                        self.offered(snapshot, faults(&settings.docs, &report)),
                        First::Quiet,
                    )
                }
                Err(error) if !must_exist && catalogue::is_absence(&error) => {
                    let (why, help) = why(&settings.docs, &error);
                    tracing::error!(
                        audience = self.audience.as_deref(),
                        why,
                        help = help.as_deref(),
                        "there is nothing to serve yet: every request is answered with 503 until the \
                         documents are there"
                    );
                    (Served::Nothing { why }, First::Told)
                }
                Err(error) => return Err(error),
            },
        };
        let ready = self.ready(catalogue, settings, first, served)?;
        self.follow(ready);
        Ok(())
    }

    fn catalogue(&self, settings: &Settings) -> anyhow::Result<Arc<Catalogue>> {
        let catalogue = catalogue::open(settings, &self.cache.dir, &self.private)?;
        Ok(Arc::new(catalogue.of_audience(self.audience.clone())))
    }

    fn offered(&self, snapshot: Arc<Snapshot>, faults: String) -> Served {
        let library = match self.audience {
            Some(_) => Library::of_audience(snapshot, self.readers.clone()),
            None => Library::new(snapshot),
        };
        Served::Library {
            library: Arc::new(library),
            faults,
        }
    }

    fn prepare_now(&self, settings: &Settings) -> anyhow::Result<Prepared> {
        let earlier = {
            let followed = self.lock();
            let is_same = followed.catalogue.is_some()
                && followed.sets == settings.docs
                && followed.search == settings.search
                && followed.look_every == settings.look_every
                && followed.secrets == settings.secret_files();
            if is_same {
                return Ok(Prepared(Next::Same));
            }
            followed.catalogue.clone()
        };
        let catalogue = self.catalogue(settings)?;
        let told = earlier.map(|earlier| catalogue.accept_losses_of(&earlier));
        let served = match catalogue.update(false, &self.progress()) {
            Ok((snapshot, report)) => {
                catalogue::log_refused(&told.unwrap_or_default(), &report);
                self.offered(snapshot, faults(&settings.docs, &report))
            }
            // What is served is better than nothing; nothing is no better than nothing.
            Err(error) if self.serves_nothing() && catalogue::is_absence(&error) => {
                let (why, _) = why(&settings.docs, &error);
                Served::Nothing { why }
            }
            Err(error) => return Err(error),
        };
        let ready = self.ready(catalogue, settings, First::Quiet, served)?;
        Ok(Prepared(Next::Other(Box::new(ready))))
    }

    /// Serves from now on what has been made ready. `false`: it is what is served already, which may be looked at again.
    pub(super) fn take_over(&self, Prepared(next): Prepared) -> bool {
        match next {
            Next::Same => false,
            Next::Other(ready) => {
                self.follow(*ready);
                true
            }
        }
    }

    /// Takes over the losses that were told of, before whoever asked for that is told how the documents
    /// stand. The follower looks next: it writes that down, and tells what went wrong.
    fn look_again_now(&self) {
        let (catalogue, epoch) = {
            let followed = self.lock();
            let Some(catalogue) = followed.catalogue.clone() else {
                return;
            };
            (catalogue, followed.epoch)
        };
        let told = catalogue.accept_losses();
        let follower = Follower {
            documents: self.clone(),
            catalogue: Arc::clone(&catalogue),
            epoch,
        };
        let refreshed = follower.refresh(&Look::Everything, &self.progress());
        if let Ok(Some(Refreshed { is_new, report, .. })) = refreshed {
            if is_new {
                catalogue.log(&report);
            }
            catalogue.announce(&report);
            catalogue::log_refused(&told, &report);
        }
        let followed = self.lock();
        if let Some(nudge) = followed.nudge.as_ref().filter(|_| followed.epoch == epoch) {
            nudge.look();
        }
    }

    fn serves_nothing(&self) -> bool {
        matches!(*self.served.borrow(), Served::Nothing { .. })
    }

    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Prepares to follow these documents; what can fail of it is done then.
    fn ready(
        &self,
        catalogue: Arc<Catalogue>,
        settings: &Settings,
        first: First,
        served: Served,
    ) -> anyhow::Result<Ready> {
        let (changes, nudge) = changes(catalogue.sets(), settings.look_every)
            .context("preparing to follow changes of documents")?;
        let (start, started) = mpsc::sync_channel(1);
        let (documents, followed) = (self.clone(), Arc::clone(&catalogue));
        let follow = move || {
            // Nobody is told to where a reload comes to nothing.
            if let Ok(epoch) = started.recv() {
                let follower = Follower {
                    documents,
                    catalogue: followed,
                    epoch,
                };
                follower.run(changes, first);
            }
        };
        thread::Builder::new()
            .name("docent-follow".into())
            .spawn(follow)
            .context("starting the thread that follows changes of documents")?;
        Ok(Ready {
            following: Followed {
                epoch: 0,
                sets: settings.docs.clone(),
                search: settings.search.clone(),
                look_every: settings.look_every,
                secrets: settings.secret_files(),
                catalogue: Some(catalogue),
                nudge: Some(nudge),
            },
            served,
            start,
        })
    }

    /// Serves this, and brings it up to date whenever documents change. Takes the place of whoever
    /// followed before.
    fn follow(&self, ready: Ready) {
        let Ready {
            following,
            served,
            start,
        } = ready;
        let mut followed = self.lock();
        let epoch = followed.epoch + 1;
        *followed = Followed { epoch, ..following };
        match self.audience {
            // Whoever is let in by earlier settings is shown what was served by them, to the end.
            Some(_) => {
                self.served.send_replace(served);
                self.news.send_replace(());
            }
            None => self.replace(served),
        }
        // The thread waits for it, whatever becomes of it later.
        let _ = start.send(epoch);
    }

    /// To be called with [`Self::lock`] held.
    fn replace(&self, new: Served) {
        self.served.send_modify(|served| match (&mut *served, new) {
            // Sessions that are open go on with the library that they know.
            (
                Served::Library { library, faults },
                Served::Library {
                    library: new,
                    faults: new_faults,
                },
            ) => {
                let snapshot = Arc::clone(&new.current().snapshot);
                library.replace(snapshot);
                *faults = new_faults;
            }
            (_, new) => *served = new,
        });
        self.news.send_replace(());
    }
}

impl Documents {
    /// Serves the generation on the disk where it is newer than what is served: another process has made it.
    pub(super) fn take_up(&self) {
        let (catalogue, epoch) = {
            let followed = self.lock();
            (followed.catalogue.clone(), followed.epoch)
        };
        let served = match &*self.served.borrow() {
            Served::Library { library, .. } => library.current().snapshot.generation(),
            Served::Nothing { .. } => return,
        };
        let Some(catalogue) =
            catalogue.filter(|it| it.generation().is_some_and(|on_disk| on_disk > served))
        else {
            return;
        };
        if let Some(snapshot) = catalogue.ready() {
            self.serve_merged(Arc::new(snapshot), epoch);
        }
    }

    /// Serves what has been put together of the index, unless something newer or of other settings is served by now.
    fn serve_merged(&self, snapshot: Arc<Snapshot>, epoch: u64) {
        let followed = self.lock();
        if followed.epoch != epoch {
            return;
        }
        let faults = match &*self.served.borrow() {
            Served::Library { library, faults }
                if library.current().snapshot.generation() < snapshot.generation() =>
            {
                faults.clone()
            }
            _ => return,
        };
        self.replace(self.offered(snapshot, faults));
    }
}

/// What the first look of a follower is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// The first of this process: what comes of it is told.
    Told,
    /// One of many.
    Quiet,
}

/// What has come of a look at the documents.
struct Refreshed {
    /// Another generation is served than before.
    is_new: bool,
    /// Since the documents have changed, not because the index has been put together anew.
    has_changed: bool,
    report: Report,
}

impl Follower {
    fn run(self, mut changes: Changes, first: First) {
        if !changes.rest(REST) {
            return;
        }
        let mut observer = (first == First::Told).then(|| Arc::clone(&self.documents.observer));
        // What the log has been told; the same once more is no news.
        let mut said = match &*self.documents.served.borrow() {
            Served::Nothing { why } => why.clone(),
            Served::Library { .. } => String::new(),
        };
        // What an earlier process has written down, of the same documents perhaps.
        let mut standing = Standing::read(&self.documents.cache.dir);
        let mut is_tidy = false;
        let audience = self.documents.audience.as_deref();
        let merging = Merging::start(Arc::clone(&self.catalogue), {
            let documents = self.documents.clone();
            let epoch = self.epoch;
            move |snapshot| documents.serve_merged(snapshot, epoch)
        });
        loop {
            let look = changes.watch(|new, each| self.catalogue.folders(new, each));
            let began = Instant::now();
            let (looked, again) = match self.refresh(&look, &|_| ()) {
                Ok(Some(Refreshed {
                    is_new,
                    has_changed,
                    report,
                })) => {
                    merging.changed();
                    let observer = observer.take();
                    if is_new || observer.is_some() {
                        self.catalogue.log(&report);
                    }
                    self.catalogue.announce(&report);
                    if let Some(observer) = observer {
                        observer.indexed(self.documents.audience.as_deref(), &report);
                    }
                    let now = Standing::of(&report).after(
                        standing.as_ref(),
                        has_changed,
                        SystemTime::now(),
                    );
                    self.note(&mut standing, now);
                    if !std::mem::replace(&mut is_tidy, true) {
                        self.catalogue.remove_unused(self.documents.cache.idle);
                    }
                    let faults = missing(self.catalogue.sets(), &report);
                    if !faults.is_empty() && faults != said {
                        let what = match report.missing.len() == report.sets.len() {
                            true => {
                                "the documents cannot be read; those of the last look are served"
                            }
                            false => "some documents cannot be read; the others are up to date",
                        };
                        tracing::warn!(audience, faults, "{what}");
                    } else if faults.is_empty() && !said.is_empty() {
                        tracing::info!(audience, "all documents can be read again");
                    }
                    let looked = match (has_changed, faults.is_empty()) {
                        (true, true) => Looked::New,
                        (false, true) => Looked::Same,
                        (_, false) => Looked::Failed,
                    };
                    said = faults;
                    (looked, changes.also(&report.included))
                }
                // Other settings are followed.
                Ok(None) => return,
                Err(error) => {
                    let is_of_the_index = catalogue::is_of_the_index(&error);
                    let (error, help) = why(self.catalogue.sets(), &error);
                    if error != said {
                        self.stay(&error);
                        let before = standing.clone().unwrap_or_default();
                        self.note(&mut standing, before.failed(&error, SystemTime::now()));
                        let what = match is_of_the_index {
                            true => "the index cannot be written",
                            false => "the documents cannot be read",
                        };
                        tracing::warn!(
                            audience,
                            error,
                            help,
                            "{what}; what is served stays as it was"
                        );
                    }
                    said = error;
                    match is_of_the_index {
                        true => (Looked::Unwritten, false),
                        false => (Looked::Failed, false),
                    }
                }
            };
            changes.looked(looked, began.elapsed());
            if !again && !changes.wait() {
                return;
            }
        }
    }

    /// Looks at the documents and serves what has come of it. `None`: by other settings than these, something else is
    /// served by now.
    fn refresh(
        &self,
        look: &Look,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> anyhow::Result<Option<Refreshed>> {
        let draft = self.catalogue.draft(look, false, progress)?;
        let Some(is_new) = self.take_over(&draft) else {
            return Ok(None);
        };
        let has_changed = draft.is_new();
        // Searched first, kept on the disk then: a busy disk may take seconds.
        let (_, report) = self.catalogue.publish(draft)?;
        Ok(Some(Refreshed {
            is_new,
            has_changed,
            report,
        }))
    }

    /// Writes down how the documents stand, where that is news.
    fn note(&self, written: &mut Option<Standing>, now: Standing) {
        if written.as_ref() != Some(&now) {
            // On a disk that is full there is nothing to be done about it, and the log tells.
            let _ = now.write(&self.documents.cache.dir);
            *written = Some(now);
        }
    }

    /// Says why what is served is not up to date, or why there is still nothing to serve.
    fn stay(&self, error: &str) {
        let followed = self.documents.lock();
        if followed.epoch != self.epoch {
            return;
        }
        let error = error.to_owned();
        let served = self.documents.served.borrow().clone();
        self.documents.replace(match served {
            Served::Nothing { .. } => Served::Nothing { why: error },
            Served::Library { library, .. } => Served::Library {
                library,
                faults: error,
            },
        });
    }

    /// Serves a draft. `None`: other settings have come meanwhile, and it is not what they ask for.
    fn take_over(&self, draft: &Draft<'_>) -> Option<bool> {
        let followed = self.documents.lock();
        if followed.epoch != self.epoch {
            return None;
        }
        let (served, said) = match &*self.documents.served.borrow() {
            Served::Library { library, faults } => {
                let generation = library.current().snapshot.generation();
                (Some(generation), faults.clone())
            }
            Served::Nothing { .. } => (None, String::new()),
        };
        let generation = draft.snapshot.generation();
        let is_new = draft.is_new() || served.is_none_or(|served| served < generation);
        let faults = faults(self.catalogue.sets(), &draft.report);
        if is_new || faults != said {
            let snapshot = Arc::clone(&draft.snapshot);
            let served = self.documents.offered(snapshot, faults);
            self.documents.replace(served);
        }
        Some(is_new)
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

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::service::Endpoint;

    struct Nobody;

    impl Observer for Nobody {
        fn progress(&self, _: Progress) {}
        fn indexed(&self, _: Option<&str>, _: &Report) {}
        fn listening(&self, _: &Endpoint, _: &[Endpoint]) {}
    }

    fn page(folder: &Path, name: &str) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(name), format!("# Page\n\nAbout {name}.\n")).unwrap();
    }

    fn of(folder: &Path) -> Settings {
        Settings::for_paths(&[folder.to_owned()]).unwrap()
    }

    fn served(documents: &Documents) -> Vec<String> {
        let Served::Library { library, .. } = &*documents.served.borrow() else {
            return Vec::new();
        };
        let snapshot = Arc::clone(&library.current().snapshot);
        snapshot.pages().map(|page| page.path).collect()
    }

    /// One that is in the middle of a look.
    fn follower(documents: &Documents, settings: &Settings) -> Follower {
        let catalogue = catalogue::open(settings, &documents.cache.dir, &documents.private);
        Follower {
            documents: documents.clone(),
            catalogue: Arc::new(catalogue.unwrap()),
            epoch: documents.lock().epoch,
        }
    }

    fn reopen(documents: &Documents, settings: &Settings) {
        let prepared = documents.prepare_now(settings).unwrap();
        assert!(documents.take_over(prepared), "it is something else");
    }

    fn documents(cache: &Path) -> Documents {
        Documents::new(
            Cache {
                dir: cache.to_owned(),
                idle: Duration::ZERO,
            },
            PrivatePaths::default(),
            Arc::new(Nobody),
            Notifier::silent(),
        )
    }

    #[test]
    fn a_look_that_began_before_a_reload_does_not_undo_it() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        page(&old, "apples.md");
        page(&new, "pears.md");
        let documents = documents(&folder.path().join("cache"));
        documents.open_now(&of(&old), false, true).unwrap();
        assert_eq!(served(&documents), ["apples.md"]);

        page(&old, "quinces.md");
        let late = follower(&documents, &of(&old));
        let draft = late
            .catalogue
            .draft(&Look::Everything, false, &|_| ())
            .unwrap();
        reopen(&documents, &of(&new));
        assert_eq!(late.take_over(&draft), None);
        assert_eq!(served(&documents), ["pears.md"]);
        late.stay("it is not asked any more");
        assert_eq!(served(&documents), ["pears.md"]);
    }

    /// The sets are as they were; what may be shown of them is not.
    #[test]
    fn a_reload_that_names_a_key_keeps_it_apart() {
        let folder = tempfile::tempdir().unwrap();
        let docs = folder.path().join("docs");
        fs::create_dir(&docs).unwrap();
        page(&docs, "a.md");
        page(&docs, "key.md");
        let documents = documents(&folder.path().join("cache"));
        let mut settings = of(&docs);
        documents.open_now(&settings, false, true).unwrap();
        assert_eq!(served(&documents), ["a.md", "key.md"]);
        settings.tls = Some(crate::config::TlsSettings {
            names: vec![crate::config::Identifier::Dns("docs.example.org".into())],
            source: crate::config::CertificateSource::Files {
                cert: folder.path().join("cert.pem"),
                key: docs.join("key.md"),
            },
        });
        reopen(&documents, &settings);
        assert_eq!(served(&documents), ["a.md"]);
    }

    #[test]
    fn a_reload_waits_for_a_look_at_the_same_folder() {
        let folder = tempfile::tempdir().unwrap();
        let docs = folder.path().join("docs");
        page(&docs, "apples.md");
        page(&docs, "pears.md");
        let documents = documents(&folder.path().join("cache"));
        documents.open_now(&of(&docs), false, true).unwrap();
        page(&docs, "quinces.md");
        let late = follower(&documents, &of(&docs));
        let draft = late
            .catalogue
            .draft(&Look::Everything, false, &|_| ())
            .unwrap();

        let mut settings = of(&docs);
        settings.docs[0].exclude = vec!["quinces.md".to_owned()];
        let reload = thread::spawn({
            let documents = documents.clone();
            move || reopen(&documents, &settings)
        });
        // Before the reload has begun, or while it waits: in either case the reload comes last.
        if late.take_over(&draft).is_some() {
            late.catalogue.publish(draft).unwrap();
        } else {
            drop(draft);
        }
        reload.join().unwrap();
        assert_eq!(served(&documents), ["apples.md", "pears.md"]);
    }
}
