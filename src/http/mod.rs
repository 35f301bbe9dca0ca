//! docent over HTTP: routes, who may call them, limits, the older SSE transport, the pages for
//! people.
//!
//! Never speaks to a certificate authority: answers to its challenges, and certificates, are found in the
//! state directory. Listeners and a library are given to it, and it serves until it is told to stop.
mod activity;
mod address;
mod app;
mod attempts;
mod batch;
mod body;
mod buckets;
mod budget;
mod calls;
mod challenge;
mod connection;
mod cors;
mod discovery;
mod door;
mod exchange;
mod forwarded;
mod guard;
mod headers;
mod jsonrpc;
mod listener;
mod long;
mod mount;
mod names;
mod newcomers;
mod notices;
mod pass;
mod peeked;
mod probe;
mod protected_resource;
mod protocol;
mod redirect;
mod router;
mod server;
mod share;
mod sign_in;
mod single;
mod site;
mod sse;
mod stop;
mod streamable;
mod subscriptions;
mod tenure;
mod throttle;
mod usage;
mod waiting;
mod web;

pub use app::{App, Audiences, Domain, Offer};
pub use protocol::Binding;
pub use server::serve;
pub use site::Site;
