//! The life of the process: settings -> listeners, index and certificate -> serve -> drain.
//!
//! Puts the parts together and is the only place that knows them all. Says nothing to the
//! person at the terminal itself: what happens goes to an [`Observer`], to the service manager and
//! to the log.
mod access;
mod catalogue;
mod certificates;
mod changes;
mod check;
mod collections;
mod count;
mod documents;
mod housekeeping;
mod indexes;
mod introducers;
mod issuer_keys;
mod listeners;
mod merging;
mod renewal;
mod room;
mod served;
mod skipped;
mod standing;
mod stdio;
mod supervision;
mod watches;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{oneshot, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Proxy, Settings},
    corpus::PrivatePaths,
    http::{self, Site},
    platform::{self, Dropped, Notifier, Sockets},
    search::{Progress, Report},
    state::StateDir,
};

use access::gate_at_start;
use certificates::Certificates;
use collections::{Collections, warn_of_unread};
use documents::Cache;
use issuer_keys::{Fetcher, IssuerKeys, keep_fetched};
use listeners::{Addresses, Listeners};
use supervision::Supervision;

pub use catalogue::{Catalogue, UNUSED, open};
pub use check::check;
pub use count::thousands;
pub use indexes::{Index, indexes};
pub use listeners::Endpoint;
pub use standing::{FullSet, Limit, LostPages, ServedSet, Standing};
pub use stdio::Companion;

/// Who is told what happens, as it happens.
pub trait Observer: Send + Sync {
    /// A build goes on.
    fn progress(&self, progress: Progress);
    /// A build, or the look whether one is needed, has ended: that of an audience, where there are such.
    fn indexed(&self, audience: Option<&str>, report: &Report);
    /// Requests are answered here from now on, and at `others`.
    fn listening(&self, endpoint: &Endpoint, others: &[Endpoint]);
}

/// Reads the settings again.
pub type Reread = Box<dyn Fn() -> anyhow::Result<Settings> + Send + Sync>;

/// A server, told what to serve.
pub struct Server {
    /// What to serve, where, to whom.
    pub settings: Settings,
    /// Where they come from: asked at each reload.
    pub reread: Reread,
    /// Where the index is kept.
    pub cache_dir: PathBuf,
    /// The cache directory belongs to this service alone: an index in it that no process has open is
    /// of no use to anybody.
    pub owns_cache: bool,
    /// What docent keeps for itself: no document is read there.
    pub private: PrivatePaths,
    /// Where certificates and what belongs to them are kept.
    pub state: StateDir,
    /// What the service manager has opened already.
    pub sockets: Sockets,
    /// How the service manager is told of things.
    pub notifier: Notifier,
    /// Where docent tells other units what it wants; `None` outside of systemd.
    pub runtime_directory: Option<PathBuf>,
    /// What outgoing connections go through, where this process opens any.
    pub proxy: Option<Proxy>,
    /// How a person keeps docent from running as root, in a sentence; said where it goes on as root.
    pub advice_to_root: &'static str,
    /// Read all documents anew, and take over a loss of pages.
    pub rebuild: bool,
    /// Documents that are not there are a mistake, rather than something to wait for.
    pub must_exist: bool,
}

/// How long blocking work that nobody waits for any more may hold up the end of the process.
const LINGER: Duration = Duration::from_millis(100);

/// Who a public service becomes where the configuration does not say.
const PUBLIC_USER: &str = "docent";

impl Server {
    /// Serves until the process is told to stop, then lets running calls finish.
    ///
    /// # Errors
    /// Where an address is taken, privileges cannot be given up, the cache directory cannot be
    /// written, or there is no index yet and no document to make one from.
    pub fn run(mut self, observer: &Arc<dyn Observer>) -> anyhow::Result<()> {
        let open_files = platform::raise_open_files();
        self.settings.limits = room::fitted(&self.settings.limits, open_files);
        let listeners = Listeners::open(&self.settings, std::mem::take(&mut self.sockets))?;
        // Capabilities belong to a thread: this comes before there are others.
        give_up_privileges(&self.settings, self.advice_to_root)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("starting the threads that answer requests")?;
        let served = runtime.block_on(self.live(listeners, open_files, observer));
        runtime.shutdown_timeout(LINGER);
        served?;
        tracing::info!("stopped");
        Ok(())
    }

    async fn live(
        self,
        listeners: Listeners,
        open_files: Option<u64>,
        observer: &Arc<dyn Observer>,
    ) -> anyhow::Result<()> {
        let Self {
            settings,
            notifier,
            state,
            ..
        } = self;
        let shutdown = CancellationToken::new();
        platform::cancel_on_signal(shutdown.clone()).context("listening for signals")?;
        // One that comes before there is anything to reload waits; it does not end the process.
        let reloads = signal(SignalKind::hangup()).context("listening for signals")?;
        let in_process = !listeners.inherited;
        listeners.log();
        let endpoints = listeners.endpoints();
        let endpoint = endpoints.under(&settings);
        let certificates = Arc::new(Certificates::new(&settings, state)?);
        let site = Arc::new(Site::starting(
            certificates
                .domain(&settings, endpoints.https_port())
                .as_ref(),
            settings.limits.clone(),
        ));
        let (open, opened) = oneshot::channel::<()>();
        let mut serving = tokio::spawn({
            let (site, shutdown) = (Arc::clone(&site), shutdown.clone());
            let bindings = listeners.bindings(certificates.terminator());
            async move {
                // Whoever connects earlier waits in the kernel's queue.
                let _ = opened.await;
                http::serve(site, bindings, shutdown).await
            }
        });
        let mut open = Some(open);
        if certificates.is_awaited(&settings) {
            // An authority may ask before there is an index: neither waits for the other.
            open.take();
        }
        let (settings_in_force, settings_to_renew_by) = watch::channel(settings.clone());
        let mut background = JoinSet::new();
        if in_process {
            let state = certificates.state().clone();
            background.spawn(renewal::keep_renewed(settings_to_renew_by.clone(), state));
        }
        let fetcher = Fetcher::new(!in_process, self.runtime_directory.as_deref());
        let issuer_keys = IssuerKeys::new(&fetcher, certificates.state().clone());
        if let Fetcher::Process(asked) = fetcher {
            let state = certificates.state().clone();
            background.spawn(keep_fetched(settings_to_renew_by, self.proxy, state, asked));
        }

        let mut collections = Collections::new(
            Cache {
                dir: self.cache_dir,
                idle: if self.owns_cache {
                    Duration::ZERO
                } else {
                    UNUSED
                },
            },
            self.private,
            Arc::clone(observer),
            notifier.clone(),
        );
        tokio::select! {
            opened = collections.open(&settings, self.rebuild, self.must_exist) => opened?,
            () = shutdown.cancelled() => return Ok(()),
        }
        let mut supervision = Supervision {
            notifier,
            site,
            open_files,
            news: collections.news(),
            waiting: Vec::new(),
            certificates,
            collections,
            gate: Arc::default(),
            issuer_keys,
            endpoints,
            endpoint,
            reread: self.reread,
            opened: Addresses::of(&settings),
            socket_activated: !in_process,
            settings: settings_in_force,
        };
        let mut gate = gate_at_start(&settings);
        gate.issuers = supervision.issuer_keys.follow(&settings)?;
        supervision.gate = Arc::new(gate);
        warn_of_unread(&settings);
        supervision.serve();
        drop(open);
        let endpoint = &supervision.endpoint;
        let others = {
            let settings = supervision.settings.borrow();
            supervision.endpoints.beside(endpoint, &settings)
        };
        observer.listening(endpoint, &others);
        for at in [endpoint].into_iter().chain(&others) {
            tracing::info!(%at, "answering");
        }
        tokio::select! {
            served = &mut serving => return served.context("serving requests")?.context("serving requests"),
            () = supervision.run(reloads, &shutdown) => {}
        }
        serving
            .await
            .context("serving requests")?
            .context("serving requests")
    }
}

/// Outside systemd, where docent is started as root; inside, only a check that there is nothing to
/// give up.
fn give_up_privileges(settings: &Settings, advice: &str) -> anyhow::Result<()> {
    let server = &settings.server;
    let public = settings.tls.is_some().then_some(PUBLIC_USER);
    let user = server.user.as_deref().or(public);
    if user.is_none() && platform::is_root() {
        tracing::warn!("running as root; {advice}");
        return Ok(());
    }
    match platform::give_up_privileges(user.unwrap_or(PUBLIC_USER))? {
        Dropped::Nothing => {}
        Dropped::Capabilities => tracing::info!("gave up the capabilities it was started with"),
        Dropped::Root { user } => tracing::info!(user, "gave up root"),
    }
    Ok(())
}
