//! Words of a query that stand together on a page, as in a message or a title.
//!
//! What is between them in the query alone, such as a name or an address where the documents have another one, is passed over.

use super::scoring::{Score, most};
use super::segment::Pairs;
use super::terms::OrderedWord;
use super::view::{Term, View};

/// What a pair by itself is worth beside a word that is as rare as its words are on average: prose has many of them.
const ALONE: Score = 0.05;
/// What more it is worth, times the square of how many pairs it goes on from: little for a name of three words, much for a message.
const GOES_ON: Score = 0.1;
/// More of them say nothing more.
const LONGEST: usize = 6;
/// Pairs that are worth less than this share of the best one are not looked up.
const LEAST: Score = 0.2;

/// Pairs of a query.
#[derive(Debug, Default)]
pub(super) struct Adjacency {
    pairs: Vec<Pair>,
    /// Words that they are made of.
    words: usize,
}

#[derive(Debug)]
struct Pair {
    hash: u32,
    weight: Score,
    /// The places of its words in the query.
    from: usize,
    to: usize,
}

impl Adjacency {
    pub(super) fn of(order: &[OrderedWord], view: &View) -> Self {
        let rarities = order
            .iter()
            .map(|word| word.term.and_then(|term| rarity(term, view)));
        let rarities: Vec<Option<Score>> = rarities.collect();
        let mut pairs = Vec::with_capacity(2 * order.len());
        let mut add = |from: usize, to: usize| {
            let both = rarities[from].zip(rarities[to]);
            let weight = both.map(|(a, b)| most(a.midpoint(b)));
            pairs.extend(weight.map(|weight| Pair {
                hash: order[from].hash.before(order[to].hash),
                weight,
                from,
                to,
            }));
        };
        for (place, word) in order.iter().enumerate() {
            let mut later = place + 1..order.len();
            if let Some(next) = later.next() {
                add(place, next);
                let is_passed_over = order[next].is_value || order[next].term.is_none();
                if is_passed_over
                    && !word.is_value
                    && let Some(next) =
                        later.find(|next| !order[*next].is_value && order[*next].term.is_some())
                {
                    add(place, next);
                }
            }
        }
        let best = pairs.iter().map(|pair| pair.weight).fold(0.0, Score::max);
        pairs.retain(|pair| pair.weight >= LEAST * best);
        Self {
            pairs,
            words: order.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// What the pairs of a page are worth.
    pub(super) fn score(&self, of_page: Pairs<'_>, chains: &mut Vec<usize>) -> Score {
        chains.clear();
        chains.resize(self.words, 0);
        let mut score = 0.0;
        for pair in &self.pairs {
            if of_page.contains(pair.hash) {
                let before = chains[pair.from].min(LONGEST);
                score += pair.weight * (ALONE + GOES_ON * (before * before) as Score);
                chains[pair.to] = chains[pair.to].max(before + 1);
            }
        }
        score
    }
}

fn rarity(term: Term, view: &View) -> Option<Score> {
    let lists = view.postings(term)?;
    Some(view.weights(&lists)?.rarity)
}
