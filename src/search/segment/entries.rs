//! What pages define by name.
//!
//! ```text
//! definitions   a name, hashed (u32), the page (u32), which of its entries, times 8, plus what defines it (u32); in this order
//! entries       of each page, one after another: the section, where it starts in that and how long it is, how far before
//!               that the table starts that it is a row of, or 0, and its own anchor; variable length
//! ```

use super::Segment;
use super::bytes::{narrow, u32_at};
use super::page_entry::PageEntry;
use super::part::{Part, PartWriter, Sealed};
use crate::corpus::{Document, EntryKind, shown};
use crate::search::answer::Passage;
use serde::{Deserialize, Serialize};
use std::{io, path::Path};

/// Bytes of a definition.
const DEFINITION: usize = 12;
/// Bits of what defines a name, beside the number of the entry.
const KIND: u32 = 3;
/// Of an entry that is longer, the beginning is shown; in bytes.
const MAX_SHOWN: usize = 2 << 10;

/// A place where a name is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) struct Definition {
    pub(in crate::search) page: u32,
    pub(in crate::search) by: Definer,
}

/// What defines a name on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::search) enum Definer {
    /// Its title.
    Title,
    /// An entry of it, by its number.
    Entry(EntryKind, u32),
}

impl Definer {
    const KINDS: [EntryKind; 5] = [
        EntryKind::Heading,
        EntryKind::Signature,
        EntryKind::Term,
        EntryKind::Option,
        EntryKind::Row,
    ];

    fn code(self) -> u32 {
        match self {
            Self::Title => 0,
            Self::Entry(kind, number) => {
                let place = (1u32..).zip(Self::KINDS).find(|(_, other)| *other == kind);
                number << KIND | place.map_or(0, |(place, _)| place)
            }
        }
    }

    /// `None` where it is damaged.
    fn of_code(code: u32) -> Option<Self> {
        let Some(place) = (code & ((1 << KIND) - 1)).checked_sub(1) else {
            return (code == 0).then_some(Self::Title);
        };
        let kind = Self::KINDS.get(place as usize)?;
        Some(Self::Entry(*kind, code >> KIND))
    }
}

/// An entry of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stored<'a> {
    section: u32,
    start: u32,
    length: u32,
    /// How far before its start its table starts, or 0.
    head: u32,
    anchor: Option<&'a str>,
}

impl Segment {
    /// Where a name, hashed, is defined, in the order of the pages.
    pub(in crate::search) fn defined(
        &self,
        name: u32,
    ) -> impl ExactSizeIterator<Item = Definition> {
        let (all, _) = self.part(Part::Definitions).as_chunks::<DEFINITION>();
        let start = all.partition_point(|definition| hashed(definition) < name);
        let rest = &all[start..];
        // Most names are defined once or twice.
        let mut reach = 1;
        while rest.get(reach).is_some_and(|other| hashed(other) == name) {
            reach *= 2;
        }
        let rest = &rest[..rest.len().min(reach)];
        let end = rest.partition_point(|definition| hashed(definition) == name);
        rest[..end].iter().map(|definition| of_bytes(definition).1)
    }

    /// All definitions, each with its name, hashed, in order.
    pub(in crate::search) fn definitions(
        &self,
    ) -> impl ExactSizeIterator<Item = (u32, Definition)> {
        let (all, _) = self.part(Part::Definitions).as_chunks::<DEFINITION>();
        all.iter().map(of_bytes)
    }

    /// An entry of a page as it is shown. `None` where it is damaged.
    pub(in crate::search) fn entry(&self, page: &PageEntry, number: u32) -> Option<Passage> {
        let mut rest = self.entry_bytes(page)?;
        for _ in 0..number {
            (_, rest) = postcard::take_from_bytes::<Stored<'_>>(rest).ok()?;
        }
        let (stored, _) = postcard::take_from_bytes::<Stored<'_>>(rest).ok()?;
        let (of_section, headings, anchor) = self.section(page, stored.section)?;
        let start = of_section.start.checked_add(stored.start)?;
        let end = start.checked_add(stored.length)?;
        if end > of_section.end {
            return None;
        }
        // With what follows, so that it shows whether it was cut.
        let looked_at = end.min(start.saturating_add(narrow(MAX_SHOWN).ok()? + 8));
        let text = self.text(page, start..looked_at)?;
        let text = match std::str::from_utf8(&text) {
            Ok(text) => text,
            Err(error) if looked_at < end => {
                std::str::from_utf8(text.get(..error.valid_up_to())?).ok()?
            }
            Err(_) => return None,
        };
        let cut = cut(text.trim_end());
        let head = stored.head;
        let head = (head > 0)
            .then(|| Some(start.checked_sub(head)? + 1))
            .flatten();
        let head = head.and_then(|head| self.piece_head(page, &of_section, head));
        let markdown = match head {
            Some(head) => shown(&cut, Some(&head), None),
            None => cut,
        };
        Some(Passage {
            section: stored.section as usize,
            headings,
            anchor: stored.anchor.map(str::to_owned).or(anchor),
            partial: end - start < of_section.end - of_section.start || looked_at < end,
            markdown,
        })
    }

    fn entry_bytes(&self, page: &PageEntry) -> Option<&[u8]> {
        let start = usize::try_from(page.entries_at).ok()?;
        let end = start.checked_add(page.entries as usize)?;
        self.part(Part::Entries).get(start..end)
    }
}

fn hashed(definition: &[u8; DEFINITION]) -> u32 {
    u32_at(definition, 0).unwrap_or_default()
}

fn of_bytes(definition: &[u8; DEFINITION]) -> (u32, Definition) {
    let number = |place| u32_at(definition, place).unwrap_or_default();
    let by = Definer::of_code(number(2)).unwrap_or(Definer::Title);
    let page = number(1);
    (hashed(definition), Definition { page, by })
}

/// A text as far as it is shown, without the indentation of its first line. Where it is longer, it ends with a block, else with a line, of code with its fence.
fn cut(text: &str) -> String {
    let (mut at, mut block) = (0, 0);
    let mut fence: Option<&str> = None;
    if text.len() <= MAX_SHOWN {
        return text.to_owned();
    }
    for line in text.split_inclusive('\n') {
        if at + line.len() > MAX_SHOWN {
            break;
        }
        at += line.len();
        let line = line.trim();
        let marks = line.len() - line.trim_start_matches(['`', '~']).len();
        match fence {
            Some(open) if line == &line[..marks] && line.starts_with(open) => fence = None,
            None if marks >= 3 => fence = line.get(..marks),
            None if line.is_empty() => block = at,
            _ => {}
        }
    }
    if block > MAX_SHOWN / 4 {
        return text[..block].trim_end().to_owned();
    }
    if at == 0 {
        let end = text.floor_char_boundary(MAX_SHOWN);
        return format!("{} …", text[..end].trim_end());
    }
    let mut cut = text[..at].trim_end().to_owned();
    if let Some(fence) = fence {
        cut.push('\n');
        cut.push_str(fence);
    }
    cut
}

/// Writes the entries of pages, in any order.
pub(super) struct EntryWriter {
    out: PartWriter,
    bytes: Vec<u8>,
}

impl EntryWriter {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            out: PartWriter::create(folder, Part::Entries)?,
            bytes: Vec::new(),
        })
    }

    /// Adds the entries of a page, and tells its entry in the table of pages where they are. `named` learns the names of each
    /// with what defines them.
    pub(super) fn add(
        &mut self,
        document: &Document,
        entry: &mut PageEntry,
        mut named: impl FnMut(&str, Definer),
    ) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let mut tables = Tables::default();
        let mut number = 0;
        for defined in &document.entries {
            let section = document.sections.get(defined.section);
            let markdown = section.map(|section| section.markdown.as_str());
            let Some(text) = markdown.and_then(|markdown| markdown.get(defined.range.clone()))
            else {
                continue;
            };
            let start = defined.range.start;
            let table = match (defined.kind, markdown) {
                (EntryKind::Row, Some(markdown)) => tables.of_row(defined.section, markdown, start),
                _ => None,
            };
            let stored = Stored {
                section: narrow(defined.section)?,
                start: narrow(start)?,
                length: narrow(text.len())?,
                head: narrow(table.map_or(0, |table| start - table))?,
                anchor: defined.anchor.as_deref(),
            };
            bytes = postcard::to_extend(&stored, bytes).map_err(io::Error::other)?;
            for name in &defined.names {
                named(name, Definer::Entry(defined.kind, number));
            }
            number += 1;
        }
        self.bytes = bytes;
        self.write(entry)
    }

    /// Adds the entries of a page as another segment has them. `None` where they are damaged.
    pub(super) fn copy(
        &mut self,
        from: &Segment,
        page: &PageEntry,
        entry: &mut PageEntry,
    ) -> Option<io::Result<()>> {
        self.bytes.clear();
        self.bytes.extend_from_slice(from.entry_bytes(page)?);
        Some(self.write(entry))
    }

    pub(super) fn finish(self) -> io::Result<Sealed> {
        self.out.finish()
    }

    fn write(&mut self, entry: &mut PageEntry) -> io::Result<()> {
        entry.entries_at = self.out.position();
        entry.entries = narrow(self.bytes.len())?;
        self.out.write(&self.bytes)
    }
}

/// Finds the tables that rows stand in, of which each line is looked at once.
#[derive(Default)]
struct Tables {
    section: usize,
    row: usize,
    table: Option<usize>,
}

impl Tables {
    /// Where the table starts that has a row here.
    fn of_row(&mut self, section: usize, markdown: &str, row: usize) -> Option<usize> {
        let before = (section == self.section && row > self.row).then_some(self.row);
        let known = self.table;
        *self = Self {
            section,
            row,
            table: None,
        };
        let line_before = |end: usize| {
            let end = end.checked_sub(1)?;
            let start = markdown[..end].rfind('\n').map_or(0, |newline| newline + 1);
            Some((start, &markdown[start..end]))
        };
        let mut end = markdown[..row].rfind('\n')? + 1;
        while let Some((start, line)) = line_before(end) {
            if line.trim().is_empty() {
                return None;
            }
            if before.is_some_and(|before| start <= before) {
                self.table = known;
                return known;
            }
            if is_rule(line) {
                let (start, head) = line_before(start)?;
                self.table = Some(start + head.len() - head.trim_start().len());
                return self.table;
            }
            end = start;
        }
        None
    }
}

/// Whether a line is the one below the head of a table: `|---|:-:|`.
fn is_rule(line: &str) -> bool {
    let mut marks = line.bytes();
    line.contains('-') && line.contains('|') && marks.all(|mark| b"|-: \t>".contains(&mark))
}

/// Writes where names are defined.
pub(in crate::search) struct DefinitionWriter {
    out: PartWriter,
}

impl DefinitionWriter {
    pub(in crate::search) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            out: PartWriter::create(folder, Part::Definitions)?,
        })
    }

    /// Adds what defines a name, in order.
    pub(in crate::search) fn add(&mut self, name: u32, definition: Definition) -> io::Result<()> {
        self.out
            .numbers(&[name, definition.page, definition.by.code()])
    }

    pub(in crate::search) fn finish(self) -> io::Result<Sealed> {
        self.out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_defines_a_name_is_a_number() {
        let kinds = Definer::KINDS.map(|kind| Definer::Entry(kind, 77));
        for definer in kinds.into_iter().chain([Definer::Title]) {
            assert_eq!(Definer::of_code(definer.code()), Some(definer));
        }
        for damaged in [6, 7, 8] {
            assert_eq!(Definer::of_code(damaged), None);
        }
    }

    #[test]
    fn rows_know_their_tables() {
        let text = "A | b\n--|--\n1 | 2\n3 | 4\n\nMore.\n\n | C |\n | - |\n | 5 |\n\nx | y\n";
        let mut tables = Tables::default();
        let row = |mark: &str| text.find(mark).unwrap();
        assert_eq!(tables.of_row(0, text, row("1 |")), Some(0));
        assert_eq!(tables.of_row(0, text, row("3 |")), Some(0));
        assert_eq!(tables.of_row(0, text, row("| 5")), Some(row("| C")));
        assert_eq!(tables.of_row(0, text, row("x |")), None);
        assert_eq!(tables.of_row(1, text, row("3 |")), Some(0));
    }

    #[test]
    fn a_long_table_is_looked_at_once() {
        let text = format!("| a |\n|---|\n{}", "| 1 |\n".repeat(100_000));
        let mut tables = Tables::default();
        let rows = text.match_indices("| 1").map(|(row, _)| row);
        assert!(
            rows.map(|row| tables.of_row(0, &text, row))
                .all(|table| table == Some(0))
        );
    }

    #[test]
    fn what_is_long_is_cut_where_something_ends() {
        let word = "word ".repeat(100);
        assert_eq!(cut(&word), word);
        let blocks = format!("{word}\n\n{}", word.repeat(4));
        assert_eq!(cut(&blocks), word.trim_end());
        let line = "é".repeat(3_000);
        assert!(cut(&line).len() < MAX_SHOWN + 8 && cut(&line).ends_with("é …"));
        let code = format!("```sh\n{}```\n", "ls -l\n".repeat(1_000));
        assert!(cut(&code).ends_with("ls -l\n```") && cut(&code).len() < MAX_SHOWN + 8);
    }
}
