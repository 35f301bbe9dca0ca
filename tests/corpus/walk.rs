//! What a walk tells, and how its files are read.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

use std::{
    collections::BTreeSet,
    convert::Infallible,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use docent::{
    config::{DocSet, Generator},
    corpus::{self, File, Found, PrivatePaths, ReadAllError, Site, Skip, ToRead, Within},
};
use tempfile::TempDir;

use super::listed::{Listed, list};

fn tree(files: &[&str]) -> (TempDir, DocSet) {
    let root = tempfile::tempdir().unwrap();
    for path in files {
        write(root.path(), path);
    }
    let set = DocSet::new("docs", root.path());
    (root, set)
}

fn write(root: &Path, path: &str) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, "# Page\n\nText.\n").unwrap();
}

fn everything(set: &DocSet) -> Listed {
    list(set, &PrivatePaths::default()).unwrap()
}

fn sources(listed: &Listed) -> Vec<(&str, &str)> {
    let skipped = listed.skipped.iter();
    skipped
        .filter_map(|file| match &file.reason {
            Skip::SourceOf { page } => Some((file.path.as_str(), page.as_str())),
            _ => None,
        })
        .collect()
}

#[test]
fn each_file_is_told_once_and_those_of_a_folder_before_those_below_it() {
    let (root, set) = tree(&["z.md", "a/b.md", "a/a/c.md", "a.md", "b/x.md"]);
    symlink("a/b.md", root.path().join("link.md")).unwrap();
    symlink("b", root.path().join("a/linked")).unwrap();
    let mut told = Vec::new();
    let each = &mut |found| {
        if let Found::File(file) = found {
            told.push(file.path);
        }
    };
    corpus::list(&set, &PrivatePaths::default(), Within::Everything, each).unwrap();
    let expected = ["a.md", "link.md", "z.md", "a/b.md", "a/a/c.md", "b/x.md"];
    assert_eq!(told, expected);
}

#[test]
fn folders_are_told_before_they_are_looked_at() {
    let (root, set) = tree(&["a/x.md", ".hidden/x.md", "b/x.md"]);
    symlink("../b", root.path().join("a/linked")).unwrap();
    let real = fs::canonicalize(root.path()).unwrap();
    let mut told = BTreeSet::new();
    let private = PrivatePaths::default();
    corpus::folders(&set, &private, None, &mut |folder| {
        // What is made now is seen by the look that follows.
        if folder == real.join("a") {
            fs::create_dir(folder.join("new")).unwrap();
        }
        told.insert(folder.to_owned());
        true
    })
    .unwrap();
    let expected = ["", "a", "a/new", "b"].map(|folder| real.join(folder));
    assert_eq!(told, BTreeSet::<PathBuf>::from(expected));
}

/// Where links lead to the pages, or to the sources, they are known only when the links are gone.
#[test]
fn sources_are_told_from_pages_by_links_too() {
    let pages = ["site/index.html", "site/_sources/index.rst.txt"];
    let (_root, set) = tree(&pages);
    assert_eq!(
        sources(&everything(&set)),
        [("site/_sources/index.rst.txt", "site/index.html")]
    );

    // Each part of a site may lie elsewhere: a hidden folder is no page by its own name.
    let (root, set) = tree(&[
        "site/a.html",
        "site/_sources/a.rst.txt",
        "site/_sources/library/b.rst.txt",
        "site/_sources/other.rst.txt",
        "parts/b.html",
    ]);
    symlink("../parts", root.path().join("site/library")).unwrap();
    let listed = everything(&set);
    assert_eq!(
        sources(&listed),
        [("site/_sources/a.rst.txt", "site/a.html")],
        "the page of `library/b` is `parts/b.html`"
    );
    fs::write(root.path().join(".ignore"), "/parts/\n!/site\n").unwrap();
    fs::remove_file(root.path().join("site/library")).unwrap();
    fs::remove_dir_all(root.path().join("parts")).unwrap();
    write(root.path(), "..data/b.html");
    symlink("../..data", root.path().join("site/library")).unwrap();
    assert_eq!(
        sources(&everything(&set)),
        [
            ("site/_sources/a.rst.txt", "site/a.html"),
            ("site/_sources/library/b.rst.txt", "site/library/b.html")
        ]
    );

    let (root, set) = tree(&["site/a.html", "..data/a.rst.txt", "..data/c.rst.txt"]);
    symlink("../..data", root.path().join("site/_sources")).unwrap();
    let listed = everything(&set);
    assert_eq!(
        sources(&listed),
        [("site/_sources/a.rst.txt", "site/a.html")]
    );
    assert_eq!(listed.paths(), ["site/_sources/c.rst.txt", "site/a.html"]);
}

/// Only a page that is served stands for its source.
#[test]
fn a_source_beside_a_page_that_is_not_served_is_served() {
    let files = [
        "add.adoc",
        "add.html",
        "b.txt",
        "b.html",
        "c.md",
        "c.html/x.md",
    ];
    let (root, mut set) = tree(&files);
    let listed = everything(&set);
    let expected = [("add.adoc", "add.html"), ("b.txt", "b.html")];
    assert_eq!(sources(&listed), expected);
    set.exclude = vec!["add.html".to_owned()];
    fs::write(root.path().join(".gitignore"), "/b.html\n").unwrap();
    let listed = everything(&set);
    assert_eq!(sources(&listed), []);
    assert_eq!(listed.paths(), ["add.adoc", "b.txt", "c.html/x.md", "c.md"]);
}

fn files(count: usize) -> (TempDir, DocSet, Vec<File>) {
    let names: Vec<_> = (0..count).map(|number| format!("{number}.md")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (root, set) = tree(&names);
    let files = everything(&set).files;
    (root, set, files)
}

#[test]
fn all_files_are_read_and_none_before_its_turn() {
    let (_root, set, files) = files(100);
    const WORKERS: usize = 3;
    let asked = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let queue = files.into_iter().map(|file| {
        let ahead = asked.fetch_add(1, Ordering::SeqCst) - done.load(Ordering::SeqCst);
        assert!(ahead < WORKERS, "{ahead} files are in memory");
        (0, ToRead::File(file))
    });
    let read = corpus::read_all(
        &[set],
        &[Site::published_by(Generator::None)],
        &[],
        queue,
        vec![Vec::new(); WORKERS],
        |paths: &mut Vec<String>, _, file, parsed| -> Result<(), Infallible> {
            assert_eq!(parsed.documents.map(|all| all.len()), Ok(1));
            paths.push(file.path);
            done.fetch_add(1, Ordering::SeqCst);
            Ok(())
        },
    );
    let read: BTreeSet<_> = read.unwrap().into_iter().flatten().collect();
    assert_eq!(read.len(), 100);
}

#[test]
fn an_error_or_a_panic_ends_the_reading_of_all() {
    let (_root, set, files) = files(50);
    let seen = AtomicUsize::new(0);
    let read = |fault: fn(usize) -> Result<(), &'static str>| {
        seen.store(0, Ordering::SeqCst);
        corpus::read_all(
            std::slice::from_ref(&set),
            &[Site::published_by(Generator::None)],
            &[],
            files
                .iter()
                .cycle()
                .map(|file| (0, ToRead::File(file.clone()))),
            vec![(); 2],
            |(), _, _, _| fault(seen.fetch_add(1, Ordering::SeqCst)),
        )
    };
    let refused = read(|number| if number == 20 { Err("full") } else { Ok(()) });
    assert!(matches!(refused, Err(ReadAllError::Refused("full"))));
    let broken = read(|number| {
        assert_ne!(number, 20, "a fault");
        Ok(())
    });
    assert!(matches!(broken, Err(ReadAllError::Reader)));
}

/// What a set with limits has room for, and the first that is beyond.
fn bounded(set: &DocSet) -> (Vec<String>, Option<(String, Skip)>) {
    let listed = everything(set);
    let beyond = listed.skipped.iter().find(|file| file.reason.is_beyond());
    let paths = listed.paths().into_iter().map(str::to_owned);
    (
        paths.collect(),
        beyond.map(|file| (file.path.clone(), file.reason.clone())),
    )
}

#[test]
fn a_set_ends_with_the_first_that_it_has_no_room_for() {
    let files = [
        "z.md",
        "b/x.md",
        "b/y.png",
        "a/x.md",
        ".hidden.md",
        ".h/x.md",
        "left/out.md",
    ];
    let (root, mut set) = tree(&files);
    set.exclude = vec!["left/".to_owned()];
    symlink("../.h/x.md", root.path().join("a/link.md")).unwrap();
    let order = ["z.md", "a", "a/link.md", "a/x.md", "b", "b/x.md", "b/y.png"];
    for (count, first) in order.into_iter().enumerate().skip(1) {
        let limit = count as u64;
        set.max_files = limit;
        let (paths, beyond) = bounded(&set);
        let expected = (first.to_owned(), Skip::BeyondMaxFiles { limit });
        assert_eq!(beyond, Some(expected), "{limit}");
        let pages = order[..count]
            .iter()
            .filter(|path| path.ends_with(".md") && **path != "a/link.md");
        let mut pages: Vec<_> = pages.map(|path| (*path).to_owned()).collect();
        pages.sort();
        assert_eq!(paths, pages, "{limit}");
    }
    set.max_files = 7;
    assert_eq!(bounded(&set).1, None);

    let size = fs::metadata(root.path().join("z.md")).unwrap().len();
    set.max_files = DocSet::MAX_FILES;
    set.max_size = 2 * size;
    let (paths, beyond) = bounded(&set);
    assert_eq!(paths, ["a/x.md", "z.md"]);
    let limit = set.max_size;
    let reason = Skip::BeyondMaxSize { limit };
    assert_eq!(beyond, Some(("b/x.md".to_owned(), reason)));
    // A smaller one behind it would make it depend on sizes which pages are there.
    fs::write(root.path().join("b/z.md"), "x").unwrap();
    assert_eq!(bounded(&set).0, paths);
    set.max_size += size + 1;
    assert_eq!(bounded(&set).1, None);
}

/// Not even the names of such a folder are kept.
#[test]
fn a_folder_with_far_too_many_names_is_not_looked_at() {
    let names: Vec<_> = (0..4_100).map(|number| format!("b/.{number}")).collect();
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    names.extend(["a/x.md", "c/x.md"]);
    let (root, mut set) = tree(&names);
    set.max_files = 10;
    let reason = Skip::BeyondMaxFiles { limit: 10 };
    let (paths, beyond) = bounded(&set);
    assert_eq!(paths, ["a/x.md"]);
    assert_eq!(beyond, Some(("b".to_owned(), reason.clone())));
    set.root = root.path().join("b");
    assert_eq!(bounded(&set), (Vec::new(), Some((".".to_owned(), reason))));
}
