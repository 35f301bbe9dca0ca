//! Folders of a set: what stands in them, what they are called, what a set is about.

use super::answer::{Entry, PageRef};
use super::catalog::{Catalog, CatalogPage};

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
    catalog: &Catalog,
    set: usize,
    folder: &str,
    page_ref: impl Fn(&CatalogPage) -> PageRef,
) -> Option<Vec<Entry>> {
    let folder = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let below = catalog.below(set, &folder);
    if below.is_empty() {
        return None;
    }
    let mut folders = Vec::new();
    let mut pages = Vec::new();
    for (path, inside) in children(below, &folder) {
        match (path.ends_with('/'), inside) {
            (true, inside) => folders.push(Entry::Folder {
                title: index_page(catalog, set, path).map(|page| page.title.clone()),
                path: path.to_owned(),
                pages: inside.len(),
            }),
            (false, inside) => pages.extend(inside.iter().map(|page| Entry::Page(page_ref(page)))),
        }
    }
    folders.extend(pages);
    Some(folders)
}

/// The title of the page that stands for a whole set.
pub(super) fn title(catalog: &Catalog, set: usize) -> Option<&str> {
    let first = index_page(catalog, set, "").or_else(|| match catalog.below(set, "") {
        [only] => Some(only),
        _ => None,
    });
    first.map(|page| page.title.as_str())
}

/// Titles of the largest folders; for a set without folders, of the pages most linked to.
pub(super) fn headlines(catalog: &Catalog, set: usize) -> Vec<String> {
    let pages = catalog.below(set, "");
    let mut folders: Vec<_> = children(pages, "")
        .filter(|(path, _)| path.ends_with('/'))
        .collect();
    folders.sort_by_key(|(_, inside)| std::cmp::Reverse(inside.len()));
    if folders.len() > 1 {
        let title = |path: &str| {
            index_page(catalog, set, path)
                .map_or_else(|| folder_name(path), |page| page.title.clone())
        };
        return folders
            .iter()
            .take(MAX_HEADLINES)
            .map(|(path, _)| title(path))
            .collect();
    }
    let mut linked: Vec<_> = pages.iter().collect();
    linked.sort_by_key(|page| std::cmp::Reverse(page.inbound));
    linked
        .iter()
        .take(MAX_HEADLINES)
        .map(|page| page.title.clone())
        .collect()
}

/// All pages, the ones worth naming first: sets take turns, each with the page that most others link
/// to, and of equal ones with the one that stands higher up.
pub(super) fn by_links(catalog: &Catalog) -> Vec<u32> {
    let mut order: Vec<(usize, u32)> = Vec::with_capacity(catalog.pages.len());
    let numbered: Vec<(u32, &CatalogPage)> = (0u32..).zip(&catalog.pages).collect();
    for set in numbered.chunk_by(|(_, a), (_, b)| a.set == b.set) {
        let mut set = set.to_vec();
        set.sort_by_key(|(position, page)| {
            let depth = page.path.matches('/').count();
            (std::cmp::Reverse(page.inbound), depth, *position)
        });
        let turns = set.iter().enumerate();
        order.extend(turns.map(|(turn, (position, _))| (turn, *position)));
    }
    order.sort_unstable();
    order.into_iter().map(|(_, position)| position).collect()
}

/// Pages in the order of paths -> what stands directly in `folder`: for each folder (ending in
/// `/`) the pages below it, for each page itself.
fn children<'a>(
    below: &'a [CatalogPage],
    folder: &str,
) -> impl Iterator<Item = (&'a str, &'a [CatalogPage])> {
    let skip = folder.len();
    below
        .chunk_by(move |a, b| child(a, skip) == child(b, skip))
        .map(move |inside| (child(&inside[0], skip), inside))
}

/// The part of a page's path that stands in the folder whose path is `skip` bytes long.
fn child(page: &CatalogPage, skip: usize) -> &str {
    let rest = &page.path[skip..];
    rest.find('/')
        .map_or(page.path.as_str(), |slash| &page.path[..=skip + slash])
}

/// The page that stands for a folder, whose path ends in `/`.
pub(super) fn index_page<'a>(
    catalog: &'a Catalog,
    set: usize,
    folder: &str,
) -> Option<&'a CatalogPage> {
    INDEX_FILES.iter().find_map(|file| {
        let position = catalog.find(set, &format!("{folder}{file}"))?;
        catalog.pages.get(position)
    })
}

/// `a/getting-started/` -> `getting started`.
pub(super) fn folder_name(folder: &str) -> String {
    let name = folder.trim_end_matches('/');
    let name = name.rsplit('/').next().unwrap_or(name);
    name.replace(['-', '_'], " ")
}
