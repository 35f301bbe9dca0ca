//! Versions and languages of the pages of a generation, and which of them a search goes through.

use super::answer::Query;
use super::scope::Filter;
use super::view::View;
use crate::{
    config::{self, DocSet},
    corpus::{Asked, Edition, Editions, Language, PrivatePaths, Site},
};
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// Filters that are remembered; beyond that, all are forgotten.
const MAX_FILTERS: usize = 64;
/// Words of a query that are looked at for the number of a version, and numbers in one.
const MAX_WORDS: usize = 60;
const MAX_NUMBERS: usize = 3;

/// What the paths of a generation tell of versions and languages.
#[derive(Debug, Default)]
pub(super) struct PageEditions {
    /// Of each set.
    sets: Vec<Editions>,
    /// The languages of each set's pages whose paths tell none.
    spoken: Vec<BTreeSet<Language>>,
    /// Of each page by its number; empty where no set has several.
    pages: Vec<Edition>,
    filters: Mutex<HashMap<String, Arc<Filter>>>,
}

/// Which pages of a set a search goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    versions: Admitted,
    /// Any, where there is none.
    languages: Option<Wished>,
}

/// A language that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wished {
    /// As paths tell it.
    named: Vec<u16>,
    /// As pages are in it whose paths tell none.
    spoken: Option<Language>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Admitted {
    Any,
    /// The default version, and these.
    Default(Vec<u16>),
    /// These alone.
    Only(Vec<u16>),
}

impl Rule {
    /// `spoken`: the language that a page is in.
    fn admits(&self, edition: Edition, spoken: impl FnOnce() -> Language) -> bool {
        let is_of_version = match (&self.versions, edition.version) {
            (Admitted::Any, _) | (_, None) => true,
            (Admitted::Default(named), Some(version)) => {
                edition.is_default || named.contains(&version)
            }
            (Admitted::Only(named), Some(version)) => named.contains(&version),
        };
        let is_of_language = match (&self.languages, edition.language) {
            (None, _) => true,
            (Some(wished), None) => wished.spoken.is_some_and(|wished| wished == spoken()),
            (Some(wished), Some(language)) => wished.named.contains(&language),
        };
        is_of_version && is_of_language
    }

    fn is_any(&self) -> bool {
        self.versions == Admitted::Any && self.languages.is_none()
    }
}

impl PageEditions {
    pub(super) fn of(view: &View, sets: &[DocSet], sites: &[Site], private: &PrivatePaths) -> Self {
        let found = (0u32..).zip(sets).zip(sites);
        let found = found.map(|((position, set), site)| {
            let paths = || {
                let pages = view.below(position, "");
                pages.filter_map(|page| Some(view.key(page)?.1))
            };
            Editions::of_set(set, site, private, paths)
        });
        let sets: Vec<Editions> = found.collect();
        let mut pages = Vec::new();
        if sets.iter().any(|editions| !editions.is_empty()) {
            pages.resize(view.numbers() as usize, Edition::default());
            for (position, editions) in (0u32..).zip(&sets).filter(|(_, it)| !it.is_empty()) {
                for page in view.below(position, "") {
                    if let (Some((_, path)), Some(place)) =
                        (view.key(page), pages.get_mut(page as usize))
                    {
                        *place = editions.edition(path);
                    }
                }
            }
        }
        let mut this = Self {
            sets,
            spoken: Vec::new(),
            pages,
            filters: Mutex::default(),
        };
        let spoken = (0u32..).zip(&this.sets).map(|(set, _)| {
            let pages = view.below(set, "");
            let untold = pages.filter(|page| this.of_page(*page).language.is_none());
            untold.map(|page| view.language(page)).collect()
        });
        this.spoken = spoken.collect();
        this
    }

    /// The languages of a set's pages: those that its paths tell apart, and those of pages whose paths tell none.
    pub(super) fn languages(&self, set: u32) -> Vec<String> {
        let told = self.of_set(set).map(Editions::languages);
        let spoken = self.spoken.get(set as usize).into_iter().flatten();
        let spoken = spoken.map(|language| language.code().to_owned());
        let all: BTreeSet<String> = spoken.chain(told.unwrap_or_default().to_vec()).collect();
        all.into_iter().collect()
    }

    pub(super) fn of_set(&self, set: u32) -> Option<&Editions> {
        self.sets.get(set as usize)
    }

    pub(super) fn of_page(&self, page: u32) -> Edition {
        self.pages.get(page as usize).copied().unwrap_or_default()
    }

    /// The name of a page's version, and of its language.
    pub(super) fn names(&self, set: u32, page: u32) -> (Option<String>, Option<String>) {
        let edition = self.of_page(page);
        let Some(editions) = self.of_set(set) else {
            return (None, None);
        };
        let version = edition
            .version
            .and_then(|at| editions.versions().get(usize::from(at)));
        let language = edition
            .language
            .and_then(|at| editions.languages().get(usize::from(at)));
        (
            version.map(|version| version.name.clone()),
            language.cloned(),
        )
    }

    /// Leaves the pages of a filter, or of all, that are of the version and language of a query: `None` where that is all of them.
    /// `under`: the filter is of a part of the sets.
    pub(super) fn narrow(
        &self,
        view: &View,
        configured: &[DocSet],
        sets: Range<u32>,
        filter: Option<Filter>,
        query: &Query,
    ) -> Option<Arc<Filter>> {
        if self.pages.is_empty() && query.language.is_none() {
            return filter.map(Arc::new);
        }
        let rule = |set: u32| -> Option<(u32, Rule)> {
            let editions = self.sets.get(set as usize)?;
            let configured = configured.get(set as usize)?;
            Some((set, rule(editions, configured, query)))
        };
        let rules: HashMap<u32, Rule> = sets.clone().filter_map(rule).collect();
        if rules.values().all(Rule::is_any) {
            return filter.map(Arc::new);
        }
        let admits = |page: u32| {
            let key = view.key(page);
            let rule = key.and_then(|(set, _)| rules.get(&set));
            rule.is_none_or(|rule| rule.admits(self.of_page(page), || view.language(page)))
        };
        let is_part = query.under.as_ref().is_some_and(|under| !under.is_empty());
        if is_part {
            return Some(Arc::new(Filter::only(view, filter.as_ref(), admits)));
        }
        let mut told: Vec<_> = rules.iter().collect();
        told.sort_by_key(|(set, _)| **set);
        let key = format!("{sets:?} {told:?}");
        let known = || self.filters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&key) {
            return Some(Arc::clone(known));
        }
        let made = Arc::new(Filter::only(view, filter.as_ref(), admits));
        let mut known = known();
        if known.len() >= MAX_FILTERS {
            known.clear();
        }
        known.insert(key, Arc::clone(&made));
        Some(made)
    }

    /// A question without the words in it that name versions of these sets; `None` where it has none, or no others.
    pub(super) fn without_versions(&self, sets: Range<u32>, text: &str) -> Option<String> {
        let editions = sets.filter_map(|set| self.of_set(set));
        let named: Vec<&str> = editions
            .flat_map(|editions| naming(editions, text).map(|(word, _)| word))
            .collect();
        if named.is_empty() {
            return None;
        }
        let is_named =
            |word: &str| named.contains(&word.trim_end_matches(['.', ':', ',', '?', '!']));
        let words: Vec<&str> = text.split_whitespace().collect();
        let kept = words.iter().enumerate().filter(|(at, word)| {
            let next = words.get(at + 1);
            let is_before_one = announces(word) && next.is_some_and(|next| is_named(next));
            !is_named(word) && !is_before_one
        });
        let kept: Vec<&str> = kept.map(|(_, word)| *word).collect();
        let is_less = kept.len() < words.len() && !kept.is_empty();
        is_less.then(|| kept.join(" "))
    }

    /// Whether a question names versions of a set in its words, and none of them is the default one.
    pub(super) fn names_old(&self, text: &str) -> bool {
        let mut versions = self
            .sets
            .iter()
            .flat_map(|editions| {
                named(editions, text)
                    .into_iter()
                    .map(move |at| (editions, at))
            })
            .peekable();
        let is_old = |(editions, at): (&Editions, u16)| {
            let version = editions.versions().get(usize::from(at));
            version.is_some_and(|version| !version.is_default)
        };
        versions.peek().is_some() && versions.all(is_old)
    }

    /// Whether some of these sets hold several versions, and none of them one of this name.
    pub(super) fn lacks_version(&self, mut sets: Range<u32>, name: &str) -> bool {
        let of = |set: u32| self.of_set(set).filter(|it| !it.versions().is_empty());
        let has_some = sets.clone().any(|set| of(set).is_some());
        has_some && !sets.any(|set| of(set).is_some_and(|it| it.asked(name).is_some()))
    }

    /// Whether none of these sets has a page in a language.
    pub(super) fn lacks_language(&self, mut sets: Range<u32>, name: &str) -> bool {
        !sets.is_empty()
            && !sets.any(|set| {
                let Some(editions) = self.of_set(set) else {
                    return false;
                };
                let wished = wished(editions, name);
                let spoken = self.spoken.get(set as usize);
                let is_spoken = |wished: Language| spoken.is_some_and(|all| all.contains(&wished));
                !wished.named.is_empty() || wished.spoken.is_some_and(is_spoken)
            })
    }
}

fn rule(editions: &Editions, set: &DocSet, query: &Query) -> Rule {
    let versions = match &query.version {
        _ if editions.versions().is_empty() => Admitted::Any,
        None if set.versions.is_default_alone() => {
            let mut named = named(editions, &query.text);
            // So does the path of its folder.
            let below = query.under.as_deref().unwrap_or_default();
            let page = format!("{}/x", below.trim_matches('/'));
            named.extend(
                editions
                    .edition(&page)
                    .version
                    .filter(|_| !below.is_empty()),
            );
            Admitted::Default(named)
        }
        // Whoever names a version does not ask for the others.
        None => match named(editions, &query.text) {
            named if named.is_empty() => Admitted::Any,
            named => Admitted::Default(named),
        },
        Some(asked) => match editions.asked(asked) {
            Some(Asked::All) => Admitted::Any,
            Some(Asked::Default) => Admitted::Default(Vec::new()),
            Some(Asked::Versions(versions)) => Admitted::Only(versions),
            None => Admitted::Only(Vec::new()),
        },
    };
    let languages = query.language.as_deref();
    Rule {
        versions,
        languages: languages.map(|name| wished(editions, name)),
    }
}

/// The language that somebody means who writes a tag of it, or its English name.
fn wished(editions: &Editions, name: &str) -> Wished {
    let names = config::Language::NAMES.iter();
    let called = names.filter(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    let spoken = called.map(|(_, language)| Language::from(*language)).next();
    Wished {
        named: editions.asked_language(spoken.map_or(name, |it| it.code())),
        spoken: spoken.or_else(|| Language::of_tag(name)),
    }
}

/// The versions that a query names in its words: `1.2`, `v2`, the name of a release.
fn named(editions: &Editions, text: &str) -> Vec<u16> {
    let words = naming(editions, text);
    words.flat_map(|(_, versions)| versions).collect()
}

/// The words of a text that name versions.
fn naming<'a>(
    editions: &'a Editions,
    text: &'a str,
) -> impl Iterator<Item = (&'a str, Vec<u16>)> + use<'a> {
    let between =
        |it: char| it.is_whitespace() || matches!(it, ',' | ';' | '(' | ')' | '"' | '?' | '!');
    let words = text.split(between).take(MAX_WORDS);
    let words = words.filter(|_| !editions.versions().is_empty());
    words.filter_map(|word| {
        let word = word.trim_end_matches(['.', ':']);
        let number = word.strip_prefix(['v', 'V']).unwrap_or(word);
        let is_number = number.starts_with(|it: char| it.is_ascii_digit())
            && (number.contains('.') || number.len() < word.len())
            && number.split('.').count() <= MAX_NUMBERS;
        let is_name = || {
            let mut versions = editions.versions().iter();
            word.len() > 3 && versions.any(|version| version.is_called(word))
        };
        if !is_number && !is_name() {
            return None;
        }
        match editions.asked(word)? {
            Asked::Versions(versions) => Some((word, versions)),
            Asked::All | Asked::Default => None,
        }
    })
}

/// Whether a word says that a version follows it.
fn announces(word: &str) -> bool {
    let word = word.to_lowercase();
    matches!(
        word.as_str(),
        "version" | "versions" | "v" | "release" | "versión" | "versione"
    )
}
