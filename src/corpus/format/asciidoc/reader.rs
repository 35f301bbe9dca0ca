//! What AsciiDoc does before it reads blocks: comments, conditions, includes, attributes.

use std::collections::HashMap;

use crate::corpus::{document::Source, path::join};

/// Bounds on what a page can pull in or blow up to.
const MAX_INCLUDES: usize = 64;
const MAX_INCLUDE_DEPTH: usize = 8;
const MAX_INCLUDED: usize = 2 << 20;
const MAX_ATTRIBUTES: usize = 1000;
const MAX_VALUE: usize = 500;
const MAX_GROWTH: usize = 2 << 20;

pub(super) struct Read {
    pub(super) lines: Vec<String>,
    pub(super) attributes: HashMap<String, String>,
}

/// The page's lines, as the blocks are made of.
pub(super) fn read(source: &Source<'_>) -> Read {
    let mut reader = Reader {
        source,
        attributes: HashMap::new(),
        lines: Vec::new(),
        verbatim: None,
        skipping: 0,
        includes: 0,
        included: 0,
        growth: 0,
        substitutes: false,
        in_comment: 0,
    };
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    let mut lines: Vec<String> = source.text.lines().rev().map(str::to_owned).collect();
    let mut path = source.path.to_owned();
    loop {
        let Some(line) = lines.pop() else {
            let Some((outer_path, outer)) = open.pop() else {
                break;
            };
            (path, lines) = (outer_path, outer);
            continue;
        };
        if let Some((name, options)) = reader.take(&line) {
            let included = (open.len() < MAX_INCLUDE_DEPTH)
                .then(|| reader.include(&path, &name, &options))
                .flatten();
            if let Some((file, text)) = included {
                let chosen = selected(&text, &options);
                open.push((
                    std::mem::replace(&mut path, file),
                    std::mem::take(&mut lines),
                ));
                lines = chosen.into_iter().rev().map(str::to_owned).collect();
            }
        }
    }
    Read {
        lines: reader.lines,
        attributes: reader.attributes,
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    attributes: HashMap<String, String>,
    lines: Vec<String>,
    /// The delimiter that ends the verbatim block that is open.
    verbatim: Option<String>,
    /// Whether that block has its attributes substituted.
    substitutes: bool,
    /// How long the delimiter of the comment is that is open; 0 where none is.
    in_comment: usize,
    /// How many conditions are open since one did not hold.
    skipping: usize,
    includes: usize,
    included: usize,
    growth: usize,
}

fn is_comment_delimiter(line: &str) -> bool {
    line.len() >= 4 && line.bytes().all(|byte| byte == b'/')
}

/// Whether an expression compares two numbers or two strings, and in vain.
fn is_false(expression: &str) -> bool {
    const OPERATORS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];
    let places = OPERATORS
        .into_iter()
        .filter_map(|operator| Some((expression.find(operator)?, operator)));
    // The longer of two at the same place comes first.
    let Some((at, operator)) = places.min_by_key(|(at, operator)| (*at, 2 - operator.len())) else {
        return false;
    };
    let (left, right) = (
        expression[..at].trim(),
        expression[at + operator.len()..].trim(),
    );
    let quoted = |side: &str| {
        let string = ['"', '\'']
            .into_iter()
            .find_map(|quote| side.strip_prefix(quote)?.strip_suffix(quote));
        string
            .filter(|string| !string.contains('{'))
            .map(str::to_owned)
    };
    let order = match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left.partial_cmp(&right),
        _ => quoted(left)
            .zip(quoted(right))
            .map(|(left, right)| left.cmp(&right)),
    };
    order.is_some_and(|order| !match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<=" => order.is_le(),
        ">=" => order.is_ge(),
        "<" => order.is_lt(),
        _ => order.is_gt(),
    })
}

impl Reader<'_> {
    /// Takes a line; the name and options of a file that belongs in its place.
    fn take(&mut self, line: &str) -> Option<(String, String)> {
        let trimmed = line.trim_end();
        if let Some(rest) = trimmed.strip_prefix("endif::") {
            let _ = rest;
            self.skipping = self.skipping.saturating_sub(1);
            return None;
        }
        for (directive, wanted) in [("ifdef::", true), ("ifndef::", false)] {
            if let Some((names, text)) = trimmed
                .strip_prefix(directive)
                .and_then(|rest| rest.split_once('['))
            {
                let holds = self.defined(names) == wanted;
                let text = text.trim_end_matches(']');
                if !text.is_empty() {
                    if holds && self.skipping == 0 {
                        self.push(text);
                    }
                } else if self.skipping > 0 || !holds {
                    self.skipping += 1;
                }
                return None;
            }
        }
        // What it guards is kept, unless its expression is false whoever reads it.
        if let Some(expression) = trimmed.strip_prefix("ifeval::") {
            let expression = expression.trim_start_matches('[').trim_end_matches(']');
            let skips = self.skipping > 0 || is_false(&self.substituted(expression));
            self.skipping += usize::from(skips);
            return None;
        }
        if self.skipping > 0 {
            return None;
        }
        if self.in_comment > 0 {
            if is_comment_delimiter(trimmed) && trimmed.len() == self.in_comment {
                self.in_comment = 0;
            }
            return None;
        }
        if let Some((name, options)) = trimmed
            .strip_prefix("include::")
            .and_then(|rest| rest.strip_suffix(']')?.split_once('['))
        {
            let name = self.substituted(name);
            return Some((name, options.to_owned()));
        }
        if let Some(end) = &self.verbatim {
            if trimmed == end {
                self.verbatim = None;
            } else if self.substitutes {
                let line = self.substituted(line);
                self.lines.push(line);
                return None;
            }
            self.lines.push(line.to_owned());
            return None;
        }
        if is_comment_delimiter(trimmed) {
            self.in_comment = trimmed.len();
            return None;
        }
        if trimmed.starts_with("//") && !trimmed.starts_with("///") {
            return None;
        }
        if is_verbatim(trimmed) {
            self.verbatim = Some(trimmed.to_owned());
            let before = self.lines.last().map_or("", String::as_str);
            self.substitutes = before.contains("subs=")
                && (before.contains("attributes")
                    || before.contains("normal")
                    || before.contains("+quotes"));
            self.lines.push(trimmed.to_owned());
            return None;
        }
        if let Some((name, value)) = attribute(trimmed) {
            self.define(name, value);
            return None;
        }
        self.push(line);
        None
    }

    fn push(&mut self, line: &str) {
        let line = self.substituted(line);
        self.lines.push(line);
    }

    fn defined(&self, names: &str) -> bool {
        if names.contains('+') {
            return names
                .split('+')
                .all(|name| self.attributes.contains_key(name));
        }
        names
            .split(',')
            .any(|name| self.attributes.contains_key(name))
    }

    fn define(&mut self, name: &str, value: &str) {
        if let Some(name) = name.strip_prefix('!').or_else(|| name.strip_suffix('!')) {
            self.attributes.remove(name);
            return;
        }
        let value = self.substituted(value);
        if value.len() <= MAX_VALUE && self.attributes.len() < MAX_ATTRIBUTES {
            self.attributes.insert(name.to_owned(), value);
        }
    }

    /// The line with `{name}` as its value; unknown names stay.
    fn substituted(&mut self, line: &str) -> String {
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            let name: usize = rest[at + 1..]
                .bytes()
                .take(60)
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                .count();
            let is_name = name > 0 && rest.as_bytes().get(at + 1 + name) == Some(&b'}');
            let value = if is_name {
                self.value(&rest[at + 1..at + 1 + name])
            } else {
                None
            };
            match value {
                Some(value) if !out.ends_with('\\') && self.growth + value.len() <= MAX_GROWTH => {
                    out.push_str(value);
                    self.growth += value.len();
                    rest = &rest[at + name + 2..];
                }
                _ => {
                    if is_name && out.ends_with('\\') {
                        out.pop();
                    }
                    out.push('{');
                    rest = &rest[at + 1..];
                }
            }
        }
        out.push_str(rest);
        out
    }

    fn value(&self, name: &str) -> Option<&str> {
        if let Some(value) = self.attributes.get(name) {
            return Some(value);
        }
        Some(match name {
            "nbsp" | "sp" | "space" => " ",
            "empty" | "blank" | "zwsp" | "wj" => "",
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "plus" => "\\+",
            "asterisk" => "\\*",
            "apos" => "'",
            "quot" => "\"",
            "startsb" => "[",
            "endsb" => "]",
            "vbar" => "|",
            "backtick" => "\\`",
            "caret" => "^",
            "tilde" => "~",
            "backslash" => "\\",
            "two-colons" => "::",
            "two-semicolons" => ";;",
            "cpp" | "pp" => "C++",
            "litdd" => "--",
            "deg" => "°",
            "rarr" => "→",
            _ => return None,
        })
    }

    fn include(&mut self, from: &str, name: &str, _options: &str) -> Option<(String, String)> {
        if self.includes >= MAX_INCLUDES || name.contains("://") {
            return None;
        }
        self.includes += 1;
        let path = resolved(from, name)?;
        let text = (self.source.include)(&path)?;
        self.included += text.len();
        (self.included <= MAX_INCLUDED).then_some((path, text))
    }
}

/// The delimiters of blocks whose text is not read.
fn is_verbatim(line: &str) -> bool {
    let Some(mark) = line
        .chars()
        .next()
        .filter(|c| matches!(c, '-' | '.' | '+' | '`'))
    else {
        return false;
    };
    let length = line.bytes().take_while(|b| *b == mark as u8).count();
    match mark {
        '`' => length == 3,
        _ => length >= 4 && length == line.len(),
    }
}

/// `:name: value`
fn attribute(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix(':')?.split_once(':')?;
    let is_name = !name.is_empty()
        && name.len() <= 60
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'!'));
    (is_name && (value.is_empty() || value.starts_with(' ')))
        .then(|| (name, value.trim().trim_end_matches(" \\")))
}

fn resolved(from: &str, name: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    // Antora: `partial$x.adoc`, `example$y.java` stand in folders of that name beside `pages`.
    let path = match name.rsplit(':').next().unwrap_or(name).split_once('$') {
        Some((family, file)) => format!(
            "{}/{family}s/{file}",
            folder
                .rsplit_once("pages")
                .map_or(folder, |(module, _)| module)
        ),
        None => format!("{folder}/{name}"),
    };
    join("", &path)
}

/// The lines that an include's `lines` or `tag` chooses, without the marks of tags.
fn selected<'a>(text: &'a str, options: &str) -> Vec<&'a str> {
    let option = |name: &str| {
        let value = options.split_once(name)?.1;
        Some(
            value
                .trim_start_matches('"')
                .split(['"', ',', ']'])
                .next()
                .unwrap_or(value),
        )
    };
    let is_mark =
        |line: &&str| !(line.contains("tag::") || line.contains("end::")) || !line.contains("[]");
    if let Some(ranges) = option("lines=") {
        let lines: Vec<&str> = text.lines().collect();
        let mut chosen = Vec::new();
        for range in ranges.split(';').take(20) {
            let (first, last) = range.split_once("..").unwrap_or((range, range));
            let first = first.trim().parse::<usize>().unwrap_or(1).max(1);
            let last = last
                .trim()
                .parse::<usize>()
                .unwrap_or(lines.len())
                .min(lines.len());
            chosen.extend(lines.get(first - 1..last).unwrap_or(&[]));
        }
        return chosen;
    }
    let Some(tags) = option("tags=").or_else(|| option("tag=")) else {
        return text.lines().filter(is_mark).collect();
    };
    let tags: Vec<&str> = tags.split(';').map(str::trim).take(20).collect();
    let mut inside = tags.contains(&"**") || tags.contains(&"*");
    let mut chosen = Vec::new();
    for line in text.lines() {
        if tags
            .iter()
            .any(|tag| line.contains(&format!("tag::{tag}[]")))
        {
            inside = true;
        } else if tags
            .iter()
            .any(|tag| line.contains(&format!("end::{tag}[]")))
        {
            inside = false;
        } else if inside && is_mark(&line) {
            chosen.push(line);
        }
    }
    chosen
}
