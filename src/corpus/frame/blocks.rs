//! Clean Markdown, cut into the blocks that pages may have in common.

use std::ops::Range;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::corpus) enum Kind {
    /// With its level, from 1.
    Heading(u8),
    /// A list, or what stands between two blank lines of one.
    List,
    Code,
    Table,
    /// A line between two parts, without a word.
    Rule,
    /// Destinations of links that stand elsewhere.
    Definitions,
    Paragraph,
}

/// A stretch of Markdown that is left out whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::corpus) struct Block {
    pub(in crate::corpus) kind: Kind,
    /// Whole lines, without the blank ones around.
    pub(in crate::corpus) range: Range<usize>,
}

/// Cuts at blank lines and headings. Code, and what is indented below a list's item, stays whole.
pub(in crate::corpus) fn blocks(markdown: &str) -> Vec<Block> {
    let mut cutter = Cutter::default();
    let mut start = 0;
    for line in markdown.split_inclusive('\n') {
        let end = start + line.len();
        cutter.line(line.trim_end(), start..start + line.trim_end().len());
        start = end;
    }
    cutter.end();
    cutter.blocks
}

/// A fence's character and length.
type Fence = (u8, usize);

#[derive(Default)]
struct Cutter {
    blocks: Vec<Block>,
    open: Option<Block>,
    fence: Option<Fence>,
    /// Blank lines since the last line of the open block.
    gap: bool,
}

impl Cutter {
    fn line(&mut self, line: &str, range: Range<usize>) {
        let indent = line.bytes().take_while(|byte| *byte == b' ').count();
        let text = &line[indent.min(line.len())..];
        if let Some(fence) = self.fence {
            self.extend(&range);
            if closes(text, fence) {
                self.fence = None;
                if self
                    .open
                    .as_ref()
                    .is_some_and(|open| open.kind == Kind::Code)
                {
                    self.end();
                }
            }
            return;
        }
        if text.is_empty() {
            match self.open.as_ref().map(|open| open.kind) {
                Some(Kind::List) => self.gap = true,
                _ => self.end(),
            }
            return;
        }
        let in_list = self
            .open
            .as_ref()
            .is_some_and(|open| open.kind == Kind::List);
        if in_list && (indent >= 2 || !self.gap && !begins_block(text)) {
            self.fence = fence(text);
            self.extend(&range);
        } else if let Some(opened) = fence(text).filter(|_| indent < 4) {
            self.begin(Kind::Code, range);
            self.fence = Some(opened);
        } else if indent >= 4 && self.open.is_none() {
            self.begin(Kind::Code, range);
        } else if let Some(level) = heading(text).filter(|_| indent < 4) {
            self.begin(Kind::Heading(level), range);
            self.end();
        } else if let Some(level) = self.underline(text) {
            if let Some(open) = &mut self.open {
                open.kind = Kind::Heading(level);
            }
            self.extend(&range);
            self.end();
        } else if is_rule(text) {
            self.begin(Kind::Rule, range);
            self.end();
        } else if is_item(text) && !in_list {
            self.begin(Kind::List, range);
        } else if is_item(text) && !self.gap {
            self.extend(&range);
        } else if self.open.is_none() || self.gap {
            let kind = match text.as_bytes() {
                [b'|', ..] => Kind::Table,
                [b'[', ..] if text.contains("]: ") => Kind::Definitions,
                _ => Kind::Paragraph,
            };
            let kind = if is_item(text) { Kind::List } else { kind };
            self.begin(kind, range);
        } else {
            self.extend(&range);
        }
    }

    /// The level of the heading that this line makes of the paragraph above it.
    fn underline(&self, text: &str) -> Option<u8> {
        let above = self.open.as_ref()?;
        let is_of = |mark| text.bytes().all(|byte| byte == mark);
        match above.kind == Kind::Paragraph {
            true if is_of(b'=') => Some(1),
            true if is_of(b'-') => Some(2),
            _ => None,
        }
    }

    fn begin(&mut self, kind: Kind, range: Range<usize>) {
        self.end();
        self.open = Some(Block { kind, range });
    }

    fn extend(&mut self, range: &Range<usize>) {
        self.gap = false;
        if let Some(open) = &mut self.open {
            open.range.end = open.range.end.max(range.end);
        }
    }

    fn end(&mut self) {
        self.gap = false;
        self.blocks.extend(self.open.take());
    }
}

/// Whether a line ends the list that stands right above it.
fn begins_block(text: &str) -> bool {
    heading(text).is_some() || fence(text).is_some() || is_rule(text)
}

fn fence(text: &str) -> Option<Fence> {
    let mark = *text.as_bytes().first()?;
    let length = text.bytes().take_while(|byte| *byte == mark).count();
    let is_fence = matches!(mark, b'`' | b'~') && length >= 3;
    let is_span = mark == b'`' && text[length.min(text.len())..].contains('`');
    (is_fence && !is_span).then_some((mark, length))
}

fn closes(text: &str, (mark, length): Fence) -> bool {
    text.len() >= length && text.bytes().all(|byte| byte == mark)
}

/// The level of an ATX heading.
fn heading(text: &str) -> Option<u8> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let rest = &text[level..];
    let is_heading = (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with(' '));
    is_heading.then(|| u8::try_from(level).ok()).flatten()
}

fn is_rule(text: &str) -> bool {
    let mark = text.bytes().next();
    let is_mark = matches!(mark, Some(b'-' | b'*' | b'_'));
    let marks = text.bytes().filter(|byte| Some(*byte) == mark).count();
    is_mark && marks >= 3 && text.bytes().all(|byte| Some(byte) == mark || byte == b' ')
}

/// Whether a line begins with a list's marker.
pub(super) fn is_item(text: &str) -> bool {
    after_marker(text).is_some()
}

/// What stands behind a list's marker.
pub(super) fn after_marker(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match text.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => &text[1..],
        b'.' | b')' if (1..=9).contains(&digits) => &text[digits + 1..],
        _ => return None,
    };
    match rest.is_empty() {
        true => Some(rest),
        false => rest.strip_prefix(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(markdown: &str) -> Vec<(Kind, &str)> {
        let blocks = blocks(markdown).into_iter();
        blocks
            .map(|block| (block.kind, &markdown[block.range]))
            .collect()
    }

    #[test]
    fn each_block_by_itself() {
        let text = "# T {#t}\ntext\nmore\n\n- a\n- b\n\n  inner\n\n- c\n\n```sh\n# no\n\nx\n```\n| a |\n|---|\n\n---\nUnder\n---\n    no code\n\n    code\n\n[a]: b\n> q\n";
        assert_eq!(
            cut(text),
            [
                (Kind::Heading(1), "# T {#t}"),
                (Kind::Paragraph, "text\nmore"),
                (Kind::List, "- a\n- b\n\n  inner"),
                (Kind::List, "- c"),
                (Kind::Code, "```sh\n# no\n\nx\n```"),
                (Kind::Table, "| a |\n|---|"),
                (Kind::Rule, "---"),
                (Kind::Heading(2), "Under\n---"),
                (Kind::Code, "    no code"),
                (Kind::Code, "    code"),
                (Kind::Definitions, "[a]: b\n> q"),
            ]
        );
    }

    #[test]
    fn no_line_is_lost() {
        for text in [
            "a\n\n\n  b\n- c\nd\n# e",
            "```\nopen\n\nto the end",
            "- ```\n  code\n\n  more\n  ```\n\nafter",
            "1. a\n2) b\n\n\n***\n",
        ] {
            let mut left = text.to_owned();
            for block in blocks(text).iter().rev() {
                left.replace_range(block.range.clone(), "");
            }
            assert_eq!(left.trim(), "", "{text:?}");
        }
    }
}
