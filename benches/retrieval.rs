//! Runs queries through the index in this process: `cargo bench --bench retrieval -- ...`
//!
//! ```text
//! retrieval DOCS QUERIES.jsonl RUN.jsonl [ROUNDS]
//! ```
//! DOCS is a folder of documentation, QUERIES holds a line `{"query": "..."}` for each query,
//! and RUN gets a line `{"query": "...", "ranked": ["page", ...]}` for each. The median time
//! of a search, passages included, goes to standard output; each query is timed ROUNDS times
//! (5), the first not counted.
#![expect(clippy::print_stdout, reason = "its output is what it is run for")]

use docent::{
    config::{DocSet, SearchSettings},
    search::{Query, Store},
};
use std::{env, error::Error, fs, io::Write, path::PathBuf, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let (docs, queries, run, rounds) = match args.as_slice() {
        [docs, queries, run] => (docs, queries, run, 5),
        [docs, queries, run, rounds] => (docs, queries, run, rounds.parse::<usize>()?),
        _ => {
            println!("usage: retrieval DOCS QUERIES.jsonl RUN.jsonl [ROUNDS]");
            return Ok(());
        }
    };
    let cache = tempfile::tempdir()?;
    let store = Store::new(
        cache.path(),
        vec![doc_set(docs)?],
        SearchSettings::default(),
    )?;
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
    let mut out = fs::File::create(run)?;
    for line in fs::read_to_string(queries)?.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let text = line["query"].as_str().ok_or("a line without a query")?;
        let query = Query::new(text);
        let answer = snapshot.search(&query)?;
        for _ in 1..rounds {
            let started = Instant::now();
            snapshot.search(&query)?;
            times.push(started.elapsed());
        }
        let ranked: Vec<_> = answer.hits.iter().map(|hit| &hit.page.path).collect();
        let line = serde_json::json!({ "query": text, "ranked": ranked });
        writeln!(out, "{line}")?;
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

fn doc_set(root: &str) -> Result<DocSet, Box<dyn Error>> {
    Ok(DocSet {
        max_file_size: 64 << 20,
        ..DocSet::new("docs", fs::canonicalize(PathBuf::from(root))?)
    })
}
