//! `/chatgpt`: exactly what ChatGPT's company knowledge and deep research ask for, to the letter, in every version of
//! the protocol.

use std::{collections::BTreeSet, fs, path::Path};

use docent::config::DocSet;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Response, Server, library, without_number};

const MODERN: &str = "2026-07-28";
const VERSIONS: [&str; 5] = [
    "2024-11-05",
    "2025-03-26",
    "2025-06-18",
    "2025-11-25",
    MODERN,
];

/// Sends a request as a client of a version does.
fn send(server: &Server, at: &str, version: &str, method: &str, mut params: Value) -> Response {
    let mut headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("Accept", "application/json, text/event-stream".to_owned()),
        ("MCP-Protocol-Version", version.to_owned()),
    ];
    if version == MODERN {
        headers.push(("Mcp-Method", method.to_owned()));
        if let Some(name) = params["name"].as_str() {
            headers.push(("Mcp-Name", name.to_owned()));
        }
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        });
    }
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, it)| (*name, it.as_str()))
        .collect();
    server.send("POST", at, &headers, body.to_string().as_bytes())
}

fn result(server: &Server, version: &str, method: &str, params: Value) -> Value {
    let response = send(server, "/chatgpt", version, method, params);
    assert_eq!(
        response.status,
        200,
        "{version} {method}: {}",
        response.text()
    );
    assert!(response.header("mcp-session-id").is_none());
    response.json()["result"].clone()
}

/// What a tool answers, after a look at what every answer has.
fn answer(server: &Server, version: &str, tool: &str, arguments: Value) -> Value {
    let call = json!({"name": tool, "arguments": arguments});
    let result = result(server, version, "tools/call", call);
    let text = result["content"][0]["text"].as_str().unwrap();
    let read: Value = serde_json::from_str(text).unwrap();
    assert_eq!(result["content"], json!([{ "type": "text", "text": text }]));
    assert_eq!(result["structuredContent"], read);
    assert_eq!(result["isError"], false);
    read
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key}: {value}"))
}

#[test]
fn the_tools_are_two_with_schemas_to_the_letter() {
    let server = Server::start();
    let text = || json!({"type": "string"});
    let hints = |title: &str| {
        json!({
            "title": title, "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true,
            "openWorldHint": false,
        })
    };
    let expected = json!([
        {
            "name": "search",
            "title": "Search the documentation",
            "inputSchema": {
                "type": "object", "properties": { "query": text() }, "required": ["query"],
            },
            "outputSchema": {
                "type": "object",
                "properties": { "results": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "id": text(), "title": text(), "url": text() },
                    "required": ["id", "title", "url"],
                } } },
                "required": ["results"],
            },
            "annotations": hints("Search the documentation"),
        },
        {
            "name": "fetch",
            "title": "Read a documentation page",
            "inputSchema": {
                "type": "object", "properties": { "id": text() }, "required": ["id"],
            },
            "outputSchema": {
                "type": "object",
                "properties": {
                    "id": text(), "title": text(), "text": text(), "url": text(),
                    "metadata": { "type": "object", "additionalProperties": text() },
                },
                "required": ["id", "title", "text", "url", "metadata"],
            },
            "annotations": hints("Read a documentation page"),
        },
    ]);
    for version in VERSIONS {
        let list = result(&server, version, "tools/list", json!({}));
        let mut tools = list["tools"].clone();
        for tool in tools.as_array_mut().unwrap() {
            let description = tool.as_object_mut().unwrap().remove("description").unwrap();
            assert!((100..2_048).contains(&description.as_str().unwrap().len()));
        }
        assert_eq!(tools, expected, "{version}");
        assert!(list.get("nextCursor").is_none());
        let described = list["tools"][0]["description"].as_str().unwrap();
        assert!(described.contains("- `guide`: How to run Lantern\n"));
    }
}

#[test]
fn a_search_leads_to_a_text_in_every_version() {
    let server = Server::start();
    for version in VERSIONS {
        let query = json!({"query": "retention_days"});
        let found = answer(&server, version, "search", query);
        assert_eq!(keys(&found), ["results"]);
        let results = found["results"].as_array().unwrap();
        assert_eq!(
            results[0],
            json!({
                "id": "guide/tasks/backup.md#retention-of-old-backups",
                "title": "Making a backup > Retention of old backups",
                "url": "https://docs.example.com/guide/tasks/backup.md#retention-of-old-backups",
            }),
        );
        for result in results {
            let id = text(result, "id");
            let page = answer(&server, version, "fetch", json!({ "id": id }));
            assert_eq!(keys(&page), ["id", "metadata", "text", "title", "url"]);
            assert_eq!(page["id"], id);
            assert_eq!(page["url"], result["url"]);
            assert_eq!(page["metadata"], json!({"set": "guide"}));
            let quoted = text(&page, "text");
            assert!(quoted.starts_with("<<<documentation "), "{quoted}");
            assert!(quoted.ends_with(">>>\n"), "{quoted}");
        }
        let id = json!({"id": "guide/tasks/backup.md"});
        let page = answer(&server, version, "fetch", id);
        assert_eq!(page["title"], "Making a backup");
        assert!(text(&page, "text").contains("Run `lantern backup` once a day."));
        assert!(text(&page, "text").contains("| `keep_last` | 3 |"));
    }
}

#[test]
fn both_ways_of_the_server_answer_with_the_same_bytes() {
    let server = Server::start();
    for (tool, arguments) in [
        ("search", json!({"query": "retention_days"})),
        (
            "search",
            json!({"query": "\u{0}\u{7f}\"\\ é 文書 \u{2028}"}),
        ),
        ("search", json!({"query": ""})),
        (
            "fetch",
            json!({"id": "guide/tasks/backup.md#retention-of-old-backups"}),
        ),
        ("fetch", json!({"id": "nowhere"})),
        ("fetch", json!(null)),
    ] {
        for version in VERSIONS {
            let call = json!({"name": tool, "arguments": arguments});
            let mut beyond = call.clone();
            beyond["beyond"] = json!(true);
            let plain = send(&server, "/chatgpt", version, "tools/call", call);
            let long = send(&server, "/chatgpt", version, "tools/call", beyond);
            assert_eq!(without_number(&plain.text()), without_number(&long.text()));
            assert_eq!(plain.status, 200, "{}", plain.text());
        }
    }
}

#[test]
fn mistakes_are_errors_that_the_model_reads() {
    let server = Server::start();
    for version in VERSIONS {
        for (tool, arguments, told) in [
            ("search", json!({}), "The argument `query` is missing"),
            (
                "search",
                json!({"query": ["a"]}),
                "should be text, but it is a list",
            ),
            ("fetch", json!({"id": " "}), "The argument `id` is missing"),
            (
                "fetch",
                json!({"id": "guide/tasks/backups.md"}),
                "guide/tasks/backup.md",
            ),
            (
                "fetch",
                json!({"id": "guide/tasks/backup.md#part=9"}),
                "no part 9",
            ),
        ] {
            let call = json!({"name": tool, "arguments": arguments});
            let result = result(&server, version, "tools/call", call);
            assert_eq!(result["isError"], true, "{result}");
            assert!(result.get("structuredContent").is_none(), "{result}");
            let text = result["content"][0]["text"].as_str().unwrap();
            assert!(text.contains(told), "{text}");
        }
        // Each address has its own tools.
        for (at, tool) in [
            ("/chatgpt", "read"),
            ("/chatgpt", "browse"),
            ("/mcp", "fetch"),
        ] {
            let call = json!({"name": tool, "arguments": {"id": "guide/index.md"}});
            let response = send(&server, at, version, "tools/call", call);
            assert_eq!(response.json()["error"]["code"], -32602, "{at} {tool}");
        }
    }
    let nothing = answer(&server, MODERN, "search", json!({"query": "zzzz"}));
    assert_eq!(nothing, json!({"results": []}));
}

/// A set that is published nowhere, with pages whose names take some care.
fn unpublished(folder: &Path) -> DocSet {
    let long = "Words that belong to a paragraph.\n\n".repeat(700);
    for (path, page) in [
        ("setup.md", "# Setting up\n\nQuince.\n".to_owned()),
        (
            "grüße an/c#.md",
            "# Greetings\n\nQuince.\n\n## Größe {#größe}\n\nMedlar.\n".to_owned(),
        ),
        (
            "long.md",
            format!("# Long\n\n{long}## Late {{#late}}\n\nMulberry.\n\n{long}## Last\n\nLoquat.\n"),
        ),
    ] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, page).unwrap();
    }
    DocSet::new("kitchen", folder)
}

#[test]
fn what_is_published_nowhere_is_cited_by_a_page_of_docent() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(vec![unpublished(folder.path())]);
    let found = answer(&server, MODERN, "search", json!({"query": "quince"}));
    let mut cited = BTreeSet::new();
    for result in found["results"].as_array().unwrap() {
        let page = answer(&server, MODERN, "fetch", json!({"id": result["id"]}));
        assert_eq!(page["url"], result["url"]);
        assert!(text(&page, "text").contains("Quince."), "{page}");
        let path = text(result, "url")
            .strip_prefix("http://localhost")
            .unwrap();
        let opened = server.get(path);
        assert_eq!(opened.status, 200, "{path}");
        assert!(opened.text().contains("Quince."), "{path}");
        cited.insert(path.to_owned());
    }
    let expected = ["/kitchen/gr%C3%BC%C3%9Fe%20an/c%23", "/kitchen/setup"];
    assert_eq!(cited, expected.map(str::to_owned).into());
    // By the name that the client knows docent by.
    let medlar = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": "medlar"}}});
    let headers = [
        ("Host", "docs.example.com"),
        ("Content-Type", "application/json"),
    ];
    let medlar = server.send("POST", "/chatgpt/", &headers, medlar.to_string().as_bytes());
    let result = &medlar.json()["result"]["structuredContent"]["results"][0];
    let url = "http://docs.example.com/kitchen/gr%C3%BC%C3%9Fe%20an/c%23#gr%C3%B6%C3%9Fe";
    assert_eq!(result["url"], url);
    let (path, anchor) = ("/kitchen/gr%C3%BC%C3%9Fe%20an/c%23", "id=\"größe\"");
    let opened = server.get(path).text();
    assert!(opened.contains(anchor), "{opened}");
}

#[test]
fn a_long_page_goes_on_to_its_end() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(vec![unpublished(folder.path())]);
    let mut id = "kitchen/long.md".to_owned();
    let mut all = String::new();
    let mut parts = 0;
    loop {
        let page = answer(&server, MODERN, "fetch", json!({ "id": id }));
        assert_eq!(page["id"], *id);
        assert_eq!(page["url"], "http://localhost/kitchen/long");
        parts += 1;
        let part = text(&page["metadata"], "part");
        assert!(part.starts_with(&format!("{parts} of ")), "{part}");
        all.push_str(text(&page, "text"));
        match page["metadata"].get("next") {
            Some(next) => id = next.as_str().unwrap().to_owned(),
            None => break assert_eq!(part, format!("{parts} of {parts}")),
        }
    }
    assert!(parts > 2);
    assert_eq!(all.matches("belong to a paragraph").count(), 1_400);
    assert_eq!(all.matches("Loquat.").count(), 1);

    // The section that answers is what a search leads to, not the beginning of the page.
    let found = answer(&server, MODERN, "search", json!({"query": "mulberry"}));
    let id = text(&found["results"][0], "id");
    assert_eq!(id, "kitchen/long.md#late");
    let section = answer(&server, MODERN, "fetch", json!({ "id": id }));
    assert!(text(&section, "text").contains("Mulberry."));
    let next = text(&section["metadata"], "next");
    assert_eq!(next, "kitchen/long.md#late#part=2");
    let second = answer(&server, MODERN, "fetch", json!({ "id": next }));
    assert_eq!(second["id"], next);
    assert_eq!(second["url"], "http://localhost/kitchen/long#late");
}

#[test]
fn instructions_and_versions_are_those_of_the_other_address() {
    let (library, cache) = library::handbook();
    let server = Server::holding((library, cache), docent::config::Limits::default());
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"}});
    let of = |at| send(&server, at, "2025-11-25", "initialize", params.clone()).json();
    assert_eq!(of("/chatgpt"), of("/mcp"));
    let of = |at| send(&server, at, MODERN, "server/discover", json!({})).json();
    assert_eq!(of("/chatgpt"), of("/mcp"));
}
