//! Terms -> pages, best first.
//!
//! A page's score is the BM25 of its title and its text, of its best piece, half that of the
//! sentences in which other pages link to it, and twice the logarithm of how many do. See
//! `docs/search.md` for what each of them is worth.

use super::terms::Terms;
use std::{cmp::Ordering, collections::BinaryHeap};
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
    let mut places = std::collections::HashMap::with_capacity(by_page.len() * 2);
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
    ranking.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.page.cmp(&b.page)));
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
        let mut heap: BinaryHeap<Worst> = BinaryHeap::with_capacity(depth + 1);
        for (segment, reader) in (0u32..).zip(self.searcher.segment_readers()) {
            let pages = &self.pages[segment as usize];
            let alive = reader.alive_bitset();
            let threshold = |heap: &BinaryHeap<Worst>| {
                if heap.len() < depth {
                    Score::MIN
                } else {
                    heap.peek().map_or(Score::MIN, |worst| worst.0.score)
                }
            };
            let start = threshold(&heap);
            weight.for_each_pruning(start, reader, &mut |doc, score| {
                let page = pages[doc as usize];
                if alive.is_none_or(|alive| alive.is_alive(doc)) && admit(page) {
                    heap.push(Worst(Match {
                        score,
                        segment,
                        doc,
                        page,
                    }));
                    if heap.len() > depth {
                        heap.pop();
                    }
                }
                threshold(&heap)
            })?;
        }
        Ok(heap
            .into_sorted_vec()
            .into_iter()
            .map(|worst| worst.0)
            .collect())
    }
}

/// Orders matches so that the worst is at the top of the heap.
struct Worst(Match);

impl Ord for Worst {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.0, &other.0);
        b.score
            .total_cmp(&a.score)
            .then(a.page.cmp(&b.page))
            .then((a.segment, a.doc).cmp(&(b.segment, b.doc)))
    }
}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Worst {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Worst {}
