//! Which page somebody means who names one: by its id (`set/path`), by a path alone, by an address, or as links in documents name
//! it: from the site's root, with another ending or without, by an alias, by the end of its path, by its title.

use super::{
    PageRef, Snapshot,
    names_of_pages::NamesOfPages,
    written::{Written, written},
};
use crate::corpus::{self, below_base, join_at_root};
use percent_encoding::percent_decode_str;
use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Longer names are no page's; in bytes.
const MAX_NAME: usize = 2_000;
/// Pages that are named where a name may mean any of them.
const MAX_SEVERAL: usize = 10;

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// One page.
    Page {
        /// By which [`Snapshot::page`] finds it.
        id: String,
        /// The place on it that the name asks for, as it is written there: what stands behind `#`.
        fragment: Option<String>,
    },
    /// Any of several pages: the first of them.
    Several(Vec<PageRef>),
    /// No page.
    Nothing,
}

/// How a name that is no id leads to a page: the nearer, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// It is the whole name.
    Whole,
    /// The set is published below the folders that it begins with.
    Published,
    /// It begins at the root of a site, with so many folders more in front.
    Rooted(usize),
    /// The page's name ends with it.
    Ending,
    /// It has so many folders more in front.
    Above(usize),
    /// It is the title.
    Title,
}

impl Snapshot {
    /// What somebody means by a name, a link or an address, perhaps with a fragment.
    pub fn meant(&self, name: &str) -> Meant {
        let name = name.trim();
        if name.is_empty() || name.len() > MAX_NAME {
            return Meant::Nothing;
        }
        if let Some((page, fragment)) = self.exactly(name) {
            return self.meant_page(page, fragment);
        }
        let Written { name, fragment } = written(name);
        let decoded = percent_decode_str(&name).decode_utf8();
        let decoded = decoded.unwrap_or(Cow::Borrowed(&name));
        if let Some(page) = self.numbered(&name).or_else(|| self.numbered(&decoded)) {
            return self.meant_page(page, fragment);
        }
        if fragment.is_none()
            && let Some((page, fragment)) = self.exactly(&decoded)
        {
            return self.meant_page(page, fragment);
        }
        let pages = self.by_name(&name, &decoded);
        match pages.as_slice() {
            [] => Meant::Nothing,
            [page] => self.meant_page(*page, fragment),
            several => {
                let several = several.iter().take(MAX_SEVERAL);
                Meant::Several(several.filter_map(|page| self.page_ref(*page)).collect())
            }
        }
    }

    /// The id of the page that a link on a page means, whatever form it has; the fragment is passed over.
    pub fn linked(&self, from: &PageRef, destination: &str) -> Option<String> {
        if destination.len() > MAX_NAME {
            return None;
        }
        let set = self.set_position(&from.set)?;
        self.id_of(self.link(set, &from.path, destination)?)
    }

    /// The page that a link on the page of a set with this path means.
    pub(super) fn link(&self, set: u32, from: &str, destination: &str) -> Option<u32> {
        let names = self.names_of(set)?;
        names.linked(from, destination).or_else(|| {
            let address = destination.split('#').next()?;
            is_web(address).then(|| self.at_web_address(address))?
        })
    }

    fn meant_page(&self, page: u32, fragment: Option<impl Into<String>>) -> Meant {
        let fragment = fragment.map(Into::into);
        self.id_of(page).map_or(Meant::Nothing, |id| Meant::Page {
            id,
            fragment: fragment.filter(|fragment| !fragment.is_empty()),
        })
    }

    fn id_of(&self, page: u32) -> Option<String> {
        let (_, entry, head) = self.view.page(page)?;
        let set = self.sets.get(entry.set as usize)?;
        Some(format!("{}/{}", set.name, head.path))
    }

    /// Whether there is a page of this id.
    pub fn knows(&self, id: &str) -> bool {
        self.number(id).is_some()
    }

    /// The number of the page that an id names, with a fragment or without.
    pub(super) fn number(&self, id: &str) -> Option<u32> {
        self.exactly(id.trim()).map(|(page, _)| page)
    }

    /// The same with the fragment. Paths may have that sign in them, too.
    fn exactly<'a>(&self, id: &'a str) -> Option<(u32, Option<&'a str>)> {
        let whole = self.numbered(id).map(|page| (page, None));
        let at = |split: Option<(&'a str, &'a str)>| {
            let (id, fragment) = split?;
            Some((self.numbered(id)?, Some(fragment)))
        };
        whole
            .or_else(|| at(id.rsplit_once('#')))
            .or_else(|| at(id.split_once('#')))
    }

    fn numbered(&self, id: &str) -> Option<u32> {
        if is_web(id) {
            return self.published_at(id);
        }
        let id = id.trim_start_matches('/');
        let in_set = id.split_once('/').and_then(|(set, path)| {
            let set = self.set_position(set)?;
            self.view.find_page(set, path)
        });
        in_set.or_else(|| {
            let sets = (0u32..).take(self.sets.len());
            let mut found = sets.filter_map(|set| self.view.find_page(set, id));
            let only = found.next();
            only.filter(|_| found.next().is_none())
        })
    }

    /// The page with this address: to the letter, else but for what servers make no difference by.
    fn published_at(&self, address: &str) -> Option<u32> {
        let urls = self.urls.get_or_init(|| self.addresses());
        let wanted = hash(&plain(address));
        let start = urls.partition_point(|(hash, _)| *hash < wanted);
        let same = urls[start..].iter().take_while(|(hash, _)| *hash == wanted);
        let mut found = None;
        for (_, page) in same {
            let url = self.url(*page)?;
            if url.trim_end_matches('/') == address.trim_end_matches('/') {
                return Some(*page);
            }
            // Of several pages with one address, the first in the order of sets and paths has it.
            if found.is_none() && plain(&url) == plain(address) {
                found = Some(*page);
            }
        }
        found
    }

    /// Pages by their addresses, hashed.
    fn addresses(&self) -> Vec<(u64, u32)> {
        let address = |page: u32| {
            let (_, _, head) = self.view.page(page)?;
            // The address is that of the page that shows it.
            if head.permalink == Some(corpus::Page::SHOWN_BY_ITS_FOLDER) {
                return None;
            }
            Some((hash(&plain(&self.url(page)?)), page))
        };
        let mut urls: Vec<_> = self.view.all().filter_map(address).collect();
        urls.sort_by_key(|(hash, _)| *hash);
        urls
    }

    /// The pages that a name which is no id may mean, the best way first to lead to any.
    fn by_name(&self, name: &str, decoded: &str) -> Vec<u32> {
        if is_web(name) {
            return self.at_web_address(name).into_iter().collect();
        }
        if name.starts_with("ref:") {
            let sets = (0u32..).take(self.sets.len());
            let found = sets.filter_map(|set| self.names_of(set)?.linked("", name));
            return found.collect();
        }
        if has_other_scheme(name) {
            return Vec::new();
        }
        let path = decoded.split('?').next().unwrap_or_default();
        let rooted = path.starts_with('/');
        // From where it leads up and down, nobody knows.
        let path = join_at_root("", path);
        if path.is_empty() {
            let only = (self.sets.len() == 1).then_some(0);
            let root = only.and_then(|set| self.names_of(set)?.whole(""));
            return root.into_iter().collect();
        }
        let of_set = path.split_once('/').unwrap_or((&path, ""));
        let own = self.folded_set(of_set.0);
        if let Some(set) = own {
            let found = self.in_sets(set..set + 1, of_set.1, rooted);
            if !found.is_empty() {
                return found;
            }
        }
        let sets = 0..u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        match own {
            // What begins with the name of a set is of that set, or all of it is a path.
            Some(_) => sets
                .filter_map(|set| self.names_of(set)?.whole(&path))
                .collect(),
            None => self.in_sets(sets, &path, rooted),
        }
    }

    /// The pages of these sets that a path leads to, by the best way that leads to any.
    fn in_sets(&self, sets: std::ops::Range<u32>, path: &str, rooted: bool) -> Vec<u32> {
        let mut best: Option<Way> = None;
        let mut pages = Vec::new();
        for set in sets {
            let Some(names) = self.names_of(set) else {
                continue;
            };
            let base = self
                .sets
                .get(set as usize)
                .and_then(|set| set.base_url.as_deref());
            let Some((way, found)) = in_set(names, base, path, rooted) else {
                continue;
            };
            if best.is_none_or(|best| way < best) {
                best = Some(way);
                pages.clear();
            }
            if best == Some(way) {
                pages.extend(found);
            }
        }
        pages
    }

    /// The page at an address that is not exactly a page's: below that of a set, or elsewhere on the site of one.
    fn at_web_address(&self, address: &str) -> Option<u32> {
        let address = &*portless(address.split('?').next()?);
        if let Some(page) = self.published_at(address) {
            return Some(page);
        }
        let decoded = percent_decode_str(address).decode_utf8().ok()?;
        let sets = || (0u32..).zip(&self.sets);
        let below = sets().find_map(|(set, it)| {
            let below = below_base(it.base_url.as_deref()?, &decoded)?;
            self.names_of(set)?.whole(below)
        });
        below.or_else(|| {
            let (host, path) = host_and_path(&decoded)?;
            sets().find_map(|(set, it)| {
                let (own, _) = host_and_path(it.base_url.as_deref()?)?;
                own.eq_ignore_ascii_case(host).then_some(())?;
                let (above, page) = self.names_of(set)?.below(path)?;
                // The folders that the set is not below say where something else is.
                (above == 0).then_some(page)
            })
        })
    }

    /// The set of this name, however it is written.
    fn folded_set(&self, name: &str) -> Option<u32> {
        let same = |set: &crate::config::DocSet| set.name.eq_ignore_ascii_case(name);
        let position = self.sets.iter().position(same)?;
        u32::try_from(position).ok()
    }

    fn names_of(&self, set: u32) -> Option<&NamesOfPages> {
        let names = self.names.get(set as usize)?;
        Some(names.get_or_init(|| {
            let base = self
                .sets
                .get(set as usize)
                .and_then(|set| set.base_url.as_deref());
            NamesOfPages::of(&self.view, set, base)
        }))
    }
}

/// The pages of a set that a path leads to, and how.
fn in_set(
    names: &NamesOfPages,
    base_url: Option<&str>,
    path: &str,
    rooted: bool,
) -> Option<(Way, Vec<u32>)> {
    if let Some(page) = names.whole(path) {
        return Some((Way::Whole, vec![page]));
    }
    let base = base_url
        .and_then(host_and_path)
        .map(|(_, path)| path.trim_matches('/'));
    let below_base = base.and_then(|base| path.strip_prefix(base)?.strip_prefix('/'));
    if let Some(page) = below_base.and_then(|below| names.whole(below)) {
        return Some((Way::Published, vec![page]));
    }
    let below = names.below(path);
    if let Some((above, page)) = below.filter(|_| rooted) {
        return Some((Way::Rooted(above), vec![page]));
    }
    let ending: Vec<u32> = names.ending(path).collect();
    if !ending.is_empty() {
        return Some((Way::Ending, ending));
    }
    // A name at the set's root is no sign of what had a folder.
    let parts = path.split('/').filter(|part| !part.is_empty()).count();
    if let Some((above, page)) = below.filter(|(above, _)| parts > above + 1) {
        return Some((Way::Above(above), vec![page]));
    }
    let titled: Vec<u32> = names.titled(path).collect();
    (!titled.is_empty()).then_some((Way::Title, titled))
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// Whether it is the address of something else: a mail, a file. Paths of C++ have colons, too.
fn has_other_scheme(name: &str) -> bool {
    ["mailto:", "file:", "ftp:", "data:", "javascript:", "tel:"]
        .iter()
        .any(|scheme| {
            name.len() >= scheme.len()
                && name.is_char_boundary(scheme.len())
                && name[..scheme.len()].eq_ignore_ascii_case(scheme)
        })
}

/// `https://docs.example.com/a/b` -> `docs.example.com`, `a/b`.
fn host_and_path(address: &str) -> Option<(&str, &str)> {
    let rest = address.split_once("://")?.1;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

/// An address without the port that its scheme has anyway.
fn portless(address: &str) -> Cow<'_, str> {
    let without = [("https://", ":443"), ("http://", ":80")]
        .iter()
        .find_map(|(scheme, port)| {
            let rest = address.strip_prefix(scheme)?;
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            Some([scheme, host.strip_suffix(port)?, path].concat())
        });
    without.map_or(Cow::Borrowed(address), Cow::Owned)
}

/// An address without what most servers make no difference by: the scheme and its port, a slash at the end, an index, the ending of a page.
fn plain(address: &str) -> String {
    let address = &*portless(address);
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let address = address.trim_end_matches('/');
    let stem = [".html", ".htm", ".md"]
        .iter()
        .find_map(|ending| address.strip_suffix(ending));
    let stem = stem.unwrap_or(address);
    let stem = stem.strip_suffix("/index").unwrap_or(stem);
    let (host, path) = stem.split_once('/').unwrap_or((stem, ""));
    format!("{}/{path}", host.to_ascii_lowercase())
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_what_makes_no_difference() {
        for address in [
            "https://docs.example.com/a/b",
            "http://Docs.Example.com/a/b/",
            "https://docs.example.com/a/b.html",
            "https://docs.example.com/a/b/index.html",
            "https://docs.example.com/a/b.md",
            "https://docs.example.com:443/a/b",
            "http://docs.example.com:80/a/b",
        ] {
            assert_eq!(plain(address), "docs.example.com/a/b", "{address}");
        }
        assert_ne!(plain("https://x.org:8443/a"), plain("https://x.org/a"));
        assert_ne!(plain("http://x.org:443/a"), plain("http://x.org/a"));
        assert_ne!(plain("https://x.org/A"), plain("https://x.org/a"));
        assert_eq!(plain("https://x.org"), plain("https://x.org/index.html"));
    }

    #[test]
    fn a_path_is_taken_without_the_way_that_leads_to_it() {
        for (path, expected) in [
            ("../../a/./b", "a/b"),
            ("/a//b/", "a/b"),
            ("a/../../b", "b"),
            ("..", ""),
        ] {
            assert_eq!(join_at_root("", path), expected);
        }
    }
}
