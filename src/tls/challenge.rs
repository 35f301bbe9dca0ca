//! Answers to TLS-ALPN-01 challenges (RFC 8737): a certificate made for one handshake.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{CertificateParams, CustomExtension, KeyPair, SanType};
use rustls::{ServerConfig, pki_types::PrivateKeyDer, sign::CertifiedKey};

use super::parameters;
use crate::{
    config::Identifier,
    state::{Challenges, KEY_AUTHORIZATION_DIGEST_LEN},
};

/// What to answer an authority that asks for a name; `None` where no answer is waiting for it.
///
/// The name need not be one of the configuration's: an order may be under way for one that has only
/// just been added to it.
pub(super) fn answer(server_name: &str, challenges: &Challenges) -> Option<ServerConfig> {
    let identifier = identifier(server_name);
    let digest = challenges.tls_alpn(&identifier)?;
    match certificate(&identifier, &digest) {
        Ok(config) => {
            tracing::info!(%identifier, "answering a tls-alpn-01 challenge");
            Some(config)
        }
        Err(error) => {
            tracing::error!(%identifier, error, "no certificate for a tls-alpn-01 challenge");
            None
        }
    }
}

/// What a server name stands for: an authority that checks an address asks for the name it has in
/// the reverse zone (RFC 8738, section 6).
fn identifier(server_name: &str) -> Identifier {
    let name = server_name.to_ascii_lowercase();
    match reverse(&name) {
        Some(address) => Identifier::Ip(address),
        None => Identifier::Dns(name),
    }
}

fn reverse(name: &str) -> Option<IpAddr> {
    if let Some(labels) = name.strip_suffix(".in-addr.arpa") {
        let mut octets = [0; 4];
        let mut labels = labels.split('.');
        for octet in octets.iter_mut().rev() {
            *octet = labels.next()?.parse().ok()?;
        }
        return labels
            .next()
            .is_none()
            .then(|| Ipv4Addr::from(octets).into());
    }
    let labels = name.strip_suffix(".ip6.arpa")?;
    let mut address = 0;
    let mut count = 0;
    for (place, label) in labels.split('.').enumerate().take(33) {
        let &[digit] = label.as_bytes() else {
            return None;
        };
        let digit = char::from(digit).to_digit(16)?;
        address |= u128::from(digit).checked_shl(u32::try_from(place * 4).ok()?)?;
        count += 1;
    }
    (count == 32).then(|| Ipv6Addr::from(address).into())
}

/// A certificate for the identifier alone, with the digest in the critical extension acmeIdentifier
/// (RFC 8737, section 3), signed by itself.
fn certificate(
    identifier: &Identifier,
    digest: &[u8; KEY_AUTHORIZATION_DIGEST_LEN],
) -> Result<ServerConfig, String> {
    let said = |error: rcgen::Error| error.to_string();
    let key = KeyPair::generate().map_err(said)?;
    let mut parameters = CertificateParams::default();
    parameters.subject_alt_names = vec![match identifier {
        Identifier::Dns(name) => SanType::DnsName(name.as_str().try_into().map_err(said)?),
        Identifier::Ip(address) => SanType::IpAddress(*address),
    }];
    parameters.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let certificate = parameters.self_signed(&key).map_err(said)?;
    let said = |error: rustls::Error| error.to_string();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let key = parameters::provider()
        .key_provider
        .load_private_key(key)
        .map_err(said)?;
    // `from_der` would refuse the critical extension.
    let pair = CertifiedKey::new(vec![certificate.der().clone()], key);
    parameters::challenge(pair).map_err(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_asked_for_by_their_name_in_the_reverse_zone() {
        let v6 = "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
        for (name, expected) in [
            ("192.168.10.203.in-addr.arpa", "203.10.168.192"),
            ("1.0.0.127.IN-ADDR.arpa", "127.0.0.1"),
            (v6, "2001:db8::567:89ab"),
            ("Docs.Example.Com", "docs.example.com"),
            ("1.0.0.127.5.in-addr.arpa", "1.0.0.127.5.in-addr.arpa"),
            ("0.0.127.in-addr.arpa", "0.0.127.in-addr.arpa"),
            ("1.0.0.256.in-addr.arpa", "1.0.0.256.in-addr.arpa"),
            ("1.0.ip6.arpa", "1.0.ip6.arpa"),
        ] {
            assert_eq!(identifier(name).to_string(), expected, "{name}");
        }
        let long = format!("0.{v6}");
        assert_eq!(identifier(&long), Identifier::Dns(long));
    }
}
