//! Plain text: its paragraphs, the headings that are unmistakable, indented blocks as code.

use super::super::document::{Page, Skip, Source};
use super::emit;

/// The text as a page of its own.
///
/// # Errors
/// [`Skip::Empty`] when there is none.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let markdown = markdown(source.text);
    if markdown.trim().is_empty() {
        return Err(Skip::Empty);
    }
    Ok(vec![Page {
        markdown,
        ..Page::default()
    }])
}

/// Plain text as Markdown that reads the same.
pub(super) fn markdown(text: &str) -> String {
    let text = without_page_breaks(text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let blocks = blocks(&lines);
    let base = body_indent(&blocks);
    let headings = Headings::of(&blocks);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut at = 0;
    while at < blocks.len() {
        let block = blocks[at];
        at += 1;
        if let Some((level, title)) = headings.level(&blocks, at - 1) {
            emit::heading(&mut out, level, &emit::escaped(title), None);
            // An underlined title may have its text right below it.
            let rest = if underline(block).is_some() {
                &block[2..]
            } else {
                &[]
            };
            if !rest.is_empty() {
                paragraph(&mut out, rest);
            }
        } else if is_code(block, base) {
            // Blank lines inside an indented stretch do not end it.
            let mut last = at;
            while last < blocks.len() && is_code(blocks[last], base) {
                last += 1;
            }
            let stretch = spanning(&lines, blocks[at - 1], blocks[last - 1]);
            emit::fence(&mut out, "", &dedented(stretch));
            at = last;
        } else {
            paragraph(&mut out, block);
        }
    }
    out
}

/// Drops form feeds and the running heads and feet around them, as RFCs have.
fn without_page_breaks(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('\u{c}') {
        return text.into();
    }
    let mut kept = String::with_capacity(text.len());
    let mut after_break = false;
    for line in text.split('\n') {
        let footer = line.ends_with(']') && line.contains("[Page ");
        if let Some(rest) = line.strip_prefix('\u{c}') {
            after_break = rest.is_empty();
            if !rest.is_empty() && !rest.starts_with("RFC ") {
                kept.push_str(rest);
            }
        } else if !(footer || after_break && line.starts_with("RFC ")) {
            kept.push_str(&line.replace('\u{c}', ""));
            after_break = after_break && line.is_empty();
        }
        kept.push('\n');
    }
    kept.into()
}

/// Runs of lines between blank ones.
fn blocks<'a, 'b>(lines: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    lines
        .split(|line| line.trim().is_empty())
        .filter(|block| !block.is_empty())
        .collect()
}

/// The lines from the first of one block to the last of a later one, blank ones included.
fn spanning<'a, 'b>(
    lines: &'b [&'a str],
    first: &'b [&'a str],
    last: &'b [&'a str],
) -> &'b [&'a str] {
    let offset =
        |part: &[&str]| (part.as_ptr() as usize - lines.as_ptr() as usize) / size_of::<&str>();
    &lines[offset(first)..offset(last) + last.len()]
}

fn indent(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 8 - columns % 8,
            _ => break,
        }
    }
    columns
}

/// The indentation of most of the text: RFCs, for one, indent all of it.
fn body_indent(blocks: &[&[&str]]) -> usize {
    let mut counts = [0usize; 16];
    for block in blocks
        .iter()
        .filter(|block| block.len() > 1 || block[0].len() > 40)
    {
        for line in *block {
            if let Some(count) = counts.get_mut(indent(line)) {
                *count += 1;
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let lines: usize = counts.iter().sum();
    let base = counts.iter().position(|count| *count == most).unwrap_or(0);
    if most * 2 > lines { base } else { 0 }
}

fn is_code(block: &[&str], base: usize) -> bool {
    let first = block[0].trim_start();
    let least = block.iter().map(|line| indent(line)).min().unwrap_or(0);
    if is_item(first) {
        return false;
    }
    least >= base + 4 || is_drawing(block)
}

/// Columns or boxes, which reflowing would destroy.
fn is_drawing(block: &[&str]) -> bool {
    let drawn = |line: &&&str| {
        let line = line.trim_start();
        line.contains("   ")
            || line.contains('\t')
            || line.starts_with("+-")
            || line.starts_with('|')
    };
    block.len() > 1 && block.iter().filter(drawn).count() * 3 > block.len() * 2
}

fn is_item(line: &str) -> bool {
    ["- ", "* ", "+ ", "o ", "• "]
        .iter()
        .any(|mark| line.starts_with(mark))
}

fn dedented(lines: &[&str]) -> String {
    let filled = || lines.iter().filter(|line| !line.trim().is_empty());
    let least = filled()
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    let mut out = String::new();
    for line in lines {
        out.push_str(line.get(least..).unwrap_or(""));
        out.push('\n');
    }
    out
}

/// The block with its line breaks, list items as such.
fn paragraph(out: &mut String, lines: &[&str]) {
    emit::gap(out);
    let mut in_item = false;
    for line in lines {
        let text = line.trim();
        let item = is_item(text).then(|| text.split_once(' ')).flatten();
        if let Some((_, words)) = item {
            in_item = true;
            out.push_str("- ");
            emit::line_into(out, &emit::escaped(words));
        } else {
            if in_item {
                out.push_str("  ");
            }
            emit::line_into(out, &emit::escaped(text));
        }
        out.push('\n');
    }
}

/// What of a text's one-line blocks are headings, decided over the whole text.
struct Headings {
    numbered: bool,
}

impl Headings {
    fn of(blocks: &[&[&str]]) -> Self {
        let numbered = (0..blocks.len())
            .filter(|at| numbered_title(blocks, *at).is_some())
            .count();
        Self {
            numbered: numbered >= 2,
        }
    }

    fn level<'a>(&self, blocks: &[&[&'a str]], at: usize) -> Option<(usize, &'a str)> {
        let block = blocks[at];
        if let Some(level) = underline(block) {
            return Some((level, block[0].trim()));
        }
        if let Some(level) = numbered_title(blocks, at).filter(|_| self.numbered) {
            return Some((level, block[0]));
        }
        (at + 1 < blocks.len() && is_capitals(block)).then(|| (2, block[0]))
    }
}

/// The level of a title that is underlined over its whole length.
fn underline(block: &[&str]) -> Option<usize> {
    let [title, line, ..] = block else {
        return None;
    };
    let mark = line
        .trim()
        .chars()
        .next()
        .filter(|c| matches!(c, '=' | '-' | '~' | '*' | '^' | '#'))?;
    let (width, length) = (title.trim().chars().count(), line.trim().chars().count());
    let fits = length >= 3 && width.abs_diff(length) <= 2 && width <= 100;
    let has_words = title.chars().any(char::is_alphabetic) && !is_item(title.trim());
    (fits && has_words && line.trim().chars().all(|c| c == mark)).then_some(match mark {
        '=' | '#' | '*' => 1,
        '-' => 2,
        _ => 3,
    })
}

/// `3.1.  Terminology` above text that is not its next item.
fn numbered_title(blocks: &[&[&str]], at: usize) -> Option<usize> {
    let [line] = blocks[at] else { return None };
    let next = blocks.get(at + 1)?[0];
    let level = number_depth(line)?;
    let words = line.split_once(' ')?.1.trim();
    let is_title = words.starts_with(|c: char| c.is_uppercase())
        && words.chars().count() <= 70
        && !words.ends_with(['.', ',', ';', ':', '!'])
        && !words.contains("....");
    let list = number_depth(next).is_some_and(|depth| depth == level);
    (is_title && !list).then_some(level + 1)
}

fn number_depth(line: &str) -> Option<usize> {
    let number = line.split(' ').next()?;
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').take(7).collect();
    let all_numbers = parts
        .iter()
        .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    (all_numbers && number.contains('.') && parts.len() < 7).then_some(parts.len())
}

/// `EXIT STATUS`, alone.
fn is_capitals(block: &[&str]) -> bool {
    let [line] = block else { return false };
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 4
        && line.chars().count() <= 60
        && !line.starts_with(char::is_whitespace)
        && !line.chars().any(char::is_lowercase)
        && line.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | '&' | ',' | '\'' | '(' | ')' | ':')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_only_where_unmistakable() {
        let text = "Title of it\n===========\n\nNAME\n\nfoo does 1. this\n\n1. First step\n\n2. Second step\n";
        assert_eq!(
            markdown(text),
            "# Title of it\n\n## NAME\n\nfoo does 1. this\n\n1\\. First step\n\n2\\. Second step\n"
        );
    }

    #[test]
    fn numbered_titles() {
        let text = "1.  Introduction\n\n   Words of it.\n\n2.  Terms\n\n   More words.\n\n2.1.  Special Terms\n\n   Text.\n";
        let out = markdown(text);
        assert!(
            out.contains("## 1.  Introduction\n") && out.contains("### 2.1.  Special Terms\n"),
            "{out}"
        );
    }

    #[test]
    fn indented_blocks_are_code() {
        let out = markdown("Run this:\n\n    make *all*\n\n      nested\n\nthen that.\n");
        assert_eq!(
            out,
            "Run this:\n\n```\nmake *all*\n\n  nested\n```\n\nthen that.\n"
        );
    }

    #[test]
    fn text_never_becomes_markup() {
        let out = markdown("# no heading\n> no quote\n---\n<b> [x]: y\n");
        assert_eq!(out, "\\# no heading\n\\> no quote\n\\---\n\\<b> [x\\]: y\n");
    }
}
