//! Several messages in one body, which the protocol had for a while: MCP 2025-03-26, section
//! "Transports > Sending Messages to the Server". Later versions took it out again.

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rmcp::model::ProtocolVersion;
use serde_json::Value;

/// More messages than these in one body are refused.
pub(super) const MOST: usize = 50;

/// Whether a body is a list, and so no single message.
pub(super) fn begins(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'[')
}

/// The messages of a batch; `None` for a body that is none, or none of this version.
///
/// The header came with the next version, so who does not send it may be of this one.
pub(super) fn messages(headers: &HeaderMap, body: &[u8]) -> Option<Vec<Bytes>> {
    if !begins(body) {
        return None;
    }
    let version = headers.get("mcp-protocol-version");
    if version.is_some_and(|version| *version != ProtocolVersion::V_2025_03_26.as_str()) {
        return None;
    }
    let messages: Vec<Value> = serde_json::from_slice(body).ok()?;
    let batch = !messages.is_empty() && messages.len() <= MOST;
    batch.then(|| {
        let bytes = messages.iter().map(|message| message.to_string().into());
        bytes.collect()
    })
}

/// The answers in one body, in the order of the requests (JSON-RPC 2.0, section 6): 202 where there
/// were only notifications.
pub(super) fn response(answers: Vec<Bytes>) -> Response {
    let answers: Vec<_> = answers
        .into_iter()
        .filter(|body| !body.is_empty())
        .collect();
    if answers.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    let body = [b"[", &*answers.join(&b","[..]), b"]"].concat();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
