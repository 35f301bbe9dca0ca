//! The index on disk and what it answers, on folders of documents that the tests write.
mod folder;

mod answers;
mod freshness;
mod outline;
mod ranking;
mod robustness;
