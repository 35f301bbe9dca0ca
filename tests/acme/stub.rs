//! Stands between docent and the authority: counts what is asked, and answers in its place where
//! a test wants something to go wrong.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Response, StatusCode, Uri, uri::Scheme},
    response::IntoResponse as _,
};
use axum_server::tls_rustls::RustlsConfig;
use docent::config::CertificateAuthority;
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use tokio::task::JoinSet;

use crate::{
    answering::{HttpsClient, https_client, listener, server_config},
    pebble::Pebble,
};

/// What goes wrong.
#[derive(Clone)]
pub(crate) enum Fault {
    /// An answer of the stub's own: status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// None at all, ever.
    Silence,
    /// The connection is closed without an answer.
    Cut,
    /// The connection is closed in the middle of the answer.
    CutInside,
    /// The authority's answer, changed.
    Edit(fn(String) -> String),
}

type Rule = Box<dyn Fn(&str) -> Option<Fault> + Send + Sync>;

/// An authority that faults can be put into.
pub(crate) struct Stub {
    pub(crate) authority: CertificateAuthority,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    client: HttpsClient,
    behind: Uri,
    asked: Mutex<Vec<String>>,
    rule: Mutex<Rule>,
}

impl Stub {
    pub(crate) fn before(pebble: &Pebble) -> Self {
        let listener = listener();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            client: https_client(&pebble.folder),
            behind: pebble.authority.directory.parse().unwrap(),
            asked: Mutex::default(),
            rule: Mutex::new(Box::new(|_| None)),
        });
        let router = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&shared));
        let config = RustlsConfig::from_config(server_config(&pebble.folder));
        let mut server = JoinSet::new();
        server.spawn(async move {
            axum_server::from_tcp_rustls(listener, config)
                .unwrap()
                .serve(router.into_make_service())
                .await
                .unwrap();
        });
        Self {
            authority: CertificateAuthority {
                directory: format!("https://127.0.0.1:{port}/dir"),
                ..pebble.authority.clone()
            },
            shared,
            _server: server,
        }
    }

    /// From now on, a request whose path begins so is answered with a fault.
    pub(crate) fn fail(&self, path: &'static str, fault: Fault) {
        self.rule(move |asked| asked.starts_with(path).then(|| fault.clone()));
    }

    /// From now on, what the function says for the path of a request goes wrong.
    pub(crate) fn rule(&self, rule: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static) {
        *self.shared.rule.lock().unwrap() = Box::new(rule);
    }

    /// From now on, nothing goes wrong.
    pub(crate) fn mend(&self) {
        self.rule(|_| None);
    }

    /// The paths that have been asked for since the last call.
    pub(crate) fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let fault = shared.rule.lock().unwrap()(&path);
    shared.asked.lock().unwrap().push(path);
    match fault {
        None => forward(&shared, request).await,
        Some(Fault::Answer(status, headers, body)) => {
            let mut response = body.into_response();
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response.headers_mut().remove("content-type");
            for (name, value) in headers {
                let value = HeaderValue::from_str(&value).unwrap();
                response.headers_mut().insert(name, value);
            }
            response
        }
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Cut) => cut(Vec::new()),
        Some(Fault::CutInside) => {
            let response = forward(&shared, request).await;
            let (parts, body) = response.into_parts();
            let whole = body.collect().await.unwrap().to_bytes();
            let half = whole.slice(..whole.len() / 2);
            Response::from_parts(parts, broken(vec![half]))
        }
        Some(Fault::Edit(edit)) => {
            let response = forward(&shared, request).await;
            let (mut parts, body) = response.into_parts();
            let text = body.collect().await.unwrap().to_bytes();
            let text = edit(String::from_utf8(text.to_vec()).unwrap());
            parts.headers.remove("content-length");
            Response::from_parts(parts, Body::from(text))
        }
    }
}

/// The authority makes its URLs of the name it is asked by, so nothing needs rewriting.
async fn forward(shared: &Shared, mut request: Request) -> Response<Body> {
    let mut parts = shared.behind.clone().into_parts();
    parts.scheme = Some(Scheme::HTTPS);
    parts.path_and_query = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from_parts(parts).unwrap();
    let response = shared.client.request(request).await.unwrap();
    response.map(Body::new)
}

fn cut(bytes: Vec<Bytes>) -> Response<Body> {
    let mut response = Response::new(broken(bytes));
    let length = HeaderValue::from_static("1000000");
    response.headers_mut().insert("content-length", length);
    response
}

/// A body whose end never comes, so that the connection has to be closed.
fn broken(bytes: Vec<Bytes>) -> Body {
    let end = std::iter::once(Err(std::io::Error::other("cut")));
    let items = bytes.into_iter().map(Ok).chain(end);
    Body::from_stream(tokio_stream::iter(items))
}
