//! What is told in the end: for programs as it is, for people as a text or a page.

use serde::Serialize;

use super::{
    lines::Reading,
    moment::Moment,
    tally::{Bands, Counts, MAX_QUERIES, Tally},
    unread::PATIENCE,
};

/// How the documentation is used.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// What the documentation is called.
    pub title: Option<String>,
    /// Where the lines come from, such as "the journal".
    pub source: String,
    /// The first and the last moment of the lines that count.
    pub from: Option<Moment>,
    /// See `from`.
    pub to: Option<Moment>,
    /// When this was put together.
    pub made: Moment,
    /// What was read.
    pub reading: Reading,
    /// How often what came.
    pub counts: Counts,
    /// What is asked most.
    pub most_asked: Vec<Question>,
    /// What is asked and not found.
    pub not_found: Vec<Unanswered>,
    /// What is found and not read.
    pub nothing_read: Vec<NotRead>,
    /// How long calls took.
    pub times: Times,
    /// The slowest calls.
    pub slow: Vec<SlowCall>,
    /// Pages that are read most.
    pub pages_read: Vec<PageRead>,
    /// What was taken for a page.
    pub pages_missing: Vec<Missing>,
    /// Pages that nobody came to see, against the index.
    pub index: Option<Index>,
    /// Who asks.
    pub assistants: Vec<Assistant>,
    /// Whose documents they are answered from; empty where everything is everybody's.
    pub audiences: Vec<Audience>,
    /// What happened on each day, in UTC; days without a search are not there.
    pub days: Vec<Day>,
    /// What assistants have said of pages, the last first.
    pub reports: Vec<Report>,
    /// How exact the counts of single questions and pages are.
    pub exactness: Exactness,
}

/// A question.
#[derive(Debug, Serialize)]
pub struct Question {
    /// In lower case.
    pub query: String,
    /// How often it came.
    pub times: u64,
    /// How often it may have come besides.
    pub at_most_more: u64,
    /// The page that was read most after it.
    pub read_most: Option<String>,
}

/// A question that is not answered.
#[derive(Debug, Serialize)]
pub struct Unanswered {
    /// In lower case.
    pub query: String,
    /// How often it was not answered.
    pub times: u64,
    /// How often that may have been besides.
    pub at_most_more: u64,
    /// How many assistants have asked it, up to 64.
    pub assistants: u32,
    /// When it came last.
    pub last: Option<Moment>,
}

/// A question whose answer was not followed.
#[derive(Debug, Serialize)]
pub struct NotRead {
    /// In lower case.
    pub query: String,
    /// How often nothing was read.
    pub times: u64,
    /// How often that may have been besides.
    pub at_most_more: u64,
    /// The first page that was shown, the last time.
    pub first_page: String,
}

/// How long calls took, in microseconds.
#[derive(Debug, Serialize)]
pub struct Times {
    /// Half of them.
    pub p50: Option<u64>,
    /// 90 of 100.
    pub p90: Option<u64>,
    /// 99 of 100.
    pub p99: Option<u64>,
    /// All of them.
    pub longest: u64,
    /// How many took how long.
    pub bands: Vec<Band>,
}

/// So many took less than that.
#[derive(Debug, Serialize)]
pub struct Band {
    /// In microseconds; `None` for the last one.
    pub below: Option<u64>,
    /// How many, without those of the band before.
    pub calls: u64,
}

/// A slow call.
#[derive(Debug, Serialize)]
pub struct SlowCall {
    /// The question, or the pages.
    pub what: String,
    /// How long it took.
    pub microseconds: u64,
    /// When.
    pub at: Moment,
}

/// A page that is read.
#[derive(Debug, Serialize)]
pub struct PageRead {
    /// `set/path`
    pub page: String,
    /// How often.
    pub times: u64,
    /// How often besides.
    pub at_most_more: u64,
    /// How many assistants have read it, up to 64.
    pub assistants: u32,
}

/// What was taken for a page.
#[derive(Debug, Serialize)]
pub struct Missing {
    /// As it was asked for.
    pub id: String,
    /// How often.
    pub times: u64,
    /// How often besides.
    pub at_most_more: u64,
    /// When it was asked for last.
    pub last: Option<Moment>,
    /// The most similar page of the index.
    pub nearest: Option<String>,
}

/// The pages of the index, against those that were shown by a search or read.
#[derive(Debug, Clone, Serialize)]
pub struct Index {
    /// How many there are.
    pub pages: u64,
    /// How many of them were never shown and never read.
    pub never_shown: u64,
    /// Some of these, those first to which most other pages link.
    pub first: Vec<String>,
}

/// An assistant, with a version of the protocol.
#[derive(Debug, Serialize)]
pub struct Assistant {
    /// As it calls itself, without a version.
    pub name: String,
    /// Empty where none is said.
    pub protocol: String,
    /// All of its calls.
    pub calls: u64,
    /// Searches among them.
    pub searches: u64,
    /// Searches that found nothing.
    pub not_found: u64,
    /// Calls that read.
    pub reads: u64,
}

/// An audience, with one of its access keys.
#[derive(Debug, Serialize)]
pub struct Audience {
    /// As the configuration calls it.
    pub name: String,
    /// The name of the access key; empty for those who showed none.
    pub key: String,
    /// All calls.
    pub calls: u64,
    /// Searches among them.
    pub searches: u64,
    /// Searches that found nothing.
    pub not_found: u64,
    /// Calls that read.
    pub reads: u64,
}

/// A day.
#[derive(Debug, Clone, Serialize)]
pub struct Day {
    /// Its beginning, in UTC.
    pub day: Moment,
    /// Searches on it.
    pub searches: u64,
    /// Those that found nothing.
    pub not_found: u64,
    /// Those that found what nobody has read.
    pub nothing_read: u64,
}

/// What an assistant has said of a page.
#[derive(Debug, Serialize)]
pub struct Report {
    /// When.
    pub at: Moment,
    /// The page, or the set.
    pub page: String,
    /// Wrong, stale, missing and so on.
    pub kind: String,
    /// In its words.
    pub text: String,
    /// Who.
    pub client: String,
}

/// How exact the counts of single questions and pages are.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Exactness {
    /// Different questions that are kept.
    pub questions_kept: usize,
    /// Up to so many are all kept.
    pub bound: usize,
    /// What came no more often than that may be left out of the lists; 0: nothing is, and all counts are exact.
    pub left_out_up_to: u64,
    /// Seconds within which something must be read to belong to a search.
    pub read_within: u64,
}

impl Summary {
    /// Sums up what was read, by `end`, with lists of that many rows at the most.
    pub fn of(mut tally: Tally, reading: Reading, end: Option<Moment>, rows: usize) -> Self {
        tally.end(end);
        let owned = |text: &str| text.to_owned();
        let floors = [
            tally.asked.floor(),
            tally.not_found.floor(),
            tally.unread.floor(),
            tally.read.floor(),
            tally.missing.floor(),
        ];
        Self {
            title: None,
            source: String::new(),
            from: tally.first,
            to: tally.last,
            made: Moment::now(),
            reading,
            counts: tally.counts,
            most_asked: (tally.asked.most(rows).into_iter())
                .map(|(query, counted)| Question {
                    query: owned(query),
                    times: counted.times,
                    at_most_more: counted.missed,
                    read_most: counted.value.read_most().map(owned),
                })
                .collect(),
            not_found: (tally.not_found.most(rows).into_iter())
                .map(|(query, counted)| Unanswered {
                    query: owned(query),
                    times: counted.times,
                    at_most_more: counted.missed,
                    assistants: counted.value.names.count(),
                    last: counted.value.last,
                })
                .collect(),
            nothing_read: (tally.unread.most(rows).into_iter())
                .map(|(query, counted)| NotRead {
                    query: owned(query),
                    times: counted.times,
                    at_most_more: counted.missed,
                    first_page: owned(&counted.value.first_page),
                })
                .collect(),
            times: times(&tally),
            slow: (tally.slowest().into_iter().take(rows))
                .map(|slow| SlowCall {
                    what: owned(&slow.what),
                    microseconds: slow.microseconds,
                    at: slow.at,
                })
                .collect(),
            pages_read: (tally.read.most(rows).into_iter())
                .map(|(page, counted)| PageRead {
                    page: owned(page),
                    times: counted.times,
                    at_most_more: counted.missed,
                    assistants: counted.value.count(),
                })
                .collect(),
            pages_missing: (tally.missing.most(rows).into_iter())
                .map(|(id, counted)| Missing {
                    id: owned(id),
                    times: counted.times,
                    at_most_more: counted.missed,
                    last: counted.value,
                    nearest: None,
                })
                .collect(),
            index: None,
            assistants: assistants(&tally, rows),
            audiences: audiences(&tally, rows),
            days: (tally.days.iter())
                .map(|(day, counts)| Day {
                    day: Moment::of_day(*day),
                    searches: counts.searches,
                    not_found: counts.not_found,
                    nothing_read: counts.nothing_read,
                })
                .collect(),
            reports: (tally.reports.iter().rev().take(rows))
                .map(|report| Report {
                    at: report.at,
                    page: report.page.clone(),
                    kind: report.kind.clone(),
                    text: report.text.clone(),
                    client: report.client.clone(),
                })
                .collect(),
            exactness: Exactness {
                questions_kept: tally.asked.len(),
                bound: MAX_QUERIES,
                left_out_up_to: floors.into_iter().max().unwrap_or(0),
                read_within: PATIENCE.as_secs(),
            },
        }
    }

    /// Nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.reading.records == 0 || self.from.is_none()
    }
}

fn times(tally: &Tally) -> Times {
    let ends = Bands::ENDS.into_iter().map(Some).chain([None]);
    let bands = ends.zip(tally.bands.0);
    Times {
        p50: tally.latency.within(50),
        p90: tally.latency.within(90),
        p99: tally.latency.within(99),
        longest: tally.latency.longest(),
        bands: bands.map(|(below, calls)| Band { below, calls }).collect(),
    }
}

fn assistants(tally: &Tally, rows: usize) -> Vec<Assistant> {
    let most = tally.assistants.most(rows).into_iter();
    most.map(|(key, counted)| {
        let (name, protocol) = key.split_once('\t').unwrap_or((key, ""));
        Assistant {
            name: name.to_owned(),
            protocol: protocol.to_owned(),
            calls: counted.times,
            searches: counted.value.searches,
            not_found: counted.value.not_found,
            reads: counted.value.reads,
        }
    })
    .collect()
}

fn audiences(tally: &Tally, rows: usize) -> Vec<Audience> {
    let most = tally.audiences.most(rows).into_iter();
    most.map(|(id, counted)| {
        let (name, key) = id.split_once('\t').unwrap_or((id, ""));
        Audience {
            name: name.to_owned(),
            key: key.to_owned(),
            calls: counted.times,
            searches: counted.value.searches,
            not_found: counted.value.not_found,
            reads: counted.value.reads,
        }
    })
    .collect()
}
