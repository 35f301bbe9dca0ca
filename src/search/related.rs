//! What to read beside a page: what comes before and after it, what it links to, and what links to it.

use super::answer::{PageRef, Related};
use super::listing::siblings;
use super::order::Order;
use super::target::folder_of;
use super::view::View;
use std::sync::Arc;

/// Pages of each kind.
const MAX: usize = 5;
/// Links of a page that are looked up.
const MAX_LINKS: usize = 60;

/// What a page is related to. `target`: the page that a link of it means; `pages_in`: the pages of a folder, in their order.
pub(super) fn related(
    view: &View,
    order: &Order,
    page: u32,
    target: impl Fn(&str) -> Option<u32>,
    pages_in: impl Fn(&str) -> Arc<[u32]>,
    page_ref: impl Fn(u32) -> Option<PageRef>,
) -> Option<Related> {
    let (segment, entry, head) = view.page(page)?;
    let (position, number) = view.locate(page);
    let (previous, next) = order
        .neighbours(page)
        .unwrap_or_else(|| siblings(&pages_in(folder_of(head.path)), page));
    let mut shown = vec![page];
    shown.extend(previous.iter().chain(&next));
    let mut fresh = |found: &mut Vec<u32>, page: u32| {
        if found.len() < MAX && !shown.contains(&page) {
            shown.push(page);
            found.push(page);
        }
    };
    let mut links_to = Vec::new();
    let links = segment.links().read(&entry)?.links;
    for link in links.iter().take(MAX_LINKS) {
        if let Some(page) = target(&link.destination) {
            fresh(&mut links_to, page);
        }
    }
    let mut linked_from = Vec::new();
    let live = view.segments().get(position)?;
    for path in live.segment.inbound().read(number)?.sources {
        // It may be gone, or link elsewhere by now, which the next time that all links are followed will tell.
        if let Some(page) = view.find_page(entry.set, &path) {
            fresh(&mut linked_from, page);
        }
    }
    let refs = |pages: Vec<u32>| pages.into_iter().filter_map(&page_ref).collect();
    Some(Related {
        previous: previous.and_then(&page_ref),
        next: next.and_then(&page_ref),
        links_to: refs(links_to),
        linked_from: refs(linked_from),
    })
}
