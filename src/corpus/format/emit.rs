//! Writes the Markdown that converters hand on: text that stays text, and blocks.
//!
//! Escapes only where CommonMark would otherwise see markup, since assistants read the result
//! as it stands.

use crate::corpus::heading;

/// Widest table that is written; what a row has more goes into its last cell.
const MAX_COLUMNS: usize = 64;

/// Appends `text` so that CommonMark reads it as the same words, inside a line.
pub(super) fn escape_into(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied();
        let previous = if at > 0 {
            bytes.get(at - 1)
        } else {
            out.as_bytes().last()
        };
        let in_word = previous.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
        let opens = next.is_some_and(|b| !b.is_ascii_whitespace());
        let escape = match byte {
            b'`' => true,
            b'*' => opens,
            b'_' => opens && !in_word,
            b'\\' => next.is_none_or(|b| b.is_ascii_punctuation() || b == b'\n'),
            b'<' => {
                next.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'))
            }
            b'[' => next == Some(b'^'),
            b']' => next.is_some_and(|b| matches!(b, b'(' | b'[' | b':')),
            b'~' => next == Some(b'~') || previous == Some(&b'~'),
            b'&' => is_entity(&bytes[at..]),
            0..=8 | 11..=31 | 127 => {
                // Control characters mean nothing in Markdown.
                out.push_str(&text[copied..at]);
                copied = at + 1;
                continue;
            }
            _ => false,
        };
        if escape {
            out.push_str(&text[copied..at]);
            out.push('\\');
            copied = at;
        }
    }
    out.push_str(&text[copied..]);
}

/// [`escape_into`] for a value of its own.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape_into(&mut out, text);
    out
}

fn is_entity(bytes: &[u8]) -> bool {
    let name = &bytes[1..bytes.len().min(34)];
    let length = name
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'#')
        .count();
    length > 0 && name.get(length) == Some(&b';')
}

/// Appends a line of inline Markdown with what would make it a block of another kind escaped.
pub(super) fn line_into(out: &mut String, inline: &str) {
    let line = inline.trim_start();
    let bytes = line.as_bytes();
    let after = |count: usize| bytes.get(count).is_none_or(u8::is_ascii_whitespace);
    let rule = |mark: u8| bytes.iter().all(|b| *b == mark || b.is_ascii_whitespace());
    let guarded = match bytes.first() {
        Some(b'>' | b'|' | b'=') => true,
        Some(b'#') => after(bytes.iter().take_while(|b| **b == b'#').count()),
        Some(&mark @ (b'-' | b'*' | b'+')) => after(1) || rule(mark) || table_rule(bytes),
        Some(b':') => table_rule(bytes),
        Some(b'~') => line.starts_with("~~~"),
        Some(b'[') => !line.contains("](") || line.contains("]:"),
        _ => false,
    };
    if guarded {
        out.push('\\');
    } else {
        let digits = bytes
            .iter()
            .take(10)
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits > 0 && matches!(bytes.get(digits), Some(b'.' | b')')) && after(digits + 1) {
            out.push_str(&line[..digits]);
            out.push('\\');
            out.push_str(&line[digits..]);
            return;
        }
    }
    out.push_str(line);
}

fn table_rule(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b'-' | b':' | b'|' | b' '))
}

/// Ends the block before, so that the next one stands on its own.
pub(super) fn gap(out: &mut String) {
    if !out.is_empty() {
        out.truncate(out.trim_end_matches('\n').len());
        out.push_str("\n\n");
    }
}

/// A paragraph of inline Markdown; nothing for an empty one.
pub(super) fn paragraph(out: &mut String, inline: &str) {
    let inline = inline.trim();
    if !inline.is_empty() {
        gap(out);
        line_into(out, inline);
        out.push('\n');
    }
}

/// An ATX heading, level 1 to 6, of inline Markdown.
pub(super) fn heading(out: &mut String, level: usize, inline: &str, anchor: Option<&str>) {
    let inline = without_links(inline.trim());
    if inline.is_empty() {
        return;
    }
    gap(out);
    out.extend(std::iter::repeat_n('#', level.clamp(1, 6)));
    out.push(' ');
    let start = out.len();
    out.push_str(&inline.replace('\n', " "));
    if let Some(sign) = inline.strip_suffix('#')
        && matches!(
            sign.trim_end_matches('#').chars().next_back(),
            None | Some(' ')
        )
    {
        // Or CommonMark would take it for the end of the line.
        out.pop();
        out.push_str("\\#");
    }
    let mut line = out.split_off(start);
    heading::finish(&mut line, anchor);
    out.push_str(&line);
    out.push('\n');
}

/// A code span of any text.
pub(super) fn code_into(out: &mut String, code: &str) {
    let code = code.trim();
    if code.is_empty() {
        return;
    }
    let ticks = "`".repeat(longest_run(code, b'`') + 1);
    out.push_str(&ticks);
    let padded = code.starts_with('`') || code.ends_with('`');
    if padded {
        out.push(' ');
    }
    out.extend(code.chars().map(|c| if c == '\n' { ' ' } else { c }));
    if padded {
        out.push(' ');
    }
    out.push_str(&ticks);
}

/// A link whose words are inline Markdown.
pub(super) fn link_into(out: &mut String, words: &str, destination: &str) {
    let words = words.trim();
    if words.is_empty() || destination.is_empty() || destination.contains('\n') {
        out.push_str(words);
        return;
    }
    out.push('[');
    if balanced(words) {
        out.push_str(words);
    } else {
        out.push_str(&words.replace('[', "\\[").replace(']', "\\]"));
    }
    out.push_str("](");
    if destination.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>')) {
        out.push('<');
        out.push_str(&destination.replace('<', "%3C").replace('>', "%3E"));
        out.push('>');
    } else {
        out.push_str(destination);
    }
    out.push(')');
}

/// The words of inline Markdown written here, without their links: titles have none.
pub(super) fn without_links(inline: &str) -> String {
    let mut out = String::with_capacity(inline.len());
    let mut opened: Vec<usize> = Vec::new();
    let mut rest = inline;
    while let Some(at) = rest.find(['[', ']', '\\']) {
        out.push_str(&rest[..at]);
        let mark = rest.as_bytes()[at];
        let after = &rest[at + 1..];
        match mark {
            b'[' => opened.push(out.len()),
            b']' if after.starts_with('(') && !opened.is_empty() => {
                let closing = if after.starts_with("(<") { ">)" } else { ")" };
                if let (Some(end), Some(start)) = (after.find(closing), opened.pop()) {
                    out.remove(start);
                    rest = &after[end + closing.len()..];
                    continue;
                }
            }
            b']' => {
                opened.pop();
            }
            _ => {
                // An escaped mark.
                out.push('\\');
                let next = after.chars().next().map_or(0, char::len_utf8);
                out.push_str(&after[..next]);
                rest = &after[next..];
                continue;
            }
        }
        out.push(char::from(mark));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn balanced(words: &str) -> bool {
    let mut depth = 0i32;
    for byte in words.bytes() {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// A fenced block, its fence longer than any inside.
pub(super) fn fence(out: &mut String, language: &str, code: &str) {
    let code = code.trim_matches('\n');
    if code.trim().is_empty() {
        return;
    }
    gap(out);
    let ticks = "`".repeat(longest_run(code, b'`').max(2) + 1);
    let language: String = language
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '#' | '.'))
        .collect();
    out.push_str(&ticks);
    out.push_str(&language);
    out.push('\n');
    out.push_str(code.trim_end());
    out.push('\n');
    out.push_str(&ticks);
    out.push('\n');
}

fn longest_run(text: &str, mark: u8) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        run = if byte == mark { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A GFM table; the first row is the header when `header` says so, else the header is empty.
pub(super) fn table(out: &mut String, rows: &[Vec<String>], header: bool) {
    let columns = rows
        .iter()
        .map(Vec::len)
        .max()
        .unwrap_or(0)
        .min(MAX_COLUMNS);
    if columns == 0 || rows.iter().flatten().all(|cell| cell.trim().is_empty()) {
        return;
    }
    gap(out);
    let (head, body) = if header {
        (rows.first(), &rows[1..])
    } else {
        (None, rows)
    };
    let empty = Vec::new();
    row_into(out, head.unwrap_or(&empty), columns);
    out.push('|');
    out.push_str(&" --- |".repeat(columns));
    out.push('\n');
    for row in body {
        row_into(out, row, columns);
    }
}

fn row_into(out: &mut String, row: &[String], columns: usize) {
    out.push('|');
    for column in 0..columns {
        out.push(' ');
        if let Some(cell) = row.get(column) {
            cell_into(out, cell);
        }
        if column + 1 == columns {
            for cell in row.iter().skip(columns) {
                out.push(' ');
                cell_into(out, cell);
            }
        }
        out.push_str(" |");
    }
    out.push('\n');
}

fn cell_into(out: &mut String, cell: &str) {
    let mut escaped = false;
    for (number, word) in cell.split_whitespace().enumerate() {
        if number > 0 {
            out.push(' ');
        }
        for c in word.chars() {
            if c == '|' && !escaped {
                out.push('\\');
            }
            escaped = c == '\\' && !escaped;
            out.push(c);
        }
        escaped = false;
    }
}

/// Appends finished blocks inside another: `first` before the first line, `rest` before others.
pub(super) fn nested(out: &mut String, blocks: &str, first: &str, rest: &str) {
    for (number, line) in blocks.trim_end_matches('\n').split('\n').enumerate() {
        let prefix = if number == 0 { first } else { rest };
        if line.is_empty() {
            out.push_str(prefix.trim_end());
        } else {
            out.push_str(prefix);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// `> **Label:** …`, the form of every admonition.
pub(super) fn admonition(out: &mut String, label: &str, blocks: &str) {
    let blocks = blocks.trim_matches('\n');
    gap(out);
    let starts_with_block = ["```", "- ", "> ", "| ", "#", "1. "]
        .iter()
        .any(|mark| blocks.starts_with(mark));
    let blocks = match blocks {
        "" => format!("**{label}**"),
        _ if starts_with_block => format!("**{label}:**\n\n{blocks}"),
        _ => format!("**{label}:** {blocks}"),
    };
    nested(out, &blocks, "> ", "> ");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escaped("snake_case and __init__ *x* a * b"),
            "snake_case and \\_\\_init__ \\*x* a * b"
        );
        assert_eq!(
            escaped("a < b <tag> &amp; & `c` [x](y)"),
            "a < b \\<tag> \\&amp; & \\`c\\` [x\\](y)"
        );
        assert_eq!(escaped("bell\u{7}\u{1b}[1m"), "bell[1m");
    }

    #[test]
    fn line_starts_stay_text() {
        for line in [
            "# x", "> x", "- x", "+ x", "* x", "1. x", "12) x", "---", "===", "~~~", "| x",
            "[x]: y",
        ] {
            let mut out = String::new();
            line_into(&mut out, line);
            assert!(out.contains('\\'), "{line} -> {out}");
        }
        let mut out = String::new();
        line_into(&mut out, "--option is fine, #12 too");
        assert_eq!(out, "--option is fine, #12 too");
    }

    #[test]
    fn titles_have_no_links() {
        assert_eq!(
            without_links("[`a`](ref:x) b\\[1] [c](<d e>) [f]"),
            "`a` b\\[1] c [f]"
        );
    }

    #[test]
    fn code_with_backticks() {
        let mut out = String::new();
        code_into(&mut out, "a``b`");
        assert_eq!(out, "``` a``b` ```");
        let mut out = String::new();
        fence(&mut out, "rust ignore", "```\nx\n```");
        assert_eq!(out, "````rust\n```\nx\n```\n````\n");
    }

    #[test]
    fn tables_keep_every_cell() {
        let rows = vec![
            vec!["a|b".to_owned()],
            vec!["1".to_owned(), "2\n3".to_owned()],
        ];
        let mut out = String::new();
        table(&mut out, &rows, true);
        assert_eq!(out, "| a\\|b |  |\n| --- | --- |\n| 1 | 2 3 |\n");
    }
}
