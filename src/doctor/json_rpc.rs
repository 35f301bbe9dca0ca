//! Messages of the protocol, as clients write and read them.

use serde_json::{Value, json};

use super::exchange::{Answer, Ask};

/// The newest version with a handshake.
pub(super) const LEGACY: &str = "2025-11-25";
/// The version without one.
pub(super) const MODERN: &str = "2026-07-28";

/// What an answer says, in the terms of JSON-RPC.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Result(Value),
    Error {
        code: i64,
        message: String,
    },
    /// It is no answer in these terms.
    Foreign,
}

/// The first message of a client with a handshake.
pub(super) fn initialize() -> Value {
    message(
        "initialize",
        &json!({
            "protocolVersion": LEGACY,
            "capabilities": {},
            "clientInfo": client(),
        }),
    )
}

/// A request.
pub(super) fn message(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

/// A request after the handshake, posted to an endpoint.
pub(super) fn call(path: &str, method: &str, params: &Value) -> Ask {
    Ask::post(path, &message(method, params)).with(VERSION_HEADER, LEGACY)
}

/// A request without a handshake, posted to an endpoint.
pub(super) fn modern(path: &str, method: &str) -> Ask {
    let params = json!({"_meta": {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": client(),
    }});
    Ask::post(path, &message(method, &params))
        .with(VERSION_HEADER, MODERN)
        .with(METHOD_HEADER, method)
}

const VERSION_HEADER: hyper::header::HeaderName =
    hyper::header::HeaderName::from_static("mcp-protocol-version");
const METHOD_HEADER: hyper::header::HeaderName =
    hyper::header::HeaderName::from_static("mcp-method");

fn client() -> Value {
    json!({"name": "docent-doctor", "version": env!("CARGO_PKG_VERSION")})
}

/// What an answer says, whether it is JSON or one event.
pub(super) fn outcome(answer: &Answer) -> Outcome {
    let is_stream = answer
        .header("content-type")
        .is_some_and(|media| media.starts_with("text/event-stream"));
    if is_stream {
        let text = String::from_utf8_lossy(&answer.body);
        let mut data = text.lines().filter_map(|line| line.strip_prefix("data:"));
        return data
            .find_map(|data| known(read(data.as_bytes())))
            .unwrap_or(Outcome::Foreign);
    }
    read(&answer.body)
}

fn known(outcome: Outcome) -> Option<Outcome> {
    (outcome != Outcome::Foreign).then_some(outcome)
}

/// What a message says.
pub(super) fn read(text: &[u8]) -> Outcome {
    let Ok(mut message) = serde_json::from_slice::<Value>(text) else {
        return Outcome::Foreign;
    };
    if message["jsonrpc"] != "2.0" {
        return Outcome::Foreign;
    }
    if let Some(error) = message.get("error") {
        return Outcome::Error {
            code: error["code"].as_i64().unwrap_or_default(),
            message: error["message"].as_str().unwrap_or_default().to_owned(),
        };
    }
    match message.get_mut("result") {
        Some(result) if result.is_object() => Outcome::Result(result.take()),
        _ => Outcome::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_foreign() {
        assert_eq!(
            read(br#"{"jsonrpc":"2.0","id":1,"result":{"a":1}}"#),
            Outcome::Result(json!({"a": 1}))
        );
        let error = Outcome::Error {
            code: -32_601,
            message: "no".to_owned(),
        };
        assert_eq!(
            read(br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32601,"message":"no"}}"#),
            error
        );
        for foreign in [
            "",
            "<html>",
            "{}",
            "[]",
            "3",
            r#"{"jsonrpc":"2.0"}"#,
            r#"{"jsonrpc":"2.0","result":3}"#,
        ] {
            assert_eq!(read(foreign.as_bytes()), Outcome::Foreign, "{foreign}");
        }
    }
}
