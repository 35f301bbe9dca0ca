//! The passages of a generation: what answers show, in one file that is read in place.
//!
//! ```text
//! texts    the passages of one page after another, in no order of pages
//! ends     where each passage ends, counted from the start of its page; u32
//! starts   for each page where its texts start (u64) and the number of its first passage (u32)
//! tail     the length of the texts (u64), how many passages and pages there are (u32 each)
//! ```
//! Pages are those of the catalog, in its order. The passages of an unchanged page are copied
//! from one generation to the next, page by page.

use super::answer::Passage;
use super::catalog::{Catalog, PageId};
use super::mapped::{Numbers, damaged, map};
use super::record::{decode_passage, encode_passage};
use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufWriter, Write},
    ops::Range,
    path::Path,
    sync::Mutex,
};
use tantivy::directory::OwnedBytes;

const TAIL: usize = 16;
const WHAT: &str = "the passages";

/// The passages of all pages, opened for reading.
pub(super) struct Passages {
    bytes: OwnedBytes,
    /// Where the ends stand in the file.
    ends: Range<usize>,
    /// Where the texts of each page start.
    starts: Vec<u64>,
    /// The number of each page's first passage, and the number of all at the end.
    first: Vec<u32>,
}

impl Passages {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Self::read(map(path)?).ok_or_else(|| damaged(WHAT))
    }

    fn read(bytes: OwnedBytes) -> Option<Self> {
        let (body, tail) = bytes.split_at_checked(bytes.len().checked_sub(TAIL)?)?;
        let mut tail = Numbers(tail);
        let texts = tail.size()?;
        let passages = tail.u32()?;
        let pages = tail.u32()?;
        let ends = texts..texts.checked_add(4 * passages as usize)?;
        let mut table = Numbers(body.get(ends.end..)?);
        let mut starts = Vec::new();
        let mut first = Vec::new();
        for _ in 0..pages {
            starts.push(table.u64()?);
            first.push(table.u32()?);
        }
        first.push(passages);
        let in_order = first.is_sorted() && table.0.is_empty();
        in_order.then_some(Self {
            ends,
            starts,
            first,
            bytes,
        })
    }

    /// The numbers of a page's passages.
    pub(super) fn of_page(&self, page: u32) -> Range<u32> {
        let page = page as usize;
        match (self.first.get(page), self.first.get(page + 1)) {
            (Some(start), Some(end)) => *start..*end,
            _ => 0..0,
        }
    }

    /// A passage of a page, by its number.
    pub(super) fn read_one(&self, page: u32, number: u32) -> io::Result<Passage> {
        let text = || {
            let before = number
                .checked_sub(1)
                .filter(|_| number > self.of_page(page).start);
            let from = before.map_or(Some(0), |before| self.end(before))?;
            self.text(page, from..self.end(number)?)
        };
        text()
            .and_then(|text| std::str::from_utf8(text).ok())
            .and_then(decode_passage)
            .ok_or_else(|| damaged(WHAT))
    }

    /// Where a passage ends, counted from the start of its page.
    fn end(&self, number: u32) -> Option<u32> {
        let at = self.ends.start + 4 * number as usize;
        let end = self.bytes.get(at..at + 4).filter(|_| at < self.ends.end)?;
        Numbers(end).u32()
    }

    fn text(&self, page: u32, range: Range<u32>) -> Option<&[u8]> {
        let start = usize::try_from(*self.starts.get(page as usize)?).ok()?;
        let texts = self.bytes.get(..self.ends.start)?;
        let text = texts.get(start..)?;
        text.get(range.start as usize..range.end as usize)
    }

    /// All of a page, as it is copied.
    fn page(&self, page: u32) -> Option<(Vec<u32>, &[u8])> {
        let numbers = self.of_page(page);
        let ends: Option<Vec<u32>> = numbers.map(|number| self.end(number)).collect();
        let ends = ends?;
        let text = self.text(page, 0..ends.last().copied().unwrap_or_default())?;
        Some((ends, text))
    }
}

/// Writes the passages of a generation, from several threads.
pub(super) struct PassageWriter(Mutex<Written>);

struct Written {
    out: BufWriter<File>,
    length: u64,
    pages: HashMap<PageId, (u64, Vec<u32>)>,
}

impl PassageWriter {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self(Mutex::new(Written {
            out: BufWriter::with_capacity(1 << 18, File::create(path)?),
            length: 0,
            pages: HashMap::new(),
        })))
    }

    /// Adds the passages of a page, in their order.
    pub(super) fn add(&self, page: PageId, passages: &[Passage]) -> io::Result<()> {
        let mut text = String::new();
        let mut ends = Vec::with_capacity(passages.len());
        for passage in passages {
            encode_passage(passage, &mut text);
            ends.push(u32::try_from(text.len()).map_err(io::Error::other)?);
        }
        self.append(page, ends, text.as_bytes())
    }

    /// Adds a page that has not changed from where it stands in an older generation.
    pub(super) fn copy(&self, page: PageId, from: &Passages, position: u32) -> io::Result<()> {
        let (ends, text) = from.page(position).ok_or_else(|| damaged(WHAT))?;
        self.append(page, ends, text)
    }

    fn append(&self, page: PageId, ends: Vec<u32>, text: &[u8]) -> io::Result<()> {
        let poisoned = |_| io::Error::other("a thread that wrote passages ended early");
        let mut written = self.0.lock().map_err(poisoned)?;
        written.out.write_all(text)?;
        let start = written.length;
        written.length += text.len() as u64;
        written.pages.insert(page, (start, ends));
        Ok(())
    }

    /// Completes the file for the pages of a catalog.
    pub(super) fn finish(self, catalog: &Catalog) -> io::Result<()> {
        let poisoned = |_| io::Error::other("a thread that wrote passages ended early");
        let Written {
            mut out,
            length,
            pages,
        } = self.0.into_inner().map_err(poisoned)?;
        let none = (0, Vec::new());
        let of = |id: &PageId| pages.get(id).unwrap_or(&none);
        for page in &catalog.pages {
            for end in &of(&page.id).1 {
                out.write_all(&end.to_le_bytes())?;
            }
        }
        let mut passages = 0u32;
        for page in &catalog.pages {
            let (start, ends) = of(&page.id);
            out.write_all(&start.to_le_bytes())?;
            out.write_all(&passages.to_le_bytes())?;
            let count = u32::try_from(ends.len()).map_err(io::Error::other)?;
            passages = passages
                .checked_add(count)
                .ok_or(io::ErrorKind::OutOfMemory)?;
        }
        let count = u32::try_from(catalog.pages.len()).map_err(io::Error::other)?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(&passages.to_le_bytes())?;
        out.write_all(&count.to_le_bytes())?;
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::catalog::CatalogPage;

    fn passage(markdown: &str) -> Passage {
        Passage {
            section: 1,
            headings: vec!["Heading".into()],
            anchor: None,
            markdown: markdown.into(),
            partial: false,
        }
    }

    fn catalog(ids: &[PageId]) -> Catalog {
        let page = |id: &PageId| CatalogPage {
            id: *id,
            set: 0,
            path: format!("{id}.md"),
            title: String::new(),
            permalink: None,
            sections: 1,
            inbound: 0,
        };
        Catalog {
            sets: Vec::new(),
            pages: ids.iter().map(page).collect(),
        }
    }

    #[test]
    fn passages_are_found_by_page_also_after_they_were_copied() {
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
        let writer = PassageWriter::create(&first).unwrap();
        writer.add(7, &[passage("a"), passage("bc")]).unwrap();
        writer.add(5, &[passage("d")]).unwrap();
        writer.finish(&catalog(&[5, 6, 7])).unwrap();
        let older = Passages::open(&first).unwrap();
        assert_eq!(older.of_page(1), 1..1);
        assert_eq!(older.of_page(2), 1..3);
        assert_eq!(older.of_page(3), 0..0);
        assert_eq!(older.read_one(2, 2).unwrap(), passage("bc"));

        let writer = PassageWriter::create(&second).unwrap();
        writer.add(9, &[passage("new")]).unwrap();
        writer.copy(7, &older, 2).unwrap();
        writer.finish(&catalog(&[7, 9])).unwrap();
        let newer = Passages::open(&second).unwrap();
        assert_eq!(newer.read_one(0, 0).unwrap(), passage("a"));
        assert_eq!(newer.read_one(0, 1).unwrap(), passage("bc"));
        assert_eq!(newer.read_one(1, 2).unwrap(), passage("new"));
        assert!(newer.read_one(1, 3).is_err());
    }

    #[test]
    fn no_file_of_another_shape_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passages");
        for bytes in [&b""[..], b"short", &[0xff; 64], &[1; 64]] {
            std::fs::write(&path, bytes).unwrap();
            assert!(Passages::open(&path).is_err());
        }
    }
}
