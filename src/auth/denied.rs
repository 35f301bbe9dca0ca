//! Why a request gets nothing.

use std::time::Duration;

/// Why a request gets nothing, in words that tell its sender nothing that he may not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It shows nothing of who sends it: 401 without an error code (RFC 6750, section 3.1).
    #[error("{}", if *.signs_in { "sign in, or send an access key" } else { "send an access key, as a bearer token" })]
    Missing {
        /// People can sign in here; else there are access keys alone.
        signs_in: bool,
    },
    /// What it shows cannot be read: `invalid_request`.
    #[error("{0}")]
    Malformed(&'static str),
    /// What it shows is not good, or not any more: `invalid_token`.
    #[error("{0}")]
    Invalid(&'static str),
    /// It is good, and opens nothing here: `insufficient_scope`, 403.
    #[error("you are signed in, but none of your groups may read this documentation")]
    Insufficient,
    /// The same, where the token does not say which groups its holder is in.
    #[error(
        "you are signed in, but you are in more groups than your sign-in provider puts into a token, so none of them is known here: it can be set \
         to name only the groups that are assigned to this application"
    )]
    GroupsWithheld,
    /// There were too many bad ones; the next may come after this.
    #[error("too many attempts")]
    TooMany(Duration),
}
