//! A page's elements as a flat arena, filled by html5ever's tree construction.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::TreeSink;
use html5ever::{Attribute, LocalName, QualName, local_name, ns};

/// Names a node of its [`Tree`].
pub(super) type NodeId = u32;

const NONE: NodeId = NodeId::MAX;

/// The document node, the parent of everything.
pub(super) const ROOT: NodeId = 0;

/// What a node is.
pub(super) enum Data {
    /// The document, a template's contents, a comment: nothing with text of its own.
    Other,
    Text(StrTendril),
    Element(QualName, Vec<Attribute>),
}

struct Node {
    parent: NodeId,
    previous: NodeId,
    next: NodeId,
    first: NodeId,
    last: NodeId,
    /// Levels below the document.
    depth: u32,
    /// The site's around the text, not the text's.
    left_out: bool,
    data: Data,
}

/// The nodes of one page, in the order in which they were made: that of the document, but for
/// what misnested markup moved.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    fn new() -> Self {
        let mut tree = Self {
            nodes: Vec::with_capacity(1024),
        };
        tree.make(Data::Other);
        tree
    }

    /// How many nodes there are, attached or not.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every node's name, whether attached or not.
    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        0..id(self.nodes.len())
    }

    pub(super) fn data(&self, node: NodeId) -> &Data {
        &self.nodes[node as usize].data
    }

    /// The text, of a node that is text.
    pub(super) fn text(&self, node: NodeId) -> Option<&str> {
        match self.data(node) {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn depth(&self, node: NodeId) -> u32 {
        self.nodes[node as usize].depth
    }

    pub(super) fn parent(&self, node: NodeId) -> Option<NodeId> {
        some(self.nodes[node as usize].parent)
    }

    pub(super) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(some(self.nodes[node as usize].first), |&child| {
            some(self.nodes[child as usize].next)
        })
    }

    /// The nodes before `node` in the same parent, the nearest first.
    pub(super) fn before(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(some(self.nodes[node as usize].previous), |&sibling| {
            some(self.nodes[sibling as usize].previous)
        })
    }

    /// The nodes behind `node` in the same parent.
    pub(super) fn after(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(some(self.nodes[node as usize].next), |&sibling| {
            some(self.nodes[sibling as usize].next)
        })
    }

    /// The nodes above `node`, the nearest first.
    pub(super) fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |&above| self.parent(above))
    }

    /// Every node below `node`, in document order, without recursion.
    pub(super) fn descendants(&self, node: NodeId) -> Descendants<'_> {
        Descendants {
            tree: self,
            root: node,
            at: Some(node),
            skip: false,
        }
    }

    /// The element's name, or the empty name for what is none. Names of other vocabularies
    /// (SVG, MathML) come as they are: their containers are told by name.
    pub(super) fn name(&self, node: NodeId) -> &LocalName {
        static NO_NAME: LocalName = local_name!("");
        match self.data(node) {
            Data::Element(name, _) => &name.local,
            _ => &NO_NAME,
        }
    }

    pub(super) fn attribute(&self, node: NodeId, name: &LocalName) -> Option<&str> {
        match self.data(node) {
            Data::Element(_, attributes) => attributes
                .iter()
                .find(|a| a.name.local == *name)
                .map(|a| &*a.value),
            _ => None,
        }
    }

    pub(super) fn attributes(&self, node: NodeId) -> &[Attribute] {
        match self.data(node) {
            Data::Element(_, attributes) => attributes,
            _ => &[],
        }
    }

    /// The element's id, where it has one that is not empty.
    pub(super) fn id_of(&self, node: NodeId) -> Option<&str> {
        self.attribute(node, &local_name!("id"))
            .filter(|id| !id.is_empty())
    }

    pub(super) fn classes(&self, node: NodeId) -> impl Iterator<Item = &str> + Clone {
        self.attribute(node, &local_name!("class"))
            .unwrap_or("")
            .split_ascii_whitespace()
    }

    pub(super) fn has_class(&self, node: NodeId, class: &str) -> bool {
        self.classes(node).any(|c| c == class)
    }

    fn make(&mut self, data: Data) -> NodeId {
        let made = id(self.nodes.len());
        self.nodes.push(Node {
            parent: NONE,
            previous: NONE,
            next: NONE,
            first: NONE,
            last: NONE,
            depth: 0,
            left_out: false,
            data,
        });
        made
    }

    /// Marks a node, with all that is in it, as no part of the text.
    pub(super) fn leave_out(&mut self, node: NodeId) {
        self.nodes[node as usize].left_out = true;
    }

    /// Whether the node itself is marked so. Whoever walks down does not walk into it.
    pub(super) fn is_left_out(&self, node: NodeId) -> bool {
        self.nodes[node as usize].left_out
    }

    /// Makes an element another one, with this class beside its own.
    pub(super) fn recast(&mut self, node: NodeId, name: LocalName, class: &str) {
        let Data::Element(old, attributes) = &mut self.nodes[node as usize].data else {
            return;
        };
        old.local = name;
        if class.is_empty() {
            return;
        }
        match attributes
            .iter_mut()
            .find(|a| a.name.local == local_name!("class"))
        {
            Some(own) => {
                own.value.push_char(' ');
                own.value.push_slice(class);
            }
            None => attributes.push(Attribute {
                name: QualName::new(None, ns!(), local_name!("class")),
                value: class.into(),
            }),
        }
    }

    /// Puts text before `before`, or last.
    pub(super) fn put_text(&mut self, parent: NodeId, before: Option<NodeId>, text: &str) {
        self.attach_text(parent, before, text.into());
    }

    /// Moves all that is in `from` to a place before `before`, in the same parent as that.
    pub(super) fn move_children(&mut self, from: NodeId, before: NodeId) {
        let Some(parent) = self.parent(before) else {
            return;
        };
        while let Some(child) = some(self.nodes[from as usize].first) {
            self.attach(parent, Some(before), child);
        }
    }

    /// Moves a node, with all that is in it, to a place before `before`.
    pub(super) fn move_before(&mut self, node: NodeId, before: NodeId) {
        if let Some(parent) = self.parent(before) {
            self.attach(parent, Some(before), node);
        }
    }

    /// Takes a node, with all that is in it, out of the document.
    pub(super) fn detach(&mut self, node: NodeId) {
        let Node {
            parent,
            previous,
            next,
            ..
        } = self.nodes[node as usize];
        if parent == NONE {
            return;
        }
        match some(previous) {
            Some(previous) => self.nodes[previous as usize].next = next,
            None => self.nodes[parent as usize].first = next,
        }
        match some(next) {
            Some(next) => self.nodes[next as usize].previous = previous,
            None => self.nodes[parent as usize].last = previous,
        }
        let node = &mut self.nodes[node as usize];
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
    }

    fn attach(&mut self, parent: NodeId, before: Option<NodeId>, node: NodeId) {
        self.detach(node);
        let previous = match before {
            Some(before) => self.nodes[before as usize].previous,
            None => self.nodes[parent as usize].last,
        };
        let depth = self.depth(parent) + 1;
        let next = before.unwrap_or(NONE);
        let attached = &mut self.nodes[node as usize];
        (attached.parent, attached.previous, attached.next) = (parent, previous, next);
        attached.depth = depth;
        match some(previous) {
            Some(previous) => self.nodes[previous as usize].next = node,
            None => self.nodes[parent as usize].first = node,
        }
        match before {
            Some(before) => self.nodes[before as usize].previous = node,
            None => self.nodes[parent as usize].last = node,
        }
    }

    /// Puts text before `before`, or last, joined to the text that stands there already.
    fn attach_text(&mut self, parent: NodeId, before: Option<NodeId>, text: StrTendril) {
        let previous = match before {
            Some(before) => self.nodes[before as usize].previous,
            None => self.nodes[parent as usize].last,
        };
        if let Some(previous) = some(previous)
            && let Data::Text(there) = &mut self.nodes[previous as usize].data
        {
            there.push_tendril(&text);
            return;
        }
        let node = self.make(Data::Text(text));
        self.attach(parent, before, node);
    }
}

/// Walks down from a node, depth first.
pub(super) struct Descendants<'a> {
    tree: &'a Tree,
    root: NodeId,
    at: Option<NodeId>,
    skip: bool,
}

impl Descendants<'_> {
    /// Goes on behind the node that was just yielded, without what is in it.
    pub(super) fn skip_within(&mut self) {
        self.skip = true;
    }
}

impl Iterator for Descendants<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let mut node = self.at?;
        let nodes = &self.tree.nodes;
        let skip = std::mem::take(&mut self.skip);
        self.at = if skip {
            None
        } else {
            some(nodes[node as usize].first)
        };
        while self.at.is_none() && node != self.root {
            self.at = some(nodes[node as usize].next);
            node = nodes[node as usize].parent;
        }
        self.at
    }
}

/// Receives the tree from html5ever.
pub(super) struct Sink {
    tree: RefCell<Tree>,
    /// Depth of the last node put, less the end tags seen since.
    depth: Cell<u32>,
    /// Depth of the last node put.
    put: Cell<u32>,
}

impl Sink {
    pub(super) fn new() -> Self {
        Self {
            tree: RefCell::new(Tree::new()),
            depth: Cell::new(0),
            put: Cell::new(0),
        }
    }

    /// About how many elements are open. html5ever does not tell, so it is the depth of the
    /// last node put, less one for each end tag since; but not less than half that depth, or
    /// end tags that close nothing would hide a growing stack.
    pub(super) fn open(&self) -> u32 {
        self.depth.get().max(self.put.get() / 2)
    }

    /// Notes an end tag.
    pub(super) fn close(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// How many nodes were made so far.
    pub(super) fn len(&self) -> usize {
        self.tree.borrow().len()
    }

    fn put_at(&self, depth: u32) {
        self.depth.set(depth);
        self.put.set(depth);
    }

    fn put(&self, parent: NodeId, before: Option<NodeId>, child: NodeOrText<NodeId>) {
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => {
                tree.attach(parent, before, node);
                self.put_at(tree.depth(node));
            }
            NodeOrText::AppendText(text) => {
                self.put_at(tree.depth(parent));
                tree.attach_text(parent, before, text);
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        static NO_NAME: QualName = QualName {
            prefix: None,
            ns: ns!(),
            local: local_name!(""),
        };
        Ref::map(self.tree.borrow(), |tree| match tree.data(*target) {
            Data::Element(name, _) => name,
            _ => &NO_NAME,
        })
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> NodeId {
        self.tree.borrow_mut().make(Data::Element(name, attrs))
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.tree.borrow_mut().make(Data::Other)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> NodeId {
        self.tree.borrow_mut().make(Data::Other)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.put(*parent, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let parent = self.tree.borrow().parent(*element);
        match parent {
            Some(parent) => self.put(parent, Some(*element), child),
            None => self.put(*previous, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// A template's contents stand in the template itself: both are left out of the text.
    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, new_node: NodeOrText<NodeId>) {
        let parent = self.tree.borrow().parent(*sibling);
        if let Some(parent) = parent {
            self.put(parent, Some(*sibling), new_node);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        let mut tree = self.tree.borrow_mut();
        if let Data::Element(_, there) = &mut tree.nodes[*target as usize].data {
            for attribute in attrs {
                // Bounded, because pages repeat `<body …>` to grow the list.
                if there.len() < 64 && there.iter().all(|a| a.name != attribute.name) {
                    there.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut tree = self.tree.borrow_mut();
        while let Some(child) = some(tree.nodes[*node as usize].first) {
            tree.attach(*new_parent, None, child);
        }
    }
}

fn some(node: NodeId) -> Option<NodeId> {
    (node != NONE).then_some(node)
}

fn id(index: usize) -> NodeId {
    NodeId::try_from(index).unwrap_or(NONE)
}
