//! What a search answers, and what it makes of queries that nobody should send.

use super::folder::{Folder, paths};
use docent::search::{Entry, Query, Relaxation};

fn library() -> Folder {
    let folder = Folder::new();
    folder.write(
        "_index.md",
        "---\ntitle: Manual\n---\nSee [configuration](config/).\n",
    );
    folder.write(
        "config/_index.md",
        "# Configuration\n\nAll about settings of the server.\n",
    );
    folder.write(
        "config/limits.md",
        "# Limits\n\n## Connections\n\nSet `max_connections` to bound how many clients connect.\n\n\
         ## Memory\n\nSet `shared-buffers` and `--cache-size=1G`; compare with `==`.\n",
    );
    folder.write(
        "config/map.md",
        "# ConfigMap\n\nA ConfigMap holds configuration of pods.\n",
    );
    folder.write(
        "guide/start.md",
        "# Getting started\n\nInstall the server, then connect.\n",
    );
    folder
}

#[test]
fn identifiers_are_found_whole_and_operators_too() {
    let (snapshot, _) = library().update();
    assert_eq!(paths(&snapshot, "max_connections")[0], "config/limits.md");
    assert_eq!(paths(&snapshot, "shared-buffers")[0], "config/limits.md");
    assert_eq!(paths(&snapshot, "=="), ["config/limits.md"]);
    assert_eq!(paths(&snapshot, "--cache-size=1G")[0], "config/limits.md");
    assert_eq!(paths(&snapshot, "config map")[0], "config/map.md");
    assert_eq!(paths(&snapshot, "getting STARTED")[0], "guide/start.md");
}

#[test]
fn a_hit_says_where_it_stands() {
    let (snapshot, _) = library().update();
    let answer = snapshot
        .search(&Query::new("bound clients connections"))
        .expect("an answer");
    let hit = &answer.hits[0];
    assert_eq!(hit.page.id(), "docs/config/limits.md");
    assert_eq!(hit.page.breadcrumb, ["Configuration"]);
    assert_eq!(
        hit.page.url.as_deref(),
        Some("https://example.com/config/limits/")
    );
    let passage = &hit.passages[0];
    assert_eq!(passage.headings, ["Connections"]);
    assert_eq!(passage.anchor.as_deref(), Some("connections"));
    assert!(
        passage.markdown.contains("`max_connections`"),
        "{}",
        passage.markdown
    );
}

#[test]
fn filters_and_pages_of_the_ranking() {
    let (snapshot, _) = library().update();
    let search = |query: Query| snapshot.search(&query).expect("an answer");
    let all = search(Query::new("server configuration"));
    let under = search(Query {
        under: Some("guide/".into()),
        ..Query::new("server configuration")
    });
    assert!(all.hits.len() > 1);
    assert_eq!(under.hits.len(), 1);
    let rest = search(Query {
        offset: 1,
        ..Query::new("server configuration")
    });
    assert_eq!(rest.hits[0], all.hits[1]);
    let first = search(Query {
        limit: 1,
        ..Query::new("server configuration")
    });
    assert!(first.more && !all.more);
    let other_set = search(Query {
        set: Some("other".into()),
        ..Query::new("server")
    });
    assert!(other_set.hits.is_empty());
}

#[test]
fn slips_are_forgiven_and_said() {
    let (snapshot, _) = library().update();
    let answer = snapshot
        .search(&Query::new("server configuraton"))
        .expect("an answer");
    assert!(!answer.hits.is_empty());
    assert!(
        matches!(answer.relaxation, Relaxation::Fuzzy { .. }),
        "{:?}",
        answer.relaxation
    );
    for (asked, shown) in [
        ("configuraton", "configuration"),
        ("confgiuration", "configuration"),
        ("sevrer", "server"),
        ("memroy", "memory"),
        ("conect", "connect"),
    ] {
        let answer = snapshot.search(&Query::new(asked)).expect("an answer");
        let respelled = Relaxation::Fuzzy {
            replaced: vec![(asked.into(), shown.into())],
            dropped: Vec::new(),
        };
        assert_eq!(answer.relaxation, respelled, "{asked}");
    }
    // A digit is no slip.
    let answer = snapshot.search(&Query::new("server2")).expect("an answer");
    assert!(answer.hits.is_empty());
    let answer = snapshot
        .search(&Query::new("server configuration qqqqqqq"))
        .expect("an answer");
    assert_eq!(
        answer.relaxation,
        Relaxation::Dropped(vec!["qqqqqqq".into()])
    );
    let answer = snapshot
        .search(&Query::new("limitz zzzyyy"))
        .expect("an answer");
    assert_eq!(answer.relaxation, Relaxation::NoGoodMatch);
    let answer = snapshot
        .search(&Query::new("xylophone"))
        .expect("an answer");
    assert!(answer.hits.is_empty());
}

#[test]
fn pages_are_found_by_every_name() {
    let (snapshot, _) = library().update();
    for id in [
        "docs/config/limits.md",
        "config/limits.md",
        "/config/limits.md",
        "docs/config/limits.md#memory",
        "https://example.com/config/limits/",
        "https://example.com/config/limits",
    ] {
        let page = snapshot
            .page(id)
            .expect("an answer")
            .unwrap_or_else(|| panic!("no {id}"));
        assert_eq!(page.page.path, "config/limits.md");
        assert_eq!(page.sections.len(), 3);
    }
    assert!(
        snapshot
            .page("docs/config/limit.md")
            .expect("an answer")
            .is_none()
    );
    assert_eq!(
        snapshot.similar("docs/config/limit.md")[0].path,
        "config/limits.md"
    );
}

#[test]
fn folders_list_what_stands_in_them() {
    let (snapshot, _) = library().update();
    let root = snapshot.folder("docs", "").expect("the root");
    let names: Vec<_> = root
        .iter()
        .map(|entry| match entry {
            Entry::Folder { path, pages, .. } => format!("{path} {pages}"),
            Entry::Page(page) => page.title.clone(),
        })
        .collect();
    assert_eq!(names, ["Manual", "config/ 3", "guide/ 1"]);
    assert_eq!(
        snapshot
            .folder("docs", "config/")
            .map(|entries| entries.len()),
        Some(3)
    );
    assert!(snapshot.folder("docs", "nowhere").is_none());
    assert!(snapshot.folder("nowhere", "").is_none());
}

#[test]
fn hostile_queries_are_only_queries() {
    let (snapshot, _) = library().update();
    let planes: String = (0..=16u32)
        .filter_map(|plane| char::from_u32(plane * 0x1_0000 + 0x4E00))
        .collect();
    let huge = "configuration ".repeat(800_000);
    for query in [
        "",
        " \t\n",
        "\0",
        "a\0b",
        "!!! ??? ...",
        "title:server AND (body:* OR -x)^100 \"unclosed",
        "[a TO z] {* TO *} ~2",
        "/regex.*/",
        &planes,
        &huge,
        &"x".repeat(100_000),
        &"a_b-c.d::".repeat(10_000),
        "\u{202e}\u{200d}\u{feff}",
    ] {
        let answer = snapshot.search(&Query::new(query)).expect("an answer");
        assert!(answer.hits.len() <= 10);
    }
    let everything = Query {
        limit: usize::MAX,
        offset: usize::MAX,
        ..Query::new("server")
    };
    assert!(
        snapshot
            .search(&everything)
            .expect("an answer")
            .hits
            .is_empty()
    );
}

#[test]
fn a_number_is_the_same_with_commas_and_without() {
    let folder = Folder::new();
    folder.write("commas.md", "# Zebras\n\nThere are 1,169 of them.\n");
    folder.write("plain.md", "# Okapis\n\nThere are 1169 of them.\n");
    folder.write("list.md", "# Ports\n\nOpen 80,443 at once.\n");
    let (snapshot, _) = folder.update();
    for query in ["1169", "1,169"] {
        let mut found = paths(&snapshot, query);
        found.sort();
        assert_eq!(found, ["commas.md", "plain.md"], "{query}");
        let answer = snapshot.search(&Query::new(query)).expect("an answer");
        assert_eq!(answer.relaxation, Relaxation::None, "{query}");
    }
    for query in ["443", "80 443", "80,443"] {
        assert_eq!(paths(&snapshot, query), ["list.md"], "{query}");
    }
}
