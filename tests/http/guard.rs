//! Host and Origin are checked on every route.

use crate::server::Server;

const ROUTES: [(&str, &str); 7] = [
    ("GET", "/"),
    ("GET", "/healthz"),
    ("POST", "/mcp"),
    ("GET", "/sse"),
    ("POST", "/message?sessionId=x"),
    ("GET", "/mcp"),
    ("GET", "/nothing/here"),
];

#[test]
fn foreign_hosts_and_origins_are_refused_everywhere() {
    let server = Server::start();
    for (method, path) in ROUTES {
        for header in [
            ("Host", "evil.example"),
            ("Host", "localhost.evil.example:80"),
            ("Origin", "http://evil.example"),
            ("Origin", "null"),
        ] {
            let response = server.send(method, path, &[header], b"");
            assert_eq!(response.status, 403, "{method} {path} {header:?}");
            assert!(
                response.text().contains("configuration"),
                "{}",
                response.text()
            );
        }
    }
}

#[test]
fn a_request_without_a_host_is_refused() {
    let server = Server::start();
    let response = server.raw(b"GET /healthz HTTP/1.0\r\n\r\n");
    assert_eq!(response.status, 400);
}

#[test]
fn own_names_are_let_in() {
    let server = Server::start();
    let with_port = format!("127.0.0.1:{}", server.address.port());
    for header in [
        ("Host", "localhost"),
        ("Host", with_port.as_str()),
        ("Host", "[::1]:8080"),
        ("Host", "docs.example.com"),
        ("Host", "DOCS.example.com:443"),
        ("Origin", "https://docs.example.com"),
        ("Origin", "http://localhost:6274"),
    ] {
        assert_eq!(
            server.send("GET", "/healthz", &[header], b"").status,
            200,
            "{header:?}"
        );
    }
}
