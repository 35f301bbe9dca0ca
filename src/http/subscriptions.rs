//! Streams of notifications that `subscriptions/listen` opens, counted: they stay open for as long as
//! their clients like.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::body::Frame;

use super::{
    share::{Client, Share, Shares},
    tenure::{Ended, Tenure},
};
use crate::config::Limits;

/// The open streams.
#[derive(Default)]
pub(super) struct Subscriptions {
    open: Arc<AtomicUsize>,
    shares: Arc<Shares>,
}

/// The place of one stream, given up when it is dropped.
pub(super) struct Place {
    open: Arc<AtomicUsize>,
    _share: Option<Share>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooMany {
    OfAll,
    OfClient,
}

impl Subscriptions {
    /// None is open.
    pub(super) fn is_empty(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }

    /// A place among as many as there may be, and among as many as the client may hold of them.
    pub(super) fn begin(&self, limits: &Limits, client: Option<Client>) -> Result<Place, TooMany> {
        let most = limits.sse_sessions;
        let share = match client {
            Some(client) => {
                let most = limits.share(client.address(), most);
                let share = self.shares.take(client, most, "subscriptions");
                Some(share.ok_or(TooMany::OfClient)?)
            }
            None => None,
        };
        let taken = self
            .open
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |open| {
                (open < most).then_some(open + 1)
            });
        taken.map_err(|_| TooMany::OfAll)?;
        Ok(Place {
            open: Arc::clone(&self.open),
            _share: share,
        })
    }
}

impl Place {
    /// Keeps the place until the body of an answer has ended, which it does with the tenure.
    pub(super) fn keep(self, response: Response, tenure: Tenure) -> Response {
        response.map(|body| {
            Body::new(Stream {
                body: Some(body),
                over: tenure.ended(),
                _tenure: tenure,
                _place: self,
            })
        })
    }
}

/// A body that may end before it is over.
struct Stream {
    body: Option<Body>,
    over: Ended,
    _tenure: Tenure,
    _place: Place,
}

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Stream { body, over, .. } = &mut *self;
        if body.is_some() && over.as_mut().poll(context).is_ready() {
            *body = None;
        }
        match body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Whether a request asks for a stream: from 2026-07-28 on the method stands in a header, which rmcp
/// compares with the body.
pub(super) fn asks(headers: &HeaderMap) -> bool {
    headers
        .get_all("mcp-method")
        .iter()
        .any(|method| method == "subscriptions/listen")
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let (status, why) = match self {
            Self::OfAll => (
                StatusCode::SERVICE_UNAVAILABLE,
                "There are as many subscriptions as there may be; ask again later.\n",
            ),
            Self::OfClient => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many subscriptions of your address are open; close some.\n",
            ),
        };
        let retry = [(header::RETRY_AFTER, HeaderValue::from_static("30"))];
        (status, retry, why).into_response()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::{super::tenure::Tenures, *};

    #[tokio::test]
    async fn a_place_is_given_up_with_the_body() {
        let limits = Limits {
            sse_sessions: 1,
            ..Limits::default()
        };
        let subscriptions = Subscriptions::default();
        let place = subscriptions.begin(&limits, None).unwrap();
        assert_eq!(
            subscriptions.begin(&limits, None).err(),
            Some(TooMany::OfAll)
        );
        assert!(!subscriptions.is_empty());
        let response = place.keep("text".into_response(), Tenures::default().begin(None));
        let (_, body) = response.into_parts();
        assert!(subscriptions.begin(&limits, None).is_err());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "text");
        assert!(subscriptions.is_empty() && subscriptions.begin(&limits, None).is_ok());
    }

    #[test]
    fn a_client_has_at_most_a_share() {
        let limits = Limits {
            sse_sessions: 8,
            ..Limits::default()
        };
        let client = |address: &str| Client::of(address.parse().unwrap());
        let subscriptions = Subscriptions::default();
        let begin = |address| subscriptions.begin(&limits, client(address));
        let held: Vec<_> = (0..8).map_while(|_| begin("192.0.2.1").ok()).collect();
        assert!(held.len() < 8);
        assert_eq!(begin("192.0.2.1").err(), Some(TooMany::OfClient));
        assert!(begin("192.0.2.2").is_ok());
        drop(held);
        assert!(begin("192.0.2.1").is_ok());
    }
}
