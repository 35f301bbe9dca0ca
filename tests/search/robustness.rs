//! Damaged indexes and hostile folders cost a rebuild or a file, never the service.

use super::folder::{Folder, paths};
use docent::{corpus::Skip, search::StoreError};
use std::{fs, os::unix::fs::symlink};

/// Every file of the index in turn is cut off, emptied, overwritten and removed.
#[test]
fn a_damaged_index_is_built_anew() {
    let folder = Folder::with_pages(5);
    let sentence = "See the [page with the topic](page-3.md) for more of them.";
    folder.write(
        "links.md",
        format!("# Links\n\n{sentence}\n\n## Names\n\nNone.\n"),
    );
    folder.update();
    let count = folder.index_files().len();
    assert!(count > 10, "{count} files in an index");
    for number in 0..count {
        for damage in [cut, empty, scribble, remove] {
            let file = &folder.index_files()[number];
            let name = file
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            if matches!(name.as_str(), "lock" | "merge-lock" | "in-use") {
                continue;
            }
            damage(file);
            let (snapshot, report) = folder.update();
            assert_eq!(
                paths(&snapshot, "topic3"),
                ["page-3.md"],
                "after damage to {name}"
            );
            assert!(report.rebuilt.is_some(), "damage to {name} was not seen");
        }
    }
}

fn cut(file: &std::path::Path) {
    let bytes = fs::read(file).expect("a file");
    fs::write(file, &bytes[..bytes.len() / 2]).expect("a cut file");
}

fn empty(file: &std::path::Path) {
    fs::write(file, b"").expect("an empty file");
}

fn scribble(file: &std::path::Path) {
    let mut bytes = fs::read(file).expect("a file");
    let middle = bytes.len() / 2;
    for byte in bytes.iter_mut().skip(middle).take(8) {
        *byte = !*byte;
    }
    fs::write(file, bytes).expect("a scribbled file");
}

fn remove(file: &std::path::Path) {
    fs::remove_file(file).expect("a file to remove");
}

#[test]
fn a_build_that_was_cut_off_leaves_the_old_index() {
    let folder = Folder::with_pages(5);
    let (old, _) = folder.update();
    let shelf = folder.index_files()[0]
        .parent()
        .expect("a folder")
        .to_owned();
    let leftovers = [
        "segments/building-now/run-0-0",
        "segments/merging-now",
        "segments/0123",
    ];
    for leftover in leftovers {
        fs::create_dir_all(shelf.join(leftover)).expect("a leftover");
        fs::write(shelf.join(leftover).join("pages"), "{").expect("a leftover");
    }
    let opened = folder.store().open().expect("an index");
    assert_eq!(opened.generation(), old.generation());
    folder.write("page-9.md", "# Page 9\n\nAbout topic9.\n");
    let (new, _) = folder.update();
    assert_eq!(paths(&new, "topic9"), ["page-9.md"]);
    for leftover in leftovers {
        assert!(!shelf.join(leftover).exists(), "{leftover} is left");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_an_error_that_names_it() {
    let folder = Folder::with_pages(1);
    let file = folder.docs().join("page-0.md");
    let error = docent::search::Store::new(&file, vec![folder.set()], Default::default());
    let Err(StoreError::Cache { path, .. }) = error else {
        panic!("a file taken for a folder");
    };
    assert!(path.starts_with(file));
}

#[test]
fn every_file_is_served_or_skipped_with_its_reason() {
    let folder = Folder::with_pages(1);
    let outside = Folder::with_pages(1);
    folder.write("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0");
    folder.write("binary.md", b"# Title\n\0\x01\x02\x03".repeat(50));
    folder.write("latin1.md", b"# Caf\xe9\n\nA word: na\xefve.\n");
    folder.write("huge.md", vec![b'a'; 2 << 20]);
    // Sparse: a gibibyte that takes no room, and must not be read.
    let giant = fs::File::create(folder.docs().join("giant.html")).expect("a file");
    giant.set_len(1 << 30).expect("a gibibyte");
    folder.write("draft.md", "---\ndraft: true\n---\n# Draft\n\nSecret.\n");
    folder.write("empty.md", "\n\n");
    folder.write(".hidden.md", "# Hidden\n\nSecret.\n");
    folder.write(".gitignore", "ignored.md\n");
    folder.write("ignored.md", "# Ignored\n\nSecret.\n");
    symlink(
        outside.docs().join("page-0.md"),
        folder.docs().join("out.md"),
    )
    .expect("a link");
    symlink(outside.docs(), folder.docs().join("outdir")).expect("a link");
    symlink(folder.docs(), folder.docs().join("loop")).expect("a link");
    symlink("nowhere.md", folder.docs().join("dangling.md")).expect("a link");
    symlink("page-0.md", folder.docs().join("alias.md")).expect("a link");

    let (snapshot, report) = folder.update();
    let reason = |path: &str| {
        let mut skipped = report.sets[0]
            .skipped
            .iter()
            .filter(|file| file.path == path);
        skipped.next().map(|file| file.reason.clone())
    };
    assert_eq!(reason("logo.png"), Some(Skip::UnknownFormat));
    assert_eq!(reason("binary.md"), Some(Skip::Binary));
    assert!(
        matches!(reason("latin1.md"), Some(Skip::Undecodable { .. }))
            || !paths(&snapshot, "naïve").is_empty()
    );
    assert_eq!(reason("huge.md"), Some(Skip::TooLarge { limit: 1 << 20 }));
    assert_eq!(
        reason("giant.html"),
        Some(Skip::TooLarge { limit: 1 << 20 })
    );
    assert_eq!(reason("draft.md"), Some(Skip::Draft));
    assert_eq!(reason("empty.md"), Some(Skip::Empty));
    assert_eq!(reason("outdir"), Some(Skip::OutsideRoot));
    assert_eq!(reason("out.md"), Some(Skip::OutsideRoot));
    assert!(matches!(reason("loop"), Some(Skip::Unreadable { .. })));
    assert!(matches!(
        reason("dangling.md"),
        Some(Skip::Unreadable { .. })
    ));
    assert_eq!(paths(&snapshot, "secret"), [""; 0]);
    assert!(snapshot.page("docs/alias.md").expect("a page").is_some());
}

/// Sphinx keeps the sources in `_sources/`, Git's documentation beside the pages.
#[test]
fn the_source_of_a_built_page_is_not_served_twice() {
    let folder = Folder::new();
    let built = |title: &str| format!("<html><body><main><h1>{title}</h1><p>A heron.</p></main>");
    for page in [
        "git-add",
        "sphinx/library/os",
        "sphinx/guide/index",
        "notes",
    ] {
        folder.write(&format!("{page}.html"), built(page));
    }
    let sources = [
        ("git-add.txt", "git-add.html"),
        ("notes.md", "notes.html"),
        ("sphinx/_sources/guide.txt", "sphinx/guide/index.html"),
        (
            "sphinx/_sources/library/os.rst.txt",
            "sphinx/library/os.html",
        ),
    ];
    let alone = [
        "git-commit.txt",
        "library/os.rst.txt",
        "sphinx/_sources/library/sys.rst.txt",
    ];
    for path in sources.iter().map(|(path, _)| *path).chain(alone) {
        folder.write(path, "Title\n=====\n\nA heron.\n");
    }

    let (snapshot, report) = folder.update();
    let skipped: Vec<_> = report.sets[0]
        .skipped
        .iter()
        .map(|file| (file.path.clone(), file.reason.clone()))
        .collect();
    let expected: Vec<_> = sources
        .iter()
        .map(|(path, page)| {
            let page = (*page).to_owned();
            ((*path).to_owned(), Skip::SourceOf { page })
        })
        .collect();
    assert_eq!(skipped, expected);
    assert_eq!(report.sets[0].pages, 4 + alone.len());
    for path in alone {
        let id = format!("docs/{path}");
        assert!(snapshot.page(&id).expect("an answer").is_some(), "{path}");
    }

    let mut set = folder.set();
    set.exclude = vec!["*.html".into()];
    let (_, report) = folder
        .store_of(set)
        .update(false, &|_| ())
        .expect("an index");
    assert_eq!(report.sets[0].skipped, []);
}

/// The folders on the disk have a depth that the walk bounds; what an index of pages calls a path has none.
#[test]
fn a_path_of_any_depth_is_a_path() {
    let folder = Folder::new();
    let deep = "a/".repeat(50_000);
    let entries = format!(
        "[{{\"title\": \"Deep\", \"permalink\": \"/{deep}\", \"contents\": \"About okapis.\"}},
          {{\"title\": \"Flat\", \"permalink\": \"/b/\", \"contents\": \"About zebras.\"}}]"
    );
    folder.write("index.json", entries);
    let mut set = folder.set();
    set.max_file_size = 1 << 24;
    let (snapshot, _) = folder
        .store_of(set)
        .update(false, &|_| ())
        .expect("an index");
    let found = snapshot.search(&docent::search::Query::new("okapis"));
    let found = found.expect("an answer").hits;
    assert_eq!(found.len(), 1);
    assert!(found[0].page.breadcrumb.len() < 100);
    assert!(snapshot.folder("docs", "a").is_some());
}
