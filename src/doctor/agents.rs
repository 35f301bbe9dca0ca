//! The names that clients give themselves: CDNs and firewalls keep some of them out.

use hyper::header::USER_AGENT;

use super::{
    exchange::{AGENT, Answer, Client},
    finding::{Cause, Finding, Subject, listed},
    handshake::{greeted, handshake},
};

const ABOUT: Subject = Subject::Agents;

/// Who asks on behalf of people, and by which name in short.
const AGENTS: [(&str, &str); 7] = [
    (
        "Claude-User",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; +Claude-User@anthropic.com)",
    ),
    (
        "ChatGPT-User",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
    ),
    ("openai-mcp", "openai-mcp/1.0.0"),
    ("python-httpx", "python-httpx/0.28.1"),
    ("node", "node"),
    ("undici", "undici"),
    ("Go-http-client", "Go-http-client/1.1"),
];

/// What is to be said of those that are let in and those that are not.
pub(super) async fn check(client: &Client<'_>) -> Finding {
    let mut refused = Vec::new();
    for (name, agent) in AGENTS {
        let ask = handshake(&client.address).with(USER_AGENT, agent);
        let answer = client.send(ask).await;
        if greeted(&answer).is_none() {
            let why = answer.map_or_else(|fault| fault.to_string(), |it| it.status.to_string());
            refused.push(format!("{name} ({why})"));
        }
    }
    if client.agent != AGENT {
        refused.push(AGENT.to_owned());
    }
    if refused.is_empty() {
        let names = listed(AGENTS.map(|(name, _)| name));
        return Finding::ok(ABOUT, format!("none is kept out: {names}"));
    }
    Finding::error(
        ABOUT,
        Cause::AgentRefused,
        format!(
            "these user agents are refused, while others are let in: {}",
            listed(refused)
        ),
        "switch the protection against bots off for docent's paths in the CDN, firewall or proxy (Cloudflare: a rule that skips Bot Fight Mode and Block AI bots)",
    )
}

/// An agent that is let in, and what it was answered.
pub(super) async fn first_that_passes(client: &Client<'_>) -> Option<(&'static str, Answer)> {
    for (_, agent) in AGENTS {
        let ask = handshake(&client.address).with(USER_AGENT, agent);
        let answer = client.send(ask).await;
        if greeted(&answer).is_some() {
            return Some((agent, answer.ok()?));
        }
    }
    None
}
