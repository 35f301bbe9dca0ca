//! What a server says of itself to those who want to sign in (RFC 9728), at each place where assistants look.

use serde_json::Value;

use super::super::{
    exchange::{Ask, Client},
    finding::{Cause, Finding, Subject, listed},
};
use super::challenge::url_help;

const ABOUT: Subject = Subject::SignIn;
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
const ENDPOINTS: [&str; 4] = ["", "/mcp", "/sse", "/chatgpt"];
/// A server names no more authorization servers than this, of which assistants take the first.
const MAX_SERVERS: usize = 16;

/// What is said at all of these places together.
#[derive(Debug, Default)]
pub(super) struct Resource {
    /// Who signs people in; assistants ask the first.
    pub(super) servers: Vec<String>,
    /// What tokens can be for.
    pub(super) scopes: Vec<String>,
}

/// Whether a server says of itself that one can sign in.
pub(super) async fn is_there(client: &Client<'_>) -> bool {
    let path = format!("{WELL_KNOWN}{}", client.address.path("/mcp"));
    read(client, &path)
        .await
        .is_ok_and(|it| it["resource"].is_string())
}

/// Asks at all places.
pub(super) async fn check(client: &Client<'_>) -> (Vec<Finding>, Option<Resource>) {
    let client = &client.anonymous();
    let address = &client.address;
    let mut missing = Vec::new();
    let mut different = Vec::new();
    let mut found = None;
    let mut is_nowhere = false;
    for endpoint in ENDPOINTS {
        let path = format!("{WELL_KNOWN}{}", address.path(endpoint));
        let told = match read(client, &path).await {
            Ok(told) => told,
            Err(why) => {
                missing.push(format!("{} ({why})", address.url(&path)));
                // Where a challenge leads to, with docent below a path.
                let led = address.path(&format!("{WELL_KNOWN}{endpoint}"));
                match read(client, &led).await {
                    Ok(told) if led != path => told,
                    _ => {
                        is_nowhere = true;
                        continue;
                    }
                }
            }
        };
        let own = address.url(&address.path(endpoint));
        let resource = told["resource"].as_str().unwrap_or_default();
        if resource.trim_end_matches('/') != own.trim_end_matches('/') {
            different.push(format!("{resource:?} in place of {own:?}"));
        }
        found = found.or_else(|| Some(Resource::of(&told)));
    }
    let mut findings = Vec::new();
    if !missing.is_empty() {
        let message = format!(
            "assistants look for what they need to sign in, and do not find it at {}",
            listed(missing)
        );
        let help = "have the proxy pass `/.well-known/oauth-protected-resource` of this name on to docent, with all that is below it, also where docent is below a path";
        findings.push(if is_nowhere {
            Finding::error(ABOUT, Cause::MetadataMissing, message, help)
        } else {
            Finding::warning(ABOUT, Cause::MetadataMissing, message + "; those that follow docent's own words do, and others such as ChatGPT do not", help)
        });
    }
    if !different.is_empty() {
        findings.push(Finding::error(
            ABOUT,
            Cause::ResourceDiffers,
            format!("docent calls itself {}: assistants refuse that, and tokens are made for another address", listed(different)),
            url_help(address),
        ));
    }
    if let Some(resource) = &found {
        match resource.servers.as_slice() {
            [] => findings.push(Finding::warning(
                ABOUT,
                Cause::NoAuthorizationServer,
                "nobody is named who signs people in: assistants that cannot be given an access key do not connect",
                "add an `[[issuer]]`, or switch docent's own sign-in page on (`[sign_in] enabled = true`)",
            )),
            [_] => {}
            [first, others @ ..] => findings.push(Finding::warning(
                ABOUT,
                Cause::OtherAuthorizationServers,
                format!("assistants ask the first who signs people in, {first}, and not {}", listed(others)),
                "put the `[[issuer]]` first that people are to use with assistants; tokens of all of them are accepted",
            )),
        }
        if findings.is_empty() {
            findings.push(Finding::ok(
                ABOUT,
                format!(
                    "{} says at all places that {} signs people in",
                    address.origin(),
                    listed(&resource.servers)
                ),
            ));
        }
    }
    (findings, found)
}

impl Resource {
    fn of(told: &Value) -> Self {
        let texts = |name: &str| {
            let items = told[name].as_array().into_iter().flatten();
            let texts = items.filter_map(|it| Some(it.as_str()?.to_owned()));
            texts.take(MAX_SERVERS).collect()
        };
        Self {
            servers: texts("authorization_servers"),
            scopes: texts("scopes_supported"),
        }
    }
}

async fn read(client: &Client<'_>, path: &str) -> Result<Value, String> {
    let answer = client.send(Ask::get(path)).await;
    let answer = answer.map_err(|fault| fault.to_string())?;
    if !answer.status.is_success() {
        return Err(answer.status.to_string());
    }
    let told: Value = serde_json::from_slice(&answer.body).map_err(|_| "no JSON".to_owned())?;
    if told.is_object() {
        Ok(told)
    } else {
        Err("no JSON object".to_owned())
    }
}
