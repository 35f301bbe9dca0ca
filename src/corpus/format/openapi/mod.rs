//! Descriptions of HTTP APIs: OpenAPI 3.0 to 3.2 and Swagger 2.0, in YAML or JSON.
//!
//! A description becomes the page of the whole API, a page an operation and a page a schema. Its address is the file's own,
//! with the place in it as a JSON Pointer (RFC 6901, section 6): where a service shows its operations to people is known to
//! none of these files, and this is how they name each other's parts.

mod operation;
mod overview;
mod page;
mod prose;
mod schema;
mod spec;

use super::super::document::{Page, Skip, Source, Weight};
pub(super) use page::markdown_pages;

use operation::{METHODS, Operation};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schema::Writer;
use spec::{At, Spec};
use std::collections::HashSet;

/// How much of a file is looked at to tell one, in bytes.
pub(super) const BEGINNING: usize = 4 << 10;
/// Operations of one description, and its schemas.
const MAX_PAGES: usize = 20_000;
/// What stands in a fragment as it is (RFC 3986, section 3.5).
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'~')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b':')
    .remove(b'@');

/// Whether a file of data may be a description, by its name and its beginning: `openapi` or `swagger` is among its own keys.
/// Some tools write the keys in the order of the alphabet, which brings these names far down: then the file's name tells.
pub(super) fn fits(path: &str, beginning: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let start = beginning.trim_start();
    if start.starts_with('{') {
        return has_json_key(start) || (is_named_so(&name) && !start.contains("\"dependencies\""));
    }
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    is_yaml && beginning.lines().any(has_yaml_key)
}

fn is_named_so(name: &str) -> bool {
    ["openapi", "swagger", "api-docs"]
        .iter()
        .any(|word| name.contains(word))
}

/// `openapi: 3.1.0` at the start of a line.
fn has_yaml_key(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else {
        return false;
    };
    let value = value.trim().trim_start_matches(['"', '\'']);
    match key.trim_end().trim_matches(['"', '\'']) {
        "openapi" => value.starts_with("3."),
        "swagger" => value.starts_with("2.0"),
        _ => false,
    }
}

/// `"openapi": "3.1.0"` among the keys of the outermost object.
fn has_json_key(start: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for (at, byte) in start.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => {
                in_text = !in_text;
                if in_text && depth == 1 && is_version(&start[at + 1..]) {
                    return true;
                }
            }
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn is_version(key: &str) -> bool {
    [("openapi\"", "3."), ("swagger\"", "2.0")]
        .iter()
        .any(|(name, version)| {
            let rest = key.strip_prefix(name).map(str::trim_start);
            let value = rest
                .and_then(|rest| rest.strip_prefix(':'))
                .map(str::trim_start);
            value.is_some_and(|value| value.trim_start_matches('"').starts_with(version))
        })
}

/// The pages of a description: the whole, each operation, each schema.
///
/// # Errors
/// [`Skip::Malformed`] for what cannot be read, [`Skip::UnknownFormat`] for a file of data that only looked like one,
/// [`Skip::Empty`] for one that describes nothing.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let spec = Spec::read(source.path, source.text, source.include)
        .map_err(|reason| Skip::Malformed { reason })?;
    if !is_description(&spec) {
        return Err(Skip::UnknownFormat);
    }
    let mut writer = Writer::new(&spec, source.text.len());
    let mut used = HashSet::new();
    let operations: Vec<(Operation<'_>, String)> = operations(&spec)
        .map(|operation| (operation, distinct(&mut used, name_of(operation))))
        .collect();
    let schemas = schemas(&spec, &mut writer, &mut used);
    if operations.is_empty() && schemas.is_empty() {
        return Err(Skip::Empty);
    }
    let folder = spec.path.as_str();
    let file = folder.rsplit('/').next().unwrap_or(folder);
    let from_overview: Vec<_> = operations
        .iter()
        .map(|(operation, name)| (*operation, format!("{file}/{name}")))
        .collect();
    let info = spec.root().node.key("info");
    let mut pages = vec![Page {
        title: info
            .and_then(|info| info.text_of("title"))
            .map(str::to_owned),
        description: None,
        markdown: overview::overview(&writer, &from_overview),
        ..Page::default()
    }];
    for (operation, name) in &operations {
        let title = operation.title();
        let mut markdown = String::new();
        // The writer has the last word: beyond what a file may cost, its pages are names.
        let up = up(name);
        if title != operation.call() {
            super::emit::heading(&mut markdown, 1, &prose::plain(&title), None);
            operation.write(&writer, &mut markdown, 2, &up);
        } else {
            operation.write(&writer, &mut markdown, 1, &up);
        }
        pages.push(Page {
            path: Some(format!("{folder}/{name}")),
            title: Some(title),
            fragment: Some(pointer(&operation_pointer(*operation))),
            weight: weight(pages.len()),
            markdown,
            ..Page::default()
        });
    }
    for (title, name, at) in schemas {
        let parent = if spec.is_swagger() {
            "/definitions"
        } else {
            "/components/schemas"
        };
        pages.push(Page {
            path: Some(format!("{folder}/{name}")),
            title: Some(title.to_owned()),
            fragment: Some(pointer(&format!("{parent}/{}", escaped(title)))),
            weight: weight(pages.len()),
            markdown: overview::schema(&writer, title, at, &up(&name)),
            ..Page::default()
        });
    }
    Ok(pages)
}

fn is_description(spec: &Spec) -> bool {
    let root = spec.root().node;
    let version = |key: &str| root.key(key).and_then(super::data::Node::scalar);
    version("openapi").is_some_and(|it| it.starts_with('3'))
        || version("swagger").is_some_and(|it| it.starts_with('2'))
}

fn weight(place: usize) -> Option<Weight> {
    Weight::of(f64::from(u32::try_from(place).ok()?))
}

/// Every method of every path, and the webhooks, less those that are marked as internal.
fn operations(spec: &Spec) -> impl Iterator<Item = Operation<'_>> {
    let root = spec.root();
    let groups = ["paths", "webhooks", "x-webhooks"].into_iter();
    groups
        .filter_map(move |group| Some((group, root.key(group)?)))
        .flat_map(|(group, paths)| {
            paths
                .node
                .keys()
                .map(move |(path, item)| (group, path, paths.of(item)))
        })
        .flat_map(move |(group, path, item)| {
            let item = spec.resolve(item);
            METHODS.iter().filter_map(move |method| {
                let at = spec.resolve(item.key(method)?);
                let operation = Operation {
                    method,
                    path,
                    at,
                    item,
                    is_webhook: group != "paths",
                };
                at.node.is_map().then_some(operation)
            })
        })
        .filter(|operation| !operation.is_hidden())
        .take(MAX_PAGES)
}

/// The schemas that the description names, each with the path of its page; the writer links to them from now on.
fn schemas<'s>(
    spec: &'s Spec,
    writer: &mut Writer<'s>,
    used: &mut HashSet<String>,
) -> Vec<(&'s str, String, At<'s>)> {
    let root = spec.root();
    let components = root.key("components").and_then(|it| it.key("schemas"));
    let Some(schemas) = components.or(root.key("definitions")) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (name, schema) in schemas.node.keys().take(MAX_PAGES) {
        let at = schemas.of(schema);
        if !schema.is_map() || schema.says("x-internal") {
            continue;
        }
        let page = distinct(used, format!("schemas/{}", slug(name)));
        for node in [schema, spec.resolve(at).node] {
            writer
                .schemas
                .entry(std::ptr::from_ref(node))
                .or_insert_with(|| page.clone());
        }
        all.push((name, page, at));
    }
    all
}

/// `users/get-users-id`: its tag, and its own name, else the call.
fn name_of(operation: Operation<'_>) -> String {
    let id = operation.at.node.text_of("operationId").map(slug);
    let own = id
        .filter(|it| !it.is_empty())
        .unwrap_or_else(|| slug(&operation.call()).to_lowercase());
    match operation.tag().map(|tag| slug(tag).to_lowercase()) {
        Some(tag) if !tag.is_empty() => format!("{tag}/{own}"),
        _ => own,
    }
}

/// The way from a page to the folder of its description.
fn up(name: &str) -> String {
    "../".repeat(name.matches('/').count())
}

fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(120) {
        if c.is_alphanumeric() || matches!(c, '_' | '.') {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches(['-', '.']).to_owned()
}

fn distinct(used: &mut HashSet<String>, name: String) -> String {
    if used.insert(name.to_lowercase()) {
        return name;
    }
    // As many as have been named at the most, and from there on each is new at once.
    let mut number = used.len();
    loop {
        let other = format!("{name}-{number}");
        if used.insert(other.to_lowercase()) {
            return other;
        }
        number += 1;
    }
}

fn operation_pointer(operation: Operation<'_>) -> String {
    let group = if operation.is_webhook {
        "webhooks"
    } else {
        "paths"
    };
    format!("/{group}/{}/{}", escaped(operation.path), operation.method)
}

/// A key in a JSON Pointer (RFC 6901, section 3).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn pointer(pointer: &str) -> String {
    utf8_percent_encode(pointer, FRAGMENT).to_string()
}

#[cfg(test)]
mod tests;
