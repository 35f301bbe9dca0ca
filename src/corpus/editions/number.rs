//! The numbers of versions, in their order.

use super::part::PREFIXES;
use std::cmp::Ordering;

/// Numbers of a version that are compared.
const MAX_NUMBERS: usize = 6;

/// A version's number: `1.10` is newer than `1.9`, and a pre-release is older than what it comes before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    numbers: Vec<u32>,
    /// `rc1` of `2.0-rc1`; empty for a release.
    before: String,
}

impl Number {
    /// `None` where a name has no number.
    pub(super) fn of(name: &str) -> Option<Self> {
        let name = key(name);
        let end = name
            .find(|it: char| !it.is_ascii_digit() && !matches!(it, '.' | 'x' | '*'))
            .unwrap_or(name.len());
        let (numbers, rest) = name.split_at(end);
        let mut parts = Vec::new();
        for part in numbers.split('.').filter(|part| !part.is_empty()) {
            parts.push(match part {
                "x" | "*" => u32::MAX,
                part => part.parse().ok()?,
            });
        }
        let is_number = (1..=MAX_NUMBERS).contains(&parts.len());
        let rest = rest.trim_start_matches(['-', '_', '+', '.']);
        let is_release = ["lts", "stable", "final", "ga"]
            .iter()
            .any(|name| rest.starts_with(name));
        is_number.then(|| Self {
            numbers: parts,
            before: match is_release {
                true => String::new(),
                false => rest.to_owned(),
            },
        })
    }

    pub(super) fn is_release(&self) -> bool {
        self.before.is_empty()
    }

    /// Whether it begins as another does: `2.1.3` as `2.1`.
    pub(super) fn begins_as(&self, other: &Self) -> bool {
        let is_any = |number: &&u32| **number != u32::MAX;
        let theirs: Vec<&u32> = other.numbers.iter().take_while(is_any).collect();
        let own: Vec<&u32> = self.numbers.iter().take_while(is_any).collect();
        own.starts_with(&theirs)
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let at = |number: &Self, place: usize| number.numbers.get(place).copied().unwrap_or(0);
        let numbers = (0..length).map(|place| at(self, place).cmp(&at(other, place)));
        let first = numbers.into_iter().find(|order| order.is_ne());
        first
            .unwrap_or(Ordering::Equal)
            .then_with(|| self.is_release().cmp(&other.is_release()))
            .then_with(|| natural(&self.before, &other.before))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a version is looked up by: `v1.2`, `version-1.2`, `release-1.2` and `1.2` are one.
pub(super) fn key(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let rest = PREFIXES.iter().find_map(|prefix| {
        let rest = lower.strip_prefix(prefix)?;
        let rest = rest.trim_start_matches([' ', '-', '_']);
        rest.starts_with(|it: char| it.is_ascii_digit())
            .then_some(rest)
    });
    rest.unwrap_or(&lower).to_owned()
}

/// `rc10` after `rc9`: numbers in a text as numbers.
fn natural(one: &str, other: &str) -> Ordering {
    let parts = |text: &str| -> (String, u64) {
        let digits = text
            .find(|it: char| it.is_ascii_digit())
            .unwrap_or(text.len());
        let number: String = text[digits..]
            .chars()
            .take_while(char::is_ascii_digit)
            .take(18)
            .collect();
        (
            text[..digits].trim_end_matches(['.', '-']).to_owned(),
            number.parse().unwrap_or(0),
        )
    };
    parts(one).cmp(&parts(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_versions() {
        let order = [
            "0.9",
            "1.0-alpha",
            "v1.0-beta2",
            "1.0-beta10",
            "1.0-rc1",
            "1.0",
            "1.2",
            "version-1.9",
            "release-1.10",
            "1.10.1",
            "1.x",
            "2.0.0-dev",
            "2",
            "10.0-lts",
        ];
        for pair in order.windows(2) {
            let [one, other] = [0, 1].map(|at| Number::of(pair[at]).unwrap());
            assert!(one < other, "{pair:?}");
        }
        assert_eq!(
            Number::of("1.0").cmp(&Number::of("v1.0.0")),
            Ordering::Equal
        );
        for name in ["latest", "", "v", "trixie", "1.2.3.4.5.6.7", "99999999999"] {
            assert_eq!(Number::of(name), None, "{name}");
        }
        let of = |name| Number::of(name).unwrap();
        assert!(of("2.1.3").begins_as(&of("2.1")) && !of("2.10").begins_as(&of("2.1")));
        assert!(of("2.x").begins_as(&of("2")));
    }

    #[test]
    fn a_version_has_one_key() {
        for name in [
            "1.2",
            "v1.2",
            "V1.2",
            "version-1.2",
            "release-1.2",
            "Version 1.2",
        ] {
            assert_eq!(key(name), "1.2", "{name}");
        }
        assert_eq!(key("Latest"), "latest");
        assert_eq!(key("versions"), "versions");
    }
}
