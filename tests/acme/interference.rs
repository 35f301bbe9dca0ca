//! Something between docent and a real authority that goes wrong when the test wants it to.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    BoxError, Router,
    body::Body,
    extract::{Request, State},
    http::{Response, Uri},
};
use axum_server::tls_rustls::RustlsConfig;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::{
    answering::{HttpsClient, https_client, listener, server_config},
    pebble::Pebble,
};

/// What happens to a request instead of its being answered.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The connection ends before the authority hears of it.
    CutBefore,
    /// The authority does what it was asked, and the connection ends before docent hears of it.
    CutAfter,
    /// No answer comes.
    Silence,
    /// The connection ends in the middle of the answer.
    CutInside,
    /// Somebody else answers: status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The authority's answer, changed.
    Edit(fn(String) -> String),
}

/// Decides over each request by its number, from 0, and its path.
type Decision = Box<dyn FnMut(usize, &str) -> Option<Fault> + Send>;

struct Proxy {
    client: HttpsClient,
    authority: String,
    decide: Mutex<(usize, Decision)>,
    /// The paths asked for.
    seen: Mutex<Vec<String>>,
}

/// In the authority's place as long as it lives.
pub(crate) struct Interference {
    /// Where it is asked in the authority's place.
    pub(crate) directory: String,
    proxy: Arc<Proxy>,
    _server: JoinSet<()>,
}

impl Interference {
    /// Puts itself before the authority: `pebble.authority` leads here from now on.
    pub(crate) fn before(
        pebble: &mut Pebble,
        decide: impl FnMut(usize, &str) -> Option<Fault> + Send + 'static,
    ) -> Self {
        let interference = Self::beside(pebble, decide);
        pebble
            .authority
            .directory
            .clone_from(&interference.directory);
        interference
    }

    /// The authority itself can be asked as well.
    pub(crate) fn beside(
        pebble: &Pebble,
        decide: impl FnMut(usize, &str) -> Option<Fault> + Send + 'static,
    ) -> Self {
        let listener = listener();
        let address: SocketAddr = listener.local_addr().unwrap();
        let directory: Uri = pebble.authority.directory.parse().unwrap();
        let proxy = Arc::new(Proxy {
            client: https_client(&pebble.folder),
            authority: directory.authority().unwrap().to_string(),
            decide: Mutex::new((0, Box::new(decide))),
            seen: Mutex::default(),
        });
        let config = RustlsConfig::from_config(server_config(&pebble.folder));
        let router = Router::new().fallback(pass).with_state(Arc::clone(&proxy));
        let mut server = JoinSet::new();
        server.spawn(async move {
            axum_server::from_tcp_rustls(listener, config)
                .unwrap()
                .serve(tower::service_fn(move |_: SocketAddr| {
                    let router = router.clone();
                    let service =
                        ServiceExt::<hyper::Request<Incoming>>::map_result(router, end_if_cut);
                    async move { Ok::<_, Infallible>(service) }
                }))
                .await
                .unwrap();
        });
        Self {
            directory: format!("https://{address}{}", directory.path()),
            proxy,
            _server: server,
        }
    }

    /// Decides anew, and counts from 0 again.
    pub(crate) fn decide(&self, decide: impl FnMut(usize, &str) -> Option<Fault> + Send + 'static) {
        *self.proxy.decide.lock().unwrap() = (0, Box::new(decide));
        self.proxy.seen.lock().unwrap().clear();
    }

    /// The paths of all requests so far, which are then forgotten.
    pub(crate) fn take_seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.proxy.seen.lock().unwrap())
    }

    /// The paths of all requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.proxy.seen.lock().unwrap().clone()
    }
}

async fn pass(State(proxy): State<Arc<Proxy>>, mut request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let fault = {
        let mut decide = proxy.decide.lock().unwrap();
        let (number, decide) = &mut *decide;
        *number += 1;
        decide(*number - 1, &path)
    };
    proxy.seen.lock().unwrap().push(path.clone());
    match fault {
        Some(Fault::CutBefore) => cut(),
        Some(Fault::Silence) => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            cut()
        }
        Some(Fault::Answer(status, headers, body)) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).unwrap()
        }
        fault => {
            // The header Host stays: the authority's links lead here.
            *request.uri_mut() = format!("https://{}{path}", proxy.authority)
                .parse()
                .unwrap();
            let response = proxy.client.request(request).await.unwrap();
            match fault {
                Some(Fault::CutAfter) => cut(),
                Some(Fault::CutInside) => half(response).await,
                Some(Fault::Edit(edit)) => edited(response, edit).await,
                _ => response.map(Body::new),
            }
        }
    }
}

/// The promised length is that of the whole.
async fn half(response: Response<Incoming>) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let whole = body.collect().await.unwrap().to_bytes();
    let half = Ok(whole.slice(..whole.len() / 2));
    let end = Err(std::io::Error::other("cut"));
    let body = Body::from_stream(tokio_stream::iter([half, end]));
    Response::from_parts(parts, body)
}

async fn edited(response: Response<Incoming>, edit: fn(String) -> String) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let text = body.collect().await.unwrap().to_bytes();
    let text = edit(String::from_utf8(text.to_vec()).unwrap());
    parts.headers.remove("content-length");
    Response::from_parts(parts, Body::from(text))
}

/// Stands for an answer that does not come: its connection ends.
#[derive(Clone)]
struct Cut;

fn cut() -> Response<Body> {
    Response::builder()
        .extension(Cut)
        .body(Body::empty())
        .unwrap()
}

/// The server ends a connection whose service fails.
fn end_if_cut(result: Result<Response<Body>, Infallible>) -> Result<Response<Body>, BoxError> {
    let Ok(response) = result;
    match response.extensions().get::<Cut>() {
        Some(Cut) => Err("cut".into()),
        None => Ok(response),
    }
}
