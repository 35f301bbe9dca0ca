//! Writes what docent makes of a folder as JSON lines, for `compare.py`: `cargo bench --bench formats -- ...`
//!
//! ```text
//! formats FOLDER BASE_URL OUT.jsonl [QUESTION...]
//! ```
//! A line `{"page": path, "title": …, "url": …, "sections": [{"anchor": …, "headings": […], "markdown": …}]}` for each page,
//! `{"skipped": path, "reason": …}` for each file that is not served, and `{"question": …, "ranked": [path…]}` for each question.
//! BASE_URL may be empty.
#![expect(clippy::print_stdout, reason = "its output is what it is run for")]

use docent::{
    config::{DocSet, SearchSettings},
    search::{Query, Snapshot, Store},
};
use serde_json::json;
use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [folder, base_url, out, questions @ ..] = args.as_slice() else {
        println!("usage: formats FOLDER BASE_URL OUT.jsonl [QUESTION...]");
        return Ok(());
    };
    let cache = tempfile::tempdir()?;
    let set = DocSet {
        base_url: Some(base_url.clone()).filter(|it| !it.is_empty()),
        ..DocSet::new("docs", fs::canonicalize(folder)?)
    };
    let store = Store::new(cache.path(), vec![set], SearchSettings::default())?;
    let (snapshot, report) = store.update(false, &|_| ())?;
    let mut out = BufWriter::new(File::create(out)?);
    write_pages(&snapshot, &mut out)?;
    for set in &report.sets {
        for it in &set.skipped {
            let reason = it.reason.to_string();
            writeln!(out, "{}", json!({ "skipped": it.path, "reason": reason }))?;
        }
    }
    for question in questions {
        let hits = snapshot.search(&Query::new(question))?.hits;
        let ranked: Vec<_> = hits.iter().map(|hit| &hit.page.path).collect();
        writeln!(out, "{}", json!({ "question": question, "ranked": ranked }))?;
    }
    out.flush()?;
    println!(
        "{} pages in {:.1} s",
        snapshot.page_count(),
        report.took.as_secs_f64()
    );
    Ok(())
}

fn write_pages(snapshot: &Snapshot, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    for page in snapshot.pages() {
        let Some(stored) = snapshot.page(&page.id())? else {
            continue;
        };
        let sections: Vec<_> = (stored.sections.iter())
            .map(|it| json!({ "anchor": it.anchor, "headings": it.headings, "markdown": it.markdown }))
            .collect();
        let line = json!({ "page": page.path, "title": page.title, "url": page.url, "sections": sections });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
