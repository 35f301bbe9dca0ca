//! Tables: those that hold data as GFM tables, those that only lay out the page as what they hold.

use std::collections::HashSet;

use html5ever::{LocalName, local_name};

use super::tree::{Data, NodeId, Tree};

/// A table with more columns is no table that anyone reads as such.
pub(super) const MAX_COLUMNS: usize = 32;
/// A cell that spans rows is repeated in each, so that a row can be read alone, if it is short.
const MAX_REPEATED: usize = 120;
/// Bytes that a table may grow by such repetition.
const MAX_GROWTH: usize = 64 * 1024;

/// A table's rows, without its caption.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) cells: Vec<NodeId>,
    heading: bool,
}

impl Rows {
    /// The rows of this table itself, not of tables in its cells.
    pub(super) fn of(tree: &Tree, table: NodeId) -> Self {
        let mut rows = Vec::new();
        for part in tree.children(table) {
            match &**tree.name(part) {
                "tr" => rows.push(Row::of(tree, part, false)),
                "thead" | "tbody" | "tfoot" => {
                    let head = *tree.name(part) == local_name!("thead");
                    let lines = tree.children(part);
                    let lines = lines.filter(|&line| *tree.name(line) == local_name!("tr"));
                    rows.extend(lines.map(|line| Row::of(tree, line, head)));
                }
                _ => {}
            }
        }
        rows.retain(|row| !row.cells.is_empty());
        // Names of columns that are only bold.
        if let [first, second, ..] = rows.as_mut_slice()
            && first.cells.len() > 1
            && !first.heading
            && !second.heading
        {
            let bold = |row: &Row| row.cells.iter().all(|&cell| is_bold(tree, cell));
            first.heading = bold(first) && !bold(second);
        }
        Self { rows }
    }

    /// The most columns that a row has.
    pub(super) fn width(&self, tree: &Tree) -> usize {
        let width = |row: &Row| {
            row.cells
                .iter()
                .map(|&cell| span(tree, cell, &local_name!("colspan")))
                .sum()
        };
        self.rows.iter().map(width).max().unwrap_or(0)
    }

    /// How many rows at the beginning name the columns.
    pub(super) fn heads(&self) -> usize {
        self.rows.iter().take_while(|row| row.heading).count()
    }

    /// Whether every row below the head begins with a heading of its own.
    pub(super) fn has_row_headings(&self, tree: &Tree) -> bool {
        let body = &self.rows[self.heads()..];
        !body.is_empty()
            && body.iter().all(|row| {
                row.cells.len() > 1
                    && row
                        .cells
                        .first()
                        .is_some_and(|&cell| *tree.name(cell) == local_name!("th"))
            })
    }

    /// The rows as a GFM table, each cell's text as `text` gives it.
    pub(super) fn to_markdown(&self, tree: &Tree, text: impl FnMut(NodeId) -> String) -> String {
        let width = self.width(tree).min(MAX_COLUMNS);
        let mut markdown = String::new();
        let headed = self.rows.first().is_some_and(|row| row.heading);
        if !headed {
            write_row(&mut markdown, &vec![String::new(); width]);
            write_rule(&mut markdown, width);
        }
        for (number, line) in self.grid(tree, text) {
            let line: Vec<String> = line.iter().map(|cell| cell.replace('|', "\\|")).collect();
            write_row(&mut markdown, &line);
            if number == 0 && headed {
                write_rule(&mut markdown, width);
            }
        }
        markdown.pop();
        markdown
    }

    /// The rows that are not empty, with their numbers: a cell in each column, as spans lay them out.
    pub(super) fn grid(
        &self,
        tree: &Tree,
        mut text: impl FnMut(NodeId) -> String,
    ) -> Vec<(usize, Vec<String>)> {
        let width = self.width(tree).min(MAX_COLUMNS);
        let mut lines = Vec::with_capacity(self.rows.len());
        let mut growth = 0;
        // For each column, what the rows above put there and for how many rows still.
        let mut pending: Vec<(usize, String)> = vec![(0, String::new()); width];
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = Vec::with_capacity(width);
            let mut cells = row.cells.iter();
            while line.len() < width {
                let (left, above) = &mut pending[line.len()];
                if *left > 0 {
                    *left -= 1;
                    growth += above.len();
                    line.push(if growth < MAX_GROWTH {
                        above.clone()
                    } else {
                        String::new()
                    });
                    continue;
                }
                let Some(&cell) = cells.next() else {
                    line.push(String::new());
                    continue;
                };
                let content = text(cell);
                let rows = span(tree, cell, &local_name!("rowspan"));
                if rows > 1 {
                    let short = content.len() <= MAX_REPEATED;
                    let again = if short {
                        content.clone()
                    } else {
                        String::new()
                    };
                    pending[line.len()] = (rows - 1, again);
                }
                let columns = span(tree, cell, &local_name!("colspan"));
                line.push(content);
                for _ in 1..columns.min(width + 1 - line.len()) {
                    if rows > 1 {
                        pending[line.len()] = (rows - 1, String::new());
                    }
                    line.push(String::new());
                }
            }
            if !line.iter().all(String::is_empty) {
                lines.push((number, line));
            }
        }
        lines
    }
}

impl Row {
    fn of(tree: &Tree, row: NodeId, head: bool) -> Self {
        let cells: Vec<NodeId> = tree
            .children(row)
            .filter(|&cell| matches!(&**tree.name(cell), "td" | "th"))
            .collect();
        let heading = head
            || cells
                .iter()
                .all(|&cell| *tree.name(cell) == local_name!("th"));
        Self { cells, heading }
    }
}

/// Whether all of a cell is bold.
fn is_bold(tree: &Tree, cell: NodeId) -> bool {
    let mut node = cell;
    for _ in 0..3 {
        let mut parts = tree.children(node).take(16).filter(|&part| {
            let blank = tree.text(part).is_some_and(|text| text.trim().is_empty());
            !blank && !matches!(tree.data(part), Data::Other)
        });
        let Some(only) = parts.next().filter(|_| parts.next().is_none()) else {
            return false;
        };
        match &**tree.name(only) {
            "b" | "strong" => return true,
            "p" | "font" | "span" | "center" => node = only,
            _ => return false,
        }
    }
    false
}

/// Table cells that hold code of several lines, tables, headings or definition lists.
pub(super) fn block_cells(tree: &Tree) -> HashSet<NodeId> {
    let mut cells = HashSet::new();
    for node in tree.ids() {
        if matches!(
            &**tree.name(node),
            "pre" | "table" | "dl" | "h1" | "h2" | "h3" | "h4"
        ) {
            let cell = tree
                .ancestors(node)
                .find(|&n| matches!(&**tree.name(n), "td" | "th"));
            cells.extend(cell);
        }
    }
    cells
}

fn span(tree: &Tree, cell: NodeId, attribute: &LocalName) -> usize {
    let value = tree.attribute(cell, attribute);
    value
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(1)
        .clamp(1, 1_000)
}

fn write_row(markdown: &mut String, cells: &[String]) {
    markdown.push('|');
    for cell in cells {
        markdown.push(' ');
        markdown.push_str(cell);
        markdown.push_str(if cell.is_empty() { "|" } else { " |" });
    }
    markdown.push('\n');
}

fn write_rule(markdown: &mut String, width: usize) {
    markdown.push('|');
    markdown.push_str(&" --- |".repeat(width));
    markdown.push('\n');
}
