//! HTTP+SSE of 2024-11-05: a stream, an address to post to, sessions that end with the stream.

use std::time::Instant;

use docent::config::Limits;
use serde_json::{Value, json};

use crate::server::{Events, PATIENCE, Response, Server};

fn post(server: &Server, endpoint: &str, message: &Value) -> Response {
    let headers = [("Content-Type", "application/json"), ("Accept", "*/*")];
    server.send("POST", endpoint, &headers, message.to_string().as_bytes())
}

fn initialize(server: &Server, events: &mut Events) -> String {
    let (name, endpoint) = events.next().unwrap();
    assert_eq!(name, "endpoint");
    assert!(endpoint.starts_with("message?sessionId="), "{endpoint}");
    let endpoint = format!("/{endpoint}");
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2024-11-05", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }});
    assert_eq!(post(server, &endpoint, &hello).status, 202);
    let (name, data) = events.next().unwrap();
    assert_eq!(name, "message");
    let answer: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(answer["result"]["protocolVersion"], "2024-11-05");
    assert_eq!(answer["result"]["serverInfo"]["name"], "docent");
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(post(server, &endpoint, &ready).status, 202);
    endpoint
}

#[test]
fn a_session_answers_on_its_stream() {
    let server = Server::start();
    let mut events = Events::open(&server);
    let endpoint = initialize(&server, &mut events);
    for id in 1..=20 {
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
            "name": "search", "arguments": {"query": "retention_days"},
        }});
        assert_eq!(post(&server, &endpoint, &call).status, 202);
        let answer: Value = serde_json::from_str(&events.next().unwrap().1).unwrap();
        assert_eq!(answer["id"], id);
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("guide/tasks/backup.md"), "{text}");
    }
}

#[test]
fn an_unknown_session_is_not_found() {
    let server = Server::start();
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    assert_eq!(
        post(&server, "/message?sessionId=nobody", &ping).status,
        404
    );
    assert_eq!(post(&server, "/message", &ping).status, 400);
    assert_eq!(post(&server, "/message?sessionId=", &ping).status, 400);
}

#[test]
fn a_session_ends_with_its_stream() {
    let server = Server::start();
    let mut events = Events::open(&server);
    let endpoint = initialize(&server, &mut events);
    drop(events);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let begun = Instant::now();
    while post(&server, &endpoint, &ping).status != 404 {
        assert!(
            begun.elapsed() < PATIENCE,
            "the session outlives its stream"
        );
    }
}

#[test]
fn what_is_no_message_is_refused_and_the_session_goes_on() {
    let server = Server::start();
    let mut events = Events::open(&server);
    let endpoint = initialize(&server, &mut events);
    for (body, code) in [("{", -32700), ("[]", -32600), ("{\"id\":1}", -32600)] {
        let response = server.send("POST", &endpoint, &[], body.as_bytes());
        assert_eq!(response.status, 400);
        assert_eq!(response.json()["error"]["code"], code);
    }
    let ping = json!({"jsonrpc": "2.0", "id": 9, "method": "ping"});
    assert_eq!(post(&server, &endpoint, &ping).status, 202);
    let answer: Value = serde_json::from_str(&events.next().unwrap().1).unwrap();
    assert_eq!(answer["id"], 9);
}

#[test]
fn there_are_only_so_many_sessions() {
    let server = Server::with(Limits {
        sse_sessions: 2,
        ..Limits::default()
    });
    let first = Events::open(&server);
    let _second = Events::open(&server);
    let refused = server.get("/sse");
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
    drop(first);
    let begun = Instant::now();
    loop {
        // A refusal is complete at once; a stream is open and would be read for ever.
        let mut stream = server.connect();
        let request = crate::server::request("GET", "/sse", &[], b"");
        std::io::Write::write_all(&mut stream, &request).unwrap();
        let mut status = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut status).unwrap();
        if &status == b"HTTP/1.1 200" {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "the place is not given up");
    }
}

#[test]
fn who_never_initializes_is_let_go() {
    let server = Server::with(Limits {
        request_timeout: std::time::Duration::from_millis(200),
        ..Limits::default()
    });
    let mut events = Events::open(&server);
    assert_eq!(events.next().unwrap().0, "endpoint");
    assert!(events.next().is_none());
}

#[test]
fn the_address_for_messages_is_relative_to_that_of_the_stream() {
    let server = Server::start();
    for (path, expected) in [
        ("/sse", "message?sessionId="),
        ("/sse/", "../message?sessionId="),
    ] {
        let mut events = Events::open_at(&server, path);
        let (_, endpoint) = events.next().unwrap();
        assert!(endpoint.starts_with(expected), "{path}: {endpoint}");
    }
}

fn call(id: u64) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {
        "name": "search", "arguments": {"query": "retention_days"},
    }})
}

#[test]
fn a_cancelled_request_runs_no_more() {
    let server = Server::start();
    let mut events = Events::open(&server);
    let endpoint = initialize(&server, &mut events);
    // Nobody reads meanwhile: as many as there may be, each of them cancelled.
    for round in 0..3 {
        for number in 0..64 {
            let id = round * 64 + number;
            let status = post(&server, &endpoint, &call(id)).status;
            assert_eq!(status, 202, "{id}");
            let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {
                "requestId": id, "reason": "not needed",
            }});
            assert_eq!(post(&server, &endpoint, &cancel).status, 202);
        }
    }
    // And a stop waits for none of them.
    let begun = Instant::now();
    server.stop();
    while events.next().is_some() {}
    server.join();
    assert!(begun.elapsed() < std::time::Duration::from_secs(12));
}

#[test]
fn an_id_is_used_once_at_a_time() {
    let server = Server::start();
    let mut events = Events::open(&server);
    let endpoint = initialize(&server, &mut events);
    let answered = |events: &mut Events, id: u64| {
        let answer: Value = serde_json::from_str(&events.next().unwrap().1).unwrap();
        assert_eq!(answer["id"], id);
    };
    for _ in 0..100 {
        assert_eq!(post(&server, &endpoint, &call(7)).status, 202);
        let again = post(&server, &endpoint, &call(7));
        if again.status == 400 {
            assert_eq!(again.json()["error"]["code"], -32600);
            assert_eq!(again.json()["id"], 7);
        } else {
            // The first one was answered already.
            assert_eq!(again.status, 202);
            answered(&mut events, 7);
        }
        answered(&mut events, 7);
    }
}

#[test]
fn who_breaks_off_a_message_leaves_nothing_behind() {
    let server = Server::start();
    let mut events = Events::open(&server);
    let endpoint = initialize(&server, &mut events);
    for id in 100..200 {
        let body = call(id).to_string();
        let headers = [("Content-Type", "application/json")];
        let mut stream = server.connect();
        let request = crate::server::request("POST", &endpoint, &headers, body.as_bytes());
        std::io::Write::write_all(&mut stream, &request[..request.len() - 1]).unwrap();
    }
    for id in 1..=64 {
        assert_eq!(post(&server, &endpoint, &call(id)).status, 202);
    }
}
