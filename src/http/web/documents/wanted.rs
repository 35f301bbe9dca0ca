//! What a client would rather have: HTML or Markdown, compressed or not (RFC 9110, section 12).

use axum::http::{HeaderMap, HeaderName, header};

/// Weights of a range are in thousandths.
const CERTAIN: u16 = 1_000;

/// Whether Markdown is preferred: it has the greater weight, or the same and is asked for by name.
pub(super) fn markdown(headers: &HeaderMap) -> bool {
    let weigh = |media: [&str; 3]| {
        let exact = [media[0], "text/*", "*/*"];
        let named = media
            .iter()
            .find_map(|name| weight(headers, header::ACCEPT, name));
        let ranges = exact[1..].iter();
        let by_range = || {
            ranges
                .clone()
                .find_map(|name| weight(headers, header::ACCEPT, name))
        };
        (named.is_some(), named.or_else(by_range).unwrap_or(0))
    };
    let (is_named, markdown) = weigh(["text/markdown", "text/x-markdown", "text/markdown"]);
    let (_, html) = weigh(["text/html", "application/xhtml+xml", "text/html"]);
    markdown > 0 && (markdown > html || markdown == html && is_named)
}

/// Whether an answer may be compressed.
pub(super) fn gzip(headers: &HeaderMap) -> bool {
    let weigh = |name| weight(headers, header::ACCEPT_ENCODING, name);
    let gzip = weigh("gzip").or_else(|| weigh("x-gzip"));
    gzip.or_else(|| weigh("*")).unwrap_or(0) > 0
}

/// The weight of a range in a header; `None` where it does not stand there.
fn weight(headers: &HeaderMap, header: HeaderName, name: &str) -> Option<u16> {
    let values = headers.get_all(header);
    let lists = values.iter().filter_map(|value| value.to_str().ok());
    let mut ranges = lists.flat_map(|list| list.split(','));
    let range = ranges.find_map(|range| {
        let mut parts = range.split(';');
        let is_it = parts.next()?.trim().eq_ignore_ascii_case(name);
        is_it.then_some(parts)
    })?;
    let mut weights = range.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    Some(weights.next().map_or(CERTAIN, thousandths))
}

/// `0.8` is 800; what is no weight counts for nothing.
fn thousandths(weight: &str) -> u16 {
    let (whole, rest) = weight.split_once('.').unwrap_or((weight, ""));
    let is_plain = rest.len() <= 3 && rest.bytes().all(|digit| digit.is_ascii_digit());
    match (whole, is_plain) {
        ("1", true) => CERTAIN,
        ("0" | "", true) => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn markdown_is_for_those_who_ask_for_it() {
        for (accept, expected) in [
            ("text/markdown", true),
            ("Text/Markdown;variant=GFM;Q=0.5", true),
            ("text/markdown, text/html;q=0.9", true),
            ("text/markdown, text/html, */*", true),
            ("text/markdown, */*;q=0.1", true),
            ("text/html;q=0, */*", true),
            ("text/markdown;q=0.8, text/html", false),
            ("text/markdown;q=0, text/html;q=0", false),
            ("text/markdown;q=0", false),
            ("text/markdown;q=abc", false),
            ("text/*", false),
            ("*/*", false),
            ("application/json", false),
            ("", false),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
                false,
            ),
        ] {
            assert_eq!(
                markdown(&headers(header::ACCEPT, accept)),
                expected,
                "{accept}"
            );
        }
        assert!(!markdown(&HeaderMap::new()));
    }

    #[test]
    fn nothing_is_compressed_unasked() {
        for (accept, expected) in [
            ("gzip", true),
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.001", true),
            ("*", true),
            ("gzip;q=0, *", false),
            ("gzip;q=0", false),
            ("br", false),
            ("identity", false),
            ("", false),
        ] {
            assert_eq!(
                gzip(&headers(header::ACCEPT_ENCODING, accept)),
                expected,
                "{accept}"
            );
        }
    }
}
