//! Why a certificate could not be had: the authority's own words, and what helps.

use std::{io, path::PathBuf, time::Duration};

use super::{problem::Problem, validation::ValidationError};

/// Why an authority could not be asked, or what it said no to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection, or one that broke.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable {
        /// The authority's host.
        host: String,
        /// What did not work.
        reason: String,
    },
    /// No answer in time.
    #[error("{host} did not answer within {} seconds", after.as_secs())]
    Slow {
        /// The authority's host.
        host: String,
        /// How long it had.
        after: Duration,
    },
    /// An answer that is not ACME: a page of a proxy, an overloaded server, broken JSON.
    #[error("{host} answered{}, but not in ACME's terms: {reason}", with(*status))]
    NotAcme {
        /// The authority's host.
        host: String,
        /// The HTTP status, where it is one answer that says something else.
        status: Option<u16>,
        /// What is wrong with the answer, and how it begins.
        reason: String,
        /// When the authority wants to be asked again, from now.
        retry_after: Option<Duration>,
    },
    /// The authority refuses a request.
    #[error("{} refuses: {}", .0.host, .0.problem)]
    Refused(Box<Refusal>),
    /// The authority did not find docent's answer at a name.
    #[error(transparent)]
    Validation(Box<ValidationError>),
    /// An order stayed unfinished.
    #[error("{host} has not finished the order after {} seconds", after.as_secs())]
    Unfinished {
        /// The authority's host.
        host: String,
        /// How long it had.
        after: Duration,
        /// When it wants to be asked again, from now.
        retry_after: Option<Duration>,
    },
    /// Far more requests than an order takes: something goes round in circles.
    #[error("{host} has been asked {requests} times without an end")]
    Endless {
        /// The authority's host.
        host: String,
        /// How many requests were sent.
        requests: u32,
    },
    /// The authority issued something that cannot be used.
    #[error("the certificate that {host} issued cannot be used: {reason}")]
    Unusable {
        /// The authority's host.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No challenge that docent may use is offered for a name.
    #[error("{host} offers only {} for {identifier}", offered.join(", "))]
    NoChallenge {
        /// The authority's host.
        host: String,
        /// The name.
        identifier: String,
        /// What it offers.
        offered: Vec<String>,
    },
    /// The profile that the configuration asks for is not there.
    #[error("{host} has no profile {profile:?}, only {}", offered.join(", "))]
    UnknownProfile {
        /// The authority's host.
        host: String,
        /// The profile asked for.
        profile: String,
        /// What it offers.
        offered: Vec<String>,
    },
    /// The authority gives accounts only to its customers.
    #[error("{host} wants an account of its own to be named")]
    ExternalAccountRequired {
        /// The authority's host.
        host: String,
    },
    /// The authority has no such function.
    #[error("{host} does not offer {function}")]
    Unsupported {
        /// The authority's host.
        host: String,
        /// What was wanted.
        function: &'static str,
    },
    /// A file of docent's, or one that the configuration names, cannot be used.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A challenge's answer could not be put where `serve` finds it.
    #[error("an answer for the authority could not be stored")]
    Challenge(#[source] io::Error),
    /// The authority has an account for docent's key, and does not let it do anything.
    #[error("{} refuses: {}", refusal.host, refusal.problem)]
    AccountRefused {
        /// What it says.
        refusal: Box<Refusal>,
        /// Where the account is kept.
        folder: PathBuf,
    },
    /// Cryptography failed, which it does not do on a sound machine.
    #[error("{0} failed")]
    Crypto(&'static str),
}

/// A request that an authority refused.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The authority's host.
    pub host: String,
    /// The HTTP status, where it is an answer and not something that an order says of itself.
    pub status: Option<u16>,
    /// What it says about it.
    pub problem: Problem,
    /// When it wants to be asked again, from now.
    pub retry_after: Option<Duration>,
}

/// How a reason begins where the way to the authority is not a direct one.
pub(super) const THROUGH_A_PROXY: &str = "through the proxy ";

fn with(status: Option<u16>) -> String {
    status.map_or_else(String::new, |status| format!(" with status {status}"))
}

impl Error {
    /// When the authority wants to be asked again, from the moment of its answer.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            Self::NotAcme { retry_after, .. } | Self::Unfinished { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// Whether asking again later, with nothing changed, can help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Slow { .. } | Self::Unfinished { .. } => true,
            Self::NotAcme { status, .. } => {
                status.is_some_and(|status| status >= 500 || status == 429)
            }
            Self::Refused(refusal) => {
                refusal.status.is_some_and(|status| status >= 500)
                    || matches!(
                        refusal.problem.kind.as_str(),
                        "rateLimited" | "serverInternal" | "badNonce" | "orderNotReady"
                    ) && self.unpause_link().is_none()
            }
            Self::Validation(error) => error.may_pass(),
            _ => false,
        }
    }

    /// The page on which a person lifts the pause that the authority has put on the account.
    pub fn unpause_link(&self) -> Option<&str> {
        let problem = self.problem()?;
        let link = problem.link()?;
        (problem.kind == "rateLimited" && link.contains("unpause")).then_some(link)
    }

    /// The authority's own words, if it was the authority that refused.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(refusal) | Self::AccountRefused { refusal, .. } => Some(&refusal.problem),
            Self::Validation(error) => Some(error.problem()),
            _ => None,
        }
    }

    /// What the operator can do about it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Unreachable { reason, .. } if reason.contains("UnknownIssuer") => {
                "for an authority of your own, name its root certificate as `ca_file` in [acme]".into()
            }
            Self::Unreachable { reason, .. } if reason.starts_with(THROUGH_A_PROXY) => {
                "check `proxy` in [acme], or the variable HTTPS_PROXY where that is not set: its address, and the user's name and password where the proxy wants them".into()
            }
            Self::Unreachable { .. } | Self::Slow { .. } => {
                "check that this machine may open outgoing connections to the authority, and its own status page".into()
            }
            Self::NotAcme { .. } => "check `directory` in [acme], and whether a proxy answers in the authority's place".into(),
            Self::Refused(refusal) => return self.help_on_refusal(refusal),
            Self::Validation(error) => error.help(),
            Self::Unfinished { .. } => {
                "wait: the next attempt takes the same order up again, where the authority has gone on with it".into()
            }
            Self::AccountRefused { folder, .. } => format!(
                "if the account was deactivated, or its key is in other hands, have a new one made: remove {} (sudo rm -r), then run `docent renew --force`; if the authority gave out a key for it, check `eab_kid` and `eab_hmac_key_file` in [acme]",
                folder.display()
            ),
            Self::NoChallenge { .. } => "allow another one in `challenges` in [acme]".into(),
            Self::UnknownProfile { .. } => "change `profile` in [acme], or remove it".into(),
            Self::ExternalAccountRequired { .. } => {
                "get a key identifier and an HMAC key from the authority, and set `eab_kid` and `eab_hmac_key_file` in [acme]".into()
            }
            _ => return None,
        })
    }

    fn help_on_refusal(&self, refusal: &Refusal) -> Option<String> {
        if let Some(link) = self.unpause_link() {
            return Some(format!("the account is paused; lift it on {link}"));
        }
        Some(match refusal.problem.kind.as_str() {
            "rateLimited" => "wait: docent asks again when the authority allows it".into(),
            "userActionRequired" => match refusal.problem.link() {
                Some(link) => format!("the terms have changed; read and agree to them on {link}"),
                None => "the terms have changed; agree to them on the authority's site".into(),
            },
            "invalidContact" | "unsupportedContact" => "change `contact` in [acme]".into(),
            "externalAccountRequired" => {
                "set `eab_kid` and `eab_hmac_key_file` in [acme] to what the authority gave you".into()
            }
            "rejectedIdentifier" | "unsupportedIdentifier" => {
                "the authority does not issue for this name: change `domain` in [server], or ask another authority".into()
            }
            "badCSR" | "badPublicKey" => "try another `key_type` in [acme]".into(),
            "unauthorized" => {
                "the authority does not let docent's account do this: check `eab_kid` and `eab_hmac_key_file` in [acme] if it gave you a key".into()
            }
            "caa" => super::validation::CAA.into(),
            "dns" => super::validation::DNS.into(),
            _ if refusal.problem.detail.to_ascii_lowercase().contains("contact") => {
                "set `contact` in [acme] to a mail address that the authority accepts".into()
            }
            _ => return None,
        })
    }

    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the authority refuses with this type of problem.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.refusal()
            .is_some_and(|refusal| refusal.problem.kind == kind)
    }
}
