//! The page where a person lets an assistant in, and the one that says why that cannot be.

use std::{fmt::Write as _, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

use super::super::web::{Sheet, escape, form};
use super::super::{address::Address, web::Place};
use crate::auth::sign_in::{Recipient, Request, Unanswerable};
use crate::{config::SiteSettings, mcp::one_line};

/// Characters of a title.
const MAX_TITLE: usize = 120;

/// Why the page is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slip {
    /// There is no such key, or none any more. Which of these is not told.
    Unknown,
    /// The key is good, and opens nothing.
    Nothing,
    /// There were too many wrong ones; the next may come after this.
    TooMany(Duration),
}

impl Slip {
    fn text(self) -> &'static str {
        match self {
            Self::Unknown => {
                "No key like this is in use. It may have ended on its date, or been copied in part."
            }
            Self::Nothing => {
                "This key is in use, but opens nothing here. Whoever looks after the documentation can change that."
            }
            Self::TooMany(_) => {
                "There were too many wrong keys from your network. Wait a minute, then try again."
            }
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Unknown | Self::Nothing => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }
}

/// Asks a person for an access key. `sealed`: the form that the request is in.
pub(super) fn ask(
    request: &Request,
    sealed: &str,
    slip: Option<Slip>,
    address: &Address,
    site: &SiteSettings,
) -> Response {
    let place = Place::at(address);
    let what = match &site.title {
        Some(title) => one_line(title, MAX_TITLE),
        None => "this documentation".to_owned(),
    };
    let who = Who::of(request);
    let heading = format!("Let {} read {what}?", who.called);
    let title = match slip {
        Some(_) => format!("Error: {heading}"),
        None => heading.clone(),
    };
    let mut main = String::with_capacity(4 * 1024);
    let _ = write!(
        main,
        "<form class=\"sheet\" method=\"post\" action=\"{}\" autocomplete=\"off\"><h1>{}</h1>",
        escape(&place.href("/authorize")),
        escape(&heading)
    );
    let _ = write!(
        main,
        "<p>{} docent at <b>{}</b> for your access.</p>",
        who.comes,
        escape(address.url().authority().as_str())
    );
    let _ = write!(
        main,
        "<dl class=\"facts\"><dt>Who asks</dt><dd>{} It goes back to <code>{}</code></dd>\
         <dt>It may</dt><dd>search and read what your key opens</dd>\
         <dt>It may not</dt><dd>change anything, or see your key</dd>\
         <dt>Until</dt><dd>your key ends or is revoked</dd></dl>",
        who.described,
        escape(request.destination.as_str())
    );
    let (invalid, described, error) = match slip {
        Some(slip) => (
            " autofocus aria-invalid=\"true\"",
            "key-e key-h",
            format!(
                "<p class=\"error\" id=\"key-e\" role=\"alert\">{}</p>",
                slip.text()
            ),
        ),
        None => ("", "key-h", String::new()),
    };
    let _ = write!(
        main,
        "<div class=\"field\"><label for=\"key\">Your access key</label>\
         <input id=\"key\" name=\"key\" type=\"password\" autocomplete=\"current-password\" spellcheck=\"false\" \
         autocapitalize=\"none\" maxlength=\"200\" required{invalid} aria-describedby=\"{described}\">{error}\
         <p id=\"key-h\" class=\"small soft\">It starts with <code>docent_</code>. Whoever looks after the documentation \
         makes one with <code>docent key new</code>.</p></div>"
    );
    let _ = write!(
        main,
        "<input type=\"hidden\" name=\"form\" value=\"{}\">\
         <p class=\"buttons\"><button class=\"main\">Let {} read</button>\
         <button name=\"deny\" value=\"1\" formnovalidate>Do not allow</button></p>\
         <p class=\"why\">{} Then close this page: somebody may be trying to use your key.</p></form>",
        escape(sealed),
        escape(&who.called),
        who.doubt
    );
    let status = slip.map_or(StatusCode::OK, Slip::status);
    let sheet = Sheet {
        place: &place,
        site: &capital(&what),
        title: &title,
        main: &main,
    };
    let mut response = sent(
        status,
        form(&sheet),
        Some(&request.destination.form_action()),
    );
    if let Some(Slip::TooMany(after)) = slip {
        let after = after.as_secs().max(1);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, after.into());
    }
    response
}

/// What cannot be is told here, as nobody can be sent back.
pub(super) fn unanswerable(why: Unanswerable, address: &Address, site: &SiteSettings) -> Response {
    const AGAIN: &str = "Begin again in your assistant: remove this server from it and add it again, so that it registers anew.";
    let (heading, text, then) = match why {
        Unanswerable::Malformed(_) => (
            "This sign-in link is damaged",
            "It is incomplete, or says two things at once.",
            AGAIN,
        ),
        Unanswerable::Client => (
            "docent does not know who asks",
            "The program that sent you here is not registered with docent any more, or never was.",
            AGAIN,
        ),
        Unanswerable::Document => (
            "docent does not know who asks",
            "The program that sent you here names itself by a document on the web. docent fetches none: it has those of well-known programs \
             built in, and this is none of them.",
            "Have the program register instead (dynamic client registration), if it can; or give it an access key, to be sent in a header.",
        ),
        Unanswerable::Destination => (
            "docent does not send you there",
            "The address to go back to is not one of the program that is said to ask. Somebody may be trying to get at your \
             access.",
            AGAIN,
        ),
    };
    let text = format!("{text} Nothing was given to anybody. {then}");
    told(
        StatusCode::BAD_REQUEST,
        heading,
        &text,
        &why.to_string(),
        address,
        site,
    )
}

/// A key that is pasted could be read on the way.
pub(super) fn unencrypted(address: &Address, site: &SiteSettings) -> Response {
    let text = "Whoever is on the way could read a key that is pasted here, so docent asks for none. Come by an address that begins \
                with https. Whoever looks after this documentation gives docent one: a domain, or the address of a proxy in front, in \
                url below [server].";
    let why = format!("docent was reached at {}", address.base());
    told(
        StatusCode::FORBIDDEN,
        "This connection is not encrypted",
        text,
        &why,
        address,
        site,
    )
}

/// A form that is not taken.
pub(super) fn lost(why: &str, address: &Address, site: &SiteSettings) -> Response {
    let text = "Nothing was given to anybody. Begin again in your assistant, and finish within ten minutes, in the same browser \
                and with cookies allowed for this site.";
    told(
        StatusCode::BAD_REQUEST,
        "This page is not good any more",
        text,
        why,
        address,
        site,
    )
}

fn told(
    status: StatusCode,
    heading: &str,
    text: &str,
    why: &str,
    address: &Address,
    site: &SiteSettings,
) -> Response {
    let place = Place::at(address);
    let name = site
        .title
        .as_deref()
        .map(|title| one_line(title, MAX_TITLE));
    let name = name.unwrap_or_else(|| "This documentation".to_owned());
    let main = format!(
        "<div class=\"sheet\"><h1>{heading}</h1><p>{text}</p><p class=\"why\">For whoever looks into it: {}.</p></div>",
        escape(why)
    );
    let sheet = Sheet {
        place: &place,
        site: &name,
        title: heading,
        main: &main,
    };
    sent(status, form(&sheet), None)
}

/// A page that holds a secret, or is about one: kept by nobody, framed by nobody, and without a script.
fn sent(status: StatusCode, page: String, form_action: Option<&str>) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action {}; base-uri 'none'; frame-ancestors 'none'",
        form_action.map_or("'none'".to_owned(), |it| format!("'self' {it}"))
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    let policy = HeaderValue::try_from(policy);
    // Addresses that people are sent back to are plain text.
    let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // With `no-referrer` the form would come from nowhere: browsers then say `Origin: null` (Fetch, section 3.2).
    let policy = HeaderValue::from_static("same-origin");
    headers.insert(header::REFERRER_POLICY, policy);
    response
}

/// Who asks, in words: HTML, but for the name.
struct Who {
    called: String,
    comes: String,
    described: String,
    doubt: String,
}

impl Who {
    /// Those who are found at an address of their own are known by that; a program on the person's machine can only be
    /// asked what it is.
    fn of(request: &Request) -> Self {
        let recipient = request.destination.recipient();
        let host = escape(request.destination.host()).to_string();
        if let (Some(name), Some(maker)) = (recipient.name(), recipient.maker()) {
            let comes = match recipient {
                Recipient::VsCode | Recipient::Cursor => format!("<b>{name}</b> asks"),
                _ => format!("You came here from <b>{host}</b>. It asks"),
            };
            return Self {
                called: name.to_owned(),
                comes,
                described: format!("{name}, by {maker}."),
                doubt: format!("You did not start this in {name}?"),
            };
        }
        let said = request.name.as_deref();
        let described = match said {
            Some(name) => format!(
                "A program on this computer. It calls itself {}, which docent cannot check.",
                escape(name)
            ),
            None => "A program on this computer that does not say its name.".to_owned(),
        };
        Self {
            called: said.unwrap_or("a program on this computer").to_owned(),
            comes: "A program on this computer asks".to_owned(),
            described,
            doubt: "You did not start this on this computer just now?".to_owned(),
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
