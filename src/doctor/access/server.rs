//! Whoever signs people in, as assistants find out what it can do (RFC 8414, OpenID Connect Discovery 1.0).

use std::time::SystemTime;

use serde_json::Value;

use super::super::{
    clock,
    dialer::Dialer,
    finding::{Cause, Finding, Subject, listed},
};
use super::{
    assistants::CLIENTS,
    elsewhere::{fetch, object},
    provider::Provider,
};

const ABOUT: Subject = Subject::SignIn;
/// What docent asks tokens to be for.
const SCOPE: &str = "docs:read";

/// Asks whoever signs people in for what assistants want to know. `scope`: what docent tells them to ask for.
/// `is_own`: docent itself, by its sign-in page.
pub(super) async fn check(
    dialer: &Dialer,
    issuer: &str,
    is_own: bool,
    scope: Option<&str>,
) -> Vec<Finding> {
    let (told, date) = match metadata(dialer, issuer).await {
        Ok(found) => found,
        Err(why) => {
            return vec![Finding::error(
                ABOUT,
                Cause::AuthorizationServerUnreachable,
                format!("{issuer} signs people in, and assistants cannot ask it how: {why}"),
                "see that it answers from the internet, as the servers of Claude and ChatGPT ask it themselves; and that `url` in the `[[issuer]]` is as the provider writes it",
            )];
        }
    };
    let mut findings = Vec::new();
    findings.extend(identity(issuer, &told));
    findings.extend(endpoints(issuer, &told));
    findings.extend(challenge(issuer, &told));
    let registration = registration(issuer, &told);
    if registration.cause.is_none() && !is_own {
        findings.push(sent_back(issuer));
    }
    findings.push(registration);
    findings.extend(answers(issuer, &told));
    findings.extend(scopes(issuer, &told, scope.unwrap_or(SCOPE)));
    // Nobody but docent reads what its own page gives out.
    if !is_own {
        findings.push(keys(dialer, issuer, &told).await);
    }
    if let Some(date) = clock::date(date.as_deref()).filter(|_| !is_own) {
        findings.push(clock::check(issuer, date, SystemTime::now()));
    }
    findings
}

/// What it says of itself, at the first of the places where assistants look; and when it says so.
async fn metadata(dialer: &Dialer, issuer: &str) -> Result<(Value, Option<String>), String> {
    let mut faults = Vec::new();
    for url in places(issuer) {
        match fetch(dialer, &url).await {
            Ok(answer) => match object(&answer) {
                Ok(told) => return Ok((told, answer.header("date").map(str::to_owned))),
                Err(why) => faults.push(format!("{url}: {why}")),
            },
            Err(why) => faults.push(format!("{url}: {why}")),
        }
    }
    Err(faults.join("; "))
}

/// RFC 8414 puts the well-known part before the path, OpenID Connect behind it, and assistants try both.
fn places(issuer: &str) -> Vec<String> {
    let issuer = issuer.trim_end_matches('/');
    let host = issuer.find("://").map_or(0, |at| at + 3);
    let path = issuer[host..]
        .find('/')
        .map_or(issuer.len(), |at| host + at);
    let (origin, path) = issuer.split_at(path);
    let mut places = vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        places.push(format!("{issuer}/.well-known/openid-configuration"));
    }
    places
}

fn identity(issuer: &str, told: &Value) -> Option<Finding> {
    let own = told["issuer"].as_str().unwrap_or_default();
    (own != issuer).then(|| {
        Finding::error(
            ABOUT,
            Cause::IssuerDiffers,
            format!("{issuer} calls itself {own:?}: assistants refuse a server that is not called as they were told"),
            format!("write `url = {own:?}` in the `[[issuer]]`, to the letter, a slash at its end included"),
        )
    })
}

fn endpoints(issuer: &str, told: &Value) -> Option<Finding> {
    let is_good = |name: &&str| {
        let url = told[*name].as_str().unwrap_or_default();
        url.starts_with("https://") || issuer.starts_with("http://") && url.starts_with("http://")
    };
    let missing: Vec<_> = ["authorization_endpoint", "token_endpoint"]
        .into_iter()
        .filter(|name| !is_good(name))
        .collect();
    (!missing.is_empty()).then(|| {
        Finding::error(
            ABOUT,
            Cause::AuthorizationServerMetadata,
            format!(
                "{issuer} names no address with https:// as {}",
                listed(missing)
            ),
            "see the provider's settings: it may not know that it is behind HTTPS",
        )
    })
}

/// PKCE (RFC 7636), without which assistants sign nobody in.
fn challenge(issuer: &str, told: &Value) -> Option<Finding> {
    let methods = told["code_challenge_methods_supported"].as_array();
    let has = methods.is_some_and(|methods| methods.iter().any(|it| it == "S256"));
    if has {
        return None;
    }
    Some(if methods.is_none() {
        Finding::warning(
            ABOUT,
            Cause::PkceMissing,
            format!(
                "{issuer} does not say that it knows PKCE (`code_challenge_methods_supported`): some assistants sign nobody in then, as MCP has it"
            ),
            "switch PKCE with S256 on at the provider; where it knows PKCE without saying so, as Entra does, try the assistants that you mean to use",
        )
    } else {
        Finding::error(
            ABOUT,
            Cause::PkceMissing,
            format!("{issuer} does not know PKCE with S256: assistants sign nobody in"),
            "switch PKCE with S256 on at the provider",
        )
    })
}

/// How assistants get to be known there.
fn registration(issuer: &str, told: &Value) -> Finding {
    let has_endpoint = told["registration_endpoint"].is_string();
    let methods = told["token_endpoint_auth_methods_supported"].as_array();
    let takes_public = methods.is_some_and(|methods| methods.iter().any(|it| it == "none"));
    let takes_documents = told["client_id_metadata_document_supported"] == true && takes_public;
    let named = |clients: Vec<&str>| listed(clients);
    let with_document = CLIENTS.iter().filter(|it| it.has_document);
    let with_document: Vec<_> = with_document.map(|it| it.name).collect();
    match (has_endpoint, takes_documents) {
        (true, false) => Finding::ok(
            ABOUT,
            format!("assistants register themselves at {issuer}, if it lets everybody (RFC 7591)"),
        ),
        (true, true) => Finding::ok(
            ABOUT,
            format!(
                "{} show {issuer} their own document, and the others register themselves, if it lets them",
                named(with_document)
            ),
        ),
        (false, documents) => {
            let left = CLIENTS.iter().filter(|it| !documents || !it.has_document);
            let clients: Vec<_> = left
                .map(|it| format!("{} ({})", it.name, it.redirect))
                .collect();
            Finding::warning(
                ABOUT,
                Cause::RegistrationMissing,
                format!(
                    "assistants cannot make themselves known at {issuer}: {}",
                    listed(clients)
                ),
                format!(
                    "{}; see docs/private.md for where each assistant takes the identifier, or use docent's own sign-in page",
                    Provider::of(issuer).client_help()
                ),
            )
        }
    }
}

/// Where assistants want people sent back to: what they register, and what a provider may have to be told to allow.
fn sent_back(issuer: &str) -> Finding {
    let clients = CLIENTS.iter();
    let clients: Vec<_> = clients
        .map(|it| format!("{} ({})", it.name, it.redirect))
        .collect();
    Finding::ok(
        ABOUT,
        format!(
            "{issuer} has to send people back to the assistants that are to be used: {}",
            listed(clients)
        ),
    )
}

/// RFC 9207: who has answered.
fn answers(issuer: &str, told: &Value) -> Option<Finding> {
    let says = told["authorization_response_iss_parameter_supported"] == true;
    let wanting = CLIENTS.iter().filter(|it| it.wants_issuer);
    let wanting: Vec<_> = wanting.map(|it| it.name).collect();
    (!says).then(|| {
        Finding::warning(
            ABOUT,
            Cause::AnswerUnnamed,
            format!("{issuer} does not say in its answer to the browser who it is (`iss`, RFC 9207): {} signs nobody in then", listed(wanting)),
            "give people who use it an access key; or switch it on at the provider, if that can be",
        )
    })
}

fn scopes(issuer: &str, told: &Value, scope: &str) -> Option<Finding> {
    // Entra lists those of OpenID Connect alone, whatever an API has.
    if Provider::of(issuer) == Provider::Entra {
        return None;
    }
    let known = told["scopes_supported"].as_array()?;
    let is_known = |wanted: &str| known.iter().any(|it| it == wanted);
    let unknown: Vec<_> = scope.split(' ').filter(|it| !is_known(it)).collect();
    (!unknown.is_empty()).then(|| {
        Finding::warning(
            ABOUT,
            Cause::ScopeUnknown,
            format!("assistants ask {issuer} for the scope {}, which is none of those that it lists: it may refuse them (`invalid_scope`)", listed(unknown)),
            Provider::of(issuer).scope_help(),
        )
    })
}

/// The keys by which its tokens are known to be its own.
async fn keys(dialer: &Dialer, issuer: &str, told: &Value) -> Finding {
    let wrong = |why: &str| {
        Finding::error(
            ABOUT,
            Cause::JwksUnusable,
            format!("the keys of {issuer} cannot be had: {why}"),
            "see `jwks_uri` at the provider; or name the address of its keys as `jwks_url` in the `[[issuer]]`",
        )
    };
    let Some(url) = told["jwks_uri"].as_str() else {
        return wrong("it does not say where they are");
    };
    let read = async {
        let answer = fetch(dialer, url).await?;
        object(&answer)
    };
    let set = match read.await {
        Ok(set) => set,
        Err(why) => return wrong(&format!("{url}: {why}")),
    };
    let keys = set["keys"].as_array().map_or(&[][..], Vec::as_slice);
    let is_for_signatures = |key: &&Value| {
        matches!(key["kty"].as_str(), Some("RSA" | "EC" | "OKP")) && key["use"] != "enc"
    };
    match keys.iter().filter(is_for_signatures).count() {
        0 => wrong(&format!("{url} holds none that tokens can be checked with")),
        1 => Finding::ok(ABOUT, format!("{issuer} signs with a key that can be had")),
        many => Finding::ok(
            ABOUT,
            format!("{issuer} signs with keys that can be had ({many})"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::doctor::Verdict;

    const ISSUER: &str = "https://login.example.com/realms/team";

    #[test]
    fn what_it_says_is_looked_for_where_assistants_look() {
        assert_eq!(
            places(ISSUER),
            [
                "https://login.example.com/.well-known/oauth-authorization-server/realms/team",
                "https://login.example.com/.well-known/openid-configuration/realms/team",
                "https://login.example.com/realms/team/.well-known/openid-configuration",
            ]
        );
        assert_eq!(places("https://a.example/").len(), 2);
    }

    #[test]
    fn each_fault_has_its_cause() {
        let cause = |finding: Option<Finding>| finding.and_then(|it| it.cause);
        let whole = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.example.com/a",
            "token_endpoint": "https://login.example.com/t",
            "registration_endpoint": "https://login.example.com/r",
            "code_challenge_methods_supported": ["plain", "S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": true,
            "scopes_supported": ["openid", "docs:read"],
        });
        let but = |name: &str, value: Value| {
            let mut told = whole.clone();
            told[name] = value;
            told
        };
        let null = || Value::Null;
        for (told, expected) in [
            (whole.clone(), &[][..]),
            (
                but("issuer", json!("https://login.example.com/realms/team/")),
                &[Cause::IssuerDiffers],
            ),
            (
                but("token_endpoint", json!("http://login.example.com/t")),
                &[Cause::AuthorizationServerMetadata],
            ),
            (
                but("authorization_endpoint", null()),
                &[Cause::AuthorizationServerMetadata],
            ),
            (
                but("code_challenge_methods_supported", null()),
                &[Cause::PkceMissing],
            ),
            (
                but("code_challenge_methods_supported", json!(["plain"])),
                &[Cause::PkceMissing],
            ),
            (
                but("authorization_response_iss_parameter_supported", null()),
                &[Cause::AnswerUnnamed],
            ),
            (
                but("scopes_supported", json!(["openid"])),
                &[Cause::ScopeUnknown],
            ),
            (but("scopes_supported", null()), &[]),
            (
                but("registration_endpoint", null()),
                &[Cause::RegistrationMissing],
            ),
        ] {
            let registration = registration(ISSUER, &told);
            let found: Vec<_> = [
                cause(identity(ISSUER, &told)),
                cause(endpoints(ISSUER, &told)),
                cause(challenge(ISSUER, &told)),
                registration.cause,
                cause(answers(ISSUER, &told)),
                cause(scopes(ISSUER, &told, "docs:read")),
            ]
            .into_iter()
            .flatten()
            .collect();
            assert_eq!(found, expected, "{told}");
        }
    }

    #[test]
    fn entra_does_not_list_the_scopes_of_an_api() {
        let told = json!({"scopes_supported": ["openid", "profile"]});
        let entra = "https://login.microsoftonline.com/0000/v2.0";
        assert!(scopes(entra, &told, SCOPE).is_none());
        assert!(scopes(ISSUER, &told, SCOPE).is_some());
    }

    #[test]
    fn only_those_are_named_that_cannot_make_themselves_known() {
        let mut told = json!({"client_id_metadata_document_supported": true});
        // Without public clients, documents are no use (SEP-991).
        assert!(registration(ISSUER, &told).message.contains("Claude ("));
        told["token_endpoint_auth_methods_supported"] = json!(["none"]);
        let finding = registration(ISSUER, &told);
        assert!(
            finding.message.contains("Gemini CLI ("),
            "{}",
            finding.message
        );
        assert!(!finding.message.contains("Claude ("), "{}", finding.message);
        told["registration_endpoint"] = json!("https://login.example.com/r");
        assert_eq!(registration(ISSUER, &told).verdict, Verdict::Ok);
    }
}
