//! Folders of a set that are versions, or languages, of each other: those that hold largely the same pages.

use super::number::{Number, key};
use super::part::{Part, is_bare_number};
use super::path::{Dimension, Means, Names, Path, Written};
use super::sketch::Sketch;
use std::collections::{HashMap, HashSet};

/// Families of a set, members of one, and of all together: what is beyond is not looked at.
const MAX_FAMILIES: usize = 500;
const MAX_MEMBERS: usize = 250;
const MAX_ALL_MEMBERS: usize = 2_000;
/// Folders of a family that are remembered, to tell pages that have no folder of a version from pages of none.
const MAX_FOLDERS: usize = 50_000;
/// Languages of a family in which the default version is looked for.
const MAX_CONTEXTS: usize = 200;
/// Folders that hold the members of a family: where links among them are looked for.
const MAX_PARENTS: usize = 20;

/// Folders that differ in their version, or in their language.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) dimension: Dimension,
    /// What stands before the members, as pages are called without their version and language.
    pub(super) key: String,
    pub(super) members: Vec<Member>,
    /// Pages that stand in none of the members' folders are of one version, too.
    pub(super) has_base: bool,
    /// How many pages those are.
    pub(super) base_pages: usize,
    /// It is Docusaurus's: what stands in no folder of a version is what is in work.
    pub(super) is_docusaurus: bool,
    /// The places of members and of the base (the one behind the last member) by what is shown first.
    pub(super) order: Vec<usize>,
    /// Folders in which members have pages.
    folders: HashSet<u64>,
    /// Which of the places there are in each language.
    contexts: HashMap<u64, HashSet<usize>>,
    /// Where the members' folders are.
    pub(super) parents: Vec<String>,
}

/// A folder of a family.
#[derive(Debug)]
pub(super) struct Member {
    /// As the path has it.
    pub(super) name: String,
    pub(super) written: Written,
    pub(super) pages: usize,
}

impl Family {
    /// The place of the base.
    pub(super) fn base(&self) -> usize {
        self.members.len()
    }

    /// The place of the member with this folder.
    pub(super) fn member(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }

    /// The place that is shown where nobody asks for one, among those that there are in these languages.
    pub(super) fn default_in(&self, languages: u64) -> Option<usize> {
        let there = self.contexts.get(&languages);
        let mut order = self.order.iter().copied();
        order.find(|place| there.is_none_or(|there| there.contains(place)))
    }

    /// Whether a page that stands in no member's folder is of the base: members have its folder, too.
    pub(super) fn is_of_base(&self, folder: u64) -> bool {
        self.has_base && (self.is_docusaurus || self.folders.contains(&folder))
    }
}

/// Families by where they begin.
pub(super) type ByKey = HashMap<(Dimension, u64), usize>;

struct Draft {
    family: Family,
    sketches: Vec<Sketch>,
    base: Sketch,
    /// The languages that members have pages in, as their paths tell; beside those of a language that none has stand translations.
    spoken: HashSet<u64>,
    /// Pages beside the site's folder: Docusaurus keeps `website/versioned_docs/` and often `docs/`.
    beside: Sketch,
}

/// Learns the families of a set from the paths of its pages, which are gone through twice.
pub(super) fn learn<'p, I: Iterator<Item = &'p str>>(
    paths: impl Fn() -> I,
    names: &Names,
) -> (Vec<Family>, ByKey) {
    let mut learning = Learning {
        names,
        drafts: Vec::new(),
        by_key: HashMap::new(),
        beside: HashMap::new(),
        members: 0,
    };
    for path in paths() {
        learning.note_members(&Path::read(path, names));
    }
    if learning.drafts.is_empty() {
        return (Vec::new(), HashMap::new());
    }
    let all = paths().count();
    if learning.drafts.iter().all(|draft| draft.holds_all(all)) {
        return (Vec::new(), HashMap::new());
    }
    for path in paths() {
        learning.note_base(&Path::read(path, names));
    }
    learning.settle()
}

struct Learning<'a> {
    names: &'a Names,
    drafts: Vec<Draft>,
    by_key: ByKey,
    /// Families of Docusaurus by where `docs/` is, where that is beside the folder of the site.
    beside: HashMap<u64, usize>,
    members: usize,
}

impl Learning<'_> {
    fn note_members(&mut self, path: &Path<'_>) {
        for (at, piece) in path.pieces.iter().enumerate() {
            let (dimension, written) = match piece.means {
                Means::Version(written) => (Dimension::Version, written),
                Means::Bare => (Dimension::Version, Written::Folder),
                Means::Language => (Dimension::Language, Written::Folder),
                Means::Nothing | Means::Frame => continue,
            };
            let hash = path.from(at + 1, dimension).0;
            self.note(path, at, dimension, (piece.text, written), hash);
        }
        if let Some((language, _)) = path.suffix {
            let hash = path.from(0, Dimension::Suffix).0;
            let member = (language, Written::Folder);
            self.note(path, 0, Dimension::Suffix, member, hash);
        }
    }

    fn note(
        &mut self,
        path: &Path<'_>,
        at: usize,
        dimension: Dimension,
        (name, written): (&str, Written),
        hash: u64,
    ) {
        let key = path.before(at, dimension);
        let known = self.by_key.get(&(dimension, key)).copied();
        let Some(number) = known.or_else(|| self.family(path, at, dimension, key)) else {
            return;
        };
        let draft = &mut self.drafts[number];
        draft.family.is_docusaurus |= written == Written::Docusaurus;
        let place = draft.family.member(name).or_else(|| {
            let has_room =
                draft.family.members.len() < MAX_MEMBERS && self.members < MAX_ALL_MEMBERS;
            has_room.then(|| {
                self.members += 1;
                draft.family.members.push(Member {
                    name: name.to_owned(),
                    written,
                    pages: 0,
                });
                draft.sketches.push(Sketch::default());
                draft.family.members.len() - 1
            })
        });
        if let Some(place) = place {
            draft.sketches[place].add(hash);
            if draft.spoken.len() < MAX_CONTEXTS {
                draft.spoken.insert(path.languages());
            }
        }
        if written == Written::Docusaurus {
            // `docs` beside `website`: the key without the last folder but one.
            if let Some(outer) = at.checked_sub(2) {
                let mut hash = path.clone();
                hash.pieces.remove(outer);
                self.beside.insert(hash.before(at - 1, dimension), number);
            }
        }
    }

    fn family(
        &mut self,
        path: &Path<'_>,
        at: usize,
        dimension: Dimension,
        key: u64,
    ) -> Option<usize> {
        if self.drafts.len() >= MAX_FAMILIES {
            return None;
        }
        self.drafts.push(Draft {
            family: Family {
                dimension,
                key: path.key(at, dimension),
                members: Vec::new(),
                has_base: false,
                base_pages: 0,
                is_docusaurus: false,
                order: Vec::new(),
                folders: HashSet::new(),
                contexts: HashMap::new(),
                parents: Vec::new(),
            },
            sketches: Vec::new(),
            base: Sketch::default(),
            spoken: HashSet::new(),
            beside: Sketch::default(),
        });
        let number = self.drafts.len() - 1;
        self.by_key.insert((dimension, key), number);
        Some(number)
    }

    fn note_base(&mut self, path: &Path<'_>) {
        let languages = path.languages();
        for dimension in [Dimension::Version, Dimension::Language] {
            for (at, piece) in path.pieces.iter().enumerate() {
                let is_one = match dimension {
                    Dimension::Version => piece.means.is_version(),
                    _ => piece.means == Means::Language,
                };
                if !is_one {
                    continue;
                }
                let key = path.before(at, dimension);
                let Some(draft) = self.draft(dimension, key) else {
                    continue;
                };
                let Some(place) = draft.family.member(piece.text) else {
                    continue;
                };
                let folder = path.from(at + 1, dimension).1;
                draft.family.note(languages, place, Some(folder));
                let parent = &path.whole[..piece.range.start];
                let parents = &mut draft.family.parents;
                if parents.len() < MAX_PARENTS && !parents.iter().any(|known| known == parent) {
                    parents.push(parent.to_owned());
                }
            }
            for at in path.boundaries(dimension) {
                let key = path.before(at, dimension);
                let beside = self.beside.get(&key).copied();
                let hash = || path.from(at, dimension).0;
                if let Some(draft) = self.draft(dimension, key) {
                    let piece = path.pieces.get(at);
                    let is_member =
                        piece.is_some_and(|piece| draft.family.member(piece.text).is_some());
                    if !is_member {
                        let is_spoken =
                            draft.spoken.contains(&languages) || draft.family.is_docusaurus;
                        if is_spoken || dimension != Dimension::Version {
                            draft.base.add(hash());
                        }
                        let base = draft.family.base();
                        draft.family.note(languages, base, None);
                    }
                }
                if let Some(draft) = beside.filter(|_| dimension == Dimension::Version) {
                    self.drafts[draft].beside.add(hash());
                }
            }
        }
        if path.suffix.is_none()
            && let Some(draft) = self.draft(Dimension::Suffix, path.before(0, Dimension::Suffix))
        {
            draft.base.add(path.from(0, Dimension::Suffix).0);
        }
    }

    fn draft(&mut self, dimension: Dimension, key: u64) -> Option<&mut Draft> {
        let number = self.by_key.get(&(dimension, key))?;
        self.drafts.get_mut(*number)
    }

    /// Keeps what are families.
    fn settle(self) -> (Vec<Family>, ByKey) {
        let mut families = Vec::new();
        let mut kept = HashMap::new();
        let mut beside = HashMap::new();
        for (number, mut draft) in self.drafts.into_iter().enumerate() {
            if draft.settle(self.names) {
                kept.insert(number, families.len());
                if draft.takes_beside() {
                    beside.insert(number, families.len());
                }
                families.push(draft.family);
            }
        }
        let known = self.by_key.into_iter();
        let mut by_key: ByKey = known
            .filter_map(|(key, number)| Some((key, *kept.get(&number)?)))
            .collect();
        for (key, number) in self.beside {
            if let Some(family) = beside.get(&number) {
                by_key.entry((Dimension::Version, key)).or_insert(*family);
            }
        }
        (families, by_key)
    }
}

impl Family {
    fn note(&mut self, languages: u64, place: usize, folder: Option<u64>) {
        if let Some(folder) = folder.filter(|_| self.folders.len() < MAX_FOLDERS) {
            self.folders.insert(folder);
        }
        if self.contexts.len() < MAX_CONTEXTS || self.contexts.contains_key(&languages) {
            self.contexts.entry(languages).or_default().insert(place);
        }
    }
}

impl Draft {
    /// Whether it has one folder alone, and all pages in that.
    fn holds_all(&self, pages: usize) -> bool {
        let declared = |member: &Member| member.written != Written::Folder;
        let is_one = self.sketches.len() == 1 && !self.family.members.iter().any(declared);
        is_one && self.sketches[0].count() == pages
    }

    /// Whether the pages of its base are beside the folder of the site.
    fn takes_beside(&self) -> bool {
        self.family.is_docusaurus && self.base.count() == 0 && self.family.has_base
    }

    /// Leaves what belongs together; returns whether that is a family.
    fn settle(&mut self, names: &Names) -> bool {
        let Self {
            family,
            sketches,
            base,
            beside,
            ..
        } = self;
        for sketch in sketches.iter_mut().chain([&mut *base, &mut *beside]) {
            sketch.settle();
        }
        for (member, sketch) in family.members.iter_mut().zip(&*sketches) {
            member.pages = sketch.count();
        }
        let is_version = family.dimension == Dimension::Version;
        let is_listed = is_version && names.listed.is_some();
        let is_bare = |at: usize| {
            is_version
                && !is_listed
                && is_bare_number(&family.members[at].name)
                && !names.said.is_version(&family.members[at].name)
        };
        let count = family.members.len();
        let is_like_base = |at: usize| {
            let (own, _, both) = sketches[at].compare(base);
            both >= 2 && 2 * both >= own
        };
        let is_declared = |at: usize| is_listed || family.members[at].written != Written::Folder;
        let mut is_kept: Vec<bool> = (0..count)
            .map(|at| {
                let is_like = |other: usize| {
                    let (own, theirs, both) = sketches[at].compare(&sketches[other]);
                    both >= 2 && 2 * both >= own.min(theirs)
                };
                let others = (0..count).filter(|other| *other != at);
                let mut others = others.filter(|other| !(is_bare(at) && is_bare(*other)));
                is_declared(at) || others.any(is_like) || !is_bare(at) && is_like_base(at)
            })
            .collect();
        let has_base = match family.is_docusaurus {
            true => {
                base.count() > 0
                    || (0..count).any(|at| {
                        let (own, _, both) = sketches[at].compare(beside);
                        both >= 2 && 2 * both >= own
                    })
            }
            false => {
                !is_listed && (0..count).any(|at| is_kept[at] && !is_bare(at) && is_like_base(at))
            }
        };
        let kept = is_kept.iter().filter(|kept| **kept).count();
        // Some pages of the same names among many folders of numbers, such as notes of releases, are no versions.
        if 2 * kept < count {
            return false;
        }
        let is_component = family
            .members
            .iter()
            .all(|it| it.written == Written::Component);
        let least = if is_listed { 1 } else { 2 };
        if kept + usize::from(has_base && !is_component) < least {
            return false;
        }
        // Beside others, a few pages are enough, where the others have them too.
        let has_others = |at: usize| {
            let shares = |other: &Sketch| {
                let (own, _, both) = sketches[at].compare(other);
                both > 0 && 2 * both >= own
            };
            let others = (0..count).filter(|other| *other != at && is_kept[*other]);
            others.map(|other| &sketches[other]).any(shares) || has_base && shares(base)
        };
        let few: Vec<bool> = (0..count)
            .map(|at| !is_bare(at) && has_others(at))
            .collect();
        // Among versions, what has the number of one is one, whatever it holds.
        for (at, kept) in is_kept.iter_mut().enumerate() {
            let name = &family.members[at].name;
            *kept |= few[at] || is_version && matches!(Part::of(name), Part::Version(..));
        }
        let old: Vec<usize> = (0..count).filter(|at| is_kept[*at]).collect();
        let mut kept = is_kept.iter().copied();
        family.members.retain(|_| kept.next() == Some(true));
        let place = |before: usize| match before == count {
            true => has_base.then_some(old.len()),
            false => old.binary_search(&before).ok(),
        };
        for there in family.contexts.values_mut() {
            *there = there.iter().filter_map(|it| place(*it)).collect();
            if has_base && base.count() == 0 {
                there.insert(old.len());
            }
        }
        family.has_base = has_base;
        family.base_pages = if base.count() == 0 {
            beside.count()
        } else {
            base.count()
        };
        family.put_in_order(names);
        true
    }
}

impl Family {
    /// What says itself to be the default comes first, then what is current, then the newest that has been released.
    fn put_in_order(&mut self, names: &Names) {
        let said = names.said.default_name().map(key);
        let meant = said.as_deref().and_then(|name| names.said.meant(name));
        let is_said = |name: &str| {
            let name = key(name);
            said.as_deref() == Some(name.as_str()) || meant == Some(name.as_str())
        };
        let listed = names.listed.as_deref().unwrap_or_default();
        // Less is earlier.
        let class = |place: usize| -> (u8, usize) {
            let Some(member) = self.members.get(place) else {
                // What Docusaurus has in no version's folder is in work, unless it says otherwise.
                return match self.is_docusaurus {
                    true if said.as_deref() == Some("current") => (0, 0),
                    true => (7, 0),
                    false => (4, 0),
                };
            };
            let name = member.name.to_ascii_lowercase();
            let position = listed.iter().position(|it| it.eq_ignore_ascii_case(&name));
            match name.as_str() {
                name if is_said(name) => (0, 0),
                _ if position.is_some() => (1, position.unwrap_or(0)),
                "stable" => (1, 0),
                "current" => (2, 0),
                "latest" => (3, 0),
                name => match Number::of(name) {
                    Some(number) if number.is_release() => (5, 0),
                    Some(_) => (6, 0),
                    None => (8, 0),
                },
            }
        };
        let number = |place: usize| {
            let name = self.members.get(place).map(|member| &member.name);
            name.and_then(|name| Number::of(name))
        };
        let last = self.members.len() + usize::from(self.has_base);
        let mut order: Vec<usize> = (0..last).collect();
        order.sort_by(|a, b| {
            class(*a)
                .cmp(&class(*b))
                .then_with(|| number(*b).cmp(&number(*a)))
                .then_with(|| a.cmp(b))
        });
        self.order = order;
    }
}
