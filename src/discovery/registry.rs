//! `server.json`: what the MCP registry is told of a server that is reached at an address.
//!
//! See "server.json Format Specification" and "Publishing Remote Servers" of the registry's documentation.

use super::{Service, VERSION};
use crate::config::PublicUrl;
use serde_json::{Value, json};

const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// Why the registry lists no such server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the MCP registry lists servers that everybody can reach over HTTPS by a name; {url} is none"
)]
pub struct NotForTheRegistry {
    /// Where docent is reached.
    pub url: PublicUrl,
}

/// The file that `mcp-publisher publish` sends.
///
/// # Errors
/// Where not everybody can reach docent over HTTPS, by a name that can be proved to be somebody's.
pub fn server_json(service: &Service<'_>) -> Result<Value, NotForTheRegistry> {
    let host = service.url.authority().host();
    let is_named = host
        .trim_matches(['[', ']'])
        .parse::<std::net::IpAddr>()
        .is_err();
    if !service.url.is_public_https() || !is_named || !host.contains('.') {
        return Err(NotForTheRegistry {
            url: service.url.clone(),
        });
    }
    Ok(json!({
        "$schema": SCHEMA,
        "name": service.name(),
        "title": service.title(),
        "description": service.description(),
        "version": VERSION,
        "websiteUrl": service.at("/"),
        "remotes": [
            { "type": "streamable-http", "url": service.at("/mcp") },
            { "type": "sse", "url": service.at("/sse") },
        ],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str, description: Option<&str>) -> Result<Value, NotForTheRegistry> {
        let url = url.parse().unwrap();
        server_json(&Service {
            url: &url,
            title: Some("Lantern\nHandbook"),
            description,
        })
    }

    #[test]
    fn an_entry_has_what_the_registry_asks_for_within_its_bounds() {
        let entry = of(
            "https://docs.example.com/below/",
            Some(&"words ".repeat(80)),
        )
        .unwrap();
        assert_eq!(entry["name"], "com.example.docs/docent-below");
        assert_eq!(entry["title"], "Lantern Handbook");
        assert_eq!(
            entry["remotes"][0]["url"],
            "https://docs.example.com/below/mcp"
        );
        assert_eq!(entry["remotes"][1]["type"], "sse");
        let description = entry["description"].as_str().unwrap();
        assert!((1..=100).contains(&description.chars().count()));
        let plain = of("https://docs.example.com", None).unwrap();
        assert!(!plain["description"].as_str().unwrap().is_empty());
        assert_eq!(plain["websiteUrl"], "https://docs.example.com/");
    }

    #[test]
    fn what_nobody_can_reach_is_no_entry() {
        for url in [
            "http://docs.example.com",
            "https://localhost",
            "https://192.168.0.1",
            "https://[2001:db8::1]",
            "https://docs",
        ] {
            let refused = of(url, None).unwrap_err();
            assert!(refused.to_string().contains(url), "{refused}");
        }
    }
}
