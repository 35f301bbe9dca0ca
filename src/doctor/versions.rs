//! The version of the protocol without a handshake, beside those with one.

use serde_json::Value;

use super::{
    exchange::Client,
    finding::{Cause, Finding, Subject, listed},
    json_rpc::{LEGACY, MODERN, Outcome, modern, outcome},
};

const ABOUT: Subject = Subject::Versions;
/// A header is missing, or says something else than the body.
const HEADER_MISMATCH: i64 = -32_020;

/// Asks as clients of the newest version do.
pub(super) async fn check(client: &Client<'_>) -> Finding {
    let ask = modern(&client.address.mcp(), "server/discover");
    let old = |why: String| {
        Finding::warning(
            ABOUT,
            Cause::OldProtocol,
            format!(
                "{LEGACY} and earlier versions are spoken, and {MODERN} is not ({why}): assistants that know it fall back, if they can"
            ),
            "install a newer docent; where it is new already, see what the proxy in front answers in its place",
        )
    };
    let answer = match client.send(ask).await {
        Ok(answer) => answer,
        Err(fault) => return old(fault.to_string()),
    };
    match outcome(&answer) {
        Outcome::Result(result) if result["supportedVersions"].is_array() => {
            let versions = result["supportedVersions"].as_array();
            let versions = versions.into_iter().flatten().filter_map(Value::as_str);
            Finding::ok(
                ABOUT,
                format!("with a handshake and without: {}", listed(versions)),
            )
        }
        Outcome::Error {
            code: HEADER_MISMATCH,
            message,
        } => Finding::error(
            ABOUT,
            Cause::HeadersStripped,
            format!("headers of the protocol do not arrive: {message}"),
            "have the proxy pass the headers MCP-Protocol-Version, Mcp-Method and Mcp-Name on as they came",
        ),
        Outcome::Error { code, message } => old(format!("error {code}: {message}")),
        _ => old(format!("status {}", answer.status)),
    }
}
