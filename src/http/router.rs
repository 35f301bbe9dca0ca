//! The route table.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{
    app::{App, Side},
    guard::{self, Guard},
    headers::harden,
    sse,
    stop::Stop,
    streamable,
    subscriptions::Subscriptions,
    web::{self, Web},
};
use crate::{config::Limits, error::chain, mcp::Library};

/// Everything that is answered. What stands in no line of this table is a 404, another method
/// than the table's a 405 with `Allow`.
///
/// Each handler has a state of its own, and knows nothing of the others.
pub(super) fn routes(
    app: &App,
    side: Side,
    limits: &Limits,
    sessions: &Arc<sse::Sessions>,
    subscriptions: &Arc<Subscriptions>,
    stop: &Stop,
) -> Router {
    let documents = &app.documents;
    let web = Arc::new(Web::new(app, side));
    let mcp = Arc::new(streamable::Endpoint::new(
        documents,
        limits,
        Arc::clone(subscriptions),
        stop,
    ));
    let sse = Arc::new(sse::Endpoint::new(
        Arc::clone(documents),
        limits,
        Arc::clone(sessions),
    ));
    let hsts = app.domain.as_ref().and_then(|domain| domain.hsts);
    let hsts = hsts.filter(|_| side == Side::Https);
    // A browser that comes to an endpoint is told what that is.
    let streamable = post(streamable::answer)
        .with_state(mcp)
        .merge(get(web::endpoint::show).with_state(Arc::clone(&web)));
    let stream = get(sse::open)
        .with_state(Arc::clone(&sse))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&web),
            web::endpoint::explain,
        ));
    Router::new()
        .route("/", get(web::start::show).with_state(Arc::clone(&web)))
        .route(web::assets::ROUTE, get(web::assets::send))
        .route("/favicon.ico", get(web::assets::favicon))
        .route("/healthz", get(health).with_state(Arc::clone(documents)))
        // With a slash as well: people add one, and few clients follow a redirect.
        .route("/mcp", streamable.clone())
        .route("/mcp/", streamable)
        .route("/sse", stream.clone())
        .route("/sse/", stream)
        .route("/message", post(sse::message).with_state(sse))
        .fallback(web::missing::answer)
        .with_state(web)
        .layer(middleware::from_fn_with_state(
            Arc::new(Guard::new(app, side)),
            guard::check,
        ))
        .layer(middleware::map_response(move |response| {
            harden(response, hsts)
        }))
}

async fn health(State(documents): State<Arc<Library>>) -> Response {
    match documents.examine().await {
        Ok(()) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(error = chain(&error), "the index does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the index does not answer\n",
            )
                .into_response()
        }
    }
}
