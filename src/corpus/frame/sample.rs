//! The pages of a set that are compared: whichever there are, the same ones.

use super::class::Class;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use xxhash_rust::xxh3::xxh3_64;

/// Pages of a class that are compared. What stands on half of them stands on 39 to 61 % of all, 99 times of 100.
const PAGES: usize = 128;

/// The files of a set whose pages are compared: of each class those whose paths have the smallest hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    built: Members,
    written: Members,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Members {
    /// By the hash of each path.
    paths: BTreeSet<(u64, String)>,
    /// There are others.
    is_full: bool,
}

impl Sample {
    /// Notes a file that the set holds.
    pub fn add(&mut self, path: &str) {
        let Some(members) = self.of(path) else {
            return;
        };
        let hash = xxh3_64(path.as_bytes());
        let last = members.paths.last().map_or(0, |(last, _)| *last);
        if members.paths.len() == PAGES && hash > last {
            members.is_full = true;
            return;
        }
        members.paths.insert((hash, path.to_owned()));
        if members.paths.len() > PAGES {
            members.paths.pop_last();
            members.is_full = true;
        }
    }

    /// Notes that the set holds a file no more. `false`: another takes its place, which only a look at
    /// all of the set's files tells.
    #[must_use]
    pub fn remove(&mut self, path: &str) -> bool {
        let Some(members) = self.of(path) else {
            return true;
        };
        let member = (xxh3_64(path.as_bytes()), path.to_owned());
        !members.paths.remove(&member) || !members.is_full
    }

    /// Whether a file is one of those that are compared.
    pub fn holds(&self, path: &str) -> bool {
        let members = match Class::of(path) {
            None => return false,
            Some(Class::Built) => &self.built,
            Some(Class::Written) => &self.written,
        };
        let member = (xxh3_64(path.as_bytes()), path.to_owned());
        members.paths.contains(&member)
    }

    /// The files that are compared, in an order that depends on them alone.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let members = self.built.paths.iter().chain(&self.written.paths);
        members.map(|(_, path)| path.as_str())
    }

    fn of(&mut self, path: &str) -> Option<&mut Members> {
        match Class::of(path)? {
            Class::Built => Some(&mut self.built),
            Class::Written => Some(&mut self.written),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paths(numbers: impl IntoIterator<Item = u16>) -> Sample {
        let mut sample = Sample::default();
        for number in numbers {
            sample.add(&format!("{number}.html"));
        }
        sample
    }

    #[test]
    fn only_pages_that_have_a_frame_are_compared() {
        let mut sample = Sample::default();
        for path in ["a.html", "a.md", "a.txt", "a.1", "a.json"] {
            sample.add(path);
        }
        assert_eq!(sample.paths().collect::<Vec<_>>(), ["a.html", "a.md"]);
    }

    proptest! {
        #[test]
        fn it_depends_on_the_files_that_there_are(
            before in prop::collection::vec(0u16..400, 0..300),
            gone in prop::collection::vec(0u16..400, 0..20),
            come in prop::collection::vec(0u16..400, 0..20),
        ) {
            let mut now: BTreeSet<u16> = before.iter().copied().collect();
            let mut sample = paths(before);
            let mut is_known = true;
            for number in gone {
                if now.remove(&number) {
                    is_known &= sample.remove(&format!("{number}.html"));
                }
            }
            for number in come {
                now.insert(number);
                sample.add(&format!("{number}.html"));
            }
            if is_known {
                let now = paths(now);
                prop_assert!(sample.paths().eq(now.paths()));
            }
        }
    }
}
