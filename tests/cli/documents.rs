//! Documents: what `check` counts and `search` finds.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use crate::run::Sandbox;

const PAGES: &[(&str, &str)] = &[
    (
        "docs/backups.md",
        "# Backups\n\nA snapshot is taken every night.\n\n## Restore a backup\n\nStop the database, then run `restore --latest`.\n",
    ),
    (
        "docs/keys.md",
        "# Keys\n\n## Rotate keys\n\nKeys are rotated every ninety days.\n",
    ),
    (
        "docs/draft.md",
        "---\ndraft: true\n---\n# Draft\n\nNot yet.\n",
    ),
];

#[test]
fn check_counts_pages_and_reasons() {
    let sandbox = Sandbox::new(PAGES);
    sandbox.write("docs/logo.md", b"\x89PNG\r\n\x1a\n\0\0\0");
    let run = sandbox.docent(&["check", "docs"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let shown = run.shown();
    let (lines, _time) = shown
        .split_once(", read")
        .expect("it says how long it took");
    insta::assert_snapshot!(lines);
}

#[test]
fn check_as_json_names_every_file() {
    let sandbox = Sandbox::new(PAGES);
    let run = sandbox.docent(&["check", "docs", "--format", "json"]);
    let mut report: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert!(report["seconds"].as_f64().expect("a number") >= 0.0);
    report["seconds"] = 0.into();
    insta::assert_snapshot!(format!("{report:#}"));
}

#[test]
fn no_documents_at_all() {
    let sandbox = Sandbox::new(&[("empty/logo.png", "no text")]);
    let missing = sandbox.docent(&["check", "nowhere"]);
    let empty = sandbox.docent(&["check", "empty"]);
    assert_eq!((missing.code, empty.code), (Some(66), Some(66)));
    assert!(
        empty.stderr.contains("no readable document"),
        "{}",
        empty.shown()
    );
    insta::assert_snapshot!(missing.shown());
}

#[test]
fn an_empty_folder_has_no_reasons_to_point_to() {
    let sandbox = Sandbox::new(&[]);
    fs::create_dir(sandbox.path().join("empty")).expect("a folder");
    let run = sandbox.docent(&["check", "empty"]);
    assert_eq!(run.code, Some(66), "{}", run.shown());
    assert!(!run.stderr.contains("above"), "{}", run.shown());
    assert!(run.stderr.contains("name a folder"), "{}", run.shown());
}

#[test]
fn every_skipped_file_is_named_where_that_is_asked_for() {
    let sandbox = Sandbox::new(PAGES);
    for n in 0..5 {
        sandbox.write(&format!("docs/{n}.png"), "no text");
    }
    let run = sandbox.docent(&["check", "docs"]);
    assert!(!run.stdout.contains("4.png"), "{}", run.shown());
    assert!(
        run.stdout.contains("-v names every file"),
        "{}",
        run.shown()
    );
    for option in ["-v", "--verbose"] {
        let run = sandbox.docent(&["check", "docs", option]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
        for n in 0..5 {
            let line = format!("docs/{n}.png: ");
            assert!(run.stdout.contains(&line), "{}", run.shown());
        }
        assert_eq!(run.stderr, "", "it asks for no log");
    }
}

/// What is missing is told after what is there.
#[test]
fn a_set_that_is_missing_hides_no_other() {
    let sandbox = Sandbox::new(PAGES);
    let sets =
        "[[docs]]\nname = \"gone\"\npath = \"gone\"\n[[docs]]\nname = \"lost\"\npath = \"lost\"\n";
    sandbox.write("none.toml", sets);
    sandbox.write("some.toml", format!("{sets}[[docs]]\npath = \"docs\"\n"));
    for (config, shows_pages) in [("none.toml", false), ("some.toml", true)] {
        let run = sandbox.docent(&["check", "--config", config]);
        assert_eq!(run.code, Some(78), "{}", run.shown());
        assert_eq!(
            run.stdout.contains("pages in 1 document set"),
            shows_pages,
            "{}",
            run.shown()
        );
        assert!(!run.stdout.contains("no errors"), "{}", run.shown());
        for missing in ["gone", "lost"] {
            let said = format!("{missing} does not exist");
            assert!(run.stderr.contains(&said), "{}", run.shown());
        }
        assert!(
            run.stderr.contains("help: correct the path"),
            "{}",
            run.shown()
        );
    }
    let run = sandbox.docent(&["check", "--config", "some.toml", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!(report["sets"][0]["name"], "docs");
    assert_eq!(
        report["missing"][1]["problem"],
        "[folder]/lost does not exist"
    );
}

#[test]
fn a_path_that_is_missing_hides_no_other() {
    let sandbox = Sandbox::new(PAGES);
    let run = sandbox.docent(&["check", "gone", "docs", "lost"]);
    assert_eq!(run.code, Some(66), "{}", run.shown());
    assert!(
        run.stdout.contains("pages in 1 document set"),
        "{}",
        run.shown()
    );
    for missing in ["gone does not exist", "lost does not exist"] {
        assert!(run.stderr.contains(missing), "{}", run.shown());
    }
}

/// The index that the first run leaves behind must not make the second one serve nothing.
#[test]
fn nothing_to_serve_is_an_error_each_time() {
    let sandbox = Sandbox::new(&[("empty/logo.png", "no text")]);
    for _ in 0..2 {
        let run = sandbox.docent(&["serve", "empty", "--listen", "127.0.0.1:0"]);
        assert_eq!(run.code, Some(66), "{}", run.shown());
    }
}

#[test]
fn search_prints_ranked_pages() {
    let sandbox = Sandbox::new(PAGES);
    let search = ["search", "rotate keys", "docs", "--cache-dir", "cache"];
    let text = sandbox.docent(&search);
    assert_eq!(text.code, Some(0), "{}", text.shown());
    assert!(
        text.stdout.starts_with("1. Keys > Rotate keys\n"),
        "{}",
        text.shown()
    );

    let json = sandbox.docent(&[&search[..], &["--format", "json"]].concat());
    let answer: serde_json::Value = serde_json::from_str(&json.stdout).expect("it is JSON");
    let best = &answer["results"][0];
    assert_eq!(best["page"], "keys.md");
    assert_eq!(best["section"], "Rotate keys");
    assert_eq!(best["title"], "Keys");
    assert!(best["score"].as_f64().expect("a number") > 0.0);
}

#[test]
fn search_says_by_its_exit_status_that_it_found_nothing() {
    let sandbox = Sandbox::new(PAGES);
    for format in ["text", "json"] {
        let search = |query| {
            let run = sandbox.docent(&["search", query, "docs", "--format", format]);
            (run.code, run.stdout)
        };
        assert_eq!(search("rotate keys").0, Some(0));
        let (code, stdout) = search("zygomorphic xylophones");
        assert_eq!(code, Some(1), "{stdout}");
        assert!(
            stdout.contains("No page answers")
                || stdout.contains(r#"{"results":[],"match":"none""#),
            "{stdout}"
        );
        // Nothing to look for is a mistake.
        assert_eq!(search(" ").0, Some(64));
    }
}

#[test]
fn search_refuses_what_is_not_there() {
    let sandbox = Sandbox::new(PAGES);
    let run = sandbox.docent(&["search", "keys", "docs", "--set", "handbook"]);
    assert_eq!(run.code, Some(64));
    insta::assert_snapshot!(run.shown());
}

#[test]
fn a_cache_that_cannot_be_written() {
    let sandbox = Sandbox::new(PAGES);
    // A file in its place stops even root.
    sandbox.write("cache", "a file");
    let run = sandbox.docent(&["search", "keys", "docs", "--cache-dir", "cache"]);
    assert_eq!(run.code, Some(73), "{}", run.shown());
    assert!(run.stderr.contains("--cache-dir"), "{}", run.shown());
}

#[test]
fn a_folder_that_may_not_be_read() {
    let sandbox = Sandbox::new(PAGES);
    let docs = sandbox.path().join("docs");
    let allow = |mode| {
        fs::set_permissions(&docs, fs::Permissions::from_mode(mode)).expect("the sandbox is ours");
    };
    allow(0o000);
    // root may read it all the same.
    let is_root = fs::read_dir(&docs).is_ok();
    let run = sandbox.docent(&["check", "docs"]);
    allow(0o700);
    let expected = if is_root { 0 } else { 77 };
    assert_eq!(run.code, Some(expected), "{}", run.shown());
}

#[test]
fn a_port_that_is_taken() {
    let sandbox = Sandbox::new(PAGES);
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("some port is free");
    let address = other.local_addr().expect("it listens").to_string();
    let run = sandbox.docent(&[
        "serve",
        "docs",
        "--listen",
        &address,
        "--cache-dir",
        "cache",
    ]);
    assert_eq!(run.code, Some(69), "{}", run.shown());
    assert!(
        run.stderr.contains("another program has this port"),
        "{}",
        run.shown()
    );
}

/// `docent serve .` in a checkout: the certificates, the index and the configuration are no documents.
#[test]
fn docents_own_files_are_left_out_and_told() {
    let sandbox = Sandbox::new(PAGES);
    sandbox.write("docent.toml", "[[docs]]\nname = \"here\"\npath = \".\"\n");
    sandbox.write("docent.toml.d/notes.md", "# Notes\n\nSesame.\n");
    sandbox.write("certs/host.key.txt", "Sesame.\n");
    sandbox.write("docs/include.md", "# I\n\n--8<-- \"/certs/host.key.txt\"\n");
    for arguments in [&["check", "."][..], &["check", "--config", "docent.toml"]] {
        let run = sandbox.docent(&[arguments, &["--format", "json"]].concat());
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
        let skipped = report["sets"][0]["skipped"].as_array().expect("a list");
        let own: Vec<_> = skipped
            .iter()
            .filter(|file| {
                file["reason"]
                    .as_str()
                    .is_some_and(|why| why.contains("docent's own"))
            })
            .map(|file| file["path"].as_str().unwrap_or_default())
            .collect();
        let expected: &[&str] = match arguments.len() {
            2 => &["certs"],
            _ => &["certs", "docent.toml", "docent.toml.d"],
        };
        assert_eq!(own, expected, "{}", run.shown());
    }
    let found = sandbox.docent(&[
        "search",
        "sesame",
        "--config",
        "docent.toml",
        "--cache-dir",
        "docs/index",
    ]);
    assert!(!found.stdout.contains("Sesame"), "{}", found.shown());
}

/// What the operator's settings name, wherever it lies and whatever it is called among the documents.
#[test]
fn keys_that_the_settings_name_are_not_served() {
    let page =
        "# I\n\n--8<-- \"/certs/site.pem\"\n\n--8<-- \"/notes.txt\"\n\n--8<-- \"/real/site.pem\"\n";
    let files: &[(&str, &str)] = &[
        ("docs/page.md", page),
        ("docs/certs/site.pem", "Sesame in the folder.\n"),
        ("docs/real/site.pem", "Sesame behind a link.\n"),
        ("keys/site.pem", "Sesame outside.\n"),
    ];
    let tls = |cert: &str, key: &str| {
        format!("[server]\ndomain = \"docs.example.org\"\n[tls]\ncert = {cert:?}\nkey = {key:?}\n")
    };
    let acme = |table: &str, key: &str| {
        let eab = format!("eab_kid = \"k\"\neab_hmac_key_file = {key:?}\n");
        let acme = "accept_terms = true\n".to_owned();
        match table {
            "acme" => format!("[server]\ndomain = \"docs.example.org\"\n[acme]\n{acme}{eab}"),
            _ => format!(
                "[server]\ndomain = \"docs.example.org\"\n[acme]\n{acme}[[acme_fallback]]\ndirectory = \"https://acme.example.org/\"\n{eab}"
            ),
        }
    };
    let link = "keys/link.pem";
    for (settings, word) in [
        (tls("cert.pem", "docs/certs/site.pem"), "in the folder"),
        (tls("docs/certs/site.pem", "key.pem"), "in the folder"),
        (tls("cert.pem", "keys/site.pem"), "outside"),
        (tls("cert.pem", link), "behind a link"),
        (acme("acme", "keys/site.pem"), "outside"),
        (acme("acme", link), "behind a link"),
        (
            acme("acme_fallback", "docs/certs/site.pem"),
            "in the folder",
        ),
    ] {
        for is_drop_in in [false, true] {
            let sandbox = Sandbox::new(files);
            let at = |path: &str| sandbox.path().join(path);
            fs::hard_link(at("keys/site.pem"), at("docs/notes.txt")).expect("a hard link");
            fs::hard_link(at("keys/site.pem"), at("docs/notes.md")).expect("a hard link");
            symlink(at("docs/real/site.pem"), at(link)).expect("a link");
            let docs = "[[docs]]\npath = \"docs\"\n";
            if is_drop_in {
                sandbox.write("docent.toml", docs);
                sandbox.write("docent.toml.d/tls.toml", &settings);
            } else {
                sandbox.write("docent.toml", format!("{settings}{docs}"));
            }
            let found = sandbox.docent(&["search", "sesame", "--config", "docent.toml"]);
            assert!(matches!(found.code, Some(0 | 1)), "{}", found.shown());
            assert!(!found.stdout.contains(word), "{settings}{}", found.shown());
            let checked = sandbox.docent(&["check", "--config", "docent.toml", "--format", "json"]);
            let is_told = checked.stdout.contains("docent's own");
            // A key that only a page includes is told of by nothing but its absence.
            assert!(is_told || word != "outside", "{}", checked.shown());
        }
    }
}

/// A key of systemd's (`LoadCredential=`) lies where only the service's user finds it.
#[test]
fn credentials_that_systemd_passes_are_not_served() {
    let sandbox = Sandbox::new(PAGES);
    sandbox.write("credentials/key.pem", "Sesame.\n");
    let at = |path: &str| sandbox.path().join(path);
    fs::hard_link(at("credentials/key.pem"), at("docs/notes.txt")).expect("a hard link");
    let search = ["search", "sesame", "docs"];
    let shown = sandbox.docent(&search);
    assert!(shown.stdout.contains("Sesame"), "{}", shown.shown());
    let credentials = at("credentials");
    let hidden = sandbox.docent_with(&search, &[("CREDENTIALS_DIRECTORY", &credentials)]);
    assert_eq!(hidden.code, Some(1), "{}", hidden.shown());
}

#[test]
fn documents_among_docents_own_files_are_an_error_of_the_configuration() {
    let sandbox = Sandbox::new(PAGES);
    sandbox.write("certs/new/page.md", "# Page\n\nText.\n");
    sandbox.write("docs/index/page.md", "# Page\n\nText.\n");
    symlink("certs/new", sandbox.path().join("innocent")).expect("a link");
    sandbox.write(
        "docent.toml",
        "[[docs]]\npath = \"docs\"\n[[docs]]\npath = \"innocent\"\n",
    );
    let runs: [&[&str]; 5] = [
        &["check", "--config", "docent.toml"],
        &["check", "--config", "docent.toml", "--config-only"],
        &[
            "serve",
            "--config",
            "docent.toml",
            "--listen",
            "127.0.0.1:0",
        ],
        &["search", "text", "certs"],
        &["search", "text", "docs/index", "--cache-dir", "docs/index"],
    ];
    for arguments in runs {
        let run = sandbox.docent(arguments);
        assert_eq!(run.code, Some(78), "{arguments:?}: {}", run.shown());
        assert!(run.stderr.contains("keeps for itself"), "{}", run.shown());
    }
    insta::assert_snapshot!(sandbox.docent(runs[0]).shown());
}

/// Whose words assistants are told is the operator's to say: check only proposes.
#[test]
fn check_proposes_what_the_configuration_leaves_unsaid() {
    let sandbox = Sandbox::new(&[
        (
            "site/mkdocs.yml",
            "site_name: \"The \\\"Lantern\\\"\"\nsite_url: https://docs.example.com/h/\nextra: !ENV X\n",
        ),
        ("site/docs/index.md", "# Welcome\n\nHow Lantern is run.\n"),
        ("notes/a.md", "# A\n\nText.\n"),
    ]);
    let bare = "[[docs]]\npath = \"site/docs\"\nname = \"lantern\"\n[[docs]]\npath = \"notes\"\n";
    sandbox.write("docent.toml", bare);
    let run = sandbox.docent(&["check", "--config", "docent.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    for told in [
        "Proposed for `lantern`, as its files say; add what is right to its [[docs]]:\n",
        "    title = 'The \"Lantern\"'\n    description = \"How Lantern is run.\"\n    \
         base_url = \"https://docs.example.com/h/\"\n",
        "Assistants are told the name of `notes` and no more",
        "Nothing says whose documentation this is: `title` and `description` in [site]",
    ] {
        assert!(run.stdout.contains(told), "{told}: {}", run.shown());
    }
    let run = sandbox.docent(&["check", "--config", "docent.toml", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let proposed = &report["sets"][0]["proposed"];
    assert_eq!(proposed["base_url"], "https://docs.example.com/h/");
    assert!(report["sets"][1]["proposed"]["title"].is_null());
    // What is said is not proposed, and the lines can be pasted as they are.
    let said = "[site]\ntitle = \"Ours\"\n[[docs]]\npath = \"site/docs\"\nname = \"lantern\"\n\
                title = 'The \"Lantern\"'\ndescription = \"How Lantern is run.\"\n\
                base_url = \"https://docs.example.com/h/\"\n[[docs]]\npath = \"notes\"\ntopics = [\"a\"]\n";
    sandbox.write("docent.toml", said);
    let run = sandbox.docent(&["check", "--config", "docent.toml"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    for told in ["Proposed", "Assistants are told", "Nothing says"] {
        assert!(!run.stdout.contains(told), "{told}: {}", run.shown());
    }
}
