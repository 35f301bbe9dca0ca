//! Whose documentation this is.

use super::line::one_line;

/// Whose documentation this is and what it is about, in the operator's words: what clients are told before they
/// ask, beside the labels of sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Such as `Lantern Handbook`.
    pub title: Option<String>,
    /// A sentence or two.
    pub description: Option<String>,
}

impl About {
    /// The title, in one line.
    pub(super) fn title(&self) -> Option<String> {
        words(self.title.as_deref(), 80)
    }

    /// The description, in one line.
    pub(super) fn description(&self) -> Option<String> {
        words(self.description.as_deref(), 600)
    }
}

/// One line; `None` where nothing is said.
pub(super) fn words(text: Option<&str>, limit: usize) -> Option<String> {
    let line = one_line(text?, limit);
    (!line.is_empty()).then_some(line)
}

/// With an end, as a sentence has it.
pub(super) fn sentence(text: &str) -> String {
    let is_ended = text.ends_with(['.', '!', '?', '…', '。', '！', '？', ':']);
    format!("{text}{}", if is_ended { "" } else { "." })
}
