//! A place of a page where something is defined by its name.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What is defined on a page: an option, a function, a term, whatever has a name and a text of its own there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// As written, without arguments, never empty: `-v` and `--verbose`, `os.path.join` and `join`.
    pub names: Vec<String>,
    /// What defines it.
    pub kind: EntryKind,
    /// Number of the section, from 0.
    pub section: usize,
    /// Where it stands in the section's Markdown, in bytes.
    pub range: Range<usize>,
    /// Its own fragment in the page's URL, where it has one that is not the section's.
    pub anchor: Option<String>,
}

/// What a name stands in where it is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// A heading of words.
    Heading,
    /// Code that is a heading or a term: `json.dumps(obj, …)`.
    Signature,
    /// A term of a definition list, or what is written as one.
    Term,
    /// An option of a command: `--flag`, `-f`.
    Option,
    /// The first cell of a table's row.
    Row,
}
