//! Manual pages, man(7) and mdoc(7), to Markdown.
//!
//! Output is flat: a term and its text make one paragraph of two lines, whatever the depth, so
//! that a hostile nesting costs nothing and a search finds an option with its explanation.

mod font_macro;
mod glyphs;
mod inline;
mod man7;
mod mdoc;
mod table;
mod writer;

use super::super::document::{Page, Skip, Source};
use inline::Inline;

/// The page of a manual source.
///
/// # Errors
/// [`Skip::Redirect`] for a page that only includes another (`.so`), [`Skip::Empty`] for one
/// without text.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let text = joined(source.text);
    let is_mdoc = text
        .lines()
        .any(|line| line.starts_with(".Dd") || line.starts_with(".Sh "));
    let manual = if is_mdoc {
        mdoc::convert(&text)
    } else {
        man7::convert(&text)
    };
    if manual.markdown.trim().is_empty() {
        let redirects = text.lines().any(|line| line.starts_with(".so "));
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

/// Evaluates roff conditions over the lines, so that converters see only the lines that count.
struct Lines<'a> {
    lines: std::str::Lines<'a>,
    /// What is left of a line behind a condition that held.
    pending: Option<&'a str>,
    last_condition: bool,
    /// How many diversions may still be followed to where they are put out.
    diversions: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            lines: text.lines(),
            pending: None,
            last_condition: true,
            diversions: 64,
        }
    }

    /// Goes past what is diverted, unless the diversion is put out further on.
    fn skip_diversion(&mut self, name: &str) {
        let is_put_out = |line: &str| request(line).is_some_and(|(request, _)| request == name);
        if self.diversions > 0 {
            self.diversions -= 1;
            if self.lines.clone().any(is_put_out) {
                return;
            }
        }
        for line in self.lines.by_ref() {
            let ends = |(name, rest): (&str, &str)| {
                matches!(name, "di" | "da" | "box" | "boxa") && rest.trim().is_empty()
            };
            if request(line.trim_end()).is_some_and(ends) {
                break;
            }
        }
    }

    fn skip_until(&mut self, end: &str) {
        for line in self.lines.by_ref() {
            if line.trim_end() == end {
                break;
            }
        }
    }

    /// Goes past the `\}` that ends a block whose condition did not hold.
    fn skip_block(&mut self, opening: &str) {
        let mut depth = 0usize;
        let mut line = opening;
        loop {
            depth += line.matches("\\{").count();
            depth = depth.saturating_sub(line.matches("\\}").count());
            if depth == 0 {
                break;
            }
            let Some(next) = self.lines.next() else { break };
            line = next;
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let line = match self.pending.take() {
                Some(rest) => rest,
                None => self.lines.next()?,
            };
            let Some((name, rest)) = request(line) else {
                match line.trim_end().strip_suffix("\\}") {
                    Some(before) => return Some(before),
                    None => return Some(line),
                }
            };
            let holds = match name {
                "if" | "ie" => {
                    let rest = rest.trim_start();
                    let end = rest.find([' ', '\t']).unwrap_or(rest.len());
                    let end = rest[..end].find("\\{").unwrap_or(end);
                    let holds = condition(&rest[..end]);
                    self.last_condition = holds;
                    self.then(&rest[end..], holds);
                    continue;
                }
                "el" => !self.last_condition,
                "de" | "de1" | "am" | "ig" => {
                    let end = arguments(rest)
                        .get(usize::from(name != "ig"))
                        .map_or("..".to_owned(), |end| format!(".{end}"));
                    self.skip_until(&end);
                    continue;
                }
                "di" | "da" | "box" | "boxa" => {
                    if let Some(name) = rest.split_whitespace().next() {
                        self.skip_diversion(name);
                    }
                    continue;
                }
                "\\}" => {
                    // What follows the end of a block: commonly `.el`.
                    self.pending = Some(rest.trim_start()).filter(|rest| !rest.is_empty());
                    continue;
                }
                name if name.starts_with("\\}") => continue,
                _ => return Some(line),
            };
            self.then(rest, holds);
        }
    }
}

impl<'a> Lines<'a> {
    fn then(&mut self, body: &'a str, holds: bool) {
        let body = body.trim_start();
        if !holds {
            if body.starts_with("\\{") {
                self.skip_block(body);
            }
            return;
        }
        let body = body.strip_prefix("\\{").unwrap_or(body);
        let body = body
            .strip_prefix('\\')
            .filter(|rest| rest.is_empty())
            .unwrap_or(body)
            .trim_start();
        self.pending = Some(body).filter(|body| !body.is_empty());
    }
}

/// Conditions as a terminal sees them (`n`), with GNU extensions there.
fn condition(test: &str) -> bool {
    let (negated, test) = match test.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, test),
    };
    let holds = matches!(test, "n" | "o" | "1")
        || test.starts_with("\\n(.g")
        || test.starts_with("\\n[.g]");
    holds != negated
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

    #[test]
    fn conditions() {
        let text = ".ie n \\{\\\nyes\n.\\}\n.el \\{\\\nno\n.\\}\n.if t no\n.if n .B yes\n.if !n \\{ no\n.\\}\nend\n";
        let lines: Vec<_> = Lines::new(text).collect();
        assert_eq!(lines, ["yes", ".B yes", "end"]);
    }
}
