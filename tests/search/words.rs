//! What of a query is looked for: names whole, contractions not at all.

use super::folder::{Folder, paths};
use docent::search::{Query, Relaxation, Snapshot};

fn library() -> Folder {
    let folder = Folder::new();
    for (page, name) in ["one", "two", "three"]
        .into_iter()
        .zip(["First", "Second", "Third"])
    {
        folder.write(
            &format!("{page}.md"),
            format!("# {name}\n\nCall `pg_has_role(user, {page})`, or pass `--dry-run={page}`; see `Set-Cookie:`.\n"),
        );
    }
    folder.write(
        "parts.md",
        "# Has a pg role\n\nA role has a pg. Roles of pg: pg has roles, dry runs, cookies that are set.\n",
    );
    folder.write(
        "rows.md",
        "# Rows\n\nNothing isn't a row here; t is a letter.\n",
    );
    folder.write("letter.md", "# Letter t\n\nThe t in t. It is t, t and t.\n");
    folder.write(
        "map.md",
        "# ConfigMap

A ConfigMap holds values.
",
    );
    folder.write(
        "setter.md",
        "# Setter

Call `set_config` to do so.
",
    );
    folder
}

fn found(snapshot: &Snapshot, query: &str) -> Vec<String> {
    paths(snapshot, query)
}

#[test]
fn a_name_that_pages_hold_whole_is_not_found_by_its_parts() {
    let (snapshot, _) = library().update();
    for query in [
        "pg_has_role",
        "`pg_has_role()`",
        "what does pg_has_role(user, role) do?",
        "pg_has_role function",
    ] {
        let found = found(&snapshot, query);
        assert_eq!(found.len(), 3, "{query}: {found:?}");
        assert!(
            !found.contains(&"parts.md".to_owned()),
            "{query}: {found:?}"
        );
    }
    // What else is asked counts as ever.
    let found = found(&snapshot, "pg_has_role cookies");
    assert!(found.contains(&"parts.md".to_owned()), "{found:?}");
}

#[test]
fn flags_are_found_with_values_and_without() {
    let (snapshot, _) = library().update();
    assert_eq!(found(&snapshot, "--dry-run").len(), 3);
    assert_eq!(found(&snapshot, "--dry-run=two")[0], "two.md");
    assert_eq!(found(&snapshot, "Set-Cookie").len(), 3);
}

#[test]
fn other_signs_between_the_parts_of_a_name_are_no_other_name() {
    let (snapshot, _) = library().update();
    for query in [
        "set_config",
        "set-config",
        "setConfig",
        "SET_CONFIG",
        "set config",
    ] {
        assert_eq!(found(&snapshot, query)[0], "setter.md", "{query}");
    }
}

#[test]
fn contractions_say_nothing() {
    let (snapshot, _) = library().update();
    for query in ["why isn't a row", "why isn’t a row", "row's"] {
        assert_eq!(found(&snapshot, query), ["rows.md"], "{query}");
    }
    assert_eq!(found(&snapshot, "t")[0], "letter.md");
}

#[test]
fn neighbours_are_joined_where_nothing_stands_between_them() {
    let (snapshot, _) = library().update();
    assert!(found(&snapshot, "config map").contains(&"map.md".to_owned()));
    for query in ["config, map", "config of map"] {
        let answer = snapshot.search(&Query::new(query)).expect("an answer");
        assert!(
            answer.hits.iter().all(|hit| hit.page.path != "map.md"),
            "{query}"
        );
    }
}

#[test]
fn names_are_not_respelled() {
    let (snapshot, _) = library().update();
    let answer = snapshot.search(&Query::new("cookeis")).expect("an answer");
    assert!(
        matches!(answer.relaxation, Relaxation::Fuzzy { .. }),
        "{:?}",
        answer.relaxation
    );
    for query in ["cookEis", "cookies2"] {
        let answer = snapshot.search(&Query::new(query)).expect("an answer");
        assert!(
            !matches!(answer.relaxation, Relaxation::Fuzzy { .. }),
            "{query}"
        );
    }
}

/// What a set calls in its own words, beside what others say.
fn cluster() -> Folder {
    let folder = Folder::new();
    for number in 0..12 {
        folder.write(
            &format!("page{number}.md"),
            format!("# Part {number}\n\nKubernetes runs what you give it, as part {number} of this manual tells.\n"),
        );
    }
    folder.write(
        "upgrade.md",
        "# Upgrading a cluster\n\nThis is how Kubernetes is upgraded: one node after the other.\n",
    );
    folder.write(
        "policies.md",
        "# Pod Security Policies\n\nA pod security policy says what pods may do. It is old.\n",
    );
    folder.write(
        "pods.md",
        "# Pods\n\nA pod has a container. Security is told elsewhere, and policy too.\n",
    );
    folder.write(
        "both.md",
        "# Moving\n\nThe PSP goes: a pod security policy was called PSP for short.\n",
    );
    folder.write(
        "cpp.md",
        "# Extensions\n\nThey are written in C++ or in Rust.\n",
    );
    folder.write("part.md", "# Policy\n\nA policy of the house.\n");
    folder.write("c.md", "# The C library\n\nIt is in C.\n");
    folder
}

const SYNONYMS: &str = "\u{feff}# what people say\r\nk8s, kubernetes\r\npsp => pod security policy\r\nquux, foobar\ncxx, c++\n\
     who => part\nupgrade, update, upgrade, Upgrade\nrollout => upgrading\n\
     apart => policy of containers in C\n";

#[test]
fn a_word_that_no_page_has_finds_its_synonyms() {
    let snapshot = cluster().with_synonyms(SYNONYMS);
    for (query, page) in [
        ("k8s upgrade", "upgrade.md"),
        ("how do I update k8s?", "upgrade.md"),
        ("rollout", "upgrade.md"),
        ("cxx", "cpp.md"),
        ("extensions in cxx", "cpp.md"),
    ] {
        let answer = snapshot.search(&Query::new(query)).expect("an answer");
        assert_eq!(answer.hits[0].page.path, page, "{query}");
        assert_eq!(answer.relaxation, Relaxation::None, "{query}");
        assert!(answer.unknown.is_empty(), "{query}: {:?}", answer.unknown);
    }
    // In one direction, and not across lines.
    let answer = snapshot.search(&Query::new("quux")).expect("an answer");
    assert_eq!(answer.unknown, ["quux"]);
    let found = paths(&snapshot, "upgrading rollout");
    assert_eq!(found[0], "upgrade.md");
    let without = cluster().update().0;
    let answer = without
        .search(&Query::new("k8s upgrade"))
        .expect("an answer");
    assert_eq!(answer.unknown, ["k8s"]);
}

#[test]
fn the_words_that_are_asked_for_go_before_their_synonyms() {
    let folder = cluster();
    let snapshot = folder.with_synonyms(SYNONYMS);
    let found = paths(&snapshot, "psp");
    assert_eq!(found[..2], ["both.md", "policies.md"], "{found:?}");
    // A page that has one of the words of a synonym has none of it.
    assert!(!found.contains(&"part.md".to_owned()), "{found:?}");
    let answer = snapshot.search(&Query::new("apart")).expect("an answer");
    assert_eq!(answer.unknown, ["apart"], "no page has all words of it");
    // A page that says it in both ways says it once.
    folder.write(
        "once.md",
        "# Upper\n\nTo drain a frobnicator is to empty it, whatever it holds.\n",
    );
    folder.write(
        "twice.md",
        "# Lower\n\nTo drain a gizmo, or frobnicator, is to empty it now.\n",
    );
    let score = |synonyms: &str, path: &str| {
        let snapshot = folder.with_synonyms(synonyms);
        let answer = snapshot
            .search(&Query::new("drain frobnicator"))
            .expect("an answer");
        let hit = answer.hits.iter().find(|hit| hit.page.path == path);
        hit.expect("it is found").score
    };
    let plain = score("a1, a2", "twice.md");
    let with = score("gizmo, frobnicator", "twice.md");
    assert!(with <= plain, "{with} {plain}");
    assert!(with > 0.8 * plain, "{with} {plain}");
}

#[test]
fn what_is_shown_is_chosen_by_synonyms_too() {
    let folder = cluster();
    let filler = "Other things are told here at some length, so that there is more than is shown of a page. ".repeat(8);
    let section =
        |name: &str, text: &str| format!("## {name}\n\n{filler}\n\n{text}\n\n{filler}\n\n");
    folder.write(
        "long.md",
        format!(
            "# Notes on garnets\n\n{filler}\n\n{}{}{}",
            section("First", "Nothing of it."),
            section(
                "Second",
                "The pod security policy of garnets is in the vault."
            ),
            section("Third", "Nothing either."),
        ),
    );
    let snapshot = folder.with_synonyms("lockdown => pod security policy");
    let answer = snapshot
        .search(&Query::new("lockdown of garnets"))
        .expect("an answer");
    let hit = answer.hits.iter().find(|hit| hit.page.path == "long.md");
    let hit = hit.expect("it is found");
    let shown: Vec<&str> = hit.passages.iter().map(|it| it.markdown.as_str()).collect();
    assert!(shown.concat().contains("is in the vault"), "{shown:?}");
}

#[test]
fn synonyms_leave_names_and_small_words_alone() {
    let folder = library();
    for (page, text) in [
        ("psp.md", "Set `psp.enabled` here."),
        ("role.md", "A policy of roles."),
    ] {
        folder.write(page, format!("# Page\n\n{text}\n"));
    }
    let snapshot = folder
        .with_synonyms("psp => policy\nrole => cookies\nwho, rows\npg_has_role, permission\n");
    assert_eq!(found(&snapshot, "psp.enabled"), ["psp.md"]);
    let named = found(&snapshot, "pg_has_role");
    assert_eq!(named.len(), 3, "{named:?}");
    assert!(!named.contains(&"parts.md".to_owned()), "{named:?}");
    // A name is found by its synonym, with its parts.
    let named = found(&snapshot, "permission");
    assert_eq!(named.len(), 3, "{named:?}");
    assert!(!named.contains(&"parts.md".to_owned()), "{named:?}");
    let small = snapshot
        .search(&Query::new("cookies who"))
        .expect("an answer");
    assert!(small.hits.iter().all(|hit| hit.page.path != "rows.md"));
    assert_eq!(found(&snapshot, "WHO")[0], "rows.md");
    // Nobody is told of a word that is not there but for its synonym, nor of another one like it.
    let answer = snapshot
        .search(&Query::new("permision"))
        .expect("an answer");
    assert_eq!(answer.unknown, ["permision"]);
}

#[test]
fn synonyms_are_reduced_as_the_language_of_a_page_is() {
    let folder = Folder::new();
    folder.write(
        "de/netz.md",
        "# Netzwerk\n\nDie Verbindungen der Rechner werden in der Konfiguration des Servers begrenzt, und das ist nicht im \
         laufenden Betrieb zu ändern.\n",
    );
    folder.write(
        "net.md",
        "# Network\n\nThe connections of the clients are bound in the configuration of the server, which is read at its start.\n",
    );
    let snapshot = folder.with_synonyms("Anschluss, Verbindung\nlinks => connection\n");
    assert_eq!(
        found(&snapshot, "Wie viele Anschlüsse sind möglich?")[0],
        "de/netz.md"
    );
    assert_eq!(found(&snapshot, "how many links are there")[0], "net.md");
}

#[test]
fn many_synonyms_are_looked_up_once_each() {
    let folder = cluster();
    let terms: Vec<String> = (0..31)
        .map(|number| format!("part {number} of this manual"))
        .collect();
    let synonyms = format!("k8s, {}\n", terms.join(", "));
    let snapshot = folder.with_synonyms(&synonyms);
    let query = format!("{} k8s", "k8s k8s ".repeat(120));
    // Were they gone through for each of the words with each other, this would not end.
    assert!(!found(&snapshot, &query).is_empty());
}

/// Operators and selectors, each said in a row of one page and used in another.
fn operators() -> Folder {
    let folder = Folder::new();
    folder.write(
        "operators.md",
        "# Signs\n\n| Sign | Name |\n|---|---|\n| `==` | Equal |\n| `->` | Arrow |\n| `::before` | Ahead |\n| `&&` | Both |\n",
    );
    folder.write(
        "use.md",
        "# Notes\n\nWe write `==` here, and `::before` there.\n",
    );
    folder
}

#[test]
fn a_name_that_is_defined_is_a_good_match_whatever_stands_around_it() {
    let (snapshot, _) = operators().update();
    for query in [
        "operator ==",
        "what does == do",
        "what does `==` do?",
        "is it ==",
        "why && and not",
        "difference between == and ->",
        "p::before content",
        "what is p::before",
        "a::before",
    ] {
        let answer = snapshot.search(&Query::new(query)).expect("an answer");
        assert_ne!(answer.relaxation, Relaxation::NoGoodMatch, "{query}");
        assert_eq!(answer.hits[0].page.path, "operators.md", "{query}");
        for word in ["what", "does", "do", "is", "it", "why", "not", "p", "a"] {
            assert!(
                !answer.unknown.iter().any(|it| it == word),
                "{query}: {:?}",
                answer.unknown
            );
        }
    }
    // What only uses it is no answer to something else.
    let answer = snapshot
        .search(&Query::new("roasting walnuts slowly with butter"))
        .expect("an answer");
    assert_eq!(answer.relaxation, Relaxation::NoGoodMatch);
}

#[test]
fn a_name_that_is_only_used_is_found_between_small_words() {
    let folder = Folder::new();
    folder.write("use.md", "# Notes\n\nWe write `==` here.\n");
    let (snapshot, _) = folder.update();
    let answer = snapshot
        .search(&Query::new("what does == do"))
        .expect("an answer");
    assert_eq!(answer.relaxation, Relaxation::None);
    assert!(answer.unknown.is_empty());
    // Nobody has this one.
    let answer = snapshot
        .search(&Query::new("what does === do"))
        .expect("an answer");
    assert_eq!(answer.relaxation, Relaxation::NoGoodMatch);
}

#[test]
fn small_words_of_a_name_are_asked_for() {
    let folder = Folder::new();
    folder.write("both.md", "# Lists\n\nChoose and/or drop.\n");
    folder.write("none.md", "# Rows\n\nAnother page.\n");
    let (snapshot, _) = folder.update();
    assert_eq!(found(&snapshot, "what is and/or"), ["both.md"]);
}

#[test]
fn a_run_of_a_script_without_spaces_is_named_whole() {
    let folder = Folder::new();
    folder.write("one.md", "# 設定\n\n設定を変更する。\n");
    let (snapshot, _) = folder.update();
    let unknown = |query: &str| {
        snapshot
            .search(&Query::new(query))
            .expect("an answer")
            .unknown
    };
    assert_eq!(unknown("データベースの復元"), ["データベースの復元"]);
    assert_eq!(unknown("設定 バックアップ"), ["バックアップ"]);
}

#[test]
fn terms_with_signs_are_found_as_people_write_them() {
    let folder = Folder::new();
    folder.write("wal.md", "# The WAL\n\nThe WAL is written first.\n");
    folder.write("short.md", "# Switches\n\nWith `-n`, nothing is done.\n");
    for number in 0..4 {
        folder.write(
            &format!("other{number}.md"),
            format!("# Page {number}\n\nIt logs a run ahead.\n"),
        );
    }
    let snapshot = folder.with_synonyms("write-ahead log, WAL\n--dry-run => -n\n");
    for (query, page) in [
        ("write-ahead logs", "wal.md"),
        ("write ahead log", "wal.md"),
        ("Write-Ahead-Log", "wal.md"),
        ("--dry-run", "short.md"),
        ("--dry-run=client", "short.md"),
    ] {
        let answer = snapshot.search(&Query::new(query)).expect("an answer");
        assert!(
            answer.hits.iter().any(|hit| hit.page.path == page),
            "{query}"
        );
    }
}
