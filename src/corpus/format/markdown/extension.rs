//! Components of MDX and Vue, and the inline marks of Python-Markdown's extensions.

use super::admonition;
use super::macros;
use super::tag::{Tag, window};

/// A component's tag: its label, if it has one, in bold.
pub(super) fn component(text: &str, tag: &Tag<'_>, block: bool) -> (String, usize) {
    if tag.closing {
        return (String::new(), tag.end);
    }
    let label = ["label", "title", "heading", "summary", "header"]
        .iter()
        .find_map(|name| tag.attribute(name))
        .map(str::trim)
        .filter(|label| !label.is_empty());
    let kind = tag.name.to_ascii_lowercase();
    let kind = match kind.as_str() {
        "admonition" | "callout" | "aside" | "alert" => tag.attribute("type").unwrap_or("note"),
        other => other,
    };
    let notice = matches!(
        kind,
        "note" | "tip" | "info" | "warning" | "caution" | "danger" | "important" | "check"
    );
    let label = match (label, notice) {
        (Some(label), _) => Some(macros::plain(label)),
        (None, true) => Some(admonition::label(kind)),
        (None, false) => None,
    };
    let Some(label) = label else {
        return (String::new(), tag.end);
    };
    let colon = if notice { ":" } else { "" };
    let alone = text[tag.end..]
        .trim_start_matches([' ', '\t'])
        .starts_with('\n');
    let edge = match (block, alone) {
        (true, true) => "\n",
        (true, false) => "\n\n",
        (false, _) => " ",
    };
    (format!("**{label}{colon}**{edge}"), tag.end)
}

/// `++ctrl+alt+c++` of pymdownx.keys.
pub(super) fn keys(text: &str, at: usize) -> Option<(String, usize)> {
    let rest = &text[at..];
    let inner = rest.strip_prefix("++")?;
    let bytes = inner.as_bytes();
    let length = bytes
        .iter()
        .take(64)
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'"' | b'+')));
    let run = &inner[..length.unwrap_or(inner.len().min(64))];
    let run = run.strip_suffix("++")?;
    if run.is_empty() || run.starts_with(['+', '-']) || run.ends_with('+') || run.contains("++") {
        return None;
    }
    let names: Vec<String> = run
        .split('+')
        .map(|key| {
            let key = key.trim_matches('"');
            let mut chars = key.chars();
            chars.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(chars).collect()
            })
        })
        .collect();
    Some((names.join("+"), at + 2 + run.len() + 2))
}

/// `:material-check:` and its like; emoji by name stay.
pub(super) fn icon(text: &str, at: usize) -> Option<(String, usize)> {
    let rest = &text[at + 1..];
    let known = ["material-", "fontawesome-", "octicons-", "simple-"];
    if !known.iter().any(|set| rest.starts_with(set)) {
        return None;
    }
    let length = rest
        .bytes()
        .take(100)
        .position(|b| !(b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))?;
    let mut end = at + 1 + length + 1;
    if rest.as_bytes().get(length) != Some(&b':') {
        return None;
    }
    if text.as_bytes().get(end) == Some(&b'{') {
        end = attribute_list(text, end).unwrap_or(end);
    }
    if text.as_bytes().get(end) == Some(&b' ') {
        end += 1;
    }
    Some((String::new(), end))
}

/// `{ .class #id key=value }` or `{: … }`: the offset behind it.
pub(super) fn attribute_list(text: &str, at: usize) -> Option<usize> {
    let window = window(text, at, 300);
    let length = window.find(['}', '\n'])?;
    let inner = window[1..length].trim();
    let inner = inner.strip_prefix(':').unwrap_or(inner).trim_start();
    let fits = window.as_bytes()[length] == b'}'
        && (inner.starts_with(['.', '#']) || inner.contains('='))
        && !inner.contains(['{', '<', '(']);
    fits.then_some(at + length + 1)
}
