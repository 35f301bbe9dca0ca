//! The route table.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio_util::sync::CancellationToken;

use super::{guard, page, sse, streamable};
use crate::{config::Limits, mcp::Library, search::Query};

/// What is served, and to whom.
#[derive(Clone)]
pub struct App {
    /// The documents.
    pub library: Arc<Library>,
    /// Names besides the loopback ones by which clients may call, with or without a port.
    pub hosts: Vec<String>,
}

/// What handlers share.
pub(super) struct Shared {
    pub(super) library: Arc<Library>,
    pub(super) limits: Limits,
    pub(super) sessions: sse::Sessions,
    pub(super) streamable: streamable::Service,
}

/// Everything that is answered. What stands in no line of this table is a 404, another method
/// than the table's a 405 with `Allow`.
pub(super) fn routes(app: App, limits: &Limits, stop: &Stop) -> Router {
    let shared = Arc::new(Shared {
        sessions: sse::Sessions::new(limits, stop.draining.clone(), stop.cut.clone()),
        streamable: streamable::service(&app.library, limits, stop.cut.clone()),
        library: app.library,
        limits: limits.clone(),
    });
    Router::new()
        .route("/", get(page::show))
        .route("/healthz", get(health))
        .route("/mcp", post(streamable::answer))
        .route("/sse", get(sse::open))
        .route("/message", post(sse::message))
        .fallback(nothing)
        .with_state(shared)
        .layer(middleware::from_fn_with_state(
            Arc::new(guard::Names::new(&app.hosts)),
            guard::check,
        ))
        .layer(middleware::map_response(harden))
}

/// The two steps of a stop.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    /// Nothing new is taken on; what runs may finish.
    pub(super) draining: CancellationToken,
    /// The time to finish is over.
    pub(super) cut: CancellationToken,
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let snapshot = Arc::clone(&shared.library.current().snapshot);
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
async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
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
