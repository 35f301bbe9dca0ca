//! What some generators write in ways of their own, as HTML has it: before anything else looks at a
//! page's tree.

use std::collections::HashSet;

use html5ever::{LocalName, local_name};

use super::spans::plain_text;
use super::tree::{Data, NodeId, ROOT, Tree};

/// A tooltip or the long form of an abbreviation, in bytes.
const MAX_HINT: usize = 300;
/// Nodes of a note or graphic that are looked at.
const NEAR: usize = 400;

enum Change {
    Name(NodeId, LocalName, &'static str),
    /// A word's long form, behind it.
    Hint(NodeId, String),
    /// A note that its generator lays out as a table.
    Note(NodeId, NodeId),
    /// The name of a graphic that has no words.
    Graphic(NodeId, String),
    /// In brackets.
    Bracket(NodeId),
    /// TeX in a script, as MathJax 2 reads it.
    Formula(NodeId),
}

/// Makes the changes.
pub(super) fn recast(tree: &mut Tree) {
    let mut changes = Vec::new();
    let mut told = HashSet::new();
    for node in tree.descendants(ROOT) {
        if matches!(tree.data(node), Data::Element(..)) {
            changes.extend(change(tree, node, &mut told));
        }
    }
    for change in changes {
        match change {
            Change::Name(node, name, class) => tree.recast(node, name, class),
            Change::Hint(node, hint) => tree.put_text(node, None, &format!(" ({hint})")),
            Change::Graphic(node, name) => tree.put_text(node, None, &name),
            Change::Bracket(node) => {
                let first = tree.children(node).next();
                tree.put_text(node, first, " (");
                tree.put_text(node, None, ")");
            }
            Change::Note(note, table) => unfold(tree, note, table),
            Change::Formula(node) => {
                tree.recast(node, local_name!("span"), "math");
                let first = tree.children(node).next();
                tree.put_text(node, first, "\\(");
                tree.put_text(node, None, "\\)");
            }
        }
    }
}

fn change(tree: &Tree, node: NodeId, told: &mut HashSet<(String, String)>) -> Option<Change> {
    match &**tree.name(node) {
        "script" => {
            let kind = tree.attribute(node, &local_name!("type"))?;
            kind.starts_with("math/tex")
                .then_some(Change::Formula(node))
        }
        "abbr" | "acronym" | "dfn" => {
            let hint = tree.attribute(node, &local_name!("title"))?.trim();
            let words = few_words(tree, node)?;
            let fits = !hint.is_empty()
                && hint.len() <= MAX_HINT
                && !hint.eq_ignore_ascii_case(&words)
                && words.contains(char::is_alphabetic)
                && !tree
                    .ancestors(node)
                    .take(4)
                    .any(|n| tree.has_class(n, "sig"));
            let once = fits && told.insert((words, hint.to_owned()));
            once.then(|| Change::Hint(node, hint.to_owned()))
        }
        "table" => {
            let note = tree.parent(node)?;
            is_note(tree, note).then_some(Change::Note(note, node))
        }
        "div" => div(tree, node).or_else(|| graphic(tree, node)),
        "span" | "i" | "em" | "small" | "abbr-tip" => {
            hint(tree, node, told).or_else(|| graphic(tree, node))
        }
        "figure" | "canvas" | "object" | "p" | "section" => graphic(tree, node),
        _ => None,
    }
}

/// Doxygen's titles and code.
fn div(tree: &Tree, node: NodeId) -> Option<Change> {
    let parent = tree.parent(node)?;
    for class in tree.classes(node) {
        match class {
            "title" if tree.has_class(parent, "headertitle") => {
                return Some(Change::Name(node, local_name!("h1"), ""));
            }
            "fragment" => return Some(Change::Name(node, local_name!("pre"), "")),
            _ => {}
        }
    }
    None
}

/// What is shown while a pointer rests on a word.
fn hint(tree: &Tree, node: NodeId, told: &mut HashSet<(String, String)>) -> Option<Change> {
    let text = |class: &str| {
        matches!(
            class,
            "tooltiptext"
                | "tooltip-text"
                | "tooltip__text"
                | "tooltip-content"
                | "tooltipcontent"
                | "tooltip-inner"
                | "tip-text"
                | "tiptext"
                | "hint-text"
                | "popover-content"
        )
    };
    let role = tree.attribute(node, &local_name!("role"));
    if tree.classes(node).any(text) || role == Some("tooltip") {
        let words = few_words(tree, node)?;
        let bracketed = words.starts_with('(');
        return (!words.is_empty() && !bracketed).then_some(Change::Bracket(node));
    }
    if !tree.classes(node).any(|class| class.contains("tooltip")) {
        return None;
    }
    let hint = tree
        .attributes(node)
        .iter()
        .find(|a| {
            matches!(
                &*a.name.local,
                "data-tooltip"
                    | "data-tip"
                    | "data-title"
                    | "data-original-title"
                    | "title"
                    | "data-bs-title"
            )
        })?
        .value
        .trim()
        .to_owned();
    let words = few_words(tree, node)?;
    let fits = words.contains(char::is_alphanumeric) && !hint.is_empty() && hint.len() <= MAX_HINT;
    (fits && hint != words && told.insert((words, hint.clone())))
        .then_some(Change::Hint(node, hint))
}

/// A graphic that only its label has words for.
fn graphic(tree: &Tree, node: NodeId) -> Option<Change> {
    let label = tree
        .attributes(node)
        .iter()
        .find(|a| &*a.name.local == "aria-label")?
        .value
        .trim();
    let role = tree.attribute(node, &local_name!("role"));
    let graphic = matches!(role, Some("img" | "graphics-document" | "figure"))
        || *tree.name(node) == local_name!("figure");
    let said = |node: NodeId| {
        tree.text(node).is_some_and(|text| !text.trim().is_empty())
            || tree
                .attribute(node, &local_name!("alt"))
                .is_some_and(|alt| !alt.trim().is_empty())
            || matches!(&**tree.name(node), "svg" | "img")
                && tree
                    .attributes(node)
                    .iter()
                    .any(|a| &*a.name.local == "aria-label")
    };
    let fits = graphic
        && !label.is_empty()
        && label.len() <= 1_000
        && !tree.descendants(node).take(NEAR).any(said);
    fits.then(|| Change::Graphic(node, label.to_owned()))
}

fn is_note(tree: &Tree, node: NodeId) -> bool {
    let name = |class: &str| {
        matches!(
            class,
            "note" | "tip" | "important" | "caution" | "warning" | "admonition" | "admonitionblock"
        )
    };
    *tree.name(node) == local_name!("div")
        && tree.classes(node).any(name)
        && tree
            .children(node)
            .take(NEAR)
            .all(|child| match tree.data(child) {
                Data::Text(text) => text.trim().is_empty(),
                Data::Element(name, _) => matches!(
                    &*name.local,
                    "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "a" | "p"
                ),
                Data::Other => true,
            })
        && tree
            .children(node)
            .take(NEAR)
            .filter(|&child| *tree.name(child) == local_name!("table"))
            .count()
            == 1
}

/// Puts what the cells of a note's table hold into the note: the title first, signs nowhere.
fn unfold(tree: &mut Tree, note: NodeId, table: NodeId) {
    let cells: Vec<NodeId> = tree
        .descendants(table)
        .take(NEAR)
        .filter(|&node| matches!(&**tree.name(node), "td" | "th"))
        .filter(|&cell| {
            // Of this table, not of one in it.
            tree.ancestors(cell)
                .find(|&above| *tree.name(above) == local_name!("table"))
                == Some(table)
        })
        .collect();
    // A table of the note's own, with data in it.
    let rows = tree.descendants(table).take(NEAR);
    let rows = rows
        .filter(|&node| *tree.name(node) == local_name!("tr"))
        .count();
    let pictured = cells.iter().any(|&cell| is_picture(tree, cell));
    if rows > 2 || cells.len() > 4 || !pictured && cells.len() > 2 {
        return;
    }
    let mut titled = false;
    for cell in cells {
        if is_picture(tree, cell) {
            continue;
        }
        if *tree.name(cell) == local_name!("th") && !titled {
            titled = true;
            tree.recast(cell, local_name!("p"), "admonition-title");
            tree.move_before(cell, table);
        } else {
            tree.move_children(cell, table);
        }
    }
    tree.detach(table);
    tree.recast(note, local_name!("div"), "admonition");
}

/// Whether a cell has no words but those of a picture.
fn is_picture(tree: &Tree, cell: NodeId) -> bool {
    let mut pictured = false;
    for node in tree.descendants(cell).take(NEAR) {
        match tree.data(node) {
            Data::Text(text) if !text.trim().is_empty() => return false,
            Data::Element(name, _) => {
                pictured |= matches!(&*name.local, "img" | "svg" | "i" | "object");
            }
            _ => {}
        }
    }
    pictured
}

/// An element's words, if they are few.
fn few_words(tree: &Tree, node: NodeId) -> Option<String> {
    let mut length = 0;
    let small = tree.descendants(node).take(NEAR).all(|below| {
        length += 1 + tree.text(below).map_or(0, str::len);
        length < 2 * NEAR
    });
    (small && length < 2 * NEAR).then(|| plain_text(tree, node))
}
