//! Configurations that cannot be followed: the place, the fault, what to do.

use crate::run::Sandbox;

/// Every configuration with its name, all shown below each other.
fn check_all(files: &[(&str, &str)]) -> String {
    let sandbox = Sandbox::new(files);
    sandbox.write("docs/a.md", "# A\n\nText.\n");
    files
        .iter()
        .map(|(name, _)| {
            let run = sandbox.docent(&["check", "--config", name]);
            assert_eq!(run.code, Some(78), "{name}: {}", run.shown());
            format!("{}\n", run.shown())
        })
        .collect()
}

#[test]
fn faults_of_form() {
    let shown = check_all(&[
        ("unclosed.toml", "[[docs]]\npath = \"docs\nname = \"a\"\n"),
        (
            "twice.toml",
            "[server]\nplain = \"127.0.0.1:1\"\nplain = \"127.0.0.1:2\"\n",
        ),
        (
            "type.toml",
            "[[docs]]\npath = [\"docs\"]\n[limits]\nconnections = \"many\"\n",
        ),
        ("table.toml", "[docs]\npath = \"docs\"\n"),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn unknown_keys() {
    let shown = check_all(&[
        ("typo.toml", "[[docs]]\npathh = \"docs\"\n"),
        (
            "table.toml",
            "[limit]\nconnections = 1\n\n[[docs]]\npath = \"docs\"\n",
        ),
        (
            "misplaced.toml",
            "plain = \"127.0.0.1:1\"\n\n[[docs]]\npath = \"docs\"\nhosts = []\n",
        ),
        (
            "later.toml",
            "[server]\ndomain = \"docs.example.com\"\nhttps = \"[::]:443\"\n\n[acme]\ncontact = \"a@example.com\"\n",
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn faults_of_value() {
    let shown = check_all(&[
        (
            "public.toml",
            "[server]\nplain = \"0.0.0.0:8080\"\n\n[[docs]]\npath = \"docs\"\n",
        ),
        (
            "several.toml",
            "[limits]\nheader_timeout = \"soon\"\nrequest_body = \"1 GiB\"\n\n[search]\nlanguage = \"klingon\"\n\n[[docs]]\npath = \"nowhere\"\nbase_url = \"docs.example.com\"\ngenerator = \"mkdoc\"\n",
        ),
        (
            "names.toml",
            "[[docs]]\npath = \"docs\"\n\n[[docs]]\npath = \"docs\"\n",
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn files_that_are_no_configuration() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("large.toml", vec![b'#'; 2 << 20]);
    sandbox.write("latin1.toml", b"# caf\xe9\n");
    for (file, code) in [
        ("missing.toml", 66),
        (".", 74),
        ("large.toml", 78),
        ("latin1.toml", 78),
    ] {
        let run = sandbox.docent(&["check", "--config", file]);
        assert_eq!(run.code, Some(code), "{file}: {}", run.shown());
        insta::assert_snapshot!(format!("check --config {file}"), run.shown());
    }
}

#[test]
fn the_shipped_configuration_is_read() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/etc/docent/docent.toml");
    let text = std::fs::read_to_string(shipped).expect("it is part of the source");
    let sandbox = Sandbox::new(&[("docs/a.md", "# A\n\nText.\n")]);
    sandbox.write("docent.toml", text + "\n[[docs]]\npath = \"docs\"\n");
    let run = sandbox.docent(&["check", "--config", "docent.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
}

#[test]
fn the_configuration_alone_is_read_quickly_and_silently() {
    let sandbox = Sandbox::new(&[
        ("good.toml", "[[docs]]\npath = \"docs\"\n"),
        ("bad.toml", "[[docs]]\npath = 3\n"),
        ("docs/unreadable.md", "\0"),
    ]);
    let run = sandbox.docent(&["check", "--config-only", "--config", "good.toml"]);
    assert_eq!(run.shown(), "exit 0\n--- stdout\n--- stderr\n");
    let run = sandbox.docent(&["check", "--config-only", "--config", "bad.toml"]);
    assert_eq!(run.code, Some(78), "{}", run.shown());
    assert!(run.stderr.contains("bad.toml:2:8"), "{}", run.shown());
}
