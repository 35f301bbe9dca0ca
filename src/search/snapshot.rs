//! One generation of the index, opened for reading.

use super::answer::{
    Answer, Entry, FoundSkill, Hit, Listing, MAX_QUERY_CHARS, Others, PageRef, Query, Related,
    Relaxation, SetSummary, StoredPage,
};
use super::best::Tier;
use super::boosts::Boosts;
use super::breadcrumbs::Breadcrumbs;
use super::editions::PageEditions;
use super::folders::{folder_name, index_page, title_of};
use super::groups::{Group, Groups};
use super::listing::{by_links, entries, headlines, pages_in, title};
use super::names_of_pages::NamesOfPages;
use super::nearest::{nearest_titles, similar_paths};
use super::order::Order;
use super::passages::{Asked, Length, passages};
use super::pieces::PieceScores;
use super::ranking::Scores;
use super::related::related;
use super::scope::{Filter, Scope};
use super::segment::damaged;
use super::spelling::respell;
use super::spoken::runs;
use super::target::folder_of;
use super::terms::{QueryParser, Terms, first_term};
use super::titles::{title_hash, title_key};
use super::view::View;
use super::wanted::Wanted;
use crate::{
    config,
    corpus::{self, Editions, PrivatePaths, Site, Stamp, page_url},
};
use std::{
    collections::{HashMap, HashSet},
    io,
    ops::Range,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// Folders whose pages are remembered in their order; beyond that, all are forgotten. A folder has 2,000 at the most.
const MAX_FOLDERS: usize = 256;
/// Copies and versions of a page that are named with it.
const MAX_OTHERS: usize = 4;
/// The most pages that an answer has.
const MAX_LIMIT: usize = 50;
/// The file that makes a folder a skill.
const SKILL: &str = "SKILL.md";
/// More skills are passed over.
const MAX_SKILLS: usize = 64;

/// Words that are looked for in other versions, and pages with each.
const MAX_ELSEWHERE: usize = 8;
const MAX_ELSEWHERE_PAGES: usize = 1_000;

/// Why the index did not answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index on disk is damaged or gone.
    #[error("the index cannot be read")]
    Index(#[from] io::Error),
}

/// Pages of folders, by the set and the folder.
type PagesIn = HashMap<(u32, String), Arc<[u32]>>;

/// One generation of the index: cheap to share, never changes, safe to use from many threads.
///
/// All methods are synchronous; a search takes less than a millisecond on a few thousand pages.
pub struct Snapshot {
    generation: u64,
    pub(super) view: View,
    pub(super) sets: Vec<config::DocSet>,
    sites: Vec<Site>,
    outlines: Vec<Vec<String>>,
    /// What of the sets' folders is not read.
    private: PrivatePaths,
    /// Of each set; made when somebody asks for it.
    orders: Vec<OnceLock<Order>>,
    summaries: OnceLock<Vec<SetSummary>>,
    breadcrumbs: Breadcrumbs,
    groups: Groups,
    /// Versions and languages of pages; found out when somebody asks.
    editions: OnceLock<PageEditions>,
    boosts: OnceLock<Boosts>,
    /// All pages, the most linked first; made when somebody asks for it.
    by_links: OnceLock<Vec<u32>>,
    /// Pages by their addresses, hashed; made when somebody asks by one.
    pub(super) urls: OnceLock<Vec<(u64, u32)>>,
    /// The pages of each set by what links call them; made when somebody asks by such a name.
    pub(super) names: Vec<OnceLock<NamesOfPages>>,
    parser: QueryParser,
    /// Pages of the folders that were asked for, each in its order.
    pages_in: Mutex<PagesIn>,
    /// As many as there were searches at the same time.
    scratches: Mutex<Vec<Scores>>,
}

impl Snapshot {
    /// What is said of the sets, and where they are published, comes from the configuration of the moment,
    /// not from the index.
    pub(super) fn open(
        generation: u64,
        view: View,
        parser: QueryParser,
        sets: &[config::DocSet],
        sites: Vec<Site>,
        outlines: Vec<Vec<String>>,
        private: &PrivatePaths,
    ) -> Self {
        Self {
            generation,
            view,
            sets: sets.to_vec(),
            sites,
            outlines,
            private: private.clone(),
            orders: sets.iter().map(|_| OnceLock::new()).collect(),
            summaries: OnceLock::new(),
            breadcrumbs: Breadcrumbs::default(),
            groups: Groups::default(),
            editions: OnceLock::new(),
            boosts: OnceLock::new(),
            by_links: OnceLock::new(),
            urls: OnceLock::new(),
            names: sets.iter().map(|_| OnceLock::new()).collect(),
            parser,
            pages_in: Mutex::default(),
            scratches: Mutex::default(),
        }
    }

    /// Ranks the pages for a query.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn search(&self, query: &Query) -> Result<Answer, SearchError> {
        let mut scores = self.scores();
        let answer = self.search_at(&mut scores, query);
        if let Ok(mut scratches) = self.scratches.lock() {
            scratches.push(scores);
        }
        Ok(answer?)
    }

    fn search_at(&self, scores: &mut Scores, query: &Query) -> io::Result<Answer> {
        let set = match query.set.as_deref().map(|name| self.set_position(name)) {
            Some(None) => return Ok(self.nothing(&query.text, Vec::new())),
            Some(position) => position,
            None => None,
        };
        let under = query.under.as_deref().unwrap_or_default();
        let filter = self.filter(set, under.trim_start_matches('/'));
        let (editions, sets) = (self.editions(), self.range(set));
        let filter = editions.narrow(&self.view, &self.sets, sets.clone(), filter, query);
        let scope = Scope {
            view: &self.view,
            filter: filter.as_deref(),
        };
        let mut terms = self.parser.parse(&query.text, scope);
        // A version that is asked for need not stand in its pages.
        if !terms.unknown.is_empty()
            && let Some(text) = editions.without_versions(sets, &query.text)
        {
            terms = self.parser.parse(&text, scope);
        }
        let asked = terms.asked() + terms.symbols.len();
        let reduction = terms.reduction;
        let respelled = respell(&mut terms, scope, |word| first_term(word, reduction));
        // A query that is the title of a page asks for that page.
        let exact = self.titled(&query.text);
        let limit = query.limit.clamp(1, MAX_LIMIT);
        let wanted = query.offset.saturating_add(limit);
        let worth = self.boosts().worth(query, editions);
        let mut ranking = scores.rank(&terms, &self.view, &exact, wanted, scope.filter, worth)?;
        let (groups, more) =
            self.groups
                .of(&self.view, editions, &mut ranking, wanted, scope.filter);
        let is_of_part = scope.filter.is_some();
        let elsewhere = match scope.filter {
            Some(filter) => self.elsewhere(filter, query, self.range(set), &terms),
            None => Vec::new(),
        };
        if groups.is_empty() {
            return Ok(Answer {
                is_of_part,
                elsewhere,
                ..self.nothing(&query.text, runs(&query.text, terms.unknown))
            });
        }
        let wanted = Wanted::of(&query.text, scope, &terms.meant, |word| {
            first_term(word, reduction)
        });
        let mut hits = Vec::with_capacity(limit);
        for (rank, group) in groups.iter().enumerate().skip(query.offset) {
            let pieces = ranking.pieces(group.page.page);
            let length = Length::of(rank, query.long);
            let mut hit = self.hit(group, pieces, &wanted, length)?;
            // Where a name is all of the question and is defined somewhere, what has not even the name is named.
            let first = groups.first().map(|group| group.page.tier);
            let is_defined = terms.only_name && first >= Some(Tier::DefinesName);
            hit.aside = is_defined && group.page.tier == Tier::Any;
            hits.push(hit);
        }
        let defined = groups
            .first()
            .is_some_and(|group| !terms.symbols.is_empty() && group.page.tier >= Tier::DefinesName);
        let (relaxation, unknown) = relaxation(&query.text, asked, terms, respelled, defined);
        Ok(Answer {
            hits,
            unknown,
            is_of_part,
            elsewhere,
            more,
            relaxation,
            nearest: Vec::new(),
        })
    }

    /// Versions that a query does not go through, and have words of it that no page has that may answer.
    fn elsewhere(
        &self,
        filter: &Filter,
        query: &Query,
        sets: Range<u32>,
        terms: &Terms,
    ) -> Vec<String> {
        let of_any = |version: &String| version.eq_ignore_ascii_case("all");
        if query.version.as_ref().is_some_and(of_any) || query.language.is_some() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for word in terms.unknown.iter().take(MAX_ELSEWHERE) {
            let Some(term) = self.view.find(&first_term(word, terms.reduction)) else {
                continue;
            };
            let lists = self.view.postings(term).unwrap_or_default();
            let pages = lists.iter().flat_map(|(position, postings)| {
                let live = self.view.segments().get(*position);
                let pages = live.into_iter().flat_map(|live| {
                    let pages = postings.pages.iter().chain(postings.titles.iter());
                    let left = pages.filter(|(page, _)| !live.gone.contains(*page));
                    left.map(|(page, _)| live.first + page)
                });
                pages.take(MAX_ELSEWHERE_PAGES)
            });
            for page in pages {
                let Some((set, _)) = self.view.key(page).filter(|(set, _)| sets.contains(set))
                else {
                    continue;
                };
                if filter.lets_through(&self.view, page) {
                    continue;
                }
                let (version, _) = self.editions().names(set, page);
                if let Some(version) = version.filter(|version| !found.contains(version)) {
                    found.push(version);
                }
            }
        }
        found.sort();
        found
    }

    /// Pages that may answer; `None`: any.
    fn filter(&self, set: Option<u32>, under: &str) -> Option<Filter> {
        if set.is_none() && under.is_empty() {
            return None;
        }
        Some(Filter::of(&self.view, self.range(set), under))
    }

    /// The positions of one set, or of all.
    fn range(&self, set: Option<u32>) -> Range<u32> {
        match set {
            None => 0..u32::try_from(self.sets.len()).unwrap_or(u32::MAX),
            Some(set) => set..set + 1,
        }
    }

    /// Whether sets that a query is for hold several versions, and none of them the one that it names.
    pub fn lacks_version(&self, query: &Query) -> bool {
        let lacks = |name: &String| self.editions().lacks_version(self.asked(query), name);
        query.version.as_ref().is_some_and(lacks)
    }

    /// Whether none of these sets has a page in the language that it names.
    pub fn lacks_language(&self, query: &Query) -> bool {
        let lacks = |name: &String| self.editions().lacks_language(self.asked(query), name);
        query.language.as_ref().is_some_and(lacks)
    }

    fn asked(&self, query: &Query) -> Range<u32> {
        let set = query.set.as_deref().map(|name| self.set_position(name));
        set.map_or_else(
            || self.range(None),
            |set| set.map_or(0..0, |set| set..set + 1),
        )
    }

    fn editions(&self) -> &PageEditions {
        let of = || PageEditions::of(&self.view, &self.sets, &self.sites, &self.private);
        self.editions.get_or_init(of)
    }

    fn boosts(&self) -> &Boosts {
        let of = || Boosts::of(&self.view, &self.sets, self.editions());
        self.boosts.get_or_init(of)
    }

    /// How many pages a query may be answered with, by its set and the start of their paths.
    pub fn pages_under(&self, set: Option<&str>, under: &str) -> usize {
        let position = match set.map(|name| self.set_position(name)) {
            Some(None) => return 0,
            Some(position) => position,
            None => None,
        };
        let filter = self.filter(position, under.trim_start_matches('/'));
        filter.map_or_else(|| self.page_count(), |filter| filter.page_count(&self.view))
    }

    /// Pages with this title, in the order of their numbers.
    fn titled(&self, text: &str) -> Vec<u32> {
        if text.len() > 4 * MAX_QUERY_CHARS {
            return Vec::new();
        }
        let key = title_key(text);
        let hash = title_hash(&key);
        let mut pages = Vec::new();
        for live in self.view.segments() {
            pages.extend(live.segment.titled(hash).filter_map(|page| {
                let entry = live.segment.page(page)?;
                let head = live.segment.head(&entry)?;
                (title_key(head.title) == key).then_some(live.first + page)
            }));
        }
        pages
    }

    /// The whole page that an id names: `set/path`, a path alone where it is unambiguous, or a
    /// page's URL; a fragment (`#anchor`) is passed over. `None` where there is no such page.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn page(&self, id: &str) -> Result<Option<StoredPage>, SearchError> {
        let Some(number) = self.number(id) else {
            return Ok(None);
        };
        let stored = || {
            let (segment, entry, head) = self.view.page(number)?;
            Some(StoredPage {
                page: self.page_ref(number)?,
                description: head.description.map(str::to_owned),
                sections: segment.sections(&entry)?,
            })
        };
        Ok(Some(stored().ok_or_else(|| damaged("a page"))?))
    }

    /// Whether a set has a page with this path.
    pub fn has_page(&self, set: &str, path: &str) -> bool {
        let set = self.set_position(set);
        set.is_some_and(|set| self.view.find_page(set, path).is_some())
    }

    /// Pages of a set that stand in a folder or below it, `""` being its root.
    pub fn count_below(&self, set: &str, folder: &str) -> usize {
        let folder = match folder.trim_matches('/') {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let set = self.set_position(set);
        set.map_or(0, |set| self.view.count_below(set, &folder))
    }

    /// The page that an id names, as for [`Self::page`], without its text.
    pub fn named(&self, id: &str) -> Option<PageRef> {
        self.page_ref(self.number(id)?)
    }

    /// One or two sentences about a page, where its source has them.
    pub fn description(&self, page: &PageRef) -> Option<&str> {
        let number = self.found(page)?;
        self.view.page(number)?.2.description
    }

    /// What the file that a page was read from was like then.
    pub fn stamp(&self, page: &PageRef) -> Option<Stamp> {
        let (segment, entry, _) = self.view.page(self.found(page)?)?;
        Some(segment.file(entry.file)?.stamp)
    }

    /// Where a set is published, as configured.
    pub fn base_url(&self, set: &str) -> Option<&str> {
        let set = self.sets.get(self.set_position(set)? as usize)?;
        set.base_url.as_deref()
    }

    fn found(&self, page: &PageRef) -> Option<u32> {
        self.view
            .find_page(self.set_position(&page.set)?, &page.path)
    }

    /// Pages whose ids are nearest to one that does not exist, best first, at most five.
    pub fn similar(&self, id: &str) -> Vec<PageRef> {
        let found = similar_paths(&self.view, id);
        found
            .into_iter()
            .filter_map(|page| self.page_ref(page))
            .collect()
    }

    /// Some of what stands directly in a folder: `None` where there is no such folder. The empty path
    /// is the root of the set. In the order of the set's own site, as far as its files tell it.
    pub fn listing(&self, set: &str, path: &str, range: Range<usize>) -> Option<Listing> {
        let set = self.set_position(set)?;
        let path = path.trim_matches('/');
        let page_ref = |page| self.page_ref(page);
        entries(&self.view, self.order(set)?, set, path, range, page_ref)
    }

    /// All that stands directly in a folder, as [`Self::listing`] has it.
    pub fn folder(&self, set: &str, path: &str) -> Option<Vec<Entry>> {
        let listing = self.listing(set, path, 0..usize::MAX)?;
        Some(listing.entries)
    }

    /// The pages that stand around one in its folder, with that one: as many before and after it. None where the folder has
    /// very many.
    pub fn beside(&self, page: &PageRef, around: usize) -> Vec<PageRef> {
        let beside = || {
            let set = self.set_position(&page.set)?;
            let number = self.view.find_page(set, &page.path)?;
            let pages = self.pages_in(set, folder_of(&page.path))?;
            let at = pages.iter().position(|other| *other == number)?;
            let shown = pages.iter().skip(at.saturating_sub(around));
            let shown = shown.take(around + 1 + at.min(around));
            Some(shown.filter_map(|page| self.page_ref(*page)).collect())
        };
        beside().unwrap_or_default()
    }

    /// What a folder is called: as the page that stands for it, else its name in words.
    pub fn folder_title(&self, set: &str, path: &str) -> String {
        let folder = format!("{}/", path.trim_matches('/'));
        let set = self.set_position(set);
        let index = set.and_then(|set| index_page(&self.view, set, &folder));
        index
            .and_then(|page| title_of(&self.view, page))
            .unwrap_or_else(|| folder_name(&folder))
    }

    /// What to read beside a page; `None` where there is no such page, see [`Self::page`].
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn related(&self, id: &str) -> Result<Option<Related>, SearchError> {
        let Some(number) = self.number(id) else {
            return Ok(None);
        };
        let related = || {
            let (_, entry, head) = self.view.page(number)?;
            let page_ref = |page| self.page_ref(page);
            let pages_in = |folder: &str| self.pages_in(entry.set, folder).unwrap_or_default();
            let target = |link: &str| self.link(entry.set, head.path, link);
            related(
                &self.view,
                self.order(entry.set)?,
                number,
                target,
                pages_in,
                page_ref,
            )
        };
        Ok(Some(related().ok_or_else(|| damaged("a page"))?))
    }

    /// The document sets, in the order of the configuration.
    pub fn sets(&self) -> &[SetSummary] {
        self.summaries.get_or_init(|| {
            let sets = (0u32..).zip(&self.sets);
            sets.map(|(position, set)| self.summary(position, set))
                .collect()
        })
    }

    /// The skills of all sets, read from their folders: where there is a page `SKILL.md`.
    pub fn skills(&self) -> Vec<FoundSkill> {
        let entries = self.view.all().filter_map(|page| {
            let (_, entry, head) = self.view.page(page)?;
            let folder = head.path.strip_suffix(SKILL)?;
            let is_whole_name = folder.is_empty() || folder.ends_with('/');
            is_whole_name.then_some((entry.set, folder.trim_end_matches('/')))
        });
        let found = entries.take(MAX_SKILLS).filter_map(|(set, folder)| {
            let set = self.sets.get(set as usize)?;
            Some(FoundSkill {
                set: set.name.clone(),
                folder: folder.to_owned(),
                skill: corpus::skill(set, &self.private, folder)?,
            })
        });
        found.collect()
    }

    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        self.view.page_count()
    }

    /// All pages, in the order of sets and paths.
    pub fn pages(&self) -> impl Iterator<Item = PageRef> + '_ {
        self.view.all().filter_map(|page| self.page_ref(page))
    }

    /// The paths of all pages, in the order of sets and paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> + '_ {
        let head = |page| self.view.page(page).map(|(_, _, head)| head.path);
        self.view.all().filter_map(head)
    }

    /// All pages from a place on, the most linked ones first, sets taking turns.
    pub fn pages_by_links(&self, from: usize) -> impl Iterator<Item = PageRef> + '_ {
        let order = self.by_links.get_or_init(|| by_links(&self.view));
        let rest = order.get(from..).unwrap_or_default();
        rest.iter().filter_map(|page| self.page_ref(*page))
    }

    /// The same of one set.
    pub fn pages_of_by_links(&self, set: &str) -> impl Iterator<Item = PageRef> + '_ {
        let order = self.by_links.get_or_init(|| by_links(&self.view));
        let set = self.set_position(set);
        let is_of_set = move |page: &&u32| {
            let entry = self.view.page(**page).map(|(_, entry, _)| entry.set);
            entry.is_some() && entry == set
        };
        let pages = order.iter().filter(is_of_set);
        pages.filter_map(|page| self.page_ref(*page))
    }

    /// Sets and paths of the pages that are published nowhere else, in the order of sets and paths.
    pub fn unpublished(&self) -> impl Iterator<Item = (&str, &str)> + '_ {
        let unpublished = |page: u32| {
            let (_, entry, head) = self.view.page(page)?;
            let set = self.sets.get(entry.set as usize)?;
            let is_published = set.base_url.is_some() || self.url(page).is_some();
            (!is_published).then_some((set.name.as_str(), head.path))
        };
        self.view.all().filter_map(unpublished)
    }

    /// Changes with every generation of the index; for ETags and cache keys.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    fn scores(&self) -> Scores {
        let kept = self
            .scratches
            .lock()
            .ok()
            .and_then(|mut scratches| scratches.pop());
        kept.unwrap_or_default()
    }

    fn order(&self, set: u32) -> Option<&Order> {
        let order = self.orders.get(set as usize)?;
        let outline = self.outlines.get(set as usize);
        let outline = outline.map(Vec::as_slice).unwrap_or_default();
        Some(order.get_or_init(|| Order::of(&self.view, set, outline)))
    }

    /// The pages that stand directly in a folder, in their order: put in order once, as whoever reads one page asks for
    /// the next.
    fn pages_in(&self, set: u32, folder: &str) -> Option<Arc<[u32]>> {
        let key = (set, folder.to_owned());
        let known = || self.pages_in.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pages) = known().get(&key) {
            return Some(Arc::clone(pages));
        }
        let pages: Arc<[u32]> = pages_in(&self.view, self.order(set)?, set, folder).into();
        let mut known = known();
        if known.len() >= MAX_FOLDERS {
            known.clear();
        }
        known.insert(key, Arc::clone(&pages));
        Some(pages)
    }

    pub(super) fn set_position(&self, name: &str) -> Option<u32> {
        let position = self.sets.iter().position(|set| set.name == name)?;
        u32::try_from(position).ok()
    }

    fn summary(&self, position: u32, set: &config::DocSet) -> SetSummary {
        let editions = self.editions().of_set(position);
        let (versions, default_version) = editions.map(Editions::named).unwrap_or_default();
        SetSummary {
            name: set.name.clone(),
            description: set.description.clone(),
            topics: set.topics.clone(),
            pages: self.view.count_below(position, ""),
            sections: self.view.sections_of(position),
            title: set.title.clone(),
            first_title: title(&self.view, position),
            headlines: headlines(&self.view, position),
            versions,
            default_version: default_version.filter(|_| set.versions.is_default_alone()),
            languages: self.editions().languages(position),
        }
    }

    fn nothing(&self, text: &str, unknown: Vec<String>) -> Answer {
        let all = Scope {
            view: &self.view,
            filter: None,
        };
        let reduction = self.parser.reduction(text, all);
        let nearest = nearest_titles(&self.view, text, |word| first_term(word, reduction));
        Answer {
            hits: Vec::new(),
            relaxation: Relaxation::NoGoodMatch,
            unknown,
            is_of_part: false,
            elsewhere: Vec::new(),
            more: false,
            nearest: nearest
                .into_iter()
                .filter_map(|page| self.page_ref(page))
                .collect(),
        }
    }

    fn hit(
        &self,
        group: &Group,
        pieces: PieceScores<'_>,
        wanted: &Wanted,
        length: Length,
    ) -> io::Result<Hit> {
        let ranked = &group.page;
        let page = self.page_ref(ranked.page);
        let asked = Asked {
            entry: ranked.entry,
            is_titled: ranked.tier == Tier::Titled,
        };
        let shown = passages(&self.view, ranked.page, pieces, wanted, length, asked)?;
        Ok(Hit {
            page: page.ok_or_else(|| damaged("a page"))?,
            score: ranked.score,
            passages: shown.passages,
            also: shown.also,
            aside: false,
            copies: self.others(&group.copies),
            versions: self.others(&self.other_editions(group)),
        })
    }

    /// The same page in other versions and languages: those that the set shows first, then what else has been found.
    fn other_editions(&self, group: &Group) -> Vec<u32> {
        let page = group.page.page;
        let key = self.view.key(page);
        let of = |(set, path): (u32, &str)| {
            let others = self.editions().of_set(set)?.others(path);
            let found = others
                .iter()
                .filter_map(|path| self.view.find_page(set, path));
            Some(found.collect::<Vec<u32>>())
        };
        let mut pages = key.and_then(of).unwrap_or_default();
        pages.extend(&group.versions);
        let mut seen: HashSet<u32> = group.copies.iter().copied().chain([page]).collect();
        pages.retain(|page| seen.insert(*page));
        pages
    }

    fn others(&self, pages: &[u32]) -> Others {
        let named = pages.iter().take(MAX_OTHERS);
        Others {
            pages: named.filter_map(|page| self.page_ref(*page)).collect(),
            more: pages.len().saturating_sub(MAX_OTHERS),
        }
    }

    pub(super) fn page_ref(&self, page: u32) -> Option<PageRef> {
        let (_, entry, head) = self.view.page(page)?;
        let set = self.sets.get(entry.set as usize)?;
        let (version, language) = self.editions().names(entry.set, page);
        Some(PageRef {
            set: set.name.clone(),
            path: head.path.to_owned(),
            title: head.title.to_owned(),
            breadcrumb: self.breadcrumbs.of(&self.view, entry.set, head.path, page),
            url: self.url(page),
            version,
            language,
        })
    }

    /// Where a page is published.
    pub(super) fn url(&self, page: u32) -> Option<String> {
        let (_, entry, head) = self.view.page(page)?;
        let base_url = self.sets.get(entry.set as usize)?.base_url.as_deref();
        let site = self.sites.get(entry.set as usize)?;
        page_url(base_url, site, head.path, head.permalink)
    }
}

/// How far from the words asked the answer is, and which of them nobody has. `is_defined`: an identifier or an operator of the
/// question is defined by the first page.
fn relaxation(
    text: &str,
    asked: usize,
    terms: Terms,
    respelled: Vec<(String, String)>,
    is_defined: bool,
) -> (Relaxation, Vec<String>) {
    let unknown = terms.unknown.len();
    let guessed = unknown + respelled.len();
    // What is left of a question in another language are words that mean something else here; a name is the same anywhere.
    let is_doubtful = terms.symbols.is_empty() && (unknown > 0 || terms.is_foreign);
    let mostly = asked >= 3 && (guessed * 3 >= asked * 2 || is_doubtful && guessed * 2 >= asked);
    let all_guessed = unknown > 0 && guessed >= asked || mostly;
    let mut nobody = runs(text, terms.unknown);
    if !is_defined && (unknown * 2 > asked || all_guessed) {
        // What was looked up in the place of a word is no answer, and so nobody has that.
        nobody.extend(respelled.into_iter().map(|(word, _)| word));
        nobody.sort_by_key(|word| text.find(word.as_str()));
        (Relaxation::NoGoodMatch, nobody)
    } else if !respelled.is_empty() {
        let relaxation = Relaxation::Fuzzy {
            replaced: respelled,
            dropped: nobody.clone(),
        };
        (relaxation, nobody)
    } else if !nobody.is_empty() {
        (Relaxation::Dropped(nobody.clone()), nobody)
    } else {
        (Relaxation::None, nobody)
    }
}
