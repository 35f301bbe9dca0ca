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
    let mut parts = Parts::new(view, part.unwrap_or(1));
    parts.add(None);
    for set in view.sets() {
        if view.holdings.snapshot.base_url(&set.name).is_none() {
            parts.add(Some((&set.name, None)));
        }
    }
    for (set, path) in view.holdings.snapshot.unpublished() {
        parts.add(Some((set, Some(path))));
    }
    match (part, parts.part) {
        (None, 1) => Some(parts.written()),
        (None, count) => Some(index(view, count)),
        (Some(part), count) => (1..=count).contains(&part).then(|| parts.written()),
    }
}

/// Goes through all pages and writes those of one part.
struct Parts<'a> {
    view: &'a View,
    wanted: usize,
    /// Which part the next page belongs to, with what is in it.
    part: usize,
    urls: usize,
    bytes: usize,
    text: String,
}

impl<'a> Parts<'a> {
    fn new(view: &'a View, wanted: usize) -> Self {
        Self {
            view,
            wanted,
            part: 1,
            urls: 0,
            bytes: 0,
            text: String::new(),
        }
    }

    /// Adds a page, the contents of a set, or the start page.
    fn add(&mut self, what: Option<(&str, Option<&str>)>) {
        let (set, path) = what.unwrap_or_default();
        // No URL is longer: each byte may be encoded in three.
        let most = 3 * (set.len() + path.map_or(0, str::len)) + 200;
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
        let path = match what {
            Some((set, Some(path))) => {
                page_path(&self.view.holdings.snapshot, set, path, Form::Html)
            }
            Some((set, None)) => folder_path(set, ""),
            None => String::new(),
        };
        let url = self.view.place.url(&format!("/{path}"));
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
