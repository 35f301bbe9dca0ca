//! The operating system: environment, folders, sockets, readiness, privileges, signals, the journal.
mod directories;
mod journal;
mod mounts;
mod namespaces;
mod notify;
mod privileges;
mod resources;
mod signals;
mod sockets;
mod systemctl;
mod unit;
mod wait;

pub use directories::{Environment, INSTALLED_CONFIG};
pub use journal::{LogSink, log_sink, start_log};
pub use mounts::{Mount, Mounts};
pub use namespaces::{DeniedNamespace, denied_namespaces};
pub use notify::Notifier;
pub use privileges::{Dropped, Viewer, become_owner, give_up_privileges, is_root, look_as};
pub use resources::raise_open_files;
pub use signals::cancel_on_signal;
pub use sockets::Sockets;
pub use systemctl::{UnitState, unit_state};
pub use unit::{SERVICE, Unit, hidden_home};
pub use wait::{Interest, wait};
