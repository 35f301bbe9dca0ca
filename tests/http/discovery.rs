//! What those find who look for a server before they connect.

use std::sync::Arc;

use docent::{
    config::{Limits, SiteSettings},
    http::{App, Site},
};
use serde_json::{Value, json};

use crate::server::{Server, library};

/// The handbook, as it is known at an address.
fn known_as(url: Option<&str>, settings: SiteSettings) -> Server {
    let (documents, _cache) = library::handbook();
    let app = App {
        url: url.map(|url| url.parse().unwrap()),
        site: settings,
        ..Server::app(documents)
    };
    Server::serving(Arc::new(Site::new(&app, Limits::default())))
}

fn titled() -> SiteSettings {
    SiteSettings {
        title: Some("Lantern Handbook".to_owned()),
        description: Some("How Lantern is run. ".repeat(20)),
        ..SiteSettings::default()
    }
}

fn json_at(server: &Server, path: &str, media: &str) -> Value {
    let response = server.get(path);
    assert_eq!(response.status, 200, "{path}");
    assert_eq!(response.header("content-type"), Some(media), "{path}");
    assert!(response.header("cache-control").is_some());
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn the_card_says_who_it_is_and_where_it_is_reached() {
    let server = known_as(Some("https://docs.example.com/below"), titled());
    let card = json_at(
        &server,
        "/mcp/server-card",
        "application/mcp-server-card+json",
    );
    assert_eq!(card["name"], "com.example.docs/docent-below");
    assert_eq!(card["title"], "Lantern Handbook");
    assert!(card["description"].as_str().unwrap().chars().count() <= 100);
    let remote = &card["remotes"][0];
    assert_eq!(remote["url"], "https://docs.example.com/below/mcp");
    let versions = remote["supportedProtocolVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2024-11-05")));
    let alias = json_at(
        &server,
        "/.well-known/mcp/server-card.json",
        "application/mcp-server-card+json",
    );
    assert_eq!(alias, card);
    let catalog = json_at(&server, "/.well-known/ai-catalog.json", "application/json");
    let entry = &catalog["entries"][0];
    assert_eq!(
        entry["url"],
        "https://docs.example.com/below/mcp/server-card"
    );
    assert_eq!(entry["identifier"], "urn:air:docs.example.com:docent-below");
    // Below the path as well, where a proxy leaves it on.
    assert_eq!(server.get("/below/mcp/server-card").status, 200);
}

#[test]
fn without_words_of_the_operator_the_only_set_has_them() {
    let server = known_as(None, SiteSettings::default());
    let card = json_at(
        &server,
        "/mcp/server-card",
        "application/mcp-server-card+json",
    );
    assert_eq!(card["description"], "How to run Lantern");
    assert_eq!(card["title"], "Documentation at localhost");
    assert_eq!(card["remotes"][0]["url"], "http://localhost/mcp");
    assert_eq!(
        server.send("POST", "/mcp/server-card", &[], b"{}").status,
        405
    );
    let foreign = server.send("GET", "/mcp/server-card", &[("Host", "evil.example")], b"");
    assert_eq!(foreign.status, 403);
}

#[test]
fn what_openai_asks_for_is_there_alone_and_as_it_is() {
    let token = "abc-123_DEF";
    for enabled in [true, false] {
        let server = known_as(
            None,
            SiteSettings {
                enabled,
                openai_challenge: Some(token.to_owned()),
                ..SiteSettings::default()
            },
        );
        let response = server.get("/.well-known/openai-apps-challenge");
        assert_eq!((response.status, response.text().as_str()), (200, token));
        let card = server.get("/mcp/server-card").status;
        assert_eq!(card, if enabled { 200 } else { 404 });
    }
    let server = Server::start();
    assert_eq!(server.get("/.well-known/openai-apps-challenge").status, 404);
}
