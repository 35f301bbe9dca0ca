//! The route table.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{guard, page, site::Stop, sse, streamable};
use crate::{
    config::{Identifier, Limits},
    mcp::{Docent, Library, Transport},
    search::Query,
    state::Challenges,
};

/// What is served, and to whom.
#[derive(Clone)]
pub struct App {
    /// The documents.
    pub documents: Arc<Library>,
    /// Names besides docent's own by which clients may call, with or without a port.
    pub hosts: Vec<String>,
    /// The public side; `None` where there are only plain listeners.
    pub domain: Option<Domain>,
}

/// The public side: names that everybody can reach, over HTTPS.
#[derive(Debug, Clone)]
pub struct Domain {
    /// The names of the certificate; at least one.
    pub names: Vec<Identifier>,
    /// The port of HTTPS, for those who come to another one than 80 for plain HTTP.
    pub https_port: u16,
    /// How long browsers are to insist on HTTPS (RFC 6797); `None`: they are not told to.
    pub hsts: Option<Duration>,
    /// What an authority is answered.
    pub challenges: Challenges,
}

/// Which listeners routes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// For this machine, or a proxy in front.
    Plain,
    /// For everybody.
    Https,
}

/// What handlers share.
pub(super) struct Shared {
    pub(super) side: Side,
    pub(super) documents: Arc<Library>,
    pub(super) limits: Limits,
    pub(super) sessions: Arc<sse::Sessions>,
    pub(super) docent: Docent,
    pub(super) streamable: streamable::Service,
}

/// Everything that is answered. What stands in no line of this table is a 404, another method
/// than the table's a 405 with `Allow`.
pub(super) fn routes(
    app: &App,
    side: Side,
    limits: &Limits,
    sessions: &Arc<sse::Sessions>,
    stop: &Stop,
) -> Router {
    let docent = Docent::new(Arc::clone(&app.documents), Transport::Stateless);
    let shared = Arc::new(Shared {
        side,
        sessions: Arc::clone(sessions),
        streamable: streamable::service(docent.clone(), limits, stop.cut.clone()),
        docent,
        documents: Arc::clone(&app.documents),
        limits: limits.clone(),
    });
    let hsts = app.domain.as_ref().and_then(|domain| domain.hsts);
    let hsts = hsts.filter(|_| side == Side::Https);
    Router::new()
        .route("/", get(page::show))
        .route("/healthz", get(health))
        .route("/mcp", post(streamable::answer))
        .route("/sse", get(sse::open))
        .route("/message", post(sse::message))
        .fallback(nothing)
        .with_state(shared)
        .layer(middleware::from_fn_with_state(
            Arc::new(guard::Guard::new(app, side)),
            guard::check,
        ))
        .layer(middleware::map_response(move |response| {
            harden(response, hsts)
        }))
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let snapshot = Arc::clone(&shared.documents.current().snapshot);
    let probe = Query {
        limit: 1,
        ..Query::new("documentation")
    };
    match snapshot.search(&probe) {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "the index does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the index does not answer\n",
            )
                .into_response()
        }
    }
}

async fn nothing() -> Response {
    (
        StatusCode::NOT_FOUND,
        "There is nothing here. Assistants connect to /mcp (older ones to /sse); people see /.\n",
    )
        .into_response()
}

/// Headers that keep browsers from making more of an answer than it is.
pub(super) async fn harden(mut response: Response, hsts: Option<Duration>) -> Response {
    let headers = response.headers_mut();
    if let Some(period) = hsts {
        let policy = format!("max-age={}", period.as_secs());
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, policy);
        }
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    response
}
