//! What is installed beside the binary, made from the one place where each fact is written down.

mod left_out;

#[path = "packaging/completions.rs"]
mod completions;
#[path = "packaging/config_page.rs"]
mod config_page;
#[path = "packaging/generated.rs"]
mod generated;
#[path = "packaging/pages.rs"]
mod pages;
#[path = "packaging/roff.rs"]
mod roff;
