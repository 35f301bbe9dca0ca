//! Real documentation, which tests/fetch-corpora.sh fetches.

use std::path::PathBuf;

/// The folder of a package's documentation.
pub(crate) fn corpus(name: &str) -> PathBuf {
    let cache = std::env::var_os("DOCENT_TEST_CACHE").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let home = home.expect("HOME is set");
        std::env::var_os("XDG_CACHE_HOME")
            .map_or_else(|| home.join(".cache"), PathBuf::from)
            .join("docent-tests")
    });
    let folder = cache.join("corpora").join(name).join("usr/share");
    let of_package = folder.join("doc").join(name);
    // Manual pages lie elsewhere.
    let folder = if name.starts_with("manpages") {
        folder.join("man")
    } else {
        of_package
    };
    assert!(
        folder.exists(),
        "{} is missing: run tests/fetch-corpora.sh",
        folder.display()
    );
    folder
}
