//! When an authority wants a certificate to be renewed (ACME Renewal Information, RFC 9773).

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use x509_parser::{extensions::ParsedExtension, parse_x509_certificate};

use super::{
    client::{Client, Repeat},
    error::Error,
    jws::base64url,
    moment,
    problem::printable,
};

/// How long an answer counts where the authority does not say (RFC 9773, section 4.3.2).
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(6 * 60 * 60);

/// What the authority knows a certificate by (RFC 9773, section 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateId(String);

impl CertificateId {
    /// `None` where the certificate does not name its issuer's key, as every public one does.
    pub fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = parse_x509_certificate(certificate).ok()?;
        let issuer_key = certificate.iter_extensions().find_map(|extension| {
            match extension.parsed_extension() {
                ParsedExtension::AuthorityKeyIdentifier(id) => id.key_identifier.as_ref(),
                _ => None,
            }
        })?;
        Some(Self(format!(
            "{}.{}",
            base64url(issuer_key.0),
            base64url(certificate.tbs_certificate.raw_serial())
        )))
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
        let url = format!("{}/{id}", url.trim_end_matches('/'));
        let answer = self.fetch(&url, Repeat::Never).await?;
        let document: Document = self.read(&answer)?;
        let window = document.suggested_window;
        if window.end <= window.start {
            return Err(self.not_acme(&answer, "the window to renew in ends before it begins"));
        }
        Ok(Some(RenewalInfo {
            start: window.start,
            end: window.end,
            explanation: document.explanation_url.as_deref().map(printable),
            ask_again: answer.retry_after.unwrap_or(DEFAULT_RETRY_AFTER),
        }))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    suggested_window: Window,
    #[serde(rename = "explanationURL")]
    explanation_url: Option<String>,
}

#[derive(Deserialize)]
struct Window {
    #[serde(deserialize_with = "moment::deserialize")]
    start: SystemTime,
    #[serde(deserialize_with = "moment::deserialize")]
    end: SystemTime,
}
