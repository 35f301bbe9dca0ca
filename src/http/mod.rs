//! docent over HTTP: routes, who may call them, limits, the older SSE transport, the page for
//! people.
//!
//! Knows nothing of certificates or of where documents come from: it is given a listener and a
//! library, and serves until it is told to stop.
mod acceptor;
mod body;
mod guard;
mod jsonrpc;
mod listener;
mod page;
mod router;
mod server;
mod sse;
mod streamable;

pub use router::App;
pub use server::serve;
