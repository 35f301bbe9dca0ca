//! Calls of Hugo's shortcodes, as they stand in a text.

use std::collections::HashMap;

use super::tag::window;

/// A call may be this long, in bytes.
const LONGEST: usize = 8 * 1024;

pub(super) enum Kind {
    Open,
    Close,
    /// `{{</* … */>}}`, shown as a shortcode.
    Literal(String),
}

pub(super) struct Call<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) arguments: Arguments<'a>,
}

/// What a call is given: values with names, and without.
#[derive(Debug, Default)]
pub(super) struct Arguments<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Arguments<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(arguments(text))
    }

    pub(super) fn named(&self, name: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(key, value)| *key == name && !value.trim().is_empty())
            .map(|(_, value)| *value)
    }

    pub(super) fn positional(&self, index: usize) -> Option<&'a str> {
        self.0
            .iter()
            .filter(|(key, _)| key.is_empty())
            .nth(index)
            .map(|(_, value)| *value)
    }

    pub(super) fn any(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.named(name))
    }

    /// Those with names.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied().filter(|(key, _)| !key.is_empty())
    }
}

impl<'a> Call<'a> {
    pub(super) fn named(&self, name: &str) -> Option<&'a str> {
        self.arguments.named(name)
    }

    pub(super) fn positional(&self, index: usize) -> Option<&'a str> {
        self.arguments.positional(index)
    }

    pub(super) fn any(&self, names: &[&str]) -> Option<&'a str> {
        self.arguments.any(names)
    }
}

pub(super) fn calls(text: &str) -> Vec<Call<'_>> {
    let mut calls = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("{{") {
        let start = at + found;
        at = start + 2;
        let (open, close) = match text.as_bytes().get(start + 2) {
            Some(b'<') => (b'<', ">}}"),
            Some(b'%') => (b'%', "%}}"),
            _ => continue,
        };
        let window = window(text, start + 3, LONGEST);
        let Some(length) = call_length(window, close) else {
            continue;
        };
        let inner = window[..length].trim();
        let end = start + 3 + length + 3;
        at = end;
        if let Some(shown) = inner
            .strip_prefix("/*")
            .and_then(|inner| inner.strip_suffix("*/"))
        {
            let open = char::from(open);
            calls.push(Call {
                start,
                end,
                kind: Kind::Literal(format!("{{{{{open}{shown}{close}")),
                name: "",
                arguments: Arguments::default(),
            });
            continue;
        }
        let (kind, inner) = match inner.strip_prefix('/') {
            Some(name) => (Kind::Close, name.trim_start()),
            None => (Kind::Open, inner.strip_suffix('/').unwrap_or(inner)),
        };
        let name_end = inner.find(char::is_whitespace).unwrap_or(inner.len());
        let (name, rest) = inner.split_at(name_end);
        calls.push(Call {
            start,
            end,
            kind,
            name,
            arguments: Arguments::of(rest),
        });
    }
    calls
}

/// The offset of the delimiter that ends a call, strings skipped where they are closed.
fn call_length(window: &str, close: &str) -> Option<usize> {
    let bytes = window.as_bytes();
    let mut quote = None;
    let mut i = 0;
    while i < bytes.len() {
        match (quote, bytes[i]) {
            (Some(b'"'), b'\\') => i += 1,
            (Some(q), b) if b == q => quote = None,
            (Some(_), _) => {}
            (None, b @ (b'"' | b'`')) => quote = Some(b),
            (None, b'{') if bytes.get(i + 1) == Some(&b'{') => return None,
            (None, _) if window.as_bytes()[i..].starts_with(close.as_bytes()) => return Some(i),
            (None, _) => {}
        }
        i += 1;
    }
    // A quotation mark that is never closed.
    window
        .find(close)
        .filter(|length| !window[..*length].contains("{{"))
}

fn arguments(text: &str) -> Vec<(&str, &str)> {
    let mut arguments = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && arguments.len() < 64 {
        let (first, after) = word(rest);
        let behind = after.trim_start();
        if let Some(value) = behind.strip_prefix('=')
            && !rest.starts_with(['"', '`'])
        {
            let (value, after) = word(value.trim_start());
            arguments.push((first, value));
            rest = after.trim_start();
        } else {
            arguments.push(("", first));
            rest = behind;
        }
    }
    arguments
}

/// The first word of an argument list, without its quotes, and what follows.
fn word(text: &str) -> (&str, &str) {
    for quote in ['"', '`', '\''] {
        if let Some(inner) = text.strip_prefix(quote)
            && let Some(length) = inner.find(quote)
        {
            return (&inner[..length], &inner[length + 1..]);
        }
    }
    let length = text
        .find(|c: char| c.is_whitespace() || c == '=')
        .unwrap_or(text.len())
        .max(text.chars().next().map_or(0, char::len_utf8));
    text.split_at(length)
}

/// Of each call, whether it opens a pair that is closed.
pub(super) fn paired(calls: &[Call<'_>]) -> Vec<bool> {
    let mut paired = vec![false; calls.len()];
    let mut open: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, call) in calls.iter().enumerate() {
        match call.kind {
            Kind::Open => open.entry(call.name).or_default().push(index),
            Kind::Close => {
                if let Some(index) = open.get_mut(call.name).and_then(Vec::pop) {
                    paired[index] = true;
                }
            }
            Kind::Literal(_) => {}
        }
    }
    paired
}
