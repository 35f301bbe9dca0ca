//! Text that takes the place of a call, a tag or a directive: in the line, or on lines of its own.

use super::admonition;

pub(super) enum Text {
    Inline(String),
    /// Stands on lines of its own, already indented.
    Block(String),
}

pub(super) fn place(out: &mut String, text: Text) {
    match text {
        Text::Inline(text) => out.push_str(&text),
        Text::Block(text) => {
            let line = out.rfind('\n').map_or(0, |i| i + 1);
            if out[line..].trim().is_empty() {
                out.truncate(line);
            } else {
                out.push('\n');
            }
            if !out.is_empty() && !out.ends_with("\n\n") {
                out.push('\n');
            }
            out.push_str(&text);
            if !text.ends_with('\n') {
                out.push('\n');
            }
        }
    }
}

/// Code in a fence, each line behind `indent`.
pub(super) fn fence(language: &str, content: &str, indent: &str) -> Text {
    let content = content.trim_matches('\n').trim_end();
    let longest = content.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    let language = language
        .split(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let mut out = format!("{indent}{marks}{language}\n");
    for line in content.lines() {
        out.push_str(indent);
        out.push_str(admonition::dedent(line, indent.len()));
        out.push('\n');
    }
    out.push_str(indent);
    out.push_str(&marks);
    out.push('\n');
    Text::Block(out)
}
