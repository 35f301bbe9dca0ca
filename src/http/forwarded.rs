//! Whose request a proxy brings, and by what address the client knows docent: `X-Forwarded-*`, or `Forwarded` (RFC 7239).
//!
//! Asked only where the peer is a trusted proxy.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

use crate::config::TrustedProxies;

/// The client that a trusted proxy names: the last address that is not itself of a trusted proxy, as whatever
/// stands before it may have been written by the client.
///
/// `Forwarded` counts only where there is no `X-Forwarded-For`: most proxies write the latter, and pass on what
/// their clients write in the other.
pub(super) fn client(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
    let values = |name| headers.get_all(name).iter().rev();
    if headers.contains_key(X_FORWARDED_FOR) {
        let elements =
            values(X_FORWARDED_FOR).flat_map(|value| value.to_str().unwrap_or("").rsplit(','));
        return last_foreign(elements.map(ip_address), proxies);
    }
    let elements =
        values(header::FORWARDED).flat_map(|value| value.to_str().unwrap_or("").rsplit(','));
    last_foreign(
        elements.map(|element| ip_address(parameter(element, "for")?)),
        proxies,
    )
}

/// By what address the client of a trusted proxy knows docent, as far as the proxy says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// `http` or `https`.
    pub(super) scheme: Option<&'static str>,
    /// A name with or without a port. To be checked like `Host`.
    pub(super) host: Option<&'a str>,
    /// The path that the proxy has taken off, without a slash at its end.
    pub(super) prefix: Option<&'a str>,
}

/// What the nearest proxy says, which is the last of several elements: those before it may have been written by the client.
///
/// What it does not say in a header of its own is looked for in `Forwarded`, as with [`client`].
pub(super) fn address(headers: &HeaderMap) -> Address<'_> {
    const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
    const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
    const PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
    let scheme = |text: &str| {
        let known = ["https", "http"];
        known
            .into_iter()
            .find(|known| text.eq_ignore_ascii_case(known))
    };
    let forwarded = last(headers, header::FORWARDED);
    Address {
        scheme: match last(headers, PROTO) {
            Some(text) => scheme(text),
            None => forwarded
                .and_then(|element| parameter(element, "proto"))
                .and_then(scheme),
        },
        host: last(headers, HOST)
            .or_else(|| parameter(forwarded?, "host"))
            .filter(|host| !host.is_empty()),
        prefix: last(headers, PREFIX).and_then(path),
    }
}

/// The last element of a list, which may stand in several headers.
fn last(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let last = headers.get_all(name).iter().next_back()?;
    let last = last.to_str().ok()?.rsplit(',').next()?.trim();
    (!last.is_empty()).then_some(last)
}

/// A path that links can begin with: plain segments, and so nothing that would mean another host, or end an
/// attribute.
fn path(text: &str) -> Option<&str> {
    let path = text.trim_end_matches('/');
    let is_plain = path.split('/').skip(1).all(|segment| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
        !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
    });
    let is_path = path.is_empty() || path.starts_with('/');
    (is_path && is_plain && path.len() <= MAX_PATH).then_some(path)
}

const MAX_PATH: usize = 256;

/// An element that names no address hides who stands before it.
fn last_foreign(
    addresses: impl Iterator<Item = Option<IpAddr>>,
    proxies: &TrustedProxies,
) -> Option<IpAddr> {
    let mut nearest = None;
    for address in addresses {
        let Some(address) = address else { break };
        nearest = Some(address);
        if !proxies.include(address) {
            break;
        }
    }
    nearest
}

/// What a parameter of an element of `Forwarded` says.
fn parameter<'a>(element: &'a str, wanted: &str) -> Option<&'a str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case(wanted)
            .then(|| value.trim().trim_matches('"'))
    })
}

/// An address, with or without a port, in brackets where it is IPv6 and has one.
fn ip_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(headers: &[(&'static str, &str)]) -> Option<String> {
        let proxies = TrustedProxies {
            networks: vec!["10.0.0.0/8".parse().unwrap()],
            unix: false,
        };
        client(&map(headers), &proxies).map(|address| address.to_string())
    }

    fn map(headers: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        map
    }

    #[test]
    fn the_nearest_proxy_says_the_address() {
        for (headers, scheme, host, prefix) in [
            (&[][..], None, None, None),
            (
                &[
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "docs.example.com:8443"),
                    ("x-forwarded-prefix", "/below/"),
                ],
                Some("https"),
                Some("docs.example.com:8443"),
                Some("/below"),
            ),
            (
                &[
                    ("x-forwarded-proto", "http, HTTPS"),
                    ("x-forwarded-host", "evil.example, docs.example.com"),
                    ("x-forwarded-prefix", "/evil"),
                    ("x-forwarded-prefix", "/a/b-c.d~e%20f"),
                ],
                Some("https"),
                Some("docs.example.com"),
                Some("/a/b-c.d~e%20f"),
            ),
            (
                &[(
                    "forwarded",
                    "for=6.6.6.6;host=evil.example, for=192.0.2.1;Proto=https;host=\"[2001:db8::1]:8443\"",
                )],
                Some("https"),
                Some("[2001:db8::1]:8443"),
                None,
            ),
            (
                &[
                    ("forwarded", "proto=http;host=evil.example"),
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "docs.example.com"),
                ],
                Some("https"),
                Some("docs.example.com"),
                None,
            ),
            (
                &[
                    ("x-forwarded-proto", "javascript"),
                    ("x-forwarded-host", ""),
                    ("x-forwarded-prefix", "/"),
                ],
                None,
                None,
                Some(""),
            ),
        ] {
            let expected = Address {
                scheme,
                host,
                prefix,
            };
            assert_eq!(address(&map(headers)), expected, "{headers:?}");
        }
        let long = "/a".repeat(MAX_PATH);
        for prefix in [
            "//evil.example",
            "/a//b",
            "below",
            "https://evil.example",
            "/a/../b",
            "/a\"onclick=",
            "/a<b",
            "/a?b",
            "/a#b",
            "/a b",
            "/\\evil.example",
            &long,
        ] {
            let headers = map(&[("x-forwarded-prefix", prefix)]);
            assert_eq!(address(&headers).prefix, None, "{prefix}");
        }
    }

    #[test]
    fn the_last_address_that_is_no_proxys_counts() {
        for (headers, expected) in [
            (&[("x-forwarded-for", "192.0.2.1")][..], Some("192.0.2.1")),
            (
                &[("x-forwarded-for", "6.6.6.6, 192.0.2.1")],
                Some("192.0.2.1"),
            ),
            (
                &[("x-forwarded-for", "6.6.6.6, 192.0.2.1, 10.1.1.1")],
                Some("192.0.2.1"),
            ),
            (
                &[
                    ("x-forwarded-for", "6.6.6.6"),
                    ("x-forwarded-for", "192.0.2.1:5,10.1.1.1"),
                ],
                Some("192.0.2.1"),
            ),
            (
                &[("x-forwarded-for", "6.6.6.6, unknown, 10.1.1.1")],
                Some("10.1.1.1"),
            ),
            (
                &[("x-forwarded-for", "[2001:db8::1]:443")],
                Some("2001:db8::1"),
            ),
            (&[("x-forwarded-for", "2001:db8::1")], Some("2001:db8::1")),
            (
                &[("x-forwarded-for", "::ffff:192.0.2.1")],
                Some("192.0.2.1"),
            ),
            (
                &[(
                    "forwarded",
                    "for=6.6.6.6, For=\"[2001:db8::1]:47\";proto=https",
                )],
                Some("2001:db8::1"),
            ),
            (
                &[("forwarded", "for=192.0.2.1;by=10.1.1.1, for=10.1.1.1")],
                Some("192.0.2.1"),
            ),
            (&[("forwarded", "for=_hidden")], None),
            (
                &[
                    ("forwarded", "for=6.6.6.6"),
                    ("x-forwarded-for", "192.0.2.1"),
                ],
                Some("192.0.2.1"),
            ),
            (&[("x-forwarded-for", "")], None),
            (&[], None),
        ] {
            assert_eq!(told(headers).as_deref(), expected, "{headers:?}");
        }
    }
}
