//! What pages define by name.

use super::listed::list;
use docent::{
    config::DocSet,
    corpus::{self, Document, EntryKind, PrivatePaths, Site},
};
use std::fs;

/// What docent makes of a file.
fn page(name: &str, text: &str) -> Document {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(name), text).expect("a file");
    let private = PrivatePaths::default();
    let set = DocSet::new("set", folder.path());
    let listing = list(&set, &private).expect("a listing");
    let site = Site::of(&set, &private);
    let parsed = corpus::read(&set, &site, &listing.files[0]);
    parsed
        .documents
        .expect("documents")
        .into_iter()
        .next()
        .expect("a page")
}

/// Its entries: their kind, names, and text.
fn entries(document: &Document) -> Vec<(EntryKind, Vec<&str>, &str)> {
    let entries = document.entries.iter();
    entries
        .map(|entry| {
            (
                entry.kind,
                entry.names.iter().map(String::as_str).collect(),
                &document.sections[entry.section].markdown[entry.range.clone()],
            )
        })
        .collect()
}

#[test]
fn headings_and_rows_are_entries() {
    let document = page(
        "a.md",
        "# Flags\n\nSee [this](ref:x) first.\n\n## All flags {#all}\n\n> ### Quoted {#q}\n\n\
         | Flag | Meaning |\n|---|---|\n| `--all` | Everything. |\n| none | |\n",
    );
    assert_eq!(
        entries(&document),
        [
            (
                EntryKind::Heading,
                vec!["Flags"],
                document.sections[0].markdown.as_str()
            ),
            (
                EntryKind::Heading,
                vec!["All flags"],
                document.sections[1].markdown.as_str()
            ),
            (EntryKind::Row, vec!["--all"], "| `--all` | Everything. |"),
            (EntryKind::Row, vec!["none"], "| none | |"),
        ]
    );
}
