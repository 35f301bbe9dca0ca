//! What docent says itself of an answer: how the question was changed, and what there is instead.

use std::fmt::Write as _;

use crate::mcp::{citation::titles, fence::Fence, line::one_line, sets::valid_sets};
use crate::search::{Answer, PageRef, Relaxation, SetSummary};

/// Names the words that nobody has.
pub(super) fn missing(text: &mut String, answer: &Answer) {
    if !answer.unknown.is_empty() {
        let words = quoted(answer.unknown.iter().map(String::as_str));
        let _ = writeln!(text, "Words that {} has: {words}.", nobody(answer));
        elsewhere(text, answer);
    }
}

/// Which versions have what the pages have not that may answer.
fn elsewhere(text: &mut String, answer: &Answer) {
    if !answer.elsewhere.is_empty() {
        let versions = quoted(answer.elsewhere.iter().map(String::as_str));
        let _ = writeln!(
            text,
            "Other versions have some of that: {versions} (argument `version`)."
        );
    }
}

/// What was looked up instead of what was asked.
pub(super) fn relaxed(text: &mut String, answer: &Answer) {
    let no_page = nobody(answer);
    match &answer.relaxation {
        Relaxation::None | Relaxation::NoGoodMatch => {}
        Relaxation::Dropped(words) => left_out(text, words, no_page),
        Relaxation::Fuzzy { replaced, dropped } => {
            // A word of the documents, but a letter or two from the client's own.
            for (asked, found) in replaced.iter().take(5) {
                let asked = one_line(asked, 60);
                let found = one_line(found, 60);
                let nobody = match answer.is_of_part {
                    true => "No page there",
                    false => "No document",
                };
                let _ = writeln!(
                    text,
                    "{nobody} has \"{asked}\"; \"{found}\" was looked up instead."
                );
            }
            left_out(text, dropped, no_page);
        }
    }
    if !answer.unknown.is_empty() && answer.relaxation != Relaxation::NoGoodMatch {
        elsewhere(text, answer);
    }
}

/// Names the pages that come nearest to what nothing was found for.
pub(super) fn nearest(text: &mut String, pages: &[PageRef], fence: &Fence) {
    if !pages.is_empty() {
        text.push_str("Pages with the nearest titles and headings:\n");
        fence.enclose(text, &titles(pages));
    }
}

fn left_out(text: &mut String, words: &[String], no_page: &str) {
    if !words.is_empty() {
        let words = quoted(words.iter().map(String::as_str));
        let _ = writeln!(text, "Left out, as {no_page} has it: {words}.");
    }
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words
        .take(10)
        .map(|word| format!("\"{}\"", one_line(word, 60)))
        .collect();
    words.join(", ")
}

fn nobody(answer: &Answer) -> &'static str {
    if answer.is_of_part {
        "no page there"
    } else {
        "no document"
    }
}

/// The first of the sets that there are.
pub(super) fn known_sets(sets: &[SetSummary]) -> String {
    const NAMED: usize = 6;
    let first = &sets[..sets.len().min(NAMED)];
    let mut text = valid_sets(first);
    if let Some(more) = sets.len().checked_sub(NAMED).filter(|more| *more > 0) {
        text.truncate(text.trim_end().trim_end_matches('.').len());
        let _ = writeln!(text, " and {more} more.");
    }
    text
}
