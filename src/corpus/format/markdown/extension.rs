//! Components of MDX and Vue: what their attributes say; and the inline marks of Python-Markdown's extensions.

use super::admonition;
use super::macros;
use super::tag::{Tag, window};

/// What a component's tag shows.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// In the place of the tag.
    pub(super) text: String,
    /// In the place of the tag that closes it.
    pub(super) after: String,
}

/// Components whose attributes are no text of the page.
const SILENT: &[&str] = &[
    "icon",
    "slot",
    "head",
    "script",
    "style",
    "meta",
    "helmet",
    "redirect",
    "input",
    "button.icon",
    "template",
    "svg",
    "checkbox",
    "fontawesomeicon",
    "radio",
    "select",
    "iframe",
    "route",
];
const NOTICES: &[&str] = &[
    "note",
    "tip",
    "info",
    "warning",
    "caution",
    "danger",
    "important",
    "check",
    "success",
    "error",
    "warn",
];
const HREF: [&str; 5] = ["href", "to", "link", "url", "linkUrl"];

/// A component's tag, as what its attributes say: titles, names with their types, descriptions, texts for pictures, links.
/// `item`: the name that the tabs around it have for it. `inline`: its content is some words in the line.
pub(super) fn component(
    text: &str,
    tag: &Tag<'_>,
    block: bool,
    item: Option<&str>,
    inline: bool,
) -> Shown {
    let mut shown = Shown::default();
    let lower = tag.name.to_ascii_lowercase();
    let last = lower.rsplit('.').next().unwrap_or(&lower);
    if tag.closing || SILENT.contains(&last) || last.ends_with("icon") {
        return shown;
    }
    let given: Vec<(&str, &str)> = tag.attributes().collect();
    let value = |name: &str| {
        let mut given = given.iter();
        given.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(*value))
    };
    let attribute = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| value(name))
            .map(|value| macros::plain(value).trim().replace('<', "\\<"))
            .filter(|value| !value.is_empty())
    };
    let kind = match last {
        "admonition" | "callout" | "aside" | "alert" | "hint" | "box" => {
            value("type").or_else(|| value("variant")).unwrap_or("note")
        }
        other => other,
    };
    let is_notice = NOTICES.contains(&kind);
    let parameter = parameter(tag, &value, last, is_notice);
    let title = attribute(&["label", "title", "heading", "header", "summary"]);
    let name = || attribute(&["name", "filename"]);
    let tab = || {
        (last.contains("tab") || last.ends_with("item"))
            .then(|| attribute(&["value"]))
            .flatten()
    };
    let badge = || attribute(&["text"]).filter(|_| tag.self_closing || last == "badge");
    let label = match parameter {
        Some(parameter) => Some(parameter),
        None => title
            .or_else(name)
            .or_else(|| item.map(str::to_owned))
            .or_else(tab),
    };
    let href = HREF
        .iter()
        .find_map(|name| value(name))
        .map(str::trim)
        .filter(|href| is_destination(href));
    let mut parts = Vec::new();
    let mut is_item = false;
    match (label, href) {
        (Some(label), _) if is_notice => parts.push(format!(
            "**{}:**",
            label.replace("**", "").trim_end_matches(':')
        )),
        (None, _) if is_notice => parts.push(format!(
            "**{}:**",
            admonition::label(if kind == "warn" { "warning" } else { kind })
        )),
        (Some(label), Some(href)) => {
            parts.push(format!("[{}]({href})", label.replace(['[', ']'], "")));
        }
        (Some(label), None) if matches!(last, "file" | "folder") => {
            is_item = true;
            parts.push(format!("- `{}`", label.replace('`', "")));
        }
        (Some(label), None) => parts.push(format!("**{}**", label.replace("**", ""))),
        (None, Some(href)) if inline => {
            "[".clone_into(&mut shown.text);
            shown.after = format!("]({href})");
            return shown;
        }
        (None, _) => parts.extend(badge()),
    }
    parts.extend(attribute(&["description", "subtitle", "desc", "tagline"]));
    parts.extend(attribute(&["alt"]));
    parts.extend(attribute(&["caption"]));
    if let Some(tip) = attribute(&["tip", "tooltip", "definition"]) {
        if tag.self_closing {
            parts.push(tip);
        } else {
            shown.after = format!(" ({tip})");
        }
    }
    if parts.is_empty() {
        return shown;
    }
    let alone = text[tag.end..]
        .trim_start_matches([' ', '\t'])
        .starts_with('\n');
    let apart = (block || alone) && !is_item;
    let joins = text[tag.end..].starts_with(|c: char| {
        c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')')
    });
    let edge = match (block || is_item, alone) {
        (true, true) => "\n",
        (true, false) => "\n\n",
        (false, _) if joins => "",
        (false, _) => " ",
    };
    shown.text = parts.join(if apart { "\n\n" } else { " " });
    shown.text.push_str(edge);
    shown
}

/// `name (string, required, default: 1)`, for components that document a parameter.
fn parameter<'t>(
    tag: &Tag<'_>,
    value: &impl Fn(&str) -> Option<&'t str>,
    component: &str,
    is_notice: bool,
) -> Option<String> {
    if is_notice {
        return None;
    }
    let documents = [
        "field",
        "param",
        "parameter",
        "prop",
        "property",
        "argument",
        "option",
        "attribute",
    ]
    .iter()
    .any(|end| component.ends_with(end));
    let names: &[&str] = if documents {
        &[
            "body", "query", "path", "header", "param", "name", "prop", "field", "argument",
        ]
    } else {
        &["name", "body", "query", "path", "param"]
    };
    let name = names
        .iter()
        .find_map(|name| value(name))
        .map(str::trim)
        .filter(|name| !name.is_empty())?;
    let said = |name: &str| value(name).map(str::trim).filter(|value| *value != "false");
    let mut facts: Vec<String> = Vec::new();
    facts.extend(
        said("type")
            .filter(|kind| !kind.is_empty())
            .map(macros::plain),
    );
    if said("required").is_some() || tag.value("required") == Some("{true}") {
        facts.push("required".to_owned());
    }
    if said("deprecated").is_some() || tag.value("deprecated") == Some("{true}") {
        facts.push("deprecated".to_owned());
    }
    let default = said("default")
        .or_else(|| said("initialValue"))
        .or_else(|| {
            let value = tag.value("default")?.strip_prefix('{')?.strip_suffix('}')?;
            (!value.is_empty() && value.len() <= 100).then_some(value)
        });
    facts.extend(
        default
            .filter(|default| !default.is_empty())
            .map(|default| format!("default: {default}")),
    );
    if facts.is_empty() {
        return documents.then(|| macros::plain(name).replace('<', "\\<"));
    }
    Some(format!("{} ({})", macros::plain(name), facts.join(", ")).replace('<', "\\<"))
}

fn is_destination(href: &str) -> bool {
    !href.is_empty()
        && !href.contains(|c: char| c.is_whitespace() || "()<>{}".contains(c))
        && !href.to_ascii_lowercase().starts_with("javascript:")
}

/// The strings of `items={['npm', "yarn"]}`.
pub(super) fn items(tag: &Tag<'_>) -> Vec<String> {
    const MOST: usize = 64;
    let Some(list) = tag.value("items").or_else(|| tag.value("labels")) else {
        return Vec::new();
    };
    let mut items = Vec::new();
    let mut rest = list;
    while let Some(at) = rest.find(['"', '\'', '`'])
        && items.len() < MOST
    {
        let quote = char::from(rest.as_bytes()[at]);
        let Some(end) = rest[at + 1..].find(quote) else {
            break;
        };
        items.push(rest[at + 1..at + 1 + end].to_owned());
        rest = &rest[at + end + 2..];
    }
    items
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
