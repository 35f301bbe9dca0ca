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
    html::escape,
    layout::{Here, Page, Wall, framed},
    respond::respond,
    view::Web,
};

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
    let route = request.uri().path().trim_end_matches('/');
    let address = view.place.url(route);
    let mut main = String::with_capacity(4 * 1024);
    let _ = write!(
        main,
        "<div class=\"sheet\"><h1>This address is for assistants</h1><p>It works: docent answers here. But it \
         speaks the Model Context Protocol, not web pages, so there is nothing more to see. Give the address to \
         your assistant instead.</p><div class=\"cmd\" data-what=\"the address\"><pre><code>{}</code></pre></div>\n\
         <p class=\"buttons\"><a class=\"button main\" href=\"{}\">Steps for each assistant</a>\
         <a class=\"button\" href=\"{}\">Read the documentation</a></p></div>",
        escape(&address),
        escape(&view.place.href("/#connect")),
        escape(&view.place.href("/"))
    );
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
