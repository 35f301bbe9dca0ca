//! Which blocks of a plain text are headings: decided over the whole text.

use super::{indent, is_drawing, is_item};

/// Blocks at the start of a text that may be its title.
const TOP: usize = 4;
/// Lines that stand further in are in the middle of the line.
const CENTRED: usize = 8;

/// What of a text's blocks are headings.
pub(super) struct Headings {
    numbered: bool,
    /// Its sections are indented below headings in capitals, as a manual page's are.
    is_manual: bool,
    /// What most of the text is indented by.
    base: usize,
    /// The block that is the title, and the title.
    title: Option<(usize, String)>,
    /// The first and last lines of a printed manual page.
    ends: [Option<usize>; 2],
}

impl Headings {
    pub(super) fn of(blocks: &[&[&str]], base: usize, has_title: bool) -> Self {
        let count =
            |is: &dyn Fn(usize) -> bool| (0..blocks.len()).filter(|at| is(*at)).take(2).count();
        let is_above = |at: usize| {
            is_capitals(blocks[at]) && blocks.get(at + 1).is_some_and(|next| indent(next[0]) >= 2)
        };
        let mut headings = Self {
            numbered: count(&|at| numbered_title(blocks, at).is_some()) == 2,
            is_manual: base >= 4 && count(&is_above) == 2,
            base,
            title: None,
            ends: [None, None],
        };
        if has_title {
            headings.find_title(blocks);
        }
        headings
    }

    /// Whether a block is left out: it says what the title says.
    pub(super) fn is_passed_over(&self, at: usize) -> bool {
        let is_title = self.title.as_ref().is_some_and(|(title, _)| *title == at);
        !is_title && self.ends.contains(&Some(at))
    }

    /// The level and text of a heading.
    pub(super) fn level(&self, blocks: &[&[&str]], at: usize) -> Option<(usize, String)> {
        let block = blocks[at];
        if let Some((title, text)) = &self.title
            && *title == at
        {
            return Some((1, text.clone()));
        }
        if let Some((_, level, title)) = underlined(block) {
            return Some((level, title.to_owned()));
        }
        let [line] = block else { return None };
        if let Some(level) = numbered_title(blocks, at).filter(|_| self.numbered) {
            return Some((level, line.trim().to_owned()));
        }
        if let Some(title) = between_marks(line) {
            return Some((2, title.to_owned()));
        }
        let next = blocks.get(at + 1)?[0];
        if is_capitals(block)
            || self.base >= 2 && indent(line) == 0 && indent(next) >= 2 && is_title(line)
        {
            return Some((2, (*line).to_owned()));
        }
        self.subheading(line, next)
    }

    /// `   Rare options` of a manual page.
    fn subheading(&self, line: &str, next: &str) -> Option<(usize, String)> {
        let is_between = indent(line) == 3 && indent(next) >= 6;
        (self.is_manual && is_between && is_title(line.trim())).then(|| (3, line.trim().to_owned()))
    }

    fn find_title(&mut self, blocks: &[&[&str]]) {
        let Some(first) = blocks.first() else { return };
        if let Some(name) = manual_page(first[0]) {
            self.title = Some((0, name));
            let last = blocks.len() - 1;
            let is_same =
                blocks[last].len() == 1 && last > 0 && manual_page(blocks[last][0]).is_some();
            self.ends = [None, is_same.then_some(last)];
            return;
        }
        let rfc = first
            .iter()
            .find_map(|line| line.trim_start().strip_prefix("Request for Comments:"));
        let rfc = rfc.and_then(|rest| rest.split_whitespace().next());
        for (at, block) in blocks.iter().enumerate().take(TOP) {
            if blocks.len() == at + 1
                || underlined(block).is_some()
                || numbered_title(blocks, at).is_some()
            {
                return;
            }
            let is_centred = block.len() <= 3
                && block
                    .iter()
                    .all(|line| indent(line) >= CENTRED.max(self.base + 4));
            let line = block[0].trim();
            let is_line = block.len() == 1 && at == 0 && indent(block[0]) <= self.base.max(3);
            if (is_centred || is_line) && is_title(line) {
                let title = match rfc {
                    Some(number) => format!("RFC {number}: {line}"),
                    None => line.to_owned(),
                };
                self.title = Some((at, title));
                return;
            }
            // Who has written it, and when, may stand above.
            if !is_drawing(block) && !is_centred {
                return;
            }
        }
    }
}

/// `LS(1)                    User Commands                    LS(1)`: `ls(1)`.
fn manual_page(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (first, last) = (words.next()?, words.next_back()?);
    let section = first
        .strip_suffix(')')?
        .split_once('(')
        .filter(|(name, _)| !name.is_empty())?
        .1;
    let is_section = section.starts_with(|c: char| c.is_ascii_digit()) && section.len() <= 8;
    let is_page = is_section
        && last
            .strip_suffix(')')
            .is_some_and(|last| last.contains('('));
    let is_apart = line.contains("   ");
    (is_page && is_apart).then(|| first.to_lowercase())
}

/// Whether a line may be a title: a few words that make no sentence.
pub(super) fn is_title(line: &str) -> bool {
    let words = line.split_whitespace().count();
    (1..=12).contains(&words)
        && line.chars().count() <= 80
        && line.starts_with(|c: char| {
            c.is_uppercase() || c.is_numeric() || !c.is_ascii() || c.is_alphabetic() && words <= 6
        })
        && line.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && !line.ends_with(['.', ',', ';', ':', '!', '?', '{', '}', '\\', '='])
        && !is_item(line)
        && !line.contains("   ")
        && !line.contains('\t')
        && !line.contains("://")
}

/// A title that is underlined over its whole length, or stands between two such lines: how many lines that is, the level, the
/// title.
pub(super) fn underlined<'a>(block: &[&'a str]) -> Option<(usize, usize, &'a str)> {
    let (lines, title, line) = match block {
        [over, title, under, ..] if is_rule(over) && over.trim() == under.trim() => {
            (3, title, under)
        }
        [title, under, ..] => (2, title, under),
        _ => return None,
    };
    let mark = line
        .trim()
        .chars()
        .next()
        .filter(|c| matches!(c, '=' | '-' | '~' | '*' | '^' | '#'))?;
    let (width, length) = (title.trim().chars().count(), line.trim().chars().count());
    let fits = length >= 3
        && width <= 100
        && (width.abs_diff(length) <= 2 || lines == 3 && width <= length);
    let has_words = title.chars().any(char::is_alphabetic) && !is_item(title.trim());
    let level = match mark {
        '=' | '#' | '*' => 1,
        '-' => 2,
        _ => 3,
    };
    (fits && has_words && line.trim().chars().all(|c| c == mark)).then_some((
        lines,
        level,
        title.trim(),
    ))
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3
        && line.starts_with(['=', '-', '~', '*', '^', '#'])
        && line.bytes().all(|byte| byte == line.as_bytes()[0])
}

/// `== Options ==`, `*** Files ***`.
fn between_marks(line: &str) -> Option<&str> {
    let line = line.trim();
    let mark = line
        .chars()
        .next()
        .filter(|c| matches!(c, '=' | '*' | '-' | '#' | '+'))?;
    let title = line.trim_start_matches(mark);
    let before = line.len() - title.len();
    let title = title.strip_prefix(' ')?;
    let words = title.trim_end_matches(mark);
    let after = title.len() - words.len();
    let words = words.strip_suffix(' ')?.trim();
    (before >= 2 && before == after && is_title(words)).then_some(words)
}

/// `3.1.  Terminology` above text that is not its next item.
fn numbered_title(blocks: &[&[&str]], at: usize) -> Option<usize> {
    let [line] = blocks[at] else { return None };
    let next = blocks.get(at + 1)?[0];
    let level = number_depth(line)?;
    let words = line.strip_prefix("Appendix ").unwrap_or(line);
    let words = words.split_once(' ')?.1.trim();
    let is_title = words.starts_with(|c: char| c.is_uppercase())
        && words.chars().count() <= 70
        && !words.ends_with(['.', ',', ';', ':', '!'])
        && !words.contains("....");
    let list = number_depth(next).is_some_and(|depth| depth == level);
    (is_title && !list).then_some(level + 1)
}

fn number_depth(line: &str) -> Option<usize> {
    let appendix = line.strip_prefix("Appendix ");
    let number = appendix.unwrap_or(line).split(' ').next()?;
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').take(7).collect();
    let is_letter = |part: &str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_uppercase());
    let is_number =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let (first, rest) = parts.split_first()?;
    let is_first = is_number(first) || is_letter(first) && (appendix.is_some() || !rest.is_empty());
    let all_numbers = is_first && rest.iter().all(|part| is_number(part));
    (all_numbers && number.contains('.') && parts.len() < 7).then_some(parts.len())
}

/// `EXIT STATUS`, alone.
pub(super) fn is_capitals(block: &[&str]) -> bool {
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
