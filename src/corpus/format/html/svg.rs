//! Drawings: the words in them, in the order in which they are written, and what they are called.

use super::inline::collapse;
use super::tree::{Data, NodeId, Tree};

/// Words that a drawing adds to its page, in bytes.
const MAX_TEXT: usize = 20_000;
/// A drawing that is no higher or wider is a sign, whose name says what is beside it. In pixels.
const SIGN: f32 = 48.0;

/// Whether a drawing says something: it has words, or a name and is no mere sign.
pub(super) fn is_read(tree: &Tree, svg: NodeId) -> bool {
    let words = tree
        .descendants(svg)
        .any(|node| matches!(&**tree.name(node), "text" | "foreignObject"));
    words || !is_sign(tree, svg) && name(tree, svg).is_some()
}

/// All that a drawing says, in a line.
pub(super) fn text(tree: &Tree, svg: NodeId) -> String {
    let words = words(tree, svg);
    let name = name(tree, svg).filter(|_| !is_sign(tree, svg));
    match name {
        Some(name) if words.is_empty() => name,
        Some(name) if !words.contains(&name) => {
            format!("{}: {words}", name.trim_end_matches([':', '.']))
        }
        _ => words,
    }
}

fn words(tree: &Tree, svg: NodeId) -> String {
    let mut words = String::new();
    let mut nodes = tree.descendants(svg);
    while let Some(node) = nodes.next() {
        match tree.data(node) {
            Data::Text(text) => words.push_str(text),
            Data::Element(name, attributes) => match &*name.local {
                "title" | "desc" | "style" | "script" | "defs" | "symbol" | "clipPath" | "mask"
                | "metadata" | "marker" | "pattern" => nodes.skip_within(),
                "tspan" => {
                    let moved = attributes
                        .iter()
                        .any(|a| matches!(&*a.name.local, "x" | "y" | "dy"));
                    if moved {
                        words.push(' ');
                    }
                }
                "a" | "b" | "i" | "em" | "strong" | "code" => {}
                _ => words.push(' '),
            },
            Data::Other => {}
        }
        if words.len() > MAX_TEXT {
            break;
        }
    }
    collapse(&words)
}

/// The label that the drawing is given, its title, or its description.
fn name(tree: &Tree, svg: NodeId) -> Option<String> {
    let label = tree
        .attributes(svg)
        .iter()
        .find(|a| &*a.name.local == "aria-label")
        .map(|a| collapse(&a.value));
    let titled = || {
        let mut parts = tree.children(svg).take(16);
        let title = parts.find(|&part| matches!(&**tree.name(part), "title" | "desc"))?;
        let text: String = tree
            .children(title)
            .filter_map(|part| tree.text(part))
            .collect();
        Some(collapse(&text))
    };
    label
        .filter(|label| !label.is_empty())
        .or_else(titled)
        .filter(|name| !name.is_empty() && name.len() <= 1_000)
}

/// Whether a drawing stands for a word, in a link, button or heading or as small as one.
fn is_sign(tree: &Tree, svg: NodeId) -> bool {
    let small = tree.attributes(svg).iter().any(|a| {
        let size = || a.value.trim_end_matches("px").parse::<f32>();
        match &*a.name.local {
            "width" | "height" => a.value.ends_with("em") || size().is_ok_and(|size| size <= SIGN),
            "class" => a.value.to_ascii_lowercase().contains("icon"),
            "aria-hidden" => true,
            _ => false,
        }
    });
    small
        || tree.ancestors(svg).take(4).any(|above| {
            matches!(
                &**tree.name(above),
                "a" | "button" | "label" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary"
            )
        })
}
