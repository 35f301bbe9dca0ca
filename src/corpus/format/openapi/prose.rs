//! Descriptions, which are CommonMark in every version: as blocks of a page, and as cells of its tables.

use super::super::markdown;
use crate::corpus::document::Source;
use crate::corpus::fence::{Fence, Place};

/// A description as blocks, its headings below those of `level`.
pub(super) fn blocks(text: &str, level: usize) -> String {
    let markdown = clean(text);
    let mut out = String::with_capacity(markdown.len());
    let mut fence = Fence::default();
    let least = markdown.lines().filter_map(marks).min().unwrap_or(1);
    let shift = (level + 1).saturating_sub(least);
    for line in markdown.lines() {
        let place = fence.line(line);
        match marks(line).filter(|_| place == Place::Outside) {
            Some(marks) => {
                let heading = line[marks..].trim();
                // What follows the address of the page names the operation.
                let words = match heading.rfind("{#") {
                    Some(at) if heading.ends_with('}') => heading[..at].trim_end(),
                    _ => heading,
                };
                out.extend(std::iter::repeat_n('#', (marks + shift).min(6)));
                out.push(' ');
                out.push_str(words);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

fn marks(line: &str) -> Option<usize> {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    ((1..=6).contains(&marks) && line[marks..].starts_with(' ')).then_some(marks)
}

/// A description as one line.
pub(super) fn cell(text: &str) -> String {
    if !text.contains(['\n', '<', '{', '&', ':', '\\']) {
        return text.trim().to_owned();
    }
    let mut out = String::new();
    let mut code: Option<Vec<&str>> = None;
    let markdown = clean(text);
    for line in markdown.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            match code.take() {
                None => code = Some(Vec::new()),
                Some(lines) => {
                    separate(&mut out);
                    super::super::emit::code_into(&mut out, &lines.join(" "));
                }
            }
        } else if let Some(lines) = &mut code {
            lines.push(line);
        } else if !line.is_empty() {
            separate(&mut out);
            out.push_str(line.trim_start_matches(['#', '>']).trim_start());
        }
    }
    out
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push(' ');
    }
}

fn clean(text: &str) -> String {
    let source = Source {
        path: "",
        text,
        include: &|_| None,
        site: &crate::corpus::Site::default(),
    };
    let pages = markdown::pages(&source).unwrap_or_default();
    let markdown = pages.into_iter().next().map(|page| page.markdown);
    markdown.unwrap_or_default()
}

/// A name in a heading or a list, where it is text.
pub(super) fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    super::super::emit::escaped(&words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_go_below_those_of_the_page() {
        assert_eq!(
            blocks(
                "# A\n\nx <!-- hidden -->\n\n## B {#b}\n\n```sh\n# no\n```\n",
                2
            ),
            "### A\n\nx \n\n#### B\n\n```sh\n# no\n```\n"
        );
    }

    #[test]
    fn a_cell_is_one_line() {
        assert_eq!(
            cell("One.\n\n- a\n- b\n\n```json\n{\"a\":\n 1}\n```\n"),
            "One. - a - b `{\"a\": 1}`"
        );
    }
}
