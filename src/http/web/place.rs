//! Where a page is seen: the addresses in it.

use axum::{extract::Request, http::header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::app::Side;

/// Where docent is found by whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Place {
    /// Scheme, host and port, such as `https://docs.example.com`.
    origin: String,
    /// The path that everything is below: empty, or `/below` without a slash at its end.
    below: String,
}

impl Place {
    /// By the name that a request calls docent by. The guard has let it through, so it is one of docent's own.
    pub(in crate::http) fn of(request: &Request, side: Side) -> Self {
        let host = request
            .uri()
            .authority()
            .map(ToString::to_string)
            .or_else(|| {
                let host = request.headers().get(header::HOST)?;
                host.to_str().ok().map(ToOwned::to_owned)
            })
            .unwrap_or_else(|| "localhost".to_owned());
        let scheme = match side {
            Side::Plain => "http",
            Side::Https => "https",
        };
        Self {
            origin: format!("{scheme}://{host}"),
            below: String::new(),
        }
    }

    /// What a link to one of docent's own routes says, such as `/mcp`: a path from the root of the origin.
    pub(in crate::http) fn href(&self, route: &str) -> String {
        format!("{}{route}", self.below)
    }

    /// The same for whoever reads it elsewhere.
    pub(in crate::http) fn url(&self, route: &str) -> String {
        format!("{}{}{route}", self.origin, self.below)
    }
}

/// What stands in a path as it is (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The route of a search.
pub(in crate::http) fn search_route(query: &str) -> String {
    format!("/search?q={}", utf8_percent_encode(query, RESERVED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_path_that_everything_is_below() {
        let place = Place {
            origin: "https://docs.example.com".into(),
            below: "/ask".into(),
        };
        assert_eq!(place.href("/mcp"), "/ask/mcp");
        assert_eq!(place.url("/mcp"), "https://docs.example.com/ask/mcp");
        assert_eq!(place.href("/"), "/ask/");
    }

    #[test]
    fn a_search_is_for_any_words() {
        assert_eq!(search_route("a & b=é"), "/search?q=a%20%26%20b%3D%C3%A9");
    }
}
