//! The headings of clean Markdown. ` {#anchor}` at the end of one is docent's own mark and no text; all else in braces is the
//! heading's: `DELETE /users/{id}`.

use std::borrow::Cow;
use std::ops::Range;

/// Where the mark of a heading's anchor begins in its source, the white space before it included, where it ends, and the anchor.
pub(super) fn anchor(source: &str) -> Option<(Range<usize>, &str)> {
    let mut line = source.trim_end();
    if !line.trim_start_matches(['>', ' ']).starts_with('#')
        && let Some((text, rule)) = line.rsplit_once('\n')
        && rule.trim_start_matches(['>', ' ']).starts_with(['=', '-'])
    {
        // A line of signs below makes a heading of it.
        line = text.trim_end();
    }
    let inner = line.strip_suffix('}')?;
    let open = inner.rfind(" {#")?;
    let anchor = &inner[open + 3..];
    let begin = line[..open].trim_end().len();
    let has_text = !line[..begin].trim_end_matches('#').trim().is_empty();
    (has_text && is_anchor(anchor)).then_some((begin..line.len(), anchor))
}

/// Whether the mark can hold it.
pub(super) fn is_anchor(anchor: &str) -> bool {
    !anchor.is_empty()
        && !anchor.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '<' | '>' | '"'))
}

/// Ends a heading's line: with its anchor, or so that what the text ends in is not taken for one.
pub(super) fn finish(line: &mut String, named: Option<&str>) {
    match named.filter(|named| is_anchor(named)) {
        Some(named) => {
            line.push_str(" {#");
            line.push_str(named);
            line.push('}');
        }
        None => {
            if let Some((range, _)) = anchor(line)
                && let Some(open) = line[range.start..].find('{')
            {
                line.insert(range.start + open, '\\');
            }
        }
    }
}

/// A heading with names such as `__init__` written as text: nobody means `init` in bold by them.
pub(super) fn with_names(heading: &str, written: impl Fn(&str) -> String) -> Cow<'_, str> {
    if !heading.contains("__") || heading.contains('`') {
        return heading.into();
    }
    let mut out = String::with_capacity(heading.len() + 8);
    let mut rest = heading;
    while let Some(at) = rest.find("__") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let length = from
            .bytes()
            .take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
            .count();
        let (word, after) = from.split_at(length);
        let inner = word.get(2..length - 2).unwrap_or_default();
        let is_name = word.ends_with("__")
            && inner.starts_with(|c: char| c.is_ascii_lowercase())
            && !out.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '\\' | '+'))
            && !after.starts_with(char::is_alphanumeric);
        if is_name {
            out.push_str(&written(word));
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out.push_str(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_one_word_behind_text() {
        for (line, expected) in [
            ("## Set up {#set-up}", Some("set-up")),
            ("Set up {#set-up}\n------", Some("set-up")),
            ("## Set up  {#a:b.c}\n", Some("a:b.c")),
            ("# a {#b} {#c}", Some("c")),
            ("# DELETE /users/{id}", None),
            ("# Path {name}", None),
            ("# {#each}", None),
            ("## {#if ready}", None),
            ("# Open {#if ready}", None),
            ("# Open \\{#key}", None),
            ("# a{#b}", None),
            ("# `{#key}`", None),
            ("# a {#}", None),
        ] {
            assert_eq!(anchor(line).map(|(_, anchor)| anchor), expected, "{line}");
        }
    }

    #[test]
    fn names_are_text() {
        for (heading, expected) in [
            ("# __init__", "# <__init__>"),
            ("# A.__x_y__(self)", "# A.<__x_y__>(self)"),
            ("# __Bold words__", "# __Bold words__"),
            ("# ____ a__b __", "# ____ a__b __"),
            ("# `__init__`", "# `__init__`"),
        ] {
            assert_eq!(with_names(heading, |name| format!("<{name}>")), expected);
        }
        let many = "__a".repeat(100_000);
        assert_eq!(with_names(&many, str::to_owned), many);
    }

    #[test]
    fn text_is_never_taken_for_one() {
        for (text, named, line) in [
            ("# Open {#key}", None, "# Open \\{#key}"),
            ("# Open {#key}", Some("x"), "# Open {#key} {#x}"),
            ("# Get {id}", None, "# Get {id}"),
            ("# Get {id}", Some("a b"), "# Get {id}"),
        ] {
            let mut out = text.to_owned();
            finish(&mut out, named);
            assert_eq!(out, line);
        }
    }
}
