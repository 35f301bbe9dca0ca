//! Titles of other pages, for references that have no words of their own.
//!
//! Another page is read as an include is, so that this one is read anew where its title changes. A page may read a few:
//! where there are more, a reference has the name that it is written with.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::definitions::target;
use super::normalized;
use crate::corpus::document::Source;
use crate::corpus::path::join;

/// How many other pages one page reads.
const MAX_READ: usize = 24;
/// How many of its lines are looked at for labels.
const MAX_LINES: usize = 20_000;

/// A longer title is not repeated in references; in bytes.
const MAX_TITLE: usize = 300;

pub(super) struct Titles<'a> {
    source: Option<&'a Source<'a>>,
    left: Cell<usize>,
    read: RefCell<HashMap<String, Option<Labels>>>,
    /// Pages that this one names: where its labels may be.
    named: Vec<String>,
    /// A title is being written: references in it are not followed, as two pages may name each other.
    pub(super) is_inside: Cell<bool>,
}

/// What references may name of a page.
#[derive(Default)]
struct Labels {
    title: Option<String>,
    labelled: HashMap<String, String>,
}

impl<'a> Titles<'a> {
    pub(super) fn new(source: Option<&'a Source<'a>>, lines: &[&str]) -> Self {
        Self {
            source,
            left: Cell::new(MAX_READ),
            read: RefCell::default(),
            named: named(lines),
            is_inside: Cell::new(false),
        }
    }

    /// The title of the page that `:doc:` or a table of contents names.
    pub(super) fn of_page(&self, document: &str) -> Option<String> {
        self.with(document, |labels| labels.title.clone())
    }

    /// What a label names on one of the pages that this page names.
    pub(super) fn labelled(&self, label: &str) -> Option<String> {
        self.named
            .iter()
            .find_map(|page| self.with(page, |labels| labels.labelled.get(label).cloned()))
    }

    /// The text and address of a role that the site makes for links elsewhere (`extlinks`).
    pub(super) fn external(&self, role: &str, value: &str) -> Option<(String, String)> {
        let variables = &self.source?.site.variables;
        let of = |name: &str| variables.get(name).filter(|text| text.len() <= MAX_TITLE);
        let address = of(&format!("extlinks.{role}"))?;
        let filled = |text: &str| text.replacen("%s", value, 1);
        let caption = of(&format!("extlinks.{role}.caption"));
        let caption = match caption.filter(|caption| !caption.is_empty()) {
            Some(caption) if caption.contains("%s") => filled(caption),
            Some(prefix) => format!("{prefix}{value}"),
            None => filled(address),
        };
        Some((caption, filled(address)))
    }

    fn with<T>(&self, document: &str, of: impl Fn(&Labels) -> Option<T>) -> Option<T> {
        let source = self.source?;
        let path = resolved(source.path, document)?;
        let mut read = self.read.borrow_mut();
        if !read.contains_key(&path) {
            self.left.set(self.left.get().checked_sub(1)?);
            let extension = source
                .path
                .rsplit_once('.')
                .map_or("rst", |(_, extension)| extension);
            let text = (source.include)(&format!("{path}.{extension}"));
            let text = text.or_else(|| (source.include)(&format!("{path}.md")));
            read.insert(path.clone(), text.map(|text| labels(&text)));
        }
        of(read.get(&path)?.as_ref()?)
    }
}

/// A page that is named from another, without its extension.
fn resolved(from: &str, document: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    if document.is_empty() || document.contains("://") {
        return None;
    }
    let document = document.trim_end_matches(".rst");
    match document.strip_prefix('/') {
        Some(from_root) => join("", from_root),
        None => join(folder, document),
    }
}

/// The pages that `:doc:` and tables of contents name.
fn named(lines: &[&str]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    let mut in_contents = false;
    for line in lines {
        let trimmed = line.trim();
        if trimmed.starts_with(".. toctree::") {
            in_contents = true;
        } else if in_contents && line.starts_with(' ') {
            if !trimmed.starts_with(':') && named.len() < MAX_READ {
                named.push(entry(trimmed).1.to_owned());
            }
        } else if !line.is_empty() {
            in_contents = false;
            for part in line.split(":doc:`").skip(1) {
                let content = part.split('`').next().unwrap_or(part);
                if named.len() < MAX_READ {
                    named.push(entry(content).1.trim_start_matches('!').to_owned());
                }
            }
        }
    }
    named
}

/// `Title <page>` or `page`: the words and the page.
pub(super) fn entry(text: &str) -> (Option<&str>, &str) {
    match text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    {
        Some((words, page)) => (Some(words.trim()), page.trim()),
        None => (None, text.trim()),
    }
}

/// The title of a page, and what its labels name.
fn labels(text: &str) -> Labels {
    let lines: Vec<&str> = text.lines().take(MAX_LINES).map(str::trim_end).collect();
    let mut found = Labels::default();
    let mut waiting: Vec<String> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(rest) = line.strip_prefix(".. ") {
            match target(rest.trim_start()) {
                Some((name, "")) => waiting.push(normalized(name)),
                _ => waiting.clear(),
            }
        } else if !line.is_empty()
            && let Some(title) = title_at(&lines, at).or_else(|| line.strip_prefix("# "))
        {
            found.title.get_or_insert_with(|| title.to_owned());
            for label in waiting.drain(..) {
                found.labelled.insert(label, title.to_owned());
            }
        } else if !line.is_empty() && !is_adornment(line) {
            waiting.clear();
        }
    }
    found
}

/// The title that stands in a line, by the line below it.
pub(super) fn title_at<'a>(lines: &[&'a str], at: usize) -> Option<&'a str> {
    let (title, below) = (lines[at], lines.get(at + 1)?);
    let overlined = at > 0 && lines[at - 1] == *below;
    let is_title = title.len() <= MAX_TITLE
        && is_adornment(below)
        && !is_adornment(title)
        && (!title.starts_with(' ') || overlined)
        && (at == 0 || lines[at - 1].is_empty() || overlined)
        && (below.len() >= 4 || below.chars().count() >= title.chars().count());
    is_title.then(|| title.trim())
}

/// A line of one mark.
pub(super) fn is_adornment(line: &str) -> bool {
    let mut chars = line.chars();
    let mark = chars.next().filter(char::is_ascii_punctuation);
    line.len() >= 2
        && line != "::"
        && line != ".."
        && mark.is_some_and(|mark| chars.all(|c| c == mark))
}
