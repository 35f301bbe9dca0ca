//! Notes, tips and warnings, as the generators mark them.

use html5ever::local_name;

use super::spans::plain_text;
use super::tree::{Data, NodeId, Tree};

/// The words that a note begins with ("Note", or the title it has); `None` for what is no note.
pub(super) fn label(tree: &Tree, node: NodeId) -> Option<String> {
    let marked = |class| kind(class).filter(|kind| matches!(kind, Kind::Marked));
    let kind = (tree.classes(node).find_map(marked))
        .or_else(|| tree.classes(node).find_map(kind))
        .filter(|kind| matches!(kind, Kind::Marked) || *tree.name(node) != local_name!("aside"))
        .or_else(|| is_aside(tree, node).then_some(Kind::Marked))?;
    if let Some(title) = title(tree, node) {
        let text = plain_text(tree, title);
        let text = text.trim_end_matches([':', '.']).trim();
        if !text.is_empty() && text.len() <= 200 {
            let word = text.to_ascii_lowercase();
            let common = NAMES.contains(&word.as_str());
            return Some(if common {
                capitalized(&word)
            } else {
                escaped(text)
            });
        }
    }
    match kind {
        Kind::Marked => {}
        // The class alone is a common word: without a title it may be anything.
        Kind::Named => return None,
    }
    let kinds = tree
        .attributes(node)
        .iter()
        .find(|a| &*a.name.local == "data-type")
        .map(|a| &*a.value);
    let word = tree.classes(node).chain(kinds).find_map(|class| {
        let class = class.rsplit('-').next().unwrap_or(class);
        NAMES.iter().find(|name| **name == class)
    });
    Some(capitalized(word.copied().unwrap_or("note")))
}

/// Whether the element is the title of the note that it stands in, and so in its label already.
pub(super) fn is_title(tree: &Tree, node: NodeId) -> bool {
    tree.ancestors(node).take(4).any(|above| {
        tree.classes(above).find_map(kind).is_some() && title(tree, above) == Some(node)
    })
}

/// Whether an element stands beside the text with a remark of its own: no footnote, no part with
/// headings.
fn is_aside(tree: &Tree, node: NodeId) -> bool {
    let other = |class: &str| {
        ["footnote", "topic", "sidebar", "citation"]
            .iter()
            .any(|word| class.contains(word))
    };
    let heading = |node| matches!(&**tree.name(node), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    *tree.name(node) == local_name!("aside")
        && !tree.classes(node).any(other)
        && tree
            .attribute(node, &local_name!("role"))
            .is_none_or(|role| role == "note")
        && !tree.descendants(node).any(heading)
}

const NAMES: [&str; 12] = [
    "note",
    "tip",
    "warning",
    "important",
    "caution",
    "danger",
    "hint",
    "attention",
    "error",
    "info",
    "seealso",
    "success",
];

enum Kind {
    Marked,
    Named,
}

fn kind(class: &str) -> Option<Kind> {
    match class {
        "admonition" | "theme-admonition" | "admonitionblock" | "custom-block"
        | "markdown-alert" | "alert" | "callout" | "starlight-aside" => Some(Kind::Marked),
        _ if NAMES.contains(&class) => Some(Kind::Named),
        _ => None,
    }
}

/// The note's title: a heading or element marked as such near its beginning.
fn title(tree: &Tree, note: NodeId) -> Option<NodeId> {
    // Doxygen's are lists of one term.
    if *tree.name(note) == local_name!("dl") {
        return tree
            .children(note)
            .find(|&term| *tree.name(term) == local_name!("dt"));
    }
    let own_depth = tree.depth(note);
    let mut elements = tree.descendants(note).take(24).filter(|&node| {
        matches!(tree.data(node), Data::Element(..)) && tree.depth(node) <= own_depth + 5
    });
    elements.find(|&node| {
        let marked = tree.classes(node).any(|class| {
            matches!(
                class,
                "admonition-title"
                    | "custom-block-title"
                    | "markdown-alert-title"
                    | "title"
                    | "alert-heading"
                    | "starlight-aside__title"
                    | "callout-title"
                    | "admonition_header"
                    | "admonition-header"
            ) || class.starts_with("admonitionHeading")
                || class.starts_with("admonition-heading")
        });
        let name = tree.name(node);
        marked && *name != local_name!("span") || *name == local_name!("summary")
    })
}

fn escaped(text: &str) -> String {
    let mut line = super::inline::Inline::single_line();
    line.text(text);
    line.take()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
