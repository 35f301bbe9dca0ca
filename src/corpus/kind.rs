//! What a page is for: told by what it holds, whatever its format is.

use super::fence::{Fence, Place};
use serde::{Deserialize, Serialize};

/// Fewer links make no listing.
const FEW_LINKS: usize = 4;
/// Names of files that say what has changed, without their extensions.
const CHANGE_LOGS: &[&str] = &[
    "changelog",
    "changelogs",
    "changes",
    "history",
    "news",
    "release-notes",
    "releasenotes",
    "release-history",
    "releases",
    "version-history",
    "whatsnew",
    "whats-new",
];

/// What a page is for.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Kind {
    /// It says something of its own.
    #[default]
    Page,
    /// It lists other pages and says little else: a table of contents, an overview of a module, an index.
    Listing,
    /// It says what has changed from version to version.
    ChangeLog,
}

impl Kind {
    /// The kind with this number.
    pub(crate) fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Listing,
            2 => Self::ChangeLog,
            _ => Self::Page,
        }
    }

    /// The number by which an index keeps it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Page => 0,
            Self::Listing => 1,
            Self::ChangeLog => 2,
        }
    }

    /// Of a page with this path, and the Markdown of its sections.
    pub fn of<'a>(path: &str, sections: impl Iterator<Item = &'a str>) -> Self {
        if is_change_log(path) {
            return Self::ChangeLog;
        }
        if path.rsplit('/').next() == Some("llms.txt") {
            return Self::Listing;
        }
        let mut links = Links::default();
        for section in sections {
            links.add(section);
            if links.is_page() {
                return Self::Page;
            }
        }
        match links.is_listing() {
            true => Self::Listing,
            false => Self::Page,
        }
    }
}

/// Whether a path says that what is there tells of changes.
fn is_change_log(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let is_named = |name: &str| {
        let name = name.to_ascii_lowercase().replace('_', "-");
        CHANGE_LOGS.contains(&name.as_str())
    };
    let of_folder = folder.rsplit('/').next().unwrap_or(folder);
    // `CHANGES.txt`, `release-notes/index.md`, `whatsnew/3.12.html`.
    is_named(stem) || is_named(of_folder)
}

/// Words within links and outside of them, without headings.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// How many links there are.
    pub(super) count: usize,
    /// Those that name a place in a page.
    pub(super) into_pages: usize,
    /// Words in links.
    pub(super) words: usize,
    pub(super) other_words: usize,
}

impl Links {
    /// Of clean Markdown.
    pub(super) fn of(markdown: &str) -> Self {
        let mut links = Self::default();
        links.add(markdown);
        links
    }

    /// Whether it is plain by now that this is no listing.
    fn is_page(&self) -> bool {
        self.other_words > 1_000 && self.other_words > 4 * self.words
    }

    /// Most of what it says are names of other pages, and what is left are a few words for each.
    fn is_listing(&self) -> bool {
        self.count >= FEW_LINKS && self.words >= 2 * self.other_words
    }

    /// One pass over clean Markdown: what stands in `[…](…)` against what does not.
    fn add(&mut self, markdown: &str) {
        let mut fence = Fence::default();
        for line in markdown.lines() {
            let text = line.trim_start();
            match fence.line(text) {
                Place::Mark => {}
                Place::Inside => self.other_words += text.split_ascii_whitespace().count(),
                Place::Outside if text.starts_with('#') => {}
                Place::Outside => self.add_line(text),
            }
        }
    }

    fn add_line(&mut self, line: &str) {
        let mut rest = line;
        while let Some((before, inside, destination, after)) = next_link(rest) {
            self.other_words += count(before);
            self.words += count(inside).max(1);
            self.count += 1;
            self.into_pages += usize::from(destination.contains('#'));
            rest = after;
        }
        self.other_words += count(rest);
    }
}

/// What stands before a line's first link, its words, where it leads, and what stands after it.
fn next_link(line: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = line.find("](")?;
    // A bracket without its other half belongs to the words before.
    let open = line[..middle].rfind('[').unwrap_or(0);
    let close = line[middle..]
        .find(')')
        .map_or(line.len(), |at| middle + at + 1);
    Some((
        &line[..open],
        &line[open..middle],
        &line[middle..close],
        &line[close..],
    ))
}

/// Words with a letter or a digit: marks of lists and tables are none.
fn count(text: &str) -> usize {
    let words = text.split_ascii_whitespace();
    words
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, markdown: &str) -> Kind {
        Kind::of(path, [markdown].into_iter())
    }

    #[test]
    fn pages_of_links_are_listings() {
        let links = "# API\n\n- [Queue](queue.md)\n- [Topic](topic.md): topics\n- [Client](client.md)\n- [Server](server.md)\n- [Worker](worker.md)\n";
        assert_eq!(of("api.md", links), Kind::Listing);
        let table = "| [a](a.html) | [b](b.html) |\n|---|---|\n| [c](c.html) | [d](d.html) |\n";
        assert_eq!(of("members.html", table), Kind::Listing);
    }

    #[test]
    fn pages_that_say_something_are_none() {
        let text = "# Queues\n\nA [queue](q.md) holds [jobs](j.md) until a [worker](w.md) takes them from it, see [limits](l.md).\n";
        assert_eq!(of("queues.md", text), Kind::Page);
        let code = "```\n[a](b)\n[a](b)\n[a](b)\n[a](b)\n[a](b)\n```\n";
        assert_eq!(of("links.md", code), Kind::Page);
        assert_eq!(of("short.md", "See [there](there.md).\n"), Kind::Page);
    }

    #[test]
    fn change_logs_are_told_by_their_names() {
        for path in [
            "CHANGELOG.md",
            "doc/NEWS",
            "release_notes/2.1.rst",
            "whatsnew/3.12.html",
            "HISTORY.txt",
        ] {
            assert_eq!(of(path, "# x\n"), Kind::ChangeLog, "{path}");
        }
        for path in [
            "news-reader.md",
            "changes-of-state/index.md",
            "guide/history-table.md",
        ] {
            assert_eq!(of(path, "# x\n"), Kind::Page, "{path}");
        }
    }

    #[test]
    fn a_line_of_brackets_takes_no_longer_than_it_is_long() {
        let started = std::time::Instant::now();
        of("x.md", &"](".repeat(100_000));
        of("x.md", &"[".repeat(200_000));
        assert!(started.elapsed().as_secs() < 5);
    }
}
