//! Answers an authority's questions from the files in the state directory, on free ports, and
//! fetches what an authority publishes.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request},
    http::StatusCode,
    routing::get,
};
use axum_server::tls_rustls::RustlsConfig;
use docent::{
    config::{ChallengeType, Identifier},
    state::Challenges,
};
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

pub(crate) type HttpsClient = Client<HttpsConnector<HttpConnector>, Body>;

/// Servers for both challenges; they end with it.
pub(crate) struct Answering {
    pub(crate) http_port: u16,
    pub(crate) tls_port: u16,
    asked: Arc<[AtomicUsize; 2]>,
    _servers: JoinSet<()>,
}

pub(crate) async fn answer(challenges: Challenges) -> Answering {
    let asked: Arc<[AtomicUsize; 2]> = Arc::default();
    let mut servers = JoinSet::new();

    let http = listener();
    let http_port = http.local_addr().unwrap().port();
    let (count, answers) = (Arc::clone(&asked), challenges.clone());
    let router = Router::new().route(
        "/.well-known/acme-challenge/{token}",
        get(move |Path(token): Path<String>| async move {
            count[0].fetch_add(1, Ordering::Relaxed);
            answers.http(&token).ok_or(StatusCode::NOT_FOUND)
        }),
    );
    let http = tokio::net::TcpListener::from_std(http).unwrap();
    servers.spawn(async move { axum::serve(http, router).await.unwrap() });

    let tls = listener();
    let tls_port = tls.local_addr().unwrap().port();
    let resolver = Resolver {
        challenges,
        asked: Arc::clone(&asked),
    };
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = vec![b"acme-tls/1".to_vec()];
    let config = RustlsConfig::from_config(Arc::new(config));
    servers.spawn(async move {
        axum_server::from_tcp_rustls(tls, config)
            .unwrap()
            .serve(Router::new().into_make_service())
            .await
            .unwrap();
    });
    Answering {
        http_port,
        tls_port,
        asked,
        _servers: servers,
    }
}

impl Answering {
    pub(crate) fn asked(&self, challenge: ChallengeType) -> usize {
        let which = usize::from(challenge == ChallengeType::TlsAlpn01);
        self.asked[which].load(Ordering::Relaxed)
    }

    /// What is at a URL of an authority whose own certificates are in the folder.
    pub(crate) async fn fetch(&self, url: &str, folder: &TempDir) -> Bytes {
        let client = https_client(folder);
        let request = Request::get(url).body(Body::empty()).unwrap();
        let response = client.request(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    }

    /// Sends a text to a URL.
    pub(crate) async fn post(&self, url: &str, body: String, folder: &TempDir) {
        let request = Request::post(url).body(Body::from(body)).unwrap();
        let response = https_client(folder).request(request).await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
    }
}

/// Makes the certificate that a TLS-ALPN-01 question is answered with (RFC 8737, section 3).
#[derive(Debug)]
struct Resolver {
    challenges: Challenges,
    asked: Arc<[AtomicUsize; 2]>,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.asked[1].fetch_add(1, Ordering::Relaxed);
        let name = hello.server_name()?.to_owned();
        // RFC 8738, section 6.
        let name = match name.strip_suffix(".in-addr.arpa") {
            Some(reversed) => {
                let mut octets: Vec<_> = reversed.split('.').collect();
                octets.reverse();
                octets.join(".")
            }
            None => name,
        };
        let identifier = match name.parse() {
            Ok(address) => Identifier::Ip(address),
            Err(_) => Identifier::Dns(name.clone()),
        };
        let digest = self.challenges.tls_alpn(&identifier)?;
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name]).unwrap();
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(&digest)];
        let certificate = params.self_signed(&key).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let key = provider().key_provider.load_private_key(key).unwrap();
        Some(Arc::new(CertifiedKey::new(
            vec![certificate.der().clone()],
            key,
        )))
    }
}

/// Trusts the folder's own root.
pub(crate) fn https_client(folder: &TempDir) -> HttpsClient {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(folder.path().join("ca.pem")).unwrap();
    roots.add(root).unwrap();
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let https = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_http1()
        .build();
    Client::builder(TokioExecutor::new()).build(https)
}

/// Serves with the folder's own certificate.
pub(crate) fn server_config(folder: &TempDir) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(folder.path().join("pebble.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.path().join("pebble.key")).unwrap();
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

pub(crate) fn listener() -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
