//! What the benchmark takes out of the PostgreSQL pages: the queries, and the sections that the
//! other servers index, who have no HTML reader of their own.

use std::{collections::HashSet, error::Error, path::Path};

use docent::corpus::Page;
use serde_json::{Value, json};

use crate::pages::{html_files, page};

/// What one reading of the manual gives.
pub(crate) struct Manual {
    /// Distinct words that people look up in this manual: titles of pages and sections, names of
    /// settings, functions and options. In an order that is arbitrary and always the same.
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
            let Some(Page {
                title, markdown, ..
            }) = page(&file)?
            else {
                continue;
            };
            let path = file.strip_prefix(folder)?.to_string_lossy().into_owned();
            let title = words(&title.unwrap_or_default());
            for (heading, text) in sections(&markdown) {
                for query in [title.clone(), heading.clone(), format!("{title} {heading}")] {
                    let query = query.trim().to_owned();
                    if (3..=100).contains(&query.len()) && seen.insert(query.to_lowercase()) {
                        manual.queries.push(query);
                    }
                }
                if !text.trim().is_empty() {
                    let text = text.trim();
                    manual.sections.push(
                        json!({ "page": path, "title": title, "heading": heading, "text": text }),
                    );
                }
            }
        }
        shuffle(&mut manual.queries);
        Ok(manual)
    }
}

/// Headings, each with the text to the next one.
fn sections(markdown: &str) -> Vec<(String, String)> {
    let mut found = vec![(String::new(), String::new())];
    let mut fenced = false;
    for line in markdown.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        if !fenced && heading.len() < line.len() && heading.starts_with(' ') {
            found.push((words(heading), String::new()));
        } else if let Some((_, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

/// A heading as a person would type it: no marks, no anchor, no number (`20.10.`).
fn words(heading: &str) -> String {
    let heading = heading
        .split_once(" {#")
        .map_or(heading, |(heading, _)| heading);
    let plain = heading.replace(['`', '*', '\\'], "");
    let number =
        |word: &str| word.ends_with('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    plain
        .split_whitespace()
        .skip_while(|word| number(word))
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
