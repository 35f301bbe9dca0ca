//! What the pages of a set have around their own text, found by comparing them with each other: menus, banners,
//! "previous / next", licences, the site's name. No rule knows a site's templates.
//!
//! A page is cut into [`blocks`], and each becomes a few numbers ([`marks`]) that do not depend on
//! what a site writes differently on each page. What stands on most pages of a [`sample`] is the frame
//! ([`learn`]), and is left out where it stands ([`mod@left_out`]). All of it depends on the pages that the set has
//! now, not on the order in which they came: the keys of each page are kept with it ([`mod@trace`]), so that the frame is
//! worked out again without reading them, and only pages that hold what has changed of it are read again.

mod affix;
mod blocks;
mod class;
mod key;
mod learn;
mod left_out;
mod marks;
mod sample;
mod trace;
mod words;

pub(super) use affix::{Side, names};
pub(super) use blocks::Kind;
pub(super) use class::Class;
pub(super) use left_out::{LeftOut, left_out};
pub(super) use marks::Marks;
pub use sample::Sample;
pub use trace::Trace;

use key::Key;
use learn::{Common, Share, common, folders_above, known};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What most pages of a set have in common, a class of pages at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    built: Common,
    written: Common,
}

impl Frame {
    /// Compares the pages of a sample, each named by its path, in the sample's order.
    pub fn of(pages: &[(&str, &Trace)]) -> Self {
        let of_class = |class| {
            let pages = pages
                .iter()
                .filter(|(path, trace)| Class::of(path) == Some(class) && !trace.is_empty());
            common(&pages.copied().collect::<Vec<_>>())
        };
        Self {
            built: of_class(Class::Built),
            written: of_class(Class::Written),
        }
    }

    /// How many things pages have in common.
    pub fn len(&self) -> usize {
        let folders = self
            .built
            .folders
            .values()
            .chain(self.written.folders.values());
        folders.map(Vec::len).sum()
    }

    /// Whether pages have nothing in common.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What differs in another frame.
    pub fn changes(&self, other: &Self) -> Changes {
        Changes {
            built: changes(&self.built, &other.built),
            written: changes(&self.written, &other.written),
        }
    }

    /// What a page has around its text.
    pub(super) fn around<'a>(&'a self, path: &str) -> Around<'a> {
        let class = Class::of(path);
        let common = match class {
            Some(Class::Built) => &self.built,
            Some(Class::Written) => &self.written,
            None => return Around::default(),
        };
        let folders = folders_above(path).chain([""]);
        let folders = folders.filter_map(|folder| common.folders.get(folder));
        Around {
            class,
            shares: folders.map(Vec::as_slice).collect(),
        }
    }
}

/// What the frame of one page is made of.
#[derive(Debug, Default)]
pub(super) struct Around<'a> {
    class: Option<Class>,
    shares: Vec<&'a [(Key, Share)]>,
}

impl Around<'_> {
    /// How sure it is that something is a part of the frame.
    fn share(&self, key: Key) -> Option<Share> {
        let shares = self.shares.iter();
        shares.filter_map(|shares| known(shares, key)).max()
    }

    /// Whether a title is that of most pages.
    pub(super) fn is_title(&self, title: &str) -> bool {
        affix::is_shared(title, |key| self.share(key).is_some())
    }

    /// Whether other pages have a heading of a page, too, as their first.
    pub(super) fn is_shared(&self, marks: &Marks, heading: usize) -> bool {
        let mut said = marks.said[heading].exact.iter();
        said.any(|said| self.share(said.name()).is_some())
    }

    /// A title without what most titles begin or end with, where this has that.
    pub(super) fn own_title<'t>(&self, title: &'t str) -> Option<&'t str> {
        affix::without(title, |key| self.share(key).is_some())
    }
}

/// What is kept of a page to compare it with others: `titles` are those that it says.
pub(super) fn trace(marks: &Marks, titles: &[&str]) -> Trace {
    let mut keys = marks.keys();
    keys.extend(titles.iter().flat_map(|title| affix::keys(title)));
    Trace::of(marks.headings(), keys)
}

/// What has become a part of the frame of some pages, or is none any more.
#[derive(Debug, Default)]
pub struct Changes {
    built: BTreeMap<String, Vec<Key>>,
    written: BTreeMap<String, Vec<Key>>,
}

impl Changes {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.built.is_empty() && self.written.is_empty()
    }

    /// Whether a page may read differently now.
    pub fn concern(&self, path: &str, trace: &Trace) -> bool {
        let folders = match Class::of(path) {
            Some(Class::Built) => &self.built,
            Some(Class::Written) => &self.written,
            None => return false,
        };
        let of_page = folders_above(path).chain([""]);
        let changed: Vec<_> = of_page.filter_map(|folder| folders.get(folder)).collect();
        let is_changed = |key: Key| changed.iter().any(|keys| keys.binary_search(&key).is_ok());
        !changed.is_empty() && trace.keys().any(is_changed)
    }
}

fn changes(one: &Common, other: &Common) -> BTreeMap<String, Vec<Key>> {
    let nothing = Vec::new();
    let mut changes = BTreeMap::new();
    for folder in one.folders.keys().chain(other.folders.keys()) {
        let [one, other] = [one, other].map(|it| it.folders.get(folder).unwrap_or(&nothing));
        let only = |these: &[(Key, Share)], those: &[(Key, Share)]| {
            let only = these
                .iter()
                .filter(|(key, share)| known(those, *key) != Some(*share));
            only.map(|(key, _)| *key).collect::<Vec<_>>()
        };
        let mut keys = only(one, other);
        keys.extend(only(other, one));
        keys.sort_unstable();
        keys.dedup();
        if !keys.is_empty() {
            changes.insert(folder.clone(), keys);
        }
    }
    changes
}
