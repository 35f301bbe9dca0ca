//! What all definitions of tools have in common.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use crate::search::SetSummary;

/// Sets whose names a schema lists.
const MAX_ENUM: usize = 50;
/// Claude Code cuts descriptions behind 2 KiB.
pub(super) const MAX_BYTES: usize = 1_900;

/// A tool that only reads.
pub(super) fn define(name: &'static str, title: &str, description: String, schema: Value) -> Tool {
    let schema = match schema {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    };
    let annotations = ToolAnnotations::with_title(title)
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    Tool::new(name, description, Arc::new(schema))
        .with_title(title)
        .with_annotations(annotations)
}

/// The argument that names a document set.
pub(super) fn set_schema(sets: &[SetSummary], description: &str) -> Value {
    let mut schema = json!({ "type": "string", "description": description });
    if !sets.is_empty() && sets.len() <= MAX_ENUM {
        schema["enum"] = sets.iter().map(|set| set.name.as_str()).collect();
    }
    schema
}
