//! Names and messages that are asked for as they are written.

use super::folder::{Folder, paths};
use docent::search::Query;

/// Pages that say these words often, in many sections, and are linked to.
fn users(folder: &Folder, words: &str, count: usize) {
    for page in 0..count {
        let mut text = format!("# Guide {page}\n\nSee also [guide](guide-0.md) on {words}.\n");
        for section in 0..4 {
            text.push_str(&format!(
                "\n## Part {section}\n\nUse {words} here. Then {words} is set, and {words} again.\n"
            ));
        }
        folder.write(&format!("guide-{page}.md"), text);
    }
}

fn filler(words: usize) -> String {
    "Other text that is about something else altogether. ".repeat(words / 8)
}

/// Pages about something else.
fn others(folder: &Folder) {
    for page in 0..400 {
        folder.write(
            &format!("other-{page}.md"),
            format!("# Other {page}\n\n{}\n", filler(16)),
        );
    }
}

/// A page that defines a name goes before those that use it, whatever it defines it by.
#[test]
fn definitions_go_before_uses() {
    for (name, defining) in [
        ("max_herons", "## max_herons\n\nHow many herons."),
        (
            "max_herons",
            "## Limits\n\n| Name | What |\n|---|---|\n| `min_herons` | Least. |\n| `max_herons` | Most. |\n",
        ),
        (
            "heron_count()",
            "## heron_count(kind, *, nest=None)\n\nCounts.",
        ),
        (
            "--heron-dry-run",
            "## `--heron-dry-run`\n\nChanges nothing.",
        ),
        ("herons.nest.size", "## herons.nest.size\n\nIn bytes."),
    ] {
        let folder = Folder::new();
        users(&folder, &format!("`{name}`"), 12);
        let text = format!(
            "# Reference\n\n{}\n\n{defining}\n\n## End\n\n{}\n",
            filler(300),
            filler(300)
        );
        folder.write("reference.md", text);
        let (snapshot, _) = folder.update();
        for query in [name.to_owned(), format!("what does {name} do")] {
            assert_eq!(
                paths(&snapshot, &query)[0],
                "reference.md",
                "{query}: {defining}"
            );
        }
    }
}

/// Parts of a name are no name: who has all of it goes first.
#[test]
fn what_is_asked_for_whole_is_found_whole() {
    let folder = Folder::new();
    for page in 0..20 {
        let text = format!(
            "# Dry\n\nA dry run, dry run, run dry and dry. {}\n",
            filler(8 * page)
        );
        folder.write(&format!("dry-{page}.md"), text);
    }
    for page in 0..3 {
        let text = format!(
            "# Page {page}\n\n{} Pass `--dry-run` at last. {}\n",
            filler(400),
            filler(400)
        );
        folder.write(&format!("whole-{page}.md"), text);
    }
    let (snapshot, _) = folder.update();
    for query in ["--dry-run", "`--dry-run`", "the --dry-run option"] {
        let mut found = paths(&snapshot, query);
        found.truncate(3);
        found.sort();
        assert_eq!(found, ["whole-0.md", "whole-1.md", "whole-2.md"], "{query}");
    }
}

/// A name that everybody defines says nothing.
#[test]
fn what_every_page_defines_is_a_word_like_others() {
    let folder = Folder::new();
    for page in 0..300 {
        folder.write(
            &format!("page-{page}.md"),
            format!("# Page {page}\n\n## Examples\n\nOf topic{page}.\n"),
        );
    }
    folder.write(
        "about.md",
        "# About examples\n\nExamples of examples, for examples.\n",
    );
    let (snapshot, _) = folder.update();
    assert_eq!(paths(&snapshot, "examples")[0], "about.md");
    assert_eq!(paths(&snapshot, "topic7 examples")[0], "page-7.md");
}

/// Words that stand together in a page, as they do in the question.
#[test]
fn a_message_is_found_word_for_word() {
    let message = "could not open heron relation: nest of reeds exceeds marsh";
    let folder = Folder::new();
    others(&folder);
    let words: Vec<&str> = message.split_whitespace().collect();
    for page in 0..40 {
        let place = |number: usize| (number * (2 + page % 3) + page) % words.len();
        let mixed: Vec<&str> = (0..words.len())
            .map(|number| words[place(number)])
            .collect();
        let mixed = mixed.join(", and ");
        let text = format!("# Page {page}\n\nSay {mixed}. {}\n", filler(120));
        folder.write(&format!("mixed-{page}.md"), text);
    }
    let text = format!(
        "# Troubles\n\n{}\n\n```\nERROR: {message}\n```\n\n{}\n",
        filler(60),
        filler(60)
    );
    folder.write("troubles.md", text);
    let (snapshot, _) = folder.update();
    for query in [
        message.to_owned(),
        format!("ERROR: {message}"),
        "heron relation: nest of reeds exceeds marsh, could not open".to_owned(),
    ] {
        assert_eq!(paths(&snapshot, &query)[0], "troubles.md", "{query}");
    }
}

/// Nor does a word of it that another page defines keep its page from being first.
#[test]
fn a_message_goes_before_the_definition_of_its_first_word() {
    let folder = Folder::new();
    others(&folder);
    folder.write(
        "errors.md",
        format!(
            "# Errors\n\n## HeronError\n\nRaised where a heron has an error, such as a nest that is not found. {}\n",
            filler(60)
        ),
    );
    for page in 0..12 {
        let text = format!(
            "# Nest {page}\n\nA `HeronError` may be raised. {}\n",
            filler(40)
        );
        folder.write(&format!("nest-{page}.md"), text);
        folder.write(
            &format!("link-{page}.md"),
            "# Of errors\n\nSee [the errors](errors.md) of birds.\n",
        );
    }
    let message = "HeronError: nest of reeds exceeds the marsh by 3 feet";
    folder.write(
        "tutorial.md",
        format!("# First steps\n\n{}\n\n```\n{message}\n```\n", filler(90)),
    );
    let (snapshot, _) = folder.update();
    assert_eq!(paths(&snapshot, message)[0], "tutorial.md");
    assert_eq!(paths(&snapshot, "HeronError")[0], "errors.md");
    assert_eq!(paths(&snapshot, "what is a HeronError")[0], "errors.md");
}

/// A word that is a name is one of several: what says all of them goes before what defines it.
#[test]
fn a_name_among_other_words_counts_as_much_as_it_is_of_them() {
    let folder = Folder::new();
    others(&folder);
    for page in 0..12 {
        let text = format!("# Birds {page}\n\nAn issue of reeds. {}\n", filler(60));
        folder.write(&format!("birds-{page}.md"), text);
        let text = format!("# Nests {page}\n\nA HeronNest is one. {}\n", filler(90));
        folder.write(&format!("nests-{page}.md"), text);
    }
    folder.write(
        "zones.md",
        format!("# Zones\n\n## HeronNest\n\nIt answers. {}\n", filler(60)),
    );
    folder.write(
        "debugging.md",
        format!(
            "# Debugging\n\nFlooded marshes: where HeronNest sinks, its reeds are an issue. {}\n",
            filler(60)
        ),
    );
    let (snapshot, _) = folder.update();
    let query = "HeronNest reeds issue";
    assert_eq!(paths(&snapshot, query)[0], "debugging.md");
    assert_eq!(paths(&snapshot, "HeronNest")[0], "zones.md");
}

/// Where a page has other values than a question, what stands around them counts.
#[test]
fn a_message_is_found_with_other_values() {
    let folder = Folder::new();
    others(&folder);
    for page in 0..30 {
        let text = format!(
            "# Page {page}\n\nAn entry of a user on a database of the host. {}\n",
            filler(60)
        );
        folder.write(&format!("mixed-{page}.md"), text);
    }
    let text = format!(
        "# Troubles\n\n{}\n\n```\nno entry for host \"10.1.2.3\", user \"ann\", database \"birds\"\n```\n",
        filler(30)
    );
    folder.write("troubles.md", text);
    let (snapshot, _) = folder.update();
    let query = "no entry for host \"192.168.0.1\", user \"x\", database \"y\"";
    assert_eq!(paths(&snapshot, query)[0], "troubles.md");
}

/// Also where pages have changed since, and when all is put together again.
#[test]
fn definitions_follow_changes() {
    let folder = Folder::new();
    users(&folder, "`heron_mode`", 8);
    folder.write("old.md", "# Settings\n\n## heron_mode\n\nThe mode.\n");
    folder.update();
    folder.write(
        "new.md",
        "# Options\n\nText.\n\n## heron_mode\n\nThe new mode.\n",
    );
    let (snapshot, _) = folder.update();
    let mut first = paths(&snapshot, "heron_mode");
    first.truncate(2);
    first.sort();
    assert_eq!(first, ["new.md", "old.md"]);
    folder.write("old.md", "# Settings\n\nNothing of the kind.\n");
    let (snapshot, _) = folder.update();
    assert_eq!(paths(&snapshot, "heron_mode")[0], "new.md");
    let merged = folder.store().merge(true, &|| ()).expect("an index");
    let merged = merged.expect("something to merge");
    assert_eq!(paths(&merged, "heron_mode")[0], "new.md");
}

/// Pages that may not answer define nothing.
#[test]
fn definitions_of_other_folders_count_for_nothing() {
    let folder = Folder::new();
    folder.write("a/uses.md", "# Uses\n\nWith `heron_mode` set.\n");
    folder.write("b/defines.md", "# Settings\n\n## heron_mode\n\nThe mode.\n");
    let (snapshot, _) = folder.update();
    let within = Query {
        under: Some("a/".into()),
        ..Query::new("heron_mode")
    };
    let answer = snapshot.search(&within).expect("an answer");
    let found: Vec<_> = answer
        .hits
        .iter()
        .map(|hit| hit.page.path.as_str())
        .collect();
    assert_eq!(found, ["a/uses.md"]);
}
