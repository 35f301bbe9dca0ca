//! Tables: `|===` … `|===`, also of comma-separated values.

use super::super::emit;
use super::blocks::Above;
use super::inline;

/// Most columns that a table is read with.
const MAX_COLUMNS: usize = 64;

pub(super) fn table(lines: &[&str], above: &Above, out: &mut String) -> Option<usize> {
    let open = lines[0];
    let separator = open
        .chars()
        .next()
        .filter(|c| matches!(c, '|' | ',' | ':' | '!'))?;
    if open.len() < 4 || !open[1..].bytes().all(|b| b == b'=') {
        return None;
    }
    let close = lines[1..]
        .iter()
        .position(|line| *line == open)
        .map_or(lines.len(), |at| at + 1);
    let body = &lines[1..close];
    let is_csv = separator == ','
        || above.attributes.contains("format=csv")
        || above.attributes.contains("format=\"csv\"");
    let separator = if is_csv { ',' } else { separator };
    let mut cells: Vec<String> = Vec::new();
    let mut first_row = 0;
    let mut blank_below_first = false;
    for line in body {
        if line.is_empty() {
            blank_below_first |= first_row > 0 && cells.len() == first_row;
            continue;
        }
        cells_of(line, separator, is_csv, &mut cells);
        if first_row == 0 {
            first_row = cells.len();
        }
    }
    let columns = columns(&above.attributes)
        .unwrap_or(first_row)
        .clamp(1, MAX_COLUMNS);
    let header = above.attributes.contains("header") || (blank_below_first && first_row == columns);
    let rows: Vec<Vec<String>> = cells
        .chunks(columns)
        .map(|row| {
            row.iter()
                .map(|cell| inline::markdown(cell.trim()))
                .collect()
        })
        .collect();
    emit::table(out, &rows, header && !above.attributes.contains("noheader"));
    Some((close + 1).min(lines.len()))
}

/// Adds a line's cells; what stands before the first separator belongs to the cell before.
fn cells_of(line: &str, separator: char, is_csv: bool, cells: &mut Vec<String>) {
    if is_csv {
        cells.extend(
            line.split(separator)
                .map(|cell| cell.trim().trim_matches('"').to_owned()),
        );
        return;
    }
    let mut rest = line;
    let mut begun = false;
    loop {
        let end = unescaped(rest, separator);
        let text = &rest[..end.unwrap_or(rest.len())];
        let (text, span) = if end.is_some() {
            without_format(text)
        } else {
            (text, 1)
        };
        let text = text.trim().replace("\\|", "|");
        if !begun {
            if let Some(cell) = cells.last_mut().filter(|_| !text.is_empty()) {
                cell.push(' ');
                cell.push_str(&text);
            }
        } else if let Some(cell) = cells.last_mut() {
            cell.push_str(&text);
        }
        let Some(end) = end else { break };
        // A cell over several columns stands in the first of them.
        cells.push(String::new());
        for _ in 1..span {
            cells.insert(cells.len() - 1, String::new());
        }
        begun = true;
        rest = &rest[end + separator.len_utf8()..];
    }
}

fn unescaped(text: &str, separator: char) -> Option<usize> {
    text.match_indices(separator)
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with('\\'))
}

/// The format of the next cell (`2+^a`) at the end of a text, and its columns.
fn without_format(text: &str) -> (&str, usize) {
    let start = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let format = &text[start..];
    let is_format = !format.is_empty()
        && format.len() <= 10
        && format.bytes().all(|b| {
            b.is_ascii_digit()
                || matches!(
                    b,
                    b'.' | b'+'
                        | b'*'
                        | b'<'
                        | b'^'
                        | b'>'
                        | b'a'
                        | b'd'
                        | b'e'
                        | b'h'
                        | b'l'
                        | b'm'
                        | b's'
                        | b'v'
                )
        })
        && (format.len() == 1 || format.contains(['+', '*', '<', '^', '>', '.']));
    // A lone letter or number may just be the cell's text.
    let is_format = is_format
        && (format.len() > 1 && !format.ends_with('.')
            || start > 0 && text[..start].trim().is_empty()
            || start == 0);
    if !is_format {
        return (text, 1);
    }
    let span = format
        .split_once('+')
        .and_then(|(columns, _)| columns.split('.').next()?.parse::<usize>().ok())
        .unwrap_or(1);
    (&text[..start], span.clamp(1, MAX_COLUMNS))
}

/// How many columns `cols=` names: `"1,2"`, `"3*"`, `"1,2*,a"`.
fn columns(attributes: &str) -> Option<usize> {
    let value = attributes.split_once("cols=")?.1;
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split(',').next()?,
    };
    let count = value
        .split([',', ';'])
        .map(|column| {
            column
                .split_once('*')
                .and_then(|(times, _)| times.trim().parse().ok())
                .unwrap_or(1usize)
                .min(MAX_COLUMNS)
        })
        .sum();
    (count > 0).then_some(count)
}
