//! Terms -> pages, best first.
//!
//! A page's score is the BM25 of its title and its text, of its best piece, half that of the
//! sentences in which other pages link to it, and twice the logarithm of how many do. See
//! `docs/search.md` for what each of them is worth.

use super::scoring::ScoredField;
use super::terms::{Terms, WeightedTerm};
use std::cmp::Ordering;
use tantivy::Score;

const LINK_WEIGHT: Score = 0.5;
const INBOUND_WEIGHT: Score = 2.0;

/// What a ranking looks at.
pub(super) struct Evidence {
    pub(super) title: ScoredField,
    pub(super) body: ScoredField,
    pub(super) symbols: ScoredField,
    pub(super) piece: ScoredField,
    pub(super) link: ScoredField,
    /// The page (its position in the catalog) of each document of the three indexes;
    /// [`NO_PAGE`] for a deleted one.
    pub(super) page_pages: Vec<u32>,
    pub(super) piece_pages: Vec<u32>,
    pub(super) link_pages: Vec<u32>,
    /// What each page's inbound links add to its score.
    pub(super) inbound: Vec<Score>,
}

/// Marks a document that belongs to no page any more.
pub(super) const NO_PAGE: u32 = u32::MAX;

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
    pages: Sums,
    pieces: Sums,
    /// The best piece of each page.
    best: Vec<Score>,
}

/// What inbound links of this many pages add to a score.
pub(super) fn inbound_score(pages: u32) -> Score {
    INBOUND_WEIGHT * (1.0 + pages as Score).ln()
}

impl Scores {
    pub(super) fn of_piece(&self, piece: u32) -> Score {
        self.pieces.of(piece)
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
    ) -> tantivy::Result<(Vec<RankedPage>, bool)> {
        self.reset(evidence);
        self.add(terms, evidence)?;
        let mut ranking: Vec<RankedPage> = self
            .pages
            .touched
            .iter()
            .filter(|page| admit(**page))
            .map(|page| RankedPage {
                page: *page,
                score: self.pages.of(*page)
                    + self.best[*page as usize]
                    + evidence.inbound[*page as usize],
                exact: exact.contains(page),
            })
            .collect();
        let more = ranking.len() > count;
        if more {
            ranking.select_nth_unstable_by(count, best_first);
            ranking.truncate(count);
        }
        ranking.sort_unstable_by(best_first);
        Ok((ranking, more))
    }

    fn reset(&mut self, evidence: &Evidence) {
        for page in &self.pages.touched {
            self.best[*page as usize] = 0.0;
        }
        self.pages.reset(evidence.inbound.len());
        self.pieces.reset(evidence.piece_pages.len());
        self.best.resize(evidence.inbound.len(), 0.0);
    }

    fn add(&mut self, terms: &Terms, evidence: &Evidence) -> tantivy::Result<()> {
        let Self {
            pages,
            pieces,
            best,
        } = self;
        for WeightedTerm { text, weight } in &terms.words {
            for (field, of, boost) in [
                (&evidence.title, &evidence.page_pages, 1.0),
                (&evidence.body, &evidence.page_pages, 1.0),
                (&evidence.link, &evidence.link_pages, LINK_WEIGHT),
            ] {
                field.score(text, weight * boost, |doc, score| {
                    pages.add(of[doc as usize], score);
                })?;
            }
            evidence
                .piece
                .score(text, *weight, |piece, score| pieces.add(piece, score))?;
        }
        for symbol in &terms.symbols {
            evidence.symbols.score(symbol, 1.0, |doc, score| {
                pages.add(evidence.page_pages[doc as usize], score);
            })?;
        }
        for piece in &pieces.touched {
            let page = evidence.piece_pages[*piece as usize];
            if page != NO_PAGE {
                pages.add(page, 0.0);
                let best = &mut best[page as usize];
                *best = best.max(pieces.of(*piece));
            }
        }
        Ok(())
    }
}

/// Sums of scores, one for each of many documents, most of them zero.
#[derive(Default)]
struct Sums {
    sums: Vec<Score>,
    is_touched: Vec<bool>,
    touched: Vec<u32>,
}

impl Sums {
    fn of(&self, doc: u32) -> Score {
        self.sums[doc as usize]
    }

    fn add(&mut self, doc: u32, score: Score) {
        if doc == NO_PAGE {
            return;
        }
        let place = doc as usize;
        if !self.is_touched[place] {
            self.is_touched[place] = true;
            self.touched.push(doc);
        }
        self.sums[place] += score;
    }

    fn reset(&mut self, len: usize) {
        for doc in self.touched.drain(..) {
            self.sums[doc as usize] = 0.0;
            self.is_touched[doc as usize] = false;
        }
        self.sums.resize(len, 0.0);
        self.is_touched.resize(len, false);
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
