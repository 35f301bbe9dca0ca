//! The index on disk and what it answers, on folders of documents that the tests write.
#[path = "../kills/mod.rs"]
mod kills;
#[path = "../left_out/mod.rs"]
mod left_out;
#[path = "../../benches/scale/usage.rs"]
mod usage;

mod folder;
mod prose;
mod states;
mod versions;
mod world;

mod answers;
mod changes;
mod code;
mod copies;
mod crashes;
mod exact;
mod filters;
mod frame;
mod freshness;
mod full_disk;
mod languages;
mod manual;
mod merges;
mod order;
mod outline;
mod passages;
mod ranking;
mod robustness;
mod sizes;
mod words;
