//! `robots.txt` and `sitemap.xml`: what search engines may list. Pages that are published elsewhere are listed there.

use std::fmt::Write as _;

use super::super::{html::escape, view::View};
use crate::mcp::{Form, folder_path, page_path};

/// URLs in one sitemap at the most, and bytes; 50 MB are allowed (sitemaps.org).
const MAX_URLS: usize = 50_000;
const MAX_BYTES: usize = 40 << 20;
/// Longer URLs are not allowed.
const MAX_URL: usize = 2_047;

const OPENING: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const SCHEMA: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

pub(super) fn robots(view: &View) -> String {
    format!(
        "User-agent: *\nAllow: /\nDisallow: {}\n\nSitemap: {}\n",
        view.place.href("/search"),
        view.place.url("/sitemap.xml")
    )
}

/// A sitemap, or, of more pages than fit, the list of its parts; `part` counts from 1. `None` where there is no such part.
pub(super) fn sitemap(view: &View, part: Option<usize>) -> Option<String> {
    let snapshot = &view.holdings.snapshot;
    let mut parts = Parts::new(part.unwrap_or(1));
    let url = |path: &str| view.place.url(&format!("/{path}"));
    parts.add(0, || url(""));
    for set in view.sets() {
        if snapshot.base_url(&set.name).is_none() {
            parts.add(set.name.len(), || url(&folder_path(&set.name, "")));
        }
    }
    for (set, path) in snapshot.unpublished() {
        parts.add(set.len() + path.len(), || {
            url(&page_path(snapshot, set, path, Form::Html))
        });
    }
    match (part, parts.part) {
        (None, 1) => Some(parts.written()),
        (None, count) => Some(index(view, count)),
        (Some(part), count) => (1..=count).contains(&part).then(|| parts.written()),
    }
}

/// Goes through all pages and writes those of one part.
struct Parts {
    wanted: usize,
    /// Which part the next page belongs to, with what is in it.
    part: usize,
    urls: usize,
    bytes: usize,
    text: String,
}

impl Parts {
    fn new(wanted: usize) -> Self {
        Self {
            wanted,
            part: 1,
            urls: 0,
            bytes: 0,
            text: String::new(),
        }
    }

    /// Adds a page, whose path has so many bytes before it is encoded.
    fn add(&mut self, path: usize, url: impl FnOnce() -> String) {
        // Each byte may be encoded in three.
        let most = 3 * path + 200;
        if self.urls >= MAX_URLS || self.bytes + most > MAX_BYTES {
            self.part += 1;
            self.urls = 0;
            self.bytes = 0;
        }
        self.urls += 1;
        self.bytes += most;
        if self.part != self.wanted {
            return;
        }
        let url = url();
        if url.len() <= MAX_URL {
            let _ = writeln!(self.text, "<url><loc>{}</loc></url>", escape(&url));
        }
    }

    fn written(self) -> String {
        format!(
            "{OPENING}<urlset xmlns=\"{SCHEMA}\">\n{}</urlset>\n",
            self.text
        )
    }
}

fn index(view: &View, count: usize) -> String {
    let mut text = format!("{OPENING}<sitemapindex xmlns=\"{SCHEMA}\">\n");
    for part in 1..=count {
        let url = view.place.url(&format!("/sitemap.xml?part={part}"));
        let _ = writeln!(text, "<sitemap><loc>{}</loc></sitemap>", escape(&url));
    }
    text.push_str("</sitemapindex>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_in_one_part_and_no_part_is_too_large() {
        for (pages, length, count) in [(50_000, 10, 1), (50_001, 10, 2), (14_000, 1_000, 2)] {
            let mut seen = 0;
            let mut parts = 1;
            for wanted in 1..=count + 1 {
                let mut part = Parts::new(wanted);
                for page in 0..pages {
                    part.add(length, || format!("https://a.example/{page:0length$}?<&"));
                }
                parts = parts.max(part.part);
                let text = part.written();
                assert!(text.len() < 50_000_000);
                assert!(!text.contains("?<&"));
                let urls = text.matches("<loc>").count();
                assert!(
                    urls <= MAX_URLS && (urls > 0) == (wanted <= count),
                    "{urls}"
                );
                seen += urls;
            }
            assert_eq!((seen, parts), (pages, count));
        }
    }
}
