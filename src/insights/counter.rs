//! How often each of many texts came, in bounded memory.
//!
//! As long as no more than [`Counter::bound`] different ones come, twice as many at times, each is counted. Then the
//! rarest are forgotten, and how many times a forgotten one may have come at the most is remembered: whatever comes later may have
//! come that often before ("space-saving" counts, in batches). So a count is exact, or it is told by how much it may be too
//! low, and whatever came more often than that is among those that are kept.

use std::{cmp::Reverse, collections::HashMap};

/// Counts texts, and keeps something for each.
pub(super) struct Counter<V> {
    kept: HashMap<Box<str>, Counted<V>>,
    bound: usize,
    /// How often one that is not kept may have come.
    floor: u64,
    forgotten: u64,
}

/// One text.
#[derive(Debug, Clone)]
pub(super) struct Counted<V> {
    pub(super) times: u64,
    /// How often it may have come besides, before.
    pub(super) missed: u64,
    pub(super) value: V,
}

impl<V: Default> Counter<V> {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            kept: HashMap::new(),
            bound: bound.max(1),
            floor: 0,
            forgotten: 0,
        }
    }

    /// It came once more.
    pub(super) fn add(&mut self, text: &str) -> &mut V {
        if !self.kept.contains_key(text) {
            if self.kept.len() >= self.bound * 2 {
                self.forget();
            }
            let new = Counted {
                times: 0,
                missed: self.floor,
                value: V::default(),
            };
            self.kept.insert(text.into(), new);
        }
        let counted = self.kept.entry(text.into());
        let counted = counted.or_insert_with(|| Counted {
            times: 0,
            missed: 0,
            value: V::default(),
        });
        counted.times += 1;
        &mut counted.value
    }

    /// One that is kept.
    pub(super) fn find(&mut self, text: &str) -> Option<&mut V> {
        self.kept.get_mut(text).map(|counted| &mut counted.value)
    }

    /// Those that came most often, most first, then in the order of their letters.
    pub(super) fn most(&self, number: usize) -> Vec<(&str, &Counted<V>)> {
        let mut all: Vec<_> = self.kept.iter().collect();
        if all.len() > number {
            all.select_nth_unstable_by_key(number, |(_, counted)| Reverse(counted.times));
            // Of several that came as often as the last one, the first by their letters.
            let least = all[number].1.times;
            all = self
                .kept
                .iter()
                .filter(|(_, counted)| counted.times >= least)
                .collect();
        }
        all.sort_by(|(a, one), (b, other)| other.times.cmp(&one.times).then_with(|| a.cmp(b)));
        all.truncate(number);
        all.into_iter()
            .map(|(text, counted)| (&**text, counted))
            .collect()
    }

    /// How many different ones are kept.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// How often one may have come that is not among them; 0 where each is.
    pub(super) fn floor(&self) -> u64 {
        self.floor
    }

    fn forget(&mut self) {
        let upper = |counted: &Counted<V>| counted.times + counted.missed;
        let mut uppers: Vec<u64> = self.kept.values().map(upper).collect();
        let (_, &mut least, _) = uppers.select_nth_unstable_by(self.bound - 1, |a, b| b.cmp(a));
        // Of those at the limit as many stay as there is room for.
        let mut room = self.bound - uppers.iter().filter(|upper| **upper > least).count();
        let (mut floor, mut forgotten) = (self.floor, 0);
        self.kept.retain(|_, counted| {
            let upper = upper(counted);
            if upper == least && room > 0 {
                room -= 1;
                return true;
            }
            if upper > least {
                return true;
            }
            floor = floor.max(upper);
            forgotten += 1;
            false
        });
        self.floor = floor;
        self.forgotten += forgotten;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_exact_up_to_the_bound() {
        let mut counter = Counter::<u32>::new(10);
        for number in 0..20 {
            for _ in 0..=number {
                *counter.add(&format!("text {number:02}")) += 1;
            }
        }
        assert_eq!((counter.len(), counter.floor()), (20, 0));
        let most = counter.most(3);
        let most: Vec<_> = most
            .iter()
            .map(|(text, counted)| (*text, counted.times, counted.value))
            .collect();
        assert_eq!(
            most,
            [
                ("text 19", 20, 20),
                ("text 18", 19, 19),
                ("text 17", 18, 18)
            ]
        );
        assert_eq!(counter.most(100).len(), 20);
    }

    #[test]
    fn beyond_it_what_is_frequent_stays_and_errors_are_bounded() {
        let mut counter = Counter::<()>::new(50);
        let mut truth = HashMap::<String, u64>::new();
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..200_000 {
            // A few that come often, and a long tail.
            let text = match random.u32(0..10) {
                0..=2 => format!("often {}", random.u32(0..5)),
                _ => format!("seldom {}", random.u32(0..100_000)),
            };
            *truth.entry(text.clone()).or_default() += 1;
            counter.add(&text);
            assert!(counter.len() <= 100);
        }
        assert!(counter.floor() > 0);
        for (text, counted) in counter.most(100) {
            let truth = truth[text];
            assert!(counted.times <= truth && truth <= counted.times + counted.missed);
        }
        for (text, counted) in counter.most(5) {
            assert!(text.starts_with("often"), "{text}");
            assert_eq!(counted.times, truth[text]);
        }
        for (text, truth) in truth {
            let is_kept = counter.find(&text).is_some();
            assert!(is_kept || truth <= counter.floor(), "{text}: {truth}");
        }
    }
}
