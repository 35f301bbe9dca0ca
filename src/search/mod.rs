//! Documents -> an index on disk -> answers. Knows nothing of HTTP, MCP or the environment.
mod answer;
mod snapshot;

pub use answer::{
    Answer, Entry, Hit, MAX_QUERY_CHARS, PageRef, Passage, Query, Relaxation, SetSummary,
    StoredPage,
};
pub use snapshot::{SearchError, Snapshot};
