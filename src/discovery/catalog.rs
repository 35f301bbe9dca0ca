//! The catalogue of what a host offers to assistants (AI Catalog): the server, by its card.

use super::{SERVER_CARD, Service};
use serde_json::{Value, json};

/// The catalogue. `type` is what the catalogue of MCP calls what `mediaType` is in the AI Catalog.
pub fn ai_catalog(service: &Service<'_>) -> Value {
    let host = service.url.authority().host();
    json!({
        "specVersion": "1.0",
        "host": {
            "displayName": service.title(),
            "identifier": host,
            "documentationUrl": service.at("/"),
        },
        "entries": [{
            "identifier": format!("urn:air:{host}:{}", service.suffix()),
            "displayName": service.title(),
            "description": service.description(),
            "type": SERVER_CARD,
            "mediaType": SERVER_CARD,
            "url": service.at("/mcp/server-card"),
        }],
    })
}
