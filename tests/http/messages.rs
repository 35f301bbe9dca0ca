//! Bodies that are no messages, and clients that are sloppy about headers.

use serde_json::json;

use crate::server::{Server, without_number};

const PING: &[u8] = br#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;

#[test]
fn a_body_that_is_no_message_is_answered_as_json_rpc() {
    let server = Server::start();
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let nested = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{deep}}}"#);
    for (body, code, id) in [
        (&b"{\"jsonrpc\":"[..], -32700, json!(null)),
        (b"", -32700, json!(null)),
        (b"\xff\xfe\x00", -32700, json!(null)),
        (b"hello", -32700, json!(null)),
        (b"42", -32600, json!(null)),
        (b"{}", -32600, json!(null)),
        (b"[]", -32600, json!(null)),
        (
            br#"{"jsonrpc":"1.0","id":5,"method":"ping"}"#,
            -32600,
            json!(5),
        ),
        (br#"{"jsonrpc":"2.0","id":"x"}"#, -32600, json!("x")),
        (deep.as_bytes(), -32600, json!(null)),
    ] {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let response = server.post(&[], body);
        assert_eq!(response.status, 400, "{shown}");
        let answer = response.json();
        assert_eq!(answer["jsonrpc"], "2.0", "{shown}");
        assert_eq!(answer["error"]["code"], code, "{shown}: {answer}");
        assert_eq!(answer["id"], id, "{shown}");
    }
    let response = server.post(&[], nested.as_bytes());
    assert_eq!(response.status, 400, "{}", response.text());
    // The server is none the worse for it.
    assert_eq!(server.post(&[], PING).status, 200);
}

#[test]
fn a_batch_is_answered_in_its_version() {
    let server = Server::start();
    let search = r#"{"jsonrpc":"2.0","id":"s","method":"tools/call","params":{"name":"search","arguments":{"query":"a"}}}"#;
    let told = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let ping = r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    let batch = format!("[{search},\n{told},{ping},[{ping}],3]");
    let version = [("MCP-Protocol-Version", "2025-03-26")];
    for headers in [&[][..], &version] {
        let response = server.post(headers, batch.as_bytes());
        assert_eq!(response.status, 200);
        let answers = response.json();
        let alone = server.post(headers, search.as_bytes()).json();
        // But for the number of the fence, which is another one in each answer.
        let (first, alone) = (answers[0].to_string(), alone.to_string());
        assert_eq!(without_number(&first), without_number(&alone));
        assert_eq!(answers[1], json!({"jsonrpc": "2.0", "id": 7, "result": {}}));
        for fault in [2, 3] {
            assert_eq!(answers[fault]["error"]["code"], -32600, "{answers}");
        }
        assert_eq!(answers.as_array().map(Vec::len), Some(4));
        let only_told = format!("[{told}]");
        assert_eq!(server.post(headers, only_told.as_bytes()).status, 202);
        let many = format!("[{}{ping}]", format!("{ping},").repeat(50));
        let response = server.post(headers, many.as_bytes());
        assert_eq!(response.status, 400);
        assert_eq!(response.json()["error"]["code"], -32600);
    }
    let later = [("MCP-Protocol-Version", "2025-06-18")];
    let response = server.post(&later, batch.as_bytes());
    assert_eq!(response.status, 400);
    let error = &response.json()["error"];
    assert_eq!(error["code"], -32600);
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|why| why.contains("2025-03-26"))
    );
}

#[test]
fn any_client_that_takes_json_is_answered() {
    let server = Server::start();
    for accept in [
        Some("*/*"),
        Some("application/json"),
        Some("text/html, application/*;q=0.8"),
        Some("application/json, text/event-stream"),
        None,
    ] {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(accept.map(|accept| ("Accept", accept)));
        let response = server.send("POST", "/mcp", &headers, PING);
        assert_eq!(response.status, 200, "{accept:?}");
        assert_eq!(response.json()["id"], 7, "{accept:?}");
    }
    for accept in ["text/event-stream", "text/html", "application/json;q=0"] {
        let headers = [("Content-Type", "application/json"), ("Accept", accept)];
        let response = server.send("POST", "/mcp", &headers, PING);
        assert_eq!(response.status, 406, "{accept}");
    }
}

#[test]
fn another_content_type_is_refused() {
    let server = Server::start();
    for content_type in [
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        None,
    ] {
        let mut headers = vec![("Accept", "*/*")];
        headers.extend(content_type.map(|it| ("Content-Type", it)));
        let response = server.send("POST", "/mcp", &headers, PING);
        assert_eq!(response.status, 415, "{content_type:?}");
    }
}

#[test]
fn a_notification_is_accepted() {
    let server = Server::start();
    let body = br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let response = server.post(&[("MCP-Protocol-Version", "2025-06-18")], body);
    assert_eq!(response.status, 202);
    assert!(response.body.is_empty());
}

#[test]
fn an_unknown_protocol_version_is_refused() {
    let server = Server::start();
    for version in ["1999-01-01", "latest"] {
        let response = server.post(&[("MCP-Protocol-Version", version)], PING);
        assert_eq!(response.status, 400, "{version}");
    }
}
