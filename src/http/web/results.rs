//! `/search`: what an assistant gets, for people to see: as a page, or as the assistant's own text.

use std::{fmt::Write as _, sync::Arc, time::Instant};

use axum::{
    extract::{Query, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use super::{
    documents::passage,
    html::{count, escape},
    layout::{Here, Page, Wall, framed},
    place::search_route,
    respond::respond,
    view::{View, Web, set_title},
    visitor::visitor,
};
use crate::{
    mcp::{Form, Shown, ShownPage, one_line, shown},
    search::{Answer, Hit, Passage, Query as SearchQuery, Relaxation},
};

/// Characters of a question; the rest is not looked at.
const MAX_QUERY: usize = 1_000;
/// Words that are named of those that nobody has.
const MAX_WORDS: usize = 10;

/// What an address asks for. What is not understood in it is passed over, as people change addresses by hand.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    q: String,
    #[serde(default)]
    set: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    page: String,
    #[serde(default, rename = "as")]
    form: String,
}

/// The same, understood.
struct Asked {
    query: String,
    set: Option<String>,
    /// One that some set holds, or `all`.
    version: Option<String>,
    /// Of the results, from 1.
    page: usize,
    as_text: bool,
}

/// `GET /search`
pub(in crate::http) async fn show(State(web): State<Arc<Web>>, request: Request) -> Response {
    let view = web.view(&request);
    let asker = visitor(&request);
    let fields = Query::<Fields>::try_from_uri(request.uri());
    let asked = Asked::of(
        fields.map(|Query(fields)| fields).unwrap_or_default(),
        &view,
    );
    drop(request);
    let documents = Arc::clone(&web.documents);
    let page = web.documents.aside(move || {
        if asked.query.is_empty() {
            return Ok(framed_results(
                &view,
                &asked,
                "Search",
                &empty(&view, &asked),
            ));
        }
        let started = Instant::now();
        let (set, version) = (asked.set.as_deref(), asked.version.as_deref());
        let found = shown(
            &view.holdings.snapshot,
            &asked.query,
            set,
            version,
            asked.page,
        )?;
        let offset = found.offset;
        documents
            .visit(&asker)
            .searched(&asked.query, offset, &found.answer, started.elapsed());
        let main = results(&view, &asked, &found);
        Ok::<_, crate::search::SearchError>(framed_results(&view, &asked, &asked.query, &main))
    });
    match page.await {
        Ok(Ok(page)) => respond(StatusCode::OK, page),
        Ok(Err(error)) => {
            tracing::error!(error = crate::error::chain(&error), "a search failed");
            let why = "The documentation cannot be searched at the moment; try again later.\n";
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl Asked {
    fn of(fields: Fields, view: &View) -> Self {
        let is_known = |name: &String| view.sets().iter().any(|set| set.name == *name);
        let set = Some(fields.set).filter(is_known);
        let version = Some(fields.version.trim().to_owned());
        let is_there = |version: &String| {
            let query = SearchQuery {
                set: set.clone(),
                version: Some(version.clone()),
                ..SearchQuery::new("")
            };
            !version.is_empty() && !view.holdings.snapshot.lacks_version(&query)
        };
        Self {
            query: one_line(fields.q.trim(), MAX_QUERY),
            version: version.filter(is_there),
            set,
            page: fields.page.parse().unwrap_or(1).max(1),
            as_text: fields.form == "text",
        }
    }

    /// The address of the same question, asked otherwise. Another set has other versions.
    fn href(&self, view: &View, set: Option<&str>, page: usize, as_text: bool) -> String {
        let is_same = self.set.as_deref() == set;
        let version = self.version.as_deref().filter(|_| is_same);
        self.href_of(view, set, version, page, as_text)
    }

    fn href_of(
        &self,
        view: &View,
        set: Option<&str>,
        version: Option<&str>,
        page: usize,
        as_text: bool,
    ) -> String {
        let mut route = search_route(&self.query);
        if let Some(set) = set {
            let _ = write!(route, "&set={}", super::place::in_query(set));
        }
        if let Some(version) = version {
            let _ = write!(route, "&version={}", super::place::in_query(version));
        }
        if page > 1 {
            let _ = write!(route, "&page={page}");
        }
        if as_text {
            route.push_str("&as=text");
        }
        view.place.href(&route)
    }
}

fn framed_results(view: &View, asked: &Asked, title: &str, main: &str) -> String {
    let title = one_line(title, 120);
    let mut fields = Vec::new();
    if let Some(set) = &asked.set {
        fields.push(("set", set.as_str()));
    }
    if let Some(version) = &asked.version {
        fields.push(("version", version.as_str()));
    }
    if asked.as_text {
        fields.push(("as", "text"));
    }
    framed(
        view,
        &Page {
            title: &title,
            description: None,
            canonical: None,
            markdown: None,
            is_listed: false,
            wall: Wall::Bar {
                query: &asked.query,
                fields: &fields,
                is_live: true,
                here: Here::Elsewhere,
            },
            main,
        },
    )
}

fn results(view: &View, asked: &Asked, found: &Shown) -> String {
    let mut main = String::with_capacity(32 * 1024);
    main.push_str("<div class=\"cols\"><div class=\"side\">");
    sets(&mut main, view, asked);
    versions(&mut main, view, asked);
    forms(&mut main, view, asked);
    let first = found.offset + 1;
    if !found.pages.is_empty() && !asked.as_text {
        main.push_str(
            "<nav class=\"long\" aria-labelledby=\"found\"><h2 id=\"found\">Found</h2><ol class=\"plain\">",
        );
        for (rank, hit) in found.answer.hits.iter().take(found.pages.len()).enumerate() {
            let number = first + rank;
            let title = one_line(&hit.page.title, 100);
            let title = escape(&title);
            let _ = write!(
                main,
                "<li><a href=\"#r{number}\">{number}. {title}</a></li>"
            );
        }
        main.push_str("</ol></nav>");
    }
    main.push_str("</div>\n<div id=\"results\">");
    let query = one_line(&asked.query, 200);
    if found.answer.hits.is_empty() && asked.page == 1 && !asked.as_text {
        nothing(&mut main, view, asked, found);
    } else {
        let _ = write!(main, "<h1>{}</h1>", escape(&query));
        let tokens = count(found.tokens, "token");
        let _ = match (asked.as_text, found.pages.len()) {
            (true, _) => write!(
                main,
                "<p class=\"sum\">What an assistant gets, to the letter but for the number of the fence: {tokens}.</p>"
            ),
            (false, 0) => write!(main, "<p class=\"sum\">There are no more results.</p>"),
            (false, pages) => write!(
                main,
                "<p class=\"sum\">{} {}, with the passages an assistant gets: {tokens}.</p>",
                if asked.page == 1 {
                    "The best"
                } else {
                    "The next"
                },
                count(pages, "page")
            ),
        };
        relaxed(&mut main, &found.answer);
        if asked.as_text {
            let _ = write!(
                main,
                "<pre class=\"scroll\" tabindex=\"0\"><code>{}</code></pre>",
                escape(&found.text)
            );
        } else {
            let _ = write!(main, "\n<ol class=\"hits\" start=\"{first}\">");
            for (rank, (hit, page)) in found.answer.hits.iter().zip(&found.pages).enumerate() {
                hit_of(&mut main, view, first + rank, hit, page);
            }
            main.push_str("</ol>");
        }
        pages(&mut main, view, asked, found);
    }
    main.push_str("</div></div>");
    main
}

/// Where to search.
fn sets(main: &mut String, view: &View, asked: &Asked) {
    if view.sets().len() < 2 {
        return;
    }
    main.push_str("<nav aria-labelledby=\"in\"><h2 id=\"in\">Search in</h2><ul class=\"plain\">");
    let mut choice = |name: Option<&str>, title: &str| {
        let current = if asked.set.as_deref() == name {
            " aria-current=\"true\""
        } else {
            ""
        };
        let href = asked.href(view, name, 1, asked.as_text);
        let _ = write!(
            main,
            "<li><a href=\"{}\"{current}>{}</a></li>",
            escape(&href),
            escape(title)
        );
    };
    choice(None, "Everything");
    for set in view.sets().iter().take(100) {
        choice(Some(&set.name), &set_title(set));
    }
    main.push_str("</ul></nav>\n");
}

/// Which version to search, where the set that is searched holds several.
fn versions(main: &mut String, view: &View, asked: &Asked) {
    let set = match (&asked.set, view.sets()) {
        (Some(name), sets) => sets.iter().find(|set| set.name == *name),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(set) = set.filter(|set| !set.versions.is_empty()) else {
        return;
    };
    main.push_str("<nav aria-labelledby=\"of\"><h2 id=\"of\">Version</h2><ul class=\"plain\">");
    let mut choice = |version: Option<&str>, title: &str| {
        let current = if asked.version.as_deref() == version {
            " aria-current=\"true\""
        } else {
            ""
        };
        let href = asked.href_of(view, asked.set.as_deref(), version, 1, asked.as_text);
        let _ = write!(
            main,
            "<li><a href=\"{}\"{current}>{}</a></li>",
            escape(&href),
            escape(&one_line(title, 60))
        );
    };
    match &set.default_version {
        Some(default) => choice(None, default),
        None => choice(None, "All"),
    }
    let others = set.versions.iter().take(100);
    for version in others.filter(|version| set.default_version.as_ref() != Some(version)) {
        choice(Some(version), version);
    }
    if set.default_version.is_some() {
        choice(Some("all"), "All");
    }
    main.push_str("</ul></nav>\n");
}

/// How results are shown.
fn forms(main: &mut String, view: &View, asked: &Asked) {
    main.push_str("<nav aria-labelledby=\"as\"><h2 id=\"as\">Show as</h2><ul class=\"plain\">");
    for (as_text, title) in [(false, "A page"), (true, "The assistant’s text")] {
        let current = if asked.as_text == as_text {
            " aria-current=\"true\""
        } else {
            ""
        };
        let href = asked.href(view, asked.set.as_deref(), asked.page, as_text);
        let _ = write!(
            main,
            "<li><a href=\"{}\"{current}>{title}</a></li>",
            escape(&href)
        );
    }
    main.push_str("</ul></nav>\n");
}

fn hit_of(main: &mut String, view: &View, number: usize, hit: &Hit, shown: &ShownPage) {
    let page = &hit.page;
    let href = view.page_href(page, Form::Html);
    let title = one_line(&page.title, 160);
    let _ = write!(
        main,
        "<li class=\"hit\" id=\"r{number}\"><h2><a href=\"{}\">{}</a></h2>",
        escape(&href),
        escape(&title)
    );
    let set = view.sets().iter().find(|set| set.name == page.set);
    let set = set.map_or_else(|| page.set.clone(), set_title);
    main.push_str("<p class=\"crumbs\">");
    let crumbs: Vec<&str> = [set.as_str()]
        .into_iter()
        .chain(page.version.as_deref())
        .chain(page.breadcrumb.iter().map(String::as_str))
        .collect();
    let _ = write!(main, "{}</p>", escape(&one_line(&crumbs.join(" › "), 300)));
    for piece in &shown.passages {
        let Some(found) = hit.passages.get(piece.number) else {
            continue;
        };
        let name = one_line(&found.headings.join(" › "), 200);
        let name = if name.is_empty() { title.clone() } else { name };
        let at = section_href(&href, found);
        let _ = write!(
            main,
            "<section class=\"passage text\"><h3><a href=\"{}\">{}</a></h3>",
            escape(&at),
            escape(&name)
        );
        let snapshot = &view.holdings.snapshot;
        main.push_str(&passage(
            page,
            &name,
            &piece.markdown,
            &view.place,
            snapshot,
        ));
        if piece.goes_on {
            let _ = write!(
                main,
                "<p class=\"more\">The section goes on: <a href=\"{}\">read all of it</a></p>",
                escape(&at)
            );
        }
        main.push_str("</section>");
    }
    let _ = write!(
        main,
        "<footer><span>{}</span><a href=\"{}\" aria-label=\"Markdown: {}\">Markdown</a>",
        count(shown.tokens, "token"),
        escape(&view.page_href(page, Form::Markdown)),
        escape(&title)
    );
    if let Some(url) = &page.url
        && (url.starts_with("https://") || url.starts_with("http://"))
    {
        let _ = write!(
            main,
            "<a href=\"{}\" rel=\"external\" aria-label=\"Published page: {}\">Published page</a>",
            escape(url),
            escape(&title)
        );
    }
    let id = one_line(&page.id(), 300);
    let _ = write!(
        main,
        "<span class=\"id\">{}</span></footer></li>",
        escape(&id)
    );
}

/// Where a section is on its page.
fn section_href(page: &str, passage: &Passage) -> String {
    match &passage.anchor {
        Some(anchor) => format!("{page}#{}", super::place::in_query(anchor)),
        None => page.to_owned(),
    }
}

fn relaxed(main: &mut String, answer: &Answer) {
    let quoted = |words: &[String]| {
        let words = words.iter().take(MAX_WORDS);
        let words: Vec<String> = words.map(|it| format!("“{}”", one_line(it, 60))).collect();
        words.join(", ")
    };
    let mut sentences = String::new();
    let dropped = match &answer.relaxation {
        Relaxation::None => return,
        Relaxation::NoGoodMatch => {
            sentences
                .push_str("Nothing good was found: these pages share only some of the words. ");
            &answer.unknown
        }
        Relaxation::Dropped(words) => words,
        Relaxation::Fuzzy { replaced, dropped } => {
            for (asked, found) in replaced.iter().take(MAX_WORDS) {
                let (asked, found) = (one_line(asked, 60), one_line(found, 60));
                let _ = write!(
                    sentences,
                    "No page has “{asked}”; “{found}” was looked up instead. "
                );
            }
            dropped
        }
    };
    if !dropped.is_empty() {
        let _ = write!(sentences, "No page has: {}.", quoted(dropped));
    }
    let _ = write!(
        main,
        "<div class=\"note\" role=\"note\"><p>{}</p></div>",
        escape(sentences.trim_end())
    );
}

fn pages(main: &mut String, view: &View, asked: &Asked, found: &Shown) {
    if asked.page == 1 && found.is_last {
        return;
    }
    main.push_str("<nav class=\"pages\" aria-label=\"Pages of results\">");
    let mut link = |page: usize, text: &str| {
        let href = asked.href(view, asked.set.as_deref(), page, asked.as_text);
        let _ = write!(main, "<a href=\"{}\">{text}</a>", escape(&href));
    };
    if asked.page > 1 {
        link(asked.page - 1, "Better results");
    }
    if !found.is_last {
        link(asked.page + 1, "More results");
    }
    main.push_str("</nav>");
}

fn nothing(main: &mut String, view: &View, asked: &Asked, found: &Shown) {
    let query = one_line(&asked.query, 200);
    let _ = write!(
        main,
        "<h1>No page answers “{}”</h1><p class=\"sum\">An assistant is told the same, so that it does not guess: {}.</p>\n\
         <dl><dt>What often helps</dt><dd>Fewer words, or the exact name of a command, option, setting or error \
         message.</dd>",
        escape(&query),
        count(found.tokens, "token")
    );
    if !found.answer.nearest.is_empty() {
        main.push_str("<dt>Pages with the nearest titles</dt><dd><ul class=\"plain\">");
        for page in found.answer.nearest.iter().take(MAX_WORDS) {
            let _ = write!(
                main,
                "<li><a href=\"{}\">{}</a></li>",
                escape(&view.page_href(page, Form::Html)),
                escape(&one_line(&page.title, 160))
            );
        }
        main.push_str("</ul></dd>");
    }
    main.push_str("<dt>Where to look instead</dt><dd>");
    contents(main, view);
    main.push_str("</dd></dl>");
}

fn contents(main: &mut String, view: &View) {
    main.push_str("<ul class=\"plain\">");
    for set in view.sets().iter().take(100) {
        let _ = write!(
            main,
            "<li><a href=\"{}\">Contents of {}</a>, {}</li>",
            escape(&view.set_href(&set.name)),
            escape(&set_title(set)),
            count(set.pages, "page")
        );
    }
    main.push_str("</ul>");
}

/// Before anything is asked.
fn empty(view: &View, asked: &Asked) -> String {
    let mut main = String::from("<div class=\"cols\"><div class=\"side\">");
    sets(&mut main, view, asked);
    main.push_str(
        "</div>\n<div id=\"results\"><h1>Search</h1><p class=\"sum\">Ask above, in words, or with the name of a command, \
         option, setting or error message.</p>",
    );
    contents(&mut main, view);
    main.push_str("</div></div>");
    main
}
