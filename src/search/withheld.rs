//! What an index is built without, so that it can be asked for: headings and links, taken out of pages between reading and indexing.

use super::answer::PageRef;
use crate::corpus::{Document, Parsed};
use std::collections::HashMap;

/// Headings and links that are taken out, by set and path of the pages that have them.
#[derive(Debug, Clone, Default)]
pub struct Withheld(HashMap<(String, String), OfPage>);

#[derive(Debug, Clone, Default)]
struct OfPage {
    /// Sections with their own headings.
    headings: Vec<(usize, String)>,
    /// Destinations of links, as the page's source writes them, without fragments.
    destinations: Vec<String>,
}

impl Withheld {
    /// Takes out the heading of a section.
    pub fn heading(&mut self, page: &PageRef, section: usize, heading: &str) {
        self.of(&page.set, &page.path)
            .headings
            .push((section, heading.to_owned()));
    }

    /// Takes out the links of a page that have this destination.
    pub fn link(&mut self, set: &str, path: &str, destination: &str) {
        self.of(set, path).destinations.push(destination.to_owned());
    }

    /// Whether there is nothing of the kind.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&mut self, set: &str, path: &str) -> &mut OfPage {
        self.0.entry((set.to_owned(), path.to_owned())).or_default()
    }

    /// Takes out what is withheld of the pages of a file.
    pub(super) fn take_out(&self, set: &str, parsed: &mut Parsed) {
        if self.0.is_empty() {
            return;
        }
        for document in parsed.documents.iter_mut().flatten() {
            self.take_out_of(set, document);
        }
    }

    fn take_out_of(&self, set: &str, document: &mut Document) {
        let Some(of_page) = self.0.get(&(set.to_owned(), document.path.clone())) else {
            return;
        };
        document
            .links
            .retain(|link| !of_page.destinations.contains(&link.destination));
        for (section, heading) in &of_page.headings {
            take_out_heading(document, *section, heading);
        }
    }
}

/// A section without its heading: neither in its text, nor above the sections below it, nor in its address.
fn take_out_heading(document: &mut Document, number: usize, heading: &str) {
    let Some(section) = document.sections.get_mut(number) else {
        return;
    };
    if section.headings.last().is_none_or(|own| own != heading) {
        return;
    }
    let path = section.headings.clone();
    section.anchor = None;
    let cut = heading_length(&section.markdown);
    section.markdown.drain(..cut);
    for piece in document
        .pieces
        .iter_mut()
        .filter(|piece| piece.section == number)
    {
        piece.range = piece.range.start.saturating_sub(cut)..piece.range.end.saturating_sub(cut);
        piece.head = piece.head.map(|head| head.saturating_sub(cut));
    }
    document.entries.retain_mut(|entry| {
        if entry.section != number {
            return true;
        }
        let is_below = entry.range.start >= cut;
        entry.range = entry.range.start.saturating_sub(cut)..entry.range.end.saturating_sub(cut);
        is_below
    });
    let below = document.sections.iter_mut().skip(number);
    for section in below.take_while(|section| section.headings.starts_with(&path)) {
        section.headings.remove(path.len() - 1);
    }
}

/// Of the line that is a section's heading, with the empty ones behind it; in bytes.
fn heading_length(markdown: &str) -> usize {
    if !markdown.starts_with('#') {
        return 0;
    }
    let line = markdown.find('\n').map_or(markdown.len(), |end| end + 1);
    let rest = &markdown[line..];
    line + rest.len() - rest.trim_start_matches('\n').len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DocSet;
    use crate::corpus::{self, Found, Site, Within};
    use std::fs;

    fn document(markdown: &str) -> Document {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("keys.md"), markdown).unwrap();
        let set = DocSet::new("team", folder.path().to_owned());
        let mut found = Vec::new();
        let private = corpus::PrivatePaths::default();
        corpus::list(&set, &private, Within::Everything, &mut |it| found.push(it)).unwrap();
        let Some(Found::File(file)) = found.first() else {
            panic!("a file is found: {found:?}");
        };
        let read = corpus::read(&set, &Site::default(), file);
        read.documents.unwrap().remove(0)
    }

    const PAGE: &str = "# Keys\n\nAbout [backups](backup.md#now).\n\n## Rotating them\n\nEach *year*, see [the log](log.md).\n\n### By hand\n\nSlowly.\n\n## Other\n\nText.\n";

    fn page() -> PageRef {
        PageRef {
            set: "team".to_owned(),
            path: "keys.md".to_owned(),
            title: "Keys".to_owned(),
            breadcrumb: Vec::new(),
            url: None,
            version: None,
            language: None,
        }
    }

    #[test]
    fn a_heading_is_gone_wherever_it_was() {
        let mut document = document(PAGE);
        let before = document.clone();
        let number = document
            .sections
            .iter()
            .position(|it| it.headings == ["Rotating them"])
            .unwrap();
        let mut withheld = Withheld::default();
        withheld.heading(&page(), number, "Rotating them");
        withheld.take_out_of("team", &mut document);
        let section = &document.sections[number];
        assert!(section.headings.is_empty() && section.anchor.is_none());
        assert_eq!(
            section.markdown.trim(),
            "Each *year*, see [the log](log.md)."
        );
        assert_eq!(document.sections[number + 1].headings, ["By hand"]);
        assert_eq!(document.sections[number + 2], before.sections[number + 2]);
        for (piece, old) in document.pieces.iter().zip(&before.pieces) {
            assert_eq!(piece.text, old.text);
            let text = |of: &Document, at: &std::ops::Range<usize>| {
                of.sections[piece.section].markdown[at.clone()].to_owned()
            };
            assert!(text(&before, &old.range).ends_with(&text(&document, &piece.range)));
        }
        assert!(
            document
                .entries
                .iter()
                .all(|entry| entry.names != ["Rotating them"])
        );
        assert!(!format!("{document:?}").contains("Rotating"));
    }

    #[test]
    fn a_link_is_gone_and_its_words_stay() {
        let mut document = document(PAGE);
        let mut withheld = Withheld::default();
        withheld.link("team", "keys.md", "backup.md");
        withheld.take_out_of("team", &mut document);
        let left: Vec<&str> = document
            .links
            .iter()
            .map(|link| link.destination.as_str())
            .collect();
        assert_eq!(left, ["log.md"]);
        assert!(document.pieces[0].text.contains("About backups"));
    }

    #[test]
    fn nothing_else_is_touched() {
        let before = document(PAGE);
        let mut withheld = Withheld::default();
        withheld.heading(&page(), 1, "Another heading");
        withheld.heading(&page(), 99, "Rotating them");
        withheld.link("other", "keys.md", "log.md");
        let mut after = before.clone();
        withheld.take_out_of("team", &mut after);
        assert_eq!(after, before);
    }
}
