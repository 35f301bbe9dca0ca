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
    auth::Gate,
    config::Settings,
    http::{App, Site},
    mcp::About,
    platform::Notifier,
};

use super::{
    Reread,
    access::{gate, without_revoked},
    certificates::Certificates,
    collections::{Collections, Shown, libraries, offer, warn_of_unread},
    count::thousands,
    introducers::introducers,
    issuer_keys::IssuerKeys,
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
    /// Told whenever what is served changes.
    pub(super) news: watch::Receiver<()>,
    /// What may be open at the same time; `None`: nobody knows.
    pub(super) open_files: Option<u64>,
    /// Who is answered, of all audiences, that there is nothing to serve yet.
    pub(super) waiting: Vec<bool>,
    pub(super) certificates: Arc<Certificates>,
    pub(super) collections: Collections,
    /// Who decides what may be read by whom.
    pub(super) gate: Arc<Gate>,
    pub(super) issuer_keys: IssuerKeys,
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
                _ = status.tick() => {
                    self.notifier.status(&self.status());
                    self.collections.tidy();
                }
                Ok(()) = certificate.changed() => self.notifier.status(&self.status()),
                Ok(()) = self.news.changed() => {
                    if self.waiting != waiting(&self.collections.shown()) {
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

    /// Reads the configuration again. A bad one changes nothing, but that keys are taken back.
    async fn reload(&mut self) {
        self.notifier.reloading("reading the configuration");
        let result = self.take_over().await;
        let mut status = self.status();
        match result {
            Ok(()) => tracing::info!(status, "reloaded"),
            Err(error) => {
                let gate = without_revoked(&self.gate, &self.settings.borrow());
                if let Some(gate) = gate {
                    self.gate = Arc::new(gate);
                    self.serve();
                    status = self.status();
                    tracing::info!(
                        "access keys that were revoked open nothing any more, all the same"
                    );
                }
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
        let mut gate = gate(&settings)?;
        let reopened = self.collections.prepare(&settings).await?;
        self.certificates.follow(&settings)?;
        gate.issuers = self.issuer_keys.follow(&settings)?;
        self.gate = Arc::new(gate);
        let same = self.collections.take_over(reopened);
        if !self.socket_activated && Addresses::of(&settings) != self.opened {
            tracing::warn!(
                "docent goes on listening where it does: other addresses need a restart"
            );
        }
        self.endpoint = endpoint;
        self.settings.send_replace(settings);
        self.serve();
        warn_of_unread(&self.settings.borrow());
        for documents in same {
            documents.look_again().await?;
        }
        Ok(())
    }

    /// Answers with what there is, by the settings in force.
    pub(super) fn serve(&mut self) {
        let shown = self.collections.shown();
        self.waiting = waiting(&shown);
        let settings = self.settings.borrow();
        let domain = {
            let port = self.endpoints.https_port();
            self.certificates.domain(&settings, port)
        };
        for library in libraries(&shown) {
            library.log_queries(settings.log.queries);
            library.take_reports(settings.mcp.report);
            library.introduce(About {
                title: settings.site.title.clone(),
                description: settings.site.description.clone(),
            });
        }
        match offer(&shown, &settings, &self.gate) {
            Some(offer) => {
                let app = App {
                    url: settings.server.url.clone(),
                    hosts: settings.server.hosts.clone(),
                    origins: settings.server.origins.clone(),
                    site: settings.site.clone(),
                    proxies: settings.server.trusted_proxies.clone(),
                    introducers: introducers(&settings.access),
                    plain_public: settings.server.plain_public,
                    domain,
                    ..App::offering(offer)
                };
                self.site.replace(&app, settings.limits.clone());
            }
            None => {
                let proxies = settings.server.trusted_proxies.clone();
                let limits = settings.limits.clone();
                let url = settings.server.url.as_ref();
                self.site.wait(domain.as_ref(), limits, proxies, url);
            }
        }
    }

    /// How docent is, in one line, for `systemctl status`.
    fn status(&self) -> String {
        let certificate = self.certificates.summary(&self.settings.borrow());
        let certificate = certificate.map_or_else(String::new, |summary| format!("; {summary}"));
        let (documents, faults) = told(&self.collections.shown());
        match &self.endpoint {
            Endpoint::Nowhere(why) => format!("{documents}, {why}{faults}{}", self.keys()),
            at => format!("{documents} at {at}{faults}{}{certificate}", self.keys()),
        }
    }

    /// How many access keys are in force, where anything is private: `docent key` looks for it.
    fn keys(&self) -> String {
        if !self.settings.borrow().access.is_private() {
            return String::new();
        }
        match self.gate.keys.len() {
            1 => "; 1 access key".to_owned(),
            keys => format!("; {keys} access keys"),
        }
    }
}

fn waiting(shown: &[Shown]) -> Vec<bool> {
    let waits = |it: &Shown| matches!(it.served, Served::Nothing { .. });
    shown.iter().map(waits).collect()
}

/// How many pages are served, of each audience where there are such; and what is wrong, which begins with `; ` where there is
/// anything.
fn told(shown: &[Shown]) -> (String, String) {
    let mut documents = Vec::new();
    let mut faults = String::new();
    for Shown { audience, served } in shown {
        let (count, fault) = match served {
            Served::Library { library, faults } => {
                let holdings = library.current();
                let pages: usize = holdings.snapshot.sets().iter().map(|set| set.pages).sum();
                let noun = if pages == 1 { "page" } else { "pages" };
                (format!("{} {noun}", thousands(pages)), faults.clone())
            }
            Served::Nothing { why } => (
                "nothing".to_owned(),
                format!("waiting for documents: {why}"),
            ),
        };
        match audience {
            None => documents.push(count),
            Some(name) => documents.push(format!("{name}: {count}")),
        }
        if !fault.is_empty() && !faults.contains(&fault) {
            faults += &format!("; {fault}");
        }
    }
    (documents.join(", "), faults)
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
