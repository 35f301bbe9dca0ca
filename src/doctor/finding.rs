//! What an examination says: one line for each thing that was looked at.

use std::net::IpAddr;

use serde_json::{Value, json};

use crate::error::printable;

/// A message quotes what others have written; this much of it.
const MAX_TEXT: usize = 1_000;

/// How well something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Verdict {
    /// As it should be.
    Ok = 0,
    /// It works, but not for everybody, or not for ever.
    Warning = 1,
    /// Assistants will not connect, or find nothing.
    Error = 2,
}

impl Verdict {
    /// As it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The configuration file.
    Configuration,
    /// The documents on this machine.
    Documents,
    /// The index that is made of them.
    Index,
    /// The units and their sockets.
    Service,
    /// Who may read what, as this machine keeps it.
    Access,
    /// The way to the certificate authority.
    Authority,
    /// Names and their addresses.
    Names,
    /// Whether the port can be reached, and whether it is the right one.
    Port,
    /// The certificate and its chain.
    Certificate,
    /// The clocks on both sides.
    Clock,
    /// Where the address leads on to.
    Redirects,
    /// The endpoint and the older version of the protocol.
    Endpoint,
    /// How people sign in.
    SignIn,
    /// What shows who asks.
    Token,
    /// The version without a handshake.
    Versions,
    /// The HTTP+SSE transport.
    Sse,
    /// Headers on their way through proxies.
    Headers,
    /// Pages of assistants in a browser.
    Origin,
    /// The names that clients give themselves.
    Agents,
    /// What an assistant finds.
    Contents,
    /// What ChatGPT calls.
    ChatGpt,
}

impl Subject {
    /// As it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Documents => "documents",
            Self::Index => "index",
            Self::Service => "service",
            Self::Access => "access",
            Self::SignIn => "sign-in",
            Self::Token => "token",
            Self::Authority => "authority",
            Self::Names => "names",
            Self::Port => "port",
            Self::Certificate => "certificate",
            Self::Clock => "clock",
            Self::Redirects => "redirects",
            Self::Endpoint => "endpoint",
            Self::Versions => "versions",
            Self::Sse => "sse",
            Self::Headers => "headers",
            Self::Origin => "origin",
            Self::Agents => "agents",
            Self::ChatGpt => "chatgpt",
            Self::Contents => "contents",
        }
    }
}

macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What is wrong, in a word that programs can compare. The manual has a table of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Cause {
            $($(#[$doc])* $variant),+
        }

        impl Cause {
            /// Every cause there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it is printed.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

causes! {
    /// The configuration cannot be followed.
    ConfigurationInvalid = "configuration-invalid",
    /// A folder of documents is not there.
    DocumentsMissing = "documents-missing",
    /// The service's user cannot read documents.
    DocumentsUnreadable = "documents-unreadable",
    /// There is no document that can be read.
    DocumentsEmpty = "documents-empty",
    /// Not all documents are served.
    DocumentsIncomplete = "documents-incomplete",
    /// No index has been built here.
    IndexMissing = "index-missing",
    /// The index is not up to date.
    IndexOutdated = "index-outdated",
    /// The units do not run.
    ServiceDown = "service-down",
    /// The certificate authority cannot be reached.
    AuthorityUnreachable = "authority-unreachable",
    /// A name has no address.
    NoAddress = "no-address",
    /// A name is that of this machine alone.
    LoopbackAddress = "loopback-address",
    /// A name's address is of a private network.
    PrivateAddress = "private-address",
    /// A name's address is not of this machine.
    ResolvesElsewhere = "resolves-elsewhere",
    /// A name has no IPv4 address.
    NoIpv4 = "no-ipv4",
    /// One of several addresses does not answer.
    AddressUnreachable = "address-unreachable",
    /// Nobody listens on the port.
    PortClosed = "port-closed",
    /// Packets to the port get lost.
    PortFiltered = "port-filtered",
    /// Another port than 443.
    OtherPort = "other-port",
    /// There is no HTTPS.
    HttpOnly = "http-only",
    /// The server has no certificate for the name.
    NoCertificate = "no-certificate",
    /// TLS cannot be agreed on.
    TlsRefused = "tls-refused",
    /// The certificate's time is over.
    CertificateExpired = "certificate-expired",
    /// The certificate's time has not begun.
    CertificateNotYetValid = "certificate-not-yet-valid",
    /// The certificate ends soon.
    CertificateEndsSoon = "certificate-ends-soon",
    /// The certificate is for other names.
    CertificateWrongName = "certificate-wrong-name",
    /// The certificate vouches for itself.
    CertificateSelfSigned = "certificate-self-signed",
    /// The chain lacks certificates between the server's own and a root.
    IntermediateMissing = "intermediate-missing",
    /// Nobody trusts the authority.
    AuthorityUnknown = "authority-unknown",
    /// The certificate has another fault.
    CertificateUnusable = "certificate-unusable",
    /// Two clocks differ.
    ClockOff = "clock-off",
    /// The address leads elsewhere.
    Redirected = "redirected",
    /// The endpoint is at another path.
    WrongPath = "wrong-path",
    /// Something else answers.
    NotMcp = "not-mcp",
    /// The server wants to know who asks.
    AuthenticationRequired = "authentication-required",
    /// A proxy finds nobody behind it.
    BadGateway = "bad-gateway",
    /// Too many requests.
    RateLimited = "rate-limited",
    /// The server does not answer in time.
    NoAnswer = "no-answer",
    /// The server does not know its name.
    HostRefused = "host-refused",
    /// A proxy puts another name into the request.
    HostRewritten = "host-rewritten",
    /// docent does not know that a proxy speaks HTTPS.
    SchemeUnknown = "scheme-unknown",
    /// A proxy takes `Accept` out of the request.
    AcceptStripped = "accept-stripped",
    /// A proxy takes headers of the protocol out of the request.
    HeadersStripped = "headers-stripped",
    /// Pages of an assistant may not call.
    OriginRefused = "origin-refused",
    /// Browsers hide the answers from pages.
    CorsMissing = "cors-missing",
    /// A user agent is refused.
    AgentRefused = "agent-refused",
    /// Only older versions of the protocol are spoken.
    OldProtocol = "old-protocol",
    /// Only the older transport is there.
    SseOnly = "sse-only",
    /// The older transport is not there.
    SseMissing = "sse-missing",
    /// A proxy holds events back.
    SseBuffered = "sse-buffered",
    /// The older transport does not work.
    SseBroken = "sse-broken",
    /// The endpoint for ChatGPT is not there.
    ChatGptMissing = "chatgpt-missing",
    /// What ChatGPT calls is not as it wants it.
    ChatGptContract = "chatgpt-contract",
    /// Assistants are not asked to sign in as they understand it.
    ChallengeMissing = "challenge-missing",
    /// What assistants need to sign in is not where they look.
    MetadataMissing = "resource-metadata-missing",
    /// docent calls itself otherwise than it was asked.
    ResourceDiffers = "resource-differs",
    /// Nobody signs people in.
    NoAuthorizationServer = "no-authorization-server",
    /// Assistants ask the first of several.
    OtherAuthorizationServers = "other-authorization-servers",
    /// Whoever signs people in does not answer.
    AuthorizationServerUnreachable = "authorization-server-unreachable",
    /// Whoever signs people in does not say how.
    AuthorizationServerMetadata = "authorization-server-metadata",
    /// Whoever signs people in calls itself otherwise.
    IssuerDiffers = "issuer-differs",
    /// PKCE is not known there.
    PkceMissing = "pkce-missing",
    /// Assistants cannot make themselves known there.
    RegistrationMissing = "registration-missing",
    /// It does not say who has answered.
    AnswerUnnamed = "answer-unnamed",
    /// Assistants ask for a scope that it does not know.
    ScopeUnknown = "scope-unknown",
    /// The keys of an issuer cannot be had.
    JwksUnusable = "jwks-unusable",
    /// No keys of an issuer have been fetched.
    JwksMissing = "jwks-missing",
    /// Those that were, were fetched long ago.
    JwksOld = "jwks-old",
    /// The file with access keys cannot be used.
    KeysUnreadable = "keys-unreadable",
    /// Others may read or change keys.
    KeysOpen = "keys-open",
    /// What seals tokens cannot be used.
    SealingKey = "sealing-key",
    /// A user that the machine does not have.
    PeersUnknown = "peers-unknown",
    /// Processes cannot be told from one another.
    PeersHidden = "peers-hidden",
    /// A client can say itself who it is.
    IdentityForged = "identity-forged",
    /// Any program on the machine can say who it is.
    IdentityOpen = "identity-open",
    /// A token cannot be read.
    TokenUnreadable = "token-unreadable",
    /// A token is of somebody whom docent does not trust.
    TokenIssuer = "token-issuer",
    /// A token is for somebody else.
    TokenAudience = "token-audience",
    /// A token is of another kind.
    TokenKind = "token-kind",
    /// A token does not count at this time.
    TokenExpired = "token-expired",
    /// A token's groups open nothing.
    TokenGroups = "token-groups",
    /// The server takes a token not.
    TokenRefused = "token-refused",
    /// A token was not sent.
    TokenKept = "token-kept",
    /// Nothing is served.
    NothingServed = "nothing-served",
    /// A tool does not do what it is there for.
    ToolFailed = "tool-failed",
    /// An answer is too long for assistants.
    AnswerLarge = "answer-large",
    /// An answer takes long.
    AnswerSlow = "answer-slow",
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub subject: Subject,
    /// How well that is.
    pub verdict: Verdict,
    /// What is wrong; `None` where nothing is.
    pub cause: Option<Cause>,
    /// What was found, in a line.
    pub message: String,
    /// The one thing to do about it.
    pub help: Option<String>,
}

impl Finding {
    /// Something that is as it should be.
    pub fn ok(subject: Subject, message: impl AsRef<str>) -> Self {
        Self::new(subject, Verdict::Ok, None, message.as_ref(), None)
    }

    /// Something that works, but not for everybody, or not for ever.
    pub fn warning(
        subject: Subject,
        cause: Cause,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) -> Self {
        let help = Some(help.as_ref());
        Self::new(
            subject,
            Verdict::Warning,
            Some(cause),
            message.as_ref(),
            help,
        )
    }

    /// Something that keeps assistants away.
    pub fn error(
        subject: Subject,
        cause: Cause,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) -> Self {
        let help = Some(help.as_ref());
        Self::new(subject, Verdict::Error, Some(cause), message.as_ref(), help)
    }

    fn new(
        subject: Subject,
        verdict: Verdict,
        cause: Option<Cause>,
        message: &str,
        help: Option<&str>,
    ) -> Self {
        Self {
            subject,
            verdict,
            cause,
            message: quoted(message),
            help: help.map(quoted),
        }
    }

    /// The same, of one of several addresses.
    pub(super) fn at(mut self, ip: IpAddr) -> Self {
        self.message = format!("at {ip}: {}", self.message);
        self
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "check": self.subject.name(),
            "verdict": self.verdict.name(),
            "cause": self.cause.map(Cause::name),
            "message": self.message,
            "help": self.help,
        })
    }
}

/// Text that may come from outside: one line, fit for a terminal, with an end.
fn quoted(text: &str) -> String {
    let mut shown = printable(&text.split(['\n', '\r']).collect::<Vec<_>>().join(" "));
    if let Some((end, _)) = shown.char_indices().nth(MAX_TEXT) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// "3 addresses", "1 address".
pub(super) fn listed(items: impl IntoIterator<Item = impl ToString>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first, last] => format!("{first} and {last}"),
        [all @ .., last] => format!("{}, and {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_have_written_is_one_bounded_line() {
        let text = format!("a\u{1b}[2J\r\nb{}", "c".repeat(5_000));
        let finding = Finding::warning(Subject::Port, Cause::NotMcp, &text, &text);
        for shown in [&finding.message, finding.help.as_ref().unwrap()] {
            assert!(shown.starts_with("a\\u{1b}[2J"), "{shown}");
            assert!(!shown.contains(['\n', '\r', '\u{1b}']));
            assert!(shown.chars().count() <= MAX_TEXT + 1);
        }
    }

    #[test]
    fn every_cause_has_a_name_of_its_own_and_stands_in_the_manual() {
        let manual = include_str!("../../docs/doctor.md");
        let mut names = std::collections::HashSet::new();
        for cause in Cause::ALL {
            assert!(names.insert(cause.name()), "{cause:?}");
            let cell = format!("| `{}` |", cause.name());
            assert!(manual.contains(&cell), "docs/doctor.md has no row {cell}");
        }
    }
}
