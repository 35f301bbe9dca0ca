//! What people see of documentation that is not for everybody: that there is some, and how to get at it. It tells nothing of what
//! is there, or for whom.

use std::fmt::Write as _;

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};

use super::{
    super::address::Address,
    accept::wants_page,
    connect::{self, copied},
    html::escape,
    layout::{Sheet, closed},
    place::Place,
    respond::respond,
};
use crate::{
    assistants::{Code, Server, ServerName},
    auth::Denied,
    config::SiteSettings,
    mcp::one_line,
};

/// Characters of a title.
const MAX_TITLE: usize = 120;

/// Whether a page is wanted at all.
pub(in crate::http) fn is_wanted(headers: &HeaderMap) -> bool {
    wants_page(headers)
}

/// Whether somebody comes to the first page, in a browser.
pub(in crate::http) fn is_asked_for(head: &Parts) -> bool {
    let is_read = matches!(head.method, Method::GET | Method::HEAD);
    is_read && head.uri.path() == "/" && wants_page(&head.headers)
}

/// `GET /` where there is nothing for whoever shows nothing of who he is.
pub(in crate::http) fn private(address: &Address, site: &SiteSettings) -> Response {
    let title = title(site);
    let server = Server::new(address.url().clone(), &title)
        .called(name(site))
        .private();
    let heading = format!("{title} is private");
    let mut main = String::with_capacity(16 * 1024);
    let _ = write!(
        main,
        "<div class=\"sheet\"><h1>{}</h1><p>What is here is shown to those who have access. Your assistant asks you to \
         sign in when you connect it, or sends your access key; there is nothing to do on this page first.</p>",
        escape(&heading)
    );
    copied(
        &mut main,
        &Code {
            what: "the address",
            language: "text",
            text: server.mcp(),
        },
    );
    main.push_str(
        "<p class=\"buttons\"><a class=\"button main\" href=\"#connect\">Steps for each assistant</a></p>\n\
         <h2>With an access key</h2><p>For coding agents, CI and scripts, send the key as a header:</p>",
    );
    copied(
        &mut main,
        &Code {
            what: "the command",
            language: "sh",
            text: format!(
                "claude mcp add --transport http --scope user {} {} --header 'Authorization: Bearer ${{DOCENT_KEY}}'",
                server.name,
                server.mcp()
            ),
        },
    );
    main.push_str(
        "<p class=\"why\">No access yet? Ask whoever looks after this documentation. docent does not tell what is here, or \
         for whom.</p></div>\n",
    );
    connect::steps_for(&mut main, &server, None, None);
    let mut response = shown(StatusCode::OK, address, &title, &heading, &main);
    let varies = HeaderValue::from_static("accept, authorization");
    response.headers_mut().append(header::VARY, varies);
    response
}

/// Any other page of a request that is not let in.
pub(in crate::http) fn refused(
    status: StatusCode,
    denied: Denied,
    address: &Address,
    site: &SiteSettings,
) -> Response {
    let title = title(site);
    let (heading, why) = match denied {
        Denied::Insufficient | Denied::GroupsWithheld => (
            "This is not for you",
            "You are signed in, but what is here is for others. Whoever looks after this documentation can change that.",
        ),
        Denied::TooMany(_) => (
            "Too many attempts",
            "There were too many that did not fit. Try again in a minute.",
        ),
        Denied::Malformed(_) | Denied::Invalid(_) => (
            "This access is not good any more",
            "What was sent to show who you are has ended, or was never good. Sign in again, or ask for another access key.",
        ),
        Denied::Missing { .. } => (
            "This is private",
            "What is here is shown to those who have access. docent does not tell whether there is a page at this address.",
        ),
    };
    let place = Place::at(address);
    let mut main = String::with_capacity(1024);
    let _ = write!(
        main,
        "<div class=\"sheet\"><h1>{heading}</h1><p>{why}</p><p class=\"row\"><a href=\"{}\">Start page</a></p></div>",
        escape(&place.href("/"))
    );
    shown(status, address, &title, heading, &main)
}

fn shown(status: StatusCode, address: &Address, site: &str, title: &str, main: &str) -> Response {
    let place = Place::at(address);
    let sheet = Sheet {
        place: &place,
        site,
        title,
        main,
    };
    respond(status, closed(&sheet))
}

/// In the operator's words alone.
fn title(site: &SiteSettings) -> String {
    let title = site.title.as_deref().unwrap_or("This documentation");
    one_line(title, MAX_TITLE)
}

fn name(site: &SiteSettings) -> ServerName {
    let title = site.title.as_deref();
    title.map_or_else(ServerName::default, ServerName::from_title)
}

/// `GET /robots.txt` where nothing is everybody's.
pub(in crate::http) async fn robots() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (headers, "User-agent: *\nDisallow: /\n").into_response()
}
