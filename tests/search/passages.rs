//! What is shown of a page: the blocks that answer, with what they need to be understood.

use super::folder::Folder;
use docent::search::{Hit, Passage, Query};

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
    for hit in &answer.hits[4..] {
        let text = &hit.passages[0].markdown;
        assert!(text.len() <= 410 && hit.passages.len() == 1, "{text}");
    }
    // Who asks for it gets pieces as they are.
    let long = Query {
        long: true,
        ..Query::new("marmot sleeps")
    };
    let answer = snapshot.search(&long).expect("an answer");
    assert!(answer.hits[7].passages[0].markdown.len() > 500);
}

/// The headings of what is shown of the first page.
fn headings(folder: &Folder, query: &str) -> Vec<String> {
    let (snapshot, _) = folder.update();
    let answer = snapshot.search(&Query::new(query)).expect("an answer");
    let passages = &answer.hits.first().expect("a hit").passages;
    let heading = |passage: &Passage| passage.headings.last().cloned().unwrap_or_default();
    passages.iter().map(heading).collect()
}

#[test]
fn a_page_of_reference_is_shown_with_its_purpose_and_how_it_is_used() {
    let folder = Folder::new();
    let notes: String = (0..4)
        .map(|n| {
            format!(
                "## Notes {n}\n\nA striped marmot is striped by its stripes.\n\n{}",
                filler(5)
            )
        })
        .collect();
    folder.write(
        "create.md",
        format!(
            "# CREATE MARMOT\n\nCREATE MARMOT - define a new one\n\n## Synopsis\n\n```\nCREATE name [ COLOR color ]\n```\n\n{notes}"
        ),
    );
    folder.write(
        "other.md",
        "# Other\n\nStripes of zebras, and nothing else.\n",
    );
    let shown = headings(&folder, "creating striped marmots with stripes");
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(shown.contains(&"Synopsis".to_owned()), "{shown:?}");
    assert!(shown.contains(&String::new()), "{shown:?}");
}

#[test]
fn what_to_have_before_and_to_read_next_is_not_what_is_asked_for() {
    let folder = Folder::new();
    folder.write(
        "install.md",
        format!(
            "# Install the marmot\n\nThe marmot is installed by hand.\n\n## Before you begin\n\nTo install the marmot you need a marmot, a burrow and a marmot permit.\n\n\
             ## Dig\n\nInstall the marmot in its burrow. {}\n## What's next\n\nLearn how to feed the marmot that you install.\n",
            filler(3)
        ),
    );
    folder.write("other.md", "# Other\n\nAnother page.\n");
    let shown = headings(&folder, "install marmot");
    assert_eq!(shown[..2], ["", "Dig"], "{shown:?}");
    let shown = headings(&folder, "before you begin to install the marmot");
    assert!(shown.contains(&"Before you begin".to_owned()), "{shown:?}");
}

#[test]
fn a_section_that_is_asked_for_is_shown_from_its_beginning() {
    let folder = Folder::new();
    let section = format!(
        "The wake order says who wakes first in spring.\n\n{}\n\nWhoever changes the wake order has to change the wake order of all, since wake order is shared.\n\n{}",
        filler(40),
        filler(10)
    );
    folder.write(
        "marmots.md",
        format!("# Marmots\n\n{}## Wake order\n\n{section}", filler(4)),
    );
    folder.write("other.md", "# Other\n\nAnother page that wakes nobody.\n");
    let passages = first(&folder, "marmot wake order").passages;
    let says = |it: &Passage| it.markdown.contains("says who wakes first in spring");
    assert!(passages.iter().any(says), "{passages:?}");
}

#[test]
fn a_sentence_that_announces_a_section_is_shown_with_what_it_announces() {
    let folder = Folder::new();
    folder.write(
        "guard.md",
        "# Marmots\n\nAnimals.\n\n## Guarding burrows\n\nThis section describes some ways of guarding burrows.\n\n\
         ### Whistles\n\nA marmot that stands guard whistles once for an eagle.\n",
    );
    folder.write("other.md", "# Other\n\nAnother page.\n");
    let text = shown(&folder, "guarding burrows");
    assert!(text.contains("whistles once"), "{text}");
}

#[test]
fn two_words_that_are_written_as_one_are_found() {
    let folder = Folder::new();
    folder.write(
        "burrow.md",
        format!(
            "# Burrows\n\n{}\nA shorthand of the burrow says it in a word.\n\n{}",
            filler(12),
            filler(12)
        ),
    );
    folder.write(
        "other.md",
        "# Clocks\n\nA clock has a short hand and a long hand.\n",
    );
    for query in ["short-hand of burrows", "short hand burrow"] {
        let (snapshot, _) = folder.update();
        let hits = snapshot.search(&Query::new(query)).expect("an answer").hits;
        let burrow = hits.iter().find(|hit| hit.page.path == "burrow.md");
        let passages = &burrow.expect("the page is found").passages;
        let says = |it: &Passage| it.markdown.contains("A shorthand of the burrow");
        assert!(passages.iter().any(says), "{query}: {passages:?}");
    }
}
