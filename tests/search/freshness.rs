//! The index follows the documents, reads only what has changed, and loses nothing by accident.

use super::folder::{Folder, paths};
use docent::{config::SearchSettings, search::Store};
use std::{sync::Arc, thread};

#[test]
fn only_changed_files_are_read_again() {
    let folder = Folder::with_pages(10);
    let (first, report) = folder.update();
    assert_eq!(report.read, 10);
    let (second, report) = folder.update();
    assert_eq!(report.read, 0);
    assert_eq!(first.generation(), second.generation());

    folder.write("page-3.md", "# Page 3\n\nNow about zebras.\n");
    folder.write("page-10.md", "# Page 10\n\nAlso about zebras.\n");
    folder.remove("page-5.md");
    let (third, report) = folder.update();
    assert_eq!(report.read, 2);
    assert_eq!(report.sets[0].pages, 10);
    let mut zebras = paths(&third, "zebras");
    zebras.sort();
    assert_eq!(zebras, ["page-10.md", "page-3.md"]);
    assert_eq!(paths(&third, "topic5"), [""; 0]);
    assert_eq!(paths(&third, "topic7"), ["page-7.md"]);
    assert_eq!(
        paths(&second, "topic5"),
        ["page-5.md"],
        "an open snapshot does not change"
    );
}

#[test]
fn a_page_follows_what_it_includes() {
    let folder = Folder::with_pages(2);
    folder.write("mkdocs.yml", "site_name: x\n");
    folder.write("host.md", "# Host\n\n--8<-- \"part.md\"\n");
    folder.write("part.md", "Words of a walrus.\n");
    let (before, _) = folder.update();
    assert!(paths(&before, "walrus").contains(&"host.md".to_owned()));
    folder.write("part.md", "Words of an ocelot.\n");
    let (after, _) = folder.update();
    assert!(paths(&after, "ocelot").contains(&"host.md".to_owned()));
    assert_eq!(paths(&after, "walrus"), [""; 0]);
}

#[test]
fn links_count_for_pages_that_did_not_change() {
    let folder = Folder::with_pages(2);
    let (before, _) = folder.update();
    assert_eq!(paths(&before, "quickstart"), [""; 0]);
    folder.write(
        "new.md",
        "# New\n\nRead the [quickstart for beginners](page-1.md) first.\n",
    );
    let (after, report) = folder.update();
    assert_eq!(report.read, 1);
    assert!(paths(&after, "quickstart beginners").contains(&"page-1.md".to_owned()));
}

#[test]
fn a_great_loss_keeps_the_old_index() {
    let folder = Folder::with_pages(10);
    folder.update();
    for i in 0..4 {
        folder.remove(&format!("page-{i}.md"));
    }
    let (kept, report) = folder.update();
    let loss = report.kept.expect("a loss that is not taken over");
    assert_eq!((loss.before, loss.after), (10, 6));
    assert_eq!(paths(&kept, "topic1"), ["page-1.md"]);

    let (taken, report) = folder.store().update(true, &|_| ()).expect("an index");
    assert_eq!(report.kept, None);
    assert_eq!(paths(&taken, "topic1"), [""; 0]);
}

#[test]
fn an_excluded_folder_is_no_loss() {
    let folder = Folder::with_pages(4);
    for i in 0..6 {
        folder.write(&format!("old/{i}.md"), "# Old\n\nOutdated.\n");
    }
    folder.update();
    let mut set = folder.set();
    set.exclude = vec!["old/".into()];
    let (snapshot, report) = folder
        .store_of(set)
        .update(false, &|_| ())
        .expect("an index");
    assert_eq!(report.kept, None);
    assert_eq!(snapshot.sets()[0].pages, 4);
}

#[test]
fn other_settings_make_another_index() {
    let folder = Folder::with_pages(3);
    folder.update();
    let mut set = folder.set();
    set.base_url = Some("https://other.example/".into());
    let store = folder.store_of(set);
    assert!(
        store.open().is_none(),
        "an index of other settings is not served"
    );
    let (snapshot, report) = store.update(false, &|_| ()).expect("an index");
    assert_eq!(report.read, 3);
    assert!(report.rebuilt.is_some());
    let page = snapshot
        .page("docs/page-1.md")
        .expect("a page")
        .expect("a page");
    assert_eq!(
        page.page.url.as_deref(),
        Some("https://other.example/page-1/")
    );
}

#[test]
fn two_builds_at_once_end_in_one_whole_index() {
    let folder = Arc::new(Folder::with_pages(30));
    let builds: Vec<_> = (0..4)
        .map(|_| {
            let folder = Arc::clone(&folder);
            thread::spawn(move || folder.update().0.sets()[0].pages)
        })
        .collect();
    for build in builds {
        assert_eq!(build.join().expect("a build"), 30);
    }
    let opened = folder.store().open().expect("an index");
    assert_eq!(paths(&opened, "topic17"), ["page-17.md"]);
}

#[test]
fn a_folder_that_is_missing_stops_only_its_own_set() {
    let (here, away) = (Folder::with_pages(3), Folder::with_pages(3));
    away.write("mkdocs.yml", "site_name: x\n");
    let mut sets = vec![here.set(), away.set()];
    sets[1].name = "away".into();
    let store = || {
        Store::new(here.cache(), sets.clone(), SearchSettings::default()).expect("a cache folder")
    };
    let mounted = away.docs().to_owned();
    let elsewhere = mounted.with_extension("away");

    std::fs::rename(&mounted, &elsewhere).expect("a folder to rename");
    let (snapshot, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!(snapshot.sets()[0].pages, 3);
    assert_eq!(snapshot.sets()[1].pages, 0);
    assert_eq!(report.missing.len(), 1);
    assert_eq!(report.missing[0].set, "away");

    std::fs::rename(&elsewhere, &mounted).expect("a folder to rename");
    let (snapshot, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!(snapshot.sets()[1].pages, 3);
    assert_eq!(report.missing, []);

    std::fs::rename(&mounted, &elsewhere).expect("a folder to rename");
    here.write("new.md", "# New\n\nAbout walruses.\n");
    assert!(
        store().open().is_some(),
        "the index that is there can be served, whatever generator the folder showed"
    );
    let (snapshot, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!(snapshot.sets()[1].pages, 3, "it keeps its pages");
    assert_eq!(report.rebuilt, None);
    assert_eq!(report.missing.len(), 1);
    assert_eq!(paths(&snapshot, "walruses"), ["new.md"]);
    std::fs::rename(&elsewhere, &mounted).expect("a folder to rename");
}
