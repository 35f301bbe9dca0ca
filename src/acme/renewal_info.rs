//! When an authority wants a certificate to be renewed (ACME Renewal Information, RFC 9773).

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use instant_acme::CertificateIdentifier;
use rustls::pki_types::CertificateDer;

use super::{
    client::{Client, Repeat},
    error::Error,
    problem::printable,
};

/// How long an answer counts where the authority does not say (RFC 9773, section 4.3.2).
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(6 * 60 * 60);

/// What the authority knows a certificate by (RFC 9773, section 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateId(pub(super) CertificateIdentifier<'static>);

impl CertificateId {
    /// `None` where the certificate does not name its issuer's key, as every public one does.
    pub fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let id = CertificateIdentifier::try_from(certificate).ok()?;
        Some(Self(id.into_owned()))
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// When the authority wants a certificate to be renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenewalInfo {
    /// The first moment of the window to renew in; one in the past means now.
    pub start: SystemTime,
    /// The end of the window, later than its start.
    pub end: SystemTime,
    /// A page for people that explains it.
    pub explanation: Option<String>,
    /// How long from now the answer counts.
    pub ask_again: Duration,
}

impl Client {
    /// When the authority wants a certificate of its own to be renewed. `None` where it does not
    /// tell. One request, unsigned, and not repeated: nothing depends on the answer.
    ///
    /// # Errors
    /// Where the authority cannot be reached, or does not know the certificate.
    pub async fn renewal_info(&self, id: &CertificateId) -> Result<Option<RenewalInfo>, Error> {
        let Some(url) = &self.directory.renewal_info else {
            return Ok(None);
        };
        // Not by instant-acme, which wants an account for it, and to be told when to ask again.
        let url = format!("{}/{id}", url.trim_end_matches('/'));
        let answer = self.fetch(&url, Repeat::Never).await?;
        let info: instant_acme::RenewalInfo = self.read(&answer)?;
        let window = info.suggested_window;
        if window.end <= window.start {
            let reason = "the window to renew in ends before it begins";
            return Err(self.not_acme(Some(&answer), reason));
        }
        Ok(Some(RenewalInfo {
            start: window.start.into(),
            end: window.end.into(),
            explanation: info.explanation_url.as_deref().map(printable),
            ask_again: answer.retry_after().unwrap_or(DEFAULT_RETRY_AFTER),
        }))
    }
}
