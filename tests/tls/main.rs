//! docent over HTTPS and on port 80, with real clients: rustls in this process, curl, openssl.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "so that json!(…) can stand in a call"
)]

#[path = "../left_out/mod.rs"]
mod left_out;
#[path = "../server/mod.rs"]
mod server;

mod authority;
mod public;

mod challenge;
mod half_close;
mod handshake;
mod patience;
mod port_80;
mod renewals;
mod replace;
mod scanners;
mod serving;
mod shares;
mod watch;
