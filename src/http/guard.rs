//! Who may call: requests for other names than docent's own are refused, on every route.
//!
//! A page in somebody's browser can reach a server on their machine or network by a name that its
//! author points there (DNS rebinding). Such requests carry that name in `Host`, and the page's
//! own in `Origin`. See the security warning of the MCP transports (2025-11-25).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    app::{App, Side},
    names::Names,
};

/// Who may call on the listeners of one side.
pub(super) struct Guard {
    names: Names,
    /// The answer to foreign names.
    foreign: StatusCode,
}

impl Guard {
    /// Plain listeners answer to the loopback names too. The public one does not: no certificate names
    /// them, so nobody who verifies one can mean them.
    pub(super) fn new(app: &App, side: Side) -> Self {
        let own = app.domain.iter().flat_map(|domain| &domain.names);
        let names = Names::new(own, &app.hosts);
        match side {
            Side::Plain => Self {
                names: names.and_loopback(),
                foreign: StatusCode::FORBIDDEN,
            },
            // A client of HTTP/2 may ask for other names on a connection, and this answer tells it to open
            // another one (RFC 9110, section 7.4).
            Side::Https => Self {
                names,
                foreign: StatusCode::MISDIRECTED_REQUEST,
            },
        }
    }
}

const FOREIGN_ORIGIN: (StatusCode, &str) = (
    StatusCode::FORBIDDEN,
    "Web pages of this origin may not call this server. Its operator can allow the host in \
     docent's configuration.\n",
);

/// Refuses a request for a foreign name, or from a page of a foreign origin.
pub(super) async fn check(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let refusal = match guard.names.asked(request.uri(), request.headers()) {
        Err(foreign) => foreign.refusal(guard.foreign),
        Ok(_) if !guard.names.allow_origins(request.headers()) => FOREIGN_ORIGIN,
        Ok(_) => return next.run(request).await,
    };
    let (status, why) = refusal;
    tracing::debug!(%status, why, "refused");
    refusal.into_response()
}
