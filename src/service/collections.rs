//! The documents of all audiences, each with an index of its own; or those that are everybody's.
//!
//! Audiences share nothing but the threads that look into indexes: no segment, no catalogue, no follower. So nothing of what
//! one may not read shows in what another is told.

use std::{collections::HashSet, sync::Arc};

use tokio::sync::watch;

use crate::{
    auth::Gate,
    config::{AudienceName, Settings},
    corpus::PrivatePaths,
    http::{self, Offer},
    mcp::{Library, Readers},
    platform::Notifier,
};

use super::{
    Observer,
    documents::{Cache, Documents, Prepared},
    housekeeping,
    indexes::{Index, folder, indexes},
    served::Served,
};

/// Everything that is served.
pub(super) struct Collections {
    cache: Cache,
    private: PrivatePaths,
    observer: Arc<dyn Observer>,
    notifier: Notifier,
    readers: Readers,
    news: watch::Sender<()>,
    open: Vec<Collection>,
    /// Something may be left in the cache directory of audiences that are gone.
    is_untidy: bool,
}

/// What one audience is served, or everybody.
struct Collection {
    /// `None`: everybody.
    audience: Option<AudienceName>,
    documents: Documents,
}

/// What a reload has made ready.
pub(super) struct Reopened(Vec<(Collection, Prepared)>);

/// What is served of one collection.
pub(super) struct Shown {
    /// `None`: everybody's.
    pub(super) audience: Option<AudienceName>,
    pub(super) served: Served,
}

impl Collections {
    pub(super) fn new(
        cache: Cache,
        private: PrivatePaths,
        observer: Arc<dyn Observer>,
        notifier: Notifier,
    ) -> Self {
        Self {
            cache,
            private,
            observer,
            notifier,
            readers: Readers::default(),
            news: watch::Sender::new(()),
            open: Vec::new(),
            is_untidy: true,
        }
    }

    /// Tells whenever what is served changes.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// What is served now, in the order of the configuration.
    pub(super) fn shown(&self) -> Vec<Shown> {
        let shown = |it: &Collection| Shown {
            audience: it.audience.clone(),
            served: it.documents.served(),
        };
        self.open.iter().map(shown).collect()
    }

    /// Opens the indexes at the start, see [`Documents::open`].
    ///
    /// # Errors
    /// Where the cache directory cannot be written.
    pub(super) async fn open(
        &mut self,
        settings: &Settings,
        rebuild: bool,
        must_exist: bool,
    ) -> anyhow::Result<()> {
        for index in indexes(settings, &self.cache.dir) {
            let documents = self.documents(&index);
            let audience = index.audience;
            documents
                .open(&index.settings, rebuild, must_exist)
                .await
                .map_err(|error| of_audience(error, audience.as_ref()))?;
            self.open.push(Collection {
                audience,
                documents,
            });
        }
        Ok(())
    }

    /// Makes the documents of other settings ready, which changes nothing yet.
    ///
    /// # Errors
    /// As at the start; what was served before goes on being served.
    pub(super) async fn prepare(&self, settings: &Settings) -> anyhow::Result<Reopened> {
        let mut prepared = Vec::new();
        for index in indexes(settings, &self.cache.dir) {
            let known = self.open.iter().find(|it| it.audience == index.audience);
            let documents = match known {
                Some(known) => known.documents.clone(),
                None => self.documents(&index),
            };
            let audience = index.audience;
            let next = documents
                .prepare(&index.settings)
                .await
                .map_err(|error| of_audience(error, audience.as_ref()))?;
            let collection = Collection {
                audience,
                documents,
            };
            prepared.push((collection, next));
        }
        Ok(Reopened(prepared))
    }

    /// Serves from now on what has been made ready, all of it. Returns the documents that have stayed the same, to be looked at once
    /// more. Whoever serves them has to take the gate of the same settings at once.
    pub(super) fn take_over(&mut self, Reopened(prepared): Reopened) -> Vec<Documents> {
        let before = std::mem::take(&mut self.open);
        let mut same = Vec::new();
        for (collection, next) in prepared {
            if !collection.documents.take_over(next) {
                same.push(collection.documents.clone());
            }
            self.open.push(collection);
        }
        let stays = |it: &Collection| self.open.iter().any(|other| other.audience == it.audience);
        for gone in before.iter().filter(|it| !stays(it)) {
            gone.documents.close();
            self.is_untidy = true;
        }
        same
    }

    /// Removes what is left in the cache directory of audiences that are gone, where it is docent's alone.
    pub(super) fn tidy(&mut self) {
        if !std::mem::take(&mut self.is_untidy) || !self.cache.idle.is_zero() {
            return;
        }
        let names = self.open.iter().filter_map(|it| it.audience.as_ref());
        let kept: HashSet<_> = names.map(folder).collect();
        self.is_untidy = housekeeping::remove_others(&self.cache.dir, &kept);
    }

    fn documents(&self, index: &Index) -> Documents {
        let cache = Cache {
            dir: index.folder.clone(),
            ..self.cache.clone()
        };
        let (private, observer) = (self.private.clone(), Arc::clone(&self.observer));
        let documents = Documents::new(cache, private, observer, self.notifier.clone())
            .telling(self.news.clone());
        match &index.audience {
            None => documents,
            Some(name) => documents.of_audience(name.as_str(), self.readers.clone()),
        }
    }
}

/// What is offered of this to those who ask; `None`: there is nothing yet.
pub(super) fn offer(shown: &[Shown], settings: &Settings, gate: &Arc<Gate>) -> Option<Offer> {
    let there = |it: &Shown| match &it.served {
        Served::Library { library, .. } => Some(Arc::clone(library)),
        Served::Nothing { .. } => None,
    };
    if let [only @ Shown { audience: None, .. }] = shown {
        return there(only).map(Offer::Everybody);
    }
    let of_audience = |it: &Shown| Some((it.audience.clone()?, there(it)));
    Some(Offer::Audiences(http::Audiences {
        access: Arc::new(settings.access.clone()),
        gate: Arc::clone(gate),
        libraries: shown.iter().filter_map(of_audience).collect(),
    }))
}

/// All libraries that are served.
pub(super) fn libraries(shown: &[Shown]) -> impl Iterator<Item = &Arc<Library>> {
    shown.iter().filter_map(|it| match &it.served {
        Served::Library { library, .. } => Some(library),
        Served::Nothing { .. } => None,
    })
}

/// An error, with whose documents it is about.
fn of_audience(error: anyhow::Error, audience: Option<&AudienceName>) -> anyhow::Error {
    match audience {
        Some(name) => error.context(format!("the documents of the audience `{name}`")),
        None => error,
    }
}

/// Tells the log of sets that nobody may read, and of those that more may read than is said.
///
/// Beside everything else: it looks where folders lead, and a file system that does not answer keeps nobody waiting.
pub(super) fn warn_of_unread(settings: &Settings) {
    if settings.access.is_private() {
        let settings = settings.clone();
        drop(tokio::task::spawn_blocking(move || {
            tell_of_unread(&settings);
        }));
    }
}

fn tell_of_unread(settings: &Settings) {
    for (inner, outer, audience) in settings.overlaps() {
        tracing::warn!(
            set = inner.name,
            within = outer.name,
            audience = audience.as_str(),
            "the folder of this set is within that of another, which this audience may read: it reads these documents, too"
        );
    }
    for set in settings.docs_of_nobody() {
        tracing::warn!(
            set = set.name,
            "this set is in no audience: nobody may read it; name it in `docs` of an [[audience]]"
        );
    }
}
