//! What single values of the configuration mean.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ignore::gitignore::GitignoreBuilder;

use super::{
    certificate::{AUTHORITIES, Identifier, Proxy},
    network::{Network, NetworkError},
    origin::{Origin, OriginError},
    problem::{Complaint, listing, nearest},
    public_url::{PublicUrl, PublicUrlError},
};

/// The address to listen on, as people write it: `8080` and `:8080` are a port of `default`'s address,
/// `::1` and `[::1]` have its port, and `localhost` is this machine alone.
///
/// # Errors
/// Where it is something else, such as the name of a machine; the error says what to write.
pub fn listen_address(text: &str, default: SocketAddr) -> Result<SocketAddr, NoAddress> {
    let wrong = || NoAddress {
        text: text.to_owned(),
    };
    let address_of = |host: &str| match host {
        "" => Some(default.ip()),
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        "*" => Some(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        host => ip(host),
    };
    // An IPv6 address has colons of its own, and in brackets a port after them.
    if let Some(address) = address_of(text).filter(|_| !text.is_empty()) {
        return Ok(SocketAddr::new(address, default.port()));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.starts_with('[') => (host, port),
        Some(_) => return Err(wrong()),
        None => ("", text),
    };
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|_| is_port);
    let address = address_of(host).zip(port).map(SocketAddr::from);
    address.ok_or_else(wrong)
}

/// A text that is no address to listen on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an address to listen on")]
pub struct NoAddress {
    text: String,
}

impl NoAddress {
    /// What to write in its place.
    pub const HELP: &str = "write a port, such as 8080, or an IP address of this machine and a port, such as \
                            127.0.0.1:8080 or [::1]:8080";
}

/// The same for a value of the configuration.
pub(super) fn address(text: &str, default: SocketAddr) -> Result<SocketAddr, Complaint> {
    listen_address(text, default)
        .map_err(|error| Complaint::new(error.to_string()).help(NoAddress::HELP))
}

/// A name by which clients call: no scheme, port or path.
pub(super) fn host(text: &str) -> Result<String, Complaint> {
    if let Some(address) = ip(text) {
        Ok(address.to_string())
    } else if is_name(text) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Complaint::new(format!("`{text}` is not a host name"))
            .help("write the name alone, such as \"docs.example.com\": no https://, port or path"))
    }
}

/// An address or a network of other machines.
pub(super) fn network(text: &str) -> Result<Network, Complaint> {
    text.parse().map_err(|fault: NetworkError| {
        Complaint::new(format!("`{text}`: {fault}")).help(
            "write an address such as \"192.0.2.7\", or a network such as \"192.0.2.0/24\" or \"2001:db8::/32\"",
        )
    })
}

/// An origin whose pages may call.
pub(super) fn origin(text: &str) -> Result<Origin, Complaint> {
    text.parse().map_err(|fault: OriginError| {
        let complaint = match fault {
            OriginError::Form => Complaint::new(format!("`{text}` is not an origin")),
            fault => Complaint::new(format!("`{text}` is not allowed: {fault}")),
        };
        complaint.help(
            "list origins one by one, as scheme, host and port alone: \"https://app.example.com\", \"tauri://localhost\", \
             or \"vscode-webview://*\" for all of a program's own scheme",
        )
    })
}

/// A name or an address that a certificate can be for.
pub(super) fn identifier(text: &str) -> Result<Identifier, Complaint> {
    if let Some(address) = ip(text) {
        return Ok(Identifier::Ip(address));
    }
    if text.starts_with("*.") {
        return Err(Complaint::new(format!("`{text}` is a wildcard, which docent cannot obtain"))
            .help("list the names one by one in `domains`, or use a wildcard certificate of your own in [tls]"));
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    // A name whose last label is a number is read as an address by everybody (RFC 1123, section 2.1).
    let last = name.rsplit('.').next().unwrap_or_default();
    let number = last.bytes().all(|b| b.is_ascii_digit());
    let hyphens = name
        .split('.')
        .any(|l| l.starts_with('-') || l.ends_with('-'));
    if !is_name(name) || name.contains('_') || number || hyphens {
        return Err(Complaint::new(format!("`{text}` is not a domain name"))
            .help("write the name alone, such as \"docs.example.com\": no https://, port or path; names with other letters in their xn-- form"));
    }
    Ok(Identifier::Dns(name.to_ascii_lowercase()))
}

/// An HTTP proxy, by its URL.
pub(super) fn proxy(text: &str) -> Result<Proxy, Complaint> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let place = rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    let host = place.map(|place| place.rsplit_once('@').map_or(place, |(_, host)| host));
    let whole = host.is_some_and(|host| {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
            _ => (host, None),
        };
        (is_name(name) || ip(name).is_some())
            && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
    });
    if whole && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(Proxy::new(text, ""));
    }
    // Not quoted: there may be a password in it.
    Err(Complaint::new("this is not the URL of an HTTP proxy")
        .help("write it as \"http://proxy.example.com:3128\", or with a user as \"http://user:password@proxy.example.com:3128\"; what is special in URLs is percent-encoded"))
}

/// An authority's directory, and what is known of it.
pub(super) struct Directory {
    pub(super) url: String,
    pub(super) staging: Option<String>,
    /// It certifies addresses only with a profile of its own.
    pub(super) addresses_need_profile: bool,
}

impl Default for Directory {
    fn default() -> Self {
        known_directory(AUTHORITIES[0])
    }
}

fn known_directory((name, url, staging): (&str, &str, Option<&str>)) -> Directory {
    Directory {
        url: url.to_owned(),
        staging: staging.map(str::to_owned),
        addresses_need_profile: name.starts_with("letsencrypt"),
    }
}

/// The name of a known authority, or the URL of a directory.
pub(super) fn directory(text: &str) -> Result<Directory, Complaint> {
    if let Some(known) = AUTHORITIES.iter().find(|(name, ..)| *name == text) {
        return Ok(known_directory(*known));
    }
    if let Some(rest) = text.strip_prefix("https://") {
        let host_ends = rest.find('/').unwrap_or(rest.len());
        if host_ends > 0 && text.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(Directory {
                url: text.to_owned(),
                staging: None,
                addresses_need_profile: false,
            });
        }
    }
    let names = || AUTHORITIES.iter().map(|(name, ..)| *name);
    let meant = nearest(text, names())
        .map(|name| format!("did you mean `{name}`? "))
        .unwrap_or_default();
    Err(
        Complaint::new(format!("unknown authority `{text}`")).help(format!(
            "{meant}docent knows {}; any other is named by the https:// URL of its directory",
            listing(names())
        )),
    )
}

/// A mail address, with or without `mailto:`.
pub(super) fn mail_address(text: &str) -> Result<String, Complaint> {
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    let whole = address
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && is_name(domain));
    if whole
        && address
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b",;<>".contains(&b))
    {
        return Ok(address.to_owned());
    }
    Err(Complaint::new(format!("`{text}` is not a mail address"))
        .help("write it alone, such as \"ops@example.com\""))
}

/// A word that an authority has given out.
pub(super) fn token(text: &str) -> Result<String, Complaint> {
    if !text.is_empty() && text.len() <= 256 && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        "expected one word of at most 256 ASCII characters",
    ))
}

/// The name of a user of this machine (useradd(8)).
pub(super) fn user(text: &str) -> Result<String, Complaint> {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if starts && rest && text.len() <= 31 {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(format!(
        "`{text}` cannot be the name of a user"
    )))
}

fn ip(text: &str) -> Option<IpAddr> {
    let address = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    address.parse().ok()
}

fn is_name(text: &str) -> bool {
    text.len() <= 253
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63)
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// Where a set is published, with `/` at its end; `None` for an empty text.
pub(super) fn base_url(text: &str) -> Result<Option<String>, Complaint> {
    if text.is_empty() {
        return Ok(None);
    }
    let complaint = |message: &str| {
        Complaint::new(format!("`{text}` {message}"))
            .help("write the address at which the folder is published, such as \"https://docs.example.com/handbook/\"")
    };
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or_else(|| complaint("does not start with https:// or http://"))?;
    if rest.is_empty() || rest.starts_with(['/', ':']) {
        return Err(complaint("names no host"));
    }
    if rest.contains(['?', '#']) {
        return Err(complaint("has a query or a fragment"));
    }
    if rest.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c)) {
        return Err(complaint("holds characters that no address may hold"));
    }
    let slash = if text.ends_with('/') { "" } else { "/" };
    Ok(Some(format!("{text}{slash}")))
}

/// The same for a value of the command line.
///
/// # Errors
/// In words for whoever wrote it.
pub fn published_at(text: &str) -> Result<String, String> {
    let url = base_url(text).map_err(Complaint::told)?;
    url.ok_or_else(|| "an address is missing".to_owned())
}

/// Topics of a document set at the most.
pub(super) const MAX_TOPICS: usize = 12;
/// Characters of a topic at the most.
const MAX_TOPIC: usize = 60;

/// A few words on what a document set is asked about.
pub(super) fn topic(text: &str) -> Result<String, Complaint> {
    let topic = text.trim();
    if topic.is_empty() {
        return Err(Complaint::new("an empty topic says nothing"));
    }
    if topic.chars().count() > MAX_TOPIC || topic.contains(char::is_control) {
        return Err(Complaint::new(format!(
            "a topic is one line of at most {MAX_TOPIC} characters"
        ))
        .help("write a few words, such as \"backup and restore\""));
    }
    Ok(topic.to_owned())
}

/// Characters of a title at the most.
const MAX_TITLE: usize = 100;
/// Characters of a description at the most.
const MAX_DESCRIPTION: usize = 300;

/// What the whole, or a set, is called.
pub(super) fn title(text: &str) -> Result<String, Complaint> {
    line(text, "title", MAX_TITLE)
}

/// What the whole is about.
pub(super) fn description(text: &str) -> Result<String, Complaint> {
    line(text, "description", MAX_DESCRIPTION)
}

fn line(text: &str, what: &str, most: usize) -> Result<String, Complaint> {
    let line = text.trim();
    if line.is_empty() || line.chars().count() > most || line.contains(char::is_control) {
        return Err(Complaint::new(format!(
            "a {what} is one line of at most {most} characters"
        )));
    }
    Ok(line.to_owned())
}

/// What an authority of the web gives to whoever says that a domain is theirs.
pub(super) fn challenge(text: &str) -> Result<String, Complaint> {
    if text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(
        Complaint::new("a challenge is at most 512 letters, digits and signs, without spaces")
            .help("copy it as it is shown where the domain is to be verified"),
    )
}

/// Where people and assistants reach docent.
pub(super) fn public_url(text: &str) -> Result<PublicUrl, Complaint> {
    text.parse().map_err(|fault: PublicUrlError| {
        Complaint::new(format!("`{text}` {fault}")).help(
            "write the address at which people find docent, such as \"https://docs.example.com\", with a path where it is \
             below one: \"https://www.example.com/assistants\"",
        )
    })
}

/// A gitignore-style pattern.
pub(super) fn pattern(text: &str) -> Result<String, Complaint> {
    if text.trim().is_empty() {
        return Err(Complaint::new("an empty pattern matches nothing"));
    }
    GitignoreBuilder::new("/")
        .add_line(None, text)
        .map_err(|error| {
            Complaint::new(format!("`{text}` is not a pattern: {error}"))
                .help("write patterns as in .gitignore, such as \"drafts/\" or \"*.md\"")
        })?;
    Ok(text.to_owned())
}

/// One of a list of names.
pub(super) fn choice<T: Copy>(
    what: &str,
    text: &str,
    choices: &'static [(&'static str, T)],
) -> Result<T, Complaint> {
    if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
        return Ok(*value);
    }
    let names = || choices.iter().map(|(name, _)| *name);
    let meant = nearest(text, names())
        .map(|name| format!("did you mean `{name}`? "))
        .unwrap_or_default();
    Err(Complaint::new(format!("unknown {what} `{text}`"))
        .help(format!("{meant}docent knows {}", listing(names()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_or_addresses() {
        assert_eq!(host("Docs.Example.com").unwrap(), "docs.example.com");
        assert_eq!(host("[::1]").unwrap(), "::1");
        for wrong in ["", "https://a.b", "a.b:443", "a.b/c", "a..b", "a b", "é.fr"] {
            assert!(host(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_what_people_write() {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        for (text, expected) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("[::1]:8080", "[::1]:8080"),
            ("18082", "127.0.0.1:18082"),
            (":18082", "127.0.0.1:18082"),
            ("localhost:18082", "127.0.0.1:18082"),
            ("localhost", "127.0.0.1:8080"),
            ("192.0.2.7", "192.0.2.7:8080"),
            ("::1", "[::1]:8080"),
            ("[::1]", "[::1]:8080"),
            ("*:80", "[::]:80"),
        ] {
            assert_eq!(
                listen_address(text, default).unwrap().to_string(),
                expected,
                "{text}"
            );
        }
        let public = SocketAddr::from((Ipv6Addr::UNSPECIFIED, 443));
        assert_eq!(
            listen_address("8443", public).unwrap().to_string(),
            "[::]:8443"
        );
        for wrong in [
            "",
            ":",
            "99999",
            "+80",
            "8080x",
            "host:8080",
            "http://127.0.0.1:8080",
            "127.0.0.1:",
            "::1:8080:x",
            "[::1]8080",
            "localhost:http",
            "1.2.3:80",
            " 8080",
        ] {
            assert!(listen_address(wrong, default).is_err(), "{wrong}");
        }
    }

    #[test]
    fn base_urls_end_in_a_slash() {
        let given = base_url("https://example.com/docs").unwrap();
        assert_eq!(given.as_deref(), Some("https://example.com/docs/"));
        assert_eq!(base_url("").unwrap(), None);
        for wrong in [
            "example.com",
            "/docs/",
            "https://",
            "https:///x",
            "https://a/?b",
            "http://a b/",
        ] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn topics_are_a_few_words() {
        assert_eq!(topic(" backup and restore ").unwrap(), "backup and restore");
        for wrong in ["", " ", "one\ntwo", "a\u{1b}[2J", &"x".repeat(61)] {
            assert!(topic(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn patterns_are_those_of_gitignore() {
        assert!(pattern("drafts/").is_ok());
        assert!(pattern("!keep.md").is_ok());
        for wrong in ["", "  ", "[z-a]"] {
            assert!(pattern(wrong).is_err(), "{wrong}");
        }
    }
}
