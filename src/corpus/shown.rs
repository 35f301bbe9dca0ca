//! Which site generator publishes a folder, told by what it leaves there.

use crate::config::Generator;

/// The files by which a folder is known to be that of a site. Each look is at a path below the folder.
pub(super) struct Folder<'a> {
    pub(super) has: &'a dyn Fn(&str) -> bool,
    /// All of a small file.
    pub(super) text: &'a dyn Fn(&str) -> Option<String>,
}

/// Signs that are enough.
const MARKERS: &[(&str, Generator)] = &[
    ("mkdocs.yml", Generator::MkDocs),
    ("mkdocs.yaml", Generator::MkDocs),
    ("zensical.toml", Generator::MkDocs),
    ("docusaurus.config.js", Generator::Docusaurus),
    ("docusaurus.config.ts", Generator::Docusaurus),
    ("docusaurus.config.mjs", Generator::Docusaurus),
    ("docusaurus.config.cjs", Generator::Docusaurus),
    ("antora.yml", Generator::Antora),
    ("book.toml", Generator::MdBook),
    (".vitepress", Generator::VitePress),
    ("hugo.toml", Generator::Hugo),
    ("hugo.yaml", Generator::Hugo),
    ("hugo.yml", Generator::Hugo),
    ("hugo.json", Generator::Hugo),
    ("config/_default/hugo.toml", Generator::Hugo),
    ("config/_default/hugo.yaml", Generator::Hugo),
    ("docfx.json", Generator::Docfx),
    ("_quarto.yml", Generator::Quarto),
    ("_quarto.yaml", Generator::Quarto),
    ("mint.json", Generator::Mintlify),
    (".gitbook.yaml", Generator::GitBook),
    (".gitbook.yml", Generator::GitBook),
    (".eleventy.js", Generator::Eleventy),
    ("eleventy.config.js", Generator::Eleventy),
    ("eleventy.config.mjs", Generator::Eleventy),
    ("eleventy.config.cjs", Generator::Eleventy),
    ("eleventy.config.ts", Generator::Eleventy),
];

const ASTRO: &[&str] = &["astro.config.mjs", "astro.config.ts", "astro.config.js"];
const NEXT: &[&str] = &["next.config.mjs", "next.config.js", "next.config.ts"];

/// The generator whose site has this folder. `is_own`: the folder is the root of the set or one above it, so that what may
/// be there by chance counts too.
pub(super) fn shown_by(folder: &Folder<'_>, is_own: bool) -> Option<Generator> {
    let has = folder.has;
    let marked = MARKERS.iter().find(|(marker, _)| has(marker));
    if let Some((_, generator)) = marked {
        return Some(*generator);
    }
    let says = |paths: &[&str], words: &[&str]| {
        let mut texts = paths
            .iter()
            .filter(|path| has(path))
            .filter_map(|path| (folder.text)(path));
        texts.any(|text| words.iter().any(|word| text.contains(word)))
    };
    let is_hugo = ["config.toml", "config.yaml"].iter().any(|config| {
        has(config) && has("content") && (has("archetypes") || has("layouts") || has("themes"))
    }) || has("config/_default") && has("content");
    if is_hugo {
        return Some(Generator::Hugo);
    }
    if is_sphinx(folder) || has("_config.yml") && has("_toc.yml") {
        return Some(Generator::Sphinx);
    }
    if says(ASTRO, &["starlight"]) || has("src/content/docs") && ASTRO.iter().any(|path| has(path))
    {
        return Some(Generator::Starlight);
    }
    if says(NEXT, &["nextra"]) {
        return Some(Generator::Nextra);
    }
    if says(&["docs.json"], &["mintlify", "\"navigation\""]) {
        return Some(Generator::Mintlify);
    }
    if is_own && (says(&["index.html"], &["$docsify"]) || has(".nojekyll") && has("_sidebar.md")) {
        return Some(Generator::Docsify);
    }
    if has("book.json") && has("SUMMARY.md")
        || is_own && has("SUMMARY.md") && has("README.md") && !has("../book.toml")
    {
        return Some(Generator::GitBook);
    }
    if has("_config.yml") && !says(&["_config.yml"], &["hexo"]) && !has("source/_posts") {
        return Some(Generator::Jekyll);
    }
    if !is_own {
        return None;
    }
    if has("_Sidebar.md")
        || has("_Footer.md")
        || has("Home.md") && !has("README.md") && !has("index.md")
    {
        return Some(Generator::Wiki);
    }
    has("_index.md").then_some(Generator::Hugo)
}

/// `conf.py` may be anybody's.
fn is_sphinx(folder: &Folder<'_>) -> bool {
    if !(folder.has)("conf.py") {
        return false;
    }
    let text = (folder.text)("conf.py").unwrap_or_default();
    text.contains("sphinx")
        || text.lines().any(|line| {
            let mut words = line.split(['=', ' ', ':']);
            matches!(
                words.next(),
                Some(
                    "project"
                        | "extensions"
                        | "master_doc"
                        | "root_doc"
                        | "html_theme"
                        | "rst_prolog"
                        | "rst_epilog"
                )
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(files: &[(&str, &str)], is_own: bool) -> Option<Generator> {
        let has = |path: &str| {
            let mut names = files.iter().map(|(name, _)| *name);
            names.any(|name| name == path || name.starts_with(&format!("{path}/")))
        };
        let text = |path: &str| {
            let found = files.iter().find(|(name, _)| *name == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        let folder = Folder {
            has: &has,
            text: &text,
        };
        shown_by(&folder, is_own)
    }

    #[test]
    fn each_generator_is_told_by_its_own_files() {
        use Generator as G;
        for (files, generator) in [
            (vec![("conf.py", "project = \"Acme\"\n")], Some(G::Sphinx)),
            (
                vec![("conf.py", "extensions = ['sphinx.ext.autodoc']\n")],
                Some(G::Sphinx),
            ),
            (vec![("conf.py", "import os\nHOST = 'x'\n")], None),
            (
                vec![("_config.yml", "title: A\n"), ("_toc.yml", "root: a\n")],
                Some(G::Sphinx),
            ),
            (vec![("_config.yml", "title: Docs\n")], Some(G::Jekyll)),
            (
                vec![
                    ("_config.yml", "theme: landscape\n"),
                    ("source/_posts/a.md", ""),
                ],
                None,
            ),
            (vec![("antora.yml", "name: a\n")], Some(G::Antora)),
            (vec![("docfx.json", "{}")], Some(G::Docfx)),
            (
                vec![("next.config.mjs", "import nextra from 'nextra'")],
                Some(G::Nextra),
            ),
            (vec![("next.config.mjs", "export default {}")], None),
            (
                vec![("astro.config.mjs", "starlight({})")],
                Some(G::Starlight),
            ),
            (
                vec![("astro.config.ts", "x"), ("src/content/docs/a.md", "")],
                Some(G::Starlight),
            ),
            (vec![("astro.config.ts", "x")], None),
            (
                vec![(
                    "docs.json",
                    "{\"$schema\": \"https://mintlify.com/docs.json\"}",
                )],
                Some(G::Mintlify),
            ),
            (vec![("docs.json", "{}")], None),
            (vec![("mint.json", "{}")], Some(G::Mintlify)),
            (
                vec![("index.html", "<script>window.$docsify = {}</script>")],
                Some(G::Docsify),
            ),
            (vec![("index.html", "<p>x")], None),
            (
                vec![(".nojekyll", ""), ("_sidebar.md", "")],
                Some(G::Docsify),
            ),
            (vec![(".gitbook.yaml", "")], Some(G::GitBook)),
            (
                vec![("SUMMARY.md", ""), ("README.md", "")],
                Some(G::GitBook),
            ),
            (
                vec![("SUMMARY.md", ""), ("README.md", ""), ("../book.toml", "")],
                None,
            ),
            (
                vec![("SUMMARY.md", ""), ("README.md", ""), ("book.toml", "")],
                Some(G::MdBook),
            ),
            (vec![("_quarto.yml", "")], Some(G::Quarto)),
            (vec![("_Sidebar.md", "")], Some(G::Wiki)),
            (vec![("Home.md", "")], Some(G::Wiki)),
            (vec![("Home.md", ""), ("README.md", "")], None),
            (vec![("eleventy.config.js", "")], Some(G::Eleventy)),
            (
                vec![("config.toml", ""), ("content/a.md", ""), ("themes/a", "")],
                Some(G::Hugo),
            ),
            (vec![("_index.md", "")], Some(G::Hugo)),
            (vec![("a.md", "")], None),
        ] {
            assert_eq!(shown(&files, true), generator, "{files:?}");
        }
        for file in ["_index.md", "Home.md", "_Sidebar.md"] {
            assert_eq!(shown(&[(file, "")], false), None, "{file}");
        }
    }
}
