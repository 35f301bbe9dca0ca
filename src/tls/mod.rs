//! TLS: which certificate a handshake gets, and by which parameters.
//!
//! Knows nothing of HTTP: it is given a connection and makes it a secure one, or ends it.
mod alert;
mod challenge;
mod parameters;
mod terminator;
mod watch;

pub use terminator::Terminator;
pub use watch::{Source, Watch};
