//! How much one client may ask for where everybody can connect, so that none is kept waiting by another: requests a second, with a
//! burst, and requests that run at the same time.
//!
//! A stream of events is no request that runs once it is open: it lasts for days and costs nothing. There are limits of its own for
//! it. What is called in a session is counted until it is answered.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::{
    buckets::{Buckets, Rate},
    jsonrpc,
    notices::{Notice, Notices, TELL_EVERY},
    share::{Client, Share, Shares},
};
use crate::config::Limits;

/// What all clients have asked for lately.
pub(super) struct Throttle {
    buckets: Buckets,
    running: Arc<Shares>,
    begun: Instant,
    notices: Notices,
}

/// Why a request is not taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// There were too many in too short a time; the next one can come after this.
    TooFast(Duration),
    /// Too many run.
    TooMany,
}

impl Throttle {
    pub(super) fn new() -> Self {
        Self {
            buckets: Buckets::new(),
            running: Arc::default(),
            begun: Instant::now(),
            notices: Notices::default(),
        }
    }

    /// Takes a request on. It runs until what is given out is dropped.
    ///
    /// # Errors
    /// Where the client has asked for more than it may.
    pub(super) fn admit(&self, client: Client, limits: &Limits) -> Result<Share, Refused> {
        let running = self.hold(client, limits)?;
        match self.buckets.take(client, rate(client, limits), self.now()) {
            Ok(()) => Ok(running),
            Err(empty) => {
                self.tell(
                    client,
                    "more requests a second than it may: see `requests_per_second` and `request_burst`",
                );
                Err(Refused::TooFast(empty.after))
            }
        }
    }

    /// Counts one that runs, without asking how fast it came.
    ///
    /// # Errors
    /// Where as many of the client run as may.
    pub(super) fn hold(&self, client: Client, limits: &Limits) -> Result<Share, Refused> {
        let most = limits.in_flight(client.address());
        self.running.take_quietly(client, most).ok_or_else(|| {
            self.tell(
                client,
                "more requests at the same time than it may: see `requests_in_flight`",
            );
            Refused::TooMany
        })
    }

    /// One request has turned out to be `more` than one.
    pub(super) fn charge(&self, client: Client, limits: &Limits, more: usize) {
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        self.buckets
            .charge(client, rate(client, limits), more, self.now());
    }

    fn tell(&self, client: Client, what: &str) {
        let now = self.now();
        if !self.buckets.tell(client, TELL_EVERY, now) {
            return;
        }
        let notice = self.notices.one_more(now);
        if notice != Notice::Silence {
            tracing::warn!(
                client = %client.address(),
                "one client sends {what} and `shared_addresses` in [limits]; it is answered 429 beyond that"
            );
        }
        if notice == Notice::Last {
            tracing::warn!("further clients that ask for too much are not told of for a while");
        }
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }
}

fn rate(client: Client, limits: &Limits) -> Rate {
    let (per_second, burst) = limits.rate(client.address());
    let at_least_one = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Rate {
        each: Duration::from_secs(1) / at_least_one(per_second),
        burst: at_least_one(burst),
    }
}

/// Of a body, only the id of its request is read, and no more than this.
const MAX_BODY: usize = 16 * 1024;
/// And no longer.
const PATIENCE: Duration = Duration::from_secs(2);
/// An error of the server's own: JSON-RPC 2.0, section 5.1.
const CODE: i32 = -32000;

/// The answer to a request that is not taken on: one of MCP is told so in its own terms too, since its client waits for the
/// answer to its id.
pub(super) async fn answer(refused: Refused, request: Request) -> Response {
    if !is_call(&request) {
        return refused.into_response();
    }
    let body = timeout(PATIENCE, to_bytes(request.into_body(), MAX_BODY)).await;
    let body = body.ok().and_then(Result::ok).unwrap_or_else(Bytes::new);
    let (status, id, why) = (
        StatusCode::TOO_MANY_REQUESTS,
        jsonrpc::id(&body),
        refused.why(),
    );
    refused.with_headers(jsonrpc::error(status, &id, CODE, &why))
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let why = self.why() + "\n";
        self.with_headers((StatusCode::TOO_MANY_REQUESTS, why).into_response())
    }
}

/// Whether it is answered with JSON, and so a message with an id; `/message` answers on its stream.
fn is_call(request: &Request) -> bool {
    let headers = request.headers();
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    *request.method() == Method::POST
        && is_json
        && length.is_some_and(|length| length <= MAX_BODY)
        && !request.uri().path().starts_with("/message")
}

impl Refused {
    fn why(self) -> String {
        let why = match self {
            Self::TooFast(_) => "Too many requests from your address in a short time",
            Self::TooMany => "Too many requests from your address are running",
        };
        match self.retry_after() {
            1 => format!("{why}: try again in a second."),
            seconds => format!("{why}: try again in {seconds} seconds."),
        }
    }

    fn with_headers(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, self.retry_after().into());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// Whole seconds after which a request is taken on, if none comes in between (RFC 9110, section 10.2.3).
    fn retry_after(self) -> u64 {
        match self {
            Self::TooFast(after) => {
                let begun = u64::from(after.subsec_nanos() > 0);
                after.as_secs().saturating_add(begun).max(1)
            }
            Self::TooMany => 1,
        }
    }
}
