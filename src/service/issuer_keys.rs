//! Who vouches for people, and by which keys: the issuers of the settings, looked after.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

use crate::{
    auth::{Issuers, Wanted, Watch},
    config::{Proxy, Settings},
    error::chain,
    jwks::fetch,
    state::StateDir,
};

/// How often keys are fetched in this process, and how much later at the most: whoever starts at the same time is not to ask at
/// the same time.
const EVERY: Duration = Duration::from_secs(60 * 60);
const LATER: Duration = Duration::from_secs(5 * 60);
/// After an attempt that has failed, at first; then twice as long.
const AGAIN: Duration = Duration::from_secs(60);

/// In docent's own runtime directory: whoever writes it has keys fetched (docent-jwks.path).
const MARKER: &str = "jwks-wanted";

/// The issuers of the settings in force.
pub(super) struct IssuerKeys {
    state: StateDir,
    wanted: Arc<Wanted>,
    watch: Mutex<Option<Watch>>,
}

/// How keys are had that are not there yet.
pub(super) enum Fetcher {
    /// Another unit fetches them, told by a file in this folder.
    Unit(PathBuf),
    /// This process does.
    Process(Arc<Notify>),
    /// Nobody does, as far as docent knows.
    Nobody,
}

impl Fetcher {
    /// `inherited`: systemd has opened the sockets, and docent may connect to nobody.
    pub(super) fn new(inherited: bool, runtime_directory: Option<&Path>) -> Self {
        match runtime_directory {
            _ if !inherited => Self::Process(Arc::default()),
            Some(folder) => Self::Unit(folder.to_owned()),
            None => Self::Nobody,
        }
    }

    fn wanted(&self) -> Wanted {
        match self {
            Self::Unit(folder) => {
                let marker = folder.join(MARKER);
                Wanted::new(move || mark(&marker))
            }
            Self::Process(notify) => {
                let notify = Arc::clone(notify);
                Wanted::new(move || notify.notify_one()).of_who_begins_by_itself()
            }
            Self::Nobody => Wanted::new(|| {
                tracing::warn!(
                    "keys of an issuer are wanted, and nobody fetches them: docent.service has no RuntimeDirectory=; run `docent jwks fetch`"
                );
            }),
        }
    }
}

/// Closing a file that was open for writing is what docent-jwks.path waits for.
fn mark(marker: &Path) {
    let mut options = OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).open(marker);
    if let Err(error) = opened {
        let marker = marker.display();
        tracing::error!(%error, %marker, "keys of an issuer are wanted, and nobody can be told");
    }
}

impl IssuerKeys {
    pub(super) fn new(fetcher: &Fetcher, state: StateDir) -> Self {
        Self {
            state,
            wanted: Arc::new(fetcher.wanted()),
            watch: Mutex::default(),
        }
    }

    /// The issuers of these settings, with the keys that are there; what is missing is asked for, and what comes is put in place.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub(super) fn follow(&self, settings: &Settings) -> anyhow::Result<Arc<Issuers>> {
        let issuers = Issuers::new(&settings.access.issuers, Arc::clone(&self.wanted));
        let issuers = Arc::new(issuers);
        let watch = Watch::begin(&issuers, self.state.jwks())
            .context("starting the thread that looks for new keys of issuers")?;
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(watch);
        Ok(issuers)
    }
}

/// Fetches keys in this process for as long as it serves: at the start, every hour, for other settings, and when somebody asks.
pub(super) async fn keep_fetched(
    mut settings: watch::Receiver<Settings>,
    proxy: Option<Proxy>,
    state: StateDir,
    asked: Arc<Notify>,
) {
    let mut again = AGAIN;
    loop {
        let issuers = settings.borrow_and_update().access.issuers.clone();
        let mut failed = false;
        for issuer in &issuers {
            match fetch(issuer, proxy.as_ref(), &state.jwks()).await {
                Ok(fetched) => {
                    tracing::debug!(issuer = issuer.url, keys = fetched.keys, "fetched keys");
                }
                Err(error) => {
                    failed = true;
                    let (error, help) = (chain(&error), error.help());
                    tracing::error!(issuer = issuer.url, error, help, "could not fetch keys");
                }
            }
        }
        let jitter = fastrand::u64(0..LATER.as_secs());
        let wait = match failed {
            true => again,
            false => EVERY + Duration::from_secs(jitter),
        };
        again = if failed {
            (again * 2).min(EVERY)
        } else {
            AGAIN
        };
        let changed = async {
            loop {
                if settings.changed().await.is_err() {
                    return false;
                }
                if settings.borrow().access.issuers != issuers {
                    return true;
                }
            }
        };
        let due = async {
            tokio::select! {
                goes_on = changed => goes_on,
                () = asked.notified() => true,
            }
        };
        if let Ok(false) = timeout(wait, due).await {
            // The service is stopping.
            return;
        }
    }
}
