//! One request and its answer, over a connection of their own: bounded in time and size.

use std::{
    fmt, io,
    net::IpAddr,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{AlertDescription, pki_types::CertificateDer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinHandle,
    time::{timeout, timeout_at},
};
use tokio_rustls::TlsConnector;

use super::{
    address::Address,
    credential::Token,
    dialer::{Dialer, Unconnected},
};
use crate::error::chain;

/// More than any answer that an assistant reads.
const MAX_BODY: usize = 4 << 20;
/// Of an answer's head.
const MAX_HEAD: usize = 64 << 10;
/// Who asks, where it does not matter.
pub(super) const AGENT: &str = concat!("docent-doctor/", env!("CARGO_PKG_VERSION"));
/// A server that wants to be left alone is asked again so often, and waited for no longer than this.
const MAX_AGAIN: u32 = 2;
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// What clients of Streamable HTTP accept.
pub(super) const BOTH: &str = "application/json, text/event-stream";

/// Asks one server, at one of its addresses.
#[derive(Debug, Clone)]
pub(super) struct Client<'a> {
    pub(super) dialer: &'a Dialer,
    pub(super) address: Address,
    pub(super) ip: IpAddr,
    /// Who asks, where a request does not say.
    pub(super) agent: &'static str,
    /// What shows who asks. It is sent where nobody can read it on the way: see [`Client::begin`].
    pub(super) token: Option<Token>,
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Ask {
    /// `GET` of a path.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
        .with(ACCEPT, "*/*")
    }

    /// A JSON text, posted as clients of Streamable HTTP do.
    pub(super) fn post(path: impl Into<String>, json: &serde_json::Value) -> Self {
        Self {
            method: Method::POST,
            body: Bytes::from(json.to_string()),
            ..Self::get(path)
        }
        .with(ACCEPT, BOTH)
        .with(CONTENT_TYPE, "application/json")
    }

    /// What a browser asks before a page of `origin` posts.
    pub(super) fn preflight(path: impl Into<String>) -> Self {
        Self {
            method: Method::OPTIONS,
            ..Self::get(path)
        }
    }

    /// With a header, in the place of one that is there.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        // What is no header's value comes from no caller; without it, the server says what it misses.
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// An answer, whatever it says.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// As much of it as is looked at.
    pub(super) body: Bytes,
    /// From the first byte of the connection to the last of the answer.
    pub(super) took: Duration,
}

impl Answer {
    /// A header's value, as far as it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What it begins with.
    pub(super) fn begins(&self) -> String {
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(400)]);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether it is a page for people.
    pub(super) fn is_html(&self) -> bool {
        self.header("content-type")
            .is_some_and(|media| media.starts_with("text/html"))
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Fault {
    Unconnected(Unconnected),
    /// The handshake was ended with an alert.
    Alert(AlertDescription),
    /// What came back is not TLS.
    NotTls(String),
    /// Nothing more came.
    Silent(Duration),
    /// The connection broke, or what came is no HTTP.
    Broken(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unconnected(why) => why.fmt(f),
            Self::Alert(alert) => write!(f, "the TLS handshake is refused ({alert:?})"),
            Self::NotTls(why) => write!(f, "it does not speak TLS: {why}"),
            Self::Silent(after) => write!(f, "no answer within {} seconds", after.as_secs()),
            Self::Broken(why) => write!(f, "the connection breaks: {why}"),
        }
    }
}

/// An answer that goes on.
pub(super) struct Streaming {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Incoming,
    _connection: Connection,
}

impl Streaming {
    /// The next bytes; `None` at the end.
    pub(super) async fn next(&mut self, deadline: Instant) -> Result<Option<Bytes>, Overdue> {
        loop {
            let frame = timeout_at(deadline.into(), self.body.frame()).await;
            match frame.map_err(|_| Overdue)? {
                None | Some(Err(_)) => return Ok(None),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }
}

/// Nothing has come until the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overdue;

impl<'a> Client<'a> {
    pub(super) fn new(dialer: &'a Dialer, address: Address, ip: IpAddr) -> Self {
        Self {
            dialer,
            address,
            ip,
            agent: AGENT,
            token: None,
        }
    }

    /// The same, showing nothing of who asks.
    pub(super) fn anonymous(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// The same server by another address.
    pub(super) fn to(&self, address: Address) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// Opens a connection, sends nothing over it, and returns the chain that the server presents.
    pub(super) async fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, Fault> {
        let stream = self.stream().await?;
        let (_, chain) = self.secured(stream).await?;
        Ok(chain)
    }

    /// Asks, and reads the answer to its end or to its limit. A server that wants fewer requests is waited
    /// for a little: docent's own limits are not what is looked for.
    pub(super) async fn send(&self, ask: Ask) -> Result<Answer, Fault> {
        for _ in 0..MAX_AGAIN {
            let answer = self.send_once(ask.clone()).await?;
            if answer.status != StatusCode::TOO_MANY_REQUESTS {
                return Ok(answer);
            }
            let after = answer
                .header("retry-after")
                .and_then(|text| text.parse().ok());
            let pause = Duration::from_secs(after.unwrap_or(1));
            if pause > MAX_PAUSE {
                return Ok(answer);
            }
            tokio::time::sleep(pause).await;
        }
        self.send_once(ask).await
    }

    async fn send_once(&self, ask: Ask) -> Result<Answer, Fault> {
        let began = Instant::now();
        let patience = self.dialer.patience();
        let answer = timeout(patience, async {
            let mut streaming = self.begin(ask).await?;
            let mut body = Vec::new();
            while let Some(frame) = streaming.body.frame().await {
                let frame = frame.map_err(|error| Fault::Broken(chain(&error)))?;
                if let Ok(data) = frame.into_data() {
                    let room = MAX_BODY - body.len();
                    body.extend_from_slice(&data[..data.len().min(room)]);
                    if body.len() == MAX_BODY {
                        break;
                    }
                }
            }
            Ok(Answer {
                status: streaming.status,
                headers: streaming.headers,
                body: body.into(),
                took: began.elapsed(),
            })
        });
        answer.await.unwrap_or(Err(Fault::Silent(patience)))
    }

    /// Asks, and returns the head of the answer, which may be a stream.
    pub(super) async fn head(&self, ask: Ask) -> Result<Answer, Fault> {
        let began = Instant::now();
        let streaming = self.open(ask).await?;
        Ok(Answer {
            status: streaming.status,
            headers: streaming.headers,
            body: Bytes::new(),
            took: began.elapsed(),
        })
    }

    /// Asks, and returns as soon as an answer begins.
    pub(super) async fn open(&self, ask: Ask) -> Result<Streaming, Fault> {
        let patience = self.dialer.patience();
        let streaming = timeout(patience, self.begin(ask)).await;
        streaming.unwrap_or(Err(Fault::Silent(patience)))
    }

    async fn begin(&self, ask: Ask) -> Result<Streaming, Fault> {
        let stream = self.stream().await?;
        let (mut sender, connection) = if self.address.is_https() {
            let (stream, _) = self.secured(stream).await?;
            spoken(stream).await?
        } else {
            spoken(stream).await?
        };
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        if let Some(headers) = request.headers_mut() {
            *headers = ask.headers;
            if let Ok(host) = HeaderValue::from_str(&self.address.authority()) {
                headers.insert(HOST, host);
            }
            headers
                .entry(USER_AGENT)
                .or_insert(HeaderValue::from_static(self.agent));
            let is_secret = self.address.is_https() || self.address.is_loopback();
            if let Some(token) = self.token.as_ref().filter(|_| is_secret)
                && let Ok(mut value) = HeaderValue::from_str(&token.header())
            {
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
        }
        let request = request.body(Full::from(ask.body));
        let request = request.map_err(|error| Fault::Broken(error.to_string()))?;
        let response = sender.send_request(request).await;
        let (head, body) = response
            .map_err(|error| Fault::Broken(chain(&error)))?
            .into_parts();
        Ok(Streaming {
            status: head.status,
            headers: head.headers,
            body,
            _connection: connection,
        })
    }

    async fn stream(&self) -> Result<TcpStream, Fault> {
        let stream = self.dialer.connect(&self.address, self.ip).await;
        stream.map_err(Fault::Unconnected)
    }

    async fn secured(
        &self,
        stream: TcpStream,
    ) -> Result<
        (
            tokio_rustls::client::TlsStream<TcpStream>,
            Vec<CertificateDer<'static>>,
        ),
        Fault,
    > {
        let patience = self.dialer.patience();
        let name = self.address.server_name();
        let name = name.ok_or_else(|| Fault::Broken("its host is no name".to_owned()))?;
        let (config, recorder) = self
            .dialer
            .trust()
            .handshake()
            .map_err(|error| Fault::Broken(error.to_string()))?;
        let connecting = TlsConnector::from(config).connect(name, stream);
        match timeout(patience, connecting).await {
            Ok(Ok(stream)) => Ok((stream, recorder.chain())),
            Ok(Err(error)) => Err(not_secured(&error)),
            Err(_) => Err(Fault::Silent(patience)),
        }
    }
}

fn not_secured(error: &io::Error) -> Fault {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::AlertReceived(alert)) => Fault::Alert(*alert),
        Some(rustls::Error::InvalidMessage(_)) => {
            Fault::NotTls("it answers something else".to_owned())
        }
        Some(inner) => Fault::Broken(inner.to_string()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            Fault::NotTls("it closes the connection".to_owned())
        }
        None => Fault::NotTls(error.to_string()),
    }
}

/// What keeps a connection going, until it is dropped.
struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn spoken<S>(stream: S) -> Result<(http1::SendRequest<Full<Bytes>>, Connection), Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let handshake = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .handshake(TokioIo::new(stream))
        .await;
    let (sender, connection) = handshake.map_err(|error| Fault::Broken(chain(&error)))?;
    let task = tokio::spawn(async move {
        // What goes wrong is told to who asks.
        let _ = connection.await;
    });
    Ok((sender, Connection(task)))
}

impl Fault {
    /// Whether it may be that TLS is not what is spoken there.
    pub(super) fn may_be_plain(&self) -> bool {
        matches!(self, Self::NotTls(_) | Self::Broken(_))
    }
}
