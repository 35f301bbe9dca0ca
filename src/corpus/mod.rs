//! Documentation on disk -> [`Document`]s: no async, no network, no search engine.
mod decode;
mod document;
mod format;

pub use document::{Document, Link, Page, Section, Skip, Source};
pub use format::Format;
