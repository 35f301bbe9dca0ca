//! Pages of other origins in a browser: which may call, and what the browser is told.

use docent::config::{Limits, Origin};

use crate::server::{Server, library, request};
use std::sync::Arc;

const CALL: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

fn server() -> (Server, tempfile::TempDir) {
    let (library, cache) = library::handbook();
    let mut app = Server::app(library);
    app.origins = [
        "https://app.example.net",
        "tauri://localhost",
        "vscode-webview://*",
    ]
    .map(|origin| origin.parse::<Origin>().unwrap())
    .to_vec();
    let site = docent::http::Site::new(&app, Limits::default());
    (Server::serving(Arc::new(site)), cache)
}

#[test]
fn a_browser_may_ask_what_it_may_send() {
    let (server, _cache) = server();
    for origin in [
        "https://app.example.net",
        "tauri://localhost",
        "vscode-webview://0a1b2c3d",
        "http://localhost:6274",
        "https://docs.example.com",
    ] {
        for path in ["/mcp", "/mcp/", "/sse", "/message"] {
            let response = server.send(
                "OPTIONS",
                path,
                &[
                    ("Origin", origin),
                    ("Access-Control-Request-Method", "POST"),
                    ("Access-Control-Request-Headers", "content-type,mcp-method"),
                    ("Access-Control-Request-Private-Network", "true"),
                ],
                b"",
            );
            assert_eq!(response.status, 204, "{origin} {path}");
            let header = |name| response.header(name).unwrap_or_default().to_owned();
            assert_eq!(header("access-control-allow-origin"), origin);
            assert_eq!(header("access-control-allow-methods"), "GET, POST");
            let allowed = header("access-control-allow-headers");
            for name in [
                "accept",
                "authorization",
                "content-type",
                "last-event-id",
                "mcp-method",
                "mcp-name",
                "mcp-protocol-version",
                "mcp-session-id",
            ] {
                assert!(
                    allowed.split(", ").any(|it| it == name),
                    "{name}: {allowed}"
                );
            }
            assert!(header("access-control-max-age").parse::<u32>().unwrap() > 0);
            assert!(header("vary").contains("origin"));
            assert_eq!(header("access-control-allow-private-network"), "true");
        }
    }
}

#[test]
fn a_page_that_may_call_may_read_the_answer() {
    let (server, _cache) = server();
    let origin = ("Origin", "https://app.example.net");
    for (response, status) in [
        (server.post(&[origin], CALL), 200),
        (server.post(&[origin], b"{"), 400),
        (server.send("GET", "/nothing", &[origin], b""), 404),
        (server.send("OPTIONS", "/mcp", &[origin], b""), 405),
    ] {
        assert_eq!(response.status, status);
        assert_eq!(
            response.header("access-control-allow-origin"),
            Some(origin.1)
        );
        let exposed = response.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("mcp-session-id"), "{exposed}");
        assert_eq!(response.header("vary"), Some("origin"));
        assert!(
            response
                .header("access-control-allow-credentials")
                .is_none()
        );
    }
    // The page at `/` varies by more.
    let response = server.get("/healthz");
    assert_eq!(response.header("access-control-allow-origin"), None);
    assert_eq!(response.header("vary"), Some("origin"));
}

#[test]
fn others_may_not() {
    let (server, _cache) = server();
    for origin in [
        "https://evil.example",
        "https://app.example.net.evil.example",
        "https://app.example.net:8443",
        "http://app.example.net",
        "tauri://localhost.evil.example",
        "null",
        // Only where everybody can connect.
        "https://claude.ai",
    ] {
        let preflight = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
        ];
        let response = server.send("OPTIONS", "/mcp", &preflight, b"");
        assert_eq!(response.status, 403, "{origin}");
        assert_eq!(response.header("access-control-allow-origin"), None);
        assert_eq!(server.post(&[("Origin", origin)], CALL).status, 403);
    }
    // Of two, each has to be allowed.
    let two = [
        ("Origin", "https://app.example.net"),
        ("Origin", "https://evil.example"),
    ];
    assert_eq!(server.raw(&request("GET", "/", &two, b"")).status, 403);
}
