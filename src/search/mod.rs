//! Documents -> an index on disk -> answers. Knows nothing of HTTP, MCP or the environment.
mod answer;
mod breadcrumbs;
mod build;
mod catalog;
mod compile;
mod draft;
mod evidence;
mod generation;
mod language;
mod listing;
mod loss;
mod mapped;
mod nearest;
mod passages;
mod postings;
mod ranking;
mod record;
mod schema;
mod scoring;
mod snapshot;
mod spelling;
mod store;
mod terms;
mod tokenizer;
mod unsynced;
mod unused;

pub use answer::{
    Answer, Entry, Hit, MAX_QUERY_CHARS, PageRef, Passage, Query, Relaxation, SetSummary,
    StoredPage,
};
pub use draft::Draft;
pub use loss::Loss;
pub use snapshot::{SearchError, Snapshot};
pub use store::{Missing, Progress, Report, SetReport, Store, StoreError};
