//! Document sets, as answers and descriptions name them.

use std::fmt::Write as _;

use super::{
    about::words,
    line::{count, one_line},
    reply::Reply,
};
use crate::{
    config::{ALL, folded},
    search::SetSummary,
};

/// Sets that a description lists; the others are counted.
const MAX_SETS: usize = 12;
/// Headlines that are named of a set.
const MAX_HEADLINES: usize = 8;

/// A set in the operator's words: all that clients are told of it before they ask. Whoever writes
/// documents has no part in it, and it stays the same when documents change.
pub(super) struct Label<'a> {
    name: &'a str,
    title: Option<&'a str>,
    description: Option<&'a str>,
    topics: &'a [String],
}

impl<'a> Label<'a> {
    /// The labels of sets, in their order.
    pub(super) fn of_all(sets: &'a [SetSummary]) -> Vec<Self> {
        sets.iter().map(Self::of).collect()
    }

    fn of(set: &'a SetSummary) -> Self {
        Self {
            name: &set.name,
            title: set.title.as_deref(),
            description: set.description.as_deref(),
            topics: &set.topics,
        }
    }

    /// What people call it.
    pub(super) fn title(&self) -> String {
        words(self.title, 80).unwrap_or_else(|| self.name.to_owned())
    }

    /// What it is about.
    pub(super) fn description(&self) -> Option<String> {
        words(self.description, 200)
    }

    /// ``- `name` (Title): what it is about. Topics: one, another``
    fn line(&self) -> String {
        let mut line = format!("- `{}`", self.name);
        if let Some(title) = words(self.title, 80) {
            let _ = write!(line, " ({title})");
        }
        let description = self.description();
        if let Some(description) = &description {
            let _ = write!(line, ": {description}");
        }
        let topics: Vec<String> = self.topics.iter().map(|it| one_line(it, 60)).collect();
        if !topics.is_empty() {
            let between = match &description {
                Some(text) if text.ends_with(['.', '!', '?', '…']) => " Topics: ",
                Some(_) => ". Topics: ",
                None => ": ",
            };
            let _ = write!(line, "{between}{}", topics.join(", "));
        }
        line.push('\n');
        line
    }
}

/// A line for each set, as far as a text of `limit` bytes has room for them.
pub(super) fn list_labels(text: &mut String, labels: &[Label<'_>], limit: usize) {
    for (at, label) in labels.iter().enumerate() {
        let line = label.line();
        if at >= MAX_SETS || text.len() + line.len() + 40 > limit {
            let _ = writeln!(text, "- and {}", count(labels.len() - at, "more set"));
            return;
        }
        text.push_str(&line);
    }
}

/// The names of sets, as far as `limit` bytes have room for them.
pub(super) fn names(labels: &[Label<'_>], limit: usize) -> String {
    let mut text = String::new();
    for (at, label) in labels.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        if at > 0 && text.len() + label.name.len() + 20 > limit {
            let _ = write!(text, " and {} more", labels.len() - at);
            return text;
        }
        let _ = write!(text, "{comma}`{}`", label.name);
    }
    text
}

/// A set with its size and with what its documents call themselves: only for within a fence.
pub(super) fn contents_line(set: &SetSummary) -> String {
    let mut line = Label::of(set).line();
    line.truncate(line.trim_end().len());
    let _ = write!(line, " ({})", count(set.pages, "page"));
    if let Some(title) = &set.first_title {
        let _ = write!(line, "; its first page: {}", one_line(title, 120));
    }
    let headlines = set.headlines.iter().take(MAX_HEADLINES);
    let headlines: Vec<String> = headlines
        .map(|headline| one_line(headline, 60))
        .filter(|headline| !headline.is_empty())
        .collect();
    if !headlines.is_empty() {
        let _ = write!(line, "; in it: {}", headlines.join(", "));
    }
    line.push('\n');
    line
}

/// The set that a call is about, by its argument; `None`: all of them. Clients that make every argument
/// a required one have a word for that.
pub(super) fn chosen_set<'a>(
    name: Option<&str>,
    sets: &'a [SetSummary],
) -> Result<Option<&'a SetSummary>, Reply> {
    let Some(name) = name else {
        return Ok(None);
    };
    if name.eq_ignore_ascii_case(ALL) {
        return Ok(None);
    }
    match find_set(sets, name) {
        Some(set) => Ok(Some(set)),
        None => Err(unknown_set(name, sets)),
    }
}

/// The set that a client means: its name, whatever the case and the composition of letters.
pub(super) fn find_set<'a>(sets: &'a [SetSummary], name: &str) -> Option<&'a SetSummary> {
    let name = name.trim_end_matches('/');
    let exact = sets.iter().find(|set| set.name == name);
    exact.or_else(|| {
        let name = folded(name);
        sets.iter().find(|set| set.name == name)
    })
}

/// The reply to a set that does not exist.
pub(super) fn unknown_set(name: &str, sets: &[SetSummary]) -> Reply {
    let name = one_line(name, 80);
    Reply::error(format!(
        "There is no document set `{name}`. {}",
        valid_sets(sets)
    ))
}

/// The names of all sets, for whoever has named another.
pub(super) fn valid_sets(sets: &[SetSummary]) -> String {
    let names: Vec<String> = sets
        .iter()
        .take(50)
        .map(|set| format!("`{}` ({})", set.name, count(set.pages, "page")))
        .collect();
    format!("Document sets: {}.\n", names.join(", "))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::config::DocSet;

    /// Sets as they are configured, without a document.
    pub(in crate::mcp) fn labelled(sets: &[DocSet]) -> Vec<SetSummary> {
        let summary = |set: &DocSet| SetSummary {
            name: set.name.clone(),
            title: set.title.clone(),
            description: set.description.clone(),
            topics: set.topics.clone(),
            ..SetSummary::default()
        };
        sets.iter().map(summary).collect()
    }

    fn set() -> SetSummary {
        SetSummary {
            name: "pg".into(),
            description: Some("All about PostgreSQL.".into()),
            topics: vec!["backup".into(), "replication".into()],
            pages: 1_168,
            sections: 9_000,
            first_title: Some("PostgreSQL 15\nDocumentation".into()),
            headlines: vec!["SQL Commands".into()],
            ..SetSummary::default()
        }
    }

    #[test]
    fn a_label_has_the_words_of_the_configuration_alone() {
        let mut set = set();
        let described = "- `pg`: All about PostgreSQL. Topics: backup, replication\n";
        assert_eq!(Label::of(&set).line(), described);
        set.description = Some("All about PostgreSQL".into());
        assert_eq!(Label::of(&set).line(), described);
        set.description = None;
        assert_eq!(Label::of(&set).line(), "- `pg`: backup, replication\n");
        set.topics.clear();
        assert_eq!(Label::of(&set).line(), "- `pg`\n");
        set.title = Some("PostgreSQL\n15".into());
        assert_eq!(Label::of(&set).line(), "- `pg` (PostgreSQL 15)\n");
    }

    #[test]
    fn a_set_is_found_in_any_case_and_composition() {
        let mut sets = [set(), set()];
        sets[1].name = "überblick".into();
        for (name, expected) in [
            ("PG", Some("pg")),
            ("pg/", Some("pg")),
            ("ÜBERBLICK", Some("überblick")),
            ("U\u{308}berblick", Some("überblick")),
            ("uberblick", None),
        ] {
            let found = find_set(&sets, name).map(|set| set.name.as_str());
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn names_are_listed_as_far_as_there_is_room() {
        let all: Vec<_> = (0..30)
            .map(|at| DocSet::new(format!("set-{at}"), "/"))
            .collect();
        let sets = labelled(&all);
        let labels = Label::of_all(&sets);
        assert_eq!(names(&labels[..2], 100), "`set-0`, `set-1`");
        let few = names(&labels, 100);
        assert!(few.len() <= 100 && few.ends_with(" more"), "{few}");
    }

    #[test]
    fn contents_add_what_the_documents_say() {
        assert_eq!(
            contents_line(&set()),
            "- `pg`: All about PostgreSQL. Topics: backup, replication (1168 pages); its first page: \
             PostgreSQL 15 Documentation; in it: SQL Commands\n"
        );
    }
}
