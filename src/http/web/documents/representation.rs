//! A page as it is sent: whole, or a word that the client has it already (RFC 9110, sections 8.8 and 13).

use std::{
    io::Write as _,
    time::{Duration, SystemTime},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use flate2::{Compression, write::GzEncoder};
use xxhash_rust::xxh3::xxh3_128;

use super::wanted;
use crate::corpus::Stamp;

/// What is sent of a page, in one of its forms.
pub(super) struct Representation {
    pub(super) media: &'static str,
    pub(super) body: Vec<u8>,
    /// Of the file that it was made from.
    pub(super) stamp: Option<Stamp>,
    /// Values of `Link`.
    pub(super) links: Vec<String>,
    /// There is another form at the same address.
    pub(super) is_negotiated: bool,
    /// What a browser may do with it.
    pub(super) policy: Option<HeaderValue>,
}

/// What a request says of what its client has and takes.
pub(super) struct Conditions {
    has: Vec<String>,
    since: Option<SystemTime>,
    takes_gzip: bool,
}

/// Shorter answers are not worth compressing; in bytes.
const SHORT: usize = 1_024;

impl Conditions {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let tags = headers.get_all(header::IF_NONE_MATCH).iter();
        let tags = tags.filter_map(|value| value.to_str().ok());
        let tags = tags.flat_map(|list| list.split(','));
        let since = headers.get(header::IF_MODIFIED_SINCE);
        Self {
            has: tags.map(|tag| tag.trim().to_owned()).collect(),
            since: since
                .and_then(|since| since.to_str().ok())
                .and_then(|since| httpdate::parse_http_date(since).ok()),
            takes_gzip: wanted::gzip(headers),
        }
    }

    /// Whether the client has what is called so, or was made of a file like this.
    fn are_met(&self, tag: &str, stamp: Option<&Stamp>) -> bool {
        if !self.has.is_empty() {
            let is_it = |other: &str| other.strip_prefix("W/").unwrap_or(other) == tag;
            return self.has.iter().any(|other| other == "*" || is_it(other));
        }
        let (Some(since), Some(stamp)) = (self.since, stamp) else {
            return false;
        };
        // A file that comes with a time before the one that it replaces is new all the same.
        let modified = seconds(stamp.modified);
        modified == Some(since)
            || modified <= Some(since)
                && seconds(stamp.changed) <= Some(since)
                && modified.is_some()
    }
}

impl Representation {
    /// The answer to a request: compresses, so it is to be called beside the threads that answer requests.
    pub(super) fn answer(self, conditions: &Conditions) -> Response {
        let is_compressed = conditions.takes_gzip && self.body.len() >= SHORT;
        let ending = if is_compressed { "-gzip" } else { "" };
        let tag = format!("\"{:032x}{ending}\"", xxh3_128(&self.body));
        let mut response = if conditions.are_met(&tag, self.stamp.as_ref()) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.whole(is_compressed)
        };
        let headers = response.headers_mut();
        // Of a page that a browser has already, too: it takes the headers of this answer for those it has.
        if let Some(policy) = self.policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(header::ETAG, tag);
        }
        let modified = self.stamp.and_then(|stamp| seconds(stamp.modified));
        if let Some(modified) = modified.filter(|modified| *modified <= SystemTime::now())
            && let Ok(modified) = HeaderValue::try_from(httpdate::fmt_http_date(modified))
        {
            headers.insert(header::LAST_MODIFIED, modified);
        }
        // Documents change at any time, and asking again costs little.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.append(
            header::VARY,
            HeaderValue::from_static(match self.is_negotiated {
                true => "accept, accept-encoding",
                false => "accept-encoding",
            }),
        );
        for link in self.links {
            if let Ok(link) = HeaderValue::try_from(link) {
                headers.append(header::LINK, link);
            }
        }
        response
    }

    fn whole(&self, is_compressed: bool) -> Response {
        let compressed = is_compressed.then(|| compressed(&self.body)).flatten();
        let is_compressed = compressed.is_some();
        let body = compressed.unwrap_or_else(|| self.body.clone());
        let mut response = Body::from(body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media));
        if is_compressed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn compressed(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

/// A time in nanoseconds since 1970, without what HTTP does not tell of it.
fn seconds(nanoseconds: i64) -> Option<SystemTime> {
    let seconds = u64::try_from(nanoseconds).ok()? / 1_000_000_000;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400 * 1_000_000_000;

    fn page(text: &str, modified: i64, changed: i64) -> Representation {
        Representation {
            media: "text/plain",
            body: text.as_bytes().to_vec(),
            stamp: Some(Stamp {
                size: 1,
                modified,
                changed,
            }),
            links: Vec::new(),
            is_negotiated: true,
            policy: None,
        }
    }

    fn asked(headers: &[(header::HeaderName, &str)]) -> Conditions {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::try_from(*value).unwrap()));
        Conditions::of(&headers.collect())
    }

    #[test]
    fn each_form_has_a_tag_of_its_own_and_is_sent_once() {
        let long = "Locks. ".repeat(1_000);
        let plain = page(&long, DAY, DAY).answer(&asked(&[]));
        let gzip = asked(&[(header::ACCEPT_ENCODING, "gzip")]);
        let compressed = page(&long, DAY, DAY).answer(&gzip);
        assert_eq!(compressed.headers()[header::CONTENT_ENCODING], "gzip");
        assert!(plain.headers().get(header::CONTENT_ENCODING).is_none());
        let tag = |response: &Response| {
            response.headers()[header::ETAG]
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_ne!(tag(&plain), tag(&compressed));
        for (has, expected) in [
            (tag(&plain), 304),
            (format!("W/{}", tag(&plain)), 304),
            (format!("\"x\", {}", tag(&plain)), 304),
            ("*".to_owned(), 304),
            (tag(&compressed), 200),
            ("\"x\"".to_owned(), 200),
        ] {
            let response = page(&long, DAY, DAY).answer(&asked(&[(header::IF_NONE_MATCH, &has)]));
            assert_eq!(response.status(), expected, "{has}");
            assert_eq!(response.headers()[header::ETAG], tag(&plain));
            assert_eq!(response.headers()[header::VARY], "accept, accept-encoding");
        }
    }

    #[test]
    fn a_date_counts_where_nothing_better_is_said() {
        for (modified, changed, since, expected) in [
            (2 * DAY, 2 * DAY, "Sat, 03 Jan 1970 00:00:00 GMT", 304),
            (2 * DAY + 999, 2 * DAY, "Sat, 03 Jan 1970 00:00:00 GMT", 304),
            (2 * DAY, 2 * DAY, "Sun, 04 Jan 1970 00:00:00 GMT", 304),
            (2 * DAY, 2 * DAY, "Fri, 02 Jan 1970 00:00:00 GMT", 200),
            // Put in place of a younger one.
            (2 * DAY, 9 * DAY, "Sun, 04 Jan 1970 00:00:00 GMT", 200),
            (2 * DAY, 9 * DAY, "Sat, 03 Jan 1970 00:00:00 GMT", 304),
            (2 * DAY, 2 * DAY, "yesterday", 200),
        ] {
            let since = [(header::IF_MODIFIED_SINCE, since)];
            let response = page("x", modified, changed).answer(&asked(&since));
            assert_eq!(response.status(), expected, "{since:?}");
            let both = [since[0].clone(), (header::IF_NONE_MATCH, "\"x\"")];
            assert_eq!(
                page("x", modified, changed).answer(&asked(&both)).status(),
                200
            );
        }
    }
}
