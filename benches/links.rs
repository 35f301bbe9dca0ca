//! Asks for every page that a link names, as an assistant would: `cargo bench --bench links -- ...`
//!
//! ```text
//! links DOCS [BASE_URL]
//! ```
//! DOCS is a folder of documentation. Of all links that stand in its pages, those count that name a page of the set. Told is how many
//! different ones (page and destination) `read` takes as the page's author has written them, how many as docent shows them, and of the
//! others that look like pages of the set, what they are.
#![expect(clippy::print_stdout, reason = "its output is what it is run for")]

use docent::{
    config::{DocSet, SearchSettings},
    mcp::Links,
    search::{Meant, PageRef, Snapshot, Store},
};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::{collections::BTreeSet, env, error::Error, fs, path::PathBuf, time::Instant};

/// Links that lead nowhere and are printed.
const SHOWN: usize = 40;

#[derive(Default)]
struct Counts {
    named: usize,
    by_id: usize,
    as_written: usize,
    as_shown: usize,
    grown: i64,
    size: usize,
    nowhere: Vec<String>,
    refused: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let Some(docs) = args.first() else {
        println!("usage: links DOCS [BASE_URL]");
        return Ok(());
    };
    let cache = tempfile::tempdir()?;
    let set = DocSet {
        base_url: args.get(1).cloned(),
        max_file_size: 64 << 20,
        ..DocSet::new("docs", fs::canonicalize(PathBuf::from(docs))?)
    };
    let store = Store::new(cache.path(), vec![set], SearchSettings::default())?;
    let (snapshot, _) = store.update(false, &|_| ())?;
    let started = Instant::now();
    let _ = snapshot.meant("no-such/page");
    let first = started.elapsed();
    let mut counts = Counts::default();
    let started = Instant::now();
    for page in snapshot.pages() {
        count(&snapshot, &page, &mut counts)?;
    }
    let took = started.elapsed();
    println!(
        "{docs}: {} pages; {} links to pages of the set: {} taken as ids, {} as written, {} as shown ({:.2} %)",
        snapshot.page_count(),
        counts.named,
        counts.by_id,
        counts.as_written,
        counts.as_shown,
        100.0 * counts.as_shown as f64 / counts.named.max(1) as f64,
    );
    println!(
        "text: {} bytes, {:+} for links; first look by a name {first:.1?}, all of it {took:.1?}",
        counts.size, counts.grown
    );
    for (what, list) in [
        ("refused", &counts.refused),
        ("lead nowhere", &counts.nowhere),
    ] {
        println!("{} {what}", list.len());
        for link in list.iter().step_by(list.len().div_ceil(SHOWN).max(1)) {
            println!("    {link}");
        }
    }
    Ok(())
}

fn count(snapshot: &Snapshot, page: &PageRef, counts: &mut Counts) -> Result<(), Box<dyn Error>> {
    let stored = snapshot.page(&page.id())?.ok_or("a page that is listed")?;
    let mut links = Links::to_ids(snapshot, page);
    let mut seen = BTreeSet::new();
    for section in &stored.sections {
        let shown = links.written(&section.markdown);
        counts.size += section.markdown.len();
        counts.grown += shown.len() as i64 - section.markdown.len() as i64;
        let written = destinations(&section.markdown);
        for (written, shown) in written.into_iter().zip(destinations(&shown)) {
            if !seen.insert(written.clone()) {
                continue;
            }
            let place = written.split('#').next().unwrap_or_default();
            if place.is_empty() {
                continue;
            }
            let Some(meant) = snapshot.linked(page, place) else {
                let is_elsewhere = place.contains(':');
                if !is_elsewhere {
                    counts.nowhere.push(format!("{} -> {written}", page.path));
                }
                continue;
            };
            counts.named += 1;
            let is_meant = |name: &str| match snapshot.meant(name) {
                Meant::Page { id, .. } => id == meant,
                _ => false,
            };
            let known = snapshot.named(&written).is_some_and(|it| it.id() == meant);
            counts.by_id += usize::from(known);
            counts.as_written += usize::from(is_meant(&written));
            if is_meant(&shown) {
                counts.as_shown += 1;
            } else {
                counts
                    .refused
                    .push(format!("{} -> {written} ({shown})", page.path));
            }
        }
    }
    Ok(())
}

fn destinations(markdown: &str) -> Vec<String> {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
    let links = events.filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    });
    links.collect()
}
