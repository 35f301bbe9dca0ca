//! JSON, with comments and trailing commas where there are any.

use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstObject, CstObjectProp, CstRootNode},
};
use serde_json::Value;

use super::{Configuration, EditError, WAYS, without_mark};

pub(super) fn edited(
    configuration: &Configuration,
    name: &str,
    before: &str,
) -> Result<String, EditError> {
    let (mark, text) = without_mark(before);
    if text.trim().is_empty() {
        let whole = serde_json::to_string_pretty(&configuration.whole(name)).unwrap_or_default();
        return Ok(format!("{mark}{whole}\n"));
    }
    let root = CstRootNode::parse(text, &ParseOptions::default()).map_err(|error| {
        EditError::Unreadable {
            format: "JSON",
            why: error.to_string(),
        }
    })?;
    let shape = |key: &str| EditError::Shape(key.to_owned());
    let mut object = root.object_value_or_create().ok_or_else(|| shape("."))?;
    for key in configuration.keys {
        once(&object, key)?;
        object = object
            .object_value_or_create(key)
            .ok_or_else(|| shape(key))?;
    }
    once(&object, name)?;
    match object.get(name).and_then(|entry| entry.object_value()) {
        Some(entry) => merge(&entry, &configuration.entry)?,
        None => match object.get(name) {
            Some(entry) => entry.set_value(input(&configuration.entry)),
            None => {
                object.append(name, input(&configuration.entry));
            }
        },
    }
    Ok(format!("{mark}{root}"))
}

/// Of what stands twice, most readers take the last, and some refuse the file.
fn once(object: &CstObject, key: &str) -> Result<(), EditError> {
    let properties = object.properties().into_iter();
    let same = properties.filter(|property| property.decoded_name().unwrap_or_default() == key);
    if same.count() > 1 {
        return Err(EditError::Style(
            "a key that leads to the entry, or is in it, stands twice",
        ));
    }
    Ok(())
}

/// What somebody has set besides, such as what is allowed without asking, stays.
fn merge(entry: &CstObject, new: &Value) -> Result<(), EditError> {
    for property in entry.properties() {
        let name = property.decoded_name().unwrap_or_default();
        if WAYS.contains(&name.as_str()) && new.get(&name).is_none() {
            property.remove();
        }
    }
    for (key, value) in new.as_object().into_iter().flatten() {
        once(entry, key)?;
        match entry.get(key) {
            Some(property) if said(&property).as_ref() == Some(value) => {}
            Some(property) => property.set_value(input(value)),
            None => {
                entry.append(key, input(value));
            }
        }
    }
    Ok(())
}

fn said(property: &CstObjectProp) -> Option<Value> {
    serde_json::from_str(&property.value()?.to_string()).ok()
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(value) => CstInputValue::Number(value.to_string()),
        Value::String(value) => CstInputValue::String(value.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), input(value)));
            CstInputValue::Object(entries.collect())
        }
    }
}
