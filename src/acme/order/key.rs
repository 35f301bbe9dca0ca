//! A certificate's private key, and the request for its certificate (RFC 2986).

use rcgen::{
    CertificateParams, DistinguishedName, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PublicKeyData as _, SanType,
};
use zeroize::Zeroizing;

use crate::config::{Identifier, KeyType};

use super::super::error::Error;

/// A new private key.
pub(super) struct CertificateKey(KeyPair);

impl CertificateKey {
    pub(super) fn generate(kind: KeyType) -> Result<Self, Error> {
        let algorithm = match kind {
            KeyType::P256 => &PKCS_ECDSA_P256_SHA256,
            KeyType::P384 => &PKCS_ECDSA_P384_SHA384,
        };
        KeyPair::generate_for(algorithm)
            .map(Self)
            .map_err(|_| Error::Crypto("the generation of a key"))
    }

    /// One that was written down by [`CertificateKey::pem`].
    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        KeyPair::from_pem(pem).ok().map(Self)
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
