//! Who a proxy in front has signed in: headers that are believed from it, and taken off what anybody else sends.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::{IdentityHeaders, Network};

use super::{credentials::SignedIn, denied::Denied};

/// Longest name of a person, in bytes.
const MAX_USER: usize = 512;
/// Groups of one person at the most.
const MAX_GROUPS: usize = 4_096;
/// Longest name of a group, in bytes.
const MAX_GROUP: usize = 512;

/// The proxies that are believed when they say who is signed in, and where they say it.
#[derive(Debug, Clone)]
pub struct Introducers {
    user: HeaderName,
    groups: Option<HeaderName>,
    separator: String,
    networks: Vec<Network>,
    /// User ids of processes that connect to a unix socket.
    users: Vec<u32>,
}

/// Who is at the other end of a connection, as the kernel says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A machine, at the address that the connection itself comes from.
    Machine(IpAddr),
    /// A process of a user of this machine (`SO_PEERCRED`, unix(7)).
    Process(u32),
    /// Nobody knows.
    Unknown,
}

/// What a proxy that is believed says of a request: who is signed in, or why that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction(pub Result<SignedIn, Denied>);

impl Introducers {
    /// `users`: the ids of those whom `peers` of the configuration names, as far as there are any.
    ///
    /// `None` where a header cannot be one, which the configuration does not let through.
    pub fn new(settings: &IdentityHeaders, users: Vec<u32>) -> Option<Self> {
        let groups = settings.groups.as_deref().map(HeaderName::try_from);
        Some(Self {
            user: HeaderName::try_from(&*settings.user).ok()?,
            groups: groups.transpose().ok()?,
            separator: settings.separator.clone(),
            networks: settings.networks.clone(),
            users,
        })
    }

    /// Whether somebody is one of them. What headers say of an address counts for nothing.
    pub fn include(&self, peer: Peer) -> bool {
        match peer {
            Peer::Machine(address) => self.networks.iter().any(|it| it.contains(address)),
            Peer::Process(user) => self.users.contains(&user),
            Peer::Unknown => false,
        }
    }

    /// Takes the headers off a request, in every spelling. What they say is told where it `is_believed`; `None`: nobody is
    /// signed in. That is so for groups without a user, and for an empty name, which some proxies write then.
    pub fn take(&self, headers: &mut HeaderMap, is_believed: bool) -> Option<Introduction> {
        let told = if is_believed {
            self.told(headers)
        } else {
            Ok(None)
        };
        self.strip(headers);
        told.transpose().map(Introduction)
    }

    fn told(&self, headers: &HeaderMap) -> Result<Option<SignedIn>, Denied> {
        let user = only(headers, &self.user)?;
        let groups = match &self.groups {
            Some(name) => only(headers, name)?,
            None => "",
        };
        if is_nobody(user) {
            return Ok(None);
        }
        let groups = groups.split(&*self.separator).map(str::trim);
        let groups: Vec<&str> = groups
            .filter(|group| !is_nobody(group))
            .take(MAX_GROUPS + 1)
            .collect();
        if user.len() > MAX_USER || groups.iter().any(|group| group.len() > MAX_GROUP) {
            return Err(Denied::Malformed(
                "the proxy sends a name of a user or of a group that is too long",
            ));
        }
        if groups.len() > MAX_GROUPS {
            return Err(Denied::Malformed("the proxy sends too many groups"));
        }
        Ok(Some(SignedIn {
            user: user.to_owned(),
            groups: groups.into_iter().map(str::to_owned).collect(),
        }))
    }

    fn strip(&self, headers: &mut HeaderMap) {
        let is_one = |name: &HeaderName| {
            is_spelling(name, &self.user)
                || self.groups.as_ref().is_some_and(|it| is_spelling(name, it))
        };
        let found = headers.keys().filter(|name| is_one(name));
        let found: Vec<HeaderName> = found.cloned().collect();
        for name in found {
            headers.remove(name);
        }
    }
}

/// The one value of a header, without what surrounds it; nothing where it is not there.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, Denied> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok("");
    };
    // One of them may be the client's own, which the proxy has let through.
    if values.next().is_some() {
        return Err(Denied::Malformed(
            "a header that says who is signed in is there twice",
        ));
    }
    text(value).ok_or(Denied::Malformed(
        "a header that says who is signed in is no text",
    ))
}

/// What proxies write where they have no name: nothing, the placeholder itself (Caddy before 2.10), or what stands for nothing (Apache, Envoy).
fn is_nobody(name: &str) -> bool {
    let is_placeholder = name.trim_start_matches('%').starts_with('{') && name.ends_with('}');
    is_placeholder || matches!(name, "" | "-" | "(null)")
}

/// Names may have any letters.
fn text(value: &HeaderValue) -> Option<&str> {
    let text = std::str::from_utf8(value.as_bytes()).ok()?.trim();
    (!text.contains(char::is_control)).then_some(text)
}

/// Whether somebody who reads headers loosely, as CGI and WSGI do, would take one for the other.
fn is_spelling(name: &HeaderName, of: &HeaderName) -> bool {
    let plain = |byte: u8| if byte == b'_' { b'-' } else { byte };
    let (name, of) = (name.as_str(), of.as_str());
    name.len() == of.len() && name.bytes().map(plain).eq(of.bytes().map(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn introducers(separator: &str) -> Introducers {
        let settings = IdentityHeaders {
            user: "x-forwarded-user".to_owned(),
            groups: Some("x-forwarded-groups".to_owned()),
            separator: separator.to_owned(),
            peers: vec!["caddy".to_owned()],
            networks: vec!["192.0.2.0/24".parse().unwrap()],
        };
        Introducers::new(&settings, vec![990]).unwrap()
    }

    fn map(headers: &[(&'static str, &[u8])]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        map
    }

    fn person(user: &str, groups: &[&str]) -> Option<Introduction> {
        Some(Introduction(Ok(SignedIn {
            user: user.to_owned(),
            groups: groups.iter().map(ToString::to_string).collect(),
        })))
    }

    #[test]
    fn a_proxy_says_who_is_signed_in() {
        for (separator, headers, expected) in [
            (",", &[][..], None),
            (
                ",",
                &[
                    ("x-forwarded-user", &b"ann"[..]),
                    ("x-forwarded-groups", b"staff, ops ,,"),
                ],
                person("ann", &["staff", "ops"]),
            ),
            (
                "|",
                &[
                    ("x-forwarded-user", " J\u{f6}rg ".as_bytes()),
                    ("x-forwarded-groups", b"a,b|c d"),
                ],
                person("J\u{f6}rg", &["a,b", "c d"]),
            ),
            (",", &[("x-forwarded-user", b"ann")], person("ann", &[])),
            (",", &[("x-forwarded-groups", b"staff")], None),
            (
                ",",
                &[("x-forwarded-user", b" "), ("x-forwarded-groups", b"staff")],
                None,
            ),
            (
                ",",
                &[(
                    "x-forwarded-user",
                    b"{http.reverse_proxy.header.Remote-User}",
                )],
                None,
            ),
            (",", &[("x-forwarded-user", b"(null)")], None),
            (
                ",",
                &[
                    ("x-forwarded-user", b"ann"),
                    (
                        "x-forwarded-groups",
                        b"{http.reverse_proxy.header.Remote-Groups},-",
                    ),
                ],
                person("ann", &[]),
            ),
            // Others than the header that the proxy sets are the client's.
            (
                ",",
                &[
                    ("x_forwarded_user", b"eve"),
                    ("x_forwarded_groups", b"staff"),
                ],
                None,
            ),
            (
                ",",
                &[
                    ("x-forwarded-user", b"ann"),
                    ("x_forwarded_user", b"eve"),
                    ("x-forwarded_groups", b"staff"),
                ],
                person("ann", &[]),
            ),
        ] {
            let mut headers = map(headers);
            headers.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.7"));
            let told = introducers(separator).take(&mut headers, true);
            assert_eq!(told, expected, "{headers:?}");
            assert_eq!(headers.len(), 1, "{headers:?}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        let long = vec![b'a'; MAX_USER + 1];
        let many = ["a"; MAX_GROUPS + 1].join(",");
        for headers in [
            &[
                ("x-forwarded-user", &b"ann"[..]),
                ("x-forwarded-user", b"eve"),
            ][..],
            &[("x-forwarded-user", b"ann"), ("x-forwarded-user", b"ann")],
            &[("x-forwarded-user", b""), ("x-forwarded-user", b"eve")],
            &[
                ("x-forwarded-user", b"ann"),
                ("x-forwarded-groups", b"staff"),
                ("x-forwarded-groups", b"ops"),
            ],
            &[("x-forwarded-user", b"a\xffb")],
            &[("x-forwarded-user", &long)],
            &[("x-forwarded-user", b"ann"), ("x-forwarded-groups", &long)],
            &[
                ("x-forwarded-user", b"ann"),
                ("x-forwarded-groups", many.as_bytes()),
            ],
        ] {
            let mut headers = map(headers);
            let told = introducers(",").take(&mut headers, true);
            assert!(
                matches!(told, Some(Introduction(Err(Denied::Malformed(_))))),
                "{told:?}"
            );
            assert!(headers.is_empty());
        }
    }

    #[test]
    fn from_anybody_else_the_headers_are_taken_off() {
        let mut headers = map(&[
            ("x-forwarded-user", b"eve"),
            ("x-forwarded-user", b"\xff"),
            ("x_forwarded_user", b"eve"),
            ("x-forwarded_groups", b"staff"),
            ("x-forwarded-groups", b"staff"),
            ("x-forwarded-users", b"kept"),
        ]);
        assert_eq!(introducers(",").take(&mut headers, false), None);
        let kept: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(kept, ["x-forwarded-users"]);
    }

    #[test]
    fn the_connection_says_who_is_believed() {
        let introducers = introducers(",");
        for (peer, is_believed) in [
            (Peer::Machine("192.0.2.7".parse().unwrap()), true),
            (Peer::Machine("::ffff:192.0.2.7".parse().unwrap()), true),
            (Peer::Machine("198.51.100.7".parse().unwrap()), false),
            (Peer::Process(990), true),
            (Peer::Process(0), false),
            (Peer::Process(65_534), false),
            (Peer::Unknown, false),
        ] {
            assert_eq!(introducers.include(peer), is_believed, "{peer:?}");
        }
    }
}
