//! Less work for assistants: several pages at once, a part of a set, an answer that fits, what to read next.

use std::{fs, path::Path};

use docent::config::DocSet;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Events, Server};

/// The tokens of a text, counted more carefully than any bound: four bytes of it are one at the least.
fn least_tokens(text: &str) -> usize {
    text.len() / 4
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Two sets with long pages, and names as long as they can be.
fn library(folder: &Path) -> Vec<DocSet> {
    let paragraph = "The lantern is lit at dusk, and put out at dawn, by whoever comes first.\n\n";
    for number in 0..12 {
        let text = format!(
            "# Lantern {number}\n\n## Lighting\n\n{}",
            paragraph.repeat(400)
        );
        write(folder, &format!("lamps/guide/{number:02}.md"), &text);
    }
    write(
        folder,
        "lamps/short.md",
        "# Short\n\nA lantern, in short. See [one](guide/01.md).\n",
    );
    let deep = "a-folder-with-a-long-name/".repeat(8);
    write(
        folder,
        &format!("lamps/{deep}deep.md"),
        "# Deep\n\nA lantern, deep down.\n",
    );
    write(folder, "oil/guide/lamps.md", "# Oil\n\nOil of a lantern.\n");
    write(
        folder,
        "oil/lamps/inside.md",
        "# Inside\n\nA lantern inside.\n",
    );
    ["lamps", "oil"]
        .map(|name| DocSet::new(name, folder.join(name)))
        .to_vec()
}

#[test]
fn a_page_is_read_by_the_address_that_docent_has_for_it() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    for id in [
        "https://docs.example.com/lamps/guide/01",
        "http://localhost:8080/below/here/lamps/guide/01.md",
        "/lamps/guide/01#lighting",
        "lamps/guide/01",
        "https://docs.example.com/lamps/guide/01?from=1",
    ] {
        let (answer, _) = server.tool("read", json!({ "id": id }));
        assert!(answer.contains("id: lamps/guide/01.md"), "{id}: {answer}");
    }
    for id in [
        "https://docs.example.com/nothing/guide/01",
        "https://docs.example.com/lamps/../01",
    ] {
        let (answer, _) = server.tool("read", json!({ "id": id }));
        assert!(answer.contains("There is no page"), "{id}: {answer}");
    }
}

#[test]
fn a_term_is_read_with_its_definition_however_it_is_asked_for() {
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        "set/c.md",
        "# Push\n\nSends it.\n\n`--dry-run`\n: Does nothing.\n\n`--force`\n: Does it.\n\n    Really.\n",
    );
    let server = Server::over(vec![DocSet::new("set", folder.path().join("set"))]);
    for (call, entry) in [
        (
            json!({"id": "set/c.md#--dry-run"}),
            "`--dry-run`\n- Does nothing.",
        ),
        (
            json!({"id": "set/c.md", "section": "--dry-run"}),
            "`--dry-run`\n- Does nothing.",
        ),
        (
            json!({"id": "set/c.md", "find": "--dry-run"}),
            "`--dry-run`\n- Does nothing.",
        ),
        (
            json!({"id": "set/c.md", "find": "Does nothing"}),
            "`--dry-run`\n- Does nothing.",
        ),
        (
            json!({"id": "set/c.md", "find": "really"}),
            "`--force`\n- Does it.\n\n  Really.",
        ),
    ] {
        let (answer, _) = server.tool("read", call.clone());
        assert!(answer.contains(entry), "{call}: {answer}");
        assert!(!answer.contains("Sends it"), "{call}: {answer}");
    }
}

#[test]
fn a_link_to_a_folder_without_a_page_is_read_as_what_stands_in_it() {
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        "set/guide/a.md",
        "# A\n\nSee [more](sub/), [gone](nowhere/).\n",
    );
    write(folder.path(), "set/guide/sub/one.md", "# One\n\nWords.\n");
    write(folder.path(), "set/guide/sub/two.md", "# Two\n\nWords.\n");
    let server = Server::over(vec![DocSet::new("set", folder.path().join("set"))]);
    let (answer, _) = server.tool("read", json!({"id": "set/guide/a.md"}));
    assert!(answer.contains("[more](set/guide/sub/)"), "{answer}");
    assert!(answer.contains("[gone](nowhere/)"), "{answer}");
    for id in ["set/guide/sub/", "guide/sub", "/guide/sub/#x"] {
        let (answer, _) = server.tool("read", json!({ "id": id }));
        assert!(
            answer.contains("is a folder without a page"),
            "{id}: {answer}"
        );
        assert!(
            answer.contains("(id: set/guide/sub/two.md)"),
            "{id}: {answer}"
        );
    }
}

#[test]
fn several_pages_share_one_answer_and_what_was_cut_is_said() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let ids = [
        "lamps/short.md",
        "lamps/guide/00.md",
        "oil/guide/lamps.md",
        "lamps/guide/0.md",
    ];
    let (text, is_error) = server.tool("read", json!({ "ids": ids }));
    assert!(!is_error);
    assert!(
        text.starts_with("3 of 4 pages.\n<<<documentation "),
        "{text}"
    );
    for whole in [
        "A lantern, in short.",
        "Oil of a lantern.",
        "id: lamps/guide/00.md\n",
    ] {
        assert!(text.contains(whole), "{whole}: {text}");
    }
    assert!(
        text.contains("the page `lamps/guide/00.md` goes on; asked for alone, it comes in parts.")
    );
    assert!(
        text.contains("There is no page `lamps/guide/0.md`."),
        "{text}"
    );
    assert!(
        text.contains("- Lantern 0 (id: lamps/guide/00.md)"),
        "{text}"
    );
    assert!(least_tokens(&text) <= 9_000);
    // What short pages leave is for the long one.
    assert!(text.matches("lit at dusk").count() > 70);

    let all: Vec<String> = (0..12)
        .map(|number| format!("lamps/guide/{number:02}.md#lighting"))
        .collect();
    let (text, is_error) = server.tool("read", json!({ "ids": all }));
    assert!(!is_error);
    assert!(text.starts_with("10 of 10 pages.\n"), "{text}");
    assert_eq!(text.matches("the section `lamps/guide/").count(), 10);
    assert!(text.ends_with("One call is for 10 pages at the most: 2 are left for another one.\n"));
    assert!(!text.contains("lamps/guide/11.md") && least_tokens(&text) <= 9_000);

    let (text, is_error) = server.tool("read", json!({ "ids": ["nowhere", "nothing/at-all"] }));
    assert!(is_error && text.starts_with("0 of 2 pages.\n"), "{text}");
    let (_, is_error) = server.tool("read", json!({ "ids": ids, "from": 2 }));
    assert!(is_error);
}

#[test]
fn the_end_of_a_page_says_what_to_read_next() {
    let server = Server::start();
    let (text, _) = server.tool("read", json!({"id": "guide/index.md"}));
    let next = text.find("Related pages:\n- Next: ").unwrap();
    assert!(
        text.contains("- Links to: Making a backup (id: guide/tasks/backup.md)\n"),
        "{text}"
    );
    assert!(next < text.find("<<<end of documentation").unwrap());
    let (text, _) = server.tool("read", json!({"id": "guide/tasks/backup.md"}));
    assert!(
        text.contains("- Linked from: Lantern handbook (id: guide/index.md)\n"),
        "{text}"
    );
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let page = |from: usize| {
        server
            .tool("read", json!({"id": "lamps/guide/01.md", "from": from}))
            .0
    };
    assert!(!page(1).contains("Related pages:"));
    let parts: usize = page(1)
        .split("Part 1 of ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        page(parts).contains("- Previous: Lantern 0 (id: lamps/guide/00.md)\n- Next: Lantern 2")
    );
}

#[test]
fn a_search_may_be_of_a_part_of_a_set() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let found = |arguments: Value| {
        let (text, is_error) = server.tool("search", arguments.clone());
        assert!(!is_error, "{arguments}: {text}");
        let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        (ids, text)
    };
    for path in ["guide/", "/guide", "guide/*", "`guide/`"] {
        let (ids, _) = found(json!({"query": "lantern", "path": path, "limit": 25}));
        assert_eq!(ids.len(), 13, "{path}: {ids:?}");
        assert!(ids.iter().all(|id| id.contains("/guide/")));
    }
    let arguments = json!({"query": "lantern", "path": "guide/", "limit": 5, "page": 3});
    let (ids, text) = found(arguments);
    assert_eq!(ids.len(), 3, "{text}");
    assert!(!text.contains("More pages match"), "{text}");
    for (set, path, expected) in [
        (json!(null), "oil/guide/", "oil/guide/lamps.md"),
        (json!("oil"), "guide/", "oil/guide/lamps.md"),
        (json!("oil"), "oil/guide/", "oil/guide/lamps.md"),
        // A folder goes before a set with its name.
        (json!("oil"), "lamps/", "oil/lamps/inside.md"),
        (json!(null), "lamps/inside", "oil/lamps/inside.md"),
        (json!("all"), "lamps/short.md", "lamps/short.md"),
    ] {
        let (ids, _) = found(json!({"query": "lantern", "set": set, "path": path}));
        assert_eq!(ids, [expected], "{set} {path}");
    }
    let (_, text) = found(json!({"query": "lantern dawn", "path": "oil/guide/"}));
    assert!(
        text.contains("Left out, as no page there has it: \"dawn\"."),
        "{text}"
    );
    let (ids, text) = found(json!({"query": "dusk", "path": "oil/guide/"}));
    assert!(ids.is_empty());
    assert!(
        text.starts_with("No page answers \"dusk\" in the set `oil` below `guide/`."),
        "{text}"
    );
    for (set, path) in [
        (json!(null), "nowhere/"),
        (json!("oil"), "short"),
        (json!("lamps"), "oil/guide/"),
    ] {
        let (text, is_error) = server.tool(
            "search",
            json!({"query": "lantern", "set": set, "path": path}),
        );
        assert!(
            is_error && text.contains("has a path that begins with"),
            "{text}"
        );
        assert!(text.contains("Document sets: `lamps`"), "{text}");
    }
}

/// Calls a tool at an address with a budget, as plainly as clients do or in a way that is rmcp's.
fn within(server: &Server, budget: usize, plain: bool, tool: &str, arguments: &Value) -> String {
    let mut body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments}});
    if !plain {
        body["params"]["extra"] = json!(1);
    }
    let headers = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", "2025-11-25"),
    ];
    let path = format!("/mcp?budget={budget}");
    let response = server.send("POST", &path, &headers, body.to_string().as_bytes());
    assert_eq!(response.status, 200, "{}", response.text());
    let text = &response.json()["result"]["content"][0]["text"];
    text.as_str().unwrap().to_owned()
}

#[test]
fn no_answer_goes_over_the_budget_of_the_address() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let long = "lantern ".repeat(2_000);
    let ids: Vec<String> = (0..12)
        .map(|number| format!("lamps/guide/{number:02}.md"))
        .collect();
    let calls = [
        ("search", json!({"query": "lantern", "limit": 25})),
        ("search", json!({"query": "lantern dusk dawn"})),
        ("search", json!({"query": long, "limit": 25})),
        ("search", json!({"query": "zzzzz lantren qqqqq"})),
        ("search", json!({"query": "文書".repeat(500)})),
        ("read", json!({"id": "lamps/guide/03.md"})),
        ("read", json!({"id": "lamps/guide/03.md", "from": 2})),
        (
            "read",
            json!({"id": "lamps/guide/03.md", "section": "nothing"}),
        ),
        (
            "read",
            json!({"id": format!("lamps/{}", "a-folder-with-a-long-name/".repeat(8))}),
        ),
        ("read", json!({ "ids": ids })),
        ("browse", json!({})),
        ("browse", json!({"set": "lamps", "path": "guide"})),
    ];
    for (tool, arguments) in &calls {
        for budget in [1_000, 1_500, 4_000, 9_000] {
            let text = within(&server, budget, true, tool, arguments);
            assert!(
                least_tokens(&text) <= budget,
                "{tool} {arguments} {budget}: {text}"
            );
            let begin = text.matches("<<<documentation ").count();
            assert_eq!(
                begin,
                text.matches("<<<end of documentation ").count(),
                "{text}"
            );
            let number = |text: &str| crate::server::without_number(text);
            let other = within(&server, budget, false, tool, arguments);
            assert_eq!(number(&text), number(&other));
        }
        let without = server.tool(tool, arguments.clone()).0;
        let roomy = within(&server, 9_000, true, tool, arguments);
        if *tool != "search" {
            let number = |text: &str| crate::server::without_number(text);
            assert_eq!(number(&roomy), number(&without), "{tool} {arguments}");
        }
    }
    let text = within(&server, 1_000, true, "search", &json!({"query": "lantern"}));
    assert!(
        text.contains("lit at dusk") && text.contains("id: lamps/"),
        "{text}"
    );
}

#[test]
fn a_budget_is_told_by_the_tools_and_refused_where_it_is_none() {
    let server = Server::start();
    let list = |path: &str| {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        server.send("POST", path, &headers, body.as_bytes())
    };
    let told = "takes 4000 tokens at the most";
    for (path, expected) in [
        ("/mcp?budget=4000", true),
        ("/mcp/?a=b&budget=4000", true),
        ("/mcp", false),
    ] {
        let answer = list(path).json();
        for tool in answer["result"]["tools"].as_array().unwrap() {
            let description = tool["description"].as_str().unwrap();
            assert_eq!(
                description.contains(told),
                expected,
                "{path}: {description}"
            );
            assert!(description.len() <= 2_048);
        }
    }
    for path in [
        "/mcp?budget=",
        "/mcp?budget=10",
        "/mcp?budget=4000&budget=1",
        "/mcp/?budget=many",
    ] {
        let refused = list(path);
        assert_eq!(refused.status, 400, "{path}");
        assert!(
            refused.text().contains("from 1000 to 9000"),
            "{}",
            refused.text()
        );
    }
    let refused = server.send("GET", "/sse?budget=0", &[("Accept", "*/*")], b"");
    assert_eq!(refused.status, 400);
}

#[test]
fn a_session_has_the_budget_that_it_was_opened_with() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let mut events = Events::open_at(&server, "/sse?budget=1000");
    let (name, endpoint) = events.next().unwrap();
    assert_eq!(name, "endpoint");
    let mut ask = |body: Value, answered: bool| {
        let headers = [("Content-Type", "application/json")];
        let path = format!("/{endpoint}");
        let response = server.send("POST", &path, &headers, body.to_string().as_bytes());
        assert_eq!(response.status, 202, "{}", response.text());
        answered.then(|| serde_json::from_str::<Value>(&events.next().unwrap().1).unwrap())
    };
    let client = json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    ask(
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client}),
        true,
    );
    ask(
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        false,
    );
    let call = json!({"name": "read", "arguments": {"id": "lamps/guide/00.md"}});
    let answer = ask(
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}),
        true,
    )
    .unwrap();
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("goes on with `from` 2") && least_tokens(text) <= 1_000,
        "{text}"
    );
    let list = ask(
        json!({"jsonrpc": "2.0", "id": 3, "method": "tools/list"}),
        true,
    )
    .unwrap();
    assert!(
        list["result"]["tools"][0]["description"]
            .as_str()
            .unwrap()
            .contains("1000 tokens")
    );
}
