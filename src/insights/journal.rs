//! Lines of the journal, as `journalctl --output=json` writes them: an object a line (systemd's "Journal JSON Format").

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{self, Visitor},
};

use super::{moment::Moment, record::Fields, stderr};

/// The fields that are looked at, beside the time: others need not be sent.
pub const FIELDS: &[&str] = &[
    "MESSAGE",
    "DOCENT_TOOL",
    "DOCENT_QUERY",
    "DOCENT_HITS",
    "DOCENT_OUTCOME",
    "DOCENT_PAGES",
    "DOCENT_MISSING",
    "DOCENT_MICROSECONDS",
    "DOCENT_CLIENT",
    "DOCENT_PROTOCOL",
    "DOCENT_ENDPOINT",
    "DOCENT_ADDRESS",
    "DOCENT_AUDIENCE",
    "DOCENT_KEY",
    "DOCENT_ERROR",
    "DOCENT_SET",
    "DOCENT_PAGE",
    "DOCENT_KIND",
    "DOCENT_TEXT",
];

/// Reads a line; `None` where it is no such object.
pub(super) fn fields(line: &[u8]) -> Option<Fields<'_>> {
    // An array would be taken for the values of an object.
    let entry: Entry<'_> = match line.trim_ascii_start() {
        object @ [b'{', ..] => serde_json::from_slice(object).ok()?,
        _ => return None,
    };
    let at = entry.at.and_then(|at| at.0.parse().ok());
    let at = at.and_then(Moment::from_micros);
    if entry.tool.is_none() && entry.kind.is_none() {
        // A container's output, or that of a docent whose stderr is not the journal.
        let message = entry.message.map(|message| message.0).unwrap_or_default();
        let told = stderr::fields(&message).map(stderr::owned);
        return Some(Fields {
            at,
            ..told.unwrap_or_default()
        });
    }
    Some(Fields {
        at,
        message: Cow::Borrowed(""),
        tool: lasting(entry.tool),
        query: lasting(entry.query),
        hits: lasting(entry.hits),
        outcome: lasting(entry.outcome),
        pages: lasting(entry.pages),
        missing: lasting(entry.missing),
        microseconds: lasting(entry.microseconds),
        client: lasting(entry.client),
        protocol: lasting(entry.protocol),
        endpoint: lasting(entry.endpoint),
        address: lasting(entry.address),
        audience: lasting(entry.audience),
        key: lasting(entry.key),
        error: lasting(entry.error),
        set: lasting(entry.set),
        page: lasting(entry.page),
        kind: lasting(entry.kind),
        text: lasting(entry.text),
    })
}

fn lasting(field: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    field.map(|field| field.0)
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(rename = "__REALTIME_TIMESTAMP", borrow, default)]
    at: Option<Text<'a>>,
    #[serde(rename = "MESSAGE", borrow, default)]
    message: Option<Text<'a>>,
    #[serde(rename = "DOCENT_TOOL", borrow, default)]
    tool: Option<Text<'a>>,
    #[serde(rename = "DOCENT_QUERY", borrow, default)]
    query: Option<Text<'a>>,
    #[serde(rename = "DOCENT_HITS", borrow, default)]
    hits: Option<Text<'a>>,
    #[serde(rename = "DOCENT_OUTCOME", borrow, default)]
    outcome: Option<Text<'a>>,
    #[serde(rename = "DOCENT_PAGES", borrow, default)]
    pages: Option<Text<'a>>,
    #[serde(rename = "DOCENT_MISSING", borrow, default)]
    missing: Option<Text<'a>>,
    #[serde(rename = "DOCENT_MICROSECONDS", borrow, default)]
    microseconds: Option<Text<'a>>,
    #[serde(rename = "DOCENT_CLIENT", borrow, default)]
    client: Option<Text<'a>>,
    #[serde(rename = "DOCENT_PROTOCOL", borrow, default)]
    protocol: Option<Text<'a>>,
    #[serde(rename = "DOCENT_ENDPOINT", borrow, default)]
    endpoint: Option<Text<'a>>,
    #[serde(rename = "DOCENT_ADDRESS", borrow, default)]
    address: Option<Text<'a>>,
    #[serde(rename = "DOCENT_AUDIENCE", borrow, default)]
    audience: Option<Text<'a>>,
    #[serde(rename = "DOCENT_KEY", borrow, default)]
    key: Option<Text<'a>>,
    #[serde(rename = "DOCENT_ERROR", borrow, default)]
    error: Option<Text<'a>>,
    #[serde(rename = "DOCENT_SET", borrow, default)]
    set: Option<Text<'a>>,
    #[serde(rename = "DOCENT_PAGE", borrow, default)]
    page: Option<Text<'a>>,
    #[serde(rename = "DOCENT_KIND", borrow, default)]
    kind: Option<Text<'a>>,
    #[serde(rename = "DOCENT_TEXT", borrow, default)]
    text: Option<Text<'a>>,
}

/// The value of a field: text, bytes where it is not all text that can be printed, or several of them, of which the
/// first counts. One that is too large is null.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Text)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a field of the journal")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Item {
            Byte(u8),
            Text(String),
            Bytes(Vec<u8>),
        }
        let mut bytes = Vec::new();
        let mut first = None;
        while let Some(item) = items.next_element::<Item>()? {
            let text = match item {
                Item::Byte(byte) => {
                    bytes.push(byte);
                    continue;
                }
                Item::Text(text) => text,
                Item::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            };
            first.get_or_insert(text);
        }
        let text = first.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_text_bytes_or_several() {
        let line = br#"{"__REALTIME_TIMESTAMP":"1795775459123456","DOCENT_TOOL":"search","DOCENT_QUERY":[27,91,49,109],
            "DOCENT_CLIENT":["a/1","b/2"],"DOCENT_HITS":8,"DOCENT_PAGES":null,"_PID":"1","OTHER":{"a":[1]}}"#;
        let fields = fields(line).unwrap();
        assert_eq!(fields.at, Moment::from_micros(1_795_775_459_123_456));
        assert_eq!(fields.tool.as_deref(), Some("search"));
        assert_eq!(fields.query.as_deref(), Some("\u{1b}[1m"));
        assert_eq!(fields.client.as_deref(), Some("a/1"));
        assert_eq!(fields.hits.as_deref(), Some("8"));
        assert_eq!(fields.pages, None);
    }

    #[test]
    fn a_message_may_hold_a_line_of_stderr() {
        let line = br#"{"__REALTIME_TIMESTAMP":"1795775459123456",
            "MESSAGE":"2026-11-27T10:30:59.123456Z  INFO read: read tool=\"read\" hits=1"}"#;
        assert!(fields(line).unwrap().tool.is_none(), "another message");
        let line = br#"{"__REALTIME_TIMESTAMP":"1795775459123456",
            "MESSAGE":"2026-11-27T10:30:59.123456Z  INFO read tool=\"read\" hits=1"}"#;
        assert_eq!(fields(line).unwrap().tool.as_deref(), Some("read"));
    }

    #[test]
    fn what_is_no_object_is_no_line() {
        for line in ["", "{", "[]", "1", "{\"MESSAGE\":1.5}", "null"] {
            assert!(fields(line.as_bytes()).is_none(), "{line}");
        }
    }
}
