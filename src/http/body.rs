//! The body of a request, within its limits of size and time.

use std::{pin::pin, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::config::Limits;

/// Reads a body to its end.
///
/// # Errors
/// The answer to give: 415 where it is compressed, 413 where it is too large, 408 where it takes too long, 400 where the
/// connection breaks off.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
) -> Result<Bytes, Response> {
    if let Some(coding) = coding(headers) {
        return Err(compressed(coding));
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.request_body as u64) {
        return Err(too_large(limits));
    }
    let reading = Limited::new(body, limits.request_body).collect();
    match tokio::time::timeout(limits.request_timeout, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limits)),
        Ok(Err(_)) => {
            let why = "The body of the request broke off.\n";
            Err((StatusCode::BAD_REQUEST, why).into_response())
        }
        Err(_) => {
            let why = "The body of the request took too long to arrive.\n";
            let close = [(header::CONNECTION, "close")];
            Err((StatusCode::REQUEST_TIMEOUT, close, why).into_response())
        }
    }
}

/// Lets a small body arrive that nobody is going to read: a connection on which one is still coming is closed with the
/// answer, and a client that has sent its next request there cannot know what became of it.
pub(super) async fn finish(body: Body) {
    const MAX: usize = 64 * 1024;
    const PATIENCE: Duration = Duration::from_secs(2);
    let reading = async {
        let mut body = pin!(Limited::new(body, MAX));
        while let Some(Ok(_)) = body.frame().await {}
    };
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}

/// How the body is compressed.
fn coding(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings.find(|coding| {
        let coding = coding.as_bytes().trim_ascii();
        !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
    })
}

/// A small body can become a very large one, and no client of MCP is known to send one.
fn compressed(coding: &HeaderValue) -> Response {
    let why = format!(
        "The body of the request is compressed ({}): send it as it is, without Content-Encoding.\n",
        coding.to_str().unwrap_or("in a way that cannot be told")
    );
    // RFC 9110, section 12.5.3.
    let accepted = [(header::ACCEPT_ENCODING, "identity")];
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, accepted, why).into_response()
}

fn too_large(limits: &Limits) -> Response {
    let why = format!(
        "The body of the request is larger than {} bytes.\n",
        limits.request_body
    );
    (StatusCode::PAYLOAD_TOO_LARGE, why).into_response()
}
