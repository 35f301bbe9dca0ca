//! The order of a set's pages, as its own site has it.
//!
//! What determines it is kept in the index: the navigation of the site in the manifest, tables of contents with the links of their
//! pages, weights with what pages are called. From that a generation finds the places of pages out when somebody asks, within
//! bounds, and keeps them. So an update costs what has changed, and an order is never older than the pages.

use super::folders::index_page;
use super::target::{folder_of, page, target};
use super::view::View;
use std::collections::{HashMap, HashSet};
use xxhash_rust::xxh3::xxh3_64;

/// Pages that get a place; the others follow by their weights and names.
const MAX_PLACED: usize = 20_000;
/// Names that are looked up for it.
const MAX_LOOKED_UP: usize = 50_000;
/// Folders above a page that get its place.
const MAX_DEPTH: usize = 32;

/// The pages of a set that have a place.
#[derive(Debug, Default)]
pub(super) struct Order {
    pages: Vec<u32>,
    places: HashMap<u32, u32>,
    /// The first place of a page below each folder, by the hash of its path.
    folders: HashMap<u64, u32>,
}

impl Order {
    /// `outline`: the pages that the navigation of the site names.
    pub(super) fn of(view: &View, set: u32, outline: &[String]) -> Self {
        let mut order = Self::default();
        let mut left = MAX_LOOKED_UP;
        // What is to get a place next is at the end.
        let mut ahead: Vec<u32> = outline
            .iter()
            .rev()
            .filter_map(|path| page(view, set, path))
            .collect();
        if ahead.is_empty() {
            ahead.extend(index_page(view, set, ""));
            // The menu of a book that mdBook has built.
            ahead.extend(view.find_page(set, "toc.html"));
        }
        let mut seen: HashSet<u32> = ahead.iter().copied().collect();
        while let Some(next) = ahead.pop() {
            if order.pages.len() >= MAX_PLACED {
                break;
            }
            let Some((segment, entry, head)) = view.page(next) else {
                continue;
            };
            order.place(next, head.path);
            if !head.has_contents {
                continue;
            }
            let links = segment.links().read(&entry);
            let named = links.map(|links| links.contents).unwrap_or_default();
            let folder = folder_of(head.path);
            let from = ahead.len();
            for name in named.iter().take(left) {
                left -= 1;
                let found = target(view, set, folder, name);
                ahead.extend(found.filter(|found| seen.insert(*found)));
            }
            ahead[from..].reverse();
        }
        if order.pages.len() < 2 {
            // A page alone is no order.
            return Self::default();
        }
        order
    }

    fn place(&mut self, page: u32, path: &str) {
        let place = u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        if self.places.insert(page, place).is_some() {
            return;
        }
        self.pages.push(page);
        for (slash, _) in path.match_indices('/').take(MAX_DEPTH) {
            let folder = xxh3_64(&path.as_bytes()[..=slash]);
            self.folders.entry(folder).or_insert(place);
        }
    }

    /// The place of a page, from 0.
    pub(super) fn of_page(&self, page: u32) -> Option<u32> {
        self.places.get(&page).copied()
    }

    /// The place of the first page below a folder, whose path ends in `/`.
    pub(super) fn of_folder(&self, path: &str) -> Option<u32> {
        self.folders.get(&xxh3_64(path.as_bytes())).copied()
    }

    /// The pages before and after one that has a place.
    pub(super) fn neighbours(&self, page: u32) -> Option<(Option<u32>, Option<u32>)> {
        let place = self.of_page(page)? as usize;
        let before = place.checked_sub(1).and_then(|place| self.pages.get(place));
        Some((before.copied(), self.pages.get(place + 1).copied()))
    }
}
