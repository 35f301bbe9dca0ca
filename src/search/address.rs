//! Which page somebody means by a name: `set/path`, a path alone, or an address.

use super::Snapshot;
use crate::corpus;
use std::hash::{DefaultHasher, Hash, Hasher};

impl Snapshot {
    /// Pages by their addresses, hashed.
    fn addresses(&self) -> Vec<(u64, u32)> {
        let address = |page: u32| {
            let (_, _, head) = self.view.page(page)?;
            // The address is that of the page that shows it.
            if head.permalink == Some(corpus::Page::SHOWN_BY_ITS_FOLDER) {
                return None;
            }
            Some((hash(self.url(page)?.trim_end_matches('/')), page))
        };
        let mut urls: Vec<_> = self.view.all().filter_map(address).collect();
        // Of several pages with one address, the first in the order of sets and paths has it.
        urls.sort_by_key(|(hash, _)| *hash);
        urls.dedup_by_key(|(hash, _)| *hash);
        urls
    }

    /// Whether there is a page of this id.
    pub fn knows(&self, id: &str) -> bool {
        self.number(id).is_some()
    }

    /// The number of the page that an id names, with a fragment or without. Paths may have that sign in them, too.
    pub(super) fn number(&self, id: &str) -> Option<u32> {
        let id = id.trim();
        let before_last = id.rsplit_once('#').map(|(id, _)| id);
        let before_first = id.split_once('#').map(|(id, _)| id);
        self.numbered(id)
            .or_else(|| self.numbered(before_last?))
            .or_else(|| self.numbered(before_first?))
    }

    fn numbered(&self, id: &str) -> Option<u32> {
        if id.starts_with("http://") || id.starts_with("https://") {
            let wanted = id.trim_end_matches('/');
            let urls = self.urls.get_or_init(|| self.addresses());
            let at = urls
                .binary_search_by_key(&hash(wanted), |(hash, _)| *hash)
                .ok()?;
            let (_, page) = urls[at];
            let url = self.url(page)?;
            return (url.trim_end_matches('/') == wanted).then_some(page);
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
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
