//! Documents -> an index on disk -> answers. Knows nothing of HTTP, MCP or the environment.
mod answer;
mod breadcrumbs;
mod build;
mod draft;
mod known;
mod language;
mod listing;
mod look;
mod loss;
mod manifest;
mod nearest;
mod ranking;
mod report;
mod scoring;
mod segment;
mod shelf;
mod snapshot;
mod spelling;
mod store;
mod store_error;
mod terms;
mod titles;
mod tokenizer;
mod unused;
mod update;
mod view;

pub use answer::{
    Answer, Entry, Hit, MAX_QUERY_CHARS, PageRef, Passage, Query, Relaxation, SetSummary,
    StoredPage,
};
pub use draft::Draft;
pub use loss::Loss;
pub use report::{Missing, Progress, Report, SetReport};
pub use snapshot::{SearchError, Snapshot};
pub use store::Store;
pub use store_error::StoreError;
