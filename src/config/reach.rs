//! Which names and addresses the whole internet knows.

use std::net::IpAddr;

use super::certificate::Identifier;

/// Whether an authority that everybody trusts can issue for it: a name that the whole internet can
/// resolve, or an address that it can reach.
pub(super) fn is_public(name: &Identifier) -> bool {
    match name {
        Identifier::Dns(name) => {
            let last = name.rsplit('.').next().unwrap_or_default();
            name.contains('.') && !RESERVED.contains(&last)
        }
        Identifier::Ip(IpAddr::V4(address)) => {
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_broadcast())
        }
        Identifier::Ip(IpAddr::V6(address)) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local())
        }
    }
}

/// Top-level domains that are nobody's (RFC 2606, RFC 6761, RFC 6762, RFC 7686, RFC 8375; `internal`
/// by ICANN's decision of 2024).
const RESERVED: [&str; 8] = [
    "arpa",
    "example",
    "internal",
    "invalid",
    "local",
    "localhost",
    "onion",
    "test",
];
