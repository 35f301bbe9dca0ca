//! While requests are answered: readiness, status and life for the service manager, reloads, and the
//! end when nobody asks.

use std::{sync::Arc, time::Duration};

use tokio::{
    signal::unix::Signal,
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Settings,
    http::{App, Site},
    mcp::About,
    platform::Notifier,
};

use super::{
    Reread,
    certificates::Certificates,
    count::thousands,
    documents::Documents,
    introducers::introducers,
    listeners::{Addresses, Endpoint, Endpoints},
    room::fitted,
    served::Served,
};

/// How often the status is brought up to date.
const STATUS_EVERY: Duration = Duration::from_secs(30);
/// How often to look whether anybody has asked.
const IDLE_LOOK: Duration = Duration::from_secs(1);

/// The running service, and what is known of it.
pub(super) struct Supervision {
    pub(super) notifier: Notifier,
    pub(super) site: Arc<Site>,
    pub(super) served: watch::Receiver<Served>,
    /// What may be open at the same time; `None`: nobody knows.
    pub(super) open_files: Option<u64>,
    /// Requests are answered with that there is nothing to serve.
    pub(super) waits: bool,
    pub(super) certificates: Arc<Certificates>,
    pub(super) documents: Documents,
    pub(super) endpoints: Endpoints,
    pub(super) endpoint: Endpoint,
    pub(super) reread: Reread,
    /// What the settings at the start asked to listen on.
    pub(super) opened: Addresses,
    /// systemd starts docent again at the next request.
    pub(super) socket_activated: bool,
    /// Those in force; a reload tells whoever waits for others.
    pub(super) settings: watch::Sender<Settings>,
}

impl Supervision {
    /// Goes on until the service is told to stop.
    pub(super) async fn run(mut self, mut reloads: Signal, shutdown: &CancellationToken) {
        let settings = self.settings.borrow().clone();
        let mut certificate = self.certificates.terminator().certificate();
        tokio::select! {
            () = self.certificates.first(&settings) => {}
            () = shutdown.cancelled() => {
                self.stopping();
                return;
            }
        }
        self.notifier.ready(&self.status());
        tracing::info!(status = self.status(), "ready");

        let mut status = ticks(STATUS_EVERY);
        let mut idle = ticks(IDLE_LOOK);
        let mut tasks = JoinSet::new();
        tasks.spawn(live(self.notifier.clone(), Arc::clone(&self.site)));
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(()) = reloads.recv() => self.reload().await,
                _ = status.tick() => self.notifier.status(&self.status()),
                Ok(()) = certificate.changed() => self.notifier.status(&self.status()),
                Ok(()) = self.served.changed() => {
                    if self.waits != self.has_nothing() {
                        self.serve();
                    }
                    self.notifier.status(&self.status());
                }
                _ = idle.tick() => if self.is_idle() {
                    tracing::info!("nobody has asked for a while: leaving until somebody does");
                    shutdown.cancel();
                },
            }
        }
        self.stopping();
    }

    fn stopping(&self) {
        self.notifier.stopping("finishing what runs");
    }

    fn is_idle(&self) -> bool {
        let patience = self.settings.borrow().server.idle_exit;
        self.socket_activated && patience.is_some_and(|patience| self.site.idle_for() >= patience)
    }

    /// Reads the configuration again. A bad one changes nothing.
    async fn reload(&mut self) {
        self.notifier.reloading("reading the configuration");
        let result = self.take_over().await;
        let mut status = self.status();
        match result {
            Ok(()) => tracing::info!(status, "reloaded"),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(
                    error,
                    "the new configuration is not taken over; the old one goes on"
                );
                status = format!("{status}; the last reload was refused: {error}");
            }
        }
        self.notifier.ready(&status);
    }

    async fn take_over(&mut self) -> anyhow::Result<()> {
        let mut settings = (self.reread)()?;
        settings.limits = fitted(&settings.limits, self.open_files);
        let endpoint = self.endpoints.under(&settings);
        // What can fail comes first: then all of it is taken over, or nothing.
        self.documents.reopen(&settings).await?;
        self.certificates.follow(&settings)?;
        if !self.socket_activated && Addresses::of(&settings) != self.opened {
            tracing::warn!(
                "docent goes on listening where it does: other addresses need a restart"
            );
        }
        self.endpoint = endpoint;
        self.settings.send_replace(settings);
        self.serve();
        Ok(())
    }

    /// Answers with what there is, by the settings in force.
    pub(super) fn serve(&mut self) {
        self.waits = self.has_nothing();
        let settings = self.settings.borrow();
        let domain = {
            let port = self.endpoints.https_port();
            self.certificates.domain(&settings, port)
        };
        match &*self.served.borrow() {
            Served::Library { library, .. } => {
                library.log_queries(settings.log.queries);
                library.take_reports(settings.mcp.report);
                library.introduce(About {
                    title: settings.site.title.clone(),
                    description: settings.site.description.clone(),
                });
                let app = App {
                    url: settings.server.url.clone(),
                    hosts: settings.server.hosts.clone(),
                    origins: settings.server.origins.clone(),
                    site: settings.site.clone(),
                    proxies: settings.server.trusted_proxies.clone(),
                    introducers: introducers(&settings.access),
                    plain_public: settings.server.plain_public,
                    domain,
                    ..App::new(Arc::clone(library))
                };
                self.site.replace(&app, settings.limits.clone());
            }
            Served::Nothing { .. } => {
                let proxies = settings.server.trusted_proxies.clone();
                let limits = settings.limits.clone();
                let url = settings.server.url.as_ref();
                self.site.wait(domain.as_ref(), limits, proxies, url);
            }
        }
    }

    fn has_nothing(&self) -> bool {
        matches!(*self.served.borrow(), Served::Nothing { .. })
    }

    /// How docent is, in one line, for `systemctl status`.
    fn status(&self) -> String {
        let certificate = self.certificates.summary(&self.settings.borrow());
        let certificate = certificate.map_or_else(String::new, |summary| format!("; {summary}"));
        let (documents, faults) = match &*self.served.borrow() {
            Served::Library { library, faults } => {
                let holdings = library.current();
                let pages: usize = holdings.snapshot.sets().iter().map(|set| set.pages).sum();
                let noun = if pages == 1 { "page" } else { "pages" };
                let faults = Some(faults).filter(|faults| !faults.is_empty());
                let faults = faults.map(|faults| format!("; {faults}"));
                (format!("{} {noun}", thousands(pages)), faults)
            }
            Served::Nothing { why } => {
                let why = format!("; waiting for documents: {why}");
                ("nothing".to_owned(), Some(why))
            }
        };
        let faults = faults.unwrap_or_default();
        match &self.endpoint {
            Endpoint::Nowhere(why) => format!("{documents}, {why}{faults}"),
            at => format!("{documents} at {at}{faults}{certificate}"),
        }
    }
}

/// Tells the service manager that docent lives, each time that a search has been answered on the way that
/// requests take.
async fn live(notifier: Notifier, site: Arc<Site>) {
    let Some(every) = notifier.watchdog_interval() else {
        return;
    };
    let mut beats = ticks(every / 2);
    loop {
        beats.tick().await;
        match timeout(every, site.answers()).await {
            Ok(true) => notifier.alive(),
            Ok(false) => tracing::error!("the index does not answer"),
            Err(_) => tracing::error!("no answer in time: the service hangs"),
        }
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
