//! Tables: drawn as a grid, simple, or written as a list or as CSV.

use super::super::cells as records;
use super::blocks::Converter;
use super::{dedented, indented};

/// `+---+---+` …
pub(super) fn grid(
    converter: &mut Converter<'_>,
    lines: &[&str],
    out: &mut String,
) -> Option<usize> {
    let border = lines[0];
    if !border.starts_with("+-") && !border.starts_with("+=")
        || !border.bytes().all(|b| matches!(b, b'+' | b'-' | b'='))
    {
        return None;
    }
    let count = lines
        .iter()
        .take_while(|line| line.starts_with(['+', '|']))
        .count();
    let edges: Vec<usize> = border
        .bytes()
        .enumerate()
        .filter(|(_, b)| *b == b'+')
        .map(|(at, _)| at)
        .take(65)
        .collect();
    if count < 3 || edges.len() < 2 {
        return None;
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut header = false;
    for line in &lines[1..count] {
        if line.starts_with('+') || line.contains("+--") {
            header |= line.starts_with("+=") && rows.is_empty();
            finish_row(converter, &mut rows, &mut cells);
            continue;
        }
        let chars: Vec<char> = line.chars().collect();
        let mut start = 1;
        for (number, edge) in edges[1..].iter().enumerate() {
            // No edge here: the cell spans this column too.
            if chars.get(*edge).is_some_and(|c| !matches!(c, '|' | '+')) && number + 2 < edges.len()
            {
                continue;
            }
            let text: String = chars
                .get(start..(*edge).min(chars.len()))
                .unwrap_or(&[])
                .iter()
                .collect();
            push_cell(&mut cells, number, text.trim_end());
            start = edge + 1;
        }
    }
    finish_row(converter, &mut rows, &mut cells);
    write(out, rows, header);
    Some(count)
}

fn push_cell(cells: &mut Vec<String>, column: usize, text: &str) {
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    if !cells[column].is_empty() {
        cells[column].push('\n');
    }
    cells[column].push_str(text);
}

/// The Markdown of a cell: words, or blocks where it has some.
fn cell(converter: &mut Converter<'_>, text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().split('\n').collect();
    let lines = dedented(&lines);
    let begins_block = |line: &&str| {
        ["- ", "* ", "+ ", "#. ", ".. ", "| ", ">>> ", ":"]
            .iter()
            .any(|mark| line.starts_with(mark))
            || line.ends_with("::")
            || line.is_empty()
            || line
                .split_once(". ")
                .is_some_and(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()))
    };
    // A mark that stands alone is text.
    if lines.len() > 1 && lines.iter().any(begins_block) {
        converter.inner(&lines).trim().to_owned()
    } else {
        converter.inline(&super::blocks::joined(&lines))
    }
}

/// Writes rows, the first of which may be the head.
fn write(out: &mut String, mut rows: Vec<Vec<String>>, header: bool) {
    let head = if header && !rows.is_empty() {
        rows.remove(0)
    } else {
        Vec::new()
    };
    records::table(out, &head, &rows);
}

fn finish_row(converter: &mut Converter<'_>, rows: &mut Vec<Vec<String>>, cells: &mut Vec<String>) {
    if cells.iter().any(|cell| !cell.trim().is_empty()) {
        rows.push(cells.iter().map(|text| cell(converter, text)).collect());
    }
    cells.clear();
}

/// `=====  =====` … `ends` says whether a table that began here can still end.
pub(super) fn simple(
    converter: &mut Converter<'_>,
    lines: &[&str],
    ends: &mut bool,
    out: &mut String,
) -> Option<usize> {
    let border = lines[0];
    let is_border = |line: &str| {
        line.contains("= =")
            || line.contains("=  ") && line.bytes().all(|b| matches!(b, b'=' | b' '))
    };
    let is_rule =
        |line: &str| line.starts_with('=') && line.bytes().all(|b| matches!(b, b'=' | b' '));
    if !*ends || !is_rule(border) || !is_border(border) {
        return None;
    }
    let last = lines[1..].iter().enumerate().position(|(at, line)| {
        is_rule(line) && lines.get(at + 2).is_none_or(|next| next.is_empty())
    });
    let Some(mut last) = last.map(|at| at + 1) else {
        *ends = false;
        return None;
    };
    // A rule below the header may have an empty line behind it, but then text and a third rule follow.
    if lines[1..last].iter().all(|line| !is_rule(line))
        && let Some(more) = lines[last + 1..]
            .iter()
            .take(3)
            .position(|line| !line.is_empty() && !is_rule(line))
        && let Some(end) = lines[last + 1 + more..]
            .iter()
            .take(500)
            .position(|line| *line == border)
    {
        last = last + 1 + more + end;
    }
    let starts: Vec<usize> = border
        .bytes()
        .enumerate()
        .filter(|(at, b)| *b == b'=' && (*at == 0 || border.as_bytes()[at - 1] == b' '))
        .map(|(at, _)| at)
        .take(64)
        .collect();
    let (mut rows, mut header): (Vec<Vec<String>>, bool) = (Vec::new(), false);
    let mut cells: Vec<String> = Vec::new();
    for line in &lines[1..last] {
        if is_rule(line) {
            finish_row(converter, &mut rows, &mut cells);
            header |= rows.len() == 1;
            continue;
        }
        if line.is_empty() || line.bytes().all(|b| matches!(b, b'-' | b' ')) {
            finish_row(converter, &mut rows, &mut cells);
            continue;
        }
        let chars: Vec<char> = line.chars().collect();
        if chars.first().is_some_and(|c| *c != ' ') {
            finish_row(converter, &mut rows, &mut cells);
        }
        for (number, start) in starts.iter().enumerate() {
            let end = starts
                .get(number + 1)
                .map_or(chars.len(), |end| (*end).min(chars.len()));
            let text: String = chars.get(*start..end).unwrap_or(&[]).iter().collect();
            push_cell(&mut cells, number, text.trim_end());
        }
    }
    finish_row(converter, &mut rows, &mut cells);
    write(out, rows, header);
    Some(last + 1)
}

/// The body of `list-table`: a list of lists.
pub(super) fn from_list(
    converter: &mut Converter<'_>,
    lines: &[&str],
    header: bool,
    out: &mut String,
) {
    let mut rows = Vec::new();
    for row in items(lines) {
        let cells = items(&row);
        rows.push(
            cells
                .iter()
                .map(|cell| converter.inner(cell).trim().to_owned())
                .collect(),
        );
    }
    write(out, rows, header);
}

/// The bodies of the items of a list.
fn items<'a>(lines: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut items = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some(rest) = lines[at].strip_prefix(['*', '-', '+']) else {
            at += 1;
            continue;
        };
        let count = 1 + indented(&lines[at + 1..]);
        let mut body = vec![rest.trim_start()];
        body.extend(dedented(&lines[at + 1..at + count]));
        items.push(body);
        at += count;
    }
    items
}

/// The body of `csv-table`.
pub(super) fn from_csv(
    converter: &Converter<'_>,
    header: &str,
    body: &str,
    rows_are_header: bool,
    out: &mut String,
) {
    let mut rows = records(header);
    let has_header = !rows.is_empty() || rows_are_header;
    rows.extend(records(body));
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|cell| converter.inline(cell.trim()))
                .collect()
        })
        .collect();
    write(out, rows, has_header);
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let (mut record, mut field, mut quoted): (Vec<String>, String, bool) =
        (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted || field.trim().is_empty() => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            c => field.push(c),
        }
    }
    if !field.trim().is_empty() || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records.retain(|record| record.iter().any(|field| !field.trim().is_empty()));
    records
}
