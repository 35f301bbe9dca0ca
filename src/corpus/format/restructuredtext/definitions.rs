//! What a page defines for its whole text: link targets and substitutions.

use std::cell::Cell;
use std::collections::HashMap;

use super::titles::{self, Titles};
use super::{indented, normalized};
use crate::corpus::document::Source;

/// Most that a page may define, and how long a substitution may be: a bound on what
/// repeating it can grow to.
const MAX_DEFINITIONS: usize = 5000;
const MAX_SUBSTITUTION: usize = 500;

/// Names that Sphinx defines for every page, from its configuration.
const OF_THE_SITE: [&str; 6] = [
    "version",
    "release",
    "today",
    "project",
    "author",
    "copyright",
];

pub(super) struct Definitions<'a> {
    targets: HashMap<String, String>,
    substitutions: HashMap<String, String>,
    /// Titles of what is labelled on this page.
    labelled: HashMap<String, String>,
    /// Where links without a name lead, in their order, and how many of them have been used.
    anonymous: Vec<String>,
    next_anonymous: Cell<usize>,
    pub(super) titles: Titles<'a>,
}

impl<'a> Definitions<'a> {
    /// What the lines of a page define, and the site for all of them.
    pub(super) fn collect(lines: &[&str], source: Option<&'a Source<'a>>) -> Self {
        let mut definitions = Self {
            targets: HashMap::new(),
            substitutions: HashMap::new(),
            labelled: HashMap::new(),
            anonymous: Vec::new(),
            next_anonymous: Cell::new(0),
            titles: Titles::new(source, lines),
        };
        if let Some(source) = source {
            let variables = &source.site.variables;
            for name in OF_THE_SITE {
                if let Some(value) = variables.get(name) {
                    definitions.substitute(name, value);
                }
            }
            for name in ["rst_prolog", "rst_epilog"] {
                let text = variables.get(name).map_or("", String::as_str);
                let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
                definitions.add(&lines);
            }
        }
        definitions.add(lines);
        definitions.settle();
        definitions
    }

    fn add(&mut self, lines: &[&str]) {
        // Labels that stand above what comes next.
        let mut labels: Vec<String> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let count = self.targets.len() + self.substitutions.len() + self.anonymous.len();
            if count >= MAX_DEFINITIONS {
                break;
            }
            let Some(rest) = line.trim_start().strip_prefix(".. ") else {
                if let Some(address) = line.strip_prefix("__ ") {
                    self.anonymous.push(address.trim().to_owned());
                } else if !line.is_empty()
                    && let Some(title) = titles::title_at(lines, at)
                {
                    self.targets.entry(normalized(title)).or_default();
                    for label in labels.drain(..) {
                        self.labelled
                            .entry(label)
                            .or_insert_with(|| title.to_owned());
                    }
                } else if !line.is_empty() && !titles::is_adornment(line) {
                    labels.clear();
                }
                continue;
            };
            let rest = rest.trim_start();
            if let Some(address) = rest.strip_prefix("__: ") {
                self.anonymous.push(address.trim().to_owned());
            } else if let Some((name, value)) = target(rest) {
                let mut value = value.to_owned();
                if value.is_empty() {
                    labels.push(normalized(name));
                    // An address may stand on the line below.
                    let next = lines
                        .get(at + 1)
                        .filter(|next| next.starts_with(' '))
                        .map(|next| next.trim());
                    value.push_str(next.filter(|next| next.contains("://")).unwrap_or(""));
                }
                // An empty one is a place on this page.
                self.targets.insert(normalized(name), value);
            } else if let Some((name, kind, text)) = substitution(rest) {
                let below = &lines[at + 1..at + 1 + indented(&lines[at + 1..]).min(6)];
                let mut text = match kind {
                    "replace" => text.to_owned(),
                    "unicode" => unicode(text),
                    _ => String::new(),
                };
                for more in below {
                    let more = more.trim();
                    match more.strip_prefix(":alt:") {
                        Some(alt) if kind == "image" => text.push_str(alt),
                        None if kind == "replace" && !more.starts_with(':') => {
                            text.push(' ');
                            text.push_str(more);
                        }
                        _ => {}
                    }
                }
                self.substitute(name, &text);
            }
        }
    }

    fn substitute(&mut self, name: &str, text: &str) {
        if text.len() <= MAX_SUBSTITUTION {
            let text = text.trim().to_owned();
            self.substitutions.insert(name.to_owned(), text);
        }
    }

    /// Puts substitutions into each other, once: `.. |product| replace:: Acme |version|`.
    fn settle(&mut self) {
        let nested: Vec<_> = self
            .substitutions
            .iter()
            .filter(|(_, text)| text.contains('|'))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        for (name, text) in nested {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some((before, behind)) = rest.split_once('|') {
                out.push_str(before);
                let value = behind.split_once('|').and_then(|(inner, after)| {
                    let value = self
                        .substitutions
                        .get(inner)
                        .filter(|value| !value.contains('|'))?;
                    Some((value, after))
                });
                match value {
                    Some((value, after)) => {
                        out.push_str(value);
                        rest = after.strip_prefix("\\ ").unwrap_or(after);
                    }
                    None => {
                        out.push('|');
                        rest = behind;
                    }
                }
            }
            out.push_str(rest);
            if out.len() <= MAX_SUBSTITUTION {
                self.substitutions.insert(name, out);
            }
        }
    }

    /// Where a named link leads; names may stand for other names.
    pub(super) fn target(&self, name: &str) -> Option<&str> {
        let mut found = self.targets.get(&normalized(name))?;
        for _ in 0..4 {
            let Some(next) = found.strip_suffix('_') else {
                return Some(found);
            };
            found = self.targets.get(&normalized(next.trim_matches('`')))?;
        }
        None
    }

    /// Where the next link without a name leads.
    pub(super) fn anonymous(&self) -> Option<&str> {
        let number = self.next_anonymous.get();
        self.next_anonymous.set(number + 1);
        self.anonymous.get(number).map(String::as_str)
    }

    pub(super) fn substitution(&self, name: &str) -> Option<&str> {
        let found = self.substitutions.get(name);
        let lower = || self.substitutions.get(&name.to_lowercase());
        found.or_else(lower).map(String::as_str)
    }

    /// The title of what a label names: on this page, else on one that this page names.
    pub(super) fn label(&self, label: &str) -> Option<String> {
        let label = normalized(label);
        let here = self.labelled.get(&label).cloned();
        here.or_else(|| self.titles.labelled(&label))
    }
}

/// `_name: address`, with the name in backquotes where it holds a colon.
pub(super) fn target(explicit: &str) -> Option<(&str, &str)> {
    let rest = explicit.strip_prefix('_')?;
    if let Some(quoted) = rest.strip_prefix('`') {
        let (name, value) = quoted.split_once("`:")?;
        return Some((name, value.trim()));
    }
    let (name, value) = match rest.strip_suffix(':') {
        Some(name) if !name.contains(": ") => (name, ""),
        _ => rest.split_once(": ")?,
    };
    (!name.is_empty() && name != "_").then(|| (name, value.trim()))
}

/// `|name| replace:: text`: the name, the kind, the text.
fn substitution(explicit: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = explicit.strip_prefix('|')?.split_once("| ")?;
    let (kind, text) = rest.split_once("::")?;
    Some((name, kind.trim(), text.trim()))
}

/// The text of `unicode`: code points, and words as they are; `..` begins a comment.
fn unicode(text: &str) -> String {
    let text = text.split(" .. ").next().unwrap_or(text);
    let mut out = String::new();
    for word in text.split_whitespace().take(50) {
        let code = ["U+", "u+", "0x", "\\x", "\\u", "x", "&#x"]
            .iter()
            .find_map(|mark| word.strip_prefix(mark))
            .and_then(|code| u32::from_str_radix(code.trim_end_matches(';'), 16).ok())
            .or_else(|| word.parse().ok())
            .and_then(char::from_u32);
        match code {
            Some('\u{a0}') => out.push(' '),
            Some(c) if !c.is_control() => out.push(c),
            Some(_) => {}
            None => {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(word);
            }
        }
    }
    out
}
