//! The card of the server (SEP-2127): who it is and where it is reached, for clients that have not connected yet.

use super::{Service, VERSION};
use serde_json::{Value, json};

/// The media type of a card.
pub const SERVER_CARD: &str = "application/mcp-server-card+json";
const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json";

/// The card; `versions` are those of the protocol, for the address that knows all of them.
pub fn server_card(service: &Service<'_>, versions: &[&str]) -> Value {
    json!({
        "$schema": SCHEMA,
        "name": service.name(),
        "title": service.title(),
        "description": service.description(),
        "version": VERSION,
        "websiteUrl": service.at("/"),
        "remotes": [
            {
                "type": "streamable-http",
                "url": service.at("/mcp"),
                "supportedProtocolVersions": versions,
            },
            { "type": "sse", "url": service.at("/sse") },
        ],
    })
}
