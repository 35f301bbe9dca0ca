//! Every document as an MCP resource: `docent://set/path`, text/markdown.

use rmcp::{
    ErrorData,
    model::{
        CacheScope, CompleteRequestParams, CompleteResult, CompletionInfo,
        ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Reference, Resource,
        ResourceContents, ResourceTemplate,
    },
};

use super::{
    freshness::FRESH_MS,
    line::one_line,
    uri::{TEMPLATE, id_of, uri_of},
};
use crate::search::{PageRef, Snapshot, StoredPage};

const MARKDOWN: &str = "text/markdown";
/// Resources in one page of the list.
const PAGE: usize = 500;

/// One page of the list; `cursor` is what the page before it ended with.
pub(super) fn list(
    snapshot: &Snapshot,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, ErrorData> {
    let start = match cursor {
        None => 0,
        Some(cursor) => cursor.parse::<usize>().map_err(|_| {
            ErrorData::invalid_params("The cursor is not one that this server gave.", None)
        })?,
    };
    let mut pages = snapshot.pages().skip(start);
    let resources: Vec<Resource> = pages
        .by_ref()
        .take(PAGE)
        .map(|page| resource(&page))
        .collect();
    let mut result = ListResourcesResult::with_all_items(resources);
    if pages.next().is_some() {
        result.next_cursor = Some((start + PAGE).to_string());
    }
    Ok(result
        .with_ttl_ms(FRESH_MS)
        .with_cache_scope(CacheScope::Public))
}

/// How any page's URI is made.
pub(super) fn templates() -> ListResourceTemplatesResult {
    let template = ResourceTemplate::new(TEMPLATE, "page")
        .with_title("Documentation page")
        .with_description("A page of a document set, by the set's name and the page's path in it.")
        .with_mime_type(MARKDOWN);
    ListResourceTemplatesResult::with_all_items(vec![template])
        .with_ttl_ms(FRESH_MS)
        .with_cache_scope(CacheScope::Public)
}

/// The whole page that a URI names.
pub(super) fn read(snapshot: &Snapshot, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let page = match id_of(uri) {
        None => None,
        Some(id) => snapshot.page(&id).map_err(|error| {
            tracing::error!(target: "docent::search", %error, "the index does not answer");
            ErrorData::internal_error("The index cannot be read at the moment.", None)
        })?,
    };
    let Some(page) = page else {
        return Err(ErrorData::resource_not_found(
            format!("There is no resource {}.", one_line(uri, 300)),
            Some(serde_json::json!({ "uri": uri })),
        ));
    };
    let contents = ResourceContents::text(markdown(&page), uri).with_mime_type(MARKDOWN);
    Ok(ReadResourceResult::new(vec![contents])
        .with_ttl_ms(FRESH_MS)
        .with_cache_scope(CacheScope::Public))
}

/// Names of sets, or paths in them, that start as the client has typed.
pub(super) fn complete(snapshot: &Snapshot, request: &CompleteRequestParams) -> CompleteResult {
    let Reference::Resource(reference) = &request.r#ref else {
        return CompleteResult::default();
    };
    if reference.uri != TEMPLATE {
        return CompleteResult::default();
    }
    let typed = request.argument.value.as_str();
    let mut values: Vec<String> = match request.argument.name.as_str() {
        "set" => snapshot
            .sets()
            .iter()
            .filter(|set| set.name.starts_with(typed))
            .map(|set| set.name.clone())
            .take(CompletionInfo::MAX_VALUES + 1)
            .collect(),
        "path" => {
            let set = request
                .context
                .as_ref()
                .and_then(|context| context.get_argument("set"));
            snapshot
                .pages()
                .filter(|page| set.is_none_or(|set| *set == page.set))
                .filter(|page| page.path.starts_with(typed))
                .map(|page| page.path)
                .take(CompletionInfo::MAX_VALUES + 1)
                .collect()
        }
        _ => Vec::new(),
    };
    let more = values.len() > CompletionInfo::MAX_VALUES;
    values.truncate(CompletionInfo::MAX_VALUES);
    let completion = CompletionInfo::with_pagination(values, None, more).unwrap_or_default();
    CompleteResult::new(completion)
}

fn resource(page: &PageRef) -> Resource {
    let id = page.id();
    Resource::new(uri_of(&id), id)
        .with_title(one_line(&page.title, 160))
        .with_mime_type(MARKDOWN)
}

/// The sections as one text, under the page's title.
fn markdown(page: &StoredPage) -> String {
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
        text.push_str(section.markdown.trim_matches('\n'));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_its_page_whatever_the_path_holds() {
        let page = PageRef {
            set: "docs".into(),
            path: "c# & größe/50%?.md".into(),
            title: "Odd\nname".into(),
            breadcrumb: Vec::new(),
            url: None,
        };
        let resource = resource(&page);
        assert_eq!(
            resource.uri,
            "docent://docs/c%23%20%26%20gr%C3%B6%C3%9Fe/50%25%3F.md"
        );
        assert_eq!(id_of(&resource.uri), Some(page.id()));
        assert_eq!(resource.title.as_deref(), Some("Odd name"));
        assert_eq!(id_of("https://example.com/"), None);
    }
}
