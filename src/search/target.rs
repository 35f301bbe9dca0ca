//! Which page a table of contents means by a name, looked up in the index: a path relative to the page, from the set's root or
//! the site's; with an extension or without. Links are followed by all that a set knows ([`crate::corpus::Resolver`]).

use super::folders::index_page;
use super::view::View;
use crate::corpus::join;
use percent_encoding::percent_decode_str;

/// What pages are called that are named without an extension.
const EXTENSIONS: [&str; 7] = ["md", "mdx", "rst", "html", "adoc", "txt", "markdown"];
/// How many leading folders of a path on the site may lie above the set.
const MAX_ABOVE: usize = 3;
/// A longer name is no page's.
const MAX_LENGTH: usize = 500;

/// The page that a name on a page in this folder means.
pub(super) fn target(view: &View, set: u32, folder: &str, name: &str) -> Option<u32> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let name = percent_decode_str(name).decode_utf8_lossy();
    let path = name.split(['#', '?']).next()?;
    let first = path.split('/').next()?;
    if path.is_empty() || path.starts_with("//") || first.contains(':') {
        return None;
    }
    let Some(mut rest) = path.strip_prefix('/') else {
        return page(view, set, &join(folder, path)?);
    };
    for _ in 0..=MAX_ABOVE {
        if let Some(found) = page(view, set, rest) {
            return Some(found);
        }
        rest = rest.split_once('/')?.1;
    }
    None
}

/// The page with this path, or with this path but for its extension, or that stands for this folder.
pub(super) fn page(view: &View, set: u32, path: &str) -> Option<u32> {
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return index_page(view, set, "");
    }
    if let Some(found) = view.find_page(set, path) {
        return Some(found);
    }
    let stem = match path.rsplit_once('.') {
        Some((stem, extension)) if EXTENSIONS.contains(&extension) => stem,
        _ => path,
    };
    let mut named = format!("{stem}.");
    let length = named.len();
    let with_extension = EXTENSIONS.iter().find_map(|extension| {
        named.truncate(length);
        named.push_str(extension);
        view.find_page(set, &named)
    });
    with_extension.or_else(|| index_page(view, set, &format!("{stem}/")))
}

/// The folder that a page stands in, without the slash behind it.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_in_a_folder() {
        assert_eq!(folder_of("a/b/c.md"), "a/b");
        assert_eq!(folder_of("c.md"), "");
    }
}
