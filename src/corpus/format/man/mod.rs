//! Manual pages, man(7) and mdoc(7), to Markdown.
//!
//! Output is flat: a term and its text make one paragraph of two lines, whatever the depth, so
//! that a hostile nesting costs nothing and a search finds an option with its explanation.

mod expression;
mod font_macro;
mod glyphs;
mod inline;
mod interpolation;
mod lines;
mod man7;
mod mdoc;
mod requests;
mod standards;
mod table;
mod writer;

use super::super::document::{Page, Skip, Source};
use inline::Inline;
use lines::Lines;

/// The page of a manual source.
///
/// # Errors
/// [`Skip::Redirect`] for a page that only includes another (`.so`), [`Skip::Empty`] for one
/// without text.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let text = joined(source.text);
    let has = |macro_name: &str| text.lines().any(|line| line.starts_with(macro_name));
    // Old pages of man(7) define a `.Sh` of their own.
    let is_mdoc = has(".Dd") || has(".Sh ") && !has(".TH ");
    let redirects = has(".so ");
    let manual = if is_mdoc {
        mdoc::convert(text)
    } else {
        man7::convert(text)
    };
    if manual.markdown.trim().is_empty() {
        return Err(if redirects {
            Skip::Redirect
        } else {
            Skip::Empty
        });
    }
    Ok(vec![manual.into_page()])
}

/// What both macro packages yield.
#[derive(Default)]
struct Manual {
    /// As `.TH` or `.Dt` writes it, often in capitals.
    name: String,
    section: String,
    markdown: String,
}

impl Manual {
    fn into_page(self) -> Page {
        let (names, description) = self.name_section();
        let written = names
            .iter()
            .find(|name| name.eq_ignore_ascii_case(&self.name));
        let name = written.or(names.first()).unwrap_or(&self.name).clone();
        let section = self.section;
        let aliases = names
            .iter()
            .flat_map(|name| [format!("{name}.{section}"), name.clone()])
            .filter(|alias| !alias.starts_with('.') && !alias.ends_with('.'))
            .collect();
        Page {
            title: (!name.is_empty()).then(|| {
                if section.is_empty() {
                    name
                } else {
                    format!("{name}({section})")
                }
            }),
            description,
            aliases,
            markdown: self.markdown,
            ..Page::default()
        }
    }

    /// The names and the one-line description that the section NAME gives.
    fn name_section(&self) -> (Vec<String>, Option<String>) {
        let mut lines = self
            .markdown
            .lines()
            .skip_while(|line| !line.eq_ignore_ascii_case("## name"));
        let line = lines
            .nth(1)
            .filter(|line| line.is_empty())
            .and_then(|_| lines.next())
            .unwrap_or("");
        let plain: String = line
            .chars()
            .filter(|c| !matches!(c, '`' | '*' | '\\'))
            .collect();
        let split = [" - ", " — ", " – ", " -- "]
            .iter()
            .filter_map(|dash| plain.split_once(dash))
            .min_by_key(|(names, _)| names.len());
        let Some((names, description)) = split else {
            return (Vec::new(), None);
        };
        let names = names
            .split([',', ' '])
            .map(|name| name.split('(').next().unwrap_or(name).trim())
            .filter(|name| !name.is_empty() && name.len() <= 100)
            .take(100)
            .map(str::to_owned)
            .collect();
        (
            names,
            Some(description.trim().to_owned()).filter(|text| !text.is_empty()),
        )
    }
}

/// Joins lines that end in `\` and drops comments, as roff does before anything else.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        if [".\\\"", "'\\\"", "'.\\\"", "\\\""]
            .iter()
            .any(|mark| line.starts_with(mark))
            || line == "."
        {
            continue;
        }
        let line = match line.find("\\\"") {
            Some(at) if !line[..at].ends_with('\\') => line[..at].trim_end(),
            _ => line,
        };
        let continued = line.ends_with('\\') && !line.ends_with("\\\\") && !line.ends_with("\\{\\");
        if continued {
            out.push_str(&line[..line.len() - 1]);
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// A macro's arguments: words, or quoted with `"`, in which `""` is a quote.
fn arguments(line: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut rest = line.trim_start_matches([' ', '\t']);
    while !rest.is_empty() {
        let mut argument = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            rest = quoted;
            loop {
                let end = rest.find('"').unwrap_or(rest.len());
                argument.push_str(&rest[..end]);
                rest = rest.get(end + 1..).unwrap_or("");
                let Some(after) = rest.strip_prefix('"') else {
                    break;
                };
                argument.push('"');
                rest = after;
            }
        } else {
            let end = word_end(rest);
            argument.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        arguments.push(argument);
        rest = rest.trim_start_matches([' ', '\t']);
    }
    arguments
}

/// The end of a word; `\ ` does not end it.
fn word_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b' ' | b'\t' => return at,
            _ => at += 1,
        }
    }
    let mut end = at.min(bytes.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

/// Whether roff takes a line for a request or macro; its name and the rest.
fn request(line: &str) -> Option<(&str, &str)> {
    let rest = line
        .strip_prefix('.')
        .or_else(|| line.strip_prefix('\''))?
        .trim_start_matches([' ', '\t']);
    let end = rest.find([' ', '\t']).unwrap_or(rest.len());
    // `.if` needs no space before its block: `.\}`, `.el\{`.
    let end = rest[..end]
        .find("\\{")
        .map_or(end, |brace| if brace > 0 { brace } else { end });
    Some((&rest[..end], &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_arguments() {
        assert_eq!(
            arguments(r#" a "b c" "d ""e""" f\ g"#),
            ["a", "b c", "d \"e\"", "f\\ g"]
        );
        assert_eq!(arguments("\"open"), ["open"]);
    }
}
