//! What the fuzz targets share.

use docent::{
    config::{DocSet, SearchSettings},
    corpus::{Format, Page, Skip, Source},
    search::{Snapshot, Store},
};
use std::sync::Arc;

/// Converts a text as one format, and checks what holds for every page.
///
/// Panics, overflows and endless loops are found by the fuzzer itself.
pub fn convert(format: Format, path: &str, text: &str) -> Result<Vec<Page>, Skip> {
    let source = Source {
        path,
        text,
        include: &|_| Some(String::from("included")),
        site: &docent::corpus::Site::default(),
    };
    let pages = format.pages(&source)?;
    let bytes: usize = pages.iter().map(|page| page.markdown.len()).sum();
    // Markup may grow (tables, escapes), but never out of proportion to what was sent.
    assert!(
        bytes <= 4096 + 64 * text.len(),
        "{} bytes became {bytes}",
        text.len()
    );
    Ok(pages)
}

/// Converts bytes as one format that is not text. They may inflate, but to no more than docent takes in of one file.
pub fn convert_bytes(format: Format, path: &str, bytes: &[u8]) -> Result<Vec<Page>, Skip> {
    let pages = format.pages_of_bytes(path, bytes)?;
    let written: usize = pages.iter().map(|page| page.markdown.len()).sum();
    assert!(
        written <= 256 << 20,
        "{} bytes became {written}",
        bytes.len()
    );
    Ok(pages)
}

/// An index of the project's own documentation, and the folder it lives in.
pub struct Index {
    /// Opened for reading.
    pub snapshot: Arc<Snapshot>,
    _folder: tempfile::TempDir,
}

/// Indexes the project's own documentation.
pub fn index() -> Index {
    let folder = tempfile::tempdir().expect("the folder for temporary files is writable");
    let docs = DocSet::new("docs", concat!(env!("CARGO_MANIFEST_DIR"), "/../docs"));
    let store = Store::new(folder.path(), vec![docs], SearchSettings::default())
        .expect("the folder is writable");
    let (snapshot, _) = store
        .update(false, &|_| {})
        .expect("the documentation is readable");
    Index {
        snapshot,
        _folder: folder,
    }
}
