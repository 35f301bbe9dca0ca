//! How a server says that it wants to know who asks: 401 with a challenge that assistants read (RFC 6750, RFC 9728).

use hyper::header::ACCEPT;

use super::super::{
    address::Address,
    exchange::{Answer, Ask, Client},
    finding::{Cause, Finding, Subject, listed},
    json_rpc::initialize,
    redirects,
};

const ABOUT: Subject = Subject::SignIn;
/// What assistants are given, as people write it.
const PATHS: [&str; 6] = ["/mcp", "/mcp/", "/sse", "/sse/", "/chatgpt", "/chatgpt/"];

/// What a challenge of the scheme `Bearer` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Challenge {
    /// Where it is said who signs people in.
    pub(super) metadata: Option<String>,
    /// What a token has to be for.
    pub(super) scope: Option<String>,
    /// What is wrong with the token that was sent.
    pub(super) error: Option<String>,
    pub(super) description: Option<String>,
}

impl Challenge {
    /// That of an answer; `None`: it has none of this scheme.
    pub(in super::super) fn of(answer: &Answer) -> Option<Self> {
        let values = answer.headers.get_all("www-authenticate").iter();
        let mut values = values.filter_map(|value| value.to_str().ok());
        values.find_map(Self::read)
    }

    fn read(text: &str) -> Option<Self> {
        let (scheme, mut rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return None;
        }
        let mut challenge = Self::default();
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let (value, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_once(',').unwrap_or((after, "")),
            };
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match name.trim().to_ascii_lowercase().as_str() {
                "resource_metadata" => challenge.metadata = value,
                "scope" => challenge.scope = value,
                "error" => challenge.error = value,
                "error_description" => challenge.description = value,
                _ => {}
            }
            rest = after.trim_start_matches([',', ' ']);
        }
        Some(challenge)
    }
}

/// The whole of a path that is asked for so that a server which has something for everybody asks as well.
pub(super) fn signing_in(address: &Address, route: &str) -> String {
    let path = address.path(route);
    let given = address.mcp();
    let query = given.split_once('?').map_or("", |(_, query)| query);
    let is_asked = query.split('&').any(|it| it == "sign_in");
    match query {
        "" => format!("{path}?sign_in"),
        query if is_asked => format!("{path}?{query}"),
        query => format!("{path}?{query}&sign_in"),
    }
}

/// Asks for everything that assistants are given, without a credential. Returns what a token has to be for, as it is said there.
pub(super) async fn check(client: &Client<'_>) -> (Vec<Finding>, Option<String>) {
    let client = &client.anonymous();
    let mut scope = None;
    let mut open = Vec::new();
    let mut led = Vec::new();
    let mut silent = Vec::new();
    let mut mute = Vec::new();
    let mut foreign = Vec::new();
    for route in PATHS {
        let path = signing_in(&client.address, route);
        let ask = if route.starts_with("/sse") {
            Ask::get(path).with(ACCEPT, "text/event-stream")
        } else {
            Ask::post(path, &initialize())
        };
        let answer = match client.head(ask).await {
            Ok(answer) => answer,
            Err(fault) => {
                silent.push(format!("{route} ({fault})"));
                continue;
            }
        };
        if let Some(location) = redirects::target(&answer) {
            led.push(format!("{route} (to {location})"));
        } else if answer.status.is_success() {
            open.push(route);
        } else if answer.status.as_u16() != 401 {
            silent.push(format!("{route} ({})", answer.status));
        } else {
            let challenge = Challenge::of(&answer).unwrap_or_default();
            let metadata = challenge.metadata.as_deref();
            let is_own = |url: &str| is_below(url, &client.address.origin());
            match metadata {
                None => mute.push(route),
                Some(url) if !is_own(url) => foreign.push(format!("{route} ({url})")),
                Some(_) => scope = scope.or(challenge.scope),
            }
        }
    }
    let mut findings = Vec::new();
    if !open.is_empty() {
        findings.push(Finding::error(
            ABOUT,
            Cause::ChallengeMissing,
            format!(
                "{} answers somebody who shows no credential, where others ask to sign in",
                listed(open)
            ),
            "have the proxy pass each path on to the same docent",
        ));
    }
    if !led.is_empty() {
        findings.push(Finding::error(
            ABOUT,
            Cause::ChallengeMissing,
            format!("a login page stands before {}: assistants follow no redirect, and cannot fill it in", listed(led)),
            "have the proxy answer these paths with docent's own 401, and keep its login for the pages that people read",
        ));
    }
    if !silent.is_empty() {
        findings.push(Finding::warning(
            ABOUT,
            Cause::ChallengeMissing,
            format!(
                "without a credential, 401 is to come, and comes not from {}",
                listed(silent)
            ),
            "have the proxy pass each path on to docent, with and without a slash at its end",
        ));
    }
    if !mute.is_empty() {
        findings.push(Finding::error(
            ABOUT,
            Cause::ChallengeMissing,
            format!("{} asks to sign in, and does not say where (`WWW-Authenticate: Bearer resource_metadata=…`)", listed(mute)),
            "have the proxy pass the header WWW-Authenticate of docent's answers on, and not ask for a password itself",
        ));
    }
    if !foreign.is_empty() {
        findings.push(Finding::error(
            ABOUT,
            Cause::ResourceDiffers,
            format!(
                "the challenge leads to another server than was asked: {}",
                listed(foreign)
            ),
            url_help(&client.address),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            ABOUT,
            format!("{} ask to sign in, and say where", listed(PATHS)),
        ));
    }
    (findings, scope)
}

/// What makes docent tell the address that is examined.
pub(super) fn url_help(address: &Address) -> String {
    format!(
        "set `url = \"{}\"` in [server] of docent's configuration, or have the proxy pass Host on",
        address.url(address.base())
    )
}

/// Whether a URL is one of an origin.
fn is_below(url: &str, origin: &str) -> bool {
    url.strip_prefix(origin)
        .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_read_however_it_is_written() {
        let whole = Challenge {
            metadata: Some("https://a.example/.well-known/x".to_owned()),
            scope: Some("docs:read".to_owned()),
            error: Some("invalid_token".to_owned()),
            description: Some("it has expired, really".to_owned()),
        };
        for text in [
            r#"Bearer resource_metadata="https://a.example/.well-known/x", scope="docs:read", error="invalid_token", error_description="it has expired, really""#,
            r#"bearer error=invalid_token,error_description="it has expired, really",SCOPE=docs:read , resource_metadata = "https://a.example/.well-known/x""#,
        ] {
            assert_eq!(Challenge::read(text), Some(whole.clone()), "{text}");
        }
        assert_eq!(Challenge::read("Bearer"), Some(Challenge::default()));
        for other in ["Basic realm=\"x\"", "", "Bearerx a=b"] {
            assert_eq!(Challenge::read(other), None, "{other}");
        }
        for odd in ["Bearer =", "Bearer a=\"", "Bearer a", "Bearer a==,,="] {
            assert_eq!(Challenge::read(odd), Some(Challenge::default()), "{odd}");
        }
    }

    #[test]
    fn a_server_that_answers_everybody_is_asked_to_ask() {
        for (address, path) in [
            ("https://a.example/b/mcp", "/b/sse?sign_in"),
            ("https://a.example/mcp?budget=9", "/sse?budget=9&sign_in"),
            ("https://a.example/mcp?sign_in", "/sse?sign_in"),
        ] {
            assert_eq!(signing_in(&address.parse().unwrap(), "/sse"), path);
        }
    }
}
