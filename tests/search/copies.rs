//! Pages that say the same are one answer, whatever languages, versions and formats a set holds them in.

use super::folder::Folder;
use docent::search::{Answer, Hit, Query, Snapshot};
use std::os::unix::fs::symlink;

fn search(snapshot: &Snapshot, query: &Query) -> Answer {
    snapshot.search(query).expect("an answer")
}

fn answer(folder: &Folder, query: &str) -> Answer {
    search(&folder.update().0, &Query::new(query))
}

/// What is shown of an answer: each page, what it stands for, and how many more.
fn shown(answer: &Answer) -> Vec<(String, Vec<String>)> {
    let of = |hit: &Hit| {
        let others = hit.copies.pages.iter().chain(&hit.versions.pages);
        (
            hit.page.path.clone(),
            others.map(|page| page.path.clone()).collect(),
        )
    };
    answer.hits.iter().map(of).collect()
}

fn one(path: &str, others: &[&str]) -> Vec<(String, Vec<String>)> {
    let others = others.iter().map(|&path| path.to_owned());
    vec![(path.to_owned(), others.collect())]
}

fn page(title: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>{title}</title></head><body><main><h1>{title}</h1>{text}</main></body></html>"
    )
}

#[test]
fn translations_that_fall_back_are_one_answer() {
    let folder = Folder::new();
    for language in ["da", "de", "en", "ko", "tr"] {
        folder.write(
            &format!("{language}/rotate.html"),
            page("Rotation", "<p>Set how often a log rotates.</p>"),
        );
    }
    folder.write(
        "en/other.html",
        page("Other", "<p>A log of something else rotates.</p>"),
    );
    let answer = answer(&folder, "how often a log rotates");
    assert_eq!(answer.hits.len(), 2);
    assert_eq!(answer.hits[0].page.path, "en/rotate.html");
    let copies = &answer.hits[0].copies;
    let paths: Vec<_> = copies.pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "da/rotate.html",
            "de/rotate.html",
            "ko/rotate.html",
            "tr/rotate.html"
        ]
    );
    assert_eq!(copies.more, 0);
    // Each is still there to be read.
    let (snapshot, _) = folder.update();
    assert!(
        snapshot
            .page("docs/ko/rotate.html")
            .expect("an answer")
            .is_some()
    );
}

#[test]
fn of_very_many_copies_some_are_named() {
    let folder = Folder::new();
    for number in 0..40 {
        folder.write(
            &format!("part-{number:02}/rotate.md"),
            "# Rotation\n\nSet how often a log rotates.\n",
        );
    }
    folder.write("last.md", "# Last\n\nA log rotates.\n");
    let answer = search(
        &folder.update().0,
        &Query {
            limit: 1,
            ..Query::new("log rotates")
        },
    );
    assert_eq!(answer.hits.len(), 1);
    assert!(answer.more);
    let rest = search(
        &folder.update().0,
        &Query {
            limit: 1,
            offset: 1,
            ..Query::new("log rotates")
        },
    );
    let both = [&answer.hits[0], &rest.hits[0]];
    assert!(!rest.more);
    let copied = both
        .iter()
        .find(|hit| !hit.copies.pages.is_empty())
        .expect("the copied page");
    assert_eq!((copied.copies.pages.len(), copied.copies.more), (4, 35));
    assert!(both.iter().any(|hit| hit.page.path == "last.md"));
}

#[test]
fn the_same_page_in_two_formats_and_folders_is_one_answer() {
    let text = "Use dial to open a connection.";
    let html = page("Dial", &format!("<p>{text}</p>"));
    for (first, second) in [
        ("dial.html", "dial/index.html"),
        ("dial.html", "print/dial.html"),
        ("latest/dial.html", "1.2/dial.html"),
        ("2.0/dial.html", "1.9/dial.html"),
        ("dial.html", "de/dial.html"),
    ] {
        let folder = Folder::new();
        folder.write(second, &html);
        folder.write(first, &html);
        assert_eq!(
            shown(&answer(&folder, "open a connection")),
            one(first, &[second])
        );
    }
    let folder = Folder::new();
    folder.write("guide/dial.html", &html);
    folder.write("raw/dial.md", format!("# Dial\n\n{text}\n"));
    assert_eq!(
        shown(&answer(&folder, "open a connection")),
        one("guide/dial.html", &["raw/dial.md"])
    );
}

#[test]
fn a_link_to_a_page_is_one_answer_with_it() {
    let folder = Folder::new();
    folder.write("real/dial.md", "# Dial\n\nUse it to open a connection.\n");
    symlink("real/dial.md", folder.docs().join("a.md")).expect("a link");
    assert_eq!(
        shown(&answer(&folder, "open a connection")),
        one("a.md", &["real/dial.md"])
    );
}

#[test]
fn pages_that_differ_are_two_answers() {
    let folder = Folder::new();
    folder.write("a.md", "# Dial\n\nUse `a == b` to open a connection.\n");
    folder.write("b.md", "# Dial\n\nUse `a != b` to open a connection.\n");
    folder.write("c.md", "# Call\n\nUse `a == b` to open a connection.\n");
    assert_eq!(answer(&folder, "open a connection").hits.len(), 3);
}

#[test]
fn versions_and_languages_of_a_page_do_not_fill_an_answer() {
    let folder = Folder::new();
    for version in ["1.0", "1.1", "2.0", "latest"] {
        for name in ["pool", "queue", "start"] {
            folder.write(
                &format!("docs/{version}/{name}.md"),
                format!("# The {name}\n\nHow the {name} works in release {version}.\n"),
            );
        }
    }
    let found = answer(&folder, "how the pool works");
    let pools: Vec<_> = found
        .hits
        .iter()
        .filter(|hit| hit.page.path.ends_with("pool.md"))
        .collect();
    assert_eq!(pools.len(), 1, "{:?}", shown(&found));
    assert_eq!(pools[0].versions.pages.len(), 3);
    let of_version = answer(&folder, "pool in release 1.1");
    assert_eq!(of_version.hits[0].page.path, "docs/1.1/pool.md");

    let folder = Folder::new();
    for name in ["pool", "queue"] {
        folder.write(
            &format!("{name}.md"),
            format!("# The {name}\n\nHow the {name} works.\n"),
        );
        folder.write(
            &format!("fr/{name}.md"),
            format!("# Le {name}\n\nHow the {name} works: comment le {name} marche.\n"),
        );
        folder.write(
            &format!("pt-BR/{name}.md"),
            format!("# O {name}\n\nHow the {name} works: como {name} funciona.\n"),
        );
    }
    let found = answer(&folder, "how the pool works");
    assert_eq!(found.hits[0].versions.pages.len(), 2, "{:?}", shown(&found));
    let french = answer(&folder, "comment le pool marche");
    assert_eq!(french.hits[0].page.path, "fr/pool.md");
}

#[test]
fn folders_that_only_look_like_languages_are_none() {
    let folder = Folder::new();
    for (department, pages) in [
        ("it", ["laptops", "accounts", "onboarding"]),
        ("hr", ["leave", "pay", "onboarding"]),
    ] {
        for name in pages {
            folder.write(
                &format!("{department}/{name}.md"),
                format!("# {name} of {department}\n\nHow {name} goes in {department}.\n"),
            );
        }
    }
    let found = answer(&folder, "how onboarding goes");
    let onboarding = found
        .hits
        .iter()
        .filter(|hit| hit.page.path.ends_with("onboarding.md"));
    assert_eq!(onboarding.count(), 2);
}

#[test]
fn a_filter_shows_the_copy_that_it_lets_through() {
    let folder = Folder::new();
    for language in ["en", "ko"] {
        folder.write(
            &format!("{language}/rotate.md"),
            "# Rotation\n\nHow often a log rotates.\n",
        );
    }
    let (snapshot, _) = folder.update();
    let query = Query {
        under: Some("ko/".to_owned()),
        ..Query::new("log rotates")
    };
    assert_eq!(shown(&search(&snapshot, &query)), one("ko/rotate.md", &[]));
}

#[test]
fn copies_come_and_go_with_their_files() {
    let folder = Folder::new();
    let text = "# Rotation\n\nHow often a log rotates.\n";
    for number in 0..8 {
        folder.write(
            &format!("page-{number}.md"),
            format!("# Page {number}\n\nSomething else, number {number}.\n"),
        );
    }
    folder.write("b/rotate.md", text);
    assert_eq!(
        shown(&answer(&folder, "log rotates")),
        one("b/rotate.md", &[])
    );
    folder.write("a.md", text);
    assert_eq!(
        shown(&answer(&folder, "log rotates")),
        one("a.md", &["b/rotate.md"])
    );
    folder.write("c/rotate.md", text);
    assert_eq!(
        shown(&answer(&folder, "log rotates")),
        one("a.md", &["b/rotate.md", "c/rotate.md"])
    );
    folder.remove("a.md");
    assert_eq!(
        shown(&answer(&folder, "log rotates")),
        one("b/rotate.md", &["c/rotate.md"])
    );
    folder.write("b/rotate.md", "# Rotation\n\nHow a log rotates now.\n");
    assert_eq!(answer(&folder, "log rotates").hits.len(), 2);
}
