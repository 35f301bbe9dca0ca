//! Tables: `|===` … `|===`, also of comma-separated values.

use super::super::{cells as records, emit};
use super::blocks::{Above, Converter};
use super::inline;

/// Most columns that a table is read with.
const MAX_COLUMNS: usize = 64;

/// A cell as it is written, and how it is read: `a` as blocks, `m` and `l` as code.
struct Cell {
    text: String,
    style: Option<char>,
}

pub(super) fn table(
    converter: &mut Converter,
    lines: &[&str],
    above: &Above,
    out: &mut String,
) -> Option<usize> {
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
    let mut cells: Vec<Cell> = Vec::new();
    let mut first_row = 0;
    let mut blank_below_first = false;
    if is_csv {
        let text = body.join("\n");
        for row in csv(&text) {
            first_row = if first_row == 0 { row.len() } else { first_row };
            cells.extend(row.into_iter().map(|text| Cell { text, style: None }));
        }
    } else {
        for line in body {
            if line.is_empty() {
                blank_below_first |= first_row > 0 && cells.len() == first_row;
                if let Some(cell) = cells.last_mut() {
                    cell.text.push('\n');
                }
                continue;
            }
            cells_of(line, separator, &mut cells);
            if first_row == 0 {
                first_row = cells.len();
            }
        }
    }
    let styles = columns(&above.attributes);
    let columns = styles
        .as_ref()
        .map_or(first_row, Vec::len)
        .clamp(1, MAX_COLUMNS);
    let header = above.attributes.contains("header") || (blank_below_first && first_row == columns);
    let header = header && !above.attributes.contains("noheader");
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in cells.chunks(columns) {
        let is_head = header && rows.is_empty();
        let row = row.iter().enumerate().map(|(column, cell)| {
            let of_column = styles
                .as_ref()
                .and_then(|styles| styles.get(column).copied().flatten());
            let style = cell.style.or(of_column).filter(|_| !is_head);
            shown(converter, &cell.text, style)
        });
        rows.push(row.collect());
    }
    let head = if header && !rows.is_empty() {
        rows.remove(0)
    } else {
        Vec::new()
    };
    records::table(out, &head, &rows);
    Some((close + 1).min(lines.len()))
}

fn shown(converter: &mut Converter, text: &str, style: Option<char>) -> String {
    let mut out = String::new();
    match style {
        Some('a') => {
            let lines: Vec<&str> = text.trim().split('\n').map(str::trim_end).collect();
            converter.inner(&lines).trim().to_owned()
        }
        Some('l') => {
            emit::fence(&mut out, "", text.trim_matches('\n'));
            out
        }
        Some('m') if !text.trim().is_empty() => {
            emit::code_into(&mut out, &joined(text));
            out
        }
        _ => inline::markdown(&joined(text)),
    }
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Rows of comma-separated values, which may be quoted.
fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().map(|row| (row.len(), row));
        let Some((_, row)) = row else { break };
        let Some(field) = row.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted || field.trim().is_empty() => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => field.push(c),
        }
    }
    rows.retain(|row| row.iter().any(|field| !field.trim().is_empty()));
    rows
}

/// Adds a line's cells; what stands before the first separator belongs to the cell before.
fn cells_of(line: &str, separator: char, cells: &mut Vec<Cell>) {
    let mut rest = line;
    let mut begun = false;
    // How often the cell that is being read stands there.
    let mut times = 1;
    let repeat = |cells: &mut Vec<Cell>, times: usize| {
        for _ in 1..times {
            if let Some(cell) = cells.last() {
                let (text, style) = (cell.text.clone(), cell.style);
                cells.push(Cell { text, style });
            }
        }
    };
    loop {
        let end = unescaped(rest, separator);
        let text = &rest[..end.unwrap_or(rest.len())];
        let (text, format) = if end.is_some() {
            without_format(text)
        } else {
            (text, Format::default())
        };
        let text = text.replace("\\|", "|");
        if let Some(cell) = cells.last_mut() {
            if begun {
                cell.text.push_str(text.trim());
            } else if !text.trim().is_empty() || end.is_none() {
                cell.text.push('\n');
                cell.text.push_str(text.trim_end());
            }
        }
        repeat(cells, std::mem::replace(&mut times, 1));
        let Some(end) = end else { break };
        let span = format.span.max(1);
        // A cell over several columns stands in the first of them.
        let (span, copies) = if format.copies { (1, span) } else { (span, 1) };
        cells.push(Cell {
            text: String::new(),
            style: format.style,
        });
        for _ in 1..span {
            cells.insert(
                cells.len() - 1,
                Cell {
                    text: String::new(),
                    style: None,
                },
            );
        }
        times = copies;
        begun = true;
        rest = &rest[end + separator.len_utf8()..];
    }
}

/// What stands before a cell's separator: `2+^a`, `3*`.
#[derive(Default)]
struct Format {
    span: usize,
    copies: bool,
    style: Option<char>,
}

fn unescaped(text: &str, separator: char) -> Option<usize> {
    text.match_indices(separator)
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with('\\'))
}

/// The format of the next cell (`2+^a`) at the end of a text.
fn without_format(text: &str) -> (&str, Format) {
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
        return (text, Format::default());
    }
    let style = format.chars().last().filter(char::is_ascii_alphabetic);
    let (count, copies) = match format.split_once(['+', '*']) {
        Some((count, _)) => (
            count.split('.').next().and_then(|count| count.parse().ok()),
            format.contains('*'),
        ),
        None => (None, false),
    };
    let format = Format {
        span: count.unwrap_or(1usize).clamp(1, MAX_COLUMNS),
        copies,
        style,
    };
    (&text[..start], format)
}

/// The styles of the columns that `cols=` names: `"1,2a"`, `"3*"`, `"1,2*,a"`.
fn columns(attributes: &str) -> Option<Vec<Option<char>>> {
    let value = attributes.split_once("cols=")?.1;
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split(',').next()?,
    };
    let mut columns = Vec::new();
    for column in value.split([',', ';']) {
        let (times, format) = match column.split_once('*') {
            Some((times, format)) => (times.trim().parse().ok(), format),
            None => (None, column),
        };
        let style = format
            .trim()
            .chars()
            .last()
            .filter(char::is_ascii_alphabetic);
        let times = times.unwrap_or(1usize).min(MAX_COLUMNS);
        columns.extend(std::iter::repeat_n(style, times));
        if columns.len() > MAX_COLUMNS {
            break;
        }
    }
    (!columns.is_empty()).then_some(columns)
}
