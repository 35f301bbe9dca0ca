//! The sentence around a link: what one page says of another, evidence that a search weighs.

use super::document::Link;
use std::ops::Range;

/// How far a sentence is followed to each side of its link, in characters.
const REACH: usize = 150;

/// A link inside a block of text.
pub(super) struct LinkSpan {
    pub(super) destination: String,
    /// Where the link's words stand in the block, in bytes.
    pub(super) text: Range<usize>,
}

/// Finds the sentence around each link of a block.
pub(super) fn sentences(block: &str, links: impl Iterator<Item = LinkSpan>, out: &mut Vec<Link>) {
    for link in links {
        let destination = link.destination.split('#').next().unwrap_or_default();
        if destination.is_empty() {
            continue;
        }
        let before = tail(&block[..link.text.start]);
        let after = head(&block[link.text.end..]);
        let text = &block[link.text.clone()];
        out.push(Link {
            destination: destination.to_owned(),
            sentence: format!("{before}{text}{after}").trim().to_owned(),
            text: text.trim().to_owned(),
        });
    }
}

/// The end of the text before a link: from where its sentence begins.
fn tail(text: &str) -> &str {
    let reach = text
        .char_indices()
        .rev()
        .nth(REACH - 1)
        .map_or(0, |(i, _)| i);
    let near = &text[reach..];
    let begin = near
        .rmatch_indices(['.', '!', '?', ';', '\n'])
        .find(|(i, _)| ends_sentence(near, *i))
        .map_or(0, |(i, _)| i + 1);
    &near[begin..]
}

/// The start of the text after a link: to where its sentence ends.
fn head(text: &str) -> &str {
    let reach = text
        .char_indices()
        .nth(REACH)
        .map_or(text.len(), |(i, _)| i);
    let near = &text[..reach];
    let end = near
        .match_indices(['.', '!', '?', ';', '\n'])
        .find(|(i, _)| ends_sentence(near, *i))
        .map_or(near.len(), |(i, _)| i + 1);
    &near[..end]
}

/// A stop ends a sentence only before white space or at the end: `pg_stat.rows` has none.
fn ends_sentence(text: &str, stop: usize) -> bool {
    text[stop + 1..]
        .chars()
        .next()
        .is_none_or(char::is_whitespace)
}
