//! Certificates from a real certificate authority: Pebble, of this Debian release and the newest.
//!
//! `tests/fetch-pebble.sh` brings both.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

mod answering;
mod bench;
mod issuance;
mod pebble;
mod renewal;
mod stub;
