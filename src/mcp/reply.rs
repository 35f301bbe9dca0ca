//! What a tool answers.

use crate::search::SearchError;

/// What a tool answers: text for the model, and what the log says of it.
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) hits: usize,
    pub(super) is_error: bool,
}

impl Reply {
    pub(super) fn text(text: String, hits: usize) -> Self {
        Self {
            text,
            hits,
            is_error: false,
        }
    }

    /// A failure that the model can read and mend.
    pub(super) fn error(text: String) -> Self {
        Self {
            text,
            hits: 0,
            is_error: true,
        }
    }

    /// The index failed; the details are for the operator.
    pub(super) fn broken(error: &SearchError) -> Self {
        tracing::error!(target: "docent::search", %error, "the index does not answer");
        Self::error("The documentation cannot be searched at the moment; try again later.".into())
    }
}
