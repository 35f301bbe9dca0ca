//! The arguments of a tool call, read leniently: a model that writes `"5"` for `5` gets its answer.

use std::fmt;

use rmcp::model::JsonObject;
use serde_json::Value;

/// Why a call cannot be answered; for the model to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ArgumentError {
    /// Absent, null or blank.
    #[error("The argument `{name}` is missing: {hint}")]
    Missing {
        name: &'static str,
        hint: &'static str,
    },
    /// A list, an object, or words where a number belongs.
    #[error("The argument `{name}` should be {expected}, but it is {found}.")]
    Type {
        name: &'static str,
        expected: &'static str,
        found: &'static str,
    },
}

/// The arguments of one call. What is not asked for is passed over.
pub(super) struct Arguments(JsonObject);

impl Arguments {
    pub(super) fn new(arguments: Option<JsonObject>) -> Self {
        Self(arguments.unwrap_or_default())
    }

    /// The names of what is given, known or not.
    pub(super) fn given(&self) -> impl Iterator<Item = &str> {
        let given = self.0.iter().filter(|(_, value)| !is_absent(value));
        given.map(|(name, _)| name.as_str())
    }

    /// Text as it is written.
    pub(super) fn written(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Text without the white space around it; numbers and truth values count as their text.
    /// `None` where it is absent, null or blank.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, ArgumentError> {
        let text = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(flag)) => flag.to_string(),
            Some(other) => return Err(mistyped(name, "text", other)),
        };
        Ok((!text.is_empty()).then_some(text))
    }

    /// Text that a call is pointless without.
    pub(super) fn required(
        &self,
        name: &'static str,
        hint: &'static str,
    ) -> Result<String, ArgumentError> {
        self.text(name)?
            .ok_or(ArgumentError::Missing { name, hint })
    }

    /// Texts: one, or a list of them, also a list that is written as text; what is blank is passed over.
    pub(super) fn texts(&self, name: &'static str) -> Result<Vec<String>, ArgumentError> {
        let listed;
        let list = match self.0.get(name) {
            Some(Value::Array(list)) => list,
            Some(Value::String(text)) if text.trim_start().starts_with('[') => {
                match serde_json::from_str::<Vec<Value>>(text) {
                    Ok(list) => {
                        listed = list;
                        &listed
                    }
                    Err(_) => return Ok(self.text(name)?.into_iter().collect()),
                }
            }
            _ => return Ok(self.text(name)?.into_iter().collect()),
        };
        let mut texts = Vec::new();
        for value in list {
            match value {
                Value::String(text) if text.trim().is_empty() => {}
                Value::String(text) => texts.push(text.trim().to_owned()),
                Value::Null => {}
                Value::Number(number) => texts.push(number.to_string()),
                other => return Err(mistyped(name, "a list of texts", other)),
            }
        }
        Ok(texts)
    }

    /// The first of these names that is given, as a whole number brought into the range; a
    /// fraction loses its decimals. `default` where none is given.
    pub(super) fn number(
        &self,
        names: &[&'static str],
        default: usize,
        range: std::ops::RangeInclusive<usize>,
    ) -> Result<usize, ArgumentError> {
        let given = names
            .iter()
            .filter_map(|name| Some((*name, self.0.get(*name)?)))
            .find(|(_, value)| !is_absent(value));
        let Some((name, value)) = given else {
            return Ok(default);
        };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse::<f64>().ok(),
            _ => None,
        };
        let Some(number) = number.filter(|number| !number.is_nan()) else {
            return Err(mistyped(name, "a whole number", value));
        };
        // Saturates at both ends; the range then bounds it.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = number as usize;
        Ok(whole.clamp(*range.start(), *range.end()))
    }
}

/// As JSON.
impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(&self.0).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}

/// Whether an argument says as much as one that is left out: clients that make every argument a required
/// one send these.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn mistyped(name: &'static str, expected: &'static str, value: &Value) -> ArgumentError {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "other text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    ArgumentError::Type {
        name,
        expected,
        found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn arguments(value: &Value) -> Arguments {
        Arguments::new(value.as_object().cloned())
    }

    #[test]
    fn numbers_come_in_every_costume() {
        let number = |value| arguments(&json!({ "page": value })).number(&["page"], 1, 1..=50);
        assert_eq!(number(json!(3)), Ok(3));
        assert_eq!(number(json!("3")), Ok(3));
        assert_eq!(number(json!(2.9)), Ok(2));
        assert_eq!(number(json!(-4)), Ok(1));
        assert_eq!(number(json!(1e300)), Ok(50));
        assert_eq!(number(json!(null)), Ok(1));
        assert_eq!(number(json!("")), Ok(1));
        assert!(number(json!("NaN")).is_err());
        assert!(number(json!("two")).is_err());
        assert!(number(json!([2])).is_err());
        assert_eq!(arguments(&json!({})).number(&["page"], 7, 1..=50), Ok(7));
        let second = arguments(&json!({ "from": null, "part": " ", "page": 3 }));
        assert_eq!(second.number(&["from", "part", "page"], 1, 1..=50), Ok(3));
    }

    #[test]
    fn several_texts_come_as_a_list_or_alone() {
        let given = arguments(&json!({
            "list": [" a ", "", null, 3], "one": "b", "written": "[\"c\", \"d\"]", "text": "[e", "none": [], "bad": [{}]
        }));
        assert_eq!(given.texts("list"), Ok(vec!["a".into(), "3".into()]));
        assert_eq!(given.texts("one"), Ok(vec!["b".into()]));
        assert_eq!(given.texts("written"), Ok(vec!["c".into(), "d".into()]));
        assert_eq!(given.texts("text"), Ok(vec!["[e".into()]));
        assert_eq!(given.texts("none"), Ok(Vec::new()));
        assert_eq!(given.texts("absent"), Ok(Vec::new()));
        assert!(given.texts("bad").is_err());
        assert!(!given.given().any(|name| name == "none"));
    }

    #[test]
    fn text_is_trimmed_and_blank_is_absent() {
        let given = arguments(&json!({ "query": "  vacuum ", "set": "", "id": 8, "x": {} }));
        assert_eq!(given.text("query"), Ok(Some("vacuum".into())));
        assert_eq!(given.text("set"), Ok(None));
        assert_eq!(given.text("id"), Ok(Some("8".into())));
        assert_eq!(given.text("path"), Ok(None));
        assert_eq!(
            given.text("x").unwrap_err().to_string(),
            "The argument `x` should be text, but it is an object."
        );
        assert!(given.required("set", "name one").is_err());
    }
}
