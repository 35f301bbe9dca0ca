//! Memory does not grow with the number of pages.
#![allow(clippy::print_stdout, reason = "figures to look at")]

use super::{
    kills,
    prose::{Prose, spread},
    usage::{anonymous, measure},
    world::merge,
};
use docent::{
    config::{DocSet, SearchSettings},
    search::{Query, Store},
};
use std::{fs, path::Path};

fn store(given: &Path) -> Store {
    let set = DocSet::new("docs", given.join("docs"));
    Store::new(&given.join("cache"), vec![set], SearchSettings::default()).expect("a store")
}

fn tell(peaks: &[u64]) {
    println!(
        "\nmeasured {}",
        serde_json::to_string(peaks).expect("figures")
    );
}

/// Also the process whose memory is measured.
#[test]
fn a_set_is_indexed() {
    let Some(given) = kills::given() else {
        return;
    };
    let store = store(&given);
    let (indexed, first) = measure(|| store.update(false, &|_| ())).expect("a measurement");
    let (served, _) = indexed.expect("an index");
    assert!(served.pages().count() > 0);
    tell(&[first.peak, anonymous()]);
}

/// Also the process whose memory is measured.
#[test]
fn a_page_of_a_set_changes() {
    let Some(given) = kills::given() else {
        return;
    };
    let store = store(&given);
    let ((), start) = measure(|| {
        let opened = store.open().expect("an index");
        opened.search(&Query::new("quinces")).expect("an answer");
    })
    .expect("a measurement");
    let (served, look) = measure(|| store.update(false, &|_| ())).expect("a measurement");
    let page = given.join("docs/0/page-0.md");
    fs::write(page, "# Page 0\n\nAbout quinces.\n").expect("a page");
    let (changed, change) = measure(|| store.update(false, &|_| ())).expect("a measurement");
    drop(served);
    let (changed, _) = changed.expect("an index");
    let found = changed.search(&Query::new("quinces")).expect("an answer");
    assert_eq!(found.hits.len(), 1);
    let (merged, merging) = measure(|| merge(&store, true)).expect("a measurement");
    assert!(merged.is_some(), "there was something to merge");
    tell(&[
        start.peak,
        look.peak,
        change.peak,
        merging.peak,
        anonymous(),
    ]);
}

/// The greatest `RssAnon` in KiB: of the first index and after it; of a start, a look, a change, a merge, and after those.
fn peaks(pages: usize, smallest: usize, largest: usize) -> Vec<u64> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut prose = Prose::new(pages as u64);
    let mut bytes = 0;
    for page in 0..pages {
        let to = folder.path().join("docs").join((page / 1000).to_string());
        fs::create_dir_all(&to).expect("a folder");
        let size = spread(prose.random(), smallest, largest);
        let text = prose.page(&format!("Page {page}"), size);
        bytes += text.len();
        fs::write(to.join(format!("page-{page}.md")), text).expect("a page");
    }
    let mut peaks = measured("sizes::a_set_is_indexed", folder.path());
    peaks.extend(measured("sizes::a_page_of_a_set_changes", folder.path()));
    println!("{pages} pages of {smallest} to {largest} bytes, {bytes} in all: {peaks:?} KiB");
    peaks
}

fn measured(test: &str, folder: &Path) -> Vec<u64> {
    let run = kills::alone(test, folder).output().expect("a run");
    let said = String::from_utf8_lossy(&run.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix("measured "));
    let line = line.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&run.stderr)));
    serde_json::from_str(line).expect("figures")
}

/// Larger sets: `make bench-scale`.
#[test]
fn memory_does_not_grow_with_the_number_of_pages() {
    peaks(10, 100, 2 << 20);
    peaks(800, 200, 8_000);
    // Both are more than is held in memory before it is written.
    let large = peaks(8_000, 200, 8_000);
    let larger = peaks(16_000, 200, 8_000);
    for (number, (large, larger)) in large.into_iter().zip(larger).enumerate() {
        // After a first index it is for the allocator to say what it gives back.
        if number == 1 {
            continue;
        }
        // What grew with the pages would be twice as much.
        assert!(larger < large + 24 * 1024, "{large} KiB became {larger}");
    }
}
