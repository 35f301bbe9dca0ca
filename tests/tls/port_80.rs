//! Plain HTTP beside HTTPS.

use crate::public::Public;

fn send(public: &Public, method: &str, path: &str, host: &str) -> crate::server::Response {
    public.send_plain(public.http, method, path, &[("Host", host)])
}

#[test]
fn challenges_are_answered_by_any_name() {
    let public = Public::start();
    let path = "/.well-known/acme-challenge/a-token_9";
    assert_eq!(send(&public, "GET", path, "localhost").status, 404);
    public
        .state
        .challenges()
        .offer_http("a-token_9", "a-token_9.thumb")
        .unwrap();
    for host in [
        "localhost",
        "127.0.0.1",
        "new.example.com",
        "docs.example.com:80",
    ] {
        let answer = send(&public, "GET", path, host);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text(), "a-token_9.thumb");
    }
    for path in [
        "/.well-known/acme-challenge/x%2f..%2fa-token_9",
        "/.well-known/acme-challenge/b",
    ] {
        assert_eq!(
            send(&public, "GET", path, "localhost").status,
            404,
            "{path}"
        );
    }
    public.state.challenges().clear().unwrap();
    assert_eq!(send(&public, "GET", path, "localhost").status, 404);
}

#[test]
fn people_are_sent_on_by_an_own_name() {
    let public = Public::start();
    let port = public.https.port();
    for (host, path, location) in [
        (
            "docs.example.com",
            "/",
            "https://docs.example.com/".to_owned(),
        ),
        (
            "DOCS.example.com.:80",
            "/a?b=c",
            "https://docs.example.com/a?b=c".to_owned(),
        ),
        (
            "localhost:8081",
            "/mcp",
            format!("https://localhost:{port}/mcp"),
        ),
        (
            "127.0.0.1",
            "//evil.example/",
            "https://127.0.0.1//evil.example/".to_owned(),
        ),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = send(&public, method, path, host);
            assert_eq!(answer.status, 301, "{host}");
            assert_eq!(answer.header("location"), Some(location.as_str()));
        }
    }
}

#[test]
fn foreign_names_lead_nowhere() {
    let public = Public::start();
    for host in [
        "evil.example",
        "docs.example.com.evil.example",
        "docs.example.com@evil.example",
        "",
    ] {
        let answer = send(&public, "GET", "/", host);
        assert_eq!(answer.status, 421, "{host}");
        assert_eq!(answer.header("location"), None);
    }
}

#[test]
fn questions_are_refused_not_redirected() {
    let public = Public::start();
    for (method, path) in [
        ("POST", "/mcp"),
        ("POST", "/message?sessionId=x"),
        ("PUT", "/"),
    ] {
        let answer = send(&public, method, path, "docs.example.com");
        assert_eq!(answer.status, 403, "{method}");
        assert_eq!(answer.header("location"), None);
        assert!(
            answer
                .text()
                .contains(&format!("https://docs.example.com{path}"))
        );
    }
}

#[test]
fn nothing_is_served_here() {
    let public = Public::start();
    for path in ["/healthz", "/sse", "/mcp"] {
        assert_eq!(
            send(&public, "GET", path, "localhost").status,
            301,
            "{path}"
        );
    }
}
