//! What Doxygen lays out as tables: the members of a class, and the declaration of each.

use html5ever::local_name;

use super::blocks::Blocks;
use super::code;
use super::inline::Inline;
use super::spans::{plain_text, write_children};
use super::table::Rows;
use super::tree::{Data, NodeId, Tree};

impl Blocks<'_> {
    /// A list of declarations, each with what is said of it in short.
    pub(super) fn members(&mut self, table: NodeId) {
        self.flush_label();
        let tree = self.tree;
        let mut template = String::new();
        let mut items: Vec<(String, Option<NodeId>)> = Vec::new();
        for row in Rows::of(tree, table).rows {
            let cells = row.cells;
            let of = |class: &str| {
                cells
                    .iter()
                    .copied()
                    .find(|&cell| tree.classes(cell).any(|own| own.ends_with(class)))
            };
            if let Some(right) = of("ItemRight") {
                let left = of("ItemLeft").map_or_else(String::new, |left| plain_text(tree, left));
                let parts = [std::mem::take(&mut template), left, plain_text(tree, right)];
                let line: Vec<&str> = parts.iter().map(|part| part.trim()).collect();
                items.push((line.join(" ").trim().to_owned(), None));
            } else if let Some(text) = of("mdescRight") {
                match items.last_mut() {
                    Some((_, said @ None)) => *said = Some(text),
                    _ => self.cell(text),
                }
            } else if let Some(parameters) = of("memTemplParams") {
                template = plain_text(tree, parameters);
            } else if cells.iter().any(|&cell| !plain_text(tree, cell).is_empty()) {
                self.declarations(std::mem::take(&mut items));
                for cell in cells {
                    self.cell(cell);
                }
            }
        }
        self.declarations(items);
    }

    fn cell(&mut self, cell: NodeId) {
        self.flow(cell);
        self.flush();
    }

    fn declarations(&mut self, items: Vec<(String, Option<NodeId>)>) {
        let mut first = true;
        for (declaration, text) in items {
            let outer = self.out.begin_item("- ");
            if !std::mem::take(&mut first) {
                self.out.tighten();
            }
            self.line.code(&declaration);
            if let Some(text) = text {
                self.line.text(" — ");
                write_children(self.tree, text, &mut self.line);
            }
            self.flush();
            self.out.end(outer);
        }
        self.out.loosen();
    }

    /// The heading of a member that has none of its own.
    pub(super) fn member(&mut self, item: NodeId) {
        let Some(name) = member_name(self.tree, item) else {
            return;
        };
        let level = self.level_of((self.heading + 1).clamp(2, 4));
        let mut line = Inline::heading();
        line.text(&name);
        let anchor = self.anchor_of(item);
        self.write_heading(level, &line.take(), anchor);
        // The next member stands beside this one.
        self.heading = level - 1;
    }

    /// A declaration, with its parameters in a table.
    pub(super) fn declaration(&mut self, node: NodeId) {
        self.flush_label();
        let text = plain_text(self.tree, node);
        if !text.is_empty() {
            self.out.block(&code::fenced(&text, None));
        }
    }
}

/// The name of a member that has no heading, as versions before 1.8.12 write them.
fn member_name(tree: &Tree, item: NodeId) -> Option<String> {
    if !tree.has_class(item, "memitem") {
        return None;
    }
    let before = tree
        .before(item)
        .take(8)
        .find(|&before| matches!(tree.data(before), Data::Element(..)));
    if before.is_some_and(|before| tree.has_class(before, "memtitle")) {
        return None;
    }
    let cell = tree
        .descendants(item)
        .take(64)
        .find(|&node| *tree.name(node) == local_name!("td") && tree.has_class(node, "memname"))?;
    let text = plain_text(tree, cell);
    // `void Queue::push`, `bool operator ==`
    let name = match text.find("operator") {
        Some(at) => &text[at..],
        None => text.rsplit([' ', ':', '*', '&']).next().unwrap_or(&text),
    };
    (!name.is_empty()).then(|| name.to_owned())
}
