//! Revoking a certificate (RFC 8555, section 7.6).

use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, pem::PemObject as _};
use serde_json::{Value, json};

use super::{
    account::Account,
    client::{Client, Repeat},
    error::Error,
    jws::{KeyId, SigningKey, base64url},
};

/// Why a certificate is revoked (RFC 5280, section 5.3.1): the reasons that authorities accept
/// from those who hold a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RevocationReason {
    /// None given.
    #[default]
    Unspecified,
    /// Somebody else may have the private key.
    KeyCompromise,
    /// The holder is somebody else now.
    AffiliationChanged,
    /// A newer certificate has taken its place.
    Superseded,
    /// The names are not served any more.
    CessationOfOperation,
}

impl RevocationReason {
    /// Every reason with its name in X.509.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("unspecified", Self::Unspecified),
        ("keyCompromise", Self::KeyCompromise),
        ("affiliationChanged", Self::AffiliationChanged),
        ("superseded", Self::Superseded),
        ("cessationOfOperation", Self::CessationOfOperation),
    ];

    fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
        }
    }
}

impl Account<'_> {
    /// Revokes a certificate that this account was issued. One that is revoked already is a
    /// success.
    ///
    /// # Errors
    /// Where the authority refuses.
    pub async fn revoke(
        &mut self,
        certificate: &CertificateDer<'_>,
        reason: RevocationReason,
    ) -> Result<(), Error> {
        let url = revocation_url(self.client)?.to_owned();
        let payload = payload(certificate, reason);
        settled(self.post(&url, &payload, Repeat::Safe).await)
    }
}

impl Client {
    /// Revokes a certificate by its own private key, where the account is not there any more.
    /// One that is revoked already is a success.
    ///
    /// # Errors
    /// Where the authority refuses, or the key is none.
    pub async fn revoke_by_key(
        &self,
        certificate: &CertificateDer<'_>,
        key_pem: &str,
        reason: RevocationReason,
    ) -> Result<(), Error> {
        let url = revocation_url(self)?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(key_pem.as_bytes())
            .ok()
            .and_then(|der| SigningKey::from_pkcs8(der.secret_pkcs8_der()))
            .ok_or(Error::Crypto("reading the certificate's private key"))?;
        let payload = payload(certificate, reason);
        settled(
            self.post(&key, &KeyId::Key, url, &payload, Repeat::Safe)
                .await,
        )
    }
}

fn revocation_url(client: &Client) -> Result<&str, Error> {
    let url = client.directory.revoke_cert.as_deref();
    url.ok_or_else(|| Error::Unsupported {
        host: client.host().to_owned(),
        function: "revocation",
    })
}

fn payload(certificate: &CertificateDer<'_>, reason: RevocationReason) -> Value {
    json!({ "certificate": base64url(certificate), "reason": reason.code() })
}

fn settled<T>(result: Result<T, Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.is("alreadyRevoked") => Ok(()),
        other => other.map(drop),
    }
}
