//! What is there, and what is not.

use std::sync::Arc;

use docent::{config::Limits, http::Site};
use serde_json::json;

use crate::server::{Server, library};

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
    let policy = response.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn style_script_and_icon_are_kept_for_good_under_a_name_of_their_version() {
    let server = Server::start();
    let page = server.get("/").text();
    let mut kinds = Vec::new();
    for (at, _) in page.match_indices("/assets/") {
        let route = page[at..].split('"').next().unwrap();
        let response = server.get(route);
        assert_eq!(response.status, 200, "{route}");
        let cache = response.header("cache-control").unwrap();
        assert_eq!(cache, "public, max-age=31536000, immutable", "{route}");
        kinds.push(response.header("content-type").unwrap().to_owned());
        // A page of another version that is still open is not left bare.
        let (stem, extension) = route.split_once('.').unwrap();
        let extension = extension.rsplit('.').next().unwrap();
        let other = server.get(&format!("{stem}.0123456789abcdef.{extension}"));
        assert_eq!(other.status, 200, "{route}");
        assert_eq!(other.header("cache-control"), Some("no-cache"), "{route}");
    }
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "image/svg+xml",
            "text/css; charset=utf-8",
            "text/javascript; charset=utf-8"
        ]
    );
    for path in [
        "/assets/",
        "/assets/style.css",
        "/assets/x.0123456789abcdef.css",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/favicon.ico").status, 200);
}

/// What a browser says when it opens an address.
const BROWSER: (&str, &str) = (
    "Accept",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
);

#[test]
fn an_endpoint_tells_a_browser_what_it_is() {
    let server = Server::start();
    for path in ["/mcp", "/mcp/", "/sse", "/sse/"] {
        let response = server.send("GET", path, &[BROWSER], b"");
        assert_eq!(response.status, 200, "{path}");
        let page = response.text();
        assert!(page.contains("This address is for assistants"), "{path}");
        let address = format!("http://localhost{}", path.trim_end_matches('/'));
        assert!(page.contains(&format!("<code>{address}</code>")), "{path}");
        assert_eq!(response.header("vary"), Some("accept"), "{path}");
    }
    // What a program gets has not changed.
    assert_eq!(server.get("/mcp").status, 405);
}

#[test]
fn a_browser_is_offered_pages_with_the_words_of_an_address() {
    let server = Server::start();
    let path = "/guide/make-a-backup.html?x=%3Cscript%3E";
    let response = server.send("GET", path, &[BROWSER], b"");
    assert_eq!(response.status, 404);
    let page = response.text();
    assert!(page.contains("No page at this address"));
    assert!(page.contains("value=\"make a backup\""), "{page}");
    assert!(page.contains("<li class=\"hit\">"), "{page}");
    let strange = server.send("GET", "/%3Cscript%3Ealert(1)%3C/script%3E", &[BROWSER], b"");
    assert_eq!(strange.status, 404);
    assert!(strange.text().contains("&lt;script&gt;alert(1)"));
    assert!(!strange.text().contains("<script>alert"));
}

#[test]
fn a_search_shows_what_an_assistant_gets() {
    let server = Server::start();
    let response = server.send("GET", "/search?q=backup", &[BROWSER], b"");
    assert_eq!(response.status, 200);
    let page = response.text();
    assert!(page.contains("<div id=\"results\">"), "{page}");
    assert!(page.contains("href=\"/guide/tasks/backup"), "{page}");
    assert!(page.contains(" tokens.</p>"), "{page}");
    assert!(
        page.contains("name=\"robots\" content=\"noindex\""),
        "{page}"
    );
    // To the letter, but for the number of the fence.
    let text = server.get("/search?q=backup&as=text").text();
    let (answer, _) = server.tool("search", json!({"query": "backup"}));
    for line in answer.lines().filter(|line| !line.starts_with("<<<")) {
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        let line = line.replace('>', "&gt;").replace('"', "&quot;");
        assert!(text.contains(&line.replace('\'', "&#39;")), "{line}");
    }
    for odd in [
        "/search",
        "/search?q=",
        "/search?q=backup&set=nothing&page=-1&as=x",
        "/search?q=%00%ff&page=99999999999999999999",
    ] {
        assert_eq!(server.get(odd).status, 200, "{odd}");
    }
    let nothing = server
        .get("/search?q=%3Cscript%3Eqwxzv%3C/script%3E")
        .text();
    assert!(
        nothing.contains("No page answers “&lt;script&gt;qwxzv"),
        "{nothing}"
    );
    assert!(!nothing.contains("<script>qwxzv"), "{nothing}");
}

#[test]
fn without_pages_there_are_the_endpoints_alone() {
    let (library, _cache) = library::handbook();
    let mut app = Server::app(library);
    app.site.enabled = false;
    let server = Server::serving(Arc::new(Site::new(&app, Limits::default())));
    for path in [
        "/",
        "/search?q=a",
        "/assets/",
        "/favicon.ico",
        "/guide/",
        "/x",
    ] {
        let response = server.send("GET", path, &[BROWSER], b"");
        assert_eq!(response.status, 404, "{path}");
        assert!(!response.text().contains('<'), "{path}");
    }
    assert_eq!(server.send("GET", "/mcp", &[BROWSER], b"").status, 405);
    assert_eq!(server.get("/healthz").status, 200);
    let (text, is_error) = server.tool("search", json!({"query": "backup"}));
    assert!(!is_error && text.contains("backup"), "{text}");
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
        ("DELETE", "/mcp", "POST,GET,HEAD"),
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
