//! The cookie that binds a form to the browser in which it was shown.
//!
//! Each form has one of its own, in one of a few places, so that a person may have several pages open, and none that
//! somebody else has put there is ever taken over.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::auth::sign_in::Form;

/// The secret of a form, for the browser. Over HTTPS its name has the prefix with which browsers take it from nobody but
/// this very host, encrypted (RFC 6265bis, section 4.1.3.2).
pub(super) fn set(form: &Form, is_https: bool) -> Option<HeaderValue> {
    let secret = form.browser.reveal();
    let place = secret.bytes().next().unwrap_or_default() & 0x0f;
    let (prefix, secure) = kind(is_https);
    let lifetime = Form::LIFETIME.as_secs();
    let cookie = format!(
        "{prefix}{NAME}{place:x}={secret}; Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Strict{secure}"
    );
    HeaderValue::try_from(cookie).ok()
}

/// The secrets that a browser sends along.
pub(super) fn secrets(headers: &HeaderMap, is_https: bool) -> impl Iterator<Item = &str> {
    let (prefix, _) = kind(is_https);
    let lines = headers.get_all(header::COOKIE).iter();
    let cookies = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    cookies
        .filter_map(move |cookie| {
            let (name, secret) = cookie.trim().split_once('=')?;
            let place = name.strip_prefix(prefix)?.strip_prefix(NAME)?;
            (place.len() == 1).then_some(secret)
        })
        .take(PLACES)
}

const NAME: &str = "docent-sign-in-";
const PLACES: usize = 16;

fn kind(is_https: bool) -> (&'static str, &'static str) {
    if is_https {
        ("__Host-", "; Secure")
    } else {
        ("", "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cookies_of_ones_own_count() {
        let mut headers = HeaderMap::new();
        let lines = [
            "a=b; __Host-docent-sign-in-3=one;docent-sign-in-4=two",
            "__Host-docent-sign-in-=x; __Host-docent-sign-in-55=y; __Host-docent-sign-in-f=three",
        ];
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        let of = |is_https| secrets(&headers, is_https).collect::<Vec<_>>();
        assert_eq!(of(true), ["one", "three"]);
        assert_eq!(of(false), ["two"]);
    }
}
