//! docent over HTTP: routes, who may call them, limits, the older SSE transport, the page for
//! people.
//!
//! Never speaks to a certificate authority: answers to its challenges, and certificates, are found in the
//! state directory. Listeners and a library are given to it, and it serves until it is told to stop.
mod acceptor;
mod activity;
mod batch;
mod begun;
mod body;
mod budget;
mod guard;
mod jsonrpc;
mod listener;
mod newcomers;
mod page;
mod redirect;
mod router;
mod server;
mod site;
mod sse;
mod streamable;

pub use listener::Entrance;
pub use router::{App, Domain};
pub use server::serve;
pub use site::Site;
