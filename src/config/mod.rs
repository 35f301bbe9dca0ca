//! Configuration: the TOML file (`file`) -> validated settings (`settings`).
mod settings;

pub use settings::{DocSet, Generator, Limits, ServerSettings, Settings};
