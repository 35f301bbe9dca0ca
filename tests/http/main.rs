//! docent over HTTP: routes, who may call, limits, the SSE transport, the stop.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "so that json!(…) can stand in a call"
)]

#[path = "../server/mod.rs"]
mod server;

mod addresses;
mod aside;
mod audiences;
mod connections;
mod corpora;
mod cors;
mod damage;
mod discovery;
mod documents;
mod drain;
mod guard;
mod half_close;
mod limits;
mod messages;
mod routes;
mod sign_in;
mod sse;
mod throttle;
