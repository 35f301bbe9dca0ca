//! One request and its answer, as their bodies pass by.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    BoxError,
    body::Bytes,
    http::{HeaderMap, header},
};
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::{share::Share, usage::Usage};

/// A request that runs, until it is dropped.
pub(super) struct Running {
    usage: Arc<Usage>,
    /// What it takes of its client's share: of connections, where a proxy's stands for many, and of what may run.
    connection: Option<Share>,
    place: Option<Share>,
}

impl Running {
    pub(super) fn new(usage: Arc<Usage>) -> Self {
        usage.begin();
        Self {
            usage,
            connection: None,
            place: None,
        }
    }

    /// Until the answer is sent.
    pub(super) fn hold_as_connection(&mut self, share: Share) {
        self.connection = Some(share);
    }

    /// Until the answer is sent, or turns out to be a stream of events.
    pub(super) fn hold(&mut self, share: Share) {
        self.place = Some(share);
    }

    /// An answer that takes the request with it when it is sent.
    pub(super) fn answered<B: Body>(mut self, headers: &HeaderMap, body: B) -> Answer<B> {
        if self.place.is_some() && is_event_stream(headers) {
            self.place = None;
        }
        if body.size_hint().exact().is_none() {
            self.usage.stream();
        }
        Answer {
            body,
            running: self,
        }
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

impl Drop for Running {
    fn drop(&mut self) {
        self.usage.end();
    }
}

/// The body of a request, which breaks off where its client has closed its sending side before the end.
pub(super) struct Sent {
    body: Incoming,
    usage: Arc<Usage>,
}

impl Sent {
    pub(super) fn new(body: Incoming, usage: Arc<Usage>) -> Self {
        Self { body, usage }
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            self.usage.leave_unread();
        }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from))),
            Poll::Pending if self.usage.has_ended(context) => Poll::Ready(Some(Err(
                io::Error::from(io::ErrorKind::UnexpectedEof).into(),
            ))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer.
pub(super) struct Answer<B> {
    body: B,
    running: Running,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Answer<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_ready() {
            self.running.usage.progress();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
