//! What of a page no reader sees, wherever in the page it stands.

use html5ever::local_name;

use super::super::style::{Sheet, hides, is_hidden_by_class};
use super::tree::{Data, NodeId, ROOT, Tree};

/// Takes what is hidden below `root` out of the tree, so that no way of writing any element has to
/// ask. The root itself stays: scripts show the whole of a page when they have loaded it.
pub(super) fn take_out(tree: &mut Tree, root: NodeId) {
    let sheet = sheet(tree);
    let mut hidden = Vec::new();
    let mut nodes = tree.descendants(root);
    while let Some(node) = nodes.next() {
        if is_hidden(tree, node, &sheet) {
            nodes.skip_within();
            hidden.push(node);
        }
    }
    for node in hidden {
        tree.detach(node);
    }
}

/// What the page's own rules hide.
fn sheet(tree: &Tree) -> Sheet {
    let mut sheet = Sheet::default();
    let styles = tree.descendants(ROOT);
    for style in styles.filter(|&node| *tree.name(node) == local_name!("style")) {
        let text: String = tree
            .children(style)
            .filter_map(|part| tree.text(part))
            .collect();
        sheet.add(&text);
    }
    sheet
}

fn is_hidden(tree: &Tree, node: NodeId, sheet: &Sheet) -> bool {
    let Data::Element(name, attributes) = tree.data(node) else {
        return false;
    };
    let mut hidden = false;
    let mut tab_panel = matches!(&*name.local, "html" | "body");
    for attribute in attributes {
        let value = &*attribute.value;
        hidden |= match &*attribute.name.local {
            "hidden" | "popover" => true,
            "aria-hidden" => value.eq_ignore_ascii_case("true"),
            "style" => hides(value),
            "class" => {
                is_hidden_by_class(value)
                    || !sheet.is_empty()
                        && value
                            .split_ascii_whitespace()
                            .any(|class| sheet.hides('.', class))
            }
            "id" => sheet.hides('#', value),
            "role" => {
                // The panels behind the first hold the same for another system or language; the
                // tabs are counted.
                tab_panel |= matches!(value, "tabpanel" | "tab" | "tablist");
                false
            }
            _ => false,
        };
    }
    hidden && !tab_panel
}
