//! The best pages of those that have been found.

use super::scoring::Score;
use std::cmp::Ordering;

/// A page of the ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RankedPage {
    pub(super) page: u32,
    pub(super) score: Score,
    pub(super) tier: Tier,
    /// The entry of the page that defines what is asked for.
    pub(super) entry: Option<u32>,
}

/// What goes before any score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    Any,
    /// It has the name that is all of the query.
    HasName,
    /// It is one of few that define it.
    DefinesName,
    /// Its title is the query.
    Titled,
}

/// The best pages so far. Twice as many as wanted are gathered before the worse half is dropped.
pub(super) struct Best {
    count: usize,
    pages: Vec<RankedPage>,
    /// Pages below are not among the best.
    threshold: (Tier, Score),
}

impl Best {
    pub(super) fn new(count: usize) -> Self {
        Self {
            count,
            pages: Vec::new(),
            threshold: (Tier::Any, Score::MIN),
        }
    }

    /// Whether a page of this tier may be among the best, which scores so much at the most.
    #[inline]
    pub(super) fn admits(&self, tier: Tier, score: Score) -> bool {
        let (other, least) = self.threshold;
        tier > other || tier == other && score >= least
    }

    #[inline]
    pub(super) fn offer(&mut self, page: RankedPage) {
        if self.admits(page.tier, page.score) {
            self.pages.push(page);
            if self.pages.len() >= self.count.saturating_mul(2) {
                self.drop_worse();
            }
        }
    }

    pub(super) fn drop_worse(&mut self) {
        if self.pages.len() > self.count {
            self.pages.select_nth_unstable_by(self.count, best_first);
            self.pages.truncate(self.count);
        }
        if self.pages.len() == self.count
            && let Some(last) = self.pages.iter().max_by(|a, b| best_first(a, b))
        {
            self.threshold = (last.tier, last.score);
        }
    }

    /// The best pages in order.
    pub(super) fn into_ranking(mut self) -> Vec<RankedPage> {
        self.drop_worse();
        self.pages.sort_unstable_by(best_first);
        self.pages
    }
}

/// Equal scores are put in the order of the pages, so that an answer is the same each time.
pub(super) fn best_first(a: &RankedPage, b: &RankedPage) -> Ordering {
    b.tier
        .cmp(&a.tier)
        .then_with(|| b.score.total_cmp(&a.score))
        .then_with(|| a.page.cmp(&b.page))
}
