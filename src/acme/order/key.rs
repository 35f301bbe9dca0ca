//! A certificate's private key, and the request for its certificate (RFC 2986).

use std::fmt;

use rcgen::{
    CertificateParams, DistinguishedName, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PKCS_RSA_SHA256, PublicKeyData as _, SanType,
};
use ring::rand::{SecureRandom as _, SystemRandom};
use rsa::{
    RsaPrivateKey,
    pkcs8::EncodePrivateKey as _,
    rand_core::{TryCryptoRng, TryRng, UnwrapErr},
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

use crate::config::{Identifier, KeyType};

use super::super::error::Error;

/// A new private key.
pub(super) struct CertificateKey(KeyPair);

impl CertificateKey {
    /// RSA takes seconds of computing, which happen beside the runtime.
    pub(super) async fn generate(kind: KeyType) -> Result<Self, Error> {
        let failed = || Error::Crypto("the generation of a key");
        tokio::task::spawn_blocking(move || match kind {
            KeyType::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).ok(),
            KeyType::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).ok(),
            KeyType::Rsa2048 => rsa(2048),
            KeyType::Rsa3072 => rsa(3072),
            KeyType::Rsa4096 => rsa(4096),
        })
        .await
        .ok()
        .flatten()
        .map(Self)
        .ok_or_else(failed)
    }

    /// A request for a certificate of these names, DER. It names them only as alternative names:
    /// a common name is no use to anyone any more.
    pub(super) fn request(&self, names: &[Identifier]) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Crypto("the signature of a certificate request");
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.subject_alt_names = names
            .iter()
            .map(|name| match name {
                Identifier::Dns(name) => Ok(SanType::DnsName(name.as_str().try_into()?)),
                Identifier::Ip(address) => Ok(SanType::IpAddress(*address)),
            })
            .collect::<Result<_, rcgen::Error>>()
            .map_err(failed)?;
        let request = params.serialize_request(&self.0).map_err(failed)?;
        Ok(request.der().to_vec())
    }

    pub(super) fn pem(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.serialize_pem())
    }

    /// The public key as it stands in a certificate, DER.
    pub(super) fn subject_public_key_info(&self) -> Vec<u8> {
        self.0.subject_public_key_info()
    }
}

/// ring signs with RSA keys but makes none.
fn rsa(bits: usize) -> Option<KeyPair> {
    let key = RsaPrivateKey::new(&mut UnwrapErr(Random(SystemRandom::new())), bits).ok()?;
    let der = key.to_pkcs8_der().ok()?;
    let der = PrivatePkcs8KeyDer::from(der.as_bytes());
    KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_RSA_SHA256).ok()
}

/// The operating system's randomness, for the `rsa` crate.
struct Random(SystemRandom);

/// The operating system has no randomness, which it always has.
#[derive(Debug)]
struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the operating system gives no random numbers")
    }
}

impl std::error::Error for NoRandomness {}

impl TryRng for Random {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_ne_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fill(bytes).map_err(|_| NoRandomness)
    }
}

impl TryCryptoRng for Random {}
