//! Comments of Obsidian: `%%…%%`, in a line or over several blocks, and not in code.

use pulldown_cmark::{Event, Options, Parser, Tag};
use std::ops::Range;

/// The text without its comments; `None` where there is none.
pub(super) fn removed(text: &str) -> Option<String> {
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

fn code(text: &str) -> Vec<Range<usize>> {
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
