//! `docent insights` over what a real server has logged, and over a hundred thousand lines like those.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{
    journal::{Client, as_json, journal, logged, server},
    run::Sandbox,
};

fn insights(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let cache = sandbox.path().join("cache");
    let all = [&["insights", "--format", "json"], arguments].concat();
    let run = sandbox.docent_with(&all, &[("CACHE_DIRECTORY", &cache)]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("docent prints JSON")
}

#[test]
fn what_a_server_has_logged_is_told() {
    let (sandbox, server) = server("[site]\ntitle = \"Platform\"");
    let claude = Client {
        server: &server,
        agent: "claude-code/2.1.332",
        version: "2025-11-25",
        address: "192.0.2.1",
    };
    let codex = Client {
        server: &server,
        agent: "codex/0.171",
        version: "2025-06-18",
        address: "192.0.2.2",
    };
    claude.search("rotate keys");
    claude.read("docs/keys.md");
    codex.search("Rotate  KEYS");
    // The same client's name at another address: not the one who has searched.
    Client {
        address: "192.0.2.3",
        ..codex
    }
    .read("docs/keys.md");
    codex.search("backup restore");
    codex.read("docs/backup and restore.md");
    codex.search("<script>alert(1)</script> \u{1b}[31m qwertyzxcv");
    claude.search("qwertyzxcv");
    claude.read("docs/rotate-keys.md");
    claude.call("browse", &serde_json::json!({}));
    // A person, and what looks for weak servers.
    for (path, status) in [
        ("/docs/keys", "200"),
        ("/docs/gone", "404"),
        ("/wp-login.php", "404"),
    ] {
        let answer = server.ask_with("GET", path, "Accept: text/html", "");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
    }
    let log = logged(&server, 12);
    sandbox.write("log", &log);
    assert!(!log.contains("192.0.2."), "{log}");
    let told = insights(&sandbox, &["--file", "log", "--config", "docent.toml"]);
    let counts = &told["counts"];
    for (name, expected) in [
        ("searches", 5),
        ("exact", 3),
        ("nothing", 2),
        ("reads", 4),
        ("missing", 2),
        ("other_calls", 1),
        ("found_and_read", 2),
        // Ten minutes are not over.
        ("not_known", 1),
        ("nothing_read", 0),
    ] {
        assert_eq!(counts[name], expected, "{name}: {told:#}");
    }
    assert_eq!(told["title"], "Platform");
    assert_eq!(told["most_asked"][0]["query"], "rotate keys");
    assert_eq!(told["most_asked"][0]["times"], 2);
    assert_eq!(told["most_asked"][0]["read_most"], "docs/keys.md");
    assert_eq!(told["not_found"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["pages_read"][0]["page"], "docs/keys.md");
    assert_eq!(told["pages_read"][0]["times"], 3);
    assert_eq!(told["pages_read"][0]["assistants"], 3);
    assert_eq!(told["pages_read"][1]["page"], "docs/backup and restore.md");
    assert_eq!(told["pages_missing"][0]["id"], "docs/gone");
    assert_eq!(told["pages_missing"][1]["id"], "docs/rotate-keys.md");
    assert_eq!(told["pages_missing"][1]["nearest"], "docs/keys.md");
    assert_eq!(told["index"]["pages"], 3);
    assert_eq!(
        told["index"]["first"],
        serde_json::json!(["docs/lonely.md"])
    );
    let claude = &told["assistants"][0];
    assert_eq!(claude["name"], "claude-code");
    assert_eq!(claude["protocol"], "2025-11-25");
    assert_eq!(claude["calls"], 5);

    let run = sandbox.docent(&["insights", "--file", "log"]);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    for words in ["rotate keys", "claude-code", "docs/rotate-keys.md"] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let page = sandbox.docent(&["insights", "--file", "log", "--format", "html"]);
    assert!(
        page.stdout.contains("&lt;script&gt;alert(1)"),
        "{}",
        page.stdout
    );
    for never in ["<script", "\u{1b}", "http://", "https://", " style="] {
        assert!(!page.stdout.contains(never), "{never}: {}", page.stdout);
    }
    let style = page
        .stdout
        .split("<style>")
        .nth(1)
        .and_then(|it| it.split("</style>").next());
    let style = style.expect("there is a style").as_bytes();
    let hash = ring::digest::digest(&ring::digest::SHA256, style);
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    let policy = format!("content=\"default-src 'none'; style-src 'sha256-{hash}'\"");
    assert!(page.stdout.contains(&policy), "{policy}");
}

#[test]
fn a_log_without_queries_has_none_of_their_words() {
    let (sandbox, server) = server("[log]\nqueries = false");
    let client = Client {
        server: &server,
        agent: "codex/0.171",
        version: "2025-06-18",
        address: "192.0.2.2",
    };
    client.search("rotate keys of zanzibar");
    client.search("zanzibar");
    client.call(
        "search",
        &serde_json::json!({ "query": "zanzibar", "set": "zanzibar" }),
    );
    client.call("search", &serde_json::json!({ "query": ["zanzibar"] }));
    client.read("docs/zanzibar.md");
    client.read("docs/keys.md");
    client.call("browse", &serde_json::json!({ "path": "zanzibar" }));
    server.ask_with("GET", "/docs/zanzibar", "Accept: text/html", "");
    let log = logged(&server, 8);
    assert!(!log.contains("zanzibar"), "{log}");
    sandbox.write("log", &log);
    let told = insights(&sandbox, &["--file", "log"]);
    assert_eq!(told["counts"]["searches"], 4, "{told:#}");
    assert_eq!(told["counts"]["without_words"], 2);
    assert_eq!(told["most_asked"], serde_json::json!([]));
    let run = sandbox.docent(&["insights", "--file", "log"]);
    assert!(
        run.stdout.contains("`[log] queries` is off"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_log_that_tells_nothing_is_no_success() {
    let sandbox = Sandbox::new(&[("log", "some other program's log\n")]);
    let run = sandbox.docent(&["insights", "--file", "log"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("no call of a tool in log"),
        "{}",
        run.stderr
    );
    let run = sandbox.docent(&["insights", "--file", "absent"]);
    assert_eq!(run.code, Some(66), "{}", run.stderr);
    for wrong in [
        &["insights", "--since", "last week"][..],
        &["insights", "--since", "1d", "--until", "2d"],
        &["insights", "--rows", "0"],
    ] {
        assert_eq!(sandbox.docent(wrong).code, Some(64), "{wrong:?}");
    }
}

/// What awk counts.
fn counted(log: &Path) -> HashMap<String, BTreeMap<String, u64>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/insights.awk");
    let output = Command::new("awk")
        .arg("-f")
        .args([&script, log])
        .stderr(Stdio::inherit())
        .output()
        .expect("awk is there");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("awk prints UTF-8");
    let mut counts = HashMap::<_, BTreeMap<_, u64>>::new();
    for line in text.lines() {
        let mut parts = line.split('\t');
        let mut part = || parts.next().expect("three parts").to_owned();
        let (what, which, times) = (part(), part(), part());
        let counted = counts.entry(what).or_default().entry(which).or_default();
        *counted += times.parse::<u64>().expect("a number");
    }
    counts
}

#[test]
fn a_hundred_thousand_searches_are_counted_as_awk_counts_them() {
    let log = journal();
    let sandbox = Sandbox::new(&[("log", &log)]);
    let awk = counted(&sandbox.path().join("log"));
    let rows = ["--rows", "1000"];
    let told = insights(&sandbox, &[&["--file", "log"][..], &rows].concat());
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{value}"));
    let counts = &told["counts"];
    assert_eq!(counts["searches"], 100_000);
    for outcome in ["exact", "relaxed", "poor", "nothing"] {
        assert_eq!(
            number(&counts[outcome]),
            awk["outcome"][outcome],
            "{outcome}"
        );
    }
    for total in ["found_and_read", "nothing_read", "not_known"] {
        assert_eq!(number(&counts[total]), awk["total"][total], "{total}");
    }
    assert!(
        awk["total"].values().all(|total| *total > 10),
        "{:?}",
        awk["total"]
    );
    for (list, kind, name) in [
        ("most_asked", "asked", "query"),
        ("not_found", "not_found", "query"),
        ("nothing_read", "nothing_read", "query"),
        ("pages_read", "read", "page"),
        ("pages_missing", "missing", "id"),
    ] {
        let all = &awk[kind];
        let told = told[list].as_array().expect("a list");
        assert_eq!(told.len(), all.len().min(1_000), "{list}");
        assert!(told.len() >= 50, "{list}");
        for row in told {
            let which = row[name].as_str().expect("a name");
            assert_eq!(number(&row["times"]), all[which], "{list}: {which}");
            assert_eq!(row["at_most_more"], 0);
        }
        let times: Vec<u64> = told.iter().map(|row| number(&row["times"])).collect();
        let mut expected: Vec<u64> = all.values().copied().collect();
        expected.sort_unstable_by_key(|times| std::cmp::Reverse(*times));
        expected.truncate(1_000);
        assert_eq!(times, expected, "{list}");
    }
    for row in told["assistants"].as_array().expect("a list") {
        let key = format!(
            "{} {}",
            row["name"].as_str().expect("a name"),
            row["protocol"].as_str().expect("a version")
        );
        assert_eq!(number(&row["calls"]), awk["calls"][&key], "{key}");
    }
    for row in told["days"].as_array().expect("a list") {
        let day = &row["day"].as_str().expect("a day")[..10];
        assert_eq!(number(&row["searches"]), awk["day"][day], "{day}");
    }
    assert_eq!(number(&told["times"]["longest"]), awk["longest"][""]);

    // The journal's own form says the same.
    let some: Vec<&str> = log.lines().take(20_000).collect();
    let some = some.join("\n");
    sandbox.write("some", &some);
    sandbox.write("some.json", as_json(&some));
    let told = insights(&sandbox, &[&["--file", "some"][..], &rows].concat());
    let mut from_json = insights(&sandbox, &[&["--file", "some.json"][..], &rows].concat());
    for differs in ["made", "source"] {
        from_json[differs] = told[differs].clone();
    }
    assert!(from_json == told, "the forms differ");
    assert!(number(&told["counts"]["searches"]) > 10_000);

    // So does a part of it.
    let part = ["--since", "2026-11-04", "--until", "2026-11-05"];
    let part = insights(&sandbox, &[&["--file", "log"][..], &part].concat());
    assert_eq!(
        number(&part["counts"]["searches"]),
        awk["day"]["2026-11-04"]
    );
}

#[test]
fn an_audience_is_told_apart_and_counted_alone() {
    let sandbox = Sandbox::new(&[]);
    let line = |query: &str, hits: u32, who: &str| {
        let outcome = if hits > 0 { "exact" } else { "nothing" };
        format!(
            "2026-11-27T10:30:59.123456Z  INFO search tool=\"search\" query=\"{query}\" hits={hits} outcome=\"{outcome}\" \
             pages=\"\" microseconds=120 client=\"codex/0.171\" protocol=\"2025-06-18\" endpoint=\"mcp\" {who}\n"
        )
    };
    let staff = "audience=\"staff\" key=\"ci\"";
    let log = [
        line("rotate keys", 3, staff),
        line("salaries", 0, staff),
        line("pricing", 2, "audience=\"anonymous\""),
        line("before there were audiences", 1, ""),
    ];
    sandbox.write("log", log.concat());
    let told = insights(&sandbox, &["--file", "log"]);
    assert_eq!(told["counts"]["searches"], 4);
    let row = |name: &str, key: &str, searches: u64, not_found: u64| {
        serde_json::json!({
            "name": name, "key": key, "calls": searches, "searches": searches, "not_found": not_found, "reads": 0,
        })
    };
    let expected = [row("staff", "ci", 2, 1), row("anonymous", "", 1, 0)];
    assert_eq!(told["audiences"], Value::from(expected.to_vec()));
    let alone = insights(&sandbox, &["--file", "log", "--audience", "staff"]);
    assert_eq!(alone["counts"]["searches"], 2);
    assert_eq!(alone["most_asked"].as_array().map(Vec::len), Some(2));
}
