//! What of a page is the site around it: navigation, search, buttons, footers.
//!
//! A page knows no other page, so its classes are all there is to tell by. They are believed where
//! a generator or a landmark stands behind them; words that any author may choose (`contents`,
//! `related`, `footer`) are only where the block looks the part, and none where the block has most
//! of the page's text or its heading. What repeats from page to page goes later, by comparison.

use std::collections::HashMap;

use html5ever::local_name;

use super::control::Controls;
use super::measure::{Measure, measures};
use super::spans::plain_text;
use super::svg;
use super::tree::{Data, NodeId, ROOT, Tree};

/// Marks what is no part of a page's text.
pub(super) fn leave_out(tree: &mut Tree, controls: &Controls) {
    let measures = measures(tree);
    let page = measures[ROOT as usize];
    let mut out = Vec::new();
    let mut doubtful = Vec::new();
    let mut rest = page;
    let mut headed = false;
    let mut nodes = tree.descendants(ROOT);
    while let Some(node) = nodes.next() {
        let Data::Element(name, _) = tree.data(node) else {
            continue;
        };
        let own = measures[node as usize];
        headed |= matches!(&*name.local, "h1" | "h2" | "h3" | "h4" | "main" | "article");
        if !headed && is_column(&name.local, &own, &page) {
            out.push(node);
            rest.text = rest.text.saturating_sub(own.text);
            nodes.skip_within();
            continue;
        }
        match part(tree, node, &own, controls) {
            Part::Text => continue,
            Part::Never => {}
            Part::Site if is_most(&own, &page) => continue,
            Part::Landmark if is_most(&own, &page) || heads(&own, &page) => continue,
            Part::Site | Part::Landmark => {}
            Part::Doubtful(word) => {
                doubtful.push((node, word));
                continue;
            }
        }
        rest.text = rest.text.saturating_sub(own.text);
        out.push(node);
        nodes.skip_within();
    }
    if rest.text == 0 {
        // A page of nothing but links: what its landmark has is the page.
        out.retain(|&node| !(*tree.name(node) == local_name!("nav") && is_in_main(tree, node)));
    }
    // A word says navigation as long as that is not most of what the page has. A column of links
    // beside the text may be longer than the text.
    let mut sums: HashMap<&str, Measure> = HashMap::new();
    for (node, word) in &doubtful {
        *sums.entry(word).or_default() += measures[*node as usize];
    }
    doubtful.retain(|(node, word)| {
        let own = measures[*node as usize];
        let sum = sums[word];
        let small = u64::from(sum.text) * 2 <= u64::from(rest.text);
        let beside = *word == "navigation" && u64::from(sum.told()) * 4 <= u64::from(page.told());
        (small || beside) && looks_the_part(tree, *node, word, &own, &page)
    });
    for node in out.into_iter().chain(doubtful.into_iter().map(|(n, _)| n)) {
        tree.leave_out(node);
    }
}

enum Part {
    Text,
    /// Nothing that is read, whatever it holds.
    Never,
    /// The site's, unless it is all that there is.
    Site,
    /// The site's, unless it has what the page is about.
    Landmark,
    /// The site's, if it looks like it.
    Doubtful(&'static str),
}

/// Whether a block that stands before all headings is a column of links to other pages.
fn is_column(name: &str, own: &Measure, page: &Measure) -> bool {
    matches!(name, "div" | "ul" | "table" | "td" | "section")
        && own.headings == 0
        && own.linked > 150
        && u64::from(own.linked) * 4 >= u64::from(own.text) * 3
        && page.headings > 0
        && u64::from(page.told()) > 4 * u64::from(own.told()) + 400
}

/// Whether a part has most of what a page says, and more than a line.
fn is_most(own: &Measure, page: &Measure) -> bool {
    own.told() > 100 && u64::from(own.told()) * 2 > u64::from(page.told())
}

/// Whether a part has the page's title, as far as headings tell.
fn heads(own: &Measure, page: &Measure) -> bool {
    own.tops > 0 && own.tops == page.tops
}

fn part(tree: &Tree, node: NodeId, own: &Measure, controls: &Controls) -> Part {
    let Data::Element(name, attributes) = tree.data(node) else {
        return Part::Text;
    };
    let tag = &*name.local;
    match tag {
        "script" | "style" | "noscript" | "select" | "textarea" | "iframe" | "object"
        | "canvas" | "audio" | "video" | "dialog" | "head" | "title" | "link" | "meta"
        | "datalist" | "rustdoc-toolbar" => return Part::Never,
        "template" if !is_shadow(tree, node) => return Part::Never,
        "svg" if !svg::is_read(tree, node) => return Part::Never,
        "nav" => return Part::Landmark,
        "label" if !controls.is_label_read(tree, node) => return Part::Never,
        "button" if !controls.is_button_read(tree, node, own) => return Part::Never,
        _ if controls.is_moved(node) => return Part::Never,
        "form" if own.headings == 0 && own.text <= 120 && own.fields > 0 => return Part::Site,
        "footer" if is_of_the_site(tree, node, own) => {
            return Part::Landmark;
        }
        "header" if parent_name(tree, node) == "body" => return Part::Landmark,
        "aside" if own.headings > 0 && is_navigation(tree, node, own) => return Part::Never,
        "aside" if own.is_links() => return Part::Site,
        "a" if is_link_to_itself(tree, node) || is_link_to_more(tree, node) => return Part::Never,
        "span" if tree.has_class(node, "lang") && names_language(tree, node) => {
            return Part::Never;
        }
        _ => {}
    }
    if attributes.is_empty() {
        return Part::Text;
    }
    let heading_or_section = matches!(
        tag,
        "section"
            | "article"
            | "main"
            | "body"
            | "dt"
            | "dl"
            | "dd"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    );
    for attribute in attributes {
        let value = &*attribute.value;
        match &*attribute.name.local {
            "class" => {
                let mut doubtful = None;
                for class in value.split_ascii_whitespace() {
                    if is_mark(class) {
                        return Part::Never;
                    }
                    if is_site_class(class) || is_mark_here(tree, node, class) {
                        return Part::Site;
                    }
                    doubtful = doubtful.or_else(|| doubtful_word(class));
                }
                if let Some(word) = doubtful
                    && !heading_or_section
                    && !tree.has_class(node, "admonition")
                {
                    return Part::Doubtful(word);
                }
            }
            "id" if !heading_or_section && is_site_id(value) => return Part::Site,
            "id" if !heading_or_section => {
                if let Some(word) = doubtful_word(&value.to_ascii_lowercase()) {
                    return Part::Doubtful(word);
                }
            }
            "role" => match value {
                "navigation" | "banner" | "contentinfo" | "tablist" | "menu" | "menubar"
                | "toolbar" => return Part::Landmark,
                "search" => return Part::Doubtful("search"),
                _ => {}
            },
            _ => {}
        }
    }
    Part::Text
}

/// Whether a block that a common word names is what the word says in a site's own parts.
fn looks_the_part(tree: &Tree, node: NodeId, word: &str, own: &Measure, page: &Measure) -> bool {
    if own.text == 0 {
        return true;
    }
    let within = is_in_main(tree, node);
    // A column of links may have the site's name above it.
    let column = !within
        && word == "navigation"
        && own.tops < page.tops
        && u64::from(own.linked) * 10 >= u64::from(own.text) * 9;
    if own.headings > 0 && !column && !heads_navigation(tree, node) {
        return false;
    }
    match word {
        "footer" => !within && own.headings == 0 && (own.told() <= 400 || own.is_links()),
        "search" => own.fields > 0 && own.told() <= 200,
        "header" => !within && own.headings == 0 && (own.told() <= 200 || own.is_links()),
        // Of a page's own parts, only lists that lead around it.
        _ if column => true,
        _ if within => is_navigation(tree, node, own) && leads_within(tree, node),
        _ => is_navigation(tree, node, own),
    }
}

/// Whether a block has little but links, below headings that navigation has.
fn is_navigation(tree: &Tree, node: NodeId, own: &Measure) -> bool {
    let headed = own.headings > 0 && heads_navigation(tree, node);
    own.is_links() && (own.headings == 0 || headed)
        || headed && u64::from(own.linked) * 10 >= u64::from(own.text) * 3
}

/// Whether every heading in it is one that navigation has.
fn heads_navigation(tree: &Tree, node: NodeId) -> bool {
    let mut nodes = tree.descendants(node);
    nodes.all(|node| {
        let heading = matches!(&**tree.name(node), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        !heading || {
            let text = plain_text(tree, node).to_lowercase();
            matches!(
                text.trim_end_matches(':'),
                "" | "contents"
                    | "table of contents"
                    | "on this page"
                    | "in this article"
                    | "in this section"
                    | "page contents"
                    | "navigation"
                    | "toc"
                    | "menu"
                    | "previous topic"
                    | "next topic"
                    | "this page"
                    | "quick search"
                    | "inhalt"
                    | "inhaltsverzeichnis"
                    | "sommaire"
                    | "table des matières"
                    | "目次"
                    | "目录"
            )
        }
    })
}

/// Whether all links of a block lead to places of its own page.
fn leads_within(tree: &Tree, node: NodeId) -> bool {
    let mut links = tree
        .descendants(node)
        .filter_map(|node| tree.attribute(node, &local_name!("href")));
    links.all(|to| to.starts_with('#'))
}

fn is_in_main(tree: &Tree, node: NodeId) -> bool {
    tree.ancestors(node).any(|above| {
        matches!(&**tree.name(above), "main" | "article")
            || tree.attribute(above, &local_name!("role")) == Some("main")
    })
}

/// Whether a footer is not the end of a quotation, or of a part that says something in it.
fn is_of_the_site(tree: &Tree, footer: NodeId, own: &Measure) -> bool {
    if parent_name(tree, footer) == "blockquote" {
        return false;
    }
    let said = own.headings > 0 || own.told() > 300;
    !(said && !own.is_links() && is_in_main(tree, footer))
}

/// The shadow of an element, which browsers show in its place.
fn is_shadow(tree: &Tree, template: NodeId) -> bool {
    let mut attributes = tree.attributes(template).iter();
    attributes.any(|a| matches!(&*a.name.local, "shadowrootmode" | "shadowroot"))
}

/// The element that holds the page's own text: its landmark where little stands outside of it, else
/// `<body>`.
pub(super) fn main_content(tree: &Tree) -> NodeId {
    let (mut main, mut article, mut articles, mut body) = (None, None, 0, None);
    let mut nodes = tree.descendants(ROOT);
    while let Some(node) = nodes.next() {
        if tree.is_left_out(node) {
            nodes.skip_within();
            continue;
        }
        let name = tree.name(node);
        match &**name {
            "" => continue,
            "body" => body = Some(node),
            "main" => main = main.or(Some(node)),
            "article" => {
                article = article.or(Some(node));
                articles += 1;
            }
            "div" | "section" => {
                if tree.id_of(node) == Some("main-content")
                    || tree.has_class(node, "theme-doc-markdown")
                {
                    main = Some(node);
                    if tree.has_class(node, "theme-doc-markdown") {
                        break;
                    }
                }
            }
            _ => continue,
        }
        if tree.attribute(node, &local_name!("role")) == Some("main") {
            main = main.or(Some(node));
        }
    }
    let body = body.unwrap_or(ROOT);
    let article = article.filter(|_| articles == 1);
    if main.is_none() && article.is_none() {
        return body;
    }
    let measures = measures(tree);
    // How sure it is that a `<main>` is what it says; an `<article>` may be any part.
    let main = main.filter(|&main| holds_the_text(tree, &measures, body, main, 50));
    let around = main.unwrap_or(body);
    let article = article.filter(|&article| {
        let within = tree.ancestors(article).any(|above| above == around);
        within && holds_the_text(tree, &measures, around, article, 10)
    });
    article.or(main).unwrap_or(body)
}

/// Whether no heading of the page and little of its text stands outside of `part`, links apart.
/// `share`: the percentage of the part's own text that may.
fn holds_the_text(
    tree: &Tree,
    measures: &[Measure],
    around: NodeId,
    part: NodeId,
    share: u64,
) -> bool {
    let own = measures[part as usize];
    let mut outside = Measure::default();
    let mut path = part;
    while path != around {
        let Some(parent) = tree.parent(path) else {
            break;
        };
        for beside in tree.children(parent).filter(|&beside| beside != path) {
            let beside = measures[beside as usize];
            if !beside.is_links() || beside.tops > 0 {
                outside += beside;
            }
        }
        path = parent;
    }
    if outside.tops > 0 && (own.headings == 0 || share < 20) {
        return false;
    }
    let allowed = (u64::from(own.told()) * share / 100).max(if share < 20 { 200 } else { 600 });
    let headed = outside.headings > 0 && share < 20;
    u64::from(outside.told()) <= allowed && !headed
}
/// Whether a list only leads to places of its own page.
pub(super) fn is_table_of_contents(tree: &Tree, list: NodeId) -> bool {
    let mut links = 0;
    let mut nodes = tree.descendants(list);
    while let Some(node) = nodes.next() {
        match tree.data(node) {
            Data::Text(text) if !text.trim().is_empty() => return false,
            Data::Element(name, _) if name.local == local_name!("a") => {
                let to = tree.attribute(node, &local_name!("href"));
                if !to.is_some_and(|to| to.starts_with('#') && to.len() > 1) {
                    return false;
                }
                links += 1;
                nodes.skip_within();
            }
            _ => {}
        }
    }
    links >= 2
}

fn parent_name(tree: &Tree, node: NodeId) -> &str {
    tree.parent(node).map_or("", |parent| tree.name(parent))
}

/// The name of a code block's language, shown above it.
fn names_language(tree: &Tree, node: NodeId) -> bool {
    let block = tree.parent(node);
    block.is_some_and(|block| {
        tree.classes(block)
            .any(|class| class.starts_with("language-"))
    })
}

/// A sign beside a heading that links to the heading.
fn is_link_to_itself(tree: &Tree, link: NodeId) -> bool {
    let to = tree.attribute(link, &local_name!("href"));
    let mut within = tree.children(link);
    let sign = within.next().and_then(|child| tree.text(child));
    to.is_some_and(|to| to.starts_with('#'))
        && within.next().is_none()
        && sign.is_some_and(|sign| {
            matches!(
                sign.trim(),
                "#" | "¶" | "§" | "🔗" | "\u{f0c1}" | "∞" | "↩" | "↩\u{fe0e}" | "◆" | "◇"
            )
        })
}

/// Doxygen's link from a summary to the details below.
fn is_link_to_more(tree: &Tree, link: NodeId) -> bool {
    let to = tree.attribute(link, &local_name!("href"));
    let mut within = tree.children(link);
    let text = within.next().and_then(|child| tree.text(child));
    to.is_some_and(|to| to.contains('#')) && text.is_some_and(|text| text.trim() == "More...")
}

/// Marks that a generator's class makes only of some elements.
fn is_mark_here(tree: &Tree, node: NodeId, class: &str) -> bool {
    let parent = |class| {
        tree.parent(node)
            .is_some_and(|parent| tree.has_class(parent, class))
    };
    match class {
        // rustdoc.
        "sub-heading" => parent("main-heading"),
        "tooltip" => {
            let sign = tree
                .children(node)
                .next()
                .and_then(|child| tree.text(child));
            sign.is_some_and(|sign| sign.trim() == "ⓘ") || tree.children(node).next().is_none()
        }
        // mdBook.
        "boring" => *tree.name(node) == local_name!("span"),
        // Doxygen.
        "summary" => parent("header"),
        "footer" => *tree.name(node) == local_name!("address"),
        "arrow" | "icona" | "iconfopen" | "iconfclosed" | "icondoc" => {
            *tree.name(node) == local_name!("span")
        }
        // valgrind's DocBook.
        "nav" => *tree.name(node) == local_name!("table"),
        _ => false,
    }
}

/// Classes of what is never read as text.
fn is_mark(class: &str) -> bool {
    match class {
        // Links beside headings, buttons beside code, text for screen readers.
        "headerlink"
        | "header-anchor"
        | "hash-link"
        | "heading-anchor"
        | "anchorjs-link"
        | "doc-anchor"
        | "permalink"
        | "clipboard-button"
        | "copy-button"
        | "copybtn"
        | "clip-button"
        | "test-arrow"
        | "viewcode-link"
        | "viewcode-back"
        | "srclink"
        | "sr-only"
        | "visually-hidden"
        | "visuallyhidden"
        | "screen-reader-text"
        | "skip-link"
        | "skipnav"
        | "skip-nav"
        | "hideme"
        | "tableTab"
        | "activeTableTab"
        | "out-of-band"
        | "rightside"
        | "rustdoc-breadcrumbs"
        | "footnote-backref"
        | "footnote-back"
        | "reversefootnote" => true,
        // Line numbers.
        "linenos"
        | "lineno"
        | "linenodiv"
        | "line-number"
        | "line-numbers-rows"
        | "lnt"
        | "rouge-gutter"
        | "src-line-numbers"
        | "line-numbers-wrapper" => true,
        _ => false,
    }
}

/// Classes that only a site's own parts have.
fn is_site_class(class: &str) -> bool {
    match class {
        // Navigation.
        "navheader"
        | "navfooter"
        | "sphinxsidebar"
        | "theme-doc-breadcrumbs"
        | "pagination-nav"
        | "theme-doc-footer"
        | "theme-doc-toc-mobile"
        | "theme-doc-toc-desktop"
        | "theme-edit-this-page"
        | "theme-doc-version-badge"
        | "theme-last-updated"
        | "edit-this-page"
        | "edit-page"
        | "theme-doc-footer-edit-meta-row"
        | "md-sidebar"
        | "md-header"
        | "md-footer"
        | "md-source-file"
        | "md-content__button"
        | "md-skip"
        | "md-tabs"
        | "md-feedback"
        | "md-tags"
        | "wy-breadcrumbs"
        | "rst-footer-buttons"
        | "rst-versions"
        | "wy-nav-side"
        | "wy-nav-top"
        | "nav-wrapper"
        | "nav-wide-wrapper"
        | "nav-chapters"
        | "mobile-nav-chapters"
        | "menu-bar"
        | "mobile-nav"
        | "menu-wrapper"
        | "prev-next-area"
        | "prev-next-footer"
        | "prev-next-bottom"
        | "bd-sidebar"
        | "bd-header"
        | "bd-footer"
        | "bd-toc"
        | "td-page-meta"
        | "td-page-meta__lastmod"
        | "td-toc"
        | "td-sidebar"
        | "td-sidebar-toc"
        | "td-breadcrumbs"
        | "feedback--container"
        | "topNav"
        | "subNav"
        | "bottomNav"
        | "top-nav"
        | "sub-nav"
        | "sub-nav-list"
        | "fixedNav"
        | "navPadding"
        | "legalCopy"
        | "legal-copy"
        | "aboutLanguage"
        | "navList"
        | "subNavList"
        | "book-menu"
        | "book-toc"
        | "book-header"
        | "book-footer"
        | "book-page-footer"
        | "navpath"
        | "ingroups"
        | "levels"
        | "ttc"
        | "ui-resizable-handle" => true,
        _ => false,
    }
}

/// What a class or id says that navigation has, and that text may have too.
fn doubtful_word(class: &str) -> Option<&'static str> {
    Some(match class {
        "toc" | "local-toc" | "docs-toc" | "on-this-page" | "page-toc" | "contents"
        | "toctitle" | "tableofcontents" | "table-of-contents" | "toctree-wrapper" => "contents",
        "related" => "related",
        "navbar" | "navigation" | "pagination" | "pager" | "page-nav" | "book-nav" | "menu"
        | "sidebar" | "breadcrumb" | "breadcrumbs" => "navigation",
        "site-header" => "header",
        "site-footer" | "footer" | "page-footer" | "colophon" | "footer-text" => "footer",
        "search" | "searchbox" => "search",
        "clearer" => "clearer",
        _ => return None,
    })
}

fn is_site_id(id: &str) -> bool {
    matches!(
        id,
        "sidebar-toggle"
            | "mkdocs_search_modal"
            | "mkdocs_keyboard_modal"
            | "navbar"
            | "menu-bar"
            | "rustdoc-toc"
            | "copy-path"
            | "searchbox"
            | "rustdoc-modnav"
            | "bd-docs-nav"
            | "search-wrapper"
            | "searcher"
            | "mdbook-help-container"
            | "searchbar-outer"
            | "mdbook-searchbar-outer"
            | "navbar.top"
            | "navbar.bottom"
            | "searchresults-outer"
            | "page-toc"
            // Doxygen.
            | "titlearea"
            | "projectarea"
            | "nav-path"
            | "nav-tree"
            | "side-nav"
            | "main-nav"
            | "main-menu"
            | "MSearchBox"
            | "MSearchSelectWindow"
            | "MSearchResultsWindow"
    )
}
