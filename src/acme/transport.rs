//! HTTP to one authority: bounded in time, in size and in the number of requests.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, StatusCode, Uri,
    body::Bytes,
    header::{ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT},
    http::uri::Scheme,
};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::{config::CertificateAuthority, durable, error::chain};

use super::{
    answer::Answer,
    error::{Error, Refusal, THROUGH_A_PROXY},
    normal,
    problem::{Problem, printable},
    route::Route,
};

/// More than an order of a hundred names with half of all nonces refused takes.
const MAX_REQUESTS: u32 = 2_000;
/// A chain of certificates has some kilobytes, the status of a hundred names fewer.
const MAX_BODY: usize = 1 << 20;
/// Of a file with root certificates.
const MAX_ROOTS: u64 = 4 << 20;
/// How much of an answer that makes no sense is shown.
const MAX_QUOTE: usize = 200;

const AGENT: &str = concat!("docent/", env!("CARGO_PKG_VERSION"));

/// How long an authority may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To open a connection.
    pub connect: Duration,
    /// For one answer, from the request to its last byte.
    pub answer: Duration,
    /// To validate all names of an order.
    pub validation: Duration,
    /// To issue the certificate once it has been asked for.
    pub issuance: Duration,
    /// For a whole order, whatever happens within it.
    pub order: Duration,
    /// Before a request that broke down is repeated for the first time; twice as long before the
    /// second time.
    pub repeat: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            validation: Duration::from_secs(120),
            issuance: Duration::from_secs(300),
            order: Duration::from_secs(360),
            repeat: Duration::from_millis(500),
        }
    }
}

/// What one authority is asked through.
pub(super) struct Transport {
    route: Route,
    patience: Patience,
    /// The authority's host, for messages.
    host: String,
    sent: AtomicU32,
    last: Mutex<Option<Answer>>,
    /// Whether the newest request was for nothing but a nonce.
    asked_for_nonce: AtomicBool,
}

impl Transport {
    /// Trusts the public roots, or only those of `ca_file`.
    pub(super) fn new(authority: &CertificateAuthority, patience: Patience) -> Result<Self, Error> {
        let directory = authority.directory.as_str();
        let uri: Uri = directory.parse().map_err(|_| Error::Unreachable {
            host: printable(directory),
            reason: "its directory is not a URL".into(),
        })?;
        let host = uri
            .authority()
            .map_or_else(|| printable(directory), ToString::to_string);
        // Named, since a default of the whole process is for the process to choose.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| Error::Crypto("the choice of TLS versions"))?
            .with_root_certificates(trusted_roots(authority.ca_file.as_deref())?)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        // Requests are small and wait for each other: with Nagle's algorithm each takes 40 ms.
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(patience.connect));
        Ok(Self {
            route: Route::new(&uri, authority.proxy.as_ref(), tls, tcp).map_err(|reason| {
                Error::Unreachable {
                    host: host.clone(),
                    reason,
                }
            })?,
            patience,
            host,
            sent: AtomicU32::new(0),
            last: Mutex::new(None),
            asked_for_nonce: AtomicBool::new(false),
        })
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn patience(&self) -> Patience {
        self.patience
    }

    /// How many requests have been sent.
    pub(super) fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether the newest request only asked for a nonce, and so has changed nothing.
    pub(super) fn asked_for_nonce(&self) -> bool {
        self.asked_for_nonce.load(Ordering::Relaxed)
    }

    /// The newest answer: what instant-acme keeps of one is less than is needed.
    pub(super) fn last(&self) -> Option<Answer> {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks, and returns whatever is answered, in the form in which the standard has it.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &str,
        body: Bytes,
    ) -> Result<Answer, Error> {
        let head = method == Method::HEAD;
        self.asked_for_nonce.store(head, Ordering::Relaxed);
        let mut answer = self.send_once(method, url, body).await?;
        // A nonce is had by either method (RFC 8555, section 7.2), and some authorities know one.
        if head && !answer.has_nonce() && !answer.head.status.is_server_error() {
            answer = self.send_once(Method::GET, url, Bytes::new()).await?;
        }
        if head && answer.has_nonce() && answer.head.status.is_success() {
            answer.head.status = StatusCode::OK;
        }
        Ok(answer)
    }

    async fn send_once(&self, method: Method, url: &str, body: Bytes) -> Result<Answer, Error> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if self.sent.fetch_add(1, Ordering::Relaxed) >= MAX_REQUESTS {
            return Err(Error::Endless {
                host: self.host.clone(),
                requests: MAX_REQUESTS,
            });
        }
        let mut request = Request::builder()
            .method(method)
            .uri(url)
            .header(USER_AGENT, AGENT)
            // Problems are shown to people, and docent speaks English to them.
            .header(ACCEPT_LANGUAGE, "en");
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/jose+json");
        }
        let request = request.body(Full::from(body)).ok();
        let request = request.filter(|request| request.uri().scheme() == Some(&Scheme::HTTPS));
        let request = request.ok_or_else(|| {
            let reason = format!(
                "it names {:?}, which is not the https:// address of anything; its operator sets by which address it is known",
                printable(url)
            );
            self.not_acme(None, &reason)
        })?;
        let after = self.patience.answer;
        let mut answer = tokio::time::timeout(after, self.exchange(request))
            .await
            .map_err(|_| Error::Slow {
                host: self.host.clone(),
                after,
            })??;
        normal::normalize(&mut answer, url);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer.clone());
        Ok(answer)
    }

    /// An answer that is none of success is an error: the authority's own, or one that is not in
    /// ACME's terms.
    pub(super) fn judge(&self, answer: Answer) -> Result<Answer, Error> {
        if answer.head.status.is_success() {
            return Ok(answer);
        }
        // Any JSON object would do as one: it must say something.
        match serde_json::from_slice::<Problem>(&answer.body) {
            Ok(problem) if problem != Problem::default() => {
                Err(self.refused(problem, Some(&answer)))
            }
            _ => Err(self.not_acme(Some(&answer), "it is no problem document")),
        }
    }

    pub(super) fn refused(&self, problem: Problem, answer: Option<&Answer>) -> Error {
        Error::Refused(Box::new(Refusal {
            host: self.host.clone(),
            status: answer.map(|answer| answer.head.status.as_u16()),
            problem,
            retry_after: answer.and_then(Answer::retry_after),
        }))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, Error> {
        let response = self
            .route
            .request(request)
            .await
            .map_err(|error| self.unreachable(causes(&error)))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_BODY)
            .collect()
            .await
            .map_err(|error| self.unreachable(causes(&*error)))?
            .to_bytes();
        Ok(Answer { head, body })
    }

    pub(super) fn unreachable(&self, reason: String) -> Error {
        Error::Unreachable {
            host: self.host.clone(),
            reason: match self.route.proxy() {
                Some(proxy) => format!("{THROUGH_A_PROXY}{proxy}: {reason}"),
                None => reason,
            },
        }
    }

    /// An answer that says nothing in ACME's terms.
    pub(super) fn not_acme(&self, answer: Option<&Answer>, reason: &str) -> Error {
        let body = answer.map_or(&[][..], |answer| &answer.body);
        let quote = printable(&String::from_utf8_lossy(&body[..body.len().min(MAX_QUOTE)]));
        Error::NotAcme {
            host: self.host.clone(),
            status: answer.map(|answer| answer.head.status.as_u16()),
            reason: if quote.is_empty() {
                printable(reason)
            } else {
                format!("{}; it begins {quote:?}", printable(reason))
            },
            retry_after: answer.and_then(Answer::retry_after),
        }
    }
}

/// The authorities that browsers trust, or those of a file in PEM.
///
/// # Errors
/// Where the file cannot be read, or holds something else than certificates.
pub fn trusted_roots(ca_file: Option<&Path>) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    let Some(path) = ca_file else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    let wrong = |reason: String| Error::File {
        path: path.to_owned(),
        reason,
    };
    let unreadable = |error: std::io::Error| wrong(format!("cannot be read: {error}"));
    let pem = durable::read(path, MAX_ROOTS).map_err(unreadable)?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| wrong(format!("is not PEM: {error}")))?;
        roots
            .add(certificate)
            .map_err(|error| wrong(format!("holds a certificate that is none: {error}")))?;
    }
    if roots.is_empty() {
        return Err(wrong("holds no certificate".into()));
    }
    Ok(roots)
}

/// With what led to it: the outer errors of HTTP libraries say little.
fn causes(error: &dyn std::error::Error) -> String {
    printable(&chain(error))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_of_roots_that_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roots.pem");
        let error = |text: Option<&str>| {
            if let Some(text) = text {
                fs::write(&path, text).unwrap();
            }
            trusted_roots(Some(&path)).unwrap_err().to_string()
        };
        assert!(error(None).contains("cannot be read"));
        assert!(error(Some("")).contains("holds no certificate"));
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(error(Some(broken)).contains("a certificate that is none"));
        assert!(error(Some(broken)).contains("roots.pem"));
    }
}
