//! Pages that a generator made of others, told by what they hold: listings of source code, and indices.

use super::page::Head;
use super::tree::{Data, NodeId, ROOT, Tree};
use crate::corpus::kind::Links;
use html5ever::local_name;

/// A shorter listing has too few numbers of lines to be told by them.
const FEW_LINES: usize = 10;
/// What no listing is without: the lines that Doxygen makes, colours of Haskell, numbers of lines, links back.
const SIGNS: &[&str] = &[
    "class=\"line\"",
    "hs-",
    "LineNo",
    "line-no",
    "line-number",
    "lineno",
    "viewcode-back",
    "id=\"L",
    "id=\"l",
    "name=\"L",
    "name=\"l",
];
/// What of old blogs and sites lists their pages by subject, time or author.
const ARCHIVES: &[&str] = &[
    "tags",
    "tag",
    "categories",
    "category",
    "archive",
    "archives",
    "authors",
    "author",
    "topics",
];
/// Generators that make such lists.
const BLOGS: &[&str] = &[
    "hugo",
    "jekyll",
    "hexo",
    "wordpress",
    "ghost",
    "pelican",
    "gatsby",
    "docusaurus",
    "eleventy",
    "nikola",
    "mkdocs",
    "zola",
];
/// What Doxygen calls its alphabetical lists of everything.
const DOXYGEN_LISTS: &[&str] = &[
    "classes",
    "functions",
    "globals",
    "namespacemembers",
    "graph",
];

/// Whether a page shows a file of source code and nothing else.
pub(super) fn is_source(tree: &Tree, root: NodeId, head: &Head, path: &str, text: &str) -> bool {
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return false;
    }
    let found = Listing::of(tree, root);
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_most = found.code > 0 && found.code * 10 >= found.text * 8;
    let is_numbered = found.lines >= FEW_LINES && found.numbers * 2 >= found.lines;
    let says_so = head
        .title
        .as_deref()
        .is_some_and(|title| title.trim_end().ends_with("Source File"));
    let is_doxygen =
        head.made_by("doxygen") && found.has_lines && (says_so || name.ends_with("_source.html"));
    // Haddock, and what colours Haskell for it.
    let is_haskell = found.has_haskell && found.headings == 0 && is_most;
    is_doxygen
        || is_haskell
        || found.is_back_linked
        || is_numbered && is_most && found.headings <= 1
}

/// Whether what has been made of a page is an index of other pages.
pub(super) fn is_index(tree: &Tree, head: &Head, path: &str, markdown: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let links = Links::of(markdown);
    let is_within = |names: &[&str]| folder.split('/').any(|part| names.contains(&part));
    // An entry names a place in a page; most of the words are names.
    let has_entries = links.count >= 2
        && links.into_pages * 10 >= links.count * 3
        && links.words * 3 >= links.other_words * 2;
    let list = stem.split('_').next().unwrap_or_default();
    let is_doxygen_list = head.made_by("doxygen")
        && DOXYGEN_LISTS.contains(&list)
        && links.other_words <= 3 * links.words.max(10);
    let is_archive = is_within(ARCHIVES)
        && BLOGS.iter().any(|name| head.made_by(name))
        && links.words >= links.other_words;
    has_entries && (is_called_index(&stem) || head.title.as_deref().is_some_and(is_titled_index))
        || is_doxygen_list
        || is_archive
        // What the search of a generator shows in a frame of its own.
        || tree.children(ROOT).any(|html| {
            let mut bodies = tree.children(html).filter(|node| *tree.name(*node) == local_name!("body"));
            bodies.any(|body| tree.has_class(body, "SRPage") || tree.children(body).any(|node| tree.id_of(node) == Some("full_list")))
        })
}

/// `Concept-Index`, `api-index-full`, `doc-index-A`, `ix01`, `bookindex`; not `index`.
fn is_called_index(stem: &str) -> bool {
    let numbered = stem.strip_prefix("ix").is_some_and(|number| {
        number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let mut words = stem.split(['-', '_']);
    numbered
        || matches!(stem, "genindex" | "bookindex" | "theindex")
        || stem != "index" && words.any(|word| word == "index")
}

/// `Concept Index (Acme)`, `base: … (Index - A)`, `63. Concept Index`.
fn is_titled_index(title: &str) -> bool {
    let title = title.to_lowercase();
    let mut words = title
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let is_short = title.split_whitespace().count() <= 12;
    is_short && words.any(|word| word == "index")
}

/// What a page holds of source code.
#[derive(Debug, Default)]
struct Listing {
    /// Letters of the page, and those of them in blocks of code.
    text: usize,
    code: usize,
    /// Lines of code, and what numbers them.
    lines: usize,
    numbers: usize,
    headings: usize,
    has_haskell: bool,
    /// Doxygen's lines of code.
    has_lines: bool,
    /// Sphinx links from each function back to what is said of it.
    is_back_linked: bool,
}

impl Listing {
    fn of(tree: &Tree, root: NodeId) -> Self {
        let mut found = Self::default();
        // The blocks of code that are open: where each ends is told by the depth.
        let mut code: Option<u32> = None;
        let mut nodes = tree.descendants(root);
        while let Some(node) = nodes.next() {
            if code.is_some_and(|depth| tree.depth(node) <= depth) {
                code = None;
            }
            match tree.data(node) {
                Data::Text(text) => {
                    let letters = text
                        .chars()
                        .filter(|letter| !letter.is_whitespace())
                        .count();
                    found.text += letters;
                    if code.is_some() {
                        found.code += letters;
                        found.lines += text.matches('\n').count();
                    }
                }
                Data::Element(name, _) => {
                    let is_line = tree.has_class(node, "line");
                    match &*name.local {
                        "script" | "style" | "head" | "title" => nodes.skip_within(),
                        "h2" | "h3" | "h4" | "h5" | "h6" => found.headings += 1,
                        "pre" if code.is_none() => code = Some(tree.depth(node)),
                        "div" if code.is_none() && tree.has_class(node, "fragment") => {
                            code = Some(tree.depth(node));
                        }
                        "div" if is_line => {
                            found.has_lines = true;
                            found.lines += 1;
                        }
                        _ => {}
                    }
                    if tree.classes(node).any(|class| class.starts_with("hs-")) {
                        found.has_haskell = true;
                    }
                    found.is_back_linked |= tree.has_class(node, "viewcode-back");
                    found.numbers += usize::from(is_number(tree, node));
                }
                Data::Other => {}
            }
        }
        found
    }
}

/// `<a id="L12">`, `<span id="line-12">`, `<span class="sourceLineNo">`.
fn is_number(tree: &Tree, node: NodeId) -> bool {
    let by_class = [
        "sourceLineNo",
        "source-line-no",
        "line-number",
        "lineno",
        "linenos",
    ];
    let name = tree
        .id_of(node)
        .or_else(|| tree.attribute(node, &local_name!("name")));
    let number = name.and_then(|name| {
        ["line-", "line", "LC", "L", "l"]
            .iter()
            .find_map(|start| name.strip_prefix(start))
    });
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    }) || by_class.iter().any(|class| tree.has_class(node, class))
}
