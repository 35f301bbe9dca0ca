//! The page's blocks, one by one: headings, paragraphs, lists, tables, notes.

use std::cell::OnceCell;
use std::collections::HashSet;

use html5ever::local_name;

use super::control::Controls;
use super::inline::{Inline, escape_line_starts};
use super::site::is_table_of_contents;
use super::spans::{
    MAX_DEPTH, is_block, is_math, plain_text, tex, write, write_children, write_drawing,
};
use super::table::block_cells;
use super::tree::{Data, NodeId, Tree};
use super::writer::Writer;
use super::{anchor, code, note, sections, tabs};
use crate::corpus::{anchor_mark, heading};

/// Turns what is in `root` into Markdown.
pub(super) fn to_markdown(tree: &Tree, root: NodeId, controls: &Controls, length: usize) -> String {
    let limit = length * 2 + 64 * 1024;
    let mut blocks = Blocks {
        tree,
        root,
        controls,
        holds_block: holds_block(tree),
        block_cells: block_cells(tree),
        is_preformatted: OnceCell::new(),
        taken: HashSet::new(),
        out: Writer::new(limit),
        limit,
        line: Inline::default(),
        label: None,
        heading: 1,
        headings: 0,
        lower: 0,
        lists: 0,
        terms: 0,
        cells: 0,
    };
    blocks.flow(root);
    blocks.flush();
    blocks.out.finish()
}

pub(super) struct Blocks<'a> {
    pub(super) tree: &'a Tree,
    root: NodeId,
    controls: &'a Controls,
    /// For each node, whether a block stands in it.
    pub(super) holds_block: Vec<bool>,
    /// Table cells that hold what a GFM cell cannot.
    pub(super) block_cells: HashSet<NodeId>,
    /// Most of the page is preformatted text.
    is_preformatted: OnceCell<bool>,
    /// Anchors of the headings so far.
    taken: HashSet<&'a str>,
    pub(super) out: Writer,
    /// Bytes after which no more is written.
    pub(super) limit: usize,
    /// The paragraph that is being read.
    pub(super) line: Inline,
    /// What a note's first paragraph is to begin with.
    label: Option<String>,
    /// Level of the last heading that the page has as such.
    pub(super) heading: usize,
    headings: usize,
    /// Levels that headings are lowered by.
    lower: usize,
    /// Lists around.
    lists: usize,
    /// Definition lists around whose terms are headings.
    terms: usize,
    /// Cells around that are written on their own.
    pub(super) cells: usize,
}

impl<'a> Blocks<'a> {
    pub(super) fn flow(&mut self, node: NodeId) {
        let tree = self.tree;
        for child in tree.children(node) {
            match tree.data(child) {
                Data::Text(text) => self.line.text(text),
                Data::Element(name, _) => {
                    if tree.depth(child) < MAX_DEPTH && !tree.is_left_out(child) {
                        self.element(child, &name.local);
                    }
                }
                Data::Other => {}
            }
        }
    }

    fn element(&mut self, node: NodeId, name: &str) {
        let tree = self.tree;
        if name == "svg" {
            return write_drawing(tree, node, &mut self.line);
        }
        if !is_block(name) {
            if self.holds_block[node as usize] {
                self.flow(node);
            } else {
                write(tree, node, &mut self.line);
            }
            return;
        }
        self.flush();
        let tab = self.controls.named_before(node);
        if let Some(tab) = tab.or_else(|| tabs::tab_of(tree, node)) {
            self.tab(tab);
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading(node, usize::from(name.as_bytes()[1] - b'0'));
            }
            "pre" => self.code_block(node),
            "ul" | "ol" | "menu" | "dir" => self.list(node, name == "ol"),
            "dl" => match note::label(tree, node) {
                Some(label) => self.quote(node, Some(label)),
                None => self.definitions(node),
            },
            "table" if tree.has_class(node, "memberdecls") => self.members(node),
            "table" => self.table(node),
            "hr" => {}
            "blockquote" => self.quote(node, None),
            "div" | "p" if is_math(tree, node) && tex(tree, node).is_some() => {
                let tex = tex(tree, node).unwrap_or_default();
                self.out.block(&code::fenced(&tex, Some("math")));
            }
            "summary" | "dt" if note::is_title(tree, node) => {}
            "summary" if !self.holds_block[node as usize] => {
                self.line.open("**");
                write_children(tree, node, &mut self.line);
                self.line.close();
            }
            "div" | "aside" | "section" | "details" | "p" => match note::label(tree, node) {
                Some(label) => self.quote(node, Some(label)),
                None if note::is_title(tree, node) => {}
                None if tree.has_class(node, "summary-table") => self.grid(node),
                None if tree.has_class(node, "memproto") => self.declaration(node),
                None => {
                    self.member(node);
                    self.flow(node);
                }
            },
            _ => self.flow(node),
        }
        self.flush();
    }

    /// Ends the paragraph.
    pub(super) fn flush(&mut self) {
        let text = self.line.take();
        if text.is_empty() {
            return;
        }
        let text = escape_line_starts(&text);
        match self.label.take() {
            Some(label) => self.out.block(&format!("**{label}:** {text}")),
            None => self.out.block(&text),
        }
    }

    pub(super) fn flush_label(&mut self) {
        if let Some(label) = self.label.take() {
            self.out.block(&format!("**{label}:**"));
        }
    }

    /// What the panel of a tab begins with.
    fn tab(&mut self, tab: NodeId) {
        self.flush_label();
        let name = plain_text(self.tree, tab);
        if !name.is_empty() {
            self.line.open("**");
            self.line.text(&name);
            self.line.close();
            self.flush();
        }
    }

    fn heading(&mut self, node: NodeId, level: usize) {
        if note::is_title(self.tree, node) {
            return;
        }
        let plain = plain_text(self.tree, node);
        if plain.is_empty() {
            return;
        }
        if self.cells > 0 {
            return self.bold(node);
        }
        let level = self.level_of(level);
        let text = self.heading_text(node, self.tree.has_class(node, "code-header"));
        let anchor = self.anchor_of(node);
        self.write_heading(level, &text, anchor);
    }

    /// The level that a heading gets, as the next one of the page.
    pub(super) fn level_of(&mut self, level: usize) -> usize {
        // A page has one title. What stands as high beside it is a part of it, and the sections
        // of that part stand below it.
        if self.headings > 0 && level == 1 {
            self.lower = 1;
        }
        let level = (level + self.lower).min(6);
        self.headings += 1;
        self.heading = level;
        self.terms = 0;
        level
    }

    /// A heading's anchor, from now on taken.
    pub(super) fn anchor_of(&mut self, node: NodeId) -> Option<&'a str> {
        let anchor = anchor::of_heading(self.tree, node, self.root, &self.taken);
        self.taken.extend(anchor);
        anchor
    }

    /// A heading where Markdown has none: in a table's cell.
    fn bold(&mut self, node: NodeId) {
        self.line.open("**");
        write_children(self.tree, node, &mut self.line);
        self.line.close();
        self.flush();
    }

    pub(super) fn write_heading(&mut self, level: usize, text: &str, anchor: Option<&str>) {
        self.flush_label();
        let mut line = "#".repeat(level);
        line.push(' ');
        line.push_str(text);
        if text.ends_with('#') {
            line.insert(line.len() - 1, '\\');
        }
        // Elsewhere nothing takes it off again.
        let anchor = anchor.filter(|_| self.out.is_top_level());
        heading::finish(&mut line, anchor);
        self.out.block(&line);
    }

    /// A heading's text, as code where all of it is code.
    fn heading_text(&self, node: NodeId, code: bool) -> String {
        let mut line = Inline::heading();
        if code {
            line.code(&plain_text(self.tree, node));
        } else {
            write_children(self.tree, node, &mut line);
        }
        line.take()
    }

    /// All of a node in one line.
    pub(super) fn line_of(&self, node: NodeId) -> String {
        let mut line = Inline::single_line();
        write_children(self.tree, node, &mut line);
        line.take()
    }

    /// The line of a cell, with the address of the row that it begins.
    pub(super) fn cell_line(&self, cell: NodeId) -> String {
        let mut line = self.line_of(cell);
        if !line.is_empty() {
            let anchor = anchor::of_row(self.tree, cell);
            line.extend(anchor.and_then(anchor_mark::mark));
        }
        line
    }

    fn code_block(&mut self, node: NodeId) {
        self.flush_label();
        if self.cells == 0
            && self.out.is_top_level()
            && *self
                .is_preformatted
                .get_or_init(|| is_preformatted(self.tree, self.root))
            && let Some(parts) = sections::parts(self.tree, node)
        {
            return self.sections(parts);
        }
        let text = code::text(self.tree, node);
        if !text.trim().is_empty() {
            let language = code::language(self.tree, node);
            self.out.block(&code::fenced(&text, language.as_deref()));
        }
    }

    /// A preformatted text with headings in it.
    fn sections(&mut self, parts: Vec<sections::Part<'_>>) {
        for part in parts {
            match part {
                sections::Part::Heading {
                    level,
                    text,
                    anchor,
                } => {
                    let level = self.level_of(level);
                    let mut line = Inline::heading();
                    line.text(&text);
                    self.write_heading(level, &line.take(), anchor);
                }
                sections::Part::Text(text) => self.out.block(&code::fenced(&text, None)),
            }
        }
    }

    fn list(&mut self, node: NodeId, ordered: bool) {
        let tree = self.tree;
        // What javadoc lays out as lists, and lists that lead around the page.
        let layout = |class: &str| {
            class.starts_with("blockList")
                || matches!(
                    class,
                    "inheritance" | "summary-list" | "details-list" | "member-list" | "ref-list"
                )
        };
        if tree.classes(node).any(layout) {
            for item in tree
                .children(node)
                .filter(|&n| matches!(tree.data(n), Data::Element(..)))
            {
                self.flow(item);
                self.flush();
            }
            return;
        }
        if self.lists == 0 && is_table_of_contents(tree, node) {
            return;
        }
        self.flush_label();
        self.lists += 1;
        let start = tree
            .attribute(node, &local_name!("start"))
            .and_then(|n| n.trim().parse().ok());
        let mut number: u32 = start.filter(|n| *n < 100_000_000).unwrap_or(1);
        let mut first = self.lists == 1;
        for item in tree.children(node) {
            if !matches!(tree.data(item), Data::Element(..)) || tree.is_left_out(item) {
                continue;
            }
            let marker = if ordered {
                format!("{number}. ")
            } else {
                "- ".to_owned()
            };
            number += 1;
            let outer = self.out.begin_item(&marker);
            if !std::mem::take(&mut first) {
                self.out.tighten();
            }
            if *tree.name(item) == local_name!("li") {
                self.flow(item);
            } else {
                self.element(item, tree.name(item));
            }
            self.flush();
            self.out.end(outer);
        }
        self.out.loosen();
        self.lists -= 1;
    }

    fn quote(&mut self, node: NodeId, label: Option<String>) {
        let outer = self.out.begin_quote();
        let before = std::mem::replace(&mut self.label, label);
        self.flow(node);
        self.flush();
        self.flush_label();
        self.label = before;
        self.out.end(outer);
    }

    fn definitions(&mut self, list: NodeId) {
        self.flush_label();
        let tree = self.tree;
        let notes = tree
            .classes(list)
            .any(|c| matches!(c, "footnote" | "citation" | "field-list"));
        let mut headed = false;
        // HTML lets a `<div>` stand around each group of terms.
        let groups = tree.children(list).flat_map(|child| {
            let group = *tree.name(child) == local_name!("div");
            let within = group.then(|| tree.children(child)).into_iter().flatten();
            within.chain((!group).then_some(child))
        });
        let parts: Vec<NodeId> = groups.filter(|&part| !tree.is_left_out(part)).collect();
        let named = |name| {
            parts
                .iter()
                .filter(move |&&part| &**tree.name(part) == name)
        };
        if named("dd").next().is_none() && named("dt").nth(1).is_some() {
            return self.terms(&parts);
        }
        for part in parts {
            match &**tree.name(part) {
                "dt" => {
                    let anchor = anchor::of_term(tree, part);
                    if anchor.is_some()
                        && !notes
                        && self.out.is_top_level()
                        && self.cells == 0
                        && self.terms < 3
                    {
                        if !headed {
                            headed = true;
                            self.terms += 1;
                        }
                        self.term_heading(part, anchor);
                    } else {
                        self.term(part);
                    }
                }
                "" => {}
                _ => {
                    self.flow(part);
                    self.flush();
                }
            }
        }
        if headed {
            self.terms = self.terms.saturating_sub(1);
        }
    }

    /// Terms that nothing is said of: a list.
    fn terms(&mut self, parts: &[NodeId]) {
        let tree = self.tree;
        let mut first = true;
        for &part in parts {
            if !matches!(tree.data(part), Data::Element(..)) {
                continue;
            }
            let outer = self.out.begin_item("- ");
            if !std::mem::take(&mut first) {
                self.out.tighten();
            }
            self.flow(part);
            self.flush();
            self.out.end(outer);
        }
        self.out.loosen();
    }

    /// A term that can be linked to is the heading of what it defines.
    fn term_heading(&mut self, term: NodeId, anchor: Option<&str>) {
        let level = (self.heading + self.terms).clamp(2, 6);
        let text = self.heading_text(term, self.tree.has_class(term, "sig"));
        if !text.is_empty() {
            self.headings += 1;
            self.write_heading(level, &text, anchor);
        }
    }

    /// A term in bold, directly above what it defines.
    fn term(&mut self, term: NodeId) {
        let mut line = Inline::single_line();
        if self.tree.has_class(term, "sig") {
            line.code(&plain_text(self.tree, term));
        } else {
            line.open("**");
            write_children(self.tree, term, &mut line);
            line.close();
        }
        let text = line.take();
        if !text.is_empty() {
            let mut text = escape_line_starts(&text).into_owned();
            let own = anchor::of_term(self.tree, term);
            let anchor = own.or_else(|| anchor::within(self.tree, term));
            text.extend(anchor.and_then(anchor_mark::mark));
            self.out.block(&text);
            self.out.tighten();
        }
    }
}

/// For each node, whether a block stands in it.
fn holds_block(tree: &Tree) -> Vec<bool> {
    let mut holds = vec![false; tree.len()];
    for node in tree.ids().filter(|&node| is_block(tree.name(node))) {
        for above in tree.ancestors(node) {
            if std::mem::replace(&mut holds[above as usize], true) {
                break;
            }
        }
    }
    holds
}

/// Whether most of a page's text is preformatted.
fn is_preformatted(tree: &Tree, root: NodeId) -> bool {
    let (mut all, mut inside) = (0, 0);
    let mut pre: Option<NodeId> = None;
    let mut nodes = tree.descendants(root);
    while let Some(node) = nodes.next() {
        if tree.is_left_out(node) {
            nodes.skip_within();
        } else if *tree.name(node) == local_name!("pre") {
            pre = Some(node);
        } else if let Some(text) = tree.text(node) {
            all += text.trim().len();
            // Highlighted code is shallow.
            let within = |pre| tree.ancestors(node).take(12).any(|above| above == pre);
            if pre.is_some_and(within) {
                inside += text.trim().len();
            }
        }
    }
    inside * 10 >= all * 6
}
