//! A word that stands in no document -> the word most likely meant.

use super::names::is_code;
use super::scope::Scope;
use super::terms::Terms;
use super::view::Term;
use std::{borrow::Cow, cmp::Reverse};
use strsim::osa_distance;

/// Shorter words are too near to too many others.
const SHORTEST: usize = 4;
/// From this length on, two slips are forgiven.
const LONG: usize = 8;
/// A longer "word" is not looked at: comparing takes the square of its length.
const LONGEST: usize = 40;
/// How many words of a query are respelled.
const MAX_WORDS: usize = 4;
/// A respelled word counts for less than one that was found.
const WEIGHT: f32 = 0.7;
/// English endings that a stemmer takes off, and with a slip in them leaves on.
const ENDINGS: &[&str] = &["ation", "tion", "ment", "able", "ing"];

/// Replaces unknown words of a query by known ones that begin with the same letter and differ
/// by a slip or two. Returns what was replaced by what, as words that people write.
///
/// `stem` makes a term of a word.
pub(super) fn respell(
    terms: &mut Terms,
    scope: Scope<'_>,
    stem: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    let mut respelled = Vec::new();
    let speller = Speller { scope, stem };
    let unknown = std::mem::take(&mut terms.unknown);
    for (i, word) in unknown.into_iter().enumerate() {
        // A name is what it is: another one that is like it is another thing.
        let found = if i < MAX_WORDS && !is_code(&word) {
            speller.correct(&word.to_lowercase())
        } else {
            None
        };
        match found {
            Some((term, shown)) => {
                terms.add(term, WEIGHT);
                respelled.push((word, shown));
            }
            None => terms.unknown.push(word),
        }
    }
    respelled
}

struct Speller<'a, F> {
    scope: Scope<'a>,
    stem: F,
}

impl<F: Fn(&str) -> String> Speller<'_, F> {
    /// The term to look up, and the word to show for it.
    fn correct(&self, word: &str) -> Option<(Term, String)> {
        let length = word.chars().count();
        // A digit is rarely a slip: `http2` and `http3` are two things.
        let is_word = word.starts_with(char::is_alphabetic) && !word.contains(char::is_numeric);
        if !(SHORTEST..=LONGEST).contains(&length) || !is_word {
            return None;
        }
        let stem = (self.stem)(word);
        if self.scope.view.find(&stem).is_some() {
            // It is no slip: it stands in pages that may not answer.
            return None;
        }
        if let Some(found) = self.with_another_ending(word) {
            return Some(found);
        }
        let slips = if length < LONG { 1 } else { 2 };
        let found = self.nearest(&stem, slips)?;
        Some((self.scope.find(&found)?, self.shown(word, &stem, &found)))
    }

    /// `configuraton` -> `configuration`, of which the index has only `configur`.
    fn with_another_ending(&self, word: &str) -> Option<(Term, String)> {
        for ending in ENDINGS {
            for cut in ending.len() - 1..=ending.len() + 1 {
                let Some((begin, tail)) = word
                    .len()
                    .checked_sub(cut)
                    .and_then(|at| word.split_at_checked(at))
                else {
                    continue;
                };
                if osa_distance(tail, ending) != 1 {
                    continue;
                }
                let whole = format!("{begin}{ending}");
                if let Some(term) = self.scope.find(&(self.stem)(&whole)) {
                    return Some((term, whole));
                }
            }
        }
        None
    }

    /// The nearest term of the index; of several, the one that most documents have.
    fn nearest(&self, word: &str, slips: usize) -> Option<String> {
        let first = word.chars().next()?;
        let first = first.to_string();
        let own_letters = letters(word);
        // A slip changes two letters at the most: one that goes and one that comes. So does an ending that is written in another way.
        let endings = if word.ends_with('y') { 2 } else { 0 };
        let mut best: Option<(usize, Reverse<u32>, &str)> = None;
        for live in self.scope.view.segments() {
            for (number, term) in live.segment.terms_from(&first) {
                if !term.starts_with(first.as_bytes()) {
                    break;
                }
                // Letters have four bytes at the most, and those of ASCII one.
                let longest = if term.is_ascii() && word.is_ascii() {
                    1
                } else {
                    4
                };
                if term.len().abs_diff(word.len()) > slips * longest {
                    continue;
                }
                let Ok(term) = std::str::from_utf8(term) else {
                    continue;
                };
                let differ = (letters(term) ^ own_letters).count_ones() as usize;
                if differ > 2 * slips + endings || !term.chars().all(char::is_alphabetic) {
                    continue;
                }
                let distance = osa_distance(word, &written(term, word));
                if distance == 0 || distance > slips || self.scope.find(term).is_none() {
                    continue;
                }
                let postings = live.segment.postings(number);
                let documents = postings.map_or(0, |postings| postings.documents);
                let candidate = (distance, Reverse(documents), term);
                if best.is_none_or(|best| candidate < best) {
                    best = Some(candidate);
                }
            }
        }
        best.map(|(_, _, term)| term.to_owned())
    }

    /// `databs` is shown as `database`, where the word that was asked for ends in an `e` too.
    fn shown(&self, asked: &str, stem: &str, term: &str) -> String {
        let tail = asked.strip_prefix(stem).unwrap_or_default();
        let whole = written(term, asked).into_owned() + tail;
        if (self.stem)(&whole) == term {
            whole
        } else {
            term.to_owned()
        }
    }
}

/// English stems end in `i` where the words end in `y`: `memori`.
fn written<'a>(term: &'a str, asked: &str) -> Cow<'a, str> {
    match term.strip_suffix('i') {
        Some(begin) if asked.ends_with('y') => format!("{begin}y").into(),
        _ => term.into(),
    }
}

/// Which letters a word has: those that share a place are taken for one.
pub(super) fn letters(word: &str) -> u64 {
    let place = |c: char| u32::from(c) % 61;
    word.chars().fold(0, |letters, c| letters | 1 << place(c))
}
