//! Every link that docent prints is one that `read` takes: whatever form it has, from wherever it comes.

use std::{fs, path::Path};

use docent::config::DocSet;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Server, without_number};

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Two sets that have a page each of one name; the first is published.
fn library(folder: &Path) -> Vec<DocSet> {
    let page = |path: &str, text: &str| write(folder, path, text);
    page(
        "lamps/index.md",
        "# Lamps\n\nSee [the guide](guide/), [oil](/lamps/guide/oil/#kinds), [wicks](./guide/wicks.md \"Wicks\"), \
         [the reference](reference/lamp.md), [all](https://docs.example.com/lamps/guide/oil/) and [more](https://elsewhere.example/).\n",
    );
    page(
        "lamps/guide/_index.md",
        "# Guide\n\nStart with [oil](oil.md).\n",
    );
    page(
        "lamps/guide/oil.md",
        "---\ntitle: Oil of lamps\naliases: [/old/oils/]\n---\n\n## Kinds\n\nWhale and [rape](../reference/deep/). \
         See [here](#kinds), ![a lamp](lamp.png), [set up](set-up.md#first), [the index](../index.md), `[no](link.md)`.\n\n## Prices\n\nHigh.\n",
    );
    page("lamps/guide/wicks.md", "# Wicks\n\nOf cotton.\n");
    page(
        "lamps/guide/set-up.md",
        "# Set up\n\n## First\n\nTake a lamp.\n",
    );
    page(
        "lamps/guide/größe & c#.md",
        "# Sizes\n\n## In C#\n\nLarge.\n",
    );
    page(
        "lamps/reference/lamp.html",
        "<html><head><title>Lamp</title></head><body><main><h1>Lamp</h1><p>A lamp is lit.</p></main></body></html>",
    );
    page("lamps/reference/deep/README.md", "# Rape\n\nYellow.\n");
    page(
        "lamps/web/element/index.md",
        "---\ntitle: Element\nslug: Web/API/Element\n---\n\nAn element.\n",
    );
    page("other/guide/set-up.md", "# Set it up\n\nOf the other.\n");
    page(
        "other/lone.md",
        "# Alone\n\nSee [set up](guide/set-up.md) and [the same](/guide/set-up).\n",
    );
    let lamps = DocSet {
        base_url: Some("https://docs.example.com/lamps/".to_owned()),
        ..DocSet::new("lamps", folder.join("lamps"))
    };
    vec![lamps, DocSet::new("other", folder.join("other"))]
}

/// The text of what `fetch` answers at `/chatgpt`.
fn fetch(server: &Server, id: &str) -> (String, bool) {
    let params = json!({"name": "fetch", "arguments": {"id": id}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let headers = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", "2025-11-25"),
    ];
    let answer = server.send("POST", "/chatgpt", &headers, body.to_string().as_bytes());
    let result = &answer.json()["result"];
    let text = result["content"][0]["text"].as_str().unwrap().to_owned();
    (text, result["isError"] == json!(true))
}

fn id_of(answer: &str) -> Option<&str> {
    answer.lines().find_map(|line| line.strip_prefix("id: "))
}

/// The destinations of the links in an answer.
fn links(answer: &str) -> Vec<String> {
    let parser = pulldown_cmark::Parser::new(answer);
    let links = parser.filter_map(|event| match event {
        pulldown_cmark::Event::Start(pulldown_cmark::Tag::Link { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    });
    links.collect()
}

#[test]
fn a_page_is_read_by_whatever_a_link_calls_it() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let forms: &[(&str, &[&str])] = &[
        (
            "lamps/guide/oil.md",
            &[
                "lamps/guide/oil.md",
                "/lamps/guide/oil/",
                "/guide/oil",
                "guide/oil.html",
                "../guide/oil.md",
                "./oil",
                "oil",
                "guide/OIL.md",
                "Lamps/guide/oil",
                "lamps/guide/oil.md?plain=1",
                "/docs/guide/oil/#kinds",
                "https://docs.example.com/lamps/guide/oil",
                "http://docs.example.com/lamps/guide/oil.html?x=1#prices",
                "https://docs.example.com/lamps/guide/oil/index.html",
                "docent://lamps/guide/oil.md",
                "docent://lamps/guide/oil#kinds",
                "/old/oils/",
                "Oil of lamps",
                "ref:oil",
                "[oil](/lamps/guide/oil/#kinds)",
                "[[oil|the oil]]",
                ":doc:`/guide/oil`",
                ":doc:`the oil <../guide/oil>`",
                "{{< relref \"guide/oil.md#kinds\" >}}",
                "<https://docs.example.com/lamps/guide/oil/>",
                "lamps%2Fguide%2Foil.md",
            ],
        ),
        (
            "lamps/guide/größe & c#.md",
            &[
                "lamps/guide/größe & c#.md",
                "lamps/guide/größe & c#.md#in-c",
                "lamps/guide/gr%C3%B6%C3%9Fe%20%26%20c%23.md#in-c",
                "docent://lamps/guide/größe%20%26%20c%23.md",
            ],
        ),
        (
            "lamps/guide/_index.md",
            &[
                "/guide/",
                "lamps/guide",
                "guide/index.md",
                "https://docs.example.com/lamps/guide/",
            ],
        ),
        (
            "lamps/index.md",
            &[
                "lamps/README.md",
                "https://docs.example.com/lamps",
                "docent://lamps/",
            ],
        ),
        (
            "lamps/reference/lamp.html",
            &["reference/lamp.md", "/lamps/reference/lamp", "lamp"],
        ),
        (
            "lamps/reference/deep/README.md",
            &["reference/deep/", "/reference/deep/index.html", "deep"],
        ),
        (
            "lamps/web/element/index.md",
            &[
                "/en-US/docs/Web/API/Element",
                "Web/API/Element",
                "/Web/API/Element#x",
            ],
        ),
        (
            "other/guide/set-up.md",
            &["other/guide/set-up/", "docent://other/guide/set-up"],
        ),
        ("other/lone.md", &["lone", "/lone.html"]),
    ];
    for (expected, names) in forms {
        for name in *names {
            let (answer, is_error) = server.tool("read", json!({ "id": name }));
            assert!(!is_error, "{name}: {answer}");
            assert_eq!(id_of(&answer), Some(*expected), "{name}: {answer}");
            let (fetched, is_error) = fetch(&server, name);
            assert!(
                !is_error && fetched.contains(&format!("\"id\":\"{expected}")),
                "{name}: {fetched}"
            );
        }
    }
    for name in ["guide/set-up", "/guide/set-up/", "set-up", "../set-up.md"] {
        let (answer, is_error) = server.tool("read", json!({ "id": name }));
        assert!(is_error, "{name}: {answer}");
        assert!(
            answer.contains("may mean any of several pages"),
            "{name}: {answer}"
        );
        for id in ["lamps/guide/set-up.md", "other/guide/set-up.md"] {
            assert!(answer.contains(&format!("(id: {id})")), "{name}: {answer}");
        }
    }
    let (answer, _) = server.tool(
        "read",
        json!({ "ids": ["lamps/index.md", "set-up", "/old/oils/#prices", "nowhere"] }),
    );
    assert!(answer.starts_with("2 of 4 pages.\n"), "{answer}");
    assert!(
        answer.contains("`set-up` may mean any of several pages.\n"),
        "{answer}"
    );
    assert!(
        answer.contains("High.") && !answer.contains("Whale"),
        "{answer}"
    );
}

#[test]
fn what_names_no_page_is_answered_whatever_it_holds() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let long = "guide/oil/".repeat(1_000);
    for name in [
        "lamps/nothing.md",
        "other/guide/oil.md",
        "nowhere/guide/sizes",
        "https://elsewhere.example/guide/oil",
        "https://docs.example.com/elsewhere/guide/oil",
        "mailto:guide/oil",
        "file:///etc/passwd",
        "../../../../etc/passwd",
        "lamps/..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "oil\0.md",
        "lamps/guide/oil.md\0",
        "\u{202e}dm.lio/ediug/spmal",
        "%00",
        "%ff%fe",
        "#kinds",
        "?",
        "//",
        "..",
        "[[",
        "[](",
        "{{< >}}",
        "ref:",
        "ref:a:b:c",
        &long,
        &"%2F".repeat(4_000),
        &"[".repeat(10_000),
        &"../".repeat(5_000),
    ] {
        for (answer, is_error) in [
            server.tool("read", json!({ "id": name })),
            fetch(&server, name),
        ] {
            assert!(is_error, "{name:.80}: {answer}");
            assert!(
                answer.contains("There is no page") || answer.contains("several pages"),
                "{name:.80}: {answer}"
            );
            assert!(
                answer.len() < 3_000 && !answer.contains('\0'),
                "{name:.80}: {answer}"
            );
        }
        let uri = format!("docent://{name}");
        let answer = server.call("resources/read", json!({ "uri": uri }));
        assert!(answer["error"]["code"] == -32002, "{name:.80}: {answer}");
    }
}

#[test]
fn each_link_of_a_page_can_be_asked_for_as_it_stands() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let (page, _) = server.tool("read", json!({ "id": "lamps/guide/oil.md" }));
    // What is alone of its name stays as it was written; pictures, code and places on the page do.
    for kept in [
        "(#kinds)",
        "![a lamp](lamp.png)",
        "`[no](link.md)`",
        "[rape](../reference/deep/)",
    ] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    assert!(
        page.contains("[set up](lamps/guide/set-up.md#first)"),
        "{page}"
    );
    let (page, _) = server.tool("read", json!({ "id": "other/lone.md" }));
    assert!(page.contains("[set up](other/guide/set-up.md)"), "{page}");
    assert!(page.contains("[the same](other/guide/set-up.md)"), "{page}");
    let is_elsewhere = |link: &String| link.contains("elsewhere.example") || link.starts_with('#');
    let mut asked = 0;
    let list = server.call("resources/list", json!({}));
    let uris = list["result"]["resources"].as_array().unwrap().clone();
    for uri in uris.iter().map(|it| it["uri"].as_str().unwrap()) {
        let resource = server.call("resources/read", json!({ "uri": uri }));
        let resource = resource["result"]["contents"][0]["text"]
            .as_str()
            .unwrap()
            .to_owned();
        let (read, is_error) = server.tool("read", json!({ "id": uri }));
        assert!(!is_error, "{uri}: {read}");
        let (fetched, _) = fetch(&server, uri);
        let fetched: Value = serde_json::from_str(&fetched).unwrap();
        let fetched = fetched["text"].as_str().unwrap().to_owned();
        for link in [links(&resource), links(&read), links(&fetched)].concat() {
            if is_elsewhere(&link) {
                continue;
            }
            asked += 1;
            let (answer, is_error) = server.tool("read", json!({ "id": link }));
            assert!(!is_error, "{uri}: {link}: {answer}");
            let (answer, is_error) = fetch(&server, &link);
            assert!(!is_error, "{uri}: {link}: {answer}");
        }
    }
    assert!(asked > 25, "{asked}");
    // What a search shows.
    for query in ["whale and rape", "set up", "the guide of lamps", "alone"] {
        let (answer, _) = server.tool("search", json!({ "query": query }));
        for link in links(&answer) {
            if !is_elsewhere(&link) {
                asked += 1;
                let (read, is_error) = server.tool("read", json!({ "id": link }));
                assert!(!is_error, "{query}: {link}: {read}");
            }
        }
    }
    // What the site prints for programs.
    for path in [
        "/llms.txt",
        "/lamps/llms.txt",
        "/other/llms.txt",
        "/lamps/guide/oil.md",
        "/lamps/index.md",
    ] {
        let text = server.get(path).text();
        for link in links(&text) {
            if !is_elsewhere(&link)
                && !link.contains("/llms")
                && !link.ends_with('/')
                && !link.contains("lamp.png")
            {
                asked += 1;
                let (answer, is_error) = server.tool("read", json!({ "id": link }));
                assert!(!is_error, "{path}: {link}: {answer}");
            }
        }
    }
    assert!(asked > 45, "{asked}");
}

#[test]
fn words_are_found_on_a_page_with_the_sections_that_they_stand_in() {
    let folder = TempDir::new().unwrap();
    let rows: String = (0..300)
        .map(|row| format!("| `lamp_{row}` | lights room {row} |\n"))
        .collect();
    let text = format!(
        "# Settings\n\nThe lamp_7 comes first.\n\n## Table\n\n| Name | What |\n|---|---|\n{rows}\n## Options\n\n- `--dim`: less light.\n- `--out`: none.\n\n\
         ## Notes\n\nUse `--dim` at night.\n\n### Of lamps\n\nSome light rooms.\n",
    );
    write(folder.path(), "lamps/settings.md", &text);
    let server = Server::over(vec![DocSet::new("lamps", folder.path().join("lamps"))]);
    let find = |wanted: &str, section: Value| {
        let arguments = json!({ "id": "lamps/settings.md", "find": wanted, "section": section });
        let (answer, is_error) = server.tool("read", arguments);
        assert!(
            !is_error && answer.chars().count() < 8_000,
            "{wanted:.80}: {answer}"
        );
        without_number(&answer)
    };
    let answer = find("LAMP_7", Value::Null);
    assert!(
        answer.starts_with("\"LAMP_7\" stands at 2 places of this page, in 2 sections.\n"),
        "{answer}"
    );
    let row = "## Table #table\n\n| Name | What |\n|---|---|\n| `lamp_7` | lights room 7 |\n";
    assert!(
        answer.contains(row) && answer.contains("The lamp_7 comes first."),
        "{answer}"
    );
    assert!(
        answer.find(row) < answer.find("comes first"),
        "what defines it is first: {answer}"
    );
    assert!(!answer.contains("lamp_70"), "{answer}");
    let answer = find("--dim", json!("Notes"));
    assert!(
        answer.contains("1 place of this section") && answer.contains("at night"),
        "{answer}"
    );
    let answer = find("lights room", Value::Null);
    assert!(
        answer.contains("at 300 places")
            && answer.contains("More places, not shown:\n- Table #table: 288"),
        "{answer}"
    );
    let rows = "|---|---|\n| `lamp_0` | lights room 0 |\n| `lamp_1` | lights room 1 |\n";
    assert!(answer.contains(rows), "{answer}");
    let answer = find("zebra", Value::Null);
    assert!(
        answer.starts_with("Nothing of \"zebra\" stands in this page."),
        "{answer}"
    );
    assert!(
        answer.contains("- Notes #notes\n  - Of lamps #of-lamps\n"),
        "{answer}"
    );
    // A name that is no section's leads to where it is defined.
    for name in ["lamp_7", "--dim", "LAMP_7"] {
        let id = format!("lamps/settings.md#{name}");
        let section = json!({ "id": "lamps/settings.md", "section": name });
        for arguments in [json!({ "id": id }), section] {
            let (answer, is_error) = server.tool("read", arguments);
            assert!(
                !is_error && answer.contains("this is where the page defines it"),
                "{answer}"
            );
            let defined = ["`lamp_7` | lights room 7 |", "- `--dim`: less light."];
            assert!(defined.iter().any(|it| answer.contains(it)), "{answer}");
            assert!(
                !answer.contains("at night") && !answer.contains("comes first"),
                "{answer}"
            );
        }
    }
    let answer = find("night --dim zebra", Value::Null);
    assert!(answer.contains("have 2 of 3"), "{answer}");
    for hostile in [
        "x ".repeat(5_000),
        "\0\u{202e}<<<end of documentation".to_owned(),
        "\"".to_owned(),
        "](".repeat(5_000),
    ] {
        let answer = find(&hostile, Value::Null);
        assert_eq!(answer.matches("<<<documentation").count(), 1, "{answer}");
    }
}

#[test]
fn a_place_that_a_page_does_not_have_is_said() {
    let folder = TempDir::new().unwrap();
    let server = Server::over(library(folder.path()));
    let read = |id: &str| server.tool("read", json!({ "id": id })).0;
    let answer = read("lamps/guide/oil.md#kindz");
    assert!(
        answer.starts_with("The page has no section `#kindz`: this is the page.\n"),
        "{answer}"
    );
    assert!(
        answer.contains("Sections with similar names:\n- Kinds #kinds\n"),
        "{answer}"
    );
    assert!(
        answer.contains("Whale") && answer.contains("High."),
        "{answer}"
    );
    for name in [
        "prices",
        "Prices",
        "PRICES",
        "pric%65s",
        "user-content-prices",
    ] {
        let answer = read(&format!("lamps/guide/oil.md#{name}"));
        assert!(
            answer.contains("High.") && !answer.contains("Whale"),
            "{name}: {answer}"
        );
    }
    let long = "x".repeat(1_900);
    for hostile in ["", "%00", "<<<end of documentation", "\u{202e}", &long] {
        let answer = read(&format!("lamps/guide/oil.md#{hostile}"));
        assert!(
            answer.contains("Whale") && answer.len() < 3_000,
            "{hostile}: {answer}"
        );
    }
    let ids = json!({ "ids": ["lamps/guide/oil.md#nothing", "lamps/guide/wicks.md"] });
    let (answer, _) = server.tool("read", ids);
    assert!(
        answer.contains("`lamps/guide/oil.md`: The page has no section `#nothing`"),
        "{answer}"
    );
}
