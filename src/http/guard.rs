//! Who may call: requests for other names than docent's own are refused, on every route.
//!
//! A page in somebody's browser can reach a server on their machine or network by a name that its
//! author points there (DNS rebinding). Such requests carry that name in `Host`, and the page's
//! own in `Origin`. Pages of docent's own names may call, and of origins that its operator allows. See the security warning of the MCP transports (2025-11-25).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    app::{App, Side},
    cors,
    names::Names,
};
use crate::config::Origin;

/// Who may call on the listeners of one side.
pub(super) struct Guard {
    names: Names,
    /// Of pages that may call besides those of the names.
    origins: Vec<Origin>,
    /// The answer to foreign names.
    foreign: StatusCode,
}

/// Assistants whose pages may call where everybody can.
const ASSISTANTS: [&str; 2] = ["claude.ai", "chatgpt.com"];

impl Guard {
    /// Plain listeners answer to the loopback names too. The public one does not: no certificate names
    /// them, so nobody who verifies one can mean them.
    pub(super) fn new(app: &App, side: Side) -> Self {
        let own = app.domain.iter().flat_map(|domain| &domain.names);
        let names = Names::new(own, &app.hosts);
        let mut origins = app.origins.clone();
        match side {
            Side::Plain => Self {
                names: names.and_loopback(),
                origins,
                foreign: StatusCode::FORBIDDEN,
            },
            // A client of HTTP/2 may ask for other names on a connection, and this answer tells it to open
            // another one (RFC 9110, section 7.4).
            Side::Https => {
                origins.extend(ASSISTANTS.map(Origin::https));
                Self {
                    names,
                    origins,
                    foreign: StatusCode::MISDIRECTED_REQUEST,
                }
            }
        }
    }

    /// The origin of the page that sends a request, where it is one's; an error where it may not.
    fn origin(&self, headers: &HeaderMap) -> Result<Option<HeaderValue>, Refusal> {
        let mut allowed = None;
        for origin in headers.get_all(header::ORIGIN) {
            let is_allowed = origin.to_str().is_ok_and(|text| {
                self.names.allow_origin(text) || self.origins.iter().any(|own| own.covers(text))
            });
            if !is_allowed {
                return Err(FOREIGN_ORIGIN);
            }
            allowed = Some(origin.clone());
        }
        Ok(allowed)
    }
}

type Refusal = (StatusCode, &'static str);

const FOREIGN_ORIGIN: Refusal = (
    StatusCode::FORBIDDEN,
    "Web pages of this origin may not call this server. Its operator can allow the host in `hosts`, or the origin in \
     `origins`, of docent's configuration.\n",
);

const UNKNOWN_CODING: (StatusCode, &str) = (
    StatusCode::NOT_IMPLEMENTED,
    "The only transfer coding that is understood is chunked: send the request without compression.\n",
);

/// Whether a body is sent in the one transfer coding that hyper takes off (RFC 9112, section 6.1).
fn is_chunked(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::TRANSFER_ENCODING);
    let mut codings = codings
        .iter()
        .flat_map(|value| value.as_bytes().split(|b| *b == b','));
    let only = codings.next().map(<[u8]>::trim_ascii);
    only.is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked")) && codings.next().is_none()
}

/// Refuses a request for a foreign name, or from a page of a foreign origin; lets a page of another origin that is
/// allowed read the answer.
pub(super) async fn check(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    if headers.contains_key(header::TRANSFER_ENCODING) && !is_chunked(headers) {
        return UNKNOWN_CODING.into_response();
    }
    let called = guard.names.asked(request.uri(), headers);
    let called = called.map_err(|foreign| foreign.refusal(guard.foreign));
    let origin = match called.and_then(|_| guard.origin(headers)) {
        Ok(origin) => origin,
        Err(refusal) => {
            let (status, why) = refusal;
            tracing::debug!(%status, why, "refused");
            return refusal.into_response();
        }
    };
    let Some(origin) = origin else {
        let is_cached = matches!(*request.method(), Method::GET | Method::HEAD);
        let mut response = next.run(request).await;
        if is_cached {
            cors::vary(&mut response);
        }
        return response;
    };
    if cors::is_preflight(request.method(), headers) {
        return cors::preflight(origin, headers);
    }
    let mut response = next.run(request).await;
    cors::allow(origin, &mut response);
    cors::vary(&mut response);
    response
}
