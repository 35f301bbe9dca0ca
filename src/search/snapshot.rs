//! One generation of the index, opened for reading.

use super::answer::{
    Answer, Entry, Hit, PageRef, Passage, Query, Relaxation, SetSummary, StoredPage,
};
use super::breadcrumbs::Breadcrumbs;
use super::build::reader;
use super::catalog::{Catalog, CatalogPage, CatalogSet, PageId};
use super::generation::Generation;
use super::listing::{by_links, entries, headlines, title};
use super::nearest::{nearest_titles, similar_paths};
use super::passages::Passages;
use super::postings::Postings;
use super::ranking::{Evidence, RankedPage, Scores, inbound_score};
use super::record::{PageRecord, decode};
use super::schema::{self, PageFields};
use super::spelling::respell;
use super::terms::{QueryParser, Terms};
use super::tokenizer::push_lower_case;
use crate::{
    config::{self, Generator},
    corpus::page_url,
};
use std::{
    collections::HashMap,
    io,
    sync::{Mutex, OnceLock},
};
use tantivy::{
    DocAddress, DocSet, Score, Searcher, TERMINATED, TantivyDocument, TantivyError, Term,
    schema::{Field, IndexRecordOption},
    tokenizer::Language,
};

/// Passages that an answer shows of one page.
const MAX_PASSAGES: usize = 2;
/// A second passage is shown only where it answers nearly as well as the first.
const SECOND_PASSAGE: f32 = 0.6;
/// The most pages that an answer has.
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
    breadcrumbs: Breadcrumbs,
    /// All pages, the most linked first; made when somebody asks for it.
    by_links: OnceLock<Vec<u32>>,
    /// Where each set is published, and by what.
    base_urls: Vec<Option<String>>,
    generators: Vec<Generator>,
    /// Pages by their addresses; made when somebody asks by one.
    urls: OnceLock<HashMap<String, usize>>,
    /// Pages by the words of their titles, for queries that are a title.
    titles: HashMap<String, Vec<u32>>,
    pages: Searcher,
    page_fields: PageFields,
    evidence: Evidence,
    parser: QueryParser,
    /// As many as there were searches at the same time.
    scratches: Mutex<Vec<Scratch>>,
}

/// The buffers of a search; they are worth keeping for the next one.
struct Scratch {
    parser: QueryParser,
    scores: Scores,
}

impl Snapshot {
    /// What is said of the sets, and where they are published, comes from the configuration of the moment,
    /// not from the index.
    pub(super) fn open(
        generation: &Generation,
        language: Language,
        sets: &[config::DocSet],
        generators: Vec<Generator>,
    ) -> tantivy::Result<Self> {
        let mut catalog = generation.catalog()?;
        catalog.sets = sets.iter().map(CatalogSet::of).collect();
        let page_fields = schema::pages().1;
        let pages = reader(&schema::open(&generation.pages(), language)?)?.searcher();
        let evidence = Evidence {
            postings: Postings::open(&generation.postings())?,
            passages: Passages::open(&generation.passages())?,
            inbound: catalog
                .pages
                .iter()
                .map(|page| inbound_score(page.inbound))
                .collect(),
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
            base_urls: sets.iter().map(|set| set.base_url.clone()).collect(),
            generators,
            urls: OnceLock::new(),
            summaries: summaries(&catalog, sets),
            breadcrumbs: Breadcrumbs::of_all(&catalog),
            by_links: OnceLock::new(),
            titles,
            pages,
            page_fields,
            evidence,
            parser: QueryParser::new(language),
            scratches: Mutex::default(),
            catalog,
        })
    }

    /// Ranks the pages for a query.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn search(&self, query: &Query) -> Result<Answer, SearchError> {
        let mut scratch = self.scratch();
        let answer = self.search_at(&mut scratch, query);
        if let Ok(mut scratches) = self.scratches.lock() {
            scratches.push(scratch);
        }
        Ok(answer?)
    }

    fn search_at(&self, scratch: &mut Scratch, query: &Query) -> tantivy::Result<Answer> {
        let set = match query.set.as_deref().map(|name| self.set_position(name)) {
            Some(None) => return Ok(self.nothing(&query.text)),
            Some(position) => position,
            None => None,
        };
        let Scratch { parser, scores } = scratch;
        let postings = &self.evidence.postings;
        let mut terms = parser.parse(&query.text, postings);
        let asked = terms.words.len() + terms.unknown.len();
        let respelled = respell(&mut terms, postings, |word| parser.stem(word));
        let under = query
            .under
            .as_deref()
            .map(|path| path.trim_start_matches('/'));
        let admit = |page: u32| {
            let page = &self.catalog.pages[page as usize];
            set.is_none_or(|set| page.set == set)
                && under.is_none_or(|under| page.path.starts_with(under))
        };
        // A query that is the title of a page asks for that page.
        let exact = self.titles.get(&title_key(&query.text));
        let limit = query.limit.clamp(1, MAX_LIMIT);
        let mut hits = Vec::with_capacity(limit);
        let mut rank = 0;
        let more = scores.rank(
            &terms,
            &self.evidence,
            exact.map_or(&[], Vec::as_slice),
            query.offset.saturating_add(limit),
            admit,
            |page, pieces| -> io::Result<()> {
                if rank >= query.offset {
                    hits.push(self.hit(page, pieces)?);
                }
                rank += 1;
                Ok(())
            },
        )?;
        if rank == 0 {
            return Ok(self.nothing(&query.text));
        }
        Ok(Answer {
            hits,
            more,
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
        let Some(address) = document_of(&self.pages, self.page_fields.id, page.id)? else {
            return Ok(None);
        };
        let document: TantivyDocument = self.pages.doc(address)?;
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

    /// All pages from a place on, the most linked ones first, sets taking turns.
    pub fn pages_by_links(&self, from: usize) -> impl ExactSizeIterator<Item = PageRef> + '_ {
        let order = self.by_links.get_or_init(|| by_links(&self.catalog));
        let rest = order.get(from..).unwrap_or_default();
        rest.iter()
            .map(|position| self.page_ref(&self.catalog.pages[*position as usize]))
    }

    /// Changes with every generation of the index; for ETags and cache keys.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    fn scratch(&self) -> Scratch {
        let kept = self
            .scratches
            .lock()
            .ok()
            .and_then(|mut scratches| scratches.pop());
        kept.unwrap_or_else(|| Scratch {
            parser: self.parser.clone(),
            scores: Scores::default(),
        })
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

    fn hit(&self, ranked: &RankedPage, scores: &[Score]) -> io::Result<Hit> {
        let passages = &self.evidence.passages;
        let numbers = passages.of_page(ranked.page);
        let pieces = best_pieces(scores);
        let best = pieces.first().map_or(0.0, |(score, _)| *score);
        let mut shown: Vec<Passage> = Vec::with_capacity(MAX_PASSAGES);
        for (score, piece) in pieces {
            let worth_showing = shown.is_empty() || (best > 0.0 && score >= SECOND_PASSAGE * best);
            if shown.len() == MAX_PASSAGES || !worth_showing {
                break;
            }
            let passage = passages.read_one(ranked.page, numbers.start + piece)?;
            if shown.iter().all(|other| other.section != passage.section) {
                shown.push(passage);
            }
        }
        Ok(Hit {
            page: self.page_ref(&self.catalog.pages[ranked.page as usize]),
            score: ranked.score,
            passages: shown,
        })
    }

    fn page_ref(&self, page: &CatalogPage) -> PageRef {
        PageRef {
            set: self.catalog.sets[page.set].name.clone(),
            path: page.path.clone(),
            title: page.title.clone(),
            breadcrumb: self.breadcrumbs.of(page),
            url: self.url(page),
        }
    }

    /// Where a page is published.
    fn url(&self, page: &CatalogPage) -> Option<String> {
        let base_url = self.base_urls.get(page.set)?.as_deref();
        let generator = self.generators.get(page.set).copied().unwrap_or_default();
        page_url(base_url, generator, &page.path, page.permalink.as_deref())
    }

    fn addresses(&self) -> HashMap<String, usize> {
        let mut urls = HashMap::new();
        for (position, page) in self.catalog.pages.iter().enumerate() {
            if let Some(url) = self.url(page) {
                let url = url.trim_end_matches('/').to_owned();
                urls.entry(url).or_insert(position);
            }
        }
        urls
    }

    fn position(&self, id: &str) -> Option<usize> {
        let id = id.trim().split('#').next().unwrap_or_default();
        if id.starts_with("http://") || id.starts_with("https://") {
            let urls = self.urls.get_or_init(|| self.addresses());
            return urls.get(id.trim_end_matches('/')).copied();
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

/// The pieces of a page that score best, with their scores, best first. Of equal ones the
/// earlier goes first: a page without a matching piece shows its beginning.
fn best_pieces(scores: &[Score]) -> Vec<(Score, u32)> {
    const LOOKED_AT: usize = 2 * MAX_PASSAGES;
    let mut best: Vec<(Score, u32)> = Vec::with_capacity(LOOKED_AT + 1);
    for (piece, score) in (0u32..).zip(scores) {
        if best.len() < LOOKED_AT || best.last().is_some_and(|(last, _)| score > last) {
            let place = best.partition_point(|(other, _)| other >= score);
            best.insert(place, (*score, piece));
            best.truncate(LOOKED_AT);
        }
    }
    best
}

/// The document of a page in the index of pages.
fn document_of(
    searcher: &Searcher,
    field: Field,
    page: PageId,
) -> tantivy::Result<Option<DocAddress>> {
    let term = Term::from_field_u64(field, page);
    for (segment, reader) in (0u32..).zip(searcher.segment_readers()) {
        let index = reader.inverted_index(field)?;
        let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        while postings.doc() != TERMINATED {
            if !reader.is_deleted(postings.doc()) {
                return Ok(Some(DocAddress::new(segment, postings.doc())));
            }
            postings.advance();
        }
    }
    Ok(None)
}

fn relaxation(asked: usize, terms: Terms, respelled: Vec<(String, String)>) -> Relaxation {
    let unknown = terms.unknown.len();
    let all_guessed = unknown > 0 && unknown + respelled.len() >= asked;
    if unknown * 2 > asked || all_guessed {
        Relaxation::NoGoodMatch
    } else if !respelled.is_empty() {
        Relaxation::Fuzzy {
            replaced: respelled,
            dropped: terms.unknown,
        }
    } else if !terms.unknown.is_empty() {
        Relaxation::Dropped(terms.unknown)
    } else {
        Relaxation::None
    }
}

fn summaries(catalog: &Catalog, sets: &[config::DocSet]) -> Vec<SetSummary> {
    sets.iter()
        .enumerate()
        .map(|(position, set)| {
            let pages = catalog.below(position, "");
            SetSummary {
                name: set.name.clone(),
                description: set.description.clone(),
                topics: set.topics.clone(),
                pages: pages.len(),
                sections: pages.iter().map(|page| page.sections).sum(),
                title: title(catalog, position).map(ToOwned::to_owned),
                headlines: headlines(catalog, position),
            }
        })
        .collect()
}

/// Titles are the same where their letters, digits and signs are, but for case and spaces.
fn title_key(title: &str) -> String {
    let mut key = String::with_capacity(title.len() + 1);
    for word in title.split_whitespace() {
        push_lower_case(word, &mut key);
        key.push(' ');
    }
    key
}
