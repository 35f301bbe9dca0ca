//! The steps of a measurement. Each runs in a process of its own and prints its outcome.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use docent::search::{Draft, Query, Snapshot, Store};
use serde::{Deserialize, Serialize};

use crate::{
    copies::with_sentence,
    engine, fuzz,
    overlap::rank_biased_overlap,
    queries,
    usage::{Times, Usage, anonymous, measure, process_time, thread_time},
};

/// What a change says that was said nowhere before.
const NEWS: &str = "quinceharvest";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Index,
    Text,
    Queries,
    Start,
    Search,
    Change,
    ScopedChange,
    Changes,
    Merge,
    Fuzz,
    FuzzChange,
}

impl Step {
    const ALL: [(Self, &str); 11] = [
        (Self::Index, "index"),
        (Self::Text, "text"),
        (Self::Queries, "queries"),
        (Self::Start, "start"),
        (Self::Search, "search"),
        (Self::Change, "change"),
        (Self::ScopedChange, "scoped-change"),
        (Self::Changes, "changes"),
        (Self::Merge, "merge"),
        (Self::Fuzz, "fuzz"),
        (Self::FuzzChange, "fuzz-change"),
    ];

    pub(crate) fn name(self) -> &'static str {
        let named = Self::ALL.iter().find(|(step, _)| *step == self);
        named.map_or("", |(_, name)| name)
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let named = Self::ALL.iter().find(|(_, its)| *its == name);
        named
            .map(|(step, _)| *step)
            .ok_or(format!("no step {name}"))
    }
}

/// From nothing to an index.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Indexed {
    pub(crate) pages: usize,
    pub(crate) sections: usize,
    pub(crate) usage: Usage,
}

/// From an index to the first answer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Started {
    pub(crate) seconds: f64,
    /// `RssAnon` after it, in KiB, and before it, of the process alone.
    pub(crate) anonymous: u64,
    pub(crate) empty: u64,
    pub(crate) high: u64,
}

/// Searches, one after another.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Searched {
    pub(crate) count: usize,
    pub(crate) wall: Times,
    pub(crate) cpu: Times,
    /// Of those before, which also read the index from its files.
    pub(crate) first: Times,
    /// `RssAnon` after them, in KiB.
    pub(crate) anonymous: u64,
}

/// One page that has changed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Changed {
    /// Seconds from the written file to an answer that finds what it says.
    pub(crate) found: Vec<f64>,
    /// Until that is on the disk.
    pub(crate) usage: Usage,
    /// `RssAnon` before, and two seconds afterwards, in KiB.
    pub(crate) before: u64,
    pub(crate) left: u64,
}

/// Work during which another thread searches all the time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Beside {
    /// Seconds until the work was done, or the last change was found.
    pub(crate) done: f64,
    /// Of processors, without that of the searches.
    pub(crate) cpu: f64,
    pub(crate) usage: Usage,
    pub(crate) searches: usize,
    pub(crate) wall: Times,
    pub(crate) search_cpu: Times,
    pub(crate) left: u64,
    /// After a merge: rank-biased overlap of its rankings with those before: mean, least, and the share of the same ones.
    pub(crate) overlap: Option<[f64; 3]>,
}

pub(crate) fn run(step: Step, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let paths: Vec<_> = arguments.iter().map(Path::new).collect();
    match (step, &paths[..]) {
        (Step::Index, [set, cache]) => print(&index(set, cache)?),
        (Step::Text, [set, cache]) => print(&text(set, cache)?),
        (Step::Queries, [set, cache, to, people, count]) => {
            let snapshot = opened(set, cache)?;
            let count = count.to_string_lossy().parse()?;
            let queries = queries::make(&snapshot, people, count)?;
            let lines: Vec<_> = queries
                .iter()
                .map(|query| query.replace('\n', " "))
                .collect();
            fs::write(to, lines.join("\n"))?;
            print(&queries.len())
        }
        (Step::Start, [set, cache]) => print(&start(set, cache)?),
        (Step::Search, [set, cache, queries]) => print(&search(set, cache, &lines(queries)?)?),
        (Step::Change, [set, cache, page, rounds]) => {
            let rounds = rounds.to_string_lossy().parse()?;
            print(&change(set, cache, page, rounds, &|store| {
                engine::look(store)
            })?)
        }
        (Step::ScopedChange, [set, cache, page, rounds, folder]) => {
            let rounds = rounds.to_string_lossy().parse()?;
            let changed = change(set, cache, page, rounds, &|store| {
                engine::look_at(store, &[folder])
            });
            print(&changed?)
        }
        (Step::Changes, [set, cache, queries, pages]) => {
            let pages: Vec<_> = lines(pages)?.into_iter().map(PathBuf::from).collect();
            print(&changes(set, cache, &lines(queries)?, &pages)?)
        }
        (Step::Merge, [set, cache, queries]) => print(&merge(set, cache, &lines(queries)?)?),
        (Step::Fuzz, [set, folder]) => {
            let set = serde_json::from_str(&set.to_string_lossy())?;
            print(&fuzz::index(&set, folder)?)
        }
        (Step::FuzzChange, [folder]) => print(&fuzz::change(folder)?),
        _ => Err(format!("arguments of {}: {arguments:?}", step.name()).into()),
    }
}

#[expect(
    clippy::print_stdout,
    reason = "read by the process that has started this one"
)]
fn print(outcome: &impl Serialize) -> Result<(), Box<dyn Error>> {
    println!("{}", serde_json::to_string(outcome)?);
    Ok(())
}

fn lines(file: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    Ok(fs::read_to_string(file)?
        .lines()
        .map(str::to_owned)
        .collect())
}

fn opened(set: &Path, cache: &Path) -> Result<Snapshot, Box<dyn Error>> {
    let opened = engine::store(set, cache)?.open();
    opened.ok_or_else(|| "there is no index".into())
}

fn index(set: &Path, cache: &Path) -> Result<Indexed, Box<dyn Error>> {
    let store = engine::store(set, cache)?;
    let (indexed, usage) = measure(|| engine::index(&store))?;
    let (_, report) = indexed?;
    Ok(Indexed {
        pages: report.sets.iter().map(|set| set.pages).sum(),
        sections: report.sets.iter().map(|set| set.sections).sum(),
        usage,
    })
}

/// Bytes of Markdown in all pages, as the index hands them out.
fn text(set: &Path, cache: &Path) -> Result<usize, Box<dyn Error>> {
    let snapshot = opened(set, cache)?;
    let ids: Vec<_> = snapshot.pages().map(|page| page.id()).collect();
    let (next, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let lost = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(Some(page)) = snapshot.page(id) else {
                        if let Ok(mut lost) = lost.lock() {
                            *lost = Some(id.clone());
                        }
                        return;
                    };
                    let sections = page.sections.iter().map(|section| section.markdown.len());
                    bytes.fetch_add(sections.sum(), Ordering::Relaxed);
                }
            });
        }
    });
    match lost.into_inner()? {
        Some(id) => Err(format!("{id} is listed and cannot be read").into()),
        None => Ok(bytes.into_inner()),
    }
}

fn start(set: &Path, cache: &Path) -> Result<Started, Box<dyn Error>> {
    let empty = anonymous();
    let (answer, usage) = measure(|| {
        let snapshot = opened(set, cache)?;
        let answer = snapshot.search(&Query::new("how do I set the width of a table"))?;
        Ok::<_, Box<dyn Error>>((snapshot, answer))
    })?;
    let (snapshot, answer) = answer?;
    let started = Started {
        seconds: usage.wall,
        anonymous: anonymous(),
        empty,
        high: usage.high,
    };
    drop(snapshot);
    match answer.hits.is_empty() {
        true => Err("the first answer is empty".into()),
        false => Ok(started),
    }
}

fn search(set: &Path, cache: &Path, queries: &[String]) -> Result<Searched, Box<dyn Error>> {
    let snapshot = opened(set, cache)?;
    let stop = AtomicBool::new(false);
    let (_, first) = timed(&snapshot, queries, 1, &stop)?;
    let (wall, cpu) = timed(&snapshot, queries, 1, &stop)?;
    Ok(Searched {
        count: queries.len(),
        wall: Times::of(wall),
        cpu: Times::of(cpu),
        first: Times::of(first),
        anonymous: anonymous(),
    })
}

/// Asks each query, a number of times or until told to stop: times by the clock and of the processor.
fn timed(
    snapshot: &Snapshot,
    queries: &[String],
    times: usize,
    stop: &AtomicBool,
) -> Result<(Vec<Duration>, Vec<Duration>), Box<dyn Error>> {
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for query in (0..times).flat_map(|_| queries) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let query = Query::new(query);
        let (started, before) = (Instant::now(), thread_time());
        let answer = snapshot.search(&query);
        wall.push(started.elapsed());
        cpu.push(thread_time() - before);
        answer?;
    }
    Ok((wall, cpu))
}

/// A look at the files.
type Look<'a> = dyn for<'b> Fn(&'b Store) -> Result<Draft<'b>, Box<dyn Error>> + 'a;

fn change(
    set: &Path,
    cache: &Path,
    page: &Path,
    rounds: usize,
    look: &Look<'_>,
) -> Result<Changed, Box<dyn Error>> {
    let store = engine::store(set, cache)?;
    let mut served = engine::served(&store)?;
    let text = fs::read_to_string(page)?;
    thread::sleep(Duration::from_secs(1));
    let before = anonymous();
    let mut found = Vec::new();
    let mut worst: Option<Usage> = None;
    for round in 0..rounds {
        let news = format!("{NEWS}{round}");
        let sentence = format!("This is said of {news} for the first time.");
        fs::write(page, with_sentence(&text, &sentence))?;
        let (outcome, usage) = measure(|| {
            let started = Instant::now();
            let draft = look(&store)?;
            let pages = engine::found(&draft.snapshot, &news)?;
            let took = started.elapsed();
            if pages != 1 {
                return Err(format!("{pages} pages say {news}").into());
            }
            let (snapshot, _) = draft.publish()?;
            Ok::<_, Box<dyn Error>>((snapshot, took))
        })?;
        let (snapshot, took) = outcome?;
        served = snapshot;
        found.push(took.as_secs_f64());
        worst = Some(match worst {
            Some(worst) if worst.peak > usage.peak => worst,
            _ => usage,
        });
    }
    thread::sleep(Duration::from_secs(2));
    let left = anonymous();
    drop(served);
    fs::write(page, text)?;
    store.update(false, &|_| ())?;
    Ok(Changed {
        found,
        usage: worst.ok_or("at least one round")?,
        before,
        left,
    })
}

/// Many pages change at once, while somebody searches.
fn changes(
    set: &Path,
    cache: &Path,
    queries: &[String],
    pages: &[PathBuf],
) -> Result<Beside, Box<dyn Error>> {
    let store = engine::store(set, cache)?;
    let served = engine::served(&store)?;
    for page in pages {
        let text = fs::read_to_string(page)?;
        let sentence = format!("This is said of {NEWS} for the first time.");
        fs::write(page, with_sentence(&text, &sentence))?;
    }
    let folders: Vec<_> = pages.iter().filter_map(|page| page.parent()).collect();
    let (published, mut beside) = beside(&served, queries, || {
        let started = Instant::now();
        let draft = engine::look_at(&store, &folders)?;
        let count = engine::found(&draft.snapshot, NEWS)?;
        let took = started.elapsed();
        if count != pages.len() {
            return Err(format!("{count} pages say {NEWS}").into());
        }
        Ok((draft.publish()?, took))
    })?;
    let ((snapshot, _), took) = published;
    beside.done = took.as_secs_f64();
    drop(served);
    thread::sleep(Duration::from_secs(2));
    beside.left = anonymous();
    drop(snapshot);
    Ok(beside)
}

/// All that has come piece by piece is put together, while somebody searches.
fn merge(set: &Path, cache: &Path, queries: &[String]) -> Result<Option<Beside>, Box<dyn Error>> {
    let store = engine::store(set, cache)?;
    let served = engine::served(&store)?;
    let rankings = |snapshot: &Snapshot| -> Result<Vec<_>, Box<dyn Error>> {
        let ask = |query: &String| engine::ranking(snapshot, query);
        queries.iter().map(ask).collect()
    };
    let before = rankings(&served)?;
    let (merged, mut beside) = beside(&served, queries, || engine::merge(&store, &|| ()))?;
    let Some(merged) = merged else {
        return Ok(None);
    };
    drop(served);
    thread::sleep(Duration::from_secs(2));
    beside.left = anonymous();
    let after = rankings(&merged)?;
    let overlaps: Vec<_> = before
        .iter()
        .zip(&after)
        .map(|(before, after)| rank_biased_overlap(before, after))
        .collect();
    let mean = overlaps.iter().sum::<f64>() / overlaps.len() as f64;
    let least = overlaps.iter().copied().fold(1.0, f64::min);
    let same = before.iter().zip(&after).filter(|(a, b)| a == b).count();
    beside.overlap = Some([mean, least, same as f64 / before.len() as f64]);
    Ok(Some(beside))
}

/// Does something while another thread searches in what is served.
fn beside<T>(
    served: &Snapshot,
    queries: &[String],
    work: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<(T, Beside), Box<dyn Error>> {
    let stop = AtomicBool::new(false);
    // Before it counts: what is mapped is read.
    timed(served, queries, 1, &stop)?;
    let ((outcome, searches, cpu), usage) = measure(|| {
        thread::scope(|scope| {
            let searches = scope.spawn(|| {
                let times = timed(served, queries, usize::MAX, &stop);
                times.map_err(|error| error.to_string())
            });
            let before = process_time();
            let outcome = work();
            let cpu = process_time() - before;
            stop.store(true, Ordering::Relaxed);
            (outcome, searches.join(), cpu)
        })
    })?;
    let (wall, search_cpu) = searches.map_err(|_| "the searches have panicked")??;
    let of_searches: Duration = search_cpu.iter().sum();
    let beside = Beside {
        done: usage.wall,
        cpu: cpu.saturating_sub(of_searches).as_secs_f64(),
        usage,
        searches: wall.len(),
        wall: Times::of(wall),
        search_cpu: Times::of(search_cpu),
        left: 0,
        overlap: None,
    };
    Ok((outcome?, beside))
}
