//! What keeps keys from being fetched.

use std::{io, path::PathBuf, time::Duration};

use crate::{acme, auth::KeySetError};

/// Why the keys of an issuer could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Nobody answers there, or nobody who can show that he is meant.
    #[error("{url} cannot be reached: {reason}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// Why.
        reason: String,
    },
    /// There was no answer in time.
    #[error("{url} did not answer within {after:?}")]
    Slow {
        /// What was asked for.
        url: String,
        /// How long was waited.
        after: Duration,
    },
    /// It was answered with something else.
    #[error("{url} answered with status {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// It leads elsewhere.
    #[error("{url} is a redirect (status {status}), which is not followed")]
    Redirected {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// The address is none that is asked.
    #[error("{url:?} is not the https:// address of anything")]
    Insecure {
        /// As it is written.
        url: String,
    },
    /// The issuer says nothing of itself that could be understood.
    #[error("{url} is no metadata of an issuer: {reason}")]
    NotMetadata {
        /// What was asked for.
        url: String,
        /// Why not.
        reason: String,
    },
    /// Somebody else answers there (RFC 8414, section 3.3).
    #[error("{url} is of the issuer {says:?}, not of {expected:?}")]
    OtherIssuer {
        /// What was asked for.
        url: String,
        /// Whose it says that it is.
        says: String,
        /// Whose it should be.
        expected: String,
    },
    /// There is no metadata at any of the places.
    #[error("{issuer} does not tell where its keys are: {tried}")]
    Undiscovered {
        /// The issuer.
        issuer: String,
        /// What each place answered.
        tried: String,
    },
    /// No token can be verified by what was found.
    #[error("{url}: {source}")]
    Keys {
        /// Where it was found.
        url: String,
        /// Why.
        source: KeySetError,
    },
    /// The issuer's roots cannot be read.
    #[error(transparent)]
    Roots(#[from] acme::Error),
    /// The state directory does not take them.
    #[error("cannot write to {folder}", folder = folder.display())]
    Store {
        /// Where the keys are kept.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl FetchError {
    /// What the operator can do.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } | Self::Slow { .. } => {
                "see whether this machine may connect there: a firewall, a proxy (HTTPS_PROXY), and for a certificate of your own authority `ca_file` in [[issuer]]"
            }
            Self::Status { .. } | Self::Redirected { .. } | Self::NotMetadata { .. } => {
                "see whether `url` in [[issuer]] is the issuer to the letter, as the provider shows it in its OpenID configuration"
            }
            Self::Insecure { .. } => {
                "keys are fetched over HTTPS alone; over HTTP only from this machine"
            }
            Self::OtherIssuer { .. } => {
                "write `url` in [[issuer]] as the issuer writes itself, to the letter: a slash at the end counts"
            }
            Self::Undiscovered { .. } => {
                "see whether `url` in [[issuer]] is right; where the provider has no discovery, name the address of its keys as `jwks_url`"
            }
            Self::Keys { .. } => {
                "tokens are verified by keys of RSA (2,048 bits or more), P-256, P-384 or Ed25519: let the provider sign by one of these"
            }
            Self::Roots(_) => {
                "see whether `ca_file` in [[issuer]] holds the root certificate in PEM"
            }
            Self::Store { .. } => "run it as root, or as the user that docent runs as",
        }
    }

    /// Whether it may work the next time without anybody changing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Slow { .. } => true,
            Self::Status { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}
