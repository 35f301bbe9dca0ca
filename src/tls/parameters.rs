//! Protocol versions, protocols above TLS, and resumption.

use std::sync::Arc;

use rustls::{
    ServerConfig, SupportedCipherSuite,
    crypto::{
        CryptoProvider,
        ring::{self, cipher_suite},
    },
    server::{NoServerSessionStorage, ServerSessionMemoryCache},
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};

/// The protocol of a TLS-ALPN-01 challenge (RFC 8737, section 4).
pub(super) const ACME_TLS: &[u8] = b"acme-tls/1";

/// Sessions that are remembered for clients of TLS 1.2 that know no tickets.
const SESSIONS: usize = 1024;

/// The cryptography, passed along everywhere: nothing depends on a default of the process.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        cipher_suites: CIPHER_SUITES.to_vec(),
        ..ring::default_provider()
    })
}

/// All have forward secrecy and authenticate what they encrypt. AES with 128 bits comes first: nothing is
/// known to break it, and it is the fastest.
const CIPHER_SUITES: [SupportedCipherSuite; 9] = [
    cipher_suite::TLS13_AES_128_GCM_SHA256,
    cipher_suite::TLS13_AES_256_GCM_SHA384,
    cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// The parameters of connections that carry HTTP, with a certificate.
///
/// Made anew with each certificate, and so are the keys of its tickets: a client with a ticket from
/// before has to look at the new certificate.
pub(super) fn serving(key: CertifiedKey) -> Result<ServerConfig, rustls::Error> {
    let mut config = with(key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = ring::Ticketer::new()?;
    config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
    Ok(config)
}

/// The parameters of a handshake with an authority that asks a TLS-ALPN-01 challenge: without session
/// tickets, since it has nothing to come back for.
pub(super) fn challenge(key: CertifiedKey) -> Result<ServerConfig, rustls::Error> {
    let mut config = with(key)?;
    config.alpn_protocols = vec![ACME_TLS.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

fn with(key: CertifiedKey) -> Result<ServerConfig, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13, &TLS12])?;
    let resolver = Arc::new(SingleCertAndKey::from(key));
    let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
    // The order above is the one that counts, whatever a client has been set to.
    config.ignore_client_order = true;
    Ok(config)
}
