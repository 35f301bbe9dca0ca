//! The names in a heading or a cell.

/// A longer name is none. In bytes.
const MAX_NAME: usize = 200;

/// The names that a heading gives to its section.
pub(super) fn of_heading(text: &str) -> Vec<String> {
    name(text).into_iter().collect()
}

/// The names that a table's first cell gives to its row.
pub(super) fn of_cell(text: &str) -> Vec<String> {
    name(text).into_iter().collect()
}

/// Adds to a text that may be a name, as long as it may be one.
pub(super) fn push_bounded(out: &mut String, text: &str) {
    if out.len() <= MAX_NAME {
        out.extend(text.chars().take(MAX_NAME + 1));
    }
}

fn name(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= MAX_NAME).then(|| text.to_owned())
}
