//! The operating system: environment, folders, the journal.
mod directories;
mod journal;
mod signals;

pub use directories::Environment;
pub use journal::{LogSink, log_sink, start_log};
pub use signals::cancel_on_signal;
