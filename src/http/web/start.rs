//! `/`: what is served, a search in it, and how to connect.

use std::{fmt::Write as _, sync::Arc, time::SystemTime};

use axum::{
    extract::{Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    connect, documents,
    html::{count, escape},
    layout::{Box, Page, Wall, find, framed},
    place::search_route,
    respond::respond,
    view::{View, Web, set_title},
};
use crate::{mcp::one_line, search::SetSummary};

/// Examples of searches.
const EXAMPLES: usize = 3;
/// A title that is longer is no example.
const EXAMPLE: usize = 40;
/// Headlines of a set.
const HEADLINES: usize = 6;

/// `GET /`
pub(in crate::http) async fn show(State(web): State<Arc<Web>>, request: Request) -> Response {
    if documents::wants_markdown(&request) {
        return documents::start(State(web), request).await;
    }
    let view = web.view(&request);
    let wanted = Query::<Wanted>::try_from_uri(request.uri());
    let wanted = wanted.ok().and_then(|Query(wanted)| wanted.assistant);
    let mut response = respond(StatusCode::OK, render(&view, wanted.as_deref()));
    let varies = HeaderValue::from_static("accept");
    response.headers_mut().append(header::VARY, varies);
    response
}

/// What the address asks for: `/?assistant=codex` shows the steps of Codex first.
#[derive(Debug, Deserialize)]
struct Wanted {
    assistant: Option<String>,
}

fn render(view: &View, wanted: Option<&str>) -> String {
    let mut main = String::with_capacity(16 * 1024);
    main.push_str("<div class=\"in\" id=\"brief\"></div>\n");
    holdings(&mut main, view);
    connect::section(&mut main, view, wanted);
    tools(&mut main);
    let lobby = lobby(view);
    let title = format!("{}: search, and connect your assistant", view.title);
    framed(
        view,
        &Page {
            title: &title,
            description: Some(&introduction(view)),
            canonical: None,
            markdown: None,
            is_listed: true,
            wall: Wall::Lobby(&lobby),
            main: &main,
        },
    )
}

fn introduction(view: &View) -> String {
    if let Some(description) = &view.description {
        return description.clone();
    }
    let names: Vec<String> = view.sets().iter().take(4).map(set_title).collect();
    let more = view.sets().len().saturating_sub(names.len());
    let more = if more == 0 { "" } else { " and more" };
    format!(
        "{}{more}: search here, or let your AI assistant look things up.",
        names.join(", ")
    )
}

fn lobby(view: &View) -> String {
    let mut lobby = String::with_capacity(2 * 1024);
    let _ = writeln!(
        lobby,
        "<div class=\"in lobby\"><div><h1>{}</h1><p class=\"lead\">{}</p>",
        escape(&view.title),
        escape(&introduction(view))
    );
    let large = Box {
        label: "What would you like to know?",
        is_label_shown: true,
        placeholder: "Question or error",
    };
    find(&mut lobby, view, large, "", &[], Some("brief"));
    let examples = examples(view.sets());
    if !examples.is_empty() {
        lobby.push_str("\n<p class=\"try\">For example:");
        for example in examples {
            let href = view.place.href(&search_route(&example));
            let _ = write!(
                lobby,
                " <a href=\"{}\">{}</a>",
                escape(&href),
                escape(&example)
            );
        }
        lobby.push_str("</p>");
    }
    let _ = write!(
        lobby,
        "</div>\n<aside class=\"plate\" aria-labelledby=\"plate\"><h2 id=\"plate\">For your assistant</h2>\
         <div class=\"cmd\" data-what=\"the address\"><pre><code>{}</code></pre></div>\
         <p class=\"small\"><a href=\"#connect\">Steps for each assistant</a></p></aside></div>",
        escape(&view.place.url("/mcp"))
    );
    lobby
}

/// Titles of pages, of each set in turn: what people ask stays with them.
fn examples(sets: &[SetSummary]) -> Vec<String> {
    let mut examples = Vec::new();
    for rank in 0..EXAMPLES {
        for set in sets {
            let titles = set
                .headlines
                .iter()
                .map(|title| one_line(title, EXAMPLE + 1));
            let mut fitting = titles.filter(|title| (3..=EXAMPLE).contains(&title.chars().count()));
            if let Some(title) = fitting.nth(rank)
                && !examples.contains(&title)
            {
                examples.push(title);
            }
            if examples.len() == EXAMPLES {
                return examples;
            }
        }
    }
    examples
}

fn holdings(main: &mut String, view: &View) {
    let sets = view.sets();
    let pages = sets.iter().map(|set| set.pages).sum();
    let _ = write!(
        main,
        "<section class=\"in room\" aria-labelledby=\"served\"><header><h2 id=\"served\">What is here</h2>\
         <p class=\"soft\">{}. Changes of the documents appear within seconds; the last one that is here came {}.</p></header>\n\
         <div class=\"tombs\">",
        count(pages, "page"),
        moment(view.holdings.since)
    );
    for set in sets {
        tomb(main, view, set);
    }
    main.push_str("</div></section>\n");
}

/// `27 November 2026 at 19:01 UTC`, for people and programs.
fn moment(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let (date, clock) = (time.date(), time.time());
    let (year, month, day) = (date.year(), date.month(), date.day());
    let (hour, minute) = (clock.hour(), clock.minute());
    format!(
        "<time datetime=\"{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}Z\">{day} {month} {year} at {hour:02}:{minute:02} \
         UTC</time>",
        u8::from(month)
    )
}

fn tomb(main: &mut String, view: &View, set: &SetSummary) {
    let contents = view.set_href(&set.name);
    let contents = escape(&contents);
    let _ = write!(
        main,
        "<article class=\"tomb\"><h3><a href=\"{contents}\">{}</a></h3>",
        escape(&set_title(set))
    );
    if let Some(title) = &set.first_title {
        let _ = write!(
            main,
            "<p class=\"made\">{}</p>",
            escape(&one_line(title, 160))
        );
    }
    if let Some(description) = &set.description {
        let _ = write!(main, "<p>{}</p>", escape(&one_line(description, 600)));
    }
    let _ = write!(
        main,
        "<dl class=\"facts\"><dt>Holds</dt><dd>{}, {}</dd>",
        count(set.pages, "page"),
        count(set.sections, "section")
    );
    let about: Vec<String> = if set.topics.is_empty() {
        let headlines = set.headlines.iter().take(HEADLINES);
        headlines.map(|headline| one_line(headline, 60)).collect()
    } else {
        set.topics
            .iter()
            .take(2 * HEADLINES)
            .map(|topic| one_line(topic, 60))
            .collect()
    };
    if !about.is_empty() {
        let _ = write!(
            main,
            "<dt>About</dt><dd>{}</dd>",
            escape(&about.join(" · "))
        );
    }
    let _ = write!(
        main,
        "<dt>In tools</dt><dd><code>{}</code></dd></dl>\
         <p class=\"row small\"><a href=\"{contents}\">Contents</a></p></article>",
        escape(&set.name)
    );
}

fn tools(main: &mut String) {
    main.push_str(
        "<section class=\"in room\" aria-labelledby=\"tools\"><header>\
         <h2 id=\"tools\">What your assistant can do</h2><p class=\"soft\">It only reads.</p></header>\n\
         <dl class=\"tombs\">\
         <div><dt><code>search</code></dt><dd>Finds the passages that answer a question, best first, with the \
         page’s address.</dd></div>\
         <div><dt><code>read</code></dt><dd>Returns a page, or one of its sections, as Markdown.</dd></div>\
         <div><dt><code>browse</code></dt><dd>Lists a set’s pages, as a table of contents.</dd></div>\
         </dl></section>",
    );
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_told_in_utc() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_806_065);
        assert_eq!(
            moment(time),
            "<time datetime=\"2026-11-27T19:01Z\">27 November 2026 at 19:01 UTC</time>"
        );
    }
}
