//! What is answered as long as there is nothing to serve.

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::post,
};

use super::{headers::harden, jsonrpc};

/// When to ask again, in seconds: documents that come are found within that time.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
const WHY: &str = "The documents are not there at the moment. This is known, and they are looked for \
                   again and again: please ask again in a few seconds.";
/// Only the id of a request is looked for in its body, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// An error of the server's own: JSON-RPC 2.0, section 5.1.
const CODE: i32 = -32000;

/// Everything is unavailable; a client of MCP is told so in its own terms.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/mcp", post(mcp).fallback(anything))
        .route("/mcp/", post(mcp).fallback(anything))
        .fallback(anything)
        .layer(middleware::map_response(|response: Response| async {
            harden(in_a_moment(response), None).await
        }))
}

/// The answer to whoever asks whether anything is served.
pub(super) fn nothing_yet() -> Response {
    in_a_moment((StatusCode::SERVICE_UNAVAILABLE, format!("{WHY}\n")).into_response())
}

fn in_a_moment(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, RETRY_AFTER);
    // Caches are not to keep what is over in a moment.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn mcp(request: Request) -> Response {
    let body = to_bytes(request.into_body(), MAX_BODY).await;
    let body = body.unwrap_or_else(|_| Bytes::new());
    jsonrpc::error(
        StatusCode::SERVICE_UNAVAILABLE,
        &jsonrpc::id(&body),
        CODE,
        WHY,
    )
}

async fn anything() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{WHY}\n")).into_response()
}
