//! What is shown of a page that answers.

use super::answer::Passage;
use super::scoring::Score;
use super::segment::damaged;
use super::view::View;
use std::io;

/// Passages that an answer shows of one page.
const MAX_PASSAGES: usize = 2;
/// A second passage is shown only where it answers nearly as well as the first.
const SECOND_PASSAGE: f32 = 0.6;

/// The passages of a page that answer, best first, by what each of its pieces scores.
pub(super) fn passages(view: &View, page: u32, scores: &[Score]) -> io::Result<Vec<Passage>> {
    let (position, page) = view.locate(page);
    let segment = view.segments().get(position).map(|live| &live.segment);
    let pieces = best_pieces(scores);
    let best = pieces.first().map_or(0.0, |(score, _)| *score);
    let mut shown: Vec<Passage> = Vec::with_capacity(MAX_PASSAGES);
    for (score, piece) in pieces {
        let worth_showing = shown.is_empty() || (best > 0.0 && score >= SECOND_PASSAGE * best);
        if shown.len() == MAX_PASSAGES || !worth_showing {
            break;
        }
        let passage = segment.and_then(|segment| segment.passage(page, piece));
        let passage = passage.ok_or_else(|| damaged("a passage"))?;
        if shown.iter().all(|other| other.section != passage.section) {
            shown.push(passage);
        }
    }
    Ok(shown)
}

/// The pieces of a page that score best, with their scores, best first. Of equal ones the
/// earlier goes first: a page without a matching piece shows its beginning.
fn best_pieces(scores: &[Score]) -> Vec<(Score, u32)> {
    const LOOKED_AT: usize = 2 * MAX_PASSAGES;
    let mut best: Vec<(Score, u32)> = Vec::with_capacity(LOOKED_AT + 1);
    for (piece, score) in (0u32..).zip(scores) {
        if best.len() < LOOKED_AT || best.last().is_some_and(|(last, _)| score > last) {
            let place = best.partition_point(|(other, _)| other >= score);
            best.insert(place, (*score, piece));
            best.truncate(LOOKED_AT);
        }
    }
    best
}
