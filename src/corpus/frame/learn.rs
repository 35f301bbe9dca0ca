//! What most pages of a sample have in common.

use super::key::{Key, is_name};
use super::trace::Trace;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// On fewer pages nothing is in common.
const LEAST: usize = 3;
/// On fewer nothing in the midst of a page is, nor what the pages of a folder have in common.
const SEVERAL: usize = 5;
/// Folders below the root, each with what its own pages have in common, at these depths.
const DEPTHS: usize = 3;

/// On how many pages of a sample something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::corpus) enum Share {
    /// More than half.
    Most,
    /// Four of five.
    Nearly,
    /// Four of five, and several pages.
    Sure,
}

/// What pages of a set have in common, by the folders that hold them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Common {
    /// Of the folder `""` that of all pages, in order.
    pub(super) folders: BTreeMap<String, Vec<(Key, Share)>>,
}

/// What pages have in common. `pages` are a sample's, by path, in any order that depends on their paths alone; copies count once.
pub(super) fn common(pages: &[(&str, &Trace)]) -> Common {
    let mut common = Common::default();
    let all = shares(&distinct(pages), LEAST, Share::Most);
    let mut folders: BTreeMap<&str, Vec<(&str, &Trace)>> = BTreeMap::new();
    for page in pages {
        for folder in folders_above(page.0) {
            folders.entry(folder).or_default().push(*page);
        }
    }
    for (folder, own) in folders {
        if own.len() == pages.len() {
            continue;
        }
        let mut shares = shares(&distinct(&own), SEVERAL, Share::Nearly);
        shares.retain(|(key, share)| known(&all, *key).is_none_or(|known| known < *share));
        if !shares.is_empty() {
            common.folders.insert(folder.to_owned(), shares);
        }
    }
    if !all.is_empty() {
        common.folders.insert(String::new(), all);
    }
    common
}

/// The folders that hold a page, the root apart, with a `/` at the end.
pub(super) fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at + 1);
    ends.take(DEPTHS).map(|end| &path[..end])
}

/// The share of a key in a list that is in order.
pub(super) fn known(shares: &[(Key, Share)], key: Key) -> Option<Share> {
    let at = shares.binary_search_by_key(&key, |(key, _)| *key).ok()?;
    Some(shares[at].1)
}

fn shares(pages: &[&Trace], least: usize, least_share: Share) -> Vec<(Key, Share)> {
    if pages.len() < least {
        return Vec::new();
    }
    let mut counts: HashMap<Key, usize> = HashMap::new();
    for key in pages.iter().flat_map(|page| page.keys()) {
        *counts.entry(key).or_default() += 1;
    }
    let share = |key: Key, count: usize| {
        let nearly = 5 * count >= 4 * pages.len();
        match count {
            count if count < least => None,
            count if nearly && count >= SEVERAL => Some(Share::Sure),
            _ if nearly => Some(Share::Nearly),
            _ if is_name(key) => Some(Share::Most),
            count if 2 * count > pages.len() => Some(Share::Most),
            _ => None,
        }
    };
    let counts = counts.into_iter();
    let shares = counts.filter_map(|(key, count)| Some((key, share(key, count)?)));
    let mut shares: Vec<_> = shares.filter(|(_, share)| *share >= least_share).collect();
    shares.sort_unstable();
    shares
}

/// The pages without those that are copies of others but for their frames, such as translations that are not there yet.
fn distinct<'a>(pages: &[(&'a str, &'a Trace)]) -> Vec<&'a Trace> {
    let mut by_headings: HashMap<Key, Vec<&Trace>> = HashMap::new();
    let mut distinct = Vec::with_capacity(pages.len());
    for (_, page) in pages {
        let alike = by_headings.entry(page.headings()).or_default();
        if !alike.iter().any(|other| is_copy(page, other)) {
            alike.push(page);
            distinct.push(*page);
        }
    }
    distinct
}

/// Whether two thirds of what two pages with the same headings hold are the same; all of it, where they have none.
fn is_copy(one: &Trace, other: &Trace) -> bool {
    let (mut left, mut right) = (one.keys().peekable(), other.keys().peekable());
    let (mut both, mut either) = (0, 0);
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let (a, b) = (*a, *b);
        left.next_if(|key| *key == a && a <= b);
        right.next_if(|key| *key == b && b <= a);
        both += usize::from(a == b);
        either += 1;
    }
    either += left.count() + right.count();
    match one.headings() {
        0 => both == either,
        _ => 3 * both >= 2 * either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(pages: &[(&str, &[Key])]) -> Common {
        let traces: Vec<_> = (0..)
            .zip(pages)
            .map(|(number, (_, keys))| Trace::of(number, keys.to_vec()))
            .collect();
        let pages = pages.iter().map(|(path, _)| *path);
        common(&pages.zip(&traces).collect::<Vec<_>>())
    }

    #[test]
    fn more_than_half_of_the_pages_and_three_at_least() {
        let of = |pages: &[(&str, &[Key])]| {
            let common = learnt(pages);
            common.folders.get("").cloned().unwrap_or_default()
        };
        assert_eq!(of(&[("a", &[2, 4]), ("b", &[2, 6])]), []);
        assert_eq!(
            of(&[("a", &[2, 4]), ("b", &[2, 6]), ("c", &[2, 8])]),
            [(2, Share::Nearly)]
        );
        let five: &[(&str, &[Key])] = &[
            ("a", &[2, 8, 20, 31]),
            ("b", &[2, 8, 22, 31]),
            ("c", &[2, 8, 24, 31]),
            ("d", &[2, 6, 26]),
            ("e", &[2, 6, 28]),
            ("f", &[2, 16, 30]),
            ("g", &[2, 8, 32]),
        ];
        assert_eq!(
            of(five),
            [(2, Share::Sure), (8, Share::Most), (31, Share::Most)]
        );
    }

    #[test]
    fn copies_count_once() {
        let copies: Vec<_> = (0..9)
            .map(|number| {
                (
                    number.to_string(),
                    Trace::of(5, vec![1, 2, 3, 4, 5, 6, 100 + number]),
                )
            })
            .collect();
        let pages: Vec<_> = copies
            .iter()
            .map(|(path, trace)| (path.as_str(), trace))
            .collect();
        assert_eq!(common(&pages), Common::default());
    }

    #[test]
    fn folders_have_what_their_own_pages_share() {
        let paths: Vec<String> = (0..12)
            .map(|number| format!("{}/{number}.html", if number < 6 { "de" } else { "en" }))
            .collect();
        let traces: Vec<_> = (0..12)
            .map(|number| {
                Trace::of(
                    number,
                    vec![2, if number < 6 { 4 } else { 6 }, 50 + 2 * number],
                )
            })
            .collect();
        let pages: Vec<_> = paths.iter().map(String::as_str).zip(&traces).collect();
        let common = common(&pages);
        assert_eq!(common.folders[""], [(2, Share::Sure)]);
        assert_eq!(common.folders["de/"], [(4, Share::Sure)]);
        assert_eq!(common.folders["en/"], [(6, Share::Sure)]);
    }
}
