//! Of long code and long tables, a search shows the part that matches.

use super::folder::Folder;
use docent::search::{Passage, Query, Snapshot};

fn passage(folder: &Folder, query: &str) -> Passage {
    let (snapshot, _) = folder.update();
    let mut answer = snapshot.search(&Query::new(query)).expect("an answer");
    answer.hits.swap_remove(0).passages.swap_remove(0)
}

fn read(snapshot: &Snapshot, id: &str) -> String {
    let page = snapshot.page(id).expect("an answer").expect("a page");
    page.sections
        .iter()
        .map(|section| section.markdown.as_str())
        .collect()
}

#[test]
fn the_line_that_matches_is_in_the_passage() {
    let folder = Folder::new();
    let values: String = (0..200)
        .map(|n| format!("setting_{n}: {n}  # what number {n} is set to\n"))
        .collect();
    let text = format!(
        "# Values\n\nAll of them:\n\n```yaml\n{values}quiet_hours: \"22:00\"  # when nothing is sent\n```\n\nThat is all.\n"
    );
    folder.write("values.md", &text);
    let found = passage(&folder, "quiet_hours");
    assert!(
        found.markdown.contains("quiet_hours: \"22:00\""),
        "{}",
        found.markdown
    );
    assert!(
        found.markdown.starts_with("```yaml\nsetting_"),
        "{}",
        found.markdown
    );
    assert!(
        found.markdown.ends_with("```\n\nThat is all."),
        "{}",
        found.markdown
    );
    assert!(found.markdown.len() < 4_000 && found.partial);
    let middle = passage(&folder, "setting_100");
    assert!(
        middle.markdown.contains("setting_100:"),
        "{}",
        middle.markdown
    );
    assert!(
        middle.markdown.starts_with("```yaml\n") && middle.markdown.ends_with("\n```"),
        "{}",
        middle.markdown
    );
    // The page as a whole has one fence.
    let (snapshot, _) = folder.update();
    assert_eq!(read(&snapshot, "docs/values.md").matches("```").count(), 2);
}

#[test]
fn also_in_a_step_of_a_list() {
    let folder = Folder::new();
    let lines: String = (0..200)
        .map(|n| format!("   key_{n} = {n} and some more words\n"))
        .collect();
    folder.write("step.md", format!("# Step\n\n1. Write this:\n\n   ~~~ini\n{lines}   last_key = yes\n   ~~~\n\n2. Save it.\n"));
    let found = passage(&folder, "last_key");
    assert!(
        found.markdown.starts_with("~~~ini\nkey_"),
        "{}",
        found.markdown
    );
    assert!(
        found.markdown.contains("\nlast_key = yes\n~~~"),
        "{}",
        found.markdown
    );
    let first = passage(&folder, "write this");
    assert!(
        first.markdown.trim_end().ends_with("~~~"),
        "{}",
        first.markdown
    );
}

#[test]
fn functions_are_shown_whole() {
    let folder = Folder::new();
    let function = |n: usize| {
        format!(
            "/// Does what number {n} says.\nfn thing_{n}(value: u32) -> u32 {{\n{}    value\n}}\n\n",
            "    let value = value + 1; // and so on\n".repeat(8)
        )
    };
    let code: String = (0..30).map(function).collect();
    folder.write("lib.md", format!("# Library\n\n```rust\n{code}```\n"));
    let found = passage(&folder, "thing_17");
    assert!(
        found.markdown.contains(function(17).trim_end()),
        "{}",
        found.markdown
    );
}

#[test]
fn rows_of_a_long_table_have_its_head() {
    let folder = Folder::new();
    let rows: String = (0..150)
        .map(|n| format!("| `name_{n}` | what the name number {n} means |\n"))
        .collect();
    folder.write(
        "names.md",
        format!("# Names\n\n| Name | Meaning |\n|---|---|\n{rows}| `zebra` | stripes |\n"),
    );
    let found = passage(&folder, "zebra");
    assert_eq!(
        found.markdown,
        "| Name | Meaning |\n|---|---|\n| `zebra` | stripes |"
    );
}
