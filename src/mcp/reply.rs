//! What a tool answers.

use super::{
    pool::Failed,
    seen::{Matched, Seen},
};
use crate::{error::chain, search::SearchError};

/// What a tool answers: text for the model, and what the log says of it.
pub(super) struct Reply {
    pub(super) text: String,
    /// The text is JSON, for programs: they get it as structure, too.
    pub(super) is_structured: bool,
    pub(super) hits: usize,
    pub(super) is_error: bool,
    /// How well a search was answered.
    pub(super) matched: Option<Matched>,
    /// Which pages it is about, for the log.
    pub(super) seen: Seen,
    /// Why there is no answer, for the operator alone.
    pub(super) fault: Option<String>,
}

impl Reply {
    pub(super) fn text(text: String, hits: usize) -> Self {
        Self {
            text,
            is_structured: false,
            hits,
            is_error: false,
            matched: None,
            seen: Seen::default(),
            fault: None,
        }
    }

    /// A failure that the model can read and mend.
    pub(super) fn error(text: String) -> Self {
        Self {
            text,
            is_structured: false,
            hits: 0,
            is_error: true,
            matched: None,
            seen: Seen::default(),
            fault: None,
        }
    }

    /// The index failed; the details are for the operator.
    pub(super) fn broken(error: &SearchError) -> Self {
        Self {
            fault: Some(chain(error)),
            ..Self::error(
                "The documentation cannot be searched at the moment; try again later.".into(),
            )
        }
    }

    /// docent itself failed; the details are for the operator.
    pub(super) fn failed(fault: &Failed) -> Self {
        Self {
            fault: Some(fault.to_string()),
            ..Self::error(
                "This call failed, by a fault of the server that its operator finds in the log. \
                 Asked in other words it may be answered; other calls are."
                    .into(),
            )
        }
    }
}
