//! Documents of office programs: DOCX (ECMA-376, WordprocessingML) and ODT (ISO/IEC 26300).
//!
//! Either is an archive of XML. What its reader sees is written as HTML, and that as Markdown: headings by their style, lists,
//! tables, links, footnotes, code. Deleted text of tracked changes, comments, hidden text and tables of contents are left out.

mod archive;
mod docx;
mod odt;
mod writer;
mod xml;

use super::html;
use crate::corpus::document::{Page, Skip};

pub(super) use archive::{Archive, malformed};
pub(super) use docx::pages as docx;
pub(super) use odt::pages as odt;
pub(super) use xml::{Seen, walk};

/// A document, from its HTML and what it says of itself.
fn page(html: &str, title: Option<String>, description: Option<String>) -> Result<Vec<Page>, Skip> {
    let markdown = html::fragment_to_markdown(html);
    if !markdown.contains(char::is_alphanumeric) {
        return Err(Skip::Empty);
    }
    let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = |text: Option<String>| {
        text.map(one_line)
            .filter(|text| !text.is_empty() && text.len() <= 1_000)
    };
    Ok(vec![Page {
        title: said(title),
        description: said(description),
        markdown: format!("{markdown}\n"),
        ..Page::default()
    }])
}

/// The texts of some elements of a part such as `docProps/core.xml`, in the order of the names asked for.
fn properties<const N: usize>(text: Option<String>, names: [&str; N]) -> [Option<String>; N] {
    let mut found = [const { None }; N];
    let mut within: Option<usize> = None;
    let walked = walk(&text.unwrap_or_default(), |seen| {
        match seen {
            Seen::Start(element) => within = names.iter().position(|name| *name == element.name()),
            Seen::End(_) => within = None,
            Seen::Text(text) => {
                if let Some(slot) = within {
                    found[slot].get_or_insert_with(String::new).push_str(&text);
                }
            }
        }
        false
    });
    // A broken part says nothing.
    match walked {
        Ok(()) => found,
        Err(_) => [const { None }; N],
    }
}

#[cfg(test)]
mod tests;
