//! Tables that directives make: of lists, and of comma-separated values.

use super::super::super::emit;

/// A list of lists: `* - cell`.
pub(super) fn list(body: &str, header: bool) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in body.lines() {
        let text = line.trim_start();
        let row = ["* - ", "- - ", "* * ", "+ - "]
            .iter()
            .find_map(|mark| text.strip_prefix(mark));
        let row = row.or_else(|| matches!(text.trim_end(), "* -" | "- -" | "* *").then_some(""));
        let at_start = line.len() - text.len() <= 1;
        if let Some(cell) = row.filter(|_| at_start) {
            rows.push(vec![cell.trim().to_owned()]);
            continue;
        }
        let Some(row) = rows.last_mut() else {
            continue;
        };
        let indent = line.len() - text.len();
        let cell = text
            .strip_prefix("- ")
            .or_else(|| text.strip_prefix("* "))
            .or_else(|| (text.trim_end() == "-").then_some(""));
        match (cell, row.last_mut()) {
            (Some(cell), _) if (1..=3).contains(&indent) => row.push(cell.trim().to_owned()),
            (_, Some(last)) if !text.trim().is_empty() => {
                last.push(' ');
                last.push_str(text.trim());
            }
            _ => {}
        }
    }
    table(&rows, header)
}

/// Comma-separated values (RFC 4180), blanks behind commas left out.
pub(super) fn separated(
    heading: Option<&str>,
    body: &str,
    delimiter: char,
    header_rows: bool,
) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    rows.extend(
        heading
            .map(|heading| records(heading, delimiter))
            .unwrap_or_default(),
    );
    let header = !rows.is_empty() || header_rows;
    rows.extend(records(body, delimiter));
    table(&rows, header)
}

fn records(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim().to_owned());
                rows.push(std::mem::take(&mut row));
            }
            c if c == delimiter && !quoted => row.push(std::mem::take(&mut cell).trim().to_owned()),
            c => cell.push(c),
        }
    }
    row.push(cell.trim().to_owned());
    rows.push(row);
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    rows
}

fn table(rows: &[Vec<String>], header: bool) -> String {
    let mut out = String::new();
    if !rows.is_empty() {
        emit::table(&mut out, rows, header);
    }
    out
}
