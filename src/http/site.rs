//! What is served, replaceable while it is served.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use tower::ServiceExt as _;

use super::{
    activity::Activity,
    app::{App, Domain, Side},
    budget::Budget,
    protocol::Protocol,
    redirect,
    router::routes,
    sse,
    stop::Stop,
};
use crate::config::Limits;

/// What is served, to whom and within which limits.
pub struct Site {
    current: ArcSwap<Current>,
    pub(super) sessions: Arc<sse::Sessions>,
    pub(super) budget: Arc<Budget>,
    pub(super) stop: Stop,
    activity: Activity,
}

/// What is served at the moment.
pub(super) struct Current {
    pub(super) limits: Limits,
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
        let sessions = Arc::new(sse::Sessions::new(stop.draining.clone(), stop.cut.clone()));
        let nothing_yet = || Router::new().fallback(nothing_yet);
        Self {
            current: ArcSwap::from_pointee(Current {
                plain: nothing_yet(),
                https: nothing_yet(),
                redirect: redirect::routes(domain),
                limits,
            }),
            sessions,
            budget: Arc::default(),
            stop,
            activity: Activity::default(),
        }
    }

    /// Whether a search is answered, on the way that requests take.
    pub async fn answers(&self) -> bool {
        let Ok(request) = Request::get("http://localhost/healthz").body(Body::empty()) else {
            return false;
        };
        let router = self.current.load().plain.clone();
        let Ok(response) = router.oneshot(request).await;
        response.status().is_success()
    }

    /// For how long nobody has asked for anything.
    pub fn idle_for(&self) -> Duration {
        if self.sessions.is_empty() {
            self.activity.quiet_for()
        } else {
            Duration::ZERO
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
    pub(super) fn router(&self, protocol: &Protocol) -> Router {
        self.activity.note();
        let current = self.current.load();
        match protocol {
            Protocol::Plain => current.plain.clone(),
            Protocol::Https(_) => current.https.clone(),
            Protocol::Redirect => current.redirect.clone(),
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
            redirect: redirect::routes(app.domain.as_ref()),
            limits,
        }
    }
}

async fn nothing_yet() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, HeaderValue::from_static("2"))],
        "The documents are being read for the first time: please ask again in a moment.\n",
    )
        .into_response()
}
