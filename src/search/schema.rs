//! The three indexes and their fields.
//!
//! They are three, not one, because BM25 weighs a text by the average length of its field, and
//! documents without a field count in that average too.

use super::{tokenizer, unsynced::UnsyncedDirectory};
use std::path::Path;
use tantivy::{
    Index, IndexSettings, TantivyError,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing,
        TextOptions,
    },
    store::Compressor,
    tokenizer::Language,
};

/// A change of a schema, of the tokenizer or of what is stored makes older indexes useless.
pub(super) const VERSION: u32 = 8;

const WORDS: &str = "words";
const SYMBOLS: &str = "symbols";

/// Pages: what is said where, and the whole page for reading.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageFields {
    pub(super) id: Field,
    pub(super) title: Field,
    pub(super) body: Field,
    pub(super) symbols: Field,
    /// The page for readers.
    pub(super) stored: Field,
    /// Its links, for the evidence that they are for other pages.
    pub(super) links: Field,
}

/// Pieces of sections.
#[derive(Debug, Clone, Copy)]
pub(super) struct PieceFields {
    /// The page's id.
    pub(super) id: Field,
    /// Its number among the pieces of the page.
    pub(super) ordinal: Field,
    pub(super) text: Field,
}

/// Sentences around inbound links: a document for each page that has any.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinkFields {
    /// The page's id.
    pub(super) id: Field,
    pub(super) text: Field,
}

pub(super) fn pages() -> (Schema, PageFields) {
    let mut schema = Schema::builder();
    let fields = PageFields {
        id: schema.add_u64_field("id", id()),
        title: schema.add_text_field("title", text(WORDS)),
        body: schema.add_text_field("body", text(WORDS)),
        symbols: schema.add_text_field("symbols", text(SYMBOLS)),
        stored: schema.add_text_field("stored", stored()),
        links: schema.add_text_field("links", stored()),
    };
    (schema.build(), fields)
}

pub(super) fn pieces() -> (Schema, PieceFields) {
    let mut schema = Schema::builder();
    let fields = PieceFields {
        id: schema.add_u64_field("id", id()),
        ordinal: schema.add_u64_field("ordinal", FAST),
        text: schema.add_text_field("text", text(WORDS)),
    };
    (schema.build(), fields)
}

pub(super) fn links() -> (Schema, LinkFields) {
    let mut schema = Schema::builder();
    let fields = LinkFields {
        id: schema.add_u64_field("id", id()),
        text: schema.add_text_field("text", text(WORDS)),
    };
    (schema.build(), fields)
}

/// Creates an empty index in an empty folder.
pub(super) fn create(
    folder: &Path,
    schema: Schema,
    language: Language,
) -> Result<Index, TantivyError> {
    let settings = IndexSettings {
        // A page is read straight from the mapped file; decompressing costs more than a search.
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: 4_096,
        ..IndexSettings::default()
    };
    let mut index = Index::builder()
        .schema(schema)
        .settings(settings)
        .open_or_create(UnsyncedDirectory::at(folder)?)?;
    register(&mut index, language);
    Ok(index)
}

/// Opens the index in a folder.
pub(super) fn open(folder: &Path, language: Language) -> Result<Index, TantivyError> {
    let mut index = Index::open(UnsyncedDirectory::at(folder)?)?;
    register(&mut index, language);
    Ok(index)
}

fn register(index: &mut Index, language: Language) {
    index
        .tokenizers()
        .register(WORDS, tokenizer::words(language));
    index.tokenizers().register(SYMBOLS, tokenizer::symbols());
}

fn id() -> NumericOptions {
    (INDEXED | FAST).into()
}

/// Stored, not searched. As text, since tantivy reads stored bytes back one by one.
fn stored() -> TextOptions {
    TextOptions::default().set_stored()
}

fn text(tokenizer: &str) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(IndexRecordOption::WithFreqs),
    )
}
