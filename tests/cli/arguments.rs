//! Help, version, and command lines that do not say what to do.

use crate::run::Sandbox;

#[test]
fn version() {
    let sandbox = Sandbox::new(&[]);
    let version = env!("CARGO_PKG_VERSION");
    let run = sandbox.docent(&["-V"]);
    assert_eq!(
        (run.code, run.stdout),
        (Some(0), format!("docent {version}\n"))
    );
    // The long form also tells of the commit and the day, where the build knew them.
    let run = sandbox.docent(&["--version"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stdout.starts_with(&format!("docent {version}")),
        "{}",
        run.stdout
    );
}

#[test]
fn help() {
    let sandbox = Sandbox::new(&[]);
    let topics: [&[&str]; 8] = [
        &["--help"],
        &["serve", "--help"],
        &["search", "--help"],
        &["eval", "--help"],
        &["check", "--help"],
        &["renew", "--help"],
        &["revoke", "--help"],
        &["status", "--help"],
    ];
    for topic in topics {
        let run = sandbox.docent(topic);
        insta::assert_snapshot!(format!("help of {}", topic.join(" ")), run.shown());
    }
}

#[test]
fn nothing_asked_shows_the_help() {
    let run = Sandbox::new(&[]).docent(&[]);
    assert_eq!(run.code, Some(64));
    assert!(run.stderr.contains("Usage: docent"), "{}", run.stderr);
}

#[test]
fn neither_documents_nor_a_configuration() {
    if std::path::Path::new("/etc/docent/docent.toml").exists() {
        // docent is installed here, and would read that.
        return;
    }
    let run = Sandbox::new(&[]).docent(&["check"]);
    assert_eq!(run.code, Some(64));
    insta::assert_snapshot!(run.shown());
}

#[test]
fn a_command_without_documents_is_shown_one_of_its_own() {
    if std::path::Path::new("/etc/docent/docent.toml").exists() {
        return;
    }
    let sandbox = Sandbox::new(&[]);
    for (arguments, example) in [
        (&["serve"][..], "docent serve ./docs"),
        (&["search", "keys"], "docent search WORDS ./docs"),
        (&["check"], "docent check ./docs"),
    ] {
        let run = sandbox.docent(arguments);
        assert_eq!(run.code, Some(64), "{}", run.shown());
        assert!(run.stderr.contains(example), "{}", run.shown());
    }
}

#[test]
fn wrong_command_lines() {
    let sandbox = Sandbox::new(&[("docs/a.md", "# A\n\nText.\n")]);
    let wrong: [&[&str]; 8] = [
        &["srve"],
        &["serve", "--listen", "my-host:8080", "docs"],
        &["serve", "--listen", "99999", "docs"],
        &["serve", "--listen", "0.0.0.0:8080", "docs"],
        &["search"],
        &["search", "text", "docs", "--limit", "0"],
        &["search", "text", "docs", "--format", "xml"],
        &["check", "--config", "docent.toml", "docs"],
    ];
    let shown: Vec<String> = wrong
        .into_iter()
        .map(|arguments| {
            let run = sandbox.docent(arguments);
            assert_eq!(run.code, Some(64), "{arguments:?}");
            format!("$ docent {}\n{}", arguments.join(" "), run.shown())
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}
