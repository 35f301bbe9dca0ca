//! What the pages of a set have around their text, as pages come, change and go.

use super::folder::Folder;
use docent::search::{Snapshot, Store};
use docent::{config::SearchSettings, corpus::Look};

const FOOTER: &str = "<p>Ask the authors for more of it.</p>";

fn page(number: usize, title: &str, footer: &str) -> String {
    format!(
        "<html><head><title>{title}</title></head><body><h1>Topic {number}</h1>\
         <p>Of topic {number} there is this to say.</p>{footer}</body></html>"
    )
}

fn write(folder: &Folder, number: usize, footer: &str) {
    let text = page(number, "Untold", footer);
    folder.write(&format!("page-{number}.html"), text);
}

fn text(snapshot: &Snapshot, path: &str) -> String {
    let page = snapshot.page(&format!("docs/{path}")).expect("an index");
    format!("{:?}", page.expect("a page"))
}

fn with_footer(snapshot: &Snapshot) -> Vec<String> {
    let pages = snapshot.pages().map(|page| page.path);
    pages
        .filter(|path| text(snapshot, path).contains("Ask the authors"))
        .collect()
}

#[test]
fn only_pages_that_a_change_of_the_frame_concerns_are_read_again() {
    let folder = Folder::new();
    for number in 0..5 {
        write(&folder, number, if number < 2 { FOOTER } else { "" });
    }
    let (snapshot, report) = folder.update();
    assert_eq!(report.read, 5);
    assert_eq!(with_footer(&snapshot), ["page-0.html", "page-1.html"]);

    // Three of five: it is everybody's now.
    write(&folder, 2, FOOTER);
    let (snapshot, report) = folder.update();
    assert_eq!(with_footer(&snapshot), [""; 0]);
    assert_eq!(report.read, 3, "the changed one, and the two that have it");

    // On four of five it is surer, on several surer still.
    write(&folder, 3, FOOTER);
    let (snapshot, report) = folder.update();
    assert_eq!((with_footer(&snapshot).len(), report.read), (0, 4));
    write(&folder, 5, FOOTER);
    let (_, report) = folder.update();
    assert_eq!(report.read, 5);
    // What does not tip it concerns nobody else.
    write(&folder, 6, FOOTER);
    let (_, report) = folder.update();
    assert_eq!(report.read, 1);
    let (_, report) = folder.update();
    assert_eq!(report.read, 0);

    // Pages without it bring it back.
    for number in [10, 11, 12, 13, 14] {
        write(&folder, number, "");
    }
    let (snapshot, report) = folder.update();
    assert_eq!(with_footer(&snapshot).len(), 6);
    assert_eq!(report.read, 11);
    for number in [10, 11, 12] {
        folder.remove(&format!("page-{number}.html"));
    }
    let (snapshot, _) = folder.update();
    assert_eq!(with_footer(&snapshot).len(), 0);
}

#[test]
fn what_most_titles_share_follows_the_pages() {
    let folder = Folder::new();
    let write = |number: usize, title: &str| {
        let text = format!("<title>{title}</title><p>Of topic {number} there is this to say.");
        folder.write(&format!("{number}.html"), text);
    };
    write(0, "Zero ~ Acme");
    write(1, "One ~ Acme");
    let titles =
        |snapshot: &Snapshot| -> Vec<String> { snapshot.pages().map(|page| page.title).collect() };
    let (snapshot, _) = folder.update();
    assert_eq!(titles(&snapshot), ["Zero ~ Acme", "One ~ Acme"]);
    write(2, "Two ~ Acme");
    let (snapshot, report) = folder.update();
    assert_eq!(titles(&snapshot), ["Zero", "One", "Two"]);
    assert_eq!(report.read, 3);
    write(1, "Other");
    let (snapshot, _) = folder.update();
    assert_eq!(titles(&snapshot), ["Zero ~ Acme", "Other", "Two ~ Acme"]);
}

/// A look within folders knows of the frame of all.
#[test]
fn a_change_in_one_folder_reaches_the_others() {
    let folder = Folder::new();
    for (number, path) in ["a/0.html", "b/1.html", "c/2.html"].into_iter().enumerate() {
        folder.write(
            path,
            page(number, "Untold", if number < 2 { FOOTER } else { "" }),
        );
    }
    let store = folder.store();
    let everything = store.draft(&Look::Everything, false, &|_| ());
    let draft = everything.expect("an index");
    assert_eq!(with_footer(&draft.snapshot).len(), 2);
    draft.publish().expect("it is written");

    folder.write("c/2.html", page(2, "Untold", FOOTER));
    let docs = std::fs::canonicalize(folder.docs()).expect("the folder");
    let mut folders = docent::corpus::Folders::default();
    folders.note(docs.join("c"));
    let draft = store.draft(&Look::Folders(folders), false, &|_| ());
    let draft = draft.expect("an index");
    assert_eq!(with_footer(&draft.snapshot), [""; 0]);
    assert_eq!(draft.report.read, 3);
}

/// Whatever came before: the text is that of an index that is built from nothing.
#[test]
fn the_history_of_a_set_leaves_no_mark() {
    for seed in 0..8 {
        let mut random = fastrand::Rng::with_seed(seed);
        let folder = Folder::new();
        for step in 0..12 {
            for _ in 0..random.usize(1..4) {
                let number = random.usize(..14);
                let kind = ["html", "md"][random.usize(..2)];
                let path = format!("{}page-{number}.{kind}", ["", "de/"][random.usize(..2)]);
                let with = |random: &mut fastrand::Rng, text: &'static str| {
                    if random.u8(..5) < 3 { text } else { "" }
                };
                let menu = with(&mut random, "[Start](a) | [Buy](b)");
                let site = with(&mut random, "Acme of all");
                let end = with(&mut random, "Written on May 3 by all of us.");
                let text = match kind {
                    "md" => format!(
                        "{menu}\n\n{}\n\n## Topic {number}\n\nIt has {number} words.\n\n{end}\n",
                        if site.is_empty() {
                            String::new()
                        } else {
                            format!("# {site}")
                        }
                    ),
                    _ => format!(
                        "<title>Topic {number}: {site}</title><p><a href=a>Start</a> <a href=b>{menu}</a>\
                         <h1>{site}</h1><h2>Topic {number}</h2><p>It has {number} words.<p>{end}"
                    ),
                };
                if random.u8(..6) == 0 && folder.docs().join(&path).exists() {
                    folder.remove(&path);
                } else {
                    folder.write(&path, text);
                }
            }
            folder.write("always.html", page(99, "Untold", ""));
            let Ok((followed, report)) = folder.try_update() else {
                continue;
            };
            if !report.losses.is_empty() {
                continue;
            }
            let cache = tempfile::tempdir().expect("a folder for an index");
            let fresh = Store::new(cache.path(), vec![folder.set()], SearchSettings::default());
            let fresh = fresh.expect("a store").update(false, &|_| ());
            let (fresh, _) = fresh.expect("an index");
            let all = |snapshot: &Snapshot| -> Vec<String> {
                let pages = snapshot.pages();
                pages.map(|page| text(snapshot, &page.path)).collect()
            };
            assert_eq!(all(&followed), all(&fresh), "seed {seed}, step {step}");
        }
    }
}
