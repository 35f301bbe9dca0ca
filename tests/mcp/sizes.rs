//! No answer is too long for a model, whatever page of a large manual it is about: all of PostgreSQL's, which
//! tests/fetch-corpora.sh fetches, and 300 queries.

use std::path::PathBuf;

use docent::{config::DocSet, mcp::estimated_tokens};
use serde_json::{Value, json};

use crate::server::Server;

/// Claude Code warns at 10,000 tokens.
const MOST: usize = 9_000;
const QUERIES: usize = 300;

fn postgresql() -> DocSet {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    let cache = folder("DOCENT_TEST_CACHE")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("docent-tests")))
        .or_else(|| Some(folder("HOME")?.join(".cache/docent-tests")))
        .expect("HOME is set");
    let folder = cache.join("corpora/postgresql-doc-15/usr/share/doc/postgresql-doc-15/html");
    assert!(
        folder.is_dir(),
        "{} is missing: run tests/fetch-corpora.sh",
        folder.display()
    );
    DocSet::new("pg", folder)
}

/// The text of an answer.
fn call(server: &Server, at: &str, tool: &str, arguments: &Value) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let headers = [("Content-Type", "application/json")];
    let answer = server.send("POST", at, &headers, body.to_string().as_bytes());
    let answer: Value = answer.json();
    let text = answer["result"]["content"][0]["text"].as_str();
    let text = text.unwrap_or_else(|| panic!("{tool} {arguments}: {answer}"));
    let tokens = estimated_tokens(text);
    assert!(tokens < MOST, "{tool} {arguments}: {tokens} tokens");
    text.to_owned()
}

#[test]
fn no_answer_about_a_large_manual_is_too_long() {
    let server = Server::over(vec![postgresql()]);
    let mut ids = Vec::new();
    let mut from = 1;
    loop {
        let listing = call(
            &server,
            "/mcp",
            "browse",
            &json!({"set": "pg", "from": from}),
        );
        let lines = listing.lines().filter_map(|line| line.rsplit_once("(id: "));
        let before = ids.len();
        ids.extend(lines.map(|(title, id)| {
            let title = title.trim_start_matches("- ").trim().to_owned();
            (title, id.trim_end_matches(')').to_owned())
        }));
        match listing.split("goes on with `from` ").nth(1) {
            Some(next) => from = next.trim_end().trim_end_matches('.').parse().unwrap(),
            None => break,
        }
        assert!(ids.len() > before);
    }
    assert!(ids.len() > 1_100, "{} pages", ids.len());
    for (_, id) in &ids {
        let mut part = 1;
        loop {
            let page = call(&server, "/mcp", "read", &json!({"id": id, "from": part}));
            part += 1;
            if !page.contains(&format!("goes on with `from` {part}.")) {
                break;
            }
        }
        let mut next = Some(json!(id));
        while let Some(id) = next {
            let page = call(&server, "/chatgpt", "fetch", &json!({ "id": id }));
            let page: Value = serde_json::from_str(&page).unwrap();
            next = page["metadata"].get("next").cloned();
        }
    }
    // Titles of pages, alone and two together: names of things, and what shares little with any page.
    let titles: Vec<&str> = ids.iter().map(|(title, _)| title.as_str()).collect();
    let every = titles.len() / QUERIES;
    for (at, title) in titles.iter().step_by(every).take(QUERIES).enumerate() {
        let query = match at % 3 {
            0 => format!("{title} {}", titles[(at * 7) % titles.len()]),
            _ => (*title).to_owned(),
        };
        for limit in [8, 25] {
            call(
                &server,
                "/mcp",
                "search",
                &json!({"query": query, "limit": limit}),
            );
        }
        call(&server, "/chatgpt", "search", &json!({ "query": query }));
    }
}
