//! Pages are cut into sections and pieces without a loss: on arbitrary Markdown.

use super::folder::Folder;
use docent::corpus::{Document, Format, Found, PrivatePaths, Site, Within, list, read};
use proptest::prelude::*;

fn document(markdown: &str) -> Option<Document> {
    let folder = Folder::new();
    folder.write("page.md", markdown);
    let set = folder.set();
    let mut files = Vec::new();
    let mut note = |found| match found {
        Found::File(file) => files.push(file),
        Found::Skipped(_) => {}
    };
    list(
        &set,
        &PrivatePaths::default(),
        Within::Everything,
        &mut note,
    )
    .expect("a listing");
    let parsed = read(&set, &Site::of(&set, &PrivatePaths::default()), &files[0]);
    parsed.documents.ok()?.into_iter().next()
}

fn block() -> impl Strategy<Value = String> {
    let word = "[a-z]{1,8}";
    let sentence = prop::collection::vec(word, 1..60).prop_map(|words| words.join(" ") + ".");
    let heading =
        (1usize..5, "[a-z]{1,8}").prop_map(|(level, text)| format!("{} {text}", "#".repeat(level)));
    let fence = prop::collection::vec("[a-z =]{0,20}", 0..80)
        // With text in it: an empty block alone before a heading makes no section.
        .prop_map(|lines| format!("```text\ncode\n{}\n```", lines.join("\n")));
    let table = prop::collection::vec("[a-z]{1,8}", 1..60).prop_map(|cells| {
        format!(
            "| a |\n|---|\n{}",
            cells
                .iter()
                .map(|c| format!("| {c} |"))
                .collect::<Vec<_>>()
                .join("\n")
        )
    });
    let items = prop::collection::vec("[a-z]{1,8}( [a-z]{1,8}){0,30}", 1..20).prop_map(|items| {
        items
            .iter()
            .map(|item| format!("- {item}"))
            .collect::<Vec<_>>()
            .join("\n")
    });
    let paragraph =
        prop::collection::vec(sentence, 1..12).prop_map(|sentences| sentences.join(" "));
    prop_oneof![paragraph, heading, fence, table, items]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_is_lost_and_no_fence_is_cut(blocks in prop::collection::vec(block(), 1..20)) {
        let markdown = blocks.join("\n\n");
        let Some(document) = document(&markdown) else {
            return Ok(());
        };
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
        };
        let joined: String = document.sections.iter().map(|s| s.markdown.clone() + "\n").collect();
        prop_assert_eq!(words(&joined), words(&markdown));

        for (number, section) in document.sections.iter().enumerate() {
            let pieces: Vec<_> = document.pieces.iter().filter(|p| p.section == number).collect();
            prop_assert!(!pieces.is_empty());
            prop_assert_eq!(pieces[0].range.start, 0);
            prop_assert_eq!(pieces[pieces.len() - 1].range.end, section.markdown.len());
            for pair in pieces.windows(2) {
                prop_assert_eq!(pair[0].range.end, pair[1].range.start);
            }
            for piece in pieces {
                let text = &section.markdown[piece.range.clone()];
                let fences = text.lines().filter(|line| line.starts_with("```")).count();
                if piece.head.is_none() {
                    prop_assert_eq!(fences % 2, 0, "a fence is cut in {:?}", text);
                }
                let half_row = text.lines().any(|line| line.starts_with('|') && !line.ends_with('|'));
                prop_assert!(!half_row, "a row is cut in {:?}", text);
            }
        }
    }

    #[test]
    fn any_text_is_read_without_a_fault(text in "\\PC{0,400}") {
        for (name, format) in [("a.md", Format::Markdown), ("a.html", Format::Html)] {
            let source = docent::corpus::Source { path: name, text: &text, include: &|_| None,
            site: &Site::default(),
        };
            let _ = format.pages(&source);
        }
    }
}

/// What is kept of a page's links is bounded by its text, however many there are.
#[test]
fn a_page_that_is_nothing_but_links_keeps_few_of_them() {
    let markdown: String = (0..60_000).map(|i| format!("[a](p{i}) ")).collect();
    let document = document(&markdown).expect("a document");
    let kept: usize = document
        .links
        .iter()
        .map(|link| link.destination.len() + link.sentence.len())
        .sum();
    assert!(document.cut);
    assert!(kept <= 4 * markdown.len(), "{kept} bytes");
    assert!(document.links.len() < 20_000, "{}", document.links.len());
    assert_eq!(document.sections[0].markdown, markdown.trim_end());
}

#[test]
fn a_link_is_kept_once_and_with_its_sentence_only_where_that_says_more() {
    let markdown = "[a](b.md) [a](b.md#x)\n\n- [a](b.md)\n- [a](b.md)\n\nSee [a](b.md) first.\n";
    let document = document(markdown).expect("a document");
    let links: Vec<_> = document
        .links
        .iter()
        .map(|link| (link.destination.as_str(), link.sentence.as_str()))
        .collect();
    assert_eq!(
        links,
        [("b.md", "a a"), ("b.md", ""), ("b.md", "See a first.")]
    );
    assert!(!document.cut);
}

#[test]
fn a_page_that_is_nothing_but_headings_has_a_bounded_number_of_sections() {
    let markdown: String = (0..12_000).map(|i| format!("## h{i}\n\nx\n\n")).collect();
    let document = document(&markdown).expect("a document");
    assert!(document.cut);
    assert!(
        document.sections.len() <= 10_001,
        "{}",
        document.sections.len()
    );
    let last = document.sections.last().expect("a section");
    assert!(last.markdown.contains("## h11999"), "no text is lost");
}

/// A heading stands in each piece below it.
#[test]
fn a_long_heading_is_repeated_by_its_beginning() {
    let long = "word ".repeat(20_000);
    let markdown = format!("# {long}\n\n## {long}\n\n### c\n\nx\n");
    let document = document(&markdown).expect("a document");
    assert!(document.title.chars().count() <= 301);
    for section in &document.sections {
        assert!(
            section
                .headings
                .iter()
                .all(|heading| heading.chars().count() <= 301)
        );
        assert!(
            section
                .anchor
                .as_ref()
                .is_none_or(|anchor| anchor.len() < 2_000)
        );
    }
    assert!(document.sections[0].markdown.len() > 90_000);
}
