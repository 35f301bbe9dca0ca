//! How long clients may keep what they were told.

/// For lists and pages, in milliseconds: documents change while docent runs.
pub(super) const FRESH_MS: u64 = 60_000;
