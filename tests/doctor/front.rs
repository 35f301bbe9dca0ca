//! What stands in front of docent and breaks it: a small proxy, which does to requests and answers what
//! badly configured ones do. Also servers of other kinds.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{HOST, HeaderValue},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rustls::{ServerConfig, crypto::ring};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::authority::Identity;

pub(crate) type Body = BoxBody<Bytes, hyper::Error>;
type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
pub(crate) type Handler = Arc<dyn Fn(Request<Incoming>) -> Answering + Send + Sync>;

/// A server in a thread of its own, until it is dropped.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Front {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Front {
    /// Answers over TLS where there is an identity, and else in the clear.
    pub(crate) fn start(identity: Option<Identity>, handler: Handler) -> Self {
        let acceptor = identity.map(|identity| {
            let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(identity.chain, identity.key)
                .unwrap();
            TlsAcceptor::from(Arc::new(config))
        });
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = stopped.cancelled() => {}
                    () = accept(listener, acceptor, handler) => {}
                }
            });
        });
        Self {
            address,
            stop,
            thread: Some(thread),
        }
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, handler: Handler) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let _ = stream.set_nodelay(true);
        let (acceptor, handler) = (acceptor.clone(), Arc::clone(&handler));
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answering = handler(request);
                async move { Ok::<_, Infallible>(answering.await) }
            });
            let server = hyper::server::conn::http1::Builder::new();
            match acceptor {
                // What goes wrong is the client's to tell.
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = server.serve_connection(TokioIo::new(stream), service).await;
                    }
                }
                None => drop(server.serve_connection(TokioIo::new(stream), service).await),
            }
        });
    }
}

/// A port on which nobody listens, as long as this is there.
pub(crate) struct Closed(
    pub(crate) SocketAddr,
    #[expect(dead_code, reason = "it holds the port")] TcpSocket,
);

impl Closed {
    pub(crate) fn port() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self(socket.local_addr().unwrap(), socket)
    }
}

/// An answer of the front's own.
pub(crate) fn answer(status: u16, media: &str, text: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(text.into())
        .map_err(|never| match never {})
        .boxed();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let media = HeaderValue::from_str(media).unwrap();
    response.headers_mut().insert("content-type", media);
    response
}

/// Always the same answer.
pub(crate) fn saying(status: u16, media: &'static str, text: &'static str) -> Handler {
    Arc::new(move |_| Box::pin(async move { answer(status, media, text) }))
}

/// What a proxy does to what passes by.
#[derive(Clone, Default)]
pub(crate) struct Proxy {
    /// Where docent is.
    pub(crate) to: Option<SocketAddr>,
    /// Headers that are taken out of requests.
    pub(crate) strips: &'static [&'static str],
    /// What is put into `Host`.
    pub(crate) host: Option<&'static str>,
    /// Answers are gathered to their end before they are passed on.
    pub(crate) buffers: bool,
    /// Requests with this in the header are refused: name, text, status.
    pub(crate) refuses: Option<(&'static str, &'static str, u16)>,
    /// Paths that are not passed on.
    pub(crate) hides: &'static [&'static str],
    /// docent is below this path.
    pub(crate) below: &'static str,
    /// What is put into `Date`.
    pub(crate) date: Option<String>,
    /// Headers that are taken out of answers.
    pub(crate) drops: &'static [&'static str],
    /// Bodies of answers with this text get the other one in its place.
    pub(crate) replaces: Option<(&'static str, &'static str)>,
    /// Paths that lead elsewhere, and where.
    pub(crate) redirects: &'static [(&'static str, &'static str)],
    /// Messages with this text in them are kept for a while.
    pub(crate) delays: Option<(&'static str, Duration)>,
    /// Messages with this text in them are answered so.
    pub(crate) answers: Option<(&'static str, u16, &'static str)>,
}

impl Proxy {
    pub(crate) fn to(to: SocketAddr) -> Self {
        Self {
            to: Some(to),
            ..Self::default()
        }
    }

    pub(crate) fn handler(self) -> Handler {
        let proxy = Arc::new(self);
        Arc::new(move |request| {
            let proxy = Arc::clone(&proxy);
            Box::pin(async move {
                let answered = proxy.pass(request).await;
                answered.unwrap_or_else(|why| {
                    answer(502, "text/html", format!("<h1>Bad gateway</h1>{why}"))
                })
            })
        })
    }

    async fn pass(&self, request: Request<Incoming>) -> Result<Response<Body>, String> {
        let (mut head, body) = request.into_parts();
        if let Some((name, text, status)) = self.refuses
            && is_in(&head.headers, name, text)
        {
            return Ok(answer(
                status,
                "text/html",
                "<h1>Sorry, you have been blocked</h1>",
            ));
        }
        let whole = head.uri.to_string();
        let Some(path) = whole
            .strip_prefix(self.below)
            .filter(|path| path.starts_with('/'))
        else {
            return Ok(answer(404, "text/html", "<h1>Not found</h1>"));
        };
        let plain = path.split('?').next().unwrap_or_default();
        if self.hides.contains(&plain) {
            return Ok(answer(404, "text/html", "<h1>Not found</h1>"));
        }
        head.uri = path.parse().map_err(|error| format!("{error}"))?;
        let leads = self.redirects.iter().find(|(from, _)| *from == plain);
        if let Some((_, location)) = leads {
            let mut response = answer(308, "text/html", "<h1>Moved</h1>");
            response
                .headers_mut()
                .insert("location", HeaderValue::from_static(location));
            return Ok(response);
        }
        for name in self.strips {
            head.headers.remove(*name);
        }
        if let Some(host) = self.host {
            head.headers.insert(HOST, HeaderValue::from_static(host));
        }
        let body = body
            .collect()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes();
        if let Some((text, status, said)) = self.answers
            && String::from_utf8_lossy(&body).contains(text)
        {
            return Ok(answer(status, "application/json", said));
        }
        if let Some((text, after)) = self.delays
            && String::from_utf8_lossy(&body).contains(text)
        {
            tokio::time::sleep(after).await;
        }
        let to = self.to.ok_or("nobody is behind it")?;
        let stream = TcpStream::connect(to)
            .await
            .map_err(|error| error.to_string())?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        let request = Request::from_parts(head, Full::new(body));
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| error.to_string())?;
        let (mut head, body) = response.into_parts();
        for name in self.drops {
            head.headers.remove(*name);
        }
        if let Some(date) = &self.date {
            head.headers
                .insert("date", HeaderValue::from_str(date).unwrap());
        }
        if !self.buffers && self.replaces.is_none() {
            return Ok(Response::from_parts(head, body.boxed()));
        }
        let is_stream = is_in(&head.headers, "content-type", "text/event-stream");
        if is_stream && !self.buffers {
            return Ok(Response::from_parts(head, body.boxed()));
        }
        let mut bytes = body
            .collect()
            .await
            .map_err(|error| error.to_string())?
            .to_bytes();
        if let Some((text, other)) = self.replaces {
            bytes = String::from_utf8_lossy(&bytes).replace(text, other).into();
            head.headers.remove("content-length");
        }
        let body = Full::new(bytes).map_err(|never| match never {}).boxed();
        Ok(Response::from_parts(head, body))
    }
}

fn is_in(headers: &HeaderMap, name: &str, text: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    values.any(|value| value.to_str().is_ok_and(|value| value.contains(text)))
}
