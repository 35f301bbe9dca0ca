//! Answers in the form in which the standard has them: authorities that are less exact say the same.
//!
//! - A member that is `null` says what one that is not there says.
//! - An address without a host is one of the authority's own (RFC 3986, section 5).

use hyper::{
    Uri,
    header::{HeaderValue, LOCATION},
};
use serde_json::Value;

use super::answer::Answer;

/// The members that hold an address, or several.
const ADDRESSES: [&str; 12] = [
    "authorizations",
    "certificate",
    "finalize",
    "keyChange",
    "newAccount",
    "newAuthz",
    "newNonce",
    "newOrder",
    "orders",
    "renewalInfo",
    "revokeCert",
    "url",
];

/// Changes an answer that came from a URL; one that is exact stays as it is.
pub(super) fn normalize(answer: &mut Answer, url: &str) {
    let Ok(base) = url.parse::<Uri>() else {
        return;
    };
    let location = answer.header(&LOCATION);
    let location = location.and_then(|location| absolute(&base, location));
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        answer.head.headers.insert(LOCATION, location);
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(&answer.body) else {
        return;
    };
    let before = Value::Object(members);
    let mut after = before.clone();
    tidy(&mut after, &base);
    if after != before {
        answer.body = after.to_string().into();
    }
}

fn tidy(value: &mut Value, base: &Uri) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            for (name, value) in members {
                if ADDRESSES.contains(&name.as_str()) {
                    complete(value, base);
                }
                tidy(value, base);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| tidy(value, base)),
        _ => {}
    }
}

fn complete(value: &mut Value, base: &Uri) {
    match value {
        Value::String(text) => {
            if let Some(whole) = absolute(base, text) {
                *text = whole;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| complete(value, base)),
        _ => {}
    }
}

/// A relative address as a whole one; `None` where it is whole already, or none at all.
fn absolute(base: &Uri, reference: &str) -> Option<String> {
    let scheme = base.scheme_str()?;
    let authority = base.authority()?;
    if reference.is_empty() || reference.contains("://") {
        return None;
    }
    if let Some(rest) = reference.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    if reference.starts_with('/') {
        return Some(format!("{scheme}://{authority}{reference}"));
    }
    let folder = base
        .path()
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    Some(format!("{scheme}://{authority}{folder}/{reference}"))
}

#[cfg(test)]
mod tests {
    use hyper::Response;

    use super::*;

    fn normal(location: &str, body: &str) -> (String, String) {
        let response = Response::builder().header(LOCATION, location).body(());
        let mut answer = Answer {
            head: response.unwrap().into_parts().0,
            body: body.to_owned().into(),
        };
        normalize(&mut answer, "https://ca.example:8443/acme/directory");
        let location = answer.header(&LOCATION).unwrap().to_owned();
        (location, String::from_utf8(answer.body.to_vec()).unwrap())
    }

    #[test]
    fn relative_addresses_are_completed_and_nulls_left_out() {
        let (location, body) = normal(
            "/acme/order/7",
            r#"{"newNonce":"/nonce","newOrder":"new","meta":null,"authorizations":["a/1","//o/2"],
                "challenges":[{"url":"c","token":"/t","error":null}],"finalize":"https://x/f"}"#,
        );
        assert_eq!(location, "https://ca.example:8443/acme/order/7");
        let expected = r#"{"authorizations":["https://ca.example:8443/acme/a/1","https://o/2"],"challenges":[{"token":"/t","url":"https://ca.example:8443/acme/c"}],"finalize":"https://x/f","newNonce":"https://ca.example:8443/nonce","newOrder":"https://ca.example:8443/acme/new"}"#;
        assert_eq!(
            serde_json::from_str::<Value>(&body).unwrap(),
            serde_json::from_str::<Value>(expected).unwrap()
        );
    }

    #[test]
    fn what_is_exact_or_no_json_stays_as_it_is() {
        for body in [
            "{ \"url\" : \"https://x/\" }",
            "-----BEGIN CERTIFICATE-----",
            "[null]",
            "",
        ] {
            let (location, after) = normal("https://x/1", body);
            assert_eq!((&*location, &*after), ("https://x/1", body));
        }
    }
}
