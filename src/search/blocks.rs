//! Markdown, as the blocks that say something each: paragraphs, items of lists, rows of tables, code.

use std::ops::Range;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Where it stands, without the blank lines behind it.
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    /// Tells the list or table that it is part of.
    pub(super) group: usize,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Heading,
    Text,
    /// A text that only introduces what follows: a caption, a sentence that ends on a colon.
    Lead,
    Code,
    Item,
    /// The first two lines of a table.
    Head,
    Row,
}

/// Longer texts are no captions.
const CAPTION: usize = 100;
/// Longer ones say something themselves, even if their last sentence is open.
const LEAD: usize = 300;

/// The blocks of a text, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    each_block(text, |block| {
        blocks.push(block);
        true
    });
    blocks
}

/// Whether all blocks of a text are so. Each line is looked at once, and none behind the first that is not.
pub(super) fn each_block(text: &str, mut holds: impl FnMut(Block) -> bool) -> bool {
    let mut reader = Reader {
        text,
        last: None,
        fence: None,
        is_blank: true,
    };
    let mut holds_whole = |block: Block, next: Option<Kind>| {
        let of = text[block.range.clone()].trim_end();
        let is_lead = block.kind == Kind::Text && (only_introduces(of) || is_open(of, next));
        holds(Block {
            range: block.range.start..block.range.start + of.len(),
            kind: if is_lead { Kind::Lead } else { block.kind },
            group: block.group,
        })
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(before) = reader.line(at, line) {
            let next = reader.last.as_ref().map(|next| next.kind);
            if !holds_whole(before, next) {
                return false;
            }
        }
        at += line.len();
    }
    reader.last.is_none_or(|last| holds_whole(last, None))
}

/// Whether a sentence goes on in the code, list or table that follows it.
fn is_open(text: &str, next: Option<Kind>) -> bool {
    let goes_on = matches!(next, Some(Kind::Code | Kind::Item | Kind::Head));
    goes_on
        && text.len() <= LEAD
        && text.ends_with(|last: char| last.is_alphanumeric() || last == ',')
}

/// Whether a paragraph says nothing without what follows it.
fn only_introduces(text: &str) -> bool {
    let text = text.trim();
    let is_marked = |mark: &str| {
        let inner = text.strip_prefix(mark).and_then(|it| it.strip_suffix(mark));
        inner.is_some_and(|inner| !inner.contains(mark) && text.len() <= CAPTION)
    };
    text.ends_with([':', '：'])
        || text.ends_with(":**")
        || text.ends_with(":*")
        || is_marked("**")
        || only_announces(text)
}

/// Whether a paragraph is a sentence that says what the section or page has to say, without saying it.
pub(super) fn only_announces(text: &str) -> bool {
    const WHAT: [&str; 10] = [
        "section", "page", "chapter", "document", "topic", "guide", "article", "tutorial", "part",
        "appendix",
    ];
    const DOES: [&str; 12] = [
        "contains",
        "covers",
        "describes",
        "discusses",
        "explains",
        "gives",
        "introduces",
        "lists",
        "outlines",
        "presents",
        "provides",
        "shows",
    ];
    let rest = text
        .strip_prefix("This ")
        .or_else(|| text.strip_prefix("The following "));
    let Some(rest) = rest.filter(|_| text.len() <= LEAD) else {
        return false;
    };
    let mut words = rest.split_whitespace();
    let is_it = words.next().is_some_and(|word| WHAT.contains(&word));
    let announces = words.next().is_some_and(|word| DOES.contains(&word));
    is_it && announces && !text.trim_end_matches('.').contains(". ")
}

struct Reader<'a> {
    text: &'a str,
    /// The block that the next line may be part of.
    last: Option<Block>,
    /// The mark of an open fence, and how many of it.
    fence: Option<(u8, usize)>,
    is_blank: bool,
}

impl Reader<'_> {
    /// Reads a line, and gives back the block before where it begins another one.
    fn line(&mut self, at: usize, line: &str) -> Option<Block> {
        let end = at + line.len();
        // Most lines are of sentences: nothing else begins with a letter.
        let is_letter = line.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
        if is_letter && self.fence.is_none() {
            let was_blank = std::mem::replace(&mut self.is_blank, false);
            let last = self.last.as_ref().map(|block| block.kind);
            if !was_blank && matches!(last, Some(Kind::Text | Kind::Item)) {
                self.extend(end);
                return None;
            }
            return self.begin(at..end, Kind::Text, false);
        }
        let body = line.trim();
        if let Some((mark, count)) = self.fence {
            self.extend(end);
            let is_mark = body.bytes().all(|byte| byte == mark);
            if is_mark && body.len() >= count {
                self.fence = None;
            }
            return None;
        }
        if body.is_empty() {
            self.is_blank = true;
            return None;
        }
        let indent = line.len() - line.trim_start().len();
        let was_blank = std::mem::replace(&mut self.is_blank, false);
        let last = self.last.as_ref().map(|block| block.kind);
        let in_item = last == Some(Kind::Item) && (indent >= 2 || !was_blank);
        let opens = fence(body);
        if in_item && (indent >= 2 || (opens.is_none() && !is_item(body) && !body.starts_with('#')))
        {
            self.fence = opens;
            self.extend(end);
            return None;
        }
        let kind = match body.as_bytes() {
            _ if opens.is_some() => Kind::Code,
            [b'#', ..] if indent == 0 && is_heading(body) => Kind::Heading,
            [b'|', ..] => match last {
                Some(Kind::Head) if !was_blank && is_delimiter(body) => {
                    self.extend(end);
                    return None;
                }
                Some(Kind::Head | Kind::Row) if !was_blank => Kind::Row,
                _ => Kind::Head,
            },
            _ if is_item(body) => Kind::Item,
            _ => Kind::Text,
        };
        self.fence = opens;
        if kind == Kind::Text && last == Some(Kind::Text) && !was_blank {
            self.extend(end);
            return None;
        }
        let goes_on = matches!(
            (last, kind),
            (Some(Kind::Item), Kind::Item) | (Some(Kind::Head | Kind::Row), Kind::Row)
        );
        self.begin(at..end, kind, goes_on)
    }

    /// Begins a block, and gives back the one before. `goes_on`: with the list or table that that is part of.
    fn begin(&mut self, range: Range<usize>, kind: Kind, goes_on: bool) -> Option<Block> {
        let group = self.last.as_ref().map_or(0, |block| block.group);
        self.last.replace(Block {
            range,
            kind,
            group: if goes_on { group } else { group + 1 },
        })
    }

    fn extend(&mut self, end: usize) {
        debug_assert!(end <= self.text.len());
        if let Some(block) = &mut self.last {
            block.range.end = end;
        }
    }
}

fn fence(body: &str) -> Option<(u8, usize)> {
    let mark = *body.as_bytes().first()?;
    let count = body.bytes().take_while(|byte| *byte == mark).count();
    let is_fence = matches!(mark, b'`' | b'~') && count >= 3;
    (is_fence && !(mark == b'`' && body[count..].contains('`'))).then_some((mark, count))
}

/// Whether a line is a heading.
pub(super) fn is_heading(body: &str) -> bool {
    let rest = body.trim_start_matches('#');
    body.len() - rest.len() <= 6 && rest.starts_with(' ')
}

fn is_item(body: &str) -> bool {
    let digits = body.trim_start_matches(|it: char| it.is_ascii_digit());
    let rest = match digits.len() < body.len() {
        true => digits.strip_prefix(['.', ')']),
        false => body.strip_prefix(['-', '*', '+']),
    };
    rest.is_some_and(|rest| rest.starts_with(' '))
}

fn is_delimiter(body: &str) -> bool {
    body.contains('-') && body.bytes().all(|byte| b"|-: ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(Kind, &str)> {
        let blocks = blocks(text);
        let of = |block: &Block| (block.kind, &text[block.range.clone()]);
        blocks.iter().map(of).collect()
    }

    #[test]
    fn each_block_is_one_thing_that_is_said() {
        let text = "## Title\n\nOne\ntwo.\n\nRun this:\n\n```sh\na\n\nb:\n```\n\n- one\n  more\n\n  ```\n  x\n  ```\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n**Caption**\n\nEnd.\n";
        assert_eq!(
            of(text),
            [
                (Kind::Heading, "## Title"),
                (Kind::Text, "One\ntwo."),
                (Kind::Lead, "Run this:"),
                (Kind::Code, "```sh\na\n\nb:\n```"),
                (Kind::Item, "- one\n  more\n\n  ```\n  x\n  ```"),
                (Kind::Item, "- two"),
                (Kind::Head, "| a | b |\n|---|---|"),
                (Kind::Row, "| 1 | 2 |"),
                (Kind::Row, "| 3 | 4 |"),
                (Kind::Lead, "**Caption**"),
                (Kind::Text, "End."),
            ]
        );
        let blocks = blocks(text);
        assert_eq!(blocks[4].group, blocks[5].group);
        assert_eq!(blocks[6].group, blocks[8].group);
        assert_ne!(blocks[5].group, blocks[6].group);
    }

    #[test]
    fn many_blocks_take_as_long_as_their_lines() {
        for text in ["- a\n", "| a |\n", "```\n", "a\n\n", "# a\n", "a:\n\n"] {
            assert!(!blocks(&text.repeat(100_000)).is_empty());
        }
    }
}
