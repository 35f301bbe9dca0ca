//! Clients that close their sending side when they have asked: `nc -N`, shell scripts, some libraries.

use std::{io::Write as _, net::Shutdown};

use docent::config::Limits;
use serde_json::json;

use crate::server::{Response, Server, request};

fn search(number: usize) -> Vec<u8> {
    let call = json!({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {
        "name": "search", "arguments": {"query": "retention_days"},
    }});
    let headers = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("Connection", "keep-alive"),
    ];
    request("POST", "/mcp", &headers, call.to_string().as_bytes())
}

#[test]
fn each_is_answered() {
    let server = Server::start();
    for number in 0..200 {
        let mut stream = server.connect();
        let call = search(number);
        // In one piece, in two, and with the end a moment later.
        let (head, body) = call.split_at(call.len() - number % 50);
        stream.write_all(head).unwrap();
        stream.write_all(body).unwrap();
        if number % 3 == 2 {
            std::thread::yield_now();
        }
        stream.shutdown(Shutdown::Write).unwrap();
        let response = Response::read(&mut stream).expect("an answer");
        assert_eq!(response.status, 200, "{number}");
        assert!(response.text().contains("backup.md"), "{number}");
    }
}

#[test]
fn half_a_request_is_refused_at_once() {
    let server = Server::with(Limits {
        request_timeout: crate::server::PATIENCE * 10,
        ..Limits::default()
    });
    let call = search(1);
    for missing in [1, 20, 100] {
        let mut stream = server.connect();
        stream.write_all(&call[..call.len() - missing]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        if let Ok(response) = Response::read(&mut stream) {
            assert_eq!(response.status, 400, "{missing}");
        }
    }
    let mut stream = server.connect();
    stream.write_all(&call[..40]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    // Not even a head: the connection ends.
    let _ = Response::read(&mut stream);
}
