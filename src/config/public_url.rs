//! Where people and assistants reach docent, where that is not where it listens: behind a proxy.

use std::{fmt, str::FromStr};

use axum::http::{Uri, uri::Authority};

use super::{certificate::Identifier, reach::is_public};

/// The address of docent's first page, as it is told to people and assistants: a scheme, a host, perhaps a port
/// and a path (RFC 3986).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    is_https: bool,
    authority: Authority,
    /// Empty, or begins with a slash and ends without one.
    path: String,
}

/// Why a text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// It has another scheme, or none.
    #[error("does not start with https:// or http://")]
    Scheme,
    /// It has no host, or one that nobody can have.
    #[error("names no host")]
    Host,
    /// It has more than a path after the host.
    #[error("has a query or a fragment")]
    Query,
    /// The path cannot be one, such as one with `..` or `//` in it.
    #[error("has a path that is none")]
    Path,
}

/// Longest path below which docent is found, in bytes.
const MAX_PATH: usize = 200;

impl PublicUrl {
    /// `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// Whether whoever connects is sure of whom they reach.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host and perhaps a port, as a `Host` header has them.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The port, where it is said or not.
    pub fn port(&self) -> u16 {
        let implied = if self.is_https { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(implied)
    }

    /// Whether both are of one server: scheme, host and port are the same (RFC 6454, section 5).
    pub fn is_same_origin(&self, other: &Self) -> bool {
        let host = |url: &Self| url.authority.host().to_ascii_lowercase();
        self.is_https == other.is_https && host(self) == host(other) && self.port() == other.port()
    }

    /// The path below which everything is: empty, or `/docs`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Only this machine can connect.
    pub fn is_loopback(&self) -> bool {
        match self.identifier() {
            Identifier::Ip(address) => address.is_loopback(),
            Identifier::Dns(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Assistants on the web may be able to connect: it is HTTPS, at a name or an address that the whole internet may
    /// know.
    pub fn is_public_https(&self) -> bool {
        self.is_https && is_public(&self.identifier())
    }

    fn identifier(&self) -> Identifier {
        let host = self.authority.host().trim_matches(['[', ']']);
        match host.parse() {
            Ok(address) => Identifier::Ip(address),
            Err(_) => Identifier::Dns(host.trim_end_matches('.').to_ascii_lowercase()),
        }
    }
}

/// Without a slash at the end.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority, self.path)
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        let is_https = match scheme.map(str::to_ascii_lowercase).as_deref() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(PublicUrlError::Scheme),
        };
        if text.contains(['?', '#']) {
            return Err(PublicUrlError::Query);
        }
        let url: Uri = text.parse().map_err(|_| PublicUrlError::Host)?;
        let authority = url.authority().ok_or(PublicUrlError::Host)?;
        let after_host = &authority.as_str()[authority.host().len()..];
        let has_port = after_host.is_empty() || authority.port_u16().is_some();
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
        let is_host = authority.host().bytes().all(is_host);
        if authority.host().is_empty() || !is_host || authority.as_str().contains('@') || !has_port
        {
            return Err(PublicUrlError::Host);
        }
        let authority = authority.as_str().to_ascii_lowercase();
        let path = url.path().trim_end_matches('/');
        // Nothing that would have to be escaped in a page, or in a line of a shell.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%+@".contains(&byte);
        let is_plain =
            |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
        let is_path = path.is_empty() || path[1..].split('/').all(is_plain);
        if !is_path || path.len() > MAX_PATH {
            return Err(PublicUrlError::Path);
        }
        Ok(Self {
            is_https,
            authority: authority.parse().map_err(|_| PublicUrlError::Host)?,
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_path() {
        for (text, url, path) in [
            ("https://docs.example.com", "https://docs.example.com", ""),
            ("HTTPS://Docs.Example.com/", "https://docs.example.com", ""),
            ("http://[::1]:8080/a/b/", "http://[::1]:8080/a/b", "/a/b"),
        ] {
            let parsed: PublicUrl = text.parse().unwrap();
            assert_eq!(parsed.to_string(), url);
            assert_eq!(parsed.path(), path);
        }
        for (text, why) in [
            ("docs.example.com", PublicUrlError::Scheme),
            ("ftp://docs.example.com", PublicUrlError::Scheme),
            ("https://", PublicUrlError::Host),
            ("https:///docs", PublicUrlError::Host),
            ("https://user@docs.example.com", PublicUrlError::Host),
            ("https://docs.example.com:99999", PublicUrlError::Host),
            ("https://docs.example.com:", PublicUrlError::Host),
            ("https://docs.example.com/?a", PublicUrlError::Query),
            ("https://docs.example.com/a#b", PublicUrlError::Query),
            ("https://docs.example.com/../a", PublicUrlError::Path),
            ("https://docs.example.com/a//b", PublicUrlError::Path),
            ("https://docs.example.com/a\"b", PublicUrlError::Path),
            ("https://docs.example.com/$a", PublicUrlError::Path),
            ("https://docs'.example.com", PublicUrlError::Host),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(why), "{text}");
        }
    }

    #[test]
    fn from_where_it_can_be_reached_is_told_by_the_host() {
        for (text, is_public, is_loopback) in [
            ("https://docs.example.com", true, false),
            ("https://docs.example.com.:8443/a", true, false),
            ("http://docs.example.com", false, false),
            ("https://192.0.2.1", true, false),
            ("https://10.0.0.1", false, false),
            ("https://docs", false, false),
            ("https://docs.internal", false, false),
            ("https://localhost:8080", false, true),
            ("http://docs.localhost", false, true),
            ("http://127.0.0.1:8080", false, true),
            ("http://[::1]:8080", false, true),
            ("https://[2a00::1]", true, false),
            ("https://[fd00::1]", false, false),
        ] {
            let url: PublicUrl = text.parse().unwrap();
            assert_eq!(url.is_public_https(), is_public, "{text}");
            assert_eq!(url.is_loopback(), is_loopback, "{text}");
        }
    }
}
