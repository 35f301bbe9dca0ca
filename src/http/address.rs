//! The public address of docent: what people and assistants are told, and what links begin with.
//!
//! `[server] url` where the configuration says it; else what a trusted proxy says of a request (`X-Forwarded-Proto`,
//! `X-Forwarded-Host`, `X-Forwarded-Prefix`, or `Forwarded`); else the scheme and the `Host` that the request came with.
//!
//! A handler takes it as an argument, where it needs one:
//!
//! ```ignore
//! async fn show(address: Address) -> Response {
//!     address.base();              // https://docs.example.com/below
//!     address.path();              // /below
//!     address.at("/mcp");          // https://docs.example.com/below/mcp
//!     address.path_of("/search");  // /below/search, for links within docent's own pages
//!     address.url();               // the same as a `PublicUrl`, which tells who can reach it
//! }
//! ```
//!
//! or, from the head of a request that was taken apart, [`Address::of`]. It is worked out when it is asked for, so whoever does not
//! ask pays nothing. Requests come to handlers without the base path, whether the proxy has taken it off or not.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request},
    http::{Extensions, HeaderMap, Uri, header, request::Parts, uri::Authority},
};

use super::{app::Side, forwarded};
use crate::config::PublicUrl;

/// Where docent is found.
#[derive(Debug, Clone)]
pub(super) struct Address(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    url: PublicUrl,
    base: String,
    is_path_known: bool,
}

/// What addresses are made of, beside the request.
#[derive(Debug)]
pub(super) struct Addresses {
    url: Option<Address>,
    scheme: &'static str,
}

/// The request comes from a trusted proxy, which is believed when it says for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proxied;

impl Addresses {
    pub(super) fn new(url: Option<&PublicUrl>, side: Side) -> Self {
        Self {
            url: url.cloned().map(Address::told),
            scheme: match side {
                Side::Plain => "http",
                Side::Https => "https",
            },
        }
    }
}

impl Address {
    /// The address that the client of a request knows docent by.
    ///
    /// The guard has let its names through, and has put the [`Addresses`] into it.
    pub(super) fn of(head: &Parts) -> Self {
        Self::asked(&head.uri, &head.headers, &head.extensions)
    }

    /// The same for one that was not taken apart.
    pub(super) fn of_request(request: &Request) -> Self {
        Self::asked(request.uri(), request.headers(), request.extensions())
    }

    fn asked(uri: &Uri, headers: &HeaderMap, extensions: &Extensions) -> Self {
        let addresses = extensions.get::<Arc<Addresses>>();
        if let Some(url) = addresses.and_then(|addresses| addresses.url.as_ref()) {
            return url.clone();
        }
        let said = match extensions.get::<Proxied>() {
            Some(Proxied) => forwarded::address(headers),
            None => forwarded::Address::default(),
        };
        let host = said
            .host
            .or_else(|| uri.authority().map(Authority::as_str))
            .or_else(|| headers.get(header::HOST)?.to_str().ok())
            .unwrap_or(NOBODY);
        let scheme = addresses.map_or("http", |addresses| addresses.scheme);
        let scheme = said.scheme.unwrap_or(scheme);
        let prefix = said.prefix.unwrap_or_default();
        let url = format!("{scheme}://{host}{prefix}").parse();
        match url.or_else(|_| format!("{scheme}://{NOBODY}").parse()) {
            Ok(url) => Self::new(url, said.prefix.is_some()),
            Err(_) => unreachable!("{NOBODY} is a host"),
        }
    }

    /// One that is known whoever asks.
    pub(super) fn told(url: PublicUrl) -> Self {
        Self::new(url, true)
    }

    fn new(url: PublicUrl, is_path_known: bool) -> Self {
        Self(Arc::new(Parsed {
            base: url.to_string(),
            url,
            is_path_known,
        }))
    }

    /// `https://docs.example.com/below`: no slash at its end.
    pub(super) fn base(&self) -> &str {
        &self.0.base
    }

    /// What paths begin with: `/below`, or nothing.
    pub(super) fn path(&self) -> &str {
        self.0.url.path()
    }

    /// The same where it is known for sure; `None` where a proxy may have taken a path off without a word.
    pub(super) fn known_path(&self) -> Option<&str> {
        self.0.is_path_known.then(|| self.path())
    }

    /// The address of something of docent's: `path` begins with a slash.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    /// The same for a link from one of docent's own pages.
    pub(super) fn path_of(&self, path: &str) -> String {
        format!("{}{path}", self.path())
    }

    /// Its parts, and who can reach it.
    pub(super) fn url(&self) -> &PublicUrl {
        &self.0.url
    }
}

/// Who asks without a name asks on this machine.
const NOBODY: &str = "localhost";

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(head))
    }
}

#[cfg(test)]
mod tests {
    use axum::http;

    use super::*;

    /// What the client of a request is told.
    fn told(
        url: Option<&str>,
        side: Side,
        proxied: bool,
        uri: &str,
        headers: &[(&str, &str)],
    ) -> Address {
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        let url = url.map(|url| url.parse().unwrap());
        let addresses = Arc::new(Addresses::new(url.as_ref(), side));
        request.extensions_mut().insert(addresses);
        if proxied {
            request.extensions_mut().insert(Proxied);
        }
        Address::of(&request.into_parts().0)
    }

    #[test]
    fn it_is_where_the_client_came_to() {
        let host = [("host", "Docs.example.com:8080")];
        for (side, uri, headers, base) in [
            (
                Side::Plain,
                "/mcp",
                &host[..],
                "http://docs.example.com:8080",
            ),
            (Side::Https, "/mcp", &host, "https://docs.example.com:8080"),
            (Side::Https, "https://[::1]/", &[], "https://[::1]"),
            (Side::Plain, "/", &[], "http://localhost"),
        ] {
            let address = told(None, side, false, uri, headers);
            assert_eq!((address.base(), address.path()), (base, ""));
            assert_eq!(address.known_path(), None);
        }
    }

    #[test]
    fn only_a_trusted_proxy_says_another() {
        let headers = [
            ("host", "127.0.0.1:8080"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "docs.example.com"),
            ("x-forwarded-prefix", "/below/"),
        ];
        let address = told(None, Side::Plain, true, "/mcp", &headers);
        assert_eq!(address.base(), "https://docs.example.com/below");
        assert_eq!(address.at("/mcp"), "https://docs.example.com/below/mcp");
        assert_eq!(address.path_of("/search"), "/below/search");
        assert_eq!(address.known_path(), Some("/below"));
        assert!(address.url().is_public_https());
        let address = told(None, Side::Plain, false, "/mcp", &headers);
        assert_eq!(address.base(), "http://127.0.0.1:8080");
        assert!(address.url().is_loopback());
        let address = told(None, Side::Plain, true, "/", &headers[..2]);
        assert_eq!(address.base(), "https://127.0.0.1:8080");
        let forwarded = [
            ("host", "127.0.0.1"),
            (
                "forwarded",
                "for=192.0.2.1;proto=https;host=docs.example.com",
            ),
        ];
        let address = told(None, Side::Plain, true, "/", &forwarded);
        assert_eq!(address.base(), "https://docs.example.com");
    }

    #[test]
    fn what_the_operator_says_goes_before_everything() {
        let url = Some("https://www.example.com/assistants/");
        let headers = [
            ("host", "127.0.0.1:8080"),
            ("x-forwarded-host", "docs.example.com"),
            ("x-forwarded-prefix", "/elsewhere"),
        ];
        let address = told(url, Side::Plain, true, "/mcp", &headers);
        assert_eq!(address.base(), "https://www.example.com/assistants");
        assert_eq!(address.known_path(), Some("/assistants"));
        let root = told(Some("https://a.example"), Side::Https, false, "/", &headers);
        assert_eq!((root.path(), root.known_path()), ("", Some("")));
    }
}
