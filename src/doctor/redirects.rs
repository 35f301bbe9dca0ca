//! Where an address leads on to: assistants post, and few of them follow.

use super::{
    address::Address,
    exchange::{Answer, Ask, Client},
    finding::{Cause, Finding, Subject},
};

const ABOUT: Subject = Subject::Redirects;
/// More steps are a circle.
const MAX_STEPS: usize = 5;

/// Where an answer leads on to, as it stands there; `None` where it does not.
pub(super) fn target(answer: &Answer) -> Option<&str> {
    answer
        .status
        .is_redirection()
        .then(|| answer.header("location"))?
}

/// What is to be said of an endpoint that leads elsewhere. Steps on the same host are followed, with
/// nothing but `GET`; another host is named, not asked.
pub(super) async fn check(client: &Client<'_>, from: &Address, answer: &Answer) -> Option<Finding> {
    let mut next = resolved(from, target(answer)?);
    let mut steps = 1;
    while let Some(address) = next
        .parse::<Address>()
        .ok()
        .filter(|it| it.host() == from.host())
    {
        if steps == MAX_STEPS {
            let help =
                "look at the rules of the proxy in front: two of them send requests to each other";
            let message =
                format!("{from} leads on and on, {MAX_STEPS} times and more, at last to {next}");
            return Some(Finding::error(ABOUT, Cause::Redirected, message, help));
        }
        let path = address.resource();
        let Ok(answer) = client.to(address.clone()).send(Ask::get(path)).await else {
            break;
        };
        match target(&answer) {
            Some(location) => next = resolved(&address, location),
            None => break,
        }
        steps += 1;
    }
    let status = answer.status.as_u16();
    Some(Finding::error(
        ABOUT,
        Cause::Redirected,
        format!(
            "what is posted to {from} is answered with {status}, and sent on to {next}: most assistants do not follow with their question"
        ),
        format!(
            "give assistants {next} if docent is there; or have the proxy pass requests on to docent without a redirect"
        ),
    ))
}

/// What people get who type the name alone, which goes to port 80.
pub(super) async fn port_80(client: &Client<'_>) -> Option<Finding> {
    let plain = client.to(client.address.by(false, 80));
    let answer = plain.send(Ask::get("/")).await.ok()?;
    match target(&answer) {
        Some(location) if location.starts_with("https://") => {
            Some(Finding::ok(ABOUT, "port 80 leads to HTTPS"))
        }
        _ if answer.status.is_success() => Some(Finding::warning(
            ABOUT,
            Cause::HttpOnly,
            "port 80 answers without encryption, in place of leading to HTTPS",
            "have it answer with a redirect to https://; docent's own port 80 does (docent-http.socket)",
        )),
        _ => None,
    }
}

/// A location as a whole URL.
fn resolved(from: &Address, location: &str) -> String {
    if location.contains("://") {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        let scheme = if from.is_https() { "https" } else { "http" };
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        from.url(location)
    } else {
        let path = from.resource();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        from.url(&format!("{folder}/{location}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_may_be_relative() {
        let from: Address = "https://docs.example.com/a/mcp".parse().unwrap();
        for (location, whole) in [
            ("https://other.example/x", "https://other.example/x"),
            ("//other.example/x", "https://other.example/x"),
            ("/x", "https://docs.example.com/x"),
            ("x", "https://docs.example.com/a/x"),
        ] {
            assert_eq!(resolved(&from, location), whole);
        }
    }
}
