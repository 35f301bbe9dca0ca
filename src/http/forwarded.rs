//! Whose request a proxy brings: `X-Forwarded-For`, or `Forwarded` (RFC 7239).

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
        return last_foreign(elements.map(address), proxies);
    }
    let elements =
        values(header::FORWARDED).flat_map(|value| value.to_str().unwrap_or("").rsplit(','));
    last_foreign(elements.map(|element| address(node(element)?)), proxies)
}

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

/// What stands in `for=` of an element of `Forwarded`.
fn node(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim().trim_matches('"'))
    })
}

/// An address, with or without a port, in brackets where it is IPv6 and has one.
fn address(text: &str) -> Option<IpAddr> {
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
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        client(&map, &proxies).map(|address| address.to_string())
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
