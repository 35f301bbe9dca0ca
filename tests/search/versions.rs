//! Versions and languages that one set holds.

use super::folder::Folder;
use docent::{
    config::{Boost, DocSet, Factor, Versions},
    search::{Answer, Query, Relaxation, Snapshot},
};
use std::{os::unix::fs::symlink, sync::Arc};

/// Each folder holds these pages; what they say tells the folder's words.
const PAGES: [&str; 4] = [
    "index.md",
    "install.md",
    "guide/rotate.md",
    "guide/restore.md",
];

fn write(folder: &Folder, folders: &[(&str, &str)]) {
    for (below, words) in folders {
        for page in PAGES {
            let name = page.trim_end_matches(".md").replace('/', " ");
            folder.write(
                &format!("{below}{page}"),
                format!("# The {name}\n\nHow the lantern does {name}, as {words} has it.\n"),
            );
        }
    }
}

fn open(folder: &Folder, change: impl FnOnce(&mut DocSet)) -> Arc<Snapshot> {
    let mut set = folder.set();
    change(&mut set);
    folder
        .store_of(set)
        .update(false, &|_| ())
        .expect("an index")
        .0
}

fn by_default(folder: &Folder) -> Arc<Snapshot> {
    open(folder, |set| set.versions = Versions::Default)
}

fn ask(snapshot: &Snapshot, query: &Query) -> Answer {
    snapshot.search(query).expect("an answer")
}

fn of_version(words: &str, version: &str) -> Query {
    Query {
        version: Some(version.to_owned()),
        ..Query::new(words)
    }
}

/// Paths and versions of the pages that answer.
fn found(answer: &Answer) -> Vec<(&str, Option<&str>)> {
    let hits = answer.hits.iter();
    hits.map(|hit| (hit.page.path.as_str(), hit.page.version.as_deref()))
        .collect()
}

#[test]
fn all_versions_are_searched_unless_the_configuration_says_otherwise() {
    let folder = Folder::new();
    write(&folder, &[("1.0/", "garnet"), ("2.0/", "opal")]);
    folder.write(
        "about.md",
        "# About\n\nThe lantern of the garnet and the opal.\n",
    );
    let snapshot = folder.update().0;
    let answer = ask(&snapshot, &Query::new("lantern install garnet"));
    assert_eq!(found(&answer)[0], ("1.0/install.md", Some("1.0")));
    let set = &snapshot.sets()[0];
    assert_eq!(
        (&set.versions[..], &set.default_version),
        (&["2.0".to_owned(), "1.0".to_owned()][..], &None)
    );
    // One that is named is searched all the same.
    let answer = ask(&snapshot, &of_version("lantern install", "1.0"));
    assert_eq!(found(&answer)[0], ("1.0/install.md", Some("1.0")));
    assert!(
        answer
            .hits
            .iter()
            .all(|hit| hit.page.version.as_deref() != Some("2.0"))
    );
}

#[test]
fn the_default_version_is_searched_with_pages_of_none() {
    let folder = Folder::new();
    write(
        &folder,
        &[
            ("v1.9/", "garnet"),
            ("v1.10/", "opal"),
            ("v2.0-rc1/", "topaz"),
        ],
    );
    folder.write("about.md", "# About\n\nThe lantern has a garnet.\n");
    let snapshot = by_default(&folder);
    let answer = ask(&snapshot, &Query::new("lantern"));
    let shown = found(&answer);
    assert_eq!(shown.len(), 5, "{shown:?}");
    assert!(
        shown
            .iter()
            .all(|(_, version)| matches!(version, None | Some("v1.10"))),
        "{shown:?}"
    );
    assert!(shown.contains(&("about.md", None)));
    assert_eq!(snapshot.sets()[0].default_version.as_deref(), Some("v1.10"));
    for (version, expected) in [
        ("1.9", "v1.9"),
        ("v1.9", "v1.9"),
        ("2", "v2.0-rc1"),
        ("latest", "v1.10"),
    ] {
        let answer = ask(&snapshot, &of_version("lantern", version));
        let shown = found(&answer);
        assert_eq!(shown.len(), 5, "{version}: {shown:?}");
        assert!(
            shown
                .iter()
                .all(|(_, it)| it.is_none_or(|it| it == expected)),
            "{version}: {shown:?}"
        );
    }
    // Each page once, whatever versions it has.
    let all = ask(&snapshot, &of_version("lantern", "all"));
    assert_eq!(all.hits.len(), 5, "{:?}", found(&all));
}

#[test]
fn a_hit_names_the_same_page_in_other_versions() {
    let folder = Folder::new();
    write(
        &folder,
        &[
            ("docs/", "topaz"),
            ("versioned_docs/version-1.0/", "garnet"),
            ("versioned_docs/version-2.0/", "opal"),
        ],
    );
    folder.write("docs/guide/new.md", "# New\n\nA lantern that dims.\n");
    let snapshot = by_default(&folder);
    let answer = ask(&snapshot, &Query::new("rotate lantern"));
    let hit = &answer.hits[0];
    assert_eq!(hit.page.path, "versioned_docs/version-2.0/guide/rotate.md");
    assert_eq!(hit.page.version.as_deref(), Some("2.0"));
    let others: Vec<_> = hit
        .versions
        .pages
        .iter()
        .map(|page| (page.path.as_str(), page.version.as_deref()))
        .collect();
    assert_eq!(
        others,
        [
            ("versioned_docs/version-1.0/guide/rotate.md", Some("1.0")),
            ("docs/guide/rotate.md", Some("next"))
        ]
    );
    // What is new is in the version in work alone.
    assert!(
        found(&ask(&snapshot, &Query::new("lantern dims")))
            .iter()
            .all(|(path, _)| *path != "docs/guide/new.md")
    );
    let next = ask(&snapshot, &of_version("lantern dims", "next"));
    assert_eq!(found(&next)[0], ("docs/guide/new.md", Some("next")));
    // All versions say the same of a page.
    let all = open(&folder, |_| ());
    let answer = ask(&all, &Query::new("rotate lantern"));
    let rotate = answer
        .hits
        .iter()
        .filter(|hit| hit.page.path.ends_with("rotate.md"));
    assert_eq!(rotate.count(), 1);
}

#[test]
fn copies_in_other_versions_are_named_too() {
    let folder = Folder::new();
    for version in ["1.0/", "2.0/"] {
        for page in PAGES {
            folder.write(
                &format!("{version}{page}"),
                format!("# {page}\n\nA lantern of {page}.\n"),
            );
        }
    }
    let answer = ask(&by_default(&folder), &Query::new("lantern install"));
    assert_eq!(answer.hits[0].page.path, "2.0/install.md");
    let named = answer.hits[0]
        .copies
        .pages
        .iter()
        .chain(&answer.hits[0].versions.pages);
    assert_eq!(
        named.map(docent::search::PageRef::id).collect::<Vec<_>>(),
        ["docs/1.0/install.md"]
    );
}

#[test]
fn a_version_that_the_question_names_is_searched_too() {
    let folder = Folder::new();
    write(
        &folder,
        &[("1.0/", "garnet"), ("2.0/", "opal"), ("trixie/", "jade")],
    );
    let snapshot = by_default(&folder);
    let asked = |words: &str| {
        let answer = ask(&snapshot, &Query::new(words));
        answer
            .hits
            .iter()
            .any(|hit| hit.page.version.as_deref() == Some("1.0"))
            || answer.hits.iter().any(|hit| {
                hit.versions
                    .pages
                    .iter()
                    .any(|page| page.version.as_deref() == Some("1.0"))
                    && hit.page.path.starts_with("1.0")
            })
    };
    assert!(asked("install the garnet lantern in 1.0"));
    assert!(asked("garnet lantern v1.0?"));
    assert!(!asked("install the garnet lantern"));
    assert!(!asked("install the garnet lantern at 10.1.0.1"));
}

#[test]
fn an_unknown_version_is_known_to_be_one() {
    let folder = Folder::new();
    write(&folder, &[("1.0/", "garnet"), ("2.0/", "opal")]);
    let snapshot = folder.update().0;
    assert!(snapshot.lacks_version(&of_version("lantern", "3.0")));
    assert!(snapshot.lacks_version(&of_version("lantern", "jammy")));
    for version in ["1.0", "v2", "all", "latest"] {
        assert!(
            !snapshot.lacks_version(&of_version("lantern", version)),
            "{version}"
        );
    }
    // Where there are no versions, none is missed.
    let plain = Folder::with_pages(3);
    let snapshot = plain.update().0;
    assert!(!snapshot.lacks_version(&of_version("topic1", "3.0")));
    assert_eq!(ask(&snapshot, &of_version("topic1", "3.0")).hits.len(), 1);
}

#[test]
fn what_the_site_and_the_configuration_say_is_the_default() {
    let folder = Folder::new();
    write(&folder, &[("11/", "garnet"), ("12/", "opal")]);
    folder.write(
        "versions.json",
        "[{\"version\": \"12\", \"title\": \"12\", \"aliases\": [\"dev\"]}, {\"version\": \"11\", \"title\": \"11.2\", \"aliases\": [\"latest\"]}]",
    );
    folder.write(
        "index.html",
        "<!DOCTYPE html><html><head><title>Redirecting</title><meta http-equiv=\"refresh\" content=\"1; url=latest/\"></head>\
         <body>Redirecting to the latest documentation of the lantern.</body></html>",
    );
    let default = |change: fn(&mut DocSet)| {
        let snapshot = open(&folder, |set| {
            set.versions = Versions::Default;
            change(set);
        });
        snapshot.sets()[0].default_version.clone()
    };
    assert_eq!(default(|_| ()).as_deref(), Some("11"));
    assert_eq!(
        default(|set| set.default_version = Some("12".into())).as_deref(),
        Some("12")
    );
    assert_eq!(
        default(|set| set.default_version = Some("dev".into())).as_deref(),
        Some("12")
    );
    let none = open(&folder, |set| set.versions = Versions::None);
    assert!(none.sets()[0].versions.is_empty());
    // Folders without numbers have their names listed.
    write(&folder, &[("trixie/", "jade"), ("bookworm/", "beryl")]);
    let listed = open(&folder, |set| {
        set.versions = Versions::Listed(vec!["trixie".into(), "bookworm".into()]);
    });
    let answer = ask(&listed, &Query::new("lantern install"));
    let shown = found(&answer);
    assert!(
        shown.contains(&("trixie/install.md", Some("trixie"))),
        "{shown:?}"
    );
    assert!(shown.iter().all(|(path, _)| !path.starts_with("bookworm/")));
    let answer = ask(&listed, &Query::new("lantern install in bookworm"));
    assert!(answer.hits.iter().any(|hit| {
        hit.page.path == "bookworm/install.md"
            || hit
                .versions
                .pages
                .iter()
                .any(|page| page.path == "bookworm/install.md")
    }));
}

#[test]
fn a_link_is_another_name_of_a_version() {
    let folder = Folder::new();
    write(&folder, &[("1.2/", "garnet"), ("1.3/", "opal")]);
    symlink("1.2", folder.docs().join("lts")).expect("a link");
    let snapshot = by_default(&folder);
    assert_eq!(snapshot.sets()[0].versions, ["1.3", "1.2"]);
    let answer = ask(&snapshot, &of_version("install lantern", "lts"));
    assert_eq!(found(&answer)[0], ("1.2/install.md", Some("1.2")));
}

#[test]
fn antoras_components_have_versions_of_their_own() {
    let folder = Folder::new();
    for (branch, version) in [("branch-a", "'7.6'"), ("branch-b", "7.10")] {
        folder.write(
            &format!("{branch}/antora.yml"),
            format!("name: server\nversion: {version}\n"),
        );
        for page in ["index", "install", "rotate"] {
            folder.write(
                &format!("{branch}/modules/ROOT/pages/{page}.adoc"),
                format!("= The {page}\n\nHow the lantern does {page} in {branch}.\n"),
            );
        }
    }
    let snapshot = by_default(&folder);
    assert_eq!(snapshot.sets()[0].versions, ["7.10", "7.6"]);
    let answer = ask(&snapshot, &Query::new("install the lantern"));
    assert_eq!(
        answer.hits[0].page.path,
        "branch-b/modules/ROOT/pages/install.adoc"
    );
    assert_eq!(
        answer.hits[0].versions.pages[0].version.as_deref(),
        Some("7.6")
    );
    let answer = ask(&snapshot, &of_version("install the lantern", "7.6"));
    assert_eq!(
        answer.hits[0].page.path,
        "branch-a/modules/ROOT/pages/install.adoc"
    );
}

#[test]
fn a_language_leaves_pages_in_others_out() {
    let folder = Folder::new();
    write(
        &folder,
        &[("", "garnet"), ("de/", "Granat"), ("pt-BR/", "granada")],
    );
    let snapshot = folder.update().0;
    assert_eq!(snapshot.sets()[0].languages, ["de", "en", "pt-br"]);
    let query = |language: &str| Query {
        language: Some(language.to_owned()),
        ..Query::new("lantern")
    };
    let paths = |language: &str| -> Vec<String> {
        let answer = ask(&snapshot, &query(language));
        answer.hits.into_iter().map(|hit| hit.page.path).collect()
    };
    for (language, folder) in [
        ("de", "de/"),
        ("DE", "de/"),
        ("pt", "pt-BR/"),
        ("pt_BR", "pt-BR/"),
    ] {
        let paths = paths(language);
        assert_eq!(paths.len(), 4, "{language}: {paths:?}");
        assert!(
            paths.iter().all(|path| path.starts_with(folder)),
            "{language}: {paths:?}"
        );
    }
    assert!(snapshot.lacks_language(&query("ja")));
    assert!(!snapshot.lacks_language(&query("de-AT")));
    // Their paths say nothing, their text does.
    for language in ["en", "en-US", "English"] {
        let paths = paths(language);
        assert_eq!(paths.len(), 4, "{language}: {paths:?}");
        let is_first = |path: &String| !path.starts_with("de/") && !path.starts_with("pt-BR/");
        assert!(paths.iter().all(is_first), "{language}: {paths:?}");
    }
    let answer = ask(&snapshot, &query("de"));
    assert_eq!(answer.hits[0].page.language.as_deref(), Some("de"));
}

#[test]
fn versions_come_and_go_with_their_pages() {
    let folder = Folder::new();
    write(&folder, &[("1.0/", "garnet"), ("2.0/", "opal")]);
    let versions = || by_default(&folder).sets()[0].versions.clone();
    assert_eq!(versions(), ["2.0", "1.0"]);
    write(&folder, &[("3.0/", "jade")]);
    assert_eq!(versions(), ["3.0", "2.0", "1.0"]);
    let answer = ask(&by_default(&folder), &Query::new("install lantern"));
    assert_eq!(answer.hits[0].page.path, "3.0/install.md");
}

#[test]
fn a_part_of_a_set_has_versions_too() {
    let folder = Folder::new();
    write(
        &folder,
        &[
            ("guide/1.0/", "garnet"),
            ("guide/2.0/", "opal"),
            ("api/1.0/", "jade"),
            ("api/1.5/", "beryl"),
        ],
    );
    let snapshot = by_default(&folder);
    let under = |path: &str| Query {
        under: Some(path.to_owned()),
        ..Query::new("lantern")
    };
    let answer = ask(&snapshot, &under("api/"));
    assert!(
        answer
            .hits
            .iter()
            .all(|hit| hit.page.path.starts_with("api/1.5/")),
        "{:?}",
        found(&answer)
    );
    let answer = ask(&snapshot, &under("guide/"));
    assert_eq!(answer.hits.len(), 4);
    // A path names a version, too.
    let answer = ask(&snapshot, &under("guide/1.0/"));
    assert_eq!(answer.hits.len(), 4, "{:?}", found(&answer));
}

#[test]
fn boosts_and_demotions_count_at_once() {
    let folder = Folder::new();
    folder.write("guide/a.md", "# A lantern\n\nA lantern glows.\n");
    folder.write("notes/b.md", "# A lantern\n\nA lantern glows at last.\n");
    let first = |boosts: Vec<Boost>| {
        let snapshot = open(&folder, |set| set.boosts = boosts);
        let answer = ask(&snapshot, &Query::new("lantern glows"));
        answer.hits[0].page.path.clone()
    };
    let boost = |path: &str, factor: f64| Boost {
        path: Some(path.to_owned()),
        factor: Factor::new(factor).expect("a factor"),
    };
    assert_eq!(first(vec![]), "guide/a.md");
    assert_eq!(first(vec![boost("notes/", 2.0)]), "notes/b.md");
    assert_eq!(first(vec![boost("guide/**", 0.5)]), "notes/b.md");
    assert_eq!(
        first(vec![boost("guide/**", 0.5), boost("*.md", 0.5)]),
        "notes/b.md"
    );
    assert_eq!(first(vec![boost("elsewhere/", 0.1)]), "guide/a.md");
}

#[test]
fn what_scores_less_is_left_out_of_no_ranking_that_it_belongs_to() {
    let folder = Folder::new();
    for number in 0..300 {
        folder.write(
            &format!("a/{number:03}.md"),
            format!(
                "# Lantern {number}\n\n{}\n",
                "A lantern glows. ".repeat(1 + number % 7)
            ),
        );
    }
    folder.write(
        "b/last.md",
        format!(
            "# Other\n\n{}\n\nA lantern glows.\n",
            "Words of other things. ".repeat(60)
        ),
    );
    let snapshot = open(&folder, |set| {
        set.boosts = vec![Boost {
            path: Some("b/".to_owned()),
            factor: Factor::new(10.0).expect("a factor"),
        }];
    });
    let answer = ask(
        &snapshot,
        &Query {
            limit: 1,
            ..Query::new("lantern glows")
        },
    );
    assert_eq!(answer.hits[0].page.path, "b/last.md");
}

#[test]
fn change_logs_and_archives_come_behind_what_answers_as_well() {
    let folder = Folder::new();
    for path in ["archive/lantern.md", "release-2.1.md", "guide/lantern.md"] {
        folder.write(
            path,
            format!(
                "# Lantern\n\nHow a lantern glows, as {} has it.\n",
                path.len()
            ),
        );
    }
    let snapshot = folder.update().0;
    let first = |words: &str| ask(&snapshot, &Query::new(words)).hits[0].page.path.clone();
    assert_eq!(first("how a lantern glows"), "guide/lantern.md");
}

#[test]
fn a_version_that_a_question_names_is_no_word_that_pages_lack() {
    let folder = Folder::new();
    write(
        &folder,
        &[("1.9/", "garnet"), ("2.0/", "amber"), ("2.1/", "opal")],
    );
    for versions in [Versions::All, Versions::Default] {
        let snapshot = open(&folder, |set| set.versions = versions.clone());
        for question in [
            "install the lantern 2.0",
            "lantern install in 2.0?",
            "lantern install in version 2.0",
            "install lantern v2.0",
        ] {
            let answer = ask(&snapshot, &Query::new(question));
            let first = found(&answer)[0];
            assert_eq!(first, ("2.0/install.md", Some("2.0")), "{question}");
            assert_eq!(answer.relaxation, Relaxation::None, "{question}");
            assert!(
                answer.unknown.is_empty(),
                "{question}: {:?}",
                answer.unknown
            );
        }
        // Another number is one that nobody has.
        let answer = ask(&snapshot, &Query::new("install the lantern 7.3"));
        assert!(!answer.unknown.is_empty());
    }
}

#[test]
fn the_default_version_goes_first_where_all_are_asked_for() {
    let folder = Folder::new();
    write(
        &folder,
        &[("1.9/", "garnet"), ("2.0/", "amber"), ("2.1/", "opal")],
    );
    let snapshot = by_default(&folder);
    let answer = ask(&snapshot, &of_version("lantern install", "all"));
    assert_eq!(found(&answer)[0], ("2.1/install.md", Some("2.1")));
}

#[test]
fn a_word_that_only_other_versions_have_is_told_of_with_them() {
    let folder = Folder::new();
    for version in ["1.9", "2.0", "2.1"] {
        write(&folder, &[(&format!("{version}/"), version)]);
    }
    folder.write("2.0/legacy.md", "# Legacy mode\n\nAs it was.\n");
    let snapshot = by_default(&folder);
    let answer = ask(&snapshot, &Query::new("legacy lantern"));
    assert_eq!(answer.unknown, ["legacy"]);
    assert!(answer.is_of_part);
    assert_eq!(answer.elsewhere, ["2.0"]);
    let answer = ask(&snapshot, &of_version("legacy walrus", "1.9"));
    assert_eq!(answer.elsewhere, ["2.0"]);
    assert_eq!(answer.nearest[0].version.as_deref(), Some("2.0"));
    let answer = ask(&snapshot, &of_version("legacy walrus", "all"));
    assert!(answer.elsewhere.is_empty());
    assert_eq!(answer.unknown, ["walrus"]);
}
