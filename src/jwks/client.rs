//! Small requests to an issuer: bounded in time and size, and over TLS.

use std::{sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Response, Uri,
    body::{Bytes, Incoming},
    header::{ACCEPT, USER_AGENT},
};
use hyper_util::{
    client::legacy::{Client as Http, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::ClientConfig;
use tokio::time::timeout;

use super::error::FetchError;
use crate::{
    acme::{Route, trusted_roots},
    config::{IssuerSettings, Proxy},
    error::{chain, printable},
};

/// To open a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// For one answer, from the request to its last byte.
const ANSWER: Duration = Duration::from_secs(20);
/// Metadata has a few kilobytes; keys with the certificates of a large provider some dozens.
const MAX_BODY: usize = 1 << 20;

const AGENT: &str = concat!("docent/", env!("CARGO_PKG_VERSION"));

/// What one issuer is asked through.
pub(super) struct Client {
    tls: ClientConfig,
    proxy: Option<Proxy>,
    /// The configuration names an issuer of this machine, without TLS: for development.
    is_local: bool,
}

impl Client {
    /// Trusts the public roots, or only those of the issuer's `ca_file`.
    pub(super) fn new(issuer: &IssuerSettings, proxy: Option<&Proxy>) -> Result<Self, FetchError> {
        let roots = trusted_roots(issuer.ca_file.as_deref())?;
        // Named, since a default of the whole process is for the process to choose.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| acme_crypto())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let named = issuer.jwks_url.as_deref().unwrap_or(&issuer.url);
        Ok(Self {
            tls,
            proxy: proxy.cloned(),
            is_local: named.parse().is_ok_and(|uri: Uri| is_loopback(&uri)),
        })
    }

    /// What is found at an address.
    pub(super) async fn fetch(&self, url: &str) -> Result<Bytes, FetchError> {
        let insecure = || FetchError::Insecure {
            url: printable(url),
        };
        let uri: Uri = url.parse().map_err(|_| insecure())?;
        let request = Request::get(uri.clone())
            .header(USER_AGENT, AGENT)
            .header(ACCEPT, "application/json")
            .body(Full::default())
            .map_err(|_| insecure())?;
        let is_secure = uri.scheme_str() == Some("https");
        let is_allowed = is_secure || (self.is_local && is_loopback(&uri));
        if !is_allowed {
            return Err(insecure());
        }
        let exchange = async {
            let response = match is_secure {
                true => self.ask(&uri, request).await?,
                false => ask_locally(request).await?,
            };
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MAX_BODY).collect().await;
            let body = body.map_err(|error| chain(&*error))?;
            Ok::<_, String>((head.status, body.to_bytes()))
        };
        let answer = timeout(ANSWER, exchange).await;
        let answer = answer.map_err(|_| FetchError::Slow {
            url: printable(url),
            after: ANSWER,
        })?;
        let (status, body) = answer.map_err(|reason| FetchError::Unreachable {
            url: printable(url),
            reason: printable(&reason),
        })?;
        let (url, code) = (printable(url), status.as_u16());
        match status.as_u16() {
            200 => Ok(body),
            300..400 => Err(FetchError::Redirected { url, status: code }),
            _ => Err(FetchError::Status { url, status: code }),
        }
    }

    async fn ask(
        &self,
        uri: &Uri,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, String> {
        // One for each address: which ones a proxy leads to depends on that.
        let route = Route::new(uri, self.proxy.as_ref(), self.tls.clone(), connector())?;
        let response = route.request(request).await;
        response.map_err(|error| match route.proxy() {
            Some(proxy) => format!("through the proxy {proxy}: {}", chain(&error)),
            None => chain(&error),
        })
    }
}

async fn ask_locally(request: Request<Full<Bytes>>) -> Result<Response<Incoming>, String> {
    let client: Http<HttpConnector, Full<Bytes>> =
        Http::builder(TokioExecutor::new()).build(connector());
    let response = client.request(request).await;
    response.map_err(|error| chain(&error))
}

fn connector() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT));
    tcp
}

/// Whether an address is of this machine, without TLS. The configuration takes no others.
fn is_loopback(uri: &Uri) -> bool {
    uri.scheme_str() == Some("http")
        && matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn acme_crypto() -> FetchError {
    FetchError::Unreachable {
        url: "the issuer".into(),
        reason: "no version of TLS can be chosen".into(),
    }
}
