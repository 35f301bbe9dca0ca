//! Who can reach an address: what decides which assistants can use it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::PublicUrl;

/// Who can reach an address, as far as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Programs on the same machine.
    Machine,
    /// Whoever is in the same network.
    Network,
    /// Everybody, unencrypted: no assistant in the cloud connects so.
    Unencrypted,
    /// Everybody, at this port of HTTPS.
    Everybody(u16),
}

/// Ends of names that only a network of one's own resolves (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
const PRIVATE: [&str; 8] = [
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".home.arpa",
    ".test",
    ".alt",
];

impl Reach {
    /// Of an address.
    pub fn of(url: &PublicUrl) -> Self {
        let host = url.authority().host();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let host = host.trim_end_matches('.');
        if host == "localhost" || host.ends_with(".localhost") {
            return Self::Machine;
        }
        let is_private = match host.parse::<IpAddr>() {
            Ok(address) if address.to_canonical().is_loopback() => return Self::Machine,
            Ok(address) => is_private(address.to_canonical()),
            Err(_) => !host.contains('.') || PRIVATE.iter().any(|end| host.ends_with(end)),
        };
        if is_private {
            Self::Network
        } else if url.is_https() {
            Self::Everybody(url.authority().port_u16().unwrap_or(443))
        } else {
            Self::Unencrypted
        }
    }
}

fn is_private(address: IpAddr) -> bool {
    const SHARED: (Ipv4Addr, u32) = (Ipv4Addr::new(100, 64, 0, 0), 10);
    match address {
        IpAddr::V4(address) => {
            let is_shared = (address.to_bits() ^ SHARED.0.to_bits()) >> (32 - SHARED.1) == 0;
            address.is_private() || address.is_link_local() || address.is_unspecified() || is_shared
        }
        IpAddr::V6(address) => {
            address == Ipv6Addr::UNSPECIFIED
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_who_can_reach_it() {
        for (url, reach) in [
            ("http://127.0.0.1:8080", Reach::Machine),
            ("http://[::1]:8080/docs", Reach::Machine),
            ("https://localhost", Reach::Machine),
            ("http://docs.localhost", Reach::Machine),
            ("http://10.1.2.3", Reach::Network),
            ("http://100.64.0.1", Reach::Network),
            ("https://[fd00::1]", Reach::Network),
            ("https://intranet", Reach::Network),
            ("https://docs.corp.internal", Reach::Network),
            ("https://docs.local", Reach::Network),
            ("http://docs.example.com", Reach::Unencrypted),
            ("http://100.128.0.1", Reach::Unencrypted),
            ("https://docs.example.com", Reach::Everybody(443)),
            (
                "https://docs.example.com:8443/below",
                Reach::Everybody(8443),
            ),
            ("https://local.example.com", Reach::Everybody(443)),
        ] {
            assert_eq!(Reach::of(&url.parse().unwrap()), reach, "{url}");
        }
    }
}
