//! What is not there: a page that looks for what the address may have meant.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use percent_encoding::percent_decode_str;

use super::{
    accept::wants_page,
    html::escape,
    layout::{Here, Page, Wall, framed},
    respond::respond,
    view::{View, Web, set_title},
};
use crate::{
    mcp::{Form, one_line},
    search::{Hit, Query},
};

/// Pages that are offered.
const OFFERED: usize = 5;
/// Characters that are looked for of a path.
const MAX_WORDS: usize = 120;

/// The same for programs.
pub(in crate::http) const TEXT: &str =
    "There is nothing here. Assistants connect to /mcp (older ones to /sse); people see /.\n";

/// The answer where there is nothing at an address.
pub(in crate::http) async fn answer(State(web): State<Arc<Web>>, request: Request) -> Response {
    if !wants_page(request.headers()) {
        return (StatusCode::NOT_FOUND, TEXT).into_response();
    }
    let view = web.view(&request);
    let path = request.uri().path().to_owned();
    let page = web.documents.page_aside(move || page(&view, &path)).await;
    page.map_or_else(
        |_| StatusCode::NOT_FOUND.into_response(),
        |page| respond(StatusCode::NOT_FOUND, page),
    )
}

/// Looks into the index: to be called beside the threads that answer requests.
fn page(view: &View, path: &str) -> String {
    let (set, words) = asked(view, path);
    let found = if words.is_empty() {
        Vec::new()
    } else {
        let query = Query {
            set: set.clone(),
            limit: OFFERED,
            ..Query::new(words.as_str())
        };
        let answer = view.holdings.snapshot.search(&query);
        answer.map_or_else(|_| Vec::new(), |answer| answer.hits)
    };
    let mut main = String::with_capacity(4 * 1024);
    let shown = percent_decode_str(path).decode_utf8_lossy();
    let _ = write!(
        main,
        "<div class=\"sheet\"><h1>No page at this address</h1><p class=\"soft\">There is nothing at \
         <code>{}</code>. It may have moved, or be spelt otherwise.</p>",
        escape(&one_line(&shown, 200))
    );
    if !found.is_empty() {
        main.push_str("\n<h2>Pages that match its words</h2><ol class=\"hits\" id=\"brief\">");
        for hit in &found {
            offer(&mut main, view, hit);
        }
        main.push_str("</ol>");
    }
    main.push_str("<p class=\"row\">");
    if let Some(set) = set.and_then(|name| view.sets().iter().find(|set| set.name == name)) {
        let _ = write!(
            main,
            "<a href=\"{}\">Contents of {}</a>",
            escape(&view.set_href(&set.name)),
            escape(&set_title(set))
        );
    }
    let _ = write!(
        main,
        "<a href=\"{}\">Start page</a></p></div>",
        escape(&view.place.href("/"))
    );
    framed(
        view,
        &Page {
            title: "No page at this address",
            description: None,
            canonical: None,
            markdown: None,
            is_listed: false,
            wall: Wall::Bar {
                query: &words,
                fields: &[],
                is_live: false,
                here: Here::Elsewhere,
            },
            main: &main,
        },
    )
}

fn offer(main: &mut String, view: &View, hit: &Hit) {
    let page = &hit.page;
    let _ = write!(
        main,
        "<li class=\"hit\"><h2><a href=\"{}\">{}</a></h2><p class=\"crumbs\">",
        escape(&view.page_href(page, Form::Html)),
        escape(&one_line(&page.title, 160))
    );
    let set = view.sets().iter().find(|set| set.name == page.set);
    let set = set.map_or_else(|| page.set.clone(), set_title);
    let crumbs: Vec<&str> = [set.as_str()]
        .into_iter()
        .chain(page.breadcrumb.iter().map(String::as_str))
        .collect();
    let _ = write!(
        main,
        "{}</p></li>",
        escape(&one_line(&crumbs.join(" › "), 200))
    );
}

/// The set that a path begins with, where there is one, and the words of the rest.
fn asked(view: &View, path: &str) -> (Option<String>, String) {
    let path = percent_decode_str(path).decode_utf8_lossy();
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let set = parts.first().and_then(|first| {
        let set = view.sets().iter().find(|set| set.name == *first)?;
        Some(set.name.clone())
    });
    if set.is_some() {
        parts.remove(0);
    }
    let mut words = String::new();
    for part in parts {
        let stem = match part.rsplit_once('.') {
            Some((stem, extension)) if EXTENSIONS.contains(&extension) => stem,
            _ => part,
        };
        for word in stem.split(|it: char| !it.is_alphanumeric()) {
            if word.is_empty() || word == "index" {
                continue;
            }
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
    }
    (set, words.chars().take(MAX_WORDS).collect())
}

/// What files of pages are called.
const EXTENSIONS: [&str; 8] = ["html", "htm", "md", "markdown", "rst", "adoc", "txt", "php"];
