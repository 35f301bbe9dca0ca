//! What is there, and what is not.

use crate::server::Server;

#[test]
fn health_is_told() {
    let server = Server::start();
    let response = server.get("/healthz");
    assert_eq!((response.status, response.text().as_str()), (200, "ok\n"));
    assert_eq!(server.send("HEAD", "/healthz", &[], b"").status, 200);
}

#[test]
fn the_page_says_what_is_served_and_how_to_connect() {
    let server = Server::start();
    let response = server.send("GET", "/", &[("Host", "docs.example.com")], b"");
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let page = response.text();
    assert!(page.contains("http://docs.example.com/mcp"));
    assert!(page.contains("http://docs.example.com/sse"));
    assert!(page.contains("3 pages"));
    assert!(!page.contains("<script"));
    let policy = response.header("content-security-policy").unwrap();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    assert!(page.contains(&format!("<style nonce=\"{nonce}\">")));
    let again = server.get("/");
    assert_ne!(again.header("content-security-policy"), Some(policy));
}

#[test]
fn what_is_not_there_is_not_found() {
    let server = Server::start();
    for path in [
        "/index.html",
        "/..",
        "/%2e%2e/etc/passwd",
        "/message/x",
        "/MCP",
    ] {
        let response = server.get(path);
        assert_eq!(response.status, 404, "{path}");
        assert!(response.text().contains("/mcp"), "{path}");
    }
}

#[test]
fn a_slash_at_the_end_changes_nothing() {
    let server = Server::start();
    let headers = [("Content-Type", "application/json")];
    let ping = br#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    let answers = ["/mcp", "/mcp/"].map(|path| {
        let answer = server.send("POST", path, &headers, ping);
        (answer.status, answer.text(), server.get(path).status)
    });
    assert_eq!(answers[0].0, 200);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(server.send("POST", "/sse/", &[], b"").status, 405);
}

#[test]
fn another_method_is_refused_with_the_right_one() {
    let server = Server::start();
    for (method, path, allowed) in [
        ("GET", "/mcp", "POST"),
        ("DELETE", "/mcp", "POST"),
        ("POST", "/sse", "GET,HEAD"),
        ("GET", "/message", "POST"),
        ("POST", "/", "GET,HEAD"),
        ("PUT", "/healthz", "GET,HEAD"),
    ] {
        let response = server.send(method, path, &[], b"");
        assert_eq!(response.status, 405, "{method} {path}");
        assert_eq!(response.header("allow"), Some(allowed), "{method} {path}");
    }
}

#[test]
fn every_answer_is_hardened() {
    let server = Server::start();
    for path in ["/", "/healthz", "/mcp", "/nothing"] {
        let response = server.get(path);
        assert_eq!(
            response.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            response.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
    }
    let refused = server.send("GET", "/", &[("Host", "evil.example")], b"");
    assert_eq!(refused.header("x-content-type-options"), Some("nosniff"));
}
