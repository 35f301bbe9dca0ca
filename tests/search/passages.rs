//! What is shown of a page: the blocks that answer, with what they need to be understood.

use super::folder::Folder;
use docent::search::{Hit, Query};

/// Words that answer nothing, several lines of them.
fn filler(lines: usize) -> String {
    "Some words of no interest stand here, and some more of them follow.\n\n".repeat(lines)
}

fn first(folder: &Folder, query: &str) -> Hit {
    let (snapshot, _) = folder.update();
    let mut answer = snapshot.search(&Query::new(query)).expect("an answer");
    answer.hits.swap_remove(0)
}

fn shown(folder: &Folder, query: &str) -> String {
    first(folder, query).passages.swap_remove(0).markdown
}

#[test]
fn of_a_long_list_the_item_that_answers() {
    let folder = Folder::new();
    let items: String = (0..60)
        .map(|n| format!("- `--flag-{n}`: what the flag number {n} is for, in a few more words\n"))
        .collect();
    folder.write(
        "tool.md",
        format!("# Tool\n\nIt is started by hand.\n\n## Options\n\n{items}- `--colour`: paint the output purple\n"),
    );
    let text = shown(&folder, "paint the output purple");
    assert!(
        text.contains("- `--colour`: paint the output purple"),
        "{text}"
    );
    assert!(text.len() < 1_200, "{text}");
}

#[test]
fn of_a_long_table_the_row_that_answers_with_its_head() {
    let folder = Folder::new();
    let rows: String = (0..60)
        .map(|n| format!("| `E{n:03}` | an error of kind {n} that somebody may see |\n"))
        .collect();
    folder.write(
        "errors.md",
        format!("# Errors\n\nAll of them.\n\n| Code | Meaning |\n|---|---|\n{rows}| `E999` | the battery is empty |\n"),
    );
    let text = shown(&folder, "battery is empty");
    assert!(
        text.starts_with("| Code | Meaning |\n|---|---|\n"),
        "{text}"
    );
    assert!(text.contains("| `E999` | the battery is empty |"), "{text}");
}

#[test]
fn a_caption_is_no_passage() {
    let folder = Folder::new();
    let code: String = (0..80)
        .map(|n| format!("step {n} of the long way around\n"))
        .collect();
    // Long code is a piece of its own, and so is what introduces it.
    let text = format!(
        "# Ways\n\n{}## Migrating the zebra store\n\nTo migrate the zebra store:\n\n```sh\n{code}```\n",
        filler(3)
    );
    folder.write("ways.md", &text);
    let text = shown(&folder, "migrating the zebra store");
    assert!(
        text.starts_with("To migrate the zebra store:\n\n```sh\nstep 0 "),
        "{text}"
    );
    assert!(text.ends_with("\n```"), "{text}");
}

#[test]
fn a_heading_without_text_is_no_passage() {
    let folder = Folder::new();
    folder.write(
        "a.md",
        "# Store\n\nWords.\n\n## Backups of the walrus\n\n### Nightly\n\nThey are made at three o'clock.\n",
    );
    let hit = first(&folder, "backups of the walrus");
    assert_eq!(
        hit.passages[0].markdown, "They are made at three o'clock.",
        "{:?}",
        hit.passages
    );
    assert_eq!(
        hit.passages[0].headings,
        ["Backups of the walrus", "Nightly"]
    );
}

#[test]
fn lists_of_links_and_lines_of_copyright_come_last() {
    let folder = Folder::new();
    folder.write(
        "a.md",
        "# Notes\n\nAn ostrich runs fast, faster than any other bird of its weight, and cannot fly at all.\n\n\
         ## See also\n\n- [Ostrich](b.md)\n- [Ostrich farms](c.md)\n\n## Ostrich\n\nCopyright © 2020 The ostrich.\n",
    );
    let text = shown(&folder, "ostrich");
    assert!(text.starts_with("An ostrich runs fast"), "{text}");
}

#[test]
fn a_page_that_is_asked_for_by_its_title_is_shown_from_its_beginning() {
    let folder = Folder::new();
    folder.write(
        "closest.md",
        "# Element: closest() method\n\nIt looks for the nearest ancestor.\n\n## Syntax\n\n```js\nclosest(selectors)\n```\n\n\
         ## Examples\n\nThe closest element is closest: closest, closest.\n",
    );
    folder.write("other.md", "# Other\n\nAn element that is near.\n");
    for query in ["Element.closest()", "element closest method"] {
        let text = shown(&folder, query);
        assert_eq!(text, "It looks for the nearest ancestor.", "{query}");
    }
}

#[test]
fn further_pages_are_shown_with_the_lines_that_answer() {
    let folder = Folder::new();
    for page in 0..8 {
        let text = format!(
            "# Page {page}\n\n{}The marmot number {page} sleeps all winter. It wakes up in spring.\n\n{}",
            filler(4),
            filler(4)
        );
        folder.write(&format!("{page}.md"), &text);
    }
    let (snapshot, _) = folder.update();
    let answer = snapshot
        .search(&Query::new("marmot sleeps"))
        .expect("an answer");
    assert_eq!(answer.hits.len(), 8);
    for hit in &answer.hits {
        let text = &hit.passages[0].markdown;
        assert!(text.contains("sleeps all winter."), "{text}");
    }
    for hit in &answer.hits[3..] {
        let text = &hit.passages[0].markdown;
        assert!(text.len() <= 260 && hit.passages.len() == 1, "{text}");
    }
    // Who asks for it gets pieces as they are.
    let long = Query {
        long: true,
        ..Query::new("marmot sleeps")
    };
    let answer = snapshot.search(&long).expect("an answer");
    assert!(answer.hits[7].passages[0].markdown.len() > 500);
}
