//! What all definitions of tools have in common.

use std::sync::Arc;

use rmcp::model::{JsonObject, MetaObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::super::sets::{Label, names};

/// Claude Code cuts descriptions behind 2 KiB.
pub(super) const MAX_BYTES: usize = 1_900;

/// Of the names of sets in the description of an argument.
const MAX_NAMES: usize = 500;

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

/// A tool that Claude Code, and what is made after it, puts before the model from the start: it hides
/// the others behind a search for tools.
pub(super) fn always_loaded(tool: Tool) -> Tool {
    let mut meta = MetaObject::new();
    meta.insert("anthropic/alwaysLoad".to_owned(), Value::Bool(true));
    tool.with_meta(meta)
}

/// The argument that names a document set, with the names that there are. Any text, not a list of names: clients check
/// what they send against a list, and then neither `all` nor another case of a name would ever get here.
pub(super) fn set_schema(what: &str, sets: &[Label<'_>]) -> Value {
    let names = names(sets, MAX_NAMES);
    let description = match names.is_empty() {
        true => format!("{what}."),
        false => format!("{what}: {names}."),
    };
    json!({ "type": "string", "description": description })
}
