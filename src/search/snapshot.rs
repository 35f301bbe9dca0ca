//! One generation of the index, opened for reading.

use super::answer::{
    Answer, Entry, Hit, PageRef, Passage, Query, Relaxation, SetSummary, StoredPage,
};
use super::build::reader;
use super::catalog::{Catalog, CatalogPage, PageId};
use super::generation::Generation;
use super::listing::{breadcrumb, entries, topics};
use super::nearest::{nearest_titles, similar_paths};
use super::ranking::{Fields, Match, Ranked, RankedPage, rank};
use super::record::{PageRecord, PassageRecord, decode};
use super::schema::{self, PageFields, PieceFields};
use super::spelling::respell;
use super::terms::{QueryParser, Terms};
use std::collections::HashMap;
use tantivy::{
    DocAddress, DocSet, TERMINATED, TantivyDocument, TantivyError, Term,
    schema::{Field, IndexRecordOption},
    tokenizer::Language,
};

/// Passages that an answer shows of one page.
const MAX_PASSAGES: usize = 2;
/// A second passage is shown only where it answers nearly as well as the first.
const SECOND_PASSAGE: f32 = 0.6;
/// More pages than these nobody reads.
const MAX_LIMIT: usize = 50;

/// Why the index did not answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index on disk is damaged or gone.
    #[error("the index cannot be read")]
    Index(#[from] TantivyError),
}

/// One generation of the index: cheap to share, never changes, safe to use from many threads.
///
/// All methods are synchronous; a search takes less than a millisecond on a few thousand pages.
pub struct Snapshot {
    generation: u64,
    catalog: Catalog,
    summaries: Vec<SetSummary>,
    /// Pages by the words of their titles, for queries that are a title.
    titles: HashMap<String, Vec<u32>>,
    pages: Ranked,
    pieces: Ranked,
    links: Ranked,
    page_fields: PageFields,
    piece_fields: PieceFields,
    fields: Fields,
    parser: QueryParser,
}

impl Snapshot {
    pub(super) fn open(generation: &Generation, language: Language) -> tantivy::Result<Self> {
        let catalog = generation.catalog()?;
        let positions = catalog.positions();
        let page_fields = schema::pages().1;
        let piece_fields = schema::pieces().1;
        let link_fields = schema::links().1;
        let open = |folder: &std::path::Path| {
            let index = schema::open(folder, language)?;
            Ranked::open(reader(&index)?.searcher(), &positions)
        };
        let mut titles: HashMap<String, Vec<u32>> = HashMap::new();
        for (position, page) in (0u32..).zip(&catalog.pages) {
            titles
                .entry(title_key(&page.title))
                .or_default()
                .push(position);
        }
        Ok(Self {
            generation: generation.number,
            summaries: summaries(&catalog),
            titles,
            pages: open(&generation.pages())?,
            pieces: open(&generation.pieces())?,
            links: open(&generation.links())?,
            page_fields,
            piece_fields,
            fields: Fields {
                title: page_fields.title,
                body: page_fields.body,
                symbols: page_fields.symbols,
                piece: piece_fields.text,
                link: link_fields.text,
            },
            parser: QueryParser::new(language),
            catalog,
        })
    }

    /// Ranks the pages for a query.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn search(&self, query: &Query) -> Result<Answer, SearchError> {
        // Analyzers keep a buffer of their own, so each search has its copy.
        let mut parser = self.parser.clone();
        let fields = [self.fields.body, self.fields.title];
        let searcher = &self.pages.searcher;
        let mut terms = parser.parse(&query.text, searcher, fields)?;
        let asked = terms.words.len() + terms.unknown.len();
        let respelled = respell(&mut terms, searcher, fields, |word| parser.stem(word))?;
        let set = match &query.set {
            Some(name) => match self.set_position(name) {
                Some(position) => Some(position),
                None => return Ok(self.nothing(&query.text)),
            },
            None => None,
        };
        let under = query
            .under
            .as_deref()
            .map(|path| path.trim_start_matches('/'));
        let admit = |page: u32| {
            let page = &self.catalog.pages[page as usize];
            set.is_none_or(|set| page.set == set)
                && under.is_none_or(|under| page.path.starts_with(under))
        };
        let inbound = |page: u32| self.catalog.pages[page as usize].inbound;
        let indexes = [&self.pages, &self.pieces, &self.links];
        let mut ranking = rank(&terms, &self.fields, indexes, inbound, &admit)?;
        self.exact_titles_first(&query.text, &mut ranking, &admit);
        if ranking.is_empty() {
            return Ok(self.nothing(&query.text));
        }
        let limit = query.limit.clamp(1, MAX_LIMIT);
        let hits = ranking
            .iter()
            .skip(query.offset)
            .take(limit)
            .map(|page| self.hit(page))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Answer {
            hits,
            more: ranking.len() > query.offset.saturating_add(limit),
            relaxation: relaxation(asked, terms, respelled),
            nearest: Vec::new(),
        })
    }

    /// The whole page that an id names: `set/path`, a path alone where it is unambiguous, or a
    /// page's URL; a fragment (`#anchor`) is passed over. `None` where there is no such page.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn page(&self, id: &str) -> Result<Option<StoredPage>, SearchError> {
        let Some(position) = self.position(id) else {
            return Ok(None);
        };
        let page = &self.catalog.pages[position];
        let Some(address) = self.pages.first(self.page_fields.id, page.id)? else {
            return Ok(None);
        };
        let document: TantivyDocument = self.pages.searcher.doc(address)?;
        let record: PageRecord<'static> = decode(&document, self.page_fields.stored)?;
        Ok(Some(StoredPage {
            page: self.page_ref(page),
            description: record.description.map(Into::into),
            sections: record.sections.into_owned(),
        }))
    }

    /// Pages whose ids are nearest to one that does not exist, best first, at most five.
    pub fn similar(&self, id: &str) -> Vec<PageRef> {
        let found = similar_paths(&self.catalog, id);
        found.into_iter().map(|page| self.page_ref(page)).collect()
    }

    /// What stands directly in a folder: `None` where there is no such folder. The empty path
    /// is the root of the set. Folders first, each in the order of their paths.
    pub fn folder(&self, set: &str, path: &str) -> Option<Vec<Entry>> {
        let set = self.set_position(set)?;
        entries(&self.catalog, set, path.trim_matches('/'), |page| {
            self.page_ref(page)
        })
    }

    /// The document sets, in the order of the configuration.
    pub fn sets(&self) -> &[SetSummary] {
        &self.summaries
    }

    /// All pages, in the order of sets and paths.
    pub fn pages(&self) -> impl ExactSizeIterator<Item = PageRef> + '_ {
        self.catalog.pages.iter().map(|page| self.page_ref(page))
    }

    /// Changes with every generation of the index; for ETags and cache keys.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    fn set_position(&self, name: &str) -> Option<usize> {
        self.catalog.sets.iter().position(|set| set.name == name)
    }

    fn nothing(&self, text: &str) -> Answer {
        let nearest = nearest_titles(&self.catalog, text);
        Answer {
            hits: Vec::new(),
            relaxation: Relaxation::NoGoodMatch,
            more: false,
            nearest: nearest
                .into_iter()
                .map(|page| self.page_ref(page))
                .collect(),
        }
    }

    /// Who types a page's title wants that page.
    fn exact_titles_first(
        &self,
        text: &str,
        ranking: &mut [RankedPage],
        admit: &dyn Fn(u32) -> bool,
    ) {
        let Some(exact) = self.titles.get(&title_key(text)) else {
            return;
        };
        if exact.iter().any(|page| admit(*page)) {
            ranking.sort_by_key(|page| !exact.contains(&page.page));
        }
    }

    fn hit(&self, ranked: &RankedPage) -> tantivy::Result<Hit> {
        let page = &self.catalog.pages[ranked.page as usize];
        let mut passages: Vec<Passage> = Vec::with_capacity(MAX_PASSAGES);
        let best = ranked.pieces.first().map_or(0.0, |piece| piece.score);
        for piece in ranked.pieces.iter().take(2 * MAX_PASSAGES) {
            if passages.len() == MAX_PASSAGES || piece.score < SECOND_PASSAGE * best {
                break;
            }
            let passage = self.passage(piece.address())?;
            if passages
                .iter()
                .all(|other| other.section != passage.section)
            {
                passages.push(passage);
            }
        }
        if passages.is_empty()
            && let Some(first) = self.pieces.first(self.piece_fields.id, page.id)?
        {
            passages.push(self.passage(first)?);
        }
        Ok(Hit {
            page: self.page_ref(page),
            score: ranked.score,
            passages,
        })
    }

    fn passage(&self, address: DocAddress) -> tantivy::Result<Passage> {
        let document: TantivyDocument = self.pieces.searcher.doc(address)?;
        let record: PassageRecord = decode(&document, self.piece_fields.stored)?;
        Ok(Passage {
            section: record.section,
            headings: record.headings,
            anchor: record.anchor,
            markdown: record.markdown,
            partial: record.partial,
        })
    }

    fn page_ref(&self, page: &CatalogPage) -> PageRef {
        PageRef {
            set: self.catalog.sets[page.set].name.clone(),
            path: page.path.clone(),
            title: page.title.clone(),
            breadcrumb: breadcrumb(&self.catalog, page),
            url: page.url.clone(),
        }
    }

    fn position(&self, id: &str) -> Option<usize> {
        let id = id.trim().split('#').next().unwrap_or_default();
        if id.starts_with("http://") || id.starts_with("https://") {
            let same = |url: &str| url.trim_end_matches('/') == id.trim_end_matches('/');
            return self
                .catalog
                .pages
                .iter()
                .position(|page| page.url.as_deref().is_some_and(same));
        }
        let id = id.trim_start_matches('/');
        let in_set = id.split_once('/').and_then(|(set, path)| {
            let set = self.set_position(set)?;
            self.catalog.find(set, path)
        });
        in_set.or_else(|| {
            let mut found =
                (0..self.catalog.sets.len()).filter_map(|set| self.catalog.find(set, id));
            let only = found.next();
            only.filter(|_| found.next().is_none())
        })
    }
}

impl Match {
    fn address(&self) -> DocAddress {
        DocAddress::new(self.segment, self.doc)
    }
}

impl Ranked {
    fn open(
        searcher: tantivy::Searcher,
        positions: &HashMap<PageId, u32>,
    ) -> tantivy::Result<Self> {
        let mut pages = Vec::new();
        for reader in searcher.segment_readers() {
            let ids = reader.fast_fields().u64("id")?.first_or_default_col(0);
            let of = |doc| positions.get(&ids.get_val(doc)).copied();
            // Deleted documents have no page; they are never looked up.
            pages.push(
                (0..reader.max_doc())
                    .map(|doc| of(doc).unwrap_or(u32::MAX))
                    .collect(),
            );
        }
        Ok(Self { searcher, pages })
    }

    /// The first document of a page.
    fn first(&self, field: Field, page: PageId) -> tantivy::Result<Option<DocAddress>> {
        let term = Term::from_field_u64(field, page);
        for (segment, reader) in (0u32..).zip(self.searcher.segment_readers()) {
            let index = reader.inverted_index(field)?;
            let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            let mut doc = postings.doc();
            while doc != TERMINATED && reader.is_deleted(doc) {
                doc = postings.advance();
            }
            if doc != TERMINATED {
                return Ok(Some(DocAddress::new(segment, doc)));
            }
        }
        Ok(None)
    }
}

fn relaxation(asked: usize, terms: Terms, respelled: Vec<(String, String)>) -> Relaxation {
    let unknown = terms.unknown.len();
    let all_guessed = unknown > 0 && unknown + respelled.len() >= asked;
    if unknown * 2 > asked || all_guessed {
        Relaxation::NoGoodMatch
    } else if !respelled.is_empty() {
        Relaxation::Fuzzy(respelled)
    } else if !terms.unknown.is_empty() {
        Relaxation::Dropped(terms.unknown)
    } else {
        Relaxation::None
    }
}

fn summaries(catalog: &Catalog) -> Vec<SetSummary> {
    catalog
        .sets
        .iter()
        .enumerate()
        .map(|(position, set)| {
            let pages = catalog.below(position, "");
            SetSummary {
                name: set.name.clone(),
                description: set.description.clone(),
                pages: pages.len(),
                sections: pages.iter().map(|page| page.sections).sum(),
                topics: topics(catalog, position),
            }
        })
        .collect()
}

/// Titles are the same where their letters, digits and signs are, but for case and spaces.
fn title_key(title: &str) -> String {
    title
        .split_whitespace()
        .flat_map(|word| word.chars().flat_map(char::to_lowercase).chain([' ']))
        .collect()
}
