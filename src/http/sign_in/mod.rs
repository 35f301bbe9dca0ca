//! docent's own sign-in, over HTTP: its metadata (RFC 8414), registration (RFC 7591), the page where a person pastes an
//! access key (RFC 6749, section 4.1), and the tokens (section 4.1.3). What is decided, [`crate::auth::sign_in`] decides.
mod authorize;
mod cookie;
mod metadata;
mod page;
mod register;
mod token;

use std::{sync::Arc, time::SystemTime};

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{attempts::Attempts, web::assets};
use crate::{
    auth::{Gate, SealingKeys, sign_in::Codes},
    config::{Limits, SiteSettings},
};

/// What the endpoints share.
pub(super) struct SignIn {
    gate: Arc<Gate>,
    sealing: Arc<SealingKeys>,
    codes: Arc<Codes>,
    attempts: Arc<Attempts>,
    site: SiteSettings,
    /// A body is a few addresses, or a key.
    limits: Limits,
}

/// Bytes of a body.
const MAX_BODY: usize = 32 * 1024;

/// The endpoints; none where there is nothing to seal with, as nobody is to sign in here.
pub(super) fn routes(
    gate: &Arc<Gate>,
    codes: &Arc<Codes>,
    attempts: &Arc<Attempts>,
    site: &SiteSettings,
    limits: &Limits,
) -> Router {
    let Some(sealing) = &gate.sealing else {
        return Router::new();
    };
    let state = Arc::new(SignIn {
        gate: Arc::clone(gate),
        sealing: Arc::clone(sealing),
        codes: Arc::clone(codes),
        attempts: Arc::clone(attempts),
        site: site.clone(),
        limits: Limits {
            request_body: limits.request_body.min(MAX_BODY),
            ..limits.clone()
        },
    });
    let authorize = get(authorize::show).post(authorize::answer);
    let mut routes = Router::new()
        .route(metadata::ROUTE, get(metadata::send))
        .route(metadata::ROUTE_BELOW, get(metadata::send_below))
        .route("/authorize", authorize.clone())
        .route("/authorize/", authorize)
        .route("/token", post(token::give))
        .route("/token/", post(token::give))
        .route("/register", post(register::answer))
        .route("/register/", post(register::answer));
    if !site.enabled {
        // This is the one page then.
        routes = routes.route(assets::ROUTE, get(assets::send));
    }
    routes.with_state(state)
}

/// An answer of JSON that nobody keeps (RFC 6749, section 5.1).
fn json_of(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (status, headers, body.to_string()).into_response()
}

/// An error as clients of OAuth read it (RFC 6749, section 5.2).
fn error(status: StatusCode, code: &str, why: &str) -> Response {
    let why = json!({"error": code, "error_description": why});
    json_of(status, &why)
}

/// The system gives no random numbers, or the like.
fn broken() -> Response {
    tracing::error!("nothing can be sealed: the system gives no random numbers");
    let why = "docent cannot at the moment";
    error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", why)
}

/// Whether a body is said to be of a kind, whatever its parameters.
fn is_of(headers: &axum::http::HeaderMap, kind: &str) -> bool {
    let said = headers
        .get(header::CONTENT_TYPE)
        .and_then(|it| it.to_str().ok());
    let said = said.map(|said| said.split(';').next().unwrap_or(said).trim());
    said.is_some_and(|said| said.eq_ignore_ascii_case(kind))
}

/// The clock of these endpoints.
fn now() -> SystemTime {
    SystemTime::now()
}
