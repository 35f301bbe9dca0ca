//! Terms -> pages, best first.
//!
//! A page's score is the BM25 of its title and its text, of its best piece, half that of the
//! sentences in which other pages link to it, and twice the logarithm of how many do. See
//! `docs/search.md` for what each of them is worth.

use super::passages::Passages;
use super::postings::{Postings, TermPages};
use super::terms::Terms;
use std::cmp::Ordering;
use tantivy::Score;

const INBOUND_WEIGHT: Score = 2.0;
/// A word whose inverse document frequency is less than this share of the rarest word's only
/// adds to what rarer words have found, once they have found [`ENOUGH_PAGES`].
const COMMON: Score = 0.3;
const ENOUGH_PAGES: usize = 200;
/// Sums of the same numbers in another order differ by less.
const ROUNDING: Score = 0.01;

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

/// What one search adds its scores up in; kept for the next one.
#[derive(Default)]
pub(super) struct Scores {
    /// For each page; zero where it has no term.
    pages: Vec<Sums>,
    /// The pages that have a term.
    found: Vec<u32>,
    /// For each piece of the page that was looked at last.
    pieces: Vec<Score>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// The page's own score.
    own: Score,
    /// What its best piece scores at the most.
    best_piece: Score,
    /// Its pieces have been scored.
    looked_at: bool,
}

/// A term to look up.
struct Lookup<'a> {
    pages: TermPages<'a>,
    rarity: Score,
    weight: Score,
    /// Whether it counts where no other term has been found.
    widens: bool,
}

/// What inbound links of this many pages add to a score.
pub(super) fn inbound_score(pages: u32) -> Score {
    INBOUND_WEIGHT * (1.0 + pages as Score).ln()
}

impl Scores {
    /// Ranks the pages that `admit` lets through: the first `count` of them, and whether there
    /// are more. `each` then gets every one in its order, with the scores of its pieces.
    ///
    /// No page is left out that could be among the best: its pieces are looked at unless what
    /// they score at the most is not enough.
    pub(super) fn rank<E>(
        &mut self,
        terms: &Terms,
        evidence: &Evidence,
        exact: &[u32],
        count: usize,
        admit: impl Fn(u32) -> bool,
        mut each: impl FnMut(&RankedPage, &[Score]) -> Result<(), E>,
    ) -> Result<bool, E> {
        for page in self.found.drain(..) {
            self.pages[page as usize] = Sums::default();
        }
        self.pages.resize(evidence.inbound.len(), Sums::default());
        let lookups = self.look_up(terms, &evidence.postings, count);
        let Self {
            pages,
            found,
            pieces,
        } = self;
        found.retain(|page| {
            let is_admitted = admit(*page);
            if !is_admitted {
                pages[*page as usize] = Sums::default();
            }
            is_admitted
        });
        let ranked = |page: u32, own: Score, best_piece: Score| RankedPage {
            page,
            score: own + best_piece + evidence.inbound[page as usize],
            exact: exact.binary_search(&page).is_ok(),
        };
        let mut promising = Best::new(count);
        for page in &*found {
            let sums = pages[*page as usize];
            promising.offer(ranked(*page, sums.own, sums.best_piece));
        }
        let mut best = Best::new(count);
        for RankedPage { page, .. } in promising.into_ranking() {
            let sums = &mut pages[page as usize];
            score_pieces(pieces, &lookups, page, evidence);
            best.offer(ranked(page, sums.own, greatest(pieces)));
            sums.looked_at = true;
        }
        best.drop_worse();
        for page in &*found {
            let sums = pages[*page as usize];
            let at_most = ranked(*page, sums.own, sums.best_piece + ROUNDING);
            if !sums.looked_at && best.admits(&at_most) {
                score_pieces(pieces, &lookups, *page, evidence);
                best.offer(ranked(*page, sums.own, greatest(pieces)));
            }
        }
        for page in best.into_ranking() {
            score_pieces(pieces, &lookups, page.page, evidence);
            each(&page, pieces)?;
        }
        Ok(found.len() > count)
    }

    /// Adds up what the terms score for each page.
    fn look_up<'a>(
        &mut self,
        terms: &Terms,
        postings: &'a Postings,
        count: usize,
    ) -> Vec<Lookup<'a>> {
        let enough = ENOUGH_PAGES.max(count.saturating_mul(2));
        let lookup = |term, weight| {
            let entry = postings.entry(term)?;
            Some(Lookup {
                pages: postings.pages(&entry)?,
                rarity: entry.rarity,
                weight: weight * postings.unit(),
                widens: true,
            })
        };
        let words = terms.words.iter();
        let mut lookups: Vec<_> = words
            .filter_map(|word| lookup(word.term, word.weight))
            .collect();
        lookups.sort_by(|a, b| b.rarity.total_cmp(&a.rarity));
        let common = lookups.first().map_or(0.0, |rarest| COMMON * rarest.rarity);
        for lookup in &mut lookups {
            // What only a common word has in common with the query is no answer, where a rarer
            // word has found plenty.
            lookup.widens = lookup.rarity >= common || self.found.len() < enough;
            self.add(lookup);
        }
        for lookup in terms
            .symbols
            .iter()
            .filter_map(|symbol| lookup(*symbol, 1.0))
        {
            self.add(&lookup);
            lookups.push(lookup);
        }
        lookups
    }

    fn add(&mut self, lookup: &Lookup<'_>) {
        for scored in lookup.pages.iter() {
            let Some(sums) = self.pages.get_mut(scored.page as usize) else {
                continue;
            };
            if sums.own == 0.0 {
                if !lookup.widens {
                    continue;
                }
                self.found.push(scored.page);
            }
            sums.own += scored.own * lookup.weight;
            sums.best_piece += scored.best_piece * lookup.weight;
        }
    }
}

fn greatest(scores: &[Score]) -> Score {
    scores.iter().copied().fold(0.0, Score::max)
}

/// Adds up what the terms score for each piece of a page.
fn score_pieces(pieces: &mut Vec<Score>, lookups: &[Lookup<'_>], page: u32, evidence: &Evidence) {
    pieces.clear();
    pieces.resize(evidence.passages.of_page(page).len(), 0.0);
    for lookup in lookups {
        for (piece, score) in lookup.pages.pieces(page) {
            if let Some(sum) = pieces.get_mut(piece)
                && (lookup.widens || *sum > 0.0)
            {
                *sum += score * lookup.weight;
            }
        }
    }
}

/// The best pages so far. Twice as many as wanted are gathered before the worse half is dropped.
struct Best {
    count: usize,
    pages: Vec<RankedPage>,
    /// Pages that score less are not among the best.
    threshold: Score,
}

impl Best {
    fn new(count: usize) -> Self {
        Self {
            count,
            pages: Vec::new(),
            threshold: Score::MIN,
        }
    }

    /// Whether a page may be among the best.
    fn admits(&self, page: &RankedPage) -> bool {
        page.score >= self.threshold || page.exact
    }

    fn offer(&mut self, page: RankedPage) {
        if self.admits(&page) {
            self.pages.push(page);
            if self.pages.len() >= self.count.saturating_mul(2) {
                self.drop_worse();
            }
        }
    }

    fn drop_worse(&mut self) {
        if self.pages.len() > self.count {
            self.pages.select_nth_unstable_by(self.count, best_first);
            self.pages.truncate(self.count);
        }
        if self.pages.len() == self.count {
            let scores = self.pages.iter().map(|page| page.score);
            self.threshold = scores.fold(Score::MAX, Score::min);
        }
    }

    /// The best pages in order.
    fn into_ranking(mut self) -> Vec<RankedPage> {
        self.drop_worse();
        self.pages.sort_unstable_by(best_first);
        self.pages
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
