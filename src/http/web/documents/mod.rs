//! The pages of the documents: for people as HTML, for programs as Markdown, with the lists of them that machines read.
//!
//! [`find`] tells what is at a path, by the names that `mcp::page_path` gives to pages. A page's text is what the index
//! holds of it, the clean Markdown that assistants read too; [`article`] makes HTML of it that does nothing, [`links`] has its links
//! lead to docent's own pages, and [`representation`] sends it, or says that the client has it. All of it is done beside the threads that
//! answer requests.
mod answer;
mod article;
mod contents;
mod find;
mod full;
mod links;
mod llms;
mod lookup;
mod markdown;
mod page;
mod representation;
mod sanitised;
mod sitemap;
mod wanted;

pub(in crate::http) use answer::{
    anything, everything, list, robots, sites, start, wants_markdown,
};
pub(super) use article::passage;
