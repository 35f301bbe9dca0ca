//! Comments that are not in code: of Obsidian (`%%…%%`, in a line or over several blocks), of kramdown
//! (`{::comment}…{:/comment}`), of Jekyll and its kin (`{% comment %}…{% endcomment %}`).

use pulldown_cmark::{Event, Options, Parser, Tag};
use std::ops::Range;

/// The text without its comments; `None` where there is none.
pub(super) fn removed(text: &str) -> Option<String> {
    match without_tags(text) {
        Some(text) => Some(without_marks(&text).unwrap_or(text)),
        None => without_marks(text),
    }
}

/// Without comments between tags in braces.
fn without_tags(text: &str) -> Option<String> {
    const KINDS: [[&str; 2]; 2] = [["::comment", ":/"], ["%comment", "%endcomment"]];
    if !KINDS.iter().any(|[open, _]| text.contains(&open[1..])) {
        return None;
    }
    let code = code(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut open: Option<(usize, &str)> = None;
    for (mark, _) in text.match_indices('{') {
        let Some((name, end)) = brace_tag(text, mark) else {
            continue;
        };
        match open {
            Some((begin, close)) if name == close || close == ":/" && name == ":/comment" => {
                out.push_str(&text[at..begin]);
                at = end;
                open = None;
            }
            Some(_) => {}
            None => {
                let behind = code.partition_point(|range| range.end <= mark);
                let in_code = code.get(behind).is_some_and(|range| range.contains(&mark));
                let kind = KINDS.into_iter().find(|[open, _]| name == *open);
                open = kind.filter(|_| !in_code).map(|[_, close]| (mark, close));
            }
        }
    }
    if at == 0 {
        return None;
    }
    out.push_str(&text[at..]);
    Some(out)
}

/// The name of the tag at `at`, after its mark and without white space, and the offset behind it:
/// `{% comment %}` is `%comment`.
fn brace_tag(text: &str, at: usize) -> Option<(String, usize)> {
    const LONGEST: usize = 80;
    let near = text.as_bytes()[at + 1..].iter().take(LONGEST);
    let length = near
        .take_while(|byte| !matches!(byte, b'{' | b'}' | b'\n'))
        .count();
    let end = at + 1 + length;
    let inner = text
        .get(at + 1..end)
        .filter(|_| text[end..].starts_with('}'))?;
    let name = match inner
        .strip_prefix('%')
        .and_then(|inner| inner.strip_suffix('%'))
    {
        Some(inner) => {
            let word = inner.trim_matches('-').split_whitespace().next()?;
            format!("%{word}")
        }
        None => inner.trim_end_matches('/').trim().to_owned(),
    };
    Some((if inner == ":/" { ":/".to_owned() } else { name }, end + 1))
}

/// Without comments between two signs.
fn without_marks(text: &str) -> Option<String> {
    let marks: Vec<usize> = text.match_indices("%%").map(|(at, _)| at).collect();
    if marks.len() < 2 {
        return None;
    }
    let code = code(text);
    let mut open = None;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for mark in marks {
        let behind = code.partition_point(|range| range.end <= mark);
        let in_code = code.get(behind).is_some_and(|range| range.contains(&mark));
        // A run of more than two is a rule or a pattern.
        let alone = !text[..mark].ends_with('%') && !text[mark + 2..].starts_with('%');
        if in_code || !alone || mark < at {
            continue;
        }
        match open {
            Some(begin) if is_comment(text, begin, mark) => {
                out.push_str(&text[at..begin]);
                at = mark + 2;
                open = None;
            }
            _ => open = Some(mark),
        }
    }
    if at == 0 {
        return None;
    }
    out.push_str(&text[at..]);
    Some(out)
}

/// Whether the marks at both ends belong together: in one paragraph, or around whole blocks.
fn is_comment(text: &str, begin: usize, end: usize) -> bool {
    // Each of these looks no farther than the white space beside a mark.
    let before = text[..begin].trim_end_matches([' ', '\t', '>']);
    let opens_block = before.is_empty() || before.ends_with('\n');
    let inner = &text[begin + 2..end];
    let one_paragraph = inner.lines().skip(1).all(|line| !line.trim().is_empty());
    let in_word = text[..begin].ends_with(char::is_alphanumeric);
    let ends_line = |text: &str| {
        let text = text.trim_start_matches(|c: char| c != '\n' && c.is_whitespace());
        text.is_empty() || text.starts_with('\n')
    };
    let closes_block = ends_line(inner) || ends_line(&text[end + 2..]);
    opens_block && closes_block || one_paragraph && !in_word
}

/// Where a text is code.
pub(super) fn code(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, Options::empty()).into_offset_iter();
    events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| range)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::removed;

    #[test]
    fn comments_go() {
        for (text, shown) in [
            ("a %%hidden%% b", "a  b"),
            ("%%hidden%%", ""),
            ("a {::comment}hidden{:/comment} b", "a  b"),
            ("{::comment}\nhidden\n\n`hidden`\n{:/}\n\nb", "\n\nb"),
            (
                "a\n\n{% comment %}\nhidden {{ x }}\n{% endcomment %}\n\nb",
                "a\n\n\n\nb",
            ),
            (
                "a {%- comment why -%}hidden{%- endcomment -%} %%hidden%% b",
                "a   b",
            ),
            (
                "a\n\n%%\nhidden\n\n- hidden `%%` too\n%%\n\nb %%hidden\nin two lines%%.",
                "a\n\n\n\nb .",
            ),
            ("> %%hidden%%\n> b", "> \n> b"),
            ("x %% y\n\nz %%hidden%% w", "x %% y\n\nz  w"),
        ] {
            assert_eq!(removed(text).as_deref(), Some(shown), "{text}");
        }
    }

    #[test]
    fn signs_stay() {
        for text in [
            "`%%a%%` and `%%`",
            "`{::comment}a{:/comment}` {::comment} a",
            "```\n{% comment %}\na\n{% endcomment %}\n```\n",
            "{% comment %} to the end",
            "```\n%% mermaid\n%% mermaid\n```\n",
            "100%% of 20%% each",
            "%%%% a %%%%",
            "One %% sign.\n\nAnother %% sign.",
            "%% to the end",
            "%% is one sign.\n\nAnd %% is another.",
        ] {
            assert_eq!(removed(text), None, "{text}");
        }
    }
}
