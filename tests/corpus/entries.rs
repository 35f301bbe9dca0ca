//! What pages define by name.

use super::listed::list;
use docent::{
    config::DocSet,
    corpus::{self, Document, EntryKind, PrivatePaths, Site},
};
use std::{
    fs,
    time::{Duration, Instant},
};

/// What docent makes of a file.
fn page(name: &str, text: &str) -> Document {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(name), text).expect("a file");
    let private = PrivatePaths::default();
    let set = DocSet::new("set", folder.path());
    let listing = list(&set, &private).expect("a listing");
    let site = Site::of(&set, &private);
    let parsed = corpus::read(&set, &site, &listing.files[0]);
    parsed
        .documents
        .expect("documents")
        .into_iter()
        .next()
        .expect("a page")
}

/// Its entries: their kind, names, and text.
fn entries(document: &Document) -> Vec<(EntryKind, Vec<&str>, &str)> {
    let entries = document.entries.iter();
    entries
        .map(|entry| {
            (
                entry.kind,
                entry.names.iter().map(String::as_str).collect(),
                &document.sections[entry.section].markdown[entry.range.clone()],
            )
        })
        .collect()
}

#[test]
fn headings_and_rows_are_entries() {
    let document = page(
        "a.md",
        "# Flags\n\nSee [this](ref:x) first.\n\n## All flags {#all}\n\n> ### Quoted {#q}\n\n\
         | Flag | Meaning |\n|---|---|\n| `--all` | Everything. |\n| none | |\n",
    );
    assert_eq!(
        entries(&document),
        [
            (
                EntryKind::Heading,
                vec!["Flags"],
                document.sections[0].markdown.as_str()
            ),
            (
                EntryKind::Heading,
                vec!["All flags"],
                document.sections[1].markdown.as_str()
            ),
            (EntryKind::Row, vec!["--all"], "| `--all` | Everything. |"),
            (EntryKind::Row, vec!["none"], "| none | |"),
        ]
    );
}

/// The names of a page's entries below its headings, with how each begins and ends.
fn defined(name: &str, text: &str) -> Vec<String> {
    let document = page(name, text);
    let entries = document.entries.iter();
    let entries = entries.filter(|entry| entry.range.start > 0);
    entries
        .map(|entry| {
            let text = &document.sections[entry.section].markdown[entry.range.clone()];
            let mut words = text.split_whitespace();
            let end = words.next_back().unwrap_or_default();
            let names = entry.names.join(", ");
            let anchor = entry.anchor.as_ref();
            let anchor = anchor.map(|anchor| format!(" #{anchor}"));
            format!(
                "{:?} {names}{}: … {end}",
                entry.kind,
                anchor.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn rows_of_an_index_define_nothing_with_what_describes_them() {
    let index = "# Index\n\n| | |\n|---|---|\n| [AllowOverride](core.md#a) | [core](core.md) |\n| What may be overridden by `.htaccess` | |\n\
        | [Header](headers.md#h) | [headers](headers.md) |\n| Configure response headers | |\n";
    assert_eq!(defined("index.md", index), [""; 0]);
    let table = "# Modes\n\n| Mode | Meaning |\n|---|---|\n| `fast` | |\n| [other](b.md) | none |\n| `slow` | It takes long. |\n";
    assert_eq!(
        defined("modes.md", table),
        ["Row fast: … |", "Row slow: … |"]
    );
}

#[test]
fn terms_above_what_they_define() {
    let html = "<h1>psql</h1><p>It reads.</p><dl><dt><code>-a</code><br><code>--echo-all</code></dt><dd><p>Print all.</p><p>Or most.</p></dd>\
        <dt><code>-c <i>command</i></code></dt><dd><p>Run it:</p><pre>psql -c x</pre><ul><li>once</li></ul></dd>\
        <dt><a id=\"VAR\"></a>ON_ERROR_STOP</dt><dd>Stop.</dd></dl><p>That is all.</p><h2>Notes</h2><p>None.</p>";
    assert_eq!(
        defined("a.html", html),
        [
            "Option -a, --echo-all: … most.",
            "Option -c: … once",
            "Term ON_ERROR_STOP #VAR: … all.",
        ]
    );
    let man = ".TH LS 1\n.SH NAME\nls, dir \\- list files\n.SH OPTIONS\n.TP\n.BR \\-a ,\\  \\-\\-all\nAll of them.\n.TP\n\\fB\\-\\-color\\fR[=\\fIWHEN\\fR]\nIn color.\n.SH FILES\n.TP\n.I /etc/ls.conf\nSettings.\n";
    assert_eq!(
        defined("ls.1", man),
        [
            "Option -a, --all: … them.",
            "Option --color: … color.",
            "Term /etc/ls.conf: … Settings.",
        ]
    );
    let document = page("ls.1", man);
    assert_eq!(document.entries[0].names, ["ls", "dir"]);
    let mdoc = ".Dd May 1\n.Dt GET 1\n.Os\n.Sh NAME\n.Nm get\n.Nd gets\n.Sh DESCRIPTION\nIt gets.\n.Bl -tag\n.It Fl f Ar file\nFrom it.\n.It Fl v , Fl -verbose\nSay more.\n.El\n";
    assert_eq!(
        defined("get.1", mdoc),
        ["Option -f: … it.", "Option -v, --verbose: … more."]
    );
    let adoc = "= Tool\n\nText.\n\n--[no-]verify::\n  Check.\n\n-s <name>::\n--strategy=<name>::\n  Which.\n";
    assert_eq!(
        defined("tool.adoc", adoc),
        [
            "Option --verify, --no-verify: … Check.",
            "Option -s, --strategy: … Which.",
        ]
    );
    let rst = "Title\n=====\n\nText.\n\nterm\n  What it is.\n\n``code_name``\n  Of code.\n\n-f FILE, --file=FILE  Reads it.\n-q                    Quiet.\n";
    let names = defined("a.rst", rst);
    assert_eq!(names.len(), 4, "{names:?}");
}

#[test]
fn items_that_begin_with_a_name() {
    let items = "# T\n\nText.\n\n- `callbackFn`\n  - A function.\n- `thisArg` (optional)\n  - A value.\n- **containers** ([][Container]), required\n\n  List.\n\n- **Fast**: it is.\n- *bool*: yes or no\n- `a`, `b` - both\n- Use `this` one.\n- [`other`](other.md): elsewhere\n";
    assert_eq!(
        defined("a.md", items),
        [
            "Term callbackFn: … function.",
            "Term thisArg: … value.",
            "Term containers: … List.",
            "Term Fast: … is.",
            "Term bool: … no",
            "Term a, b: … both",
        ]
    );
    let all = "# T\n\nText.\n\n- `PGHOST` behaves the same.\n- `PGPORT` does, too.\n";
    assert_eq!(
        defined("a.md", all),
        ["Term PGHOST: … same.", "Term PGPORT: … too."]
    );
    let some =
        "# T\n\nText.\n\n- `load()` returns faster.\n- Fixed `dump()`.\n1. `make` it\n2. `run`\n";
    assert!(defined("a.md", some).is_empty());
    let functions = "<h1>F</h1><p>T.</p><table><tr><th><p>Function</p><p>Says</p></th></tr>\
        <tr><td><p><code>set_config</code> ( <code>name</code> <code>text</code> ) → <code>text</code></p><p>Sets it.</p></td></tr>\
        <tr><td><p><code>json</code> <code>-&gt;</code> <code>integer</code> → <code>json</code></p><p><code>jsonb</code> <code>-&gt;</code> <code>integer</code> → <code>jsonb</code></p><p>Extracts.</p></td></tr></table>";
    assert_eq!(
        defined("a.html", functions),
        ["Signature set_config: … it.", "Signature ->: … Extracts."]
    );
}

#[test]
fn rows_and_what_continues_them() {
    let flags = "# T\n\nText.\n\n<table><tbody>\n<tr><td colspan=\"2\">--admission-control strings</td></tr>\n<tr><td></td><td>Which run.</td></tr>\n\
        <tr><td colspan=\"2\">-v, --v Level</td></tr>\n<tr><td></td><td>How much.</td></tr>\n</tbody></table>\n";
    assert_eq!(
        defined("a.md", flags),
        ["Row --admission-control: … |", "Row -v, --v: … |",]
    );
    let document = page("a.md", flags);
    let section = &document.sections[0].markdown;
    let entry = document
        .entries
        .iter()
        .find(|entry| entry.kind == EntryKind::Row);
    let entry = entry.expect("a row");
    assert!(section[entry.range.clone()].contains("Which run."));
    assert!(!section[entry.range.clone()].contains("How much."));

    let rows = "<h1>T</h1><p>Text.</p><table><tr><th>Code</th><th>Name</th></tr>\
        <tr id=\"class-01\"><td><code>01000</code></td><td><code>warning_of</code></td></tr>\
        <tr><td><a name=\"e2\"></a>SQLITE_BUSY</td><td>Busy.</td></tr>\
        <tr><td><a href=\"x.html\">elsewhere</a></td><td>There.</td></tr>\
        <tr><td>A first cell that is no name of anything but a sentence</td><td>x</td></tr></table>";
    assert_eq!(
        defined("a.html", rows),
        [
            "Row 01000, warning_of #class-01: … |",
            "Row SQLITE_BUSY #e2: … |"
        ]
    );
}

#[test]
fn the_marks_of_addresses_show_nowhere() {
    let rows = "<h1>T</h1><p>Text.</p><table><tr><th>A</th><th>B</th></tr><tr id=\"e1\"><td>x_y</td><td>z</td></tr></table><blockquote><dl><dt id=\"q\">T_1</dt><dd>D</dd></dl></blockquote>";
    for document in [
        page("a.html", rows),
        page(
            "a.md",
            "# T\n\nText.\n\n<dl><dt id=\"x\">a</dt><dd>B.</dd></dl>\n\n<table><tr id=\"y\"><td>c_d</td><td>e</td></tr></table>\n",
        ),
    ] {
        for section in &document.sections {
            assert!(
                !section.markdown.contains("anchor:"),
                "{}",
                section.markdown
            );
        }
        assert!(
            document
                .pieces
                .iter()
                .all(|piece| !piece.text.contains("anchor:"))
        );
        assert!(document.links.is_empty());
    }
    // A link that an author writes is none, with words or without.
    let document = page(
        "a.md",
        "# T\n\nSee [this](anchor:x).\n\n**a**[](anchor:y)\nB.\n",
    );
    assert!(document.sections[0].markdown.contains("[this](anchor:x)"));
    assert!(document.entries.iter().all(|entry| entry.anchor.is_none()));
}

#[test]
fn sentences_are_no_names() {
    let text = "# T\n\n**Note:** read it.\n\n**Example:**\n\n```\nx\n```\n\nRun:\n\n`make`\n\n*This is how it is.*\nSo.\n\n`foo` does it.\n\n\
        > **term**\n> Of somebody else.\n\n**[`a`](a.md)**\nElsewhere.\n";
    assert!(defined("a.md", text).is_empty());
}

#[test]
fn a_title_beside_the_text_names_the_page() {
    let document = page(
        "a.md",
        "---\ntitle: Set-Cookie header\n---\n\nThe header.\n\n## Syntax\n\nx\n",
    );
    let entry = &document.entries[0];
    assert_eq!(entry.names, ["Set-Cookie header", "Set-Cookie"]);
    assert_eq!((entry.section, entry.range.clone()), (0, 0..11));
}

#[test]
fn hostile_pages_are_read_in_time_and_within_bounds() {
    let started = Instant::now();
    let rows = format!(
        "# T\n\n| a | b |\n|---|---|\n{}",
        "| `x_y` | |\n| | z |\n".repeat(50_000)
    );
    let items = format!("# T\n\n{}", "- `a`: b\n".repeat(100_000));
    let terms = format!("# T\n\n{}", "**`-a`**\nb\n\n".repeat(100_000));
    let nested = format!("# T\n\n{}`a`: b\n", "- ".repeat(10_000));
    let heading = format!("# {}\n\nText.\n", "`a(` ".repeat(200_000));
    let code = format!("# T\n\n**{}\n", "`-a ".repeat(100_000));
    let names = format!(
        "# T\n\n- `{}`: b\n- **{}**: c\n",
        "a".repeat(10_000),
        "--a ".repeat(3_000)
    );
    let marks = format!("# T\n\n{}\n", "`a`[](anchor:x) ".repeat(50_000));
    for text in [rows, items, terms, nested, heading, code, names, marks] {
        let document = page("a.md", &text);
        assert!(document.entries.len() <= 20_000);
        for entry in &document.entries {
            assert!((1..=32).contains(&entry.names.len()));
            assert!(entry.names.iter().all(|name| name.len() <= 200));
            let section = &document.sections[entry.section].markdown;
            assert!(
                section
                    .get(entry.range.clone())
                    .is_some_and(|text| !text.is_empty())
            );
        }
    }
    assert!(
        started.elapsed() < Duration::from_secs(120),
        "{:?}",
        started.elapsed()
    );
}
