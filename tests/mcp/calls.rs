//! Plain tool calls are answered without rmcp; nobody can tell by the answer.

use serde_json::{Value, json};

use crate::server::{Response, Server, without_number};

fn post(server: &Server, body: &Value) -> Response {
    server.post(
        &[("MCP-Protocol-Version", "2025-06-18")],
        body.to_string().as_bytes(),
    )
}

#[test]
fn both_ways_answer_with_the_same_bytes() {
    let server = Server::start();
    for (id, params) in [
        (
            json!(1),
            json!({"name": "search", "arguments": {"query": "retention_days"}}),
        ),
        (
            json!("a \"b\" \u{1f}"),
            json!({"name": "search", "arguments": {"query": "\u{0}\u{7f}\"\\ é 文書 \u{2028}"}}),
        ),
        (
            json!(-7),
            json!({"name": "search", "arguments": {"query": ""}}),
        ),
        (json!(9_007_199_254_740_993_i64), json!({"name": "search"})),
        (
            json!(2),
            json!({"name": "search", "arguments": null, "_meta": {}}),
        ),
        (
            json!(3),
            json!({"name": "read", "arguments": {"id": "guide/tasks/backup.md"},
                   "_meta": {"progressToken": "p", "vendor/trace": {"a": [1]}}}),
        ),
        (
            json!(4),
            json!({"name": "read", "arguments": {"id": "nowhere"}, "_meta": {"progressToken": 5}}),
        ),
        (
            json!(5),
            json!({"name": "browse", "arguments": {"extra": true}}),
        ),
    ] {
        let body = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        let plain = post(&server, &body);
        let long = post(&server, &for_rmcp(&body));
        same(&plain, &long, &body.to_string());
        assert_eq!(plain.json()["id"], id);
        assert!(plain.json()["result"]["content"][0]["text"].is_string());
    }
}

/// A field that the schema does not have is not for the short way, and rmcp passes it over.
fn for_rmcp(body: &Value) -> Value {
    let mut body = body.clone();
    body["params"]["beyond"] = json!(true);
    body
}

fn same(plain: &Response, long: &Response, of: &str) {
    // But for the number of the fence, which is another one in each answer.
    let (first, second) = (without_number(&plain.text()), without_number(&long.text()));
    assert_eq!(first, second, "{of}");
    assert_eq!(plain.status, long.status, "{of}");
    let but_for_date = |response: &Response| {
        let mut headers = response.headers.clone();
        headers.retain(|(name, _)| name != "date");
        headers.sort();
        headers
    };
    assert_eq!(but_for_date(plain), but_for_date(long), "{of}");
}

const MODERN: &str = "2026-07-28";
const OWN: &str = "io.modelcontextprotocol/";

/// What each request of 2026-07-28 says.
fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    })
}

type Headers = Vec<(&'static str, String)>;

fn headers(name: &str) -> Headers {
    vec![
        ("MCP-Protocol-Version", MODERN.to_owned()),
        ("Mcp-Method", "tools/call".to_owned()),
        ("Mcp-Name", name.to_owned()),
    ]
}

/// Sends a call of 2026-07-28 both ways, and returns what both have answered.
fn both_ways(server: &Server, headers: &Headers, body: &Value) -> Response {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let plain = server.post(&headers, body.to_string().as_bytes());
    let long = server.post(&headers, for_rmcp(body).to_string().as_bytes());
    same(&plain, &long, &format!("{headers:?} {body}"));
    plain
}

#[test]
fn both_ways_answer_calls_without_a_handshake_with_the_same_bytes() {
    let server = Server::start();
    for (id, name, arguments) in [
        (json!(1), "search", json!({"query": "retention_days"})),
        (
            json!("a \"b\" \u{1f}"),
            "search",
            json!({"query": "\u{0}\u{7f}\"\\ é 文書 \u{2028}"}),
        ),
        (json!(-7), "search", json!({"query": ""})),
        (json!(9_007_199_254_740_993_i64), "search", json!(null)),
        (json!(3), "read", json!({"id": "guide/tasks/backup.md"})),
        (json!(4), "read", json!({"id": "nowhere"})),
        (json!(5), "browse", json!({"extra": true})),
    ] {
        let mut params = json!({"name": name, "arguments": arguments, "_meta": meta()});
        for token in [None, Some(json!("p")), Some(json!(5))] {
            if let Some(token) = token {
                params["_meta"]["progressToken"] = token;
                params["_meta"]["vendor/trace"] = json!({"a": [1]});
                params["_meta"]["traceparent"] =
                    json!("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01");
            }
            let body =
                json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
            let answer = both_ways(&server, &headers(name), &body);
            assert_eq!(answer.status, 200, "{body}");
            let answer = answer.json();
            assert_eq!(answer["id"], id);
            let result = &answer["result"];
            assert_eq!(result["resultType"], "complete");
            assert_eq!(
                result["_meta"][format!("{OWN}serverInfo")]["name"],
                "docent"
            );
            assert!(result["content"][0]["text"].is_string());
        }
    }
}

#[test]
fn what_a_call_without_a_handshake_leaves_out_or_says_wrongly_is_answered_by_rmcp() {
    let server = Server::start();
    let call = json!({"name": "search", "arguments": {"query": "Lantern"}, "_meta": meta()});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call});
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = body.clone();
        change(&mut body);
        body
    };
    let own = |key: &str, value: Value| {
        let mut body = body.clone();
        body["params"]["_meta"][format!("{OWN}{key}")] = value;
        body
    };
    let without = |key: &str| {
        let mut body = body.clone();
        let meta = body["params"]["_meta"].as_object_mut().unwrap();
        meta.remove(&format!("{OWN}{key}")).unwrap();
        body
    };
    let tasks = json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
    let changed = [
        (400, without("protocolVersion")),
        (400, without("clientCapabilities")),
        (200, without("clientInfo")),
        (400, own("protocolVersion", json!("2025-11-25"))),
        (400, own("protocolVersion", json!("2099-01-01"))),
        (400, own("protocolVersion", json!(3))),
        (400, own("clientCapabilities", json!("all"))),
        (400, own("clientCapabilities", json!(null))),
        (400, own("clientCapabilities", json!({"roots": 3}))),
        (200, own("clientCapabilities", tasks)),
        (200, own("clientInfo", json!("test"))),
        (200, own("clientInfo", json!({"name": 3}))),
        (200, own("logLevel", json!("debug"))),
        (200, own("logLevel", json!("loud"))),
        (200, own("beyond", json!({}))),
        (400, with(&|body| body["params"]["_meta"] = json!({}))),
        (400, with(&|body| body["params"]["_meta"] = json!(null))),
        (
            200,
            with(&|body| body["params"]["_meta"]["progressToken"] = json!({})),
        ),
        (
            200,
            with(&|body| body["params"]["arguments"] = json!("Lantern")),
        ),
        (400, with(&|body| body["params"]["name"] = json!("read"))),
        (400, with(&|body| body["jsonrpc"] = json!("1.0"))),
        (400, with(&|body| body["method"] = json!("tools/list"))),
    ];
    for (status, body) in changed {
        let answer = both_ways(&server, &headers("search"), &body);
        assert_eq!(answer.status, status, "{body} {}", answer.text());
    }

    let mut wrong: Vec<(u16, Headers)> = Vec::new();
    for at in 0..3 {
        let mut missing = headers("search");
        missing.remove(at);
        wrong.push((400, missing));
    }
    for (at, value) in [
        (0, "2025-11-25"),
        (0, "2099-01-01"),
        (1, "tools/list"),
        (1, "TOOLS/CALL"),
        (2, "read"),
        (2, "=?base64?cmVhZA==?="),
        (2, "=?base64?%?="),
    ] {
        let mut headers = headers("search");
        headers[at].1 = value.to_owned();
        wrong.push((400, headers));
    }
    for at in [1, 2] {
        let mut twice = headers("search");
        twice.push(twice[at].clone());
        wrong.push((400, twice));
    }
    let mut encoded = headers("search");
    encoded[2].1 = "=?base64?c2VhcmNo?=".to_owned();
    wrong.push((200, encoded));
    for (status, headers) in wrong {
        let answer = both_ways(&server, &headers, &body);
        assert_eq!(answer.status, status, "{headers:?} {}", answer.text());
    }
    let mut unknown = body.clone();
    unknown["params"]["name"] = json!("destroy");
    let answer = both_ways(&server, &headers("destroy"), &unknown);
    assert_eq!(answer.json()["error"]["code"], -32602);
}

#[test]
fn what_is_no_plain_call_gets_the_answer_of_the_protocol() {
    let server = Server::start();
    let call = |name: &str| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name}});
    let unknown = post(&server, &call("destroy")).json();
    assert_eq!(unknown["error"]["code"], -32602);
    let mut old = call("search");
    old["jsonrpc"] = json!("1.0");
    assert_eq!(post(&server, &old).json()["error"]["code"], -32600);
    let mut without_id = call("search");
    without_id.as_object_mut().unwrap().remove("id");
    assert_ne!(post(&server, &without_id).status, 200);
    let body = call("search").to_string();
    for version in ["1999-01-01", "2026-07-28", "\u{e9}"] {
        let response = server.post(&[("MCP-Protocol-Version", version)], body.as_bytes());
        assert_eq!(response.status, 400, "{version}");
    }
}
