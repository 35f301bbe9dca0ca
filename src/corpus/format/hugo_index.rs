//! Hugo's `index.json`: an array of `{"title", "permalink", "contents"}`, one entry a page.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::super::document::{Page, Skip, Source};
use super::{html, markdown, text};

/// The names under which themes write an entry's address, the best first.
const ADDRESS: &[&str] = &["permalink", "relpermalink", "url", "uri", "href", "link"];
/// The names under which themes write an entry's text, the best first.
const CONTENTS: &[&str] = &[
    "contents",
    "content",
    "body",
    "text",
    "summary",
    "description",
];

/// Every page that the index lists. Entries without an address or a text are left out.
///
/// # Errors
/// [`Skip::Malformed`] for what is not a JSON array of objects, [`Skip::Empty`] when no entry
/// has a text.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let mut reader = serde_json::Deserializer::from_str(source.text);
    let entries = reader
        .deserialize_seq(Entries)
        .and_then(|pages| reader.end().map(|()| pages));
    let entries = entries.map_err(|error| Skip::Malformed {
        reason: error.to_string(),
    })?;
    if entries.objects == 0 && entries.others > 0 {
        return Err(Skip::Malformed {
            reason: "its array holds no object with \"title\", \"permalink\" and \"contents\""
                .to_owned(),
        });
    }
    if entries.pages.is_empty() {
        return Err(Skip::Empty);
    }
    Ok(with_distinct_paths(entries.pages))
}

/// Whether a JSON text begins as such an index does.
pub(super) fn fits(path: &str, text: &str) -> bool {
    let start = text.trim_start();
    let mut end = start.len().min(64 * 1024);
    while !start.is_char_boundary(end) {
        end -= 1;
    }
    let start = &start[..end];
    let names = |keys: &[&str]| keys.iter().any(|key| start.contains(&format!("\"{key}\"")));
    let has_keys = start.contains("\"title\"") && names(ADDRESS) && names(CONTENTS);
    let is_named_so = path.rsplit('/').next() == Some("index.json");
    let begins_as_array = start
        .strip_prefix('[')
        .is_some_and(|rest| rest.trim_start().starts_with(['{', ']']));
    // By its name alone, so that a broken index is reported as that and not passed over.
    (begins_as_array && has_keys) || (is_named_so && (!start.starts_with('{') || has_keys))
}

struct Entries;

#[derive(Default)]
struct Listed {
    pages: Vec<Page>,
    objects: usize,
    others: usize,
}

impl<'de> Visitor<'de> for Entries {
    type Value = Listed;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of {\"title\", \"permalink\", \"contents\"}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Listed, A::Error> {
        let mut listed = Listed::default();
        while let Some(entry) = entries.next_element::<Value>()? {
            if let Value::Object(entry) = entry {
                listed.objects += 1;
                listed.pages.extend(page(&entry));
            } else {
                listed.others += 1;
            }
        }
        Ok(listed)
    }
}

fn page(entry: &Map<String, Value>) -> Option<Page> {
    let permalink = first_text(entry, ADDRESS)?;
    let contents = first_text(entry, CONTENTS)?;
    let title = first_text(entry, &["title"])
        .map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let description =
        first_text(entry, &["description", "summary"]).filter(|text| *text != contents);
    Some(Page {
        path: Some(path_of(permalink)),
        title,
        description: description.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
        permalink: Some(if permalink.contains("://") || permalink.starts_with('/') {
            permalink.to_owned()
        } else {
            format!("/{permalink}")
        }),
        markdown: markdown(contents)?,
        ..Page::default()
    })
}

/// Themes write `.Plain`, `.RawContent` (Markdown) or `.Content` (HTML) as the contents.
fn markdown(contents: &str) -> Option<String> {
    let is_html = contents.starts_with('<') && contents.contains("</");
    let markdown = if is_html {
        html::fragment_to_markdown(contents)
    } else if is_markdown(contents) {
        let source = Source {
            path: "",
            text: contents,
            include: &|_| None,
            site: &crate::corpus::Site::default(),
        };
        markdown::pages(&source).ok()?.pop()?.markdown
    } else {
        text::markdown(contents)
    };
    (!markdown.trim().is_empty()).then_some(markdown)
}

/// Whether a text has what plain text does not: headings with text, fences, links.
fn is_markdown(contents: &str) -> bool {
    contents.lines().take(500).any(|line| {
        let marks = line.bytes().take_while(|b| *b == b'#').count();
        let is_heading = (2..=6).contains(&marks) && line[marks..].starts_with(' ');
        is_heading || line.starts_with("```") || line.contains("](http") || line.contains("](/")
    })
}

fn first_text<'a>(entry: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    // Themes differ in the letter case of their keys: `relPermalink`.
    let named = |name: &str| {
        entry.get(name).or_else(|| {
            entry
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    };
    names
        .iter()
        .filter_map(|name| named(name)?.as_str())
        .map(str::trim)
        .find(|text| !text.is_empty())
}

/// `https://host/a/b/?x#y` -> `a/b/`; never one that climbs.
pub(super) fn path_of(permalink: &str) -> String {
    let path = match permalink.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => permalink,
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let parts: Vec<_> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect();
    let mut clean = parts.join("/");
    if clean.is_empty() {
        clean.push_str("index.html");
    } else if path.ends_with('/') {
        clean.push('/');
    }
    clean
}

/// Pages under one path get `~2`, `~3`, … in the order of the index.
pub(super) fn with_distinct_paths(mut pages: Vec<Page>) -> Vec<Page> {
    let mut used: HashMap<String, usize> = HashMap::with_capacity(pages.len());
    for page in &mut pages {
        let Some(path) = page.path.as_mut() else {
            continue;
        };
        let base = path.clone();
        while let Some(count) = used.get_mut(path.as_str()) {
            // Only the base's own count grows, so that n equal paths cost n steps.
            *count += 1;
            let number = *count;
            *path = format!("{base}~{number}");
            if !used.contains_key(path.as_str()) {
                break;
            }
            path.clone_from(&base);
        }
        used.insert(path.clone(), 1);
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Page>, Skip> {
        pages(&Source {
            path: "index.json",
            text,
            include: &|_| None,
            site: &crate::corpus::Site::default(),
        })
    }

    #[test]
    fn every_entry_is_a_page() {
        let pages = read(
            r#"[{"title":"Set  up","permalink":"https://x.org/docs/set-up/#top","contents":"First *word*.\n\nSecond."},
                {"title":"Two","relPermalink":"/docs/../two.html","summary":"Text"}]"#,
        )
        .expect("a good index");
        assert_eq!(pages[0].path.as_deref(), Some("docs/set-up/"));
        assert_eq!(pages[0].title.as_deref(), Some("Set up"));
        assert_eq!(
            pages[0].permalink.as_deref(),
            Some("https://x.org/docs/set-up/#top")
        );
        assert_eq!(pages[0].markdown, "First \\*word\\*.\n\nSecond.\n");
        assert_eq!(pages[1].path.as_deref(), Some("docs/two.html"));
    }

    #[test]
    fn contents_may_be_markdown_or_html() {
        let pages = read(
            r###"[{"permalink":"/a","contents":"## Set up\n\n*Now*"},{"permalink":"/b","contents":"<p>One <b>two</b></p>"}]"###,
        )
        .expect("two pages");
        assert_eq!(pages[0].markdown.trim(), "## Set up\n\n*Now*");
        assert_eq!(pages[1].markdown.trim(), "One **two**");
    }

    #[test]
    fn bad_entries_do_not_lose_the_others() {
        let pages = read(
            r#"[null, 3, {"title":"no text","permalink":"/a"}, {"title":7,"permalink":"/b","contents":"x"}, {"contents":"y"}]"#,
        )
        .expect("one good entry");
        assert_eq!(pages.len(), 1);
        assert_eq!(pages[0].title, None);
    }

    #[test]
    fn equal_addresses_get_distinct_paths() {
        let entry = r#"{"title":"t","permalink":"/a","contents":"x"}"#;
        let second = r#"{"title":"t","permalink":"/a~2","contents":"x"}"#;
        let pages = read(&format!("[{second},{entry},{entry},{entry}]")).expect("four pages");
        let paths: Vec<_> = pages
            .iter()
            .filter_map(|page| page.path.as_deref())
            .collect();
        assert_eq!(paths, ["a~2", "a", "a~3", "a~4"]);
    }

    #[test]
    fn a_wrong_shape_says_where_and_what_was_expected() {
        let reason = |text: &str| read(text).expect_err("wrong shape").to_string();
        assert_eq!(
            reason("{}"),
            "not well-formed: invalid type: map, expected an array of {\"title\", \"permalink\", \"contents\"} at line 1 column 0"
        );
        assert!(reason("[{\"title\":\n\"a\",,").ends_with("at line 2 column 5"));
        assert!(reason("[1,2]").contains("no object"));
        assert!(reason(&"[".repeat(100_000)).contains("recursion limit"));
        assert_eq!(read("[]"), Err(Skip::Empty));
    }
}
