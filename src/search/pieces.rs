//! What the pieces of a page score, and how much of what is asked for each has.

use super::holding::{PagesOf, has};
use super::lookup::{Lookup, concepts, is_spoken, ways};
use super::scoring::{Score, frequency as stored};
use super::segment::Segment;
use super::view::View;
use std::{ops::Range, rc::Rc};

/// Pieces that are remembered; what others are worth is found out again where they are shown.
const REMEMBERED: usize = 4_096;

/// What is known of the pieces of pages: most pages that are shown have been looked at before.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// The pages, each with where its pieces stand below.
    pages: Vec<(u32, Range<usize>)>,
    scores: Vec<Score>,
    /// How much of what is asked for each has.
    shares: Vec<Score>,
}

impl Pieces {
    pub(super) fn clear(&mut self) {
        self.pages.clear();
        self.scores.clear();
        self.shares.clear();
    }

    /// What is known of the pieces of a page: found out where it is not.
    pub(super) fn of(&mut self, page: u32, lookups: &[Lookup<'_>], view: &View) -> PieceScores<'_> {
        let known = self.pages.iter().find(|(known, _)| *known == page);
        match known.map(|(_, range)| range.clone()) {
            Some(range) => PieceScores {
                scores: &self.scores[range.clone()],
                shares: &self.shares[range],
            },
            None => self.look_at(page, lookups, view),
        }
    }

    /// Adds up what the terms score for each piece of a page, and how much of them each has.
    pub(super) fn look_at(
        &mut self,
        page: u32,
        lookups: &[Lookup<'_>],
        view: &View,
    ) -> PieceScores<'_> {
        if self.scores.len() > REMEMBERED
            && let Some((_, last)) = self.pages.pop()
        {
            self.scores.truncate(last.start);
            self.shares.truncate(last.start);
        }
        let start = self.scores.len();
        let of = OfPage::of(view, page);
        let count = of.as_ref().map_or(0, |of| of.norms.len());
        self.scores.resize(start + count, 0.0);
        self.shares.resize(start + count, 0.0);
        self.pages.push((page, start..start + count));
        let (scores, shares) = (&mut self.scores[start..], &mut self.shares[start..]);
        if let Some(of) = of {
            of.add_all(lookups, scores, shares);
        }
        PieceScores { scores, shares }
    }
}

/// What is known of each piece of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct PieceScores<'a> {
    pub(super) scores: &'a [Score],
    /// How much of the words asked for each has, with the title and the headings above it: from 0 to 1, by the squares of how
    /// rare they are, since what stands everywhere tells nothing apart.
    pub(super) shares: &'a [Score],
}

pub(super) fn greatest(scores: &[Score]) -> Score {
    scores.iter().copied().fold(0.0, Score::max)
}

fn keep_best(best: &mut [Score], scores: &[Score]) {
    for (best, score) in best.iter_mut().zip(scores) {
        *best = best.max(*score);
    }
}

/// A page whose pieces are looked at.
struct OfPage<'a> {
    segment: &'a Segment,
    /// The position of the segment.
    position: usize,
    /// The page's number in it.
    page: u32,
    /// Of its pieces.
    norms: &'a [u8],
}

impl<'a> OfPage<'a> {
    fn of(view: &'a View, page: u32) -> Option<Self> {
        let (position, page) = view.locate(page);
        let segment = &*view.segments().get(position)?.segment;
        Some(Self {
            segment,
            position,
            page,
            norms: segment.piece_norms_of(page)?,
        })
    }

    /// Adds what terms score for each of its pieces, and how much of them each has.
    fn add_all(&self, lookups: &[Lookup<'_>], scores: &mut [Score], shares: &mut [Score]) {
        let counting = || lookups.iter().filter(|lookup| self.counts(lookup));
        let mut all = 0.0;
        for lookup in counting().filter(|lookup| lookup.way.is_none()) {
            all += self.add(lookup, lookup.widens, scores, shares);
        }
        for concept in concepts(lookups) {
            let own = || counting().filter(|lookup| lookup.is_of(concept));
            let [mut best_scores, mut best_shares] = [(); 2].map(|()| vec![0.0; scores.len()]);
            let mut most: Score = 0.0;
            for way in ways(lookups, concept) {
                let [mut scores, mut shares] = [(); 2].map(|()| vec![0.0; scores.len()]);
                let said = own().filter(|lookup| lookup.is_said(way));
                let weights = said.map(|it| self.add(it, true, &mut scores, &mut shares));
                let weight: Score = weights.sum();
                if weight > 0.0 {
                    shares.iter_mut().for_each(|share| *share /= weight);
                }
                keep_best(&mut best_scores, &scores);
                keep_best(&mut best_shares, &shares);
                most = most.max(weight);
            }
            all += most;
            let widens = own().any(|lookup| lookup.widens);
            for (sum, best) in scores.iter_mut().zip(best_scores) {
                if widens || *sum > 0.0 {
                    *sum += best;
                }
            }
            for (share, best) in shares.iter_mut().zip(best_shares) {
                *share += most * best;
            }
        }
        if all > 0.0 {
            shares.iter_mut().for_each(|share| *share /= all);
        }
    }

    /// Adds what a term scores for each piece, unless it `widens`, where another term has scored; and what it weighs, for each piece
    /// that has it. Returns that.
    fn add(
        &self,
        lookup: &Lookup<'_>,
        widens: bool,
        scores: &mut [Score],
        shares: &mut [Score],
    ) -> Score {
        let scale = &self.segment.scales().pieces;
        let score = lookup.weights.pieces * lookup.weight;
        let weight = lookup.weight * lookup.weights.rarity * lookup.weights.rarity;
        for (piece, frequency) in self.pieces_with(lookup) {
            let piece = piece as usize;
            let (Some(sum), Some(share), Some(norm)) = (
                scores.get_mut(piece),
                shares.get_mut(piece),
                self.norms.get(piece),
            ) else {
                break;
            };
            *share += weight;
            if widens || *sum > 0.0 {
                *sum += score * scale.share(stored(frequency), *norm);
            }
        }
        weight
    }

    /// Whether a term is a word that counts in the page.
    fn counts(&self, lookup: &Lookup<'_>) -> bool {
        let holds = |only: &Rc<PagesOf>| {
            let pages = only.get(self.position);
            pages.is_some_and(|pages| has(pages, self.page))
        };
        let is_spoken = |reduced| is_spoken(reduced, self.segment.languages(), self.page);
        !lookup.is_symbol
            && lookup.only.as_ref().is_none_or(holds)
            && lookup.reduced.is_none_or(is_spoken)
    }

    /// The pieces that have a term, with how often.
    fn pieces_with<'b>(&self, lookup: &Lookup<'b>) -> impl Iterator<Item = (u32, u32)> + use<'b> {
        let lists = lookup.lists.iter();
        let mut lists = lists.filter(|(other, _)| *other == self.position);
        let found = lists.next().and_then(|(_, postings)| {
            let place = postings.pages.place(self.page)?;
            Some(postings.pieces(place))
        });
        found.into_iter().flatten()
    }
}
