//! Lists: bulleted, numbered, of fields, of options, of definitions.

use super::super::emit;
use super::blocks::Converter;
use super::{dedented, indent, indented};

/// Reads the item of a list that begins here; how many lines it has.
pub(super) fn list(
    converter: &mut Converter<'_>,
    lines: &[&str],
    out: &mut String,
) -> Option<usize> {
    bullet(converter, lines, out)
        .or_else(|| numbered(converter, lines, out))
        .or_else(|| field(converter, lines, out))
        .or_else(|| option(converter, lines, out))
        .or_else(|| definition(converter, lines, out))
}

fn bullet(converter: &mut Converter<'_>, lines: &[&str], out: &mut String) -> Option<usize> {
    let line = lines[0];
    let mark = line
        .chars()
        .next()
        .filter(|c| matches!(c, '-' | '*' | '+' | '•'))?;
    let rest = &line[mark.len_utf8()..];
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let width = 1 + indent(rest);
    Some(item(converter, lines, rest.trim_start(), width, "- ", out))
}

/// `1.`, `#.`, `(a)`, `iv)`: letters and Roman numbers only where the next line confirms it.
fn numbered(converter: &mut Converter<'_>, lines: &[&str], out: &mut String) -> Option<usize> {
    let line = lines[0];
    let body = line.strip_prefix('(').unwrap_or(line);
    let length = body
        .bytes()
        .take(6)
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#')
        .count();
    let number = &body[..length];
    let rest = body[length..].strip_prefix(if body.len() < line.len() {
        &[')'][..]
    } else {
        &['.', ')'][..]
    })?;
    let is_number =
        number == "#" || (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    let is_letter = length == 1
        || (length > 0
            && number
                .bytes()
                .all(|b| matches!(b, b'i' | b'v' | b'x' | b'I' | b'V' | b'X')));
    if !(is_number || is_letter) || !rest.starts_with(' ') || rest.trim().is_empty() {
        return None;
    }
    let width = line.len() - rest.len() + indent(rest);
    let confirmed = lines.get(1).is_none_or(|next| {
        next.is_empty()
            || indent(next) >= width
            || next.starts_with(|c: char| c == '#' || c.is_ascii_digit())
    });
    if !confirmed {
        return None;
    }
    let mark = match number {
        number if is_number && number != "#" => format!("{number}. "),
        _ => format!("{}. ", last_number(out) + 1),
    };
    Some(item(converter, lines, rest.trim_start(), width, &mark, out))
}

/// The number of the item that the text ends in, 0 where it ends in none.
fn last_number(out: &str) -> usize {
    let lines = out.trim_end().rsplit('\n').take(200);
    lines
        .take_while(|line| {
            line.is_empty() || line.starts_with([' ', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        })
        .find(|line| !line.is_empty() && !line.starts_with(' '))
        .and_then(|line| line.split_once(". ")?.0.parse().ok())
        .filter(|number| *number < 1_000_000)
        .unwrap_or(0)
}

fn item(
    converter: &mut Converter<'_>,
    lines: &[&str],
    first: &str,
    width: usize,
    mark: &str,
    out: &mut String,
) -> usize {
    // Text may hang less far than the mark is wide; docutils warns and goes on.
    let count = 1 + indented(&lines[1..]);
    let mut body = vec![first];
    let rest = &lines[1..count];
    let hangs_less = rest
        .iter()
        .any(|line| !line.is_empty() && indent(line) < width);
    if hangs_less {
        body.extend(dedented(rest));
    } else {
        body.extend(rest.iter().map(|line| line.get(width..).unwrap_or("")));
    }
    let inner = converter.inner(&body);
    let inner = inner.trim_matches('\n');
    let in_list = out.trim_end().rsplit('\n').next().is_some_and(|last| {
        last.starts_with(&mark[mark.len() - 2..])
            || last.starts_with("- ")
            || last.starts_with("  ")
    });
    if !in_list || inner.contains("\n\n") {
        emit::gap(out);
    }
    emit::nested(out, inner, mark, &" ".repeat(mark.len()));
    count
}

/// `:name: text`
pub(super) fn field_name(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix(':')?;
    let end = rest.bytes().take(100).enumerate().position(|(at, b)| {
        b == b':' && matches!(rest.as_bytes().get(at + 1), None | Some(b' '))
    })?;
    let name = &rest[..end];
    (!name.is_empty() && !name.starts_with(' ') && !name.contains('`'))
        .then(|| (name, rest[end + 1..].trim()))
}

/// Fields that say something of the file, not to its reader.
const METADATA: &[&str] = &[
    "orphan",
    "nosearch",
    "tocdepth",
    "nocomments",
    "author",
    "authors",
    "organization",
    "contact",
    "address",
    "version",
    "status",
    "date",
    "copyright",
    "field-list",
    "revision",
    "keywords",
];

fn field(converter: &mut Converter<'_>, lines: &[&str], out: &mut String) -> Option<usize> {
    let (name, text) = field_name(lines[0])?;
    let count = 1 + indented(&lines[1..]);
    let is_metadata = METADATA.contains(&name.to_ascii_lowercase().as_str());
    if is_metadata && (converter.is_at_top(out) || name == "orphan") {
        return Some(count);
    }
    let mut body = vec![text];
    body.extend(dedented(&lines[1..count]));
    let inner = converter.inner(&body);
    let name = converter.inline(name);
    if out
        .trim_end()
        .rsplit('\n')
        .next()
        .is_none_or(|last| !last.starts_with("- **"))
    {
        emit::gap(out);
    }
    emit::nested(
        out,
        &format!("**{name}:** {}", inner.trim_matches('\n')),
        "- ",
        "  ",
    );
    Some(count)
}

/// `-a FILE, --all=FILE  text`
fn option(converter: &mut Converter<'_>, lines: &[&str], out: &mut String) -> Option<usize> {
    let line = lines[0];
    let named = line
        .strip_prefix("--")
        .or_else(|| line.strip_prefix('-'))
        .or_else(|| line.strip_prefix('/'))?;
    if !named.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let (options, text) = line.split_once("  ").unwrap_or((line, ""));
    let hangs = lines.get(1).is_some_and(|next| next.starts_with(' '));
    let words_fit = options
        .split([' ', ',', '|'])
        .filter(|word| !word.is_empty())
        .count()
        <= 6
        && options.len() <= 100;
    if !words_fit || (text.is_empty() && !hangs) {
        return None;
    }
    let count = 1 + indented(&lines[1..]);
    let mut body = vec![text.trim()];
    body.extend(dedented(&lines[1..count]));
    let mut term = String::new();
    emit::code_into(&mut term, options);
    described(out, &term, &converter.inner(&body));
    Some(count)
}

/// A line, and below it, indented, what it means.
fn definition(converter: &mut Converter<'_>, lines: &[&str], out: &mut String) -> Option<usize> {
    if lines[0].starts_with(' ') || lines[0].ends_with("::") || !lines.get(1)?.starts_with(' ') {
        return None;
    }
    let count = 1 + indented(&lines[1..]);
    let term = term(converter, lines[0]);
    let inner = converter.inner(&dedented(&lines[1..count]));
    described(out, &term, &inner);
    Some(count)
}

fn term(converter: &Converter<'_>, text: &str) -> String {
    let term = converter.inline(text);
    if term.contains(['`', '*', '[']) {
        term
    } else {
        format!("**{term}**")
    }
}

/// Terms of a glossary: each may have several lines, and all of them name the text.
pub(super) fn glossary(converter: &mut Converter<'_>, lines: &[&str], out: &mut String) {
    let mut at = 0;
    while at < lines.len() {
        if lines[at].is_empty() || lines[at].starts_with(".. ") {
            at += 1;
            continue;
        }
        let terms = lines[at..]
            .iter()
            .take_while(|line| !line.is_empty() && !line.starts_with(' '))
            .count();
        let body = indented(&lines[at + terms..]);
        for name in &lines[at..at + terms] {
            converter.alias(super::normalized(name));
        }
        let names: Vec<_> = lines[at..at + terms]
            .iter()
            .map(|name| term(converter, name))
            .collect();
        let inner = converter.inner(&dedented(&lines[at + terms..at + terms + body]));
        described(out, &names.join(", "), &inner);
        at += (terms + body).max(1);
    }
}

/// A term and its text in one paragraph, so that they are found together.
pub(super) fn described(out: &mut String, term: &str, text: &str) {
    emit::paragraph(out, term);
    let text = text.trim_matches('\n');
    if text.is_empty() {
        return;
    }
    let is_block = ["```", "- ", "> ", "| ", "#", "1. "]
        .iter()
        .any(|mark| text.starts_with(mark));
    if is_block {
        emit::gap(out);
    }
    out.push_str(text);
    out.push('\n');
}
