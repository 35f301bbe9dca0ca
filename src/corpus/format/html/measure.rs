//! How much of a page stands in each of its elements.

use std::ops::AddAssign;

use super::tree::{Data, NodeId, ROOT, Tree};

/// What an element holds, itself and all below it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Measure {
    /// Bytes that are not white space.
    pub(super) text: u32,
    /// Of these, the ones in links.
    pub(super) linked: u32,
    pub(super) headings: u32,
    /// Headings of the first level.
    pub(super) tops: u32,
    /// Fields to type into or choose from.
    pub(super) fields: u32,
    /// Paragraphs, items, tables and code blocks.
    pub(super) blocks: u32,
}

impl Measure {
    /// Text that leads nowhere.
    pub(super) fn told(&self) -> u32 {
        self.text - self.linked
    }

    /// Whether it mostly leads elsewhere.
    pub(super) fn is_links(&self) -> bool {
        u64::from(self.linked) * 10 >= u64::from(self.text) * 6
    }
}

impl AddAssign for Measure {
    fn add_assign(&mut self, other: Self) {
        self.text = self.text.saturating_add(other.text);
        self.linked = self.linked.saturating_add(other.linked);
        self.headings += other.headings;
        self.tops += other.tops;
        self.fields += other.fields;
        self.blocks += other.blocks;
    }
}

/// The measures of all nodes. What is left out already counts nothing.
pub(super) fn measures(tree: &Tree) -> Vec<Measure> {
    let mut measures = vec![Measure::default(); tree.len()];
    let mut order = Vec::with_capacity(tree.len());
    // Depth below which everything is in a link, as long as the walk is in it.
    let mut link: Option<u32> = None;
    let mut nodes = tree.descendants(ROOT);
    let mut depths = Depths::default();
    while let Some(node) = nodes.next() {
        let depth = depths.of(tree, node);
        if link.is_some_and(|above| depth <= above) {
            link = None;
        }
        order.push(node);
        let own = &mut measures[node as usize];
        match tree.data(node) {
            Data::Text(text) => {
                let length = text.bytes().filter(|b| !b.is_ascii_whitespace()).count();
                own.text = u32::try_from(length).unwrap_or(u32::MAX);
                if link.is_some() {
                    own.linked = own.text;
                }
            }
            Data::Element(name, _) => {
                if tree.is_left_out(node) {
                    nodes.skip_within();
                    continue;
                }
                match &*name.local {
                    "script" | "style" | "head" | "noscript" | "template" => nodes.skip_within(),
                    "select" | "textarea" | "datalist" => {
                        own.fields = 1;
                        nodes.skip_within();
                    }
                    "input" => own.fields = 1,
                    "a" if link.is_none()
                        && tree
                            .attributes(node)
                            .iter()
                            .any(|a| &*a.name.local == "href") =>
                    {
                        link = Some(depth);
                    }
                    "h1" => (own.headings, own.tops) = (1, 1),
                    "h2" | "h3" | "h4" | "h5" | "h6" => own.headings = 1,
                    "p" | "li" | "table" | "pre" | "dl" => own.blocks = 1,
                    _ => {}
                }
            }
            Data::Other => {}
        }
    }
    for node in order.into_iter().rev() {
        if let Some(parent) = tree.parent(node) {
            let own = measures[node as usize];
            measures[parent as usize] += own;
        }
    }
    measures
}

/// The depths of a walk's nodes, which those that were moved do not know themselves.
#[derive(Default)]
struct Depths {
    above: Vec<NodeId>,
}

impl Depths {
    fn of(&mut self, tree: &Tree, node: NodeId) -> u32 {
        let parent = tree.parent(node);
        while let Some(&last) = self.above.last() {
            if Some(last) == parent {
                break;
            }
            self.above.pop();
        }
        self.above.push(node);
        u32::try_from(self.above.len()).unwrap_or(u32::MAX)
    }
}
