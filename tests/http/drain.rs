//! The stop: what runs is finished, streams end, nothing takes longer than allowed.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use docent::config::Limits;

use crate::server::{Events, PATIENCE, Response, Server, request};

const PING: &[u8] = br#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;

/// Waits until the server takes no more connections.
fn refused(server: &Server) {
    let begun = Instant::now();
    while TcpStream::connect(server.address).is_ok() {
        assert!(begun.elapsed() < PATIENCE, "still listening");
    }
}

#[test]
fn a_running_call_is_finished() {
    let server = Server::start();
    // Half a request: it is running from here on.
    let length = PING.len().to_string();
    let headers = [
        ("Content-Length", length.as_str()),
        ("Content-Type", "application/json"),
        ("Expect", "100-continue"),
    ];
    let mut call = server.connect();
    call.write_all(&request("POST", "/mcp", &headers, b""))
        .unwrap();
    // The server asks for the body: it has taken the call on.
    let mut go_on = [0; 25];
    call.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    server.stop();
    refused(&server);
    call.write_all(PING).unwrap();
    let response = Response::read(&mut call).unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.json()["id"], 7);
    server.join();
}

#[test]
fn streams_and_idle_connections_end_at_once() {
    let server = Server::start();
    let mut events = Events::open(&server);
    assert_eq!(events.next().unwrap().0, "endpoint");
    // One that has said nothing, and one that waits for its next request.
    let mut silent = server.connect();
    let mut idle = server.connect();
    idle.write_all(&request(
        "GET",
        "/healthz",
        &[("Connection", "keep-alive")],
        b"",
    ))
    .unwrap();
    let mut start = [0; 12];
    idle.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");

    let begun = Instant::now();
    server.stop();
    assert!(events.next().is_none(), "the stream ends");
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).unwrap();
    let _ = silent.read_to_end(&mut rest);
    server.join();
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn the_stop_is_bounded() {
    let server = Server::with(Limits {
        drain_timeout: Duration::from_millis(300),
        ..Limits::default()
    });
    let headers = [("Content-Length", "100"), ("Expect", "100-continue")];
    let mut call = server.connect();
    call.write_all(&request("POST", "/mcp", &headers, b""))
        .unwrap();
    let mut go_on = [0; 25];
    call.read_exact(&mut go_on).unwrap();
    let begun = Instant::now();
    server.stop();
    server.join();
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
}

/// One answer on a connection that stays open; `None` where it was closed instead.
fn answer(stream: &mut BufReader<TcpStream>) -> Option<Vec<String>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let length = head
        .iter()
        .find_map(|line| line.strip_prefix("content-length: "))?;
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).ok()?;
    Some(head)
}

#[test]
fn who_calls_again_and_again_is_told_to_come_back() {
    let server = Server::start();
    let started = Barrier::new(9);
    thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut stream = BufReader::new(server.connect());
                    let headers = [("Connection", "keep-alive")];
                    let request = request("GET", "/healthz", &headers, b"");
                    for calls in 0.. {
                        if calls == 3 {
                            started.wait();
                        }
                        stream.get_mut().write_all(&request).unwrap();
                        let head = answer(&mut stream).expect("each call is answered");
                        assert_eq!(head[0], "http/1.1 200 ok");
                        if head.iter().any(|line| line == "connection: close") {
                            return;
                        }
                    }
                })
            })
            .collect();
        started.wait();
        server.stop();
        for caller in callers {
            caller.join().unwrap();
        }
    });
    server.join();
}

#[test]
fn who_has_just_come_is_answered() {
    let server = Server::start();
    let mut early = server.connect();
    let mut busy = server.connect();
    busy.write_all(&request(
        "GET",
        "/healthz",
        &[("Connection", "keep-alive")],
        b"",
    ))
    .unwrap();
    let mut status = [0; 12];
    busy.read_exact(&mut status).unwrap();
    server.stop();
    early
        .write_all(&request("GET", "/healthz", &[], b""))
        .unwrap();
    let response = Response::read(&mut early).unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.header("connection"), Some("close"));
    server.join();
}
