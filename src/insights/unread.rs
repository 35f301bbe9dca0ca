//! Searches that found something, until it is known whether any of it was read: by the same client, from the same
//! address, within ten minutes.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use super::moment::Moment;

/// How long after a search what is read belongs to it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// Searches that wait at the same time.
const MAX_WAITING: usize = 50_000;

/// The searches that wait.
#[derive(Default)]
pub(super) struct Waiting {
    searches: VecDeque<Search>,
    /// The number of the first of them.
    first: u64,
    /// Which of them have shown a page to somebody, by a hash of both.
    shown: HashMap<u64, VecDeque<u64>>,
    hasher: RandomState,
    latest: Moment,
    /// Those that had to make room before their time was over.
    pub(super) crowded_out: u64,
}

/// One of them.
pub(super) struct Search {
    pub(super) at: Moment,
    /// Folded; empty where the log does not have it.
    pub(super) query: Box<str>,
    /// The first page that it has shown.
    pub(super) first_page: Box<str>,
    is_read: bool,
    keys: Box<[u64]>,
}

/// What stands for pages that the log does not name, as there were too many.
const ANY: &str = "";

impl Waiting {
    /// A search has found pages. `all`: whether these are all.
    pub(super) fn add(
        &mut self,
        at: Moment,
        query: &str,
        who: (&str, &str),
        pages: &str,
        all: bool,
    ) {
        if self.searches.len() >= MAX_WAITING {
            self.forget_first();
            self.crowded_out += 1;
        }
        let number = self.first + self.searches.len() as u64;
        let others = (!all).then_some(ANY);
        let keys = pages.split_ascii_whitespace().chain(others);
        let keys: Box<[u64]> = keys.map(|page| self.key(who, page)).collect();
        for key in &keys {
            self.shown.entry(*key).or_default().push_back(number);
        }
        self.latest = self.latest.max(at);
        self.searches.push_back(Search {
            at,
            query: query.into(),
            first_page: pages
                .split_ascii_whitespace()
                .next()
                .unwrap_or_default()
                .into(),
            is_read: false,
            keys,
        });
    }

    /// Somebody has read a page: the searches that led there, each told once for the first page that is read of it.
    pub(super) fn read(&mut self, at: Moment, who: (&str, &str), page: &str) -> Vec<&Search> {
        self.latest = self.latest.max(at);
        let keys = [self.key(who, page), self.key(who, ANY)];
        let mut numbers: Vec<u64> = Vec::new();
        for key in keys {
            numbers.extend(self.shown.remove(&key).unwrap_or_default());
        }
        numbers.sort_unstable();
        numbers.dedup();
        let mut led_here = Vec::new();
        for number in numbers {
            let place = number.checked_sub(self.first);
            let place = place.and_then(|place| usize::try_from(place).ok());
            let Some(search) = place.and_then(|place| self.searches.get_mut(place)) else {
                continue;
            };
            if !search.is_read && at.since(search.at) <= PATIENCE {
                search.is_read = true;
                led_here.push(place.unwrap_or_default());
            }
        }
        led_here
            .into_iter()
            .filter_map(|place| self.searches.get(place))
            .collect()
    }

    /// The next one whose time was over at a moment, and whether anything of it was read.
    pub(super) fn over(&mut self, at: Moment) -> Option<(Search, bool)> {
        self.latest = self.latest.max(at);
        let first = self.searches.front()?;
        if self.latest.since(first.at) <= PATIENCE {
            return None;
        }
        let search = self.forget_first()?;
        let is_read = search.is_read;
        Some((search, is_read))
    }

    /// Those whose time is not over: how many are read, and of how many nobody knows.
    pub(super) fn left(&self) -> (u64, u64) {
        let read = self.searches.iter().filter(|search| search.is_read).count();
        (read as u64, (self.searches.len() - read) as u64)
    }

    fn forget_first(&mut self) -> Option<Search> {
        let search = self.searches.pop_front()?;
        for key in &search.keys {
            if let Some(numbers) = self.shown.get_mut(key) {
                while numbers.front().is_some_and(|number| *number <= self.first) {
                    numbers.pop_front();
                }
                if numbers.is_empty() {
                    self.shown.remove(key);
                }
            }
        }
        self.first += 1;
        Some(search)
    }

    fn key(&self, who: (&str, &str), page: &str) -> u64 {
        self.hasher.hash_one((who, page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::from_micros(seconds * 1_000_000).unwrap()
    }

    const ME: (&str, &str) = ("client", "00ff");

    #[test]
    fn what_is_read_in_time_by_the_same_client_counts() {
        let mut waiting = Waiting::default();
        waiting.add(at(0), "a", ME, "s/one s/two", true);
        waiting.add(at(1), "b", ME, "s/two", true);
        waiting.add(at(2), "c", ("other", "00ff"), "s/two", true);
        waiting.add(at(3), "d", ("client", "00fe"), "s/two", true);
        assert!(waiting.read(at(4), ME, "s/three").is_empty());
        let led = waiting.read(at(600), ME, "s/two");
        let led: Vec<_> = led.iter().map(|search| &*search.query).collect();
        assert_eq!(led, ["a", "b"]);
        assert!(waiting.read(at(600), ME, "s/two").is_empty(), "told once");
        assert!(waiting.over(at(600)).is_none());
        let mut over = Vec::new();
        while let Some((search, is_read)) = waiting.over(at(10_000)) {
            over.push((search.query.to_string(), is_read));
        }
        let over: Vec<_> = over.iter().map(|(query, read)| (&**query, *read)).collect();
        assert_eq!(over, [("a", true), ("b", true), ("c", false), ("d", false)]);
        assert!(waiting.shown.is_empty() && waiting.left() == (0, 0));
    }

    #[test]
    fn what_is_read_later_does_not() {
        let mut waiting = Waiting::default();
        waiting.add(at(0), "a", ME, "s/one", true);
        assert!(waiting.read(at(601), ME, "s/one").is_empty());
        assert!(!waiting.over(at(601)).unwrap().1);
    }

    #[test]
    fn pages_that_are_not_named_may_be_any() {
        let mut waiting = Waiting::default();
        waiting.add(at(0), "a", ME, "s/one", false);
        assert_eq!(waiting.read(at(1), ME, "s/ninth").len(), 1);
    }

    #[test]
    fn a_crowd_makes_room() {
        let mut waiting = Waiting::default();
        for _ in 0..MAX_WAITING + 10 {
            waiting.add(at(5), "a", ME, "s/one s/two", true);
        }
        assert_eq!(waiting.crowded_out, 10);
        assert_eq!(waiting.left(), (0, MAX_WAITING as u64));
        assert_eq!(waiting.read(at(6), ME, "s/two").len(), MAX_WAITING);
    }
}
