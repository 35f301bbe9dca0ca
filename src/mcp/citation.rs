//! How answers name a page, so that an assistant can ask for it and cite it.

use std::fmt::Write as _;

use super::line::one_line;
use crate::search::PageRef;

/// `id: …` and where it is published, as every answer shows them.
pub(super) fn identity(text: &mut String, page: &PageRef) {
    if !page.breadcrumb.is_empty() {
        let breadcrumb = page.breadcrumb.join(" > ");
        let _ = writeln!(text, "In: {}", one_line(&breadcrumb, 200));
    }
    if let Some(url) = &page.url {
        let _ = writeln!(text, "URL: {}", one_line(url, 500));
    }
    let _ = writeln!(text, "id: {}", one_line(&page.id(), usize::MAX));
}

/// Titles and ids, one a line; an id too long to be worth it is left out.
pub(super) fn titles(pages: &[PageRef]) -> String {
    let mut text = String::new();
    for page in pages.iter().take(10) {
        let id = page.id();
        if id.len() <= 500 {
            let _ = writeln!(
                text,
                "- {} (id: {})",
                one_line(&page.title, 120),
                one_line(&id, 500)
            );
        }
    }
    text
}
