//! Each question asked, and what came of it.

use super::entry::has_words;
use super::metrics::{DEPTH, Metrics};
use super::questions::Question;
use crate::search::{Hit, PageRef, Query, SearchError, Snapshot};
use std::time::{Duration, Instant};

/// How often a search is timed, after one that is not.
const ROUNDS: usize = 3;

/// What an assistant gets for a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The whole text.
    pub text: String,
    /// What it takes of a model's context.
    pub tokens: usize,
}

/// A question that was asked.
#[derive(Debug, Clone)]
pub struct Measured {
    /// What was asked.
    pub question: Question,
    /// Those of its pages that are there; never none.
    pub answers: Vec<PageRef>,
    /// The first ten pages of the ranking by their names, best first. A page that is shown as another's copy or version has that one's place.
    pub ranked: Vec<String>,
    /// What the ranking is worth.
    pub metrics: Metrics,
    /// What the search alone took.
    pub took: Duration,
    /// What the answer takes of a model's context.
    pub tokens: usize,
    /// Whether the words that have to be shown are; `None`: there are none.
    pub has_entry: Option<bool>,
}

/// A question with pages that are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its line.
    pub line: usize,
    /// What it asks.
    pub text: String,
    /// Those pages, as it names them.
    pub pages: Vec<String>,
    /// The page whose name is nearest to the first of them.
    pub nearest: Option<String>,
    /// None of its pages is there, so it was not asked.
    pub is_left_out: bool,
}

/// What came of all questions.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Those that were asked, in their order.
    pub measured: Vec<Measured>,
    /// Those with pages that are not there.
    pub unknown: Vec<Unknown>,
}

/// Asks questions. `shown`: what an assistant gets for one; `step` hears of each.
///
/// # Errors
/// Where the index cannot be read.
pub fn measure(
    snapshot: &Snapshot,
    questions: Vec<Question>,
    shown: &dyn Fn(&Question) -> Result<Shown, SearchError>,
    step: &mut dyn FnMut(),
) -> Result<Outcome, SearchError> {
    let mut outcome = Outcome::default();
    for question in questions {
        step();
        let (answers, unknown) = pages(snapshot, &question);
        if !unknown.is_empty() {
            let nearest = unknown
                .first()
                .and_then(|name| snapshot.similar(name).into_iter().next());
            outcome.unknown.push(Unknown {
                line: question.line,
                text: question.text.clone(),
                pages: unknown,
                nearest: nearest.map(|page| name(snapshot, &page)),
                is_left_out: answers.is_empty(),
            });
        }
        if !answers.is_empty() {
            outcome
                .measured
                .push(asked(snapshot, question, answers, shown)?);
        }
    }
    Ok(outcome)
}

/// The pages that answer a question, and the names of those that are not there.
fn pages(snapshot: &Snapshot, question: &Question) -> (Vec<PageRef>, Vec<String>) {
    let (mut there, mut unknown) = (Vec::<PageRef>::new(), Vec::new());
    for name in &question.relevant {
        let in_set = question
            .set
            .as_ref()
            .map(|set| format!("{set}/{}", name.trim_start_matches('/')));
        let found = in_set
            .and_then(|id| snapshot.named(&id))
            .or_else(|| snapshot.named(name))
            .filter(|page| question.set.as_ref().is_none_or(|set| *set == page.set));
        match found {
            Some(page) if there.contains(&page) => {}
            Some(page) => there.push(page),
            None => unknown.push(name.clone()),
        }
    }
    (there, unknown)
}

fn asked(
    snapshot: &Snapshot,
    question: Question,
    answers: Vec<PageRef>,
    shown: &dyn Fn(&Question) -> Result<Shown, SearchError>,
) -> Result<Measured, SearchError> {
    let query = Query {
        set: question.set.clone(),
        limit: DEPTH + question.not.len(),
        ..Query::new(&question.text)
    };
    let answer = snapshot.search(&query)?;
    let mut times = [Duration::ZERO; ROUNDS];
    for time in &mut times {
        let started = Instant::now();
        snapshot.search(&query)?;
        *time = started.elapsed();
    }
    times.sort_unstable();
    let is_left_out = |page: &PageRef| {
        question
            .not
            .iter()
            .any(|not| *not == page.path || *not == page.id())
    };
    let hits = answer
        .hits
        .iter()
        .filter(|hit| !is_left_out(&hit.page))
        .take(DEPTH);
    let ranked: Vec<&PageRef> = hits.map(|hit| standing_for(hit, &answers)).collect();
    let ranks: Vec<usize> = (0..)
        .zip(&ranked)
        .filter(|(_, page)| is_one_of(page, &answers))
        .map(|(rank, _)| rank)
        .collect();
    let shown = shown(&question)?;
    let entry = question.entry.as_deref();
    Ok(Measured {
        metrics: Metrics::of(&ranks, answers.len()),
        ranked: ranked.iter().map(|page| name(snapshot, page)).collect(),
        took: times[ROUNDS / 2],
        tokens: shown.tokens,
        has_entry: entry.map(|entry| has_words(&shown.text, entry)),
        question,
        answers,
    })
}

/// The page of a hit; where it is shown with a copy or version that answers, that one.
fn standing_for<'a>(hit: &'a Hit, answers: &[PageRef]) -> &'a PageRef {
    let others = hit.copies.pages.iter().chain(&hit.versions.pages);
    let mut named = std::iter::once(&hit.page).chain(others);
    named
        .find(|page| is_one_of(page, answers))
        .unwrap_or(&hit.page)
}

fn is_one_of(page: &PageRef, pages: &[PageRef]) -> bool {
    let is_same = |other: &PageRef| other.set == page.set && other.path == page.path;
    pages.iter().any(is_same)
}

/// A page's name: its path, and its set where there are several.
pub(super) fn name(snapshot: &Snapshot, page: &PageRef) -> String {
    match snapshot.sets() {
        [_] => page.path.clone(),
        _ => page.id(),
    }
}
