//! What a file of JSON or YAML holds, in the order in which it is written, and never more than so many values.

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::{cell::Cell, fmt};

/// Values of one file, those that aliases repeat counted.
const MOST: usize = 2_000_000;
/// Values in one another. The larger descriptions of real services have some twenty.
const DEEPEST: usize = 64;
/// Bytes of all texts, those that aliases repeat counted.
const MOST_BYTES: usize = 64 << 20;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Box<IndexMap<String, Node>>),
}

impl Node {
    /// Reads a whole file.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (left, bytes) = (Cell::new(MOST), Cell::new(MOST_BYTES));
        let room = Room {
            left: &left,
            bytes: &bytes,
            depth: 0,
        };
        // JSON is YAML too, and is read far faster as what it is.
        if text.trim_start().starts_with(['{', '[']) {
            let mut reader = serde_json::Deserializer::from_str(text);
            let read = room
                .deserialize(&mut reader)
                .and_then(|node| reader.end().map(|()| node));
            return read.map_err(|error| error.to_string());
        }
        let options = serde_saphyr::options! {
            duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::FirstWins,
            strict_booleans: true,
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
            with_snippet: false,
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MOST / 8 },
            budget: serde_saphyr::budget! {
                max_events: 4 * MOST,
                max_nodes: MOST,
                max_depth: DEEPEST,
                max_documents: 1,
            },
        };
        serde_saphyr::with_deserializer_from_str_with_options(text, options, |reader| {
            room.deserialize(reader)
        })
        .map_err(|error| error.to_string())
    }

    /// The value of a key; nothing where this is no map.
    pub(super) fn key(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(keys) => keys.get(name),
            _ => None,
        }
    }

    /// The keys and values of a map; none where this is no map.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, &Self)> {
        let keys = match self {
            Self::Map(keys) => Some(keys.iter().map(|(name, value)| (name.as_str(), value))),
            _ => None,
        };
        keys.into_iter().flatten()
    }

    /// The values of a list; none where this is no list.
    pub(super) fn list(&self) -> &[Self] {
        match self {
            Self::List(values) => values,
            _ => &[],
        }
    }

    /// A text that says something.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    /// The text of a key.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.key(name)?.text()
    }

    /// Whether a key says `true`.
    pub(super) fn says(&self, name: &str) -> bool {
        self.key(name).is_some_and(Self::is_true)
    }

    /// A scalar as it is written.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::Null => Some("null".to_owned()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// As JSON of several lines, of no more than about `most` bytes; what is left out is shown as `…`.
    pub(super) fn json(&self, most: usize) -> String {
        let mut out = String::new();
        self.json_into(&mut out, 0, most);
        out
    }

    fn json_into(&self, out: &mut String, depth: usize, most: usize) {
        let (open, close, values): (_, _, Vec<(Option<&str>, &Self)>) = match self {
            Self::List(values) if !values.is_empty() => {
                ('[', ']', values.iter().map(|value| (None, value)).collect())
            }
            Self::Map(keys) if !keys.is_empty() => {
                let keys = keys.iter();
                ('{', '}', keys.map(|(k, v)| (Some(k.as_str()), v)).collect())
            }
            Self::List(_) => return out.push_str("[]"),
            Self::Map(_) => return out.push_str("{}"),
            Self::Text(text) => return quoted_into(out, text, most),
            scalar => return out.push_str(&scalar.scalar().unwrap_or_default()),
        };
        out.push(open);
        for (number, (name, value)) in values.into_iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            line(out, depth + 1);
            if out.len() > most {
                out.push('…');
                break;
            }
            if let Some(name) = name {
                quoted_into(out, name, most);
                out.push_str(": ");
            }
            value.json_into(out, depth + 1, most);
        }
        line(out, depth);
        out.push(close);
    }
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

fn quoted_into(out: &mut String, text: &str, most: usize) {
    let end = text.floor_char_boundary(most.saturating_sub(out.len()).max(64));
    let cut = if end < text.len() { "…" } else { "" };
    let text = format!("{}{cut}", &text[..end]);
    // A text always has a form in JSON.
    out.push_str(&serde_json::to_string(&text).unwrap_or_default());
}

/// How many values there is room for.
#[derive(Clone, Copy)]
struct Room<'a> {
    left: &'a Cell<usize>,
    bytes: &'a Cell<usize>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Room<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let left = self.left.get().checked_sub(1);
        let left = left.ok_or_else(|| D::Error::custom(format!("more than {MOST} values")))?;
        self.left.set(left);
        if self.depth > DEEPEST {
            return Err(D::Error::custom(format!(
                "more than {DEEPEST} values in one another"
            )));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Room<'_> {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value);
        Ok(number.map_or_else(|| Node::Text(value.to_string()), Node::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        let left = self.bytes.get().checked_sub(value.len());
        let left =
            left.ok_or_else(|| E::custom(format!("more than {MOST_BYTES} bytes of text")))?;
        self.bytes.set(left);
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Node, A::Error> {
        let within = Self {
            depth: self.depth + 1,
            ..self
        };
        let mut list = Vec::new();
        while let Some(value) = values.next_element_seed(within)? {
            list.push(value);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Node, A::Error> {
        let within = Self {
            depth: self.depth + 1,
            ..self
        };
        let mut map = IndexMap::new();
        // A status is a number to YAML: `200:`.
        while let Some(name) = values.next_key::<String>()? {
            map.insert(name, values.next_value_seed(within)?);
        }
        Ok(Node::Map(Box::new(map)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_and_json_keep_the_order_and_the_words() {
        let yaml = "b: 1\na:\n  200: ok\n  on: [no, ~, 1.0, 2024-01-01, 010]\n";
        let node = Node::read(yaml).unwrap();
        assert_eq!(
            node.json(1000),
            "{\n  \"b\": 1,\n  \"a\": {\n    \"200\": \"ok\",\n    \"on\": [\n      \"no\",\n      null,\n      1.0,\n      \
             \"2024-01-01\",\n      \"010\"\n    ]\n  }\n}"
        );
        let json = Node::read("{\"b\": 1, \"a\": {\"200\": \"ok\", \"on\": []}}").unwrap();
        assert_eq!(json.key("a").unwrap().text_of("200"), Some("ok"));
        assert!(json.key("a").unwrap().key("on").unwrap().list().is_empty());
    }

    #[test]
    fn depth_number_and_aliases_are_bounded() {
        let many = 100_000;
        for text in [
            "[".repeat(many),
            format!("a: {}", "[".repeat(many)),
            "{\"a\":".repeat(many),
            "- ".repeat(many),
            format!("[{}0]", "0,".repeat(MOST)),
            (0..2_000)
                .map(|depth| format!("{}a:\n", " ".repeat(depth)))
                .collect(),
        ] {
            assert!(Node::read(&text).is_err());
        }
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (this, before) in ('b'..='z').zip('a'..) {
            let many = vec![format!("*{before}"); 9].join(",");
            bomb.push_str(&format!("{this}: &{this} [{many}]\n"));
        }
        assert!(Node::read(&bomb).is_err());
    }

    #[test]
    fn a_long_value_is_cut() {
        let node = Node::List(vec![Node::Text("x".repeat(1_000)); 50]);
        let json = node.json(2_000);
        assert!(json.len() < 3_000 && json.ends_with("…\n]"), "{json}");
    }
}
