//! Markdown's dialects: small pages of our own with every construct, and pages that packages
//! ship, which tests/fetch-markdown.sh fetches.
//!
//! No package ships Hugo's or MDN's sources: their pages here are our own.

use std::path::{Path, PathBuf};

use docent::corpus::{Format, Page, Source};
use pulldown_cmark::{Event, Options, Parser};

/// Lines of a page that its snapshot shows.
const SHOWN: usize = 100;

fn convert(root: &Path, path: &str) -> Page {
    let file = root.join(path);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("{}: {error}: run tests/fetch-markdown.sh", file.display());
    });
    let include = |name: &str| std::fs::read_to_string(root.join(name)).ok();
    let source = Source {
        path,
        text: &text,
        include: &include,
        site: &docent::corpus::Site::default(),
    };
    Format::Markdown
        .pages(&source)
        .unwrap_or_else(|skip| panic!("{path}: {skip}"))
        .remove(0)
}

/// The page as its snapshot shows it; fails where raw HTML is left in it.
fn shown(page: &Page) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    for event in Parser::new_ext(&page.markdown, options) {
        if let Event::Html(html) | Event::InlineHtml(html) = event {
            panic!("raw HTML is left: {html}");
        }
    }
    let lines: Vec<&str> = page.markdown.lines().collect();
    let cut = lines.len().saturating_sub(SHOWN);
    let mut shown = format!(
        "title: {:?}\ndescription: {:?}\npermalink: {:?}\naliases: {:?}\n\n{}",
        page.title,
        page.description,
        page.permalink,
        page.aliases,
        lines[..lines.len() - cut].join("\n")
    );
    if cut > 0 {
        shown.push_str(&format!("\n… {cut} more lines"));
    }
    shown
}

#[test]
fn dialects() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/markdown");
    for name in [
        "docusaurus.mdx",
        "html.md",
        "hugo.md",
        "mdbook.md",
        "mdn.md",
        "mkdocs.md",
        "vitepress.md",
    ] {
        insta::assert_snapshot!(format!("dialect_{name}"), shown(&convert(&root, name)));
    }
}

#[test]
fn packages() {
    let cache = std::env::var_os("DOCENT_TEST_CACHE").map_or_else(
        || {
            let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
            std::env::var_os("XDG_CACHE_HOME")
                .map_or_else(|| home().join(".cache"), PathBuf::from)
                .join("docent-tests")
        },
        PathBuf::from,
    );
    for (package, pages) in [
        (
            "npm-11.6.0/docs/content",
            [
                "commands/npm-ci.md",
                "using-npm/dependency-selectors.md",
                "configuring-npm/folders.md",
            ]
            .as_slice(),
        ),
        (
            "create-docusaurus-3.8.1/templates/shared/docs",
            &[
                "tutorial-basics/markdown-features.mdx",
                "tutorial-basics/create-a-document.md",
                "tutorial-extras/manage-docs-versions.md",
            ],
        ),
        (
            "vitepress-1.6.4/template",
            &["markdown-examples.md", "api-examples.md"],
        ),
        (
            "pymdown_extensions-10.16.1/docs/src/markdown",
            &[
                "extensions/tabbed.md",
                "extensions/keys.md",
                "extensions/snippets.md",
                "faq.md",
            ],
        ),
        ("tantivy/doc/src", &["basis.md", "schema.md", "json.md"]),
    ] {
        let root = cache.join("markdown").join(package);
        for page in pages {
            let name = format!(
                "{}_{}",
                package.split(['-', '/', '_']).next().unwrap_or(package),
                page.replace('/', "_")
            );
            insta::assert_snapshot!(name, shown(&convert(&root, page)));
        }
    }
}
