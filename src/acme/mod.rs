//! Certificates from an authority, by ACME (RFC 8555), with renewal information (RFC 9773), IP
//! addresses (RFC 8738) and profiles (draft-ietf-acme-profiles).
//!
//! [`Client`] asks one authority, [`Account`] is docent's account there, [`Account::order`] turns
//! names into a certificate. [`Renewal`] does so when it is due, which [`verdict`] tells, and
//! remembers in a [`History`] what came of it. Nothing here listens: the answers to the
//! authority's questions are files in [`crate::state`], and whoever serves the names answers with
//! them.

mod account;
mod answer;
mod client;
mod directory;
mod error;
mod history;
mod http_client;
mod lock;
mod moment;
mod normal;
mod order;
mod ports;
mod preflight;
mod problem;
mod renewal;
mod renewal_info;
mod revocation;
mod route;
mod schedule;
mod signed;
mod transport;
mod validation;

pub use account::Account;
pub use client::Client;
pub use directory::Directory;
pub use error::{Error, Refusal};
pub use history::{
    Deferral, Failures, History, HistoryError, HistoryFile, Issuance, Suggestion, Window,
};
pub use lock::{Lock, LockError};
pub use moment::rfc3339;
pub use order::{Issued, OrderRequest};
pub use ports::{ChallengePorts, Listener, Who};
pub use preflight::PreflightError;
pub use problem::{Problem, Subproblem};
pub use renewal::{Outcome, Rehearsal, Renewal, RenewalError, Standing};
pub use renewal_info::{CertificateId, RenewalInfo};
pub use revocation::RevocationReason;
pub(crate) use route::Route;
pub use schedule::{Reason, Situation, Verdict, Wait, verdict};
pub use transport::{Patience, trusted_roots};
pub use validation::{FailedValidation, ValidationError};
