//! The three indexes -> the postings that searches read.
//!
//! The indexes are what the next generation starts from; a search does not touch them. What
//! a term adds to the score of a page through title, text and link sentences is added up here.

use super::catalog::Catalog;
use super::passages::Passages;
use super::postings::PostingsWriter;
use super::schema::{LinkFields, PageFields, PieceFields};
use super::scoring::{NOTHING, ScoredField};
use std::{io, path::Path};
use tantivy::{Score, Searcher, termdict::TermStreamer};

/// What a link sentence counts beside the page's own text.
const LINK_WEIGHT: Score = 0.5;

/// The three indexes, as committed.
pub(super) struct Indexes<'a> {
    pub(super) pages: &'a Searcher,
    pub(super) page_fields: PageFields,
    pub(super) pieces: &'a Searcher,
    pub(super) piece_fields: PieceFields,
    pub(super) links: &'a Searcher,
    pub(super) link_fields: LinkFields,
}

/// Scores every posting and writes them down.
pub(super) fn compile(
    indexes: &Indexes<'_>,
    catalog: &Catalog,
    passages: &Passages,
    path: &Path,
) -> tantivy::Result<()> {
    let positions = catalog.positions();
    let page = |id, _| positions.get(&id).copied();
    let piece = |id, ordinal| {
        let numbers = passages.of_page(*positions.get(&id)?);
        let ordinal = u32::try_from(ordinal).ok()?;
        Some(numbers.start + ordinal).filter(|number| numbers.contains(number))
    };
    let of_pages = targets(indexes.pages, page)?;
    let of_links = targets(indexes.links, page)?;
    let of_pieces = targets(indexes.pieces, piece)?;
    let Indexes {
        page_fields,
        piece_fields,
        link_fields,
        ..
    } = *indexes;
    // The body is first: its document frequencies are those that tell common words.
    let on_pages = [
        ScoredField::open(indexes.pages, page_fields.body, &of_pages, 1.0)?,
        ScoredField::open(indexes.pages, page_fields.title, &of_pages, 1.0)?,
        ScoredField::open(indexes.links, link_fields.text, &of_links, LINK_WEIGHT)?,
        ScoredField::open(indexes.pages, page_fields.symbols, &of_pages, 1.0)?,
    ];
    let on_pieces = ScoredField::open(indexes.pieces, piece_fields.text, &of_pieces, 1.0)?;
    let [body, title, links, _] = &on_pages;
    // A term is a word or an identifier, never both.
    let on_a_page = body.most() + title.most() + links.most();
    let most = on_a_page.max(on_pieces.most());
    let mut writer = PostingsWriter::create(path, most)?;

    let mut streams = Vec::new();
    for field in on_pages.iter().chain([&on_pieces]) {
        streams.push(Terms::of(field)?);
    }
    let pages_of_pieces: Vec<u32> = (0u32..)
        .take(catalog.pages.len())
        .flat_map(|page| passages.of_page(page).map(move |_| page))
        .collect();
    let mut term = Vec::new();
    let mut pages = Vec::new();
    let mut pieces = Vec::new();
    let mut placed = Vec::new();
    while let Some(next) = streams.iter().filter_map(Terms::next).min() {
        next.clone_into(&mut term);
        pages.clear();
        pieces.clear();
        let mut documents = 0;
        for (number, (field, stream)) in on_pages.iter().zip(&streams).enumerate() {
            let found = field.score(stream.at(&term), &mut pages)?;
            if number == 0 {
                documents = found;
            }
        }
        on_pieces.score(streams[on_pages.len()].at(&term), &mut pieces)?;
        for stream in &mut streams {
            stream.pass(&term);
        }
        pieces.sort_unstable_by_key(|(piece, _)| *piece);
        placed.clear();
        for (piece, score) in &pieces {
            let page = pages_of_pieces[*piece as usize];
            // A page of more pieces than that is found by its other pieces and by its own text.
            let Ok(number) = u16::try_from(piece - passages.of_page(page).start) else {
                continue;
            };
            if placed.last().is_none_or(|(last, _, _)| *last != page) {
                pages.push((page, 0.0));
            }
            placed.push((page, number, *score));
        }
        add_up(&mut pages);
        if !pages.is_empty() {
            let rarity = body.rarity(documents);
            let documents = u32::try_from(documents).map_err(io::Error::other)?;
            writer.add(&term, &pages, &placed, documents, rarity)?;
        }
    }
    Ok(writer.finish()?)
}

/// Puts pages in order and adds up the scores of each.
fn add_up(pages: &mut Vec<(u32, Score)>) {
    pages.sort_unstable_by_key(|(page, _)| *page);
    pages.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}

/// What each document of an index is a part of.
fn targets(
    searcher: &Searcher,
    target: impl Fn(u64, u64) -> Option<u32>,
) -> tantivy::Result<Vec<u32>> {
    let mut targets = Vec::new();
    for reader in searcher.segment_readers() {
        let columns = reader.fast_fields();
        let ids = columns.u64("id")?.first_or_default_col(0);
        let ordinals = columns.column_opt::<u64>("ordinal")?;
        targets.extend((0..reader.max_doc()).map(|doc| {
            let ordinal = ordinals.as_ref().and_then(|column| column.first(doc));
            target(ids.get_val(doc), ordinal.unwrap_or_default()).unwrap_or(NOTHING)
        }));
    }
    Ok(targets)
}

/// The terms of a field in order, over all of its segments.
struct Terms<'a> {
    segments: Vec<Option<TermStreamer<'a>>>,
}

impl<'a> Terms<'a> {
    fn of(field: &'a ScoredField<'_>) -> tantivy::Result<Self> {
        let mut segments = Vec::new();
        for segment in &field.segments {
            let mut stream = segment.index.terms().stream()?;
            segments.push(stream.advance().then_some(stream));
        }
        Ok(Self { segments })
    }

    fn next(&self) -> Option<&[u8]> {
        self.segments.iter().flatten().map(TermStreamer::key).min()
    }

    /// Where a term stands, which none that is left comes before.
    fn at(&self, term: &[u8]) -> impl Iterator<Item = (usize, tantivy::postings::TermInfo)> {
        let streams = self.segments.iter().enumerate();
        streams.filter_map(move |(number, stream)| {
            let stream = stream.as_ref().filter(|stream| stream.key() == term)?;
            Some((number, stream.value().clone()))
        })
    }

    fn pass(&mut self, term: &[u8]) {
        for segment in &mut self.segments {
            if let Some(stream) = segment
                && stream.key() == term
                && !stream.advance()
            {
                *segment = None;
            }
        }
    }
}
