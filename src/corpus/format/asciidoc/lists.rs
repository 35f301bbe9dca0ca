//! Lists: bulleted, numbered, of callouts, of terms.

use super::super::emit;
use super::blocks::{Converter, broken, delimiter, is_attribute_line, joined};
use super::inline;
use crate::corpus::anchor_mark;

/// Deepest indentation of a list.
const MAX_LEVEL: usize = 8;

enum Marker<'a> {
    Bullet(&'a str),
    Number(&'a str),
    Callout(&'a str),
}

/// Reads the item of a list that begins here; how many lines it has.
pub(super) fn list(converter: &mut Converter, lines: &[&str], out: &mut String) -> Option<usize> {
    if let Some((marker, text)) = marker(lines[0]) {
        return Some(item(converter, &marker, text, lines, out));
    }
    term(lines[0])?;
    Some(described(converter, lines, out))
}

fn marker(line: &str) -> Option<(Marker<'_>, &str)> {
    let line = line.trim_start();
    let (mark, text) = line.split_once(' ')?;
    if text.trim().is_empty() {
        return None;
    }
    let all = |c: u8| !mark.is_empty() && mark.len() <= 5 && mark.bytes().all(|b| b == c);
    let digits = mark.strip_suffix('.').filter(|digits| {
        !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit())
    });
    let callout = mark
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .filter(|n| *n == "." || n.bytes().all(|b| b.is_ascii_digit()) && !n.is_empty());
    let marker = if all(b'*') || mark == "-" || mark == "•" {
        Marker::Bullet(mark)
    } else if all(b'.') || digits.is_some() || matches!(mark, "a." | "b." | "c." | "d.") {
        Marker::Number(if digits.is_some() { "1." } else { mark })
    } else {
        Marker::Callout(callout?)
    };
    Some((marker, text.trim_start()))
}

/// `term::`, and what stands behind it.
fn term(line: &str) -> Option<(&str, &str)> {
    let trimmed = line.trim_start();
    for mark in ["::::", ":::", "::", ";;"] {
        let found = match trimmed.strip_suffix(mark) {
            Some(term) => Some((term, "")),
            None => trimmed
                .match_indices(mark)
                .take(4)
                .find(|(at, _)| trimmed[at + mark.len()..].starts_with(' '))
                .map(|(at, _)| (&trimmed[..at], trimmed[at + mark.len()..].trim())),
        };
        if let Some((term, text)) =
            found.filter(|(term, _)| !term.is_empty() && !term.ends_with([':', ' ']))
        {
            return Some((term, text));
        }
    }
    None
}

fn item(
    converter: &mut Converter,
    marker: &Marker<'_>,
    text: &str,
    lines: &[&str],
    out: &mut String,
) -> usize {
    let key = match marker {
        Marker::Bullet(mark) | Marker::Number(mark) => *mark,
        Marker::Callout(_) => "<",
    };
    let known = converter.markers.iter().position(|(known, _)| known == key);
    let level = known.unwrap_or(converter.markers.len());
    converter.markers.truncate(level + 1);
    if known.is_none() {
        converter.markers.push((key.to_owned(), 0));
    }
    converter.markers[level].1 += 1;
    let mark = match marker {
        Marker::Bullet(_) => "- ".to_owned(),
        Marker::Callout(number) if *number != "." => format!("{number}. "),
        Marker::Number(_) | Marker::Callout(_) => format!("{}. ", converter.markers[level].1),
    };
    let own = 1 + lines[1..].iter().take_while(|line| continues(line)).count();
    let mut body = vec![text];
    body.extend(&lines[1..own]);
    let mut markdown = String::new();
    emit::paragraph(&mut markdown, &broken(&joined(&body)));
    let count = attached(converter, lines, own, &mut markdown);
    let indent = "   ".repeat(level.min(MAX_LEVEL));
    let in_list = level > 0
        || out.trim_end().rsplit('\n').next().is_some_and(|last| {
            last.trim_start().starts_with(&mark)
                || last.starts_with("   ")
                || converter.markers[level].1 > 1
        });
    if !in_list || markdown.trim().contains("\n\n") {
        emit::gap(out);
    }
    let inner = markdown.trim();
    emit::nested(
        out,
        inner,
        &format!("{indent}{mark}"),
        &format!("{indent}{}", " ".repeat(mark.len())),
    );
    count
}

/// Whether a line goes on with an item's text.
fn continues(line: &str) -> bool {
    !line.is_empty()
        && line != "+"
        && marker(line).is_none()
        && term(line).is_none()
        && !is_attribute_line(line)
        && delimiter(line).is_none()
        && !line.starts_with("|===")
}

/// Blocks that `+` joins to an item, from line `at` on; where they end.
fn attached(converter: &mut Converter, lines: &[&str], mut at: usize, out: &mut String) -> usize {
    loop {
        let blank = lines[at..]
            .iter()
            .take_while(|line| line.is_empty())
            .count();
        let Some(line) = lines.get(at + blank) else {
            return at;
        };
        // Indented text belongs to the item even without a `+`.
        let literal = blank > 0
            && line.starts_with([' ', '\t'])
            && marker(line).is_none()
            && term(line).is_none();
        if *line != "+" && !literal {
            return at;
        }
        let start = at + blank + usize::from(*line == "+");
        let start = start
            + lines[start..]
                .iter()
                .take_while(|line| line.is_empty())
                .count();
        let end = block_end(lines, start);
        if end == start {
            return start;
        }
        let body = &lines[start..end];
        let inner = if literal {
            // Git's manual indents paragraphs of explanation so; asciidoc takes it for code.
            let mut code = String::new();
            emit::fence(
                &mut code,
                "",
                &body
                    .iter()
                    .map(|line| line.trim_start())
                    .collect::<Vec<_>>()
                    .join("\n"),
            );
            code
        } else {
            converter.inner(body)
        };
        emit::gap(out);
        out.push_str(inner.trim_matches('\n'));
        out.push('\n');
        at = end;
    }
}

/// The end of the one block that begins at `start`, with the attributes above it.
fn block_end(lines: &[&str], start: usize) -> usize {
    let above = lines[start..]
        .iter()
        .take_while(|line| {
            is_attribute_line(line)
                || (line.starts_with('.')
                    && !line.starts_with("..")
                    && line.len() > 1
                    && !line.starts_with(". "))
        })
        .count();
    let first = start + above;
    let Some(line) = lines.get(first) else {
        return lines.len();
    };
    let closes = delimiter(line)
        .map(|(kind, _)| if kind == '`' { "```" } else { *line })
        .or_else(|| line.starts_with("|===").then_some(*line));
    if let Some(end) = closes {
        return lines[first + 1..]
            .iter()
            .position(|line| *line == end)
            .map_or(lines.len(), |at| first + 1 + at + 1);
    }
    if marker(line).is_some() {
        return first
            + 1
            + lines[first + 1..]
                .iter()
                .take_while(|line| continues(line) || marker(line).is_some())
                .count();
    }
    // As in a list's own text, an item ends the paragraph.
    first
        + lines[first..]
            .iter()
            .enumerate()
            .take_while(|(at, line)| {
                if *at == 0 {
                    !line.is_empty() && **line != "+"
                } else {
                    continues(line)
                }
            })
            .take(10_000)
            .count()
}

/// Terms and their text, in one paragraph of lines so that they are found together.
fn described(converter: &mut Converter, lines: &[&str], out: &mut String) -> usize {
    let mut terms = Vec::new();
    let mut at = 0;
    let mut text = "";
    while let Some((name, behind)) = lines.get(at).and_then(|line| term(line)) {
        terms.push(shown(name));
        text = behind;
        at += 1;
        if !text.is_empty() {
            break;
        }
    }
    if text.is_empty() && lines.get(at).is_some_and(|line| line.is_empty()) {
        let blank = lines[at..]
            .iter()
            .take_while(|line| line.is_empty())
            .count();
        if lines.get(at + blank).is_some_and(|line| {
            line.starts_with([' ', '\t']) && marker(line).is_none() && term(line).is_none()
        }) {
            at += blank;
        }
    }
    let own = lines[at..]
        .iter()
        .take_while(|line| continues(line))
        .count();
    let mut body = Some(text)
        .filter(|text| !text.is_empty())
        .into_iter()
        .collect::<Vec<_>>();
    body.extend(&lines[at..at + own]);
    let mut markdown = String::new();
    emit::paragraph(&mut markdown, &broken(&joined(&body)));
    converter.markers.clear();
    let count = attached(converter, lines, at + own, &mut markdown);
    emit::paragraph(out, &terms.join("\n"));
    let markdown = markdown.trim_matches('\n');
    if !markdown.is_empty() {
        if body.is_empty() {
            emit::gap(out);
        }
        out.push_str(markdown);
        out.push('\n');
    }
    count.max(1)
}

/// Options stand as code, other terms in bold, each with the address that it has: `[[id]]term::`.
fn shown(term: &str) -> String {
    let term = term.trim();
    let (anchor, term) = match term.strip_prefix("[[").and_then(|it| it.split_once("]]")) {
        Some((id, term)) => (id.split(',').next(), term.trim_start()),
        None => (None, term),
    };
    let mut line = words(term);
    if !line.is_empty() {
        line.extend(anchor.and_then(anchor_mark::mark));
    }
    line
}

fn words(term: &str) -> String {
    let mut out = String::new();
    if term.starts_with('-') && !term.contains(['`', '_', '\'']) {
        emit::code_into(&mut out, term);
        return out;
    }
    let words = inline::markdown(term);
    if words.contains(['`', '*']) {
        words
    } else {
        format!("**{words}**")
    }
}
