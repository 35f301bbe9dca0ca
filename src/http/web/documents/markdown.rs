//! A page as Markdown, for programs: links lead where whoever has the text alone can follow them.

use std::{fmt::Write as _, ops::Range};

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use super::{
    super::view::View,
    article::Shown as _,
    links::{Links, Target},
};
use crate::{
    corpus::markdown_options,
    mcp::{Form, one_line, page_path},
    search::StoredPage,
};

/// Characters of a title.
const MAX_TITLE: usize = 200;

/// A page that stands alone: says first what it is, where it is from, and where the list of all pages is.
pub(super) fn page(view: &View, page: &StoredPage) -> String {
    let title = one_line(&page.page.title, MAX_TITLE);
    let mut text = String::from("---\n");
    let _ = writeln!(text, "title: {}", quoted(&title));
    let _ = writeln!(text, "url: {}", quoted(&source(view, page)));
    let _ = writeln!(text, "set: {}", quoted(&page.page.set));
    let _ = writeln!(text, "index: {}", quoted(&view.place.url("/llms.txt")));
    text.push_str("---\n\n");
    body(&mut text, view, page, &title);
    text
}

/// A page among others.
pub(super) fn chapter(text: &mut String, view: &View, page: &StoredPage) {
    let title = one_line(&page.page.title, MAX_TITLE);
    let _ = writeln!(text, "# {title}\n\nSource: <{}>\n", source(view, page));
    let start = text.len();
    body(text, view, page, &title);
    // The title stands above.
    let heading = format!("# {title}\n");
    if text[start..].starts_with(&heading) {
        text.replace_range(start..start + heading.len(), "");
    }
    text.push('\n');
}

/// Where people find it: as published, else here.
fn source(view: &View, page: &StoredPage) -> String {
    let page = &page.page;
    page.url.clone().unwrap_or_else(|| {
        let path = page_path(&view.holdings.snapshot, &page.set, &page.path, Form::Html);
        view.place.url(&format!("/{path}"))
    })
}

/// A scalar of YAML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn body(out: &mut String, view: &View, page: &StoredPage, title: &str) {
    let text = page.text().markdown;
    let is_titled = text.trim_start().starts_with("# ");
    if !is_titled {
        let _ = writeln!(out, "# {title}\n");
    }
    let mut links = Links::new(&view.holdings.snapshot, &page.page, Form::Markdown);
    let mut at = 0;
    for (range, new) in edits(&text, view, &mut links) {
        if range.start < at || range.end > text.len() {
            continue;
        }
        out.push_str(&text[at..range.start]);
        out.push_str(&new);
        at = range.end;
    }
    out.push_str(text[at..].trim_end());
    out.push('\n');
}

/// A link or a picture that is being read.
struct Opened {
    start: usize,
    /// Where what is in it ends.
    inner_end: usize,
    target: Option<Target>,
    is_image: bool,
}

/// What is to be written instead of what, in order.
fn edits(text: &str, view: &View, links: &mut Links<'_>) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    let mut open: Vec<Opened> = Vec::new();
    for (event, range) in Parser::new_ext(text, markdown_options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link {
                link_type: LinkType::Autolink | LinkType::Email,
                ..
            }) => open.push(Opened {
                start: range.start,
                inner_end: range.start,
                target: None,
                is_image: false,
            }),
            Event::Start(Tag::Link { dest_url, .. }) => open.push(Opened {
                start: range.start,
                inner_end: range.start + 1,
                target: Some(links.target(&dest_url)),
                is_image: false,
            }),
            Event::Start(Tag::Image { dest_url, .. }) => open.push(Opened {
                start: range.start,
                inner_end: range.start + 2,
                // A picture is no page, so it is where the set is published or nowhere.
                target: Some(match links.target(&dest_url) {
                    Target::Elsewhere(url) => Target::Elsewhere(url),
                    _ => Target::Nowhere,
                }),
                is_image: true,
            }),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some(opened) = open.pop() {
                    edit(text, &opened, range.end, view, &mut edits);
                }
                within(&mut open, range.end);
            }
            _ => within(&mut open, range.end),
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

fn within(open: &mut [Opened], end: usize) {
    if let Some(opened) = open.last_mut() {
        opened.inner_end = opened.inner_end.max(end);
    }
}

fn edit(
    text: &str,
    opened: &Opened,
    end: usize,
    view: &View,
    edits: &mut Vec<(Range<usize>, String)>,
) {
    let Some(target) = &opened.target else {
        return;
    };
    let tail = opened.inner_end..end;
    if !text
        .get(tail.clone())
        .is_some_and(|tail| tail.starts_with(']'))
    {
        return;
    }
    let url = match target {
        Target::Here(fragment) => fragment.clone(),
        Target::Own { route, fragment } => format!("{}{fragment}", view.place.url(route)),
        Target::Elsewhere(url) => url.clone(),
        Target::Nowhere => {
            let mark = if opened.is_image { "![" } else { "[" };
            edits.push((opened.start..opened.start + mark.len(), String::new()));
            edits.push((tail, String::new()));
            return;
        }
    };
    edits.push((tail, format!("]({url})")));
}
