//! Built sites: pages of Debian's documentation packages, which tests/fetch-corpora.sh fetches.
//!
//! No package ships pages that Docusaurus, VitePress or Hugo have built: tests/fetch-sites.sh builds
//! the sources in tests/corpus/sites with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use docent::corpus::{Format, Page, Skip, Source};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Lines of a page that its snapshot shows.
const SHOWN: usize = 120;

/// What a fetched package has below `usr/share`.
pub(crate) fn corpus(name: &str) -> PathBuf {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    let cache = folder("DOCENT_TEST_CACHE")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("docent-tests")))
        .or_else(|| Some(folder("HOME")?.join(".cache/docent-tests")))
        .expect("HOME is set");
    let folder = cache.join("corpora").join(name).join("usr/share");
    assert!(
        folder.is_dir(),
        "{} is missing: run tests/fetch-corpora.sh",
        folder.display()
    );
    folder
}

fn package(name: &str) -> PathBuf {
    corpus(name).join("doc")
}

fn convert(root: &Path, path: &str) -> Result<Page, Skip> {
    let file = root.join(path);
    let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let text = String::from_utf8_lossy(&bytes);
    let source = Source {
        path,
        text: &text,
        include: &|_| None,
        site: &docent::corpus::Site::default(),
    };
    let page = Format::Html.pages(&source).map(|mut pages| pages.remove(0));
    page.map(|page| page.alone(Format::Html, path))
}

/// The page as its snapshot shows it: what it says of itself, its beginning, and how much of
/// what there is in all of it.
pub(crate) fn shown(page: &Page) -> String {
    let (mut headings, mut links, mut code, mut tables, mut words) = (0, 0, 0, 0, 0);
    for event in markdown(&page.markdown) {
        match event {
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::Link { .. }) => links += 1,
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::Start(Tag::Table(_)) => tables += 1,
            Event::Text(text) => words += text.split_whitespace().count(),
            _ => {}
        }
    }
    let lines: Vec<&str> = page.markdown.lines().collect();
    let cut = lines.len().saturating_sub(SHOWN);
    let mut shown = format!(
        "title: {:?}\ndescription: {:?}\npermalink: {:?}\n\
         {headings} headings, {links} links, {code} code blocks, {tables} tables, {words} words\n\n",
        page.title, page.description, page.permalink
    );
    shown.push_str(&lines[..lines.len() - cut].join("\n"));
    if cut > 0 {
        shown.push_str(&format!("\n… {cut} more lines"));
    }
    shown
}

fn markdown(text: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_HEADING_ATTRIBUTES;
    Parser::new_ext(text, options)
}

fn golden(name: &str, folder: &str, pages: &[&str]) {
    let root = package(name).join(folder);
    for path in pages {
        let page = convert(&root, path).unwrap_or_else(|skip| panic!("{path}: {skip}"));
        let stem = path.trim_end_matches(".html").replace('/', "-");
        insta::assert_snapshot!(format!("{name}--{stem}"), shown(&page));
    }
}

#[test]
fn docbook() {
    golden(
        "postgresql-doc-15",
        "postgresql-doc-15/html",
        &[
            "runtime-config-autovacuum.html",
            "sql-createindex.html",
            "functions-string.html",
            "datatype-numeric.html",
        ],
    );
}

#[test]
fn asciidoc() {
    golden(
        "git-doc",
        "git-doc",
        &["git-stash.html", "gitignore.html", "gittutorial.html"],
    );
}

#[test]
fn sphinx() {
    golden(
        "python3.11-doc",
        "python3.11/html",
        &[
            "library/functools.html",
            "tutorial/classes.html",
            "library/stdtypes.html",
        ],
    );
}

#[test]
fn mdbook() {
    golden(
        "rust-doc",
        "rust-doc/html",
        &[
            "book/ch03-02-data-types.html",
            "book/ch04-01-what-is-ownership.html",
            "book/ch01-01-installation.html",
        ],
    );
}

#[test]
fn rustdoc() {
    golden(
        "rust-doc",
        "rust-doc/html",
        &[
            "std/option/enum.Option.html",
            "std/cell/index.html",
            "std/cell/struct.Cell.html",
        ],
    );
}

#[test]
fn javadoc() {
    golden(
        "libjsoup-java-doc",
        "libjsoup-java/api/org/jsoup",
        &[
            "Jsoup.html",
            "nodes/package-summary.html",
            "Connection.Method.html",
        ],
    );
}

#[test]
fn mkdocs() {
    golden(
        "mkdocs-doc",
        "mkdocs/html",
        &[
            "user-guide/configuration.html",
            "getting-started.html",
            "user-guide/writing-your-docs.html",
        ],
    );
}

#[test]
fn mkdocs_material() {
    golden(
        "mkdocs-literate-nav-doc",
        "mkdocs-literate-nav-doc/html",
        &["index.html", "reference.html"],
    );
}

/// Each generator's folder of built pages, what stands around a page's name, and its sources.
const SITES: [(&str, [&str; 2], [&str; 2]); 3] = [
    ("docusaurus", ["", "/index.html"], ["docs/", ".md"]),
    ("vitepress", ["", ".html"], ["", ".md"]),
    ("hugo", ["docs/", "/index.html"], ["content/docs/", ".md"]),
];
const PAGES: [&str; 3] = ["install", "configuration", "troubleshooting"];

/// Where the sites were built.
fn sites() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fetch-sites.sh");
    let built = Command::new(script)
        .stderr(Stdio::inherit())
        .output()
        .expect("tests/fetch-sites.sh can be run");
    assert!(built.status.success(), "tests/fetch-sites.sh failed");
    let folder = String::from_utf8(built.stdout).expect("a path in UTF-8");
    PathBuf::from(folder.trim_end())
}

#[test]
fn docusaurus_vitepress_and_hugo() {
    let sites = sites();
    for (generator, [before, after], _) in SITES {
        for page in PAGES {
            let path = format!("{before}{page}{after}");
            let built = convert(&sites.join(generator), &path);
            let built = built.unwrap_or_else(|skip| panic!("{generator} {path}: {skip}"));
            insta::assert_snapshot!(format!("{generator}--{page}"), shown(&built));
        }
    }
}

/// A page says the same, whether its source is read or what a generator has built of it.
#[test]
fn a_site_and_its_source_say_the_same() {
    let sites = sites();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/sites");
    for (generator, [before, after], [folder, suffix]) in SITES {
        for page in PAGES {
            let built = convert(&sites.join(generator), &format!("{before}{page}{after}"));
            let built = built.unwrap_or_else(|skip| panic!("{generator} {page}: {skip}"));
            let mut file = sources
                .join(generator)
                .join(format!("{folder}{page}{suffix}"));
            if !file.exists() {
                file.set_extension("mdx");
            }
            let text = fs::read_to_string(&file).unwrap();
            let source = Source {
                path: file.to_str().unwrap(),
                text: &text,
                include: &|_| None,
                site: &docent::corpus::Site::default(),
            };
            let read = Format::Markdown.pages(&source).unwrap().remove(0);
            assert_eq!(bones(&built), bones(&read), "{generator} {page}");
        }
    }
}

/// What must not differ: the words of headings, of code blocks and of table cells.
fn bones(page: &Page) -> Vec<String> {
    let mut bones = Vec::new();
    let mut within = None;
    for event in markdown(&page.markdown) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => within = Some(format!("{level}")),
            Event::Start(Tag::CodeBlock(_)) => within = Some("code".to_owned()),
            Event::Start(Tag::TableCell) => within = Some("cell".to_owned()),
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::TableCell) => {
                let bone = within.take().unwrap_or_default();
                bones.push(bone.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(bone) = &mut within {
                    bone.push(' ');
                    bone.push_str(&text);
                }
            }
            _ => {}
        }
    }
    // A title in the front matter is a heading only of what is built.
    bones.retain(|bone| !bone.starts_with("h1 "));
    bones
}

#[test]
fn pages_that_generators_make_are_skipped() {
    let (sphinx, javadoc) = (package("python3.11-doc"), package("libjsoup-java-doc"));
    for (root, path) in [
        (sphinx.join("python3.11/html"), "genindex.html"),
        (sphinx.join("python3.11/html"), "search.html"),
        (sphinx.join("python3.11/html"), "py-modindex.html"),
        (javadoc.join("libjsoup-java/api"), "index-all.html"),
        (javadoc.join("libjsoup-java/api"), "overview-tree.html"),
        (package("mkdocs-doc").join("mkdocs/html"), "404.html"),
    ] {
        assert_eq!(convert(&root, path), Err(Skip::Generated), "{path}");
    }
}

/// Every page of the sets converts to Markdown without raw HTML, without a link into the page
/// itself and without the words of navigation, or is skipped for a reason.
#[test]
fn whole_sets_are_clean() {
    for (name, folder, navigation) in [
        ("postgresql-doc-15", "postgresql-doc-15/html", "[Prev]("),
        ("git-doc", "git-doc", "Last updated"),
        ("python3.11-doc", "python3.11/html", "Created using"),
        ("libjsoup-java-doc", "libjsoup-java/api", "Skip navigation"),
        ("mkdocs-doc", "mkdocs/html", "Keyboard Shortcuts"),
    ] {
        let root = package(name).join(folder);
        let mut pages = 0;
        for path in html_files(&root) {
            let Ok(page) = convert(&root, &path) else {
                continue;
            };
            pages += 1;
            assert!(
                !page.markdown.contains(navigation),
                "{name}/{path}: {navigation}"
            );
            for event in markdown(&page.markdown) {
                match event {
                    Event::Html(html) | Event::InlineHtml(html) => {
                        panic!("{name}/{path}: raw HTML {html:?}");
                    }
                    Event::Start(Tag::Link { dest_url, .. }) => {
                        assert!(!dest_url.starts_with('#'), "{name}/{path}: {dest_url}");
                    }
                    _ => {}
                }
            }
        }
        assert!(pages >= 19, "{name}: only {pages} pages");
    }
}

fn html_files(root: &Path) -> Vec<String> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .expect("a folder of the package")
            .flatten()
        {
            let path = entry.path();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "html")
            {
                let below = path
                    .strip_prefix(root)
                    .expect("it was found below the root");
                files.push(below.to_string_lossy().into_owned());
            }
        }
    }
    files
}
