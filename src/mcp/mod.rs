//! What an assistant reads: tools, resources and instructions, made from search results.
//!
//! Speaks the Model Context Protocol through rmcp and knows nothing of HTTP beyond the headers that
//! repeat what a message says, and the `User-Agent` that a log line names.
mod about;
mod arguments;
mod asker;
mod blocks;
mod budget;
mod call;
mod citation;
mod completion;
mod familiar;
mod fence;
mod freshness;
mod instructions;
mod invalid;
mod library;
mod line;
mod log;
mod page_path;
mod pool;
mod readers;
mod reply;
mod report;
mod resources;
mod sections;
mod seen;
mod server;
mod sets;
mod site;
mod skills;
mod stdio;
mod tokens;
mod tool_call;
mod tools;
mod uri;
mod words;

pub use about::About;
pub use asker::{Admission, Asker, Endpoint, Pseudonym};
pub use budget::{Budget, InvalidBudget};
pub use call::{PlainCall, Said};
pub use invalid::with_cursor_as_text;
pub use library::{Holdings, Library, Unanswered};
pub use line::one_line;
pub use log::Visit;
pub use page_path::{Form, decoded_path, folder_path, page_at, page_path};
pub use pool::Failed;
pub use readers::Readers;
pub use server::{Docent, Transport, protocol_versions};
pub use site::Site;
pub use skills::{PublishedFile, PublishedSkill};
pub use stdio::{Bounds, serve_lines};
pub use tokens::estimate as estimated_tokens;
pub use tools::{Shown, ShownPage, ShownPassage, shown};
