//! `docent.toml(5)`, from the comments of the file that is installed.

use std::{fs, path::Path};

use crate::roff::Page;

/// The page, made from `etc/docent/docent.toml` and the example of `docs/configuration.md`.
pub(crate) fn page() -> String {
    let mut page = Page::new("docent.toml", 5, "configuration of docent");
    page.heading("SYNOPSIS");
    page.text("`/etc/docent/docent.toml`");
    page.heading("DESCRIPTION");
    page.text("`docent serve`, `docent search`, `docent check` and the others that work with documents read this file when neither documents nor `--config` are given, and there is no `docent.toml` in the current folder. It is written in TOML (https://toml.io). Each key is shown below with its default.");
    let file = read("etc/docent/docent.toml");
    let mut comment: Vec<&str> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    let mut is_introduction = true;
    for line in file.lines().chain([""]) {
        match Line::of(line) {
            Line::Comment(text) => {
                flush(&mut page, &mut comment, &mut keys);
                comment.push(text);
            }
            Line::Key(key, value) => keys.push(format!("`{key}` = {value}")),
            Line::Table(table) => {
                // What stands above a table, apart from it, is about the table.
                let about = std::mem::take(&mut comment);
                page.heading(table);
                page.text(&about.join("\n"));
                is_introduction = false;
            }
            Line::Blank if is_introduction => {
                // The first comment tells how to edit the file; the page has said it.
                comment.clear();
            }
            Line::Blank => flush(&mut page, &mut comment, &mut keys),
        }
    }
    page.heading("EXAMPLE");
    page.example(&example());
    page.see_also(&[
        ("docent".to_owned(), 1),
        ("docent-check".to_owned(), 1),
        ("docent.service".to_owned(), 8),
    ]);
    page.finish()
}

/// Ends the entry of the keys read so far. A comment with no key below it waits for its table.
fn flush(page: &mut Page, comment: &mut Vec<&str>, keys: &mut Vec<String>) {
    if keys.is_empty() {
        return;
    }
    page.item(keys.iter().map(String::as_str), &comment.join("\n"));
    comment.clear();
    keys.clear();
}

enum Line<'a> {
    Comment(&'a str),
    Key(&'a str, &'a str),
    Table(&'a str),
    Blank,
}

impl<'a> Line<'a> {
    /// A comment has a space after its `#`; a key or a table that is commented out has none.
    fn of(line: &'a str) -> Self {
        if let Some(comment) = line.strip_prefix("# ") {
            return Self::Comment(comment);
        }
        let line = line.strip_prefix('#').unwrap_or(line).trim();
        if line.is_empty() {
            return Self::Blank;
        }
        if line.starts_with('[') {
            return Self::Table(line);
        }
        let (key, value) = line
            .split_once(" = ")
            .expect("a line is a comment, a table, or a key with its value");
        Self::Key(key, value)
    }
}

/// The first example of the manual.
fn example() -> String {
    let manual = read("docs/configuration.md");
    let (_, rest) = manual.split_once("```toml\n").expect("there is an example");
    let (example, _) = rest.split_once("```").expect("a fence is closed");
    example.to_owned()
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).expect("the checkout has this file")
}

/// Every key and table of the installed file has its entry.
#[test]
fn no_key_is_left_out() {
    let page = page().replace("\\-", "-");
    let file = read("etc/docent/docent.toml");
    for line in file.lines() {
        let expected = match Line::of(line) {
            Line::Key(key, _) => format!("\n\\fB{key}\\fR = "),
            Line::Table(table) => format!("\n.SH \"{table}\"\n"),
            Line::Comment(_) | Line::Blank => continue,
        };
        assert!(page.contains(&expected), "{line} is not in the page");
    }
}
