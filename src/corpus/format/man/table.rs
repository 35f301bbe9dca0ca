//! Tables of tbl(1): `.TS` … `.TE`.

use super::{font_macro::font_macro, inline::Inline, requests};

/// Reads the lines of a table up to its `.TE`; its rows in Markdown, and whether the first is
/// a header (a rule follows it, or it is in bold).
pub(super) fn read(lines: &mut impl Iterator<Item = String>) -> (Vec<Vec<String>>, bool) {
    let mut separator = '\t';
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut in_format, mut first_bold, mut ruled) = (true, None, false);
    let mut block: Option<Inline> = None;
    for line in lines {
        let line = line.trim_end();
        if line.starts_with(".TE") {
            break;
        }
        if in_format {
            if line.ends_with(';') {
                separator = option_tab(line).unwrap_or(separator);
            } else {
                first_bold.get_or_insert_with(|| line.contains(['b', 'B']));
                in_format = !line.ends_with('.');
            }
            continue;
        }
        if let Some(text) = &mut block {
            if let Some(rest) = line.strip_prefix("T}") {
                if let (Some(row), Some(mut text)) = (rows.last_mut(), block.take()) {
                    row.push(text.take_markdown());
                }
                if let Some(cells) = rest.strip_prefix(separator) {
                    block = push_cells(&mut rows, cells, separator, false);
                }
            } else if let Some((name, rest)) = super::request(line) {
                text.space();
                if !font_macro(text, name, rest) && !requests::is_layout(name) {
                    text.push(&super::arguments(rest).join(" "));
                }
            } else {
                text.space();
                text.push(line);
            }
            continue;
        }
        match line {
            "_" | "=" => ruled |= rows.len() == 1,
            ".T&" => in_format = true,
            "" | ".TH" | ".sp" => {}
            _ if line.starts_with(['.', '\'']) => {}
            _ => block = push_cells(&mut rows, line, separator, true),
        }
    }
    (rows, ruled || first_bold.unwrap_or(false))
}

/// Adds the cells of a line; the last one may go on over the lines that follow (`T{`).
fn push_cells(
    rows: &mut Vec<Vec<String>>,
    line: &str,
    separator: char,
    begins_row: bool,
) -> Option<Inline> {
    if begins_row {
        rows.push(Vec::new());
    }
    let row = rows.last_mut()?;
    let mut inline = Inline::default();
    for cell in line.split(separator) {
        if cell.trim() == "T{" {
            return Some(Inline::default());
        }
        let cell = cell.trim();
        if !matches!(cell, "\\^" | "_" | "=") {
            inline.push(cell);
        }
        row.push(inline.take_markdown());
    }
    None
}

/// `tab(@);`
fn option_tab(line: &str) -> Option<char> {
    let (_, rest) = line.split_once("tab")?;
    rest.trim_start().strip_prefix('(')?.chars().next()
}
