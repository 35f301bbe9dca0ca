//! Who is on the pages, as the log tells it.

use axum::extract::Request;

use super::accept::wants_page;
use crate::mcp::{Asker, Endpoint};

/// Whose request it is: a person's in a browser, or a program's that reads what people read.
pub(in crate::http) fn visitor(request: &Request) -> Asker {
    let headers = request.headers();
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let extensions = request.extensions();
    let (address, admission) = (extensions.get().copied(), extensions.get().cloned());
    let agent = says("user-agent").unwrap_or_default();
    let asker = match says("sec-fetch-dest") {
        // The script of a page (Fetch Metadata), which searches whenever somebody pauses.
        Some("empty") => Asker::person(Endpoint::Typing),
        Some(_) => Asker::person(Endpoint::Page),
        None if wants_page(headers) => Asker::person(Endpoint::Page),
        // Over plain HTTP, browsers do not say that.
        None if agent.starts_with("Mozilla/") => Asker::person(Endpoint::Typing),
        None => Asker::program(Endpoint::Page, agent),
    };
    asker.from(address, admission)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn people_are_told_from_programs_and_from_their_keys() {
        let browser = "Mozilla/5.0 (X11; Linux x86_64)";
        for (headers, endpoint, client) in [
            (
                &[("sec-fetch-dest", "document"), ("user-agent", browser)][..],
                Endpoint::Page,
                "browser",
            ),
            (
                &[("accept", "text/html"), ("user-agent", browser)],
                Endpoint::Page,
                "browser",
            ),
            (
                &[("sec-fetch-dest", "empty"), ("accept", "text/html")],
                Endpoint::Typing,
                "browser",
            ),
            (
                &[("accept", "*/*"), ("user-agent", browser)],
                Endpoint::Typing,
                "browser",
            ),
            (
                &[("accept", "text/markdown"), ("user-agent", "curl/8")],
                Endpoint::Page,
                "curl/8",
            ),
            (&[], Endpoint::Page, "unknown"),
        ] {
            let mut request = Request::new(Body::empty());
            for (name, value) in headers {
                let value = value.parse().unwrap();
                request.headers_mut().insert(*name, value);
            }
            let visitor = visitor(&request);
            let told = (visitor.endpoint, &*visitor.client);
            assert_eq!(told, (endpoint, client), "{headers:?}");
        }
    }
}
