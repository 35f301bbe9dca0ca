//! How the documentation is used, told from docent's own log: what is asked and not found, what is read, by whom.
//!
//! Pure: lines go in, a summary comes out, and a text, JSON or a page of it. Whatever the lines hold is somebody else's
//! text. Memory is bounded, however long the log is.
mod counter;
mod escape;
mod html;
mod journal;
mod latency;
mod lines;
mod moment;
mod plot;
mod record;
mod stderr;
mod summary;
mod tally;
mod text;
mod unread;
mod when;

pub use html::page;
pub use journal::FIELDS;
pub use lines::{Reading, read};
pub use moment::Moment;
pub use summary::{Index, Summary};
pub use tally::{Tally, Window};
pub use text::text;
pub use when::{When, WhenError};
