//! The address that is examined, as a person gives it to an assistant.

use std::{fmt, net::IpAddr, str::FromStr};

use hyper::Uri;
use rustls::pki_types::ServerName;

/// The paths of docent's endpoints, below wherever it is.
const ENDPOINTS: [&str; 3] = ["/mcp", "/sse", "/chatgpt"];

/// An absolute http or https URL without a user's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    is_https: bool,
    /// As it stands in a URL: an IPv6 address has brackets.
    host: String,
    port: u16,
    /// Where docent is: empty, or begins with a slash and does not end with one.
    base: String,
    /// Of the endpoint that was given, below `base`.
    endpoint: Option<&'static str>,
    /// As it was given, with its question mark.
    query: String,
}

/// Why a text is no address to examine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not a URL.
    #[error("not a URL such as https://docs.example.com/mcp")]
    NotUrl,
    /// Neither http nor https.
    #[error("only http:// and https:// can be examined")]
    Scheme,
    /// A name or a password in it.
    #[error(
        "a URL with a user's name or a password in it is not examined: docent asks as assistants do, who have none"
    )]
    Credentials,
}

impl Address {
    /// The host, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port, which the URL may leave out.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is encrypted.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether the host is this machine and nothing else, whoever asks.
    pub fn is_loopback(&self) -> bool {
        match self.ip() {
            Some(ip) => ip.to_canonical().is_loopback(),
            None => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }

    /// The host, where it is an address.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }

    /// What a certificate has to be for.
    pub(super) fn server_name(&self) -> Option<ServerName<'static>> {
        match self.ip() {
            Some(ip) => Some(ServerName::from(ip)),
            None => ServerName::try_from(self.host.clone()).ok(),
        }
    }

    /// What stands in `Host`.
    pub(super) fn authority(&self) -> String {
        let default = if self.is_https { 443 } else { 80 };
        match self.port {
            port if port == default => self.host.clone(),
            port => format!("{}:{port}", self.host),
        }
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// Where docent is, as a path: empty, or `/below/it`.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The path of a route of docent's.
    pub(super) fn path(&self, route: &str) -> String {
        format!("{}{route}", self.base)
    }

    /// The path of the endpoint for current assistants, with the query that was given.
    pub(super) fn mcp(&self) -> String {
        format!("{}/mcp{}", self.base, self.query)
    }

    /// The path that was given, with its query, as an assistant would ask for it.
    pub(super) fn given(&self) -> String {
        let route = self.endpoint.unwrap_or("/mcp");
        format!("{}{route}{}", self.base, self.query)
    }

    /// What was given, whatever it is: for what is no docent.
    pub(super) fn resource(&self) -> String {
        let path = format!("{}{}", self.base, self.endpoint.unwrap_or_default());
        let path = if path.is_empty() { "/" } else { &path };
        format!("{path}{}", self.query)
    }

    /// The endpoint that was given.
    pub(super) fn endpoint(&self) -> Option<&'static str> {
        self.endpoint
    }

    /// The URL of a path of this host.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// The same place by another scheme and port.
    pub(super) fn by(&self, is_https: bool, port: u16) -> Self {
        Self {
            is_https,
            port,
            ..self.clone()
        }
    }

    /// The same host with docent elsewhere below it.
    pub(super) fn below(&self, base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            ..self.clone()
        }
    }

    /// Another host by the same scheme and port, with the same path.
    pub(super) fn at(&self, host: &str) -> Self {
        Self {
            host: bracketed(host),
            ..self.clone()
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        // People copy a name without its scheme.
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let whole = whole.split('#').next().unwrap_or_default();
        let uri: Uri = whole.parse().map_err(|_| AddressError::NotUrl)?;
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(AddressError::Scheme),
        };
        let authority = uri.authority().ok_or(AddressError::NotUrl)?;
        if authority.as_str().contains('@') {
            return Err(AddressError::Credentials);
        }
        let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let has_port = authority.as_str().len() > authority.host().len();
        let port = match authority.port_u16() {
            Some(0) => return Err(AddressError::NotUrl),
            Some(port) => port,
            None if has_port => return Err(AddressError::NotUrl),
            None if is_https => 443,
            None => 80,
        };
        let path = uri.path().trim_end_matches('/');
        let endpoint = ENDPOINTS.into_iter().find(|it| path.ends_with(it));
        let base = endpoint.map_or(path, |it| &path[..path.len() - it.len()]);
        let address = Self {
            is_https,
            host,
            port,
            base: base.to_owned(),
            endpoint,
            query: uri.query().map_or_else(String::new, |it| format!("?{it}")),
        };
        let is_name = address.server_name().is_some();
        if is_name {
            Ok(address)
        } else {
            Err(AddressError::NotUrl)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.given())
    }
}

/// A host as it stands in a URL.
fn bracketed(host: &str) -> String {
    match host.parse() {
        Ok(IpAddr::V6(ip)) => format!("[{ip}]"),
        _ => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        for (text, shown, base) in [
            (
                "https://docs.example.com",
                "https://docs.example.com/mcp",
                "",
            ),
            ("docs.example.com", "https://docs.example.com/mcp", ""),
            (
                "HTTPS://Docs.Example.com./mcp/",
                "https://docs.example.com/mcp",
                "",
            ),
            (
                "https://docs.example.com:443/sse",
                "https://docs.example.com/sse",
                "",
            ),
            (
                "https://x.example:8443/a/b/mcp?budget=4000#x",
                "https://x.example:8443/a/b/mcp?budget=4000",
                "/a/b",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/mcp", ""),
            ("http://[::1]:8080/chatgpt", "http://[::1]:8080/chatgpt", ""),
            (
                "https://docs.example.com/handbook/",
                "https://docs.example.com/handbook/mcp",
                "/handbook",
            ),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.base(), base);
        }
        for (text, error) in [
            ("", AddressError::NotUrl),
            ("https://", AddressError::NotUrl),
            ("https://a b", AddressError::NotUrl),
            ("https://a:x/", AddressError::NotUrl),
            ("https://a:0/", AddressError::NotUrl),
            ("https://*.example.com", AddressError::NotUrl),
            ("ftp://example.com", AddressError::Scheme),
            ("https://me:secret@example.com/", AddressError::Credentials),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text}");
        }
    }

    #[test]
    fn loopback_is_this_machine() {
        for (text, loopback) in [
            ("http://localhost:8080", true),
            ("http://127.0.0.2", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://[::1]", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(
                text.parse::<Address>().unwrap().is_loopback(),
                loopback,
                "{text}"
            );
        }
    }
}
