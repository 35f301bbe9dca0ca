//! Clients: those that register (RFC 7591), and those whose documents docent has.
//!
//! Nothing is kept of a registration. The identifier holds all of it, sealed, so it is good for as long as the sealing
//! key is, on each machine that has it.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    destination::Destination,
    published::{self, Published},
};
use crate::auth::seal::{NotSealed, Purpose, SealingKeys};

/// A program that asks people to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The hash of its identifier.
    pub(super) id: ClientHash,
    kind: Kind,
}

/// What stands for a client's identifier where that would be long.
pub(super) type ClientHash = [u8; 32];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Registered(Registration),
    Published(Published),
}

/// What a client has said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    name: Option<String>,
    addresses: Vec<Destination>,
}

/// Why a client is not registered (RFC 7591, section 3.2.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRegistered {
    /// `invalid_client_metadata`.
    #[error("{0}")]
    Metadata(&'static str),
    /// `invalid_redirect_uri`.
    #[error(
        "docent sends people back only to assistants that it knows (Claude, ChatGPT, VS Code, Cursor, Antigravity) and to \
         programs on their own machine: http://127.0.0.1, http://[::1] or http://localhost, without a query"
    )]
    Address,
}

/// Addresses that one client may have, how many it may name, and bytes of those that are kept.
const MAX_ADDRESSES: usize = 12;
const MAX_NAMED: usize = 50;
const MAX_KEPT: usize = 2_000;
/// Characters of a name.
const MAX_NAME: usize = 60;
/// Longest identifier, in bytes.
const MAX_ID: usize = 6 * 1024;

impl Client {
    /// The client with an identifier; `None`: there is none, or it registered somewhere else.
    pub fn find(id: &str, keys: &SealingKeys) -> Option<Self> {
        if id.len() > MAX_ID {
            return None;
        }
        let kind = if id.starts_with("https://") {
            Kind::Published(published::find(id)?)
        } else {
            Kind::Registered(keys.open(Purpose::Client, id)?.value)
        };
        Some(Self { id: hash(id), kind })
    }

    /// What it calls itself, which nobody has checked.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Registered(registration) => registration.name.as_deref(),
            Kind::Published(published) => Some(published.name),
        }
    }

    /// The address that people are sent back to, where it is one of the client's; `None`: it is not.
    pub fn destination(&self, asked: &str) -> Option<Destination> {
        let asked = Destination::try_from(asked.to_owned()).ok()?;
        let is_own = match &self.kind {
            Kind::Registered(registration) => {
                let mut known = registration.addresses.iter();
                known.any(|known| asked.is_covered_by(known))
            }
            Kind::Published(published) => published.answers_at(&asked),
        };
        is_own.then_some(asked)
    }
}

/// What stands for an identifier.
pub(super) fn hash(id: &str) -> ClientHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, id.as_bytes()).as_ref());
    hash
}

impl Registration {
    /// Reads what a client asks to be registered with. Addresses that nobody is sent to are left out, as the answer
    /// tells (RFC 7591, section 3.2.1), unless all of them are.
    ///
    /// # Errors
    /// Where it cannot be registered so.
    pub fn read(body: &[u8]) -> Result<Self, NotRegistered> {
        let body: Value = serde_json::from_slice(body)
            .map_err(|_| NotRegistered::Metadata("the body is no JSON"))?;
        let Value::Object(asked) = body else {
            return Err(NotRegistered::Metadata("the body is no object of JSON"));
        };
        let named = match asked.get("redirect_uris") {
            Some(Value::Array(named)) if named.len() <= MAX_NAMED => named,
            _ => {
                return Err(NotRegistered::Metadata(
                    "redirect_uris has to be a list of addresses",
                ));
            }
        };
        let names = |field: &str, needed: &str| match asked.get(field) {
            None | Some(Value::Null) => true,
            Some(Value::Array(values)) => values.iter().any(|value| value == needed),
            Some(_) => false,
        };
        if !names("grant_types", "authorization_code") {
            let why = "grant_types has to hold authorization_code: docent knows no other";
            return Err(NotRegistered::Metadata(why));
        }
        if !names("response_types", "code") {
            let why = "response_types has to hold code: docent knows no other";
            return Err(NotRegistered::Metadata(why));
        }
        let mut addresses: Vec<Destination> = Vec::new();
        let mut bytes = 0;
        for address in named.iter().filter_map(Value::as_str) {
            let Ok(address) = Destination::try_from(address.to_owned()) else {
                continue;
            };
            bytes += address.as_str().len();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() {
            return Err(NotRegistered::Address);
        }
        if addresses.len() > MAX_ADDRESSES || bytes > MAX_KEPT {
            let why = "redirect_uris holds more addresses than a client needs";
            return Err(NotRegistered::Metadata(why));
        }
        let name = asked.get("client_name").and_then(Value::as_str);
        Ok(Self {
            name: name.and_then(plain),
            addresses,
        })
    }

    /// The answer to a client that is registered (RFC 7591, section 3.2.1).
    ///
    /// # Errors
    /// Where nothing can be sealed.
    pub fn register(&self, keys: &SealingKeys, now: u64) -> Result<Value, NotSealed> {
        let addresses: Vec<_> = self.addresses.iter().map(Destination::as_str).collect();
        let mut answer = json!({
            "client_id": keys.seal(Purpose::Client, self)?,
            "client_id_issued_at": now,
            "redirect_uris": addresses,
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "scope": super::SCOPE,
        });
        if let Some(name) = &self.name {
            answer["client_name"] = name.as_str().into();
        }
        Ok(answer)
    }
}

/// A name as it is shown to people: letters, digits and a few signs, on one line. Nothing that hides in a line, turns
/// it around or looks like more than a name.
fn plain(name: &str) -> Option<String> {
    // Letters that show nothing: the fillers of Hangul.
    let is_shown = |c: &char| !matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    let is_plain = |c: &char| (c.is_alphanumeric() && is_shown(c)) || "-_.+&()'".contains(*c);
    let words = name.split_whitespace().take(MAX_NAME);
    let words = words.map(|word| word.chars().filter(is_plain).collect::<String>());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join(" ").chars().take(MAX_NAME).collect();
    let name = name.trim_end().to_owned();
    name.chars().any(char::is_alphanumeric).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::seal::tests::keys;

    fn read(asked: &Value) -> Result<Registration, NotRegistered> {
        Registration::read(asked.to_string().as_bytes())
    }

    #[test]
    fn an_identifier_is_the_registration() {
        let keys = keys();
        let asked = json!({
            "client_name": "Claude Code (docs)",
            "redirect_uris": ["http://localhost:5000/callback", "https://evil.example/cb", 7],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_post",
        });
        let answer = read(&asked)
            .unwrap()
            .register(&keys, 1_800_000_000)
            .unwrap();
        assert_eq!(
            answer["redirect_uris"],
            json!(["http://localhost:5000/callback"])
        );
        assert_eq!(answer["token_endpoint_auth_method"], "none");
        assert_eq!(answer["grant_types"], json!(["authorization_code"]));
        let id = answer["client_id"].as_str().unwrap();
        let client = Client::find(id, &keys).unwrap();
        assert_eq!(client.name(), Some("Claude Code (docs)"));
        assert!(
            client
                .destination("http://localhost:6000/callback")
                .is_some()
        );
        for foreign in [
            "https://evil.example/cb",
            "https://claude.ai/api/mcp/auth_callback",
            "http://127.0.0.1:5000/callback",
            "",
        ] {
            assert_eq!(client.destination(foreign), None, "{foreign}");
        }
        assert_eq!(Client::find(id, &self::keys()), None);
        assert_eq!(Client::find(&id[..id.len() - 2], &keys), None);
        assert_eq!(Client::find("", &keys), None);
    }

    #[test]
    fn what_is_no_registration_is_told() {
        let good = "http://127.0.0.1:1/cb";
        for (asked, is_address) in [
            (json!([]), false),
            (json!({}), false),
            (json!({"redirect_uris": good}), false),
            (json!({"redirect_uris": []}), true),
            (json!({"redirect_uris": ["https://evil.example/"]}), true),
            (json!({"redirect_uris": [{"x": good}]}), true),
            (
                json!({"redirect_uris": [good], "grant_types": ["implicit"]}),
                false,
            ),
            (
                json!({"redirect_uris": [good], "response_types": ["token"]}),
                false,
            ),
            (json!({"redirect_uris": vec!["x"; 51]}), false),
            (
                json!({"redirect_uris": (1..=13).map(|at| format!("http://localhost/{at}")).collect::<Vec<_>>()}),
                false,
            ),
        ] {
            let refused = read(&asked).unwrap_err();
            assert_eq!(refused == NotRegistered::Address, is_address, "{asked}");
        }
        assert!(Registration::read(b"{").is_err());
        assert!(Registration::read(&b"[".repeat(100_000)).is_err());
    }

    #[test]
    fn a_name_is_a_name() {
        for (name, shown) in [
            ("Claude Code", Some("Claude Code")),
            ("  a\n\tb  ", Some("a b")),
            ("<b>Claude</b>\u{202e}\u{200b}", Some("bClaudeb")),
            ("Überprüfer 7", Some("Überprüfer 7")),
            ("--", None),
            ("\u{3164}\u{3164}", None),
            ("Cl\u{115f}au\u{1160}d\u{ffa0}e", Some("Claude")),
            ("", None),
        ] {
            assert_eq!(plain(name).as_deref(), shown, "{name:?}");
        }
        assert_eq!(plain(&"a".repeat(1_000)).unwrap().len(), MAX_NAME);
    }
}
