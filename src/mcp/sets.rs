//! Document sets, as answers and descriptions name them.

use std::fmt::Write as _;

use super::{
    line::{count, one_line},
    reply::Reply,
};
use crate::search::SetSummary;

/// Sets that a description lists; the others are counted.
const MAX_SETS: usize = 12;
/// Topics that are named of a set.
const MAX_TOPICS: usize = 8;

/// The set that a client means: its name, whatever the case.
pub(super) fn find_set<'a>(sets: &'a [SetSummary], name: &str) -> Option<&'a SetSummary> {
    sets.iter()
        .find(|set| set.name.eq_ignore_ascii_case(name.trim_end_matches('/')))
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

/// A set with its size, description and topics, as a line of a list.
pub(super) fn set_line(set: &SetSummary) -> String {
    let mut line = format!("- `{}` ({})", set.name, count(set.pages, "page"));
    if let Some(description) = &set.description {
        let _ = write!(line, ": {}", one_line(description, 200));
    }
    let topics: Vec<String> = set
        .topics
        .iter()
        .take(MAX_TOPICS)
        .map(|topic| one_line(topic, 60))
        .filter(|topic| !topic.is_empty())
        .collect();
    if !topics.is_empty() {
        let _ = write!(line, ". Topics: {}", topics.join(", "));
    }
    line.push('\n');
    line
}

/// A line for each set, as far as a text of `limit` bytes has room for them.
pub(super) fn list_sets(text: &mut String, sets: &[SetSummary], limit: usize) {
    for (at, set) in sets.iter().enumerate() {
        let line = set_line(set);
        if at >= MAX_SETS || text.len() + line.len() + 40 > limit {
            let _ = writeln!(text, "- and {}", count(sets.len() - at, "more set"));
            return;
        }
        text.push_str(&line);
    }
}
