//! What there is to serve, and in words for people why some of it is not as it is on the disk.

use std::sync::Arc;

use crate::{config::DocSet, error::Failure, mcp::Library, search::Report};

use super::{
    catalogue,
    standing::{LostPages, Standing},
};

/// What there is to serve.
#[derive(Clone)]
pub(super) enum Served {
    /// An index of documents.
    Library {
        library: Arc<Library>,
        /// Why some of the documents are not as they are on the disk; empty where all are.
        faults: String,
    },
    /// None, for this reason, which may pass.
    Nothing { why: String },
}

/// Why some of the documents are not served as they are on the disk, in one line.
pub(super) fn faults(sets: &[DocSet], report: &Report) -> String {
    let losses = Standing::of(report).losses;
    let losses = losses.iter().map(LostPages::told);
    let missing = Some(missing(sets, report)).filter(|missing| !missing.is_empty());
    missing
        .into_iter()
        .chain(losses)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Which folders cannot be read, in one line.
pub(super) fn missing(sets: &[DocSet], report: &Report) -> String {
    let missing = report.missing.iter().map(|missing| {
        let set = sets.iter().find(|set| set.name == missing.set);
        let absence = set.and_then(catalogue::absence);
        let reason = absence.map_or_else(|| missing.reason.clone(), |(reason, _)| reason);
        format!("`{}`: {reason}", missing.set)
    });
    missing.collect::<Vec<_>>().join("; ")
}

/// Why documents cannot be read, in one line, and what to do about it.
pub(super) fn why(sets: &[DocSet], error: &anyhow::Error) -> (String, Option<String>) {
    let absences: Vec<_> = sets.iter().filter_map(catalogue::absence).collect();
    if absences.is_empty() || catalogue::is_of_the_index(error) {
        let failure = error.downcast_ref::<Failure>();
        let help = failure.and_then(|failure| failure.help.clone());
        return (format!("{error:#}"), help);
    }
    let reasons: Vec<_> = absences.iter().map(|(reason, _)| reason.as_str()).collect();
    let help = absences.iter().find_map(|(_, help)| help.clone());
    (reasons.join("; "), help)
}
