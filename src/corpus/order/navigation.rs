//! The navigation that a site generator is given: which pages, in which order.

use super::super::literals::{after, literals};
use super::super::{
    folder::SetFolder,
    root::{Located, read_above},
};
use super::MAX_LENGTH;
use crate::config::Generator;
use serde_json::Value;
use std::path::{Component, Path, PathBuf};

/// Larger files are none that somebody has written.
const MAX_FILE: u64 = 1 << 20;
/// Pages that are put in order by such a file; those behind them follow by their names.
const MAX_PAGES: usize = 5_000;
/// Lists in lists.
const MAX_DEPTH: usize = 32;
/// Folders above the root in which a generator's file may stand.
const LEVELS_ABOVE: usize = 2;

/// A file with the navigation of a site.
struct Navigation {
    /// Where it stands, below the root or a folder above it.
    path: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Markdown whose links are the chapters: mdBook, GitBook, docsify.
    Summary,
    MkDocs,
    Docusaurus,
    VitePress,
}

const FILES: &[Navigation] = &[
    of("SUMMARY.md", Kind::Summary),
    of("src/SUMMARY.md", Kind::Summary),
    of("mkdocs.yml", Kind::MkDocs),
    of("mkdocs.yaml", Kind::MkDocs),
    of("sidebars.js", Kind::Docusaurus),
    of("sidebars.ts", Kind::Docusaurus),
    of("sidebars.json", Kind::Docusaurus),
    of("sidebars.cjs", Kind::Docusaurus),
    of("sidebars.mjs", Kind::Docusaurus),
    of(".vitepress/config.ts", Kind::VitePress),
    of(".vitepress/config.mts", Kind::VitePress),
    of(".vitepress/config.js", Kind::VitePress),
    of(".vitepress/config.mjs", Kind::VitePress),
    of("docs/.vitepress/config.ts", Kind::VitePress),
    of("docs/.vitepress/config.mts", Kind::VitePress),
    of("docs/.vitepress/config.js", Kind::VitePress),
    of("docs/.vitepress/config.mjs", Kind::VitePress),
    of("_sidebar.md", Kind::Summary),
    of("docs/_sidebar.md", Kind::Summary),
];

const fn of(path: &'static str, kind: Kind) -> Navigation {
    Navigation { path, kind }
}

/// The pages that a set's navigation names, in order, by their paths below its root, perhaps without an extension; empty
/// where there is none. The first file that names any counts.
pub(in crate::corpus) fn outline(folder: &SetFolder, generator: Generator) -> Vec<String> {
    if folder.is_single() {
        return Vec::new();
    }
    let root = folder.root().path();
    let within = FILES.iter().filter_map(|file| {
        let text = read_within(folder, file.path)?;
        Some(pages(file.kind, &text, &root.join(file.path), root))
    });
    let above = root.ancestors().skip(1).take(LEVELS_ABOVE);
    let above = above.flat_map(|above| FILES.iter().map(move |file| (above, file)));
    let above = above
        .filter(|(_, file)| file.kind.is_of(generator))
        .filter_map(|(above, file)| {
            let path = above.join(file.path);
            let bytes = read_above(&path, MAX_FILE).ok()??;
            let text = String::from_utf8_lossy(&bytes);
            Some(pages(file.kind, &text, &path, root))
        });
    let mut all = within.chain(above);
    all.find(|pages| !pages.is_empty()).unwrap_or_default()
}

/// The text of a file below the root: it may be hidden, as nothing of it is shown.
fn read_within(folder: &SetFolder, path: &str) -> Option<String> {
    let Ok(Some(Located::File(file))) = folder.root().find(Path::new(path)) else {
        return None;
    };
    let (bytes, _) = file.read(MAX_FILE).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

impl Kind {
    fn is_of(self, generator: Generator) -> bool {
        match self {
            // Its chapters stand beside it or below.
            Self::Summary => false,
            Self::MkDocs => generator == Generator::MkDocs,
            Self::Docusaurus => generator == Generator::Docusaurus,
            Self::VitePress => generator == Generator::VitePress,
        }
    }
}

/// The pages that a file names. `file` and `root` are absolute.
fn pages(kind: Kind, text: &str, file: &Path, root: &Path) -> Vec<String> {
    let folder = file.parent().unwrap_or(root);
    let (base, entries) = match kind {
        Kind::Summary => (folder.to_owned(), summary(text)),
        Kind::MkDocs => {
            let (docs, entries) = mkdocs(text);
            (folder.join(docs), entries)
        }
        Kind::Docusaurus => (folder.join("docs"), docusaurus(text)),
        // It stands in a folder of its own, beside the pages.
        Kind::VitePress => (folder.parent().unwrap_or(root).to_owned(), vitepress(text)),
    };
    let entries = entries
        .into_iter()
        .filter(|entry| !entry.is_empty() && entry.len() <= MAX_LENGTH && !entry.contains("://"));
    let below = entries.filter_map(|entry| {
        let path = entry.split(['#', '?']).next()?.trim_start_matches('/');
        let path = normal(&base.join(path));
        let below = path.strip_prefix(root).ok()?.to_str()?;
        (!below.is_empty()).then(|| below.to_owned())
    });
    below.take(MAX_PAGES).collect()
}

/// A path without `.` and `..`, by its text alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

/// The destinations of links, `[Title](page.md)`.
fn summary(text: &str) -> Vec<String> {
    let starts = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
    let destinations = starts.filter_map(|rest| {
        let destination = match rest.strip_prefix('<') {
            Some(rest) => rest.split('>').next()?,
            None => rest.split([')', ' ', '\n']).next()?,
        };
        let decoded = percent_encoding::percent_decode_str(destination);
        Some(decoded.decode_utf8_lossy().into_owned())
    });
    destinations.take(MAX_PAGES).collect()
}

/// `docs_dir`, and the pages of `nav`. The rest of the file may have tags that no parser knows.
fn mkdocs(text: &str) -> (String, Vec<String>) {
    let docs = text.lines().find_map(|line| line.strip_prefix("docs_dir:"));
    let docs = docs.map_or("docs", |docs| docs.trim().trim_matches(['"', '\'']));
    let mut block = String::new();
    let mut lines = text.lines().skip_while(|line| !line.starts_with("nav:"));
    block.extend(lines.next().map(|line| format!("{line}\n")));
    for line in lines {
        let goes_on = line.is_empty() || line.starts_with([' ', '\t', '-', '#']);
        if !goes_on {
            break;
        }
        block.push_str(line);
        block.push('\n');
    }
    let nav = serde_saphyr::from_str::<Value>(&block).unwrap_or_default();
    let mut pages = Vec::new();
    if let Some(nav) = nav.get("nav") {
        gather(nav, &mut pages, MAX_DEPTH);
    }
    (docs.to_owned(), pages)
}

fn gather(nav: &Value, pages: &mut Vec<String>, depth: usize) {
    let Some(depth) = depth.checked_sub(1).filter(|_| pages.len() < MAX_PAGES) else {
        return;
    };
    match nav {
        Value::String(page) => pages.push(page.clone()),
        Value::Array(entries) => entries.iter().for_each(|entry| gather(entry, pages, depth)),
        Value::Object(entries) => entries
            .values()
            .for_each(|entry| gather(entry, pages, depth)),
        _ => {}
    }
}

/// Ids of documents, and folders that are listed by themselves.
fn docusaurus(text: &str) -> Vec<String> {
    let named = literals(text).into_iter();
    let named = named.filter(|literal| matches!(literal.key, None | Some("id" | "dirName")));
    named
        .take(MAX_PAGES)
        .map(|literal| literal.text.to_owned())
        .collect()
}

/// The links of the sidebar, which may have their first part from the group that they are in.
fn vitepress(text: &str) -> Vec<String> {
    let mut base = "";
    let mut links = Vec::new();
    for literal in literals(after(text, "sidebar")) {
        match literal.key {
            Some("base") => base = literal.text,
            Some("link") if literal.text.starts_with('/') => links.push(literal.text.to_owned()),
            Some("link") => links.push(format!("{base}{}", literal.text)),
            _ => {}
        }
        if links.len() >= MAX_PAGES {
            break;
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages_of(kind: Kind, text: &str, file: &str, root: &str) -> Vec<String> {
        pages(kind, text, Path::new(file), Path::new(root))
    }

    #[test]
    fn chapters_of_a_summary() {
        let text = "# Summary\n\n[Preface](preface.md)\n\n- [Use](./use/README.md)\n  - [Fast](use/fast%20lane.md#now)\n\
                    - [Draft]()\n- [Web](https://example.com)\n- [Up](../up.md)\n";
        assert_eq!(
            pages_of(Kind::Summary, text, "/book/src/SUMMARY.md", "/book"),
            [
                "src/preface.md",
                "src/use/README.md",
                "src/use/fast lane.md",
                "up.md"
            ]
        );
        assert_eq!(
            pages_of(Kind::Summary, text, "/book/src/SUMMARY.md", "/book/src"),
            ["preface.md", "use/README.md", "use/fast lane.md"]
        );
    }

    #[test]
    fn nav_of_mkdocs_wherever_the_root_is() {
        let text = "site_name: X\nnav:\n  - Home: index.md\n  - Guide:\n    - guide/b.md\n    - 'A': guide/a.md\n  - Web: \
                    https://example.com\n\nmarkdown_extensions:\n  - x: !!python/name:y\n";
        assert_eq!(
            pages_of(Kind::MkDocs, text, "/site/mkdocs.yml", "/site/docs"),
            ["index.md", "guide/b.md", "guide/a.md"]
        );
        assert_eq!(
            pages_of(Kind::MkDocs, text, "/site/mkdocs.yml", "/site"),
            ["docs/index.md", "docs/guide/b.md", "docs/guide/a.md"]
        );
        assert_eq!(
            pages_of(Kind::MkDocs, text, "/site/mkdocs.yml", "/site/docs/guide"),
            ["b.md", "a.md"]
        );
        let other = "docs_dir: 'handbook'\nnav: [index.md]\n";
        assert_eq!(
            pages_of(Kind::MkDocs, other, "/site/mkdocs.yml", "/site/handbook"),
            ["index.md"]
        );
        assert!(pages_of(Kind::MkDocs, "nav: {", "/mkdocs.yml", "/").is_empty());
    }

    #[test]
    fn sidebars_of_docusaurus_and_vitepress() {
        let sidebars = "module.exports = { docs: ['intro', {type: 'category', label: 'Guide', items: ['guide/b', \
                        {type: 'doc', id: 'guide/a', label: 'A'}, {type: 'autogenerated', dirName: 'more'}]}] }";
        assert_eq!(
            pages_of(
                Kind::Docusaurus,
                sidebars,
                "/site/sidebars.js",
                "/site/docs"
            ),
            ["intro", "guide/b", "guide/a", "more"]
        );
        let config = "export default defineConfig({ themeConfig: { nav: [{ text: 'X', link: '/last' }], sidebar: { '/guide/': \
                      [{ text: 'Start', link: '/guide/start' }, { base: '/guide/', items: [{ text: 'B', link: 'b' }] }] } } })";
        assert_eq!(
            pages_of(
                Kind::VitePress,
                config,
                "/site/docs/.vitepress/config.ts",
                "/site/docs"
            ),
            ["guide/start", "guide/b"]
        );
    }

    #[test]
    fn what_is_named_is_bounded() {
        let deep = format!("nav: {}a.md{}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(pages_of(Kind::MkDocs, &deep, "/a/mkdocs.yml", "/a").is_empty());
        let many = "[a](b.md)\n".repeat(100_000);
        assert_eq!(
            pages_of(Kind::Summary, &many, "/a/SUMMARY.md", "/a").len(),
            MAX_PAGES
        );
    }
}
