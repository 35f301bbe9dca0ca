//! reStructuredText (docutils and Sphinx) to Markdown, at the level of headings, blocks and roles.

mod blocks;
mod definitions;
mod directives;
mod inline;
mod lists;
mod tables;

use super::super::document::{Page, Skip, Source};
use blocks::Converter;
use definitions::Definitions;

/// Blocks inside one another beyond this depth are read as plain paragraphs.
const MAX_DEPTH: usize = 12;
/// Most other names that a page takes from its labels and described objects.
const MAX_ALIASES: usize = 2000;

/// The page of a reStructuredText source.
///
/// # Errors
/// [`Skip::Draft`] for a page marked `:orphan:`-like as not to be published,
/// [`Skip::Empty`] for one without text.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let text = expanded(source.text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let definitions = Definitions::collect(&lines);
    let mut converter = Converter::new(source, &definitions);
    let markdown = converter.document(&lines);
    if markdown.trim().is_empty() {
        return Err(Skip::Empty);
    }
    Ok(vec![Page {
        title: converter.title,
        description: converter.description,
        aliases: converter.aliases,
        markdown,
        ..Page::default()
    }])
}

/// Tabs reach to the next multiple of eight columns, as docutils has it.
fn expanded(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('\t') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out.into()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Lines that belong to what stands at `start`: blank or indented. Their number.
fn indented(lines: &[&str]) -> usize {
    let end = lines
        .iter()
        .position(|line| !line.is_empty() && !line.starts_with(' '))
        .unwrap_or(lines.len());
    lines[..end]
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1)
}

/// The lines without the indentation that all of them have.
fn dedented<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let least = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| indent(line))
        .min()
        .unwrap_or(0);
    let mut lines: Vec<_> = lines
        .iter()
        .map(|line| line.get(least..).unwrap_or(""))
        .collect();
    let leading = lines.iter().take_while(|line| line.is_empty()).count();
    lines.drain(..leading);
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// The name by which labels are compared: lower case, one space between words.
fn normalized(label: &str) -> String {
    label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
