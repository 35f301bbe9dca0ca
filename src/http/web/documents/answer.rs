//! The handlers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use percent_encoding::percent_decode_str;

use super::{
    super::{
        missing,
        respond::POLICY,
        view::{View, Web},
        visitor::visitor,
    },
    contents::Contents,
    find::{Found, find},
    full, llms, markdown, page,
    representation::{Conditions, Representation},
    sitemap, wanted,
};
use crate::{
    error::chain,
    mcp::{Form, folder_path, page_path},
    search::PageRef,
};

const HTML: &str = "text/html; charset=utf-8";
const MARKDOWN: &str = "text/markdown; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// What a request asks for, as far as pages of documents go.
struct Asked {
    path: String,
    /// Part of a list, from 1.
    part: Option<usize>,
    wants_markdown: bool,
    conditions: Conditions,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let mut fields = query.split('&').filter_map(|field| field.split_once('='));
        let part = fields.find_map(|(name, value)| (name == "part").then(|| value.parse().ok()));
        Self {
            path: request.uri().path().to_owned(),
            part: part.flatten(),
            wants_markdown: wanted::markdown(request.headers()),
            conditions: Conditions::of(request.headers()),
        }
    }
}

/// `GET` of whatever has no route: a page of the documents, a folder, or nothing.
pub(in crate::http) async fn anything(State(web): State<Arc<Web>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return missing::answer(State(web), request).await;
    }
    let began = Instant::now();
    let view = web.view(&request);
    let asked = Asked::of(&request);
    let found = web.documents.page_aside(move || found(&view, &asked)).await;
    if let Ok(found) = &found {
        note(&web, &request, found.as_ref(), began.elapsed());
    }
    match found {
        Ok(Some(response)) => response,
        Ok(None) => missing::answer(State(web), request).await,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// `GET /llms.txt`
pub(in crate::http) async fn list(State(web): State<Arc<Web>>, request: Request) -> Response {
    made(&web, request, |view, _| Some((PLAIN, llms::all(view)))).await
}

/// Whether a client would rather have Markdown than HTML.
pub(in crate::http) fn wants_markdown(request: &Request) -> bool {
    wanted::markdown(request.headers())
}

/// `GET /` of a client that would: the list of the pages.
pub(in crate::http) async fn start(State(web): State<Arc<Web>>, request: Request) -> Response {
    made(&web, request, |view, _| Some((MARKDOWN, llms::all(view)))).await
}

/// `GET /llms-full.txt`
pub(in crate::http) async fn everything(State(web): State<Arc<Web>>, request: Request) -> Response {
    let view = web.view(&request);
    full::answer(&web, view, wanted::gzip(request.headers()))
}

/// `GET /robots.txt`
pub(in crate::http) async fn robots(State(web): State<Arc<Web>>, request: Request) -> Response {
    made(&web, request, |view, _| {
        Some((PLAIN, sitemap::robots(view)))
    })
    .await
}

/// `GET /sitemap.xml`
pub(in crate::http) async fn sites(State(web): State<Arc<Web>>, request: Request) -> Response {
    made(&web, request, |view, part| {
        Some((XML, sitemap::sitemap(view, part)?))
    })
    .await
}

/// A text that is made of everything.
async fn made(
    web: &Web,
    request: Request,
    make: impl FnOnce(&View, Option<usize>) -> Option<(&'static str, String)> + Send + 'static,
) -> Response {
    let view = web.view(&request);
    let asked = Asked::of(&request);
    drop(request);
    let response = web.documents.page_aside(move || {
        let (media, text) = make(&view, asked.part)?;
        let representation = Representation {
            is_negotiated: media == MARKDOWN,
            ..text_of(media, text)
        };
        Some(representation.answer(&asked.conditions))
    });
    match response.await {
        Ok(Some(response)) => response,
        Ok(None) => (StatusCode::NOT_FOUND, missing::TEXT).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn text_of(media: &'static str, text: String) -> Representation {
    Representation {
        media,
        body: text.into_bytes(),
        stamp: None,
        links: Vec::new(),
        is_negotiated: false,
        policy: None,
    }
}

fn found(view: &View, asked: &Asked) -> Option<Response> {
    if let Some(set) = view.sets().iter().find(|set| {
        let path = asked.path.strip_prefix('/').unwrap_or(&asked.path);
        path.strip_suffix("llms.txt") == Some(folder_path(&set.name, "").as_str())
    }) {
        return Some(text_of(PLAIN, llms::of_set(view, set)).answer(&asked.conditions));
    }
    match find(&view.holdings.snapshot, &asked.path) {
        Found::Page { set, path, form } => page_of(view, asked, &set, &path, form),
        Found::Folder { set, folder } => contents_of(view, asked, &set, &folder),
        Found::Moved(route) => Some(moved(view, &route)),
        Found::Nothing => None,
    }
}

fn page_of(view: &View, asked: &Asked, set: &str, path: &str, form: Form) -> Option<Response> {
    let snapshot = &view.holdings.snapshot;
    let stored = match snapshot.page(&format!("{set}/{path}")) {
        Ok(stored) => stored?,
        Err(error) => {
            tracing::error!(error = chain(&error), "a page cannot be read");
            return Some(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
    };
    let route = |form| format!("/{}", page_path(snapshot, set, path, form));
    let stamp = snapshot.stamp(&stored.page);
    let as_markdown = route(Form::Markdown);
    let is_markdown = form == Form::Markdown || asked.wants_markdown;
    let representation = if is_markdown {
        let own = || view.place.url(&route(Form::Html));
        let canonical = stored.page.url.clone().unwrap_or_else(own);
        Representation {
            media: MARKDOWN,
            body: markdown::page(view, &stored).into_bytes(),
            stamp,
            links: vec![format!("<{canonical}>; rel=\"canonical\"")],
            is_negotiated: form == Form::Html,
            policy: None,
        }
    } else {
        let markdown = view.place.url(&as_markdown);
        Representation {
            media: HTML,
            body: page::page(view, &stored, &as_markdown).into_bytes(),
            stamp,
            links: vec![format!(
                "<{markdown}>; rel=\"alternate\"; type=\"text/markdown\""
            )],
            is_negotiated: true,
            policy: Some(POLICY),
        }
    };
    let mut response = representation.answer(&asked.conditions);
    if is_markdown
        && form == Form::Html
        && let Ok(location) = HeaderValue::try_from(view.place.href(&as_markdown))
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LOCATION, location);
    }
    response.extensions_mut().insert(Opened(stored.page));
    Some(response)
}

/// Which page a response holds.
#[derive(Clone)]
struct Opened(PageRef);

/// Tells the log which page somebody opens, or where in the documents they look for one in vain.
fn note(web: &Web, request: &Request, found: Option<&Response>, took: Duration) {
    let visitor = visitor(request);
    let visit = web.documents.visit(&visitor);
    match found {
        Some(response) => {
            if let Some(Opened(page)) = response.extensions().get() {
                visit.read(page, took);
            }
        }
        None => {
            let path = percent_decode_str(request.uri().path()).decode_utf8_lossy();
            let path = path.trim_start_matches('/');
            let set = path.split('/').next();
            let holdings = web.documents.current();
            let mut sets = holdings.snapshot.sets().iter();
            // What is asked for elsewhere is asked of no documents: mostly by those who look for weak servers.
            if sets.any(|known| Some(known.name.as_str()) == set) {
                visit.missed(path, took);
            }
        }
    }
}

fn contents_of(view: &View, asked: &Asked, set: &str, folder: &str) -> Option<Response> {
    let part = asked.part.unwrap_or(1).checked_sub(1)?;
    let contents = Contents::of(view, set, folder, part)?;
    let (media, text, policy) = match asked.wants_markdown {
        true => (MARKDOWN, contents.markdown(), None),
        false => (HTML, contents.html(), Some(POLICY)),
    };
    let representation = Representation {
        is_negotiated: true,
        policy,
        ..text_of(media, text)
    };
    Some(representation.answer(&asked.conditions))
}

/// A page that has another address, for as long as it has it.
fn moved(view: &View, route: &str) -> Response {
    let mut response = (
        StatusCode::PERMANENT_REDIRECT,
        "It is at another address.\n",
    )
        .into_response();
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::try_from(view.place.href(route)) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
