//! Revoking a certificate (RFC 8555, section 7.6).

use instant_acme::RevocationRequest;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, pem::PemObject as _};
use serde_json::json;

use super::{
    account::Account,
    client::{Client, Repeat, persist},
    error::Error,
    signed::{KeyId, SigningKey},
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

    fn code(self) -> instant_acme::RevocationReason {
        use instant_acme::RevocationReason as Reason;
        match self {
            Self::Unspecified => Reason::Unspecified,
            Self::KeyCompromise => Reason::KeyCompromise,
            Self::AffiliationChanged => Reason::AffiliationChanged,
            Self::Superseded => Reason::Superseded,
            Self::CessationOfOperation => Reason::CessationOfOperation,
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
        let request = RevocationRequest {
            certificate,
            reason: Some(reason.code()),
        };
        let (client, repeat) = (self.client, Repeat::Safe);
        match settled(persist!(client, repeat, self.inner.revoke(&request).await)) {
            Err(error) => {
                self.restore(error).await?;
                settled(persist!(client, repeat, self.inner.revoke(&request).await))
            }
            revoked => revoked,
        }
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
        let Some(url) = &self.directory.revoke_cert else {
            return Err(Error::Unsupported {
                host: self.host().to_owned(),
                function: "revocation",
            });
        };
        let key = PrivatePkcs8KeyDer::from_pem_slice(key_pem.as_bytes())
            .ok()
            .and_then(|der| SigningKey::from_pkcs8(der.secret_pkcs8_der()))
            .ok_or(Error::Crypto("reading the certificate's private key"))?;
        let request = json!(RevocationRequest {
            certificate,
            reason: Some(reason.code()),
        });
        let answer = self.post(&key, &KeyId::Key, url, &request, Repeat::Safe);
        settled(answer.await)
    }
}

fn settled<T>(result: Result<T, Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.is("alreadyRevoked") => Ok(()),
        other => other.map(drop),
    }
}
