//! Documents that are not there when docent starts: it answers all the same, and waits for them.

use crate::run::Sandbox;
use crate::serve::{Server, docent, soon};

const CONFIG: &str = "[[docs]]\nname = \"guide\"\npath = \"docs\"\n";

#[test]
fn documents_that_come_late_are_waited_for() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    let server = Server::start_with(&sandbox, docent(&sandbox, &["--config", "docent.toml"]));
    let answer = server.try_search("apples");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("\r\nRetry-After: "), "{answer}");
    assert!(
        answer.contains("\r\nContent-Type: application/json\r\n"),
        "{answer}"
    );
    assert!(answer.contains(r#""error":{"code":-32000,"#), "{answer}");
    assert!(answer.contains(r#""id":1"#), "{answer}");
    assert!(
        !answer.contains(&sandbox.path().display().to_string()),
        "{answer}"
    );
    for path in ["/", "/healthz", "/sse"] {
        let answer = server.ask("GET", path, "");
        assert!(answer.starts_with("HTTP/1.1 503"), "{path}: {answer}");
        assert!(answer.contains("ask again"), "{path}: {answer}");
    }
    soon("the log says what is missing", || {
        server.log().contains("docs does not exist")
    });

    // A folder that is still empty is no more than one that is not there.
    std::fs::create_dir(sandbox.path().join("docs")).expect("a folder");
    assert!(server.try_search("apples").starts_with("HTTP/1.1 503"));
    sandbox.write("docs/a.md", "# Apples\n\nAbout apples.\n");
    soon("the documents are served", || {
        server.try_search("apples").contains("guide/a.md")
    });
    assert!(
        server
            .ask("GET", "/healthz", "")
            .starts_with("HTTP/1.1 200")
    );
    sandbox.write("docs/b.md", "# Pears\n\nAbout pears.\n");
    soon("and followed", || {
        server.search("pears").contains("guide/b.md")
    });
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn the_index_that_is_there_is_served() {
    let sandbox = Sandbox::new(&[
        ("docent.toml", "[[docs]]\npath = \"current\"\n"),
        ("release-1/mkdocs.yml", "site_name: x\n"),
        ("release-1/a.md", "# Apples\n\nAbout apples.\n"),
    ]);
    let link = sandbox.path().join("current");
    std::os::unix::fs::symlink("release-1", &link).expect("a link");
    let start = || Server::start_with(&sandbox, docent(&sandbox, &["--config", "docent.toml"]));
    assert_eq!(start().stop(), Some(0));

    std::fs::remove_file(&link).expect("a link to remove");
    let server = start();
    assert!(server.search("apples").contains("current/a.md"));
    soon("the log says what is missing", || {
        server.log().contains("current does not exist")
    });
    let log = server.log();
    assert!(!log.contains("the others"), "there are none: {log}");
    assert!(server.search("apples").contains("current/a.md"));
    sandbox.write("release-2/a.md", "# Apples\n\nAbout medlars now.\n");
    std::os::unix::fs::symlink("release-2", &link).expect("a link");
    soon("what came is served", || {
        server.search("medlars").contains("current/a.md")
    });
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn one_missing_set_of_several_stops_no_other() {
    let sandbox = Sandbox::new(&[
        (
            "docent.toml",
            "[[docs]]\npath = \"here\"\n[[docs]]\npath = \"away\"\n",
        ),
        ("here/a.md", "# Apples\n\nAbout apples.\n"),
    ]);
    let server = Server::start_with(&sandbox, docent(&sandbox, &["--config", "docent.toml"]));
    assert!(server.search("apples").contains("here/a.md"));
    sandbox.write("here/b.md", "# Pears\n\nAbout pears.\n");
    soon("the others are followed", || {
        server.search("pears").contains("here/b.md")
    });
    sandbox.write("away/c.md", "# Quinces\n\nAbout quinces.\n");
    soon("the missing one comes", || {
        server.search("quinces").contains("away/c.md")
    });
    std::fs::rename(sandbox.path().join("away"), sandbox.path().join("gone")).expect("a folder");
    soon("the log tells of the one that has gone", || {
        server.log().contains("`away`: ")
    });
    sandbox.write("here/c.md", "# Medlars\n\nAbout medlars.\n");
    soon("the others are followed", || {
        server.search("medlars").contains("here/c.md")
    });
    assert!(server.search("quinces").contains("away/c.md"));
    assert_eq!(server.stop(), Some(0));
}

/// What is printed at a start is true of a set that has never been there, and of one that has gone.
#[test]
fn a_rebuild_keeps_the_pages_of_a_missing_set() {
    let config = "[[docs]]\npath = \"here\"\n[[docs]]\npath = \"away\"\n";
    let sandbox = Sandbox::new(&[
        ("docent.toml", config),
        ("here/a.md", "# Apples\n\nAbout apples.\n"),
    ]);
    let start = |arguments: &[&str]| {
        let mut all = vec!["--config", "docent.toml"];
        all.extend(arguments);
        Server::start_with(&sandbox, docent(&sandbox, &all))
    };
    let server = start(&[]);
    let said = server.said();
    assert!(said.contains("`away` is waited for: "), "{said}");
    assert!(!said.contains("keeps the pages"), "{said}");
    sandbox.write("away/c.md", "# Quinces\n\nAbout quinces.\n");
    soon("the missing one comes", || {
        server.search("quinces").contains("away/c.md")
    });
    // Searched first, kept then.
    soon("its index is kept", || server.log().contains("pages=2"));
    assert_eq!(server.stop(), Some(0));
    std::fs::rename(sandbox.path().join("away"), sandbox.path().join("gone")).expect("a folder");
    let server = start(&["--rebuild"]);
    let said = server.said();
    assert!(said.contains("`away` keeps the pages it had: "), "{said}");
    assert!(server.search("quinces").contains("away/c.md"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_reload_while_there_is_nothing_takes_other_settings() {
    let sandbox = Sandbox::new(&[
        ("docent.toml", CONFIG),
        ("elsewhere/a.md", "# Apples\n\nAbout apples.\n"),
    ]);
    let server = Server::start_with(&sandbox, docent(&sandbox, &["--config", "docent.toml"]));
    assert!(server.try_search("apples").starts_with("HTTP/1.1 503"));
    sandbox.write("docent.toml", CONFIG.replace("docs\"", "elsewhere\""));
    // The signal may come before anybody waits for it.
    soon("the other documents are served", || {
        server.signal("-HUP");
        server.try_search("apples").contains("guide/a.md")
    });
    // What is served is better than what is missing.
    sandbox.write("docent.toml", CONFIG);
    server.signal("-HUP");
    soon("the reload is refused", || {
        server
            .log()
            .contains("the new configuration is not taken over")
    });
    assert!(server.search("apples").contains("guide/a.md"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_path_of_the_command_line_is_not_waited_for() {
    let sandbox = Sandbox::new(&[]);
    let run = sandbox.docent(&["serve", "./typo", "--listen", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(66), "{}", run.shown());
    assert!(
        run.stderr.contains("typo does not exist"),
        "{}",
        run.shown()
    );
}

#[test]
fn a_missing_folder_is_an_error_for_check_alone() {
    let sandbox = Sandbox::new(&[("docent.toml", CONFIG)]);
    let run = sandbox.docent(&["check", "--config", "docent.toml"]);
    assert_eq!(run.code, Some(78), "{}", run.shown());
    assert!(
        run.stderr.contains("docs does not exist"),
        "{}",
        run.shown()
    );
    let run = sandbox.docent(&["check", "--config-only", "--config", "docent.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
}

#[test]
fn patterns_and_versions_that_mean_nothing_are_told_by_check() {
    let config = "[search]\ndemote = [\"archve/\", \"old/\"]\nboost = [{ path = \"guide/a.md\", factor = 2 }]\n\
        [[docs]]\nname = \"guide\"\npath = \"docs\"\nversions = [\"2.0\", \"7\"]\n[[docs]]\nname = \"notes\"\npath = \"notes\"\n";
    let page = "# Apples\n\nAbout apples.\n";
    let mut files = vec![("docent.toml".to_owned(), config.to_owned())];
    for folder in ["docs/1.0", "docs/2.0", "notes/old"] {
        for name in ["a", "b", "c"] {
            files.push((format!("{folder}/{name}.md"), page.to_owned()));
        }
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let sandbox = Sandbox::new(&files);
    let run = sandbox.docent(&["check", "--config", "docent.toml"]);
    let told = &run.stdout;
    assert!(told.contains("no page is meant by `archve/`"), "{told}");
    assert!(told.contains("no page is meant by `guide/a.md`"), "{told}");
    assert!(!told.contains("no page is meant by `old/`"), "{told}");
    assert!(told.contains("no folder is the version `7`"), "{told}");
    assert!(
        told.contains("searched with each of those that are: 1.0"),
        "{told}"
    );
}
