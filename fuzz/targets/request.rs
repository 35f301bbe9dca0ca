#![no_main]
//! Any bytes, as the body of a request to a running server: it answers, and never with a 500.

use docent::{
    config::Limits,
    http::{App, Binding, Site, serve},
    listener::Listener,
    mcp::Library,
};
use docent_fuzz::index;
use libfuzzer_sys::fuzz_target;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

static SERVER: LazyLock<SocketAddr> = LazyLock::new(start);

fuzz_target!(|body: &[u8]| {
    let (version, body) = match body.split_first() {
        Some((first, rest)) => (usize::from(*first), rest),
        None => (0, body),
    };
    // The header decides which rules hold for the body.
    let headers = match version % 4 {
        0 => "",
        1 => "MCP-Protocol-Version: 2025-06-18\r\n",
        2 => "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: search\r\n",
        _ => "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: server/discover\r\n",
    };
    let status = post(headers, body);
    assert!(
        matches!(status, 200 | 202 | 400 | 404 | 413 | 415 | 422),
        "status {status}"
    );
});

fn post(headers: &str, body: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(*SERVER).expect("the server listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("ten seconds are not zero");
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
         {headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all(head.as_bytes())
        .expect("the head is taken");
    stream.write_all(body).expect("the body is taken");
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line).expect("an answer in time");
    let status = line.get(9..12).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status line: {line:?}"));
    let mut rest = Vec::new();
    // Streams of server-sent events stay open; the fuzzer wants only their start.
    if status != 200 {
        answer.read_to_end(&mut rest).expect("the whole answer");
    }
    status
}

fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
    let address = listener.local_addr().expect("a bound listener has one");
    let listener = Listener::tcp(listener).expect("loopback sockets can be non-blocking");
    std::thread::spawn(move || {
        let index = index();
        let app = App::new(Arc::new(Library::new(Arc::clone(&index.snapshot))));
        let site = Arc::new(Site::new(&app, Limits::default()));
        tokio::runtime::Runtime::new()
            .expect("threads can be started")
            .block_on(serve(
                site,
                vec![Binding::plain(listener)],
                CancellationToken::new(),
            ))
            .expect("the server runs until the process ends");
    });
    address
}
