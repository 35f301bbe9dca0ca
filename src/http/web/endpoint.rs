//! An address for assistants, opened in a browser: says what it is.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    accept::wants_page,
    connect::{copied, refusals},
    html::escape,
    layout::{Here, Page, Wall, framed},
    respond::respond,
    view::Web,
};
use crate::assistants::{Code, find};

/// Assistants whose one command is told here.
const IN_SHORT: [&str; 2] = ["claude-code", "codex"];

/// `GET` where messages are posted.
pub(in crate::http) async fn show(State(web): State<Arc<Web>>, request: Request) -> Response {
    if wants_page(request.headers()) {
        return vary(respond(StatusCode::OK, page(&web, &request)));
    }
    // There is no stream to be had (Streamable HTTP, "Listening for Messages from the Server").
    let allow = HeaderValue::from_static("POST");
    vary((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allow)]).into_response())
}

/// Shows a page to people where a stream begins for others.
pub(in crate::http) async fn explain(
    State(web): State<Arc<Web>>,
    request: Request,
    next: Next,
) -> Response {
    if wants_page(request.headers()) {
        vary(respond(StatusCode::OK, page(&web, &request)))
    } else {
        next.run(request).await
    }
}

fn vary(mut response: Response) -> Response {
    let varies = HeaderValue::from_static("accept");
    response.headers_mut().append(header::VARY, varies);
    response
}

fn page(web: &Web, request: &Request) -> String {
    let view = web.view(request);
    let server = view.server();
    let route = request.uri().path().trim_end_matches('/');
    let address = view.place.url(route);
    let mut main = String::with_capacity(4 * 1024);
    main.push_str(
        "<div class=\"sheet\"><h1>This address is for assistants</h1><p>It works: docent answers here. But it \
         speaks the Model Context Protocol, not web pages, so there is nothing more to see. Give the address to \
         your assistant instead.</p>",
    );
    copied(
        &mut main,
        &Code {
            what: "the address",
            language: "text",
            text: address,
        },
    );
    let _ = write!(
        main,
        "<p class=\"buttons\"><a class=\"button main\" href=\"{}\">Steps for each assistant</a>\
         <a class=\"button\" href=\"{}\">Read the documentation</a></p>\n<h2>In short</h2><dl>",
        escape(&view.place.href("/#connect")),
        escape(&view.place.href("/"))
    );
    for assistant in IN_SHORT.iter().filter_map(|id| find(id)) {
        if let Some(text) = assistant.command(&server) {
            let _ = write!(main, "<dt>{}</dt><dd>", escape(assistant.name));
            copied(
                &mut main,
                &Code {
                    what: "the command",
                    language: "sh",
                    text,
                },
            );
            main.push_str("</dd>");
        }
    }
    main.push_str("</dl>");
    refusals(&mut main, &server);
    main.push_str("</div>");
    framed(
        &view,
        &Page {
            title: "An address for assistants",
            description: None,
            canonical: None,
            markdown: None,
            is_listed: false,
            wall: Wall::Bar {
                query: "",
                fields: &[],
                is_live: false,
                here: Here::Elsewhere,
            },
            main: &main,
        },
    )
}
