//! Versions and languages of a set: told by the paths of its pages, and by what the files of its site say.
//!
//! Names alone tell nothing: a folder `v8/` may be about an engine, and `2024/` hold what was written then. Folders are versions (or
//! languages) of each other where they hold largely the same pages; where a generator's own files or the configuration
//! say so, these count. All of it is a function of paths and of a few small files, and is found out when somebody asks.

mod families;
mod number;
mod part;
mod path;
mod said;
mod sketch;

pub(crate) use part::Part;
pub use said::Said;

use super::{root::PrivatePaths, site::Site, walk::Opened};
use crate::config::{DocSet, Versions};
use families::{ByKey, Family, learn};
use number::{Number, key};
use path::{Dimension, Means, Names, Path, Written};
use std::collections::HashMap;

/// What pages are called that stand in no version's folder, where others do.
const BASE: &str = "latest";
const IN_WORK: &str = "next";
/// Words for the version that is shown where nobody asks for one, and for what is to come.
const DEFAULT: &[&str] = &["default", "latest", "stable", "current", "newest"];
const COMING: &[&str] = &[
    "next",
    "dev",
    "main",
    "master",
    "unreleased",
    "development",
    "nightly",
];
/// Words for all of them.
const ALL: &[&str] = &["all", "any", "*"];
/// Other versions and languages of a page that are looked for.
const MAX_OTHERS: usize = 100;

/// The versions and languages of a set.
#[derive(Debug, Default)]
pub struct Editions {
    names: Names,
    families: Vec<Family>,
    by_key: ByKey,
    versions: Vec<Version>,
    /// The number of each place of each family of versions.
    numbers: Vec<Vec<u16>>,
    languages: Vec<String>,
    /// Other names of versions, by their keys.
    aliases: HashMap<String, u16>,
}

/// A version of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// As it is shown: `2.1`, `next`.
    pub name: String,
    /// How many pages are of it.
    pub pages: usize,
    /// It is shown where nobody asks for one.
    pub is_default: bool,
    key: String,
}

impl Version {
    /// Whether this is its whole name, in any case of letters.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Of which version and in which language a page is, as far as its path tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edition {
    /// The number of its version among [`Editions::versions`]; `None`: it is of none.
    pub version: Option<u16>,
    /// Its version is shown where nobody asks for one.
    pub is_default: bool,
    /// The number of its language among [`Editions::languages`].
    pub language: Option<u16>,
}

/// What somebody means who names a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Every version.
    All,
    /// The one that is shown where nobody asks for one.
    Default,
    /// These.
    Versions(Vec<u16>),
}

/// What else is known of a set than the paths of its pages.
pub struct Told<'a> {
    /// What the configuration says of versions.
    pub versions: &'a Versions,
    /// And of the default one.
    pub default: Option<&'a str>,
    /// What files say.
    pub said: Said,
    /// Links among the folders in one: the name of each, and of what it leads to.
    pub links: &'a dyn Fn(&str) -> Vec<(String, String)>,
}

impl Editions {
    /// Of a set whose pages have these paths, which are gone through twice.
    pub fn of_set<'p, I: Iterator<Item = &'p str>>(
        set: &DocSet,
        site: &Site,
        private: &PrivatePaths,
        paths: impl Fn() -> I,
    ) -> Self {
        let opened = Opened::of(set, private).ok();
        let folder = opened.as_ref().map(|opened| &opened.folder);
        let said = folder.map(|folder| Said::of(folder, site));
        let told = Told {
            versions: &set.versions,
            default: set.default_version.as_deref(),
            said: said.unwrap_or_default(),
            links: &|below| folder.map_or_else(Vec::new, |folder| said::links(folder, below)),
        };
        Self::of(told, paths)
    }

    /// The same from what is told.
    pub fn of<'p, I: Iterator<Item = &'p str>>(told: Told<'_>, paths: impl Fn() -> I) -> Self {
        let names = Names {
            none: *told.versions == Versions::None,
            listed: match told.versions {
                Versions::Listed(names) => Some(names.clone()),
                _ => None,
            },
            said: told.said,
        };
        let (families, by_key) = learn(paths, &names);
        let mut editions = Self {
            names,
            families,
            by_key,
            ..Self::default()
        };
        editions.prefer(told.default);
        editions.number_languages();
        editions.number_versions();
        editions.name_links(told.links);
        editions
    }

    /// Whether all pages are of one version and language, as far as their paths tell.
    pub fn is_empty(&self) -> bool {
        self.families.is_empty()
    }

    /// The versions, by their numbers.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The numbers of the versions as they are shown: the default one, then the newest first.
    pub fn shown(&self) -> Vec<u16> {
        let mut numbers: Vec<u16> = (0..).take(self.versions.len()).collect();
        let version = |number: u16| &self.versions[usize::from(number)];
        let listed = |number: u16| {
            let listed = self.names.listed.as_ref()?;
            listed
                .iter()
                .position(|name| key(name) == version(number).key)
        };
        numbers.sort_by_cached_key(|&number| {
            let of = version(number);
            (
                !of.is_default,
                listed(number),
                std::cmp::Reverse(Number::of(&of.name)),
                of.name.clone(),
            )
        });
        numbers
    }

    /// The names of all versions as they are shown, and that of the default one.
    pub fn named(&self) -> (Vec<String>, Option<String>) {
        let shown = self.shown().into_iter();
        let shown = shown.map(|number| &self.versions[usize::from(number)]);
        let default = self.versions.iter().find(|version| version.is_default);
        (
            shown.map(|version| version.name.clone()).collect(),
            default.map(|version| version.name.clone()),
        )
    }

    /// The languages, by their numbers: `de`, `pt-br`.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The version that somebody means; `None`: there is none of that name. `1.2` is `v1.2` and the newest `1.2.x`.
    pub fn asked(&self, name: &str) -> Option<Asked> {
        let asked = key(name);
        if ALL.contains(&asked.as_str()) {
            return Some(Asked::All);
        }
        let exact = self
            .versions
            .iter()
            .position(|version| version.key == asked);
        let number = |at: usize| u16::try_from(at).ok();
        if let Some(found) = exact.and_then(number) {
            return Some(Asked::Versions(vec![found]));
        }
        if let Some(found) = self.aliases.get(&asked) {
            return Some(Asked::Versions(vec![*found]));
        }
        if self.versions.is_empty() {
            return None;
        }
        if DEFAULT.contains(&asked.as_str()) {
            return Some(Asked::Default);
        }
        let named = (0u16..).zip(&self.versions);
        if COMING.contains(&asked.as_str()) {
            let coming = named.filter(|(_, version)| Part::of(&version.name) == Part::Coming);
            let coming: Vec<u16> = coming.map(|(number, _)| number).collect();
            return (!coming.is_empty()).then_some(Asked::Versions(coming));
        }
        let wanted = Number::of(&asked)?;
        let numbered = named.filter_map(|(at, version)| Some((at, Number::of(&version.name)?)));
        let numbered: Vec<(u16, Number)> = numbered.collect();
        let newer = |(_, one): &&(u16, Number), (_, other): &&(u16, Number)| {
            (one.is_release(), one).cmp(&(other.is_release(), other))
        };
        let within = numbered.iter().filter(|(_, own)| own.begins_as(&wanted));
        // Pages of 2.1 are those of 2.1.3, too.
        let around = numbered
            .iter()
            .filter(|(_, own)| wanted.begins_as(own) && own.len() > 1);
        let found = within
            .max_by(newer)
            .or_else(|| around.max_by_key(|(_, own)| own.len()))?;
        Some(Asked::Versions(vec![found.0]))
    }

    /// The languages that somebody means: `pt` is `pt-br` too, and `de-at` is `de`. Empty where there are none.
    pub fn asked_language(&self, name: &str) -> Vec<u16> {
        let asked = language_key(name);
        let primary = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
        let named = || (0u16..).zip(&self.languages);
        let found = |is_meant: &dyn Fn(&str) -> bool| -> Vec<u16> {
            let found = named().filter(|(_, language)| is_meant(language));
            found.map(|(number, _)| number).collect()
        };
        let exact = found(&|language| language == asked);
        if !exact.is_empty() {
            return exact;
        }
        match asked.contains('-') {
            true => found(&|language| language == primary(&asked)),
            false => found(&|language| primary(language) == asked),
        }
    }

    /// What the path of a page tells of it.
    pub fn edition(&self, path: &str) -> Edition {
        if self.families.is_empty() {
            return Edition::default();
        }
        let path = Path::read(path, &self.names);
        let mut edition = Edition::default();
        if let Some(found) = self.version(&path) {
            let family = &self.families[found.family];
            edition.version = self.numbers[found.family].get(found.place).copied();
            edition.is_default = family.default_in(path.languages()) == Some(found.place);
        }
        // What stands beside folders of languages is in one that has no name.
        let named = self.language(&path);
        let named = named.filter(|found| found.place < self.families[found.family].base());
        if let Some(found) = named {
            let name = &self.families[found.family].members[found.place].name;
            let name = language_key(name);
            let known = self.languages.binary_search(&name).ok();
            edition.language = known.and_then(|number| u16::try_from(number).ok());
        }
        edition
    }

    /// What a page is called without its version and language: pages that are called so are one in several editions. `None`:
    /// it is in one alone.
    pub fn page(&self, path: &str) -> Option<String> {
        if self.families.is_empty() {
            return None;
        }
        let path = Path::read(path, &self.names);
        let version = self.version(&path);
        let language = self.language(&path);
        if version.is_none() && language.is_none() {
            return None;
        }
        let is_left_out = |at: usize| {
            let is_it = |found: &Option<Found>| found.is_some_and(|found| found.piece == Some(at));
            let is_frame = path.pieces[at].means == Means::Frame;
            is_it(&version) || is_it(&language) || is_frame
        };
        let mut name = String::with_capacity(path.whole.len());
        let mut from = 0;
        // What stands beside the folder of the site is called as if it stood there.
        if let Some(found) = version.filter(|found| found.piece.is_none()) {
            name.push_str(&self.families[found.family].key);
            from = found.at;
        }
        for at in from..path.pieces.len() {
            if !is_left_out(at) {
                name.push_str(path.pieces[at].text);
                name.push('/');
            }
        }
        match (&path.suffix, language) {
            (Some((_, range)), Some(found)) if found.is_suffix => {
                let start = path.whole.len() - path.file.len();
                name.push_str(&path.file[..range.start - start]);
                name.push_str(&path.file[range.end - start..]);
            }
            _ => name.push_str(path.file),
        }
        Some(name)
    }

    /// What the page would be called in other versions and in other languages, those that are shown first before others. Which of
    /// them there are, the pages tell.
    pub fn others(&self, path: &str) -> Vec<String> {
        if self.families.is_empty() {
            return Vec::new();
        }
        let path = Path::read(path, &self.names);
        let found = self.version(&path).into_iter().chain(self.language(&path));
        let mut others = Vec::new();
        for found in found {
            let family = &self.families[found.family];
            for place in &family.order {
                if *place != found.place && others.len() < MAX_OTHERS {
                    others.extend(self.written(&path, found, *place));
                }
            }
        }
        others
    }

    fn written(&self, path: &Path<'_>, found: Found, place: usize) -> Option<String> {
        let family = &self.families[found.family];
        let whole = path.whole;
        let other = family.members.get(place);
        if found.is_suffix || family.dimension == Dimension::Suffix {
            let other = other
                .map(|member| format!(".{}", member.name))
                .unwrap_or_default();
            let (start, end) = match &path.suffix {
                Some((_, range)) => (range.start, range.end),
                None => {
                    let dot = path.file.rfind('.')?;
                    let at = whole.len() - path.file.len() + dot;
                    (at, at)
                }
            };
            return Some(format!("{}{other}{}", &whole[..start], &whole[end..]));
        }
        let in_work = path.pieces.iter().find(|piece| {
            piece.means == Means::Frame && piece.text == "current" && found.piece.is_none()
        });
        if let Some(piece) = in_work {
            let (start, end) = (&whole[..piece.range.start], &whole[piece.range.end..]);
            return Some(format!("{start}{}/{end}", other?.name));
        }
        let Some(piece) = found.piece.and_then(|at| path.pieces.get(at)) else {
            let at = path.pieces.get(found.at);
            let at = at.map_or(whole.len() - path.file.len(), |piece| piece.range.start);
            let (start, end) = whole.split_at(at);
            if family.is_docusaurus {
                let (site, docs) = family
                    .key
                    .trim_end_matches('/')
                    .rsplit_once('/')
                    .map_or_else(
                        || (String::new(), family.key.trim_end_matches('/')),
                        |(site, docs)| (format!("{site}/"), docs),
                    );
                let folder = match docs {
                    "docs" => "versioned_docs".to_owned(),
                    id => format!("{id}_versioned_docs"),
                };
                return Some(format!("{site}{folder}/{}/{end}", other?.name));
            }
            return Some(format!("{start}{}/{end}", other?.name));
        };
        let (start, end) = (&whole[..piece.range.start], &whole[piece.range.end..]);
        match (piece.means, other) {
            (Means::Version(Written::Component), Some(other)) => {
                let name = path.pieces.first()?.text;
                let folder = self.names.said.folder_of(name, &other.name)?;
                Some(match folder.is_empty() {
                    true => end.to_owned(),
                    false => format!("{folder}/{end}"),
                })
            }
            (Means::Version(Written::Translated), None) => Some(format!("{start}current/{end}")),
            (Means::Version(Written::Docusaurus), None) => {
                let docs = path.pieces.get(found.piece?.checked_sub(1)?)?;
                let site = &whole[..docs.range.start];
                Some(format!("{site}{}/{end}", docs.text))
            }
            (_, Some(other)) => Some(format!("{start}{}/{end}", other.name)),
            (_, None) => {
                // What frames a language is no part of the path of a page that has no word for its own.
                let frame = found
                    .piece?
                    .checked_sub(1)
                    .and_then(|at| path.pieces.get(at));
                let frame = frame.filter(|piece| piece.means == Means::Frame);
                let start = frame.map_or(start, |piece| &whole[..piece.range.start]);
                Some(format!("{start}{end}"))
            }
        }
    }

    /// Where a path says that it is of a version: the first of its folders that does, else the last folder beside those of versions.
    fn version(&self, path: &Path<'_>) -> Option<Found> {
        let pieces = path.pieces.iter().enumerate();
        let mut versions = pieces.filter(|(_, piece)| piece.means.is_version());
        let named = versions.find_map(|(at, _)| self.said_by(path, at, Dimension::Version));
        named.or_else(|| self.beside(path, Dimension::Version))
    }

    /// The same of its language.
    fn language(&self, path: &Path<'_>) -> Option<Found> {
        let pieces = path.pieces.iter().enumerate();
        let mut languages = pieces.filter(|(_, piece)| piece.means == Means::Language);
        let named = languages.find_map(|(at, _)| self.said_by(path, at, Dimension::Language));
        let suffixed = || {
            let family = self.family(Dimension::Suffix, path.before(0, Dimension::Suffix))?;
            let place = match &path.suffix {
                Some((language, _)) => self.families[family].member(language)?,
                None if self.families[family].has_base => self.families[family].base(),
                None => return None,
            };
            Some(Found {
                family,
                place,
                piece: None,
                at: 0,
                is_suffix: true,
            })
        };
        named
            .or_else(suffixed)
            .or_else(|| self.beside(path, Dimension::Language))
    }

    fn said_by(&self, path: &Path<'_>, at: usize, dimension: Dimension) -> Option<Found> {
        let family = self.family(dimension, path.before(at, dimension))?;
        let place = self.families[family].member(path.pieces[at].text)?;
        Some(Found {
            family,
            place,
            piece: Some(at),
            at,
            is_suffix: false,
        })
    }

    fn beside(&self, path: &Path<'_>, dimension: Dimension) -> Option<Found> {
        let found = path.boundaries(dimension).filter_map(|at| {
            let family = self.family(dimension, path.before(at, dimension))?;
            let folder = path.from(at, dimension).1;
            let known = &self.families[family];
            known.is_of_base(folder).then(|| Found {
                family,
                place: known.base(),
                piece: None,
                at,
                is_suffix: false,
            })
        });
        found.last()
    }

    fn family(&self, dimension: Dimension, key: u64) -> Option<usize> {
        self.by_key.get(&(dimension, key)).copied()
    }

    /// Puts the version first that the configuration says is the default.
    fn prefer(&mut self, default: Option<&str>) {
        let Some(default) = default.map(key) else {
            return;
        };
        let meant = self.names.said.meant(&default).map(str::to_owned);
        for family in &mut self.families {
            let base = if family.is_docusaurus { IN_WORK } else { BASE };
            let is_it = |place: usize| {
                let name = family
                    .members
                    .get(place)
                    .map_or(base, |member| &member.name);
                let name = key(name);
                name == default
                    || Some(&name) == meant.as_ref()
                    || place == family.base() && default == "current"
            };
            if family.dimension == Dimension::Version
                && let Some(at) = family.order.iter().position(|place| is_it(*place))
            {
                let place = family.order.remove(at);
                family.order.insert(0, place);
            }
        }
    }

    fn number_languages(&mut self) {
        let of = |family: &Family| family.dimension != Dimension::Version;
        let families = self.families.iter().filter(|family| of(family));
        let members = families.flat_map(|family| &family.members);
        let mut languages: Vec<String> = members.map(|member| language_key(&member.name)).collect();
        languages.sort_unstable();
        languages.dedup();
        languages.truncate(usize::from(u16::MAX));
        self.languages = languages;
    }

    fn number_versions(&mut self) {
        let mut known: HashMap<String, u16> = HashMap::new();
        let mut numbers = Vec::with_capacity(self.families.len());
        // The family with most pages has the default of all.
        let mut largest = (0, None);
        for family in &self.families {
            if family.dimension != Dimension::Version {
                numbers.push(Vec::new());
                continue;
            }
            let base = if family.is_docusaurus { IN_WORK } else { BASE };
            let base = family
                .has_base
                .then(|| (base.to_owned(), family.base_pages));
            let members = family.members.iter();
            let members = members.map(|member| (shown_name(&member.name), member.pages));
            let mut of_family = Vec::new();
            for (name, pages) in members.chain(base) {
                let key = key(&name);
                let number = *known.entry(key.clone()).or_insert_with(|| {
                    self.versions.push(Version {
                        name,
                        pages: 0,
                        is_default: false,
                        key,
                    });
                    u16::try_from(self.versions.len() - 1).unwrap_or(u16::MAX)
                });
                if let Some(version) = self.versions.get_mut(usize::from(number)) {
                    version.pages += pages;
                }
                of_family.push(number);
            }
            let all: usize = family.members.iter().map(|member| member.pages).sum();
            if all > largest.0 {
                let first = family.order.first().and_then(|place| of_family.get(*place));
                largest = (all, first.copied());
            }
            numbers.push(of_family);
        }
        if let Some(version) = largest
            .1
            .and_then(|at| self.versions.get_mut(usize::from(at)))
        {
            version.is_default = true;
        }
        self.numbers = numbers;
    }

    fn name_links(&mut self, links: &dyn Fn(&str) -> Vec<(String, String)>) {
        let of = |name: &str| {
            let name = key(name);
            let found = self.versions.iter().position(|version| version.key == name);
            found.and_then(|number| u16::try_from(number).ok())
        };
        let versions = self.families.iter();
        let versions = versions.filter(|family| family.dimension == Dimension::Version);
        let linked = versions
            .flat_map(|family| &family.parents)
            .flat_map(|parent| links(parent));
        let linked: Vec<_> = linked
            .filter_map(|(name, target)| Some((key(&name), of(&target)?)))
            .collect();
        let said: Vec<_> = self
            .versions
            .iter()
            .flat_map(|version| self.names.said.aliases_of(&version.key))
            .filter_map(|(alias, name)| Some((alias.to_owned(), of(name)?)))
            .collect();
        self.aliases.extend(linked);
        self.aliases.extend(said);
    }
}

/// Where a path says what it is.
#[derive(Debug, Clone, Copy)]
struct Found {
    family: usize,
    place: usize,
    /// The folder that says it; `None`: it stands beside those that do.
    piece: Option<usize>,
    /// Where the family begins in the path.
    at: usize,
    is_suffix: bool,
}

/// `version-1.2` and `release-1.2` are shown as `1.2`, `v1.2` as it is.
fn shown_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let prefixes = ["version-", "version_", "version", "release-", "release_"];
    let rest = prefixes.iter().find_map(|prefix| {
        let rest = lower.strip_prefix(prefix)?;
        rest.starts_with(|it: char| it.is_ascii_digit())
            .then(|| &name[prefix.len()..])
    });
    rest.unwrap_or(name).to_owned()
}

/// `pt_BR` and `pt-br` are one.
fn language_key(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests;
