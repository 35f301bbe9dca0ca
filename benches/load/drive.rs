//! The load: connections that stay open, each asking its next question as soon as it has an answer.

use std::{
    cell::{Cell, RefCell},
    error::Error,
    fmt, io,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::LocalSet,
};

/// A version of the protocol to ask in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// 2025-11-25, like all before it: a request says little of itself.
    Handshake,
    /// 2026-07-28: each request says version, client and capabilities.
    SelfContained,
}

/// One run's figures.
pub(crate) struct Run {
    /// Answers in a second, over all connections.
    pub(crate) per_second: f64,
    /// Half of the answers took no longer.
    pub(crate) p50: Duration,
    /// 99 of 100 answers took no longer.
    pub(crate) p99: Duration,
    /// Answers.
    pub(crate) calls: usize,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            per_second,
            p50,
            p99,
            calls,
        } = self;
        write!(
            f,
            "{calls} calls, {per_second:.0}/s, p50 {p50:.1?}, p99 {p99:.1?}"
        )
    }
}

/// Asks each query once, or stops after `most`; any answer but a good one ends the run.
pub(crate) fn drive(
    address: &str,
    version: Version,
    headers: &str,
    connections: usize,
    queries: &[String],
    most: Duration,
) -> Result<Run, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let requests = queries
        .iter()
        .map(|query| request(address, version, query, headers))
        .collect::<Vec<_>>();
    let next = Rc::new(Cell::new(0));
    let times = Rc::new(RefCell::new(Vec::with_capacity(requests.len())));
    let requests = Rc::new(requests);

    let local = LocalSet::new();
    let elapsed = local.block_on(&runtime, async {
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Connection::open(address).await?);
        }
        let start = Instant::now();
        let mut tasks = Vec::new();
        for mut connection in open {
            let (next, times, requests) = (next.clone(), times.clone(), requests.clone());
            tasks.push(tokio::task::spawn_local(async move {
                loop {
                    let asked = Instant::now();
                    let number = next.replace(next.get() + 1);
                    if number >= requests.len() || asked - start > most {
                        return io::Result::Ok(());
                    }
                    let answer = connection.ask(&requests[number]).await?;
                    times.borrow_mut().push(asked.elapsed());
                    check(answer)?;
                }
            }));
        }
        for task in tasks {
            task.await??;
        }
        Ok::<_, Box<dyn Error>>(start.elapsed())
    })?;

    Run::of(times.take(), elapsed)
}

impl Run {
    /// What these times come to.
    pub(crate) fn of(mut times: Vec<Duration>, elapsed: Duration) -> Result<Self, Box<dyn Error>> {
        times.sort_unstable();
        let at = |share: usize| {
            times
                .get((times.len() * share / 100).min(times.len().saturating_sub(1)))
                .copied()
        };
        Ok(Self {
            per_second: times.len() as f64 / elapsed.as_secs_f64(),
            p50: at(50).ok_or("no answer in time")?,
            p99: at(99).ok_or("no answer in time")?,
            calls: times.len(),
        })
    }
}

/// Asks one query on a connection of its own; the body of the answer.
pub(crate) fn ask(
    address: &str,
    version: Version,
    headers: &str,
    query: &str,
) -> io::Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        let answer = connection
            .ask(&request(address, version, query, headers))
            .await?;
        check(answer)?;
        Ok(answer.to_vec())
    })
}

/// A search, with more headers, each with the end of its line.
pub(crate) fn request(address: &str, version: Version, query: &str, more: &str) -> Vec<u8> {
    let mut call = serde_json::json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": { "name": "search", "arguments": { "query": query } },
    });
    let headers = match version {
        Version::Handshake => "MCP-Protocol-Version: 2025-11-25\r\n",
        Version::SelfContained => {
            call["params"]["_meta"] = serde_json::json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": { "name": "driver", "version": "1.0.0" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: search\r\n"
        }
    };
    let body = call.to_string();
    format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\n{headers}{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// An answer is good when it carries a result that is not a tool's error. Only its ends are looked
/// at, where JSON-RPC and every server here put that: the driver shares the machine with the server.
pub(crate) fn check(answer: &[u8]) -> io::Result<()> {
    let head = &answer[..answer.len().min(200)];
    let tail = &answer[answer.len().saturating_sub(100)..];
    let has = |part: &[u8], text: &str| {
        part.windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    let result = has(head, "\"result\":") || has(tail, "\"result\":");
    if result && !has(tail, "\"isError\":true") && !has(head, "\"isError\":true") {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "not a good answer: {}",
            String::from_utf8_lossy(head)
        )))
    }
}

/// A keep-alive connection of HTTP/1.1.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of the last answer's body, in `buffer` or put together from its chunks.
    body: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(1 << 16),
            body: Vec::new(),
        })
    }

    async fn ask(&mut self, request: &[u8]) -> io::Result<&[u8]> {
        match self.exchange(request).await? {
            (200, body) => Ok(body),
            (status, _) => Err(io::Error::other(format!("the server answered {status}"))),
        }
    }

    /// The status of an answer and its body.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, (status, framing)) = loop {
            self.fill().await?;
            if let Some(end) = self
                .buffer
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
            {
                break (end + 4, framing(&self.buffer[..end])?);
            }
        };
        match framing {
            Framing::Length(length) => {
                while self.buffer.len() < head + length {
                    self.fill().await?;
                }
                Ok((status, &self.buffer[head..head + length]))
            }
            Framing::Chunked => {
                while !self.buffer.ends_with(b"0\r\n\r\n") {
                    self.fill().await?;
                }
                self.body.clear();
                join_chunks(&self.buffer[head..], &mut self.body)?;
                Ok((status, &self.body))
            }
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

enum Framing {
    Length(usize),
    Chunked,
}

fn framing(head: &[u8]) -> io::Result<(u16, Framing)> {
    let head = std::str::from_utf8(head).map_err(io::Error::other)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    let code = status
        .strip_prefix("HTTP/1.1 ")
        .and_then(|status| status.get(..3)?.parse().ok());
    let code = code.ok_or_else(|| io::Error::other(format!("the server answered {status}")))?;
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-length") {
            return value
                .trim()
                .parse()
                .map(|length| (code, Framing::Length(length)))
                .map_err(io::Error::other);
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Ok((code, Framing::Chunked));
        }
    }
    Err(io::Error::other("the answer's length is not said"))
}

fn join_chunks(mut chunked: &[u8], body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let end = chunked
            .windows(2)
            .position(|window| window == b"\r\n")
            .ok_or(io::ErrorKind::InvalidData)?;
        let size = std::str::from_utf8(&chunked[..end]).map_err(io::Error::other)?;
        let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
        if size == 0 {
            return Ok(());
        }
        let chunk = chunked
            .get(end + 2..end + 2 + size)
            .ok_or(io::ErrorKind::InvalidData)?;
        body.extend_from_slice(chunk);
        chunked = chunked
            .get(end + size + 4..)
            .ok_or(io::ErrorKind::InvalidData)?;
    }
}
