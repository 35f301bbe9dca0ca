//! Port 80 beside HTTPS: answers to an authority's challenges, and redirects to HTTPS.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{
    app::Domain,
    headers::harden,
    names::{Name, Names},
};
use crate::state::{Challenges, NO_CHALLENGE};

/// What is answered on the listener for plain HTTP, to everybody.
pub(super) fn routes(domain: Option<&Domain>) -> Router {
    let harden = middleware::map_response(|response| harden(response, None));
    let names = domain.map_or(&[][..], |domain| &domain.names);
    let redirect = Redirect {
        names: Names::new(names, &[]),
        port: domain.map_or(443, |domain| domain.https_port),
    };
    let mut router = Router::new();
    if let Some(domain) = domain {
        let challenges = Arc::new(domain.challenges.clone());
        let answer = get(answer_challenge).with_state(challenges);
        router = router.route("/.well-known/acme-challenge/{token}", answer);
    }
    router
        .fallback(answer_rest)
        .with_state(Arc::new(redirect))
        .layer(harden)
}

/// Answers an HTTP-01 challenge (RFC 8555, section 8.3), by whatever name the authority calls: an order
/// may be under way for a name that has only just been added to the configuration.
async fn answer_challenge(
    State(challenges): State<Arc<Challenges>>,
    Path(token): Path<String>,
) -> Response {
    match challenges.http(&token) {
        Some(answer) => {
            tracing::info!("answering an http-01 challenge");
            let octets = HeaderValue::from_static("application/octet-stream");
            ([(header::CONTENT_TYPE, octets)], answer).into_response()
        }
        None => (StatusCode::NOT_FOUND, NO_CHALLENGE).into_response(),
    }
}

/// Where HTTPS is.
struct Redirect {
    names: Names,
    port: u16,
}

impl Redirect {
    /// How an operator lets a name in: it needs a certificate, whose names are no secret.
    fn advice(&self, name: &str) -> String {
        let names: Vec<_> = self.names.hosts().chain([name]).collect();
        format!(
            "If it is one of its names, its operator makes it one of the certificate's, with this line below [server] in \
             docent's configuration (in the place of `domain` or `domains`), and reloads the service:\n\ndomains = {names:?}"
        )
    }

    /// The same page over HTTPS, by a name of docent's own.
    fn to(&self, name: &Name, request: &Request) -> String {
        let host = if name.host.contains(':') {
            format!("[{}]", name.host)
        } else {
            name.host.clone()
        };
        // Who comes to port 80 finds HTTPS at 443, whatever ports these are behind a router or in a
        // container.
        let port = match (name.port, self.port) {
            (None | Some(80), _) | (_, 443) => String::new(),
            (Some(_), port) => format!(":{port}"),
        };
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        format!("https://{host}{port}{path}")
    }
}

/// Redirects what people ask for to HTTPS. Nothing else is redirected: a client that posts here has sent its question, and perhaps a
/// secret, in the clear, and should fail rather than do so for ever.
async fn answer_rest(State(redirect): State<Arc<Redirect>>, request: Request) -> Response {
    let name = match redirect.names.asked(request.uri(), request.headers()) {
        Ok(name) => name,
        Err(foreign) => {
            return foreign
                .refusal(StatusCode::MISDIRECTED_REQUEST, |name| {
                    redirect.advice(name)
                })
                .into_response();
        }
    };
    let target = redirect.to(&name, &request);
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let why = format!("This is served over HTTPS only: use {target}\n");
        return (StatusCode::FORBIDDEN, [(header::CONNECTION, "close")], why).into_response();
    }
    match HeaderValue::try_from(&target) {
        Ok(location) => {
            let why = format!("This is served over HTTPS: {target}\n");
            let location = [(header::LOCATION, location)];
            (StatusCode::MOVED_PERMANENTLY, location, why).into_response()
        }
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
