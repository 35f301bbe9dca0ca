//! Putting segments together while documents change, and what is left behind or damaged meanwhile.

use super::folder::{Folder, paths};
use docent::search::Query;
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// Puts everything together, and does something at the first pause of it.
fn merge_with(folder: &Folder, meanwhile: impl Fn() + Sync) {
    let store = folder.store();
    let is_first = AtomicBool::new(true);
    let merged = store.merge(true, &|| {
        if is_first.swap(false, Ordering::Relaxed) {
            meanwhile();
        }
    });
    assert!(
        merged.expect("an index").is_some(),
        "the merge was for nothing"
    );
}

/// Of a segment that was read for the merge, nothing is left.
#[test]
fn an_edit_of_what_was_edited_before_stops_no_merge() {
    let folder = Folder::with_pages(40);
    folder.update();
    folder.write("page-3.md", "# Page 3\n\nAbout aardvarks.\n");
    folder.update();
    for round in 0..3 {
        merge_with(&folder, || {
            folder.write(
                "page-3.md",
                format!("# Page 3\n\nAbout marmots, edition{round}.\n"),
            );
            folder.update();
        });
        let (snapshot, report) = folder.update();
        assert_eq!((report.read, report.rebuilt), (0, None));
        assert_eq!(paths(&snapshot, &format!("edition{round}")), ["page-3.md"]);
        assert_eq!(paths(&snapshot, "aardvarks"), [""; 0]);
        assert_eq!(snapshot.page_count(), 40);
    }
}

/// Segments that were read for the merge were put together with others.
#[test]
fn many_changes_stop_no_merge() {
    let folder = Folder::with_pages(40);
    folder.update();
    folder.write("other.md", "# Other\n\nAbout aardvarks.\n");
    folder.update();
    merge_with(&folder, || {
        for number in 0..10 {
            let page = format!("# New\n\nAbout novelty{number}.\n");
            folder.write(&format!("new-{number}.md"), page);
            folder.update();
        }
    });
    let (snapshot, _) = folder.update();
    assert_eq!(snapshot.page_count(), 51);
    for number in 0..10 {
        let found = paths(&snapshot, &format!("novelty{number}"));
        assert_eq!(found, [format!("new-{number}.md")]);
    }
    assert_eq!(paths(&snapshot, "aardvarks"), ["other.md"]);
}

#[test]
fn a_word_is_respelled_as_one_that_is_left() {
    let folder = Folder::with_pages(6);
    for (page, word) in [("a.md", "marmot"), ("b.md", "marmut"), ("c.md", "marmot")] {
        folder.write(page, format!("# Title\n\nAbout {word}.\n"));
    }
    folder.update();
    for page in ["a.md", "c.md"] {
        folder.write(page, "# Title\n\nAbout nothing.\n");
    }
    let (snapshot, _) = folder.update();
    assert_eq!(paths(&snapshot, "marmit"), ["b.md"]);
}

fn manifest(folder: &Folder) -> PathBuf {
    let mut files = folder.index_files().into_iter();
    files
        .find(|file| file.ends_with("current"))
        .expect("a manifest")
}

/// Whatever is changed in it: it is not believed.
#[test]
fn a_damaged_manifest_is_not_believed() {
    let folder = Folder::with_pages(12);
    folder.update();
    folder.write("page-3.md", "# Page 3\n\nAbout gazelles.\n");
    folder.update();
    let file = manifest(&folder);
    let text = fs::read_to_string(&file).expect("a manifest");
    for (what, by) in [
        ("\"pages_gone\":[", "\"pages_gone\":[9,"),
        ("\"pages_gone\":[", "\"pages_gone\":[4294967295,"),
        ("\"is_large\":true", "\"is_large\":false"),
        ("\"number\":", "\"number\":1"),
    ] {
        assert!(text.contains(what), "{text}");
        fs::write(&file, text.replacen(what, by, 1)).expect("a damaged manifest");
        assert!(folder.store().open().is_none(), "{by}");
    }
    let (snapshot, report) = folder.update();
    assert_eq!(report.rebuilt, Some("the index on disk is damaged"));
    assert_eq!(paths(&snapshot, "topic7"), ["page-7.md"]);
}

#[test]
fn what_a_crash_leaves_behind_goes_at_the_next_look() {
    let folder = Folder::with_pages(5);
    folder.update();
    let file = manifest(&folder);
    let index = file.parent().expect("a folder");
    let leftovers = ["segments/merging-now/merged", "segments/0123456789abcdef"];
    for leftover in leftovers {
        fs::create_dir_all(index.join(leftover)).expect("a leftover");
    }
    let (_, report) = folder.update();
    assert_eq!(report.read, 0);
    for leftover in leftovers {
        assert!(!index.join(leftover).exists(), "{leftover}");
    }
}

/// The others go on: only what stood in it is read again.
#[test]
fn a_damaged_segment_is_made_again_from_its_files() {
    let folder = Folder::with_pages(20);
    folder.update();
    let large = folder.index_files();
    folder.write("page-3.md", "# Page 3\n\nAbout gazelles.\n");
    folder.update();
    let is_new = |file: &PathBuf| file.ends_with("postings") && !large.contains(file);
    let file = folder.index_files().into_iter().find(is_new);
    let file = file.expect("postings of the small segment");
    let mut bytes = fs::read(&file).expect("postings");
    bytes[0] ^= 1;
    fs::write(&file, bytes).expect("damaged postings");
    let (snapshot, report) = folder.update();
    assert_eq!(report.rebuilt, Some("the index on disk is damaged"));
    assert_eq!(report.read, 1);
    assert_eq!(paths(&snapshot, "gazelles"), ["page-3.md"]);
    assert_eq!(snapshot.page_count(), 20);
    assert_eq!(folder.update().1.rebuilt, None);
}

/// It is served until its hashes have been compared: whatever it says, there is an answer or an error.
#[test]
fn a_damaged_table_of_pages_holds_nobody_up() {
    let folder = Folder::new();
    for number in 0..60 {
        let path = format!("d{}/e/page-{number}.md", number % 5);
        folder.write(&path, format!("# Page {number}\n\nAbout topic{number}.\n"));
    }
    folder.update();
    let mut files = folder.index_files().into_iter();
    let file = files.find(|file| file.ends_with("pages")).expect("pages");
    let good = fs::read(&file).expect("pages");
    let asked = Arc::new(Mutex::new(0));
    let mut threads = Vec::new();
    for place in (0..good.len()).step_by(59) {
        let mut bad = good.clone();
        bad[place] ^= 1;
        // Others have the file mapped.
        fs::remove_file(&file).expect("pages");
        fs::write(&file, bad).expect("damaged pages");
        let Some(snapshot) = folder.store().open() else {
            continue;
        };
        let asked = Arc::clone(&asked);
        threads.push(thread::spawn(move || {
            snapshot.sets();
            for path in ["", "d1", "d1/e"] {
                snapshot.folder("docs", path);
            }
            let _ = snapshot.search(&Query::new("page topic7"));
            let _ = snapshot.page("docs/d1/e/page-1.md");
            snapshot.similar("docs/d1/page");
            snapshot.pages_by_links(0).count();
            *asked.lock().expect("nobody panics with it") += 1;
        }));
    }
    let all = threads.len();
    assert!(all > 40, "{all}");
    for _ in 0..600 {
        if *asked.lock().expect("nobody panics with it") == all {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(*asked.lock().expect("nobody panics with it"), all);
}
