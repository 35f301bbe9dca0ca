//! Built sites that carry their sources: Sphinx keeps them in `_sources/`, Git's documentation
//! puts `git-add.txt` beside `git-add.html`. Serving both would answer everything twice.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
};

/// Folder of the sources in a site that Sphinx built.
pub(super) const SPHINX_SOURCES: &str = "_sources";
const MARKUP: &[&str] = &[
    "rst", "rest", "md", "markdown", "mdx", "adoc", "asciidoc", "ipynb",
];

/// The built pages of sites that Sphinx has put the sources beside, as they are found. Nothing is kept of
/// other sites, and of each page only a number.
#[derive(Debug, Default)]
pub(super) struct BuiltPages {
    /// Sites that are being looked through, one in another.
    sites: usize,
    pages: HashSet<u64>,
    hasher: RandomState,
}

impl BuiltPages {
    /// A folder with sources beside its pages is looked through from now on.
    pub(super) fn enter(&mut self) {
        self.sites += 1;
    }

    /// All of it has been looked through.
    pub(super) fn leave(&mut self) {
        self.sites = self.sites.saturating_sub(1);
        if self.sites == 0 {
            self.pages = HashSet::new();
        }
    }

    /// A file that is served, by its path.
    pub(super) fn note(&mut self, path: &str) {
        if self.sites > 0 && path.ends_with(".html") {
            self.pages.insert(self.hasher.hash_one(path));
        }
    }

    /// The first of these pages that has been found.
    pub(super) fn first(&self, pages: [String; 2]) -> Option<String> {
        let mut pages = pages.into_iter();
        pages.find(|page| self.pages.contains(&self.hasher.hash_one(page.as_str())))
    }
}

/// The name of the page that was built from a source and stands beside it: `page.html` of `page.md`, of `page.html.md` and of
/// its compressed twin `page.html.gz`.
pub(super) fn page_beside(name: &str) -> Option<String> {
    if let Some(plain) = name.strip_suffix(".gz").filter(|plain| is_page(plain)) {
        return Some(plain.to_owned());
    }
    let stem = stem(name)?;
    Some(if is_page(stem) {
        stem.to_owned()
    } else {
        format!("{stem}.html")
    })
}

fn is_page(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    matches!(extension, Some("html" | "htm" | "xhtml"))
}

/// The paths that the page may have which Sphinx has built from a source, by the source's path.
pub(super) fn pages_of_sphinx(source: &str) -> Option<[String; 2]> {
    let stem = without_sources_folder(stem(source)?)?;
    // The `dirhtml` builder gives each page a folder.
    Some([format!("{stem}.html"), format!("{stem}/index.html")])
}

/// `git-add.txt`, `index.rst.txt`, `page.md`, `page.md.gz` without what tells that they are sources.
fn stem(path: &str) -> Option<&str> {
    let path = path.strip_suffix(".gz").unwrap_or(path);
    let text = path.strip_suffix(".txt");
    let rest = text.unwrap_or(path);
    match rest.rsplit_once('.') {
        Some((stem, extension)) if MARKUP.contains(&extension) => Some(stem),
        _ => text,
    }
}

/// `html/_sources/library/os` -> `html/library/os`.
fn without_sources_folder(stem: &str) -> Option<String> {
    let mut parts: Vec<_> = stem.split('/').collect();
    let folder = parts.iter().rposition(|part| *part == SPHINX_SOURCES)?;
    parts.remove(folder);
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_twins_stand_beside_their_pages() {
        for (source, page) in [
            ("git-add.txt", "git-add.html"),
            ("net.md", "net.html"),
            ("net.md.gz", "net.html"),
            ("a.html.gz", "a.html"),
            ("a.htm.gz", "a.htm"),
            ("page.html.md", "page.html"),
            ("index.rst.txt", "index.html"),
        ] {
            assert_eq!(page_beside(source).as_deref(), Some(page), "{source}");
        }
        for other in ["a.html", "a.png.gz", "ls.1.gz", "README"] {
            assert_eq!(page_beside(other), None, "{other}");
        }
    }
}
