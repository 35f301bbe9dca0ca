//! Whether a token opens anything at all: access tokens do, and look like ID tokens, which are for whoever signs in.
//!
//! RFC 9068 gives access tokens a type of their own, `at+jwt`; that settles it. Providers that send `JWT` for both
//! leave other marks:
//!
//! | Provider | Access token | ID token |
//! |---|---|---|
//! | Keycloak | `typ: "Bearer"` among the claims (before version 25 a `nonce` too) | `typ: "ID"`; others say `Refresh`, `Offline`, `Logout`, `DPoP` |
//! | Entra | `scp`, or for programs `roles` with `azpacr` or `appidacr`; `azp` or `appid` names the client, which may be the audience too | `nonce`, no `scp`, no `azp`; may have `roles` |
//! | Okta | no `typ` in the header; `scp`, `cid` | `nonce`, `at_hash`, `amr`; `aud` is the client |
//! | Auth0 | `scope`; `aud` is an API | `nonce`; `aud` is the client |
//! | Cognito | `token_use: "access"`, and no `aud`, so that it is refused | `token_use: "id"` |
//! | Google | is no JWT | `at_hash`, `azp`; `aud` is the client |
//!
//! So something has to speak for it, and nothing against it.

use serde_json::Value;

use super::{fault::Fault, strict_json::Object};
use crate::config::TokenType;

/// What only ID tokens have (OpenID Connect Core, sections 2 and 3.3.2.11).
const OF_ID_TOKENS: [&str; 4] = ["at_hash", "c_hash", "s_hash", "nonce"];
/// What logout tokens and security events have (OpenID Connect Back-Channel Logout, section 2.4; RFC 8417).
const OF_EVENTS: [&str; 2] = ["events", "toe"];
/// Which client a token was given to.
const CLIENT: [&str; 4] = ["azp", "client_id", "appid", "cid"];

impl Object {
    /// Refuses what is no access token, or one that is good only with more than itself.
    pub(super) fn is_access_token(&self, kind: TokenType) -> Result<(), Fault> {
        // Whoever has stolen it cannot use it where this is checked (RFC 7800): docent cannot (RFC 8705, RFC 9449).
        if self.0.contains_key("cnf") {
            return Err(Fault::Bound);
        }
        let has = |names: &[&str]| names.iter().any(|name| self.0.contains_key(*name));
        if has(&OF_EVENTS) {
            return Err(Fault::NoAccessToken);
        }
        let says = self.says_what_it_is()?;
        match (kind, says) {
            (_, Some(false)) => return Err(Fault::NoAccessToken),
            (TokenType::AccessToken, _) | (TokenType::Jwt, Some(true)) => return Ok(()),
            (TokenType::Jwt, None) => {}
        }
        let of_entra = has(&["azpacr", "appidacr"]);
        let is_granted = ["scope", "scp"].iter().any(|name| self.lists(name));
        let is_of_program = of_entra && self.lists("roles");
        let is_against = has(&OF_ID_TOKENS) || (self.is_for_its_client() && !of_entra);
        match (is_granted || is_of_program) && !is_against {
            true => Ok(()),
            false => Err(Fault::NoAccessToken),
        }
    }

    /// Whether it says of itself that it is an access token; `None`: it says nothing.
    fn says_what_it_is(&self) -> Result<Option<bool>, Fault> {
        // Both are names of kinds, and of nothing else.
        let kind = self
            .text("typ")?
            .map(|kind| kind.eq_ignore_ascii_case("Bearer"));
        let usage = self.text("token_use")?.map(|usage| usage == "access");
        Ok(match (kind, usage) {
            (None, None) => None,
            (kind, usage) => Some(kind.unwrap_or(true) && usage.unwrap_or(true)),
        })
    }

    /// Whether whoever it was given to is the only one it is meant for.
    fn is_for_its_client(&self) -> bool {
        let client = CLIENT
            .iter()
            .find_map(|name| self.0.get(*name).and_then(Value::as_str));
        let audiences = self.audiences().unwrap_or_default();
        client.is_some_and(|client| audiences.iter().all(|audience| *audience == client))
    }

    /// Whether a claim lists anything, in words or in a list.
    fn lists(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::String(words)) => words.split(' ').any(|word| !word.is_empty()),
            Some(Value::Array(list)) => list.iter().any(Value::is_string),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(kind: TokenType, json: &str) -> Result<(), Fault> {
        Object::parse(json.as_bytes())
            .unwrap()
            .is_access_token(kind)
    }

    /// As the providers document them, without what does not matter.
    #[test]
    fn access_tokens_are_told_from_others() {
        for (provider, json) in [
            (
                "Keycloak",
                r#"{"typ":"Bearer","azp":"claude","aud":["docs","account"],"scope":"openid","sid":"x"}"#,
            ),
            (
                "Keycloak 20",
                r#"{"typ":"Bearer","nonce":"n","azp":"claude","aud":"docs"}"#,
            ),
            (
                "Entra v2",
                r#"{"ver":"2.0","aud":"11","azp":"22","azpacr":"0","scp":"docs.read"}"#,
            ),
            (
                "Entra, one registration",
                r#"{"ver":"2.0","aud":"11","azp":"11","azpacr":"0","scp":"docs.read"}"#,
            ),
            (
                "Entra v1",
                r#"{"ver":"1.0","aud":"api://11","appid":"22","appidacr":"1","scp":"docs.read"}"#,
            ),
            (
                "Entra, a program",
                r#"{"aud":"11","azp":"22","azpacr":"1","roles":["Docs.Read"]}"#,
            ),
            (
                "Okta",
                r#"{"ver":1,"aud":"api://docs","cid":"0oa","uid":"00u","scp":["docs:read"]}"#,
            ),
            (
                "Auth0",
                r#"{"aud":["https://docs","https://t.auth0.com/userinfo"],"azp":"c","scope":"openid docs:read"}"#,
            ),
            (
                "Cognito",
                r#"{"token_use":"access","client_id":"c","aud":"docs","scope":"docs:read"}"#,
            ),
        ] {
            assert_eq!(judged(TokenType::Jwt, json), Ok(()), "{provider}");
        }
        for (provider, json) in [
            (
                "Keycloak",
                r#"{"typ":"ID","azp":"docs","aud":"docs","at_hash":"h","scope":"openid"}"#,
            ),
            (
                "Keycloak, refresh",
                r#"{"typ":"Refresh","aud":"docs","scope":"openid"}"#,
            ),
            (
                "Keycloak, DPoP",
                r#"{"typ":"DPoP","aud":"docs","scope":"openid"}"#,
            ),
            (
                "Entra",
                r#"{"ver":"2.0","aud":"11","nonce":"n","roles":["Docs.Read"],"rh":"0"}"#,
            ),
            (
                "Entra, no nonce",
                r#"{"ver":"2.0","aud":"11","roles":["Docs.Read"],"groups":["a"]}"#,
            ),
            (
                "Okta",
                r#"{"ver":1,"aud":"0oa","amr":["pwd"],"at_hash":"h","nonce":"n"}"#,
            ),
            ("Auth0", r#"{"aud":"c","nonce":"n","sid":"s"}"#),
            ("Cognito", r#"{"token_use":"id","aud":"c","scope":"x"}"#),
            (
                "Google",
                r#"{"azp":"c","aud":"c","at_hash":"h","email":"a@b"}"#,
            ),
            (
                "a client's own, with a scope",
                r#"{"azp":"c","aud":"c","scope":"openid"}"#,
            ),
            ("nothing speaks for it", r#"{"aud":"docs","sub":"x"}"#),
            ("an empty scope", r#"{"aud":"docs","scope":" ","scp":[]}"#),
            ("logout", r#"{"aud":"docs","scope":"x","events":{}}"#),
            ("both", r#"{"typ":"Bearer","token_use":"id","aud":"docs"}"#),
        ] {
            assert_eq!(
                judged(TokenType::Jwt, json),
                Err(Fault::NoAccessToken),
                "{provider}"
            );
        }
    }

    #[test]
    fn a_type_of_its_own_settles_it() {
        let at = TokenType::AccessToken;
        assert_eq!(judged(at, r#"{"aud":"docs","nonce":"n"}"#), Ok(()));
        assert_eq!(judged(at, r#"{"typ":"ID"}"#), Err(Fault::NoAccessToken));
        assert_eq!(judged(at, r#"{"typ":7}"#), Err(Fault::Claims));
        for kind in [at, TokenType::Jwt] {
            let bound = r#"{"typ":"Bearer","cnf":{"jkt":"x"},"scope":"x"}"#;
            assert_eq!(judged(kind, bound), Err(Fault::Bound));
        }
    }
}
