//! Skills of the documents, and docent's own (SEP-2640).

use std::{fs, path::Path};

use docent::config::DocSet;
use rmcp::model::{Skill, SkillResources};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::Server;

const OIL: &str = "---\nname: fill-oil\ndescription: How to fill the oil of a lantern\nmetadata:\n  version: 2\n---\n\n# Fill oil\n\nSee [the list](references/LIST.md).\n";

fn write(root: &Path, path: &str, text: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn served() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    write(
        folder.path(),
        "lamps/index.md",
        b"# Lamps\n\nAll of them.\n",
    );
    write(folder.path(), "lamps/how/fill-oil/SKILL.md", OIL.as_bytes());
    write(
        folder.path(),
        "lamps/how/fill-oil/references/LIST.md",
        b"# List\n\nOil.\n",
    );
    write(
        folder.path(),
        "lamps/how/fill-oil/assets/lamp.bin",
        &[0, 159, 146, 150],
    );
    write(folder.path(), "lamps/how/fill-oil/.secret", b"hidden");
    write(
        folder.path(),
        "lamps/how/no skill/SKILL.md",
        b"# No skill\n\nIt has no name.\n",
    );
    write(folder.path(), "lamps/how/NOT-A-SKILL.md", OIL.as_bytes());
    let server = Server::over(vec![DocSet::new("lamps", folder.path().join("lamps"))]);
    (folder, server)
}

fn skills(server: &Server) -> Vec<Skill> {
    let result = server.call("skills/list", json!({}))["result"].clone();
    serde_json::from_value(result["skills"].clone()).unwrap()
}

#[test]
fn skills_are_listed_with_all_of_their_files_which_are_what_was_said() {
    let (_folder, server) = served();
    let found = skills(&server);
    let uris: Vec<&str> = found.iter().map(|skill| skill.uri.as_str()).collect();
    assert_eq!(
        uris,
        [
            "skill://look-things-up/SKILL.md",
            "skill://lamps/how/fill-oil/SKILL.md"
        ]
    );
    for skill in &found {
        skill.validate().unwrap();
        let got = server.call("skills/get", json!({ "uri": skill.uri }))["result"]["skill"].clone();
        assert_eq!(got, serde_json::to_value(skill).unwrap());
        let SkillResources::Files(files) = &skill.resources else {
            panic!("they are what they are");
        };
        for file in files {
            let read = server.call("resources/read", json!({ "uri": file.uri }));
            let contents = &read["result"]["contents"][0];
            let bytes = match contents["text"].as_str() {
                Some(text) => text.as_bytes().to_vec(),
                None => {
                    assert_eq!(contents["blob"], "AJ+Slg==");
                    vec![0, 159, 146, 150]
                }
            };
            file.verify(&bytes).unwrap();
        }
    }
    let SkillResources::Files(files) = &found[1].resources else {
        panic!("they are what they are");
    };
    assert_eq!(files.len(), 3, "{files:?}");
    assert_eq!(
        found[1].frontmatter.extra["metadata"],
        json!({"version": 2})
    );
    assert!(found[0].frontmatter.description.contains("cites the pages"));
}

#[test]
fn what_is_no_skill_is_an_error_and_no_way_to_other_files() {
    let (_folder, server) = served();
    for uri in [
        "skill://lamps/how/fill-oil",
        "skill://nowhere/SKILL.md",
        "skill://lamps/how/no%20skill/SKILL.md",
        "docent://lamps/index.md",
    ] {
        let answer = server.call("skills/get", json!({ "uri": uri }));
        assert_eq!(answer["error"]["code"], -32602, "{uri}");
    }
    for uri in [
        "skill://lamps/how/fill-oil/.secret",
        "skill://lamps/index.md",
        "skill://lamps/how/fill-oil/../../index.md",
        "skill://lamps/how/fill-oil/%2e%2e/%2e%2e/index.md",
    ] {
        let answer = server.call("resources/read", json!({ "uri": uri }));
        assert_eq!(answer["error"]["code"], -32002, "{uri}");
    }
    let answer = server.call("skills/list", json!({"cursor": "x"}));
    assert_eq!(answer["error"]["code"], -32602);
}

#[test]
fn skills_are_announced_to_every_client() {
    let (_folder, server) = served();
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let capabilities = server.call("initialize", params)["result"]["capabilities"].clone();
    assert_eq!(
        capabilities["extensions"]["io.modelcontextprotocol/skills"],
        json!({})
    );
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "skills/list", "params": {"_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }}});
    let headers = [
        ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "skills/list"),
    ];
    let response = server.post(&headers, body.to_string().as_bytes());
    assert_eq!(response.status, 200, "{}", response.text());
    let result = response.json()["result"].clone();
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["cacheScope"], "public");
    assert!(result["ttlMs"].is_u64() && result["skills"].as_array().unwrap().len() == 2);
}

#[test]
fn skills_are_found_before_anybody_connects() {
    let (_folder, server) = served();
    let index: Value = server.get("/.well-known/agent-skills/index.json").json();
    assert_eq!(
        index["$schema"],
        "https://schemas.agentskills.io/discovery/0.2.0/schema.json"
    );
    let listed = index["skills"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    for skill in listed {
        let url = format!(
            "/.well-known/agent-skills/{}",
            skill["url"].as_str().unwrap()
        );
        let file = server.get(&url);
        assert_eq!(file.status, 200, "{url}");
        assert_eq!(
            file.header("content-type"),
            Some("text/markdown; charset=utf-8")
        );
        assert_eq!(skill["digest"], rmcp::model::sha256_digest(&file.body));
        let name = format!("name: {}\n", skill["name"].as_str().unwrap());
        assert!(file.text().contains(&name));
    }
    for (path, status) in [
        ("lamps/how/fill-oil/references/LIST.md", 200),
        ("lamps/how/fill-oil/.secret", 404),
        ("lamps/index.md", 404),
        ("../../healthz", 404),
        ("", 404),
    ] {
        let response = server.get(&format!("/.well-known/agent-skills/{path}"));
        assert_eq!(response.status, status, "{path}");
    }
}
