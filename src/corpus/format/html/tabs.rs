//! Tabs: the same for several systems or languages, of which a reader sees one at a time.

use html5ever::local_name;

use super::tree::{NodeId, Tree};

/// More tabs than these nobody would find their way in.
const MAX_TABS: usize = 50;
/// How far a panel may be from its tab, in nodes.
const MAX_DISTANCE: usize = 4 * MAX_TABS;

/// The tab that shows a panel; `None` for what is no panel.
pub(super) fn tab_of(tree: &Tree, panel: NodeId) -> Option<NodeId> {
    let parent = tree.parent(panel)?;
    if has_role(tree, panel, "tabpanel") {
        // The strip of tabs stands before the panels, or before what holds all of them.
        let is_strip = |node: &NodeId| has_role(tree, *node, "tablist");
        let strip = before(tree, panel)
            .find(is_strip)
            .or_else(|| before(tree, parent).find(is_strip))?;
        let number = before(tree, panel)
            .take_while(|node| *node != strip)
            .filter(|node| has_role(tree, *node, "tabpanel"));
        let tabs = tree.descendants(strip).take(MAX_DISTANCE);
        let mut tabs = tabs.filter(|node| has_role(tree, *node, "tab"));
        return tabs.nth(number.count());
    }
    // Material for MkDocs.
    if tree.has_class(panel, "tabbed-block") {
        let labels = before(tree, parent).find(|node| tree.has_class(*node, "tabbed-labels"))?;
        return label_like(tree, labels, panel);
    }
    // VitePress.
    let is_group = |node| tree.has_class(node, "vp-code-group");
    if tree.has_class(parent, "blocks") && tree.parent(parent).is_some_and(is_group) {
        let labels = before(tree, parent).find(|node| tree.has_class(*node, "tabs"))?;
        return label_like(tree, labels, panel);
    }
    // Sphinx Design, and MkDocs with older themes.
    if tree.has_class(panel, "sd-tab-content") || tree.has_class(panel, "tabbed-content") {
        return before(tree, panel)
            .find(|node| !tree.name(*node).is_empty())
            .filter(|node| *tree.name(*node) == local_name!("label"));
    }
    None
}

/// The label that is as far in its row as the panel among the panels.
fn label_like(tree: &Tree, labels: NodeId, panel: NodeId) -> Option<NodeId> {
    let elements = before(tree, panel).filter(|node| !tree.name(*node).is_empty());
    let labels = tree.descendants(labels).take(MAX_DISTANCE);
    let mut labels = labels.filter(|node| *tree.name(*node) == local_name!("label"));
    labels.nth(elements.count())
}

/// The nodes before one, its nearest neighbour first.
fn before(tree: &Tree, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    tree.before(node).take(MAX_DISTANCE)
}

fn has_role(tree: &Tree, node: NodeId, role: &str) -> bool {
    tree.attribute(node, &local_name!("role")) == Some(role)
}
