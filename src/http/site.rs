//! What is served, replaceable while it is served.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use arc_swap::{ArcSwap, Guard};
use axum::Router;

use super::{
    activity::Activity,
    app::{App, Domain, Offer, Side},
    attempts::Attempts,
    budget::Budget,
    mount::Mount,
    probe::{Probe, Probed},
    protocol::Protocol,
    redirect,
    router::{Shared, routes},
    share::Shares,
    sse,
    stop::Stop,
    subscriptions::Subscriptions,
    tenure::Tenures,
    throttle::Throttle,
    waiting,
};
use crate::{
    auth::{Introducers, sign_in::Codes},
    config::{Limits, PublicUrl, TrustedProxies},
};

/// What is served, to whom and within which limits.
pub struct Site {
    current: ArcSwap<Current>,
    pub(super) sessions: Arc<sse::Sessions>,
    subscriptions: Arc<Subscriptions>,
    tenures: Arc<Tenures>,
    pub(super) budgets: Budgets,
    /// What each client holds of what all have together.
    pub(super) shares: Arc<Shares>,
    /// What each client has asked for lately.
    pub(super) throttle: Arc<Throttle>,
    /// What each address has shown lately that was no good.
    attempts: Arc<Attempts>,
    /// And has pasted into the sign-in page: a program that goes on with a key that has ended keeps nobody from signing in.
    pasted: Arc<Attempts>,
    /// Codes of the sign-in page that were used lately.
    codes: Arc<Codes>,
    pub(super) stop: Stop,
    activity: Activity,
    probe: Probe,
    probed: Mutex<Option<Probed>>,
}

/// Places of connections, by what they are for.
#[derive(Default)]
pub(super) struct Budgets {
    pub(super) service: Arc<Budget>,
    pub(super) redirect: Arc<Budget>,
}

/// What is served at the moment.
pub(super) struct Current {
    pub(super) limits: Limits,
    pub(super) proxies: TrustedProxies,
    pub(super) introducers: Option<Arc<Introducers>>,
    pub(super) mount: Option<Mount>,
    plain: Router,
    https: Router,
    redirect: Router,
}

impl Site {
    /// Sets everything up; nothing is answered before [`super::serve`].
    pub fn new(app: &App, limits: Limits) -> Self {
        let site = Self::starting(app.domain.as_ref(), limits.clone());
        site.replace(app, limits);
        site
    }

    /// Answers challenges, and otherwise that there is nothing to serve yet, until [`Site::replace`].
    pub fn starting(domain: Option<&Domain>, limits: Limits) -> Self {
        let stop = Stop::default();
        let (probe, probed) = Probe::new();
        let sessions = Arc::new(sse::Sessions::new(stop.draining.clone(), stop.cut.clone()));
        Self {
            current: ArcSwap::from_pointee(Current::waiting(
                domain,
                limits,
                TrustedProxies::default(),
                None,
            )),
            sessions,
            subscriptions: Arc::default(),
            tenures: Arc::default(),
            budgets: Budgets::default(),
            shares: Arc::default(),
            throttle: Arc::new(Throttle::new()),
            attempts: Arc::new(Attempts::new()),
            pasted: Arc::new(Attempts::new()),
            codes: Arc::new(Codes::new(SystemTime::now())),
            stop,
            activity: Activity::default(),
            probe,
            probed: Mutex::new(Some(probed)),
        }
    }

    /// Whether a search is answered, on the way that all requests take. There is no time limit in here.
    ///
    /// Also where there is nothing to search yet, which is an answer.
    pub async fn answers(&self) -> bool {
        match self.probe.ask().await {
            Ok((200, _)) => true,
            Ok((503, head)) => head.to_ascii_lowercase().contains("\r\nretry-after:"),
            Ok(_) => false,
            Err(error) => {
                tracing::error!(%error, "the service does not answer itself");
                false
            }
        }
    }

    /// Where it asks itself, to be listened at; once.
    pub(super) fn probed(&self) -> Option<Probed> {
        let mut probed = self.probed.lock().unwrap_or_else(PoisonError::into_inner);
        probed.take()
    }

    /// For how long nobody has asked for anything.
    pub fn idle_for(&self) -> Duration {
        if self.sessions.is_empty() && self.subscriptions.is_empty() {
            self.activity.quiet_for()
        } else {
            Duration::ZERO
        }
    }

    /// Serves something else from the next request on, also on connections that are open. Calls that
    /// run, and SSE sessions and subscriptions that are open, go on with what they began with; those streams end that
    /// would not be answered from the same documents any more.
    ///
    /// The time for the head of a request stays what it was.
    pub fn replace(&self, app: &App, limits: Limits) {
        let shared = Shared {
            limits: &limits,
            sessions: &self.sessions,
            subscriptions: &self.subscriptions,
            tenures: &self.tenures,
            throttle: &self.throttle,
            attempts: &self.attempts,
            pasted: &self.pasted,
            codes: &self.codes,
            stop: &self.stop,
        };
        let side = |side| routes(app, side, &shared);
        let (plain, https) = (side(Side::Plain), side(Side::Https));
        let audiences = match &app.documents {
            Offer::Everybody(_) => None,
            Offer::Audiences(audiences) => Some(audiences),
        };
        self.put(Current {
            plain,
            https,
            redirect: redirect::routes(app.domain.as_ref()),
            mount: match &app.documents {
                Offer::Everybody(library) => {
                    let holdings = library.current();
                    let sets = holdings.snapshot.sets().iter();
                    Mount::of(app.url.as_ref(), sets.map(|set| &*set.name))
                }
                // The door knows whose sets may be meant.
                Offer::Audiences(_) => Mount::of_routes(app.url.as_ref()),
            },
            proxies: app.proxies.clone(),
            introducers: app.introducers.clone(),
            limits,
        });
        self.tenures.review(audiences);
    }

    /// Answers, from the next request on, that there is nothing to serve yet.
    pub fn wait(
        &self,
        domain: Option<&Domain>,
        limits: Limits,
        proxies: TrustedProxies,
        url: Option<&PublicUrl>,
    ) {
        self.put(Current::waiting(domain, limits, proxies, url));
    }

    fn put(&self, current: Current) {
        self.current.store(Arc::new(current));
        self.budgets.service.reconsider();
        self.budgets.redirect.reconsider();
    }

    pub(super) fn current(&self) -> Arc<Current> {
        self.current.load_full()
    }

    /// The same for a moment, without a count that all threads write.
    pub(super) fn at_present(&self) -> Guard<Arc<Current>> {
        self.current.load()
    }

    /// Somebody asks for something.
    pub(super) fn note_request(&self) {
        self.activity.note();
    }
}

impl Current {
    /// What answers requests on a listener.
    pub(super) fn router(&self, protocol: &Protocol) -> Router {
        match protocol {
            Protocol::Plain => self.plain.clone(),
            Protocol::Https(_) => self.https.clone(),
            Protocol::Redirect => self.redirect.clone(),
        }
    }

    fn waiting(
        domain: Option<&Domain>,
        limits: Limits,
        proxies: TrustedProxies,
        url: Option<&PublicUrl>,
    ) -> Self {
        Self {
            mount: Mount::of(url, []),
            plain: waiting::routes(),
            https: waiting::routes(),
            redirect: redirect::routes(domain),
            limits,
            proxies,
            // Nobody is asked who he is while there is nothing to read.
            introducers: None,
        }
    }
}
