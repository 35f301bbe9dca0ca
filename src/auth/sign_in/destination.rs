//! Where people are sent back to: a closed list, since whoever is sent a code can read the documents.
//!
//! An address is compared letter by letter with those of the list, so nothing depends on how URLs are read. Only the
//! addresses of programs on the person's own machine have parts of their own: a port (RFC 8252, section 7.3), and a path.

use std::fmt;

use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};

/// A redirect address (RFC 6749, section 3.1.2) that docent sends codes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Destination {
    address: String,
    recipient: Recipient,
}

/// Who is found at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// Claude on the web, the desktop and the phone.
    Claude,
    /// ChatGPT.
    ChatGpt,
    /// VS Code, by way of a page that opens it.
    VsCode,
    /// Cursor: the program, or its agents in the cloud.
    Cursor,
    /// Google's Antigravity.
    Antigravity,
    /// Whatever program listens on the machine of whoever signs in.
    Local,
}

/// An address that docent sends nobody to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("docent sends nobody to this address")]
pub struct Foreign;

/// Longest address, in bytes.
pub(super) const MAX_ADDRESS: usize = 300;

/// The addresses of the list that are all of an address.
const LISTED: [(&str, Recipient); 8] = [
    ("https://claude.ai/api/mcp/auth_callback", Recipient::Claude),
    (
        "https://claude.com/api/mcp/auth_callback",
        Recipient::Claude,
    ),
    (
        "https://chatgpt.com/connector_platform_oauth_redirect",
        Recipient::ChatGpt,
    ),
    ("https://vscode.dev/redirect", Recipient::VsCode),
    ("https://insiders.vscode.dev/redirect", Recipient::VsCode),
    (
        "https://www.cursor.com/agents/mcp/oauth/callback",
        Recipient::Cursor,
    ),
    (
        "cursor://anysphere.cursor-mcp/oauth/callback",
        Recipient::Cursor,
    ),
    (
        "https://antigravity.google/oauth-callback",
        Recipient::Antigravity,
    ),
];

/// What the addresses of ChatGPT's connectors begin with; the connector's own letters follow.
pub(super) const CONNECTOR: &str = "https://chatgpt.com/connector/oauth/";

impl Destination {
    /// Who is found there.
    pub fn recipient(&self) -> Recipient {
        self.recipient
    }

    /// As the client has written it.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// What people know it by: `claude.ai`, or `127.0.0.1`.
    pub fn host(&self) -> &str {
        let rest = self.address.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or(rest);
        match Local::parse(&self.address) {
            Some(local) => local.host,
            None => authority,
        }
    }

    /// Whether a request may name this one, where the other was registered: the same, but for the port of a program on
    /// the person's machine, which it is only given when it begins to listen.
    pub fn is_covered_by(&self, registered: &Self) -> bool {
        match (
            Local::parse(&self.address),
            Local::parse(&registered.address),
        ) {
            (Some(asked), Some(known)) => asked.host == known.host && asked.path == known.path,
            _ => self.address == registered.address,
        }
    }

    /// Whether it is a program on the person's machine that answers at this path.
    pub(super) fn is_local_at(&self, path: Option<&str>) -> bool {
        Local::parse(&self.address).is_some_and(|local| path.is_none_or(|it| it == local.path))
    }

    /// The address with an answer in its query.
    pub fn with<'a>(&self, answer: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        let query = Serializer::new(String::new()).extend_pairs(answer).finish();
        format!("{}?{query}", self.address)
    }

    /// What `form-action` of a page has to allow, so that browsers follow the redirect that answers a form: this
    /// address, and where its owner may send people on to, which is other names of his, or his program.
    pub fn form_action(&self) -> String {
        match self.recipient {
            Recipient::Claude => "https://claude.ai https://claude.com claude:".to_owned(),
            Recipient::ChatGpt => "https://chatgpt.com chatgpt:".to_owned(),
            Recipient::VsCode => {
                "https://vscode.dev https://insiders.vscode.dev vscode: vscode-insiders:".to_owned()
            }
            Recipient::Cursor => "https://www.cursor.com https://cursor.com cursor:".to_owned(),
            Recipient::Antigravity => "https://antigravity.google".to_owned(),
            Recipient::Local => match Local::parse(&self.address) {
                // A policy cannot name an address of IPv6.
                Some(local) if local.host.starts_with('[') => "http:".to_owned(),
                Some(local) => format!("http://{}{}", local.host, local.port),
                None => String::new(),
            },
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

impl TryFrom<String> for Destination {
    type Error = Foreign;

    fn try_from(address: String) -> Result<Self, Foreign> {
        let recipient = recipient(&address).ok_or(Foreign)?;
        Ok(Self { address, recipient })
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> Self {
        destination.address
    }
}

impl Recipient {
    /// Whom people know it as; `None`: any program can be there.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Claude => Some("Claude"),
            Self::ChatGpt => Some("ChatGPT"),
            Self::VsCode => Some("VS Code"),
            Self::Cursor => Some("Cursor"),
            Self::Antigravity => Some("Antigravity"),
            Self::Local => None,
        }
    }

    /// Whose it is.
    pub fn maker(self) -> Option<&'static str> {
        match self {
            Self::Claude => Some("Anthropic"),
            Self::ChatGpt => Some("OpenAI"),
            Self::VsCode => Some("Microsoft"),
            Self::Cursor => Some("Anysphere"),
            Self::Antigravity => Some("Google"),
            Self::Local => None,
        }
    }
}

/// What a program is called in a path of its vendor's: letters, digits, `-` and `_`.
pub(super) fn is_id(text: &str) -> bool {
    let is_made = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_made)
}

fn recipient(address: &str) -> Option<Recipient> {
    if address.len() > MAX_ADDRESS {
        return None;
    }
    if let Some((_, recipient)) = LISTED.iter().find(|(listed, _)| *listed == address) {
        return Some(*recipient);
    }
    if address.strip_prefix(CONNECTOR).is_some_and(is_id) {
        return Some(Recipient::ChatGpt);
    }
    Local::parse(address).map(|_| Recipient::Local)
}

/// The address of a program on the person's own machine, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Local<'a> {
    host: &'a str,
    /// With its colon, or nothing.
    port: &'a str,
    path: &'a str,
}

impl<'a> Local<'a> {
    /// `http`, a loopback host as it is commonly written, perhaps a port, and a path of plain segments.
    fn parse(address: &'a str) -> Option<Self> {
        let rest = address.strip_prefix("http://")?;
        let hosts = ["127.0.0.1", "[::1]", "localhost"];
        let host = hosts.into_iter().find(|host| rest.starts_with(host))?;
        let rest = &rest[host.len()..];
        let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_port = port.strip_prefix(':').is_some_and(|digits| {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number && !digits.starts_with('0') && digits.parse::<u16>().is_ok()
        });
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_plain =
            |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
        let path = if path.is_empty() { "/" } else { path };
        let inner = path.strip_prefix('/')?;
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let is_path = inner.is_empty() || inner.split('/').all(is_plain);
        ((port.is_empty() || is_port) && is_path).then_some(Self { host, port, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Result<Destination, Foreign> {
        address.to_owned().try_into()
    }

    #[test]
    fn assistants_are_sent_back_to() {
        for (address, recipient, host) in [
            (
                "https://claude.ai/api/mcp/auth_callback",
                Recipient::Claude,
                "claude.ai",
            ),
            (
                "https://chatgpt.com/connector/oauth/aB_9-x",
                Recipient::ChatGpt,
                "chatgpt.com",
            ),
            (
                "https://vscode.dev/redirect",
                Recipient::VsCode,
                "vscode.dev",
            ),
            ("http://127.0.0.1:33418/", Recipient::Local, "127.0.0.1"),
            ("http://127.0.0.1:33418", Recipient::Local, "127.0.0.1"),
            (
                "http://localhost:7777/oauth/callback",
                Recipient::Local,
                "localhost",
            ),
            ("http://[::1]:80/callback/", Recipient::Local, "[::1]"),
            ("http://localhost/callback", Recipient::Local, "localhost"),
        ] {
            let destination = of(address).unwrap();
            assert_eq!(destination.recipient(), recipient, "{address}");
            assert_eq!(destination.host(), host, "{address}");
            assert!(destination.is_covered_by(&destination));
        }
    }

    #[test]
    fn nobody_else_is() {
        let long = format!("http://localhost/{}", "a".repeat(MAX_ADDRESS));
        for address in [
            "",
            "https://evil.example/api/mcp/auth_callback",
            "http://claude.ai/api/mcp/auth_callback",
            "https://claude.ai",
            "https://claude.ai/",
            "https://claude.ai/api/mcp/auth_callback/",
            "https://claude.ai/api/mcp/auth_callback?x=1",
            "https://claude.ai/api/mcp/auth_callback#x",
            "https://claude.ai/api/mcp/auth_callback/../../x",
            "https://claude.ai/api/mcp/../mcp/auth_callback",
            "https://claude.ai/api/mcp/%61uth_callback",
            "https://claude.ai/API/mcp/auth_callback",
            "https://CLAUDE.ai/api/mcp/auth_callback",
            "HTTPS://claude.ai/api/mcp/auth_callback",
            "https://claude.ai:443/api/mcp/auth_callback",
            "https://claude.ai:8443/api/mcp/auth_callback",
            "https://claude.ai./api/mcp/auth_callback",
            "https://claude.ai@evil.example/api/mcp/auth_callback",
            "https://user@claude.ai/api/mcp/auth_callback",
            "https://claude.ai.evil.example/api/mcp/auth_callback",
            "https://evilclaude.ai/api/mcp/auth_callback",
            "https://claude.ai\\@evil.example/api/mcp/auth_callback",
            "https:\\\\claude.ai/api/mcp/auth_callback",
            "https:///claude.ai/api/mcp/auth_callback",
            "https://cl\u{430}ude.ai/api/mcp/auth_callback",
            "https://xn--clude-3ve.ai/api/mcp/auth_callback",
            "https://claude\u{3002}ai/api/mcp/auth_callback",
            "https://claude.ai/api/mcp/auth_callback\n",
            " https://claude.ai/api/mcp/auth_callback",
            "https://claude.ai/api/mcp/auth_callback\0",
            "https://chatgpt.com/connector/oauth/",
            "https://chatgpt.com/connector/oauth/../../x",
            "https://chatgpt.com/connector/oauth/a/b",
            "https://chatgpt.com/connector/oauth/a?b",
            "https://chatgpt.com/connector/oauth/a#b",
            "https://chatgpt.com/connector/oauth/%2e%2e",
            "https://vscode.dev/redirect?url=https://evil.example",
            "https://vscode.dev/redirect/mcp/install",
            "cursor://evil/oauth/callback",
            "cursor://anysphere.cursor-mcp/oauth/callback?x",
            "https://localhost/callback",
            "http://localhost.evil.example/callback",
            "http://localhost@evil.example/callback",
            "http://localhost:80@evil.example/callback",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1:80:80/",
            "http://127.0.0.1:0/",
            "http://127.0.0.1:080/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:/",
            "http://127.0.0.1:+80/",
            "http://127.0.0.1/a/../b",
            "http://127.0.0.1//evil.example",
            "http://127.0.0.1/a?b",
            "http://127.0.0.1/a#b",
            "http://127.0.0.1/%2e%2e",
            "http://127.0.0.1\\evil",
            "http://127.1/",
            "http://2130706433/",
            "http://0.0.0.0/",
            "http://127.0.0.2/",
            "http://[::ffff:127.0.0.1]/",
            "http://LOCALHOST/",
            "http://localhost./",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "urn:ietf:wg:oauth:2.0:oob",
            "//claude.ai/api/mcp/auth_callback",
            "/api/mcp/auth_callback",
            &long,
        ] {
            assert_eq!(of(address), Err(Foreign), "{address:?}");
        }
    }

    #[test]
    fn only_the_port_of_a_program_may_differ() {
        let covers = |registered: &str, asked: &str| {
            of(asked).unwrap().is_covered_by(&of(registered).unwrap())
        };
        let local = "http://localhost/callback";
        assert!(covers(local, "http://localhost:49152/callback"));
        assert!(covers(
            "http://localhost:1/callback",
            "http://localhost:2/callback"
        ));
        assert!(covers("http://127.0.0.1:33418", "http://127.0.0.1:5000/"));
        for other in [
            "http://127.0.0.1/callback",
            "http://localhost/callback/",
            "http://localhost/other",
            "http://[::1]/callback",
            "https://claude.ai/api/mcp/auth_callback",
        ] {
            assert!(!covers(local, other), "{other}");
        }
        let claude = "https://claude.ai/api/mcp/auth_callback";
        assert!(!covers(claude, "https://claude.com/api/mcp/auth_callback"));
        let connector = "https://chatgpt.com/connector/oauth/a";
        assert!(!covers(connector, "https://chatgpt.com/connector/oauth/b"));
    }

    #[test]
    fn an_answer_is_text_in_a_query() {
        let local = of("http://127.0.0.1:7777/cb").unwrap();
        let state = "a&b=c#d\r\nX: y é";
        assert_eq!(
            local.with([("code", "x"), ("state", state)]),
            "http://127.0.0.1:7777/cb?code=x&state=a%26b%3Dc%23d%0D%0AX%3A+y+%C3%A9"
        );
        assert_eq!(local.form_action(), "http://127.0.0.1:7777");
        assert_eq!(of("http://[::1]:1/").unwrap().form_action(), "http:");
    }
}
