//! Documents -> segments, and several segments -> one.

mod adjacent;
mod definitions;
mod inbound;
mod merge;
mod norms;
mod run;
mod vocabulary;

pub(super) use merge::{Input, Links, merge};
pub(super) use run::Runs;
