//! What is published of docent for those who look for a server: a card, a catalogue, an entry for the MCP registry. All of it is made from
//! the public address and the operator's words; documents have no part in it.

mod catalog;
mod registry;
mod server_card;

pub use catalog::ai_catalog;
pub use registry::{NotForTheRegistry, server_json};
pub use server_card::{SERVER_CARD, server_card};

use crate::config::PublicUrl;

/// What is said of this server.
#[derive(Debug, Clone, Copy)]
pub struct Service<'a> {
    /// Where people and assistants reach it.
    pub url: &'a PublicUrl,
    /// What all of it is called, in the operator's words.
    pub title: Option<&'a str>,
    /// What it is about.
    pub description: Option<&'a str>,
}

/// The longest title and description that card and registry take, in characters.
const MAX_CHARS: usize = 100;
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Service<'_> {
    fn title(&self) -> String {
        let host = self.url.authority().host();
        let title = self.title.map(one_line).filter(|title| !title.is_empty());
        title.unwrap_or_else(|| format!("Documentation at {host}"))
    }

    fn description(&self) -> String {
        let description = self.description.map(one_line);
        let description = description.filter(|description| !description.is_empty());
        description
            .unwrap_or_else(|| "Documentation to search and to read, for AI assistants".to_owned())
    }

    /// The address of something of docent's: `path` begins with a slash.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The host without a port, and `docent`: in reverse order as Java packages are named. Below a path, that is part of the name.
    fn name(&self) -> String {
        let host = self.url.authority().host().trim_matches(['[', ']']);
        let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
        let is_address = host.parse::<std::net::IpAddr>().is_ok();
        let namespace = match is_address {
            // Colons have no place in a name.
            true => host.replace(':', "-"),
            false => labels.into_iter().rev().collect::<Vec<_>>().join("."),
        };
        format!("{namespace}/{}", self.suffix())
    }

    fn suffix(&self) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let path = self.url.path().trim_matches('/');
        let path: String = path
            .chars()
            .map(|c| if is_plain(c) { c } else { '-' })
            .collect();
        let path = path.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        match path.is_empty() {
            true => "docent".to_owned(),
            false => format!("docent-{path}")
                .chars()
                .take(100)
                .collect::<String>(),
        }
    }
}

/// One line of so many characters at the most, a cut shown by an ellipsis.
fn one_line(text: &str) -> String {
    let line = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = line
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if line.chars().count() <= MAX_CHARS {
        return line;
    }
    let cut: String = line.chars().take(MAX_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(url: &str) -> String {
        let url = url.parse().unwrap();
        let service = Service {
            url: &url,
            title: None,
            description: None,
        };
        service.name()
    }

    #[test]
    fn a_name_is_the_host_in_reverse_order() {
        for (url, expected) in [
            ("https://docs.example.com", "com.example.docs/docent"),
            ("https://docs.example.com:8443/", "com.example.docs/docent"),
            ("https://example.com/a/b~c", "com.example/docent-a-b-c"),
            ("http://localhost:8080", "localhost/docent"),
            ("http://127.0.0.1", "127.0.0.1/docent"),
            ("http://[::1]:80", "--1/docent"),
        ] {
            assert_eq!(name(url), expected, "{url}");
        }
    }

    #[test]
    fn words_are_one_line_and_not_long() {
        assert_eq!(one_line(" a\n b\u{1b} "), "a b");
        let long = one_line(&"größe ".repeat(100));
        assert!(long.ends_with('…') && long.chars().count() <= MAX_CHARS);
    }
}
