//! Documentation on disk -> [`Document`]s: no async, no network, no search engine.
mod built;
mod decode;
mod document;
mod format;
mod generator;
mod outline;
mod path;
mod read;
mod resolve;
mod sentence;
mod url;
mod walk;

pub use document::{Document, Link, Page, Piece, Section, Skip, Source};
pub use format::Format;
pub use generator::generator_of;
pub use read::{Parsed, READ_STACK, read};
pub use resolve::{PageNumber, Resolver};
pub use walk::{File, Listing, Skipped, Stamp, WalkError, list};
