//! What assistants get over `/mcp`: the tools and resources, in every version of the protocol.
#[path = "../server/mod.rs"]
mod server;

mod modern;
mod resources;
mod tools;
mod versions;
