//! Markdown as each house writes it: a small set of each, as it is indexed.

use std::{collections::BTreeMap, fs};

use docent::{
    config::DocSet,
    corpus::{self, Document, PrivatePaths, Site},
};

use super::listed::list;

/// The documents of a set of these files, by their paths.
fn documents(files: &[(&str, &str)]) -> BTreeMap<String, Document> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let set = DocSet::new("docs", folder.path());
    let listing = list(&set, &PrivatePaths::default()).expect("a listing");
    let mut documents = BTreeMap::new();
    for file in &listing.files {
        let read = corpus::read(&set, &Site::of(&set, &PrivatePaths::default()), file);
        for document in read.documents.unwrap_or_default() {
            documents.insert(document.path.clone(), document);
        }
    }
    documents
}

/// All of a page, as an assistant reads it.
fn text(document: &Document) -> String {
    let sections = document.sections.iter();
    let sections: Vec<_> = sections.map(|section| section.markdown.as_str()).collect();
    sections.join("\n\n")
}

#[test]
fn headings_of_apis_come_out_whole_in_every_format() {
    let headings = [
        "DELETE /users/{id}",
        "PUT /a/{b}/c/{d}",
        "Path {name}",
        "items[0]",
        "operator*",
        "operator[]",
        "Map<K, V>",
        "__init__",
        "Queue.__init__(self)",
        "a|b",
        "std::vector<T>::at",
        "snake_case_name",
        "$ref {#if x}",
    ];
    for heading in headings {
        let part = format!("Call {heading}");
        let html = |text: &str| text.replace('<', "&lt;");
        let rst = |text: &str, rule: &str| {
            let text = text.replace('*', "\\*").replace('|', "\\|");
            format!("{text}\n{}\n", rule.repeat(text.len()))
        };
        let set = documents(&[
            (
                "a.md",
                &format!("# {heading}\n\nText.\n\n## {part}\n\nPart.\n"),
            ),
            (
                "b.html",
                &format!(
                    "<!DOCTYPE html><title>{0}</title><main><h1>{0}</h1><p>Text.<h2 id=\"x\">{1}</h2><p>Part.</main>",
                    html(heading),
                    html(&part)
                ),
            ),
            (
                "c.rst",
                &format!(
                    "{}\nText.\n\n{}\nPart.\n",
                    rst(heading, "="),
                    rst(&part, "-")
                ),
            ),
            (
                "d.adoc",
                &format!("= {heading}\n\nText.\n\n== {part}\n\nPart.\n"),
            ),
        ]);
        assert_eq!(set.len(), 4, "{heading}");
        for (path, document) in &set {
            assert_eq!(document.title, heading, "{path}");
            let last = document.sections.last().expect("a section");
            assert_eq!(last.headings.last(), Some(&part), "{path}: {last:?}");
            let shown = last.markdown.lines().next().unwrap_or_default();
            let plain = shown
                .trim_start_matches('#')
                .trim()
                .replace(['\\', '`'], "");
            assert_eq!(plain, part, "{path}");
        }
    }
}

#[test]
fn an_anchor_is_no_text_at_any_depth() {
    let set = documents(&[(
        "a.md",
        "# A {#top}\n\n## Part {#part-1}\n\n> ### Within {#within}\n>\n> Text.\n\nSetext {#set}\n---\n\nMore.\n",
    )]);
    let page = &set["a.md"];
    assert_eq!(page.title, "A");
    let anchors: Vec<_> = page
        .sections
        .iter()
        .map(|section| section.anchor.as_deref())
        .collect();
    assert_eq!(anchors, [Some("top"), Some("part-1"), Some("set")]);
    assert!(!text(page).contains("{#"), "{}", text(page));
    assert!(page.pieces.iter().all(|piece| !piece.text.contains("{#")));
}
