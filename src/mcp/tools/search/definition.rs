//! What clients are told of the tool.

use rmcp::model::Tool;
use serde_json::json;

use super::super::definition::{MAX_BYTES, always_loaded, define, set_schema};
use super::{MAX_LIMIT, MAX_PAGE};
use crate::mcp::{
    about::About,
    sets::{Label, list_labels},
};

/// The tool as clients see it.
pub(in crate::mcp::tools) fn definition(about: &About, sets: &[Label<'_>]) -> Tool {
    always_loaded(define(
        "search",
        "Search the documentation",
        description(about, sets),
        json!({
            "type": "object",
            "properties": {
                "query": {
                    "type": "string",
                    "description": "Words, identifiers or a short question; no query syntax.",
                },
                "set": set_schema("Only pages of this document set; `all` for every set. The sets", sets),
                "path": {
                    "type": "string",
                    "description": "Only pages whose path begins so, such as `guide/` or `set/guide/`.",
                },
                "version": {
                    "type": "string",
                    "description": "Only this version of the documentation, such as `2.1`, where a set holds several; `all` for every one.",
                },
                "language": {
                    "type": "string",
                    "description": "Only pages in this language, such as `de`.",
                },
                "limit": {
                    "type": "integer", "minimum": 1, "maximum": MAX_LIMIT,
                    "description": "Pages in the answer at the most; 8 where it is left out.",
                },
                "page": {
                    "type": "integer", "minimum": 1, "maximum": MAX_PAGE,
                    "description": "Which page of the results; 1 where it is left out.",
                },
            },
            "required": ["query"],
        }),
    ))
}

fn description(about: &About, sets: &[Label<'_>]) -> String {
    let title = about.title();
    let title = title.as_deref().unwrap_or("this documentation");
    let mut text = format!("Searches {title} and returns the passages that answer:\n");
    let tail = "\nGood queries name the thing: \"autovacuum settings\", \"git rebase --onto\", \
        \"max_connections\", an error message. Poor ones are a single common word (\"settings\") \
        or a whole conversation. Each result has the page's title, place, URL, and the id to \
        read on.";
    list_labels(&mut text, sets, MAX_BYTES - tail.len());
    text.push_str(tail);
    text
}
