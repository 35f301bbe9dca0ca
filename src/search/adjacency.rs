//! Words of a query that stand together on a page, as in a message or a title.
//!
//! What is between them in the query alone, such as a name or an address where the documents have another one, is passed over.

use super::scoring::{Score, most};
use super::segment::Pairs;
use super::terms::OrderedWord;
use super::view::View;

/// Pairs that are worth less than this share of the best one are not looked up.
const LEAST: Score = 0.2;

/// Two words say little by standing together.
const FEWEST: usize = 2;

/// Pairs of a query.
#[derive(Debug, Default)]
pub(super) struct Adjacency {
    /// In the order of the query: of a word with the next one, and with the next one behind what is passed over.
    pairs: Vec<Pair>,
    /// What all of them are worth, of each word one.
    worth: Score,
}

#[derive(Debug)]
struct Pair {
    hash: u32,
    /// What a word would be worth that is as rare as both are on average.
    worth: Score,
    /// The place of its first word in the query.
    place: usize,
}

impl Adjacency {
    pub(super) fn of(order: &[OrderedWord], view: &View) -> Self {
        let rarities = order
            .iter()
            .map(|word| word.term.and_then(|term| view.rarity(term)));
        let rarities: Vec<Option<Score>> = rarities.collect();
        let mut pairs = Vec::with_capacity(2 * order.len());
        let mut add = |place: usize, next: usize| {
            let both = rarities[place].zip(rarities[next]);
            pairs.extend(both.map(|(a, b)| Pair {
                hash: order[place].hash.before(order[next].hash),
                worth: most(a.midpoint(b)),
                place,
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
        let best = pairs.iter().map(|pair| pair.worth).fold(0.0, Score::max);
        pairs.retain(|pair| pair.worth >= LEAST * best);
        let of_words = pairs.chunk_by(|a, b| a.place == b.place);
        if of_words.clone().count() < FEWEST {
            return Self::default();
        }
        let worth = of_words.map(|of_word| of_word[0].worth).sum();
        Self { pairs, worth }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// What the pairs of a page are worth: of those that it has, the square of the share that they are of all. That is next to
    /// nothing for two words of a sentence that happen to stand together, and much for a message that is there word for word.
    pub(super) fn score(&self, of_page: Pairs<'_>) -> Score {
        let of_words = self.pairs.chunk_by(|a, b| a.place == b.place);
        let found =
            of_words.filter(|of_word| of_word.iter().any(|pair| of_page.contains(pair.hash)));
        let found: Score = found.map(|of_word| of_word[0].worth).sum();
        let share = found / self.worth.max(found).max(Score::MIN_POSITIVE);
        found * share * share
    }
}
