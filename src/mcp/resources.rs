//! Every document as an MCP resource: `docent://set/path`, text/markdown.

use std::cmp::Ordering;

use rmcp::{
    ErrorData,
    model::{
        ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Resource,
        ResourceContents, ResourceTemplate,
    },
};

use super::{
    freshness::FRESH_MS,
    line::one_line,
    links::Links,
    page_path::page_meant,
    uri::{TEMPLATE, id_of, readable, uri_of},
};
use crate::{
    error::chain,
    search::{Meant, PageRef, Snapshot, StoredPage},
};

const MARKDOWN: &str = "text/markdown";
/// Resources in one page of the list: all that most clients ever see of it.
const PAGE: usize = 500;

/// One page of the list; `cursor` is what the page before it ended with.
///
/// Many clients read no second page, so the pages that most others link to come first. The rest is
/// found by the template, whose path is completed.
pub(super) fn list(
    snapshot: &Snapshot,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, ErrorData> {
    let start = match cursor {
        None => 0,
        Some(cursor) => start_of(cursor, snapshot).ok_or_else(foreign_cursor)?,
    };
    let listed = snapshot.pages_by_links(start).take(PAGE);
    let resources = listed.map(|page| resource(&page)).collect();
    let mut result = ListResourcesResult::with_all_items(resources);
    if start + PAGE < snapshot.page_count() {
        result.next_cursor = Some(cursor_at(start + PAGE, snapshot.generation()));
    }
    Ok(result.with_ttl_ms(FRESH_MS))
}

/// The answer to a cursor that no list has ended with.
pub(super) fn foreign_cursor() -> ErrorData {
    ErrorData::invalid_params("The cursor is not one that this server gave.", None)
}

/// Where a list goes on, and in which generation of the index it has begun.
fn cursor_at(start: usize, generation: u64) -> String {
    format!("{generation}-{start}")
}

/// The place of a cursor; `None` where it cannot be one of this server's. A list that has begun before
/// the documents changed may go on, and past the end where there are fewer now.
fn start_of(cursor: &str, snapshot: &Snapshot) -> Option<usize> {
    let (generation, start) = cursor.split_once('-')?;
    let (generation, start) = (generation.parse().ok()?, start.parse().ok()?);
    let is_own = cursor == cursor_at(start, generation) && start > 0 && start % PAGE == 0;
    let is_there = match generation.cmp(&snapshot.generation()) {
        Ordering::Less => true,
        Ordering::Equal => start < snapshot.page_count(),
        Ordering::Greater => false,
    };
    (is_own && is_there).then_some(start)
}

/// How any page's URI is made.
pub(super) fn templates() -> ListResourceTemplatesResult {
    let template = ResourceTemplate::new(TEMPLATE, "page")
        .with_title("Documentation page")
        .with_description("A page of a document set, by the set's name and the page's path in it.")
        .with_mime_type(MARKDOWN);
    ListResourceTemplatesResult::with_all_items(vec![template]).with_ttl_ms(FRESH_MS)
}

/// The whole page that a URI names.
pub(super) fn read(snapshot: &Snapshot, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let meant = match id_of(uri) {
        Some(id) => page_meant(snapshot, &id),
        // A link of a page that is a resource may be an address.
        None if uri.starts_with("https://") || uri.starts_with("http://") => {
            page_meant(snapshot, uri)
        }
        None => Meant::Nothing,
    };
    let page = match meant {
        Meant::Nothing | Meant::Several(_) => None,
        Meant::Page { id, .. } => snapshot.page(&id).map_err(|error| {
            tracing::error!(
                target: "docent::search",
                error = chain(&error),
                "the index does not answer"
            );
            ErrorData::internal_error("The index cannot be read at the moment.", None)
        })?,
    };
    let Some(page) = page else {
        return Err(unknown(uri));
    };
    let mut links = Links::to_uris(snapshot, &page.page);
    let contents =
        ResourceContents::text(markdown(&page, &mut links), uri).with_mime_type(MARKDOWN);
    Ok(ReadResourceResult::new(vec![contents]).with_ttl_ms(FRESH_MS))
}

/// The answer to a URI that names nothing.
pub(super) fn unknown(uri: &str) -> ErrorData {
    ErrorData::resource_not_found(
        format!("There is no resource {}.", one_line(uri, 300)),
        Some(serde_json::json!({ "uri": uri })),
    )
}

/// Without the page's title: clients put these lists before the model as they are, with no mark
/// around what documents say.
fn resource(page: &PageRef) -> Resource {
    let id = page.id();
    Resource::new(uri_of(&id), readable(&id)).with_mime_type(MARKDOWN)
}

/// The sections as one text, under the page's title.
fn markdown(page: &StoredPage, links: &mut Links<'_>) -> String {
    let length: usize = page.sections.iter().map(|it| it.markdown.len() + 2).sum();
    let mut text = String::with_capacity(length + 200);
    let titled = page
        .sections
        .first()
        .is_some_and(|section| section.markdown.trim_start().starts_with("# "));
    if !titled {
        text.push_str("# ");
        text.push_str(&one_line(&page.page.title, 300));
        text.push_str("\n\n");
    }
    for section in &page.sections {
        let markdown = links.written(&section.markdown);
        text.push_str(markdown.trim_matches('\n'));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
