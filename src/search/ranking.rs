//! Terms -> pages, best first.
//!
//! A page's score is the BM25 of its title and its text, of its best piece, half that of the
//! sentences in which other pages link to it, and twice the logarithm of how many do. See
//! `docs/search.md` for what each of them is worth.

use super::terms::Terms;
use std::{cmp::Ordering, collections::HashMap};
use tantivy::{
    DocId, Score, Searcher, Term,
    query::{BooleanQuery, BoostQuery, EnableScoring, Query, TermQuery, Weight},
    schema::{Field, IndexRecordOption},
};

/// How many candidates each index contributes.
const DEPTH: usize = 100;
/// Pieces are many to a page.
const PIECE_DEPTH: usize = 200;

const LINK_WEIGHT: f32 = 0.5;
const INBOUND_WEIGHT: f32 = 2.0;
const SYMBOL_WEIGHT: f32 = 1.0;

/// An index together with the page that each of its documents belongs to.
pub(super) struct Ranked {
    pub(super) searcher: Searcher,
    /// For each segment, the page (its position in the catalog) of each document.
    pub(super) pages: Vec<Vec<u32>>,
}

/// A document of one index that matches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) score: Score,
    pub(super) segment: u32,
    pub(super) doc: DocId,
    pub(super) page: u32,
}

/// A page of the ranking.
#[derive(Debug, Clone)]
pub(super) struct RankedPage {
    pub(super) page: u32,
    pub(super) score: f32,
    /// Its matching pieces, best first.
    pub(super) pieces: Vec<Match>,
}

/// The fields that a ranking looks at.
pub(super) struct Fields {
    pub(super) title: Field,
    pub(super) body: Field,
    pub(super) symbols: Field,
    pub(super) piece: Field,
    pub(super) link: Field,
}

/// Ranks the pages that `admit` lets through.
pub(super) fn rank(
    terms: &Terms,
    fields: &Fields,
    [pages, pieces, links]: [&Ranked; 3],
    inbound: impl Fn(u32) -> u32,
    admit: &dyn Fn(u32) -> bool,
) -> tantivy::Result<Vec<RankedPage>> {
    let mut clauses = words(terms, fields.title, 1.0);
    clauses.extend(words(terms, fields.body, 1.0));
    clauses.extend(symbols(terms, fields.symbols));
    let by_page = pages.top(clauses, DEPTH, admit)?;
    let by_piece = pieces.top(words(terms, fields.piece, 1.0), PIECE_DEPTH, admit)?;
    let by_link = links.top(words(terms, fields.link, LINK_WEIGHT), DEPTH, admit)?;

    let mut ranking: Vec<RankedPage> = Vec::with_capacity(by_page.len() * 2);
    let mut places = HashMap::with_capacity(by_page.len() * 2);
    let mut add = |found: Match, is_piece: bool| {
        let place = *places.entry(found.page).or_insert_with(|| {
            ranking.push(RankedPage {
                page: found.page,
                score: INBOUND_WEIGHT * (1.0 + inbound(found.page) as f32).ln(),
                pieces: Vec::new(),
            });
            ranking.len() - 1
        });
        let page = &mut ranking[place];
        // Pieces come best first, so the first one of a page is its best.
        if !is_piece || page.pieces.is_empty() {
            page.score += found.score;
        }
        if is_piece {
            page.pieces.push(found);
        }
    };
    by_page.into_iter().for_each(|found| add(found, false));
    by_link.into_iter().for_each(|found| add(found, false));
    by_piece.into_iter().for_each(|found| add(found, true));
    ranking.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.page.cmp(&b.page)));
    Ok(ranking)
}

fn words(terms: &Terms, field: Field, weight: f32) -> Vec<Box<dyn Query>> {
    terms
        .words
        .iter()
        .map(|term| clause(field, &term.text, weight * term.weight))
        .collect()
}

fn symbols(terms: &Terms, field: Field) -> Vec<Box<dyn Query>> {
    terms
        .symbols
        .iter()
        .map(|symbol| clause(field, symbol, SYMBOL_WEIGHT))
        .collect()
}

fn clause(field: Field, text: &str, weight: f32) -> Box<dyn Query> {
    let term = TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::WithFreqs,
    );
    if weight == 1.0 {
        Box::new(term)
    } else {
        Box::new(BoostQuery::new(Box::new(term), weight))
    }
}

impl Ranked {
    /// The best documents of this index that belong to admitted pages, best first.
    fn top(
        &self,
        clauses: Vec<Box<dyn Query>>,
        depth: usize,
        admit: &dyn Fn(u32) -> bool,
    ) -> tantivy::Result<Vec<Match>> {
        if clauses.is_empty() {
            return Ok(Vec::new());
        }
        let query = BooleanQuery::union(clauses);
        let weight = query.weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
        self.best(&*weight, depth, admit)
    }

    fn best(
        &self,
        weight: &dyn Weight,
        depth: usize,
        admit: &dyn Fn(u32) -> bool,
    ) -> tantivy::Result<Vec<Match>> {
        let mut best = Best::new(depth);
        for (segment, reader) in (0u32..).zip(self.searcher.segment_readers()) {
            let pages = &self.pages[segment as usize];
            let alive = reader.alive_bitset();
            weight.for_each_pruning(best.threshold, reader, &mut |doc, score| {
                let page = pages[doc as usize];
                if alive.is_none_or(|alive| alive.is_alive(doc)) && admit(page) {
                    best.push(Match {
                        score,
                        segment,
                        doc,
                        page,
                    });
                }
                best.threshold
            })?;
        }
        Ok(best.into_sorted())
    }
}

/// The best matches so far. Twice as many as wanted are gathered before the worse half is
/// dropped, which costs less than keeping a heap in order.
struct Best {
    depth: usize,
    matches: Vec<Match>,
    /// Matches that score no higher are not among the best.
    threshold: Score,
}

impl Best {
    fn new(depth: usize) -> Self {
        Self {
            depth,
            matches: Vec::with_capacity(2 * depth),
            threshold: Score::MIN,
        }
    }

    fn push(&mut self, found: Match) {
        self.matches.push(found);
        if self.matches.len() == 2 * self.depth {
            self.drop_worse();
        }
    }

    fn drop_worse(&mut self) {
        let (_, last, _) = self
            .matches
            .select_nth_unstable_by(self.depth - 1, best_first);
        self.threshold = last.score;
        self.matches.truncate(self.depth);
    }

    fn into_sorted(mut self) -> Vec<Match> {
        if self.matches.len() > self.depth {
            self.drop_worse();
        }
        self.matches.sort_unstable_by(best_first);
        self.matches
    }
}

/// Equal scores are put in the order of the pages, so that an answer is the same each time.
fn best_first(a: &Match, b: &Match) -> Ordering {
    b.score
        .total_cmp(&a.score)
        .then_with(|| (a.page, a.segment, a.doc).cmp(&(b.page, b.segment, b.doc)))
}
