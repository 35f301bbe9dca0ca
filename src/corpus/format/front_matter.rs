//! Front matter: the YAML, TOML or JSON block that site generators read at the top of a page.

use crate::corpus::document::Weight;
use serde_json::Value;

/// Front matter beyond this many bytes is not parsed, only taken off.
const LONGEST: usize = 256 * 1024;

/// What a page's front matter says, as far as docent uses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    /// `title`.
    pub(super) title: Option<String>,
    /// What navigation calls a page that has no `title`: `linkTitle`, `sidebar_label`, `nav_title`. A heading of its own goes before it.
    pub(super) label: Option<String>,
    /// `description`, else `summary`.
    pub(super) description: Option<String>,
    /// `permalink`, `url` or a `slug` that names the place of the page.
    pub(super) permalink: Option<String>,
    /// Short titles, old addresses and slugs, by which links may name the page.
    pub(super) aliases: Vec<String>,
    /// Its place among its siblings: `weight`, `sidebar_position`, `nav_order`, `order`, or `order` in `sidebar`.
    pub(super) weight: Option<Weight>,
    /// `lang`, `language` or `locale`.
    pub(super) language: Option<String>,
    /// The operation of an API that Mintlify shows on the page, or the schema.
    pub(super) openapi: Option<String>,
    pub(super) openapi_schema: Option<String>,
    /// The generator would not publish the page.
    pub(super) draft: bool,
    /// It has no page of its own, others show it: Hugo's `build.render: never`, `headless`.
    pub(super) is_part: bool,
    /// Has keys that only MDN's pages have, so `{{…}}` are its macros.
    pub(super) mdn: bool,
    /// All of it.
    pub(super) values: Value,
}

/// Takes the front matter off a file's text: what it says, and the body behind it.
///
/// A block that is not well-formed is still taken off; of its keys those are kept that can
/// be read line by line. A file without front matter is all body.
pub(super) fn split(text: &str) -> (FrontMatter, &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some((block, body)) = fenced(text, "---") {
        return (FrontMatter::from_value(&yaml(block)), body);
    }
    if let Some((block, body)) = fenced(text, "+++") {
        let value = bounded(block)
            .and_then(|block| toml::from_str::<Value>(block).ok())
            .unwrap_or_else(|| by_line(block, '='));
        return (FrontMatter::from_value(&value), body);
    }
    if let Some((value, body)) = json(text) {
        return (FrontMatter::from_value(&value), body);
    }
    (FrontMatter::default(), text)
}

/// All that the front matter of a file says in YAML; nothing where it has none.
pub(in crate::corpus) fn front_matter(text: &str) -> Value {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    fenced(text, "---")
        .map(|(block, _)| yaml(block))
        .unwrap_or_default()
}

/// The block between two lines that hold only `fence`, the first of them the file's first.
fn fenced<'a>(text: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.strip_prefix(fence)?;
    let line_end = rest.find('\n')?;
    if !rest[..line_end].trim().is_empty() {
        return None;
    }
    let block = &rest[line_end + 1..];
    let mut start = 0;
    for line in block.split_inclusive('\n') {
        let end = start + line.len();
        let line = line.trim_end();
        if line == fence || (fence == "---" && line == "...") {
            let inner = &block[..start];
            // A thematic break at the top of a page, with another one below, is not front matter.
            let keyed = inner.trim().is_empty() || inner.contains([':', '=']);
            return keyed.then_some((inner, &block[end..]));
        }
        start = end;
    }
    None
}

fn bounded(block: &str) -> Option<&str> {
    (block.len() <= LONGEST).then_some(block)
}

fn yaml(block: &str) -> Value {
    // What aliases make many of is paid for by every page that has them.
    let options = serde_saphyr::options! {
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::FirstWins,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 1_000 },
    };
    bounded(block)
        .and_then(|block| {
            serde_saphyr::from_str_with_options::<Value>(block, options.clone())
                .or_else(|_| {
                    serde_saphyr::from_str_with_options::<Value>(&without_tabs(block), options)
                })
                .ok()
        })
        .filter(Value::is_object)
        .unwrap_or_else(|| by_line(block, ':'))
}

/// Tabs are no indentation in YAML, but people write them.
fn without_tabs(block: &str) -> String {
    block.replace('\t', "  ")
}

fn json(text: &str) -> Option<(Value, &str)> {
    if !text.strip_prefix('{')?.trim_start().starts_with('"') {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, &text[values.byte_offset()..]))
}

/// The scalars that stand on a line of their own at the top level of a block that does not parse.
fn by_line(block: &str, separator: char) -> Value {
    let mut keys = serde_json::Map::new();
    for line in block.lines().take(1000) {
        if line.starts_with([' ', '\t', '#', '-', '[']) {
            continue;
        }
        let Some((key, value)) = line.split_once(separator) else {
            continue;
        };
        let value = unquoted(value.trim());
        if !value.is_empty() && value.len() <= 2000 {
            keys.entry(key.trim())
                .or_insert_with(|| Value::String(value.to_owned()));
        }
    }
    Value::Object(keys)
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.strip_suffix(quote).unwrap_or(inner);
        }
    }
    value
}

impl FrontMatter {
    fn from_value(value: &Value) -> Self {
        let text = |key: &str| scalar(value.get(key)?);
        let mut labels = ["linkTitle", "sidebar_label", "nav_title", "short-title"]
            .into_iter()
            .filter_map(text)
            .collect::<Vec<_>>()
            .into_iter();
        let title = text("title");
        let label = match title {
            None => labels.next(),
            Some(_) => None,
        };
        let mut aliases: Vec<String> = labels.collect();
        let mut permalink = None;
        for key in ["permalink", "url", "slug"] {
            let Some(place) = text(key) else { continue };
            let rooted = place.starts_with('/') || place.contains("://");
            // A templated address (`/:categories/:title/`) names no page.
            if place.contains(":title") || place.contains("{{") {
                continue;
            }
            if permalink.is_none() && (rooted || !place.contains('/')) {
                permalink = Some(place);
            } else {
                aliases.push(place);
            }
        }
        for key in ["aliases", "alias", "redirect_from", "redirects"] {
            match value.get(key) {
                Some(Value::Array(list)) => {
                    aliases.extend(list.iter().take(1000).filter_map(scalar));
                }
                Some(other) => aliases.extend(scalar(other)),
                None => {}
            }
        }
        let mut seen = std::collections::HashSet::new();
        aliases.retain(|alias| Some(alias) != title.as_ref() && seen.insert(alias.clone()));
        Self {
            description: text("description").or_else(|| text("summary")),
            weight: weight(value),
            language: text("lang")
                .or_else(|| text("language"))
                .or_else(|| text("locale")),
            openapi: text("openapi"),
            openapi_schema: text("openapi-schema"),
            draft: is_draft(value),
            is_part: is_part(value),
            mdn: ["page-type", "browser-compat", "spec-urls"]
                .iter()
                .any(|key| value.get(key).is_some()),
            title,
            label,
            permalink,
            aliases,
            values: value.clone(),
        }
    }
}

fn is_draft(value: &Value) -> bool {
    let is = |key: &str, wanted: bool| value.get(key).and_then(boolean) == Some(wanted);
    is("draft", true) || is("published", false)
}

/// Whether other pages show it, which has none of its own.
fn is_part(value: &Value) -> bool {
    let never = ["build", "_build"].iter().any(|key| {
        let render = value.get(key).and_then(|build| build.get("render"));
        render.is_some_and(|render| {
            render.as_str() == Some("never") || boolean(render) == Some(false)
        })
    });
    value.get("headless").and_then(boolean) == Some(true) || never
}

/// Hugo takes a weight of 0 for none.
fn weight(value: &Value) -> Option<Weight> {
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let hugo = value.get("weight").and_then(number);
    let hugo = hugo.filter(|weight| *weight != 0.0);
    let others = ["sidebar_position", "nav_order", "order"].iter();
    let mut others = others.filter_map(|key| value.get(key).and_then(number));
    let starlight = || number(value.get("sidebar")?.get("order")?);
    Weight::of(hugo.or_else(|| others.next()).or_else(starlight)?)
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A scalar as one line of text; `None` for an empty one and for lists and maps.
pub(super) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_keys_survive_a_wrong_type_beside_them() {
        let (front, body) = split(
            "---\ntitle: \"It's: here\"\ndescription: >\n  Two\n  lines\naliases: [/old/, /older/]\nslug: 7\ndraft: {a: b}\n---\nBody\n",
        );
        assert_eq!(front.title.as_deref(), Some("It's: here"));
        assert_eq!(front.description.as_deref(), Some("Two lines"));
        assert_eq!(front.permalink.as_deref(), Some("7"));
        assert_eq!(front.aliases, ["/old/", "/older/"]);
        assert!(!front.draft);
        assert_eq!(body, "Body\n");
    }

    #[test]
    fn a_weight_is_found_by_what_each_generator_calls_it() {
        let weight = |text: &str| split(&format!("---\n{text}\n---\nBody")).0.weight;
        for (text, expected) in [
            ("weight: 20", Some(20.0)),
            ("weight: 0", None),
            ("sidebar_position: 2.5", Some(2.5)),
            ("nav_order: '3'", Some(3.0)),
            ("sidebar:\n  order: -1", Some(-1.0)),
            ("weight: heavy", None),
            ("weight: .inf", None),
            ("title: A", None),
        ] {
            assert_eq!(weight(text), expected.and_then(Weight::of), "{text}");
        }
        assert!(Weight::of(2.0) < Weight::of(2.5) && Weight::of(-1.0) < Weight::of(0.0));
    }

    #[test]
    fn toml_and_json() {
        let (front, body) =
            split("+++\ntitle = \"A\"\ndate = 2024-01-01\n[build]\nrender = \"never\"\n+++\nB");
        assert_eq!((front.title.as_deref(), body), (Some("A"), "B"));
        assert!(front.is_part && !front.draft);
        let (front, body) = split("{\n \"title\": \"A\", \"url\": \"/x/\"\n}\n\nB");
        assert_eq!(front.permalink.as_deref(), Some("/x/"));
        assert_eq!((front.title.as_deref(), body.trim()), (Some("A"), "B"));
    }

    #[test]
    fn broken_yaml_keeps_the_body_and_what_can_be_read() {
        let (front, body) = split("---\ntitle: Run: fast\nfoo: [\ndraft: true\n---\nBody");
        assert_eq!(front.title.as_deref(), Some("Run: fast"));
        assert!(front.draft);
        assert_eq!(body, "Body");
    }

    #[test]
    fn an_mdn_slug_is_an_alias() {
        let (front, _) = split("---\ntitle: Foo\nslug: Web/API/Foo\npage-type: x\n---\n");
        assert_eq!(front.permalink, None);
        assert_eq!(front.aliases, ["Web/API/Foo"]);
        assert!(front.mdn);
    }

    #[test]
    fn alias_bombs_and_endless_blocks_are_bounded() {
        let mut bomb = String::from("---\ntitle: T\na: &a [x,x,x,x,x,x,x,x,x]\n");
        for (this, before) in ('b'..='z').zip('a'..) {
            let many = vec![format!("*{before}"); 9].join(",");
            bomb.push_str(&format!("{this}: &{this} [{many}]\n"));
        }
        bomb.push_str("---\nBody");
        let (front, body) = split(&bomb);
        assert_eq!((front.title.as_deref(), body), (Some("T"), "Body"));
        let deep = format!("---\ntitle: T\nx: {}\n---\nBody", "[".repeat(100_000));
        assert_eq!(split(&deep).1, "Body");
    }

    #[test]
    fn a_thematic_break_is_not_front_matter() {
        let text = "---\n\nHello\n\n---\n\nBye";
        assert_eq!(split(text), (FrontMatter::default(), text));
    }
}
