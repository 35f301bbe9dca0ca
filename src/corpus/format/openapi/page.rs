//! Pages of Mintlify that only say which operation or schema they show.

use super::schema::Writer;
use super::spec::Spec;
use super::{is_description, operations, overview, schemas};
use crate::corpus::document::{Page, Skip, Source};
use crate::corpus::format::data::Node;
use crate::corpus::format::front_matter::{self, FrontMatter};
use crate::corpus::format::{emit, markdown};
use std::{cell::RefCell, collections::HashSet, rc::Rc};

/// The names of operations stand at the top of a page, in bytes.
const LONGEST: usize = 4 << 10;
/// Names that a description has beside the pages that show it.
const NAMES: &[&str] = &[
    "openapi.json",
    "openapi.yaml",
    "openapi.yml",
    "api-reference/openapi.json",
    "api-reference/openapi.yaml",
    "api-reference/openapi.yml",
    "swagger.json",
];

thread_local! {
    /// The description that the last page was read with: a folder of them names one again and again, and a thread reads no
    /// more than one pass of a set.
    static LAST: RefCell<Option<Rc<Spec>>> = const { RefCell::new(None) };
}

/// A page of Markdown, with what it shows of an API by its front matter: `openapi: GET /users/{id}`, with the file before it
/// where it names one, `openapi: webhook NAME`, or `openapi-schema: User`.
///
/// # Errors
/// The reason why the page has nothing to serve.
pub(in crate::corpus::format) fn markdown_pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let pages = markdown::pages(source);
    let beginning = &source.text[..source.text.floor_char_boundary(LONGEST)];
    if !beginning.starts_with("---") || !beginning.contains("openapi") {
        return pages;
    }
    let (front, _) = front_matter::split(source.text);
    match (shown_by(source, &front), pages) {
        (Some(shown), Ok(mut pages)) => {
            if let Some(page) = pages.first_mut() {
                emit::gap(&mut page.markdown);
                page.markdown.push_str(&shown);
            }
            Ok(pages)
        }
        (Some(shown), Err(Skip::Empty)) => Ok(vec![Page {
            title: front.title,
            description: front.description,
            permalink: front.permalink,
            aliases: front.aliases,
            weight: front.weight,
            markdown: shown,
            ..Page::default()
        }]),
        (_, pages) => pages,
    }
}

/// Nothing where there is no such operation or schema.
fn shown_by(source: &Source<'_>, front: &FrontMatter) -> Option<String> {
    let by_operation = front
        .openapi
        .as_deref()
        .and_then(|it| operation(source, it));
    by_operation.or_else(|| schema(source, front.openapi_schema.as_deref()?))
}

fn operation(source: &Source<'_>, reference: &str) -> Option<String> {
    let words: Vec<&str> = reference.split_whitespace().collect();
    let [.., method, wanted] = words.as_slice() else {
        return None;
    };
    let method = method.to_ascii_lowercase();
    find(source, reference, |spec, bytes| {
        let writer = Writer::new(spec, bytes);
        let mut found = operations(spec).filter(|operation| {
            let is_method = match operation.is_webhook {
                true => method == "webhook",
                false => operation.method == method,
            };
            is_method && operation.path.trim_end_matches('/') == wanted.trim_end_matches('/')
        });
        let mut markdown = String::new();
        found.next()?.write(&writer, &mut markdown, 2, "");
        Some(markdown)
    })
}

fn schema(source: &Source<'_>, reference: &str) -> Option<String> {
    let name = reference.split_whitespace().last()?;
    find(source, reference, |spec, bytes| {
        let mut writer = Writer::new(spec, bytes);
        let all = schemas(spec, &mut writer, &mut HashSet::new());
        // The schemas have no pages here.
        writer.schemas.clear();
        let (title, _, at) = all.into_iter().find(|(title, ..)| *title == name)?;
        Some(overview::schema(&writer, title, at, ""))
    })
}

/// What the first description has that a page may mean: the file that it names, else one under a name of [`NAMES`], else one
/// that the site's configuration names.
fn find(
    source: &Source<'_>,
    reference: &str,
    found: impl Fn(&Spec, usize) -> Option<String>,
) -> Option<String> {
    let read = |path: &str| {
        let spec = spec_of(path, source.include)?;
        // One page of many: it may cost no more than its share.
        found(&spec, (source.text.len() + 4_096).min(1 << 16))
    };
    let folders = folders_above(source.path);
    let first = reference.split_whitespace().next()?;
    if is_file(first) {
        let name = first.trim_start_matches(['.', '/']);
        return folders
            .iter()
            .find_map(|folder| read(&format!("{folder}{name}")));
    }
    let by_name = folders.iter().find_map(|folder| {
        NAMES
            .iter()
            .find_map(|name| read(&format!("{folder}{name}")))
    });
    by_name.or_else(|| {
        folders.iter().find_map(|folder| {
            let mut names = configured(folder, source.include).into_iter();
            names.find_map(|name| read(&format!("{folder}{}", name.trim_start_matches(['.', '/']))))
        })
    })
}

/// The page's folder, and those above it.
fn folders_above(path: &str) -> Vec<&str> {
    let slashes = path.match_indices('/').rev().take(7);
    slashes.map(|(at, _)| &path[..=at]).chain([""]).collect()
}

fn is_file(word: &str) -> bool {
    [".json", ".yaml", ".yml"]
        .iter()
        .any(|end| word.ends_with(end))
}

/// The descriptions that Mintlify's own configuration names.
fn configured(folder: &str, include: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut names = Vec::new();
    for file in ["docs.json", "mint.json"] {
        let text = include(&format!("{folder}{file}"));
        let Some(config) = text.and_then(|text| Node::read(&text).ok()) else {
            continue;
        };
        let of_api = config.key("api").and_then(|api| api.key("openapi"));
        for named in of_api.into_iter().chain(config.key("openapi")) {
            names.extend(named.text().map(str::to_owned));
            names.extend(
                named
                    .list()
                    .iter()
                    .take(8)
                    .filter_map(Node::text)
                    .map(str::to_owned),
            );
        }
    }
    names.retain(|name| is_file(name) && !name.contains("://"));
    names
}

fn spec_of(path: &str, include: &dyn Fn(&str) -> Option<String>) -> Option<Rc<Spec>> {
    let text = include(path)?;
    let last = LAST.with_borrow(Clone::clone);
    if let Some(spec) = last.filter(|spec| spec.path == path && spec.is_of(&text, include)) {
        return Some(spec);
    }
    let spec = Spec::read(path, &text, include)
        .ok()
        .filter(is_description)?;
    let spec = Rc::new(spec);
    LAST.set(Some(Rc::clone(&spec)));
    Some(spec)
}
