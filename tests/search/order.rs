//! The order of a set's own site, and what to read beside a page.

use super::folder::Folder;
use docent::search::{Entry, PageRef, Snapshot};

/// What a folder lists, by paths.
fn listed(snapshot: &Snapshot, folder: &str) -> Vec<String> {
    let entries = snapshot.folder("docs", folder).expect("a folder");
    let path = |entry: Entry| match entry {
        Entry::Folder { path, .. } => path,
        Entry::Page(page) => page.path,
    };
    entries.into_iter().map(path).collect()
}

/// The pages before and after one.
fn neighbours(snapshot: &Snapshot, path: &str) -> [Option<String>; 2] {
    let related = snapshot.related(&format!("docs/{path}")).expect("an index");
    let related = related.expect("a page");
    [related.previous, related.next].map(|page| page.map(|page| page.path))
}

fn paths(pages: &[PageRef]) -> Vec<&str> {
    pages.iter().map(|page| page.path.as_str()).collect()
}

fn page(folder: &Folder, path: &str) {
    folder.write(path, format!("# Page {path}\n\nText of {path}.\n"));
}

#[test]
fn without_any_sign_folders_come_first_and_numbers_count() {
    let folder = Folder::new();
    for path in ["10-last.md", "2-first.md", "z/a.md", "index.md"] {
        page(&folder, path);
    }
    let (snapshot, _) = folder.update();
    assert_eq!(
        listed(&snapshot, ""),
        ["index.md", "z/", "2-first.md", "10-last.md"]
    );
    let some = snapshot.listing("docs", "", 1..3).expect("a folder");
    assert_eq!((some.total, some.entries.len()), (4, 2));
    assert_eq!(
        neighbours(&snapshot, "2-first.md"),
        [Some("index.md".into()), Some("10-last.md".into())]
    );
    assert_eq!(neighbours(&snapshot, "z/a.md"), [None, None]);
}

#[test]
fn weights_of_front_matter_order_pages_and_folders() {
    let folder = Folder::new();
    for (path, weight) in [
        ("_index.md", ""),
        ("b/_index.md", "weight: 10"),
        ("a/_index.md", "weight: 20"),
        ("a/one.md", "sidebar_position: 2"),
        ("a/two.md", "nav_order: 1.5"),
        ("a/none.md", ""),
        ("middle.md", "weight: 15"),
    ] {
        folder.write(path, format!("---\ntitle: {path}\n{weight}\n---\nText.\n"));
    }
    let (snapshot, _) = folder.update();
    assert_eq!(
        listed(&snapshot, ""),
        ["_index.md", "b/", "middle.md", "a/"]
    );
    assert_eq!(
        listed(&snapshot, "a"),
        ["a/_index.md", "a/two.md", "a/one.md", "a/none.md"]
    );
}

#[test]
fn the_chapters_of_a_book_have_its_order_through_all_folders() {
    let folder = Folder::new();
    for path in [
        "src/z.md",
        "src/a/one.md",
        "src/a/two.md",
        "src/m.md",
        "src/more.md",
    ] {
        page(&folder, path);
    }
    folder.write(
        "src/SUMMARY.md",
        "# Summary\n\n[Z](z.md)\n- [Two](a/two.md)\n- [One](./a/one.md)\n- [M](m.md)\n",
    );
    let (snapshot, _) = folder.update();
    assert_eq!(
        listed(&snapshot, "src"),
        [
            "src/z.md",
            "src/a/",
            "src/m.md",
            "src/SUMMARY.md",
            "src/more.md"
        ]
    );
    assert_eq!(listed(&snapshot, "src/a"), ["src/a/two.md", "src/a/one.md"]);
    assert_eq!(
        neighbours(&snapshot, "src/a/two.md"),
        [Some("src/z.md".into()), Some("src/a/one.md".into())]
    );
    assert_eq!(
        neighbours(&snapshot, "src/m.md"),
        [Some("src/a/one.md".into()), None]
    );
}

#[test]
fn a_navigation_that_changes_costs_no_reading_of_pages() {
    let folder = Folder::new();
    for path in ["docs/a.md", "docs/b.md", "docs/c.md"] {
        page(&folder, path);
    }
    folder.write("mkdocs.yml", "nav:\n  - C: c.md\n  - a.md\n");
    let (first, _) = folder.update();
    assert_eq!(
        listed(&first, "docs"),
        ["docs/c.md", "docs/a.md", "docs/b.md"]
    );
    folder.write("mkdocs.yml", "nav:\n  - X:\n    - b.md\n  - c.md\n");
    let (second, report) = folder.update();
    assert_eq!(report.read, 0);
    assert!(second.generation() > first.generation());
    assert_eq!(
        listed(&second, "docs"),
        ["docs/b.md", "docs/c.md", "docs/a.md"]
    );
    let (third, _) = folder.update();
    assert_eq!(third.generation(), second.generation());
    let opened = folder.store().open().expect("an index");
    assert_eq!(listed(&opened, "docs"), listed(&second, "docs"));
}

#[cfg(unix)]
#[test]
fn a_navigation_outside_of_the_set_is_not_followed() {
    let folder = Folder::new();
    let elsewhere = Folder::new();
    for path in ["docs/a.md", "docs/b.md"] {
        page(&folder, path);
    }
    elsewhere.write("mkdocs.yml", "nav: [b.md, a.md]\n");
    let link = folder.docs().join("mkdocs.yml");
    std::os::unix::fs::symlink(elsewhere.docs().join("mkdocs.yml"), link).expect("a link");
    let (snapshot, _) = folder.update();
    assert_eq!(listed(&snapshot, "docs"), ["docs/a.md", "docs/b.md"]);
}

#[test]
fn toctrees_order_what_they_name_and_what_that_names() {
    let folder = Folder::new();
    for path in ["zoo.rst", "bees.rst", "ants.rst", "extra.rst"] {
        folder.write(path, format!("{path}\n=========\n\nText of {path}.\n"));
    }
    folder.write(
        "index.rst",
        "Home\n====\n\nText.\n\n.. toctree::\n   :maxdepth: 2\n\n   part\n   ants\n",
    );
    folder.write(
        "part.rst",
        "Part\n====\n\nText.\n\n.. toctree::\n\n   The zoo <zoo>\n   /bees\n   nowhere\n",
    );
    let (snapshot, _) = folder.update();
    let expected = [
        "index.rst",
        "part.rst",
        "zoo.rst",
        "bees.rst",
        "ants.rst",
        "extra.rst",
    ];
    assert_eq!(listed(&snapshot, ""), expected);
    assert_eq!(
        neighbours(&snapshot, "zoo.rst"),
        [Some("part.rst".into()), Some("bees.rst".into())]
    );
    // What changes is put in its place at once.
    folder.write(
        "part.rst",
        "Part\n====\n\nText.\n\n.. toctree::\n\n   extra\n   bees\n",
    );
    let (snapshot, report) = folder.update();
    assert_eq!(report.read, 1);
    let expected = [
        "index.rst",
        "part.rst",
        "extra.rst",
        "bees.rst",
        "ants.rst",
        "zoo.rst",
    ];
    assert_eq!(listed(&snapshot, ""), expected);
}

#[test]
fn the_menu_of_a_built_site_is_its_order() {
    let folder = Folder::new();
    let html = |title: &str| {
        format!(
            "<!doctype html><html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>Text of {title}, which goes on for a while.</p></main></body></html>"
        )
    };
    for path in [
        "zebra.html",
        "guide/index.html",
        "guide/b.html",
        "guide/a.html",
        "apple.html",
    ] {
        folder.write(path, html(path));
    }
    let menu = "<nav><ul><li><a href=\"zebra.html\">Z</a></li><li><a href=\"guide/b.html#x\">B</a></li>\
                <li><a href=\"./guide/a.html\">A</a></li><li><a href=\"guide/\">Guide</a></li></ul></nav><main>";
    folder.write("index.html", html("Home").replace("<main>", menu));
    let (snapshot, _) = folder.update();
    assert_eq!(
        listed(&snapshot, ""),
        ["index.html", "zebra.html", "guide/", "apple.html"]
    );
    assert_eq!(
        listed(&snapshot, "guide"),
        ["guide/index.html", "guide/b.html", "guide/a.html"]
    );
}

#[test]
fn a_page_is_related_to_what_it_links_to_and_what_links_to_it() {
    let folder = Folder::new();
    for path in ["a.md", "b.md", "x.md", "d/index.md"] {
        page(&folder, path);
    }
    folder.write(
        "hub.md",
        "# Hub\n\nSee [A](a.md), [a again](./a.md#x), [D](d/), [the site](https://example.com/x/), \
         [nothing](none.md), [out](../../b.md) and [other](https://example.org/b).\n",
    );
    folder.write("late.md", "# Late\n\nIt goes on in [the hub](hub.md).\n");
    let check = |snapshot: &Snapshot, sources: &[&str]| {
        let related = snapshot
            .related("docs/hub.md")
            .expect("an index")
            .expect("a page");
        assert_eq!(paths(&related.links_to), ["a.md", "d/index.md", "x.md"]);
        assert_eq!(paths(&related.linked_from), sources);
    };
    let (snapshot, _) = folder.update();
    // `late.md` is the next page: it is told once.
    assert_eq!(
        neighbours(&snapshot, "hub.md"),
        [Some("b.md".into()), Some("late.md".into())]
    );
    check(&snapshot, &[]);
    page(&folder, "hub2.md");
    let (snapshot, _) = folder.update();
    check(&snapshot, &["late.md"]);
    // What has been said of a page stays with it when it changes.
    folder.write(
        "hub.md",
        "# The hub\n\nSee [A](a.md), [D](d/) and [the site](https://example.com/x/).\n",
    );
    let (snapshot, _) = folder.update();
    check(&snapshot, &["late.md"]);
    let store = folder.store();
    let merged = store
        .merge(true, &|| ())
        .expect("a merge")
        .expect("something to merge");
    check(&merged, &["late.md"]);
    folder.remove("late.md");
    let (snapshot, _) = folder.update();
    check(&snapshot, &[]);
    assert!(
        snapshot
            .related("docs/late.md")
            .expect("an index")
            .is_none()
    );
}
