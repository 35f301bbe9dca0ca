//! The form of the sign-in page: which request it is for, and in which browser it was shown.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::{authorization::Request, seconds};
use crate::auth::seal::{NotSealed, Purpose, SealingKeys, fill};

/// A form, as it is shown.
pub struct Form {
    /// What is in it, sealed.
    pub sealed: String,
    /// The secret that goes to the browser in a cookie: a form that somebody else has opened is worth nothing in it.
    pub browser: Browser,
}

/// A secret that one browser has for one form.
pub struct Browser(String);

/// Why a form that comes back is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It was made by nobody here.
    #[error("the form is not one of docent's")]
    Forged,
    /// It is too old.
    #[error("the form was opened too long ago")]
    Old,
    /// It was opened in another browser, or the browser keeps no cookies.
    #[error("the form was opened in another browser, or the browser keeps no cookies")]
    Browser,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    request: Request,
    browser: [u8; 32],
    made: u64,
}

/// How long somebody may look for a key.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// Clocks of machines that share a sealing key may differ by this.
const SKEW: u64 = 60;

impl Form {
    /// How long it is good.
    pub const LIFETIME: Duration = PATIENCE;

    /// A form for a request, to be shown in one browser.
    ///
    /// # Errors
    /// Where nothing can be sealed.
    pub fn new(request: Request, keys: &SealingKeys, now: SystemTime) -> Result<Self, NotSealed> {
        let mut secret = [0; 16];
        fill(&mut secret)?;
        let browser = BASE64_URL.encode(secret);
        let sealed = Sealed {
            request,
            browser: hash(&browser),
            made: seconds(now),
        };
        Ok(Self {
            sealed: keys.seal(Purpose::Form, &sealed)?,
            browser: Browser(browser),
        })
    }

    /// The request that a form is for which has come back. `browsers`: the secrets that came along.
    ///
    /// # Errors
    /// Where it is not taken.
    pub fn read<'a>(
        sealed: &str,
        browsers: impl IntoIterator<Item = &'a str>,
        keys: &SealingKeys,
        now: SystemTime,
    ) -> Result<Request, FormError> {
        let opened = keys.open::<Sealed>(Purpose::Form, sealed);
        let form = opened.ok_or(FormError::Forged)?.value;
        let now = seconds(now);
        if now > form.made + PATIENCE.as_secs() || form.made > now + SKEW {
            return Err(FormError::Old);
        }
        let mut browsers = browsers.into_iter();
        let is_own = browsers.any(|browser| hash(browser).ct_eq(&form.browser).into());
        is_own.then_some(form.request).ok_or(FormError::Browser)
    }
}

impl Browser {
    /// The secret, for the cookie.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form(…)")
    }
}

fn hash(browser: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, browser.as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::super::authorization::tests::request;
    use super::*;
    use crate::auth::seal::tests::keys;

    #[test]
    fn a_form_is_good_for_a_while_in_its_own_browser() {
        let (keys, now) = (keys(), SystemTime::now());
        let form = Form::new(request(), &keys, now).unwrap();
        let other = Form::new(request(), &keys, now).unwrap();
        let own = form.browser.reveal();
        let read = |browsers: &[&str], later: u64| {
            let at = now + Duration::from_secs(later);
            Form::read(&form.sealed, browsers.iter().copied(), &keys, at)
        };
        assert_eq!(read(&[own], 0), Ok(request()));
        assert_eq!(read(&[other.browser.reveal(), own], 600), Ok(request()));
        assert_eq!(read(&[own], 601), Err(FormError::Old));
        assert_eq!(read(&[other.browser.reveal()], 0), Err(FormError::Browser));
        assert_eq!(read(&[], 0), Err(FormError::Browser));
        assert_eq!(read(&[""], 0), Err(FormError::Browser));
        let earlier = now - Duration::from_secs(120);
        let from_ahead = Form::read(&form.sealed, [own], &keys, earlier);
        assert_eq!(from_ahead, Err(FormError::Old));
        for forged in [
            "",
            "docent_form_",
            &form.sealed[1..],
            &form.sealed.replace('A', "B"),
        ] {
            if forged != form.sealed {
                let read = Form::read(forged, [own], &keys, now);
                assert_eq!(read, Err(FormError::Forged));
            }
        }
    }
}
