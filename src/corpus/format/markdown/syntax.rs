//! Lines of the dialects, read one at a time: directives, headings, alerts, attributes.

use std::borrow::Cow;

use super::tag::Tag;
use super::{admonition, fence};
use crate::corpus::heading::with_names;

/// More containers than this at the start of one line are taken for noise.
const MOST_CONTAINERS: usize = 64;

/// `note Title`, `note[Title]`, `{.note title="Title"}`, `{note} Title`: the kind and the title.
pub(super) fn directive(text: &str) -> Option<(String, Option<String>)> {
    let braced = text.strip_prefix('{');
    let words = braced.unwrap_or(text).trim_start_matches(['.', ' ']);
    let length = words
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(words.len());
    if length == 0 || !words.starts_with(|c: char| c.is_alphabetic()) {
        return None;
    }
    let kind = words[..length].to_owned();
    let rest = words[length..].trim();
    let attribute = rest.find("title=").and_then(|at| {
        let value = &rest[at + 6..];
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value[1..].split(quote).next()
    });
    let rest = match braced {
        Some(_) => rest.split_once('}').map_or("", |(_, rest)| rest).trim(),
        None => rest,
    };
    let title = if let Some(title) = attribute {
        title
    } else if let Some(inner) = rest.strip_prefix('[') {
        inner.rsplit_once(']').map_or(inner, |(title, _)| title)
    } else {
        rest.split('{').next().unwrap_or_default().trim()
    };
    Some((kind, (!title.is_empty()).then(|| title.to_owned())))
}

pub(super) fn is_admonition(kind: &str) -> bool {
    const KINDS: &[&str] = &[
        "note",
        "tip",
        "info",
        "warning",
        "danger",
        "caution",
        "important",
        "success",
        "question",
        "abstract",
        "example",
        "bug",
        "quote",
        "seealso",
        "hint",
        "attention",
        "todo",
        "failure",
        "error",
        "secondary",
        "admonition",
        "callout",
        "summary",
        "faq",
        "experimental",
        "deprecated",
    ];
    KINDS.contains(&kind.to_ascii_lowercase().as_str())
}

/// The inside of a quoted string that opens the text.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = &text[1..];
    inner.rfind(quote).map(|end| &inner[..end])
}

/// `---`, `***`
pub(super) fn is_rule(line: &str) -> bool {
    let mut bytes = line.bytes().filter(|b| *b != b' ');
    let Some(first) = bytes.next() else {
        return false;
    };
    let mut count = 1;
    matches!(first, b'-' | b'*' | b'_')
        && bytes.all(|b| {
            count += 1;
            b == first
        })
        && count >= 3
}

/// `# [Windows](#tab/windows)` of DocFX: the name of a tab.
pub(super) fn tab_title(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#').trim();
    let (title, target) = text.strip_prefix('[')?.split_once("](#tab/")?;
    (target.ends_with(')') && !title.is_empty()).then_some(title)
}

/// `> [!div class="x"]` and `> [!VIDEO url]` of DocFX: what stands for them.
pub(super) fn docfx_note(line: &str) -> Option<String> {
    let start = line.len() - line.trim_start_matches([' ', '>']).len();
    let inner = line[start..]
        .trim_end()
        .strip_prefix("[!")?
        .strip_suffix(']')?;
    let (kind, rest) = inner.split_once(' ').unwrap_or((inner, ""));
    match kind.to_ascii_lowercase().as_str() {
        "div" => Some(String::new()),
        "video" => Some(format!("{}[Video]({})", &line[..start], rest.trim())),
        _ => None,
    }
}

/// What stands behind the colons of DocFX's own extensions: `zone pivot="x"`, `image alt-text="…":::`. `None`: no such extension.
pub(super) fn docfx(text: &str) -> Option<String> {
    let length = text
        .bytes()
        .take_while(|b| b.is_ascii_lowercase() || *b == b'-')
        .count();
    let (name, rest) = text.split_at(length);
    let rest = rest.trim_end_matches(':').trim();
    let attribute = |name: &str| {
        let at = rest.find(&format!("{name}=\""))? + name.len() + 2;
        rest[at..]
            .split('"')
            .next()
            .map(str::trim)
            .filter(|value| !value.is_empty())
    };
    let is_marked = text.ends_with(":::") || rest.contains("=\"");
    if let Some(name) = name.strip_suffix("-end") {
        return matches!(
            name,
            "zone" | "moniker" | "row" | "column" | "image" | "code" | "form" | "video"
        )
        .then(String::new);
    }
    match name {
        "zone" | "moniker" | "row" | "column" | "form" if is_marked => Some(String::new()),
        "image" if is_marked => Some(match (attribute("alt-text"), attribute("source")) {
            (Some(alt), Some(source)) if !source.contains([' ', '(', ')']) => {
                format!("![{}]({source})", alt.replace(['[', ']'], ""))
            }
            (alt, _) => alt.unwrap_or_default().to_owned(),
        }),
        "video" if is_marked => Some(
            attribute("source").map_or_else(String::new, |source| format!("[Video]({source})")),
        ),
        "no-loc" if is_marked => Some(attribute("text").unwrap_or_default().to_owned()),
        "code" if is_marked => Some(attribute("source").map_or_else(String::new, |source| {
            format!("`{}`", source.replace('`', ""))
        })),
        _ => None,
    }
}

pub(super) fn is_contents(line: &str) -> bool {
    matches!(
        line,
        "[TOC]" | "[toc]" | "[[toc]]" | "[[TOC]]" | "[[_TOC_]]"
    )
}

/// `*[HTML]: HyperText Markup Language`
pub(super) fn is_abbreviation(line: &str) -> bool {
    line.strip_prefix("*[")
        .is_some_and(|rest| rest.contains("]:"))
}

/// `{: .class}` or `{.class #id}` on a line of its own.
pub(super) fn is_attribute_line(line: &str) -> bool {
    let Some(inner) = line
        .strip_prefix('{')
        .and_then(|line| line.strip_suffix('}'))
    else {
        return matches!(line, "{% raw %}" | "{% endraw %}");
    };
    if matches!(line, "{% raw %}" | "{% endraw %}") {
        return true;
    }
    let kramdown = inner.starts_with(':');
    let inner = inner.trim_start_matches(':').trim();
    let attributes = inner.starts_with(['.', '#']) && !inner.starts_with("#if");
    (kramdown || attributes) && !inner.contains(['{', '}', '<'])
}

/// A line without the `{: …}` at its end.
pub(super) fn trailing_attributes(line: &str) -> &str {
    let trimmed = line.trim_end();
    if trimmed.ends_with('}')
        && let Some(at) = trimmed.rfind("{:")
        && !trimmed[at + 2..trimmed.len() - 1].contains(['{', '}', '"', '`'])
        && trimmed[at + 2..].trim_start().starts_with(['.', '#'])
    {
        return trimmed[..at].trim_end();
    }
    line
}

/// An ATX heading with its anchor as `{#id}` at the end, wherever the source has it.
pub(super) fn heading(line: &str) -> Option<String> {
    let start = line.len() - line.trim_start().len();
    let level = line[start..].bytes().take_while(|b| *b == b'#').count();
    if level > 6 || !line[start + level..].starts_with([' ', '\t']) {
        return None;
    }
    let mut text = line.trim_end();
    let mut id = None;
    if text.ends_with('}')
        && let Some(at) = text.rfind('{')
        && !text[..at].trim_matches(['#', ' ', '\t']).is_empty()
        && are_attributes(&text[at + 1..text.len() - 1])
    {
        id = text[at + 1..text.len() - 1]
            .split([' ', ':'])
            .find_map(|word| word.strip_prefix('#'));
        text = text[..at].trim_end();
    }
    let mut out = with_names(text, |name| name.replace('_', "\\_")).into_owned();
    // `## <a id="x"></a>Title`
    if let Some(at) = out.find("<a ")
        && let Some(tag) = Tag::at(&out, at)
        && let Some(name) = tag.attribute("id").or_else(|| tag.attribute("name"))
        && tag.attribute("href").is_none()
    {
        let name = name.to_owned();
        let end = tag.end;
        out.replace_range(at..end, "");
        if let Some(close) = out[at..].find("</a>") {
            out.replace_range(at + close..at + close + 4, "");
        }
        if id.is_none() {
            push_id(&mut out, &name);
            return Some(out);
        }
    }
    if let Some(id) = id {
        push_id(&mut out, id);
    }
    Some(out)
}

/// `#id .class key=value`, `: #id` of kramdown, `-` of Pandoc; not `id` of `/users/{id}`.
fn are_attributes(inner: &str) -> bool {
    let inner = inner.trim();
    let named = inner.trim_start_matches([':', ' ']);
    matches!(inner, "-" | ".-")
        || named.starts_with(['#', '.'])
            && named
                .split_whitespace()
                .all(|word| word.starts_with(['#', '.']) || word.contains('=') || word == "-")
}

pub(super) fn push_id(heading: &mut String, id: &str) {
    // `#\\9.0`: escaped for CSS.
    let id = id.replace('\\', "");
    let fits =
        !id.is_empty() && !id.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '<'));
    if fits {
        heading.truncate(heading.trim_end().len());
        heading.push_str(" {#");
        heading.push_str(&id);
        heading.push('}');
    }
}

/// `> [!NOTE]` -> `> **Note:**`.
pub(super) fn alert(line: &str) -> Option<String> {
    let start = line.len() - line.trim_start_matches([' ', '>']).len();
    let inner = line[start..].strip_prefix("[!")?;
    let (kind, title) = inner.split_once(']')?;
    if kind.is_empty() || !kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let title = title.trim_start_matches(['-', '+']).trim();
    let lead = admonition::lead(kind, Some(title));
    Some(format!("{}{lead}", &line[..start]))
}

/// The line without what its start nests beyond reason, which would cost every reader of it.
pub(super) fn cap_containers(line: &str) -> Cow<'_, str> {
    if line.len() <= MOST_CONTAINERS {
        return line.into();
    }
    let bytes = line.as_bytes();
    let mut count = 0;
    let mut cut = None;
    let mut i = 0;
    loop {
        while i < bytes.len() && bytes[i] == b' ' {
            i += 1;
        }
        let length = match bytes.get(i) {
            Some(b'>') => 1,
            Some(_) => match fence::marker(&line[i..]) {
                Some(length) => length,
                None => break,
            },
            None => break,
        };
        count += 1;
        if count > MOST_CONTAINERS && cut.is_none() {
            cut = Some(i);
        }
        i += length;
    }
    match cut {
        Some(cut) => format!("{}{}", &line[..cut], &line[i..]).into(),
        None => line.into(),
    }
}
