//! `search`, `read` and `browse`, called as a model would.

use docent::{config::Limits, mcp::About};
use serde_json::json;

use crate::server::{Server, library};

#[test]
fn tools_are_listed_with_what_they_are_about() {
    let server = Server::start();
    let list = server.call("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["search", "read", "browse"]);
    for tool in tools {
        let hints = &tool["annotations"];
        assert_eq!(hints["readOnlyHint"], true);
        assert_eq!(hints["destructiveHint"], false);
        assert_eq!(hints["idempotentHint"], true);
        assert_eq!(hints["openWorldHint"], false);
        assert!(tool["title"].is_string() && tool.get("outputSchema").is_none());
        assert_eq!(tool["inputSchema"]["type"], "object");
    }
    let search = tools[0]["description"].as_str().unwrap();
    assert!(
        search.contains("- `guide`: How to run Lantern\n"),
        "{search}"
    );
    let again = server.call("tools/list", json!({}));
    assert_eq!(again, list);
}

#[test]
fn the_operator_says_whose_it_is() {
    let (library, cache) = library::handbook();
    let server = Server::holding((library.clone(), cache), Limits::default());
    let initialize = || {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}});
        server.call("initialize", params)["result"].clone()
    };
    assert_eq!(initialize()["serverInfo"]["title"], "docent");
    library.introduce(About {
        title: Some("Lantern Handbook".to_owned()),
        description: Some("How the lights of the harbour are run".to_owned()),
    });
    let told = initialize();
    assert_eq!(told["serverInfo"]["name"], "docent");
    assert_eq!(told["serverInfo"]["title"], "Lantern Handbook");
    let start = "Lantern Handbook: How the lights of the harbour are run. ";
    assert!(told["instructions"].as_str().unwrap().starts_with(start));
    let tools = server.call("tools/list", json!({}));
    let search = tools["result"]["tools"][0]["description"].as_str().unwrap();
    assert!(search.starts_with("Searches Lantern Handbook and returns"));
    // Another generation of the index changes nothing of it.
    library.replace(library.current().snapshot.clone());
    assert_eq!(initialize(), told);
    assert_eq!(server.call("tools/list", json!({})), tools);
}

#[test]
fn a_search_leads_to_the_page() {
    let server = Server::start();
    let (text, is_error) = server.tool("search", json!({"query": "retention_days"}));
    assert!(!is_error);
    assert!(text.contains("# 1. Making a backup\n"), "{text}");
    assert!(
        text.contains("URL: https://docs.example.com/guide/tasks/backup"),
        "{text}"
    );
    assert!(text.contains("id: guide/tasks/backup.md\n"), "{text}");
    assert!(
        text.contains("## Retention of old backups #retention-of-old-backups\n"),
        "{text}"
    );
    // The row that defines it answers.
    assert!(text.contains("| `retention_days` | 30 |"), "{text}");

    let id = "guide/tasks/backup.md";
    let (page, is_error) = server.tool("read", json!({ "id": id }));
    assert!(!is_error);
    assert!(page.contains("Run `lantern backup` once a day."), "{page}");
    assert!(page.contains("| `keep_last` | 3 |"), "{page}");
    let section = json!({"id": id, "section": "retention-of-old-backups"});
    let (section, is_error) = server.tool("read", section);
    assert!(!is_error);
    assert!(
        !section.contains("once a day") && section.contains("keep_last"),
        "{section}"
    );
}

#[test]
fn documents_are_fenced() {
    let server = Server::start();
    for (tool, arguments) in [
        ("search", json!({"query": "Lantern"})),
        ("read", json!({"id": "guide/install.md"})),
        ("browse", json!({})),
    ] {
        let (text, _) = server.tool(tool, arguments);
        let begin = text.find("<<<documentation ").unwrap();
        let end = text.rfind("<<<end of documentation ").unwrap();
        let title = text.find("Installing Lantern").unwrap();
        assert!(begin < title && title < end, "{tool}: {text}");
    }
}

#[test]
fn arguments_are_read_leniently() {
    let server = Server::start();
    for arguments in [
        json!({"query": "Lantern", "limit": "1", "page": 1.0}),
        json!({"query": " Lantern ", "limit": 1, "set": "", "verbose": true}),
        json!({"query": "Lantern", "limit": 0, "set": "Guide", "page": null}),
    ] {
        let (text, is_error) = server.tool("search", arguments.clone());
        assert!(!is_error, "{arguments}");
        assert!(
            text.starts_with("Results 1 to 1 for \"Lantern\""),
            "{arguments}: {text}"
        );
        assert!(text.contains("on `page` 2"), "{arguments}: {text}");
    }
    for id in [
        "guide/install.md",
        "install.md",
        "`guide/install.md`",
        "docent://guide/install.md",
        "guide/install.md#from-source",
    ] {
        let (text, is_error) = server.tool("read", json!({ "id": id }));
        assert!(!is_error && text.contains("make install"), "{id}: {text}");
    }
    for path in ["tasks", "/tasks/", "guide/tasks", "docent://guide/tasks/"] {
        let (text, is_error) = server.tool("browse", json!({ "path": path }));
        assert!(
            !is_error && text.contains("id: guide/tasks/backup.md"),
            "{path}: {text}"
        );
    }
}

#[test]
fn mistakes_are_told_to_the_model() {
    let server = Server::start();
    for (tool, arguments, told) in [
        ("search", json!({}), "The argument `query` is missing"),
        (
            "search",
            json!({"query": "  "}),
            "The argument `query` is missing",
        ),
        (
            "search",
            json!({"query": ["a"]}),
            "`query` should be text, but it is a list",
        ),
        (
            "search",
            json!({"query": "a", "limit": "many"}),
            "`limit` should be a whole number",
        ),
        (
            "search",
            json!({"query": "a", "set": "other"}),
            "Document sets: `guide` (3 pages)",
        ),
        ("read", json!({}), "The argument `id` is missing"),
        ("read", json!({"id": "guide/instal.md"}), "guide/install.md"),
        (
            "read",
            json!({"id": "guide/install.md", "section": "Upgrading"}),
            "#from-source",
        ),
        (
            "read",
            json!({"id": "guide/install.md", "from": 9}),
            "1 part",
        ),
        ("browse", json!({"set": "other"}), "Document sets: `guide`"),
        (
            "browse",
            json!({"path": "nowhere"}),
            "There is no folder `guide/nowhere`",
        ),
    ] {
        let (text, is_error) = server.tool(tool, arguments.clone());
        assert!(is_error, "{tool} {arguments}");
        assert!(text.contains(told), "{tool} {arguments}: {text}");
    }
    let unknown = server.call("tools/call", json!({"name": "delete", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602);
}

#[test]
fn nothing_found_is_an_honest_answer() {
    let server = Server::start();
    let (text, is_error) = server.tool("search", json!({"query": "xylophone zeppelin quark"}));
    assert!(!is_error);
    assert!(
        text.contains("No page answers \"xylophone zeppelin quark\"")
            || text.contains("Nothing good was found"),
        "{text}"
    );
    assert!(text.contains("Document sets: `guide` (3 pages)."), "{text}");
    let (text, _) = server.tool("search", json!({"query": "Lantern", "page": 40}));
    assert!(text.starts_with("No more results"), "{text}");
}

#[test]
fn hostile_queries_are_only_words() {
    let server = Server::start();
    let every_plane: String = (0..=16)
        .filter_map(|plane| char::from_u32(plane << 16 | 0x21))
        .collect();
    for query in [
        "\0\u{1b}[2J".to_owned(),
        "title:* OR body:[a TO z} AND (((".to_owned(),
        "\"unclosed ~99 ^3 \\".to_owned(),
        "!?;.,:()".to_owned(),
        every_plane,
        "a ".repeat(300_000),
        "x".repeat(600_000),
    ] {
        let (text, is_error) = server.tool("search", json!({ "query": query }));
        assert!(!is_error, "{text}");
        assert!(text.len() < 20_000 && !text.contains(['\0', '\u{1b}']));
    }
}
