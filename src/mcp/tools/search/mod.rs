//! The tool `search`: the passages that answer, as one Markdown text.

mod call;
mod definition;
mod edition;
mod head;
mod hits;
mod place;
mod reply;
mod said;
mod shown;

pub(super) use call::Call;
pub(in crate::mcp) use call::plain_query;
pub(super) use definition::definition;
pub use shown::{Shown, ShownPage, ShownPassage, shown};

/// Pages in an answer where the call names no `limit`.
const LIMIT: usize = 8;
/// Pages in an answer at the most.
const MAX_LIMIT: usize = 25;
/// Pages of results at the most, with a thousand hits: behind those, better words find more.
const MAX_PAGE: usize = 40;
