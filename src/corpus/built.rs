//! Built sites that carry their sources: Sphinx keeps them in `_sources/`, Git's documentation
//! puts `git-add.txt` beside `git-add.html`. Serving both would answer everything twice.

use super::walk::File;
use std::collections::HashSet;

/// Folder of the sources in a site that Sphinx built.
const SPHINX_SOURCES: &str = "_sources";
const MARKUP: &[&str] = &[
    "rst", "rest", "md", "markdown", "mdx", "adoc", "asciidoc", "ipynb",
];

/// The built pages of a listing, by their paths.
pub(super) struct BuiltPages<'a>(HashSet<&'a str>);

impl<'a> BuiltPages<'a> {
    pub(super) fn of(files: &'a [File]) -> Self {
        let paths = files.iter().map(|file| file.path.as_str());
        Self(paths.filter(|path| path.ends_with(".html")).collect())
    }

    /// The page that was built from a source, where it is listed too.
    pub(super) fn page_of(&self, source: &str) -> Option<String> {
        let stem = stem(source)?;
        let beside = Some(format!("{stem}.html"));
        let sphinx = without_sources_folder(stem);
        // Sphinx's `dirhtml` builder gives each page a folder.
        let page = sphinx.as_ref().map(|stem| format!("{stem}.html"));
        let folder = sphinx.as_ref().map(|stem| format!("{stem}/index.html"));
        [beside, page, folder]
            .into_iter()
            .flatten()
            .find(|page| self.0.contains(page.as_str()))
    }
}

/// `git-add.txt`, `index.rst.txt`, `page.md` without what tells that they are sources.
fn stem(path: &str) -> Option<&str> {
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
