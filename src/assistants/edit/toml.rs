//! TOML, with its comments.

use serde_json::Value;
use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::{Configuration, EditError, WAYS};

pub(super) fn edited(
    configuration: &Configuration,
    name: &str,
    before: &str,
) -> Result<String, EditError> {
    let mut document: DocumentMut =
        before
            .parse()
            .map_err(|error: toml_edit::TomlError| EditError::Unreadable {
                format: "TOML",
                why: error.message().to_owned(),
            })?;
    let shape = |key: &str| EditError::Shape(key.to_owned());
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for key in configuration.keys {
        let item = table.entry(key).or_insert_with(|| {
            // Only its tables are shown: `[mcp_servers.docent]`.
            let mut parent = Table::new();
            parent.set_implicit(true);
            Item::Table(parent)
        });
        table = item.as_table_like_mut().ok_or_else(|| shape(key))?;
    }
    let entry = table
        .entry(name)
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .ok_or_else(|| shape(name))?;
    let stale: Vec<String> = entry
        .iter()
        .map(|(key, _)| key.to_owned())
        .filter(|key| WAYS.contains(&key.as_str()) && configuration.entry.get(key).is_none())
        .collect();
    for key in stale {
        entry.remove(&key);
    }
    for (key, value) in configuration.entry.as_object().into_iter().flatten() {
        let Value::String(value) = value else {
            return Err(EditError::Style("only text is written into TOML"));
        };
        let is_there = entry.get(key).and_then(Item::as_str) == Some(value);
        if !is_there {
            entry.insert(key, toml_edit::value(value));
        }
    }
    Ok(document.to_string())
}
