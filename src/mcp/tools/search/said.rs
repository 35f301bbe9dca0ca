//! What docent says itself of an answer: how the question was changed, and what there is instead.

use std::fmt::Write as _;

use crate::mcp::{citation::titles, fence::Fence, line::one_line, sets::valid_sets};
use crate::search::{PageRef, Query, Relaxation, SetSummary};

/// Names the words that nobody has.
pub(super) fn missing(text: &mut String, query: &Query, words: &[String]) {
    if !words.is_empty() {
        let words = quoted(words.iter().map(String::as_str));
        let _ = writeln!(text, "Words that {} has: {words}.", nobody(query));
    }
}

/// What was looked up instead of what was asked.
pub(super) fn relaxed(text: &mut String, query: &Query, relaxation: &Relaxation) {
    let no_page = nobody(query);
    match relaxation {
        Relaxation::None | Relaxation::NoGoodMatch => {}
        Relaxation::Dropped(words) => left_out(text, words, no_page),
        Relaxation::Fuzzy { replaced, dropped } => {
            // A word of the documents, but a letter or two from the client's own.
            for (asked, found) in replaced.iter().take(5) {
                let asked = one_line(asked, 60);
                let found = one_line(found, 60);
                let _ = writeln!(
                    text,
                    "No document has \"{asked}\"; \"{found}\" was looked up instead."
                );
            }
            left_out(text, dropped, no_page);
        }
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

fn nobody(query: &Query) -> &'static str {
    let is_part = query.set.is_some() || query.under.is_some();
    if is_part {
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
