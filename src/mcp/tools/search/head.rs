//! What a result is called: its title, and what it takes to cite it and to read on.

use std::fmt::Write as _;

use crate::mcp::{
    citation::others,
    line::{letters, one_line},
};
use crate::search::Hit;

/// How a page is shown in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// With passages.
    Passages,
    /// By its title and id: it answers far worse than the best one.
    Title,
}

/// A result scores so much of the best one, or it is a title.
const FALLS_OFF: f32 = 0.5;
/// So many of the first results are shown with passages in any case.
const SURELY: usize = 2;

/// How each page is shown, by the curve of the scores. `before`: how many pages came before these.
pub(super) fn shapes(hits: &[Hit], before: usize) -> Vec<Shape> {
    let best = hits.iter().map(|hit| hit.score).fold(0.0, f32::max);
    let shape = |(rank, hit): (usize, &Hit)| match before + rank < SURELY
        || hit.score >= FALLS_OFF * best
    {
        true => Shape::Passages,
        false => Shape::Title,
    };
    hits.iter().enumerate().map(shape).collect()
}

/// The lines before a page's passages.
pub(super) fn head(number: usize, hit: &Hit, shape: Shape) -> String {
    let page = &hit.page;
    let mut head = format!("# {number}. {}\n", one_line(&page.title, 160));
    if shape == Shape::Passages {
        let place = telling(&page.breadcrumb, &page.title, &page.path);
        if !place.is_empty() {
            let _ = writeln!(head, "In: {}", one_line(&place.join(" > "), 160));
        }
        if let Some(version) = &page.version {
            let _ = writeln!(head, "Version: {}", one_line(version, 60));
        }
        if let Some(url) = &page.url {
            let _ = writeln!(head, "URL: {}", one_line(url, 500));
        }
    }
    let _ = writeln!(head, "id: {}", one_line(&page.id(), usize::MAX));
    if shape == Shape::Passages {
        others(&mut head, hit);
    }
    head
}

/// The titles above a page that say something which its own title and path do not.
fn telling<'a>(breadcrumb: &'a [String], title: &str, path: &str) -> Vec<&'a str> {
    let known = letters(&format!("{title} {path}"));
    let is_new = |crumb: &&str| {
        let mut words = crumb.split(|it: char| !it.is_alphanumeric());
        words.any(|word| word.chars().count() > 3 && !known.contains(stump(&letters(word))))
    };
    breadcrumb
        .iter()
        .map(String::as_str)
        .filter(is_new)
        .collect()
}

/// A word without what may be an ending of it.
fn stump(word: &str) -> &str {
    let word = word.strip_suffix('s').unwrap_or(word);
    let end = word.char_indices().map(|(at, _)| at).nth(5);
    &word[..end.unwrap_or(word.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_above_a_page_are_named_where_they_say_something() {
        let crumbs = |crumbs: &[&str], title: &str, path: &str| {
            let crumbs: Vec<String> = crumbs.iter().map(|&it| it.to_owned()).collect();
            telling(&crumbs, title, path).join(" > ")
        };
        assert_eq!(
            crumbs(
                &["Tasks", "Configure Pods and Containers"],
                "Configure a Pod to Use a ConfigMap",
                "tasks/configure-pod-container/configure-pod-configmap.md"
            ),
            ""
        );
        assert_eq!(
            crumbs(
                &["Server Administration", "Routine Maintenance"],
                "Routine Vacuuming",
                "routine-vacuuming.html"
            ),
            "Server Administration > Routine Maintenance"
        );
    }
}
