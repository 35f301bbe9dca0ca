//! docent over HTTP: routes, who may call, limits, the SSE transport, the stop.
#[path = "../server/mod.rs"]
mod server;

mod drain;
mod guard;
mod limits;
mod messages;
mod routes;
mod sse;
