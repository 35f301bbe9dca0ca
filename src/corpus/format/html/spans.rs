//! Running text: what stands inside a line, and everything that a heading or table cell flattens
//! into one.

use html5ever::local_name;

use super::inline::Inline;
use super::tree::{Data, NodeId, Tree};
use super::{math, svg};

/// Recursion stops here; the parser lets elements nest about as deep.
pub(super) const MAX_DEPTH: u32 = 600;

/// Writes all that is in `node` as running text.
pub(super) fn write_children(tree: &Tree, node: NodeId, out: &mut Inline) {
    for child in tree.children(node) {
        write(tree, child, out);
    }
}

/// Writes a node as running text.
pub(super) fn write(tree: &Tree, node: NodeId, out: &mut Inline) {
    match tree.data(node) {
        Data::Text(text) => out.text(text),
        Data::Element(name, _) => {
            if tree.depth(node) < MAX_DEPTH && !tree.is_left_out(node) {
                write_element(tree, node, &name.local, out);
            }
        }
        Data::Other => {}
    }
}

fn write_element(tree: &Tree, node: NodeId, name: &str, out: &mut Inline) {
    match name {
        "br" => out.line_break(),
        "wbr" => {}
        "img" => {
            // `+` and `-` are signs to open and close by.
            let alt = tree.attribute(node, &local_name!("alt"));
            if let Some(alt) = alt.filter(|alt| alt.contains(char::is_alphanumeric)) {
                out.text(alt);
            }
        }
        "a" => write_link(tree, node, out),
        "code" | "tt" | "kbd" | "samp" => write_code(tree, node, out),
        "pre" => out.code(&plain_text(tree, node)),
        "em" | "i" | "cite" | "dfn" | "var" => write_emphasis(tree, node, "*", out),
        "strong" | "b" => write_emphasis(tree, node, "**", out),
        "del" | "s" | "strike" => write_emphasis(tree, node, "~~", out),
        "sup" => write_superscript(tree, node, out),
        "q" => {
            out.text("“");
            write_children(tree, node, out);
            out.text("”");
        }
        "input" => {
            if tree.attribute(node, &local_name!("type")) == Some("checkbox") && is_task(tree, node)
            {
                let checked = tree.attribute(node, &local_name!("checked")).is_some();
                out.raw(if checked { "[x]" } else { "[ ]" });
                out.space();
            }
        }
        "math" => write_math(tree, node, out),
        "annotation" | "annotation-xml" => {}
        "svg" => write_drawing(tree, node, out),
        "li" => {
            // In a cell: the items of a list, one after the other.
            if out
                .last()
                .is_some_and(|c| !c.is_whitespace() && !".;:,!?".contains(c))
            {
                out.raw(";");
            }
            out.space();
            write_children(tree, node, out);
        }
        _ if is_block(name) => {
            out.space();
            write_children(tree, node, out);
            out.space();
        }
        _ if is_math(tree, node) => write_math(tree, node, out),
        _ => {
            // What style puts between words: Docutils before a term's kind, LibreOffice's help
            // between the keys of two systems.
            if out.last().is_some_and(|c| !c.is_whitespace()) {
                if tree.has_class(node, "classifier") {
                    out.text(" : ");
                } else if is_second_case(tree, node) {
                    out.text("/");
                }
            }
            write_children(tree, node, out);
        }
    }
}

/// Whether another case of a switch in a line stands directly before this one.
fn is_second_case(tree: &Tree, node: NodeId) -> bool {
    let switch = tree.parent(node);
    switch.is_some_and(|switch| tree.has_class(switch, "switchinline"))
        && tree
            .before(node)
            .take(4)
            .any(|before| *tree.name(before) == local_name!("span"))
}

/// The node's text as it reads, without Markdown.
pub(super) fn plain_text(tree: &Tree, node: NodeId) -> String {
    let mut text = String::new();
    let mut nodes = tree.descendants(node);
    while let Some(node) = nodes.next() {
        match tree.data(node) {
            Data::Text(part) => text.push_str(part),
            Data::Element(name, _) => {
                if tree.is_left_out(node) {
                    nodes.skip_within();
                } else if name.local == local_name!("svg") {
                    nodes.skip_within();
                    if svg::is_read(tree, node) {
                        text.push(' ');
                        text.push_str(&svg::text(tree, node));
                        text.push(' ');
                    }
                } else if name.local == local_name!("br") || is_block(&name.local) {
                    text.push(' ');
                }
            }
            Data::Other => {}
        }
    }
    super::inline::collapse(&text)
}

/// Whether an element of this name begins a block of its own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "details"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "menu"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "caption"
            | "legend"
    )
}

fn write_link(tree: &Tree, node: NodeId, out: &mut Inline) {
    let destination = tree.attribute(node, &local_name!("href")).map(str::trim);
    let destination = destination.filter(|to| is_worth_following(to));
    let Some(destination) = destination else {
        return write_children(tree, node, out);
    };
    out.open_link();
    write_children(tree, node, out);
    out.close_link(destination);
}

/// Not a place on the same page, not a script, not a whole file written into the link.
fn is_worth_following(destination: &str) -> bool {
    let scheme = destination.split_once(':').map_or("", |(scheme, _)| scheme);
    !destination.is_empty()
        && !destination.starts_with('#')
        && destination.len() <= 2_000
        && !destination.chars().any(char::is_control)
        && !["javascript", "data", "vbscript"]
            .iter()
            .any(|s| scheme.eq_ignore_ascii_case(s))
}

fn write_code(tree: &Tree, node: NodeId, out: &mut Inline) {
    // A link is outside of its code: Markdown has no links in code.
    if let Some(link) = only_child(tree, node).filter(|&n| *tree.name(n) == local_name!("a"))
        && let Some(destination) = tree.attribute(link, &local_name!("href")).map(str::trim)
        && is_worth_following(destination)
    {
        out.open_link();
        out.code(&plain_text(tree, link));
        return out.close_link(destination);
    }
    let code = raw_text(tree, node);
    if code.starts_with(char::is_whitespace) {
        out.space();
    }
    out.code(&code);
    if code.ends_with(char::is_whitespace) {
        out.space();
    }
}

/// The text of a code span: white space at its ends is the caller's.
fn raw_text(tree: &Tree, node: NodeId) -> String {
    let mut text = String::new();
    let mut nodes = tree.descendants(node);
    while let Some(node) = nodes.next() {
        match tree.data(node) {
            Data::Text(part) => text.push_str(part),
            _ if *tree.name(node) == local_name!("br") => text.push(' '),
            _ if tree.is_left_out(node) => nodes.skip_within(),
            _ => {}
        }
    }
    text
}

fn write_emphasis(tree: &Tree, node: NodeId, delimiter: &'static str, out: &mut Inline) {
    let only = only_child(tree, node);
    let code = only.is_some_and(|n| matches!(&**tree.name(n), "code" | "tt" | "kbd" | "samp"));
    let within = out.is_within(delimiter);
    if code || within || tree.has_class(node, "property") {
        return write_children(tree, node, out);
    }
    out.open(delimiter);
    write_children(tree, node, out);
    out.close();
}

fn write_superscript(tree: &Tree, node: NodeId, out: &mut Inline) {
    // A reference to a footnote.
    let link = only_child(tree, node).and_then(|n| tree.attribute(n, &local_name!("href")));
    if link.is_some_and(|to| to.starts_with('#')) {
        let mark = plain_text(tree, node);
        return out.text(&format!("[{}]", mark.trim_matches(['[', ']'])));
    }
    let text = plain_text(tree, node);
    let exponent = text.len() <= 8 && text.chars().all(|c| c.is_alphanumeric() || c == '-');
    let base = out.last().is_some_and(|c| c.is_alphanumeric() || c == ')');
    if exponent && base && !text.is_empty() && !text.starts_with(['t', 's', 'n', 'r']) {
        out.text("^");
    }
    write_children(tree, node, out);
}

/// Formulas come as TeX, in code, where its backslashes and underscores are safe.
pub(super) fn write_math(tree: &Tree, node: NodeId, out: &mut Inline) {
    match tex(tree, node) {
        Some(tex) => out.code(&tex),
        None if *tree.name(node) == local_name!("math") => {
            let line = math::line(tree, node);
            if line.contains(['\\', '_', '*', '^', '{', '[', '`']) {
                out.code(&line);
            } else {
                out.text(&line);
            }
        }
        None => write_children(tree, node, out),
    }
}

/// The words of a drawing.
pub(super) fn write_drawing(tree: &Tree, node: NodeId, out: &mut Inline) {
    out.space();
    out.text(&svg::text(tree, node));
    out.space();
}

/// Whether a box to check is the mark of a task in a list.
fn is_task(tree: &Tree, input: NodeId) -> bool {
    let mut above = tree.ancestors(input).take(3);
    above.any(|above| *tree.name(above) == local_name!("li"))
}

/// Whether the element holds a formula, as KaTeX, MathJax and Sphinx write it.
pub(super) fn is_math(tree: &Tree, node: NodeId) -> bool {
    tree.classes(node).any(|class| {
        matches!(
            class,
            "katex" | "katex-display" | "math" | "arithmatex" | "formulaDsp" | "formulaInl"
        )
    })
}

/// The TeX of a formula.
pub(super) fn tex(tree: &Tree, node: NodeId) -> Option<String> {
    if let Some(alt) = tree
        .attributes(node)
        .iter()
        .find(|a| &*a.name.local == "alttext")
    {
        return Some(alt.value.to_string());
    }
    for below in tree.descendants(node) {
        if &**tree.name(below) == "annotation" {
            return Some(super::inline::collapse(&raw_text(tree, below)));
        }
    }
    if *tree.name(node) == local_name!("math") {
        return None;
    }
    let text = raw_text(tree, node);
    let text = text.trim();
    let bare = [("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$")]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    let environment = || (text.starts_with("\\begin{") && text.ends_with('}')).then_some(text);
    bare.or_else(environment).map(|tex| tex.trim().to_owned())
}

/// The only child with text of its own.
fn only_child(tree: &Tree, node: NodeId) -> Option<NodeId> {
    let mut children = tree.children(node).filter(|&child| match tree.data(child) {
        Data::Text(text) => !text.trim().is_empty(),
        Data::Element(..) => true,
        Data::Other => false,
    });
    let only = children.next()?;
    children.next().is_none().then_some(only)
}
