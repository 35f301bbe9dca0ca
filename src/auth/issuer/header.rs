//! The header of a token (RFC 7515, section 4), and which of the issuer's keys it names.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::{fault::Fault, key_set::MAX_KEY_ID, strict_json::Object};
use crate::config::TokenType;

/// By which tokens may be signed: never `none`, and nothing with a shared secret (RFC 8725, section 3.1).
const ACCEPTED: [(&str, Algorithm); 9] = [
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
];

/// What a token says of itself. Keys that it brings along or points to (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    /// In lower case, without `application/`.
    kind: Option<String>,
}

/// A token, taken apart but not believed.
pub(super) struct Parts {
    pub(super) header: Header,
    /// What it says of a person.
    pub(super) claims: Object,
}

impl Parts {
    /// Takes a token in compact form (RFC 7515, section 7.1) apart.
    pub(super) fn of(token: &str) -> Result<Self, Fault> {
        let segments: Vec<_> = token.splitn(6, '.').collect();
        let [header, claims, signature] = segments[..] else {
            // RFC 7516, section 7.1.
            return Err(match segments.len() {
                5 => Fault::Encrypted,
                _ => Fault::NoJwt,
            });
        };
        let header = Header::of(&object(header).ok_or(Fault::NoJwt)?)?;
        let claims = object(claims).ok_or(Fault::Claims)?;
        if signature.is_empty() {
            return Err(Fault::Signature);
        }
        Ok(Self { header, claims })
    }
}

impl Header {
    fn of(object: &Object) -> Result<Self, Fault> {
        let text = |name| match object.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(Fault::Header),
        };
        // Nothing is understood that one would have to understand.
        if object.0.contains_key("crit") {
            return Err(Fault::Critical);
        }
        let algorithm = text("alg")?.ok_or(Fault::Algorithm)?;
        let accepted = ACCEPTED.iter().find(|(name, _)| *name == algorithm);
        let (_, algorithm) = accepted.ok_or(Fault::Algorithm)?;
        let key_id = text("kid")?;
        if key_id.is_some_and(|id| id.len() > MAX_KEY_ID) {
            return Err(Fault::Header);
        }
        let kind = text("typ")?.map(|kind| {
            let kind = kind.to_ascii_lowercase();
            // What is left out of it (RFC 7515, section 4.1.9).
            match kind.strip_prefix("application/") {
                Some(short) => short.to_owned(),
                None => kind,
            }
        });
        Ok(Self {
            algorithm: *algorithm,
            key_id: key_id.map(str::to_owned),
            kind,
        })
    }

    /// Which of the types that an issuer may send this is; `None`: none of them.
    pub(super) fn kind(&self, accepted: &[TokenType]) -> Option<TokenType> {
        let kind = match self.kind.as_deref() {
            Some("at+jwt") => TokenType::AccessToken,
            // Okta sends none.
            Some("jwt") | None => TokenType::Jwt,
            Some(_) => return None,
        };
        accepted.contains(&kind).then_some(kind)
    }
}

fn object(segment: &str) -> Option<Object> {
    Object::parse(&URL_SAFE_NO_PAD.decode(segment).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(json: &str) -> Result<Header, Fault> {
        Header::of(&Object::parse(json.as_bytes()).unwrap())
    }

    #[test]
    fn only_what_a_public_key_verifies_is_accepted() {
        for name in [
            "none", "None", "HS256", "HS512", "es256", "ES256K", "", "ES512",
        ] {
            let json = format!(r#"{{"alg":"{name}"}}"#);
            assert_eq!(header(&json), Err(Fault::Algorithm), "{name}");
        }
        assert_eq!(header("{}"), Err(Fault::Algorithm));
        assert_eq!(header(r#"{"alg":["ES256"]}"#), Err(Fault::Header));
        assert_eq!(header(r#"{"alg":"ES256","crit":[]}"#), Err(Fault::Critical));
        assert_eq!(header(r#"{"alg":"ES256","kid":1}"#), Err(Fault::Header));
        assert!(header(r#"{"alg":"ES256","jwk":{},"jku":"https://x","x5u":7}"#).is_ok());
    }

    #[test]
    fn a_type_is_written_in_several_ways() {
        use TokenType::{AccessToken, Jwt};
        let kind = |typ: &str| {
            let header = header(&format!(r#"{{"alg":"ES256"{typ}}}"#)).unwrap();
            header.kind(&[AccessToken, Jwt])
        };
        for typ in [
            "at+jwt",
            "AT+JWT",
            "application/at+jwt",
            "Application/AT+jwt",
        ] {
            assert_eq!(
                kind(&format!(r#","typ":"{typ}""#)),
                Some(AccessToken),
                "{typ}"
            );
        }
        for typ in [r#","typ":"JWT""#, r#","typ":"jwt""#, ""] {
            assert_eq!(kind(typ), Some(Jwt), "{typ}");
        }
        for typ in ["id+jwt", "logout+jwt", "dpop+jwt", "", "application/", "at"] {
            assert_eq!(kind(&format!(r#","typ":"{typ}""#)), None, "{typ}");
        }
        let plain = header(r#"{"alg":"ES256"}"#).unwrap();
        assert_eq!(plain.kind(&[AccessToken]), None);
    }
}
