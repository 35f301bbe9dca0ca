//! The arguments `version` and `language`: which of several versions, and of several languages, to search.

use crate::mcp::{line::one_line, reply::Reply};
use crate::search::{Query, SetSummary, Snapshot};

/// Names that are told of a set.
const MAX_NAMES: usize = 20;
/// Sets whose names are told.
const MAX_SETS: usize = 12;

/// What a client is told that asks for a version, or a language, that there is not; `None`: there is, or there are none to
/// choose from.
pub(super) fn unknown(query: &Query, snapshot: &Snapshot) -> Option<Reply> {
    let told = |what: &str, name: &Option<String>, names: fn(&SetSummary) -> Vec<String>| {
        let name = one_line(name.as_deref().unwrap_or_default(), 60);
        let sets = snapshot.sets().iter();
        let asked = sets.filter(|set| query.set.as_ref().is_none_or(|name| *name == set.name));
        Reply::error(format!(
            "There is no {what} `{name}`. {}",
            valid(what, asked, names)
        ))
    };
    if snapshot.lacks_version(query) {
        return Some(told("version", &query.version, versions));
    }
    snapshot
        .lacks_language(query)
        .then(|| told("language", &query.language, |set| set.languages.clone()))
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
    let all = if what == "version" {
        " `all` means every one."
    } else {
        ""
    };
    format!("{}.{all}", told.join("; "))
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
