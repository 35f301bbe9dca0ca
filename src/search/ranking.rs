//! Terms -> pages, best first.
//!
//! A page's score is the BM25 of its title and its text, of its best piece, half that of the
//! sentences in which other pages link to it, and twice the logarithm of how many do. See
//! `docs/search.md` for what each of them is worth.

use super::scoring::{Posting, ScoredField};
use super::terms::{Terms, WeightedTerm};
use std::cmp::Ordering;
use tantivy::Score;

const LINK_WEIGHT: Score = 0.5;
const INBOUND_WEIGHT: Score = 2.0;
/// A word whose inverse document frequency is less than this share of the rarest word's only
/// adds to what rarer words have found, once they have found [`ENOUGH_PAGES`].
const COMMON: Score = 0.3;
const ENOUGH_PAGES: usize = 200;

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
        self.add(terms, evidence, count)?;
        let mut best = Best::new(count);
        for page in &self.pages.touched {
            let place = *page as usize;
            let score = self.pages.sums[place] + self.best[place] + evidence.inbound[place];
            let exact = exact.contains(page);
            if (score >= best.threshold || exact) && admit(*page) {
                best.push(RankedPage {
                    page: *page,
                    score,
                    exact,
                });
            }
        }
        Ok(best.into_ranking())
    }

    fn reset(&mut self, evidence: &Evidence) {
        for page in &self.pages.touched {
            self.best[*page as usize] = 0.0;
        }
        self.pages.reset(evidence.inbound.len());
        self.pieces.reset(evidence.piece_pages.len());
        self.best.resize(evidence.inbound.len(), 0.0);
    }

    fn add(&mut self, terms: &Terms, evidence: &Evidence, count: usize) -> tantivy::Result<()> {
        let Self {
            pages,
            pieces,
            best,
        } = self;
        let enough = ENOUGH_PAGES.max(count.saturating_mul(2));
        let words = rarest_first(terms, evidence)?;
        let common = words.first().map_or(0.0, |(rarest, _)| COMMON * rarest);
        for (rarity, WeightedTerm { text, weight }) in words {
            // What only a common word has in common with the query is no answer, where a rarer
            // word has found plenty.
            let widen = rarity >= common || pages.touched.len() < enough;
            for (field, of, boost) in [
                (&evidence.title, &evidence.page_pages, 1.0),
                (&evidence.body, &evidence.page_pages, 1.0),
                (&evidence.link, &evidence.link_pages, LINK_WEIGHT),
            ] {
                field.postings(text, weight * boost, |posting| {
                    pages.add(of[posting.doc as usize], &posting, widen);
                })?;
            }
            evidence.piece.postings(text, *weight, |posting| {
                pieces.add(posting.doc, &posting, widen);
            })?;
        }
        for symbol in &terms.symbols {
            evidence.symbols.postings(symbol, 1.0, |posting| {
                pages.add(evidence.page_pages[posting.doc as usize], &posting, true);
            })?;
        }
        for piece in &pieces.touched {
            let page = evidence.piece_pages[*piece as usize];
            if page != NO_PAGE {
                pages.touch(page);
                let best = &mut best[page as usize];
                *best = best.max(pieces.of(*piece));
            }
        }
        Ok(())
    }
}

/// The words of a query with their inverse document frequency, the greatest first.
fn rarest_first<'a>(
    terms: &'a Terms,
    evidence: &Evidence,
) -> tantivy::Result<Vec<(Score, &'a WeightedTerm)>> {
    let mut words = Vec::with_capacity(terms.words.len());
    for word in &terms.words {
        words.push((evidence.body.rarity(&word.text)?, word));
    }
    words.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok(words)
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

    /// Adds a posting's score to a document; to one that has none yet only where the search is
    /// to `widen`.
    fn add(&mut self, doc: u32, posting: &Posting<'_>, widen: bool) {
        if doc == NO_PAGE || !(widen || self.is_touched[doc as usize]) {
            return;
        }
        self.touch(doc);
        self.sums[doc as usize] += posting.score();
    }

    fn touch(&mut self, doc: u32) {
        let is_touched = &mut self.is_touched[doc as usize];
        if !*is_touched {
            *is_touched = true;
            self.touched.push(doc);
        }
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
