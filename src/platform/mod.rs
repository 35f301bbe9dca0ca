//! The operating system: environment, folders, sockets, readiness, privileges, signals, the journal.
mod directories;
mod journal;
mod notify;
mod privileges;
mod signals;
mod sockets;
mod unit;

pub use directories::Environment;
pub use journal::{LogSink, log_sink, start_log};
pub use notify::Notifier;
pub use privileges::{Dropped, become_owner, give_up_privileges, is_root};
pub use signals::cancel_on_signal;
pub use sockets::Sockets;
pub use unit::hidden_home;
