//! The operating system: environment, folders, the journal.
mod directories;
mod journal;

pub use directories::Environment;
pub use journal::{LogSink, log_sink, start_log};
