//! How well documents are found: the command that measures it.

use std::fs;

use serde_json::Value;

use crate::{corpora::corpus, run::Sandbox};

const KEYS: &str = "# Keys\n\nWho may sign what.\n\n## Rotating signing keys every quarter\n\nMake a new pair, publish it, and wait a day before the old one is \
    withdrawn: until then both are good, so that nobody is locked out who was told of the earlier one only. Then see [what to restore first](backup.md).\n";
const BACKUP: &str = "# Backups\n\nHow to restore a backup: stop the service, unpack it, start the service.\n\n## Where they are\n\nOn tape. Use `--dry-run` first.\n";

fn docs() -> Sandbox {
    Sandbox::new(&[("docs/ops/keys.md", KEYS), ("docs/ops/backup.md", BACKUP)])
}

fn eval(sandbox: &Sandbox, options: &[&str]) -> Value {
    let arguments = [
        &["eval", "--format", "json", "--cache-dir", "cache"],
        options,
    ]
    .concat();
    let run = sandbox.docent(&arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("it is JSON")
}

#[test]
fn questions_are_asked_and_told_by_kind() {
    let sandbox = docs();
    sandbox.write(
        "queries.jsonl",
        "{\"query\": \"restore a backup\", \"relevant\": [\"ops/backup.md\"], \"kind\": \"question\"}\n\
         {\"query\": \"--dry-run\", \"relevant\": [\"docs/ops/backup.md\"], \"kind\": \"flag\", \"entry\": \"--dry-run\"}\n\
         {\"query\": \"rotate keys\", \"relevant\": [\"ops/keys.md\", \"ops/gone.md\"], \"kind\": \"question\"}\n\
         {\"query\": \"restore a backup\", \"relevant\": [\"docs/ops/backup.md\"]}\n\
         {\"query\": \"elsewhere\", \"relevant\": [\"ops/bakup.md\"]}\n",
    );
    let told = eval(&sandbox, &["queries.jsonl", "docs"]);
    let figures = told["figures"].as_array().unwrap();
    let groups: Vec<&Value> = figures.iter().map(|it| &it["group"]).collect();
    assert_eq!(
        groups,
        [
            &serde_json::json!({}),
            &serde_json::json!({"kind": "question"}),
            &serde_json::json!({"kind": "flag"})
        ]
    );
    assert_eq!(figures[0]["questions"], 3);
    assert_eq!(figures[0]["first"], 1.0);
    assert_eq!(figures[0]["ndcg@10"]["mean"], 1.0);
    assert_eq!(figures[2]["entry_shown"], 1.0);
    assert!(figures[0]["tokens"]["median"].as_u64().unwrap() > 0);
    // What is not there is told, and does not count as missed.
    let unknown = told["unknown"].as_array().unwrap();
    assert_eq!(unknown.len(), 2);
    assert_eq!(
        (
            unknown[0]["line"].as_u64(),
            unknown[0]["left_out"].as_bool()
        ),
        (Some(3), Some(false))
    );
    assert_eq!(
        (
            unknown[1]["line"].as_u64(),
            unknown[1]["left_out"].as_bool()
        ),
        (Some(5), Some(true))
    );
    assert_eq!(unknown[1]["nearest"], "ops/backup.md");
    assert_eq!(
        told["repeated"][0],
        serde_json::json!({"line": 4, "first": 1})
    );
}

#[test]
fn a_ranking_is_kept_and_compared() {
    let sandbox = docs();
    sandbox.write(
        "queries.jsonl",
        "{\"query\": \"restore a backup\", \"relevant\": [\"ops/backup.md\"]}\n{\"query\": \"rotating keys\", \"relevant\": [\"ops/keys.md\"]}\n",
    );
    eval(&sandbox, &["queries.jsonl", "docs", "--run", "run.jsonl"]);
    let run = fs::read_to_string(sandbox.path().join("run.jsonl")).unwrap();
    assert!(
        run.starts_with("{\"query\":\"restore a backup\",\"ranked\":[\"ops/backup.md\""),
        "{run}"
    );
    // Earlier, one of them was second, and another question was asked.
    sandbox.write(
        "earlier.jsonl",
        "{\"query\": \"restore a backup\", \"ranked\": [\"ops/keys.md\", \"docs/ops/backup.md\"]}\n{\"query\": \"other\", \"ranked\": []}\n",
    );
    let told = eval(
        &sandbox,
        &["queries.jsonl", "docs", "--compare", "earlier.jsonl"],
    );
    let compared = &told["compared"];
    assert_eq!(compared["missing"], 1);
    let all = &compared["figures"][0];
    assert_eq!(
        (all["questions"].as_u64(), all["better"].as_u64()),
        (Some(1), Some(1))
    );
    assert_eq!(all["verdict"], "too few to tell");
    // 1 - 1 / log2(3)
    let by = all["difference"]["mean"].as_f64().unwrap();
    assert!((by - 0.369).abs() < 0.001, "{by}");
}

#[test]
fn rankings_are_never_written_over_what_is_read() {
    let sandbox = docs();
    let question = "{\"query\": \"restore a backup\", \"relevant\": [\"ops/backup.md\"]}\n";
    let ranking = "{\"query\": \"restore a backup\", \"ranked\": [\"ops/keys.md\"]}\n";
    sandbox.write("queries.jsonl", question);
    sandbox.write("earlier.jsonl", ranking);
    sandbox.write(
        "docent.toml",
        "[[docs]]\nname = \"docs\"\npath = \"docs\"\n",
    );
    let at = |name: &str| sandbox.path().join(name);
    std::os::unix::fs::symlink("queries.jsonl", at("link.jsonl")).unwrap();
    fs::hard_link(at("earlier.jsonl"), at("same.jsonl")).unwrap();
    for (options, words) in [
        (
            &["queries.jsonl", "docs", "--run", "queries.jsonl"][..],
            "that is queries.jsonl",
        ),
        (
            &["queries.jsonl", "docs", "--run", "./docs/../queries.jsonl"],
            "that is queries.jsonl",
        ),
        (
            &["queries.jsonl", "docs", "--run", "link.jsonl"],
            "that is queries.jsonl",
        ),
        (
            &[
                "queries.jsonl",
                "docs",
                "--compare",
                "earlier.jsonl",
                "--run",
                "same.jsonl",
            ],
            "that is earlier.jsonl",
        ),
        (
            &["queries.jsonl", "docs", "--run", "docs/ops/keys.md"],
            "among the documents of `docs`",
        ),
        (
            &["queries.jsonl", "docs", "--run", "docs/new.jsonl"],
            "among the documents of `docs`",
        ),
        (
            &["--self", "docs", "--run", "docs/ops/keys.md"],
            "among the documents of `docs`",
        ),
        (
            &[
                "queries.jsonl",
                "--config",
                "docent.toml",
                "--run",
                "docent.toml",
            ],
            "that is docent.toml",
        ),
    ] {
        let arguments = [&["eval", "--cache-dir", "cache"], options].concat();
        let run = sandbox.docent(&arguments);
        assert_eq!(run.code, Some(64), "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{options:?}: {}", run.stderr);
        assert!(
            run.stderr.contains("give --run"),
            "{options:?}: {}",
            run.stderr
        );
    }
    let read = |name: &str| fs::read_to_string(at(name)).unwrap();
    assert_eq!(read("queries.jsonl"), question);
    assert_eq!(read("earlier.jsonl"), ranking);
    assert_eq!(read("docs/ops/keys.md"), KEYS);
    assert!(!at("docs/new.jsonl").exists());
    // A link stays one, and a device is written to.
    std::os::unix::fs::symlink("run.jsonl", at("latest.jsonl")).unwrap();
    sandbox.write("run.jsonl", "old\n");
    eval(
        &sandbox,
        &["queries.jsonl", "docs", "--run", "latest.jsonl"],
    );
    assert!(
        fs::symlink_metadata(at("latest.jsonl"))
            .unwrap()
            .is_symlink()
    );
    assert!(read("run.jsonl").starts_with("{\"query\""));
    eval(&sandbox, &["queries.jsonl", "docs", "--run", "/dev/null"]);
}

#[test]
fn documents_ask_for_their_own_headings_and_links() {
    let sandbox = docs();
    let options = ["--self", "docs", "--run", "first.jsonl", "--fails=100"];
    let told = eval(&sandbox, &options);
    let run = fs::read_to_string(sandbox.path().join("first.jsonl")).unwrap();
    assert!(
        run.contains("\"query\":\"Rotating signing keys every quarter\""),
        "{run}"
    );
    assert!(run.contains("\"query\":\"what to restore first\""), "{run}");
    assert_eq!(told["pages"], 2);
    // The page that asks is left out of the ranking, so the answer is all there is.
    let kinds = told["figures"].as_array().unwrap();
    let link = kinds
        .iter()
        .find(|it| it["group"]["kind"] == "link")
        .expect("links are asked for");
    assert_eq!(link["first"], 1.0);
    // The same again, and nothing is left in the cache but the index.
    eval(&sandbox, &["--self", "docs", "--run", "second.jsonl"]);
    assert_eq!(
        run,
        fs::read_to_string(sandbox.path().join("second.jsonl")).unwrap()
    );
    let cache = fs::read_dir(sandbox.path().join("cache")).unwrap();
    let left: Vec<String> = cache
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        left.iter().all(|name| name.starts_with("docs-")),
        "{left:?}"
    );
    // The usual index knows the heading.
    let found = sandbox.docent(&[
        "search",
        "Rotating signing keys every quarter",
        "docs",
        "--cache-dir",
        "cache",
    ]);
    assert!(
        found.stdout.contains("Rotating signing keys every quarter"),
        "{}",
        found.stdout
    );
}

#[test]
fn what_cannot_be_asked_is_told_before_anything_is_read() {
    let sandbox = docs();
    sandbox.write(
        "wrong.jsonl",
        "{\"query\": \"a\", \"relevant\": [\"b\"]}\n{\"query\": \"a\", \"relevant\": 3}\n",
    );
    sandbox.write("empty.jsonl", "\n");
    sandbox.write("plain.txt", "how are keys rotated?\n");
    sandbox.write("long.jsonl", "x".repeat(3 << 20));
    sandbox.write(
        "gone.jsonl",
        "{\"query\": \"a\", \"relevant\": [\"gone.md\"]}\n",
    );
    sandbox.write("others.jsonl", "{\"query\": \"b\", \"ranked\": []}\n");
    sandbox.write(
        "set.jsonl",
        "{\"query\": \"a\", \"relevant\": [\"ops/keys.md\"], \"set\": \"nope\"}\n",
    );
    sandbox.write(
        "twice.jsonl",
        "{\"query\": \"a\", \"relevant\": [\"b\"], \"kind\": \"x\"}\n{\"query\": \"a\", \"relevant\": [\"c\"], \"kind\": \"y\"}\n",
    );
    sandbox.write(
        "good.jsonl",
        "{\"query\": \"a\", \"relevant\": [\"ops/keys.md\"]}\n",
    );
    for (options, code, words) in [
        (&["wrong.jsonl", "docs"][..], 66, "wrong.jsonl: line 2: "),
        (
            &["plain.txt", "docs"],
            66,
            "plain.txt: line 1: it is not JSON (column 1)",
        ),
        (
            &["plain.txt", "docs"],
            66,
            "such as {\"query\": \"rotate the keys\", \"relevant\": [",
        ),
        (&["empty.jsonl", "docs"], 66, "it has no question"),
        (&["long.jsonl", "docs"], 66, "line 1 is longer than"),
        (&["gone.jsonl", "docs"], 66, "line 1: gone.md"),
        (
            &["missing.jsonl", "docs"],
            66,
            "cannot be read: missing.jsonl",
        ),
        (&["docs"], 66, "cannot be read: docs"),
        (
            &["good.jsonl", "docs", "--compare", "good.jsonl"],
            66,
            "missing field `ranked`",
        ),
        (
            &["good.jsonl", "docs", "--compare", "empty.jsonl"],
            66,
            "empty.jsonl holds no rankings: it is empty",
        ),
        (
            &["good.jsonl", "docs", "--compare", "others.jsonl"],
            66,
            "others.jsonl has none of these questions",
        ),
        (
            &["set.jsonl", "docs"],
            66,
            "line 1: there is no document set `nope`",
        ),
        (&["set.jsonl", "docs"], 66, "the sets are `docs`"),
        (
            &["twice.jsonl", "docs"],
            66,
            "line 2: it asks what line 1 asks, with another `kind`",
        ),
        (&["good.jsonl", "--fails", "3"], 64, "write `--fails=3`"),
        (
            &["--fails", "3", "good.jsonl", "docs"],
            64,
            "write `--fails=3`",
        ),
        (&["--self", "docs", "--fails", "3"], 64, "write `--fails=3`"),
        (
            &["good.jsonl", "docs", "--run", "no/such/folder"],
            73,
            "cannot be written",
        ),
        (
            &["--self", "docs", "--config", "docent.toml"],
            64,
            "--config and paths",
        ),
        (&[], 64, "QUERIES.jsonl"),
    ] {
        let arguments = [&["eval", "--cache-dir", "cache"], options].concat();
        let run = sandbox.docent(&arguments);
        assert_eq!(run.code, Some(code), "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{options:?}: {}", run.stderr);
    }
    sandbox.write("bare/a.md", "Words.\n");
    let run = sandbox.docent(&["eval", "--self", "bare", "--cache-dir", "cache"]);
    assert_eq!(run.code, Some(66));
    assert!(run.stderr.contains("nothing to ask for"), "{}", run.stderr);
}

#[test]
fn figures_are_tables_for_people() {
    let sandbox = docs();
    sandbox.write(
        "queries.jsonl",
        "{\"query\": \"restore a backup\", \"relevant\": [\"ops/keys.md\"]}\n{\"query\": \"\\u001b[31mred\", \"relevant\": [\"gone.md\"]}\n",
    );
    let run = sandbox.docent(&[
        "eval",
        "queries.jsonl",
        "docs",
        "--fails",
        "--cache-dir",
        "cache",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for words in [
        "1 question asked of 2 pages",
        "nDCG@10",
        "answer, tokens",
        "warning: 1 question with pages that are not in the documents; one is left out",
        "Found worst:\n  \"restore a backup\"\n      not first: docs/ops/keys.md\n      found: ops/backup.md",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert!(!run.stdout.contains('\u{1b}'));
}

/// Names that one page defines, by the sets' own indices: a part of what `make bench-names` asks.
#[test]
fn exact_names_are_found() {
    for (set, root) in [
        (
            "python",
            corpus("python3.11-doc").join("../python3.11/html"),
        ),
        ("git", corpus("git-doc")),
    ] {
        let sandbox = Sandbox::new(&[]);
        let queries =
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/names/").to_owned() + set + ".jsonl";
        let root = root.to_str().expect("it is UTF-8");
        let told = eval(&sandbox, &[&queries, root, "--fails=100"]);
        assert_eq!(told["unknown"], serde_json::json!([]));
        for it in told["figures"].as_array().unwrap() {
            // Of one kind alone, all is of that.
            let kind = it["group"]["kind"]
                .as_str()
                .or((set == "python").then_some("python function"));
            let floor = FLOORS.iter().find(|floor| Some(floor.kind) == kind);
            let Some(floor) = floor else {
                continue;
            };
            let reached = |name: &str, least: f64| it[name].as_f64().unwrap() >= least;
            assert!(
                reached("first", floor.first)
                    && reached("among_three", floor.among_three)
                    && reached("entry_shown", floor.entry),
                "{it}\n{:#}",
                told["fails"]
            );
        }
    }
}

/// What a kind of name has to reach, with some room below what it does.
struct Floor {
    kind: &'static str,
    first: f64,
    among_three: f64,
    entry: f64,
}

const FLOORS: [Floor; 3] = [
    Floor {
        kind: "python function",
        first: 0.9,
        among_three: 0.95,
        entry: 0.9,
    },
    Floor {
        kind: "git option",
        first: 0.95,
        among_three: 0.95,
        entry: 0.95,
    },
    Floor {
        kind: "git setting",
        first: 0.85,
        among_three: 0.95,
        entry: 0.9,
    },
];
