//! The fragments by which headings and terms are linked to.

use std::collections::HashSet;

use html5ever::local_name;

use super::tree::{Data, NodeId, Tree};

/// What stands deeper in a term is not looked at.
const MAX_WITHIN: usize = 16;

/// A heading's fragment: its own id, or that of its link to itself, of an anchor in or before
/// it, or of the section that it opens. Of several the nearest to its words, and none that is
/// `taken` by a heading before: an anchor that is not closed reaches into what follows.
pub(super) fn of_heading<'a>(
    tree: &'a Tree,
    heading: NodeId,
    root: NodeId,
    taken: &HashSet<&str>,
) -> Option<&'a str> {
    if let Some(own) = tree.id_of(heading).filter(|id| fits(id)) {
        return Some(own);
    }
    let mut name = None;
    let mut begun = false;
    let mut nodes = tree.descendants(heading);
    while let Some(node) = nodes.next() {
        if tree.is_left_out(node) {
            nodes.skip_within();
            // The link itself, or what stands around it.
            let links = tree.descendants(node).take(8);
            let mut links = std::iter::once(node).chain(links);
            let to = links.find_map(|link| {
                let to = tree.attribute(link, &local_name!("href"));
                to.and_then(|to| to.strip_prefix('#'))
            });
            if let Some(to) = to.filter(|to| fits(to)) {
                return Some(to);
            }
            continue;
        }
        begun |= tree.text(node).is_some_and(|text| !text.trim().is_empty());
        if let Some(found) = named(tree, node).filter(|name| !taken.contains(name))
            && (name.is_none() || !begun)
        {
            name = Some(found);
        }
    }
    name.or_else(|| around(tree, heading, root, taken))
}

/// A term's fragment, where its author gave it one.
pub(super) fn of_term(tree: &Tree, term: NodeId) -> Option<&str> {
    tree.id_of(term).filter(|id| fits(id))
}

/// The fragment that the author gave to something in a term.
pub(super) fn within(tree: &Tree, term: NodeId) -> Option<&str> {
    tree.descendants(term)
        .take(MAX_WITHIN)
        .find_map(|node| named(tree, node))
}

/// That of a row of a table, known by its first cell.
pub(super) fn of_row(tree: &Tree, cell: NodeId) -> Option<&str> {
    let is_cell = |node: NodeId| matches!(&**tree.name(node), "td" | "th");
    if tree.before(cell).any(is_cell) {
        return None;
    }
    let own = |node| tree.id_of(node).filter(|id| fits(id) && !is_counted(id));
    let row = tree.parent(cell).and_then(own);
    row.or_else(|| own(cell)).or_else(|| within(tree, cell))
}

/// Whether an id is a number of its generator's, as those of javadoc's rows: `i12`.
fn is_counted(id: &str) -> bool {
    let number = id.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    id.len() - number.len() <= 1 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The anchor just before the heading, or the id of a section that begins with it.
fn around<'a>(
    tree: &'a Tree,
    heading: NodeId,
    root: NodeId,
    taken: &HashSet<&str>,
) -> Option<&'a str> {
    let mut node = heading;
    for _ in 0..8 {
        // Blank text and what is left out stand between a heading and its anchor at most.
        for (count, before) in tree.before(node).enumerate() {
            let blank = tree.text(before).is_some_and(|text| text.trim().is_empty());
            if count < 8
                && (blank || matches!(tree.data(before), Data::Other) || tree.is_left_out(before))
            {
                continue;
            }
            if count >= 8
                || !tree.descendants(before).take(8).all(|n| is_empty(tree, n))
                || !is_empty(tree, before)
            {
                return None;
            }
            if let Some(name) = named(tree, before).filter(|name| !taken.contains(name)) {
                return Some(name);
            }
        }
        let parent = tree.parent(node).filter(|_| node != root)?;
        if parent == root {
            return None;
        }
        if matches!(&**tree.name(parent), "div" | "section")
            && let Some(id) = tree
                .id_of(parent)
                .filter(|id| fits(id) && !taken.contains(id))
        {
            return Some(id);
        }
        node = parent;
    }
    None
}

fn named(tree: &Tree, node: NodeId) -> Option<&str> {
    if tree.has_class(node, "indexterm") {
        return None;
    }
    let own = tree.id_of(node).filter(|id| fits(id));
    let name = || {
        tree.attribute(node, &local_name!("name"))
            .filter(|name| fits(name))
    };
    own.or_else(|| {
        if *tree.name(node) == local_name!("a") {
            name()
        } else {
            None
        }
    })
}

fn is_empty(tree: &Tree, node: NodeId) -> bool {
    match tree.data(node) {
        Data::Text(text) => text.trim().is_empty(),
        Data::Element(name, _) => !matches!(&*name.local, "img" | "pre" | "table"),
        Data::Other => true,
    }
}

/// Whether Markdown can carry the id, and an author chose it: not a number of DocBook's or
/// AsciiDoc's making, and no part of the page's frame.
pub(super) fn fits(id: &str) -> bool {
    let made = id.strip_prefix("id").is_some_and(|rest| {
        rest.trim_start_matches(['-', 'm', 'p'])
            .starts_with(|c: char| c.is_ascii_digit())
    });
    let frame = matches!(
        id,
        "content"
            | "contents"
            | "header"
            | "preamble"
            | "main"
            | "main-content"
            | "docContent"
            | "body"
            | "doc-content"
            | "container"
            | "wrapper"
            | "column1"
            | "menu-bar"
    );
    !id.is_empty()
        && id.len() <= 200
        && !made
        && !frame
        && !id.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '{' | '}' | '<' | '\\' | '`')
        })
}
