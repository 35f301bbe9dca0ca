//! reStructuredText (docutils and Sphinx) to Markdown, at the level of headings, blocks and roles.

mod blocks;
mod definitions;
mod directives;
mod inline;
mod lists;
mod tables;
mod titles;

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
/// [`Skip::Empty`] for one without text.
pub(super) fn pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let text = expanded(source.text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let definitions = Definitions::collect(&lines, Some(source));
    let mut converter = Converter::new(source, &definitions);
    let mut markdown = converter.document(&lines);
    converter.contents_alone(&mut markdown);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Page {
        let include = |path: &str| (path == "inc/x.py").then(|| "a = 1\nb = 2\n".to_owned());
        pages(&Source {
            path: "doc/a.rst",
            text,
            include: &include,
            site: &crate::corpus::Site::default(),
        })
        .expect("a page")
        .remove(0)
    }

    #[test]
    fn a_document() {
        let page = read(
            ".. _top:\n\n=====\nTitle\n=====\n\nIntro::\n\n    code *x*\n\nPart\n----\n\n.. note:: Mind\n   this.\n\n* one\n* two\n\n  more\n\nterm\n   Its text.\n\n.. code-block:: python3\n   :linenos:\n\n   x = 1\n\n.. comment\n   gone\n\n.. literalinclude:: ../inc/x.py\n   :lines: 2\n\n.. function:: open(path)\n\n   Opens.\n",
        );
        assert_eq!(
            page.markdown,
            "# Title {#top}\n\nIntro:\n\n```\ncode *x*\n```\n\n## Part\n\n> **Note:** Mind this.\n\n- one\n\n- two\n\n  more\n\n**term**\nIts text.\n\n```python\nx = 1\n```\n\n```py\nb = 2\n```\n\n**`open(path)`**\nOpens.\n"
        );
        assert_eq!(page.aliases, ["top", "open"]);
    }

    #[test]
    fn tables() {
        let grid =
            read("+---+-----+\n| a | b   |\n+===+=====+\n| 1 | 2   |\n|   | 3   |\n+---+-----+\n");
        assert_eq!(grid.markdown, "| a | b |\n| --- | --- |\n| 1 | 2 3 |\n");
        let simple = read("===  ====\nA    B\n===  ====\n1    ``x``\n2    y\n===  ====\n");
        assert_eq!(
            simple.markdown,
            "| A | B |\n| --- | --- |\n| 1 | `x` |\n| 2 | y |\n"
        );
        let list = read(
            ".. list-table:: T\n   :header-rows: 1\n\n   * - A\n     - B\n   * - 1\n     - 2\n",
        );
        assert_eq!(
            list.markdown,
            "**T**\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n"
        );
    }
}
