//! Renewals while clients are busy: nobody notices but those who come anew.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Body, Incoming},
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::public::{Public, serial_of};

const RENEWALS: u64 = 20;
/// Connections of each kind: 64 in all, and one beside each SSE stream to post to it.
const HTTP_1: usize = 24;
const HTTP_2: usize = 24;
const SSE: usize = 16;
const PING: &str = r#"{"jsonrpc":"2.0","id":77,"method":"ping"}"#;
const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What the clients share.
struct Load {
    port: u16,
    roots: RootCertStore,
    over: AtomicBool,
    answers: [AtomicUsize; 3],
}

impl Load {
    async fn connect(&self, protocol: &str) -> io::Result<TokioIo<TlsStream<TcpStream>>> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let socket = TcpStream::connect(("127.0.0.1", self.port)).await?;
        socket.set_nodelay(true)?;
        let connector = TlsConnector::from(Arc::new(config));
        let name = "localhost".try_into().unwrap();
        Ok(TokioIo::new(connector.connect(name, socket).await?))
    }

    async fn connect_1(&self) -> Result<http1::SendRequest<Full<Bytes>>, Failure> {
        let (sender, connection) = http1::handshake(self.connect("http/1.1").await?).await?;
        tokio::spawn(connection);
        Ok(sender)
    }

    fn request(&self, method: &str, path: &str, body: &'static str) -> Request<Full<Bytes>> {
        Request::builder()
            .method(method)
            .uri(format!("https://localhost:{}{path}", self.port))
            .header("host", format!("localhost:{}", self.port))
            .header("content-type", "application/json")
            .body(Full::from(body))
            .unwrap()
    }

    fn goes_on(&self, kind: usize) -> bool {
        self.answers[kind].fetch_add(1, Ordering::Relaxed);
        !self.over.load(Ordering::Relaxed)
    }

    async fn http_1(self: Arc<Self>) -> Result<(), Failure> {
        let mut sender = self.connect_1().await?;
        while self.goes_on(0) {
            sender.ready().await?;
            pong(
                sender
                    .send_request(self.request("POST", "/mcp", PING))
                    .await?,
            )
            .await?;
        }
        Ok(())
    }

    async fn http_2(self: Arc<Self>) -> Result<(), Failure> {
        let stream = self.connect("h2").await?;
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(connection);
        while self.goes_on(1) {
            sender.ready().await?;
            pong(
                sender
                    .send_request(self.request("POST", "/mcp", PING))
                    .await?,
            )
            .await?;
        }
        Ok(())
    }

    async fn sse(self: Arc<Self>) -> Result<(), Failure> {
        let (mut stream, mut posts) = (self.connect_1().await?, self.connect_1().await?);
        let opened = stream.send_request(self.request("GET", "/sse", "")).await?;
        let mut events = opened.into_body();
        let endpoint = event(&mut events).await?;
        let endpoint = endpoint
            .lines()
            .find_map(|line| line.strip_prefix("data: "));
        let endpoint = format!("/{}", endpoint.ok_or("no endpoint")?);
        let mut message = INITIALIZE;
        while self.goes_on(2) {
            posts.ready().await?;
            let accepted = posts
                .send_request(self.request("POST", &endpoint, message))
                .await?;
            if accepted.status() != 202 {
                return Err(format!("a message got {}", accepted.status()).into());
            }
            accepted.into_body().collect().await?;
            let answer = event(&mut events).await?;
            if !answer.contains("\"result\"") {
                return Err(answer.into());
            }
            message = PING;
        }
        Ok(())
    }
}

async fn pong(response: Response<Incoming>) -> Result<(), Failure> {
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if status != 200 || body != r#"{"jsonrpc":"2.0","id":77,"result":{}}"# {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(())
}

/// The next event that is no comment; one comes in one piece.
async fn event(
    events: &mut (impl Body<Data = Bytes, Error = hyper::Error> + Unpin),
) -> Result<String, Failure> {
    loop {
        let frame = events.frame().await.ok_or("the stream ended")??;
        let data = frame.into_data().map_err(|_| "trailers")?;
        let text = String::from_utf8(data.to_vec())?;
        if text.contains("data: ") {
            return Ok(text);
        }
    }
}

#[test]
fn twenty_renewals_in_a_row_fail_nobody() {
    let public = Public::start();
    let mut roots = RootCertStore::empty();
    roots.add(public.authority.der()).unwrap();
    let load = Arc::new(Load {
        port: public.https.port(),
        roots,
        over: AtomicBool::new(false),
        answers: [const { AtomicUsize::new(0) }; 3],
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut clients = Vec::new();
    for _ in 0..HTTP_1 {
        clients.push(runtime.spawn(Arc::clone(&load).http_1()));
    }
    for _ in 0..HTTP_2 {
        clients.push(runtime.spawn(Arc::clone(&load).http_2()));
    }
    for _ in 0..SSE {
        clients.push(runtime.spawn(Arc::clone(&load).sse()));
    }

    let mut slowest = Duration::ZERO;
    for serial in 2..2 + RENEWALS {
        public.renew(serial);
        slowest = slowest.max(public.await_serial(serial));
        for _ in 0..8 {
            let stream = public.tls("localhost", &["h2", "http/1.1"]).unwrap();
            assert_eq!(serial_of(&stream), serial, "an older certificate came back");
        }
    }
    load.over.store(true, Ordering::Relaxed);
    for client in clients {
        let ended: Result<(), Failure> = runtime.block_on(client).unwrap();
        assert!(ended.is_ok(), "a client failed: {ended:?}");
    }
    for answers in &load.answers {
        assert!(answers.load(Ordering::Relaxed) > 200, "{:?}", load.answers);
    }
    println!("a new certificate was served after {slowest:?} at the latest");
}
