//! Whether whoever asks is a person with a browser.

use axum::http::{HeaderMap, header};

/// Whether pages are wanted: programs say nothing, or that anything will do.
pub(in crate::http) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|value| {
        value.to_str().is_ok_and(|list| {
            list.split(',').any(|range| {
                let (media, weight) = range.split_once(';').unwrap_or((range, ""));
                let weight = weight.trim().replace(' ', "");
                let is_refused = weight
                    .strip_prefix("q=")
                    .is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty());
                media.trim().eq_ignore_ascii_case("text/html") && !is_refused
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_a_browser_wants_a_page() {
        for (accept, expected) in [
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                true,
            ),
            ("application/json, TEXT/HTML;q=0.5", true),
            ("text/html;q=0", false),
            ("text/html; q=0.000", false),
            ("*/*", false),
            ("text/*", false),
            ("text/event-stream", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(wants_page(&headers), expected, "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
