//! Documentation on disk -> [`Document`]s: no async, no network, no search engine.
mod built;
mod decode;
mod document;
mod folder;
mod format;
mod generator;
mod include;
mod invisible;
mod outline;
mod path;
mod read;
mod resolve;
mod root;
mod rules;
mod sentence;
mod unrendered;
mod url;
mod walk;

pub use document::{Document, Link, Page, Piece, Section, Skip, Source};
pub use format::Format;
pub use generator::generator_of;
pub use include::Included;
pub use read::{Parsed, READ_STACK, read};
pub use resolve::{PageNumber, Resolver};
pub use root::{PrivatePaths, Stamp};
pub use url::page_url;
pub use walk::{File, Listing, Selection, Skipped, WalkError, list};
