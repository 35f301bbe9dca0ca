//! Words that are looked up sooner than a thread is found that does it.
//!
//! Nearly all searches are over in less time than it takes to hand them to another thread and the answer back.
//! Which ones, nobody can tell from the query: a word may stand nowhere, so that all others are
//! compared with it, or on every page, or where the disk has to be asked. But who asks in the words of documents asks in the
//! same ones again.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// Longer queries are not looked at.
const WORDS: u32 = 8;
/// As many words as a query may have take less than a millisecond together, as each of them alone, and more
/// than it, has taken less than this.
const SHORT: Duration = Duration::from_micros(1_000 / WORDS as u64);
/// What takes longer than this holds others up.
const LONG: Duration = Duration::from_millis(1);
/// Places for words, which is room for a large vocabulary.
const PLACES: usize = 1 << 15;
/// Places that a word may have; where others have them all, it takes one from them.
const CHOICE: usize = 4;
/// Of so many searches for familiar words one may take longer: the system may have run something else meanwhile.
const ONE_IN: u32 = 100;
/// How many more than that it takes to begin anew.
const TOO_MANY: u32 = 10;
/// Searches that are handed over then.
const PAUSE: u32 = 1_000;

/// The familiar words of one generation of the index.
pub(super) struct Familiar {
    /// A number that tells a word from the others that may have its place, or zero.
    places: Box<[AtomicU32]>,
    /// For each that was long, [`ONE_IN`]; less one for each that was not.
    long: AtomicU32,
    /// Searches to hand over, whatever their words.
    pause: AtomicU32,
    hasher: RandomState,
}

impl Familiar {
    /// No word is.
    pub(super) fn new() -> Self {
        Self {
            places: (0..PLACES).map(|_| AtomicU32::new(0)).collect(),
            long: AtomicU32::new(0),
            pause: AtomicU32::new(0),
            hasher: RandomState::new(),
        }
    }

    /// Whether a search for these words is over soon.
    pub(super) fn knows(&self, query: &str) -> bool {
        if count_down(&self.pause) {
            return false;
        }
        let mut left = WORDS;
        query.split_whitespace().all(|word| {
            let is_left = left > 0;
            left = left.saturating_sub(1);
            is_left && self.has(word)
        }) && left < WORDS
    }

    /// Learns from a search that has found each of its words.
    pub(super) fn learn(&self, query: &str, took: Duration) {
        if took < SHORT {
            query.split_whitespace().for_each(|word| self.add(word));
        }
    }

    /// A search for familiar words has taken so long. Where that is too long too often, what has been learnt is not
    /// true any more, and is forgotten.
    pub(super) fn check(&self, took: Duration) {
        if took <= LONG {
            count_down(&self.long);
        } else if self.long.fetch_add(ONE_IN, Ordering::Relaxed) >= (TOO_MANY - 1) * ONE_IN {
            self.long.store(0, Ordering::Relaxed);
            self.pause.store(PAUSE, Ordering::Relaxed);
            for place in &self.places {
                place.store(0, Ordering::Relaxed);
            }
        }
    }

    fn has(&self, word: &str) -> bool {
        let (places, number) = self.places(word);
        let mut numbers = places.iter().map(|place| place.load(Ordering::Relaxed));
        numbers.any(|found| found == number)
    }

    fn add(&self, word: &str) {
        let (places, number) = self.places(word);
        let mut free = None;
        for place in places {
            match place.load(Ordering::Relaxed) {
                found if found == number => return,
                0 => free = free.or(Some(place)),
                _ => {}
            }
        }
        let place = free.unwrap_or(&places[number as usize / 2 % CHOICE]);
        place.store(number, Ordering::Relaxed);
    }

    /// Where a word may be, and what it is there.
    fn places(&self, word: &str) -> (&[AtomicU32], u32) {
        let hash = self.hasher.hash_one(word);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "one half is meant, then the other"
        )]
        let (place, number) = (hash as usize % PLACES, (hash >> 32) as u32 | 1);
        let first = place - place % CHOICE;
        (&self.places[first..first + CHOICE], number)
    }
}

/// Takes one off, where there is any: nearly always there is none, and nothing is written.
fn count_down(counter: &AtomicU32) -> bool {
    let less = |left: u32| left.checked_sub(1);
    counter
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_micros(20);

    #[test]
    fn a_query_is_familiar_where_each_of_its_words_is() {
        let familiar = Familiar::new();
        assert!(!familiar.knows("vacuum"));
        familiar.learn("vacuum  settings", SOON);
        familiar.learn("index\ntype", SOON);
        for known in [
            "vacuum",
            "settings vacuum",
            " type settings ",
            "vacuum vacuum",
        ] {
            assert!(familiar.knows(known), "{known}");
        }
        for other in ["vacuum full", "Vacuum", "vacuumsettings", "", " "] {
            assert!(!familiar.knows(other), "{other}");
        }
    }

    #[test]
    fn what_takes_long_is_not_learnt_and_long_queries_are_never_familiar() {
        let familiar = Familiar::new();
        familiar.learn("every page", SHORT);
        assert!(!familiar.knows("page"));
        assert!(SHORT * WORDS <= LONG);
        let long = "word ".repeat(WORDS as usize + 1);
        familiar.learn(&long, SOON);
        assert!(familiar.knows(&long[5..]) && !familiar.knows(&long));
        assert!(!familiar.knows(&"word ".repeat(10_000)));
    }

    #[test]
    fn there_is_room_for_a_large_vocabulary_and_not_for_more() {
        let familiar = Familiar::new();
        let words = |range: std::ops::Range<usize>| range.map(|number| format!("word{number}"));
        words(0..8_192).for_each(|word| familiar.learn(&word, SOON));
        let known = words(0..8_192).filter(|word| familiar.knows(word));
        assert!(known.count() > 8_000);
        words(0..200_000).for_each(|word| familiar.learn(&word, SOON));
        let known = words(0..200_000).filter(|word| familiar.knows(word));
        assert!(known.count() <= PLACES);
    }

    #[test]
    fn where_it_was_wrong_it_begins_anew_after_a_while() {
        let familiar = Familiar::new();
        familiar.learn("vacuum", SOON);
        for _ in 0..TOO_MANY {
            familiar.check(LONG * 2);
            assert!(familiar.knows("vacuum"));
            for _ in 0..ONE_IN {
                familiar.check(LONG);
            }
        }
        for _ in 0..TOO_MANY {
            familiar.check(LONG * 2);
        }
        familiar.learn("vacuum settings", SOON);
        for _ in 0..PAUSE {
            assert!(!familiar.knows("vacuum"));
        }
        assert!(familiar.knows("vacuum settings"));
    }
}
