//! Notes, tips and warnings: their labels, and Markdown as a quote under one.

/// Deeper quotes are not marked: each level costs a prefix on every line.
pub(super) const DEEPEST: usize = 8;

/// How a kind of admonition is called in text: `note` -> `Note`.
pub(super) fn label(kind: &str) -> String {
    let kind: String = kind
        .chars()
        .take(64)
        .map(|c| if c == '-' || c == '_' { ' ' } else { c })
        .collect();
    let mut chars = kind.chars();
    chars.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(chars.flat_map(char::to_lowercase))
            .collect()
    })
}

/// The words in bold that open an admonition: `**Note:**`, `**Mind the gap:**`.
pub(super) fn lead(kind: &str, title: Option<&str>) -> String {
    let title = title.map(str::trim).filter(|title| !title.is_empty());
    let text = title.map_or_else(|| label(kind), |title| title.replace("**", ""));
    let end = if text.ends_with([':', '?', '!', '.']) {
        ""
    } else {
        ":"
    };
    format!("**{text}{end}**")
}

/// Markdown as a quote under its lead, each line behind `indent`; content that is indented
/// as far as its surroundings loses that.
pub(super) fn quote(lead: &str, content: &str, indent: &str) -> String {
    let mut out = String::with_capacity(content.len() + content.len() / 8 + 64);
    out.push_str(indent);
    out.push_str("> ");
    out.push_str(lead);
    let mut lines = trim_blank_lines(content).lines().peekable();
    let first = lines.peek().map_or("", |line| line.trim_start());
    if first.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '[' | '(' | '"' | '`')) {
        out.push(' ');
        out.push_str(first);
        lines.next();
    } else if lines.peek().is_some() {
        out.push('\n');
        out.push_str(indent);
        out.push('>');
    }
    for line in lines {
        out.push('\n');
        out.push_str(indent);
        out.push('>');
        let line = dedent(line, indent.len());
        if !line.trim().is_empty() {
            out.push(' ');
            out.push_str(line);
        }
    }
    out.push('\n');
    out
}

/// A line without its first `columns` of white space, or what it has of them.
pub(super) fn dedent(line: &str, columns: usize) -> &str {
    let mut width = 0;
    for (i, b) in line.bytes().enumerate() {
        if width >= columns {
            return &line[i..];
        }
        match b {
            b' ' => width += 1,
            b'\t' => width += 4 - width % 4,
            _ => return &line[i..],
        }
    }
    ""
}

/// How far a line is indented, in columns.
pub(super) fn indentation(line: &str) -> usize {
    let mut width = 0;
    for b in line.bytes() {
        match b {
            b' ' => width += 1,
            b'\t' => width += 4 - width % 4,
            _ => break,
        }
    }
    width
}

fn trim_blank_lines(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.len() - text.trim_start().len();
    let line = text[..start].rfind('\n').map_or(0, |i| i + 1);
    &text[line..]
}
