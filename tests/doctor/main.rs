//! `docent doctor` names what is wrong: each set-up here is really built, with a real docent behind whatever
//! breaks it, and examined by the real program.
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
mod front;
mod run;

mod certificates;
mod local;
mod network;
mod private;
mod proxies;
