//! Cross references: where they lead, and the title of that where they have no words of their own.
//!
//! Another page is read as an include is, so that this one is read anew where its title changes.

use std::collections::HashMap;

use super::antora::{Place, relative};
use super::reader::{Read, is_verbatim};
use crate::corpus::document::Source;
use crate::corpus::path::join;
use crate::corpus::slug::Slugs;

/// How many other pages one page reads for their titles.
const MAX_READ: usize = 24;
/// How many of its lines are looked at.
const MAX_LINES: usize = 20_000;
/// A longer title is not repeated in references; in bytes.
const MAX_TITLE: usize = 300;

/// Puts titles and paths into the references of a page's lines.
pub(super) fn resolve(read: &mut Read, source: &Source<'_>) {
    let has_any = |line: &String| line.contains("xref:") || line.contains("<<");
    if !read.lines.iter().any(has_any) {
        return;
    }
    let lines: Vec<&str> = read.lines.iter().map(String::as_str).collect();
    let slugs = Slugs::of_asciidoc(source.text, |name| {
        source.site.variables.get(name).map(String::as_str)
    });
    let mut references = References {
        source,
        here: Titles::of(&lines, &slugs),
        place: Place::of(source.path),
        slugs,
        pages: HashMap::new(),
    };
    let mut verbatim: Option<String> = None;
    for line in &mut read.lines {
        if let Some(end) = &verbatim {
            if line.trim_end() == end {
                verbatim = None;
            }
        } else if is_verbatim(line.trim_end()) {
            verbatim = Some(line.trim_end().to_owned());
        } else if has_any(line) {
            *line = references.line(line);
        }
    }
}

/// What references may name of a page.
#[derive(Default)]
struct Titles {
    title: Option<String>,
    by_id: HashMap<String, String>,
}

impl Titles {
    fn of(lines: &[&str], slugs: &Slugs) -> Self {
        let mut titles = Self::default();
        let mut ids: Vec<String> = Vec::new();
        for line in lines.iter().take(MAX_LINES) {
            let line = line.trim_end();
            if let Some(inner) = line
                .strip_prefix("[[")
                .and_then(|rest| rest.strip_suffix("]]"))
            {
                match inner.split_once(',') {
                    Some((id, words)) => titles.add(id.trim(), words.trim()),
                    None => ids.push(inner.trim().to_owned()),
                }
                continue;
            }
            if line.starts_with('[') && line.ends_with(']') && line.len() > 2 {
                let inner = &line[1..line.len() - 1];
                let first = inner.split(',').next().unwrap_or(inner);
                let short = first
                    .split_once('#')
                    .map(|(_, id)| id.split(['.', '%']).next().unwrap_or(id));
                let named = inner
                    .split_once("id=")
                    .map(|(_, id)| id.trim_matches('"').split(['"', ',']).next().unwrap_or(id));
                ids.extend(short.or(named).map(str::to_owned));
                continue;
            }
            let level = line.bytes().take_while(|b| *b == b'=').count();
            let heading = line[level..]
                .strip_prefix(' ')
                .filter(|_| (1..=6).contains(&level));
            let block = line
                .strip_prefix('.')
                .filter(|title| !title.starts_with(['.', ' ']) && !title.is_empty());
            if let Some(text) = heading {
                let (id, text) = match text
                    .strip_prefix("[[")
                    .and_then(|rest| rest.split_once("]]"))
                {
                    Some((id, text)) => (Some(id), text.trim()),
                    None => (None, text.trim()),
                };
                if level == 1 && titles.title.is_none() {
                    titles.title = Some(text.to_owned());
                }
                if let Some(id) = id {
                    titles.add(id, text);
                }
                titles.add(&slugs.base(text), text);
                titles.add(text, text);
            } else if block.is_none() && !ids.is_empty() {
                ids.clear();
            }
            if let Some(text) = heading.or(block) {
                for id in ids.drain(..) {
                    titles.add(&id, text.trim());
                }
            }
        }
        titles
    }

    fn add(&mut self, id: &str, title: &str) {
        if title.len() <= MAX_TITLE && !title.contains(['[', ']']) {
            self.by_id
                .entry(id.to_owned())
                .or_insert_with(|| title.to_owned());
        }
    }
}

struct References<'a> {
    source: &'a Source<'a>,
    here: Titles,
    place: Option<Place<'a>>,
    slugs: Slugs,
    /// Other pages that were looked at.
    pages: HashMap<String, Option<Titles>>,
}

impl References<'_> {
    fn line(&mut self, line: &str) -> String {
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(at) = rest.find(['<', 'x']) {
            if !rest[at..].starts_with("<<") && !rest[at..].starts_with("xref:") {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
                continue;
            }
            out.push_str(&rest[..at]);
            let is_angled = rest[at..].starts_with("<<");
            let behind = &rest[at + if is_angled { 2 } else { 5 }..];
            let window = behind
                .char_indices()
                .take(MAX_TITLE)
                .last()
                .map_or(0, |(at, c)| at + c.len_utf8());
            let window = &behind[..window];
            let found = if is_angled {
                window
                    .find(">>")
                    .map(|end| (&window[..end], "", end + 2, true))
            } else {
                window
                    .find('[')
                    .filter(|open| !window[..*open].contains([' ', '<']))
                    .and_then(|open| {
                        let close = window[open..].find(']')? + open;
                        Some((&window[..open], &window[open + 1..close], close + 1, false))
                    })
            };
            match found {
                Some((target, _, length, true)) if !out.ends_with('\\') => {
                    let (target, words) = target.split_once(',').unwrap_or((target, ""));
                    out.push_str("<<");
                    self.reference(&mut out, target.trim(), words.trim(), ',', "");
                    out.push_str(">>");
                    rest = &behind[length..];
                }
                Some((target, words, length, false)) => {
                    out.push_str("xref:");
                    self.reference(&mut out, target, words, '[', "]");
                    rest = &behind[length..];
                }
                _ => {
                    out.push_str(if is_angled { "<<" } else { "xref:" });
                    rest = behind;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// Writes a target and words, with titles where there are none.
    fn reference(&mut self, out: &mut String, target: &str, words: &str, open: char, close: &str) {
        let (page, id) = target.split_once('#').unwrap_or((target, ""));
        let is_page =
            !page.is_empty() && (target.contains('#') || page.contains(['.', '/', ':', '$']));
        let (file, title) = if is_page {
            let file = self.file(page);
            let wants = words.is_empty();
            let title = file
                .as_deref()
                .filter(|_| wants)
                .and_then(|file| self.title_of(file, id));
            (file, title)
        } else {
            let id = target.trim_start_matches('#');
            (None, self.here.by_id.get(id).cloned())
        };
        match (&file, &self.place) {
            (Some(file), Some(_)) => {
                out.push_str(&relative(self.source.path, file));
                if !id.is_empty() {
                    out.push('#');
                    out.push_str(id);
                }
            }
            _ => out.push_str(target),
        }
        let words = if words.is_empty() {
            title.unwrap_or_default()
        } else {
            words.to_owned()
        };
        if open == '[' || !words.is_empty() {
            out.push(open);
            out.push_str(&words);
        }
        out.push_str(close);
    }

    /// The file of a page that a reference names.
    fn file(&self, page: &str) -> Option<String> {
        if page.contains("://") {
            return None;
        }
        let named = if page
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'))
        {
            page.to_owned()
        } else {
            format!("{page}.adoc")
        };
        if let Some(place) = self.place.as_ref().filter(|_| !named.starts_with('.')) {
            return place.file(&named, "page");
        }
        let folder = self
            .source
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        join(folder, &named)
    }

    fn title_of(&mut self, file: &str, id: &str) -> Option<String> {
        if file == self.source.path {
            return self
                .here
                .by_id
                .get(id)
                .or(self.here.title.as_ref())
                .cloned();
        }
        if !self.pages.contains_key(file) {
            if self.pages.len() >= MAX_READ {
                return None;
            }
            let titles = (self.source.include)(file).map(|text| {
                let lines: Vec<&str> = text.lines().collect();
                let mut titles = Titles::of(&lines, &self.slugs);
                titles.title = titles.title.map(|title| self.filled(&title, &lines));
                titles
            });
            self.pages.insert(file.to_owned(), titles);
        }
        let titles = self.pages.get(file)?.as_ref()?;
        let title = titles.by_id.get(id).or(titles.title.as_ref())?;
        let is_short = title.len() <= MAX_TITLE && !title.contains(['[', ']']);
        is_short.then(|| title.clone())
    }

    /// A title with the attributes in it that its own header or the site defines.
    fn filled(&self, title: &str, lines: &[&str]) -> String {
        let mut out = String::new();
        let mut rest = title;
        while let Some((before, behind)) = rest.split_once('{') {
            out.push_str(before);
            let value = behind.split_once('}').and_then(|(name, after)| {
                let mark = format!(":{name}:");
                let own = lines
                    .iter()
                    .take(60)
                    .find_map(|line| line.strip_prefix(&mark));
                let site = || self.source.site.variables.get(name).map(String::as_str);
                Some((own.or_else(site)?.trim(), after))
            });
            match value {
                Some((value, after)) if value.len() <= MAX_TITLE => {
                    out.push_str(value);
                    rest = after;
                }
                _ => {
                    out.push('{');
                    rest = behind;
                }
            }
        }
        out.push_str(rest);
        out
    }
}
