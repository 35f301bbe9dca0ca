//! What an assistant reads: tools, resources and instructions, made from search results.
//!
//! Speaks the Model Context Protocol through rmcp and knows nothing of HTTP beyond the
//! `User-Agent` that a log line names.
mod arguments;
mod blocks;
mod browse;
mod call;
mod fence;
mod instructions;
mod library;
mod line;
mod read;
mod resources;
mod search;
mod server;
mod tokens;

pub use library::{Holdings, Library};
pub use server::{Docent, Transport};
