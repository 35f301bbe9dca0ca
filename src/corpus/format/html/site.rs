//! What of a page is the site around it: navigation, search, buttons, footers.

use html5ever::local_name;

use super::tree::{Data, NodeId, ROOT, Tree};

/// Whether the node, with all that is in it, is left out of the text.
pub(super) fn is_left_out(tree: &Tree, node: NodeId) -> bool {
    let Data::Element(name, attributes) = tree.data(node) else {
        return false;
    };
    let tag = &*name.local;
    match tag {
        "script" | "style" | "noscript" | "template" | "nav" | "form" | "button" | "select"
        | "textarea" | "iframe" | "object" | "svg" | "canvas" | "audio" | "video" | "dialog"
        | "head" | "title" | "link" | "meta" | "label" | "datalist" | "rustdoc-toolbar" => {
            return true;
        }
        "footer" if parent_name(tree, node) != "blockquote" => return true,
        "header" if parent_name(tree, node) == "body" => return true,
        "aside" if !is_content_aside(tree, node) => return true,
        "a" if is_link_to_itself(tree, node) => return true,
        "span" if tree.has_class(node, "lang") && names_language(tree, node) => return true,
        _ => {}
    }
    if attributes.is_empty() {
        return false;
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
            "class" if value.split_ascii_whitespace().any(is_site_class) => return true,
            "class"
                if !heading_or_section
                    && value.split_ascii_whitespace().any(is_site_block_class)
                    && !tree.has_class(node, "admonition") =>
            {
                return true;
            }
            "id" if !heading_or_section && is_site_id(value) => return true,
            "role" => match value {
                "navigation" | "search" | "banner" | "contentinfo" | "tablist" | "menu"
                | "menubar" | "toolbar" => return true,
                _ => {}
            },
            _ => {}
        }
    }
    false
}

/// The element that holds the page's own text: its landmark, else `<body>`.
pub(super) fn main_content(tree: &Tree) -> NodeId {
    let (mut main, mut article, mut articles, mut body) = (None, None, 0, None);
    let mut nodes = tree.descendants(ROOT);
    while let Some(node) = nodes.next() {
        let name = tree.name(node);
        match &**name {
            "" => continue,
            "head" | "script" | "style" | "nav" | "footer" => {
                nodes.skip_within();
                continue;
            }
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
                    return node;
                }
            }
            _ => continue,
        }
        if tree.attribute(node, &local_name!("role")) == Some("main") {
            main = main.or(Some(node));
        }
    }
    match (main, article) {
        (Some(main), Some(article)) if articles == 1 && holds_the_text(tree, main, article) => {
            article
        }
        (Some(main), _) => main,
        (None, Some(article)) if articles == 1 => article,
        _ => body.unwrap_or(ROOT),
    }
}

/// Whether `article` is in `main` and the page's heading is not outside of it.
fn holds_the_text(tree: &Tree, main: NodeId, article: NodeId) -> bool {
    let mut within = false;
    let mut nodes = tree.descendants(main);
    while let Some(node) = nodes.next() {
        if node == article {
            within = true;
            nodes.skip_within();
        } else if *tree.name(node) == local_name!("h1") {
            return false;
        }
    }
    within
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
                "#" | "¶" | "§" | "🔗" | "\u{f0c1}" | "∞" | "↩" | "↩\u{fe0e}"
            )
        })
}

fn is_content_aside(tree: &Tree, node: NodeId) -> bool {
    let told = |class: &str| {
        [
            "admonition",
            "note",
            "tip",
            "warning",
            "caution",
            "danger",
            "callout",
            "footnote",
            "topic",
            "starlight-aside",
            "sidebar",
            "alert",
        ]
        .iter()
        .any(|known| class.contains(known))
            && !class.contains("toc")
    };
    tree.classes(node).any(told) && !tree.has_class(node, "contents")
}

/// Classes that only a site's own parts have, whatever the element.
fn is_site_class(class: &str) -> bool {
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
        | "sub-heading"
        | "rustdoc-breadcrumbs"
        | "tooltip"
        | "boring"
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
        // Navigation.
        "navheader"
        | "navfooter"
        | "toctree-wrapper"
        | "sphinxsidebar"
        | "breadcrumbs"
        | "breadcrumb"
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
        | "table-of-contents"
        | "tableOfContents"
        | "TableOfContents"
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
        | "searchbox"
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
        | "book-page-footer" => true,
        _ => false,
    }
}

/// Classes that blocks of navigation have, and that text may have too in other elements.
fn is_site_block_class(class: &str) -> bool {
    matches!(
        class,
        "toc"
            | "related"
            | "contents"
            | "local-toc"
            | "navbar"
            | "navigation"
            | "pagination"
            | "pager"
            | "page-nav"
            | "site-header"
            | "site-footer"
            | "footer"
            | "search"
            | "clearer"
            | "docs-toc"
            | "on-this-page"
            | "page-toc"
            | "page-footer"
            | "book-nav"
    )
}

fn is_site_id(id: &str) -> bool {
    matches!(
        id,
        "toc"
            | "TOC"
            | "toctitle"
            | "sidebar"
            | "sidebar-toggle"
            | "footer"
            | "footer-text"
            | "mkdocs_search_modal"
            | "mkdocs_keyboard_modal"
            | "TableOfContents"
            | "breadcrumb"
            | "breadcrumbs"
            | "colophon"
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
            | "site-footer"
    )
}
