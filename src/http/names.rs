//! The names that docent answers to, and those that a request is for.

use std::net::IpAddr;

use axum::http::{HeaderMap, StatusCode, Uri, header, uri::Authority};

use crate::config::Identifier;

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The names that docent answers to.
pub(super) struct Names(Vec<Name>);

pub(super) struct Name {
    /// Lower case, an IPv6 address without brackets.
    pub(super) host: String,
    /// `None`: any port.
    pub(super) port: Option<u16>,
}

impl Names {
    /// Those of the certificate, with any port, and others, each with or without a port.
    pub(super) fn new<'a>(
        own: impl IntoIterator<Item = &'a Identifier>,
        others: &[String],
    ) -> Self {
        let own = own.into_iter().map(|own| Name {
            host: own.to_string(),
            port: None,
        });
        let others = others.iter().filter_map(|other| name(other));
        Self(own.chain(others).collect())
    }

    /// These and the names of loopback addresses, with any port.
    pub(super) fn and_loopback(mut self) -> Self {
        self.0.extend(LOOPBACK.into_iter().filter_map(name));
        self
    }

    /// The name that a request is for, as the client writes it.
    ///
    /// # Errors
    /// The answer to give: where it names none, and where one of several that it names is foreign.
    pub(super) fn asked(&self, uri: &Uri, headers: &HeaderMap) -> Result<Name, Foreign> {
        let mut asked = None;
        // HTTP/2 names the host in the URI, HTTP/1 in the header; where there is more than one,
        // each has to be allowed.
        if let Some(authority) = uri.authority() {
            asked = Some(self.own(authority.as_str()).ok_or(Foreign::Other)?);
        }
        for host in headers.get_all(header::HOST) {
            let host = host.to_str().map_err(|_| Foreign::Other)?;
            asked = Some(self.own(host).ok_or(Foreign::Other)?);
        }
        asked.ok_or(Foreign::Unsaid)
    }

    fn own(&self, host: &str) -> Option<Name> {
        let asked = name(host)?;
        let is_own = self.0.iter().any(|own| {
            own.host == asked.host && own.port.is_none_or(|port| asked.port == Some(port))
        });
        is_own.then_some(asked)
    }

    fn allow(&self, host: &str) -> bool {
        self.own(host).is_some()
    }

    /// Whether a page of this origin comes from one of the names.
    pub(super) fn allow_origin(&self, origin: &str) -> bool {
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
}

/// Why a request is for none of docent's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// It says no name.
    Unsaid,
    /// It says another one.
    Other,
}

impl Foreign {
    /// The answer, with this status for a foreign name.
    pub(super) fn refusal(self, status: StatusCode) -> (StatusCode, &'static str) {
        match self {
            Self::Unsaid => (StatusCode::BAD_REQUEST, "The request has no Host header.\n"),
            Self::Other => (
                status,
                "This server does not answer to the name in the Host header. Its operator can allow the \
                 name in docent's configuration.\n",
            ),
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
    let host = match host.parse::<IpAddr>() {
        // One address has many spellings.
        Ok(address) => address.to_string(),
        Err(_) => host.trim_end_matches('.').to_ascii_lowercase(),
    };
    Some(Name {
        host,
        port: authority.port_u16(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let own = [
            Identifier::Dns("docs.example.com".into()),
            Identifier::Ip("2001:db8::1".parse().unwrap()),
        ];
        let others = ["wiki.example.com:8443", "localhost", "127.0.0.1", "[::1]"];
        Names::new(&own, &others.map(String::from))
    }

    #[test]
    fn hosts_are_own_or_listed() {
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1:8080",
            "[::1]:8080",
            "docs.example.com",
            "Docs.Example.Com.:443",
            "wiki.example.com:8443",
            "[2001:DB8:0::1]",
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
        assert!(Names::new([], &["x.example:443".into()]).allow_origin("https://x.example"));
        assert!(!Names::new([], &["x.example:443".into()]).allow_origin("http://x.example"));
    }

    #[test]
    fn every_host_of_a_request_has_to_be_allowed() {
        let asked = |headers: &HeaderMap| names().asked(&"/".parse().unwrap(), headers);
        let mut headers = HeaderMap::new();
        assert_eq!(asked(&headers).err(), Some(Foreign::Unsaid));
        headers.append(header::HOST, "localhost".parse().unwrap());
        assert_eq!(asked(&headers).unwrap().host, "localhost");
        headers.append(header::HOST, "evil.example".parse().unwrap());
        assert_eq!(asked(&headers).err(), Some(Foreign::Other));
    }
}
