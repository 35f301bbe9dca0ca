//! Who may call: requests for other names than docent's own are refused, on every route.
//!
//! A page in somebody's browser can reach a server on their machine or network by a name that its
//! author points there (DNS rebinding). Such requests carry that name in `Host`, and the page's
//! own in `Origin`. See the security warning of the MCP transports (2025-11-25).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The names that docent answers to.
pub(super) struct Names(Vec<Name>);

struct Name {
    /// Lower case, an IPv6 address without brackets.
    host: String,
    /// `None`: any port.
    port: Option<u16>,
}

impl Names {
    /// The loopback names and those given, each with or without a port.
    pub(super) fn new(hosts: &[String]) -> Self {
        let loopback = ["localhost", "127.0.0.1", "[::1]"];
        let given = hosts.iter().map(String::as_str);
        Self(loopback.into_iter().chain(given).filter_map(name).collect())
    }

    fn allow(&self, host: &str) -> bool {
        let Some(asked) = name(host) else {
            return false;
        };
        self.0.iter().any(|own| {
            own.host == asked.host && own.port.is_none_or(|port| asked.port == Some(port))
        })
    }

    fn allow_origin(&self, origin: &str) -> bool {
        let (default, host) = if let Some(host) = origin.strip_prefix("https://") {
            (443, host)
        } else if let Some(host) = origin.strip_prefix("http://") {
            (80, host)
        } else {
            // Also `null`, the origin of sandboxed frames and local files.
            return false;
        };
        // Browsers leave a scheme's own port out, and a listed name may say it.
        self.allow(host)
            || name(host).is_some_and(|origin| {
                origin.port.is_none() && self.allow(&format!("{host}:{default}"))
            })
    }

    fn refusal(&self, uri: &Uri, headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
        let mut named = false;
        // HTTP/2 names the host in the URI, HTTP/1 in the header; where there is more than one,
        // each has to be allowed.
        if let Some(authority) = uri.authority() {
            named = true;
            if !self.allow(authority.as_str()) {
                return Some(FOREIGN_HOST);
            }
        }
        for host in headers.get_all(header::HOST) {
            named = true;
            if !host.to_str().is_ok_and(|host| self.allow(host)) {
                return Some(FOREIGN_HOST);
            }
        }
        if !named {
            return Some((StatusCode::BAD_REQUEST, "The request has no Host header.\n"));
        }
        for origin in headers.get_all(header::ORIGIN) {
            if !origin
                .to_str()
                .is_ok_and(|origin| self.allow_origin(origin))
            {
                return Some(FOREIGN_ORIGIN);
            }
        }
        None
    }
}

const FOREIGN_HOST: (StatusCode, &str) = (
    StatusCode::FORBIDDEN,
    "This server does not answer to the name in the Host header. Its operator can allow the name \
     in docent's configuration.\n",
);
const FOREIGN_ORIGIN: (StatusCode, &str) = (
    StatusCode::FORBIDDEN,
    "Web pages of this origin may not call this server. Its operator can allow the host in \
     docent's configuration.\n",
);

/// Refuses a request for a foreign name, or from a page of a foreign origin.
pub(super) async fn check(
    State(names): State<Arc<Names>>,
    request: Request,
    next: Next,
) -> Response {
    match names.refusal(request.uri(), request.headers()) {
        None => next.run(request).await,
        Some((status, why)) => {
            tracing::debug!(%status, why, "refused");
            (status, why).into_response()
        }
    }
}

fn name(authority: &str) -> Option<Name> {
    let authority: Authority = authority.parse().ok()?;
    // `user@host` has no place in a Host header.
    if authority.as_str().contains('@') {
        return None;
    }
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    // What follows the host may be no port: then it is no name of ours.
    if authority.as_str().len() > authority.host().len() && authority.port_u16().is_none() {
        return None;
    }
    Some(Name {
        host: host.trim_end_matches('.').to_ascii_lowercase(),
        port: authority.port_u16(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(&["docs.example.com".into(), "wiki.example.com:8443".into()])
    }

    #[test]
    fn hosts_are_loopback_or_listed() {
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1:8080",
            "[::1]:8080",
            "docs.example.com",
            "Docs.Example.Com.:443",
            "wiki.example.com:8443",
        ] {
            assert!(names().allow(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "wiki.example.com",
            "wiki.example.com:443",
            "docs.example.com.evil.example",
            "localhost@evil.example",
            "evil.example@localhost",
            "localhost:99999",
            "127.0.0.2",
        ] {
            assert!(!names().allow(host), "{host}");
        }
    }

    #[test]
    fn origins_follow_the_hosts() {
        for origin in [
            "http://localhost:6274",
            "https://docs.example.com",
            "https://wiki.example.com:8443",
        ] {
            assert!(names().allow_origin(origin), "{origin}");
        }
        for origin in [
            "null",
            "https://evil.example",
            "file://localhost",
            "localhost",
            "https://wiki.example.com",
        ] {
            assert!(!names().allow_origin(origin), "{origin}");
        }
        assert!(Names::new(&["x.example:443".into()]).allow_origin("https://x.example"));
        assert!(!Names::new(&["x.example:443".into()]).allow_origin("http://x.example"));
    }

    #[test]
    fn every_host_of_a_request_has_to_be_allowed() {
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, "localhost".parse().unwrap());
        assert!(names().refusal(&"/".parse().unwrap(), &headers).is_none());
        headers.append(header::HOST, "evil.example".parse().unwrap());
        assert!(names().refusal(&"/".parse().unwrap(), &headers).is_some());
        let none = names().refusal(&"/".parse().unwrap(), &HeaderMap::new());
        assert_eq!(none.unwrap().0, StatusCode::BAD_REQUEST);
    }
}
