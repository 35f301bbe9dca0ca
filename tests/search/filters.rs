//! Searches in a part of the documents.

use super::folder::Folder;
use docent::{
    config::{DocSet, SearchSettings},
    search::{Query, Relaxation, Snapshot, Store},
};
use std::fs;

fn under(path: &str, words: &str) -> Query {
    Query {
        under: Some(path.to_owned()),
        ..Query::new(words)
    }
}

fn answered(snapshot: &Snapshot, query: &Query) -> (Vec<String>, Relaxation) {
    let answer = snapshot.search(query).expect("an answer");
    let paths = answer.hits.into_iter().map(|hit| hit.page.path);
    (paths.collect(), answer.relaxation)
}

/// 300 pages about quinces in `a/`, one about medlars in `b/`, where quinces are common talk.
fn orchard() -> Folder {
    let folder = Folder::new();
    for number in 0..300 {
        let text = format!("# Quince {number}\n\nA rare quince of the garden.\n");
        folder.write(&format!("a/{number}.md"), text);
    }
    folder.write("b/medlar.md", "# Medlar\n\nA tree of the garden.\n");
    folder.write("b/walnut.md", "# Walnut\n\nA tree for the cellar.\n");
    folder.write("bb.md", "# Other\n\nA tree of the garden, too.\n");
    folder
}

#[test]
fn a_common_word_finds_what_there_is_in_a_part() {
    let (snapshot, _) = orchard().update();
    // Elsewhere, the rare word has found so much that the common one adds nothing.
    let (found, relaxation) = answered(&snapshot, &under("b/", "quince garden"));
    assert_eq!(found, ["b/medlar.md"]);
    assert_eq!(relaxation, Relaxation::Dropped(vec!["quince".into()]));
    let (found, relaxation) = answered(&snapshot, &under("b/", "medlar garden"));
    assert_eq!(found, ["b/medlar.md"]);
    assert_eq!(relaxation, Relaxation::None);
}

#[test]
fn what_stands_elsewhere_alone_is_no_good_match_and_no_slip() {
    let (snapshot, _) = orchard().update();
    let answer = snapshot.search(&under("b/", "quince")).expect("an answer");
    assert!(answer.hits.is_empty());
    assert_eq!(answer.relaxation, Relaxation::NoGoodMatch);
    let (found, relaxation) = answered(&snapshot, &under("b/", "quince rare garden"));
    assert_eq!(found, ["b/medlar.md"]);
    assert_eq!(relaxation, Relaxation::NoGoodMatch);
    // A slip is mended by what there is.
    let (found, relaxation) = answered(&snapshot, &under("b/", "medlra tree"));
    assert_eq!(found[0], "b/medlar.md");
    assert!(
        matches!(relaxation, Relaxation::Fuzzy { .. }),
        "{relaxation:?}"
    );
}

#[test]
fn a_part_has_pages_of_results_of_its_own() {
    let (snapshot, _) = orchard().update();
    let whole: Vec<String> = (0..300)
        .step_by(50)
        .flat_map(|offset| {
            let query = Query {
                limit: 50,
                offset,
                ..under("/a/", "quince")
            };
            let answer = snapshot.search(&query).expect("an answer");
            assert_eq!(answer.more, offset < 250);
            answer.hits.into_iter().map(|hit| hit.page.path)
        })
        .collect();
    assert_eq!(whole.len(), 300);
    assert!(whole.iter().all(|path| path.starts_with("a/")));
    // The start of a name is enough; the empty path is everything.
    let (found, _) = answered(&snapshot, &under("b", "tree"));
    assert_eq!(found.len(), 3);
    assert_eq!(
        answered(&snapshot, &under("", "tree")),
        answered(&snapshot, &Query::new("tree"))
    );
    for (path, pages) in [("a/", 300), ("b", 3), ("", 303), ("nowhere/", 0)] {
        assert_eq!(snapshot.pages_under(Some("docs"), path), pages, "{path}");
        assert_eq!(snapshot.pages_under(None, path), pages, "{path}");
    }
    assert_eq!(snapshot.pages_under(Some("other"), ""), 0);
}

#[test]
fn pages_that_are_gone_do_not_count() {
    let folder = orchard();
    folder.update();
    folder.remove("b/medlar.md");
    folder.write("b/walnut.md", "# Walnut\n\nA nut.\n");
    let (snapshot, _) = folder.update();
    let (found, relaxation) = answered(&snapshot, &under("b/", "garden tree walnut"));
    assert_eq!(found, ["b/walnut.md"]);
    assert_eq!(relaxation, Relaxation::NoGoodMatch);
    assert_eq!(snapshot.pages_under(None, "b/"), 1);
}

#[test]
fn a_path_may_be_of_several_sets() {
    let docs = tempfile::tempdir().expect("a folder");
    let cache = tempfile::tempdir().expect("a folder");
    let sets = ["one", "two", "three"].map(|name| {
        let root = docs.path().join(name);
        fs::create_dir_all(root.join("guide")).expect("a folder");
        fs::write(
            root.join("guide/a.md"),
            format!("# A\n\nA lantern of {name}.\n"),
        )
        .expect("a page");
        fs::write(root.join("b.md"), "# B\n\nA lantern.\n").expect("a page");
        DocSet::new(name, root)
    });
    let store =
        Store::new(cache.path(), sets.to_vec(), SearchSettings::default()).expect("a store");
    let (snapshot, _) = store.update(false, &|_| ()).expect("an index");
    let answer = snapshot
        .search(&under("guide/", "lantern"))
        .expect("an answer");
    let mut ids: Vec<String> = answer.hits.iter().map(|hit| hit.page.id()).collect();
    ids.sort();
    assert_eq!(
        ids,
        ["one/guide/a.md", "three/guide/a.md", "two/guide/a.md"]
    );
    let only = Query {
        set: Some("two".into()),
        ..under("guide/", "lantern")
    };
    assert_eq!(answered(&snapshot, &only).0, ["guide/a.md"]);
    let three = Query {
        set: Some("two".into()),
        ..Query::new("three lantern")
    };
    assert_eq!(
        answered(&snapshot, &three).1,
        Relaxation::Dropped(vec!["three".into()])
    );
}
