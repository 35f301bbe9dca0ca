//! Pages and passages in an answer, within a budget.

use std::fmt::Write as _;

use crate::mcp::{
    blocks,
    budget::Budget,
    citation::{identity, others},
    line::{one_line, same_letters},
    tokens,
};
use crate::search::{Hit, Passage};

/// What the passages of one page may take of an answer, by the page's rank.
const SHARES: [usize; 3] = [1_200, 800, 600];
/// The same for all pages behind those.
const SHARE: usize = 400;
/// What the name of a passage takes that is left out.
const ALSO: usize = 30;
/// A passage that would get less room than this is only named.
const LEAST: usize = 40;

/// Hears what is written of the documents, in order.
pub(super) type Told<'a> = dyn FnMut(Piece<'_>) + 'a;

/// What is written of the documents.
pub(super) enum Piece<'a> {
    /// The name of the next page, which takes so many tokens.
    Page(usize),
    /// The page's passage with this number.
    Passage(usize, &'a Body<'a>),
}

/// A passage, as far as it is shown.
pub(super) struct Body<'a> {
    pub(super) text: &'a str,
    pub(super) goes_on: bool,
    pub(super) cost: usize,
}

/// What the parts of an answer may take, in tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    passages: usize,
    /// For names of pages beyond those that are taken off the passages.
    heads: usize,
    /// All names are taken off the passages.
    heads_are_passages: bool,
}

impl Room {
    /// With so much less for passages.
    pub(super) fn less(self, tokens: usize) -> Self {
        Self {
            passages: self.passages.saturating_sub(tokens),
            ..self
        }
    }

    pub(super) fn of(budget: Budget) -> Self {
        Self {
            passages: budget.aim(tokens::SEARCH),
            heads: budget.most() - budget.aim(tokens::SEARCH),
            heads_are_passages: budget.asked().is_some(),
        }
    }
}

/// Adds the hits in Markdown; returns how many of them there was room for.
pub(super) fn documentation(
    text: &mut String,
    hits: &[Hit],
    first: usize,
    room: Room,
    told: &mut Told<'_>,
) -> usize {
    let heads: Vec<String> = hits
        .iter()
        .enumerate()
        .map(|(rank, hit)| {
            let mut head = format!("# {}. {}\n", first + rank, one_line(&hit.page.title, 160));
            identity(&mut head, &hit.page);
            others(&mut head, hit);
            head
        })
        .collect();
    let mut head_costs: Vec<usize> = heads.iter().map(|head| tokens::estimate(head)).collect();
    let mut hits = hits;
    if room.heads_are_passages {
        // So many pages that there is as much room for what they say as for what they are called.
        let mut sum = 0;
        let fits = |cost: &&usize| {
            sum += **cost + ALSO;
            sum <= room.passages / 2
        };
        let fitting = head_costs.iter().take_while(fits).count().max(1);
        hits = &hits[..fitting.min(hits.len())];
        head_costs.truncate(hits.len());
    }
    let mut left = room.passages.saturating_sub(head_costs.iter().sum());
    let mut used = 0;
    for (rank, hit) in hits.iter().enumerate() {
        // Paths may have any length, so heads alone can fill an answer; the names of passages
        // left out, and docent's own words, need some room too.
        used += head_costs[rank] + 200;
        if rank > 0 && used > room.heads && !room.heads_are_passages {
            return rank;
        }
        if rank > 0 {
            text.push('\n');
        }
        text.push_str(&heads[rank]);
        let mut share = left.min(SHARES.get(rank).copied().unwrap_or(SHARE));
        told(Piece::Page(head_costs[rank]));
        for (at, passage) in hit.passages.iter().take(2).enumerate() {
            let spent = write_passage(text, &hit.page.title, passage, share, &mut |body| {
                told(Piece::Passage(at, body));
            });
            share -= spent;
            left -= spent;
        }
    }
    hits.len()
}

/// Adds a passage within a budget, or its name alone; returns what it took.
fn write_passage(
    text: &mut String,
    title: &str,
    passage: &Passage,
    budget: usize,
    told: &mut dyn FnMut(&Body<'_>),
) -> usize {
    // Without headings it is the start of the page, which has been named.
    let mut name = one_line(&passage.headings.join(" > "), 200);
    if let Some(anchor) = passage.anchor.as_ref().filter(|_| !name.is_empty()) {
        let _ = write!(name, " #{}", one_line(anchor, 120));
    }
    if budget < LEAST {
        if !name.is_empty() {
            let _ = writeln!(text, "Also: {name}");
        }
        return 0;
    }
    let heading = passage.headings.last().map_or(title, String::as_str);
    let body = without_heading(&passage.markdown, heading);
    let body = blocks::fit(body, budget);
    told(&Body {
        text: &body.text,
        goes_on: body.cut || passage.partial,
        cost: body.cost,
    });
    text.push('\n');
    if !name.is_empty() {
        let _ = writeln!(text, "## {name}\n");
    }
    text.push_str(&body.text);
    text.push('\n');
    if body.cut || passage.partial {
        text.push_str("[The section goes on.]\n");
    }
    body.cost
}

/// A passage without its first line where that is its heading, which stands above it already.
fn without_heading<'a>(markdown: &'a str, heading: &str) -> &'a str {
    let first = markdown.lines().next().unwrap_or_default();
    // `## Title {#anchor}`
    let title = first.split(" {#").next().unwrap_or_default();
    let title = title.trim_start_matches('#').trim_start();
    if first.starts_with('#') && same_letters(title, heading) {
        markdown[first.len()..].trim_start_matches('\n')
    } else {
        markdown
    }
}
