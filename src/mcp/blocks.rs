//! Markdown cut where a reader would cut it: between blocks, not inside a code fence or table.

use std::{borrow::Cow, iter};

use super::{measure::Measure, tokens};

/// The blocks of a text: what stands between blank lines, a code fence with all its lines.
///
/// Together they are the whole text, blank lines included.
pub(super) fn blocks(markdown: &str) -> impl Iterator<Item = &str> {
    let mut rest = markdown;
    iter::from_fn(move || {
        let (block, after) = rest.split_at(first_block(rest));
        rest = after;
        (!block.is_empty()).then_some(block)
    })
}

/// The length of the first block of a text.
fn first_block(markdown: &str) -> usize {
    let mut at = 0;
    let mut fence: Option<Delimiter> = None;
    let mut blank = false;
    for line in markdown.split_inclusive('\n') {
        let empty = line.trim().is_empty();
        if fence.is_none() && blank && !empty {
            return at;
        }
        match fence {
            Some(open) if open.closed_by(line) => fence = None,
            Some(_) => {}
            None => fence = Delimiter::opening(line),
        }
        blank = empty && fence.is_none();
        at += line.len();
    }
    at
}

/// The start of a text, as much as there is room for.
#[derive(Debug, PartialEq)]
pub(super) struct Fitting<'a> {
    pub(super) text: Cow<'a, str>,
    /// In tokens.
    pub(super) cost: usize,
    /// Whether anything was left out.
    pub(super) cut: bool,
}

/// The blocks from the start of a text that fit a budget. Where not even the first fits, a piece of
/// it is kept.
pub(super) fn fit(markdown: &str, budget: usize) -> Fitting<'_> {
    if let Some(cost) = tokens::within(markdown, budget) {
        return Fitting {
            text: markdown.trim_end().into(),
            cost,
            cut: false,
        };
    }
    let mut left = budget;
    let mut end = 0;
    for block in blocks(markdown) {
        let Some(cost) = tokens::within(block, left) else {
            break;
        };
        left -= cost;
        end += block.len();
    }
    let text = if end > 0 {
        markdown[..end].trim_end().into()
    } else {
        left = 0;
        let first = &markdown[..first_block(markdown)];
        pieces(first, budget).next().unwrap_or_default()
    };
    Fitting {
        text,
        cost: budget - left,
        cut: true,
    }
}

/// Cuts a block that is over a budget into pieces under it: a fence is closed and opened again,
/// a table gets its head again, a line is cut only where it alone is too long.
pub(super) fn pieces(block: &str, budget: usize) -> impl Iterator<Item = Cow<'_, str>> {
    pieces_by(Measure::Tokens, block, budget, budget)
}

/// The same by any measure. The first piece may have less room than those behind it.
pub(super) fn pieces_by(
    measure: Measure,
    block: &str,
    first: usize,
    budget: usize,
) -> impl Iterator<Item = Cow<'_, str>> {
    let whole = measure.within(block, first).is_some();
    let frame = Frame::of(block);
    let around = measure.of(frame.before) + measure.of(frame.after) + 2;
    // A frame that leaves no room is dropped rather than repeated for ever.
    let (frame, room) = match budget.checked_sub(around) {
        Some(room) if room > budget / 4 => (frame, room),
        _ => (Frame::none(block), budget.max(4)),
    };
    let mut rest = if whole { "" } else { frame.inside };
    let first = room.saturating_sub(budget.saturating_sub(first));
    // Where that is next to nothing, the piece takes the room that others have.
    let mut now = if first >= 4 { first } else { room };
    let cut = iter::from_fn(move || {
        let (piece, after) = first_piece(measure, rest, now);
        rest = after;
        now = room;
        (!piece.is_empty()).then_some(piece)
    });
    let filled = cut.filter(|piece| !piece.trim().is_empty());
    let framed = filled.map(move |piece| Cow::Owned(frame.around(piece)));
    whole
        .then_some(Cow::Borrowed(block))
        .into_iter()
        .chain(framed)
}

/// As many lines as there is room for, and the rest.
fn first_piece(measure: Measure, lines: &str, room: usize) -> (&str, &str) {
    let mut rest = lines;
    let mut used = 0;
    for line in lines.split_inclusive('\n') {
        let Some(cost) = measure.within(line, room - used) else {
            break;
        };
        used += cost;
        rest = &rest[line.len()..];
    }
    if used > 0 || rest.is_empty() {
        return lines.split_at(lines.len() - rest.len());
    }
    let line = rest.split_inclusive('\n').next().unwrap_or(rest);
    let start = measure.prefix(line, room);
    let start = if start.is_empty() { line } else { start };
    let rest = rest[start.len()..].trim_start_matches([' ', '\t']);
    (start, rest)
}

/// What has to stand around every piece of a block.
struct Frame<'a> {
    before: &'a str,
    inside: &'a str,
    after: &'a str,
}

impl<'a> Frame<'a> {
    fn none(block: &'a str) -> Self {
        Self {
            before: "",
            inside: block,
            after: "",
        }
    }

    fn of(block: &'a str) -> Self {
        let block = block.trim_end();
        let first = block.split_inclusive('\n').next().unwrap_or_default();
        let rest = &block[first.len()..];
        if let Some(open) = Delimiter::opening(first) {
            let last = rest.rfind('\n').map_or(0, |newline| newline + 1);
            return if open.closed_by(&rest[last..]) {
                Self {
                    before: first,
                    inside: &rest[..last],
                    after: &rest[last..],
                }
            } else {
                Self::none(block)
            };
        }
        let second = rest.split_inclusive('\n').next().unwrap_or_default();
        let delimiter_row = second.contains("--")
            && second
                .trim()
                .chars()
                .all(|character| matches!(character, '|' | '-' | ':' | ' '));
        if delimiter_row && first.contains('|') {
            let head = first.len() + second.len();
            return Self {
                before: &block[..head],
                inside: &block[head..],
                after: "",
            };
        }
        Self::none(block)
    }

    fn around(&self, piece: &str) -> String {
        let newline = if self.after.is_empty() || piece.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let text = [self.before, piece, newline, self.after].concat();
        text.trim_end().to_owned()
    }
}

/// The line of back ticks or tildes that opens a code fence.
#[derive(Clone, Copy)]
struct Delimiter {
    character: char,
    length: usize,
}

impl Delimiter {
    fn opening(line: &str) -> Option<Self> {
        let mut line = line.trim_start();
        // Most lines begin with a letter.
        if line.starts_with(char::is_alphabetic) {
            return None;
        }
        // A fence may open on the line of its list item.
        while let Some(rest) = after_list_marker(line) {
            line = rest.trim_start();
        }
        let character = line
            .chars()
            .next()
            .filter(|first| matches!(first, '`' | '~'))?;
        let info = line.trim_start_matches(character);
        let length = line.len() - info.len();
        // Back ticks behind the opening ones make it code inside a line.
        (length >= 3 && !(character == '`' && info.contains('`')))
            .then_some(Self { character, length })
    }

    fn closed_by(self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|character| character == self.character)
    }
}

fn after_list_marker(line: &str) -> Option<&str> {
    let digits = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let marker = if digits.len() < line.len() {
        digits.strip_prefix(['.', ')'])
    } else {
        line.strip_prefix(['-', '*', '+'])
    };
    marker.filter(|rest| rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Intro.\n\n- ```sh\n  make\n\n  make install\n  ```\n- two\n\n~~~~\n```\n\n~~~\n~~~~\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nEnd";

    #[test]
    fn blocks_are_the_whole_text_and_keep_fences_whole() {
        let blocks: Vec<_> = blocks(PAGE).collect();
        assert_eq!(blocks.concat(), PAGE);
        assert_eq!(blocks.len(), 5);
        assert!(blocks[1].starts_with("- ```sh") && blocks[1].ends_with("- two\n\n"));
        assert!(blocks[2].starts_with("~~~~\n") && blocks[2].ends_with("~~~~\n\n"));
    }

    #[test]
    fn an_open_fence_goes_on_to_the_end() {
        assert_eq!(blocks("```\na\n\nb\n").count(), 1);
        assert_eq!(blocks("```not a fence``` here\n\nb\n").count(), 2);
    }

    #[test]
    fn a_long_fence_is_closed_and_opened_again() {
        let code = format!("```sql\n{}```\n", "SELECT 1;\n".repeat(100));
        let pieces: Vec<_> = pieces(&code, 50).collect();
        assert!(pieces.len() > 5);
        for piece in &pieces {
            assert!(tokens::estimate(piece) <= 50, "{piece}");
            assert!(
                piece.starts_with("```sql\n") && piece.ends_with("\n```"),
                "{piece}"
            );
        }
        let lines = pieces.iter().flat_map(|piece| piece.lines());
        assert_eq!(lines.filter(|line| *line == "SELECT 1;").count(), 100);
    }

    #[test]
    fn a_long_table_gets_its_head_again() {
        let table = format!("| a | b |\n|---|---|\n{}", "| 1 | 2 |\n".repeat(60));
        let pieces: Vec<_> = pieces(&table, 60).collect();
        assert!(pieces.len() > 2);
        assert!(
            pieces
                .iter()
                .all(|piece| piece.starts_with("| a | b |\n|---|---|\n| 1"))
        );
        let rows = pieces.iter().flat_map(|piece| piece.lines());
        assert_eq!(rows.filter(|line| *line == "| 1 | 2 |").count(), 60);
    }

    #[test]
    fn one_endless_line_is_cut_without_losing_words() {
        let line = "word ".repeat(1_000);
        let pieces: Vec<_> = pieces(&line, 40).collect();
        assert!(pieces.iter().all(|piece| tokens::estimate(piece) <= 40));
        let words: usize = pieces.iter().map(|piece| piece.split(' ').count()).sum();
        assert_eq!(words, 1_000);
        assert_eq!(
            pieces.iter().map(|piece| piece.len()).sum::<usize>() + pieces.len(),
            line.len()
        );
    }

    #[test]
    fn what_fits_is_kept_in_whole_blocks() {
        let whole = fit("One.\n\nTwo.\n", 100);
        assert_eq!((&*whole.text, whole.cut), ("One.\n\nTwo.", false));
        let start = fit(PAGE, 5);
        assert_eq!((&*start.text, start.cut), ("Intro.", true));
        let piece = fit("a very long line of many words indeed", 4);
        assert!(piece.cut && !piece.text.is_empty());
        for (fitting, budget) in [(whole, 100), (start, 5), (piece, 4)] {
            assert!(tokens::estimate(&fitting.text) <= fitting.cost);
            assert!(fitting.cost <= budget);
        }
    }
}
