//! The pages of a set by the names that links have for them: the same that counts as a link where links are followed, see
//! [`crate::corpus::Resolver`].

use super::view::View;
use crate::corpus::{Link, Resolver, Targets};

/// Made when somebody asks for a page by such a name; some 100 bytes a page.
#[derive(Debug)]
pub(super) struct NamesOfPages {
    resolver: Resolver,
    /// In the order in which the resolver knows them.
    pages: Vec<u32>,
}

impl NamesOfPages {
    /// Of a set that is published at `base_url`. What is damaged has no name.
    pub(super) fn of(view: &View, set: u32, base_url: Option<&str>) -> Self {
        let mut targets = Targets::default();
        let mut pages = Vec::new();
        let mut refers = Vec::new();
        let segments = view.segments();
        let mut readers: Vec<_> = segments.iter().map(|live| live.segment.links()).collect();
        for page in view.below(set, "") {
            let Some((_, entry, head)) = view.page(page) else {
                continue;
            };
            let reader = readers.get_mut(view.locate(page).0);
            let links = reader
                .and_then(|reader| reader.read(&entry))
                .unwrap_or_default();
            targets.add(head.path, head.title, &links.aliases);
            if links.links.iter().any(Link::is_reference) {
                refers.push(page);
            }
            pages.push(page);
        }
        let mut resolver = Resolver::new(base_url, targets);
        for page in refers {
            let reader = readers.get_mut(view.locate(page).0);
            let entry = view.page(page).map(|(_, entry, _)| entry);
            if let Some(links) = reader
                .zip(entry)
                .and_then(|(reader, entry)| reader.read(&entry))
            {
                resolver.learn(links.links.iter().filter(|link| link.is_reference()));
            }
        }
        Self { resolver, pages }
    }

    /// The page that a link on the page with the path `from` means.
    pub(super) fn linked(&self, from: &str, destination: &str) -> Option<u32> {
        self.page(self.resolver.resolve(from, destination)?)
    }

    /// The page with this path, but for its ending, or with this alias.
    pub(super) fn whole(&self, path: &str) -> Option<u32> {
        let (above, page) = self.resolver.below(path)?;
        self.page(page).filter(|_| above == 0)
    }

    /// The same without the first folders of the path, and how many these are.
    pub(super) fn below(&self, path: &str) -> Option<(usize, u32)> {
        let (above, page) = self.resolver.below(path)?;
        Some((above, self.page(page)?))
    }

    /// The pages whose names end with this path.
    pub(super) fn ending(&self, path: &str) -> impl Iterator<Item = u32> {
        self.resolver
            .ending(path)
            .filter_map(|page| self.page(page))
    }

    /// The pages with this title.
    pub(super) fn titled(&self, title: &str) -> impl Iterator<Item = u32> {
        self.resolver
            .titled(title)
            .filter_map(|page| self.page(page))
    }

    fn page(&self, number: u32) -> Option<u32> {
        self.pages.get(number as usize).copied()
    }
}
