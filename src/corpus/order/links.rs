//! The links of a built page, in their order: what its menu and its table of contents lead to.

use super::{MAX_ENTRIES, MAX_LENGTH};
use std::collections::HashSet;

/// A tag is looked at up to here.
const MAX_TAG: usize = 2_000;
const TOCTREE: &str = "toctree-wrapper";

/// All links to pages of the same site, each once.
pub(super) fn all(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    gather(html, &mut links, &mut HashSet::new());
    links
}

/// Those of the toctrees that Sphinx has written into the page.
pub(super) fn of_toctrees(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut seen = HashSet::new();
    let mut rest = html;
    while let Some(at) = rest.find(TOCTREE) {
        rest = &rest[at + TOCTREE.len()..];
        let end = rest.find("</div>").unwrap_or(rest.len());
        gather(&rest[..end], &mut links, &mut seen);
        rest = &rest[end..];
    }
    links
}

fn gather(html: &str, links: &mut Vec<String>, seen: &mut HashSet<String>) {
    for (at, _) in html.match_indices('<') {
        if links.len() > MAX_ENTRIES {
            return;
        }
        let link = destination(&html[at + 1..]).and_then(page_of);
        if let Some(link) = link.filter(|link| !seen.contains(link)) {
            seen.insert(link.clone());
            links.push(link);
        }
    }
}

/// Where the tag leads that a text begins with, if it is a link.
fn destination(tag: &str) -> Option<&str> {
    let rest = tag.strip_prefix(['a', 'A'])?;
    rest.starts_with(|c: char| c.is_ascii_whitespace())
        .then_some(())?;
    let longest = rest
        .char_indices()
        .nth(MAX_TAG)
        .map_or(rest.len(), |(end, _)| end);
    let attributes = &rest[..longest];
    let attributes = &attributes[..attributes.find('>')?];
    let (_, value) = attributes
        .match_indices(['h', 'H'])
        .filter_map(|(at, _)| {
            let before = attributes[..at].ends_with(|c: char| c.is_ascii_whitespace());
            let (name, value) = attributes[at..].split_once('=')?;
            Some((
                before && name.trim_end().eq_ignore_ascii_case("href"),
                value.trim_start(),
            ))
        })
        .find(|(is_href, _)| *is_href)?;
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split_ascii_whitespace().next(),
    }
}

/// The page that a destination names, without fragment and query; `None` for another site's.
fn page_of(destination: &str) -> Option<String> {
    let path = destination.trim().split(['#', '?']).next()?;
    let first = path.split('/').next()?;
    let is_own = !path.is_empty() && !path.starts_with("//") && !first.contains(':');
    (is_own && path.len() <= MAX_LENGTH).then(|| path.replace("&amp;", "&"))
}
