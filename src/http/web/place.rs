//! Where a page is seen: the addresses in it.

use axum::extract::Request;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::address::Address;
use crate::config::PublicUrl;

/// Where docent is found by whoever asks.
#[derive(Debug, Clone)]
pub(in crate::http) struct Place(Address);

impl Place {
    /// By the address that the client of a request knows docent by.
    pub(in crate::http) fn of(request: &Request) -> Self {
        Self(Address::of_request(request))
    }

    /// By an address that is known.
    pub(in crate::http) fn at(address: &Address) -> Self {
        Self(address.clone())
    }

    /// What a link to one of docent's own routes says, such as `/mcp`: a path from the root of the origin.
    pub(in crate::http) fn href(&self, route: &str) -> String {
        self.0.path_of(route)
    }

    /// The same for whoever reads it elsewhere.
    pub(in crate::http) fn url(&self, route: &str) -> String {
        self.0.at(route)
    }

    /// The address of the first page.
    pub(super) fn public_url(&self) -> &PublicUrl {
        self.0.url()
    }
}

/// What stands in a path as it is (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value as it stands in a query or a fragment.
pub(in crate::http) fn in_query(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The route of a search.
pub(in crate::http) fn search_route(query: &str) -> String {
    format!("/search?q={}", utf8_percent_encode(query, RESERVED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_path_that_everything_is_below() {
        let place = Place(Address::told(
            "https://docs.example.com/ask".parse().unwrap(),
        ));
        assert_eq!(place.href("/mcp"), "/ask/mcp");
        assert_eq!(place.url("/mcp"), "https://docs.example.com/ask/mcp");
        assert_eq!(place.href("/"), "/ask/");
    }

    #[test]
    fn a_search_is_for_any_words() {
        assert_eq!(search_route("a & b=é"), "/search?q=a%20%26%20b%3D%C3%A9");
    }
}
