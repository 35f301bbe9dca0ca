//! What those are answered who are not let in: 401 or 403 with a challenge (RFC 6750, section 3; RFC 9728, section 5.1).
//!
//! Never a redirect. Clients of MCP are answered in a line of text; a page is shown to browsers alone, at addresses of pages.

use axum::{
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};

use super::{
    address::Address,
    protected_resource::{ENDPOINTS, METADATA, SCOPE},
    web::note,
};
use crate::{auth::Denied, config::SiteSettings};

/// The endpoint that a path belongs to, without a slash at its end.
pub(super) fn endpoint(path: &str) -> Option<&'static str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path == "/message" {
        return Some("/sse");
    }
    ENDPOINTS.into_iter().find(|endpoint| *endpoint == path)
}

/// The answer to a request that is not let in.
pub(super) fn answer(denied: Denied, head: &Parts, site: &SiteSettings) -> Response {
    let path = head.uri.path();
    let status = match denied {
        Denied::Insufficient | Denied::GroupsWithheld => StatusCode::FORBIDDEN,
        Denied::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Denied::Missing { .. } | Denied::Malformed(_) | Denied::Invalid(_) => {
            StatusCode::UNAUTHORIZED
        }
    };
    let is_shown = site.enabled && endpoint(path).is_none() && note::is_wanted(&head.headers);
    let mut response = if is_shown {
        note::refused(status, denied, &Address::of(head), site)
    } else {
        (status, format!("{}\n", sentence(denied))).into_response()
    };
    let headers = response.headers_mut();
    if let Denied::TooMany(after) = denied {
        headers.insert(header::RETRY_AFTER, after.as_secs().max(1).into());
    } else if let Some(challenge) = challenge(denied, head) {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(header::VARY, VARIES);
    response
}

/// What an answer depends on, where there are audiences.
pub(super) const VARIES: HeaderValue = HeaderValue::from_static("authorization");

fn sentence(denied: Denied) -> String {
    let said = denied.to_string();
    let mut letters = said.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    format!(
        "{}{}.",
        first.map_or_else(String::new, String::from),
        letters.as_str()
    )
}

fn challenge(denied: Denied, head: &Parts) -> Option<HeaderValue> {
    let path = head.uri.path();
    let endpoint = endpoint(path).unwrap_or_default();
    // The resource is what the client has asked for, to the letter (RFC 9728, section 3.3).
    let slash = if path.len() > 1 && path.ends_with('/') && !endpoint.is_empty() {
        "/"
    } else {
        ""
    };
    let metadata = Address::of(head).at(&format!("{METADATA}{endpoint}{slash}"));
    let mut challenge = format!("Bearer resource_metadata=\"{metadata}\", scope=\"{SCOPE}\"");
    let error = match denied {
        Denied::Malformed(_) => "invalid_request",
        Denied::Invalid(_) => "invalid_token",
        Denied::Insufficient | Denied::GroupsWithheld => "insufficient_scope",
        Denied::Missing { .. } | Denied::TooMany(_) => "",
    };
    if !error.is_empty() {
        challenge += &format!(", error=\"{error}\", error_description=\"{denied}\"");
    }
    HeaderValue::try_from(challenge).ok()
}

/// Answers of one audience are kept for that one alone.
pub(super) fn keep_apart(response: &mut Response, is_anonymous: bool) {
    let headers = response.headers_mut();
    headers.append(header::VARY, VARIES);
    if is_anonymous {
        return;
    }
    let Some(said) = headers.get(header::CACHE_CONTROL) else {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return;
    };
    let said = said.to_str().unwrap_or("no-store");
    let mut directives: Vec<&str> = said.split(',').map(str::trim).collect();
    directives.retain(|directive| !directive.eq_ignore_ascii_case("public"));
    if !directives
        .iter()
        .any(|it| matches!(*it, "no-store" | "private"))
    {
        directives.insert(0, "private");
    }
    if let Ok(value) = HeaderValue::try_from(directives.join(", ")) {
        headers.insert(header::CACHE_CONTROL, value);
    }
}
