//! Tables whose cells hold blocks: as a GFM table where each cell fits into a line, else as a list of
//! records in which each value has its column's name before it.

use super::emit;

/// A cell of several blocks is written into one line up to this length.
const MAX_JOINED: usize = 400;
/// A name of a column goes into each record: of a longer one, its beginning does. In characters.
const MAX_NAME: usize = 80;
/// Bytes that names may add, beside as many as the values have.
const MAX_NAMES: usize = 64 * 1024;
/// Columns that records name.
const MAX_COLUMNS: usize = 64;

/// Appends a table. Each cell is clean Markdown, of as many blocks as it likes; `head` has the
/// columns' names, and none where the table has no head.
pub(super) fn table(out: &mut String, head: &[String], rows: &[Vec<String>]) {
    let lines: Option<Vec<Vec<String>>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| as_line(cell)).collect())
        .collect();
    let names: Vec<String> = head.iter().map(|cell| name(cell)).collect();
    match lines {
        Some(mut lines) => {
            let headed = !head.is_empty();
            if headed {
                let line = |cell: &String| as_line(cell).unwrap_or_else(|| name(cell));
                lines.insert(0, head.iter().map(line).collect());
            }
            emit::table(out, &lines, headed);
        }
        None => records(out, &names, rows),
    }
}

/// Whether a cell of these blocks fits into a line of a GFM table.
#[cfg(test)]
fn fits(cell: &str) -> bool {
    as_line(cell).is_some()
}

fn records(out: &mut String, names: &[String], rows: &[Vec<String>]) {
    let values: usize = rows.iter().flatten().map(String::len).sum();
    let named: usize = names.iter().map(|name| name.len() + 6).sum();
    let names = if named.saturating_mul(rows.len()) > values + MAX_NAMES {
        &[]
    } else {
        names
    };
    for row in rows {
        let mut cells = row.iter().filter(|cell| !cell.trim().is_empty());
        let Some(first) = cells.next() else { continue };
        emit::gap(out);
        // What stands alone in its row is said of the rows below.
        if row.len() > 1
            && cells.next().is_none()
            && !row[0].trim().is_empty()
            && let Some(line) = as_line(first)
        {
            let line = line.trim_matches('*');
            emit::paragraph(out, &format!("**{line}**"));
            continue;
        }
        emit::nested(out, &record(names, row), "- ", "  ");
    }
}

/// One row: its values in a line as far as they fit, what does not below it.
fn record(names: &[String], row: &[String]) -> String {
    let mut blocks = String::new();
    let mut line = String::new();
    for (column, cell) in row.iter().enumerate() {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        let (start, rest) = match as_line(cell) {
            Some(joined) => (joined, ""),
            None => first_paragraph(cell),
        };
        if !line.is_empty() {
            line.push_str(if line.ends_with(['.', ';', ':', '!', '?']) {
                " "
            } else {
                "; "
            });
        }
        let name = names.get(column).filter(|_| column < MAX_COLUMNS);
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            line.push_str("**");
            line.push_str(name);
            line.push_str(":**");
            line.push_str(if start.is_empty() { "" } else { " " });
        }
        line.push_str(&start);
        if !rest.is_empty() {
            emit::paragraph(&mut blocks, &line);
            line.clear();
            emit::gap(&mut blocks);
            blocks.push_str(rest);
            blocks.push('\n');
        }
    }
    emit::paragraph(&mut blocks, &line);
    blocks
}

/// A column's name, as it stands before a value.
fn name(cell: &str) -> String {
    let line = as_line(cell).unwrap_or_else(|| first_paragraph(cell.trim()).0);
    let plain = line.trim_matches(['*', ' ']).trim_end_matches([':', ' ']);
    match plain.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", &plain[..end].replace(['`', '*'], "")),
        None => plain.to_owned(),
    }
}

/// The first paragraph as a line, and what follows it.
fn first_paragraph(cell: &str) -> (String, &str) {
    let end = cell.find("\n\n").unwrap_or(cell.len());
    // A block may follow its paragraph directly.
    let mut at = 0;
    for line in cell[..end].split_inclusive('\n') {
        if at > 0 && begins_block(line) || at == 0 && begins_block(line) {
            break;
        }
        at += line.len();
    }
    let (first, rest) = cell.split_at(at);
    (joined(first), rest.trim_matches('\n'))
}

/// All of a cell in one line; `None` where that would lose what it is.
fn as_line(cell: &str) -> Option<String> {
    let cell = cell.trim();
    if !cell.contains('\n') {
        return (!begins_block(cell) || cell.starts_with("- ")).then(|| {
            let item = cell.strip_prefix("- ").unwrap_or(cell);
            item.to_owned()
        });
    }
    let mut line = String::new();
    let mut lines = cell.lines().peekable();
    let mut after_item = false;
    while let Some(next) = lines.next() {
        if next.is_empty() {
            continue;
        }
        if let Some(fence) = fence_of(next) {
            let code = lines.next()?;
            if lines.next()?.trim_end() != fence || code.contains('`') || code.len() > 120 {
                return None;
            }
            push_word(&mut line, &format!("`{}`", code.trim()));
            after_item = false;
        } else if let Some(item) = next.strip_prefix("- ") {
            if begins_block(item) {
                return None;
            }
            if after_item && !line.ends_with(['.', ';', ':', ',', '!', '?']) {
                line.push(';');
            }
            push_word(&mut line, item);
            after_item = true;
        } else if begins_block(next) || next.starts_with(' ') {
            return None;
        } else {
            push_word(&mut line, next.strip_suffix('\\').unwrap_or(next));
            after_item = false;
        }
    }
    (line.len() <= MAX_JOINED).then_some(line)
}

fn push_word(line: &mut String, word: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    line.push_str(word.trim());
}

fn joined(paragraph: &str) -> String {
    let mut line = String::new();
    for part in paragraph.lines() {
        push_word(&mut line, part.strip_suffix('\\').unwrap_or(part));
    }
    line
}

/// The fence that begins here, without its language.
fn fence_of(line: &str) -> Option<&str> {
    let ticks = line.len() - line.trim_start_matches('`').len();
    (ticks >= 3).then(|| &line[..ticks])
}

/// Whether a line of clean Markdown begins a block that is no paragraph.
fn begins_block(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    fence_of(line).is_some()
        || [
            "- ", "* ", "> ", "| ", "|--", "# ", "## ", "### ", "#### ", "##### ", "###### ",
            "    ",
        ]
        .iter()
        .any(|mark| line.starts_with(mark))
        || digits > 0
            && [". ", ") "]
                .iter()
                .any(|mark| line[digits..].starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(head: &[&str], rows: &[&[&str]]) -> String {
        let owned = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect();
        let mut out = String::new();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| owned(row)).collect();
        let head: Vec<String> = owned(head);
        table(&mut out, &head, &rows);
        out
    }

    #[test]
    fn what_fits_into_lines_is_a_table() {
        assert_eq!(
            written(
                &["Name", "Means"],
                &[
                    &["a", "One.\n\nTwo. So:\n\n```yaml\na: 1\n```"],
                    &["b|c", "- x\n- y"]
                ]
            ),
            "| Name | Means |\n| --- | --- |\n| a | One. Two. So: `a: 1` |\n| b\\|c | x; y |\n"
        );
        assert_eq!(
            written(&[], &[&["a", "b"]]),
            "|  |  |\n| --- | --- |\n| a | b |\n"
        );
    }

    #[test]
    fn what_does_not_is_a_list_of_records() {
        assert_eq!(
            written(
                &["Option", "**Meaning:**", "Since"],
                &[
                    &["Group", "", ""],
                    &["`a`", "Like so:\n\n```\nx\ny\n```\n\nEnd.", "1.0"],
                    &["b", "Short.", ""],
                ]
            ),
            "**Group**\n\n- **Option:** `a`; **Meaning:** Like so:\n\n  ```\n  x\n  y\n  ```\n\n  End.\n\n  **Since:** 1.0\n\n- **Option:** b; **Meaning:** Short.\n"
        );
    }

    #[test]
    fn a_cell_that_begins_with_a_block_has_its_name_above() {
        assert_eq!(
            written(
                &["A", "B"],
                &[&["x", "```\n1\n2\n```"], &["", "1. a\n2. b"]]
            ),
            "- **A:** x; **B:**\n\n  ```\n  1\n  2\n  ```\n\n- **B:**\n\n  1. a\n  2. b\n"
        );
    }

    #[test]
    fn code_that_looks_like_a_block_fits() {
        assert!(fits("a `- b`"));
        assert!(!fits("> quoted"));
        assert!(!fits("a\n\n    code"));
    }

    #[test]
    fn long_names_do_not_multiply() {
        let name = "n".repeat(100_000);
        let rows: Vec<Vec<String>> = vec![vec!["- a\n  - b".to_owned(); 2]; 10_000];
        let mut out = String::new();
        table(&mut out, &[name.clone(), name], &rows);
        assert!(
            out.len() < 4 * 10_000 * 2 * 12 + 2 * MAX_NAMES,
            "{}",
            out.len()
        );
    }
}
