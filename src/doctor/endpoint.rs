//! Whether an endpoint of the protocol answers at the address, by the handshake that every client knows.

use hyper::StatusCode;
use serde_json::Value;

use super::{
    access::{self, Challenge},
    address::Address,
    agents,
    exchange::{Answer, Client, Fault},
    finding::{Cause, Finding, Subject},
    handshake::{greeted, handshake},
    json_rpc::{Outcome, outcome},
    redirects, sse,
};

const ABOUT: Subject = Subject::Endpoint;

/// What was found at an address.
pub(super) struct Found<'a> {
    pub(super) findings: Vec<Finding>,
    /// Whom to ask from here on, where something answers.
    pub(super) client: Option<Client<'a>>,
    /// When the server says that it is.
    pub(super) date: Option<String>,
    /// Whether docent itself was heard, even where it refuses.
    pub(super) is_docent: bool,
    /// Whether it asks to sign in.
    pub(super) asks_to_sign_in: bool,
}

/// Looks for the endpoint: at the address, and where it is not, at other places on the same host.
pub(super) async fn check<'a>(client: &Client<'a>) -> Found<'a> {
    let mut client = client.clone();
    let address = client.address.clone();
    let mut answer = client.send(handshake(&address)).await;
    let mut findings = Vec::new();
    if is_turned_away(&answer)
        && let Some((agent, passed)) = agents::first_that_passes(&client).await
    {
        // What asks in the name of docent is kept out, as some of the assistants may be.
        client.agent = agent;
        answer = Ok(passed);
    }
    let date = answer
        .as_ref()
        .ok()
        .and_then(|it| it.header("date"))
        .map(str::to_owned);
    if let Some(hello) = greeted(&answer) {
        findings.push(told(&address, &hello, &answer));
        let is_docent = is_docent(&hello);
        return Found {
            findings,
            client: Some(client),
            date,
            is_docent,
            asks_to_sign_in: false,
        };
    }
    let refused = |finding: Finding, is_docent| Found {
        findings: vec![finding],
        client: None,
        date: date.clone(),
        is_docent,
        asks_to_sign_in: false,
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => return refused(unanswered(&address, &fault), false),
    };
    if let Some(finding) = redirects::check(&client, &address, &answer).await {
        return refused(finding, false);
    }
    if let Some(finding) = unready(&address, &answer) {
        return refused(finding, true);
    }
    if let Some(finding) = private(&client, &answer) {
        return Found {
            asks_to_sign_in: true,
            ..refused(finding, true)
        };
    }
    if may_be_elsewhere(&answer) {
        for base in elsewhere(&address) {
            let other = address.below(&base);
            let tried = client.send(handshake(&other)).await;
            if let Some(hello) = greeted(&tried) {
                let message = format!("there is no endpoint at {address}; it is at {other}");
                let help = format!("give assistants {other}");
                findings.push(Finding::error(ABOUT, Cause::WrongPath, message, help));
                let is_docent = is_docent(&hello);
                let client = Some(client.to(other));
                return Found {
                    findings,
                    client,
                    date,
                    is_docent,
                    asks_to_sign_in: false,
                };
            }
        }
        if sse::begins(&client).await {
            let message = format!(
                "only the older transport answers, at {}: current assistants connect to /mcp, and the older one is being given up",
                address.url(&address.path("/sse"))
            );
            let help = "have the proxy pass every path on to docent; another server than docent needs a newer version";
            return refused(Finding::error(ABOUT, Cause::SseOnly, message, help), false);
        }
    }
    let is_docent = is_docents(&answer);
    refused(refusal(&address, &answer), is_docent)
}

fn told(address: &Address, hello: &Value, answer: &Result<Answer, Fault>) -> Finding {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let took = answer.as_ref().map_or(0, |it| it.took.as_millis());
    let server = &hello["serverInfo"];
    let message = format!(
        "{address} answers as {} {}, protocol {}, in {took} ms",
        text(&server["name"]),
        text(&server["version"]),
        text(&hello["protocolVersion"])
    );
    Finding::ok(ABOUT, message)
}

fn is_docent(hello: &Value) -> bool {
    hello["serverInfo"]["name"] == "docent"
}

/// docent is there, and has nothing to serve: it says so in the terms of the protocol.
fn unready(address: &Address, answer: &Answer) -> Option<Finding> {
    let is_unavailable = answer.status == StatusCode::SERVICE_UNAVAILABLE;
    let Outcome::Error { message, .. } = outcome(answer) else {
        return None;
    };
    is_unavailable.then(|| {
        Finding::error(
            ABOUT,
            Cause::NothingServed,
            format!("{address} has nothing to serve: {message}"),
            "see with `docent status` and `docent check` on the server which documents cannot be read, and why",
        )
    })
}

/// The server asks to sign in, or finds what was shown to it not good enough, in terms that assistants understand.
fn private(client: &Client<'_>, answer: &Answer) -> Option<Finding> {
    let status = answer.status.as_u16();
    let challenge = Challenge::of(answer).filter(|_| matches!(status, 401 | 403))?;
    if client.token.is_some() {
        return Some(access::refused(&challenge, status));
    }
    (status == 401).then(|| {
        Finding::ok(
            ABOUT,
            format!(
                "{} asks to sign in: with `--token`, what is behind it is examined too",
                client.address
            ),
        )
    })
}

/// Whether a refusal is in docent's own words.
fn is_docents(answer: &Answer) -> bool {
    let begins = answer.begins();
    [
        "This server does not answer to the name",
        "Web pages of this origin",
        "Assistants connect to /mcp",
    ]
    .iter()
    .any(|words| begins.contains(words))
}

/// Turned away at the door, which may be for the name that the client gives itself.
fn is_turned_away(answer: &Result<Answer, Fault>) -> bool {
    match answer {
        Ok(answer) => {
            let is_refused = matches!(answer.status.as_u16(), 403 | 503);
            let is_message = outcome(answer) != Outcome::Foreign;
            (is_refused && !is_message && !is_docents(answer))
                || (answer.status.is_success() && answer.is_html())
        }
        Err(Fault::Broken(_)) => true,
        Err(_) => false,
    }
}

fn may_be_elsewhere(answer: &Answer) -> bool {
    let status = answer.status;
    status.is_success() || matches!(status.as_u16(), 400 | 403 | 404 | 405 | 410)
}

/// Other places on the same host: above the path that was given.
fn elsewhere(address: &Address) -> Vec<String> {
    let mut base = address.base();
    let mut others = Vec::new();
    while let Some((above, _)) = base.rsplit_once('/') {
        others.push(above.to_owned());
        base = above;
    }
    others.truncate(4);
    others
}

/// Why there is no answer at all.
pub(super) fn unanswered(address: &Address, fault: &Fault) -> Finding {
    let message = format!("{address} does not answer: {fault}");
    match fault {
        Fault::Silent(_) => Finding::error(
            ABOUT,
            Cause::NoAnswer,
            message,
            "see whether the service answers on its own machine (`docent status` there), and what the proxy in front waits for",
        ),
        _ => Finding::error(
            ABOUT,
            Cause::NotMcp,
            message,
            "see what listens there: it is not docent, or what stands in front of docent breaks the connection",
        ),
    }
}

/// What an answer means that is none of the protocol.
fn refusal(address: &Address, answer: &Answer) -> Finding {
    let status = answer.status;
    let begins = answer.begins();
    let server = answer
        .header("server")
        .map_or_else(String::new, |it| format!(" from {it}"));
    let quote = if begins.is_empty() {
        String::new()
    } else {
        format!("; it begins {begins:?}")
    };
    let said = format!("{address} is answered with {status}{server}{quote}");
    let (cause, help) = match status.as_u16() {
        401 | 407 => (
            Cause::AuthenticationRequired,
            "take the password or login off this address in the proxy: assistants cannot type one. docent asks itself who asks, in a way that they understand: docs/private.md",
        ),
        403 | 421 | 400 if begins.contains("Host") || status == StatusCode::MISDIRECTED_REQUEST => {
            (
                Cause::HostRefused,
                "have the proxy pass the name on as it came (nginx: `proxy_set_header Host $host;`), and add it to `hosts` in [server] of docent's configuration",
            )
        }
        403 => (
            Cause::NotMcp,
            "see who refuses: a rule of the proxy or of the CDN in front, against addresses, countries or bots",
        ),
        404 | 405 | 410 => (
            Cause::WrongPath,
            "give assistants the address that docent prints at its start, which ends in /mcp; a proxy must pass /mcp on with its path as it is",
        ),
        406 => (
            Cause::AcceptStripped,
            "have the proxy pass the header Accept on: the server refuses as if it had not come",
        ),
        429 => (
            Cause::RateLimited,
            "wait a while; a proxy that limits requests must let an assistant's burst of some tens pass",
        ),
        502..=504 => (
            Cause::BadGateway,
            "see whether docent runs (`docent status`), and whether the proxy asks it at the address where it listens",
        ),
        500..=599 => (Cause::NotMcp, "look into the server's log at this moment"),
        _ => (
            Cause::NotMcp,
            "see what answers there: something else than docent, or a page that a CDN puts in its place",
        ),
    };
    Finding::error(ABOUT, cause, said, help)
}
