//! What a page defines by name, found while it is cut into sections.

mod names;

use super::entry::{Entry, EntryKind};
use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;

/// No more are kept of a page.
const MAX_ENTRIES: usize = 20_000;

/// Gathers the entries of a page from its parser's events.
#[derive(Debug, Default)]
pub(super) struct Entries {
    done: Vec<Entry>,
    /// Those of the present section, where they stand in the page's Markdown.
    open: Vec<Entry>,
    row: Option<Row>,
}

/// A row of a table that is being read.
#[derive(Debug)]
struct Row {
    range: Range<usize>,
    first: String,
    in_first: bool,
}

impl Entries {
    /// Looks at the next event of the page.
    pub(super) fn event(&mut self, event: &Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(Tag::TableRow) => {
                self.row = Some(Row {
                    range: range.clone(),
                    first: String::new(),
                    in_first: true,
                });
            }
            Event::End(TagEnd::TableCell) => {
                if let Some(row) = &mut self.row {
                    row.in_first = false;
                }
            }
            Event::End(TagEnd::TableRow) => {
                if let Some(row) = self.row.take() {
                    self.add(EntryKind::Row, names::of_cell(&row.first), row.range);
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(row) = self.row.as_mut().filter(|row| row.in_first) {
                    names::push_bounded(&mut row.first, text);
                }
            }
            _ => {}
        }
    }

    /// Ends a section: its number, its own heading, its Markdown, and where in it something of the page stands.
    pub(super) fn end_section(
        &mut self,
        number: usize,
        heading: Option<&str>,
        markdown: &str,
        place: impl Fn(usize) -> usize,
    ) {
        let length = markdown.len();
        if let Some(heading) = heading {
            let names = names::of_heading(heading);
            self.push(EntryKind::Heading, names, number, 0..length);
        }
        for mut entry in std::mem::take(&mut self.open) {
            let range = &entry.range;
            let text = markdown.get(place(range.start)..place(range.end).min(length));
            let end = text.unwrap_or_default().trim_end().len();
            entry.range = place(range.start)..place(range.start) + end;
            entry.section = number;
            if self.done.len() < MAX_ENTRIES && !entry.range.is_empty() {
                self.done.push(entry);
            }
        }
    }

    /// All entries of the page.
    pub(super) fn finish(self) -> Vec<Entry> {
        self.done
    }

    fn add(&mut self, kind: EntryKind, names: Vec<String>, range: Range<usize>) {
        if !names.is_empty() && self.done.len() + self.open.len() < MAX_ENTRIES {
            self.open.push(Entry {
                names,
                kind,
                section: 0,
                range,
                anchor: None,
            });
        }
    }

    fn push(&mut self, kind: EntryKind, names: Vec<String>, section: usize, range: Range<usize>) {
        if !names.is_empty() && !range.is_empty() && self.done.len() < MAX_ENTRIES {
            self.done.push(Entry {
                names,
                kind,
                section,
                range,
                anchor: None,
            });
        }
    }
}
