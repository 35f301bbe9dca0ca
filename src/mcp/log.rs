//! The lines in the log of what is asked. `docent insights` reads them, and docs/service.md tells of their fields.
//!
//! Clients' own words are in the fields `query` and `missing` and, where something fails, in `arguments`, `asked` and
//! `error` alone; with `[log] queries = false` nobody's words are written (`Words::Withheld`).

use std::time::Duration;

use super::{
    asker::Asker,
    reply::Reply,
    seen::{Matched, Seen},
    tools,
    words::Words,
};
use crate::search::{Answer, PageRef};

/// A call that was answered.
pub(super) fn answered(
    tool: tools::Name,
    asked: &str,
    reply: &Reply,
    took: Duration,
    asker: &Asker,
    words: Words,
) {
    let missing = &reply.seen.missing;
    let outcome = match (tool, reply.matched) {
        (_, Some(matched)) => matched.as_str(),
        _ if reply.is_error && missing.line().is_none() => "refused",
        _ if reply.is_error => "missing",
        (tools::Name::Browse, None) => "listed",
        (_, None) => "read",
    };
    // Pages are named by `pages` and `missing`.
    let is_told = matches!(outcome, "read" | "missing");
    let query = words.line(asked).filter(|_| !is_told);
    write(&Line {
        tool: tool.as_str(),
        query,
        hits: reply.hits,
        outcome,
        seen: &reply.seen,
        took,
        asker,
        words,
    });
}

/// A call that came to nothing by a fault of the server.
pub(super) fn failed(tool: tools::Name, arguments: &str, fault: &str, asker: &Asker, words: Words) {
    tracing::error!(
        target: "docent::search",
        tool = tool.as_str(),
        arguments = words.line(arguments),
        error = fault,
        client = asker.client,
        protocol = asker.protocol,
        endpoint = asker.endpoint.as_str(),
        address = asker.address.map(tracing::field::display),
        audience = asker.audience(),
        key = asker.key(),
        "a call failed"
    );
}

struct Line<'a> {
    tool: &'static str,
    query: Option<String>,
    hits: usize,
    outcome: &'static str,
    seen: &'a Seen,
    took: Duration,
    asker: &'a Asker,
    words: Words,
}

fn write(line: &Line<'_>) {
    let missing = line.seen.missing.line();
    tracing::info!(
        target: "docent::search",
        tool = line.tool,
        query = line.query,
        hits = line.hits,
        outcome = line.outcome,
        pages = line.seen.pages.line(),
        missing = missing.filter(|_| line.words == Words::Written),
        microseconds = u64::try_from(line.took.as_micros()).unwrap_or(u64::MAX),
        client = line.asker.client,
        protocol = line.asker.protocol,
        endpoint = line.asker.endpoint.as_str(),
        address = line.asker.address.map(tracing::field::display),
        audience = line.asker.audience(),
        key = line.asker.key(),
        "{}",
        line.tool
    );
}

/// What a person did on the pages, for the same log.
pub struct Visit<'a> {
    pub(super) words: Words,
    pub(super) asker: &'a Asker,
}

impl Visit<'_> {
    /// A search, with the pages of the answer that were shown and the time that it took.
    pub fn searched(&self, query: &str, offset: usize, answer: &Answer, took: Duration) {
        let mut seen = Seen::default();
        for hit in &answer.hits {
            seen.pages.push(&hit.page);
        }
        write(&Line {
            tool: "search",
            query: self.words.line(query),
            hits: answer.hits.len(),
            outcome: Matched::of(&answer.relaxation, answer.hits.len(), offset).as_str(),
            seen: &seen,
            took,
            asker: self.asker,
            words: self.words,
        });
    }

    /// A page of the documents was opened.
    pub fn read(&self, page: &PageRef, took: Duration) {
        let mut seen = Seen::default();
        seen.pages.push(page);
        self.opened("read", 1, &seen, took);
    }

    /// An address, as `set/path`, at which there is no page.
    pub fn missed(&self, id: &str, took: Duration) {
        let mut seen = Seen::default();
        seen.missing.push_id(id);
        self.opened("missing", 0, &seen, took);
    }

    fn opened(&self, outcome: &'static str, hits: usize, seen: &Seen, took: Duration) {
        write(&Line {
            tool: "read",
            query: None,
            hits,
            outcome,
            seen,
            took,
            asker: self.asker,
            words: self.words,
        });
    }
}
