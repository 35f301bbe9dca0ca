//! Long messages: reading one takes time with its length, and is done beside the threads that answer requests.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use axum::{body::Bytes, http::StatusCode, response::Response};
use serde_json::Value;
use tokio::runtime::Handle;

use super::jsonrpc;
use crate::mcp::{Failed, Library};

/// Reading a shorter one takes no longer than stepping aside for it.
const SHORT: usize = 16 * 1024;

pub(super) fn is_long(message: &Bytes) -> bool {
    message.len() > SHORT
}

/// Reads a message.
///
/// # Errors
/// The answer to give where reading it failed.
pub(super) async fn read<R: Send + 'static>(
    library: &Library,
    message: &Bytes,
    read: impl FnOnce(&[u8]) -> R + Send + 'static,
) -> Result<R, Response> {
    if !is_long(message) {
        return Ok(read(message));
    }
    let message = message.clone();
    let reading = library.aside(move || read(&message));
    reading.await.map_err(|error| failed(&error))
}

/// Answers a message in a way that begins with reading it.
///
/// # Errors
/// The answer to give where reading it failed.
pub(super) async fn answer<F>(
    library: &Library,
    message: &Bytes,
    answering: F,
) -> Result<F::Output, Response>
where
    F: Future<Output: Send> + Send + 'static,
{
    if !is_long(message) {
        return Ok(answering.await);
    }
    let mut answering = Box::pin(answering);
    let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
    let runtime = Handle::current();
    let beginning = library.aside(move || {
        let _runtime = runtime.enter();
        let polled = answering.as_mut().poll(&mut Context::from_waker(&waker));
        (polled, answering)
    });
    match beginning.await {
        Ok((Poll::Ready(answer), _)) => Ok(answer),
        Ok((Poll::Pending, answering)) => Ok(answering.await),
        Err(error) => Err(failed(&error)),
    }
}

fn failed(error: &Failed) -> Response {
    tracing::error!(%error, "a message could not be read");
    let why = "This message could not be read, by a fault of the server that its operator finds in the log.";
    jsonrpc::error(StatusCode::INTERNAL_SERVER_ERROR, &Value::Null, -32603, why)
}
