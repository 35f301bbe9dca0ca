//! The names that docent answers to, and those that a request is for.

use std::net::IpAddr;

use axum::http::{HeaderMap, StatusCode, Uri, header, uri::Authority};

use crate::config::Identifier;

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The names that docent answers to.
pub(super) struct Names {
    listed: Vec<Name>,
    /// Any address is docent's as well.
    addresses: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
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
        Self {
            listed: own.chain(others).collect(),
            addresses: false,
        }
    }

    /// These and the names of loopback addresses, with any port.
    pub(super) fn and_loopback(mut self) -> Self {
        self.listed.extend(LOOPBACK.into_iter().filter_map(name));
        self
    }

    /// These and any address: nobody else's name leads here that way (DNS rebinding needs one).
    pub(super) fn and_addresses(mut self) -> Self {
        self.addresses = true;
        self
    }

    /// These and the name in docent's own address, with any port.
    pub(super) fn and(mut self, authority: Option<&str>) -> Self {
        let name = authority.and_then(name);
        self.listed
            .extend(name.map(|name| Name { port: None, ..name }));
        self
    }

    /// The name that a request is for, as the client writes it.
    ///
    /// # Errors
    /// Where it names none, and where one of several that it names is foreign.
    pub(super) fn asked(&self, uri: &Uri, headers: &HeaderMap) -> Result<Name, Foreign> {
        let mut asked = None;
        // HTTP/2 names the host in the URI, HTTP/1 in the header; where there is more than one,
        // each has to be allowed.
        if let Some(authority) = uri.authority() {
            asked = Some(self.check(authority.as_str())?);
        }
        for host in headers.get_all(header::HOST) {
            let host = host.to_str().map_err(|_| Foreign::Other(None))?;
            asked = Some(self.check(host)?);
        }
        asked.ok_or(Foreign::Unsaid)
    }

    /// All of them.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(|name| &*name.host)
    }

    /// The name that a host stands for.
    ///
    /// # Errors
    /// Where it is a foreign one.
    pub(super) fn check(&self, host: &str) -> Result<Name, Foreign> {
        let asked = name(host).ok_or(Foreign::Other(None))?;
        let is_address = self.addresses && asked.host.parse::<IpAddr>().is_ok();
        if is_address || self.is_listed(&asked) {
            Ok(asked)
        } else {
            Err(Foreign::Other(Some(asked)))
        }
    }

    fn is_listed(&self, asked: &Name) -> bool {
        self.listed.iter().any(|own| {
            own.host == asked.host && own.port.is_none_or(|port| asked.port == Some(port))
        })
    }

    fn allow(&self, host: &str) -> bool {
        name(host).is_some_and(|asked| self.is_listed(&asked))
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

/// How an operator lets a name in.
pub(super) fn allow_advice(name: &str) -> String {
    format!(
        "If it is one of its names, its operator adds this line below [server] in docent's configuration (or the \
         name to the list that is there), and reloads the service:\n\nhosts = [\"{name}\"]"
    )
}

/// Why a request is for none of docent's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Foreign {
    /// It says no name.
    Unsaid,
    /// It says another one; `None`: one that nobody can have.
    Other(Option<Name>),
}

impl Foreign {
    /// The answer, with this status for a foreign name, and with what would make it docent's.
    pub(super) fn refusal(
        &self,
        status: StatusCode,
        advice: impl FnOnce(&str) -> String,
    ) -> (StatusCode, String) {
        match self {
            Self::Unsaid => (
                StatusCode::BAD_REQUEST,
                "The request has no Host header.\n".to_owned(),
            ),
            Self::Other(name) => (
                status,
                match name.as_ref().and_then(Name::as_configured) {
                    Some(name) => format!(
                        "This server does not answer to the name {name}, which is in the Host header.\n\n{}\n",
                        advice(name)
                    ),
                    None => "This server does not answer to the name in the Host header: it is none that its operator could \
                             allow in docent's configuration.\n"
                        .to_owned(),
                },
            ),
        }
    }
}

impl Name {
    /// As it stands in the configuration: nothing that would have to be escaped there, and no longer than a name can be (RFC 1035).
    ///
    /// `None` for one that means this machine, which is not to be answered to where everybody can connect.
    pub(super) fn as_configured(&self) -> Option<&str> {
        let host = &*self.host;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
        let is_name = !host.is_empty() && host.len() <= 253 && host.bytes().all(is_plain);
        let is_loopback = LOOPBACK
            .iter()
            .any(|own| own.trim_matches(['[', ']']) == host);
        (is_name && !is_loopback).then_some(host)
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
    fn any_address_is_called_where_that_is_allowed_and_no_page_of_one_may_call() {
        let names = names().and_addresses();
        let asked = |host: &str| {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            names.asked(&"/".parse().unwrap(), &headers).is_ok()
        };
        for host in ["192.168.1.5:8080", "[fe80::1]:8080", "docs.example.com"] {
            assert!(asked(host), "{host}");
        }
        assert!(!asked("evil.example:8080"));
        assert!(!names.allow_origin("http://192.168.1.6:8080"));
    }

    #[test]
    fn every_host_of_a_request_has_to_be_allowed() {
        let asked = |headers: &HeaderMap| names().asked(&"/".parse().unwrap(), headers);
        let mut headers = HeaderMap::new();
        assert_eq!(asked(&headers).err(), Some(Foreign::Unsaid));
        headers.append(header::HOST, "localhost".parse().unwrap());
        assert_eq!(asked(&headers).unwrap().host, "localhost");
        headers.append(header::HOST, "evil.example".parse().unwrap());
        let Err(Foreign::Other(Some(foreign))) = asked(&headers) else {
            panic!("let in");
        };
        assert_eq!(foreign.host, "evil.example");
    }

    #[test]
    fn the_name_of_the_address_is_ones_own_with_any_port() {
        let names = Names::new([], &[]).and(Some("docs.example.com:8443"));
        assert!(names.allow("docs.example.com") && names.allow("Docs.example.com:443"));
        assert!(!names.allow("example.com"));
        assert!(names.allow_origin("https://docs.example.com"));
    }

    #[test]
    fn the_line_that_allows_a_name_is_told_where_there_can_be_one() {
        let told = |host: &str| {
            let foreign = names().check(host).unwrap_err();
            foreign.refusal(StatusCode::FORBIDDEN, allow_advice).1
        };
        for (host, line) in [
            ("Evil.example:80", "\nhosts = [\"evil.example\"]\n"),
            ("my_wiki", "\nhosts = [\"my_wiki\"]\n"),
            ("[2001:db8::2]:80", "\nhosts = [\"2001:db8::2\"]\n"),
        ] {
            assert!(told(host).ends_with(line), "{}", told(host));
        }
        let long = "a.".repeat(127) + "example";
        for host in ["", "a'b", "a;b", "a,b", "$a", "a@b", "a\"b", "<b>", &long] {
            let told = told(host);
            assert!(!told.contains("hosts =") && told.len() < 300, "{told}");
        }
        let none = Names::new([], &[]).check("localhost").unwrap_err();
        let told = none.refusal(StatusCode::FORBIDDEN, allow_advice).1;
        assert!(!told.contains("hosts ="), "{told}");
    }
}
