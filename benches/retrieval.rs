//! Runs queries through the index in this process: `cargo bench --bench retrieval -- ...`
//!
//! ```text
//! retrieval [--misses] DOCS QUERIES.jsonl RUN.jsonl [ROUNDS]
//! ```
//! DOCS is a folder of documentation, QUERIES holds a line `{"query": "..."}` for each query,
//! and RUN gets a line `{"query": "...", "ranked": ["page", ...]}` for each. The median time
//! of a search, passages included, goes to standard output; each query is timed ROUNDS times
//! (5), the first not counted.
//!
//! Lines may have `"relevant": ["page", ...]`, a `"kind"`, and an `"entry"`: words that have to be in the passages. Then the
//! share of queries is printed that find a relevant page first, and among three, and the entry; with `--misses`, those that do not.
#![expect(clippy::print_stdout, reason = "its output is what it is run for")]

use docent::{
    config::{DocSet, SearchSettings},
    search::{Answer, Query, Store},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    io::{self, Write},
    path::PathBuf,
    process,
    time::Instant,
};

/// Pages whose passages are looked through for an entry: as many as an answer has where nobody says how many.
const SHOWN: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let misses = args.first().is_some_and(|arg| arg == "--misses");
    args.drain(..usize::from(misses));
    let (docs, queries, run, rounds) = match args.as_slice() {
        [docs, queries, run] => (docs, queries, run, 5),
        [docs, queries, run, rounds] => (docs, queries, run, rounds.parse::<usize>()?),
        _ => {
            println!("usage: retrieval [--misses] DOCS QUERIES.jsonl RUN.jsonl [ROUNDS]");
            return Ok(());
        }
    };
    let cache = Cache::new()?;
    let sets = vec![doc_set(docs)?];
    let store = Store::new(&cache.0, sets, SearchSettings::default())?;
    let (snapshot, report) = store.update(false, &|_| ())?;
    let set = &report.sets[0];
    println!(
        "{docs}: {} pages, {} sections, {} skipped, {:.2} s",
        set.pages,
        set.sections,
        set.skipped.len(),
        report.took.as_secs_f64()
    );

    let mut times = Vec::new();
    let mut kinds = BTreeMap::<String, Kind>::new();
    let mut out = fs::File::create(run)?;
    for line in fs::read_to_string(queries)?.lines() {
        let asked: Asked = serde_json::from_str(line)?;
        let query = Query::new(&asked.query);
        let answer = snapshot.search(&query)?;
        for _ in 1..rounds {
            let started = Instant::now();
            snapshot.search(&query)?;
            times.push(started.elapsed());
        }
        let ranked: Vec<_> = answer.hits.iter().map(|hit| &hit.page.path).collect();
        if !asked.relevant.is_empty() {
            let kind = kinds.entry(asked.kind.clone()).or_default();
            if !kind.count(&asked, &answer) && misses {
                println!(
                    "miss: {:?} {:?}\n  wanted {:?}\n  found  {:?}",
                    asked.query,
                    asked.entry,
                    asked.relevant,
                    &ranked[..ranked.len().min(4)]
                );
            }
        }
        let line = serde_json::json!({ "query": asked.query, "ranked": ranked });
        writeln!(out, "{line}")?;
    }
    for (name, kind) in &kinds {
        println!("{}", kind.line(name));
    }
    times.sort();
    if let (Some(median), Some(worst)) = (times.get(times.len() / 2), times.last()) {
        println!(
            "{} searches: median {median:.0?}, slowest {worst:.0?}",
            times.len()
        );
    }
    Ok(())
}

/// The folder of the index, gone at the end.
struct Cache(PathBuf);

impl Cache {
    fn new() -> io::Result<Self> {
        let folder = env::temp_dir().join(format!("docent-retrieval-{}", process::id()));
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        // What is left behind is in a folder for what may be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A line of the queries.
#[derive(Deserialize)]
struct Asked {
    query: String,
    #[serde(default)]
    relevant: Vec<String>,
    #[serde(default)]
    kind: String,
    entry: Option<String>,
}

/// How many queries of a kind find what they ask for.
#[derive(Default)]
struct Kind {
    asked: usize,
    first: usize,
    among_three: usize,
    with_entry: usize,
    entries: usize,
}

impl Kind {
    /// Whether nothing of it is missing.
    fn count(&mut self, asked: &Asked, answer: &Answer) -> bool {
        let rank = answer.hits.iter().position(|hit| {
            let others = hit.copies.pages.iter().chain(&hit.versions.pages);
            let mut named = others.chain([&hit.page]);
            named.any(|page| asked.relevant.contains(&page.path))
        });
        self.asked += 1;
        self.first += usize::from(rank == Some(0));
        self.among_three += usize::from(rank.is_some_and(|rank| rank < 3));
        let is_shown = asked.entry.as_ref().is_none_or(|entry| {
            let shown = answer.hits.iter().take(SHOWN);
            let mut passages = shown.flat_map(|hit| &hit.passages);
            passages.any(|passage| has(&passage.markdown, entry))
        });
        if asked.entry.is_some() {
            self.entries += 1;
            self.with_entry += usize::from(is_shown);
        }
        rank == Some(0) && is_shown
    }

    fn line(&self, name: &str) -> String {
        #[expect(clippy::cast_precision_loss, reason = "counts of queries")]
        let percent = |of: usize, all: usize| 100.0 * of as f64 / all.max(1) as f64;
        let (first, three) = (
            percent(self.first, self.asked),
            percent(self.among_three, self.asked),
        );
        let entry = match self.entries {
            0 => String::new(),
            all => format!("  entry shown {:5.1} %", percent(self.with_entry, all)),
        };
        format!(
            "{name:20} {:4} queries  first {first:5.1} %  among three {three:5.1} %{entry}",
            self.asked
        )
    }
}

/// Whether a text has these words; one word by itself as a whole and to the letter.
fn has(markdown: &str, words: &str) -> bool {
    if words.contains(char::is_whitespace) {
        return letters(markdown).contains(&letters(words));
    }
    let text = markdown.replace('\\', "");
    let is_part = |char: char| char.is_alphanumeric() || "-_".contains(char);
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Letters and digits alone: what is left of a text whatever its markup is.
fn letters(text: &str) -> String {
    let chars = text.chars().filter(|it| it.is_alphanumeric());
    chars.flat_map(char::to_lowercase).collect()
}

fn doc_set(root: &str) -> Result<DocSet, Box<dyn Error>> {
    Ok(DocSet {
        max_file_size: 64 << 20,
        ..DocSet::new("docs", fs::canonicalize(PathBuf::from(root))?)
    })
}
