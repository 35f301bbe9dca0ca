//! By which address docent is known: what it is told, what proxies say, and below which path it is found.

use std::sync::Arc;

use docent::{
    config::{Limits, TrustedProxies},
    http::{App, Site},
};
use serde_json::json;

use crate::server::{Events, Response, Server, library};

/// Tells people and assistants this address, and believes a proxy on this machine.
fn known_as(url: Option<&str>) -> Server {
    serving(library::handbook().0, url)
}

fn serving(library: Arc<docent::mcp::Library>, url: Option<&str>) -> Server {
    let app = App {
        url: url.map(|url| url.parse().unwrap()),
        proxies: TrustedProxies {
            networks: vec!["127.0.0.1/32".parse().unwrap()],
            unix: false,
        },
        ..Server::app(library)
    };
    Server::serving(Arc::new(Site::new(&app, Limits::default())))
}

fn ping(server: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    let ping = br#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    server.send("POST", path, &headers, ping)
}

#[test]
fn everything_is_found_below_a_path_whether_a_proxy_takes_it_off_or_not() {
    let server = known_as(Some("https://www.example.com/tools/docs"));
    for below in ["", "/tools/docs"] {
        for path in ["/mcp", "/mcp/", "/mcp?budget=4000"] {
            let answer = ping(&server, &format!("{below}{path}"), &[]);
            assert_eq!(answer.status, 200, "{below}{path}");
        }
        assert_eq!(server.get(&format!("{below}/healthz")).status, 200);
        let page = server.get(&format!("{below}/"));
        assert_eq!(page.status, 200, "{below}");
        let page = page.text();
        assert!(
            page.contains("https://www.example.com/tools/docs/mcp"),
            "{page}"
        );

        let mut events = Events::open_at(&server, &format!("{below}/sse"));
        let (event, endpoint) = events.next().unwrap();
        assert_eq!(event, "endpoint");
        assert!(
            endpoint.starts_with("/tools/docs/message?sessionId="),
            "{endpoint}"
        );
        let initialize = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2024-11-05", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        }});
        let posted = server.send(
            "POST",
            &endpoint,
            &[("Content-Type", "application/json")],
            initialize.to_string().as_bytes(),
        );
        assert_eq!(posted.status, 202);
        assert!(events.next().unwrap().1.contains("serverInfo"));
    }
    assert_eq!(server.get("/tools/docs").status, 200);
    for path in ["/tools", "/tools/docsmcp", "/tools/docs/tools/docs/mcp"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_message_is_posted_beside_the_stream_where_nobody_says_a_path() {
    let server = Server::start();
    for (path, message) in [("/sse", "message?"), ("/sse/", "../message?")] {
        let (_, endpoint) = Events::open_at(&server, path).next().unwrap();
        assert!(endpoint.starts_with(message), "{endpoint}");
    }
    let server = known_as(Some("https://docs.example.com"));
    for path in ["/sse", "/sse/"] {
        let (_, endpoint) = Events::open_at(&server, path).next().unwrap();
        assert!(endpoint.starts_with("/message?"), "{endpoint}");
    }
}

#[test]
fn the_name_in_the_address_is_ones_own() {
    let server = known_as(Some("https://www.example.com:8443/docs"));
    for headers in [
        [("Host", "www.example.com")],
        [("Host", "WWW.example.com:8443")],
        [("Origin", "https://www.example.com:8443")],
    ] {
        assert_eq!(server.send("GET", "/healthz", &headers, b"").status, 200);
    }
    let foreign = [("Host", "example.com")];
    assert_eq!(server.send("GET", "/healthz", &foreign, b"").status, 403);
}

#[test]
fn a_trusted_proxy_says_by_which_address_it_was_called() {
    let said = [
        ("Host", "127.0.0.1:8080"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "docs.example.com"),
        ("X-Forwarded-Prefix", "/below"),
    ];
    let page =
        |server: &Server, headers: &[(&str, &str)]| server.send("GET", "/", headers, b"").text();
    let server = known_as(None);
    let told = page(&server, &said);
    assert!(
        told.contains("https://docs.example.com/below/mcp"),
        "{told}"
    );
    let forwarded = [(
        "Forwarded",
        "for=192.0.2.1;proto=https;host=docs.example.com",
    )];
    let told = page(&server, &forwarded);
    assert!(told.contains("https://docs.example.com/mcp"), "{told}");
    // What the operator says goes before it.
    let told = page(&known_as(Some("https://docs.example.com/own")), &said);
    assert!(told.contains("https://docs.example.com/own/mcp"), "{told}");
    // And nobody else says anything.
    let told = page(&Server::start(), &said);
    assert!(told.contains("http://127.0.0.1:8080/mcp"), "{told}");
}

#[test]
fn the_name_that_a_proxy_was_called_by_is_checked_as_well() {
    let server = known_as(None);
    for header in [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Host", "docs.example.com, evil.example"),
        ("Forwarded", "host=evil.example"),
    ] {
        let answer = server.send("GET", "/", &[header], b"");
        assert_eq!(answer.status, 403, "{header:?}");
        assert!(answer.text().contains("hosts = [\"evil.example\"]"));
        // Who is not believed cannot do harm with it either.
        assert_eq!(Server::start().send("GET", "/", &[header], b"").status, 200);
    }
}

#[test]
fn a_foreign_name_is_answered_with_the_line_that_allows_it() {
    let server = Server::start();
    let answer = server.send("GET", "/mcp", &[("Host", "Wiki.example:8080")], b"");
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let text = answer.text();
    let line = text.lines().next_back().unwrap();
    assert_eq!(line, "hosts = [\"wiki.example\"]");
    assert!(
        text.contains("[server]") && text.contains("configuration"),
        "{text}"
    );
    // It does what it says.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("docent.toml");
    let documents = format!("[[docs]]\nname = \"guide\"\npath = {:?}\n", folder.path());
    std::fs::write(&file, format!("[server]\n{line}\n{documents}")).unwrap();
    let settings = docent::config::Settings::load(&file).unwrap();
    let app = App {
        hosts: settings.server.hosts,
        ..Server::app(library::handbook().0)
    };
    let server = Server::serving(Arc::new(Site::new(&app, Limits::default())));
    let answer = server.send("GET", "/healthz", &[("Host", "Wiki.example:8080")], b"");
    assert_eq!(answer.status, 200);
    // Names that nobody can have are not repeated.
    for host in ["<script>alert(1)</script>", "a'b", "a,b", &"a".repeat(300)] {
        let answer = server.send("GET", "/", &[("Host", host)], b"");
        assert!(matches!(answer.status, 400 | 403), "{host}");
        assert!(!answer.text().contains(host), "{}", answer.text());
    }
}
