//! What the indexes store beside the terms: pages and passages for readers, links for evidence.

use crate::corpus::{Document, Link, Section};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::borrow::Cow;
use tantivy::schema::{Field, TantivyDocument, Value};

#[derive(Serialize, Deserialize)]
pub(super) struct PageRecord<'a> {
    pub(super) description: Option<Cow<'a, str>>,
    pub(super) sections: Cow<'a, [Section]>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PassageRecord {
    pub(super) section: usize,
    pub(super) headings: Vec<String>,
    pub(super) anchor: Option<String>,
    pub(super) markdown: String,
    pub(super) partial: bool,
}

#[derive(Serialize, Deserialize)]
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

/// Records are written by this program only; one that cannot be read means a damaged index.
pub(super) fn encode(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("records have string keys and no fallible serializers")
}

pub(super) fn decode<T: DeserializeOwned>(
    document: &TantivyDocument,
    field: Field,
) -> tantivy::Result<T> {
    let text = document
        .get_first(field)
        .and_then(|value| value.as_str())
        .unwrap_or_default();
    serde_json::from_str(text)
        .map_err(|error| tantivy::TantivyError::InternalError(format!("a stored record: {error}")))
}
