//! What keeps assistants from connecting, found before they try: docent asks as their servers ask, over
//! the same network, and says of everything that is wrong what it is and what to do.
//!
//! Each subject has a file with two halves. Probes ask and return what was answered; checks are functions
//! from that to [`Finding`]s. [`examine`] puts them in order. It sends no secret but a token that it is given for this, follows
//! nobody anywhere with more than a `GET`, and every answer has an end: in time, in size, in number.

mod access;
mod address;
mod agents;
mod authority;
mod certificate;
mod chatgpt;
mod clock;
mod contents;
mod credential;
mod dialer;
mod endpoint;
mod examination;
mod exchange;
mod finding;
mod handshake;
mod headers;
mod json_rpc;
mod names;
mod origin;
mod port;
mod redirects;
mod sse;
mod trust;
mod versions;

pub use access::Access;
pub use address::{Address, AddressError};
pub use authority::reach_authority;
pub use credential::{Token, TokenError};
pub use dialer::{ConnectTo, Dialer, OptionError, Resolve};
pub use examination::{Examined, Machine, examine};
pub use finding::{Cause, Finding, Subject, Verdict};
