//! What assistants get over `/mcp`: the tools and resources, in every version of the protocol.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "so that json!(…) can stand in a call"
)]

#[path = "../server/mod.rs"]
mod server;

mod calls;
mod chatgpt;
mod invalid;
mod links;
mod modern;
mod quoted;
mod reading;
mod report;
mod resources;
mod sizes;
mod skills;
mod tools;
mod versions;
