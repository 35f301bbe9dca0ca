//! Folders of a set: what stands in them, what they are called, what a set is about.

use super::answer::{Entry, PageRef};
use super::view::View;
use std::cmp::Reverse;

const INDEX_FILES: [&str; 6] = [
    "_index.md",
    "index.md",
    "README.md",
    "index.html",
    "index.mdx",
    "index.rst",
];
const MAX_HEADLINES: usize = 8;

/// What stands directly in a folder, folders first; `None` where nothing does.
pub(super) fn entries(
    view: &View,
    set: u32,
    folder: &str,
    page_ref: impl Fn(u32) -> Option<PageRef>,
) -> Option<Vec<Entry>> {
    let folder = match folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let mut folders = Vec::new();
    let mut pages = Vec::new();
    for child in children(view, set, &folder) {
        match child {
            Child::Folder { path, pages } => folders.push(Entry::Folder {
                title: index_page(view, set, path).and_then(|page| title_of(view, page)),
                path: path.to_owned(),
                pages,
            }),
            Child::Page(page) => pages.extend(page_ref(page).map(Entry::Page)),
        }
    }
    folders.extend(pages);
    (!folders.is_empty()).then_some(folders)
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

/// The page that stands for a folder, whose path ends in `/`.
pub(super) fn index_page(view: &View, set: u32, folder: &str) -> Option<u32> {
    let mut path = String::with_capacity(folder.len() + 12);
    INDEX_FILES.iter().find_map(|file| {
        path.clear();
        path.push_str(folder);
        path.push_str(file);
        view.find_page(set, &path)
    })
}

fn title_of(view: &View, page: u32) -> Option<String> {
    view.page(page).map(|(_, _, head)| head.title.to_owned())
}

/// `a/getting-started/` -> `getting started`.
pub(super) fn folder_name(folder: &str) -> String {
    let name = folder.trim_end_matches('/');
    let name = name.rsplit('/').next().unwrap_or(name);
    name.replace(['-', '_'], " ")
}
