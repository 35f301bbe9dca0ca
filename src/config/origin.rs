//! Origins of web pages and of programs made like them (RFC 6454).

use std::str::FromStr;

/// An origin whose pages may call, as `Origin` headers name it: `https://app.example.com`, `tauri://localhost`; or
/// all of a program's own scheme, `vscode-webview://*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// In lower case.
    scheme: String,
    /// In lower case; `None`: any.
    host: Option<String>,
    /// None where it is the scheme's own, or the scheme has none.
    port: Option<u16>,
}

/// Why a text is no origin that can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// No scheme, no host, or more than those and a port.
    #[error("not an origin")]
    Form,
    /// It would let every web page call.
    #[error(
        "every web page that somebody opens could then read the documents through their browser"
    )]
    Everybody,
    /// What pages are given that are to have no rights: sandboxed frames and local files.
    #[error("`null` is the origin of pages that are nobody's")]
    Nobody,
}

impl Origin {
    /// One that is known to be right.
    pub fn https(host: &str) -> Self {
        Self {
            scheme: "https".to_owned(),
            host: Some(host.to_owned()),
            port: None,
        }
    }

    /// Whether a page of the origin in a header is meant.
    pub fn covers(&self, header: &str) -> bool {
        let Some((scheme, host, port)) = parts(header) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(&self.scheme)
            && port == self.port
            && self
                .host
                .as_ref()
                .is_none_or(|own| host.eq_ignore_ascii_case(own))
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        match text {
            "*" => return Err(OriginError::Everybody),
            "null" => return Err(OriginError::Nobody),
            _ => {}
        }
        let (scheme, host, port) = parts(text).ok_or(OriginError::Form)?;
        let scheme = scheme.to_ascii_lowercase();
        let is_web = matches!(&*scheme, "http" | "https");
        match host {
            "*" if is_web => return Err(OriginError::Everybody),
            _ if host.len() > 1 && host.contains('*') => return Err(OriginError::Form),
            _ => {}
        }
        Ok(Self {
            scheme,
            host: (host != "*").then(|| host.to_ascii_lowercase()),
            port,
        })
    }
}

/// Scheme, host and port, without the port that the scheme implies.
fn parts(text: &str) -> Option<(&str, &str, Option<u16>)> {
    let (scheme, authority) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    // The colons of an IPv6 address are in brackets.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let is_number = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
            (host, Some(port.parse().ok().filter(|_| is_number)?))
        }
        _ => (authority, None),
    };
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~[]:*".contains(&b))
        && (host.starts_with('[') == host.ends_with(']'))
        && (host.starts_with('[') || !host.contains(':'));
    let implied = match scheme {
        _ if scheme.eq_ignore_ascii_case("https") => Some(443),
        _ if scheme.eq_ignore_ascii_case("http") => Some(80),
        _ => None,
    };
    (is_scheme && is_host).then_some((scheme, host, port.filter(|port| Some(*port) != implied)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_compared_part_by_part() {
        for (allowed, same, other) in [
            (
                "https://app.example.com",
                "https://App.example.com:443",
                "https://app.example.com:444",
            ),
            (
                "https://app.example.com",
                "HTTPS://app.example.com",
                "http://app.example.com",
            ),
            (
                "https://app.example.com",
                "https://app.example.com",
                "https://app.example.com.evil.example",
            ),
            ("http://[::1]:3000", "http://[::1]:3000", "http://[::1]"),
            (
                "tauri://localhost",
                "tauri://localhost",
                "tauri://localhost2",
            ),
            (
                "tauri://localhost",
                "TAURI://localhost",
                "https://localhost",
            ),
            (
                "app://obsidian.md",
                "app://obsidian.md",
                "app://obsidian.md:1",
            ),
            ("app://.", "app://.", "app://-"),
            (
                "vscode-webview://*",
                "vscode-webview://0a1b2c",
                "vscode-webview-x://0a1b2c",
            ),
            (
                "chrome-extension://abcdef",
                "chrome-extension://abcdef",
                "chrome-extension://abcdeg",
            ),
            (
                "https://claude.ai",
                "https://claude.ai",
                "https://claude.ai@evil.example",
            ),
        ] {
            let origin: Origin = allowed.parse().unwrap();
            assert!(origin.covers(same), "{allowed} {same}");
            assert!(!origin.covers(other), "{allowed} {other}");
        }
    }

    #[test]
    fn what_is_no_origin_is_told() {
        for (text, expected) in [
            ("*", OriginError::Everybody),
            ("https://*", OriginError::Everybody),
            ("null", OriginError::Nobody),
            ("https://*.example.com", OriginError::Form),
            ("app.example.com", OriginError::Form),
            ("https://", OriginError::Form),
            ("https://a.example/", OriginError::Form),
            ("https://a.example/path", OriginError::Form),
            ("https://user@a.example", OriginError::Form),
            ("https://a.example:x", OriginError::Form),
            ("https://a.example:99999", OriginError::Form),
            ("://a.example", OriginError::Form),
            ("", OriginError::Form),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(expected), "{text}");
        }
    }
}
