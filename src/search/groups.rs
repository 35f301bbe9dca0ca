//! Pages of a ranking that are one answer: copies of a page, and the same page in several languages and versions.
//!
//! Copies say the same, word for word. Of them the original is shown, wherever it is in the ranking; see
//! [`super::original::distance`].
//!
//! Two pages are versions of one where their paths are the same but for folders of languages and versions, and the folders hold
//! the same pages, too: half of those that are looked at. Of them the one that answers best is shown.

use super::best::RankedPage;
use super::editions::PageEditions;
use super::ranking::Ranking;
use super::scope::Filter;
use super::view::View;
use crate::corpus::Part;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How often more pages are asked for, where copies take the places of others, and how many more each time.
const ROUNDS: usize = 4;
const TIMES: usize = 4;
/// Pages of a folder that are looked up in another.
const LOOKED_AT: usize = 16;
/// Pairs of folders that are remembered; beyond that, all are forgotten.
const MAX_PAIRS: usize = 4_096;

/// A page of the answer, with those that it stands for.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) page: RankedPage,
    /// Others that say the same, the original first.
    pub(super) copies: Vec<u32>,
    /// The same page in other languages and versions, best first.
    pub(super) versions: Vec<u32>,
}

/// What is known of the folders of a generation.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Whether two folders of a set hold the same pages.
    alike: Mutex<HashMap<(u32, String, String), bool>>,
}

impl Groups {
    /// The first groups of a ranking, and whether there are more.
    pub(super) fn of(
        &self,
        view: &View,
        editions: &PageEditions,
        ranking: &mut Ranking<'_>,
        wanted: usize,
        filter: Option<&Filter>,
    ) -> (Vec<Group>, bool) {
        let mut count = wanted.saturating_add(1);
        let mut round = 1;
        loop {
            let pages = ranking.best(count);
            let is_all = pages.len() < count || pages.len() == ranking.len();
            let mut groups = self.grouped(view, editions, pages, filter);
            if groups.len() > wanted || is_all || round == ROUNDS {
                let more = groups.len() > wanted || !is_all;
                groups.truncate(wanted);
                return (groups, more);
            }
            count = count.saturating_mul(TIMES);
            round += 1;
        }
    }

    fn grouped(
        &self,
        view: &View,
        editions: &PageEditions,
        pages: Vec<RankedPage>,
        filter: Option<&Filter>,
    ) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::with_capacity(pages.len());
        let mut by_content: HashMap<(u32, u64), usize> = HashMap::with_capacity(pages.len());
        let mut by_path: HashMap<(u32, String), Vec<(usize, Folder)>> = HashMap::new();
        let mut by_edition: HashMap<(u32, String), usize> = HashMap::new();
        for page in pages {
            let Some(content) = view.content(page.page) else {
                continue;
            };
            if by_content.contains_key(&content) {
                continue;
            }
            let mut copies = view.copies(page.page);
            copies.retain(|copy| filter.is_none_or(|filter| filter.lets_through(view, *copy)));
            let original = copies.first().copied().unwrap_or(page.page);
            let set = content.0;
            let path = view.key(original).map(|(_, path)| path);
            // What the set's versions are is known; what only looks like some is compared.
            let edition = path.and_then(|path| editions.of_set(set)?.page(path));
            if let Some(name) = edition {
                let key = (set, name);
                if let Some(group) = by_edition.get(&key).copied() {
                    groups[group].versions.push(original);
                    let copies = copies.into_iter().filter(|copy| *copy != original);
                    groups[group].versions.extend(copies);
                    by_content.insert(content, group);
                    continue;
                }
                by_edition.insert(key, groups.len());
            } else if let Some(Versioned { rest, folder }) = path.map(Versioned::of) {
                let same = by_path.entry((set, rest)).or_default();
                let group = same
                    .iter()
                    .find(|(_, other)| self.are_alike(view, set, other, &folder));
                if let Some((group, _)) = group {
                    let group = *group;
                    groups[group].versions.push(original);
                    let copies = copies.into_iter().filter(|copy| *copy != original);
                    groups[group].versions.extend(copies);
                    by_content.insert(content, group);
                    continue;
                }
                same.push((groups.len(), folder));
            }
            by_content.insert(content, groups.len());
            copies.retain(|copy| *copy != original);
            groups.push(Group {
                page: RankedPage {
                    page: original,
                    ..page
                },
                copies,
                versions: Vec::new(),
            });
        }
        groups
    }

    /// Whether two folders of a set hold the same pages: half of those that are looked at.
    fn are_alike(&self, view: &View, set: u32, one: &Folder, other: &Folder) -> bool {
        // The default language or version may stand in no folder of its own.
        let (one, other) = match (&one.0, &other.0) {
            (Some(one), Some(other)) => (one.clone(), other.clone()),
            (Some(folder), None) | (None, Some(folder)) => {
                (folder.clone(), Versioned::of(folder).rest)
            }
            (None, None) => return false,
        };
        let (first, second) = if one <= other {
            (one, other)
        } else {
            (other, one)
        };
        if first == second {
            return false;
        }
        let key = (set, first.clone(), second.clone());
        let (first, second) = (first.as_str(), second.as_str());
        let known = || self.alike.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(alike) = known().get(&key) {
            return *alike;
        }
        let alike = holds(view, set, first, second) || holds(view, set, second, first);
        let mut known = known();
        if known.len() >= MAX_PAIRS {
            known.clear();
        }
        known.insert(key, alike);
        alike
    }
}

/// A path without its folders of languages and versions.
struct Versioned {
    rest: String,
    folder: Folder,
}

/// What stands before the last of these folders, with it: `docs/1.0/`; `None`: there is none.
struct Folder(Option<String>);

impl Versioned {
    fn of(path: &str) -> Self {
        let mut rest = String::with_capacity(path.len());
        let mut folder = None;
        let mut at = 0;
        for part in path.split_inclusive('/') {
            at += part.len();
            match part.strip_suffix('/').map(Part::of) {
                Some(Part::Other) | None => rest.push_str(part),
                Some(_) => folder = Some(path[..at].to_owned()),
            }
        }
        Self {
            rest,
            folder: Folder(folder),
        }
    }
}

/// Whether half of the pages of a folder are in another, too, of those that are looked at.
fn holds(view: &View, set: u32, folder: &str, other: &str) -> bool {
    let (mut looked_at, mut found) = (0, 0);
    for page in view.below(set, folder).take(LOOKED_AT) {
        let Some(rest) = view
            .page(page)
            .and_then(|(_, _, head)| head.path.strip_prefix(folder))
        else {
            continue;
        };
        looked_at += 1;
        found += usize::from(view.find_page(set, &format!("{other}{rest}")).is_some());
    }
    found > 0 && 2 * found >= looked_at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_languages_and_versions_are_left_out_of_paths() {
        let of = |path| {
            let Versioned { rest, folder } = Versioned::of(path);
            (rest, folder.0.unwrap_or_default())
        };
        let owned = |rest: &str, folder: &str| (rest.to_owned(), folder.to_owned());
        assert_eq!(
            of("docs/1.0/guide/x.md"),
            owned("docs/guide/x.md", "docs/1.0/")
        );
        assert_eq!(of("en/v2/x.md"), owned("x.md", "en/v2/"));
        assert_eq!(of("docs/guide/x.md"), owned("docs/guide/x.md", ""));
        assert_eq!(of("guide/en"), owned("guide/en", ""));
    }
}
