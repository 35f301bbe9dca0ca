//! Terms -> pages, best first.
//!
//! A page's score is the BM25 of its title and its text, of its best piece, half that of the
//! sentences in which other pages link to it, and twice the logarithm of how many do; a little less for a page that only lists
//! others. See `docs/search.md` for what each of them is worth.

use super::adjacency::{Adjacency, Together};
use super::best::{Best, RankedPage, Tier, best_first};
use super::boosts::Worth;
use super::definitions::Definitions;
use super::holding::{PagesOf, pages_with};
use super::language::Reductions;
use super::lookup::{Lookup, is_spoken, ways};
use super::pieces::{PieceScores, Pieces, greatest};
use super::scope::Filter;
use super::scoring::{Score, of_steps};
use super::segment::{PageList, damaged};
use super::terms::{Terms, Way};
use super::view::{Live, Term, View};
use crate::corpus::Language;
use std::{io, ops::Range, rc::Rc, sync::LazyLock};

const INBOUND_WEIGHT: Score = 2.0;
/// What a page counts in another language than the one that is asked in.
const FOREIGN: Score = 0.9;
/// A word whose inverse document frequency is less than this share of the rarest word's only
/// adds to what rarer words have found, once they have found [`ENOUGH_PAGES`].
const COMMON: Score = 0.3;
const ENOUGH_PAGES: usize = 200;
/// Sums of the same numbers in another order differ by less.
const ROUNDING: Score = 0.01;
/// Where so many times more pages have a common word than have been found, those that have been found are
/// looked up among them.
const FEW: usize = 16;
/// Pages of which it is looked at whether words of the query stand together in them: the most promising ones.
const TOGETHER: usize = 64;
/// What one search adds its scores up in; kept for the next one.
#[derive(Default)]
pub(super) struct Scores {
    /// For each page; zero where it has no term.
    pages: Vec<Sums>,
    /// The pages that have a term.
    found: Vec<u32>,
    /// The pages whose pieces have been scored, in order.
    looked_at: Vec<u32>,
    /// What is known of their pieces.
    pieces: Pieces,
    /// A bit for each page that has the name which is all of the query; empty for other queries.
    has_name: Vec<u64>,
    /// What one way to say something scores, and the best of several.
    one_way: Found,
    best_way: Found,
}

/// What some terms score for pages.
#[derive(Default)]
struct Found {
    /// For each page; zero where it has no term.
    pages: Vec<Sums>,
    /// The pages that have a term.
    found: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// The page's own score.
    own: Score,
    /// What its best piece scores at the most.
    best_piece: Score,
}

impl Sums {
    fn is_empty(self) -> bool {
        self.own == 0.0 && self.best_piece == 0.0
    }
}

/// What inbound links of this many pages add to a score.
fn inbound_score(pages: u32) -> Score {
    // A logarithm for each page that a common word is on would take longer than all else.
    static FEW: LazyLock<Vec<Score>> = LazyLock::new(|| (0..1_024).map(logarithm).collect());
    let known = FEW.get(pages as usize).copied();
    known.unwrap_or_else(|| logarithm(pages))
}

fn logarithm(pages: u32) -> Score {
    INBOUND_WEIGHT * (1.0 + pages as Score).ln()
}

impl Scores {
    /// Finds the pages that `filter` lets through and that have a term. What a common word is worth depends on how many pages
    /// are wanted.
    ///
    /// # Errors
    /// Where the index is damaged.
    pub(super) fn rank<'a>(
        &'a mut self,
        terms: &Terms,
        view: &'a View,
        exact: &'a [u32],
        wanted: usize,
        filter: Option<&Filter>,
        worth: Worth<'a>,
    ) -> io::Result<Ranking<'a>> {
        self.reset();
        self.has_name.clear();
        self.pages.resize(view.numbers() as usize, Sums::default());
        let lookups = self.look_up(terms, view, wanted, filter)?;
        let definitions = Definitions::of(&terms.names, view, filter);
        self.add_definitions(&definitions);
        if terms.only_name {
            self.mark_name(terms, view)?;
        }
        if view.segments().iter().any(|live| !live.gone.is_empty()) {
            let Self { pages, found, .. } = self;
            found.retain(|page| {
                let is_left = !view.is_gone(*page);
                if !is_left {
                    pages[*page as usize] = Sums::default();
                }
                is_left
            });
        }
        Ok(Ranking {
            scores: self,
            lookups,
            view,
            exact,
            definitions,
            adjacency: Adjacency::of(&terms.order, view),
            worth,
            language: terms.language,
            is_bounded: false,
        })
    }

    fn add_definitions(&mut self, definitions: &Definitions) {
        for defining in definitions.iter() {
            let Some(sums) = self.pages.get_mut(defining.page as usize) else {
                continue;
            };
            if sums.is_empty() {
                self.found.push(defining.page);
            }
            sums.own += defining.score;
        }
    }

    /// Notes the pages that have the name which is all of the query.
    fn mark_name(&mut self, terms: &Terms, view: &View) -> io::Result<()> {
        self.has_name.resize(self.pages.len().div_ceil(64), 0);
        for term in terms.names.iter().filter_map(|name| name.term) {
            let lists = view.postings(term);
            let lists = lists.ok_or_else(|| damaged("a list of postings"))?;
            for (position, postings) in lists {
                let first = view.segments().get(position).map_or(0, |live| live.first);
                for list in [postings.pages, postings.titles] {
                    for (page, _) in list.iter() {
                        let page = first.wrapping_add(page) as usize;
                        if let Some(bits) = self.has_name.get_mut(page / 64) {
                            *bits |= 1 << (page % 64);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Forgets the last search.
    fn reset(&mut self) {
        self.pieces.clear();
        if self.found.len() > self.pages.len() / 8 {
            self.pages.fill(Sums::default());
            self.found.clear();
        }
        for page in self.found.drain(..) {
            self.pages[page as usize] = Sums::default();
        }
    }

    /// Adds up what the terms score for each page.
    fn look_up<'a>(
        &mut self,
        terms: &Terms,
        view: &'a View,
        count: usize,
        filter: Option<&Filter>,
    ) -> io::Result<Vec<Lookup<'a>>> {
        let enough = ENOUGH_PAGES.max(count.saturating_mul(2));
        let mut lookups = Vec::with_capacity(terms.words.len() + terms.symbols.len());
        let mut holding: Vec<(Term, Rc<PagesOf>)> = Vec::new();
        for word in &terms.words {
            let lookup = Lookup::of(view, word.term, word.weight)?;
            let known = |name: Term| holding.iter().find(|(known, _)| *known == name);
            let only = match word.only_with {
                _ if word.pages.is_some() => word.pages.clone(),
                Some(name) => match known(name) {
                    Some((_, pages)) => Some(Rc::clone(pages)),
                    None => {
                        let pages = Rc::new(pages_with(view, name, filter)?);
                        holding.push((name, Rc::clone(&pages)));
                        Some(pages)
                    }
                },
                None => None,
            };
            lookups.extend(lookup.map(|lookup| Lookup {
                reduced: word.within,
                only,
                way: word.way,
                ..lookup
            }));
        }
        lookups.sort_by(|a, b| b.weights.rarity.total_cmp(&a.weights.rarity));
        let asked = |lookup: &&Lookup<'_>| lookup.way.is_none_or(Way::is_asked);
        let whole = || lookups.iter().filter(|lookup| lookup.only.is_none());
        let rarest = whole().find(asked).or_else(|| whole().next());
        let common = rarest.map_or(0.0, |rarest| COMMON * rarest.weights.rarity);
        let mut is_sorted = false;
        let mut concepts = 0u32;
        for at in 0..lookups.len() {
            let lookup = &mut lookups[at];
            // What only a common word has in common with the query is no answer, where a rarer
            // word has found plenty.
            lookup.widens = lookup.weights.rarity >= common
                || self.found.len() < enough
                || lookup.only.is_some();
            // What is looked up in a list is looked up in order; most often there is nothing to be put in order.
            if !lookup.widens && !is_sorted && self.found.len() * FEW < lookup.longest() {
                self.found.sort_unstable();
                is_sorted = true;
            }
            let Some(Way { concept, .. }) = lookup.way else {
                self.add(lookup, view, filter);
                continue;
            };
            // All ways to say it count where its rarest word does.
            let widens = lookup.widens;
            let of_concept = |lookup: &&mut Lookup<'_>| lookup.is_of(concept);
            for lookup in lookups.iter_mut().filter(of_concept) {
                lookup.widens = widens;
            }
            let bit = 1 << (concept % 32);
            if concepts & bit == 0 {
                concepts |= bit;
                self.add_best(&lookups, concept, view, filter);
            }
        }
        for symbol in &terms.symbols {
            if let Some(lookup) = Lookup::of(view, *symbol, 1.0)? {
                self.add(&lookup, view, filter);
                lookups.push(lookup);
            }
        }
        Ok(lookups)
    }

    /// Adds up what something scores that may be said in several ways: on each page, the best of them.
    fn add_best(
        &mut self,
        lookups: &[Lookup<'_>],
        concept: u8,
        view: &View,
        filter: Option<&Filter>,
    ) {
        let length = self.pages.len();
        self.one_way.pages.resize(length, Sums::default());
        self.best_way.pages.resize(length, Sums::default());
        let own = lookups.iter().filter(|lookup| lookup.is_of(concept));
        let widens = own.clone().any(|lookup| lookup.widens);
        for way in ways(lookups, concept) {
            self.swap_way();
            for lookup in own.clone().filter(|lookup| lookup.is_said(way)) {
                self.add_widening(lookup, true, view, filter);
            }
            self.swap_way();
            for page in self.one_way.found.drain(..) {
                let sums = std::mem::take(&mut self.one_way.pages[page as usize]);
                let best = &mut self.best_way.pages[page as usize];
                if best.is_empty() {
                    self.best_way.found.push(page);
                }
                best.own = best.own.max(sums.own);
                best.best_piece = best.best_piece.max(sums.best_piece);
            }
        }
        for page in self.best_way.found.drain(..) {
            let best = std::mem::take(&mut self.best_way.pages[page as usize]);
            let sums = &mut self.pages[page as usize];
            if sums.is_empty() {
                if !widens {
                    continue;
                }
                self.found.push(page);
            }
            sums.own += best.own;
            sums.best_piece += best.best_piece;
        }
    }

    fn swap_way(&mut self) {
        std::mem::swap(&mut self.pages, &mut self.one_way.pages);
        std::mem::swap(&mut self.found, &mut self.one_way.found);
    }

    fn add(&mut self, lookup: &Lookup<'_>, view: &View, filter: Option<&Filter>) {
        self.add_widening(lookup, lookup.widens, view, filter);
    }

    fn add_widening(
        &mut self,
        lookup: &Lookup<'_>,
        widens: bool,
        view: &View,
        filter: Option<&Filter>,
    ) {
        for (position, postings) in &lookup.lists {
            let Live { segment, first, .. } = &view.segments()[*position];
            let of = Listed {
                first: *first,
                widens,
                within: match &lookup.only {
                    Some(only) => Some(only.get(*position).map_or(&[], Vec::as_slice)),
                    None => filter.map(|filter| filter.of_segment(*position)),
                },
                reduced: lookup.reduced.map(|reduced| (reduced, segment.languages())),
            };
            let (norms, scales) = (segment.norms(), segment.scales());
            let weights = &lookup.weights;
            let norm =
                |norms: &[u8], page: u32| norms.get(page as usize).copied().unwrap_or_default();
            if lookup.is_symbol {
                let weight = weights.symbols * lookup.weight;
                self.add_list(postings.pages, &of, |page, frequency, _| {
                    (
                        weight * scales.symbols.share(frequency, norm(norms.symbols, page)),
                        0.0,
                    )
                });
                continue;
            }
            let body = weights.body * lookup.weight;
            let pieces = weights.pieces * lookup.weight;
            self.add_list(postings.pages, &of, |page, frequency, place| {
                let own = body * scales.body.share(frequency, norm(norms.body, page));
                let bound = postings.bounds.get(place).copied().unwrap_or_default();
                (own, pieces * of_steps(bound))
            });
            let title = weights.title * lookup.weight;
            self.add_list(postings.titles, &of, |page, frequency, _| {
                (
                    title * scales.title.share(frequency, norm(norms.title, page)),
                    0.0,
                )
            });
            let links = weights.links * lookup.weight;
            self.add_list(postings.links, &of, |page, frequency, _| {
                (
                    links * scales.links.share(frequency, norm(norms.links, page)),
                    0.0,
                )
            });
        }
    }

    /// Adds what `score` makes of each page of a list: of the page's number in its segment, its frequency,
    /// and its place in the list.
    #[inline]
    fn add_list(
        &mut self,
        list: PageList<'_>,
        of: &Listed<'_>,
        score: impl Fn(u32, u8, usize) -> (Score, Score),
    ) {
        let Listed {
            first,
            widens,
            within,
            ..
        } = *of;
        let end = u64::from(first) + u64::from(u32::MAX);
        if !widens && self.found.len() * FEW < list.len() {
            let start = self.found.partition_point(|page| *page < first);
            let mut from = 0;
            for page in self.found[start..]
                .iter()
                .take_while(|page| u64::from(**page) < end)
            {
                match list.position(page - first, from) {
                    Ok(place) if !of.is_spoken(page - first) => from = place + 1,
                    Ok(place) => {
                        let (own, best_piece) = score(page - first, list.frequency(place), place);
                        let sums = &mut self.pages[*page as usize];
                        sums.own += own;
                        sums.best_piece += best_piece;
                        from = place + 1;
                    }
                    Err(place) => from = place,
                }
            }
            return;
        }
        let mut add = |place: usize, page: u32, frequency: u8| {
            if !of.is_spoken(page) {
                return;
            }
            let number = first.wrapping_add(page);
            let Some(sums) = self.pages.get_mut(number as usize) else {
                return;
            };
            if sums.is_empty() {
                if !widens {
                    return;
                }
                self.found.push(number);
            }
            let (own, best_piece) = score(page, frequency, place);
            sums.own += own;
            sums.best_piece += best_piece;
        };
        match within {
            None => {
                for (place, (page, frequency)) in list.iter().enumerate() {
                    add(place, page, frequency);
                }
            }
            Some(ranges) => {
                for (place, page, frequency) in list.within(ranges) {
                    add(place, page, frequency);
                }
            }
        }
    }
}

/// The pages that one search has found.
pub(super) struct Ranking<'a> {
    scores: &'a mut Scores,
    lookups: Vec<Lookup<'a>>,
    view: &'a View,
    /// Pages whose title is the query, in order.
    exact: &'a [u32],
    /// Pages that define names of the query.
    definitions: Definitions,
    adjacency: Adjacency,
    /// What the score of a page counts.
    worth: Worth<'a>,
    /// The one that pages should be in.
    language: Option<Language>,
    /// What each page scores at the most is known.
    is_bounded: bool,
}

impl Ranking<'_> {
    /// How many pages have been found.
    pub(super) fn len(&self) -> usize {
        self.scores.found.len()
    }

    /// The best pages, so many of them, in order. May be asked again for more.
    ///
    /// No page is left out that could be among the best: its pieces are looked at unless what
    /// they score at the most is not enough.
    pub(super) fn best(&mut self, count: usize) -> Vec<RankedPage> {
        let Self {
            scores,
            lookups,
            view,
            exact,
            definitions,
            adjacency,
            worth,
            language,
            is_bounded,
        } = self;
        let Scores {
            pages,
            found,
            looked_at,
            pieces,
            has_name,
            ..
        } = &mut **scores;
        let worth = |page: u32| match *language {
            Some(language) if view.language(page) != language => FOREIGN * worth.of(page),
            _ => worth.of(page),
        };
        let few_defining = !has_name.is_empty() && definitions.are_few();
        let tier = |page: u32| {
            if exact.binary_search(&page).is_ok() {
                return Tier::Titled;
            }
            if has_name.is_empty() {
                return Tier::Any;
            }
            if few_defining && definitions.of_page(page).is_some() {
                return Tier::DefinesName;
            }
            let bits = has_name.get(page as usize / 64).copied();
            match bits.is_some_and(|bits| bits >> (page % 64) & 1 != 0) {
                true => Tier::HasName,
                false => Tier::Any,
            }
        };
        let ranked = |page: u32, score: Score| RankedPage {
            page,
            score,
            tier: tier(page),
            entry: None,
        };
        let score = |page: u32, own: Score, best_piece: Score| {
            worth(page) * (own + best_piece + inbound_score(view.inbound(page)))
        };
        let looks_together = !*is_bounded && !adjacency.is_empty();
        let mut promising = Best::new(match looks_together {
            true => count.max(TOGETHER),
            false => count,
        });
        for page in &*found {
            let sums = &mut pages[*page as usize];
            if !*is_bounded {
                // What it scores at the most: all that is asked of it below.
                sums.best_piece = score(*page, sums.own, sums.best_piece);
            }
            promising.offer(ranked(*page, sums.best_piece));
        }
        let mut promising = promising.into_ranking();
        if looks_together {
            let count = TOGETHER.min(promising.len());
            let looked_at = &mut promising[..count];
            let pairs = looked_at
                .iter()
                .map(|of| view.pairs(of.page).unwrap_or_default());
            let pairs: Vec<Together> = pairs.map(|of_page| adjacency.of_page(of_page)).collect();
            for (promising, together) in looked_at.iter_mut().zip(adjacency.scores(&pairs)) {
                let page = promising.page;
                let sums = &mut pages[page as usize];
                sums.own += together;
                sums.best_piece += worth(page) * together;
                promising.score = sums.best_piece;
            }
            promising.sort_unstable_by(best_first);
            promising.truncate(count);
        }
        *is_bounded = true;
        let mut best = Best::new(count);
        looked_at.clear();
        for RankedPage { page, .. } in promising {
            let sums = pages[page as usize];
            let best_piece = greatest(pieces.of(page, lookups, view).scores);
            best.offer(ranked(page, score(page, sums.own, best_piece)));
            looked_at.push(page);
        }
        best.drop_worse();
        looked_at.sort_unstable();
        for page in &*found {
            let sums = pages[*page as usize];
            let may_be_best = best.admits(tier(*page), sums.best_piece + ROUNDING);
            if may_be_best && looked_at.binary_search(page).is_err() {
                let best_piece = greatest(pieces.look_at(*page, lookups, view).scores);
                best.offer(ranked(*page, score(*page, sums.own, best_piece)));
            }
        }
        let mut best = best.into_ranking();
        for ranked in &mut best {
            ranked.entry = definitions
                .of_page(ranked.page)
                .and_then(|defining| defining.entry);
        }
        best
    }

    /// What each piece of a page scores, and how much it has of what is asked for.
    pub(super) fn pieces(&mut self, page: u32) -> PieceScores<'_> {
        self.scores.pieces.of(page, &self.lookups, self.view)
    }
}

/// How the pages of a list count.
struct Listed<'a> {
    /// The number of its segment's first page.
    first: u32,
    /// Also those that no other term has found.
    widens: bool,
    /// Only those that lie in here.
    within: Option<&'a [Range<u32>]>,
    /// Only those whose words are reduced so; with the languages of all.
    reduced: Option<(Reductions, &'a [u8])>,
}

impl Listed<'_> {
    /// Whether a page, by its number in its segment, is in a language that a term is of.
    #[inline]
    fn is_spoken(&self, page: u32) -> bool {
        self.reduced
            .is_none_or(|(reduced, languages)| is_spoken(reduced, languages, page))
    }
}
