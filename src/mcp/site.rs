//! Where docent's own pages are.

use std::sync::Arc;

/// docent's public address as the client of a request knows it, without a slash at its end. Who takes requests puts it
/// into their extensions where tools name pages of docent's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site(Arc<str>);

impl Site {
    /// `https://docs.example.com/below`
    pub fn new(address: &str) -> Self {
        Self(address.trim_end_matches('/').into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}
