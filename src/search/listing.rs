//! Folders of a set: what stands in them, what they are called, what a set is about.

use super::answer::{Entry, Listing, PageRef};
use super::folders::{folder_name, index_page, title_of};
use super::natural;
use super::order::Order;
use super::view::View;
use crate::corpus::Weight;
use std::{cmp::Reverse, ops::Range};

const MAX_HEADLINES: usize = 8;
/// Among more pages than these nobody is told which ones stand beside one: it would take too long.
const MAX_SIBLINGS: usize = 2_000;

/// Some of what stands directly in a folder, see [`ordered`]; `None` where nothing does.
pub(super) fn entries(
    view: &View,
    order: &Order,
    set: u32,
    folder: &str,
    range: Range<usize>,
    page_ref: impl Fn(u32) -> Option<PageRef>,
) -> Option<Listing> {
    let all = ordered(view, order, set, folder);
    let shown = all.iter().skip(range.start).take(range.len());
    let entry = |child: &Child<'_>| match *child {
        Child::Folder { path, pages } => Some(Entry::Folder {
            title: index_page(view, set, path)
                .and_then(|page| title_of(view, page))
                .unwrap_or_else(|| folder_name(path)),
            path: path.to_owned(),
            pages,
        }),
        Child::Page(page) => page_ref(page).map(Entry::Page),
    };
    (!all.is_empty()).then(|| Listing {
        total: all.len(),
        entries: shown.filter_map(entry).collect(),
    })
}

/// The pages before and after one among these.
pub(super) fn siblings(pages: &[u32], page: u32) -> (Option<u32>, Option<u32>) {
    let place = pages.iter().position(|other| *other == page);
    let at = |place: Option<usize>| place.and_then(|place| pages.get(place)).copied();
    (
        at(place.and_then(|place| place.checked_sub(1))),
        at(place.map(|place| place + 1)),
    )
}

/// The pages that stand directly in a folder; none of one with very many.
pub(super) fn pages_in(view: &View, order: &Order, set: u32, folder: &str) -> Vec<u32> {
    if view.count_below(set, &prefix_of(folder)) > MAX_SIBLINGS {
        return Vec::new();
    }
    let pages = ordered(view, order, set, folder).into_iter();
    let pages = pages.filter_map(|child| match child {
        Child::Page(page) => Some(page),
        Child::Folder { .. } => None,
    });
    pages.collect()
}

/// What stands directly in a folder: its own page, then what the site gives a place, then by weight; what has neither
/// follows, folders first, by names.
fn ordered<'a>(view: &'a View, order: &Order, set: u32, folder: &str) -> Vec<Child<'a>> {
    let prefix = prefix_of(folder);
    let own = index_page(view, set, &prefix);
    let mut keyed: Vec<(Rank, &str, Child<'a>)> = Vec::new();
    for child in children(view, set, &prefix) {
        let (place, page, path) = match child {
            Child::Folder { path, .. } => {
                (order.of_folder(path), index_page(view, set, path), path)
            }
            Child::Page(page) => {
                let path = view.page(page).map_or("", |(_, _, head)| head.path);
                (order.of_page(page), Some(page), path)
            }
        };
        let is_own = own.is_some() && matches!(child, Child::Page(page) if Some(page) == own);
        let weight = page.and_then(|page| view.page(page)?.2.weight);
        let rank = Rank {
            is_other: !is_own,
            place: place.unwrap_or(u32::MAX),
            weight: (weight.is_none(), weight),
            is_page: matches!(child, Child::Page(_)),
        };
        keyed.push((rank, path, child));
    }
    keyed.sort_by(|(a, x, _), (b, y, _)| a.cmp(b).then_with(|| natural::compare(x, y)));
    keyed.into_iter().map(|(_, _, child)| child).collect()
}

/// Where an entry goes; the lower, the earlier.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_other: bool,
    place: u32,
    weight: (bool, Option<Weight>),
    is_page: bool,
}

/// What the paths of all that is in a folder begin with.
fn prefix_of(folder: &str) -> String {
    match folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    }
}

/// The title of the page that stands for a whole set.
pub(super) fn title(view: &View, set: u32) -> Option<String> {
    let first = index_page(view, set, "").or_else(|| {
        let mut pages = view.below(set, "");
        let only = pages.next()?;
        pages.next().is_none().then_some(only)
    });
    title_of(view, first?)
}

/// Titles of the largest folders; for a set without folders, of the pages most linked to.
pub(super) fn headlines(view: &View, set: u32) -> Vec<String> {
    let mut folders = Vec::new();
    let mut linked = MostLinked::default();
    for child in children(view, set, "") {
        match child {
            Child::Folder { path, pages } => folders.push((Reverse(pages), path)),
            Child::Page(page) => linked.offer(view, page),
        }
    }
    folders.sort_by_key(|(pages, _)| *pages);
    if folders.len() > 1 {
        let title = |path: &str| {
            let index = index_page(view, set, path);
            index
                .and_then(|page| title_of(view, page))
                .unwrap_or_else(|| folder_name(path))
        };
        return folders
            .iter()
            .take(MAX_HEADLINES)
            .map(|(_, path)| title(path))
            .collect();
    }
    if let [(_, path)] = folders.as_slice() {
        view.below(set, path)
            .for_each(|page| linked.offer(view, page));
    }
    let pages = linked.0.iter();
    pages
        .filter_map(|(_, page)| title_of(view, *page))
        .collect()
}

/// The pages that most others link to, of equal ones the first that were offered.
#[derive(Default)]
struct MostLinked(Vec<(Reverse<u32>, u32)>);

impl MostLinked {
    fn offer(&mut self, view: &View, page: u32) {
        let inbound = Reverse(view.inbound(page));
        let at = self.0.partition_point(|(other, _)| *other <= inbound);
        if at < MAX_HEADLINES {
            self.0.insert(at, (inbound, page));
            self.0.truncate(MAX_HEADLINES);
        }
    }
}

/// All pages, the ones worth naming first: sets take turns, each with the page that most others link
/// to, and of equal ones with the one that stands higher up.
pub(super) fn by_links(view: &View) -> Vec<u32> {
    let mut pages = Vec::with_capacity(view.page_count());
    for (place, page) in view.all().enumerate() {
        let Some((_, entry, head)) = view.page(page) else {
            continue;
        };
        let depth = head.path.matches('/').count();
        pages.push((entry.set, Reverse(view.inbound(page)), depth, place, page));
    }
    pages.sort_unstable();
    let mut order: Vec<(usize, u32, u32)> = Vec::with_capacity(pages.len());
    for set in pages.chunk_by(|a, b| a.0 == b.0) {
        let turns = set.iter().enumerate();
        order.extend(turns.map(|(turn, (set, .., page))| (turn, *set, *page)));
    }
    order.sort_unstable();
    order.into_iter().map(|(_, _, page)| page).collect()
}

/// What stands directly in a folder.
#[derive(Debug, Clone, Copy)]
enum Child<'a> {
    /// Its path ends in `/`; with the pages below it.
    Folder {
        path: &'a str,
        pages: usize,
    },
    Page(u32),
}

/// What stands directly in a folder, in the order of paths.
fn children<'a>(view: &'a View, set: u32, folder: &str) -> impl Iterator<Item = Child<'a>> {
    let skip = folder.len();
    let mut pages = view.below(set, folder);
    std::iter::from_fn(move || {
        let (page, path) = pages.peek()?;
        Some(match path.get(skip..)?.find('/') {
            Some(slash) => {
                let path = &path[..=skip + slash];
                let mut below = pages.pass(set, path);
                if below == 0 {
                    // Pages out of order, of an index that is damaged: there is an end all the same.
                    below = usize::from(pages.next().is_some());
                }
                Child::Folder { path, pages: below }
            }
            None => {
                pages.next();
                Child::Page(page)
            }
        })
    })
}
