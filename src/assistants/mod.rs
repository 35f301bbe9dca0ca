//! How assistants come to know of a docent: one list, from which the page, the terminal and the manual are made.
//!
//! Each assistant has its own file format and names what everybody else calls otherwise; what is said of it here has
//! been tried with it, or read in its manual. Nothing is offered that cannot work (see [`Reach`]).
mod configuration;
mod document;
mod edit;
mod guide;
mod list;
mod name;
mod reach;
mod rich;
mod server;
mod text;

pub use configuration::{Configuration, Format, Place};
pub use document::{document, in_markdown};
pub use edit::{EditError, edited};
pub use guide::{Block, Code, Guide, Install, Step};
pub use list::{ASSISTANTS, Assistant, Offer, find};
pub use name::{NameError, ServerName};
pub use reach::Reach;
pub use rich::{Rich, Span};
pub use server::Server;
pub use text::{in_text, plain};
