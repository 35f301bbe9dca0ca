//! Document sets that change at random, what is known of them, and the index that follows.
#![allow(dead_code, reason = "tests and a benchmark each use a part")]

use super::prose::Prose;
use docent::{
    config::{DocSet, SearchSettings},
    corpus::{Folders, Look},
    search::{Entry, Query, Snapshot, Store},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// Fewer pages than this are never left of a set, and no more are lost at once: larger losses are not taken over.
const FEW: usize = 4;
const LOST_AT_ONCE: usize = 2;
/// Titles, some of which several pages have.
const TITLES: usize = 60;

/// One change of the documents. The numbers are taken modulo what there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) page: u16,
    pub(crate) to: u16,
    pub(crate) seed: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Add,
    Edit,
    Remove,
    /// Within its set.
    Rename,
    /// To another set.
    Move,
    /// The same page once more.
    Copy,
    /// Two pages take each other's place.
    Swap,
    /// Written again as it was.
    Touch,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Add,
        Self::Edit,
        Self::Remove,
        Self::Rename,
        Self::Move,
        Self::Copy,
        Self::Swap,
        Self::Touch,
    ];
}

impl Change {
    pub(crate) fn random(random: &mut fastrand::Rng) -> Self {
        // As in life, most changes are of a page's text.
        let kind = match random.u8(0..10) {
            0..2 => Kind::Add,
            2..5 => Kind::Edit,
            _ => Kind::ALL[random.usize(..Kind::ALL.len())],
        };
        Self {
            kind,
            page: random.u16(..),
            to: random.u16(..),
            seed: random.u16(..),
        }
    }
}

/// A set, and a path in it.
type Place = (usize, String);

#[derive(Debug, Clone)]
struct Page {
    /// A word that no other page has, but its copies and those that include it.
    marker: String,
    /// It is no draft.
    shown: bool,
    text: String,
}

/// What a step has done.
#[derive(Debug, Default)]
pub(crate) struct Step {
    written: BTreeSet<Place>,
    removed: BTreeSet<Place>,
    /// Pages of each set that went.
    lost: HashMap<usize, usize>,
}

pub(crate) struct World {
    docs: TempDir,
    cache: TempDir,
    sets: usize,
    pages: BTreeMap<Place, Page>,
    /// Markers that no page has any more.
    gone: Vec<String>,
    prose: Prose,
    number: usize,
    /// What was asked last.
    asked: Vec<Query>,
    /// Folders that have changed since a look was told of them, as the kernel tells it.
    touched: Folders,
}

impl World {
    pub(crate) fn new(seed: u64, sets: usize, pages: usize) -> Self {
        let mut world = Self {
            docs: tempfile::tempdir().expect("a folder for documents"),
            cache: tempfile::tempdir().expect("a folder for the index"),
            sets,
            pages: BTreeMap::new(),
            gone: Vec::new(),
            prose: Prose::new(seed),
            number: 0,
            asked: Vec::new(),
            touched: Folders::default(),
        };
        let mut step = Step::default();
        for set in 0..sets {
            for part in 0..2 {
                world.write_new((set, format!("parts/part-{part}.md")), &mut step);
            }
            world.write_new((set, "index.md".to_owned()), &mut step);
            world.write_new((set, "guide/index.md".to_owned()), &mut step);
        }
        while world.pages.len() < pages.max(sets * (FEW + 1)) {
            let set = world.number % sets;
            let place = world.new_place(set);
            world.write_new(place, &mut step);
        }
        world
    }

    /// Adds texts that people have written.
    pub(crate) fn with_texts(mut self, folder: &Path) -> Self {
        let entries = fs::read_dir(folder).expect("a folder of texts").flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|it| it == "md"));
        paths.sort();
        for path in paths {
            let marker = self.new_marker();
            let name = path.file_name().expect("a file").to_string_lossy();
            let text = fs::read_to_string(&path).expect("a text");
            let page = Page {
                text: format!("{text}\n\nWritten by {marker}.\n"),
                marker,
                shown: true,
            };
            self.write((0, format!("manual/{name}")), page);
        }
        self
    }

    pub(crate) fn cache(&self) -> &Path {
        self.cache.path()
    }

    pub(crate) fn store(&self) -> Store {
        self.store_in(self.cache.path())
    }

    pub(crate) fn store_in(&self, cache: &Path) -> Store {
        let sets = (0..self.sets).map(|set| {
            let root = fs::canonicalize(self.folder(set)).expect("the folder of a set");
            DocSet {
                base_url: (set == 0).then(|| "https://example.com/docs/".to_owned()),
                ..DocSet::new(name(set), root)
            }
        });
        Store::new(cache, sets.collect(), SearchSettings::default()).expect("a store")
    }

    /// Does what can be done of a change.
    pub(crate) fn apply(&mut self, change: Change, step: &mut Step) {
        self.prose = Prose::new(u64::from(change.seed) << 20 | self.number as u64);
        let place = self.place(change.page);
        let set = place.0;
        let is_few = |world: &Self, step: &Step| {
            let left = world.pages.keys().filter(|place| place.0 == set).count();
            left <= FEW
                || step
                    .lost
                    .get(&set)
                    .is_some_and(|lost| *lost >= LOST_AT_ONCE)
        };
        match change.kind {
            Kind::Add => {
                let to = usize::from(change.to) % self.sets;
                let place = self.new_place(to);
                self.write_new(place, step);
            }
            Kind::Edit => {
                // A page that becomes a draft is gone, too; not so what others include.
                let may_hide = !is_few(self, step) && !place.1.starts_with("parts/");
                let page = self.new_page(&place, may_hide);
                if !page.shown {
                    *step.lost.entry(set).or_default() += 1;
                }
                self.write(place.clone(), page);
                step.written.insert(place);
            }
            Kind::Remove if is_few(self, step) => {}
            Kind::Remove => {
                self.remove(&place, step);
            }
            Kind::Rename => {
                let to = self.new_place_like(&place, set);
                self.rename(&place, to, step);
            }
            Kind::Move if is_few(self, step) => {}
            Kind::Move => {
                let other = (set + 1 + usize::from(change.to) % (self.sets - 1).max(1)) % self.sets;
                let to = self.new_place_like(&place, other);
                self.rename(&place, to, step);
            }
            Kind::Copy => {
                let to = self.new_place_like(&place, usize::from(change.to) % self.sets);
                let page = self.pages[&place].clone();
                self.write(to.clone(), page);
                step.written.insert(to);
            }
            Kind::Swap => {
                let other = self.place(change.to);
                let alike = |one: &str, other: &str| {
                    Path::new(one).extension() == Path::new(other).extension()
                };
                // A draft is not what others include.
                let is_draft = |place: &Place| !self.pages[place].shown;
                let is_part = |place: &Place| place.1.starts_with("parts/");
                let hides =
                    is_draft(&place) && is_part(&other) || is_draft(&other) && is_part(&place);
                if other.0 == set && other != place && !hides && alike(&other.1, &place.1) {
                    let (one, two) = (self.pages[&place].clone(), self.pages[&other].clone());
                    self.write(other.clone(), one);
                    self.write(place.clone(), two);
                    step.written.extend([place, other]);
                }
            }
            Kind::Touch => {
                let page = self.pages[&place].clone();
                self.write(place.clone(), page);
                step.written.insert(place);
            }
        }
    }

    /// Everything new is found, and nothing that is gone.
    pub(crate) fn check_step(&mut self, snapshot: &Snapshot, step: &Step) {
        for place in &step.written {
            self.check_page(snapshot, place);
        }
        for place in &step.removed {
            if !self.pages.contains_key(place) {
                let page = snapshot.page(&id(place)).expect("an answer");
                assert!(page.is_none(), "{place:?} is gone: {page:?}");
            }
        }
        let known: Vec<_> = self.pages.keys().cloned().collect();
        for _ in 0..6 {
            let pick = self.prose.random().usize(..known.len());
            self.check_page(snapshot, &known[pick]);
        }
        let latest = self.gone.len().saturating_sub(4)..self.gone.len();
        for pick in latest {
            check_gone(snapshot, &self.gone[pick]);
        }
        for _ in 0..self.gone.len().min(6) {
            let pick = self.prose.random().usize(..self.gone.len());
            check_gone(snapshot, &self.gone[pick]);
        }
    }

    /// The same for all that there is and was.
    pub(crate) fn check_all(&self, snapshot: &Snapshot) {
        for place in self.pages.keys() {
            self.check_page(snapshot, place);
        }
        for marker in &self.gone {
            check_gone(snapshot, marker);
        }
        let shown = self.pages.values().filter(|page| page.shown).count();
        assert_eq!(snapshot.pages().count(), shown, "pages");
    }

    /// Every answer of one is that of the other.
    pub(crate) fn check_same(&mut self, one: &Snapshot, other: &Snapshot) {
        let ids: Vec<_> = one.pages().map(|page| page.id()).collect();
        same("pages", &list(one.pages()), &list(other.pages()));
        same("sets", one.sets(), other.sets());
        let by_links = |snapshot: &Snapshot, from| list(snapshot.pages_by_links(from));
        same("pages by links", &by_links(one, 0), &by_links(other, 0));
        same(
            "the last pages by links",
            &by_links(one, 7),
            &by_links(other, 7),
        );
        for set in 0..=self.sets {
            let mut folders = vec![String::new()];
            while let Some(folder) = folders.pop() {
                let entries = one.folder(&name(set), &folder);
                same(&folder, &entries, &other.folder(&name(set), &folder));
                folders.extend(
                    entries
                        .into_iter()
                        .flatten()
                        .filter_map(|entry| match entry {
                            Entry::Folder { path, .. } => Some(path),
                            Entry::Page(_) => None,
                        }),
                );
            }
        }
        for id in &ids {
            let page = |snapshot: &Snapshot| snapshot.page(id).expect("an answer");
            same(id, &page(one), &page(other));
            if let Some(url) = page(one).and_then(|page| page.page.url) {
                let page = |snapshot: &Snapshot| snapshot.page(&url).expect("an answer");
                same(&url, &page(one), &page(other));
            }
            let near = id.replace("-1", "-").replace(".md", ".html");
            if !ids.contains(&near) {
                same(&near, &one.similar(&near), &other.similar(&near));
            }
        }
        for query in self.queries() {
            let answer = |snapshot: &Snapshot| snapshot.search(&query).expect("an answer");
            same(&format!("{query:?}"), &answer(one), &answer(other));
        }
    }

    /// All answers of an index.
    pub(crate) fn answers(&mut self, snapshot: &Snapshot) -> Vec<String> {
        self.asked = self.queries();
        self.ask_again(snapshot)
    }

    /// Answers to what was asked last.
    pub(crate) fn ask_again(&self, snapshot: &Snapshot) -> Vec<String> {
        let ask = |query| snapshot.search(query).expect("an answer");
        list(self.asked.iter().map(ask))
    }

    /// All that can be asked of these documents, and some of what cannot.
    fn queries(&mut self) -> Vec<Query> {
        let titles: Vec<_> = (0..TITLES).map(title).collect();
        let mut texts = titles.clone();
        texts.extend(
            self.pages
                .values()
                .step_by(3)
                .map(|page| page.marker.clone()),
        );
        texts.extend(self.gone.iter().rev().take(20).cloned());
        for count in [1, 1, 2, 2, 3, 4, 6, 12, 40] {
            for _ in 0..8 {
                texts.push(self.prose.words(count));
            }
        }
        for word in texts.clone().iter().step_by(4) {
            // Misspelt.
            let mut letters: Vec<_> = word.chars().collect();
            if letters.len() > 5 {
                letters.swap(2, 3);
                texts.push(letters.into_iter().collect());
            }
        }
        texts.extend(
            [
                "how do I install it",
                "docent serve --listen",
                "certificate",
                "",
                "the of",
            ]
            .map(str::to_owned),
        );
        let queries = texts.into_iter().enumerate().map(|(number, text)| Query {
            set: (number % 5 == 1).then(|| name(number % (self.sets + 1))),
            under: (number % 7 == 2).then(|| "guide/".to_owned()),
            limit: [10, 3, 50][number % 3],
            offset: [0, 0, 0, 2, 11][number % 5],
            ..Query::new(text)
        });
        queries.collect()
    }

    fn check_page(&self, snapshot: &Snapshot, place: &Place) {
        let page = &self.pages[place];
        let id = id(place);
        let stored = snapshot.page(&id).expect("an answer");
        if !page.shown {
            assert!(stored.is_none(), "{id} is a draft: {stored:?}");
            return;
        }
        let stored = stored.unwrap_or_else(|| panic!("{id} is not there"));
        assert!(
            format!("{stored:?}").contains(&page.marker),
            "{id} does not say {}: {stored:?}",
            page.marker
        );
        let found = found(snapshot, &page.marker);
        // Of very many copies some are named.
        let is_counted = |hit: &str| !hit.contains("more: 0 }, versions");
        assert!(
            found
                .iter()
                .any(|(hit, text)| *hit == id || is_counted(text)),
            "{} does not find {id}, but {found:?}",
            page.marker
        );
    }

    fn place(&self, number: u16) -> Place {
        let places = self.pages.keys();
        let mut places = places.skip(usize::from(number) % self.pages.len());
        places.next().expect("there are pages").clone()
    }

    fn new_place(&mut self, set: usize) -> Place {
        const FOLDERS: [&str; 6] = [
            "",
            "guide/",
            "guide/first/",
            "api/",
            "api/v2/core/",
            "notes/",
        ];
        const ENDS: [&str; 8] = ["md", "md", "md", "md", "md", "html", "rst", "txt"];
        self.number += 1;
        let random = self.prose.random();
        let (folder, end) = (random.usize(..FOLDERS.len()), random.usize(..ENDS.len()));
        let name = format!(
            "{}{}-{}.{}",
            FOLDERS[folder],
            self.prose.word(),
            self.number,
            ENDS[end]
        );
        // What a folder is called is seen at all of its pages.
        let index = format!("{}index.md", FOLDERS[folder]);
        if self.number.is_multiple_of(11) && !self.pages.contains_key(&(set, index.clone())) {
            return (set, index);
        }
        (set, name)
    }

    /// In the same format.
    fn new_place_like(&mut self, place: &Place, set: usize) -> Place {
        let (_, path) = self.new_place(set);
        let path = Path::new(&path).with_file_name(format!("moved-{}", self.number));
        let end = Path::new(&place.1).extension().expect("an ending");
        (set, path.with_extension(end).to_string_lossy().into_owned())
    }

    fn new_marker(&mut self) -> String {
        // Unlike any word, and unlike each other, since similar words are looked up for each other.
        let random = self.prose.random();
        let letters: String = (0..14).map(|_| random.char('a'..='z')).collect();
        self.number += 1;
        format!("q{letters}{}", super::prose::word(self.number))
    }

    fn write_new(&mut self, place: Place, step: &mut Step) {
        let page = self.new_page(&place, false);
        self.write(place.clone(), page);
        step.written.insert(place);
    }

    fn new_page(&mut self, place: &Place, may_hide: bool) -> Page {
        let marker = self.new_marker();
        let random = self.prose.random();
        let number = random.usize(..TITLES);
        let in_title = random.u8(..4) == 0;
        let shown = !(may_hide && random.u8(..12) == 0);
        let title = match in_title {
            true => format!("{} {marker}", title(number)),
            false => title(number),
        };
        let size = super::prose::spread(self.prose.random(), 80, 6_000);
        // What a site writes around each page, on so many of them that it is often near the half.
        let around = |share: u8, random: &mut fastrand::Rng| random.u8(..10) < share;
        let [menu, site, footer, licence] =
            [6, 5, 6, 8].map(|share| around(share, self.prose.random()));
        let if_so = |is: bool, text: &'static str| if is { text } else { "" };
        let text = match Path::new(&place.1).extension().and_then(|end| end.to_str()) {
            Some("md") => {
                let site = if_so(
                    site && !place.1.contains("parts/"),
                    "# Handbook of it all\n\n",
                );
                let text = self.markdown(place, &title, &marker, size, shown);
                let footer = if_so(footer, "\nHave you found what you came for?\n");
                match text.starts_with("---") {
                    true => format!("{text}{footer}"),
                    false => format!("{site}{text}{footer}"),
                }
            }
            Some("html") => format!(
                "<html><head><title>{title}{}</title></head><body>{}<h1>{title}</h1><p>{} {marker}.</p><h2>More</h2><p>{}</p>{}{}</body></html>\n",
                if_so(site, " (Handbook of it all)"),
                if_so(
                    menu,
                    "<ul><li><a href=\"/\">Start</a><li><a href=\"/buy\">Buy it</a></ul>"
                ),
                self.prose.sentence(),
                self.prose.words(size / 8),
                if_so(footer, "<p>Have you found what you came for?</p>"),
                if_so(
                    licence,
                    "<p>All of it may be copied and changed by everybody.</p>"
                ),
            ),
            Some("rst") => format!(
                "{title}\n{}\n\n{} {marker}.\n\n{}\n",
                "=".repeat(title.len()),
                self.prose.sentence(),
                self.prose.words(size / 8)
            ),
            _ => format!(
                "{title}\n\n{} {marker}.\n\n{}\n",
                self.prose.sentence(),
                self.prose.words(size / 8)
            ),
        };
        let is_markdown = place.1.ends_with(".md");
        Page {
            marker,
            shown: shown || !is_markdown,
            text,
        }
    }

    fn markdown(
        &mut self,
        place: &Place,
        title: &str,
        marker: &str,
        size: usize,
        shown: bool,
    ) -> String {
        let mut text = String::new();
        let alias = self.prose.random().u8(..10) == 0;
        if !shown || alias {
            text += "---\n";
            if !shown {
                text += "draft: true\n";
            }
            if alias {
                text += &format!("aliases: [\"/old/{}/\"]\n", self.number % 50);
            }
            text += "---\n";
        }
        text += &self.prose.page(title, size);
        text += &format!("\n{} {marker}.\n\n", self.prose.sentence());
        // Pages that are there, and some that are to come or have gone.
        for _ in 0..self.prose.random().usize(..4) {
            let to = match self.prose.random().u8(..8) {
                0 => format!("/old/{}/", self.prose.random().u8(..50)),
                1 => format!("{}-{}.md", self.prose.word(), self.number + 3),
                _ if self.pages.is_empty() => continue,
                _ => {
                    let number = self.prose.random().u16(..);
                    let (_, path) = self.place(number);
                    let up = place.1.matches('/').count();
                    format!("{}{path}", "../".repeat(up))
                }
            };
            let (label, around) = (self.prose.words(2), self.prose.words(3));
            text += &format!("See the [{label}]({to}) about {around}.\n\n");
        }
        if self.prose.random().u8(..8) == 0 && !place.1.starts_with("parts/") {
            text += &format!("--8<-- \"parts/part-{}.md\"\n", self.prose.random().u8(..3));
        }
        text
    }

    fn write(&mut self, place: Place, page: Page) {
        let file = self.file(&place);
        self.touch(&file);
        fs::write(file, &page.text).expect("a document");
        let marker = page.marker.clone();
        if let Some(before) = self.pages.insert(place, page) {
            self.forget(before.marker);
        }
        // A copy of what had gone.
        self.gone.retain(|gone| *gone != marker);
        self.forget(marker);
    }

    fn remove(&mut self, place: &Place, step: &mut Step) {
        let file = self.file(place);
        self.touch(&file);
        fs::remove_file(file).expect("a document to remove");
        self.taken(place, step);
    }

    fn rename(&mut self, place: &Place, to: Place, step: &mut Step) {
        let (file, to_file) = (self.file(place), self.file(&to));
        self.touch(&file);
        self.touch(&to_file);
        fs::rename(file, to_file).expect("a document to move");
        let page = self.taken(place, step);
        if let Some(page) = page {
            self.gone.retain(|gone| *gone != page.marker);
            self.pages.insert(to.clone(), page);
            step.written.insert(to);
        }
    }

    /// Notes that a file is about to come, change or go, and makes its folder.
    fn touch(&mut self, file: &Path) {
        let folder = file.parent().expect("a folder");
        let new = folder.ancestors().take_while(|folder| !folder.exists());
        match new.last() {
            Some(new) => self.touched.note_whole(new.to_owned()),
            None => self.touched.note(folder.to_owned()),
        }
        fs::create_dir_all(folder).expect("a folder");
    }

    fn taken(&mut self, place: &Place, step: &mut Step) -> Option<Page> {
        let page = self.pages.remove(place)?;
        self.forget(page.marker.clone());
        step.removed.insert(place.clone());
        step.written.remove(place);
        if page.shown {
            *step.lost.entry(place.0).or_default() += 1;
        }
        Some(page)
    }

    /// Notes that a marker is gone, if it is.
    fn forget(&mut self, marker: String) {
        let mut pages = self.pages.values();
        let is_left = pages.any(|page| page.shown && page.marker == marker);
        if !is_left && !self.gone.contains(&marker) {
            self.gone.push(marker);
        }
    }

    fn folder(&self, set: usize) -> PathBuf {
        let docs = fs::canonicalize(self.docs.path()).expect("the folder");
        docs.join(name(set))
    }

    fn file(&self, (set, path): &Place) -> PathBuf {
        self.folder(*set).join(path)
    }
}

/// No page that answers shows a word that is gone.
fn check_gone(snapshot: &Snapshot, marker: &str) {
    let found = found(snapshot, marker);
    assert!(found.is_empty(), "{marker} is gone, and finds {found:?}");
    let answer = snapshot.search(&Query::new(marker)).expect("an answer");
    let nearest = format!("{:?}", answer.nearest);
    assert!(!nearest.contains(marker), "{marker} is gone: {nearest}");
}

/// Pages that answer, with all that is shown of them.
fn found(snapshot: &Snapshot, word: &str) -> Vec<(String, String)> {
    let query = Query {
        limit: 50,
        ..Query::new(word)
    };
    let answer = snapshot.search(&query).expect("an answer");
    let hits = answer.hits.iter();
    let shown = hits.flat_map(|hit| {
        let stand_behind = hit.copies.pages.iter().chain(&hit.versions.pages);
        let pages = [&hit.page].into_iter().chain(stand_behind);
        pages.map(move |page| (page.id(), format!("{hit:?}")))
    });
    shown.collect()
}

fn list<T: Debug>(items: impl Iterator<Item = T>) -> Vec<String> {
    items.map(|item| format!("{item:?}")).collect()
}

fn same<T: Debug + ?Sized>(what: &str, one: &T, other: &T) {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    if one == other {
        return;
    }
    let (one, other): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
    let pairs = one.iter().zip(&other);
    let place = pairs.take_while(|(one, other)| one == other).count();
    let around = |lines: &[&str]| {
        let lines = lines.iter().skip(place.saturating_sub(12)).take(24);
        lines
            .map(|line| format!("{}\n", line.chars().take(200).collect::<String>()))
            .collect::<String>()
    };
    panic!(
        "{what}: differs at line {place} of\n{}--- and\n{}",
        around(&one),
        around(&other)
    );
}

fn name(set: usize) -> String {
    format!("set-{set}")
}

fn id((set, path): &Place) -> String {
    format!("{}/{path}", name(*set))
}

fn title(number: usize) -> String {
    let (one, two) = (number * 37 % 101, number * 53 % 89);
    format!(
        "{} {}",
        super::prose::word(one + 40),
        super::prose::word(two + 300)
    )
}

/// What a cache directory has of segments: their files, with a hash of the contents of each.
pub(crate) fn segments(cache: &Path) -> BTreeMap<PathBuf, u64> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    fn below(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder)
            .expect("a folder of the index")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                below(&path, depth + 1, files);
            } else if depth > 1 {
                // Those of a library itself are its lock and its list of segments.
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    below(cache, 0, &mut files);
    let hashed = files.into_iter().map(|file| {
        let mut hasher = DefaultHasher::new();
        fs::read(&file)
            .expect("a file of the index")
            .hash(&mut hasher);
        let path = file.strip_prefix(cache).expect("it is below").to_owned();
        (path, hasher.finish())
    });
    hashed.collect()
}

/// A number of changes one after another, in the order that a seed makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sequence {
    pub(crate) seed: u64,
    pub(crate) pages: usize,
    pub(crate) changes: usize,
}

impl Sequence {
    /// # Panics
    /// Where the index does not follow.
    pub(crate) fn run(&self, texts: &Path) {
        let mut random = fastrand::Rng::with_seed(self.seed);
        let world = World::new(self.seed, 3, self.pages).with_texts(texts);
        let mut follower = Follower::new(world);
        let mut done = 0;
        while done < self.changes {
            let count = random.usize(1..4).min(self.changes - done);
            let changes: Vec<_> = (0..count).map(|_| Change::random(&mut random)).collect();
            follower.step(&changes);
            done += count;
            match random.u8(..24) {
                0..3 => follower.merge_due(),
                3..5 => follower.reopen(),
                5 => follower.look_without_change(),
                6 if random.u8(..3) == 0 => follower.merge_all(),
                _ => {}
            }
        }
        follower.end();
    }
}

/// An index that follows the changes of its documents.
pub(crate) struct Follower {
    pub(crate) world: World,
    store: Store,
    served: Arc<Snapshot>,
    last: Step,
}

impl Follower {
    pub(crate) fn new(world: World) -> Self {
        let store = world.store();
        let (served, _) = store.update(false, &|_| ()).expect("an index");
        Self {
            world,
            store,
            served,
            last: Step::default(),
        }
    }

    pub(crate) fn step(&mut self, changes: &[Change]) {
        let mut step = Step::default();
        for change in changes {
            self.world.apply(*change, &mut step);
        }
        let touched = std::mem::take(&mut self.world.touched);
        // Mostly as the server looks, which is told of changes.
        let look = match self.world.prose.random().u8(..4) {
            0 => Look::Everything,
            _ => Look::Folders(touched),
        };
        let draft = self.store.draft(&look, false, &|_| ()).expect("a draft");
        assert_eq!(draft.report.losses, [], "{changes:?}");
        self.world.check_step(&draft.snapshot, &step);
        let (snapshot, _) = draft.publish().expect("an index");
        self.served = snapshot;
        self.last = step;
    }

    /// As a start of docent does.
    pub(crate) fn reopen(&mut self) {
        self.store = self.world.store();
        let opened = self.store.open().expect("an index");
        self.world.check_same(&opened, &self.served);
        self.served = Arc::new(opened);
    }

    /// As another process does, when somebody else may have written the index since.
    pub(crate) fn reopen_changed(&mut self) {
        let opened = self.world.store().open().expect("an index");
        self.world.check_step(&opened, &self.last);
        self.served = Arc::new(opened);
    }

    pub(crate) fn look_without_change(&mut self) {
        let (snapshot, report) = self.store.update(false, &|_| ()).expect("an index");
        assert_eq!(report.read, 0);
        assert_eq!(snapshot.generation(), self.served.generation());
    }

    /// Puts segments together as the server does it beside its searches.
    pub(crate) fn merge_due(&mut self) {
        if let Some(merged) = merge(&self.store, false) {
            self.served = merged;
        }
        let nothing = Step::default();
        self.world.check_step(&self.served, &nothing);
    }

    pub(crate) fn merge_all(&mut self) {
        if let Some(merged) = merge(&self.store, true) {
            self.served = merged;
        }
        assert!(
            merge(&self.store, true).is_none(),
            "there is nothing left to merge"
        );
    }

    /// When all is put together, the index is that of somebody who sees the documents for the first time.
    pub(crate) fn end(mut self) {
        self.world.check_all(&self.served);
        self.merge_all();
        // Somebody else may have merged since it was opened.
        self.served = Arc::new(self.world.store().open().expect("an index"));
        self.world.check_all(&self.served);
        let cache = tempfile::tempdir().expect("a folder for another index");
        let fresh = self.world.store_in(cache.path());
        let (fresh, _) = fresh.update(false, &|_| ()).expect("an index");
        self.world.check_same(&self.served, &fresh);
        assert_eq!(segments(self.world.cache()), segments(cache.path()));
        self.reopen();
        self.world.check_same(&self.served, &fresh);
    }
}

/// Puts segments together; `None` where there was nothing to do.
pub(crate) fn merge(store: &Store, everything: bool) -> Option<Arc<Snapshot>> {
    store.merge(everything, &|| ()).expect("a merge")
}
