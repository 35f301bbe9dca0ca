//! Streams of notifications that `subscriptions/listen` opens, counted: they stay open for as long as
//! their clients like.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt as _;

/// The open streams.
#[derive(Default)]
pub(super) struct Subscriptions {
    open: Arc<AtomicUsize>,
}

/// The place of one stream, given up when it is dropped.
pub(super) struct Place(Arc<AtomicUsize>);

impl Subscriptions {
    /// None is open.
    pub(super) fn is_empty(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }

    /// A place among so many; `None` where all are taken.
    pub(super) fn begin(&self, most: usize) -> Option<Place> {
        let taken = self
            .open
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |open| {
                (open < most).then_some(open + 1)
            });
        taken.ok().map(|_| Place(Arc::clone(&self.open)))
    }
}

impl Place {
    /// Keeps the place until the body of an answer has ended.
    pub(super) fn keep(self, response: Response) -> Response {
        response.map(|body| {
            Body::new(body.map_frame(move |frame| {
                let _: &Self = &self;
                frame
            }))
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
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

/// The answer where all places are taken.
pub(super) fn refusal() -> Response {
    let why = "There are as many subscriptions as there may be; ask again later.\n";
    let retry = [(header::RETRY_AFTER, HeaderValue::from_static("30"))];
    (StatusCode::SERVICE_UNAVAILABLE, retry, why).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_place_is_given_up_with_the_body() {
        let subscriptions = Subscriptions::default();
        let place = subscriptions.begin(1).unwrap();
        assert!(subscriptions.begin(1).is_none() && !subscriptions.is_empty());
        let response = place.keep("text".into_response());
        let (_, body) = response.into_parts();
        assert!(subscriptions.begin(1).is_none());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "text");
        assert!(subscriptions.is_empty() && subscriptions.begin(1).is_some());
    }
}
