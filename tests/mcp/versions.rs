//! The versions that begin with `initialize`: 2024-11-05 to 2025-11-25.

use serde_json::{Value, json};

use crate::server::Server;

fn initialize(server: &Server, version: &str) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }});
    let response = server.post(&[], body.to_string().as_bytes());
    assert_eq!(response.status, 200);
    assert!(
        response.header("mcp-session-id").is_none(),
        "there are no sessions"
    );
    response.json()["result"].clone()
}

#[test]
fn each_version_is_agreed_to() {
    let server = Server::start();
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let result = initialize(&server, version);
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "docent");
        assert_eq!(
            result["capabilities"],
            json!({"completions": {}, "resources": {}, "tools": {}, "extensions": {"io.modelcontextprotocol/skills": {}}})
        );
        let instructions = result["instructions"].as_str().unwrap();
        assert!(
            instructions.contains("- `guide`: How to run Lantern\n"),
            "{instructions}"
        );
        // Requests that follow need no session, and answer without the newer fields.
        let body = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}).to_string();
        let list = server
            .post(&[("MCP-Protocol-Version", version)], body.as_bytes())
            .json();
        assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 3);
        assert!(list["result"].get("resultType").is_none());
        assert!(list["result"].get("nextCursor").is_none());
    }
}

#[test]
fn an_unknown_version_is_answered_with_the_newest_of_these() {
    let server = Server::start();
    for version in ["2099-01-01", "1.0"] {
        assert_eq!(
            initialize(&server, version)["protocolVersion"],
            "2025-11-25"
        );
    }
}

#[test]
fn what_any_client_may_ask_is_answered() {
    let server = Server::start();
    assert_eq!(server.call("ping", json!({}))["result"], json!({}));
    // Also what is not offered: there are no prompts, and nobody logs in or subscribes.
    for method in [
        "nothing/here",
        "prompts/list",
        "prompts/get",
        "logging/setLevel",
        "resources/subscribe",
        "subscriptions/listen",
        "server/nothing",
    ] {
        let params =
            json!({"name": "x", "uri": "docent://x", "level": "info", "notifications": {}});
        let unknown = server.call(method, params);
        assert_eq!(unknown["error"]["code"], -32601, "{method}");
    }
}
