//! One request and its answer, as their bodies pass by.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{BoxError, body::Bytes};
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::{share::Share, usage::Usage};

/// A request that runs, until it is dropped.
pub(super) struct Running {
    usage: Arc<Usage>,
    share: Option<Share>,
}

impl Running {
    pub(super) fn new(usage: Arc<Usage>) -> Self {
        usage.begin();
        Self { usage, share: None }
    }

    /// What it takes of its client's share.
    pub(super) fn hold(&mut self, share: Option<Share>) {
        self.share = share;
    }

    /// An answer that takes the request with it when it is sent.
    pub(super) fn answered<B: Body>(self, body: B) -> Answer<B> {
        if body.size_hint().exact().is_none() {
            self.usage.stream();
        }
        Answer {
            body,
            running: self,
        }
    }
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
