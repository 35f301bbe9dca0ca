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
