//! Where an issuer's keys are: its metadata (RFC 8414, section 3; OpenID Connect Discovery, section 4), at one of the places that
//! clients of MCP look at too.

use serde_json::Value;

use super::{client::Client, error::FetchError};
use crate::error::printable;

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";

/// Asks an issuer where its keys are.
pub(super) async fn jwks_uri(client: &Client, issuer: &str) -> Result<String, FetchError> {
    let mut failures: Vec<FetchError> = Vec::new();
    for place in places(issuer) {
        let found = match client.fetch(&place).await {
            Ok(body) => named(&body, &place, issuer),
            Err(error) => Err(error),
        };
        match found {
            Ok(jwks_uri) => return Ok(jwks_uri),
            // The others are at the same host.
            Err(error @ (FetchError::Unreachable { .. } | FetchError::Slow { .. })) => {
                return Err(error);
            }
            Err(error) => failures.push(error),
        }
    }
    // Whoever answers as somebody else says best what is wrong.
    let is_other = |error: &FetchError| matches!(error, FetchError::OtherIssuer { .. });
    if let Some(other) = failures.iter().position(is_other) {
        return Err(failures.swap_remove(other));
    }
    let tried: Vec<_> = failures.iter().map(ToString::to_string).collect();
    Err(FetchError::Undiscovered {
        issuer: issuer.to_owned(),
        tried: tried.join("; "),
    })
}

/// Where an issuer may say it, each place once.
fn places(issuer: &str) -> Vec<String> {
    let whole = issuer.strip_suffix('/').unwrap_or(issuer);
    let start = whole.find("://").map_or(0, |scheme| scheme + 3);
    let host = whole[start..]
        .find('/')
        .map_or(whole.len(), |at| start + at);
    let (origin, path) = whole.split_at(host);
    let mut places = vec![
        format!("{origin}{OAUTH}{path}"),
        format!("{origin}{OPENID}{path}"),
    ];
    if !path.is_empty() {
        places.push(format!("{whole}{OPENID}"));
        places.push(format!("{whole}{OAUTH}"));
    }
    places
}

/// What metadata says where the keys are.
fn named(body: &[u8], place: &str, issuer: &str) -> Result<String, FetchError> {
    let not = |reason: &str| FetchError::NotMetadata {
        url: place.to_owned(),
        reason: reason.to_owned(),
    };
    let metadata: Value = serde_json::from_slice(body).map_err(|_| not("it is no JSON"))?;
    let text = |name: &str| metadata.get(name).and_then(Value::as_str);
    let says = text("issuer").ok_or_else(|| not("it names no `issuer`"))?;
    // To the letter: whoever could answer for another one could have his own keys believed.
    if says != issuer {
        return Err(FetchError::OtherIssuer {
            url: place.to_owned(),
            says: printable(&says.chars().take(500).collect::<String>()),
            expected: issuer.to_owned(),
        });
    }
    let jwks_uri = text("jwks_uri").ok_or_else(|| not("it names no `jwks_uri`"))?;
    Ok(jwks_uri.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_asked_at_the_places_of_the_standards() {
        assert_eq!(
            places("https://tenant.example.com/"),
            [
                "https://tenant.example.com/.well-known/oauth-authorization-server",
                "https://tenant.example.com/.well-known/openid-configuration",
            ]
        );
        assert_eq!(
            places("https://login.example.com:8443/realms/team"),
            [
                "https://login.example.com:8443/.well-known/oauth-authorization-server/realms/team",
                "https://login.example.com:8443/.well-known/openid-configuration/realms/team",
                "https://login.example.com:8443/realms/team/.well-known/openid-configuration",
                "https://login.example.com:8443/realms/team/.well-known/oauth-authorization-server",
            ]
        );
    }

    #[test]
    fn metadata_is_the_issuers_own() {
        let issuer = "https://a.example";
        let named =
            |body: &str| named(body.as_bytes(), "place", issuer).map_err(|error| error.to_string());
        assert_eq!(
            named(r#"{"issuer":"https://a.example","jwks_uri":"https://k/"}"#),
            Ok("https://k/".to_owned())
        );
        for (body, said) in [
            ("<html>", "no JSON"),
            ("[]", "no `issuer`"),
            (r#"{"issuer":"https://a.example"}"#, "no `jwks_uri`"),
            (
                r#"{"issuer":"https://a.example/","jwks_uri":"https://k/"}"#,
                "\"https://a.example/\", not of",
            ),
            (
                r#"{"issuer":"https://b.example","jwks_uri":"https://k/"}"#,
                "not of",
            ),
        ] {
            let error = named(body).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
