//! 2026-07-28: no handshake; every request says its version, method and capabilities itself.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Instant,
};

use docent::config::Limits;
use serde_json::{Value, json};

use crate::server::{self, PATIENCE, Response, Server};

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
    let result = response.json()["result"].clone();
    // Each result says whose it is.
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "docent",
        "{method}"
    );
    result
}

/// An open stream of notifications.
struct Stream {
    stream: TcpStream,
    read: String,
}

impl Stream {
    /// Asks for notifications and reads the head of the answer, which says with which status.
    fn open(server: &Server, id: u32, notifications: Value) -> (u16, Self) {
        let params = json!({ "notifications": notifications });
        let (mut headers, mut body) = request("subscriptions/listen", params);
        body["id"] = json!(id);
        headers.push(("Content-Type", "application/json".to_owned()));
        headers.push(("Accept", "application/json, text/event-stream".to_owned()));
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, it)| (*n, it.as_str())).collect();
        let mut stream = server.connect();
        let bytes = server::request("POST", "/mcp", &headers, body.to_string().as_bytes());
        stream.write_all(&bytes).unwrap();
        let mut opened = Self {
            stream,
            read: String::new(),
        };
        assert!(opened.until("\r\n\r\n"), "an answer");
        let status = opened.read.split(' ').nth(1).unwrap().parse().unwrap();
        (status, opened)
    }

    /// Reads on until a text has come; `false` where the stream ends before.
    fn until(&mut self, text: &str) -> bool {
        let mut bytes = [0; 4096];
        while !self.read.contains(text) {
            match self.stream.read(&mut bytes).expect("bytes in time") {
                0 => return false,
                read => self.read += std::str::from_utf8(&bytes[..read]).unwrap(),
            }
        }
        true
    }

    /// The messages that have come.
    fn messages(&self) -> Vec<Value> {
        let data = self
            .read
            .lines()
            .filter_map(|line| line.strip_prefix("data: "));
        data.map(|data| serde_json::from_str(data).unwrap())
            .collect()
    }
}

#[test]
fn a_subscription_is_acknowledged_and_ends_when_the_service_stops() {
    let server = Server::start();
    let asked = json!({"toolsListChanged": true, "promptsListChanged": true,
        "resourcesListChanged": true, "resourceSubscriptions": ["docent://guide/install.md"]});
    let (status, mut stream) = Stream::open(&server, 7, asked);
    assert_eq!(status, 200);
    assert!(stream.read.contains("Content-Type: text/event-stream"));
    assert!(stream.until("\n\n"));
    let acknowledged = stream.messages().remove(0);
    assert_eq!(
        acknowledged["method"],
        "notifications/subscriptions/acknowledged"
    );
    // Nothing is announced, so nothing is promised.
    assert_eq!(acknowledged["params"]["notifications"], json!({}));
    let id = &acknowledged["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
    assert_eq!(id, 7);
    // Others are answered meanwhile, and it stays open.
    call(&server, "tools/list", json!({}));
    assert_eq!(stream.messages().len(), 1);
    server.stop();
    assert!(!stream.until("never"), "the stream ends");
    let last = stream.messages().pop().unwrap();
    assert_eq!(
        (&last["id"], &last["result"]["resultType"]),
        (&json!(7), &json!("complete"))
    );
    let meta = &last["result"]["_meta"];
    assert_eq!(meta["io.modelcontextprotocol/subscriptionId"], 7);
    assert_eq!(meta["io.modelcontextprotocol/serverInfo"]["name"], "docent");
    server.join();
}

#[test]
fn subscriptions_are_bounded_in_number() {
    let limits = Limits {
        sse_sessions: 2,
        ..Limits::default()
    };
    let server = Server::with(limits);
    let open = |id| Stream::open(&server, id, json!({"toolsListChanged": true}));
    let (first, kept) = open(1);
    let (second, other) = open(2);
    assert_eq!((first, second, open(3).0), (200, 200, 503));
    // Who leaves makes room.
    drop(other);
    let started = Instant::now();
    while open(4).0 == 503 {
        assert!(started.elapsed() < PATIENCE, "a place is given up");
        std::thread::yield_now();
    }
    call(&server, "tools/list", json!({}));
    drop(kept);
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
    for method in ["prompts/list", "logging/setLevel", "initialized"] {
        let (headers, body) = request(method, json!({"level": "info"}));
        refused(&send(&server, &headers, &body), 404, -32601);
    }
}
