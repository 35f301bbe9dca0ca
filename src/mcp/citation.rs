//! How answers name a page, so that an assistant can ask for it and cite it.

use std::fmt::Write as _;

use super::line::one_line;
use crate::search::{Hit, PageRef};

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

/// The pages that stand behind one: those that say the same, and those that do so in other languages and versions.
pub(super) fn others(text: &mut String, hit: &Hit) {
    for (what, others) in [
        ("Also at", &hit.copies),
        ("In other languages or versions", &hit.versions),
    ] {
        let named = others.pages.iter().map(|page| (page.id(), &page.version));
        let named = named.filter(|(id, _)| id.len() <= 200);
        let ids = named.map(|(id, version)| match version {
            Some(version) => format!("{} ({})", one_line(&id, 200), one_line(version, 60)),
            None => one_line(&id, 200),
        });
        let ids: Vec<String> = ids.collect();
        if ids.is_empty() {
            continue;
        }
        let _ = write!(text, "{what}: {}", ids.join(", "));
        match others.more {
            0 => text.push('\n'),
            more => {
                let _ = writeln!(text, " and {more} more");
            }
        }
    }
}

/// Titles and ids, one a line; an id too long to be worth it is left out.
pub(super) fn titles(pages: &[PageRef]) -> String {
    let mut text = String::new();
    for page in pages.iter().take(10) {
        let id = page.id();
        if id.len() <= 500 {
            let version = page.version.as_ref();
            let version = version.map(|version| format!(", version {}", one_line(version, 60)));
            let _ = writeln!(
                text,
                "- {} (id: {}{})",
                one_line(&page.title, 120),
                one_line(&id, 500),
                version.unwrap_or_default()
            );
        }
    }
    text
}
