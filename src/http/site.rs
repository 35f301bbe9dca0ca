//! What is served, replaceable while it is served.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use tokio_util::sync::CancellationToken;

use super::{
    budget::Budget,
    listener::Speech,
    newcomers::Newcomers,
    redirect,
    router::{App, Side, routes},
    sse,
};
use crate::config::Limits;

/// What is served, to whom and within which limits.
pub struct Site {
    current: ArcSwap<Current>,
    pub(super) sessions: Arc<sse::Sessions>,
    pub(super) budget: Arc<Budget>,
    pub(super) stop: Stop,
}

/// What is served at the moment.
pub(super) struct Current {
    pub(super) limits: Limits,
    plain: Router,
    https: Router,
    http: Router,
}

/// The steps of a stop.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop {
    /// Who has not asked for anything yet.
    pub(super) newcomers: Newcomers,
    /// Each answer says that it is the last one on its connection; the next one is answered by whoever
    /// serves after this process.
    pub(super) leaving: CancellationToken,
    /// No connection is accepted any more.
    pub(super) closed: CancellationToken,
    /// Nothing new is taken on; what runs may finish.
    pub(super) draining: CancellationToken,
    /// The time to finish is over: streams end.
    pub(super) cut: CancellationToken,
}

impl Site {
    /// Sets everything up; nothing is answered before [`super::serve`].
    pub fn new(app: &App, limits: Limits) -> Self {
        let stop = Stop::default();
        let sessions = Arc::new(sse::Sessions::new(stop.draining.clone(), stop.cut.clone()));
        Self {
            current: ArcSwap::from_pointee(Current::new(app, limits, &sessions, &stop)),
            sessions,
            budget: Arc::default(),
            stop,
        }
    }

    /// Serves something else from the next request on, also on connections that are open. Calls that
    /// run and SSE sessions that are open go on with what they began with.
    ///
    /// The time for the head of a request stays what it was.
    pub fn replace(&self, app: &App, limits: Limits) {
        let current = Current::new(app, limits, &self.sessions, &self.stop);
        self.current.store(Arc::new(current));
        self.budget.reconsider();
    }

    pub(super) fn current(&self) -> Arc<Current> {
        self.current.load_full()
    }

    /// What answers requests on a listener.
    pub(super) fn router(&self, speech: &Speech) -> Router {
        let current = self.current.load();
        match speech {
            Speech::Plain => current.plain.clone(),
            Speech::Https(_) => current.https.clone(),
            Speech::Http => current.http.clone(),
        }
    }

    /// Connections that may be open at the same time.
    pub(super) fn connections(&self) -> usize {
        self.current.load().limits.connections
    }
}

impl Current {
    fn new(app: &App, limits: Limits, sessions: &Arc<sse::Sessions>, stop: &Stop) -> Self {
        let side = |side| routes(app, side, &limits, sessions, stop);
        Self {
            plain: side(Side::Plain),
            https: side(Side::Https),
            http: redirect::routes(app.domain.as_ref()),
            limits,
        }
    }
}
