//! The places of a section that can be shown alone: paragraphs, list items, rows of tables, a few lines of code.

use super::super::super::blocks::blocks;

/// Lines of code that are shown together.
const CODE_LINES: usize = 5;
/// A term that is set off from the text behind it has no more characters.
const MAX_TERM: usize = 60;

/// A place of a section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    /// What may be the names of what it defines: of a heading, a row, a list item that begins with code.
    pub(super) term: Option<&'a str>,
    /// What stands before and after it where it is shown alone.
    before: &'a str,
    after: &'a str,
}

impl Place<'_> {
    /// Whether it is a row of the same table as another place.
    pub(super) fn goes_on(&self, other: &Self) -> bool {
        let is_row = !self.before.is_empty() && self.after.is_empty();
        is_row && std::ptr::eq(self.before, other.before)
    }

    /// The place, or some of it, as it is shown alone.
    pub(super) fn framed(&self, text: &str) -> String {
        let newline = if self.after.is_empty() { "" } else { "\n" };
        [self.before, text, newline, self.after].concat()
    }
}

/// The places of a section, in their order.
pub(super) fn places(markdown: &str) -> Vec<Place<'_>> {
    let mut all = Vec::new();
    for block in blocks(markdown) {
        let block = block.trim_end();
        let mut lines = block.split_inclusive('\n');
        let first = lines.next().unwrap_or_default();
        let second = lines.next().unwrap_or_default();
        let plain = first.trim_start();
        if let Some(mark) = ["```", "~~~"]
            .into_iter()
            .find(|mark| plain.starts_with(mark))
        {
            code(&mut all, block, first, mark);
        } else if plain.starts_with('|') && second.contains("--") {
            let head = first.len() + second.len();
            for row in block[head..].lines() {
                all.push(Place {
                    text: row,
                    term: Some(first_cell(row)),
                    before: &block[..head],
                    after: "",
                });
            }
        } else {
            items(&mut all, block);
        }
    }
    all
}

/// The lines of code, a few at a time.
fn code<'a>(all: &mut Vec<Place<'a>>, block: &'a str, first: &'a str, mark: &'static str) {
    let inside = &block[first.len()..];
    let last = inside.rfind('\n').map_or(0, |newline| newline + 1);
    let has_end = inside[last..].trim_start().starts_with(mark);
    let inside = if has_end { &inside[..last] } else { inside };
    let mut start = 0;
    let mut lines = 0;
    let mut end = 0;
    let mut push = |range: std::ops::Range<usize>| {
        let text = inside[range].trim_end_matches('\n');
        if !text.trim().is_empty() {
            all.push(Place {
                text,
                term: None,
                before: first,
                after: mark,
            });
        }
    };
    for line in inside.split_inclusive('\n') {
        end += line.len();
        lines += 1;
        if lines == CODE_LINES {
            push(start..end);
            start = end;
            lines = 0;
        }
    }
    push(start..end);
}

/// The items of a list, with the lines that go on with each; a paragraph is one.
fn items<'a>(all: &mut Vec<Place<'a>>, block: &'a str) {
    let mut start = 0;
    let mut end = 0;
    let mut push = |text: &'a str| {
        let plain = text.trim_start();
        if !plain.is_empty() {
            all.push(Place {
                text: text.trim_end_matches('\n'),
                term: term(plain),
                before: "",
                after: "",
            });
        }
    };
    for line in block.split_inclusive('\n') {
        if is_item(line.trim_start()) && end > start {
            push(&block[start..end]);
            start = end;
        }
        end += line.len();
    }
    push(&block[start..end]);
}

fn is_item(line: &str) -> bool {
    behind_marker(line).is_some()
}

/// What stands behind the marker of a list item.
fn behind_marker(line: &str) -> Option<&str> {
    let digits = line.trim_start_matches(|it: char| it.is_ascii_digit());
    let rest = match digits.len() < line.len() {
        true => digits.strip_prefix(['.', ')']),
        false => line.strip_prefix(['-', '*', '+', ':']),
    };
    rest.filter(|rest| rest.starts_with(' '))
        .map(str::trim_start)
}

/// What a paragraph, a heading or an item defines, if it does: all of a heading; else what it begins with in code or bold, or what it
/// sets off from the rest.
fn term(text: &str) -> Option<&str> {
    let line = text.lines().next().unwrap_or_default();
    if line.starts_with('#') {
        return Some(line.trim_start_matches('#').trim_start());
    }
    let item = behind_marker(line);
    let line = item.unwrap_or(line);
    let is_marked = ["`", "**", "[`", "*`"]
        .iter()
        .any(|mark| line.starts_with(mark));
    let ends = [": ", " - ", " – ", " — ", " -- "];
    let end = ends.iter().filter_map(|end| line.find(end)).min();
    let end = end.or_else(|| is_marked.then_some(line.len()))?;
    let is_short = line[..end].chars().count() <= MAX_TERM;
    (is_marked || item.is_some() && is_short).then(|| &line[..end])
}

fn first_cell(row: &str) -> &str {
    let row = row.trim_start().trim_start_matches('|');
    let mut escaped = false;
    let end = row.find(|it| {
        let is_end = it == '|' && !escaped;
        escaped = it == '\\';
        is_end
    });
    row[..end.unwrap_or(row.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_has_places() {
        let markdown = "## Head\n\nTwo\nlines.\n\n- one\n  goes on\n- two\n  - three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n```sh\n1\n2\n3\n4\n5\n6\n```\n";
        let places = places(markdown);
        let texts: Vec<&str> = places.iter().map(|place| place.text).collect();
        assert_eq!(
            texts,
            [
                "## Head",
                "Two\nlines.",
                "- one\n  goes on",
                "- two",
                "  - three",
                "| 1 | 2 |",
                "| 3 | 4 |",
                "1\n2\n3\n4\n5",
                "6"
            ]
        );
        assert_eq!(places[5].framed("| 1 |"), "| a | b |\n|---|---|\n| 1 |");
        assert_eq!(places[8].framed("6"), "```sh\n6\n```");
        let terms: Vec<Option<&str>> = places.iter().map(|place| place.term).collect();
        assert_eq!(terms[..3], [Some("Head"), None, None]);
        assert_eq!(terms[5..], [Some("1"), Some("3"), None, None]);
    }

    #[test]
    fn a_place_that_defines_something_begins_with_its_name() {
        for (text, expected) in [
            ("- `-v`, `--verbose`: says more.", Some("`-v`, `--verbose`")),
            (
                "**`json.dumps`(*obj*)**\n\nText",
                Some("**`json.dumps`(*obj*)**"),
            ),
            ("1. Wick: of cotton", Some("Wick")),
            ("- A lamp that is lit", None),
            ("Plain text: with more", None),
            ("| `a \\| b` | c |", None),
            ("### `--dry-run`", Some("`--dry-run`")),
        ] {
            let places = places(text);
            assert_eq!(places[0].term, expected, "{text}");
        }
        assert_eq!(first_cell("| `a \\| b` | c |"), "`a \\| b`");
    }
}
