//! A `GET` of something that another server has: whoever signs people in is elsewhere.

use std::time::SystemTime;

use serde_json::Value;

use super::super::{
    address::Address,
    certificate,
    dialer::Dialer,
    exchange::{Answer, Ask, Client},
    finding::Verdict,
};

/// Asks for a URL, which has to be HTTPS with a certificate that is trusted, or of this machine.
pub(super) async fn fetch(dialer: &Dialer, url: &str) -> Result<Answer, String> {
    let address: Address = url.parse().map_err(|error| format!("{error}"))?;
    if !address.is_https() && !address.is_loopback() {
        return Err("it is not HTTPS".to_owned());
    }
    let found = dialer.addresses(address.host()).await?;
    let mut fault = "its name has no address".to_owned();
    for ip in found {
        let client = Client::new(dialer, address.clone(), ip);
        if address.is_https() {
            let chain = match client.certificates().await {
                Ok(chain) => chain,
                Err(why) => {
                    fault = why.to_string();
                    continue;
                }
            };
            let judged = certificate::check(&client, &chain, SystemTime::now()).await;
            if let Some(wrong) = judged.into_iter().find(|it| it.verdict == Verdict::Error) {
                return Err(wrong.message);
            }
        }
        match client.send(Ask::get(path(url))).await {
            Ok(answer) if answer.status.is_success() => return Ok(answer),
            Ok(answer) => return Err(answer.status.to_string()),
            Err(why) => fault = why.to_string(),
        }
    }
    Err(fault)
}

/// The same, of a JSON object.
pub(super) fn object(answer: &Answer) -> Result<Value, String> {
    match serde_json::from_slice(&answer.body) {
        Ok(object @ Value::Object(_)) => Ok(object),
        _ => Err("what comes is no JSON object".to_owned()),
    }
}

/// Path and query of a URL, as they stand there.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    rest.find('/').map_or("/", |at| &rest[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_asked_for_as_it_stands() {
        for (url, expected) in [
            ("https://a.example", "/"),
            ("https://a.example/b/mcp/?c=%20d#e", "/b/mcp/?c=%20d"),
            ("https://a.example:8443/b", "/b"),
        ] {
            assert_eq!(path(url), expected);
        }
    }
}
