//! Connections that are kept without being used, and what is always answered all the same.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use docent::{
    config::{Limits, TrustedProxies},
    http::Site,
};

use crate::server::{Events, PATIENCE, Response, Server, library, request};

const SHORT: Duration = Duration::from_millis(300);
const KEEP: [(&str, &str); 1] = [("Connection", "keep-alive")];

/// Frames of HTTP/2 (RFC 9113, section 6).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const PING: &[u8] = b"\0\0\x08\x06\0\0\0\0\0docentqs";
const HEADERS: u8 = 1;
const GOAWAY: u8 = 7;

/// The next frame: its type and its content; `None` at the end.
fn frame(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let mut content = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
    stream.read_exact(&mut content).ok()?;
    if head[3] == 6 && head[4] & 1 == 0 {
        // A ping is answered with its content.
        let _ = stream.write_all(&[b"\0\0\x08\x06\x01\0\0\0\0", &*content].concat());
    }
    Some((head[3], content))
}

/// `GET /healthz` on a stream; `:method: GET`, `:path`, `:authority: localhost`, `:scheme: http` (RFC 7541).
fn get_over_http2(stream: u8) -> Vec<u8> {
    let block = [b"\x82\x04\x08/healthz\x86\x41\x09localhost".as_slice()].concat();
    let length = u8::try_from(block.len()).unwrap();
    [&[0, 0, length, HEADERS, 5, 0, 0, 0, stream], &*block].concat()
}

/// Reads one answer from a connection that stays open.
fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\nok\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the connection ended");
        answer.push(byte[0]);
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn who_only_answers_pings_is_let_go() {
    let server = Server::with(Limits {
        connections: 16,
        idle_connection: SHORT,
        ..Limits::default()
    });
    let idle: Vec<_> = (0..16)
        .map(|number| {
            let mut stream = server.connect();
            stream.write_all(PREFACE).unwrap();
            if number % 2 == 0 {
                stream.write_all(&get_over_http2(1)).unwrap();
            }
            let mut pinging = stream.try_clone().unwrap();
            thread::spawn(move || {
                while pinging.write_all(PING).is_ok() {
                    thread::sleep(Duration::from_millis(20));
                }
            });
            thread::spawn(move || {
                let mut seen = Vec::new();
                while let Some((kind, _)) = frame(&mut stream) {
                    seen.push(kind);
                }
                let _ = stream.shutdown(Shutdown::Both);
                seen
            })
        })
        .collect();
    // It waits for its turn.
    assert_eq!(server.get("/healthz").status, 200);
    for (number, idle) in idle.into_iter().enumerate() {
        let seen = idle.join().unwrap();
        assert!(seen.contains(&GOAWAY), "{number}: {seen:?}");
        assert_eq!(
            seen.contains(&HEADERS),
            number % 2 == 0,
            "{number}: {seen:?}"
        );
    }
}

#[test]
fn a_kept_connection_ends_when_nothing_is_asked() {
    let server = Server::with(Limits {
        idle_connection: SHORT,
        ..Limits::default()
    });
    let mut stream = server.connect();
    for _ in 0..3 {
        stream
            .write_all(&request("GET", "/healthz", &KEEP, b""))
            .unwrap();
        answer(&mut stream);
    }
    let begun = Instant::now();
    assert_eq!(stream.read(&mut [0; 64]).unwrap(), 0);
    assert!(begun.elapsed() >= SHORT / 2);
}

#[test]
fn a_kept_connection_may_be_quiet_for_longer_than_a_head_may_take() {
    let server = Server::with(Limits {
        header_timeout: SHORT,
        ..Limits::default()
    });
    let mut stream = server.connect();
    stream
        .write_all(&request("GET", "/healthz", &KEEP, b""))
        .unwrap();
    answer(&mut stream);
    stream.set_read_timeout(Some(SHORT * 3)).unwrap();
    let kind = stream.read(&mut [0]).unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut));
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The next head has no more time than the first.
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHo").unwrap();
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.is_empty());
    assert!(begun.elapsed() >= SHORT / 2);
}

#[test]
fn a_stream_is_no_idle_connection() {
    let server = Server::with(Limits {
        idle_connection: Duration::from_millis(50),
        ..Limits::default()
    });
    let mut events = Events::open(&server);
    assert_eq!(events.next().unwrap().0, "endpoint");
    events.stream.set_read_timeout(Some(SHORT * 2)).unwrap();
    let kind = events.stream.read(&mut [0]).unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut));
}

#[test]
fn the_service_finds_itself_alive_while_all_places_are_taken() {
    let (library, _cache) = library::handbook();
    let site = Arc::new(Site::new(&Server::app(library), one_connection()));
    let server = Server::serving(Arc::clone(&site));
    let taken = Events::open(&server);
    let mut waiting = server.connect();
    waiting
        .write_all(&request("GET", "/healthz", &[], b""))
        .unwrap();
    waiting.set_read_timeout(Some(SHORT)).unwrap();
    assert!(Response::read(&mut waiting).is_err());

    let runtime = tokio::runtime::Runtime::new().unwrap();
    for _ in 0..5 {
        let answers =
            runtime.block_on(async { tokio::time::timeout(PATIENCE, site.answers()).await });
        assert!(answers.unwrap());
    }
    // It has not asked on anybody's behalf.
    assert!(site.idle_for() < PATIENCE);
    drop((taken, waiting));
    server.stop();
    server.join();
    // Nobody accepts any more.
    assert!(!runtime.block_on(site.answers()));
}

fn one_connection() -> Limits {
    Limits {
        connections: 1,
        ..Limits::default()
    }
}

#[test]
fn who_comes_by_a_trusted_proxy_has_a_share() {
    let (library, _cache) = library::handbook();
    let mut app = Server::app(library);
    app.proxies = TrustedProxies {
        networks: vec!["127.0.0.1".parse().unwrap()],
        unix: false,
    };
    let limits = Limits {
        connections_per_address: 2,
        shared_addresses: vec!["198.51.100.0/24".parse().unwrap()],
        connections: 8,
        ..Limits::default()
    };
    let server = Server::serving(Arc::new(Site::new(&app, limits)));
    let open = |from: &str| {
        let mut stream = server.connect();
        let headers = [("X-Forwarded-For", from)];
        stream
            .write_all(&request("GET", "/sse", &headers, b""))
            .unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        (String::from_utf8(status.to_vec()).unwrap(), stream)
    };
    let held = [open("192.0.2.1"), open("6.6.6.6, 192.0.2.1")];
    assert!(held.iter().all(|(status, _)| status == "HTTP/1.1 200"));
    let (status, _) = open("192.0.2.1");
    assert_eq!(status, "HTTP/1.1 429");
    // Another one, one of whom there are many, and one that the proxy does not name.
    let (status, _other) = open("192.0.2.2");
    assert_eq!(status, "HTTP/1.1 200");
    let many: Vec<_> = (0..3).map(|_| open("198.51.100.7")).collect();
    assert!(many.iter().all(|(status, _)| status == "HTTP/1.1 200"));
    drop(many);
    assert_eq!(server.get("/healthz").status, 200);
    drop(held);
    let begun = Instant::now();
    while open("192.0.2.1").0 != "HTTP/1.1 200" {
        assert!(begun.elapsed() < PATIENCE, "the share is not given back");
    }
}
