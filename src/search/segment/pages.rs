//! Pages, their sections and pieces, as a segment has them.

use super::Segment;
use super::bytes::{narrow, u32_at};
use super::copies::{self, CopyWriter};
use super::entries::{Definer, EntryWriter};
use super::page_entry::{Lengths, PAGE_ENTRY, PageEntry};
use super::pairs::PairWriter;
use super::part::{Part, PartWriter, Sealed};
use super::texts::{self, Coding, TextWriter};
use crate::corpus::{Document, Head, Kind, Language, Section, Weight, shown};
use crate::search::answer::{Passage, SectionRef};
use crate::search::scoring::{Field, Statistics, norm};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, cmp::Ordering, io, ops::Range, path::Path};

/// Numbers in the entry of a section: where it starts in the page's text, and where what it is called
/// stands in the records, counted from the page's.
const SECTION: usize = 2;
/// Numbers in the entry of a piece: its section, where it starts in the page's text, and where the fence or table does that it
/// begins in the middle of, plus one, or 0; it ends where the next one starts, or its section ends.
const PIECE: usize = 3;
/// How much is looked at of a text for the beginning of a fence or table: before it the indentation of a list.
const BEFORE_HEAD: u32 = 128;
const HEAD: u32 = 4 << 10;

/// What a page is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) struct PageHead<'a> {
    /// Path below the root of its set.
    pub(in crate::search) path: &'a str,
    pub(in crate::search) title: &'a str,
    /// Where its source says that it is published.
    pub(in crate::search) permalink: Option<&'a str>,
    pub(in crate::search) description: Option<&'a str>,
    /// Its place among its siblings.
    pub(in crate::search) weight: Option<Weight>,
    /// It has a table of contents that names other pages: with its links.
    pub(in crate::search) has_contents: bool,
}

/// What a section is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SectionHead<'a> {
    /// The section before it that is called by all of its headings but the last ones, plus one; or 0.
    above: u32,
    /// Its last headings, mostly one.
    #[serde(borrow)]
    own: Vec<&'a str>,
    anchor: Option<&'a str>,
}

impl Segment {
    pub(in crate::search) fn page_count(&self) -> u32 {
        u32::try_from(self.part(Part::Pages).len() / PAGE_ENTRY).unwrap_or(u32::MAX)
    }

    pub(in crate::search) fn page(&self, page: u32) -> Option<PageEntry> {
        PageEntry::read(self.part(Part::Pages), page)
    }

    pub(in crate::search) fn head(&self, entry: &PageEntry) -> Option<PageHead<'_>> {
        let record = self
            .part(Part::Records)
            .get(usize::try_from(entry.record_at).ok()?..)?;
        postcard::from_bytes(record).ok()
    }

    /// The set and the path of a page.
    pub(in crate::search) fn key(&self, page: u32) -> Option<(u32, &str)> {
        let entry = self.page(page)?;
        let record = self
            .part(Part::Records)
            .get(usize::try_from(entry.record_at).ok()?..)?;
        // The path is what a record begins with.
        let (path, _) = postcard::take_from_bytes(record).ok()?;
        Some((entry.set, path))
    }

    /// The first page that is not before this set and path.
    pub(in crate::search) fn lower_bound(&self, set: u32, path: &str) -> u32 {
        self.partition(0..self.page_count(), |other, of| {
            (other, of).cmp(&(set, path)) == Ordering::Less
        })
    }

    /// The pages whose paths begin with this.
    pub(in crate::search) fn below(&self, set: u32, prefix: &str) -> Range<u32> {
        let start = self.lower_bound(set, prefix);
        let end = self.partition(start..self.page_count(), |other, path| {
            other == set && path.starts_with(prefix)
        });
        start..end
    }

    /// The first page of a range of which this does not hold any more.
    pub(in crate::search) fn partition(
        &self,
        range: Range<u32>,
        holds: impl Fn(u32, &str) -> bool,
    ) -> u32 {
        let Range {
            start: mut low,
            end: mut high,
        } = range;
        while low < high {
            let middle = low.midpoint(high);
            if self.key(middle).is_some_and(|(set, path)| holds(set, path)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Sections of the pages of a range.
    pub(in crate::search) fn sections_of(&self, range: Range<u32>) -> usize {
        let before = |page: u32| match self.page(page) {
            Some(entry) => entry.sections_before as usize,
            None => page
                .checked_sub(1)
                .and_then(|last| self.page(last))
                .map_or(0, |last| (last.sections_before + last.sections) as usize),
        };
        before(range.end).saturating_sub(before(range.start))
    }

    /// A piece of a page, by its number in it.
    pub(in crate::search) fn passage(&self, page: u32, piece: u32) -> Option<Passage> {
        let entry = self.page(page).filter(|entry| piece < entry.pieces)?;
        let at = PIECE * (entry.first_piece.checked_add(piece)?) as usize;
        let pieces = self.part(Part::Pieces);
        let has_next = piece + 1 < entry.pieces;
        let [section, start, head] = [0, 1, 2].map(|word| u32_at(pieces, at + word));
        let next = u32_at(pieces, at + PIECE + 1).filter(|_| has_next);
        let open = u32_at(pieces, at + PIECE + 2).filter(|_| has_next);
        let section = section?;
        let (of_section, headings, anchor) = self.section(&entry, section)?;
        let end = next.unwrap_or(entry.text_length).min(of_section.end);
        let range = start?..end;
        let text = self.text(&entry, range.clone())?;
        let markdown = std::str::from_utf8(&text).ok()?.trim_end();
        let partial = markdown.len() < of_section.len();
        let head = self.piece_head(&entry, &of_section, head?);
        // Where the next piece begins in a fence that begins before that, this one ends in it.
        let open = open.filter(|open| *open > of_section.start && *open <= end);
        let open = open.and_then(|open| self.piece_head(&entry, &of_section, open));
        let markdown = match head.is_some() || open.is_some() {
            true => shown(markdown, head.as_ref(), open.as_ref()),
            false => markdown.to_owned(),
        };
        Some(Passage {
            section: section as usize,
            headings,
            anchor,
            markdown,
            partial,
        })
    }

    /// The heading of the section that a piece is of, by its number in its page.
    pub(in crate::search) fn heading_of(&self, page: u32, piece: u32) -> Option<&str> {
        let (_, head) = self.piece_section(page, piece)?;
        Some(head.own.last().copied().unwrap_or_default())
    }

    /// The first piece of the section that a piece is of.
    pub(in crate::search) fn first_of_section(&self, page: u32, piece: u32) -> Option<u32> {
        let entry = self.page(page).filter(|entry| piece < entry.pieces)?;
        let section = |piece: u32| {
            let at = PIECE * (entry.first_piece.checked_add(piece)?) as usize;
            u32_at(self.part(Part::Pieces), at)
        };
        let of = section(piece)?;
        let (mut low, mut high) = (0, piece);
        while low < high {
            let middle = low.midpoint(high);
            match section(middle)? < of {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Some(low)
    }

    /// The section that a piece is of.
    pub(in crate::search) fn section_of(&self, page: u32, piece: u32) -> Option<SectionRef> {
        let (number, head) = self.piece_section(page, piece)?;
        Some(SectionRef {
            number: number as usize,
            heading: head.own.last().copied().unwrap_or_default().to_owned(),
            anchor: head.anchor.map(str::to_owned),
        })
    }

    fn piece_section(&self, page: u32, piece: u32) -> Option<(u32, SectionHead<'_>)> {
        let entry = self.page(page).filter(|entry| piece < entry.pieces)?;
        let at = PIECE * (entry.first_piece.checked_add(piece)?) as usize;
        let number = u32_at(self.part(Part::Pieces), at)?;
        Some((number, self.section_head(&entry, number)?))
    }

    /// The beginning of the fence or table that a piece begins in the middle of: where it is, plus one, or 0.
    pub(super) fn piece_head(
        &self,
        entry: &PageEntry,
        section: &Range<u32>,
        head: u32,
    ) -> Option<Head> {
        let at = head.checked_sub(1).filter(|at| section.contains(at))?;
        let start = at.saturating_sub(BEFORE_HEAD).max(section.start);
        let before = self.text(entry, start..at)?;
        let line = before.iter().rposition(|byte| *byte == b'\n');
        let before = before.get(line.map_or(0, |line| line + 1)..)?;
        // What stands before it in its line is of one byte each, or no indentation.
        let mut text = " ".repeat(before.len());
        let head = self.text(entry, at..section.end.min(at.saturating_add(HEAD)))?;
        let known = match std::str::from_utf8(&head) {
            Ok(known) => known,
            Err(error) => std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
        };
        text.push_str(known);
        Head::at(&text, before.len(), at as usize)
    }

    /// All sections of a page.
    pub(in crate::search) fn sections(&self, entry: &PageEntry) -> Option<Vec<Section>> {
        let text = self.text(entry, 0..entry.text_length)?;
        let section = |number: u32| {
            let (range, headings, anchor) = self.section(entry, number)?;
            let markdown = text.get(range.start as usize..range.end as usize)?;
            Some(Section {
                headings,
                anchor,
                markdown: std::str::from_utf8(markdown).ok()?.to_owned(),
            })
        };
        (0..entry.sections).map(section).collect()
    }

    /// Where a section stands in the page's text, what it is called, and its anchor.
    pub(super) fn section(
        &self,
        entry: &PageEntry,
        section: u32,
    ) -> Option<(Range<u32>, Vec<String>, Option<String>)> {
        if section >= entry.sections {
            return None;
        }
        let sections = self.part(Part::Sections);
        let at = SECTION * (entry.first_section.checked_add(section)?) as usize;
        let start = u32_at(sections, at)?;
        let end = match section + 1 == entry.sections {
            true => entry.text_length,
            false => u32_at(sections, at + SECTION)?,
        };
        let head = self.section_head(entry, section)?;
        let mut headings: Vec<&str> = head.own.iter().rev().copied().collect();
        let mut above = (head.above, section);
        while let (Some(number), below) = (above.0.checked_sub(1), above.1) {
            // It stands before: so there is an end.
            let head = self
                .section_head(entry, number)
                .filter(|_| number < below)?;
            headings.extend(head.own.iter().rev());
            above = (head.above, number);
        }
        let headings = headings.into_iter().rev().map(str::to_owned).collect();
        Some((start..end, headings, head.anchor.map(str::to_owned)))
    }

    fn section_head(&self, entry: &PageEntry, section: u32) -> Option<SectionHead<'_>> {
        let at = SECTION * (entry.first_section.checked_add(section)?) as usize;
        let offset = u32_at(self.part(Part::Sections), at + 1)? as usize;
        let at = usize::try_from(entry.record_at).ok()?.checked_add(offset)?;
        postcard::from_bytes(self.part(Part::Records).get(at..)?).ok()
    }

    pub(in crate::search) fn text(
        &self,
        entry: &PageEntry,
        range: Range<u32>,
    ) -> Option<Cow<'_, [u8]>> {
        let at = |offset: u32| entry.text_at.checked_add(u64::from(offset));
        if range.end > entry.text_length {
            return None;
        }
        let range = at(range.start)?..at(range.end)?;
        texts::read(self.part(Part::Texts), self.coding(), range)
    }

    /// The length of a piece of a page, as scores see it.
    #[inline]
    pub(in crate::search) fn piece_norm(&self, page: u32, piece: u32) -> u8 {
        let first = PageEntry::first_piece(self.part(Part::Pages), page).unwrap_or_default();
        let norms = self.part(Part::PieceNorms);
        norms
            .get(first as usize + piece as usize)
            .copied()
            .unwrap_or_default()
    }

    /// What a page is for.
    #[inline]
    pub(in crate::search) fn kind(&self, page: u32) -> Kind {
        let kinds = self.part(Part::Kinds);
        Kind::from_number(kinds.get(page as usize).copied().unwrap_or_default())
    }

    /// The language that a page is in.
    pub(in crate::search) fn language(&self, page: u32) -> Language {
        let number = self.languages().get(page as usize).copied();
        number.and_then(Language::from_number).unwrap_or_default()
    }

    /// Those of all pages, by their numbers.
    pub(in crate::search) fn languages(&self) -> &[u8] {
        self.part(Part::Languages)
    }

    /// The pages of a set that say what one does, by how far each is from being the original: the nearest first.
    pub(in crate::search) fn copies(&self, of: &PageEntry) -> impl Iterator<Item = (u64, u32)> {
        let (set, content) = (of.set, of.content);
        let found = copies::find(self.part(Part::Copies), copies::key(content, set));
        found.filter(move |(_, page)| {
            let is_same = |other: PageEntry| other.set == set && other.content == content;
            self.page(*page).is_some_and(is_same)
        })
    }

    /// The pages whose titles, hashed, are this.
    pub(in crate::search) fn titled(&self, hash: u32) -> impl Iterator<Item = u32> {
        let (entries, _) = self.part(Part::Titles).as_chunks::<8>();
        let hashed = move |entry: &[u8; 8]| u32_at(entry, 0).unwrap_or(0);
        let first = entries.partition_point(|entry| hashed(entry) < hash);
        let same = entries[first..]
            .iter()
            .take_while(move |entry| hashed(entry) == hash);
        same.filter_map(|entry| u32_at(entry, 1))
    }
}

/// Writes the pages of a segment. Their contents may come in any order, their entries in that of sets
/// and paths.
pub(in crate::search) struct PageWriter {
    records: PartWriter,
    texts: TextWriter,
    sections: PartWriter,
    pieces: PartWriter,
    piece_norms: PartWriter,
    table: PartWriter,
    entries: EntryWriter,
    pairs: PairWriter,
    section_count: u32,
    piece_count: u32,
    sections_before: u32,
    page_count: u32,
    norms: [Vec<u8>; 3],
    kinds: PartWriter,
    languages: PartWriter,
    titles: Vec<(u32, u32)>,
    copies: CopyWriter,
    statistics: Statistics,
    record: Vec<u8>,
}

/// The files of the pages, and what they add up to.
pub(in crate::search) struct WrittenPages {
    pub(in crate::search) parts: Vec<Sealed>,
    /// Norms of titles, bodies and symbols.
    pub(in crate::search) norms: [Vec<u8>; 3],
    pub(in crate::search) statistics: Statistics,
}

impl PageWriter {
    pub(in crate::search) fn create(folder: &Path, coding: Coding) -> io::Result<Self> {
        let part = |part| PartWriter::create(folder, part);
        Ok(Self {
            records: part(Part::Records)?,
            texts: TextWriter::create(folder, coding)?,
            sections: part(Part::Sections)?,
            pieces: part(Part::Pieces)?,
            piece_norms: part(Part::PieceNorms)?,
            table: part(Part::Pages)?,
            entries: EntryWriter::create(folder)?,
            pairs: PairWriter::create(folder)?,
            section_count: 0,
            piece_count: 0,
            sections_before: 0,
            page_count: 0,
            norms: Default::default(),
            kinds: part(Part::Kinds)?,
            languages: part(Part::Languages)?,
            titles: Vec::new(),
            copies: CopyWriter::default(),
            statistics: Statistics::default(),
            record: Vec::new(),
        })
    }

    /// Adds what a page says; its entry lacks its place among files and sets. `named` learns the names that its entries
    /// have, with what defines them; `pairs`, in any order, are those of its words.
    pub(in crate::search) fn contents(
        &mut self,
        document: &Document,
        piece_lengths: &[u32],
        lengths: Lengths,
        pairs: &mut Vec<u32>,
        named: impl FnMut(&str, Definer),
    ) -> io::Result<PageEntry> {
        let mut entry = PageEntry {
            record_at: self.records.position(),
            first_section: self.section_count,
            first_piece: self.piece_count,
            sections: narrow(document.sections.len())?,
            pieces: narrow(document.pieces.len())?,
            lengths,
            content: document.content(),
            kind: document.kind,
            ..PageEntry::default()
        };
        self.record.clear();
        self.push(&PageHead {
            path: &document.path,
            title: &document.title,
            permalink: document.permalink.as_deref(),
            description: document.description.as_deref(),
            weight: document.weight,
            has_contents: !document.contents.is_empty(),
        })?;
        let mut text = String::new();
        let mut starts = Vec::with_capacity(document.sections.len());
        // The sections whose headings the next one may stand below.
        let mut above: Vec<(u32, &[String])> = Vec::new();
        for (number, section) in (1u32..).zip(&document.sections) {
            let start = narrow(text.len())?;
            starts.push(start);
            self.sections
                .numbers(&[start, narrow(self.record.len())?])?;
            let headings = section.headings.as_slice();
            while let Some((_, other)) = above.last()
                && (other.len() >= headings.len() || !headings.starts_with(other))
            {
                above.pop();
            }
            let (parent, shared) = above
                .last()
                .map_or((0, 0), |(parent, other)| (*parent, other.len()));
            self.push(&SectionHead {
                above: parent,
                own: headings[shared..].iter().map(String::as_str).collect(),
                anchor: section.anchor.as_deref(),
            })?;
            if !headings.is_empty() {
                above.push((number, headings));
            }
            text.push_str(&section.markdown);
        }
        for (piece, length) in document.pieces.iter().zip(piece_lengths) {
            let start = starts.get(piece.section).copied().unwrap_or_default();
            let start = start + narrow(piece.range.start)?;
            let section = starts.get(piece.section).copied().unwrap_or_default();
            let head = match piece.head {
                Some(head) => section + narrow(head)? + 1,
                None => 0,
            };
            self.pieces
                .numbers(&[narrow(piece.section)?, start, head])?;
            self.piece_norms.write(&[norm(*length)])?;
        }
        self.records.write(&self.record)?;
        entry.text_length = narrow(text.len())?;
        entry.text_at = self.texts.add(text.as_bytes())?;
        self.entries.add(document, &mut entry, named)?;
        self.pairs.add(pairs, &mut entry)?;
        self.count(&entry)?;
        Ok(entry)
    }

    /// Adds what a page says as another segment has it. `None` where that is damaged.
    pub(in crate::search) fn copy(
        &mut self,
        from: &Segment,
        page: &PageEntry,
    ) -> Option<io::Result<PageEntry>> {
        let mut entry = PageEntry {
            record_at: self.records.position(),
            first_section: self.section_count,
            first_piece: self.piece_count,
            ..*page
        };
        let sections = SECTION * page.first_section as usize;
        let sections = sections..sections.checked_add(SECTION * page.sections as usize)?;
        let pieces = page.first_piece as usize;
        let pieces = pieces..pieces.checked_add(page.pieces as usize)?;
        let bytes = |part: Part, range: Range<usize>, width: usize| {
            from.part(part)
                .get(width.checked_mul(range.start)?..width.checked_mul(range.end)?)
        };
        let section_bytes = bytes(Part::Sections, sections.clone(), 4)?;
        let piece_bytes = bytes(Part::Pieces, pieces.clone(), 4 * PIECE)?;
        let norms = bytes(Part::PieceNorms, pieces, 1)?;
        let record = from.record(page)?;
        let written = self
            .sections
            .write(section_bytes)
            .and_then(|()| self.pieces.write(piece_bytes))
            .and_then(|()| self.piece_norms.write(norms))
            .and_then(|()| self.records.write(record));
        if let Err(error) = written {
            return Some(Err(error));
        }
        let text = from.text(page, 0..page.text_length)?;
        match self.texts.add(&text) {
            Ok(at) => entry.text_at = at,
            Err(error) => return Some(Err(error)),
        }
        let copied = self.entries.copy(from, page, &mut entry)?;
        if let Err(error) = copied {
            return Some(Err(error));
        }
        let copied = self.pairs.copy(from, page, &mut entry)?;
        if let Err(error) = copied {
            return Some(Err(error));
        }
        Some(self.count(&entry).map(|()| entry))
    }

    /// Adds the entry of a page with this path after those of all pages before it.
    pub(in crate::search) fn entry(
        &mut self,
        mut entry: PageEntry,
        path: &str,
        title_hash: u32,
    ) -> io::Result<()> {
        entry.sections_before = self.sections_before;
        self.sections_before += entry.sections;
        let Lengths {
            title,
            body,
            symbols,
            pieces,
        } = entry.lengths;
        for (norms, length) in self.norms.iter_mut().zip([title, body, symbols]) {
            norms.push(norm(length));
        }
        self.kinds.write(&[entry.kind.number()])?;
        self.languages.write(&[entry.language.number()])?;
        self.titles.push((title_hash, self.page_count));
        let key = copies::key(entry.content, entry.set);
        self.copies.add(key, path, self.page_count);
        self.page_count = self
            .page_count
            .checked_add(1)
            .ok_or(io::ErrorKind::OutOfMemory)?;
        self.statistics.title.add(title);
        self.statistics.body.add(body);
        self.statistics.symbols.add(symbols);
        self.statistics.pieces = Field {
            texts: self.statistics.pieces.texts + u64::from(entry.pieces),
            terms: self.statistics.pieces.terms + u64::from(pieces),
        };
        entry.write(&mut self.table)
    }

    pub(in crate::search) fn finish(mut self, folder: &Path) -> io::Result<WrittenPages> {
        let mut titles = PartWriter::create(folder, Part::Titles)?;
        self.titles.sort_unstable();
        for (hash, page) in &self.titles {
            titles.numbers(&[*hash, *page])?;
        }
        Ok(WrittenPages {
            parts: vec![
                self.table.finish()?,
                self.records.finish()?,
                titles.finish()?,
                self.kinds.finish()?,
                self.languages.finish()?,
                self.copies.finish(folder)?,
                self.sections.finish()?,
                self.pieces.finish()?,
                self.piece_norms.finish()?,
                self.texts.finish()?,
                self.entries.finish()?,
                self.pairs.finish()?,
            ],
            norms: self.norms,
            statistics: self.statistics,
        })
    }

    fn count(&mut self, entry: &PageEntry) -> io::Result<()> {
        let add = |count: u32, more: u32| count.checked_add(more).ok_or(io::ErrorKind::OutOfMemory);
        self.section_count = add(self.section_count, entry.sections)?;
        self.piece_count = add(self.piece_count, entry.pieces)?;
        Ok(())
    }

    fn push(&mut self, record: &impl Serialize) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.record);
        self.record = postcard::to_extend(record, bytes).map_err(io::Error::other)?;
        Ok(())
    }
}

impl Segment {
    /// What a page and its sections are called, as bytes.
    fn record(&self, entry: &PageEntry) -> Option<&[u8]> {
        let record = self
            .part(Part::Records)
            .get(usize::try_from(entry.record_at).ok()?..)?;
        let (_, rest) = postcard::take_from_bytes::<PageHead<'_>>(record).ok()?;
        let mut end = record.len() - rest.len();
        if let Some(last) = entry.sections.checked_sub(1) {
            let at = SECTION * (entry.first_section.checked_add(last)?) as usize;
            let last = u32_at(self.part(Part::Sections), at + 1)? as usize;
            let (_, rest) =
                postcard::take_from_bytes::<SectionHead<'_>>(record.get(last..)?).ok()?;
            end = record.len() - rest.len();
        }
        record.get(..end)
    }
}
