//! Files -> one generation of the three indexes.

use super::answer::Passage;
use super::catalog::{
    Catalog, CatalogPage, CatalogSet, KeptLoss, Manifest, Outcome, PageId, ReadFile, RootMark,
};
use super::compile::{Indexes, compile};
use super::evidence;
use super::generation::Generation;
use super::passages::{PassageWriter, Passages};
use super::record::{LinksRecord, PageRecord, encode};
use super::schema::{self, PageFields, PieceFields};
use super::store::{Progress, StoreError};
use crate::config::{DocSet, Generator};
use crate::corpus::{self, Document, File, Parsed};
use std::{
    collections::HashSet,
    path::Path,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term, indexer::NoMergePolicy,
    tokenizer::Language,
};

/// What one index may hold in memory before it goes to disk, in bytes.
const WRITER_MEMORY: usize = 48 << 20;

/// What is to be done to get from the last generation to the next.
pub(super) struct Plan<'a> {
    pub(super) sets: &'a [DocSet],
    pub(super) generators: Vec<Generator>,
    pub(super) language: Language,
    /// By which addresses pages link to their own set.
    pub(super) link_bases: Vec<Option<String>>,
    /// The generation to start from, with what it knows; `None`: from nothing.
    pub(super) older: Option<&'a (Generation, Catalog, Manifest)>,
    /// Files to read, with the position of their set.
    pub(super) to_read: &'a [(usize, File)],
    /// Files that stand in the older generation as they are now.
    pub(super) unchanged: Vec<ReadFile>,
    pub(super) recipe: String,
    pub(super) roots: Vec<Option<RootMark>>,
    pub(super) selections: Vec<String>,
    pub(super) losses: Vec<KeptLoss>,
}

/// Builds a generation in its folder, ready to be published.
pub(super) fn build(
    plan: Plan<'_>,
    generation: &Generation,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(Catalog, Manifest), StoreError> {
    let (page_schema, page_fields) = schema::pages();
    let (piece_schema, piece_fields) = schema::pieces();
    let (link_schema, link_fields) = schema::links();
    let fresh = plan.older.is_none();
    if let Some((older, _, _)) = plan.older {
        generation.start_from(older).map_err(StoreError::Disk)?;
    }
    let open = |folder: &Path, schema| -> tantivy::Result<Index> {
        if fresh {
            schema::create(folder, schema, plan.language)
        } else {
            schema::open(folder, plan.language)
        }
    };
    let pages = open(&generation.pages(), page_schema)?;
    let pieces = open(&generation.pieces(), piece_schema)?;
    let links = schema::create(&generation.links(), link_schema, plan.language)?;
    let writers = Writers {
        pages: writer(&pages, fresh)?,
        pieces: writer(&pieces, fresh)?,
        passages: PassageWriter::create(&generation.passages()).map_err(StoreError::Disk)?,
        page_fields,
        piece_fields,
        next_id: AtomicU64::new(plan.older.map_or(1, |(_, _, manifest)| manifest.next_id)),
    };

    let mut catalog = Catalog {
        sets: plan.sets.iter().map(CatalogSet::of).collect(),
        pages: Vec::new(),
    };
    if let Some((folder, older, _)) = plan.older {
        let passages = Passages::open(&folder.passages()).map_err(StoreError::Disk)?;
        let kept: HashSet<PageId> = plan
            .unchanged
            .iter()
            .flat_map(|file| file.outcome.pages())
            .copied()
            .collect();
        for (position, page) in (0u32..).zip(&older.pages) {
            if kept.contains(&page.id) {
                let copied = writers.passages.copy(page.id, &passages, position);
                copied.map_err(StoreError::Disk)?;
                catalog.pages.push(page.clone());
            } else {
                writers.delete(page.id);
            }
        }
    }
    let mut files = plan.unchanged;
    for (file, read) in read_all(
        plan.sets,
        &plan.generators,
        plan.to_read,
        &writers,
        progress,
    )? {
        files.push(file);
        catalog.pages.extend(read);
    }
    files.sort_by(|a, b| (a.set, &a.path).cmp(&(b.set, &b.path)));
    catalog.sort();
    let next_id = writers.next_id.load(Ordering::Relaxed);
    commit(writers.pages, fresh)?;

    progress(Progress::Linking);
    let link_writer = writer(&links, true)?;
    let searcher = reader(&pages)?.searcher();
    evidence::index(
        &mut catalog,
        &plan.link_bases,
        &searcher,
        page_fields,
        &link_writer,
        link_fields,
    )?;
    commit(link_writer, true)?;
    commit(writers.pieces, fresh)?;
    writers
        .passages
        .finish(&catalog)
        .map_err(StoreError::Disk)?;
    let indexes = Indexes {
        pages: &searcher,
        page_fields,
        pieces: &reader(&pieces)?.searcher(),
        piece_fields,
        links: &reader(&links)?.searcher(),
        link_fields,
    };
    let passages = Passages::open(&generation.passages()).map_err(StoreError::Disk)?;
    compile(&indexes, &catalog, &passages, &generation.postings())?;

    let manifest = Manifest {
        recipe: plan.recipe,
        generators: plan.generators,
        roots: plan.roots,
        selections: plan.selections,
        link_bases: plan.link_bases,
        losses: plan.losses,
        next_id,
        files,
        sizes: Vec::new(),
        checksums: Vec::new(),
    };
    Ok((catalog, manifest))
}

/// A reader that stays with what was committed when it was made.
pub(super) fn reader(index: &Index) -> tantivy::Result<IndexReader> {
    index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()
}

impl CatalogSet {
    pub(super) fn of(set: &DocSet) -> Self {
        Self {
            name: set.name.clone(),
        }
    }
}

impl Outcome {
    pub(super) fn pages(&self) -> &[PageId] {
        match self {
            Self::Pages(pages) => pages,
            Self::Skipped(_) => &[],
        }
    }
}

fn writer(index: &Index, fresh: bool) -> tantivy::Result<IndexWriter> {
    let writer = index.writer_with_num_threads(1, WRITER_MEMORY)?;
    if fresh {
        writer.set_merge_policy(Box::new(NoMergePolicy));
    }
    Ok(writer)
}

/// Commits; a fresh index becomes one segment, which is the fastest to search.
fn commit(mut writer: IndexWriter, fresh: bool) -> tantivy::Result<()> {
    writer.commit()?;
    if fresh {
        let segments = writer.index().searchable_segment_ids()?;
        if segments.len() > 1 {
            writer.merge(&segments).wait()?;
        }
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()
}

struct Writers {
    pages: IndexWriter,
    pieces: IndexWriter,
    passages: PassageWriter,
    page_fields: PageFields,
    piece_fields: PieceFields,
    next_id: AtomicU64,
}

impl Writers {
    fn delete(&self, page: PageId) {
        self.pages
            .delete_term(Term::from_field_u64(self.page_fields.id, page));
        self.pieces
            .delete_term(Term::from_field_u64(self.piece_fields.id, page));
    }

    fn add(&self, set: usize, document: &Document) -> tantivy::Result<CatalogPage> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut body = String::new();
        let mut passages = Vec::with_capacity(document.pieces.len());
        for (ordinal, piece) in (0u64..).zip(&document.pieces) {
            self.pieces
                .add_document(self.piece(id, ordinal, document, piece))?;
            passages.push(passage(document, piece));
            if let Some(heading) = piece.heading(document) {
                body.push_str(heading);
                body.push('\n');
            }
            body.push_str(&piece.text);
            body.push('\n');
        }
        self.passages.add(id, &passages)?;
        let fields = self.page_fields;
        let mut page = TantivyDocument::new();
        page.add_u64(fields.id, id);
        page.add_text(fields.title, &document.title);
        page.add_text(fields.symbols, format!("{}\n{body}", document.title));
        page.add_text(fields.body, body);
        page.add_text(fields.stored, encode(&PageRecord::of(document)));
        page.add_text(fields.links, encode(&LinksRecord::of(document)));
        self.pages.add_document(page)?;
        Ok(CatalogPage {
            id,
            set,
            path: document.path.clone(),
            title: document.title.clone(),
            permalink: document.permalink.clone(),
            sections: document.sections.len(),
            inbound: 0,
        })
    }

    fn piece(
        &self,
        id: PageId,
        ordinal: u64,
        document: &Document,
        piece: &corpus::Piece,
    ) -> TantivyDocument {
        let section = &document.sections[piece.section];
        let mut text = String::with_capacity(piece.text.len() + 80);
        text.push_str(&document.title);
        for heading in &section.headings {
            text.push('\n');
            text.push_str(heading);
        }
        text.push('\n');
        text.push_str(&piece.text);
        let fields = self.piece_fields;
        let mut entry = TantivyDocument::new();
        entry.add_u64(fields.id, id);
        entry.add_u64(fields.ordinal, ordinal);
        entry.add_text(fields.text, text);
        entry
    }
}

fn passage(document: &Document, piece: &corpus::Piece) -> Passage {
    let section = &document.sections[piece.section];
    let markdown = section.markdown[piece.range.clone()].trim_end();
    Passage {
        section: piece.section,
        headings: section.headings.clone(),
        anchor: section.anchor.clone(),
        markdown: markdown.to_owned(),
        partial: markdown.len() < section.markdown.len(),
    }
}

impl corpus::Piece {
    /// The heading of the section, at its first piece.
    fn heading<'a>(&self, document: &'a Document) -> Option<&'a str> {
        let section = &document.sections[self.section];
        (self.range.start == 0).then(|| section.headings.last().map(String::as_str))?
    }
}

type Read = (ReadFile, Vec<CatalogPage>);

/// Reads files on all cores and hands their pages to the index.
fn read_all(
    sets: &[DocSet],
    generators: &[Generator],
    files: &[(usize, File)],
    writers: &Writers,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Read>, StoreError> {
    let done = AtomicUsize::new(0);
    let workers = vec![Vec::new(); corpus::readers().min(files.len())];
    let read = corpus::read_all(
        sets,
        generators,
        files.iter().cloned(),
        workers,
        |results: &mut Vec<Read>, set, file, parsed| -> tantivy::Result<()> {
            results.push(note(set, &file, parsed, writers)?);
            progress(Progress::Reading {
                done: done.fetch_add(1, Ordering::Relaxed) + 1,
                of: files.len(),
            });
            Ok(())
        },
    )?;
    Ok(read.into_iter().flatten().collect())
}

fn note(position: usize, file: &File, parsed: Parsed, writers: &Writers) -> tantivy::Result<Read> {
    let mut pages = Vec::new();
    let mut cut = false;
    let outcome = match parsed.documents {
        Ok(documents) => {
            for document in &documents {
                cut |= document.cut;
                pages.push(writers.add(position, document)?);
            }
            Outcome::Pages(pages.iter().map(|page| page.id).collect())
        }
        Err(skip) => Outcome::Skipped(skip),
    };
    let includes = parsed.includes.into_iter();
    let read = ReadFile {
        set: position,
        path: file.path.clone(),
        stamp: parsed.stamp,
        includes: includes.map(|file| (file.path, file.stamp)).collect(),
        outcome,
        cut,
    };
    Ok((read, pages))
}
