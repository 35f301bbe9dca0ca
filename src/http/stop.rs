//! The steps of a stop.

use tokio_util::sync::CancellationToken;

use super::newcomers::Newcomers;

/// What each part of the server does at a stop, one step after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop {
    /// Who has not asked for anything yet.
    pub(super) newcomers: Newcomers,
    /// Each answer says that it is the last one on its connection; the next one is answered by whoever
    /// serves after this process.
    pub(super) leaving: CancellationToken,
    /// No connection is accepted any more.
    pub(super) closed: CancellationToken,
    /// Nothing new is taken on; what runs may finish.
    pub(super) draining: CancellationToken,
    /// The time to finish is over: streams end.
    pub(super) cut: CancellationToken,
}
