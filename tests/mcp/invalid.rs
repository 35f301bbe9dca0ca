//! Parameters that are not those of their method are told as that, in every version.

use serde_json::{Value, json};

use crate::server::{Events, Response, Server};

const MODERN: &str = "2026-07-28";
const VERSIONS: [&str; 5] = [
    "2024-11-05",
    "2025-03-26",
    "2025-06-18",
    "2025-11-25",
    MODERN,
];

/// Sends a request as a client of a version does.
fn send(server: &Server, version: &str, method: &str, params: &Value) -> Response {
    let mut params = params.clone();
    let mut headers = vec![("MCP-Protocol-Version", version)];
    let name = params.get("name").or_else(|| params.get("uri"));
    let name = name.and_then(Value::as_str).map(ToOwned::to_owned);
    if version == MODERN {
        headers.push(("Mcp-Method", method));
        if let Some(name) = &name {
            headers.push(("Mcp-Name", name));
        }
        if let Some(params) = params.as_object_mut() {
            params.insert(
                "_meta".to_owned(),
                json!({
                    "io.modelcontextprotocol/protocolVersion": version,
                    "io.modelcontextprotocol/clientCapabilities": {},
                }),
            );
        }
    }
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    server.post(&headers, body.to_string().as_bytes())
}

#[test]
fn wrong_parameters_are_invalid_in_every_version() {
    let server = Server::start();
    let uri = "docent://{set}/{+path}";
    let wrong = [
        (
            "tools/call",
            json!({"name": "search", "arguments": "query"}),
        ),
        (
            "tools/call",
            json!({"name": "search", "arguments": ["query"]}),
        ),
        ("tools/call", json!({"name": "search", "arguments": 3})),
        ("tools/call", json!({"name": "nothing", "arguments": {}})),
        ("tools/list", json!({"cursor": 3})),
        ("tools/list", json!({"cursor": "3"})),
        ("resources/list", json!({"cursor": {}})),
        ("resources/templates/list", json!({"cursor": []})),
        ("resources/templates/list", json!({"cursor": "1-500"})),
        ("completion/complete", json!({})),
        (
            "completion/complete",
            json!({"ref": "x", "argument": {"name": "set", "value": ""}}),
        ),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/resource", "uri": uri}}),
        ),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/resource", "uri": uri}, "argument": "set"}),
        ),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/resource", "uri": uri}, "argument": {"name": "sett", "value": ""}}),
        ),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/resource", "uri": "x:{y}"}, "argument": {"name": "y", "value": ""}}),
        ),
    ];
    for version in VERSIONS {
        for (method, params) in &wrong {
            let answer = send(&server, version, method, params);
            let told = format!("{version} {method} {params}: {}", answer.text());
            assert_eq!(answer.status, 200, "{told}");
            assert_eq!(answer.json()["error"]["code"], -32602, "{told}");
            assert_eq!(answer.json()["id"], 1, "{told}");
        }
    }
}

#[test]
fn what_a_header_would_have_to_name_is_invalid_too() {
    let server = Server::start();
    for (method, params) in [
        ("resources/read", json!({})),
        ("resources/read", json!({"uri": 3})),
        (
            "resources/read",
            json!({"uri": ["docent://guide/install.md"]}),
        ),
        ("tools/call", json!({})),
        ("tools/call", json!({"name": null})),
        ("tools/call", json!({"name": {}, "arguments": {}})),
    ] {
        for version in VERSIONS {
            let answer = send(&server, version, method, &params);
            let told = format!("{version} {method} {params}: {}", answer.text());
            // Newer requests repeat these in a header: where the body has none, there is nothing to
            // compare, and the parameters are what is wrong.
            assert_eq!(answer.json()["error"]["code"], -32602, "{told}");
        }
    }
}

#[test]
fn parameters_that_are_no_object_are_invalid() {
    let server = Server::start();
    for method in [
        "tools/call",
        "tools/list",
        "resources/read",
        "completion/complete",
    ] {
        for params in [json!("x"), json!(3), json!([]), json!(["x"]), json!(true)] {
            for version in ["2025-03-26", "2025-11-25"] {
                let answer = send(&server, version, method, &params);
                let told = format!("{version} {method} {params}: {}", answer.text());
                assert_eq!(answer.json()["error"]["code"], -32602, "{told}");
            }
        }
    }
}

#[test]
fn a_wrong_handshake_is_told() {
    let server = Server::start();
    for params in [
        json!({}),
        json!({"protocolVersion": 3, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}),
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": "x"}),
        json!({"protocolVersion": "2025-11-25", "clientInfo": {"name": "x", "version": "1"}}),
    ] {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
        let answer = server.post(&[], body.to_string().as_bytes());
        assert_eq!(answer.json()["error"]["code"], -32602, "{}", answer.text());
    }
}

#[test]
fn the_fault_is_named() {
    let server = Server::start();
    let params = json!({"name": "search", "arguments": "query"});
    let answer = send(&server, "2025-11-25", "tools/call", &params).json();
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Invalid params for tools/call: invalid type: string"),
        "{message}"
    );
    let answer = send(&server, "2025-11-25", "resources/read", &json!({})).json();
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("missing field `uri`"), "{message}");
}

#[test]
fn cursors_that_nobody_gave_are_refused() {
    let server = Server::start();
    for cursor in [
        "",
        "0",
        "500",
        "-1",
        "+500",
        "../etc",
        "1-0",
        "1-499",
        "01-500",
        "1-+500",
        "9999999999999999-500",
        "1-99999999999999999999",
        "abc-500",
        "1-500-1",
    ] {
        for method in ["resources/list", "tools/list", "resources/templates/list"] {
            let answer = server.call(method, json!({ "cursor": cursor }));
            assert_eq!(answer["error"]["code"], -32602, "{method} {cursor}");
        }
    }
    let first = server.call("resources/list", json!({"cursor": null}));
    assert_eq!(first["result"]["resources"].as_array().unwrap().len(), 3);
}

#[test]
fn every_optional_argument_may_be_null() {
    let server = Server::start();
    let first = |tool: &str, arguments: Value| {
        let (text, is_error) = server.tool(tool, arguments);
        assert!(!is_error, "{text}");
        text.lines().next().unwrap().to_owned()
    };
    for nothing in [json!(null), json!(""), json!(" ")] {
        let search = json!({"query": "Lantern", "set": nothing, "limit": nothing, "page": nothing});
        assert!(first("search", search).starts_with("Results 1 to 3"));
        let read = json!({"id": "guide/install.md", "section": nothing, "from": nothing});
        assert!(first("read", read).starts_with("<<<documentation"));
        let browse = json!({"set": nothing, "path": nothing, "from": nothing});
        assert_eq!(first("browse", browse), "A folder of the set `guide`:");
    }
    for all in ["all", "ALL", " all "] {
        let search = json!({"query": "Lantern", "set": all});
        assert!(first("search", search).starts_with("Results 1 to 3"));
        let browse = json!({"set": all, "path": "guide/tasks"});
        assert_eq!(first("browse", browse), "A folder of the set `guide`:");
    }
}

#[test]
fn sessions_of_the_older_transport_are_told_too() {
    let server = Server::start();
    let mut events = Events::open(&server);
    let (_, endpoint) = events.next().unwrap();
    let endpoint = format!("/{endpoint}");
    let mut ask = |method: &str, params: Value| {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let headers = [("Content-Type", "application/json")];
        let taken = server.send("POST", &endpoint, &headers, body.to_string().as_bytes());
        assert_eq!(taken.status, 202, "{}", taken.text());
        serde_json::from_str::<Value>(&events.next().unwrap().1).unwrap()
    };
    assert_eq!(ask("initialize", json!({}))["error"]["code"], -32602);
    let client = json!({"name": "test", "version": "1"});
    let hello = json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": client});
    assert_eq!(
        ask("initialize", hello)["result"]["protocolVersion"],
        "2024-11-05"
    );
    for (method, params, code) in [
        (
            "tools/call",
            json!({"name": "search", "arguments": "query"}),
            -32602,
        ),
        ("tools/list", json!({"cursor": 3}), -32602),
        ("resources/read", json!({}), -32602),
        ("prompts/list", json!({}), -32601),
    ] {
        assert_eq!(ask(method, params)["error"]["code"], code, "{method}");
    }
}
