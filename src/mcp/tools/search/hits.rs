//! Pages and passages in an answer, within a budget.

use std::fmt::Write as _;

use super::head::{Shape, head};
use crate::mcp::{
    blocks,
    budget::Budget,
    line::{one_line, same_letters},
    tokens,
};
use crate::search::{Hit, Passage, SectionRef};

/// What the passages of one page may take of an answer, by the page's rank; those behind get what the last one does.
const SHARES: [usize; 5] = [700, 360, 250, 210, 150];
/// The same where the answer may be long.
const LONG_SHARES: [usize; 5] = [1_200, 800, 600, 400, 400];
/// What stands behind a passage of a section that has more text.
pub(super) const GOES_ON: &str = "[…]";
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
    shares: [usize; 5],
}

impl Room {
    /// With so much less for passages.
    pub(super) fn less(self, tokens: usize) -> Self {
        Self {
            passages: self.passages.saturating_sub(tokens),
            ..self
        }
    }

    pub(super) fn of(budget: Budget, is_long: bool) -> Self {
        Self {
            passages: budget.aim(tokens::SEARCH),
            heads: budget.most() - budget.aim(tokens::SEARCH),
            heads_are_passages: budget.asked().is_some(),
            shares: if is_long { LONG_SHARES } else { SHARES },
        }
    }
}

/// Adds the hits in Markdown; returns how many of them there was room for.
pub(super) fn documentation(
    text: &mut String,
    hits: &[Hit],
    shapes: &[Shape],
    first: usize,
    room: Room,
    told: &mut Told<'_>,
) -> usize {
    let heads: Vec<String> = hits
        .iter()
        .zip(shapes)
        .enumerate()
        .map(|(rank, (hit, shape))| head(first + rank, hit, *shape))
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
        let mut share = left.min(room.shares[rank.min(room.shares.len() - 1)]);
        told(Piece::Page(head_costs[rank]));
        if shapes[rank] == Shape::Title {
            continue;
        }
        for (at, passage) in hit.passages.iter().enumerate() {
            let spent = write_passage(text, &hit.page.title, passage, share, &mut |body| {
                told(Piece::Passage(at, body));
            });
            share -= spent;
            left -= spent;
        }
        also(text, &hit.also);
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
    if name.is_empty() {
        text.push('\n');
    } else {
        let _ = writeln!(text, "## {name}");
    }
    text.push_str(&body.text);
    text.push('\n');
    if body.cut || passage.partial {
        text.push_str(GOES_ON);
        text.push('\n');
    }
    body.cost
}

/// Names other sections that answer.
fn also(text: &mut String, sections: &[SectionRef]) {
    let names: Vec<String> = sections
        .iter()
        .map(|section| {
            let mut name = one_line(&section.heading, 80);
            if let Some(anchor) = &section.anchor {
                let _ = write!(name, " #{}", one_line(anchor, 120));
            }
            name
        })
        .collect();
    if !names.is_empty() {
        let _ = writeln!(text, "More of it: {}", names.join("; "));
    }
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
