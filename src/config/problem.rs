//! What is wrong in a configuration file, shown with its place.

use std::{fmt, ops::Range, path::Path};

/// A value that does not do, said without its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Complaint {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With what to do about it, in one line.
    pub(super) fn told(self) -> String {
        match self.help {
            Some(help) => format!("{}: {help}", self.message),
            None => self.message,
        }
    }

    pub(crate) fn at(self, span: Range<usize>) -> Problem {
        Problem {
            span: Some(span),
            complaint: self,
        }
    }
}

/// A complaint and the bytes of the file that it is about; `None`: the file as a whole.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(super) span: Option<Range<usize>>,
    pub(super) complaint: Complaint,
}

/// One thing that is wrong in a configuration file, ready to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where, and what: `/etc/docent/docent.toml:3:1: unknown key …`.
    pub message: String,
    /// The line of the file with a caret below what is wrong.
    pub excerpt: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(path: &Path, text: &str, problem: &Problem) -> Self {
        let Complaint { message, help } = problem.complaint.clone();
        let path = path.display();
        let Some(span) = &problem.span else {
            return Self {
                message: format!("{path}: {message}"),
                excerpt: None,
                help,
            };
        };
        let place = Place::of(text, span);
        Self {
            message: format!("{path}:{}:{}: {message}", place.line, place.column),
            excerpt: Some(place.excerpt()),
            help,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(excerpt) = &self.excerpt {
            write!(f, "\n{excerpt}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Characters of a line that are shown on either side of a fault.
const AROUND: usize = 60;

struct Place<'a> {
    line: usize,
    /// In characters, from 1.
    column: usize,
    /// How many characters are marked, at least one.
    width: usize,
    text: &'a str,
}

impl<'a> Place<'a> {
    fn of(text: &'a str, span: &Range<usize>) -> Self {
        let start = char_boundary(text, span.start);
        let end = char_boundary(text, span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        Self {
            line: text[..line_start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            width: text[start..end.min(line_end)].chars().count().max(1),
            text: text[line_start..line_end].trim_end(),
        }
    }

    fn excerpt(&self) -> String {
        let skip = (self.column - 1).saturating_sub(AROUND);
        let shown: String = self
            .text
            .chars()
            .skip(skip)
            .take(2 * AROUND)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let indent = self.column - 1 - skip;
        let width = self.width.min(2 * AROUND - indent);
        let gutter = " ".repeat(self.line.to_string().len());
        format!(
            "  {line} | {shown}\n  {gutter} | {blank}{marks}",
            line = self.line,
            blank = " ".repeat(indent),
            marks = "^".repeat(width),
        )
    }
}

/// The start of the character at a byte of the text, or the text's end.
fn char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// The name nearest to one that does not exist, where one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// "`a`, `b` and `c`".
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_the_place_in_characters_not_bytes() {
        let text = "a = 1\nñandú = \"é\" oops\n";
        let start = text.find("oops").unwrap();
        let problem = Complaint::new("no").at(start..start + 4);
        let shown = Diagnostic::new(Path::new("f.toml"), text, &problem).to_string();
        assert_eq!(
            shown,
            "f.toml:2:13: no\n  2 | ñandú = \"é\" oops\n    |             ^^^^"
        );
    }

    #[test]
    fn a_very_long_line_is_shown_in_part() {
        let text = format!("x = \"{}\" !", "y".repeat(1_000_000));
        let problem = Complaint::new("no").at(text.len() - 1..text.len());
        let shown = Diagnostic::new(Path::new("f.toml"), &text, &problem).to_string();
        assert!(shown.len() < 400, "{} bytes", shown.len());
    }

    #[test]
    fn a_span_past_the_end_is_the_end() {
        let problem = Complaint::new("no").at(90..95);
        let shown = Diagnostic::new(Path::new("f.toml"), "a =", &problem).to_string();
        assert_eq!(shown, "f.toml:1:4: no\n  1 | a =\n    |    ^");
    }

    #[test]
    fn only_what_may_be_meant_is_near() {
        let known = ["path", "name", "base_url"];
        assert_eq!(nearest("pathh", known), Some("path"));
        assert_eq!(nearest("baseurl", known), Some("base_url"));
        assert_eq!(nearest("Path", known), Some("path"));
        assert_eq!(nearest("colour", known), None);
    }
}
