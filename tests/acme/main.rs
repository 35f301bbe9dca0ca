//! Certificates from a real certificate authority: Pebble, of this Debian release and the newest.
//!
//! `tests/fetch-pebble.sh` brings both; `authorities` has others.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

#[path = "../kills/mod.rs"]
mod kills;

mod accounts;
mod answering;
mod authorities;
mod bench;
mod commands;
mod due;
mod faults;
mod interference;
mod issuance;
mod pebble;
mod refusals;
mod renewal;
mod serving;
mod setbacks;
mod storing;
mod stub;
