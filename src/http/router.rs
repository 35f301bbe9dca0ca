//! The route table.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};

use super::{
    app::{App, Audiences, Offer, Side},
    attempts::Attempts,
    discovery,
    door::{self, Door},
    guard::{self, Guard},
    headers::harden,
    protected_resource, sign_in, sse,
    stop::Stop,
    streamable,
    subscriptions::Subscriptions,
    tenure::Tenures,
    throttle::Throttle,
    waiting,
    web::{self, Web},
};
use crate::auth::sign_in::Codes;
use crate::{
    config::Limits,
    error::chain,
    mcp::{Endpoint as At, Library},
};

/// What answers share, whatever is served.
pub(super) struct Shared<'a> {
    pub(super) limits: &'a Limits,
    pub(super) sessions: &'a Arc<sse::Sessions>,
    pub(super) subscriptions: &'a Arc<Subscriptions>,
    pub(super) tenures: &'a Arc<Tenures>,
    pub(super) throttle: &'a Arc<Throttle>,
    pub(super) attempts: &'a Arc<Attempts>,
    pub(super) pasted: &'a Arc<Attempts>,
    pub(super) codes: &'a Arc<Codes>,
    pub(super) stop: &'a Stop,
}

/// Everything that is answered. What stands in no line of these tables is a 404, another method
/// than the table's a 405 with `Allow`.
///
/// Each handler has a state of its own, and knows nothing of the others.
pub(super) fn routes(app: &App, side: Side, shared: &Shared<'_>) -> Router {
    let hsts = app.domain.as_ref().and_then(|domain| domain.hsts);
    let hsts = hsts.filter(|_| side == Side::Https);
    let all = match &app.documents {
        Offer::Everybody(library) => answers(app, library, shared),
        Offer::Audiences(audiences) => {
            let door = Door::new(
                app,
                audiences,
                shared.attempts.within(shared.limits),
                |library| answers(app, library, shared),
            );
            before_the_door(app, audiences)
                .merge(sign_in::routes(
                    &audiences.gate,
                    shared.codes,
                    shared.pasted,
                    &app.site,
                    shared.limits,
                ))
                .fallback_service(any(door::enter).with_state(Arc::new(door)))
        }
    };
    all.layer(middleware::from_fn_with_state(
        Arc::new(Guard::new(app, side)),
        guard::check,
    ))
    .layer(middleware::map_response(move |response| {
        harden(response, hsts)
    }))
}

/// What is answered whoever asks, where not everybody may read everything: nothing of it tells of documents.
fn before_the_door(app: &App, audiences: &Audiences) -> Router {
    let libraries: Vec<_> = audiences.there().cloned().collect();
    let mut routes = Router::new()
        .route("/healthz", get(health).with_state(libraries.into()))
        .merge(protected_resource::routes(
            &audiences.access,
            audiences.gate.sealing.is_some(),
            &app.site,
        ))
        .merge(discovery::challenge(app));
    if app.site.enabled {
        routes = routes
            .route(web::assets::ROUTE, get(web::assets::send))
            .route("/favicon.ico", get(web::assets::favicon));
        if audiences.access.anonymous().is_none() {
            routes = routes.route("/robots.txt", get(web::note::robots));
        }
    }
    routes
}

/// What is answered of these documents.
fn answers(app: &App, documents: &Arc<Library>, shared: &Shared<'_>) -> Router {
    let Shared {
        limits,
        sessions,
        subscriptions,
        tenures,
        throttle,
        stop,
        ..
    } = shared;
    let web = Arc::new(Web::new(app, documents));
    let streamable = |at| {
        let endpoint = streamable::Endpoint::new(
            at,
            documents,
            limits,
            (Arc::clone(subscriptions), Arc::clone(tenures)),
            Arc::clone(throttle),
            stop,
        );
        post(streamable::answer).with_state(Arc::new(endpoint))
    };
    let sse = Arc::new(sse::Endpoint::new(
        Arc::clone(documents),
        limits,
        Arc::clone(sessions),
        Arc::clone(tenures),
        Arc::clone(throttle),
    ));
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
        .route(
            "/healthz",
            get(health).with_state([Arc::clone(documents)].into()),
        )
        .merge(discovery::challenge(app))
        .merge(discovery::routes(app, documents));
    if app.site.enabled {
        endpoints.merge(pages(web))
    } else {
        endpoints.fallback(nothing)
    }
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

async fn health(State(libraries): State<Arc<[Arc<Library>]>>) -> Response {
    if libraries.is_empty() {
        return waiting::nothing_yet();
    }
    for library in &*libraries {
        if let Err(error) = library.examine().await {
            tracing::error!(error = chain(&error), "the index does not answer");
            let why = "the index does not answer\n";
            return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
        }
    }
    "ok\n".into_response()
}
