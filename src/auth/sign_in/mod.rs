//! docent's own sign-in (OAuth 2.1): what is asked -> what is answered, without HTTP.
//!
//! An assistant registers, or has a document that docent knows ([`Client`]); it sends a person to a page with a
//! [`Request`]; the person pastes an access key, and is sent back with a code ([`Codes`]), for which the assistant gets
//! an access token ([`Token`]). Nothing of this is kept: each holds, sealed, what the next step has to know.
mod authorization;
mod client;
mod code;
mod destination;
mod exchange;
mod form;
mod key_mark;
mod parameters;
mod published;
mod resource;
mod token;

use std::time::{Duration, SystemTime};

pub use authorization::{Bounced, ErrorCode, Request, Unanswerable, Unread};
pub use client::{Client, NotRegistered, Registration};
pub use code::Codes;
pub use destination::{Destination, Recipient};
pub use exchange::{Granted, Refused, exchange};
pub use form::{Form, FormError};
pub use parameters::{Malformed, Parameters};
pub use token::Token;

/// What every token may do: search and read what its key opens.
pub const SCOPE: &str = "docs:read";

/// Seconds since 1970.
fn seconds(time: SystemTime) -> u64 {
    since_1970(time).as_secs()
}

/// Milliseconds since 1970.
fn milliseconds(time: SystemTime) -> u64 {
    u64::try_from(since_1970(time).as_millis()).unwrap_or(u64::MAX)
}

/// A clock before 1970 is taken to be there.
fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}
