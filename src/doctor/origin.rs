//! Pages of assistants: which may call, and whether a browser lets them read the answers.

use hyper::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};

use super::{
    exchange::{Ask, Client},
    finding::{Cause, Finding, Subject, listed},
    handshake::{greeted, handshake},
};

const ABOUT: Subject = Subject::Origin;
/// Of the assistants that people use in a browser; Claude's servers send theirs too.
const ORIGINS: [&str; 2] = ["https://claude.ai", "https://chatgpt.com"];

/// Asks as pages of these origins, and as their browser before.
pub(super) async fn check(client: &Client<'_>) -> Vec<Finding> {
    let mut refused = Vec::new();
    let mut hidden = Vec::new();
    for origin in ORIGINS {
        let answer = client
            .send(handshake(&client.address).with(ORIGIN, origin))
            .await;
        if greeted(&answer).is_none() {
            let why = answer.map_or_else(|fault| fault.to_string(), |it| it.status.to_string());
            refused.push(format!("{origin} ({why})"));
            continue;
        }
        let is_allowed = |value: Option<&str>| value.is_some_and(|it| it == origin || it == "*");
        let answered = answer.is_ok_and(|it| is_allowed(it.header("access-control-allow-origin")));
        let preflight = Ask::preflight(client.address.mcp())
            .with(ORIGIN, origin)
            .with(ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .with(
                ACCESS_CONTROL_REQUEST_HEADERS,
                "content-type, mcp-protocol-version",
            );
        let preflight = client.send(preflight).await;
        let preflight = preflight.is_ok_and(|it| {
            it.status.is_success() && is_allowed(it.header("access-control-allow-origin"))
        });
        if !(answered && preflight) {
            hidden.push(origin);
        }
    }
    let mut findings = Vec::new();
    if !refused.is_empty() {
        let names = ORIGINS.map(|origin| format!("\"{origin}\"")).join(", ");
        findings.push(Finding::error(
            ABOUT,
            Cause::OriginRefused,
            format!("requests with the header Origin of an assistant are refused: {}", listed(refused)),
            format!("add `origins = [{names}]` to [server] of docent's configuration; if the proxy refuses them, its rule"),
        ));
    }
    if !hidden.is_empty() {
        findings.push(Finding::warning(
            ABOUT,
            Cause::CorsMissing,
            format!("pages of {} may call, but their browser would not show them the answers (CORS)", listed(hidden)),
            "have the proxy pass OPTIONS and the headers Access-Control-* on, both ways: docent answers them itself",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            ABOUT,
            format!("pages of {} may call", listed(ORIGINS)),
        ));
    }
    findings
}
