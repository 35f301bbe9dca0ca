//! What is spoken on a listening socket.

use std::sync::Arc;

use crate::{listener::Listener, tls::Terminator};

/// A listening socket, and the protocol spoken on it.
pub struct Binding {
    pub(super) listener: Listener,
    pub(super) protocol: Protocol,
}

/// What is spoken on a connection.
#[derive(Clone)]
pub(super) enum Protocol {
    /// HTTP for this machine, or for a proxy in front that encrypts.
    Plain,
    /// HTTP for everybody, over TLS.
    Https(Arc<Terminator>),
    /// HTTP for everybody: answers challenges and redirects to HTTPS.
    Redirect,
}

impl Binding {
    /// Plain HTTP: for this machine, or for a proxy in front that encrypts.
    pub fn plain(listener: Listener) -> Self {
        Self {
            listener,
            protocol: Protocol::Plain,
        }
    }

    /// HTTPS.
    pub fn https(listener: Listener, terminator: Arc<Terminator>) -> Self {
        Self {
            listener,
            protocol: Protocol::Https(terminator),
        }
    }

    /// What belongs on port 80 beside HTTPS: answers to challenges (RFC 8555, section 8.3) and
    /// redirects to HTTPS.
    pub fn redirect(listener: Listener) -> Self {
        Self {
            listener,
            protocol: Protocol::Redirect,
        }
    }
}
