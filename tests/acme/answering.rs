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
use docent::{
    config::ChallengeType,
    state::{Challenges, NO_CHALLENGE},
    tls::Terminator,
};
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tempfile::TempDir;
use tokio::task::JoinSet;

pub(crate) type HttpsClient = Client<HttpsConnector<HttpConnector>, Body>;

/// Servers for both challenges; they end with it.
pub(crate) struct Answering {
    pub(crate) http_port: u16,
    pub(crate) tls_port: u16,
    asked: Arc<[AtomicUsize; 2]>,
    servers: JoinSet<()>,
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
            let answer = answers.http(&token);
            count[0].fetch_add(usize::from(answer.is_some()), Ordering::Relaxed);
            answer.ok_or((StatusCode::NOT_FOUND, NO_CHALLENGE))
        }),
    );
    let http = tokio::net::TcpListener::from_std(http).unwrap();
    servers.spawn(async move { axum::serve(http, router).await.unwrap() });

    // docent's own: it needs no name and no certificate to answer an authority.
    let tls = listener();
    let tls_port = tls.local_addr().unwrap().port();
    let tls = tokio::net::TcpListener::from_std(tls).unwrap();
    let terminator = Arc::new(Terminator::new(Vec::new(), challenges));
    let count = Arc::clone(&asked);
    servers.spawn(async move {
        loop {
            let (connection, _) = tls.accept().await.unwrap();
            let terminator = Arc::clone(&terminator);
            count[1].fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                // Whoever breaks off has to be the one to say so.
                let _ = terminator.accept(connection).await;
            });
        }
    });
    Answering {
        http_port,
        tls_port,
        asked,
        servers,
    }
}

impl Answering {
    /// Ends the servers: somebody else answers at their ports from now on.
    pub(crate) async fn leave(&mut self) {
        self.servers.shutdown().await;
    }

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
