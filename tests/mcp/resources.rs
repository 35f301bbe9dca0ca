//! Documents as resources.

use std::{fs, path::Path};

use docent::config::DocSet;
use serde_json::json;
use tempfile::TempDir;

use crate::server::Server;

#[test]
fn every_page_is_a_resource() {
    let server = Server::start();
    let list = server.call("resources/list", json!({}));
    let resources = list["result"]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 3);
    for resource in resources {
        assert_eq!(resource["mimeType"], "text/markdown");
        let uri = resource["uri"].as_str().unwrap();
        let read = server.call("resources/read", json!({ "uri": uri }));
        let contents = &read["result"]["contents"][0];
        assert_eq!(contents["uri"], uri);
        assert_eq!(contents["mimeType"], "text/markdown");
        let name = resource["name"].as_str().unwrap();
        assert_eq!(uri, format!("docent://{name}"));
        let text = contents["text"].as_str().unwrap();
        assert!(text.starts_with("# "), "{read}");
    }
}

/// A set of pages `0000.md` and on, all of which link to `hub/deep/most.md`, and half to `second.md`.
fn linked(folder: &Path, name: &str, pages: usize) -> DocSet {
    let root = folder.join(name);
    fs::create_dir_all(root.join("hub/deep")).unwrap();
    fs::write(root.join("hub/deep/most.md"), "# Most\n\nText.\n").unwrap();
    fs::write(root.join("second.md"), "# Second\n\nText.\n").unwrap();
    for page in 0..pages {
        let second = if page % 2 == 0 { "[b](second.md)" } else { "" };
        let text = format!("# Page {page}\n\n[a](hub/deep/most.md) {second}\n");
        fs::write(root.join(format!("{page:04}.md")), text).unwrap();
    }
    DocSet::new(name, root)
}

#[test]
fn the_first_page_of_the_list_has_what_is_linked_most() {
    let folder = TempDir::new().unwrap();
    let sets = vec![
        linked(folder.path(), "large", 1_100),
        linked(folder.path(), "small", 4),
    ];
    let server = Server::over(sets);
    let page = |cursor: Option<&str>| {
        let params = cursor.map_or(json!({}), |cursor| json!({ "cursor": cursor }));
        let result = server.call("resources/list", params)["result"].clone();
        let names: Vec<String> = result["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| resource["name"].as_str().unwrap().to_owned())
            .collect();
        (names, result["nextCursor"].as_str().map(str::to_owned))
    };
    let (names, mut cursor) = page(None);
    // Sets take turns, so a small one is there beside a large one.
    assert_eq!(
        names[..5],
        [
            "large/hub/deep/most.md",
            "small/hub/deep/most.md",
            "large/second.md",
            "small/second.md",
            "large/0000.md"
        ]
    );
    assert_eq!(names.len(), 500);
    let mut all = names;
    while let Some(next) = cursor {
        let (names, after) = page(Some(&next));
        assert!(!names.is_empty());
        all.extend(names);
        cursor = after;
    }
    assert_eq!(all.len(), 1_108);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 1_108);
}

#[test]
fn an_unknown_resource_is_an_error() {
    let server = Server::start();
    for uri in [
        "docent://guide/nothing.md",
        "docent://",
        "file:///etc/passwd",
        "docent://guide/%ff%00",
    ] {
        let answer = server.call("resources/read", json!({ "uri": uri }));
        assert_eq!(answer["error"]["code"], -32002, "{uri}");
        assert_eq!(answer["error"]["data"]["uri"], uri);
    }
}

#[test]
fn templates_are_completed() {
    let server = Server::start();
    let list = server.call("resources/templates/list", json!({}));
    let template = &list["result"]["resourceTemplates"][0]["uriTemplate"];
    let complete = |name: &str, value: &str| {
        let answer = server.call(
            "completion/complete",
            json!({
                "ref": {"type": "ref/resource", "uri": template},
                "argument": {"name": name, "value": value},
            }),
        );
        answer["result"]["completion"]["values"].clone()
    };
    assert_eq!(complete("set", "gu"), json!(["guide"]));
    assert_eq!(complete("set", "x"), json!([]));
    assert_eq!(complete("path", "in"), json!(["index.md", "install.md"]));
    assert_eq!(complete("set", "GU"), json!(["guide"]));
}
