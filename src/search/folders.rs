//! Folders of a set: which page stands for one, and what it is called.

use super::view::View;

const INDEX_FILES: [&str; 6] = [
    "_index.md",
    "index.md",
    "README.md",
    "index.html",
    "index.mdx",
    "index.rst",
];

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

/// What a page is called.
pub(super) fn title_of(view: &View, page: u32) -> Option<String> {
    view.page(page).map(|(_, _, head)| head.title.to_owned())
}

/// `a/getting-started/` -> `getting started`.
pub(super) fn folder_name(folder: &str) -> String {
    let name = folder.trim_end_matches('/');
    let name = name.rsplit('/').next().unwrap_or(name);
    name.replace(['-', '_'], " ")
}
