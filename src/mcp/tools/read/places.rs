//! The places of a section that can be shown alone: paragraphs, list items, rows of tables, a few lines of code.

use std::ops::Range;

use super::super::super::blocks::blocks;

/// Lines of code that are shown together.
const CODE_LINES: usize = 5;
/// Terms that are defined together, and what is said of a term in plain words, at the most.
const MAX_TERMS: usize = 8;
const MAX_SAID: usize = 3;
/// A name that is defined is not longer; in bytes.
const MAX_NAME: usize = 300;
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

    /// Some of the place, with its term in front where it does not begin with it.
    pub(super) fn under_its_term(&self, cut: String) -> String {
        let is_row = !self.before.is_empty();
        match self.term.filter(|it| !is_row && it.len() <= MAX_NAME) {
            Some(term) if !cut.starts_with(self.text.lines().next().unwrap_or_default()) => {
                format!("{term}\n{cut}")
            }
            _ => cut,
        }
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
    let mut open = None;
    let mut next = 0;
    for whole in blocks(markdown) {
        let start = next;
        next += whole.len();
        let block = whole.trim_end();
        let mut lines = block.split_inclusive('\n');
        let first = lines.next().unwrap_or_default();
        let second = lines.next().unwrap_or_default();
        let plain = first.trim_start();
        if let Some(mark) = ["```", "~~~"]
            .into_iter()
            .find(|mark| plain.starts_with(mark))
        {
            open = None;
            code(&mut all, block, first, mark);
        } else if plain.starts_with('|') && second.contains("--") {
            open = None;
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
            open = items(&mut all, markdown, start..start + block.len(), open);
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
    let mut push = |range: Range<usize>| {
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

/// A definition that the block behind it may go on with.
#[derive(Clone, Copy)]
struct Open {
    start: usize,
    indentation: usize,
}

/// The items of a list, with the lines that go on with each; a paragraph is one, and so are terms with what is said of them.
fn items<'a>(
    all: &mut Vec<Place<'a>>,
    markdown: &'a str,
    block: Range<usize>,
    open: Option<Open>,
) -> Option<Open> {
    let mut start = block.start;
    let lines: Vec<&str> = markdown[block].split_inclusive('\n').collect();
    let mut at = 0;
    if let (Some(open), Some(last)) = (open, all.last_mut()) {
        let inside = |line: &&&str| indentation(line) > open.indentation;
        at = lines.iter().take_while(inside).count();
        if at > 0 {
            start += length(&lines[..at]);
            last.text = markdown[open.start..start].trim_end_matches('\n');
            if at == lines.len() {
                return Some(open);
            }
        }
    }
    let mut open = None;
    while let Some(first) = lines.get(at) {
        let rest = &lines[at..];
        let definition = definition(rest);
        let count = definition.as_ref().map_or_else(
            || {
                let others = rest[1..].iter();
                1 + others.take_while(|it| !is_item(it.trim_start())).count()
            },
            |it| it.lines,
        );
        let end = start + length(&rest[..count]);
        let text = markdown[start..end].trim_end_matches('\n');
        let plain = text.trim_start();
        if !plain.is_empty() {
            let heads = definition.as_ref().map_or(0, |it| it.terms);
            let terms = &text[..length(&rest[..heads]).min(text.len())];
            all.push(Place {
                text,
                term: match is_item(plain) || heads == 0 {
                    true => term(plain),
                    false => Some(terms.trim()),
                },
                before: "",
                after: "",
            });
            let may_go_on = definition.is_some() || count == 1 && is_item(plain) && is_name(plain);
            open = may_go_on.then_some(Open {
                start,
                indentation: indentation(first),
            });
        }
        start = end;
        at += count;
    }
    open
}

/// Terms with the items of a list that say what they are.
struct Definition {
    /// Lines of terms.
    terms: usize,
    /// All its lines.
    lines: usize,
}

/// What lines begin with, if it is a definition: terms, and below them a list; or an item that is a term, and a list within it. A list of
/// items that define something themselves is none.
fn definition(lines: &[&str]) -> Option<Definition> {
    let first = lines.first()?;
    let is_in_list = is_item(first.trim_start());
    let outer = indentation(first);
    let terms = match is_in_list {
        true => 1,
        false => {
            let lines = lines.iter().take(MAX_TERMS + 1);
            lines.take_while(|it| !is_item(it.trim_start())).count()
        }
    };
    let heads = lines.get(..terms).filter(|_| terms <= MAX_TERMS)?;
    let is_marked = heads.iter().all(|it| is_name(it));
    if !is_marked && (is_in_list || !heads.iter().all(|it| may_be_term(it))) {
        return None;
    }
    let said = lines.get(terms).filter(|it| is_item(it.trim_start()))?;
    let inner = indentation(said);
    if is_in_list && inner <= outer {
        return None;
    }
    let mut items = 0;
    let mut count = terms;
    for (number, line) in lines.iter().enumerate().skip(terms) {
        let is_said = is_item(line.trim_start());
        let is_outside = match is_in_list {
            true => indentation(line) <= outer,
            false => {
                let next = lines.get(number + 1);
                let has_text = next.is_some_and(|it| is_item(it.trim_start()));
                !is_said && indentation(line) <= outer && has_text
            }
        };
        if is_outside {
            break;
        }
        if is_said && indentation(line) <= inner {
            if defines(line) {
                return None;
            }
            items += 1;
        }
        count += 1;
    }
    (is_marked || items <= MAX_SAID).then_some(Definition {
        terms,
        lines: count,
    })
}

fn length(lines: &[&str]) -> usize {
    lines.iter().map(|line| line.len()).sum()
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line is nothing but a name in code or bold, or several.
fn is_name(line: &str) -> bool {
    let line = line.trim();
    let line = behind_marker(line).unwrap_or(line);
    let is_short = line.len() <= MAX_NAME;
    is_short && is_marked(line) && line.ends_with(['`', '*', ')', ']'])
}

/// Whether a line in plain words may be the term of a list below it: no sentence, and nothing that announces a list.
fn may_be_term(line: &str) -> bool {
    let line = line.trim();
    let is_text = !line.starts_with(['#', '>', '|', '<']);
    let goes_on = line.ends_with([':', '.', ',', ';', '!', '?', '：', '。', '、', '\\']);
    is_name(line) || is_text && !goes_on && line.chars().count() <= MAX_TERM
}

/// Whether an item defines something by itself.
fn defines(item: &str) -> bool {
    let line = item.trim();
    let text = behind_marker(line).unwrap_or(line);
    is_name(text) || is_marked(text) && term(text).is_some_and(|term| term.len() < text.len())
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
    let is_marked = is_marked(line);
    let ends = [": ", " - ", " – ", " — ", " -- "];
    let end = ends.iter().filter_map(|end| line.find(end)).min();
    let end = end.or_else(|| is_marked.then_some(line.len()))?;
    let is_short = line[..end].chars().count() <= MAX_TERM;
    (is_marked || item.is_some() && is_short).then(|| &line[..end])
}

fn is_marked(line: &str) -> bool {
    let marks = ["`", "**", "[`", "*`"];
    marks.iter().any(|mark| line.starts_with(mark))
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
    fn a_term_stands_with_what_is_said_of_it() {
        for (markdown, expected) in [
            (
                "`--dry-run`\n- Does nothing.\n",
                &["`--dry-run`\n- Does nothing."][..],
            ),
            (
                "`-f`\n`--force`\n- Does it.\n\n  Really.\n\nNext.\n",
                &["`-f`\n`--force`\n- Does it.\n\n  Really.", "Next."],
            ),
            (
                "Wick\n- Of cotton,\n  woven.\n- Of glass.\n",
                &["Wick\n- Of cotton,\n  woven.\n- Of glass."],
            ),
            (
                "Wick\n- Cotton.\nOil\n- Olive.\n",
                &["Wick\n- Cotton.", "Oil\n- Olive."],
            ),
            (
                "- `width`\n  - How wide.\n  - In pixels.\n- `height`\n\n  - How high.\n\n- last\n",
                &[
                    "- `width`\n  - How wide.\n  - In pixels.",
                    "- `height`\n\n  - How high.",
                    "- last",
                ],
            ),
            // A list of things that are defined one by one is none of these, nor what a sentence announces.
            (
                "**Options**\n- `-a`: all\n- `-b`: both\n",
                &["**Options**", "- `-a`: all", "- `-b`: both"],
            ),
            (
                "You need:\n- oil\n- a wick\n",
                &["You need:", "- oil", "- a wick"],
            ),
            ("- one\n  - two\n- three", &["- one", "  - two", "- three"]),
            (
                "Fruit\n- a\n- b\n- c\n- d\n",
                &["Fruit", "- a", "- b", "- c", "- d"],
            ),
        ] {
            let texts: Vec<&str> = places(markdown).iter().map(|it| it.text).collect();
            assert_eq!(texts, expected, "{markdown}");
        }
        let places = places("`-f`\n`--force`\n- Does it.\n");
        assert_eq!(places[0].term, Some("`-f`\n`--force`"));
    }

    #[test]
    fn places_of_many_terms_take_little_time() {
        for repeated in [
            "`a`\n- b\n",
            "- `a`\n  - b\n",
            "- `a`\n\n  - b\n\n",
            "`a`\n",
            "a\n- `b`\n",
        ] {
            assert!(!places(&repeated.repeat(100_000)).is_empty());
        }
        let deep: String = (0..2_000)
            .map(|depth| format!("{}- `a`\n", " ".repeat(depth)))
            .collect();
        assert!(!places(&deep).is_empty());
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
