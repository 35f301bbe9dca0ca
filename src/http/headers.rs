//! Headers that every answer carries.

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

/// Headers that keep browsers from making more of an answer than it is.
pub(super) async fn harden(mut response: Response, hsts: Option<Duration>) -> Response {
    // What a browser has stored keeps the policy that it came with.
    let is_unchanged = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    if let Some(period) = hsts {
        let policy = format!("max-age={}", period.as_secs());
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, policy);
        }
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    if is_unchanged {
        return response;
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    response
}
