//! Certificates from an authority (ACME, RFC 8555): when to ask, and how.
mod history;
mod lock;
mod moment;
mod schedule;

pub use history::{
    Deferral, Failures, History, HistoryError, HistoryFile, Issuance, Suggestion, Window,
};
pub use lock::{Lock, LockError};
pub use moment::rfc3339;
pub use schedule::{Reason, Situation, Verdict, Wait, verdict};
