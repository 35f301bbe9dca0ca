//! `/authorize`: the page that asks a person (RFC 6749, section 4.1.1), and what comes back from it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{
    super::{address::Address, attempts::Source, body},
    SignIn, cookie, is_of, now,
    page::{self, Slip},
};
use crate::{
    auth::{
        Denied, Key, NotSealed,
        sign_in::{self, Bounced, Codes, ErrorCode, Form, Parameters, Unread},
    },
    config::PublicUrl,
};

/// `GET /authorize`: an assistant sends a person.
pub(super) async fn show(
    State(sign_in): State<Arc<SignIn>>,
    address: Address,
    request: Request,
) -> Response {
    if !is_private(&address) {
        return page::unencrypted(&address, &sign_in.site);
    }
    let query = request.uri().query().unwrap_or_default();
    let parameters = match Parameters::parse(query.as_bytes()) {
        Ok(parameters) => parameters,
        Err(why) => return page::unanswerable(why.into(), &address, &sign_in.site),
    };
    let read = sign_in::Request::read(&parameters, &sign_in.sealing, address.url());
    let asked = match read {
        Ok(asked) => asked,
        Err(Unread::Here(why)) => return page::unanswerable(why, &address, &sign_in.site),
        Err(Unread::There(bounced)) => return bounce(&bounced, &address),
    };
    let Ok(form) = Form::new(asked.clone(), &sign_in.sealing, now()) else {
        return broken(&asked, &address);
    };
    let mut response = page::ask(&asked, &form.sealed, None, &address, &sign_in.site);
    if let Some(cookie) = cookie::set(&form, address.url().is_https()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// `POST /authorize`: the person has decided.
pub(super) async fn answer(State(sign_in): State<Arc<SignIn>>, request: Request) -> Response {
    let address = Address::of_request(&request);
    let (head, body) = request.into_parts();
    let lost = |why: &str| page::lost(why, &address, &sign_in.site);
    if !is_private(&address) {
        return page::unencrypted(&address, &sign_in.site);
    }
    if !is_from_here(&head.headers, &address) {
        return lost("the form was sent by another site");
    }
    if !is_of(&head.headers, "application/x-www-form-urlencoded") {
        return lost("the form was not sent by a browser");
    }
    let body = match body::read(&head.headers, body, &sign_in.limits).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let Ok(fields) = Parameters::parse(&body) else {
        return lost("the form is none");
    };
    let (Ok(Some(sealed)), Ok(key), Ok(denied)) =
        (fields.one("form"), fields.one("key"), fields.one("deny"))
    else {
        return lost("the form is none");
    };
    let secrets = cookie::secrets(&head.headers, address.url().is_https());
    let asked = match Form::read(sealed, secrets, &sign_in.sealing, now()) {
        Ok(asked) if asked.is_for(address.url()) => asked,
        Ok(_) => return lost("the form was made by another docent"),
        Err(why) => return lost(&why.to_string()),
    };
    if denied.is_some() {
        let why = "the person did not want to";
        return bounce(&asked.refused(ErrorCode::AccessDenied, why), &address);
    }
    let source = head.extensions.get().copied();
    let key = match sign_in.key(key.unwrap_or_default().trim(), source) {
        Ok(key) => key,
        Err(slip) => return page::ask(&asked, sealed, Some(slip), &address, &sign_in.site),
    };
    match Codes::issue(&asked, key, &sign_in.sealing, now()) {
        Ok(code) => send_back(&asked.answered(&code, address.url())),
        Err(NotSealed) => broken(&asked, &address),
    }
}

impl SignIn {
    /// The key that somebody has pasted, where it opens something. An address has only so many wrong ones.
    fn key(&self, pasted: &str, source: Option<Source>) -> Result<&Key, Slip> {
        let credential = pasted.as_bytes();
        if let Some(source) = source {
            let may = self.attempts.may_try(source, credential, &self.limits);
            may.map_err(|denied| match denied {
                Denied::TooMany(after) => Slip::TooMany(after),
                _ => Slip::Unknown,
            })?;
        }
        match self.gate.keys.find(pasted, now()) {
            Ok(key) => {
                if let Some(source) = source {
                    self.attempts.succeeded(source, credential);
                }
                self.gate.audiences.of_key(key).ok_or(Slip::Nothing)?;
                Ok(key)
            }
            Err(_) => {
                if let Some(source) = source {
                    self.attempts.failed(source, credential, &self.limits);
                }
                Err(Slip::Unknown)
            }
        }
    }
}

/// Whether nobody on the way reads what is pasted: it is encrypted, or does not leave the machine.
fn is_private(address: &Address) -> bool {
    address.url().is_https() || address.url().is_loopback()
}

/// Whether a form comes from docent's own page, as far as browsers say where it comes from. Those that say nothing have
/// the cookie to show, which no other site makes them send.
fn is_from_here(headers: &HeaderMap, address: &Address) -> bool {
    const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    let is_own = |origin: &HeaderValue| {
        let origin = origin
            .to_str()
            .ok()
            .and_then(|it| it.parse::<PublicUrl>().ok());
        origin
            .is_some_and(|origin| origin.path().is_empty() && origin.is_same_origin(address.url()))
    };
    let is_same = |site: &HeaderValue| site == "same-origin";
    headers.get_all(header::ORIGIN).iter().all(is_own) && headers.get_all(SITE).iter().all(is_same)
}

/// Sends the person back with an error.
fn bounce(bounced: &Bounced, address: &Address) -> Response {
    send_back(&bounced.address(address.url()))
}

fn broken(asked: &sign_in::Request, address: &Address) -> Response {
    tracing::error!("nothing can be sealed: the system gives no random numbers");
    let why = "docent cannot at the moment";
    bounce(&asked.refused(ErrorCode::ServerError, why), address)
}

/// 303: a browser forgets the form that it has sent, and the key with it (RFC 9700, section 4.12).
fn send_back(to: &str) -> Response {
    let Ok(to) = HeaderValue::try_from(to) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (header::LOCATION, to),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Instant};

    use ring::rand::SystemRandom;

    use super::*;
    use crate::{
        auth::{self, AccessKey, Gate, KeptKey, KeyRing, KeysFile, SealingKeys},
        config::{AccessSettings, AudienceName, AudienceSettings, KeyName, Limits, SiteSettings},
        http::{attempts::Attempts, share::Client},
    };

    #[test]
    fn ten_thousand_guesses_are_not_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let staff = AudienceName::new("staff").unwrap();
        let key = AccessKey::generate(&SystemRandom::new()).unwrap();
        let name = KeyName::new("alice").unwrap();
        let kept = KeptKey::new(name, staff.clone(), key.hash(), now(), None);
        let text = KeysFile::read(&path).unwrap().with(&kept).unwrap();
        fs::write(&path, text).unwrap();
        let sealing = folder.path().join("sealing.key");
        fs::write(&sealing, &*SealingKeys::new_line().unwrap()).unwrap();
        let access = AccessSettings {
            audiences: vec![AudienceSettings {
                name: staff,
                docs: vec!["all".to_owned()],
                groups: Vec::new(),
                keys: Vec::new(),
            }],
            keys_file: Some(path),
            ..AccessSettings::default()
        };
        let sign_in = SignIn {
            gate: Arc::new(Gate {
                audiences: auth::Audiences::new(&access),
                keys: Arc::new(KeyRing::load(&access).unwrap()),
                ..Gate::default()
            }),
            sealing: Arc::new(SealingKeys::read(&sealing).unwrap()),
            codes: Arc::new(Codes::new(now())),
            attempts: Arc::new(Attempts::new()),
            site: SiteSettings::default(),
            limits: Limits::default(),
        };
        let at = |address: &str| Source(Client::of(address.parse().unwrap()).unwrap());
        let (guesser, other) = (at("192.0.2.1"), at("192.0.2.2"));
        let begun = Instant::now();
        let mut looked_at = 0;
        for _ in 0..10_000 {
            let guess = AccessKey::generate(&SystemRandom::new()).unwrap();
            match sign_in.key(guess.reveal(), Some(guesser)).unwrap_err() {
                Slip::Unknown => looked_at += 1,
                Slip::TooMany(after) => assert!(!after.is_zero()),
                Slip::Nothing => panic!("a key that opens nothing"),
            }
        }
        let seconds = begun.elapsed().as_secs();
        assert!(
            (10..=11 + seconds / 6).contains(&looked_at),
            "{looked_at} in {seconds} s"
        );
        // Not even the right one, from there; and for others nothing has changed.
        let refused = sign_in.key(key.reveal(), Some(guesser)).unwrap_err();
        assert!(matches!(refused, Slip::TooMany(_)));
        assert!(sign_in.key(key.reveal(), Some(other)).is_ok());
        assert!(sign_in.key(key.reveal(), None).is_ok());
    }
}
