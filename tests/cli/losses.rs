//! What `docent serve` does when many pages are gone or its disk takes no index, and who is told.

use std::{fs, process::Command};

use serde_json::Value;

use crate::{
    run::Sandbox,
    serve::{Server, soon},
};

const CONFIG: &str = "[[docs]]\nname = \"first\"\npath = \"first\"\n[[docs]]\nname = \"second\"\npath = \"second\"\n";

/// Two sets of ten pages each.
fn two_sets() -> Sandbox {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    for set in ["first", "second"] {
        for i in 0..10 {
            let page = format!("# Page {i}\n\nAbout {set}topic{i}.\n");
            sandbox.write(&format!("{set}/page-{i}.md"), page);
        }
    }
    sandbox
}

fn serve(sandbox: &Sandbox) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command
        .args([
            "serve",
            "--config",
            "docent.toml",
            "--listen",
            "127.0.0.1:0",
        ])
        .env_clear()
        .env("HOME", sandbox.path());
    Server::start_with(sandbox, command)
}

fn status(sandbox: &Sandbox) -> Value {
    let mut arguments = vec!["status", "--config", "docent.toml", "--format", "json"];
    if nix::unistd::Uid::effective().is_root() {
        arguments.extend(["--as", "root"]);
    }
    let run = sandbox.docent(&arguments);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no JSON: {}", run.shown()))
}

/// What it has logged of reloads.
fn reloads(server: &Server) -> Vec<String> {
    let log = server.log();
    let lines = log.lines().filter(|line| line.contains("reloaded status="));
    lines.map(str::to_owned).collect()
}

fn lose(sandbox: &Sandbox, set: &str, pages: std::ops::Range<usize>) {
    for i in pages {
        let page = format!("{set}/page-{i}.md");
        fs::remove_file(sandbox.path().join(page)).expect("a page to remove");
    }
}

#[test]
fn a_loss_is_told_and_a_reload_accepts_it() {
    let sandbox = two_sets();
    let server = serve(&sandbox);
    assert!(server.search("firsttopic1").contains("first/page-1.md"));
    lose(&sandbox, "first", 0..8);
    soon("the loss is told", || {
        server.log().contains("too few are left")
    });
    assert!(
        server.log().contains("systemctl reload docent.service"),
        "{}",
        server.log()
    );
    assert!(server.search("firsttopic1").contains("first/page-1.md"));
    sandbox.write("second/new.md", "# New\n\nAbout zebras.\n");
    soon("the other set moves on", || {
        server.search("zebras").contains("second/new.md")
    });
    assert!(server.search("firsttopic1").contains("first/page-1.md"));

    soon("the status tells of it", || {
        status(&sandbox)["losses"][0]["after"] == 2
    });
    let report = status(&sandbox);
    assert_eq!(report["losses"][0]["set"], "first");
    assert_ne!(report["health"], "good");
    // Another set that goes missing hides nothing of that.
    let (second, away) = (sandbox.path().join("second"), sandbox.path().join("away"));
    fs::rename(&second, &away).expect("the sandbox is ours");
    let missing = status(&sandbox);
    fs::rename(&away, &second).expect("the sandbox is ours");
    assert_eq!(missing["losses"][0]["set"], "first", "{missing}");
    assert_eq!(missing["documents"][0]["problem"], Value::Null, "{missing}");
    assert!(missing["documents"][1]["problem"].is_string(), "{missing}");

    server.signal("-HUP");
    soon("the reload takes it over", || {
        !server.search("firsttopic1").contains("first/page-1.md")
    });
    soon("the reload is told", || reloads(&server).len() == 1);
    assert!(
        !reloads(&server)[0].contains("keeps its"),
        "{}",
        server.log()
    );
    assert!(
        server.log().contains("the loss is taken over"),
        "{}",
        server.log()
    );
    assert!(server.search("firsttopic9").contains("first/page-9.md"));
    soon("the status is good again", || {
        status(&sandbox)["losses"]
            .as_array()
            .is_some_and(Vec::is_empty)
    });
    assert_eq!(
        server.log().matches("too few are left").count(),
        1,
        "{}",
        server.log()
    );

    // A reload is no promise for what comes after it, and never for an empty folder.
    lose(&sandbox, "second", 0..10);
    fs::remove_file(sandbox.path().join("second/new.md")).expect("a page to remove");
    soon("the loss is told", || {
        server
            .log()
            .contains("take the set out of the configuration")
    });
    server.signal("-HUP");
    soon("the reload is told", || reloads(&server).len() == 2);
    let log = server.log();
    assert!(log.contains("not taken over: nothing is left"), "{log}");
    assert!(reloads(&server)[1].contains("`second` keeps its"), "{log}");
    sandbox.write("first/last.md", "# Last\n\nAbout okapis.\n");
    soon("the reload has been seen to", || {
        server.search("okapis").contains("first/last.md")
    });
    assert!(server.search("secondtopic1").contains("second/page-1.md"));
    assert_eq!(server.stop(), Some(0));
}

/// Two pages are few, and all of a set that has no more.
#[test]
fn a_small_set_that_is_emptied_keeps_its_pages() {
    let sandbox = two_sets();
    lose(&sandbox, "second", 2..10);
    let server = serve(&sandbox);
    assert!(server.search("secondtopic1").contains("second/page-1.md"));
    lose(&sandbox, "second", 0..2);
    soon("the loss is told", || {
        server
            .log()
            .contains("take the set out of the configuration")
    });
    assert!(server.search("secondtopic1").contains("second/page-1.md"));
    // Nor does a reload with other settings take it over.
    let exclude = format!("{CONFIG}exclude = [\"drafts/\"]\n");
    sandbox.write("docent.toml", exclude);
    server.signal("-HUP");
    soon("the reload is told", || reloads(&server).len() == 1);
    assert!(server.log().contains("not taken over"), "{}", server.log());
    assert!(server.search("secondtopic1").contains("second/page-1.md"));
    // Without the set, its pages are gone.
    let one = CONFIG
        .split_inclusive("[[docs]]")
        .take(2)
        .collect::<String>();
    sandbox.write("docent.toml", one.trim_end_matches("[[docs]]"));
    server.signal("-HUP");
    soon("the set is gone", || {
        !server.search("secondtopic1").contains("second/page-1.md")
    });
    assert_eq!(server.stop(), Some(0));
}

/// The index is written again when its disk takes it, without a further change of the documents.
#[test]
fn a_disk_that_takes_no_index_is_tried_again() {
    let sandbox = two_sets();
    let server = serve(&sandbox);
    soon("the first look is over", || {
        server.log().contains("index up to date")
    });
    let cache = sandbox.path().join(".cache/docent");
    let index = fs::read_dir(&cache)
        .expect("the cache directory")
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_dir())
        .expect("an index");
    // Not even root can create a file where there is a folder.
    fs::remove_file(index.join("lock")).expect("the lock");
    fs::create_dir(index.join("lock")).expect("a folder in its place");
    sandbox.write("first/new.md", "# New\n\nAbout zebras.\n");
    soon("the index cannot be written", || {
        server.log().contains("the index cannot be written")
    });
    let log = server.log();
    assert!(log.contains(&index.display().to_string()), "{log}");
    assert!(!log.contains("the documents cannot be read"), "{log}");
    soon("the status tells of it", || {
        status(&sandbox)["index_error"]
            .as_str()
            .is_some_and(|error| error.contains("cannot write the index"))
    });
    fs::remove_dir(index.join("lock")).expect("the folder");
    soon("it is tried again", || {
        server.search("zebras").contains("first/new.md")
    });
    soon("the status tells of that", || {
        status(&sandbox)["index_error"].is_null()
    });
    assert_eq!(server.stop(), Some(0));
}

/// What was searched once is no garbage; what nobody has opened for a month is.
#[test]
fn indexes_that_nobody_uses_are_removed() {
    use std::time::{Duration, SystemTime};
    let sandbox = two_sets();
    for path in ["first", "second"] {
        assert_eq!(sandbox.docent(&["search", "page", path]).code, Some(0));
    }
    let cache = sandbox.path().join(".cache/docent");
    let indexes = || {
        let entries = fs::read_dir(&cache).expect("the cache directory").flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        names
    };
    let both = indexes();
    assert_eq!(both.len(), 2, "{both:?}");
    let mark = fs::File::options()
        .append(true)
        .open(cache.join(&both[0]).join("in-use"));
    let month = Duration::from_secs(31 * 24 * 60 * 60);
    mark.and_then(|mark| mark.set_modified(SystemTime::now() - month))
        .expect("an old index");
    let server = serve(&sandbox);
    soon("the old one is removed", || !indexes().contains(&both[0]));
    soon("the log tells", || {
        server.log().contains("removed indexes that nobody uses")
    });
    assert!(indexes().contains(&both[1]));
    assert_eq!(server.stop(), Some(0));
}

/// One page too many: which is left out does not change from look to look, and is told once.
#[test]
fn a_set_that_is_full_says_so_and_serves_what_it_has_room_for() {
    let sandbox = Sandbox::new(&[(
        "docent.toml",
        "[[docs]]\nname = \"first\"\npath = \"first\"\nmax_files = 11\n",
    )]);
    for folder in ["a", "b"] {
        for i in 0..5 {
            let page = format!("# Page {i}\n\nAbout {folder}topic{i}.\n");
            sandbox.write(&format!("first/{folder}/page-{i}.md"), page);
        }
    }
    let server = serve(&sandbox);
    assert!(server.search("btopic3").contains("first/b/page-3.md"));
    assert!(!server.search("btopic4").contains("first/b/page-4.md"));
    soon("the log tells of it", || {
        server.log().contains("b/page-4.md and what comes after it")
    });
    assert!(
        server.log().contains("raise `max_files`"),
        "{}",
        server.log()
    );
    for round in 0..3 {
        sandbox.write(
            "first/a/page-1.md",
            format!("# Page\n\nAbout round{round}.\n"),
        );
        soon("the change is found", || {
            server
                .search(&format!("round{round}"))
                .contains("first/a/page-1.md")
        });
        assert!(server.search("btopic3").contains("first/b/page-3.md"));
        assert!(!server.search("btopic4").contains("first/b/page-4.md"));
    }
    // Another is the last then.
    sandbox.write("first/a/new.md", "# New\n\nAbout zebras.\n");
    soon("the new page is found", || {
        server.search("zebras").contains("first/a/new.md")
    });
    assert!(!server.search("btopic3").contains("first/b/page-3.md"));
    soon("the status tells of it", || {
        status(&sandbox)["full"][0]["first"] == "b/page-3.md"
    });
    let report = status(&sandbox);
    assert_eq!(report["full"][0]["limit"]["max_files"], 11, "{report}");
    assert_ne!(report["health"], "good");
    let log = server.log();
    assert_eq!(log.matches("what comes after it").count(), 1, "{log}");

    let check = sandbox.docent(&["check", "--config", "docent.toml"]);
    let warning = "warning: `first` has more than 11 files and folders: b/page-3.md and what comes after it is not served";
    assert!(check.stdout.contains(warning), "{}", check.shown());
    assert!(check.stdout.contains("9 pages in 1"), "{}", check.shown());
    let json = sandbox.docent(&["check", "--config", "docent.toml", "--format", "json"]);
    assert!(
        json.stdout.contains("raise `max_files`"),
        "{}",
        json.shown()
    );

    lose(&sandbox, "first/a", 2..4);
    soon("what has room again is served", || {
        server.search("btopic4").contains("first/b/page-4.md")
    });
    soon("the status is good again", || {
        status(&sandbox)["full"]
            .as_array()
            .is_some_and(Vec::is_empty)
    });
    server.stop();
}
