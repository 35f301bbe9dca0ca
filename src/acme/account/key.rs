//! An account's private key: P-256, which every authority takes.

use instant_acme::Key;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use super::super::{error::Error, signed::SigningKey};

/// An account's private key.
pub(super) struct AccountKey {
    pkcs8: Zeroizing<Vec<u8>>,
}

impl AccountKey {
    pub(super) fn generate() -> Result<Self, Error> {
        let (_, pkcs8) =
            Key::generate_pkcs8().map_err(|_| Error::Crypto("the generation of a key"))?;
        Self::from_pkcs8(pkcs8).ok_or(Error::Crypto("the generation of a key"))
    }

    /// `None` where it is not a P-256 key.
    pub(super) fn from_pkcs8(der: PrivatePkcs8KeyDer<'_>) -> Option<Self> {
        let pkcs8 = Zeroizing::new(der.secret_pkcs8_der().to_vec());
        Key::from_pkcs8_der(der).ok()?;
        Some(Self { pkcs8 })
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// For instant-acme.
    pub(super) fn der(&self) -> PrivatePkcs8KeyDer<'static> {
        self.pkcs8.to_vec().into()
    }

    /// For instant-acme, where it wants the key in two forms.
    pub(super) fn both(&self) -> (Key, PrivateKeyDer<'static>) {
        let key = Key::from_pkcs8_der(self.der()).expect("it was read when this was made");
        (key, self.der().into())
    }

    /// For the requests that instant-acme does not make.
    pub(super) fn signing(&self) -> Result<SigningKey, Error> {
        SigningKey::from_pkcs8(&self.pkcs8).ok_or(Error::Crypto("reading a key"))
    }
}
