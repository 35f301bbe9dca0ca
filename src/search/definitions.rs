//! Names of a query -> the pages that define them.
//!
//! A page that defines a name is more of an answer than one that uses it: the more, the fewer pages define it, and the more
//! it is about it.

use super::names::{Name, key, subject};
use super::scope::Filter;
use super::scoring::{Score, most};
use super::segment::{Definer, Definition};
use super::view::View;
use crate::corpus::EntryKind;
use xxhash_rust::xxh3::xxh3_64;

/// What a definition is worth beside a word that is as rare.
const WEIGHT: Score = 1.0;
/// A name that more pages define says nothing.
const MAX_PAGES: usize = 256;
/// Where a query is a name, pages that define it go first, if they are no more than this.
const FEW: usize = 8;
/// Signs between what a title names and what it says of it.
const DASHES: [&str; 5] = [" — ", " – ", " - ", ": ", " -- "];

/// A title of more words is a sentence.
const MAX_TITLE_WORDS: usize = 4;

/// What a name is looked up by.
pub(super) fn name_hash(key: &str) -> u32 {
    let [a, b, c, d, ..] = xxh3_64(key.as_bytes()).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The names that a title defines: itself, what it begins with before a dash, the member that it names behind what that is a
/// member of (`Element: closest() method`), and those without the number of a manual's section, what says what kind of thing it is,
/// or the ending of a plural.
pub(super) fn names_of_title(title: &str) -> impl Iterator<Item = u32> {
    let mut keys = vec![title.to_owned()];
    match member(title) {
        Some((owner, member)) => keys.extend([format!("{owner}.{member}"), member]),
        None => {
            let named = DASHES.iter().filter_map(|dash| title.split_once(dash));
            let shortest = named.map(|(name, _)| name).min_by_key(|name| name.len());
            keys.extend(shortest.map(str::to_owned));
        }
    }
    let without = keys.iter().filter_map(|name| without_section(name));
    let without: Vec<String> = without.map(str::to_owned).collect();
    keys.extend(without);
    let mut hashes: Vec<u32> = Vec::new();
    for key in keys
        .iter()
        .map(|name| key(name))
        .filter(|key| !key.is_empty())
    {
        let subject = subject(&key);
        hashes.extend([key.as_str(), subject].map(name_hash));
        hashes.extend(singular(subject).map(|singular| name_hash(&singular)));
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes.into_iter()
}

/// `Element: closest() method` -> `Element`, `closest()`.
fn member(title: &str) -> Option<(&str, String)> {
    let (owner, rest) = title.split_once(": ")?;
    let key = key(rest);
    let member = subject(&key);
    // What is not said to be a method or the like is what the title says of its subject.
    let is_member = !member.is_empty() && !member.contains(' ') && member.len() < rest.trim().len();
    (is_member && !owner.contains(' ')).then(|| (owner, member.to_owned()))
}

/// `StatefulSets` -> `StatefulSet`; so the page of a concept is found by what one is called.
fn singular(key: &str) -> Option<String> {
    let last = key.rsplit(' ').next()?;
    let is_word = last.len() > 3 && last.chars().all(char::is_alphabetic);
    if !is_word || key.split(' ').count() > MAX_TITLE_WORDS {
        return None;
    }
    if let Some(stem) = key.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    let stem = key.strip_suffix('s')?;
    (!stem.ends_with(['s', 'u', 'i'])).then(|| stem.to_owned())
}

/// `printf(3)` -> `printf`.
fn without_section(name: &str) -> Option<&str> {
    let (name, section) = name.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let is_section = section.starts_with(|c: char| c.is_ascii_digit()) && section.len() <= 4;
    is_section.then_some(name.trim_end())
}

/// A page that defines names of a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Defining {
    pub(super) page: u32,
    pub(super) score: Score,
    /// The entry that says most of them; `None`: the page as a whole.
    pub(super) entry: Option<u32>,
    /// What the best of its definitions is worth.
    best: Score,
}

/// The pages that define names of a query, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    pages: Vec<Defining>,
    /// How many names are asked for.
    asked: usize,
}

impl Definitions {
    /// Of the pages that `filter` lets through.
    pub(super) fn of(names: &[Name], view: &View, filter: Option<&Filter>) -> Self {
        let mut all: Vec<Defining> = Vec::new();
        let mut of_name: Vec<(u32, Definer)> = Vec::new();
        // Where several names are asked for, each is a part of the question.
        let asked = asked(names);
        let weight = WEIGHT / asked.max(1) as Score;
        for name in names {
            of_name.clear();
            find(name_hash(&name.key), view, filter, &mut of_name);
            let pages = of_name.chunk_by(|(a, _), (b, _)| a == b);
            let count = pages.clone().count();
            if count == 0 || count > MAX_PAGES {
                continue;
            }
            // A word that every page has is hardly a name, wherever it is defined.
            let rarity = |pages: usize| view.rarity_of(u32::try_from(pages).unwrap_or(u32::MAX));
            let rarity = (rarity(count) * rarity(count.max(name.pages))).sqrt();
            for definitions in pages {
                let best = definitions
                    .iter()
                    .max_by(|(_, a), (_, b)| share(*a).total_cmp(&share(*b)).then(b.cmp(a)));
                all.extend(best.map(|(page, by)| {
                    let score = weight * name.share * share(*by) * most(rarity);
                    Defining {
                        page: *page,
                        score,
                        entry: entry(*by),
                        best: score,
                    }
                }));
            }
        }
        all.sort_by(|a, b| a.page.cmp(&b.page).then(b.best.total_cmp(&a.best)));
        all.dedup_by(|other, first| {
            let is_same = other.page == first.page;
            if is_same {
                first.score += other.score;
                first.entry = first.entry.or(other.entry);
            }
            is_same
        });
        Self { pages: all, asked }
    }

    /// Whether few pages define the one name that is asked for.
    pub(super) fn are_few(&self) -> bool {
        self.asked <= 1 && self.pages.len() <= FEW
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Defining> {
        self.pages.iter()
    }

    pub(super) fn of_page(&self, page: u32) -> Option<&Defining> {
        let place = self
            .pages
            .binary_search_by_key(&page, |defining| defining.page)
            .ok()?;
        self.pages.get(place)
    }
}

/// How many names a query has that some page holds whole, without those that are parts of others.
fn asked(names: &[Name]) -> usize {
    let held = names.iter().filter(|name| name.term.is_some());
    let is_part = |name: &Name| {
        let mut others = held.clone().filter(|other| other.key != name.key);
        others.any(|other| other.key.contains(&name.key))
    };
    held.clone().filter(|name| !is_part(name)).count()
}

/// Where a name is defined, page by page.
fn find(name: u32, view: &View, filter: Option<&Filter>, out: &mut Vec<(u32, Definer)>) {
    for (position, live) in view.segments().iter().enumerate() {
        let found = live.segment.defined(name);
        if found.len() > 8 * MAX_PAGES {
            continue;
        }
        let within = |page: u32| {
            let ranges = filter.map(|filter| filter.of_segment(position));
            ranges.is_none_or(|ranges| ranges.iter().any(|range| range.contains(&page)))
        };
        let is_left = |definition: &Definition| {
            let page = definition.page;
            page < live.segment.page_count() && !live.gone.contains(page) && within(page)
        };
        let found = found.filter(is_left);
        out.extend(found.map(|Definition { page, by }| (live.first + page, by)));
    }
}

/// How much a page is about what it defines so.
fn share(by: Definer) -> Score {
    match by {
        Definer::Title => 1.5,
        Definer::Entry(EntryKind::Heading | EntryKind::Signature, _) => 1.0,
        Definer::Entry(EntryKind::Term | EntryKind::Option, _) => 0.9,
        Definer::Entry(EntryKind::Row, _) => 0.7,
    }
}

fn entry(by: Definer) -> Option<u32> {
    match by {
        Definer::Title => None,
        Definer::Entry(_, number) => Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_a_name_and_begins_with_one() {
        let names = |title| names_of_title(title).collect::<Vec<_>>();
        let hashes = |keys: &[&str]| {
            let mut hashes: Vec<u32> = keys.iter().map(|key| name_hash(key)).collect();
            hashes.sort_unstable();
            hashes
        };
        assert_eq!(names("SELECT"), hashes(&["select"]));
        assert_eq!(
            names("json — JSON encoder"),
            hashes(&["json — json encoder", "json"])
        );
        assert_eq!(
            names("printf(3) - print"),
            hashes(&["printf(3) - print", "printf"])
        );
        assert_eq!(names("What f(x) is"), hashes(&["what f(x) is", "f(x)"]));
        assert_eq!(
            names("Set-Cookie header"),
            hashes(&["set-cookie header", "set-cookie"])
        );
        assert_eq!(
            names("Element: closest() method"),
            hashes(&[
                "element: closest() method",
                "element: closest()",
                "element.closest",
                "closest"
            ])
        );
        assert_eq!(
            names("StatefulSets"),
            hashes(&["statefulsets", "statefulset"])
        );
        assert_eq!(
            names("Network Policies"),
            hashes(&["network policies", "network policy"])
        );
        assert_eq!(names("Status"), hashes(&["status"]));
        assert_eq!(names(""), Vec::<u32>::new());
    }
}
