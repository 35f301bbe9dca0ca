//! `docent status` for monitoring, and with whose eyes it and `docent check` look.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, chown},
};

use serde_json::Value;

use crate::{
    left_out::needs_root,
    run::{Run, Sandbox},
    serve::{Server, docent, soon},
};

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no JSON: {}", run.shown()))
}

fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

#[test]
fn what_the_service_has_found_is_told() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        ("docs/b.md", "# B\n\nText.\n"),
        (
            "docent.toml",
            "[[docs]]\nname = \"handbook\"\npath = \"docs\"\nmax_file_size = \"1 kB\"\n",
        ),
    ]);
    sandbox.write("docs/large.md", "text ".repeat(1_000));
    let server = Server::start_with(&sandbox, docent(&sandbox, &["--config", "docent.toml"]));
    let cache = sandbox.path().join("cache");
    let status = |format: &str| {
        let arguments = ["status", "--config", "docent.toml", "--format", format];
        sandbox.docent_with(&arguments, &[("CACHE_DIRECTORY", &cache)])
    };
    soon("the service has written down what it serves", || {
        json(&status("json"))["documents"][0]["pages"] == 2
    });
    let first = json(&status("json"));
    let set = &first["documents"][0];
    assert_eq!(set["skipped"], 1, "{set}");
    assert_eq!(set["unserved"], 1, "{set}");
    assert!(first["updated"].is_string(), "{first:#}");
    let text = status("text").stdout;
    for words in [
        "2 pages, 1 file passed over, from ",
        "not served: large.md: ",
        "last change",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    sandbox.write("docs/c.md", "# C\n\nText.\n");
    soon("another page is there", || {
        json(&status("json"))["documents"][0]["pages"] == 3
    });
    drop(server);
    // It is asked of the file, not of the service.
    assert_eq!(json(&status("json"))["documents"][0]["pages"], 3);
}

#[test]
fn the_exit_status_says_how_things_stand() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        ("good.toml", "[[docs]]\npath = \"docs\"\n"),
        (
            "broken.toml",
            "[server]\ndomain = \"docs.example.com\"\n[tls]\ncert = \"none.pem\"\nkey = \"none.pem\"\n[[docs]]\npath = \"docs\"\n",
        ),
        ("nonsense.toml", "nonsense = 1\n"),
    ]);
    let status = |config: &str, format: &str| {
        sandbox.docent(&[
            "status", "--config", config, "--format", format, "--as", "root",
        ])
    };
    if is_root() {
        let good = status("good.toml", "text");
        assert_eq!(good.code, Some(0), "{}", good.shown());
        assert!(
            good.stdout.contains("good: nothing needs attention"),
            "{}",
            good.shown()
        );
        assert_eq!(json(&status("good.toml", "json"))["health"], "good");
        let broken = status("broken.toml", "text");
        assert_eq!(broken.code, Some(2), "{}", broken.shown());
        assert!(
            broken.stdout.contains("broken: HTTPS is not answered"),
            "{}",
            broken.shown()
        );
        let report = json(&status("broken.toml", "json"));
        assert_eq!(report["health"], "broken");
        assert!(
            report["findings"][0]["message"]
                .as_str()
                .unwrap_or_default()
                .contains("none.pem")
        );
        assert_eq!(
            status("nonsense.toml", "text").code,
            Some(78),
            "the status itself fails"
        );
    } else {
        assert_eq!(
            status("good.toml", "text").code,
            Some(77),
            "others may not look as root"
        );
    }
    // As oneself, whoever that is: in a checkout that is whoever serves.
    let run = sandbox.docent(&["status", "--config", "broken.toml"]);
    assert!(run.code == Some(2) || is_root(), "{}", run.shown());
}

#[test]
fn documents_that_are_gone_are_broken() {
    let sandbox = Sandbox::new(&[("docent.toml", "[[docs]]\npath = \"gone\"\n")]);
    let user = if is_root() {
        &["--as", "root"][..]
    } else {
        &[]
    };
    let run = sandbox.docent(&[&["status", "--config", "docent.toml"], user].concat());
    assert_eq!(run.code, Some(2), "{}", run.shown());
    assert!(run.stdout.contains("gone"), "{}", run.shown());
}

/// One set that is missing hides nothing of the others.
#[test]
fn every_set_is_listed_whatever_is_missing() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        (
            "docent.toml",
            "[[docs]]\nname = \"there\"\npath = \"docs\"\n[[docs]]\nname = \"gone\"\npath = \"gone\"\n[[docs]]\nname = \"lost\"\npath = \"lost\"\n",
        ),
        (
            "wrong.toml",
            "[[docs]]\npath = \"docs\"\nbase_url = \"docs.example.com\"\ngenerator = \"mkdoc\"\n",
        ),
    ]);
    let status = |config: &str| {
        let mut arguments = vec!["status", "--config", config, "--format", "json"];
        if is_root() {
            arguments.extend(["--as", "root"]);
        }
        sandbox.docent(&arguments)
    };
    let run = status("docent.toml");
    assert_eq!(run.code, Some(2), "{}", run.shown());
    let report = json(&run);
    let problem = |set: usize| report["documents"][set]["problem"].clone();
    assert_eq!(report["documents"][0]["name"], "there");
    assert_eq!(problem(0), Value::Null);
    assert_eq!(problem(1), "[folder]/gone does not exist");
    assert_eq!(problem(2), "[folder]/lost does not exist");
    let findings = report["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 2, "{}", run.shown());
    for finding in findings {
        assert_eq!(finding["health"], "broken");
        assert!(finding["help"].is_string(), "{finding}");
    }
    // What is wrong with the tables of documents is told fault by fault.
    let run = status("wrong.toml");
    assert_eq!(run.code, Some(2), "{}", run.shown());
    let report = json(&run);
    let findings = report["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 2, "{}", run.shown());
    assert!(findings.iter().all(|finding| finding["help"].is_string()));
}

/// Outside systemd, the service becomes the user of the configuration.
#[test]
fn root_sees_what_the_user_of_the_configuration_sees() {
    if !needs_root("that root sees what the configured user sees") {
        return;
    }
    let config = |user: &str| {
        format!(
            "[server]\nuser = \"{user}\"\ndomain = \"docs.example.com\"\n[tls]\ncert = \"own/cert.pem\"\nkey = \"own/key.pem\"\n[[docs]]\npath = \"docs\"\n"
        )
    };
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        ("docs/secret.md", "# Secret\n\nText.\n"),
        ("own/cert.pem", "no certificate"),
        ("own/key.pem", "no key"),
        ("docent.toml", &config("nobody")),
        ("unknown.toml", &config("no-such-user-here")),
    ]);
    let allow = |path: &str, mode| {
        fs::set_permissions(sandbox.path().join(path), Permissions::from_mode(mode))
            .expect("the sandbox is ours");
    };
    allow("", 0o755);
    allow("own/key.pem", 0o600);
    allow("docs/secret.md", 0o600);
    let run = sandbox.docent(&["status", "--config", "docent.toml"]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    assert!(
        run.stdout.contains("key.pem: Permission denied"),
        "{}",
        run.shown()
    );
    let seen = "seen as the user `nobody`";
    assert!(run.stdout.contains(seen), "{}", run.shown());
    let run = sandbox.docent(&["check", "--config", "docent.toml"]);
    assert!(run.stdout.contains(seen), "{}", run.shown());
    assert!(run.stdout.contains("1 page,"), "{}", run.shown());
    let run = sandbox.docent(&["check", "--config", "docent.toml", "--as", "root"]);
    assert!(run.stdout.contains("2 pages,"), "{}", run.shown());
    let run = sandbox.docent(&["check", "--config", "unknown.toml"]);
    assert!(
        run.stdout.contains("no user `no-such-user-here`"),
        "{}",
        run.shown()
    );
}

/// What root can read and the service cannot, root is told of.
#[test]
fn root_sees_what_the_service_sees() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        ("docs/secret.md", "# Secret\n\nText.\n"),
        ("docs/team/b.md", "# B\n\nText.\n"),
        ("own/cert.pem", "no certificate"),
        ("own/key.pem", "no key"),
        (
            "docent.toml",
            "[server]\ndomain = \"docs.example.com\"\n[tls]\ncert = \"own/cert.pem\"\nkey = \"own/key.pem\"\n[[docs]]\npath = \"docs\"\n",
        ),
    ]);
    let allow = |path: &str, mode| {
        fs::set_permissions(sandbox.path().join(path), Permissions::from_mode(mode))
            .expect("the sandbox is ours");
    };
    allow("", 0o755);
    allow("docs/secret.md", 0o600);
    allow("docs/team", 0o750);
    allow("own/key.pem", 0o640);
    if !is_root() {
        let run = sandbox.docent(&["check", "--config", "docent.toml", "--as", "nobody"]);
        assert_eq!(run.code, Some(77), "{}", run.shown());
        assert!(run.stderr.contains("only root can look"), "{}", run.shown());
    }
    if !needs_root("that root sees what the service sees") {
        return;
    }
    let check = |user: &str| {
        let run = sandbox.docent(&[
            "check",
            "--config",
            "docent.toml",
            "--format",
            "json",
            "--as",
            user,
        ]);
        let report = json(&run);
        let skipped = report["sets"][0]["skipped"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let paths: Vec<_> = skipped.iter().map(|file| file["path"].clone()).collect();
        (report["pages"].clone(), paths)
    };
    assert_eq!(check("root"), (3.into(), vec![]));
    assert_eq!(
        check("nobody"),
        (1.into(), vec!["secret.md".into(), "team".into()])
    );
    // Of its own certificate, it is the permissions and not the content that it sees first.
    let status = |user: &str| sandbox.docent(&["status", "--config", "docent.toml", "--as", user]);
    assert!(
        status("root").stdout.contains("holds no certificate"),
        "{}",
        status("root").shown()
    );
    let run = status("nobody");
    assert_eq!(run.code, Some(2), "{}", run.shown());
    assert!(
        run.stdout.contains("key.pem: Permission denied"),
        "{}",
        run.shown()
    );
    assert!(
        run.stdout.contains("seen as the user `nobody`"),
        "{}",
        run.shown()
    );
    // Groups count: membership in a group is how services are given keys.
    let group = fs::read_to_string("/etc/passwd")
        .expect("there are users")
        .lines()
        .filter_map(|line| line.strip_prefix("nobody:"))
        .find_map(|line| line.split(':').nth(2)?.parse().ok())
        .expect("nobody has a group");
    chown(sandbox.path().join("own/key.pem"), None, Some(group)).expect("root may");
    let run = status("nobody");
    assert!(!run.stdout.contains("Permission denied"), "{}", run.shown());
    // A folder that cannot be entered at all.
    allow("docs", 0o700);
    let run = sandbox.docent(&["check", "docs", "--as", "nobody"]);
    assert_eq!(run.code, Some(77), "{}", run.shown());
    assert!(
        run.stderr.contains("`--as root` looks as root"),
        "{}",
        run.shown()
    );
    let run = sandbox.docent(&["check", "docs", "--as", "no-such-user-here"]);
    assert_eq!(run.code, Some(64), "{}", run.shown());
}
