//! Another configuration under open connections.

use std::io::{Read as _, Write as _};

use docent::config::Limits;

use crate::{
    public::Public,
    server::{Response, request},
};

#[test]
fn what_is_served_changes_under_open_connections() {
    let public = Public::start();
    let mut kept = public.tls("localhost", &["http/1.1"]).unwrap();
    let mut ask = |host: &str| {
        let headers = [("Connection", "keep-alive"), ("Host", host)];
        kept.write_all(&request("GET", "/healthz", &headers, b""))
            .unwrap();
        let mut answer = [0; 4096];
        let length = kept.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[9..12.min(length)]).into_owned()
    };
    assert_eq!(ask("wiki.example.com"), "421");
    public
        .site
        .replace(&public.app(&["wiki.example.com"]), Limits::default());
    assert_eq!(ask("wiki.example.com"), "200");
    assert_eq!(ask("docs.example.com"), "200");
    public.site.replace(&public.app(&[]), Limits::default());
    assert_eq!(ask("wiki.example.com"), "421");
}

#[test]
fn sessions_of_the_older_transport_survive() {
    let public = Public::start();
    let mut events = public.tls("localhost", &["http/1.1"]).unwrap();
    events
        .write_all(&request("GET", "/sse", &[("Accept", "*/*")], b""))
        .unwrap();
    let mut seen = String::new();
    let mut until = |text: &str| {
        let mut bytes = [0; 4096];
        while !seen.contains(text) {
            let length = events.read(&mut bytes).unwrap();
            assert!(length > 0, "the stream ended");
            seen.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
        }
        seen.clone()
    };
    let opened = until("sessionId=");
    let opened = if opened.ends_with('\n') {
        opened
    } else {
        until("\n\n")
    };
    let endpoint = opened
        .lines()
        .find_map(|line| line.strip_prefix("data: "))
        .unwrap();
    let endpoint = format!("/{endpoint}");

    let fewer = Limits {
        sse_sessions: 1,
        ..Limits::default()
    };
    public.site.replace(&public.app(&[]), fewer);
    let initialize = br#"{"jsonrpc":"2.0","id":41,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
    let headers = [("Content-Type", "application/json")];
    assert_eq!(
        public.send("POST", &endpoint, &headers, initialize).status,
        202
    );
    assert!(until("\"id\":41").contains("2024-11-05"));
    // The new limit counts the old session.
    assert_eq!(public.get("/sse").status, 503);
}

#[test]
fn more_connections_are_let_in_as_soon_as_they_may() {
    let one = Limits {
        connections: 1,
        ..Limits::default()
    };
    let public = Public::with(&crate::public::NAMES, one);
    let _kept = public.tls("localhost", &["http/1.1"]).unwrap();
    let mut waiting = crate::public::connect(public.plain);
    waiting
        .write_all(&request("GET", "/healthz", &[], b""))
        .unwrap();
    public.site.replace(&public.app(&[]), Limits::default());
    assert_eq!(Response::read(&mut waiting).unwrap().status, 200);
}
