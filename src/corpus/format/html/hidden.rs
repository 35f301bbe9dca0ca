//! What of a page no reader sees, wherever in the page it stands.
//!
//! What readers can bring to light stays: something that they see names or controls it, or the page
//! shows the alternatives to it. Nothing else does, whatever it is called: a page must not tell an
//! assistant what it does not tell a reader.

use html5ever::local_name;

use super::super::style::{Sheet, folds, hides, is_hidden_by_class};
use super::control::Controls;
use super::tree::{Data, NodeId, ROOT, Tree};

/// Elements beside a hidden one that are looked at for its alternatives.
const BESIDE: usize = 24;

/// Takes what is hidden below `root` out of the tree, so that no way of writing any element has to
/// ask. The root itself stays: scripts show the whole of a page when they have loaded it.
pub(super) fn take_out(tree: &mut Tree, root: NodeId, controls: &Controls) {
    let mut look = Look {
        tree,
        controls,
        sheet: sheet(tree),
        known: vec![None; tree.len()],
    };
    let mut hidden = Vec::new();
    let mut nodes = tree.descendants(root);
    while let Some(node) = nodes.next() {
        match look.how(node) {
            Hidden::Not => continue,
            Hidden::Folded if look.is_revealed(node) => continue,
            _ => {}
        }
        nodes.skip_within();
        hidden.push(node);
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Not,
    /// As pages hide what their readers may ask for.
    Folded,
    /// In a way that no page has a reason for.
    Veiled,
}

fn how_hidden(tree: &Tree, node: NodeId, sheet: &Sheet) -> Hidden {
    let Data::Element(name, attributes) = tree.data(node) else {
        return Hidden::Not;
    };
    let (mut folded, mut veiled) = (false, false);
    // What hides a whole page is taken back by its scripts.
    let is_page = matches!(&*name.local, "html" | "body");
    let mut tab_panel = false;
    for attribute in attributes {
        let value = &*attribute.value;
        match &*attribute.name.local {
            "hidden" | "popover" => folded = true,
            "aria-hidden" => folded |= value.eq_ignore_ascii_case("true"),
            "style" if hides(value) => {
                folded = true;
                veiled |= !folds(value);
            }
            "class" => {
                folded |= is_hidden_by_class(value)
                    || !sheet.is_empty()
                        && value
                            .split_ascii_whitespace()
                            .any(|class| sheet.hides('.', class));
                veiled |= value.split_ascii_whitespace().any(|class| {
                    matches!(
                        class,
                        "sr-only" | "visually-hidden" | "visuallyhidden" | "screen-reader-text"
                    )
                });
            }
            "id" => folded |= sheet.hides('#', value),
            "role" => {
                // The panels behind the first hold the same for another system or language; the
                // tabs are counted.
                tab_panel |= matches!(value, "tabpanel" | "tab" | "tablist");
            }
            _ => {}
        }
    }
    match (folded || veiled, tab_panel, veiled) {
        (false, ..) => Hidden::Not,
        _ if is_page => Hidden::Not,
        (_, _, true) => Hidden::Veiled,
        (_, true, _) => Hidden::Not,
        _ => Hidden::Folded,
    }
}

struct Look<'a> {
    tree: &'a Tree,
    controls: &'a Controls,
    sheet: Sheet,
    /// What was found out: some are asked for by many others.
    known: Vec<Option<Hidden>>,
}

impl Look<'_> {
    fn how(&mut self, node: NodeId) -> Hidden {
        let (tree, sheet) = (self.tree, &self.sheet);
        *self.known[node as usize].get_or_insert_with(|| how_hidden(tree, node, sheet))
    }

    /// Whether readers can have it shown, by what they see.
    fn is_revealed(&mut self, node: NodeId) -> bool {
        let tree = self.tree;
        if let Some(control) = self.controls.of_panel(node) {
            let mut around = std::iter::once(control).chain(tree.ancestors(control));
            if around.all(|node| self.how(node) == Hidden::Not) {
                return true;
            }
        }
        let mut attributes = tree.attributes(node).iter();
        let hidden = attributes.find(|a| &*a.name.local == "hidden");
        hidden.is_some_and(|hidden| {
            // Browsers find such text and show it.
            hidden.value.eq_ignore_ascii_case("until-found")
                || is_switched(tree, node)
                || self.is_alternative(node)
        })
    }

    /// Whether it is one of several alike, of which the page shows one and says by what they differ.
    fn is_alternative(&mut self, node: NodeId) -> bool {
        let tree = self.tree;
        let block = matches!(
            &**tree.name(node),
            "div" | "section" | "article" | "span" | "pre"
        );
        let before = tree.before(node).take(BESIDE);
        let mut beside = before.chain(tree.after(node).take(BESIDE));
        block
            && is_told_apart(tree, node)
            && beside.any(|other| {
                tree.name(other) == tree.name(node)
                    && tree
                        .classes(other)
                        .take(BESIDE)
                        .any(|class| tree.has_class(node, class))
                    && is_told_apart(tree, other)
                    && self.how(other) == Hidden::Not
            })
    }
}

/// Whether an element says by what it differs from others of its class.
fn is_told_apart(tree: &Tree, node: NodeId) -> bool {
    let named = |name: &str| name == "id" || name.starts_with("data-");
    let mut attributes = tree.attributes(node).iter();
    attributes.any(|a| named(&a.name.local) && !a.value.is_empty())
        || tree.classes(node).nth(1).is_some()
}

/// Whether an element is one of a switch between systems or programs.
fn is_switched(tree: &Tree, node: NodeId) -> bool {
    let switch = |class: &str| matches!(class, "switch" | "switchinline" | "os-switch");
    let parent = tree.parent(node);
    if parent.is_some_and(|parent| tree.classes(parent).any(switch)) {
        return true;
    }
    let named = |name: &str| {
        let (kind, of) = name.split_once(['-', '_']).unwrap_or(("", name));
        let kind = kind.is_empty()
            || matches!(
                kind,
                "os" | "platform" | "for" | "only" | "system" | "if" | "show"
            );
        kind && is_system(&of.to_ascii_lowercase())
    };
    tree.attributes(node).iter().any(|a| match &*a.name.local {
        "data-os" | "data-platform" | "data-system" => named(&a.value),
        // `linux` alone may name anything.
        "class" => a
            .value
            .split_ascii_whitespace()
            .any(|class| class.contains(['-', '_']) && named(class)),
        _ => false,
    })
}

fn is_system(name: &str) -> bool {
    matches!(
        name,
        "mac"
            | "macos"
            | "osx"
            | "darwin"
            | "apple"
            | "win"
            | "windows"
            | "linux"
            | "unix"
            | "bsd"
            | "freebsd"
            | "debian"
            | "ubuntu"
            | "fedora"
            | "rhel"
            | "centos"
            | "arch"
            | "suse"
            | "opensuse"
            | "android"
            | "ios"
            | "ipados"
            | "chromeos"
            | "web"
            | "desktop"
            | "mobile"
            | "docker"
            | "kubernetes"
    )
}
