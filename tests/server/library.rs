//! Documents, indexed: the handbook in `guide/`, or what a test brings.

use std::{path::Path, sync::Arc};

use docent::{
    config::{DocSet, Generator, SearchSettings},
    mcp::Library,
    search::Store,
};
use tempfile::TempDir;

/// The library, and the folder that holds its index as long as it lives.
pub(crate) fn handbook() -> (Arc<Library>, TempDir) {
    of(vec![guide()])
}

/// The set of the handbook.
pub(crate) fn guide() -> DocSet {
    DocSet {
        description: Some("How to run Lantern".to_owned()),
        base_url: Some("https://docs.example.com/guide/".to_owned()),
        generator: Generator::None,
        max_file_size: 1 << 20,
        ..DocSet::new(
            "guide",
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/guide"),
        )
    }
}

/// The same for any sets.
pub(crate) fn of(sets: Vec<DocSet>) -> (Arc<Library>, TempDir) {
    let cache = TempDir::new().unwrap();
    let store = Store::new(cache.path(), sets, SearchSettings::default()).unwrap();
    let (snapshot, _) = store.update(false, &|_| {}).unwrap();
    (Arc::new(Library::new(snapshot)), cache)
}
