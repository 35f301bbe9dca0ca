//! Who asks, and how: what the log tells of it. `docent insights` tells clients apart by it.

use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::{Arc, LazyLock},
    time::{SystemTime, UNIX_EPOCH},
};

use rmcp::model::ProtocolVersion;

use super::line::one_line;

/// Who asks, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Where the question came in.
    pub endpoint: Endpoint,
    /// The client's name and version, as it says them, in one line.
    pub client: String,
    /// The version of the protocol; `None` where none is said.
    pub protocol: Option<&'static str>,
    /// `None` for whoever is on this machine.
    pub address: Option<Pseudonym>,
    /// By what right; `None` where everybody may read everything.
    pub admission: Option<Admission>,
}

/// By what right somebody asks, where not everybody may read everything. A request has it among its extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The name of the audience.
    pub audience: Arc<str>,
    /// The name of the access key; never the key.
    pub key: Option<Arc<str>>,
}

/// Where questions come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Endpoint {
    /// `/mcp`
    #[default]
    Mcp,
    /// `/sse`
    Sse,
    /// `/chatgpt`
    ChatGpt,
    /// Standard input and output.
    Stdio,
    /// The pages for people.
    Page,
    /// The same, each time that somebody pauses while typing.
    Typing,
}

impl Endpoint {
    /// As the log has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mcp => "mcp",
            Self::Sse => "sse",
            Self::ChatGpt => "chatgpt",
            Self::Stdio => "stdio",
            Self::Page => "page",
            Self::Typing => "typing",
        }
    }
}

impl Asker {
    /// A program, by its `User-Agent`.
    pub fn program(endpoint: Endpoint, agent: &str) -> Self {
        let agent = if agent.is_empty() { "unknown" } else { agent };
        Self {
            endpoint,
            client: one_line(agent, 80),
            protocol: None,
            address: None,
            admission: None,
        }
    }

    /// Somebody in a browser. Which one is nothing that the log needs to know.
    pub fn person(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            client: "browser".to_owned(),
            protocol: None,
            address: None,
            admission: None,
        }
    }

    /// The same from this address, by this right.
    #[must_use]
    pub fn from(self, address: Option<Pseudonym>, admission: Option<Admission>) -> Self {
        Self {
            address,
            admission,
            ..self
        }
    }

    /// The audience, as the log has it.
    pub(super) fn audience(&self) -> Option<&str> {
        self.admission
            .as_ref()
            .map(|admission| &*admission.audience)
    }

    /// The name of the access key, as the log has it.
    pub(super) fn key(&self) -> Option<&str> {
        self.admission.as_ref()?.key.as_deref()
    }
}

/// A number that tells addresses apart, and from which nobody can tell the address: it is salted at random for each
/// process and each day, and the salt is written down nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pseudonym(u64);

impl Pseudonym {
    /// Of an address, today.
    pub fn of(address: IpAddr) -> Self {
        const DAY: u64 = 24 * 60 * 60;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self::on(now.unwrap_or_default().as_secs() / DAY, address)
    }

    fn on(day: u64, address: IpAddr) -> Self {
        static SALT: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Self(SALT.hash_one((day, address)) >> 16)
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}", self.0)
    }
}

/// A version of the protocol that is one, in docent's own words.
pub(super) fn known_version(version: &str) -> Option<&'static str> {
    let mut known = ProtocolVersion::KNOWN_VERSIONS.iter();
    let known = known.find(|known| known.as_str() == version)?;
    Some(known.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart_for_a_day_and_not_told() {
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let other: IpAddr = "192.0.2.2".parse().unwrap();
        assert_eq!(Pseudonym::on(1, one), Pseudonym::on(1, one));
        assert_ne!(Pseudonym::on(1, one), Pseudonym::on(1, other));
        assert_ne!(Pseudonym::on(1, one), Pseudonym::on(2, one));
        let shown = Pseudonym::of(one).to_string();
        assert_eq!(shown.len(), 12);
        assert!(shown.chars().all(|it| it.is_ascii_hexdigit()), "{shown}");
    }

    #[test]
    fn only_versions_that_there_are_come_into_the_log() {
        assert_eq!(known_version("2025-11-25"), Some("2025-11-25"));
        assert_eq!(known_version("2026-07-28"), Some("2026-07-28"));
        assert_eq!(known_version("rotate the keys"), None);
    }
}
