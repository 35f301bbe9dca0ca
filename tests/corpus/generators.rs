//! Sources of each site generator, by the addresses and anchors that it gives them.

use super::listed::list;
use docent::{
    config::{DocSet, Generator},
    corpus::{self, Document, PrivatePaths, Site, Skip},
};
use std::{collections::BTreeMap, fs, path::Path};

const BASE: &str = "https://d.example/x/";

/// What docent makes of a set with these files: its pages by their paths, and why others are none.
struct Made {
    site: Site,
    pages: BTreeMap<String, Document>,
    skipped: BTreeMap<String, Skip>,
}

fn made(files: &[(&str, &str)]) -> Made {
    made_below("", files)
}

/// The same of a set whose root is a folder among the files.
fn made_below(root: &str, files: &[(&str, &str)]) -> Made {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join("project").join(path);
        let parent = path.parent().expect("a folder");
        fs::create_dir_all(parent).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    read(&folder.path().join("project").join(root), |_| ())
}

fn read(root: &Path, settings: impl FnOnce(&mut DocSet)) -> Made {
    let private = PrivatePaths::default();
    let mut set = DocSet::new("set", root);
    set.base_url = Some(BASE.to_owned());
    settings(&mut set);
    let listing = list(&set, &private).expect("a listing");
    let site = Site::of(&set, &private);
    let mut made = Made {
        site: site.clone(),
        pages: BTreeMap::new(),
        skipped: BTreeMap::new(),
    };
    for skipped in listing.skipped {
        made.skipped.insert(skipped.path, skipped.reason);
    }
    for file in &listing.files {
        match corpus::read(&set, &site, file).documents {
            Ok(documents) => {
                let documents = documents.into_iter();
                made.pages.extend(documents.map(|it| (it.path.clone(), it)));
            }
            Err(reason) => {
                made.skipped.insert(file.path.clone(), reason);
            }
        }
    }
    made
}

impl Made {
    /// The addresses of all pages below that of the set.
    fn addresses(&self) -> Vec<(&str, &str)> {
        let pages = self.pages.iter();
        pages
            .map(|(path, page)| {
                let url = page.url.as_deref().unwrap_or("none");
                (path.as_str(), url.strip_prefix(BASE).unwrap_or(url))
            })
            .collect()
    }

    fn anchors(&self, path: &str) -> Vec<&str> {
        let sections = self.pages[path].sections.iter();
        sections
            .filter_map(|section| section.anchor.as_deref())
            .collect()
    }

    fn is_no_page(&self, path: &str) {
        let reason = self.skipped.get(path);
        assert!(
            matches!(reason, Some(Skip::NoPage { .. })),
            "{path}: {reason:?}"
        );
    }
}

#[test]
fn sphinx_publishes_files() {
    let made = made(&[
        (
            "conf.py",
            "project = \"Acme\"\nrelease = '2.1'\nexclude_patterns = ['inc']\n",
        ),
        ("index.rst", "Acme\n====\n\nText.\n"),
        (
            "usage/install.rst",
            "Install\n=======\n\nText.\n\nMSI/MSI-X_rules 2.0\n-------------------\n\nText.\n",
        ),
        (
            "usage/myst.md",
            "# Title\n\n## What's new in 3.0?\n\nText.\n",
        ),
        ("inc/part.rst", "Part\n"),
    ]);
    assert_eq!(made.site.generator, Generator::Sphinx);
    assert_eq!(made.site.variables["release"], "2.1");
    assert_eq!(
        made.addresses(),
        [
            ("index.rst", ""),
            ("usage/install.rst", "usage/install.html"),
            ("usage/myst.md", "usage/myst.html"),
        ]
    );
    assert_eq!(
        made.anchors("usage/install.rst"),
        ["install", "msi-msi-x-rules-2-0"]
    );
    assert_eq!(
        made.anchors("usage/myst.md"),
        ["title", "what-s-new-in-3-0"]
    );
    made.is_no_page("inc/part.rst");
}

#[test]
fn antora_publishes_components_and_keeps_parts_back() {
    let files = [
        (
            "antora.yml",
            "name: server\nversion: \"7.6\"\nnav: [modules/ROOT/nav.adoc]\n",
        ),
        ("modules/ROOT/pages/index.adoc", "= Home\n\nHome text.\n"),
        (
            "modules/install/pages/linux.adoc",
            "= Linux\n:idprefix:\n:idseparator: -\n\nUse apt.\n\n== See Also\n\nText.\n",
        ),
        ("modules/install/partials/note.adoc", "NOTE: Shared note.\n"),
        ("modules/ROOT/nav.adoc", "* xref:index.adoc[Home]\n"),
    ];
    let at_root = made(&files);
    let pages = [
        ("modules/ROOT/pages/index.adoc", "server/7.6/"),
        (
            "modules/install/pages/linux.adoc",
            "server/7.6/install/linux.html",
        ),
    ];
    assert_eq!(at_root.addresses(), pages);
    assert_eq!(
        at_root.anchors("modules/install/pages/linux.adoc"),
        ["see-also"]
    );
    at_root.is_no_page("modules/install/partials/note.adoc");
    at_root.is_no_page("modules/ROOT/nav.adoc");
    let several: Vec<_> = ["a", "b"]
        .into_iter()
        .flat_map(|component| {
            files.iter().map(move |(path, text)| {
                let text = text.replace("server", component);
                (format!("{component}/docs/{path}"), text)
            })
        })
        .collect();
    let several: Vec<_> = several
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let several = made(&several);
    assert_eq!(
        several.addresses(),
        [
            ("a/docs/modules/ROOT/pages/index.adoc", "a/7.6/"),
            (
                "a/docs/modules/install/pages/linux.adoc",
                "a/7.6/install/linux.html"
            ),
            ("b/docs/modules/ROOT/pages/index.adoc", "b/7.6/"),
            (
                "b/docs/modules/install/pages/linux.adoc",
                "b/7.6/install/linux.html"
            ),
        ]
    );
}

#[test]
fn jekyll_publishes_by_permalinks() {
    let made = made(&[
        ("_config.yml", "title: Docs\n"),
        (
            "_docs/install.md",
            "---\ntitle: Install\npermalink: /docs/installation/\n---\nText.\n",
        ),
        (
            "_posts/2024-03-02-release.md",
            "---\ntitle: Release 2\n---\nNew.\n",
        ),
        (
            "_posts/2024-03-03-other.md",
            "---\ntitle: Other\ncategory: News\n---\nNew.\n",
        ),
        ("_drafts/idea.md", "# Idea\n\nNot yet.\n"),
        (
            "_includes/head.html",
            "<title>{{ page.title }}</title><p>{{ site.title }} header</p>",
        ),
        ("guide.md", "# Guide\n\nText.\n"),
    ]);
    assert_eq!(
        made.addresses(),
        [
            ("_docs/install.md", "docs/installation/"),
            ("_posts/2024-03-02-release.md", "2024/03/02/release.html"),
            ("_posts/2024-03-03-other.md", "news/2024/03/03/other.html"),
            ("guide.md", "guide.html"),
        ]
    );
}

#[test]
fn docusaurus_has_versions_languages_and_blogs() {
    let files = [
        ("docusaurus.config.js", "module.exports = {}"),
        ("docs/intro.md", "# Intro\n\nNew text.\n"),
        ("docs/a/b.md", "---\nslug: c\n---\n# B\n\nText.\n"),
        ("docs/_partial.mdx", "Shared.\n"),
        (
            "versioned_docs/version-1.0/intro.md",
            "# Intro\n\nOld text.\n",
        ),
        (
            "i18n/fr/docusaurus-plugin-content-docs/current/intro.md",
            "# Introduction\n\nTexte.\n",
        ),
        ("blog/2024-03-02-release.md", "# Release\n\nNews.\n"),
        ("README.md", "# The repository\n\nText.\n"),
    ];
    let site = made(&files);
    assert_eq!(
        site.addresses(),
        [
            ("README.md", "none"),
            ("blog/2024-03-02-release.md", "blog/2024/03/02/release"),
            ("docs/a/b.md", "docs/a/c"),
            ("docs/intro.md", "docs/intro"),
            (
                "i18n/fr/docusaurus-plugin-content-docs/current/intro.md",
                "fr/docs/intro"
            ),
            ("versioned_docs/version-1.0/intro.md", "docs/1.0/intro"),
        ]
    );
    site.is_no_page("docs/_partial.mdx");
    let docs = made_below("docs", &files);
    assert_eq!(docs.addresses(), [("a/b.md", "a/c"), ("intro.md", "intro")]);
}

#[test]
fn sites_are_found_in_and_above_a_set() {
    let page = "# A\n\nText.\n";
    let mkdocs = [("mkdocs.yml", "site_name: A\n"), ("docs/a/b.md", page)];
    assert_eq!(made(&mkdocs).addresses(), [("docs/a/b.md", "a/b/")]);
    assert_eq!(
        made_below("docs", &mkdocs).addresses(),
        [("a/b.md", "a/b/")]
    );
    let mixed = [
        ("docs/conf.py", "project = 'A'\n"),
        ("docs/a.rst", "A\n=\n\nText.\n"),
        ("lib/README.md", page),
    ];
    assert_eq!(
        made(&mixed).addresses(),
        [("docs/a.rst", "a.html"), ("lib/README.md", "lib/")]
    );
    let nested = [
        ("conf.py", "project = 'A'\n"),
        ("web/mkdocs.yml", "site_name: A\n"),
        ("web/docs/a.md", page),
    ];
    assert_eq!(
        made_below("web", &nested).addresses(),
        [("docs/a.md", "a/")]
    );
}

#[test]
fn what_a_file_of_a_site_links_to_is_not_shown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().join("set");
    fs::create_dir(&root).expect("a folder");
    fs::write(root.join("index.rst"), "A\n=\n\nText.\n").expect("a file");
    fs::write(
        folder.path().join("secret"),
        "project = 'x'\nversion = 'secret'\n",
    )
    .expect("a file");
    std::os::unix::fs::symlink("../secret", root.join("conf.py")).expect("a link");
    let made = read(&root, |_| ());
    assert!(made.site.variables.is_empty());
}

#[test]
fn a_named_generator_is_the_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("mkdocs.yml"), "site_name: A\n").expect("a file");
    fs::write(folder.path().join("a.md"), "# A\n\nText.\n").expect("a file");
    for (generator, address) in [
        (Generator::None, "a.md"),
        (Generator::Sphinx, "a.html"),
        (Generator::Docusaurus, "a"),
        (Generator::GitBook, "a"),
        (Generator::Docsify, "#/a"),
    ] {
        let made = read(folder.path(), |set| set.generator = generator);
        assert_eq!(made.addresses(), [("a.md", address)], "{generator:?}");
    }
}

#[test]
fn sets_without_a_generator_have_the_anchors_of_their_formats() {
    let made = made(&[
        (
            "a.rst",
            "Doc\n===\n\nMSI/MSI-X_rules 2.0\n-------------------\n\nfoxtrot\n",
        ),
        ("b.adoc", "= Doc\n\n== See Also\n\ngolf\n"),
        ("c.md", "# Doc\n\n## MSI/MSI-X_rules 2.0\n\nhotel\n"),
    ]);
    assert_eq!(made.anchors("a.rst"), ["doc", "msi-msi-x-rules-2-0"]);
    assert_eq!(made.anchors("b.adoc"), ["_see_also"]);
    assert_eq!(made.anchors("c.md"), ["doc", "msimsi-x_rules-20"]);
}

#[test]
fn packages_and_templates_are_no_documentation() {
    let page = "# A\n\nText.\n";
    let files = [
        ("docs/a.md", page),
        ("docs/vendor/index.md", page),
        ("node_modules/p/README.md", page),
        (
            "_static/conf.py.txt",
            "# test configuration file\n\nexclude_patterns = []\n",
        ),
        ("vendor/q/README.md", page),
        ("_layouts/a.html", "<main><h1>A</h1><p>Text.</p></main>"),
    ];
    let set = made(&files);
    let paths = |made: &Made| made.pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&set), ["docs/a.md", "docs/vendor/index.md"]);
    for path in ["node_modules", "vendor", "_layouts", "_static/conf.py.txt"] {
        set.is_no_page(path);
    }
    assert_eq!(paths(&made_below("node_modules/p", &files)), ["README.md"]);
    assert_eq!(paths(&made_below("vendor", &files)), ["q/README.md"]);
    let only = [
        ("package.json", "{}"),
        ("vendor/q/README.md", page),
        ("themes/x/a.md", page),
    ];
    assert_eq!(paths(&made(&only)), ["themes/x/a.md", "vendor/q/README.md"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let included = read(folder.path(), |set| {
        set.include = vec!["docs/**".to_owned(), "vendor/**".to_owned()];
    });
    assert_eq!(
        paths(&included),
        ["docs/a.md", "docs/vendor/index.md", "vendor/q/README.md"]
    );
}
