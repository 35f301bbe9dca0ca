//! What single values of the configuration mean.

use std::net::SocketAddr;

use ignore::gitignore::GitignoreBuilder;

use super::problem::{Complaint, listing, nearest};

/// The address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, Complaint> {
    text.parse().map_err(|_| {
        Complaint::new(format!("`{text}` is not an address with a port"))
            .help("write an IP address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"")
    })
}

/// A name by which clients call: no scheme, port or path.
pub(super) fn host(text: &str) -> Result<String, Complaint> {
    let address = text.trim_start_matches('[').trim_end_matches(']');
    let is_address = address.parse::<std::net::IpAddr>().is_ok();
    let is_name = !text.is_empty()
        && text.len() <= 253
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63)
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if is_address {
        Ok(address.to_ascii_lowercase())
    } else if is_name {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Complaint::new(format!("`{text}` is not a host name"))
            .help("write the name alone, such as \"docs.example.com\": no https://, port or path"))
    }
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
    fn patterns_are_those_of_gitignore() {
        assert!(pattern("drafts/").is_ok());
        assert!(pattern("!keep.md").is_ok());
        for wrong in ["", "  ", "[z-a]"] {
            assert!(pattern(wrong).is_err(), "{wrong}");
        }
    }
}
