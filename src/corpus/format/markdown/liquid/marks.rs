//! The marks of Liquid in a text: tags, outputs, and what is raw.

use super::super::tag;
use std::{collections::HashMap, ops::Range};

/// A tag may be this long, in bytes.
const LONGEST: usize = 8 * 1024;

/// One tag or output.
#[derive(Debug)]
pub(super) struct Mark<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind<'a>,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Tag {
        name: &'a str,
        rest: &'a str,
    },
    /// `{{ expression }}`, and whether it stands in code.
    Output {
        expression: &'a str,
        in_code: bool,
    },
    /// `{% raw %}…{% endraw %}`
    Raw(&'a str),
}

/// All marks of a text that are to be expanded.
pub(super) fn marks<'t>(text: &'t str, code: &[Range<usize>], is_jekyll: bool) -> Vec<Mark<'t>> {
    let mut marks = Vec::new();
    let mut at = 0;
    let mut no_raw_end = false;
    while let Some(found) = text[at..].find('{') {
        let start = at + found;
        at = start + 1;
        let is_tag = match text.as_bytes().get(at) {
            Some(b'%') => true,
            Some(b'{') => false,
            _ => continue,
        };
        at += 1;
        let Some(length) = mark_length(
            tag::window(text, at, LONGEST),
            if is_tag { "%}" } else { "}}" },
        ) else {
            continue;
        };
        let inner = &text[at..at + length];
        let end = at + length + 2;
        let behind = code.partition_point(|range| range.end <= start);
        let in_code = code.get(behind).is_some_and(|range| range.contains(&start));
        if !is_tag {
            let is_macro = inner.starts_with(['<', '%', '#', '{'])
                || text[..start].ends_with(['\\', '$', '{']);
            if !is_macro && (!in_code || is_jekyll) {
                let kind = Kind::Output {
                    expression: inner,
                    in_code,
                };
                marks.push(Mark { start, end, kind });
                at = end;
            }
            continue;
        }
        let inner = inner.trim_matches(['-', '+']).trim();
        let length = inner
            .find(|c: char| c.is_whitespace())
            .unwrap_or(inner.len());
        let (name, rest) = inner.split_at(length);
        if matches!(name, "raw" | "verbatim") && !no_raw_end {
            if let Some((inner, end)) = raw_end(text, end, name) {
                marks.push(Mark {
                    start,
                    end,
                    kind: Kind::Raw(inner),
                });
                at = end;
            } else {
                no_raw_end = true;
            }
            continue;
        }
        let is_name = !name.is_empty()
            && name.bytes().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@' | b'/' | b'.')
            });
        if !is_name || (in_code && !(is_jekyll && matches!(name, "include" | "link" | "post_url")))
        {
            continue;
        }
        marks.push(Mark {
            start,
            end,
            kind: Kind::Tag {
                name,
                rest: rest.trim(),
            },
        });
        at = end;
    }
    marks
}

/// The offset of what ends a mark, strings passed over.
fn mark_length(window: &str, close: &str) -> Option<usize> {
    let bytes = window.as_bytes();
    let mut quote = None;
    for at in 0..bytes.len() {
        match (quote, bytes[at]) {
            (Some(open), b) if b == open => quote = None,
            (Some(_), _) => {}
            (None, _) if bytes[at..].starts_with(close.as_bytes()) => return Some(at),
            (None, b @ (b'"' | b'\'')) => quote = Some(b),
            (None, b'{')
                if bytes
                    .get(at + 1)
                    .is_some_and(|next| matches!(next, b'{' | b'%')) =>
            {
                return None;
            }
            // What is put out stands in a line or two.
            (None, b'\n') if close == "}}" && (at > 200 || bytes[at..].starts_with(b"\n\n")) => {
                return None;
            }
            (None, _) => {}
        }
    }
    // An apostrophe, say.
    window
        .find(close)
        .filter(|length| !window[..*length].contains('\n'))
}

fn raw_end<'t>(text: &'t str, from: usize, name: &str) -> Option<(&'t str, usize)> {
    let mut at = from;
    while let Some(found) = text[at..].find("{%") {
        let start = at + found;
        let inner = tag::window(text, start + 2, 32);
        if let Some((word, _)) = inner.split_once("%}")
            && word.trim_matches(['-', '+', ' ']).strip_prefix("end") == Some(name)
        {
            return Some((&text[from..start], start + 2 + word.len() + 2));
        }
        at = start + 2;
    }
    None
}

/// Of each mark, whether it opens or closes a pair.
pub(super) fn paired(marks: &[Mark<'_>]) -> Vec<bool> {
    let mut paired = vec![false; marks.len()];
    let mut open: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, mark) in marks.iter().enumerate() {
        let Kind::Tag { name, .. } = mark.kind else {
            continue;
        };
        match name.strip_prefix("end") {
            Some(closed) if !closed.is_empty() => {
                if let Some(opened) = open.get_mut(closed).and_then(Vec::pop) {
                    paired[opened] = true;
                    paired[index] = true;
                }
            }
            _ => open.entry(name).or_default().push(index),
        }
    }
    paired
}
