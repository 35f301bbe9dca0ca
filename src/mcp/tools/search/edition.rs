//! The arguments `version` and `language`: which of several versions, and of several languages, to search.

use std::fmt::Write as _;

use crate::mcp::{line::one_line, reply::Reply};
use crate::search::{Query, SetSummary, Snapshot};

/// Names that are told of a set.
const MAX_NAMES: usize = 20;
/// Sets whose names are told.
const MAX_SETS: usize = 12;

/// Names of a version that any set has.
const ANY_VERSION: [&str; 5] = ["all", "any", "default", "latest", "stable"];
/// What some clients write who have to fill in every argument.
const ANY_LANGUAGE: [&str; 3] = ["all", "any", "*"];

/// The language that a client asks for, if it asks for one.
pub(super) fn language(written: Option<String>) -> Option<String> {
    let is_any = |name: &String| {
        ANY_LANGUAGE
            .iter()
            .any(|any| name.eq_ignore_ascii_case(any))
    };
    written.filter(|name| !is_any(name))
}

/// What a client is told that asks for a version of sets that hold none: it has changed nothing.
pub(super) fn passed_over(text: &mut String, query: &Query, sets: &[SetSummary]) {
    let asked = |set: &&SetSummary| query.set.as_ref().is_none_or(|name| *name == set.name);
    let mut versions = sets.iter().filter(asked).map(|set| &set.versions);
    let Some(version) = &query.version else {
        return;
    };
    if ANY_VERSION
        .iter()
        .any(|name| version.eq_ignore_ascii_case(name))
        || versions.any(|versions| !versions.is_empty())
    {
        return;
    }
    let version = one_line(version, 60);
    let whose = match &query.set {
        Some(set) => format!("`{set}`"),
        None => "No document set".to_owned(),
    };
    let has = if query.set.is_some() { "has no" } else { "has" };
    let _ = writeln!(
        text,
        "{whose} {has} versions to choose from: `{version}` was passed over."
    );
}

/// What a client is told that asks for a version, or a language, that there is not; `None`: there is, or there are no versions to
/// choose from.
pub(super) fn unknown(query: &Query, snapshot: &Snapshot) -> Option<Reply> {
    let told = |what: &str, name: &Option<String>, names: fn(&SetSummary) -> Vec<String>| {
        let name = one_line(name.as_deref().unwrap_or_default(), 60);
        let sets = snapshot.sets().iter();
        let asked = sets.filter(|set| query.set.as_ref().is_none_or(|name| *name == set.name));
        let valid = valid(what, asked, names);
        let told = format!("There is no {what} `{name}`. {valid}");
        Reply::error(told.trim_end().to_owned())
    };
    if snapshot.lacks_version(query) {
        return Some(told("version", &query.version, versions));
    }
    snapshot
        .lacks_language(query)
        .then(|| told("language", &query.language, languages))
}

/// ``Versions of `guide`: `2.1`, `2.0`.`` The names are those of folders, and so are in the form of code.
fn valid<'a>(
    what: &str,
    sets: impl Iterator<Item = &'a SetSummary>,
    names: fn(&SetSummary) -> Vec<String>,
) -> String {
    let some = sets
        .map(|set| (&set.name, names(set)))
        .filter(|(_, names)| !names.is_empty());
    let told = some.take(MAX_SETS).map(|(set, names)| {
        let shown: Vec<&str> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
        let more = match names.len().saturating_sub(MAX_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("`{set}` has {}{more}", shown.join(", "))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return String::new();
    }
    let all = if what == "version" {
        " `all` means every one."
    } else {
        ""
    };
    format!("{}.{all}", told.join("; "))
}

fn languages(set: &SetSummary) -> Vec<String> {
    let names = set.languages.iter();
    names
        .map(|name| format!("`{}`", one_line(name, 60)))
        .collect()
}

fn versions(set: &SetSummary) -> Vec<String> {
    let name = |version: &String| {
        let name = one_line(version, 60);
        match set.default_version.as_ref() == Some(version) {
            true => format!("`{name}` (searched where none is named)"),
            false => format!("`{name}`"),
        }
    };
    set.versions.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_language_is_none() {
        let read = |name: &str| language(Some(name.to_owned()));
        assert_eq!(read("de").as_deref(), Some("de"));
        for any in ["all", "Any", "*"] {
            assert_eq!(read(any), None, "{any}");
        }
        assert_eq!(language(None), None);
        assert_eq!(valid("language", [].iter(), languages), "");
    }

    #[test]
    fn a_version_of_what_has_none_is_told_of() {
        let sets = [
            SetSummary {
                name: "plain".to_owned(),
                ..SetSummary::default()
            },
            SetSummary {
                name: "guide".to_owned(),
                versions: vec!["2.0".to_owned()],
                ..SetSummary::default()
            },
        ];
        let told = |set: Option<&str>, version: &str, sets: &[SetSummary]| {
            let query = Query {
                set: set.map(str::to_owned),
                version: Some(version.to_owned()),
                ..Query::new("keys")
            };
            let mut text = String::new();
            passed_over(&mut text, &query, sets);
            text
        };
        let plain = told(Some("plain"), "1.2\n3", &sets);
        assert!(
            plain.contains("`plain`") && plain.contains("`1.2 3`"),
            "{plain}"
        );
        assert_eq!(plain.lines().count(), 1);
        assert!(told(None, "1.2", &sets[..1]).contains("No document set has versions"));
        for (set, version) in [
            (None, "1.2"),
            (Some("guide"), "2.0"),
            (Some("plain"), "Latest"),
        ] {
            assert_eq!(told(set, version, &sets), "", "{set:?} {version}");
        }
        let none = Query::new("keys");
        let mut text = String::new();
        passed_over(&mut text, &none, &sets[..1]);
        assert_eq!(text, "");
    }

    #[test]
    fn the_versions_that_there_are_are_named_with_their_sets() {
        let set = |name: &str, versions: &[&str]| SetSummary {
            name: name.to_owned(),
            versions: versions.iter().map(|&it| it.to_owned()).collect(),
            ..SetSummary::default()
        };
        let many: Vec<String> = (0..30).map(|at| format!("1.{at}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let sets = [
            SetSummary {
                default_version: Some("2.0".to_owned()),
                ..set("guide", &["2.0", "1.0"])
            },
            set("plain", &[]),
            set("api", &many),
        ];
        let told = valid("version", sets.iter(), versions);
        assert!(
            told.starts_with(
                "`guide` has `2.0` (searched where none is named), `1.0`; `api` has `1.0`, `1.1`"
            ),
            "{told}"
        );
        assert!(
            told.ends_with("`1.19` and 10 more. `all` means every one."),
            "{told}"
        );
        assert!(!told.contains("plain"));
    }
}
