//! Tables among the blocks of a page: which hold data, and which only lay the page out.

use html5ever::local_name;

use super::super::cells;
use super::blocks::Blocks;
use super::spans::write;
use super::table::{MAX_COLUMNS, Rows};
use super::tree::{Data, NodeId};
use super::writer::Writer;

/// Tables of data nest this deep; those in their cells are what they hold.
const MAX_TABLES: usize = 3;

impl Blocks<'_> {
    pub(super) fn table(&mut self, table: NodeId) {
        self.flush_label();
        // A table does not follow a line of text directly.
        self.out.loosen();
        let tree = self.tree;
        for caption in tree
            .children(table)
            .filter(|&n| *tree.name(n) == local_name!("caption"))
        {
            self.flow(caption);
            self.flush();
        }
        let rows = Rows::of(tree, table);
        let width = rows.width(tree);
        let blocks = rows
            .rows
            .iter()
            .any(|row| row.cells.iter().any(|cell| self.block_cells.contains(cell)));
        let presentation = matches!(
            tree.attribute(table, &local_name!("role")),
            Some("presentation" | "none")
        );
        // Doxygen's of parameters may have one row.
        let listed = |class: &str| matches!(class, "params" | "retval" | "exception" | "tparams");
        let several = rows.rows.len() > 1 || tree.classes(table).any(listed);
        if (2..=MAX_COLUMNS).contains(&width) && several && !presentation {
            if !blocks {
                let markdown = rows.to_markdown(tree, |cell| self.cell_line(cell));
                self.out.block(&markdown);
                return;
            }
            if self.cells < MAX_TABLES && self.is_data(&rows) {
                self.data(&rows);
                return;
            }
        }
        // One column: a list. Else the parts of the page that the table lays out.
        let list = width == 1 && rows.rows.len() > 1 && !blocks;
        let mut first = true;
        for cell in rows.rows.iter().flat_map(|row| &row.cells).copied() {
            if tree.is_left_out(cell) {
                continue;
            }
            let outer = list.then(|| self.out.begin_item("- "));
            if list && !std::mem::take(&mut first) {
                self.out.tighten();
            }
            if list && self.is_lines(cell) {
                self.lines(cell);
            } else {
                self.flow(cell);
            }
            self.flush();
            if let Some(outer) = outer {
                self.out.end(outer);
            }
        }
        self.out.loosen();
    }

    /// Whether a table with blocks in its cells is read along its rows: it names its columns or
    /// rows, or its first column is short and few of the others' cells are long.
    fn is_data(&self, rows: &Rows) -> bool {
        let tree = self.tree;
        let body = &rows.rows[rows.heads()..];
        let mut all = 0;
        let (mut blocks, mut parts) = (0, false);
        for &cell in body.iter().flat_map(|row| &row.cells) {
            all += 1;
            if self.block_cells.contains(&cell) {
                blocks += 1;
                parts |= tree
                    .descendants(cell)
                    .any(|node| matches!(&**tree.name(node), "h1" | "h2" | "h3" | "h4" | "table"));
            }
        }
        let titled = body.iter().any(|row| {
            let title = |node| matches!(&**tree.name(node), "h1" | "h2");
            row.cells
                .iter()
                .any(|&cell| self.block_cells.contains(&cell) && tree.descendants(cell).any(title))
        });
        if body.is_empty() || titled {
            return false;
        }
        if rows.heads() > 0 && rows.rows[0].cells.len() > 1 {
            return body.len() > 1 || !parts;
        }
        if rows.has_row_headings(tree) {
            return !parts;
        }
        let first_is_short = body.iter().all(|row| {
            row.cells
                .first()
                .is_some_and(|cell| !self.block_cells.contains(cell))
        });
        let regular = body
            .iter()
            .all(|row| row.cells.len() == body[0].cells.len());
        body.len() > 2 && regular && first_is_short && !parts && blocks * 3 <= all
    }

    fn data(&mut self, rows: &Rows) {
        let tree = self.tree;
        let grid = rows.grid(tree, |cell| {
            if self.block_cells.contains(&cell) {
                self.blocks_of(cell)
            } else {
                self.cell_line(cell)
            }
        });
        let heads = rows.heads();
        let mut names: Vec<String> = Vec::new();
        let mut body = Vec::new();
        for (number, line) in grid {
            if number >= heads {
                body.push(line);
                continue;
            }
            // The names of several rows above each other make one name.
            names.resize(line.len(), String::new());
            for (name, part) in names.iter_mut().zip(line) {
                if !name.is_empty() && !part.is_empty() && *name != part {
                    name.push(' ');
                    name.push_str(&part);
                } else if name.is_empty() {
                    *name = part;
                }
            }
        }
        let mut out = String::new();
        cells::table(&mut out, &names, &body);
        self.out.block(out.trim_end());
    }

    /// The blocks of a cell, on their own.
    fn blocks_of(&mut self, cell: NodeId) -> String {
        let around = std::mem::replace(&mut self.out, Writer::of_part(self.limit));
        self.cells += 1;
        self.flow(cell);
        self.flush();
        self.cells -= 1;
        std::mem::replace(&mut self.out, around).finish()
    }

    /// Whether a cell holds nothing but short paragraphs.
    fn is_lines(&self, cell: NodeId) -> bool {
        self.tree
            .children(cell)
            .all(|child| match self.tree.data(child) {
                Data::Text(text) => text.trim().is_empty(),
                Data::Element(name, _) => {
                    name.local == local_name!("p") && !self.holds_block[child as usize]
                }
                Data::Other => true,
            })
    }

    /// The paragraphs of a cell as lines of one paragraph.
    fn lines(&mut self, cell: NodeId) {
        for paragraph in self.tree.children(cell) {
            self.line.line_break();
            write(self.tree, paragraph, &mut self.line);
        }
    }

    /// javadoc's tables that are `<div>`s: each row begins with a cell `col-first`.
    pub(super) fn grid(&mut self, grid: NodeId) {
        let tree = self.tree;
        let mut rows: Vec<Vec<String>> = Vec::new();
        for cell in tree.children(grid) {
            if !tree.classes(cell).any(|class| class.starts_with("col-")) {
                continue;
            }
            let text = self.line_of(cell).replace('|', "\\|");
            match rows.last_mut() {
                Some(row) if !tree.has_class(cell, "col-first") && row.len() < MAX_COLUMNS => {
                    row.push(text);
                }
                _ => rows.push(vec![text]),
            }
        }
        let Some(width) = rows.iter().map(Vec::len).max() else {
            return self.flow(grid);
        };
        let mut lines: Vec<String> = rows
            .iter()
            .map(|row| {
                let mut cells = row.clone();
                cells.resize(width, String::new());
                format!("| {} |", cells.join(" | "))
            })
            .collect();
        lines.insert(1, format!("|{}", " --- |".repeat(width)));
        self.out.block(&lines.join("\n"));
    }
}
