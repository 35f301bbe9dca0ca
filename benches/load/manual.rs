//! What the benchmark takes out of the PostgreSQL pages: the queries, and the sections that the
//! other servers index, who have no HTML reader of their own.

use std::{collections::HashSet, error::Error, fs, path::Path};

use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};

use crate::pages::html_files;

/// What one reading of the manual gives.
pub(crate) struct Manual {
    /// Distinct words that people look up in this manual: section titles, names of settings,
    /// functions and options, entries of its index. In an order that is arbitrary and always the same.
    pub(crate) queries: Vec<String>,
    /// `{page, title, heading, text}` of every section, as JSON.
    pub(crate) sections: Vec<Value>,
}

impl Manual {
    /// Reads all pages below a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut seen = HashSet::new();
        let mut manual = Self {
            queries: Vec::new(),
            sections: Vec::new(),
        };
        for file in html_files(folder)? {
            let page = Html::parse_document(&String::from_utf8_lossy(&fs::read(&file)?));
            let path = file.strip_prefix(folder)?.to_string_lossy().into_owned();
            let title = select(&page, "title").next().map(words).unwrap_or_default();
            for query in looked_up(&page, &title) {
                if (3..=100).contains(&query.len()) && seen.insert(query.to_lowercase()) {
                    manual.queries.push(query);
                }
            }
            manual.sections.extend(sections(&page, &path, &title));
        }
        shuffle(&mut manual.queries);
        Ok(manual)
    }
}

fn looked_up(page: &Html, title: &str) -> Vec<String> {
    let mut found = vec![title.to_owned()];
    for heading in select(page, "h2, h3, h4, h5") {
        let heading = words(heading);
        found.push(format!("{title} {heading}"));
        found.push(heading);
    }
    for term in select(page, "dt span.term") {
        let term = words(term);
        found.push(format!("{title} {term}"));
        found.push(term);
    }
    // The index of the book: a link's entry is the text before it.
    for link in select(page, "dt > a.indexterm") {
        let entry = link
            .prev_sibling()
            .and_then(|node| node.value().as_text().map(|text| text.to_string()));
        let entry = entry.unwrap_or_default();
        found.push(format!(
            "{} {}",
            entry.trim_matches([',', ' ', '\n']),
            words(link)
        ));
    }
    found
}

/// Text between two headings, without the navigation at the head and the foot of a page.
fn sections(page: &Html, path: &str, title: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut heading = title.to_owned();
    let mut text = String::new();
    let mut close = |heading: &mut String, text: &mut String, next: String| {
        if !text.trim().is_empty() {
            found.push(
                json!({ "page": path, "title": title, "heading": heading, "text": text.trim() }),
            );
        }
        *heading = next;
        text.clear();
    };
    let Some(body) = select(page, "body").next() else {
        return Vec::new();
    };
    for node in body.descendants() {
        if let Some(element) = ElementRef::wrap(node) {
            if is_heading(element) {
                close(&mut heading, &mut text, words(element));
            }
        } else if let Some(piece) = node.value().as_text() {
            let left_out = node
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|element| {
                    is_heading(element)
                        || element
                            .value()
                            .classes()
                            .any(|class| class == "navheader" || class == "navfooter")
                });
            if !left_out {
                text.push_str(piece);
            }
        }
    }
    close(&mut heading, &mut text, String::new());
    found
}

fn is_heading(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "h1" | "h2" | "h3" | "h4" | "h5")
}

fn select<'a>(page: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the selectors above are valid");
    page.select(&selector).collect::<Vec<_>>().into_iter()
}

/// An element's text on one line, without the number of its section (`20.10.`).
fn words(element: ElementRef<'_>) -> String {
    let text = element.text().collect::<String>();
    let numbered =
        |word: &str| word.ends_with('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    text.split_whitespace()
        .skip_while(|word| numbered(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Fisher and Yates's shuffle over a xorshift generator with a fixed seed.
fn shuffle(queries: &mut [String]) {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for last in (1..queries.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let pick = state % (last as u64 + 1);
        queries.swap(last, usize::try_from(pick).expect("no more than `last`"));
    }
}
