//! What is stored beside the terms: pages and passages for readers, links for evidence.

use super::answer::Passage;
use crate::corpus::{Document, Link, Section};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{borrow::Cow, fmt::Write as _};
use tantivy::{
    TantivyError,
    schema::{Field, TantivyDocument, Value},
};

/// The unit separator of ASCII, which no heading has.
const BETWEEN_HEADINGS: &str = "\u{1f}";

#[derive(Serialize, Deserialize)]
pub(super) struct PageRecord<'a> {
    pub(super) description: Option<Cow<'a, str>>,
    pub(super) sections: Cow<'a, [Section]>,
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct LinksRecord<'a> {
    pub(super) aliases: Cow<'a, [String]>,
    pub(super) links: Cow<'a, [Link]>,
}

impl<'a> PageRecord<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self {
            description: document.description.as_deref().map(Cow::Borrowed),
            sections: Cow::Borrowed(&document.sections),
        }
    }
}

impl<'a> LinksRecord<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self {
            aliases: Cow::Borrowed(&document.aliases),
            links: Cow::Borrowed(&document.links),
        }
    }
}

/// A passage as the index stores it: four lines, then the Markdown as it is. An answer reads a
/// dozen of them, so they are not worth a parser.
pub(super) fn encode_passage(passage: &Passage, text: &mut String) {
    let headings = passage.headings.join(BETWEEN_HEADINGS).replace('\n', " ");
    let anchor = passage.anchor.as_deref().unwrap_or_default();
    let _ = write!(
        text,
        "{}\n{}\n{}\n{headings}\n{}",
        passage.section,
        u8::from(passage.partial),
        anchor.replace('\n', " "),
        passage.markdown
    );
}

/// `None` where it is none that [`encode_passage`] has written.
pub(super) fn decode_passage(text: &str) -> Option<Passage> {
    let mut lines = text.splitn(5, '\n');
    let section = lines.next()?.parse().ok()?;
    let partial = lines.next()? == "1";
    let anchor = Some(lines.next()?).filter(|anchor| !anchor.is_empty());
    let headings = Some(lines.next()?).filter(|headings| !headings.is_empty());
    Some(Passage {
        section,
        headings: headings.map_or_else(Vec::new, |headings| {
            headings
                .split(BETWEEN_HEADINGS)
                .map(str::to_owned)
                .collect()
        }),
        anchor: anchor.map(str::to_owned),
        markdown: lines.next()?.to_owned(),
        partial,
    })
}

/// Records are written by this program only; one that cannot be read means a damaged index.
pub(super) fn encode(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("records have string keys and no fallible serializers")
}

pub(super) fn decode<T: DeserializeOwned>(
    document: &TantivyDocument,
    field: Field,
) -> tantivy::Result<T> {
    serde_json::from_str(text(document, field))
        .map_err(|error| TantivyError::InternalError(format!("a stored record: {error}")))
}

fn text(document: &TantivyDocument, field: Field) -> &str {
    let value = document.get_first(field);
    value.and_then(|value| value.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_come_back_as_they_were() {
        let whole = Passage {
            section: 3,
            headings: vec!["One".into(), "Two: half".into()],
            anchor: Some("two".into()),
            markdown: "## Two: half\n\nText,\n\nmore text.\n".into(),
            partial: true,
        };
        let bare = Passage {
            section: 0,
            headings: Vec::new(),
            anchor: None,
            markdown: String::new(),
            partial: false,
        };
        for kept in [whole, bare] {
            let mut text = String::new();
            encode_passage(&kept, &mut text);
            assert_eq!(decode_passage(&text), Some(kept));
        }
        assert_eq!(decode_passage("0\n1\n"), None);
    }
}
