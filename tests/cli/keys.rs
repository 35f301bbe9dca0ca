//! `docent key`: what it prints, and what it leaves.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
    path::Path,
    process::Command,
    time::{Duration, SystemTime},
};

use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::{
    left_out::{needs_program, needs_root},
    run::{Run, Sandbox},
};

const CONFIG: &str = "\
[[docs]]
name = \"handbook\"
path = \"docs\"

[[audience]]
name = \"staff\"
docs = [\"all\"]

[[audience]]
name = \"partners\"
docs = [\"handbook\"]
";

fn sandbox() -> Sandbox {
    Sandbox::new(&[("docs/a.md", "# A\n\nText.\n"), ("docent.toml", CONFIG)])
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.docent(&[&["key"], arguments, &["--config", "docent.toml"]].concat())
}

/// Makes a key, and returns it.
fn make(sandbox: &Sandbox, name: &str, more: &[&str]) -> String {
    let made = run(
        sandbox,
        &[&["new", name, "--audience", "staff"], more].concat(),
    );
    assert_eq!(made.code, Some(0), "{}", made.shown());
    let key = made.stdout.strip_suffix('\n').expect("it is a line");
    assert!(!key.contains('\n'), "{}", made.shown());
    assert!(!made.stderr.contains(key), "{}", made.shown());
    key.to_owned()
}

fn file(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path().join(name)).unwrap_or_default()
}

fn list(sandbox: &Sandbox) -> Vec<Value> {
    let listed = run(sandbox, &["list", "--json"]);
    assert_eq!(listed.code, Some(0), "{}", listed.shown());
    let listed: Value = serde_json::from_str(&listed.stdout).expect("it is JSON");
    listed["keys"].as_array().expect("a list").clone()
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    let keys = list(sandbox);
    let names = keys
        .iter()
        .map(|key| key["name"].as_str().map(str::to_owned));
    names.map(|name| name.expect("a name")).collect()
}

#[test]
fn a_key_is_printed_once_and_its_hash_kept() {
    let sandbox = sandbox();
    let key = make(&sandbox, "ci", &["--expires", "90d"]);
    assert!(key.starts_with("docent_") && key.len() == 56, "{key}");
    let kept = file(&sandbox, "keys.toml");
    assert!(!kept.contains(&key[7..]), "{kept}");
    let hash: String = digest(&SHA256, key.as_bytes())
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(kept.contains(&format!("sha256 = \"{hash}\"")), "{kept}");
    assert!(kept.starts_with("# "), "{kept}");
    let sealing = file(&sandbox, "sealing.key");
    let sealed_with = sealing.trim_end().strip_prefix("docent-sealing-key-1:");
    assert_eq!(sealed_with.map(str::len), Some(43), "{sealing}");
    let other = make(&sandbox, "alice@laptop", &[]);
    assert_ne!(key, other);
    assert_eq!(file(&sandbox, "sealing.key"), sealing, "it stays");
    let keys = list(&sandbox);
    assert_eq!(keys[0]["name"], "ci");
    assert_eq!(keys[0]["audience"], "staff");
    assert_eq!(keys[0]["expired"], false);
    assert!(keys[0]["expires"].is_string());
    assert_eq!(keys[1]["expires"], Value::Null);
    assert_eq!(
        keys[1]["last_used_known"], false,
        "nobody knows whose journal to read"
    );
    let table = run(&sandbox, &["list"]).stdout;
    assert!(
        table.starts_with("NAME          AUDIENCE  CREATED"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 3, "{table}");
}

#[test]
fn what_to_do_next_is_told_beside_the_key() {
    let sandbox = sandbox();
    let made = run(&sandbox, &["new", "ci", "--audience", "staff"]);
    for words in [
        "This is the key `ci`, which opens what `staff` may read, until it is revoked.",
        "[folder]/keys.toml keeps its SHA-256 alone",
        "send it SIGHUP",
        "claude mcp add --transport http --scope user docent http://127.0.0.1:8080/mcp --header 'Authorization: Bearer ${DOCENT_KEY}'",
        "keys.md",
    ] {
        assert!(made.stderr.contains(words), "{words}: {}", made.shown());
    }
}

#[test]
fn what_cannot_be_made_changes_nothing() {
    let sandbox = sandbox();
    make(&sandbox, "ci", &[]);
    let before = file(&sandbox, "keys.toml");
    for (arguments, code, words) in [
        (
            &["new", "ci", "--audience", "staff"][..],
            73,
            "there is a key `ci` already",
        ),
        (
            &["new", "b", "--audience", "staf"],
            64,
            "did you mean `staff`?",
        ),
        (
            &["new", "b", "--audience", "x"],
            64,
            "there is `staff` and `partners`",
        ),
        (
            &["new", "b", "--audience", "anonymous"],
            64,
            "none is needed",
        ),
        (
            &["new", "b c", "--audience", "staff"],
            64,
            "letters, digits",
        ),
        (&["new", "b"], 64, "--audience"),
        (
            &["new", "b", "--audience", "staff", "--expires", "soon"],
            64,
            "90d",
        ),
        (
            &["new", "b", "--audience", "staff", "--expires", "2020-01-01"],
            64,
            "expired already",
        ),
        (&["revoke", "cj"], 66, "did you mean `ci`?"),
        (&["revoke", "ci", "nobody"], 66, "there is no key `nobody`"),
    ] {
        let refused = run(&sandbox, arguments);
        assert_eq!(
            refused.code,
            Some(code),
            "{arguments:?}: {}",
            refused.shown()
        );
        assert!(
            refused.stderr.contains(words),
            "{words}: {}",
            refused.shown()
        );
        assert_eq!(refused.stdout, "", "{arguments:?}");
        assert_eq!(file(&sandbox, "keys.toml"), before, "{arguments:?}");
    }
    sandbox.write("docent.toml", "[[docs]]\npath = \"docs\"\n");
    let refused = run(&sandbox, &["new", "b", "--audience", "staff"]);
    assert_eq!(refused.code, Some(78), "{}", refused.shown());
    assert!(
        refused.stderr.contains("[[audience]]"),
        "{}",
        refused.shown()
    );
}

#[test]
fn keys_are_revoked_whatever_is_wrong_with_the_configuration() {
    let sandbox = sandbox();
    for name in ["a", "b", "c"] {
        make(&sandbox, name, &[]);
    }
    sandbox.write("docent.toml", "nonsense = 1\n");
    let revoked = run(&sandbox, &["revoke", "c", "a", "c"]);
    assert_eq!(revoked.code, Some(0), "{}", revoked.shown());
    assert!(
        revoked.stdout.starts_with("Revoked the keys `a`, `c`. "),
        "{}",
        revoked.shown()
    );
    assert_eq!(names(&sandbox), ["b"]);
    let revoked = run(&sandbox, &["revoke", "b"]);
    assert_eq!(revoked.code, Some(0), "{}", revoked.shown());
    let none = run(&sandbox, &["list"]);
    assert!(
        none.stderr.contains("there are no access keys"),
        "{}",
        none.shown()
    );
}

#[test]
fn a_broken_file_is_told_of_and_left_alone() {
    let sandbox = sandbox();
    let secret = format!("docent_{}", "s".repeat(49));
    let broken =
        format!("# Mine.\n[[key]]\nname = \"ci\"\naudience = \"staff\"\nsha256 = \"{secret}\"\n");
    sandbox.write("keys.toml", &broken);
    for arguments in [
        &["new", "b", "--audience", "staff"][..],
        &["list"],
        &["revoke", "ci"],
    ] {
        let refused = run(&sandbox, arguments);
        assert_eq!(refused.code, Some(78), "{}", refused.shown());
        let told = "error: [folder]/keys.toml:5:10: this is no SHA-256 of a key";
        assert!(refused.stderr.starts_with(told), "{}", refused.shown());
        assert!(!refused.shown().contains("ssss"), "{}", refused.shown());
        assert_eq!(file(&sandbox, "keys.toml"), broken);
    }
}

/// Whoever writes at the same time loses nothing.
#[test]
fn many_make_keys_at_once() {
    let sandbox = sandbox();
    std::thread::scope(|scope| {
        for number in 0..12 {
            let sandbox = &sandbox;
            scope.spawn(move || make(sandbox, &format!("k{number}"), &[]));
        }
    });
    let mut names = names(&sandbox);
    names.sort();
    let mut expected: Vec<_> = (0..12).map(|number| format!("k{number}")).collect();
    expected.sort();
    assert_eq!(names, expected);
    let left = fs::read_dir(sandbox.path()).expect("the sandbox is there");
    let left: Vec<_> = left
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert!(!left.iter().any(|name| name == ".keys.toml"), "{left:?}");
}

#[test]
fn a_file_that_is_linked_to_stays_where_it_is() {
    let sandbox = sandbox();
    sandbox.write("secrets/keys.toml", "# Of all machines.\n");
    symlink("secrets/keys.toml", sandbox.path().join("keys.toml")).expect("a link");
    make(&sandbox, "ci", &[]);
    assert!(sandbox.path().join("keys.toml").is_symlink());
    assert!(file(&sandbox, "secrets/keys.toml").starts_with("# Of all machines.\n"));
}

/// Nobody has root write through a link of theirs.
#[test]
fn root_follows_no_link_of_somebody_else() {
    if !needs_root("a link in a folder of another user") {
        return;
    }
    let sandbox = sandbox();
    let elsewhere = Sandbox::new(&[("target.toml", "# Not theirs.\n")]);
    chown(sandbox.path(), Some(65_534), Some(65_534)).expect("root may");
    for name in ["keys.toml", "sealing.key", ".keys.toml.lock"] {
        let link = sandbox.path().join(name);
        let _ = fs::remove_file(&link);
        symlink(elsewhere.path().join("target.toml"), &link).expect("a link");
        let refused = run(&sandbox, &["new", "ci", "--audience", "staff"]);
        assert_eq!(refused.code, Some(77), "{}", refused.shown());
        assert!(refused.stderr.contains("is a link"), "{}", refused.shown());
        assert_eq!(refused.stdout, "");
        fs::remove_file(&link).expect("it is there");
    }
    assert_eq!(file(&elsewhere, "target.toml"), "# Not theirs.\n");
    make(&sandbox, "ci", &[]);
}

#[test]
fn the_files_belong_to_whom_the_configuration_does() {
    if !needs_root("whose keys.toml is") {
        return;
    }
    let sandbox = sandbox();
    let nobody = 65_534;
    chown(
        sandbox.path().join("docent.toml"),
        Some(nobody),
        Some(nobody),
    )
    .expect("root may");
    let make = |name: &str| {
        let made = Command::new("sh")
            .args([
                "-c",
                "umask 077 && exec \"$0\" \"$@\"",
                env!("CARGO_BIN_EXE_docent"),
            ])
            .args([
                "key",
                "new",
                name,
                "--audience",
                "staff",
                "--config",
                "docent.toml",
            ])
            .current_dir(sandbox.path())
            .output();
        assert!(made.expect("docent runs").status.success());
    };
    let seen = |path: &Path| {
        let seen = fs::metadata(path).expect("it is there");
        (seen.uid(), seen.gid(), seen.permissions().mode() & 0o777)
    };
    make("ci");
    let [keys, sealing] = ["keys.toml", "sealing.key"].map(|name| sandbox.path().join(name));
    assert_eq!(seen(&keys), (nobody, nobody, 0o640));
    assert_eq!(seen(&sealing), (nobody, nobody, 0o640));
    // What somebody has made of it stays.
    chown(&keys, Some(1), Some(2)).expect("root may");
    fs::set_permissions(&keys, Permissions::from_mode(0o600)).expect("root may");
    make("other");
    assert_eq!(seen(&keys), (1, 2, 0o600));
}

#[test]
fn the_status_tells_of_keys() {
    let sandbox = sandbox();
    let status = || {
        let user = if needs_no_root() {
            &[][..]
        } else {
            &["--as", "root"]
        };
        let arguments = ["status", "--config", "docent.toml", "--format", "json"];
        let shown = sandbox.docent(&[&arguments, user].concat());
        serde_json::from_str::<Value>(&shown.stdout).unwrap_or_else(|_| panic!("{}", shown.shown()))
    };
    make(&sandbox, "ci", &[]);
    let first = status();
    assert_eq!(
        first["access_keys"],
        serde_json::json!({"in_use": 1, "expired": 0})
    );
    assert_eq!(first["health"], "good", "{first:#}");
    make(&sandbox, "job", &["--expires", "2h"]);
    make(&sandbox, "laptop", &["--expires", "90d"]);
    let text = file(&sandbox, "keys.toml");
    // Made long ago, and about to end; another one has.
    let soon = SystemTime::now() + Duration::from_secs(86_400);
    let (before, laptop) = text.rsplit_once("created = ").expect("it was made");
    let (_, rest) = laptop.split_once('\n').expect("a line");
    let end = rest.split_once("expires = ").expect("it ends").1.trim_end();
    let moment =
        time::OffsetDateTime::from(soon).format(&time::format_description::well_known::Rfc3339);
    let moment = format!("{}Z", &moment.expect("a moment")[..19]);
    let text = format!(
        "{before}created = 2026-01-01T00:00:00Z\n{}",
        rest.replace(end, &moment)
    );
    sandbox.write("keys.toml", &text);
    let second = status();
    assert_eq!(second["access_keys"]["in_use"], 3);
    assert_eq!(second["health"], "attention", "{second:#}");
    let message = second["findings"][0]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        message.starts_with("the access key `laptop` ends at "),
        "{second:#}"
    );
    assert_eq!(
        second["findings"].as_array().map(Vec::len),
        Some(1),
        "{second:#}"
    );
    let listed = CONFIG.replace(
        "docs = [\"all\"]",
        "docs = [\"all\"]\nkeys = [\"ci\", \"nobody\"]",
    );
    sandbox.write("docent.toml", listed);
    let path = sandbox.path().join("keys.toml");
    fs::set_permissions(path, Permissions::from_mode(0o666)).expect("it is ours");
    let third = status();
    let messages = third["findings"].to_string();
    assert!(
        messages.contains("lists the access key `nobody`"),
        "{third:#}"
    );
    assert!(!messages.contains("access key `ci`, which"), "{third:#}");
    assert!(
        messages.contains("everybody on this machine may write"),
        "{third:#}"
    );
    sandbox.write("keys.toml", format!("{text}nonsense = 1\n"));
    let broken = status();
    assert_eq!(broken["health"], "broken");
    assert_eq!(broken["access_keys"], Value::Null);
    assert!(
        broken["findings"][0]["message"]
            .as_str()
            .unwrap_or_default()
            .contains("nonsense")
    );
}

fn needs_no_root() -> bool {
    !nix::unistd::Uid::effective().is_root()
}

#[test]
fn a_file_that_the_service_cannot_read_is_told_of() {
    if !needs_root("a keys.toml that another user cannot read") {
        return;
    }
    let sandbox = sandbox();
    make(&sandbox, "ci", &[]);
    for (path, mode) in [("", 0o755), ("keys.toml", 0o600)] {
        let path = sandbox.path().join(path);
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("root may");
    }
    for command in ["check", "status"] {
        let shown = sandbox.docent(&[command, "--config", "docent.toml", "--as", "nobody"]);
        assert!(matches!(shown.code, Some(2 | 78)), "{}", shown.shown());
        let all = shown.shown();
        assert!(
            all.contains("docent cannot read [folder]/keys.toml"),
            "{all}"
        );
        assert!(all.contains("chgrp docent [folder]/keys.toml"), "{all}");
    }
}

/// The manual's definition of the checksum is that of the keys.
#[test]
fn scanners_know_a_key_by_what_the_manual_says() {
    if !needs_program("the checksum of access keys", "python3", "python3") {
        return;
    }
    let sandbox = sandbox();
    let manual = include_str!("../../docs/keys.md");
    let code = manual
        .split("```python\n")
        .nth(1)
        .expect("the manual has an example");
    let code = code.split("```").next().expect("it ends");
    let keys: Vec<_> = (0..20)
        .map(|number| make(&sandbox, &format!("k{number}"), &[]))
        .collect();
    let judge = format!("{code}\nimport sys\nprint([is_key(key) for key in sys.argv[1:]])");
    let judged = |keys: &[String]| {
        let output = Command::new("python3")
            .args(["-c", &judge])
            .args(keys)
            .output();
        let output = output.expect("python3 runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    };
    assert_eq!(judged(&keys), format!("[{}]", ["True"; 20].join(", ")));
    let wrong: Vec<_> = keys
        .iter()
        .map(|key| key.replacen(&key[20..22], &key[21..23], 1))
        .collect();
    let wrong: Vec<_> = wrong
        .into_iter()
        .zip(&keys)
        .filter(|(wrong, key)| wrong != *key)
        .map(|(wrong, _)| wrong)
        .collect();
    assert!(!judged(&wrong).contains("True"), "{wrong:?}");
}

/// A name that the configuration lists for an audience opens that one.
#[test]
fn a_key_opens_what_is_said_of_it_and_nothing_else() {
    let sandbox = sandbox();
    let listed = CONFIG.replace("docs = [\"all\"]", "docs = [\"all\"]\nkeys = [\"ci\"]");
    sandbox.write("docent.toml", listed);
    let refused = run(&sandbox, &["new", "ci", "--audience", "partners"]);
    assert_eq!(refused.code, Some(78), "{}", refused.shown());
    assert!(
        refused.stderr.contains("what `staff` may read"),
        "{}",
        refused.shown()
    );
    assert!(refused.stdout.is_empty(), "{}", refused.shown());
    assert!(names(&sandbox).is_empty());
    make(&sandbox, "ci", &[]);
}

#[test]
fn check_tells_of_what_is_open_to_more_than_is_said() {
    let sandbox = Sandbox::new(&[
        ("docs/a.md", "# A\n\nText.\n"),
        ("docs/inner/b.md", "# B\n\nText.\n"),
        (
            "docent.toml",
            &format!(
                "{}\n[[docs]]\nname = \"inner\"\npath = \"docs/inner\"\n[sign_in]\nenabled = true\n",
                CONFIG.replace("name = \"staff\"", "name = \"staff\"\ngroups = [\"staff\"]")
            ),
        ),
    ]);
    let check = || sandbox.docent(&["check", "--config", "docent.toml"]);
    fs::write(sandbox.path().join("sealing.key"), "").expect("the folder takes a file");
    let refused = check();
    assert_eq!(refused.code, Some(78), "{}", refused.shown());
    assert!(
        refused.stderr.contains("docent key new"),
        "{}",
        refused.shown()
    );
    fs::remove_file(sandbox.path().join("sealing.key")).expect("it is there");
    make(&sandbox, "ci", &[]);
    let checked = check();
    assert_eq!(checked.code, Some(0), "{}", checked.shown());
    for said in [
        "the folder of `inner` is within that of `handbook`, which `partners` may read",
        "`groups` of `staff` name nobody",
    ] {
        assert!(checked.stdout.contains(said), "{said}: {}", checked.shown());
    }
}
