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
    discovery,
    guard::{self, Guard},
    headers::harden,
    sse,
    stop::Stop,
    streamable,
    subscriptions::Subscriptions,
    throttle::Throttle,
    web::{self, Web},
};
use crate::{
    config::Limits,
    error::chain,
    mcp::{Endpoint as At, Library},
};

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
    throttle: &Arc<Throttle>,
    stop: &Stop,
) -> Router {
    let documents = &app.documents;
    let web = Arc::new(Web::new(app));
    let streamable = |at| {
        let endpoint = streamable::Endpoint::new(
            at,
            documents,
            limits,
            Arc::clone(subscriptions),
            Arc::clone(throttle),
            stop,
        );
        post(streamable::answer).with_state(Arc::new(endpoint))
    };
    let sse = Arc::new(sse::Endpoint::new(
        Arc::clone(documents),
        limits,
        Arc::clone(sessions),
        Arc::clone(throttle),
    ));
    let hsts = app.domain.as_ref().and_then(|domain| domain.hsts);
    let hsts = hsts.filter(|_| side == Side::Https);
    let mut mcp = streamable(At::Mcp);
    let mut chatgpt = streamable(At::ChatGpt);
    let mut stream = get(sse::open).with_state(Arc::clone(&sse));
    if app.site.enabled {
        // A browser that comes to an endpoint is told what that is.
        let show = get(web::endpoint::show).with_state(Arc::clone(&web));
        mcp = mcp.merge(show.clone());
        chatgpt = chatgpt.merge(show);
        let explain = middleware::from_fn_with_state(Arc::clone(&web), web::endpoint::explain);
        stream = stream.layer(explain);
    }
    let endpoints = Router::new()
        // With a slash as well: people add one, and few clients follow a redirect.
        .route("/mcp", mcp.clone())
        .route("/mcp/", mcp)
        .route("/chatgpt", chatgpt.clone())
        .route("/chatgpt/", chatgpt)
        .route("/sse", stream.clone())
        .route("/sse/", stream)
        .route("/message", post(sse::message).with_state(sse))
        .route("/healthz", get(health).with_state(Arc::clone(documents)))
        .merge(discovery::routes(app));
    let all = if app.site.enabled {
        endpoints.merge(pages(web))
    } else {
        endpoints.fallback(nothing)
    };
    all.layer(middleware::from_fn_with_state(
        Arc::new(Guard::new(app, side)),
        guard::check,
    ))
    .layer(middleware::map_response(move |response| {
        harden(response, hsts)
    }))
}

/// The pages for people.
fn pages(web: Arc<Web>) -> Router {
    Router::new()
        .route("/", get(web::start::show))
        .route("/search", get(web::results::show))
        .route(web::assets::ROUTE, get(web::assets::send))
        .route("/favicon.ico", get(web::assets::favicon))
        .route("/llms.txt", get(web::documents::list))
        .route("/llms-full.txt", get(web::documents::everything))
        .route("/robots.txt", get(web::documents::robots))
        .route("/sitemap.xml", get(web::documents::sites))
        .fallback(web::documents::anything)
        .with_state(web)
}

async fn nothing() -> Response {
    (StatusCode::NOT_FOUND, web::missing::TEXT).into_response()
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
