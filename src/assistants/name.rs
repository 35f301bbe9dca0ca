//! What an assistant calls a docent among its servers.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization as _;

/// A name that every assistant takes: lower-case letters and digits of ASCII, and single `-` between them.
///
/// Claude Code refuses dots, Gemini CLI advises against `_`, and what models see of a tool (`mcp__name__search`) has 64
/// characters at the most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName(String);

/// Why a text is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It has other characters, or begins or ends with `-`.
    #[error("may have lower-case letters, digits and single - between them")]
    Characters,
    /// It is longer.
    #[error("may have at most {} characters", ServerName::MAX)]
    Long,
}

impl ServerName {
    /// Characters of a name.
    pub const MAX: usize = 32;

    /// Made of what the documentation is called; `docent` where that has no letter of ASCII.
    pub fn from_title(title: &str) -> Self {
        let mut name = String::new();
        for word in title
            .nfkd()
            .filter(|it| !unicode_normalization::char::is_combining_mark(*it))
            .collect::<String>()
            .to_lowercase()
            .split(|it: char| !it.is_ascii_alphanumeric())
        {
            if word.is_empty() {
                continue;
            }
            if name.len() + 1 + word.len() > Self::MAX {
                break;
            }
            if !name.is_empty() {
                name.push('-');
            }
            name.push_str(word);
        }
        if name.chars().any(|it| it.is_ascii_alphabetic()) {
            Self(name)
        } else {
            Self::default()
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ServerName {
    fn default() -> Self {
        Self("docent".to_owned())
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ServerName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.len() > Self::MAX {
            return Err(NameError::Long);
        }
        let is_word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        };
        if text.split('-').all(is_word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Characters)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_any_title_and_is_valid() {
        for (title, name) in [
            ("Platform documentation", "platform-documentation"),
            ("docs.example.com", "docs-example-com"),
            ("Überblick & Größe", "uberblick-gro-e"),
            ("文档", "docent"),
            ("2026", "docent"),
            ("", "docent"),
            ("--A__b--", "a-b"),
        ] {
            assert_eq!(ServerName::from_title(title).as_str(), name, "{title}");
        }
        for title in ["x".repeat(200), "word ".repeat(50), "a b".into()] {
            let name = ServerName::from_title(&title);
            assert_eq!(name.as_str().parse(), Ok(name.clone()), "{title}");
        }
        for (text, why) in [
            ("a.b", NameError::Characters),
            ("a--b", NameError::Characters),
            ("-a", NameError::Characters),
            ("A", NameError::Characters),
            ("", NameError::Characters),
            ("a\"b", NameError::Characters),
        ] {
            assert_eq!(text.parse::<ServerName>(), Err(why), "{text}");
        }
        assert_eq!("a".repeat(33).parse::<ServerName>(), Err(NameError::Long));
    }
}
