//! The index follows the documents, reads only what has changed, and loses nothing by accident.

use super::folder::{Folder, paths};
use docent::{
    config::{DocSet, Generator, Language, SearchSettings},
    search::{Loss, Snapshot, Store},
};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

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

/// A page that had asked for a file before there was one; in each format.
#[test]
fn a_snippet_that_comes_after_its_page_enters_it() {
    let folder = Folder::new();
    folder.write("host.md", "# Host\n\nText.\n\n--8<-- \"parts/new.md\"\n");
    folder.write(
        "host.rst",
        "Host\n====\n\nOther text.\n\n.. include:: parts/new.md\n",
    );
    folder.write(
        "host.adoc",
        "= Host\n\nThird text.\n\ninclude::parts/new.md[]\n",
    );
    // Nothing but what is not there yet: no page so far.
    folder.write("bare.rst", ".. include:: parts/new.md\n");
    let mut set = folder.set();
    set.exclude = vec!["parts/".into()];
    let look = || {
        let store = folder.store_of(set.clone());
        store.update(false, &|_| ()).expect("an index")
    };
    let walruses = |snapshot: &Snapshot| {
        let mut paths = paths(snapshot, "walrus");
        paths.sort();
        paths
    };
    let all = ["bare.rst", "host.adoc", "host.md", "host.rst"];
    let (before, _) = look();
    assert_eq!(walruses(&before), [""; 0]);
    folder.write("parts/new.md", "Words of a walrus.\n");
    let (come, report) = look();
    assert_eq!(walruses(&come), all);
    assert_eq!(report.read, 4);
    assert_eq!(look().1.read, 0, "nothing has changed since");
    folder.write("parts/new.md", "Words of an ocelot, or two.\n");
    assert_eq!(walruses(&look().0), [""; 0]);
    folder.write("parts/new.md", "Words of a walrus.\n");
    assert_eq!(walruses(&look().0), all);
    // Out of sight, as good as gone.
    folder.write(".gitignore", "new.md\n");
    assert_eq!(walruses(&look().0), [""; 0]);
    folder.remove(".gitignore");
    assert_eq!(walruses(&look().0), all);
    folder.remove("parts/new.md");
    assert_eq!(walruses(&look().0), [""; 0]);
    assert_eq!(look().1.read, 0, "nothing has changed since");
}

/// The second place where a snippet is looked for, once the first has one.
#[test]
fn a_snippet_nearer_to_its_page_takes_the_place_of_another() {
    let folder = Folder::new();
    folder.write("guide/host.md", "# Host\n\n--8<-- \"part.txt\"\n");
    folder.write("part.txt", "Words of a walrus.\n");
    let (before, _) = folder.update();
    assert!(paths(&before, "walrus").contains(&"guide/host.md".to_owned()));
    folder.write("guide/part.txt", "Words of an ocelot.\n");
    let (after, _) = folder.update();
    assert!(paths(&after, "ocelot").contains(&"guide/host.md".to_owned()));
}

/// A snippet that changes all the time while pages are read: when it rests, what is served is what is
/// on the disk.
#[test]
fn what_changes_while_it_is_read_is_read_again() {
    let folder = Folder::new();
    for page in 0..40 {
        let text = format!("# Page {page}\n\n--8<-- \"part.txt\"\n");
        folder.write(&format!("page-{page}.md"), text);
    }
    folder.write("part.txt", "Words of animal0.\n");
    let done = AtomicBool::new(false);
    let last = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut number = 0;
            while !done.load(Ordering::Relaxed) {
                number += 1;
                folder.write("part.txt", format!("Words of animal{number}.\n"));
            }
            number
        });
        for _ in 0..5 {
            folder.update();
        }
        done.store(true, Ordering::Relaxed);
        writer.join().expect("a writer")
    });
    let (rested, _) = folder.update();
    for page in 0..40 {
        let page = rested.page(&format!("docs/page-{page}.md"));
        let page = page.expect("an answer").expect("a page");
        let text: String = page.sections.iter().map(|s| s.markdown.as_str()).collect();
        assert!(text.contains(&format!("animal{last}.")), "{text}");
    }
}

/// What a page may ask for has a bound: each is looked for at every update.
#[test]
fn a_page_that_asks_for_many_files_is_bounded() {
    let folder = Folder::new();
    let mut text = "# Host\n\n".to_owned();
    for number in 0..5_000 {
        text += &format!("--8<-- \"missing-{number}.md\"\n");
    }
    folder.write("host.md", text);
    let (_, report) = folder.update();
    assert_eq!(report.sets[0].pages, 1);
    let files = folder.index_files();
    let known = files.iter().find(|file| file.ends_with("file-records"));
    let known = fs::read(known.expect("what is known of files")).expect("what is known");
    let known = String::from_utf8_lossy(&known);
    assert_eq!(known.matches("missing-").count(), 256);
    assert_eq!(folder.update().1.read, 0);
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
    let (_, report) = folder.update();
    assert_eq!(report.read, 1);
    let merged = folder.store().merge(true, &|| ()).expect("an index");
    let after = merged.expect("there is something to put together");
    assert!(paths(&after, "quickstart beginners").contains(&"page-1.md".to_owned()));
}

#[test]
fn a_set_that_loses_many_pages_keeps_them_and_the_others_move_on() {
    let (lossy, other) = (Folder::with_pages(10), Folder::with_pages(10));
    let sets = || {
        vec![
            lossy.set(),
            DocSet {
                name: "other".into(),
                ..other.set()
            },
        ]
    };
    let store = || Store::new(lossy.cache(), sets(), SearchSettings::default()).expect("a store");
    store().update(false, &|_| ()).expect("an index");
    for i in 0..4 {
        lossy.remove(&format!("page-{i}.md"));
    }
    lossy.write("page-7.md", "# Page 7\n\nAbout badgers.\n");
    for i in 0..2 {
        other.remove(&format!("page-{i}.md"));
    }
    other.write("new.md", "# New\n\nAbout zebras.\n");
    let (kept, report) = store().update(false, &|_| ()).expect("an index");
    let [loss] = &report.losses[..] else {
        panic!("one loss: {report:?}");
    };
    assert_eq!((&*loss.set, loss.before, loss.after), ("docs", 10, 6));
    assert_eq!(paths(&kept, "zebras"), ["new.md"]);
    assert_eq!(
        paths(&kept, "topic1"),
        ["page-1.md"],
        "of the first set alone"
    );
    assert_eq!(paths(&kept, "badgers"), [""; 0]);
    assert_eq!(
        kept.sets().iter().map(|set| set.pages).collect::<Vec<_>>(),
        [10, 9]
    );

    // The same once more is no news, and nothing is read or built.
    let (again, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!((report.read, report.losses.len()), (0, 1));
    assert_eq!(again.generation(), kept.generation());
    // A set that has lost its pages does not hold up the other.
    other.write("new.md", "# New\n\nAbout okapis.\n");
    let (moved, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!((report.read, report.losses.len()), (1, 1));
    assert_eq!(paths(&moved, "okapis"), ["new.md"]);

    // The pages come back: all is as it was.
    for i in 0..4 {
        lossy.write(&format!("page-{i}.md"), format!("# Page {i}\n\nBack.\n"));
    }
    let (back, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!(report.losses, []);
    assert_eq!(paths(&back, "badgers"), ["page-7.md"]);
}

#[test]
fn a_loss_is_taken_over_as_it_was_told_and_not_otherwise() {
    let folder = Folder::with_pages(10);
    folder.update();
    let lose = |pages: std::ops::Range<usize>| {
        for i in pages {
            folder.remove(&format!("page-{i}.md"));
        }
    };
    lose(0..4);
    let store = folder.store();
    let losses = |accepted: &[Loss]| {
        store.accept(accepted.to_vec());
        let (snapshot, report) = store.update(false, &|_| ()).expect("an index");
        (snapshot.sets()[0].pages, report.losses)
    };
    // Nobody has been told of it yet.
    let (pages, first) = losses(&[]);
    assert_eq!((pages, first.len()), (10, 1));
    // It has changed since: more is gone, and nobody has seen that.
    lose(4..6);
    let (pages, second) = losses(&first);
    assert_eq!((pages, second[0].after), (10, 4));
    assert_eq!(losses(&first).0, 10);
    store.accept(second.clone());
    let (taken, report) = store.update(false, &|_| ()).expect("an index");
    assert_eq!((taken.sets()[0].pages, report.losses), (4, Vec::new()));
    assert_eq!(report.taken_over, second);
    // What was said once does not hold for the next time.
    lose(6..8);
    let (pages, third) = losses(&second);
    assert_eq!((pages, third.len()), (2, 0), "two pages are no great loss");
    for i in 10..20 {
        folder.write(&format!("page-{i}.md"), "# More\n\nText.\n");
    }
    assert_eq!(losses(&[]).0, 14 - 2);
    // An empty folder is a disk that is not mounted, whoever says otherwise.
    lose(8..20);
    let (pages, total) = losses(&[]);
    assert_eq!((pages, total[0].after), (12, 0));
    assert!(total[0].is_total());
    assert_eq!(losses(&total), (12, total));
}

/// However little there was: two pages are all of a small set.
#[test]
fn a_set_of_which_nothing_is_left_keeps_its_pages() {
    for pages in 1..=3 {
        let folder = Folder::with_pages(pages);
        folder.update();
        for i in 0..pages {
            folder.remove(&format!("page-{i}.md"));
        }
        let (kept, report) = folder.update();
        assert_eq!(kept.sets()[0].pages, pages);
        let [loss] = &report.losses[..] else {
            panic!("one loss of {pages}: {report:?}");
        };
        assert_eq!((loss.before, loss.after), (pages, 0));
        let store = folder.store();
        store.accept(report.losses.clone());
        let (kept, report) = store.update(false, &|_| ()).expect("an index");
        assert_eq!((kept.sets()[0].pages, report.losses.len()), (pages, 1));
        assert_eq!(report.taken_over, []);

        // Nor when other settings come at the same moment, of which this is no consequence.
        let mut set = folder.set();
        set.exclude = vec!["drafts/".into()];
        let store = folder.store_of(set);
        let (kept, report) = store.update(false, &|_| ()).expect("an index");
        assert_eq!((kept.sets()[0].pages, report.losses.len()), (pages, 1));

        let (taken, report) = store.update(true, &|_| ()).expect("an index");
        assert_eq!((taken.sets()[0].pages, report.losses.len()), (0, 0));
    }
}

#[test]
fn what_is_left_out_is_not_kept() {
    let folder = Folder::new();
    for i in 0..3 {
        folder.write(&format!("secret/{i}.md"), "# Secret\n\nAbout badgers.\n");
    }
    folder.update();
    let mut set = folder.set();
    set.exclude = vec!["secret/".into()];
    let update = || {
        let store = folder.store_of(set.clone());
        store.update(false, &|_| ()).expect("an index")
    };
    let (snapshot, report) = update();
    assert_eq!((snapshot.sets()[0].pages, report.losses.len()), (0, 0));

    // Nor of a folder that is away meanwhile.
    folder.write("a.md", "# Open\n\nAbout okapis.\n");
    folder.update();
    let elsewhere = folder.docs().with_extension("away");
    fs::rename(folder.docs(), &elsewhere).expect("a folder to rename");
    let (snapshot, report) = update();
    assert_eq!(report.missing.len(), 1);
    assert_eq!(paths(&snapshot, "badgers"), [""; 0]);
    assert_eq!(paths(&snapshot, "okapis"), ["a.md"]);
    fs::rename(&elsewhere, folder.docs()).expect("a folder to rename");
}

#[test]
fn a_rebuild_keeps_what_it_cannot_read() {
    let (here, away) = (Folder::with_pages(5), Folder::with_pages(3));
    let mut sets = vec![here.set(), away.set()];
    sets[1].name = "away".into();
    let store = Store::new(here.cache(), sets, SearchSettings::default()).expect("a store");
    store.update(false, &|_| ()).expect("an index");
    let elsewhere = away.docs().with_extension("away");
    fs::rename(away.docs(), &elsewhere).expect("a folder to rename");
    for i in 1..5 {
        here.remove(&format!("page-{i}.md"));
    }
    let (snapshot, report) = store.update(true, &|_| ()).expect("an index");
    let pages: Vec<_> = snapshot.sets().iter().map(|set| set.pages).collect();
    assert_eq!(pages, [1, 3]);
    assert_eq!((report.read, report.rebuilt), (1, Some("as asked")));
    assert_eq!((report.missing.len(), report.losses.len()), (1, 0));
    let opened = store.open().expect("an index");
    assert_eq!(opened.sets()[1].pages, 3);
    fs::rename(&elsewhere, away.docs()).expect("a folder to rename");
    let (snapshot, _) = store.update(true, &|_| ()).expect("an index");
    assert_eq!(snapshot.sets()[1].pages, 3);
}

#[test]
fn a_rebuild_takes_over_every_loss() {
    let folder = Folder::with_pages(10);
    folder.update();
    for i in 0..9 {
        folder.remove(&format!("page-{i}.md"));
    }
    let (kept, report) = folder.update();
    assert_eq!(report.losses.len(), 1);
    assert_eq!(paths(&kept, "topic1"), ["page-1.md"]);
    let (taken, report) = folder.store().update(true, &|_| ()).expect("an index");
    assert_eq!(report.losses, []);
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
    assert_eq!(report.losses, []);
    assert_eq!(snapshot.sets()[0].pages, 4);
}

#[test]
fn what_does_not_change_the_text_reads_nothing_again() {
    let folder = Folder::with_pages(3);
    folder.write(
        "links.md",
        "# Links\n\nThe [marmot page](https://other.example/page-1/) is elsewhere.\n",
    );
    let (first, _) = folder.update();
    let url = |snapshot: &Snapshot, id: &str| {
        let page = snapshot.page(id).expect("an answer").expect("a page");
        page.page.url
    };
    assert_eq!(
        url(&first, "docs/page-1.md").as_deref(),
        Some("https://example.com/page-1/")
    );
    let slash = folder.docs().join("");
    let variants: [(&str, DocSet, Option<&str>); 4] = [
        (
            "a slash behind the path",
            DocSet {
                root: slash,
                ..folder.set()
            },
            Some("https://example.com/page-1/"),
        ),
        (
            "no address",
            DocSet {
                base_url: None,
                ..folder.set()
            },
            None,
        ),
        (
            "a description",
            DocSet {
                description: Some("What it is.".into()),
                ..folder.set()
            },
            Some("https://example.com/page-1/"),
        ),
        (
            "a name",
            DocSet {
                name: "renamed".into(),
                ..folder.set()
            },
            Some("https://example.com/page-1/"),
        ),
    ];
    for (what, set, expected) in variants {
        let (name, description) = (set.name.clone(), set.description.clone());
        let store = folder.store_of(set);
        let opened = store
            .open()
            .unwrap_or_else(|| panic!("an index with {what}"));
        let (snapshot, report) = store.update(false, &|_| ()).expect("an index");
        assert_eq!((report.read, report.rebuilt), (0, None), "{what}");
        assert_eq!(snapshot.generation(), first.generation(), "{what}");
        for snapshot in [&opened, &*snapshot] {
            let id = format!("{name}/page-1.md");
            assert_eq!(url(snapshot, &id).as_deref(), expected, "{what}");
            assert_eq!(snapshot.sets()[0].description, description, "{what}");
            if let Some(expected) = expected {
                let page = snapshot.page(expected).expect("an answer").expect(what);
                assert_eq!(page.page.path, "page-1.md");
            }
        }
    }
    // Another address makes other links lead into the set: they are followed anew, nothing is read.
    let set = DocSet {
        base_url: Some("https://other.example/".into()),
        ..folder.set()
    };
    let store = folder.store_of(set);
    let (_, report) = store.update(false, &|_| ()).expect("an index");
    assert_eq!((report.read, report.rebuilt), (0, None));
    let merged = store.merge(false, &|| ()).expect("an index");
    let snapshot = merged.expect("links are to be followed anew");
    assert!(paths(&snapshot, "marmot").contains(&"page-1.md".to_owned()));
    assert_eq!(
        url(&snapshot, "docs/page-1.md").as_deref(),
        Some("https://other.example/page-1/")
    );
    // What a text means depends on the generator that it is written for.
    let set = DocSet {
        generator: Generator::MdBook,
        ..folder.set()
    };
    let store = folder.store_of(set);
    let (snapshot, report) = store.update(false, &|_| ()).expect("an index");
    assert_eq!((report.read, report.rebuilt), (4, None));
    assert_eq!(
        url(&snapshot, "docs/page-1.md").as_deref(),
        Some("https://example.com/page-1.html")
    );
}

#[test]
fn another_language_makes_another_index() {
    let folder = Folder::with_pages(3);
    folder.update();
    let german = SearchSettings {
        language: Language::German,
        ..SearchSettings::default()
    };
    let store = Store::new(folder.cache(), vec![folder.set()], german).expect("a store");
    assert!(
        store.open().is_none(),
        "an index of other settings is not served"
    );
    let (_, report) = store.update(false, &|_| ()).expect("an index");
    assert_eq!(report.read, 3);
    assert!(report.rebuilt.is_some());
}

/// To hash the whole index at each look would keep a disk and a processor busy.
#[test]
fn an_index_is_verified_once_a_process() {
    let folder = Folder::with_pages(3);
    folder.update();
    let damage = || {
        let files = folder.index_files();
        let postings = files
            .iter()
            .find(|file| file.ends_with("postings"))
            .expect("postings");
        let mut bytes = fs::read(postings).expect("the postings");
        bytes[0] = !bytes[0];
        fs::write(postings, bytes).expect("damaged postings");
    };
    let store = folder.store();
    let (_, report) = store.update(false, &|_| ()).expect("an index");
    assert_eq!(report.rebuilt, None);
    damage();
    let (_, report) = store.update(false, &|_| ()).expect("an index");
    assert_eq!(report.rebuilt, None, "it has been verified before");
    let (_, report) = folder.update();
    assert_eq!(report.rebuilt, Some("the index on disk is damaged"));
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

    fs::rename(&mounted, &elsewhere).expect("a folder to rename");
    let (snapshot, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!(snapshot.sets()[0].pages, 3);
    assert_eq!(snapshot.sets()[1].pages, 0);
    assert_eq!(report.missing.len(), 1);
    assert_eq!(report.missing[0].set, "away");

    fs::rename(&elsewhere, &mounted).expect("a folder to rename");
    let (snapshot, report) = store().update(false, &|_| ()).expect("an index");
    assert_eq!(snapshot.sets()[1].pages, 3);
    assert_eq!(report.missing, []);

    fs::rename(&mounted, &elsewhere).expect("a folder to rename");
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
    fs::rename(&elsewhere, &mounted).expect("a folder to rename");
}

/// As deployments do, which give files the times of their sources.
#[test]
fn another_folder_in_the_place_of_a_root_is_read_anew() {
    let (folder, releases) = (Folder::new(), tempfile::tempdir().expect("a folder"));
    let link = releases.path().join("current");
    let mut set = folder.set();
    set.root.clone_from(&link);
    for release in ["one", "two"] {
        fs::create_dir(releases.path().join(release)).expect("a folder");
    }
    // At the same moment for all that the clock of the file system can tell.
    for release in ["one", "two"] {
        let text = format!("# Release\n\nAbout {release}.\n");
        fs::write(releases.path().join(release).join("a.md"), text).expect("a page");
    }
    for release in ["one", "two", "one"] {
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(release, &link).expect("a link");
        let (snapshot, _) = folder
            .store_of(set.clone())
            .update(false, &|_| ())
            .expect("an index");
        assert_eq!(paths(&snapshot, release), ["a.md"]);
    }
}
