//! Terms -> pages, best first.
//!
//! A page's score is the BM25 of its title and its text, of its best piece, half that of the
//! sentences in which other pages link to it, and twice the logarithm of how many do. See
//! `docs/search.md` for what each of them is worth.

use super::passages::Passages;
use super::postings::{Entry, Postings, Scored};
use super::terms::Terms;
use std::{cmp::Ordering, ops::Range};
use tantivy::Score;

const INBOUND_WEIGHT: Score = 2.0;
/// A word whose inverse document frequency is less than this share of the rarest word's only
/// adds to what rarer words have found, once they have found [`ENOUGH_PAGES`].
const COMMON: Score = 0.3;
const ENOUGH_PAGES: usize = 200;

/// What a ranking looks at.
pub(super) struct Evidence {
    pub(super) postings: Postings,
    pub(super) passages: Passages,
    /// What each page's inbound links add to its score.
    pub(super) inbound: Vec<Score>,
}

/// A page of the ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RankedPage {
    pub(super) page: u32,
    pub(super) score: Score,
    /// Its title is the query.
    pub(super) exact: bool,
}

/// The arrays that one search adds its scores up in; kept for the next one.
#[derive(Default)]
pub(super) struct Scores {
    /// For each page and each piece, numbered as their passages are; zero where it has no term.
    pages: Vec<Score>,
    pieces: Vec<Score>,
    /// The pages that have a term.
    found: Vec<u32>,
}

/// What inbound links of this many pages add to a score.
pub(super) fn inbound_score(pages: u32) -> Score {
    INBOUND_WEIGHT * (1.0 + pages as Score).ln()
}

impl Scores {
    /// What each of these pieces scores.
    pub(super) fn of_pieces(&self, pieces: Range<u32>) -> &[Score] {
        let pieces = pieces.start as usize..pieces.end as usize;
        self.pieces.get(pieces).unwrap_or_default()
    }

    /// Ranks the pages that `admit` lets through: the first `count` of them, and whether there
    /// are more.
    pub(super) fn rank(
        &mut self,
        terms: &Terms,
        evidence: &Evidence,
        exact: &[u32],
        count: usize,
        admit: impl Fn(u32) -> bool,
    ) -> (Vec<RankedPage>, bool) {
        self.reset(evidence);
        self.add(terms, &evidence.postings, count);
        let mut best = Best::new(count);
        for page in &self.found {
            let pieces = self.of_pieces(evidence.passages.of_page(*page));
            let place = *page as usize;
            let score = self.pages[place]
                + pieces.iter().copied().fold(0.0, Score::max)
                + evidence.inbound[place];
            let exact = exact.contains(page);
            if (score >= best.threshold || exact) && admit(*page) {
                best.push(RankedPage {
                    page: *page,
                    score,
                    exact,
                });
            }
        }
        best.into_ranking()
    }

    fn reset(&mut self, evidence: &Evidence) {
        for page in self.found.drain(..) {
            self.pages[page as usize] = 0.0;
            let pieces = evidence.passages.of_page(page);
            self.pieces[pieces.start as usize..pieces.end as usize].fill(0.0);
        }
        self.pages.resize(evidence.inbound.len(), 0.0);
        self.pieces.resize(evidence.passages.len() as usize, 0.0);
    }

    fn add(&mut self, terms: &Terms, postings: &Postings, count: usize) {
        let enough = ENOUGH_PAGES.max(count.saturating_mul(2));
        let words = rarest_first(terms, postings);
        let common = words
            .first()
            .map_or(0.0, |(rarest, _)| COMMON * rarest.rarity);
        for (word, weight) in words {
            // What only a common word has in common with the query is no answer, where a rarer
            // word has found plenty.
            let widen = word.rarity >= common || self.found.len() < enough;
            self.add_term(postings, &word, weight, widen);
        }
        for symbol in &terms.symbols {
            if let Some(symbol) = postings.entry(*symbol) {
                self.add_term(postings, &symbol, 1.0, true);
            }
        }
    }

    /// Adds the scores of a term; to pages and pieces that have none yet only where the search
    /// is to `widen`.
    fn add_term(&mut self, postings: &Postings, term: &Entry, weight: Score, widen: bool) {
        let Some((pages, pieces)) = postings.of(term) else {
            return;
        };
        let weight = weight * postings.unit();
        if widen {
            for (page, score) in pages.iter() {
                if let Some(sum) = self.pages.get_mut(page as usize) {
                    if *sum == 0.0 {
                        self.found.push(page);
                    }
                    *sum += score * weight;
                }
            }
            add_all(&mut self.pieces, pieces, weight);
        } else {
            add_to_found(&mut self.pages, pages, weight);
            add_to_found(&mut self.pieces, pieces, weight);
        }
    }
}

fn add_all(sums: &mut [Score], scored: Scored<'_>, weight: Score) {
    for (document, score) in scored.iter() {
        if let Some(sum) = sums.get_mut(document as usize) {
            *sum += score * weight;
        }
    }
}

fn add_to_found(sums: &mut [Score], scored: Scored<'_>, weight: Score) {
    for (document, score) in scored.iter() {
        if let Some(sum) = sums.get_mut(document as usize)
            && *sum > 0.0
        {
            *sum += score * weight;
        }
    }
}

/// The words of a query with their weights, those with the greatest inverse document frequency first.
fn rarest_first(terms: &Terms, postings: &Postings) -> Vec<(Entry, Score)> {
    let words = terms.words.iter();
    let mut words: Vec<_> = words
        .filter_map(|word| Some((postings.entry(word.term)?, word.weight)))
        .collect();
    words.sort_by(|a, b| b.0.rarity.total_cmp(&a.0.rarity));
    words
}

/// The best pages so far. Twice as many as wanted are gathered before the worse half is dropped.
struct Best {
    count: usize,
    pages: Vec<RankedPage>,
    /// Pages that score less are not among the best.
    threshold: Score,
    more: bool,
}

impl Best {
    fn new(count: usize) -> Self {
        Self {
            count,
            pages: Vec::new(),
            threshold: Score::MIN,
            more: false,
        }
    }

    fn push(&mut self, page: RankedPage) {
        self.pages.push(page);
        if self.pages.len() >= self.count.saturating_mul(2) {
            self.drop_worse();
        }
    }

    fn drop_worse(&mut self) {
        if self.pages.len() > self.count {
            self.more = true;
            self.pages.select_nth_unstable_by(self.count, best_first);
            self.pages.truncate(self.count);
            let scores = self.pages.iter().map(|page| page.score);
            self.threshold = scores.fold(Score::MAX, Score::min);
        }
    }

    /// The best pages in order, and whether there are more.
    fn into_ranking(mut self) -> (Vec<RankedPage>, bool) {
        self.drop_worse();
        self.pages.sort_unstable_by(best_first);
        (self.pages, self.more)
    }
}

/// A page whose title is the query goes first. Equal scores are put in the order of the pages,
/// so that an answer is the same each time.
fn best_first(a: &RankedPage, b: &RankedPage) -> Ordering {
    b.exact
        .cmp(&a.exact)
        .then_with(|| b.score.total_cmp(&a.score))
        .then_with(|| a.page.cmp(&b.page))
}
