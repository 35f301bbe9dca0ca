//! The names of an entry, as they are collected.

use crate::corpus::entry::EntryKind;

/// A longer name is none. In bytes.
pub(super) const MAX_NAME: usize = 200;
/// Names of one entry.
pub(super) const MAX_NAMES: usize = 32;

/// The names of an entry, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) kind: EntryKind,
    pub(super) names: Vec<String>,
}

impl Named {
    pub(super) fn new(kind: EntryKind) -> Self {
        let names = Vec::new();
        Self { kind, names }
    }

    /// Adds what another one has.
    pub(super) fn extend(&mut self, other: Self) {
        for name in other.names {
            self.add(&name);
        }
    }

    pub(super) fn add(&mut self, name: &str) {
        let name = name.trim();
        let is_count = name.len() < 3 && name.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = !is_count && name.len() <= MAX_NAME && name.chars().any(is_mark);
        if is_name && self.names.len() < MAX_NAMES && !self.names.iter().any(|it| it == name) {
            self.names.push(name.to_owned());
        }
    }

    pub(super) fn or_none(self) -> Option<Self> {
        (!self.names.is_empty()).then_some(self)
    }
}

/// Whether a name has something that can be asked for.
fn is_mark(letter: char) -> bool {
    letter.is_alphanumeric()
        || letter.is_ascii_punctuation()
        || !letter.is_ascii() && !letter.is_whitespace()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::line::{Run, Text};
    use super::*;

    /// What a text of Markdown is made of.
    pub(in crate::corpus::entries) fn line(text: &str) -> Vec<Run> {
        Text::of(text).lines.concat()
    }

    /// The names, as a line.
    pub(in crate::corpus::entries) fn shown(named: Option<Named>) -> String {
        named.map_or_else(String::new, |named| named.names.join(" | "))
    }
}
