//! What pages count: as the configuration says, and as their paths tell of change logs, archives and indices.

use super::answer::Query;
use super::editions::PageEditions;
use super::scoring::Score;
use super::view::View;
use crate::{
    config::{Boost, DocSet},
    corpus::Kind,
};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::slice;

/// What a page only counts that lists others, tells of changes, is of an old version, is kept for the record, or is an index
/// that a tool has made.
const LISTING: Score = 0.85;
const CHANGES: Score = 0.9;
const OLD: Score = 0.9;
const ARCHIVE: Score = 0.85;
const INDEX: Score = 0.85;
/// Products of several factors are kept within these.
const LEAST: Score = 0.05;
const MOST: Score = 20.0;

/// Kinds of pages that count less, as bits.
const IS_LISTING: u8 = 1;
const IS_CHANGES: u8 = 2;
const IS_OLD: u8 = 4;
const IS_ARCHIVE: u8 = 8;
const IS_INDEX: u8 = 16;
/// Of the default version, where a set holds several: less where another one is asked for.
const IS_CURRENT: u8 = 32;
const KINDS: usize = 64;

/// Folders of what is kept for the record.
const ARCHIVES: &[&str] = &[
    "archive", "archived", "archives", "_archive", "attic", "obsolete", "retired",
];
/// Folders and names of pages that tell of changes.
const CHANGE_LOGS: &[&str] = &[
    "changelog",
    "changelogs",
    "release-notes",
    "release_notes",
    "releasenotes",
    "whatsnew",
    "whats-new",
];
/// Pages that do.
const CHANGE_PAGES: &[&str] = &[
    "changelog",
    "changelogs",
    "changes",
    "news",
    "release-notes",
    "release_notes",
    "releasenotes",
    "release-history",
    "version-history",
    "whatsnew",
    "whats-new",
];
/// Pages that tools make of all others.
const INDICES: &[&str] = &[
    "genindex",
    "genindex-all",
    "py-modindex",
    "modindex",
    "bookindex",
    "doc-index",
    "doc-index-all",
    "index-all",
    "allclasses",
    "allclasses-index",
    "allclasses-frame",
    "allpackages-index",
    "classindex",
    "functionindex",
    "sitemap",
];

/// What each page counts.
#[derive(Debug, Default)]
pub(super) struct Boosts {
    /// The kinds of each page by its number.
    kinds: Vec<u8>,
    /// What the configuration says of each; empty where it says nothing.
    factors: Vec<Score>,
}

/// What pages count in one search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth<'a> {
    boosts: &'a Boosts,
    of_kinds: [Score; KINDS],
}

impl Worth<'_> {
    /// What a page's score is multiplied by.
    #[inline]
    pub(super) fn of(&self, page: u32) -> Score {
        let page = page as usize;
        let kinds = self.boosts.kinds.get(page).copied().unwrap_or_default();
        let factor = self.boosts.factors.get(page).copied().unwrap_or(1.0);
        self.of_kinds[usize::from(kinds) % KINDS] * factor
    }
}

impl Boosts {
    pub(super) fn of(view: &View, sets: &[DocSet], editions: &PageEditions) -> Self {
        let numbers = view.numbers() as usize;
        let mut kinds = vec![0; numbers];
        let mut factors = Vec::new();
        if sets.iter().any(|set| !set.boosts.is_empty()) {
            factors.resize(numbers, 1.0);
        }
        let patterns: Vec<Vec<(Option<Gitignore>, Score)>> =
            sets.iter().map(|set| patterns(&set.boosts)).collect();
        for page in 0..view.numbers() {
            let Some((set, path)) = view.key(page) else {
                continue;
            };
            let edition = editions.of_page(page);
            let mut kind = of_path(path);
            match view.kind(page) {
                Kind::Listing => kind |= IS_LISTING,
                // Folders `history/` and `news/` may be about anything: a name of the page has to say it.
                Kind::ChangeLog | Kind::Page => {}
            }
            if edition.version.is_some() {
                kind |= if edition.is_default {
                    IS_CURRENT
                } else {
                    IS_OLD
                };
            }
            kinds[page as usize] = kind;
            let patterns = patterns.get(set as usize).map(Vec::as_slice);
            if let Some(patterns) = patterns.filter(|patterns| !patterns.is_empty()) {
                factors[page as usize] = factor(patterns, path);
            }
        }
        Self { kinds, factors }
    }

    /// For a query: what it names counts in full.
    pub(super) fn worth(&self, query: &Query, editions: &PageEditions) -> Worth<'_> {
        let is_all = |version: &&String| !version.trim().eq_ignore_ascii_case("all");
        let version = query.version.as_ref().filter(is_all);
        let is_old = version.is_none() && editions.names_old(&query.text);
        let of_version = version.map_or(0, |_| IS_OLD);
        let current = if is_old { 0 } else { IS_CURRENT };
        let named = named(&query.text) | of_version | current;
        let mut of_kinds = [1.0; KINDS];
        for (kinds, worth) in (0u8..).zip(&mut of_kinds) {
            for (bit, less) in [
                (IS_LISTING, LISTING),
                (IS_CHANGES, CHANGES),
                (IS_OLD, OLD),
                (IS_ARCHIVE, ARCHIVE),
                (IS_INDEX, INDEX),
                (IS_CURRENT, OLD),
            ] {
                if kinds & bit != 0 && named & bit == 0 {
                    *worth *= less;
                }
            }
        }
        Worth {
            boosts: self,
            of_kinds,
        }
    }
}

/// The patterns of a set's boosts that no page of it is meant by.
pub fn idle_patterns<'p, I: Iterator<Item = &'p str>>(
    set: &DocSet,
    pages: impl Fn() -> I,
) -> Vec<String> {
    let is_idle = |boost: &&Boost| {
        let pattern = patterns(slice::from_ref(boost));
        pages().all(|path| pattern.iter().any(|(it, _)| !fits(it.as_ref(), path)))
    };
    let idle = set.boosts.iter().filter(is_idle);
    idle.filter_map(|boost| boost.path.clone()).collect()
}

fn patterns(boosts: &[Boost]) -> Vec<(Option<Gitignore>, Score)> {
    let of = |boost: &Boost| {
        let factor = boost.factor.number();
        let Some(path) = &boost.path else {
            return Some((None, factor));
        };
        let mut builder = GitignoreBuilder::new("");
        builder.add_line(None, path).ok()?;
        Some((Some(builder.build().ok()?), factor))
    };
    boosts.iter().filter_map(of).collect()
}

fn factor(patterns: &[(Option<Gitignore>, Score)], path: &str) -> Score {
    let factors = patterns
        .iter()
        .filter(|(pattern, _)| fits(pattern.as_ref(), path));
    let product: Score = factors.map(|(_, factor)| factor).product();
    product.clamp(LEAST, MOST)
}

fn fits(pattern: Option<&Gitignore>, path: &str) -> bool {
    pattern.is_none_or(|it| it.matched_path_or_any_parents(path, false).is_ignore())
}

/// What a path tells of its page.
fn of_path(path: &str) -> u8 {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let mut kinds = 0;
    for folder in folders.split('/') {
        if is_one(folder, ARCHIVES) {
            kinds |= IS_ARCHIVE;
        } else if is_one(folder, CHANGE_LOGS) {
            kinds |= IS_CHANGES;
        }
    }
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    if is_one(stem, INDICES) {
        kinds |= IS_INDEX;
    }
    let is_shouted = stem == "HISTORY";
    let of_folder = folders.rsplit('/').next().unwrap_or(folders);
    let is_of_release = match (
        is_one(stem, &["index", "_index", "readme"]),
        folders.rsplit_once('/'),
    ) {
        // `releases/68/index.md`
        (true, Some((above, folder))) => above.ends_with("releases") && starts_with_number(folder),
        // `releases/68.md`
        _ => of_folder == "releases" && starts_with_number(file),
    };
    if is_release(file) || is_one(stem, CHANGE_PAGES) || is_shouted || is_of_release {
        kinds |= IS_CHANGES;
    }
    kinds
}

fn is_one(name: &str, names: &[&str]) -> bool {
    let name = name.trim_start_matches('_');
    names
        .iter()
        .any(|known| known.trim_start_matches('_').eq_ignore_ascii_case(name))
}

/// `release-15-1.html`, `changelog-2.0.md`, `whatsnew_3.html`: notes of one release.
fn is_release(file: &str) -> bool {
    const NAMES: &[&str] = &[
        "release",
        "changelog",
        "changes",
        "whatsnew",
        "release-notes",
        "releasenotes",
    ];
    let rest = NAMES.iter().find_map(|name| {
        let start = file.get(..name.len())?;
        start
            .eq_ignore_ascii_case(name)
            .then(|| &file[name.len()..])
    });
    let rest = rest.and_then(|rest| rest.strip_prefix(['-', '_', '.']));
    rest.is_some_and(starts_with_number)
}

/// `2.0`, `v2`.
fn starts_with_number(text: &str) -> bool {
    let rest = text.strip_prefix(['v', 'V']).unwrap_or(text);
    rest.starts_with(|it: char| it.is_ascii_digit())
}

/// The kinds of pages that a query asks for by its words.
fn named(text: &str) -> u8 {
    const CHANGES: &[&str] = &[
        "added",
        "changed",
        "changelog",
        "changelogs",
        "changes",
        "deprecated",
        "introduced",
        "migrate",
        "migrating",
        "migration",
        "new",
        "news",
        "release",
        "released",
        "releases",
        "removed",
        "since",
        "upgrade",
        "upgrading",
        "version",
        "versions",
        "whatsnew",
    ];
    const RECORD: &[&str] = &[
        "archive",
        "archived",
        "archives",
        "historical",
        "history",
        "legacy",
        "obsolete",
        "old",
        "retired",
    ];
    const INDEX: &[&str] = &["index", "indices", "sitemap"];
    let mut kinds = 0;
    for word in text
        .split(|it: char| !it.is_alphanumeric() && it != '.')
        .take(60)
    {
        let is = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        let is_number = word.contains('.')
            && word
                .trim_start_matches(['v', 'V'])
                .starts_with(|it: char| it.is_ascii_digit());
        if is_number || is(CHANGES) {
            kinds |= IS_CHANGES;
        }
        if is_number {
            kinds |= IS_OLD;
        }
        if is(RECORD) {
            kinds |= IS_ARCHIVE | IS_OLD;
        }
        if is(INDEX) {
            kinds |= IS_INDEX | IS_LISTING;
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Factor;

    #[test]
    fn paths_tell_of_change_logs_archives_and_indices() {
        for (path, kinds) in [
            ("guide/install.md", 0),
            ("archive/2019/install.md", IS_ARCHIVE),
            ("docs/_archive/x.md", IS_ARCHIVE),
            ("release-15-1.html", IS_CHANGES),
            ("docs/changelog/2.0.md", IS_CHANGES),
            ("whatsnew/3.12.html", IS_CHANGES),
            ("CHANGES.txt", IS_CHANGES),
            ("HISTORY.md", IS_CHANGES),
            ("mozilla/firefox/releases/68/index.md", IS_CHANGES),
            ("releases/v2.0.md", IS_CHANGES),
            ("releases/2.0/guide/install.md", 0),
            ("api/history/index.md", 0),
            ("api/history/index.html", 0),
            ("news/reader.md", 0),
            ("genindex.html", IS_INDEX),
            ("api/index-all.html", IS_INDEX),
            ("release-process.md", 0),
            ("releases.md", 0),
            ("changes-of-state.md", 0),
            ("archiver/x.md", 0),
            ("index.md", 0),
            ("glossary.md", 0),
        ] {
            assert_eq!(of_path(path), kinds, "{path}");
        }
    }

    #[test]
    fn what_a_query_names_counts_in_full() {
        let boosts = Boosts {
            kinds: vec![
                0,
                IS_CHANGES,
                IS_OLD,
                IS_ARCHIVE,
                IS_INDEX,
                IS_LISTING | IS_CHANGES,
            ],
            factors: Vec::new(),
        };
        let counts = |text: &str| {
            let worth = boosts.worth(&Query::new(text), &PageEditions::default());
            [0, 1, 2, 3, 4].map(|page| worth.of(page) == 1.0)
        };
        assert_eq!(
            counts("restore a backup"),
            [true, false, false, false, false]
        );
        assert_eq!(
            counts("release notes of the backup"),
            [true, true, false, false, false]
        );
        assert_eq!(counts("backup in 1.2"), [true, true, true, false, false]);
        assert_eq!(counts("old backups"), [true, false, true, true, false]);
        assert_eq!(counts("index of names"), [true, false, false, false, true]);
        let worth = boosts.worth(&Query::new("backup"), &PageEditions::default());
        assert!((worth.of(5) - LISTING * CHANGES).abs() < 0.001);
        assert!((worth.of(77) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn factors_of_all_patterns_that_fit_are_multiplied() {
        let boost = |path: Option<&str>, factor: f64| Boost {
            path: path.map(str::to_owned),
            factor: Factor::new(factor).unwrap(),
        };
        let patterns = patterns(&[
            boost(None, 2.0),
            boost(Some("guide/"), 1.5),
            boost(Some("**/changelog/**"), 0.5),
            boost(Some("*.txt"), 0.1),
        ]);
        for (path, expected) in [
            ("a.md", 2.0),
            ("guide/a.md", 3.0),
            ("x/guide/a/b.md", 3.0),
            ("a/changelog/b.md", 1.0),
            ("guide/changelog/a.txt", 0.15),
        ] {
            assert!((factor(&patterns, path) - expected).abs() < 0.001, "{path}");
        }
        let many: Vec<Boost> = (0..100).map(|_| boost(None, 10.0)).collect();
        assert!((factor(&super::patterns(&many), "a.md") - MOST).abs() < 0.001);
    }
}
