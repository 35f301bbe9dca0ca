//! Clients that are slow or silent, and the stop, over TLS.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    time::{Duration, Instant},
};

use docent::config::Limits;

use crate::{
    public::{NAMES, Public, Tls, connect, rest},
    server::request,
};

const SHORT: Duration = Duration::from_millis(300);

/// Reads up to the end of the head of an answer.
fn head(stream: &mut Tls) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

fn open_events(public: &Public) -> Tls {
    let mut events = public.tls("localhost", &["http/1.1"]).unwrap();
    events
        .write_all(&request("GET", "/sse", &[("Accept", "*/*")], b""))
        .unwrap();
    let head = head(&mut events);
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    events
}

#[test]
fn a_slow_handshake_ends_the_connection() {
    let public = Public::with(
        &NAMES,
        Limits {
            header_timeout: SHORT,
            ..Limits::default()
        },
    );
    for start in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00"] {
        let begun = Instant::now();
        let mut stream = connect(public.https);
        stream.write_all(start).unwrap();
        let mut rest = Vec::new();
        if let Err(error) = stream.read_to_end(&mut rest) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{start:?}");
        }
        assert!(begun.elapsed() >= SHORT / 2, "{start:?}");
    }
    assert_eq!(public.get("/healthz").status, 200);
}

#[test]
fn silence_after_the_handshake_ends_the_connection() {
    let public = Public::with(
        &NAMES,
        Limits {
            header_timeout: SHORT,
            ..Limits::default()
        },
    );
    for (protocol, start) in [
        ("http/1.1", &b""[..]),
        ("h2", b""),
        ("h2", b"PRI * HTTP/2.0\r\n\r\nSM"),
        ("http/1.1", b"GET /healthz HTTP/1.1\r\nHost: local"),
    ] {
        let mut stream = public.tls("localhost", &[protocol]).unwrap();
        stream.write_all(start).unwrap();
        stream.flush().unwrap();
        // Within the socket's own patience; a client that has begun a request gets no goodbye.
        match rest(&mut stream) {
            Ok(rest) => assert!(!rest.starts_with(b"HTTP/1.1 200"), "{start:?}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{start:?}"),
        }
    }
    assert_eq!(public.get("/healthz").status, 200);
}

#[test]
fn connections_of_all_listeners_count_together_and_port_80_is_always_answered() {
    let public = Public::with(
        &NAMES,
        Limits {
            connections: 1,
            ..Limits::default()
        },
    );
    let events = open_events(&public);
    for address in [public.plain, public.https] {
        let mut waiting = connect(address);
        waiting.set_read_timeout(Some(SHORT)).unwrap();
        waiting
            .write_all(&request("GET", "/healthz", &[], b""))
            .unwrap();
        let kind = waiting.read(&mut [0]).unwrap_err().kind();
        assert!(
            matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "{kind:?}"
        );
    }
    let redirected = public.send_plain(public.http, "GET", "/healthz", &[]);
    assert_eq!(redirected.status, 301);
    drop(events);
    assert_eq!(public.get("/healthz").status, 200);
}

#[test]
fn the_stop_says_goodbye_to_streams() {
    let public = Public::start();
    let mut events = open_events(&public);
    let mut silent = public.tls("localhost", &["http/1.1"]).unwrap();
    let mut idle = public.tls("localhost", &["http/1.1"]).unwrap();
    let keep = [("Connection", "keep-alive")];
    idle.write_all(&request("GET", "/healthz", &keep, b""))
        .unwrap();
    head(&mut idle);
    let unfinished = connect(public.https);

    let begun = Instant::now();
    public.stop();
    // An error here would be a connection that ends without a `close_notify`.
    for stream in [&mut events, &mut silent, &mut idle] {
        rest(stream).unwrap();
    }
    drop(unfinished);
    public.join();
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
}
