//! Words of a query that stand together on a page, as in a message or a title.
//!
//! What is between them in the query alone, such as a name or an address where the documents have another one, is passed over.

use super::scoring::{Score, most};
use super::segment::Pairs;
use super::terms::OrderedWord;
use super::view::View;

/// What words that stand together count beside a word that is as rare.
const WEIGHT: Score = 4.0;
/// Pairs that count as not found beside those of the query: a few words may stand together anywhere, many hardly.
const CHANCE: Score = 3.0;
/// The first ones of a query count.
const MOST: usize = u64::BITS as usize;

/// Pairs of a query, in its order.
#[derive(Debug, Default)]
pub(super) struct Adjacency(Vec<Pair>);

#[derive(Debug)]
struct Pair {
    /// A word with the next one, and with the next one behind what is passed over.
    hashes: [Option<u32>; 2],
    /// What a word would be worth that is as rare as both are on average.
    worth: Score,
}

/// Which pairs of a query a page has: a bit for each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Together(u64);

impl Adjacency {
    pub(super) fn of(order: &[OrderedWord], view: &View) -> Self {
        let rarities = order
            .iter()
            .map(|word| word.term.and_then(|term| view.rarity(term)));
        let rarities: Vec<Option<Score>> = rarities.collect();
        let pair = |place: usize, next: usize| {
            let (a, b) = rarities[place].zip(rarities[next])?;
            let hash = order[place].hash.before(order[next].hash);
            Some((hash, most(a.midpoint(b))))
        };
        let of_word = |(place, word): (usize, &OrderedWord)| {
            let mut later = place + 1..order.len();
            let next = later.next()?;
            let is_passed_over = order[next].is_value || order[next].term.is_none();
            let behind = later.find(|next| !order[*next].is_value && order[*next].term.is_some());
            let behind = behind.filter(|_| is_passed_over && !word.is_value);
            let pairs = [pair(place, next), behind.and_then(|next| pair(place, next))];
            let (_, worth) = pairs.iter().flatten().next()?;
            Some(Pair {
                hashes: pairs.map(|pair| pair.map(|(hash, _)| hash)),
                worth: *worth,
            })
        };
        let pairs = order.iter().enumerate().filter_map(of_word).take(MOST);
        Self(pairs.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Which of the pairs a page has.
    pub(super) fn of_page(&self, page: Pairs<'_>) -> Together {
        let has = |pair: &Pair| {
            let mut hashes = pair.hashes.iter().flatten();
            hashes.any(|hash| page.contains(*hash))
        };
        let pairs = self.0.iter().enumerate();
        let bits = pairs.map(|(at, pair)| u64::from(has(pair)) << at);
        Together(bits.sum())
    }

    /// What the pairs of each of some pages are worth: the more, the fewer of these pages have them, and the more of all it has, by the
    /// square of that share. That is next to nothing for words of a sentence that happen to stand together, and for names of two
    /// words that half of the pages speak of; and much for a message that is there word for word.
    pub(super) fn scores(&self, pages: &[Together]) -> Vec<Score> {
        let count = pages.len() as Score;
        let rarity = |with: Score| (1.0 + (count - with + 0.5) / (with + 0.5)).ln();
        let rarities = (0..self.0.len()).map(|at| {
            let with = pages.iter().filter(|page| page.has(at)).count();
            rarity(with as Score) / rarity(1.0)
        });
        let rarities: Vec<Score> = rarities.collect();
        let worth: Score = self.0.iter().map(|pair| pair.worth).sum();
        let pairs = self.0.len() as Score;
        let enough = worth * (pairs + CHANCE) / pairs;
        let score = |page: &Together| {
            let (mut found, mut rare) = (0.0, 0.0);
            let all = self.0.iter().zip(&rarities).enumerate();
            for (_, (pair, rarity)) in all.filter(|(at, _)| page.has(*at)) {
                found += pair.worth;
                rare += pair.worth * rarity;
            }
            let share = found / enough.max(Score::MIN_POSITIVE);
            WEIGHT * rare * share * share
        };
        pages.iter().map(score).collect()
    }
}

impl Together {
    fn has(self, pair: usize) -> bool {
        self.0 >> pair & 1 != 0
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(worth: &[Score]) -> Adjacency {
        let pair = |worth: &Score| Pair {
            hashes: [Some(1), None],
            worth: *worth,
        };
        Adjacency(worth.iter().map(pair).collect())
    }

    #[test]
    fn much_for_a_message_and_little_for_two_words() {
        let adjacency = pairs(&[5.0; 8]);
        let mut pages = vec![Together(0); 60];
        pages.extend([Together(0b1111_1111), Together(0b11)]);
        let scores = adjacency.scores(&pages);
        assert!(scores[..60].iter().all(|score| *score == 0.0));
        assert!(scores[60] > 50.0, "{scores:?}");
        assert!(scores[61] < scores[60] / 40.0, "{scores:?}");
        // A query of few words has all of its pairs together in many a page.
        let few = pairs(&[5.0; 2]);
        let scores_of_few = few.scores(&pages);
        assert!(scores_of_few[60] < scores[60] / 8.0, "{scores_of_few:?}");
    }

    #[test]
    fn what_all_pages_have_says_nothing() {
        let adjacency = pairs(&[5.0; 4]);
        let rare = adjacency.scores(&[[Together(0); 63].as_slice(), &[Together(0b1111)]].concat());
        let common = adjacency.scores(&[Together(0b1111); 64]);
        assert!(common[0] < rare[63] / 100.0, "{} {}", common[0], rare[63]);
    }

    #[test]
    fn nothing_looked_at_and_few_pages_are_no_fault() {
        let adjacency = pairs(&[5.0, 0.0]);
        assert!(adjacency.scores(&[]).is_empty());
        for pages in [vec![Together(1)], vec![Together(3), Together(0)]] {
            let scores = adjacency.scores(&pages);
            assert!(scores.iter().all(|score| score.is_finite()), "{scores:?}");
        }
        let nothing = pairs(&[0.0, 0.0]);
        assert_eq!(nothing.scores(&[Together(3)]), [0.0]);
    }
}
