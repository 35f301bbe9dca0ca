//! A call of the tool, read leniently.

use super::edition::{language, unknown};
use super::place::place;
use super::{LIMIT, MAX_LIMIT, MAX_PAGE};
use crate::mcp::{
    arguments::{ArgumentError, Arguments},
    reply::Reply,
    sets::chosen_set,
};
use crate::search::{Query, SetSummary, Snapshot};

/// What is searched for, where the first results in all sets are asked for.
pub(in crate::mcp) fn plain_query(arguments: &Arguments) -> Option<&str> {
    let is_plain = arguments.given().all(|name| match name {
        "query" | "limit" => true,
        "page" => arguments.number(&["page"], 1, 1..=MAX_PAGE) == Ok(1),
        _ => false,
    });
    arguments.written("query").filter(|_| is_plain)
}

/// A call of `search`, understood.
pub(in crate::mcp::tools) struct Call {
    pub(in crate::mcp::tools) query: Query,
    pub(super) page: usize,
}

impl Call {
    /// Reads the arguments of a call.
    pub(in crate::mcp::tools) fn parse(
        arguments: &Arguments,
        snapshot: &Snapshot,
    ) -> Result<Self, Reply> {
        let pages = |set: Option<&str>, under: &str| snapshot.pages_under(set, under);
        let call = Self::understand(arguments, snapshot.sets(), &pages)?;
        match unknown(&call.query, snapshot) {
            Some(reply) => Err(reply),
            None => Ok(call),
        }
    }

    /// `pages` tells how many pages of a set, or of all, have paths that begin in some way.
    pub(super) fn understand(
        arguments: &Arguments,
        sets: &[SetSummary],
        pages: &dyn Fn(Option<&str>, &str) -> usize,
    ) -> Result<Self, Reply> {
        let understood = Self::lenient(arguments, sets, pages);
        understood.map_err(|error| Reply::error(error.to_string()))?
    }

    fn lenient(
        arguments: &Arguments,
        sets: &[SetSummary],
        pages: &dyn Fn(Option<&str>, &str) -> usize,
    ) -> Result<Result<Self, Reply>, ArgumentError> {
        let text = arguments.required("query", "the words to look up.")?;
        let limit = arguments.number(&["limit"], LIMIT, 1..=MAX_LIMIT)?;
        let page = arguments.number(&["page"], 1, 1..=MAX_PAGE)?;
        let set = match chosen_set(arguments.text("set")?.as_deref(), sets) {
            Ok(set) => set.map(|set| set.name.clone()),
            Err(reply) => return Ok(Err(reply)),
        };
        let (set, under) = match arguments.text("path")? {
            None => (set, None),
            Some(path) => match place(set, &path, sets, pages) {
                Ok((set, under)) => (set, Some(under).filter(|under| !under.is_empty())),
                Err(reply) => return Ok(Err(reply)),
            },
        };
        let query = Query {
            set,
            under,
            version: arguments.text("version")?,
            language: language(arguments.text("language")?),
            limit,
            offset: (page - 1) * limit,
            // Who says how many has that much room. Some clients have to fill in every argument, and write what it is anyway.
            long: limit != LIMIT,
            ..Query::new(text)
        };
        Ok(Ok(Self { query, page }))
    }
}
