//! The sentence around a link: what one page says of another, evidence that a search weighs.

use super::document::Link;
use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
};

/// How far a sentence is followed to each side of its link, in characters.
const REACH: usize = 150;

/// A link inside a block of text.
pub(super) struct LinkSpan {
    pub(super) destination: String,
    /// Where the link's words stand in the block, in bytes.
    pub(super) text: Range<usize>,
}

/// After so many, the links of a block are taken in before it ends: a page may be one block.
pub(super) const LINKS_AT_ONCE: usize = 1_000;
/// What is kept of a page's links, for each byte of its text and in all, in bytes. Few pages have
/// more links than text; one that is made of nothing else would cost a hundred times its size.
const ROOM_A_BYTE: usize = 4;
const LEAST_ROOM: usize = 16 << 10;
const MOST_ROOM: usize = 4 << 20;
/// What a link costs beside its texts.
const FIXED_COST: usize = 64;
/// Longer ones lead nowhere; in bytes.
const MAX_DESTINATION: usize = 2_000;

/// Takes in the links of a page: each once, and no more than is worth it.
pub(super) struct Links {
    room: usize,
    seen: HashSet<u64>,
}

impl Links {
    /// For a page whose text has so many bytes.
    pub(super) fn of_page(length: usize) -> Self {
        let room = length.saturating_mul(ROOM_A_BYTE);
        Self {
            room: room.clamp(LEAST_ROOM, MOST_ROOM),
            seen: HashSet::new(),
        }
    }

    /// Takes in a link of a block with the sentence around it. `false`: there is no room for it.
    pub(super) fn add(&mut self, block: &str, link: &LinkSpan, out: &mut Vec<Link>) -> bool {
        let destination = link.destination.split('#').next().unwrap_or_default();
        if destination.is_empty() || destination.len() > MAX_DESTINATION {
            return true;
        }
        if self.room == 0 {
            return false;
        }
        let sentence = sentence(block, &link.text).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        (destination, &sentence).hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            return true;
        }
        let cost = destination.len() + sentence.len() + FIXED_COST;
        self.room = self.room.saturating_sub(cost);
        out.push(Link {
            destination: destination.to_owned(),
            sentence,
        });
        true
    }
}

/// The sentence around the words of a link, where it says more than they do.
fn sentence(block: &str, link: &Range<usize>) -> Option<String> {
    let before = tail(&block[..link.start]);
    let after = head(&block[link.end..]);
    if before.trim().is_empty() && after.trim().is_empty() {
        return None;
    }
    let words = head_of_words(&block[link.clone()]);
    let sentence = format!("{before}{words}{after}").trim().to_owned();
    let adds_words = sentence.split_whitespace().count() > words.split_whitespace().count();
    adds_words.then_some(sentence)
}

/// A link's own words, as many as a sentence has.
fn head_of_words(words: &str) -> &str {
    let end = words.char_indices().nth(2 * REACH);
    &words[..end.map_or(words.len(), |(end, _)| end)]
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
