//! Who may call: requests for other names than docent's own are refused, on every route.
//!
//! A page in somebody's browser can reach a server on their machine or network by a name that its
//! author points there (DNS rebinding). Such requests carry that name in `Host`, and the page's
//! own in `Origin`. Pages of docent's own names may call, and of origins that its operator allows. See the security warning of the MCP transports (2025-11-25).
//!
//! Behind a trusted proxy the name that it was called by counts too, where it says so in a header of its own.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    address::{Addresses, Proxied},
    app::{App, Side},
    cors, forwarded,
    names::{self, Foreign, Name, Names},
    throttle::{self, Refused},
};
use crate::config::Origin;

/// Who may call on the listeners of one side.
pub(super) struct Guard {
    names: Names,
    /// Of pages that may call besides those of the names.
    origins: Vec<Origin>,
    /// The answer to foreign names.
    foreign: StatusCode,
    addresses: Arc<Addresses>,
    /// Foreign names that the log has been told of.
    told: Mutex<HashSet<String>>,
    /// What the operator has listed, to be completed in what the log is told.
    hosts: Vec<String>,
}

/// The log is told of no more foreign names than these: whoever calls can make up any number.
const MAX_TOLD: usize = 100;

/// Assistants whose pages may call where everybody can.
const ASSISTANTS: [&str; 2] = ["claude.ai", "chatgpt.com"];

impl Guard {
    /// Plain listeners answer to the loopback names too. The public one does not: no certificate names
    /// them, so nobody who verifies one can mean them.
    pub(super) fn new(app: &App, side: Side) -> Self {
        let own = app.domain.iter().flat_map(|domain| &domain.names);
        let names =
            Names::new(own, &app.hosts).and(app.url.as_ref().map(|url| url.authority().as_str()));
        let mut origins = app.origins.clone();
        let names = if app.plain_public && side == Side::Plain {
            names.and_addresses()
        } else {
            names
        };
        let (names, foreign) = match side {
            Side::Plain => (names.and_loopback(), StatusCode::FORBIDDEN),
            // A client of HTTP/2 may ask for other names on a connection, and this answer tells it to open
            // another one (RFC 9110, section 7.4).
            Side::Https => {
                origins.extend(ASSISTANTS.map(Origin::https));
                (names, StatusCode::MISDIRECTED_REQUEST)
            }
        };
        Self {
            names,
            origins,
            foreign,
            addresses: Arc::new(Addresses::new(app.url.as_ref(), side)),
            told: Mutex::default(),
            hosts: app.hosts.clone(),
        }
    }

    /// Refuses a request for another name.
    fn called(&self, request: &Request) -> Result<(), (StatusCode, String)> {
        let asked = self.names.asked(request.uri(), request.headers());
        let asked = asked.and_then(|_| {
            let is_proxied = request.extensions().get::<Proxied>().is_some();
            let host = is_proxied.then(|| forwarded::address(request.headers()).host);
            match host.flatten() {
                Some(host) => self.names.check(host).map(drop),
                None => Ok(()),
            }
        });
        asked.map_err(|foreign| {
            if let Foreign::Other(Some(name)) = &foreign {
                self.tell(name);
            }
            foreign.refusal(self.foreign, names::allow_advice)
        })
    }

    /// Tells the log of a foreign name, once.
    fn tell(&self, name: &Name) {
        let Some(name) = name.as_configured() else {
            return;
        };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MAX_TOLD && told.insert(name.to_owned()) {
            let hosts: Vec<_> = self
                .hosts
                .iter()
                .map(String::as_str)
                .chain([name])
                .collect();
            tracing::warn!(
                name,
                "a request for another name than docent's own was refused; if it is one of its names: \
                 `hosts = {hosts:?}` in [server]"
            );
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
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    if headers.contains_key(header::TRANSFER_ENCODING) && !is_chunked(headers) {
        return UNKNOWN_CODING.into_response();
    }
    if let Err(refusal) = guard.called(&request) {
        tracing::debug!(status = %refusal.0, "refused: another name");
        return refusal.into_response();
    }
    let origin = match guard.origin(headers) {
        Ok(origin) => origin,
        Err(refusal) => {
            let (status, why) = refusal;
            tracing::debug!(%status, why, "refused");
            return refusal.into_response();
        }
    };
    let is_cached = matches!(*request.method(), Method::GET | Method::HEAD);
    let origin = origin.filter(|_| !cors::is_for_people(request.uri().path()));
    if let Some(origin) = &origin
        && cors::is_preflight(request.method(), headers)
    {
        return cors::preflight(origin.clone(), headers);
    }
    let refused = request.extensions().get::<Refused>().copied();
    let mut response = match refused {
        None => {
            let addresses = Arc::clone(&guard.addresses);
            request.extensions_mut().insert(addresses);
            next.run(request).await
        }
        Some(refused) => throttle::answer(refused, request).await,
    };
    if origin.is_some() || is_cached {
        cors::vary(&mut response);
    }
    if let Some(origin) = origin {
        cors::allow(origin, &mut response);
    }
    response
}
