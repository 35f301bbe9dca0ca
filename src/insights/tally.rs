//! What the lines of a log add up to, as they come.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque},
    hash::{BuildHasher as _, RandomState},
};

use serde::Serialize;

use super::{
    counter::Counter,
    latency::Latency,
    moment::Moment,
    record::{Call, Found, Record, Report, What, Who},
    unread::Waiting,
};

/// Different questions that are kept, of each kind; up to twice as many for a while.
pub(super) const MAX_QUERIES: usize = 20_000;
/// The same of pages.
const MAX_PAGES: usize = 20_000;
/// Assistants, each with each version of the protocol.
const MAX_ASSISTANTS: usize = 500;
/// Audiences, each with each of its access keys.
const MAX_AUDIENCES: usize = 500;
/// Pages of which it is known that a search has shown them.
const MAX_SHOWN: usize = 2_000_000;
/// The slowest calls, and the last reports.
const MAX_ROWS: usize = 1_000;
/// Days that are told apart; the lines of a log may say anything.
const MAX_DAYS: usize = 4_000;
/// Pages that are kept for one question.
const MAX_READ: usize = 4;
/// Characters of what is kept of any text.
const MAX_TEXT: usize = 1_000;
/// Assistants of one question that are told apart.
const MAX_NAMES: usize = 64;

/// From when to when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// The first moment; the log's own where there is none.
    pub since: Option<Moment>,
    /// The first one after it.
    pub until: Option<Moment>,
}

/// Adds lines up.
pub struct Tally {
    window: Window,
    /// The only one whose lines count.
    audience: Option<String>,
    pub(super) first: Option<Moment>,
    pub(super) last: Option<Moment>,
    pub(super) counts: Counts,
    pub(super) asked: Counter<Asked>,
    pub(super) not_found: Counter<NotFound>,
    pub(super) unread: Counter<Unread>,
    pub(super) read: Counter<Names>,
    pub(super) missing: Counter<Option<Moment>>,
    pub(super) assistants: Counter<Assistant>,
    pub(super) audiences: Counter<Assistant>,
    pub(super) days: BTreeMap<u64, Day>,
    pub(super) latency: Latency,
    pub(super) bands: Bands,
    slow: BinaryHeap<Reverse<Slow>>,
    pub(super) reports: VecDeque<Told>,
    waiting: Waiting,
    names: HashMap<Box<str>, u32>,
    shown: HashSet<u64>,
    hasher: RandomState,
}

/// How often what came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All searches but those as somebody types.
    pub searches: u64,
    /// Each word was found as it is.
    pub exact: u64,
    /// Some words were left out or replaced.
    pub relaxed: u64,
    /// Only pages that share a few words with the question.
    pub poor: u64,
    /// No page.
    pub nothing: u64,
    /// For more results than there are.
    pub past: u64,
    /// Of no sense.
    pub refused: u64,
    /// Something was found, and some of it read within ten minutes.
    pub found_and_read: u64,
    /// Something was found, and nothing of it read.
    pub nothing_read: u64,
    /// Something was found less than ten minutes before the end, and nothing of it read yet, or too many
    /// were waiting.
    pub not_known: u64,
    /// As somebody types on the page.
    pub typed: u64,
    /// Pages that were read.
    pub reads: u64,
    /// Calls for pages that are not there.
    pub missing: u64,
    /// Of other tools.
    pub other_calls: u64,
    /// By a fault of the server.
    pub failed: u64,
    /// Searches whose words are not in the log.
    pub without_words: u64,
    /// What assistants have said of pages.
    pub reports: u64,
}

impl Counts {
    /// Searches that came to what they asked for.
    pub fn found(&self) -> u64 {
        self.exact + self.relaxed
    }

    /// Searches that did not.
    pub fn not_found(&self) -> u64 {
        self.poor + self.nothing
    }
}

#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Pages of it that were read, with how often.
    pub(super) read: Vec<(Box<str>, u64)>,
}

#[derive(Debug, Default)]
pub(super) struct NotFound {
    pub(super) names: Names,
    pub(super) last: Option<Moment>,
}

#[derive(Debug, Default)]
pub(super) struct Unread {
    pub(super) first_page: Box<str>,
}

#[derive(Debug, Default)]
pub(super) struct Assistant {
    pub(super) searches: u64,
    pub(super) not_found: u64,
    pub(super) reads: u64,
}

impl Assistant {
    fn note(&mut self, what: What) {
        match what {
            What::Search(found) => {
                self.searches += 1;
                self.not_found += u64::from(found.is_missed());
            }
            What::Read => self.reads += 1,
            What::Other | What::Failed => {}
        }
    }
}

/// What happened on one day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Day {
    pub(super) searches: u64,
    pub(super) not_found: u64,
    pub(super) nothing_read: u64,
}

/// Which assistants, by a bit for each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Names(u64);

impl Names {
    pub(super) fn count(self) -> u32 {
        self.0.count_ones()
    }
}

/// Calls by how long they took: up to 1, 2, 5, 10, 100 milliseconds, and longer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bands(pub(super) [u64; 6]);

impl Bands {
    /// The ends, in microseconds.
    pub(super) const ENDS: [u64; 5] = [1_000, 2_000, 5_000, 10_000, 100_000];

    fn add(&mut self, microseconds: u64) {
        let band = Self::ENDS.iter().take_while(|end| microseconds >= **end);
        self.0[band.count()] += 1;
    }
}

/// A slow call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slow {
    pub(super) microseconds: u64,
    pub(super) at: Moment,
    /// The question, or the pages.
    pub(super) what: Box<str>,
}

/// A report, as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) at: Moment,
    pub(super) page: String,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) client: String,
}

impl Tally {
    /// Of what is within a window.
    pub fn new(window: Window) -> Self {
        Self {
            window,
            audience: None,
            first: None,
            last: None,
            counts: Counts::default(),
            asked: Counter::new(MAX_QUERIES),
            not_found: Counter::new(MAX_QUERIES),
            unread: Counter::new(MAX_QUERIES),
            read: Counter::new(MAX_PAGES),
            missing: Counter::new(MAX_PAGES),
            assistants: Counter::new(MAX_ASSISTANTS),
            audiences: Counter::new(MAX_AUDIENCES),
            days: BTreeMap::new(),
            latency: Latency::default(),
            bands: Bands::default(),
            slow: BinaryHeap::new(),
            reports: VecDeque::new(),
            waiting: Waiting::default(),
            names: HashMap::new(),
            shown: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    /// Of what is asked by one audience alone.
    pub fn of_audience(mut self, audience: Option<String>) -> Self {
        self.audience = audience;
        self
    }

    /// Adds a line.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        let (at, who) = match record {
            Record::Call(call) => (call.at, &call.who),
            Record::Report(report) => (report.at, &report.who),
        };
        if (self.audience.as_ref()).is_some_and(|audience| *audience != who.audience) {
            return;
        }
        if self.window.since.is_some_and(|since| at < since)
            || self.window.until.is_some_and(|until| at >= until)
        {
            return;
        }
        if matches!(record, Record::Call(call) if call.who.is_doctor()) {
            return;
        }
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        self.settle(at);
        match record {
            Record::Call(call) => self.call(call),
            Record::Report(report) => self.report(report),
        }
    }

    /// Everything has been read: what is not known yet by `end` remains so.
    pub(super) fn end(&mut self, end: Option<Moment>) {
        if let Some(end) = end.or(self.last) {
            self.settle(end);
        }
        let (read, unknown) = self.waiting.left();
        self.counts.found_and_read += read;
        self.counts.not_known += unknown + self.waiting.crowded_out;
        self.waiting = Waiting::default();
    }

    /// The slowest first.
    pub(super) fn slowest(&self) -> Vec<&Slow> {
        let mut slow: Vec<_> = self.slow.iter().map(|Reverse(slow)| slow).collect();
        slow.sort_unstable_by(|a, b| b.cmp(a));
        slow
    }

    /// Whether a page was shown by a search, or read; `None`: too many were for that to be known.
    pub fn has_shown(&self, id: &str) -> Option<bool> {
        let is_known = self.shown.len() < MAX_SHOWN;
        is_known.then(|| self.shown.contains(&self.hasher.hash_one(id)))
    }

    fn call(&mut self, call: &Call<'_>) {
        if call.who.endpoint == "typing" {
            self.counts.typed += 1;
            return;
        }
        let name = name(&call.who);
        let assistant = self
            .assistants
            .add(&format!("{name}\t{}", shortened(&call.who.protocol)));
        assistant.note(call.what);
        if !call.who.audience.is_empty() {
            let (audience, key) = (shortened(&call.who.audience), shortened(&call.who.key));
            self.audiences
                .add(&format!("{audience}\t{key}"))
                .note(call.what);
        }
        if let Some(microseconds) = call.microseconds {
            self.latency.add(microseconds);
            self.bands.add(microseconds);
            self.slow(call, microseconds);
        }
        for page in call.pages.split_ascii_whitespace() {
            if self.shown.len() < MAX_SHOWN {
                self.shown.insert(self.hasher.hash_one(&*decoded(page)));
            }
        }
        match call.what {
            What::Search(found) => self.search(call, found, &name),
            What::Read => self.pages_read(call, &name),
            What::Other => self.counts.other_calls += 1,
            What::Failed => self.counts.failed += 1,
        }
    }

    fn search(&mut self, call: &Call<'_>, found: Found, name: &str) {
        let counts = &mut self.counts;
        counts.searches += 1;
        match found {
            Found::Exact => counts.exact += 1,
            Found::Relaxed => counts.relaxed += 1,
            Found::Poor => counts.poor += 1,
            Found::Nothing => counts.nothing += 1,
            Found::Past => counts.past += 1,
            Found::Refused => counts.refused += 1,
        }
        let query = call.query.as_deref().map(folded).unwrap_or_default();
        if query.is_empty() && found != Found::Refused {
            counts.without_words += 1;
        }
        let is_missed = found.is_missed();
        if let Some(day) = self.day(call.at) {
            day.searches += 1;
            day.not_found += u64::from(is_missed);
        }
        if !query.is_empty() {
            self.asked.add(&query);
        }
        if is_missed {
            let bit = self.bit(name);
            if !query.is_empty() {
                let not_found = self.not_found.add(&query);
                not_found.names.0 |= bit;
                not_found.last = not_found.last.max(Some(call.at));
            }
        }
        if matches!(found, Found::Exact | Found::Relaxed) {
            let named = call.pages.split_ascii_whitespace().count() as u64;
            let all = named >= call.hits;
            let who = (name, &*call.who.address);
            self.waiting.add(call.at, &query, who, &call.pages, all);
        }
    }

    fn pages_read(&mut self, call: &Call<'_>, name: &str) {
        let bit = self.bit(name);
        for page in call.pages.split_ascii_whitespace() {
            self.counts.reads += 1;
            let id = decoded(page);
            self.read.add(&id).0 |= bit;
            let who = (name, &*call.who.address);
            let led_here = self.waiting.read(call.at, who, page);
            let queries: Vec<Box<str>> = led_here
                .into_iter()
                .filter(|search| !search.query.is_empty())
                .map(|search| search.query.clone())
                .collect();
            for query in queries {
                if let Some(asked) = self.asked.find(&query) {
                    asked.note(&id);
                }
            }
        }
        for id in call.missing.split_ascii_whitespace() {
            self.counts.missing += 1;
            *self.missing.add(&decoded(id)) = Some(call.at);
        }
    }

    /// What is known of searches by now whose ten minutes are over.
    fn settle(&mut self, now: Moment) {
        while let Some((search, is_read)) = self.waiting.over(now) {
            if is_read {
                self.counts.found_and_read += 1;
                continue;
            }
            self.counts.nothing_read += 1;
            if let Some(day) = self.day(search.at) {
                day.nothing_read += 1;
            }
            if !search.query.is_empty() {
                let unread = self.unread.add(&search.query);
                unread.first_page = decoded(&search.first_page).into();
            }
        }
    }

    fn report(&mut self, report: &Report<'_>) {
        self.counts.reports += 1;
        if self.reports.len() >= MAX_ROWS {
            self.reports.pop_front();
        }
        let page = match (&*report.set, &*report.page) {
            (set, "") => set.to_owned(),
            ("", page) => page.to_owned(),
            (set, page) if page.strip_prefix(set).is_some_and(|it| it.starts_with('/')) => {
                page.to_owned()
            }
            (set, page) => format!("{set}/{page}"),
        };
        self.reports.push_back(Told {
            at: report.at,
            page: shortened(&page).into_owned(),
            kind: shortened(&report.kind).into_owned(),
            text: shortened(&report.text).into_owned(),
            client: name(&report.who).into_owned(),
        });
    }

    fn slow(&mut self, call: &Call<'_>, microseconds: u64) {
        if self.slow.len() >= MAX_ROWS {
            match self.slow.peek() {
                Some(Reverse(fastest)) if fastest.microseconds < microseconds => self.slow.pop(),
                _ => return,
            };
        }
        let what = match call.query.as_deref() {
            Some(query) => shortened(query),
            None if call.what == What::Read => decoded(&call.pages),
            None => Cow::Borrowed(""),
        };
        self.slow.push(Reverse(Slow {
            microseconds,
            at: call.at,
            what: what.into(),
        }));
    }

    fn day(&mut self, at: Moment) -> Option<&mut Day> {
        let has_room = self.days.len() < MAX_DAYS || self.days.contains_key(&at.day());
        has_room.then(|| self.days.entry(at.day()).or_default())
    }

    fn bit(&mut self, name: &str) -> u64 {
        let next = self.names.len().min(MAX_NAMES - 1);
        let number = match self.names.get(name) {
            Some(number) => *number,
            None if self.names.len() < MAX_NAMES => {
                let number = u32::try_from(next).unwrap_or_default();
                self.names.insert(name.into(), number);
                number
            }
            None => u32::try_from(next).unwrap_or_default(),
        };
        1 << number
    }
}

impl Asked {
    /// A page was read after this was asked. Where there are more than can be kept, one that came seldom makes room.
    fn note(&mut self, page: &str) {
        let known = self.read.iter().position(|(known, _)| **known == *page);
        match known {
            Some(place) => self.read[place].1 += 1,
            None if self.read.len() < MAX_READ => self.read.push((page.into(), 1)),
            None => {
                if let Some(least) = self.read.iter_mut().min_by_key(|(_, times)| *times) {
                    *least = (page.into(), least.1 + 1);
                }
            }
        }
    }

    /// The page that was read most after this was asked.
    pub(super) fn read_most(&self) -> Option<&str> {
        let most = self.read.iter().max_by_key(|(_, times)| *times)?;
        Some(&most.0)
    }
}

/// What somebody is called.
fn name<'w>(who: &'w Who<'_>) -> Cow<'w, str> {
    if who.is_person() {
        Cow::Borrowed(PEOPLE)
    } else {
        shortened(who.name())
    }
}

/// Those who search on docent's own pages.
pub(super) const PEOPLE: &str = "people on these pages";

/// In lower case, with single spaces.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in shortened(text).split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// An id as it is, of one whose white space is written as in a URL.
fn decoded(id: &str) -> Cow<'_, str> {
    let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
    match id {
        Cow::Borrowed(id) => shortened(id),
        Cow::Owned(id) => Cow::Owned(shortened(&id).into_owned()),
    }
}

fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_TEXT {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(MAX_TEXT);
    Cow::Owned(format!("{}…", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_alike_are_one() {
        assert_eq!(folded("  Rotate\tTHE  keys\n"), "rotate the keys");
        assert_eq!(folded("ÜBER 日本"), "über 日本");
        assert_eq!(folded(" \u{3000}\n"), "");
    }

    #[test]
    fn ids_are_those_of_the_index() {
        assert_eq!(decoded("notes/100%25%20mine.md"), "notes/100% mine.md");
        assert_eq!(decoded("日本/設定.md"), "日本/設定.md");
    }

    #[test]
    fn bands_begin_where_the_one_before_ends() {
        let mut bands = Bands::default();
        for microseconds in [0, 999, 1_000, 4_999, 5_000, 99_999, 100_000] {
            bands.add(microseconds);
        }
        assert_eq!(bands.0, [2, 1, 1, 1, 1, 1]);
    }
}
