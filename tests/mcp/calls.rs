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
        // A field that the schema does not have is not for the short way, and rmcp passes it over.
        let mut body = body;
        body["params"]["beyond"] = json!(true);
        let long = post(&server, &body);
        // But for the number of the fence, which is another one in each answer.
        let (first, second) = (without_number(&plain.text()), without_number(&long.text()));
        assert_eq!(first, second, "{body}");
        assert_eq!(plain.status, long.status, "{body}");
        for header in ["content-type", "content-length", "x-content-type-options"] {
            assert_eq!(plain.header(header), long.header(header), "{body}");
        }
        assert_eq!(plain.json()["id"], id);
        assert!(plain.json()["result"]["content"][0]["text"].is_string());
    }
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
