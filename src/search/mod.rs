//! Documents -> an index on disk -> answers. Knows nothing of HTTP, MCP or the environment.
mod address;
mod answer;
mod blocks;
mod breadcrumbs;
mod build;
mod draft;
mod excerpt;
mod folders;
mod frames;
mod groups;
mod known;
mod language;
mod listing;
mod look;
mod loss;
mod manifest;
mod names;
mod names_of_pages;
mod natural;
mod nearest;
mod order;
mod original;
mod passages;
mod ranking;
mod related;
mod report;
mod scope;
mod scoring;
mod segment;
mod shelf;
mod snapshot;
mod spelling;
mod stop_words;
mod store;
mod store_error;
mod symbols;
mod target;
mod terms;
mod titles;
mod tokenizer;
mod unused;
mod update;
mod view;
mod wanted;
mod written;

pub use address::Meant;
pub use answer::{
    Answer, Entry, FoundSkill, Hit, Listing, MAX_QUERY_CHARS, Others, PageRef, Passage, Query,
    Related, Relaxation, SectionRef, SetSummary, StoredPage,
};
pub use draft::Draft;
pub use loss::Loss;
pub use report::{Doubtful, LeftOut, Missing, Progress, Report, SetReport};
pub use snapshot::{SearchError, Snapshot};
pub use store::Store;
pub use store_error::StoreError;
pub use unused::remove_unused;
