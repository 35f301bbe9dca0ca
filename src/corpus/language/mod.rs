//! Languages that pages are written in.
//!
//! What a page's text says goes first where it leaves no doubt ([`detect`]): sites call pages English that are not, and editions in
//! other languages have pages that nobody has translated yet. Else it is what the page, its path or its site claims ([`told`]).

mod code;
mod detect;
mod function_words;
mod question;
mod script;
mod told;

pub use code::Language;
pub(crate) use question::{Answers, asked};
pub(super) use told::written;
