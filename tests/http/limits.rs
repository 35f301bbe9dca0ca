//! Clients that ask for too much, or too slowly.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    time::{Duration, Instant},
};

use docent::config::Limits;

use crate::server::{Events, Response, Server, request};

const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_large_body_is_refused() {
    let server = Server::start();
    let body = vec![b' '; 10 << 20];
    let response = server.post(&[], &body);
    assert_eq!(response.status, 413);
    assert!(response.text().contains("1048576 bytes"));
    // Without a length, the same.
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, " ".repeat(1 << 16));
    let headers = [
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", ""),
        ("Content-Type", "application/json"),
    ];
    let head = String::from_utf8(request("POST", "/mcp", &headers, b"")).unwrap();
    let head = head.replace("Content-Length: \r\n", "");
    let response = server.raw(format!("{head}{}0\r\n\r\n", chunk.repeat(40)).as_bytes());
    assert_eq!(response.status, 413);
    // And for the older transport.
    let mut events = Events::open(&server);
    let (_, endpoint) = events.next().unwrap();
    let endpoint = format!("/{endpoint}");
    assert_eq!(server.send("POST", &endpoint, &[], &body).status, 413);
}

/// Many clients write all of their request before they read: they hear the refusal all the same.
#[test]
fn who_writes_first_hears_why_it_is_refused() {
    let server = Server::start();
    let body = vec![b' '; 10 << 20];
    let chunked = [b"a00000\r\n", &*body, b"\r\n0\r\n\r\n"].concat();
    for (path, headers, body, status) in [
        ("/mcp", &[][..], &body, 413),
        (
            "/mcp",
            &[("Content-Length", ""), ("Transfer-Encoding", "chunked")],
            &chunked,
            413,
        ),
        ("/message?sessionId=x", &[], &body, 404),
        ("/sse", &[], &body, 405),
        ("/nothing", &[], &body, 404),
        ("/mcp", &[("Content-Encoding", "gzip")], &body, 415),
        ("/mcp", &[("Host", "evil.example")], &body, 403),
        ("/mcp", &[("X-Long", &*"x".repeat(200_000))], &body, 431),
    ] {
        let request = request("POST", path, headers, body);
        let request = String::from_utf8(request)
            .unwrap()
            .replace("Content-Length: \r\n", "");
        let mut stream = server.connect();
        stream
            .write_all(request.as_bytes())
            .expect("all of it is taken");
        let response = Response::read(&mut stream).expect("an answer");
        assert_eq!(response.status, status, "{path} {:?}", headers.first());
    }
}

#[test]
fn what_is_compressed_is_refused_with_the_reason() {
    let server = Server::start();
    let ping = br#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    for coding in ["gzip", "br", "identity, deflate"] {
        let response = server.post(&[("Content-Encoding", coding)], ping);
        assert_eq!(response.status, 415, "{coding}");
        assert_eq!(response.header("accept-encoding"), Some("identity"));
        assert!(
            response.text().contains("compressed"),
            "{}",
            response.text()
        );
    }
    assert_eq!(
        server
            .post(&[("Content-Encoding", "identity")], ping)
            .status,
        200
    );

    let chunked = |coding: &str| {
        let headers = [
            ("Transfer-Encoding", coding),
            ("Content-Length", ""),
            ("Content-Type", "application/json"),
        ];
        let head = String::from_utf8(request("POST", "/mcp", &headers, b"")).unwrap();
        let head = head.replace("Content-Length: \r\n", "");
        let body = String::from_utf8_lossy(ping);
        server.raw(format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", ping.len()).as_bytes())
    };
    assert_eq!(chunked("chunked").status, 200);
    assert_eq!(chunked("Chunked").status, 200);
    for coding in ["gzip, chunked", "gzip,chunked", "deflate, chunked"] {
        let response = chunked(coding);
        assert_eq!(response.status, 501, "{coding}");
        assert!(response.text().contains("chunked"));
    }
}

#[test]
fn a_slow_head_ends_the_connection() {
    let server = Server::with(Limits {
        header_timeout: SHORT,
        ..Limits::default()
    });
    for start in [
        &b""[..],
        b"PRI * HTTP/2.0\r\n\r\nSM",
        b"P",
        b"GET /healthz HTTP/1.1\r\nHost: local",
    ] {
        let begun = Instant::now();
        let mut stream = server.connect();
        stream.write_all(start).unwrap();
        let mut rest = Vec::new();
        // Closed, perhaps with a 408 before.
        match stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{start:?}"),
        }
        assert!(begun.elapsed() >= SHORT / 2, "{start:?}");
        assert!(!rest.starts_with(b"HTTP/1.1 200"));
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_slow_body_is_given_up() {
    let server = Server::with(Limits {
        request_timeout: SHORT,
        ..Limits::default()
    });
    let mut stream = server.connect();
    let headers = [
        ("Content-Length", "100"),
        ("Content-Type", "application/json"),
    ];
    stream
        .write_all(&request("POST", "/mcp", &headers, b""))
        .unwrap();
    assert_eq!(Response::read(&mut stream).unwrap().status, 408);
}

#[test]
fn a_head_without_end_is_refused() {
    let server = Server::start();
    let long = "x".repeat(200_000);
    let response = server.send("GET", "/healthz", &[("X-Long", &long)], b"");
    assert_eq!(response.status, 431);
}

#[test]
fn connections_wait_for_their_turn() {
    let server = Server::with(Limits {
        connections: 1,
        ..Limits::default()
    });
    let first = Events::open(&server);
    let mut second = server.connect();
    second
        .write_all(&request("GET", "/healthz", &[], b""))
        .unwrap();
    second.set_read_timeout(Some(SHORT)).unwrap();
    let waiting = Response::read(&mut second).err().expect("no answer yet");
    assert!(matches!(
        waiting.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    drop(first);
    second
        .set_read_timeout(Some(crate::server::PATIENCE))
        .unwrap();
    assert_eq!(Response::read(&mut second).unwrap().status, 200);
}

#[test]
fn http_2_is_spoken() {
    let server = Server::start();
    let mut stream = server.connect();
    // The preface in two pieces, then an empty SETTINGS frame (RFC 9113, section 6.5).
    stream.write_all(b"PRI * HTTP/2.0\r\n").unwrap();
    stream
        .write_all(b"\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(frame[3], 4, "the server's own SETTINGS come first");
}
