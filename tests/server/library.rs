//! The handbook in `guide/`, indexed.

use std::{path::Path, sync::Arc};

use docent::{
    config::{DocSet, Generator, SearchSettings},
    mcp::Library,
    search::Store,
};
use tempfile::TempDir;

/// The library, and the folder that holds its index as long as it lives.
pub(crate) fn handbook() -> (Arc<Library>, TempDir) {
    let cache = TempDir::new().unwrap();
    let guide = DocSet {
        name: "guide".to_owned(),
        description: Some("How to run Lantern".to_owned()),
        root: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/guide"),
        base_url: Some("https://docs.example.com/guide/".to_owned()),
        include: Vec::new(),
        exclude: Vec::new(),
        generator: Generator::None,
        max_file_size: 1 << 20,
    };
    let store = Store::new(cache.path(), vec![guide], SearchSettings::default()).unwrap();
    let (snapshot, _) = store.update(false, &|_| {}).unwrap();
    (Arc::new(Library::new(snapshot)), cache)
}
