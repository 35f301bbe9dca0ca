//! Tables that directives make: of lists, and of comma-separated values.

use super::super::super::emit;

/// A list of lists: `* - cell`.
pub(super) fn list(body: &str, header: bool) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    // The marks that close the code that is being read.
    let mut code: Option<String> = None;
    for line in body.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some(marks) = &code {
            if text.trim_end() == marks {
                code = None;
            } else if let Some(last) = rows.last_mut().and_then(|row| row.last_mut())
                && !text.trim().is_empty()
            {
                // A table has no blocks of code: each line is a span.
                last.push(' ');
                emit::code_into(last, text);
            }
            continue;
        }
        let (begins_row, rest) = match ["* - ", "- - ", "* * ", "+ - "]
            .iter()
            .find_map(|mark| text.strip_prefix(mark))
        {
            Some(rest) if indent <= 1 => (true, rest),
            _ if indent <= 1 && matches!(text.trim_end(), "* -" | "- -" | "* *") => (true, ""),
            _ => (false, text),
        };
        let begins_cell = ["- ", "* "]
            .iter()
            .find_map(|mark| rest.strip_prefix(mark))
            .or_else(|| (rest.trim_end() == "-").then_some(""));
        let cell = match begins_cell {
            _ if begins_row => {
                rows.push(vec![String::new()]);
                rest
            }
            Some(cell) if (1..=3).contains(&indent) => {
                if let Some(row) = rows.last_mut() {
                    row.push(String::new());
                }
                cell
            }
            _ => rest,
        };
        let Some(last) = rows.last_mut().and_then(|row| row.last_mut()) else {
            continue;
        };
        let cell = cell.trim();
        let length = cell
            .bytes()
            .take_while(|b| matches!(b, b'`' | b'~'))
            .count();
        if length >= 3 && !cell[length..].contains('`') {
            code = Some(cell[..length].to_owned());
        } else if !cell.is_empty() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(cell);
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
