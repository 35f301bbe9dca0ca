//! A word that stands in no document -> the word most likely meant.

use super::terms::{Terms, WeightedTerm};
use strsim::osa_distance;
use tantivy::{Searcher, schema::Field};

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

/// Replaces unknown words of a query by known ones that begin with the same letter and differ
/// by a slip or two. Returns what was replaced by what.
pub(super) fn respell(
    terms: &mut Terms,
    searcher: &Searcher,
    body: Field,
) -> tantivy::Result<Vec<(String, String)>> {
    let mut respelled = Vec::new();
    let unknown = std::mem::take(&mut terms.unknown);
    for (i, word) in unknown.into_iter().enumerate() {
        let found = if i < MAX_WORDS {
            nearest(&word.to_lowercase(), searcher, body)?
        } else {
            None
        };
        match found {
            Some(term) => {
                terms.words.push(WeightedTerm {
                    text: term.clone(),
                    weight: WEIGHT,
                });
                respelled.push((word, term));
            }
            None => terms.unknown.push(word),
        }
    }
    Ok(respelled)
}

/// The nearest term of the index; of several, the one that most documents have.
fn nearest(word: &str, searcher: &Searcher, body: Field) -> tantivy::Result<Option<String>> {
    let length = word.chars().count();
    let Some(first) = word.chars().next() else {
        return Ok(None);
    };
    if !(SHORTEST..=LONGEST).contains(&length) || !first.is_alphabetic() {
        return Ok(None);
    }
    let slips = if length < LONG { 1 } else { 2 };
    let begin = first.to_string();
    let mut best: Option<(usize, std::cmp::Reverse<u32>, String)> = None;
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(body)?;
        let mut stream = index.terms().range().ge(&begin).into_stream()?;
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
            let distance = osa_distance(word, term);
            if distance == 0 || distance > slips {
                continue;
            }
            let candidate = (distance, std::cmp::Reverse(info.doc_freq), term.to_owned());
            if best.as_ref().is_none_or(|best| candidate < *best) {
                best = Some(candidate);
            }
        }
    }
    Ok(best.map(|(_, _, term)| term))
}
