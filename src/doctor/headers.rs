//! Headers on their way through proxies: whether docent sees what the client has sent.

use hyper::header::ACCEPT;

use super::{
    exchange::{Ask, Client},
    finding::{Cause, Finding, Subject},
    handshake::handshake,
};

const ABOUT: Subject = Subject::Headers;
/// A type that no endpoint of the protocol answers with.
const FOREIGN: &str = "image/x-none";

/// Looks whether `Accept` and `Host` arrive.
pub(super) async fn check(client: &Client<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(accept(client).await);
    // On this machine, docent may well tell the address that others know it by.
    if !client.address.is_loopback() {
        findings.extend(host(client).await);
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            ABOUT,
            "Host and Accept arrive as they were sent",
        ));
    }
    findings
}

/// A server that is told that its answer would not be accepted says so, unless it does not hear it.
async fn accept(client: &Client<'_>) -> Option<Finding> {
    let ask = handshake(&client.address).with(ACCEPT, FOREIGN);
    let answer = client.send(ask).await.ok()?;
    answer.status.is_success().then(|| {
        Finding::warning(
            ABOUT,
            Cause::AcceptStripped,
            format!("the header Accept does not arrive as it was sent: `Accept: {FOREIGN}` is answered as if it were not there"),
            "have the proxy pass Accept on: pages come as Markdown or as HTML by it, and stricter clients and servers stop without it",
        )
    })
}

/// docent says on its page by which address it was called.
async fn host(client: &Client<'_>) -> Option<Finding> {
    let own = client.address.origin();
    let mut told = Vec::new();
    for path in ["/mcp/server-card", "/"] {
        let answer = client
            .send(Ask::get(client.address.path(path)))
            .await
            .ok()?;
        if answer.status.is_success() {
            told = origins(&String::from_utf8_lossy(&answer.body));
        }
        if !told.is_empty() {
            break;
        }
    }
    if told.is_empty() || told.contains(&own) {
        return None;
    }
    let told = &told[0];
    let set = format!(
        "set `url = \"{}\"` in [server] of docent's configuration",
        client.address.url(client.address.base())
    );
    let rest = |origin: &str| origin.split_once("://").map(|(_, rest)| rest.to_owned());
    Some(if rest(told) == rest(&own) {
        Finding::warning(
            ABOUT,
            Cause::SchemeUnknown,
            format!(
                "docent tells people and assistants {told}, without encryption: it does not know that the proxy in front speaks HTTPS"
            ),
            format!(
                "{set}, or have the proxy send X-Forwarded-Proto and name it in `trusted_proxies`"
            ),
        )
    } else {
        Finding::warning(
            ABOUT,
            Cause::HostRewritten,
            format!(
                "docent tells people and assistants {told} in place of {own}: the proxy in front puts another name or port into Host, or `url` in [server] says so"
            ),
            format!(
                "have the proxy pass Host on (nginx: `proxy_set_header Host $http_host;`), or {set}"
            ),
        )
    })
}

/// The origins of all endpoints that a text names.
fn origins(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for scheme in ["https://", "http://"] {
        for (at, _) in text.match_indices(scheme) {
            let rest = &text[at + scheme.len()..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".-_:[]/~%".contains(c)));
            let url = &rest[..end.unwrap_or(rest.len())];
            let Some((host, path)) = url.split_once('/') else {
                continue;
            };
            let is_endpoint = path == "mcp" || path.ends_with("/mcp");
            let origin = format!("{scheme}{host}");
            if is_endpoint && !found.contains(&origin) {
                found.push(origin);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_found_in_whatever_names_them() {
        let text = r#"<p>See https://modelcontextprotocol.io/docs. <code>http://127.0.0.1:8080/mcp</code>
            {"url":"https://docs.example.com/below/mcp"} https://docs.example.com/mcp"#;
        assert_eq!(
            origins(text),
            ["https://docs.example.com", "http://127.0.0.1:8080"]
        );
        assert!(origins("https://a.example/mcpx http://mcp https://").is_empty());
    }
}
