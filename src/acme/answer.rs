//! What an authority answered, whatever it says.

use std::time::{Duration, SystemTime};

use hyper::{
    HeaderMap,
    body::Bytes,
    header::{HeaderName, RETRY_AFTER},
    http::response,
};

pub(super) const REPLAY_NONCE: HeaderName = HeaderName::from_static("replay-nonce");
/// Nobody waits longer for an authority, whatever it says.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) head: response::Parts,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    pub(super) fn has_nonce(&self) -> bool {
        self.header(&REPLAY_NONCE).is_some()
    }

    /// When the authority wants to be asked again, from the moment of the answer.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.head.headers, SystemTime::now())
    }
}

/// In seconds or as a date (RFC 9110, section 10.2.3); from now on.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(value)
            .ok()?
            .duration_since(now)
            .unwrap_or_default(),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(value: &str) -> Option<u64> {
        // Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        assert_eq!(waiting("120"), Some(120));
        assert_eq!(waiting("Sun, 06 Nov 1994 08:59:37 GMT"), Some(600));
        assert_eq!(waiting("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(waiting("soon"), None);
        assert_eq!(waiting("-1"), None);
        let longest = MAX_RETRY_AFTER.as_secs();
        assert_eq!(waiting("18446744073709551615"), Some(longest));
    }
}
