//! Addresses and networks of other machines.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

/// An address, or all that begin with the same bits: `192.0.2.7`, `160.79.104.0/21`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// The bits that count.
    prefix: u8,
}

/// Why a text names no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Neither an address nor an address and a number of bits.
    #[error("not an address or a network such as 192.0.2.0/24")]
    Form,
    /// The network of these bits begins at another address.
    #[error("the network of this address and as many bits begins at {0}")]
    Start(IpAddr),
}

impl Network {
    /// Whether every address of its kind is in it.
    pub fn is_everybody(&self) -> bool {
        self.prefix == 0
    }

    /// One that is known to be right.
    pub(super) const fn v4(address: [u8; 4], prefix: u8) -> Self {
        let [a, b, c, d] = address;
        Self {
            address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
            prefix,
        }
    }

    /// Whether an address is in it. An IPv4 address that is written as one of IPv6 is that IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (address.to_canonical(), self.address) {
            (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => {
                first(address.to_canonical(), self.prefix) == self.address
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Form)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => most,
            Some(prefix) if prefix.bytes().all(|b| b.is_ascii_digit()) => prefix
                .parse()
                .ok()
                .filter(|prefix| *prefix <= most)
                .ok_or(NetworkError::Form)?,
            Some(_) => return Err(NetworkError::Form),
        };
        match first(address, prefix) {
            first if first == address => Ok(Self { address, prefix }),
            first => Err(NetworkError::Start(first)),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The first address with the same `prefix` bits.
fn first(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

/// The proxies that are believed when they say whose request they bring.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    /// By their addresses.
    pub networks: Vec<Network>,
    /// Whoever connects to a unix socket.
    pub unix: bool,
}

impl TrustedProxies {
    /// Whether one of them has this address.
    pub fn include(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        for (network, inside, outside) in [
            ("160.79.104.0/21", "160.79.111.255", "160.79.112.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("192.0.2.7", "::ffff:192.0.2.7", "::192.0.2.7"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert!(
                parsed.contains(inside.parse().unwrap()),
                "{network} {inside}"
            );
            assert!(
                !parsed.contains(outside.parse().unwrap()),
                "{network} {outside}"
            );
        }
        for wrong in [
            "",
            "here",
            "192.0.2.0/33",
            "::/129",
            "192.0.2.0/",
            "192.0.2.0/+8",
            "1.2.3.4/8/8",
        ] {
            assert_eq!(wrong.parse::<Network>(), Err(NetworkError::Form), "{wrong}");
        }
        let start = "192.0.2.0".parse().unwrap();
        assert_eq!(
            "192.0.2.9/24".parse::<Network>(),
            Err(NetworkError::Start(start))
        );
    }
}
