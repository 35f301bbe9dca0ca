//! Pages that are one preformatted text: manual pages, RFCs and old manuals that a program has put into `<pre>`.

use super::markdown;

/// Fewer headings make no manual.
const FEW: usize = 2;

/// Clean Markdown whose text stands in fences, with the sections of that text; `None` where it is anything else.
pub(in crate::corpus::format) fn with_sections(page: &str) -> Option<String> {
    let blocks = Block::all(page);
    let is_text = |block: &Block<'_>| matches!(block, Block::Text(_));
    let text: usize = blocks
        .iter()
        .filter(|block| is_text(block))
        .map(Block::len)
        .sum();
    if text == 0 || text * 5 < page.len() * 4 {
        return None;
    }
    let (mut out, mut headings) = (String::with_capacity(page.len()), 0);
    for block in blocks {
        match block {
            Block::Text(text) => {
                let sections = markdown(text);
                headings += sections
                    .lines()
                    .filter(|line| line.starts_with("## ") || line.starts_with("### "))
                    .count();
                super::emit::gap(&mut out);
                out.push_str(&sections);
            }
            Block::Other(other) => {
                super::emit::gap(&mut out);
                out.push_str(other.trim_matches('\n'));
                out.push('\n');
            }
        }
    }
    (headings >= FEW).then_some(out)
}

/// A stretch of a page.
enum Block<'a> {
    /// The lines of a fence that names no language.
    Text(&'a str),
    Other(&'a str),
}

impl<'a> Block<'a> {
    fn len(&self) -> usize {
        match self {
            Self::Text(text) | Self::Other(text) => text.len(),
        }
    }

    fn all(page: &'a str) -> Vec<Self> {
        let mut blocks = Vec::new();
        // Where what comes next starts, and the marks of the fence that is open, with its first line.
        let (mut start, mut at) = (0, 0);
        let mut fence: Option<(&str, usize)> = None;
        for line in page.split_inclusive('\n') {
            let marks = line.trim_end();
            let count = marks.len() - marks.trim_start_matches('`').len();
            match fence {
                None if count >= 3 && count == marks.len() => {
                    blocks.push(Self::Other(&page[start..at]));
                    fence = Some((marks, at + line.len()));
                }
                // One with a language is code.
                None if count >= 3 => fence = Some((&marks[..count], usize::MAX)),
                Some((open, first)) if count >= open.len() && count == marks.len() => {
                    if first != usize::MAX {
                        blocks.push(Self::Text(&page[first..at]));
                        start = at + line.len();
                    }
                    fence = None;
                }
                _ => {}
            }
            at += line.len();
        }
        let rest = match fence {
            Some((_, first)) if first != usize::MAX => Self::Text(&page[first..]),
            _ => Self::Other(&page[start..]),
        };
        blocks.push(rest);
        blocks.retain(|block| block.len() > 0);
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_page_in_one_fence_has_its_sections() {
        let options: String = (0..40)
            .map(|n| format!("       -x{n}    does thing number {n}\n"))
            .collect();
        let page = format!(
            "# ls\n\n```\nNAME\n       ls - list\n\nOPTIONS\n{options}\nEXIT STATUS\n       0      if OK\n```\n"
        );
        let out = with_sections(&page).expect("a manual page");
        let headings: Vec<&str> = out.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            ["# ls", "## NAME", "## OPTIONS", "## EXIT STATUS"]
        );
        assert!(out.contains("```\n-x0    does thing number 0\n"), "{out}");
    }

    #[test]
    fn other_pages_stay_as_they_are() {
        let code = "# Code\n\n```c\nNAME\n       x\n\nOTHER\n       y\n\n```\n";
        assert_eq!(with_sections(code), None);
        let plain = "# Log\n\n```\nint main() {\n    return 0;\n}\n\nint other() {\n}\n```\n";
        assert_eq!(with_sections(plain), None);
        let words = "many words ".repeat(40);
        assert_eq!(
            with_sections(&format!(
                "# A\n\n{words}\n\n```\nNAME\n  a\n\nTHEN\n  b\n```\n"
            )),
            None
        );
    }
}
