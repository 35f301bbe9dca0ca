//! What to answer to a body that is no JSON-RPC message.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use super::batch;

/// Says what is wrong with a body that could not be read as a message: 400 with an error object
/// of JSON-RPC 2.0 (section 5.1), and the id of the request where it has one.
pub(super) fn refusal(body: &[u8]) -> Response {
    let (code, message, id) = diagnose(body);
    error(StatusCode::BAD_REQUEST, &id, code, &message)
}

/// The same for a message that can be read, and cannot be answered.
pub(super) fn invalid(body: &[u8], why: &str) -> Response {
    let why = format!("Invalid Request: {why}");
    error(StatusCode::BAD_REQUEST, &id(body), -32600, &why)
}

/// An error object of JSON-RPC 2.0 (section 5.1).
pub(super) fn error(status: StatusCode, id: &Value, code: i32, message: &str) -> Response {
    let error = json!({
        "jsonrpc": "2.0",
        "id": id,
        "error": { "code": code, "message": message },
    });
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    (status, content_type, error.to_string()).into_response()
}

/// The id of a request; null where there is none to be found.
pub(super) fn id(body: &[u8]) -> Value {
    let envelope = serde_json::from_slice::<Envelope>(body).ok();
    envelope
        .map(|envelope| envelope.id)
        .filter(|id| id.is_string() || id.is_number())
        .unwrap_or_default()
}

fn diagnose(body: &[u8]) -> (i32, String, Value) {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(body) {
        return (-32700, format!("Parse error: {error}"), Value::Null);
    }
    let invalid = |why: &str, id| (-32600, format!("Invalid Request: {why}"), id);
    if batch::begins(body) {
        let why = format!(
            "send one message a request (only version 2025-03-26 has batches, of 1 to {} messages)",
            batch::MOST
        );
        return invalid(&why, Value::Null);
    }
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else {
        return invalid("not a JSON-RPC message", Value::Null);
    };
    let id = match envelope.id {
        id @ (Value::String(_) | Value::Number(_)) => id,
        Value::Null => Value::Null,
        _ => return invalid("`id` is neither text nor a number", Value::Null),
    };
    if envelope.jsonrpc != "2.0" {
        return invalid("`jsonrpc` is not \"2.0\"", id);
    }
    match envelope.method {
        Value::String(method) => {
            let method: String = method.chars().take(80).collect();
            (-32602, format!("Invalid params for {method:?}"), id)
        }
        _ => invalid("`method` is missing or not text", id),
    }
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    jsonrpc: Value,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    method: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_its_code() {
        for (body, code, id) in [
            (&b"{"[..], -32700, Value::Null),
            (b"", -32700, Value::Null),
            (b"\xff\xfe", -32700, Value::Null),
            (b" []", -32600, Value::Null),
            (b"[{\"jsonrpc\":\"2.0\"}]", -32600, Value::Null),
            (b"3", -32600, Value::Null),
            (b"{\"id\":7}", -32600, json!(7)),
            (b"{\"jsonrpc\":\"2.0\",\"id\":\"a\"}", -32600, json!("a")),
            (b"{\"jsonrpc\":\"2.0\",\"id\":[]}", -32600, Value::Null),
            (
                b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}",
                -32602,
                json!(1),
            ),
        ] {
            let (found, message, found_id) = diagnose(body);
            assert_eq!((found, found_id), (code, id), "{message}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(diagnose(deep.as_bytes()).0, -32700);
        let closed = format!(
            "{{\"jsonrpc\":{}{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert_eq!(diagnose(closed.as_bytes()).0, -32600);
    }
}
