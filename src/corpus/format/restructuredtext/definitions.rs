//! What a page defines for its whole text: link targets and substitutions.

use std::collections::HashMap;

use super::{indented, normalized};

/// Most that a page may define, and how long a substitution may be: a bound on what
/// repeating it can grow to.
const MAX_DEFINITIONS: usize = 5000;
const MAX_SUBSTITUTION: usize = 500;

#[derive(Default)]
pub(super) struct Definitions {
    targets: HashMap<String, String>,
    substitutions: HashMap<String, String>,
}

impl Definitions {
    pub(super) fn collect(lines: &[&str]) -> Self {
        let mut definitions = Self::default();
        for (at, line) in lines.iter().enumerate() {
            let Some(rest) = line.trim_start().strip_prefix(".. ") else {
                continue;
            };
            if definitions.targets.len() + definitions.substitutions.len() >= MAX_DEFINITIONS {
                break;
            }
            if let Some((name, value)) = target(rest) {
                let mut value = value.to_owned();
                if value.is_empty() {
                    // An address may stand on the line below.
                    let next = lines
                        .get(at + 1)
                        .filter(|next| next.starts_with(' '))
                        .map(|next| next.trim());
                    value.push_str(next.filter(|next| next.contains("://")).unwrap_or(""));
                }
                // An empty one is a place on this page.
                definitions.targets.insert(normalized(name), value);
            } else if let Some((name, text)) = substitution(rest) {
                let mut text = text.to_owned();
                for more in &lines[at + 1..at + 1 + indented(&lines[at + 1..]).min(3)] {
                    if !more.trim_start().starts_with(':') {
                        text.push(' ');
                        text.push_str(more.trim());
                    }
                }
                if text.len() <= MAX_SUBSTITUTION {
                    definitions
                        .substitutions
                        .insert(name.to_owned(), text.trim().to_owned());
                }
            }
        }
        definitions
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

    pub(super) fn substitution(&self, name: &str) -> Option<&str> {
        self.substitutions.get(name).map(String::as_str)
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
    (!name.is_empty()).then(|| (name, value.trim()))
}

/// `|name| replace:: text`; an image stands as its alternative text, which is not known here.
fn substitution(explicit: &str) -> Option<(&str, &str)> {
    let (name, rest) = explicit.strip_prefix('|')?.split_once("| ")?;
    let (kind, text) = rest.split_once("::")?;
    let text = match kind.trim() {
        "replace" => text.trim(),
        "unicode" => text
            .split_whitespace()
            .next()
            .and_then(unicode)
            .unwrap_or(""),
        _ => "",
    };
    Some((name, text))
}

/// The common code points that texts spell out; others are left out.
fn unicode(code: &str) -> Option<&'static str> {
    Some(
        match code
            .trim_start_matches("U+")
            .trim_start_matches("0x")
            .to_ascii_uppercase()
            .as_str()
        {
            "A0" | "00A0" => " ",
            "A9" | "00A9" => "©",
            "AE" | "00AE" => "®",
            "2122" => "™",
            "2014" => "—",
            "2013" => "–",
            "2192" => "→",
            "2026" => "…",
            _ => return None,
        },
    )
}
