//! A docent in this process, on a free port, over a small handbook; and a plain HTTP/1.1 client,
//! which can also send what no library would.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use docent::{
    config::{DocSet, Limits},
    http::{App, Binding, Site},
    listener::Listener,
    mcp::Library,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub(crate) mod house;
pub(crate) mod library;

/// No test waits longer than this for an answer that should come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shutdown: CancellationToken,
    thread: Option<JoinHandle<io::Result<()>>>,
    cache: Option<TempDir>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Self {
        Self::holding(library::handbook(), limits)
    }

    /// Serves other documents than the handbook.
    pub(crate) fn over(sets: Vec<DocSet>) -> Self {
        Self::holding(library::of(sets), Limits::default())
    }

    pub(crate) fn holding((library, cache): (Arc<Library>, TempDir), limits: Limits) -> Self {
        let site = Arc::new(Site::new(&Self::app(library), limits));
        let mut server = Self::serving(site);
        server.cache = Some(cache);
        server
    }

    /// Where the index is that it serves.
    pub(crate) fn cache(&self) -> &std::path::Path {
        self.cache.as_ref().unwrap().path()
    }

    /// What is served, for `docs.example.com` and this machine.
    pub(crate) fn app(documents: Arc<Library>) -> App {
        App {
            hosts: vec!["docs.example.com".to_owned()],
            ..App::new(documents)
        }
    }

    /// Serves something else.
    pub(crate) fn serving(site: Arc<Site>) -> Self {
        Self::serving_on(site, 2)
    }

    /// The same with so many threads that answer requests.
    pub(crate) fn serving_on(site: Arc<Site>, threads: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let binding = Binding::plain(Listener::tcp(listener).unwrap());
        let mut server = Self::bound(site, vec![binding], threads);
        server.address = address;
        server
    }

    /// The same where a test listens itself.
    pub(crate) fn serving_at(site: Arc<Site>, bindings: Vec<Binding>) -> Self {
        Self::bound(site, bindings, 2)
    }

    fn bound(site: Arc<Site>, bindings: Vec<Binding>, threads: usize) -> Self {
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(threads)
                .enable_all()
                .build()?
                .block_on(docent::http::serve(site, bindings, stop))
        });
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            shutdown,
            thread: Some(thread),
            cache: None,
        }
    }

    /// Tells the server to stop; it drains.
    pub(crate) fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits until the server has stopped.
    pub(crate) fn join(mut self) {
        self.thread.take().unwrap().join().unwrap().unwrap();
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends bytes as they are and reads the answer.
    pub(crate) fn raw(&self, request: &[u8]) -> Response {
        let mut stream = self.connect();
        // A server that refuses a body early may close before it is all sent.
        let _ = stream.write_all(request);
        Response::read(&mut stream).expect("an answer")
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        self.raw(&request(method, path, headers, body))
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[], b"")
    }

    /// Posts a body to `/mcp` as clients do, with more headers.
    pub(crate) fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut all = vec![
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        all.extend_from_slice(headers);
        self.send("POST", "/mcp", &all, body)
    }

    /// Calls a method as a client of 2025-11-25 does and returns its result.
    pub(crate) fn call(&self, method: &str, params: Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let response = self.post(
            &[("MCP-Protocol-Version", "2025-11-25")],
            body.to_string().as_bytes(),
        );
        assert_eq!(response.status, 200, "{}", response.text());
        response.json()
    }

    /// Calls a tool and returns its text and whether it is an error.
    pub(crate) fn tool(&self, name: &str, arguments: Value) -> (String, bool) {
        let answer = self.call("tools/call", json!({"name": name, "arguments": arguments}));
        let result = &answer["result"];
        let content = result["content"].as_array().unwrap();
        assert_eq!(content.len(), 1);
        assert!(result.get("structuredContent").is_none());
        let text = content[0]["text"].as_str().unwrap().to_owned();
        (text, result["isError"] == json!(true))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A request for this server's own name that closes its connection, unless the headers differ.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    let mut defaults = vec![("Host", "localhost"), ("Connection", "close")];
    let length = body.len().to_string();
    if !body.is_empty() || method == "POST" {
        defaults.push(("Content-Length", &length));
    }
    defaults.retain(|(name, _)| {
        !headers
            .iter()
            .any(|(given, _)| given.eq_ignore_ascii_case(name))
    });
    for (name, value) in defaults.iter().chain(headers) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Reads to the end of the connection; an error where nothing comes.
    pub(crate) fn read(stream: &mut impl io::Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
                // The rest of a body that was refused is still in flight.
                Err(error)
                    if error.kind() == io::ErrorKind::ConnectionReset && !bytes.is_empty() =>
                {
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Ok(Self {
            status: status.parse().unwrap(),
            headers,
            body: bytes[end + 4..].to_vec(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An answer without the number that its fence has.
pub(crate) fn without_number(answer: &str) -> String {
    const MARKER: &str = "<<<documentation ";
    match answer.split_once(MARKER) {
        Some((_, rest)) => answer.replace(&rest[..12], "[number]"),
        None => answer.to_owned(),
    }
}

/// An open `GET /sse`.
pub(crate) struct Events {
    pub(crate) stream: TcpStream,
    buffer: String,
}

impl Events {
    /// Opens a stream and reads the head of the answer.
    pub(crate) fn open(server: &Server) -> Self {
        Self::open_at(server, "/sse")
    }

    /// The same at another path.
    pub(crate) fn open_at(server: &Server, path: &str) -> Self {
        let mut stream = server.connect();
        let head = request("GET", path, &[("Accept", "*/*")], b"");
        stream.write_all(&head).unwrap();
        let mut events = Self {
            stream,
            buffer: String::new(),
        };
        let head = events.until("\r\n\r\n").expect("a stream");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(head.contains("Content-Type: text/event-stream"), "{head}");
        events
    }

    /// The name and data of the next event; `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> Option<(String, String)> {
        loop {
            let event = self.until("\n\n")?;
            // Sizes of HTTP chunks stand between the events.
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
            if let Some(data) = field("data: ") {
                return Some((
                    field("event: ").unwrap_or("message").to_owned(),
                    data.to_owned(),
                ));
            }
        }
    }

    fn until(&mut self, end: &str) -> Option<String> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(at) = self.buffer.find(end) {
                let rest = self.buffer.split_off(at + end.len());
                return Some(std::mem::replace(&mut self.buffer, rest));
            }
            match self.stream.read(&mut bytes).expect("events in time") {
                0 => return None,
                read => self
                    .buffer
                    .push_str(std::str::from_utf8(&bytes[..read]).unwrap()),
            }
        }
    }
}
