//! What AsciiDoc does before it reads blocks: comments, conditions, includes, attributes.

use std::collections::{HashMap, HashSet};

use super::antora::Place;
use crate::config::Generator;
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
        unset: HashSet::new(),
        continued: None,
        offset: 0,
    };
    let mut open: Vec<(String, Vec<String>, i32)> = Vec::new();
    let mut lines: Vec<String> = source.text.lines().rev().map(str::to_owned).collect();
    let mut path = source.path.to_owned();
    loop {
        let Some(line) = lines.pop() else {
            let Some((outer_path, outer, offset)) = open.pop() else {
                break;
            };
            (path, lines, reader.offset) = (outer_path, outer, offset);
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
                    reader.offset,
                ));
                if let Some(offset) = option(&options, "leveloffset=") {
                    reader.set_offset(offset);
                }
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
    /// Names of the site that the page takes back.
    unset: HashSet<String>,
    /// An attribute whose value goes on in the next line.
    continued: Option<(String, String)>,
    /// By how much headings stand deeper than they are written.
    offset: i32,
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
        if let Some((name, before)) = self.continued.take() {
            let (line, goes_on) = continued(trimmed.trim_start());
            let value = format!("{before} {line}");
            if goes_on && value.len() <= MAX_VALUE {
                self.continued = Some((name, value));
            } else {
                self.define(&name, &value);
            }
            return None;
        }
        if let Some((name, value)) = attribute(trimmed) {
            match continued(value) {
                (value, true) => self.continued = Some((name.to_owned(), value.to_owned())),
                (value, false) => self.define(name, value),
            }
            return None;
        }
        self.push(line);
        None
    }

    fn push(&mut self, line: &str) {
        let line = self.substituted(line);
        let level = line.bytes().take(7).take_while(|b| *b == b'=').count();
        if self.offset == 0 || level == 0 || !line[level..].starts_with(' ') {
            self.lines.push(line);
            return;
        }
        let level_now = (i32::try_from(level).unwrap_or(6) + self.offset).clamp(1, 6);
        let marks = "=".repeat(usize::try_from(level_now).unwrap_or(1));
        self.lines.push(format!("{marks}{}", &line[level..]));
    }

    /// `leveloffset`: a number, or a step.
    fn set_offset(&mut self, value: &str) {
        const MOST: i32 = 5;
        let value = value.trim();
        let number = value.trim_start_matches('+').parse::<i32>().unwrap_or(0);
        let before = if value.starts_with(['+', '-']) {
            self.offset
        } else {
            0
        };
        self.offset = before.saturating_add(number).clamp(-MOST, MOST);
    }

    fn is_set(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
            || !self.unset.contains(name)
                && (self.source.site.variables.contains_key(name)
                    || is_built_in(name)
                    || is_antora(name) && self.source.site.generator == Generator::Antora)
    }

    fn defined(&self, names: &str) -> bool {
        if names.contains('+') {
            return names.split('+').all(|name| self.is_set(name));
        }
        names.split(',').any(|name| self.is_set(name))
    }

    fn define(&mut self, name: &str, value: &str) {
        if let Some(name) = name.strip_prefix('!').or_else(|| name.strip_suffix('!')) {
            self.attributes.remove(name);
            if name == "leveloffset" {
                self.offset = 0;
            }
            if self.unset.len() < MAX_ATTRIBUTES {
                self.unset.insert(name.to_owned());
            }
            return;
        }
        if name == "leveloffset" {
            self.set_offset(value);
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
            if let Some((shown, length)) = self.counted(&rest[at..]) {
                out.push_str(&shown);
                rest = &rest[at + length..];
                continue;
            }
            let is_name = name > 0 && rest.as_bytes().get(at + 1 + name) == Some(&b'}');
            let value = if is_name {
                self.value(&rest[at + 1..at + 1 + name])
            } else {
                None
            };
            // A value of the site may name others, once.
            let value = value.map(|value| {
                if value.contains('{') {
                    self.filled(value)
                } else {
                    value.to_owned()
                }
            });
            match value {
                Some(value) if !out.ends_with('\\') && self.growth + value.len() <= MAX_GROWTH => {
                    out.push_str(&value);
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

    /// A value with the values in it, which name no others.
    fn filled(&self, value: &str) -> String {
        let mut out = String::new();
        let mut rest = value;
        while let Some((before, behind)) = rest.split_once('{') {
            out.push_str(before);
            let inner = behind
                .split_once('}')
                .and_then(|(name, after)| Some((self.value(name)?, after)));
            match inner {
                Some((value, after)) if out.len() + value.len() <= MAX_VALUE => {
                    out.push_str(value);
                    rest = after;
                }
                _ => {
                    out.push('{');
                    rest = behind;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// `{counter:name}`, `{counter2:name}` and `{set:name:value}`: what is shown, and the length of it all.
    fn counted(&mut self, text: &str) -> Option<(String, usize)> {
        let length = text.as_bytes().iter().take(100).position(|b| *b == b'}')? + 1;
        let (kind, rest) = text.get(1..length - 1)?.split_once(':')?;
        let (name, value) = rest.split_once(':').unwrap_or((rest, ""));
        if !matches!(kind, "counter" | "counter2" | "set") || name.is_empty() {
            return None;
        }
        if kind == "set" {
            self.define(name, value);
            return Some((String::new(), length));
        }
        let next = match self.attributes.get(name) {
            None => if value.is_empty() { "1" } else { value }.to_owned(),
            Some(before) => match before.parse::<u64>() {
                Ok(number) => number.saturating_add(1).to_string(),
                Err(_) => {
                    let letter = before
                        .bytes()
                        .next()
                        .filter(|b| b.is_ascii_alphabetic() && !matches!(b, b'z' | b'Z'));
                    letter.map_or_else(|| "1".to_owned(), |b| char::from(b + 1).to_string())
                }
            },
        };
        if self.attributes.len() < MAX_ATTRIBUTES {
            self.attributes.insert(name.to_owned(), next.clone());
        }
        let shown = if kind == "counter" {
            next
        } else {
            String::new()
        };
        Some((shown, length))
    }

    fn value(&self, name: &str) -> Option<&str> {
        if let Some(value) = self.attributes.get(name) {
            return Some(value);
        }
        // Names are read without regard to case.
        let of_site = |name: &str| {
            let value = self.source.site.variables.get(name)?;
            (!self.unset.contains(name) && value.len() <= MAX_VALUE).then_some(value)
        };
        if let Some(value) = of_site(name).or_else(|| of_site(&name.to_ascii_lowercase())) {
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

/// A value without the backslash that says that it goes on.
fn continued(value: &str) -> (&str, bool) {
    let value = value.trim();
    let before = value
        .strip_suffix(" \\")
        .or_else(|| value.strip_suffix(" + \\"));
    match before {
        Some(before) => (before.trim_end_matches(" +").trim_end(), true),
        None if value == "\\" => ("", true),
        None => (value, false),
    }
}

/// What Asciidoctor defines where it makes a page of a site.
fn is_built_in(name: &str) -> bool {
    matches!(
        name,
        "asciidoctor"
            | "asciidoctor-version"
            | "backend"
            | "backend-html5"
            | "backend-html5-doctype-article"
            | "basebackend"
            | "basebackend-html"
            | "doctype"
            | "doctype-article"
            | "filetype-html"
            | "docname"
            | "docfile"
    )
}

/// What Antora defines beside.
fn is_antora(name: &str) -> bool {
    matches!(
        name,
        "env" | "env-site" | "site-gen" | "site-gen-antora" | "page-component-name" | "page-module"
    )
}

/// The delimiters of blocks whose text is not read.
pub(super) fn is_verbatim(line: &str) -> bool {
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
    (is_name && (value.is_empty() || value.starts_with(' '))).then(|| (name, value.trim()))
}

fn resolved(from: &str, name: &str) -> Option<String> {
    let is_antora = name.contains('$') || name.contains(':');
    if let Some(place) = Place::of(from).filter(|_| is_antora) {
        return place.file(name, "page");
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    join("", &format!("{folder}/{name}"))
}

/// The value of an option of an include.
fn option<'a>(options: &'a str, name: &str) -> Option<&'a str> {
    let value = options.split_once(name)?.1;
    Some(match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
        None => value.split([',', ']']).next().unwrap_or(value),
    })
}

/// The lines that an include's `lines` or `tag` chooses, without the marks of tags.
fn selected<'a>(text: &'a str, options: &str) -> Vec<&'a str> {
    if let Some(ranges) = option(options, "lines=") {
        let lines: Vec<&str> = text.lines().collect();
        let mut chosen = Vec::new();
        for range in ranges.split([';', ',']).take(20) {
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
    let tags = option(options, "tags=")
        .or_else(|| option(options, "tag="))
        .unwrap_or("**");
    let tags: Vec<(&str, bool)> = tags
        .split([';', ','])
        .take(20)
        .map(|tag| match tag.trim().strip_prefix('!') {
            Some(tag) => (tag, false),
            None => (tag.trim(), true),
        })
        .collect();
    let wanted = |name: &str| {
        tags.iter()
            .find(|(tag, _)| *tag == name)
            .map(|(_, wanted)| *wanted)
    };
    // What stands in no tag: where everything is chosen, or where tags are only left out.
    let outside = wanted("**")
        .unwrap_or_else(|| wanted("*") == Some(false) || tags.iter().all(|(_, wanted)| !wanted));
    let mut open: Vec<(&str, bool)> = Vec::new();
    let mut chosen = Vec::new();
    for line in text.lines() {
        if let Some(name) = tag_of(line, "tag::") {
            let inside = open.last().map_or(outside, |(_, inside)| *inside);
            let chosen = wanted(name).or_else(|| wanted("*")).unwrap_or(inside);
            if open.len() < 100 {
                open.push((name, chosen));
            }
        } else if let Some(name) = tag_of(line, "end::") {
            if let Some(at) = open.iter().rposition(|(known, _)| *known == name) {
                open.truncate(at);
            }
        } else if open.last().map_or(outside, |(_, inside)| *inside) {
            chosen.push(line);
        }
    }
    chosen
}

/// The name in a mark of a tag, `tag::name[]`.
fn tag_of<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let (before, rest) = line.split_once(mark)?;
    let name = rest.split_once("[]")?.0;
    let is_mark = !before.ends_with(|c: char| c.is_alphanumeric())
        && !name.is_empty()
        && !name.contains([' ', '[']);
    is_mark.then_some(name)
}
