//! The links between the pages of a set, followed as they are when segments are put together.

use super::segment::damaged;
use super::snapshot::{SearchError, Snapshot};
use super::view::View;
use crate::corpus::{Link, Resolver, Targets};

/// A link that leads from a page of a set to another one.
#[derive(Debug)]
pub struct Inward<'a> {
    /// Path of the page that links.
    pub source: &'a str,
    /// Path of the page that it leads to.
    pub target: &'a str,
    /// As it stands there.
    pub link: &'a Link,
}

impl Snapshot {
    /// Tells each link between two pages of a set, in the order of the pages that link.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn inward(&self, set: &str, each: &mut dyn FnMut(Inward<'_>)) -> Result<(), SearchError> {
        let Some(position) = self.sets.iter().position(|it| it.name == set) else {
            return Ok(());
        };
        let base_url = self.sets[position].base_url.as_deref();
        let number = u32::try_from(position).unwrap_or(u32::MAX);
        let followed = inward(&self.view, number, base_url, each);
        followed.ok_or_else(|| damaged("a page").into())
    }
}

/// `None` where the index is damaged.
fn inward(
    view: &View,
    set: u32,
    base_url: Option<&str>,
    each: &mut dyn FnMut(Inward<'_>),
) -> Option<()> {
    let mut readers: Vec<_> = view
        .segments()
        .iter()
        .map(|live| live.segment.links())
        .collect();
    let mut page_of = |page: u32| {
        let (_, entry, head) = view.page(page)?;
        let (position, _) = view.locate(page);
        Some((
            head.path,
            head.title,
            readers.get_mut(position)?.read(&entry)?,
        ))
    };
    let mut targets = Targets::default();
    let mut paths = Vec::new();
    for page in view.below(set, "") {
        let (path, title, links) = page_of(page)?;
        targets.add(path, title, &links.aliases);
        paths.push(path);
    }
    let mut resolver = Resolver::new(base_url, targets);
    for page in view.below(set, "") {
        let (_, _, links) = page_of(page)?;
        resolver.learn(links.links.iter().filter(|link| link.is_reference()));
    }
    for page in view.below(set, "") {
        let (source, _, links) = page_of(page)?;
        for link in &links.links {
            let target = resolver.resolve(source, &link.destination);
            let target = target.and_then(|target| paths.get(target as usize).copied());
            if let Some(target) = target.filter(|target| *target != source) {
                each(Inward {
                    source,
                    target,
                    link,
                });
            }
        }
    }
    Some(())
}
