//! Lines that are terms: what they define stands below them, or behind them in an item of a list.

use super::line::{Run, Style, Text, plain};
use super::named::Named;
use super::names::{is_marked, of_term};
use super::words::{is_operator, is_path, is_single};
use crate::corpus::entry::EntryKind;

/// A term of words has no more of them.
const MAX_WORDS: usize = 6;
/// A line of code or of options, no more.
const MAX_CODE_WORDS: usize = 40;

/// The names of a paragraph whose first lines are terms, with their text behind or below it. `is_announced`: the text before it
/// ends on a colon.
pub(super) fn of_paragraph(text: &Text, is_announced: bool) -> Option<Named> {
    let lines = &text.lines;
    if let [line] = lines.as_slice()
        && let [only] = line.as_slice()
        && only.style == Style::Plain
    {
        let name = only.text.trim();
        let is_name = !is_announced && is_name_alone(name);
        let names = vec![name.to_owned()];
        return is_name.then_some(Named {
            kind: EntryKind::Term,
            names,
        });
    }
    let count = lines.iter().take_while(|line| is_term(line)).count();
    let is_alone = count == lines.len();
    let first = lines.first()?;
    if count == 0 || is_alone && (text.is_cut || is_announced || !stands_alone(first)) {
        return None;
    }
    all_of(&lines[..count])
}

/// The names of a list's item that begins with them, and whether that is by chance, unless all items of the list do.
pub(super) fn of_lead(text: &Text, is_ordered: bool) -> Option<(Named, bool)> {
    let (first, more) = text.lines.split_first()?;
    let leading = leading(first)?;
    let rest = plain(&first[leading..]);
    let last = first[..leading]
        .iter()
        .rev()
        .find(|run| run.style != Style::Plain)?;
    let style = first.iter().find(|run| !run.text.trim().is_empty())?.style;
    let closes = style == Style::Strong && last.text.trim_end().ends_with([':', '.']);
    let rest = rest.trim_start();
    let behind = without_brackets(rest);
    let behind = behind.trim_start();
    let defines = rest.starts_with([':', '–', '—', '→', '='])
        || ["- ", "-- ", "(→"]
            .iter()
            .any(|dash| rest.starts_with(dash))
        || closes;
    let is_whole = rest.is_empty() && (!text.is_cut || !more.is_empty());
    let is_bracketed = rest.starts_with(['(', '['])
        && (behind.is_empty()
            || behind.starts_with([':', '–', '—', ',', '→'])
            || behind.starts_with("- "));
    let is_sure = defines || (is_whole || is_bracketed) && !is_ordered && style != Style::Emphasis;
    let is_name = first
        .iter()
        .find(|run| run.style != Style::Plain)
        .is_some_and(|run| match style {
            Style::Code => is_single(&run.text) || is_sure,
            Style::Strong => run.text.split_whitespace().count() <= MAX_WORDS,
            _ => is_sure && run.text.split_whitespace().count() <= 3,
        });
    let may_be = !is_ordered && style == Style::Code && !rest.starts_with([',', '/']);
    if !is_name || !is_sure && !may_be {
        return None;
    }
    let end = match is_bracketed || rest.contains('→') {
        true => first.len(),
        false => leading,
    };
    let mut named = of_term(&first[..end])?;
    // Other forms of a function stand below it, each with what it returns.
    for line in more
        .iter()
        .take_while(|line| plain(line).contains('→') && is_term(line))
    {
        named.extend(of_term(line)?);
    }
    Some((named, !is_sure))
}

fn all_of(lines: &[Vec<Run>]) -> Option<Named> {
    let mut all: Option<Named> = None;
    for line in lines {
        match (&mut all, of_term(line)) {
            (Some(all), Some(more)) => all.extend(more),
            (none, more) => *none = more,
        }
    }
    all
}

/// How many runs at the beginning of a line are names with what stands between them.
fn leading(line: &[Run]) -> Option<usize> {
    let mut end = 0;
    for (at, run) in line.iter().enumerate() {
        let is_between = matches!(run.text.trim(), "" | "," | "/" | "|" | "or" | "and");
        match run.style {
            Style::Plain if is_between => {}
            Style::Plain => break,
            _ if run.is_link => break,
            _ => end = at + 1,
        }
    }
    (end > 0).then_some(end)
}

/// Whether a line is a term and no sentence.
fn is_term(line: &[Run]) -> bool {
    let Some(first) = line.iter().find(|run| !run.text.trim().is_empty()) else {
        return false;
    };
    let text = plain(line);
    let words = text.split_whitespace().count();
    if first.is_link || first.style == Style::Plain || words > MAX_CODE_WORDS {
        return false;
    }
    let is_option = text.trim_start().starts_with('-') && first.style != Style::Plain;
    let is_strong_only =
        first.style == Style::Strong && line.iter().all(|run| run.style != Style::Code);
    if is_strong_only && !is_option {
        let strong = first.text.trim_end();
        let is_label = strong.ends_with([':', '.', '!', '?']) || is_label(strong);
        if is_label || first.text.split_whitespace().count() > MAX_WORDS {
            return false;
        }
    }
    if first.style == Style::Emphasis && !is_option {
        let mut names = line.iter().filter(|run| run.style == Style::Emphasis);
        let is_name = |run: &Run| {
            run.text
                .split(", ")
                .all(|it| is_single(it) && is_marked(it))
        };
        if !names.all(is_name) {
            return false;
        }
    }
    let plain: String = line
        .iter()
        .map(|run| match run.style {
            Style::Plain => run.text.as_str(),
            _ => "\u{1}",
        })
        .collect();
    let outside = without_all_brackets(&plain);
    let outside = outside.split("→").next().unwrap_or_default();
    let prose = outside
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "or" | "and"));
    prose.count() <= if is_option { 6 } else { 0 }
}

/// Whether a term is one without text in its paragraph.
fn stands_alone(line: &[Run]) -> bool {
    let Some(first) = line.iter().find(|run| run.style != Style::Plain) else {
        return false;
    };
    let is_one = first.style == Style::Code
        && is_single(&first.text)
        && is_path(first.text.trim_end_matches("()"));
    let text = plain(line);
    first.style == Style::Strong || is_one || text.trim_start().starts_with("--")
}

/// Words that say of what follows what kind of text it is.
fn is_label(text: &str) -> bool {
    const LABELS: &[&str] = &[
        "attention",
        "caution",
        "danger",
        "example",
        "examples",
        "hint",
        "history",
        "important",
        "note",
        "notes",
        "parameters",
        "returns",
        "see also",
        "syntax",
        "tip",
        "usage",
        "warning",
    ];
    LABELS.binary_search(&text.to_lowercase().as_str()).is_ok()
}

/// Whether a word by itself in a paragraph names what follows.
fn is_name_alone(name: &str) -> bool {
    is_single(name)
        && is_path(name)
        && name.len() >= 4
        && !is_operator(name)
        && !name.contains("//")
        && !name.ends_with(['.', ':', '!', '?'])
        && (name.contains(['_', '$']) || name.contains("::") || name.starts_with("--"))
}

/// A text without the brackets that it begins with.
fn without_brackets(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &text[at + 1..];
                }
            }
            _ if depth == 0 => return text,
            _ => {}
        }
    }
    text
}

/// A text without all that stands in brackets.
fn without_all_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            other if depth == 0 => out.push(other),
            _ => {}
        }
    }
    out
}
