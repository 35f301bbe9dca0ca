//! Links of a page, written so that each can be read as it stands: whoever reads a part of a page no longer knows where it stood.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use super::{page_path::page_meant, uri::readable};
use crate::{
    corpus::{join_at_root, markdown_options},
    search::{Hit, Meant, PageRef, Snapshot},
};

/// With more sets than these, whether a link may stay as it is costs more than it is worth.
const MAX_SETS: usize = 16;
/// Different destinations of a page beyond this many stay as they are.
const MAX_LOOKUPS: usize = 4_000;

/// Rewrites the links of one page.
pub struct Links<'a> {
    snapshot: &'a Snapshot,
    page: &'a PageRef,
    /// What stands in front of the ids of pages.
    prefix: &'static str,
    known: HashMap<String, Option<String>>,
}

impl<'a> Links<'a> {
    /// Links become ids.
    pub fn to_ids(snapshot: &'a Snapshot, page: &'a PageRef) -> Self {
        Self {
            snapshot,
            page,
            prefix: "",
            known: HashMap::new(),
        }
    }

    /// Links become URIs of resources.
    pub(super) fn to_uris(snapshot: &'a Snapshot, page: &'a PageRef) -> Self {
        Self {
            prefix: super::uri::SCHEME,
            ..Self::to_ids(snapshot, page)
        }
    }

    /// The text with each link to another page as its author has written it, where `read` finds the page by that, else
    /// with the page's id. Pictures, places on the page, and what leads elsewhere stay.
    pub fn written<'t>(&mut self, markdown: &'t str) -> Cow<'t, str> {
        if !self.may_change(markdown) {
            return Cow::Borrowed(markdown);
        }
        let mut out = String::new();
        let mut done = 0;
        for range in destinations(markdown) {
            let Some(new) = self.instead_of(&markdown[range.clone()]) else {
                continue;
            };
            out.push_str(&markdown[done..range.start]);
            out.push_str(&new);
            done = range.end;
        }
        if done == 0 {
            return Cow::Borrowed(markdown);
        }
        out.push_str(&markdown[done..]);
        Cow::Owned(out)
    }

    /// Whether a text has links that may not stay as they are: most texts have none, and need not be parsed.
    fn may_change(&self, markdown: &str) -> bool {
        let is_only = self.snapshot.sets().len() == 1;
        markdown.match_indices("](").any(|(at, _)| {
            let destination = markdown[at + 2..].trim_start_matches(['<', ' ']);
            let site_path = destination.strip_prefix('/');
            // Of one set, what begins at the root of its site means the same everywhere.
            let is_plain = site_path
                .filter(|_| is_only)
                .is_some_and(|path| !path.starts_with(&self.page.set));
            let elsewhere = ["#", "http://", "https://", "mailto:"];
            !is_plain && !elsewhere.iter().any(|it| destination.starts_with(it))
        })
    }

    /// What is written instead of a destination, which may stand in angle brackets.
    fn instead_of(&mut self, source: &str) -> Option<String> {
        if let Some(known) = self.known.get(source) {
            return known.clone();
        }
        if self.known.len() >= MAX_LOOKUPS {
            return None;
        }
        let new = self.resolved(source);
        self.known.insert(source.to_owned(), new.clone());
        new
    }

    fn resolved(&self, source: &str) -> Option<String> {
        let inner = source.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
        let destination = inner.unwrap_or(source).replace('\\', "");
        let (page, fragment) = match destination.split_once('#') {
            Some((page, fragment)) => (page, Some(fragment)),
            None => (&*destination, None),
        };
        let is_elsewhere = page.is_empty() || page.contains("://") || page.starts_with("mailto:");
        if is_elsewhere {
            return None;
        }
        let Some(id) = self.snapshot.linked(self.page, page) else {
            return self.folder(page);
        };
        if self.snapshot.sets().len() <= MAX_SETS
            && let Meant::Page { id: found, .. } = page_meant(self.snapshot, page)
            && found == id
        {
            return None;
        }
        let mut new = format!("{}{}", self.prefix, readable(&id));
        if let Some(fragment) = fragment {
            new.push('#');
            new.push_str(&fragment.replace(['(', ')', '<', '>', ' '], ""));
        }
        Some(new)
    }
}

impl Links<'_> {
    /// The folder that a destination means, where it has no page of its own.
    fn folder(&self, destination: &str) -> Option<String> {
        let path = destination.split('?').next()?;
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let from = match path.starts_with('/') {
            true => "",
            false => self
                .page
                .path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder),
        };
        let folder = join_at_root(from, &path);
        // Resources are pages alone.
        let is_there = self.prefix.is_empty()
            && !folder.is_empty()
            && self.snapshot.count_below(&self.page.set, &folder) > 0;
        is_there.then(|| {
            let id = format!("{}/{folder}/", self.page.set);
            format!("{}{}", self.prefix, readable(&id))
        })
    }
}

/// The same for the passages that a search shows.
pub(super) fn write_in(hits: &mut [Hit], snapshot: &Snapshot) {
    for hit in hits {
        let mut links = Links::to_ids(snapshot, &hit.page);
        for passage in &mut hit.passages {
            if let Cow::Owned(written) = links.written(&passage.markdown) {
                passage.markdown = written;
            }
        }
    }
}

/// Where the destinations of a text's links stand, in order.
fn destinations(markdown: &str) -> Vec<Range<usize>> {
    struct Open {
        /// Only what is a link written in full has a destination here.
        is_written: bool,
        /// Where what is read of it ends.
        end: usize,
    }
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, markdown_options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type, .. }) => open.push(Open {
                is_written: link_type == LinkType::Inline,
                end: range.start + 1,
            }),
            Event::Start(Tag::Image { .. }) => open.push(Open {
                is_written: false,
                end: range.start + 1,
            }),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let Some(closed) = open.pop() else {
                    continue;
                };
                if closed.is_written
                    && let Some(at) = destination(&markdown[closed.end..range.end])
                {
                    found.push(closed.end + at.start..closed.end + at.end);
                }
                if let Some(around) = open.last_mut() {
                    around.end = range.end;
                }
            }
            _ => {
                if let Some(around) = open.last_mut() {
                    around.end = around.end.max(range.end);
                }
            }
        }
    }
    found
}

/// The destination in what stands behind the words of a link: `](a/b.md "title")`.
fn destination(rest: &str) -> Option<Range<usize>> {
    let start = rest.find("](")? + 2;
    let inner = &rest[start..];
    let start = start + inner.len() - inner.trim_start().len();
    let inner = rest[start..].strip_suffix(')')?;
    let end = match inner.strip_prefix('<') {
        Some(angled) => angled.find('>')? + 2,
        None => inner.find(char::is_whitespace).unwrap_or(inner.len()),
    };
    (end > 0).then(|| start..start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_found_where_links_are() {
        let found = |text: &'static str| -> Vec<&str> {
            let ranges = destinations(text).into_iter();
            ranges.map(|range| &text[range]).collect()
        };
        for (text, expected) in [
            (
                "[a](b.md) and [c](<d e.md> \"T\").",
                vec!["b.md", "<d e.md>"],
            ),
            ("[a `](x)` b](c(d).md#e)", vec!["c(d).md#e"]),
            (
                "`[a](b)` \\[a](b) ![a](b.png)\n\n```\n[a](b)\n```\n\n    [a](b)",
                vec![],
            ),
            ("[![alt](a.png)](b.md)", vec!["b.md"]),
            ("[*a*\nb](\nc.md)", vec!["c.md"]),
            (
                "| [a](b.md) | [](c.md) |\n|---|---|\n| [d](e.md) | x |",
                vec!["b.md", "c.md", "e.md"],
            ),
            ("<https://x.org> [a][b]\n\n[b]: c.md", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_to_take_time_takes_none() {
        for text in ["[a](", "](", "[", "[![", "[a](<", "[](b)"] {
            let _ = destinations(&text.repeat(100_000));
        }
    }
}
