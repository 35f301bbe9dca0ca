//! An authority that fails where a test wants it to, and counts what it is asked.

use docent::config::CertificateAuthority;

use crate::{
    interference::{Fault, Interference},
    pebble::Pebble,
};

/// Pebble, with something in between.
pub(crate) struct Stub {
    pub(crate) authority: CertificateAuthority,
    interference: Interference,
}

impl Stub {
    pub(crate) fn before(pebble: &Pebble) -> Self {
        let interference = Interference::beside(pebble, |_, _| None);
        Self {
            authority: CertificateAuthority {
                directory: interference.directory.clone(),
                ..pebble.authority.clone()
            },
            interference,
        }
    }

    /// From now on, a request whose path begins so meets a fault.
    pub(crate) fn fail(&self, path: &'static str, fault: Fault) {
        self.rule(move |asked| asked.starts_with(path).then(|| fault.clone()));
    }

    /// From now on, what the function says for the path of a request goes wrong.
    pub(crate) fn rule(&self, mut rule: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        self.interference.decide(move |_, path| rule(path));
    }

    /// From now on, nothing goes wrong.
    pub(crate) fn mend(&self) {
        self.rule(|_| None);
    }

    /// The paths that have been asked for since the last call, or the last change of what fails.
    pub(crate) fn take_asked(&self) -> Vec<String> {
        self.interference.take_seen()
    }
}
