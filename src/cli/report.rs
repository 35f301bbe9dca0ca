//! What was read, as text or JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    config::DocSet,
    corpus::{Skipped, Version},
    search::{FoundEditions, Report, SetReport},
    service::{FullSet, thousands},
};

use super::style::Style;

/// Files that stand as examples for a reason to skip.
pub(super) const EXAMPLES: usize = 3;

/// Versions and languages that are named.
const MAX_VERSIONS: usize = 12;

/// One paragraph for each set, and a line for all. `sets` are those of the report, as configured.
pub(super) fn text(sets: &[DocSet], report: &Report, style: Style) -> String {
    let mut text = String::new();
    for (set, found) in sets.iter().zip(&report.sets) {
        text += &set_text(set, found, style);
    }
    let _ = writeln!(
        text,
        "{} in {}, {}",
        count(pages(report), "page"),
        count(report.sets.len(), "document set"),
        took(report),
    );
    for missing in &report.missing {
        let set = report.sets.iter().find(|set| set.name == missing.set);
        let stays = match set.map_or(0, |set| set.pages) {
            0 => "is waited for",
            _ => "keeps the pages it had",
        };
        let _ = writeln!(
            text,
            "warning: `{}` {stays}: {}",
            missing.set,
            printable(&missing.reason),
        );
    }
    for full in report.sets.iter().filter_map(FullSet::of) {
        let _ = writeln!(text, "warning: {}\n  help: {}", full.told(), full.help());
    }
    for pattern in idle(sets, report) {
        let _ = writeln!(
            text,
            "warning: no page is meant by `{}` in `boost` or `demote`\n  help: a pattern begins at the folder of a set, without the set's name, and letters are as they are in the path",
            printable(pattern),
        );
    }
    for loss in &report.losses {
        let help = if loss.is_total() {
            "if that is right, take the set out of the configuration, or start once with --rebuild"
        } else {
            "if that is right, reload docent (SIGHUP; systemctl reload docent.service), or start once with --rebuild"
        };
        let _ = writeln!(
            text,
            "warning: `{}` had {}, and {} would be left: it keeps the earlier ones\n  help: {help}",
            loss.set,
            count(loss.before, "page"),
            thousands(loss.after),
        );
    }
    text
}

/// Patterns that mean no page in any set that they are for.
fn idle<'a>(sets: &'a [DocSet], report: &Report) -> BTreeSet<&'a str> {
    let of = |set: &'a DocSet| set.boosts.iter().filter_map(|boost| boost.path.as_deref());
    let mut idle: BTreeSet<&str> = sets.iter().flat_map(of).collect();
    for (set, found) in sets.iter().zip(&report.sets) {
        for pattern in of(set).filter(|pattern| !found.idle.iter().any(|it| it == pattern)) {
            idle.remove(pattern);
        }
    }
    idle
}

fn took(report: &Report) -> String {
    let seconds = report.took.as_secs_f64();
    match (report.rebuilt, report.read) {
        (Some(why), read) => format!(
            "read {} again in {seconds:.1} s: {why}",
            count(read, "file")
        ),
        (None, 0) if pages(report) == 0 => format!("nothing to read ({seconds:.1} s)"),
        (None, 0) => format!("nothing has changed ({seconds:.1} s)"),
        (None, read) => format!("read {} in {seconds:.1} s", count(read, "file")),
    }
}

/// Pages of all sets.
pub(super) fn pages(report: &Report) -> usize {
    report.sets.iter().map(|set| set.pages).sum()
}

/// Everything, each skipped file included.
pub(super) fn json(sets: &[DocSet], report: &Report) -> Value {
    let sets: Vec<Value> = sets
        .iter()
        .zip(&report.sets)
        .map(|(set, found)| {
            let skipped: Vec<Value> = found
                .skipped
                .iter()
                .map(|file| json!({"path": file.path, "reason": file.reason.to_string()}))
                .collect();
            let doubtful: Vec<Value> = found
                .doubtful
                .iter()
                .map(|file| json!({"path": file.path, "reason": file.doubt.to_string()}))
                .collect();
            json!({
                "name": set.name,
                "path": set.root.display().to_string(),
                "base_url": set.base_url,
                "pages": found.pages,
                "sections": found.sections,
                "skipped": skipped,
                "cut": found.cut,
                "doubtful_encoding": doubtful,
                "editions": editions_json(&found.editions),
                "left_out": found.left_out.as_ref().map(|left_out| {
                    json!({"blocks": left_out.blocks, "example": left_out.example})
                }),
            })
        })
        .collect();
    json!({
        "sets": sets,
        "pages": pages(report),
        "seconds": report.took.as_secs_f64(),
    })
}

fn set_text(configured: &DocSet, set: &SetReport, style: Style) -> String {
    let mut text = format!(
        "{}  {}\n  {}, {}\n",
        style.title(&set.name),
        style.aside(&printable(&configured.root.display().to_string())),
        count(set.pages, "page"),
        count(set.sections, "section"),
    );
    if !set.cut.is_empty() {
        let _ = writeln!(
            text,
            "  more headings or links than are looked at (their text is all there): {}",
            style.aside(&examples(&set.cut)),
        );
    }
    if !set.doubtful.is_empty() {
        let paths: Vec<&str> = set.doubtful.iter().map(|file| file.path.as_str()).collect();
        let _ = writeln!(
            text,
            "  encoding not certain (they are served; -v says how each was read): {}",
            style.aside(&examples(&paths)),
        );
    }
    if let Some(left_out) = &set.left_out {
        let _ = writeln!(
            text,
            "  left out, as it stands around the text of most pages: {}, such as {}",
            count(left_out.blocks, "block"),
            style.aside(&format!("“{}”", beginning(&printable(&left_out.example)))),
        );
    }
    text += &editions_text(configured, &set.editions, style);
    let skipped = skipped(set).count();
    if skipped == 0 {
        return text;
    }
    let _ = writeln!(text, "  skipped {}:", count(skipped, "file"));
    let mut reasons: Vec<_> = by_reason(set).into_iter().collect();
    reasons.sort_by_key(|(_, paths)| std::cmp::Reverse(paths.len()));
    for (reason, paths) in reasons {
        let _ = writeln!(
            text,
            "  {:>6}  {reason}: {}",
            thousands(paths.len()),
            style.aside(&examples(&paths)),
        );
    }
    text
}

/// Of a set that is full, the first file beyond stands for more than itself: a warning tells of it.
fn skipped(set: &SetReport) -> impl Iterator<Item = &Skipped> {
    set.skipped.iter().filter(|file| !file.reason.is_beyond())
}

/// The first few paths.
fn examples(paths: &[impl AsRef<str>]) -> String {
    let shown = paths.iter().take(EXAMPLES);
    let mut shown: Vec<String> = shown.map(|path| printable(path.as_ref())).collect();
    if paths.len() > EXAMPLES {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// As much of a text as fits into a line.
fn beginning(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// Reasons without their details: "not well-formed: line 3" counts as "not well-formed".
fn by_reason(set: &SetReport) -> BTreeMap<String, Vec<&str>> {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for file in skipped(set) {
        let reason = file.reason.to_string();
        let reason = reason.split(": ").next().unwrap_or_default();
        reasons
            .entry(printable(reason))
            .or_default()
            .push(&file.path);
    }
    reasons
}

/// File names may hold anything; a terminal should not obey them.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// "1,169 pages".
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", thousands(number))
}

/// Which versions and languages a set holds, and what to write about them: lines of its paragraph; empty where there is nothing to tell.
fn editions_text(set: &DocSet, found: &FoundEditions, style: Style) -> String {
    let mut text = String::new();
    let names: Vec<String> = found
        .versions
        .iter()
        .take(MAX_VERSIONS)
        .map(|version| printable(&version.name))
        .collect();
    let mut named = names.join(", ");
    if found.versions.len() > MAX_VERSIONS {
        let _ = write!(named, ", …");
    }
    let default = found.versions.iter().find(|version| version.is_default);
    if let Some(default) = default {
        let name = printable(&default.name);
        let _ = writeln!(
            text,
            "  {} of {}: {}",
            count(found.versions.len(), "version"),
            count(default.pages, "page"),
            style.aside(&named),
        );
        let _ = match set.versions.is_default_alone() {
            true => writeln!(text, "    {name} is searched unless a search names another"),
            false => writeln!(
                text,
                "    all are searched\n    help: add `versions = \"default\"`, and {name} is searched unless a search names another"
            ),
        };
    } else if set.versions.is_default_alone() {
        text += "  warning: no versions are found in its folders: all of it is searched\n";
    }
    for missing in found.missing.iter().take(MAX_VERSIONS) {
        let _ = writeln!(
            text,
            "  warning: no folder is the version `{}`, which `versions` lists",
            printable(missing)
        );
    }
    if !found.unlisted.is_empty() {
        let _ = writeln!(
            text,
            "  warning: not listed in `versions`, and so searched with each of those that are: {}",
            some(&found.unlisted)
        );
    }
    if let Some(wanted) = found.missing_default(set) {
        let _ = writeln!(
            text,
            "  warning: no version is called `{}`, which `default_version` says is the default",
            printable(wanted)
        );
    }
    if !found.languages.is_empty() {
        let languages = some(&found.languages);
        let _ = writeln!(text, "  languages: {}", style.aside(&languages));
    }
    text
}

/// The first of some names.
fn some(names: &[String]) -> String {
    printable(&names[..names.len().min(MAX_VERSIONS)].join(", "))
}

/// The same for programs.
fn editions_json(found: &FoundEditions) -> Value {
    let version = |version: &Version| json!({"name": version.name, "pages": version.pages, "default": version.is_default});
    json!({
        "versions": found.versions.iter().map(version).collect::<Vec<_>>(),
        "languages": found.languages,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Versions,
        corpus::{Editions, Said, Skip, Skipped, Told},
        search::{Loss, Missing},
    };
    use std::time::Duration;

    fn report() -> (Vec<DocSet>, Report) {
        let skipped = |path: String, reason| Skipped { path, reason };
        let malformed = |reason: &str| Skip::Malformed {
            reason: reason.to_owned(),
        };
        let mut handbook: Vec<_> = (0..1200)
            .map(|n| skipped(format!("img/{n}.png"), Skip::Binary))
            .collect();
        handbook.push(skipped("a.json".to_owned(), malformed("line 3")));
        handbook.push(skipped("b\u{1b}[2J.json".to_owned(), malformed("line 9")));
        let set = |name: &str, pages, sections, skipped| SetReport {
            name: name.to_owned(),
            pages,
            sections,
            skipped,
            cut: Vec::new(),
            doubtful: Vec::new(),
            left_out: None,
            editions: FoundEditions::default(),
            idle: Vec::new(),
        };
        let sets = vec![
            DocSet {
                base_url: Some("https://docs.example.com/".to_owned()),
                ..DocSet::new("handbook", "/srv/docs")
            },
            DocSet::new("notes", "/srv/notes.md"),
        ];
        let report = Report {
            sets: vec![
                set("handbook", 1_234_567, 1, handbook),
                set("notes", 1, 3, Vec::new()),
            ],
            read: 2_000,
            took: Duration::from_millis(1250),
            rebuilt: None,
            losses: Vec::new(),
            taken_over: Vec::new(),
            missing: Vec::new(),
            included: Default::default(),
        };
        (sets, report)
    }

    #[test]
    fn as_text() {
        let (sets, report) = report();
        insta::assert_snapshot!(text(&sets, &report, Style::new(false)));
    }

    #[test]
    fn a_loss_of_pages_is_a_warning() {
        let (sets, mut report) = report();
        report.sets.remove(0);
        let loss = |after| Loss {
            set: "notes".to_owned(),
            before: 1_000,
            after,
            files: 0,
        };
        report.losses = vec![loss(3), loss(0)];
        insta::assert_snapshot!(text(&sets[1..], &report, Style::new(false)));
    }

    #[test]
    fn a_missing_folder_is_waited_for_and_what_was_read_of_it_is_kept() {
        let (sets, mut report) = report();
        let missing = |set: &str| Missing {
            set: set.to_owned(),
            reason: "no such folder".to_owned(),
        };
        report.missing = vec![missing("handbook"), missing("notes")];
        report.sets[0].pages = 0;
        let text = text(&sets, &report, Style::new(false));
        assert!(text.contains("`handbook` is waited for: no such"), "{text}");
        assert!(
            text.contains("`notes` keeps the pages it had: no"),
            "{text}"
        );
    }

    #[test]
    fn a_set_that_is_full_is_a_warning_and_no_file() {
        let (sets, mut report) = report();
        report.sets.remove(0);
        report.sets[0].skipped.push(Skipped {
            path: "z/last.md".to_owned(),
            reason: Skip::BeyondMaxSize { limit: 1 << 30 },
        });
        insta::assert_snapshot!(text(&sets[1..], &report, Style::new(false)));
    }

    #[test]
    fn an_empty_folder_is_not_one_that_has_stayed_the_same() {
        let (sets, mut report) = report();
        report.sets.remove(0);
        report.read = 0;
        assert!(text(&sets[1..], &report, Style::new(false)).contains("nothing has changed"));
        report.sets[0].pages = 0;
        let empty = text(&sets[1..], &report, Style::new(false));
        assert!(empty.contains("nothing to read"), "{empty}");
    }

    #[test]
    fn as_json() {
        let (sets, mut report) = report();
        report.sets[0].skipped.drain(..1200);
        let shown = serde_json::to_string_pretty(&json(&sets, &report)).unwrap();
        insta::assert_snapshot!(shown);
    }

    fn editions(folders: &[&str], default: Option<&str>) -> Editions {
        let pages = |folder: &&str| ["a.md", "b.md"].map(|page| format!("{folder}{page}"));
        let paths: Vec<String> = folders.iter().flat_map(pages).collect();
        let told = Told {
            versions: &Versions::All,
            default,
            said: Said::default(),
            links: &|_| Vec::new(),
        };
        Editions::of(told, || paths.iter().map(String::as_str))
    }

    fn found(folders: &[&str]) -> FoundEditions {
        FoundEditions::of(&editions(folders, None))
    }

    #[test]
    fn versions_are_told_with_what_to_write() {
        let versions = found(&["1.0/", "2.0/"]);
        let mut set = DocSet::new("docs", "/srv");
        let told =
            |set: &DocSet, found: &FoundEditions| editions_text(set, found, Style::new(false));
        assert_eq!(
            told(&set, &versions),
            "  2 versions of 2 pages: 2.0, 1.0\n    all are searched\n    help: add `versions = \"default\"`, and 2.0 is \
             searched unless a search names another\n"
        );
        set.versions = Versions::Default;
        assert!(
            told(&set, &versions).contains("\n    2.0 is searched unless a search names another\n")
        );
        assert!(told(&set, &found(&["a/"])).contains("warning: no versions are found"));
        let with_default = |name: &str| {
            let mut set = set.clone();
            set.default_version = Some(name.to_owned());
            let editions = editions(&["1.0/", "2.0/"], Some(name));
            told(&set, &FoundEditions::of_set(&editions, &set))
        };
        assert!(with_default("3.0").contains("warning: no version is called `3.0`"));
        assert!(!with_default("v1.0").contains("warning"));
        let languages = found(&["en/", "de/"]);
        assert_eq!(
            told(&DocSet::new("docs", "/srv"), &languages),
            "  languages: de, en\n"
        );
        assert_eq!(editions_json(&languages)["languages"], json!(["de", "en"]));
        assert_eq!(
            editions_json(&versions)["versions"][0],
            json!({"name": "2.0", "pages": 2, "default": true})
        );
    }
}
