//! A word that stands in no document -> the word most likely meant.

use super::scoring::Vocabulary;
use super::terms::{Terms, WeightedTerm};
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
    vocabulary: Vocabulary<'_>,
    stem: impl FnMut(&str) -> String,
) -> tantivy::Result<Vec<(String, String)>> {
    let mut respelled = Vec::new();
    let mut speller = Speller { vocabulary, stem };
    let unknown = std::mem::take(&mut terms.unknown);
    for (i, word) in unknown.into_iter().enumerate() {
        let found = if i < MAX_WORDS {
            speller.correct(&word.to_lowercase())?
        } else {
            None
        };
        match found {
            Some((term, shown)) => {
                if !terms.words.iter().any(|known| known.text == term) {
                    terms.words.push(WeightedTerm {
                        text: term,
                        weight: WEIGHT,
                    });
                }
                respelled.push((word, shown));
            }
            None => terms.unknown.push(word),
        }
    }
    Ok(respelled)
}

struct Speller<'a, F> {
    vocabulary: Vocabulary<'a>,
    stem: F,
}

impl<F: FnMut(&str) -> String> Speller<'_, F> {
    /// The term to look up, and the word to show for it.
    fn correct(&mut self, word: &str) -> tantivy::Result<Option<(String, String)>> {
        let length = word.chars().count();
        // A digit is rarely a slip: `http2` and `http3` are two things.
        let is_word = word.starts_with(char::is_alphabetic) && !word.contains(char::is_numeric);
        if !(SHORTEST..=LONGEST).contains(&length) || !is_word {
            return Ok(None);
        }
        if let Some(found) = self.with_another_ending(word)? {
            return Ok(Some(found));
        }
        let stem = (self.stem)(word);
        let slips = if length < LONG { 1 } else { 2 };
        let found = self.nearest(&stem, slips)?;
        Ok(found.map(|term| {
            let shown = self.shown(word, &stem, &term);
            (term, shown)
        }))
    }

    /// `configuraton` -> `configuration`, of which the index has only `configur`.
    fn with_another_ending(&mut self, word: &str) -> tantivy::Result<Option<(String, String)>> {
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
                let term = (self.stem)(&whole);
                if self.vocabulary.has(&term)? {
                    return Ok(Some((term, whole)));
                }
            }
        }
        Ok(None)
    }

    /// The nearest term of the index; of several, the one that most documents have.
    fn nearest(&self, word: &str, slips: usize) -> tantivy::Result<Option<String>> {
        let Some(first) = word.chars().next() else {
            return Ok(None);
        };
        let begin = first.to_string();
        let mut best: Option<(usize, Reverse<u32>, String)> = None;
        for dictionary in self.vocabulary.dictionaries() {
            let mut stream = dictionary.range().ge(&begin).into_stream()?;
            while let Some((bytes, info)) = stream.next() {
                let Ok(term) = std::str::from_utf8(bytes) else {
                    continue;
                };
                if !term.starts_with(first) {
                    break;
                }
                if term.len().abs_diff(word.len()) > slips * 4 {
                    continue;
                }
                let distance = osa_distance(word, &written(term, word));
                if distance == 0 || distance > slips || term.contains(char::is_numeric) {
                    continue;
                }
                let candidate = (distance, Reverse(info.doc_freq), term.to_owned());
                if best.as_ref().is_none_or(|best| candidate < *best) {
                    best = Some(candidate);
                }
            }
        }
        Ok(best.map(|(_, _, term)| term))
    }

    /// `databs` is shown as `database`, where the word that was asked for ends in an `e` too.
    fn shown(&mut self, asked: &str, stem: &str, term: &str) -> String {
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
