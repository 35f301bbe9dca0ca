//! Who is believed: the verification of chains, and handshakes that go on whatever it says.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// The authorities that are trusted.
#[derive(Debug)]
pub(super) struct Trust {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    is_public: bool,
}

impl Trust {
    /// `None`: the authorities that browsers trust.
    pub(super) fn new(roots: Option<RootCertStore>) -> Self {
        let is_public = roots.is_none();
        let public = || RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        Self {
            roots: Arc::new(roots.unwrap_or_else(public)),
            // Named, since a default of the whole process is for the process to choose.
            provider: Arc::new(ring::default_provider()),
            is_public,
        }
    }

    /// Whether they are those that everybody trusts.
    pub(super) fn is_public(&self) -> bool {
        self.is_public
    }

    /// Verifies a chain, and nothing but the chain, as a client that has never seen one of its
    /// certificates.
    pub(super) fn verify(
        &self,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        at: SystemTime,
    ) -> Result<(), Error> {
        let roots = Arc::clone(&self.roots);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&self.provider)).build();
        // It has roots, or it would not have been made.
        let verifier = verifier.map_err(|error| Error::General(error.to_string()))?;
        let (leaf, above) = chain.split_first().ok_or(Error::NoCertificatesPresented)?;
        let since = at.duration_since(SystemTime::UNIX_EPOCH);
        let at = UnixTime::since_unix_epoch(since.unwrap_or(Duration::ZERO));
        verifier
            .verify_server_cert(leaf, above, name, &[], at)
            .map(|_| ())
    }

    /// A handshake that takes whatever certificate there is, and notes it. Nothing secret is sent over
    /// such a connection.
    pub(super) fn handshake(&self) -> Result<(Arc<ClientConfig>, Arc<Recorder>), Error> {
        let recorder = Arc::new(Recorder {
            chain: Mutex::default(),
            algorithms: self.provider.signature_verification_algorithms,
        });
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&recorder) as _)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok((Arc::new(config), recorder))
    }
}

/// Notes the chain of a handshake and accepts it.
#[derive(Debug)]
pub(super) struct Recorder {
    chain: Mutex<Vec<CertificateDer<'static>>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Recorder {
    /// What was presented, the server's own certificate first.
    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.clone()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let own = |der: &CertificateDer<'_>| der.clone().into_owned();
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        *chain = std::iter::once(leaf).chain(above).map(own).collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
