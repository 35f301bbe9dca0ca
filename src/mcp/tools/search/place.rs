//! The argument `path`: where in the documents to search.

use crate::mcp::{
    line::one_line,
    reply::Reply,
    sets::{find_set, valid_sets},
};
use crate::search::SetSummary;

/// The set and the start of paths in it that a path means: one in the set that is named, or with its set before it.
pub(super) fn place(
    set: Option<String>,
    path: &str,
    sets: &[SetSummary],
    pages: &dyn Fn(Option<&str>, &str) -> usize,
) -> Result<(Option<String>, String), Reply> {
    let path = path.strip_prefix("docent://").unwrap_or(path);
    let path = path.trim_matches('`').trim_start_matches('/');
    let path = path.trim_end_matches('*');
    let named = path.split_once('/').unwrap_or((path, ""));
    let named = find_set(sets, named.0).map(|set| (set.name.as_str(), named.1));
    let named = named.filter(|(name, _)| set.as_deref().is_none_or(|set| set == *name));
    // A folder may be called as a set is.
    if let Some((name, rest)) = named.filter(|_| pages(set.as_deref(), path) == 0) {
        if pages(Some(name), rest) > 0 {
            return Ok((Some(name.to_owned()), rest.to_owned()));
        }
    } else if pages(set.as_deref(), path) > 0 {
        return Ok((set, path.to_owned()));
    }
    let within = set.map_or_else(String::new, |set| format!(" of the set `{set}`"));
    Err(Reply::error(format!(
        "No page{within} has a path that begins with `{}`. Paths are what the ids of pages have behind their set: \
         searches and listings show them. {}",
        one_line(path, 120),
        valid_sets(sets)
    )))
}
