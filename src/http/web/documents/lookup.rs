//! The page of a set that people mean by a path: written without the ending of its file, with that of the published
//! page, or as the folder that it stands for.

use crate::search::Snapshot;

/// Longer paths name no page.
const MAX_PATH: usize = 2_048;
/// How the files of pages end, the likeliest first.
const ENDINGS: [&str; 10] = [
    ".md",
    ".html",
    ".mdx",
    ".rst",
    ".adoc",
    ".markdown",
    ".asciidoc",
    ".htm",
    ".xhtml",
    ".txt",
];
/// What the page is called that stands for its folder.
const INDEXES: [&str; 10] = [
    "index.md",
    "_index.md",
    "README.md",
    "index.html",
    "index.mdx",
    "index.rst",
    "index.adoc",
    "README.rst",
    "readme.md",
    "index.htm",
];

/// The path of the page that a path means.
pub(super) fn lookup(snapshot: &Snapshot, set: &str, path: &str) -> Option<String> {
    let path = path.trim_matches('/');
    if path.len() > MAX_PATH {
        return None;
    }
    let existing = |path: String| snapshot.has_page(set, &path).then_some(path);
    let index = |folder: &str| {
        let slash = if folder.is_empty() { "" } else { "/" };
        let mut names = INDEXES.iter();
        names.find_map(|name| existing(format!("{folder}{slash}{name}")))
    };
    if path.is_empty() {
        return index("");
    }
    let ending = ENDINGS.iter().find(|ending| path.ends_with(*ending));
    let stem = ending.map_or(path, |ending| &path[..path.len() - ending.len()]);
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    existing(path.to_owned())
        .or_else(|| existing(format!("{path}/")))
        .or_else(|| {
            let mut endings = ENDINGS.iter();
            endings.find_map(|ending| existing(format!("{stem}{ending}")))
        })
        .or_else(|| match name {
            "index" | "_index" | "README" | "readme" => index(folder),
            _ => index(stem),
        })
        .or_else(|| published(snapshot, set, path))
}

/// The page that is published at a path, by another name than its file's.
fn published(snapshot: &Snapshot, set: &str, path: &str) -> Option<String> {
    let base = snapshot.base_url(set)?;
    let page = snapshot.named(&format!("{base}{path}"))?;
    (page.set == set).then_some(page.path)
}
