//! 2026-07-28: no handshake; every request says its version, method and capabilities itself.

use serde_json::{Value, json};

use crate::server::{Response, Server};

const VERSION: &str = "2026-07-28";

fn meta(version: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    })
}

/// A request as the version wants it, with `Mcp-Name` where the method has one.
fn request(method: &str, mut params: Value) -> (Vec<(&str, String)>, Value) {
    let mut headers = vec![
        ("MCP-Protocol-Version", VERSION.to_owned()),
        ("Mcp-Method", method.to_owned()),
    ];
    let name = match method {
        "tools/call" | "prompts/get" => params.get("name"),
        "resources/read" => params.get("uri"),
        _ => None,
    };
    if let Some(name) = name {
        headers.push(("Mcp-Name", name.as_str().unwrap().to_owned()));
    }
    params["_meta"] = meta(VERSION);
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    (headers, body)
}

fn send(server: &Server, headers: &[(&str, String)], body: &Value) -> Response {
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, it)| (*name, it.as_str()))
        .collect();
    server.post(&headers, body.to_string().as_bytes())
}

fn call(server: &Server, method: &str, params: Value) -> Value {
    let (headers, body) = request(method, params);
    let response = send(server, &headers, &body);
    assert_eq!(response.status, 200, "{method}: {}", response.text());
    response.json()["result"].clone()
}

#[test]
fn discover_tells_versions_capabilities_and_instructions() {
    let server = Server::start();
    let result = call(&server, "server/discover", json!({}));
    assert_eq!(result["resultType"], "complete");
    let versions = result["supportedVersions"].as_array().unwrap();
    for version in [
        "2024-11-05",
        "2025-03-26",
        "2025-06-18",
        "2025-11-25",
        VERSION,
    ] {
        assert!(versions.contains(&json!(version)), "{version}");
    }
    assert!(result["capabilities"]["tools"].is_object());
    assert!(result["instructions"].as_str().unwrap().contains("`guide`"));
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "docent"
    );
    assert_eq!(result["ttlMs"], 60_000);
    assert_eq!(result["cacheScope"], "public");
}

#[test]
fn lists_and_resources_say_how_long_they_hold() {
    let server = Server::start();
    for (method, params) in [
        ("tools/list", json!({})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        (
            "resources/read",
            json!({"uri": "docent://guide/install.md"}),
        ),
    ] {
        let result = call(&server, method, params);
        assert_eq!(result["resultType"], "complete", "{method}");
        assert_eq!(result["ttlMs"], 60_000, "{method}");
        assert_eq!(result["cacheScope"], "public", "{method}");
    }
}

#[test]
fn tools_are_called() {
    let server = Server::start();
    for (name, arguments) in [
        ("search", json!({"query": "retention_days"})),
        ("read", json!({"id": "guide/tasks/backup.md"})),
        ("browse", json!({"path": "tasks"})),
    ] {
        let result = call(
            &server,
            "tools/call",
            json!({"name": name, "arguments": arguments}),
        );
        assert_eq!(result["resultType"], "complete");
        assert_ne!(result["isError"], true);
        assert!(result.get("structuredContent").is_none());
        assert!(
            result["content"][0]["text"]
                .as_str()
                .unwrap()
                .contains("backup.md"),
            "{result}"
        );
    }
}

fn refused(response: &Response, status: u16, code: i64) {
    assert_eq!(response.status, status, "{}", response.text());
    assert_eq!(
        response.json()["error"]["code"],
        code,
        "{}",
        response.text()
    );
}

#[test]
fn missing_and_contradicting_headers_are_refused() {
    let server = Server::start();
    let params = json!({"name": "search", "arguments": {"query": "x"}});
    let (headers, body) = request("tools/call", params);
    for missing in ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"] {
        let mut headers = headers.clone();
        headers.retain(|(name, _)| *name != missing);
        refused(&send(&server, &headers, &body), 400, -32020);
    }
    for (name, wrong) in [
        ("MCP-Protocol-Version", "2025-11-25"),
        ("Mcp-Method", "tools/list"),
        ("Mcp-Name", "read"),
    ] {
        let mut headers = headers.clone();
        headers
            .iter_mut()
            .filter(|(it, _)| *it == name)
            .for_each(|(_, it)| *it = wrong.into());
        refused(&send(&server, &headers, &body), 400, -32020);
    }
}

#[test]
fn missing_meta_is_refused() {
    let server = Server::start();
    let (headers, body) = request("tools/list", json!({}));
    for missing in [
        "io.modelcontextprotocol/protocolVersion",
        "io.modelcontextprotocol/clientCapabilities",
    ] {
        let mut body = body.clone();
        body["params"]["_meta"]
            .as_object_mut()
            .unwrap()
            .remove(missing);
        refused(&send(&server, &headers, &body), 400, -32602);
    }
    let mut bare = body;
    bare["params"] = json!({});
    refused(&send(&server, &headers, &bare), 400, -32602);
}

#[test]
fn an_unsupported_version_is_answered_with_the_supported_ones() {
    let server = Server::start();
    let (mut headers, mut body) = request("tools/list", json!({}));
    headers[0].1 = "2099-01-01".into();
    body["params"]["_meta"] = meta("2099-01-01");
    let response = send(&server, &headers, &body);
    refused(&response, 400, -32022);
    let supported = &response.json()["error"]["data"]["supported"];
    assert!(supported.as_array().unwrap().contains(&json!(VERSION)));
}

#[test]
fn what_is_not_there_has_its_code() {
    let server = Server::start();
    for method in ["nothing/here", "ping"] {
        let (headers, body) = request(method, json!({}));
        refused(&send(&server, &headers, &body), 404, -32601);
    }
    let (headers, body) = request("resources/read", json!({"uri": "docent://guide/no.md"}));
    let response = send(&server, &headers, &body);
    refused(&response, 200, -32602);
    let (headers, body) = request("subscriptions/listen", json!({"notifications": {}}));
    refused(&send(&server, &headers, &body), 404, -32601);
}
