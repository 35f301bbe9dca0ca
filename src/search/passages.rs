//! What is shown of a page that answers.
//!
//! A page is scored by its best piece; of that piece the blocks are shown that answer. The first pages of an answer are shown at
//! some length, the others with the lines that answer.

use super::answer::{Passage, SectionRef};
use super::excerpt::{excerpt, only_code, only_introduces, only_points, without_links};
use super::ranking::PieceScores;
use super::scoring::Score;
use super::segment::{Segment, damaged};
use super::view::View;
use super::wanted::{Found, Wanted};
use std::{borrow::Cow, io};

/// What a page's passages may take, in bytes, by the page's rank; of those behind, the last line holds.
const ROOMS: [&[usize]; 4] = [&[1_000, 500], &[600], &[400], &[240]];
/// The same where answers may be long: pieces as they are.
const LONG: &[usize] = &[4_000, 4_000];
/// A second passage is shown only where it answers nearly as well as the first.
const SECOND_PASSAGE: Score = 0.6;
/// Sections that answer as well as this are named.
const NAMED: Score = 0.7;
/// How many are.
const MAX_NAMED: usize = 3;
/// Pieces of a page that are looked at, the best first.
const LOOKED_AT: usize = 4;
/// Pages whose pieces are weighed again: the first ones.
const WEIGHED: usize = 3;
/// What it counts beside its score that a piece has all that is asked for, and that its heading has.
const WHOLE: Score = 1.0;
const HEADED: Score = 0.3;
/// And what it counts that it is what the page begins with, where the title has all of that.
const OPENS: Score = 1.0;
/// The same of what follows that.
const FOLLOWS: Score = 0.6;
/// A piece that only names other pages, or is code without a word, is shown where no other has this share of its score.
const POOR: Score = 0.5;
/// A page whose title has so much of what is asked for is what is asked for: what it begins with is shown first.
const ABOUT: Score = 0.7;
/// And where its title has so much of that, what it begins with is shown where there is room.
const PARTLY_ABOUT: Score = 0.3;

/// What an answer shows of a page.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Best first, each from another section.
    pub(super) passages: Vec<Passage>,
    /// Other sections that answer.
    pub(super) also: Vec<SectionRef>,
}

/// What of a page is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    /// Its entry that defines it.
    pub(super) entry: Option<u32>,
    /// The page itself: its title is the question.
    pub(super) is_titled: bool,
}

/// How much of each page is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    rooms: &'static [usize],
    /// Its pieces are weighed again.
    is_weighed: bool,
    is_first: bool,
    is_long: bool,
}

impl Length {
    /// Of the page that has so many before it.
    pub(super) fn of(rank: usize, is_long: bool) -> Self {
        let rooms = match is_long {
            true => LONG,
            false => ROOMS[rank.min(ROOMS.len() - 1)],
        };
        Self {
            rooms,
            is_weighed: rank < WEIGHED,
            is_first: rank == 0,
            is_long,
        }
    }
}

/// The passages of a page that answer, by what each of its pieces scores.
pub(super) fn passages(
    view: &View,
    page: u32,
    pieces: PieceScores<'_>,
    wanted: &Wanted,
    length: Length,
    asked: Asked,
) -> io::Result<Shown> {
    let (_, page_entry, head) = view.page(page).ok_or_else(|| damaged("a page"))?;
    let title = wanted.find(head.title);
    let about = wanted.share(title);
    let (position, page) = view.locate(page);
    let segment = view.segments().get(position).map(|live| &*live.segment);
    let segment = segment.ok_or_else(|| damaged("a page"))?;
    let of = Of { segment, page };
    let PieceScores { scores, shares } = pieces;
    let mut pieces = best_pieces(scores, LOOKED_AT);
    if length.is_weighed {
        pieces = of.ordered(pieces, scores, shares, wanted, title);
    }
    let best = pieces.first().map_or(0.0, |(score, _)| *score);
    let count = length.rooms.len();
    let mut shown = Shown::default();
    let entry = asked
        .entry
        .and_then(|entry| segment.entry(&page_entry, entry));
    let says = |entry: &Passage| !only_introduces(&entry.markdown) && !only_points(&entry.markdown);
    let entry = entry.filter(says);
    let has_entry = entry.is_some();
    shown.passages.extend(entry);
    if !has_entry && (about >= ABOUT || asked.is_titled) {
        shown.passages.extend(of.opening()?);
    }
    let mut poor: Option<Passage> = None;
    for (score, piece) in &pieces {
        let is_empty = shown.passages.is_empty();
        let share = if is_empty { POOR } else { SECOND_PASSAGE };
        let is_worth = is_empty || best > 0.0;
        if shown.passages.len() >= count || *score < share * best || !is_worth {
            break;
        }
        let Some(passage) = of.saying(*piece)? else {
            continue;
        };
        if shown
            .passages
            .iter()
            .any(|it| it.section == passage.section)
        {
            continue;
        }
        let is_poor = only_points(&passage.markdown) || only_code(&passage.markdown);
        match is_poor && is_empty {
            true if poor.is_none() => poor = Some(passage),
            true => {}
            false => shown.passages.push(passage),
        }
    }
    // A list of links, code without a word, or only a heading, where there is nothing else.
    if shown.passages.is_empty() {
        shown.passages.extend(poor);
    } else if let Some(poor) = poor.filter(|_| shown.passages.len() < count) {
        shown.passages.push(poor);
    }
    if shown.passages.is_empty() {
        shown.passages.extend(of.opening()?);
    }
    if let (true, Some((_, piece))) = (shown.passages.is_empty(), pieces.first()) {
        shown.passages.push(of.piece(*piece)?);
    }
    // What the page is about, where its title has some of what is asked for.
    if length.is_first && shown.passages.len() < count && about >= PARTLY_ABOUT {
        let opening = of.opening()?;
        let is_new = |opening: &Passage| {
            shown
                .passages
                .iter()
                .all(|it| it.section != opening.section)
        };
        shown.passages.extend(opening.filter(is_new));
    }
    shown.passages.truncate(count);
    let nothing = Wanted::default();
    for (at, (passage, room)) in shown.passages.iter_mut().zip(length.rooms).enumerate() {
        // An entry is shown from its name on.
        let wanted = if has_entry && at == 0 {
            &nothing
        } else {
            wanted
        };
        // Where links lead takes more room than what they are called: that is for whoever reads the page.
        let text = match length.is_long {
            true => Cow::Borrowed(passage.markdown.as_str()),
            false => without_links(&passage.markdown),
        };
        let above = passage.headings.last().map_or("", String::as_str);
        let excerpt = excerpt(&text, above, wanted, *room);
        passage.markdown = excerpt.markdown;
        passage.partial |= excerpt.is_cut;
    }
    if length.is_first {
        shown.also = of.also(&pieces, &shown.passages);
    }
    Ok(shown)
}

/// A page of a segment.
struct Of<'a> {
    segment: &'a Segment,
    page: u32,
}

impl Of<'_> {
    fn piece(&self, piece: u32) -> io::Result<Passage> {
        let passage = self.segment.passage(self.page, piece);
        passage.ok_or_else(|| damaged("a passage"))
    }

    /// Pieces with what they are worth, the best first: one that has all that is asked for goes before one that says a part of it
    /// often. `title`: what stands above all of them.
    fn ordered(
        &self,
        mut pieces: Vec<(Score, u32)>,
        scores: &[Score],
        shares: &[Score],
        wanted: &Wanted,
        title: Found,
    ) -> Vec<(Score, u32)> {
        let best = pieces.first().map_or(0.0, |(score, _)| *score);
        if best <= 0.0 || scores.len() < 2 {
            return pieces;
        }
        let about = wanted.share(title);
        // Of the first pages.
        let first = if about >= PARTLY_ABOUT && pieces.len() > 1 {
            2
        } else {
            0
        };
        for (piece, score) in (0u32..).zip(scores).take(first) {
            if pieces.iter().all(|(_, known)| *known != piece) {
                pieces.push((*score, piece));
            }
        }
        for (score, piece) in &mut pieces {
            let heading = self.segment.heading_of(self.page, *piece);
            let headed = heading.map_or_else(Found::default, |heading| wanted.find(heading));
            let share = shares.get(*piece as usize).copied().unwrap_or_default();
            let opens = match piece {
                0 => OPENS * about,
                1 => FOLLOWS * about,
                _ => 0.0,
            };
            *score = *score / best
                + WHOLE * share
                + HEADED * wanted.share(headed.without(title))
                + opens;
        }
        pieces.sort_by(|a, b| b.0.total_cmp(&a.0));
        pieces
    }

    /// What the page begins with.
    fn opening(&self) -> io::Result<Option<Passage>> {
        self.saying(0)
    }

    /// Other sections that answer nearly as well as the best one.
    fn also(&self, pieces: &[(Score, u32)], shown: &[Passage]) -> Vec<SectionRef> {
        let best = pieces.first().map_or(0.0, |(score, _)| *score);
        let good = pieces
            .iter()
            .take_while(|(score, _)| best > 0.0 && *score >= NAMED * best);
        let mut also: Vec<SectionRef> = Vec::new();
        for section in good.filter_map(|(_, piece)| self.segment.section_of(self.page, *piece)) {
            let is_shown = shown.iter().any(|it| it.section == section.number);
            let is_named = also.iter().any(|it| it.number == section.number);
            if !is_shown && !is_named && !section.heading.is_empty() && also.len() < MAX_NAMED {
                also.push(section);
            }
        }
        also
    }

    /// A piece, with what follows where it only introduces that; `None` where nothing follows.
    fn saying(&self, piece: u32) -> io::Result<Option<Passage>> {
        let mut passage = self.piece(piece)?;
        if !only_introduces(&passage.markdown) {
            return Ok(Some(passage));
        }
        let Some(next) = self.segment.passage(self.page, piece + 1) else {
            return Ok(None);
        };
        if only_introduces(&next.markdown) {
            return Ok(None);
        }
        if next.section != passage.section {
            // Of a section that has only others below it, the first of those.
            let is_below = next.headings.starts_with(&passage.headings);
            return Ok(Some(next).filter(|_| is_below));
        }
        passage.markdown.push_str("\n\n");
        passage.markdown.push_str(&next.markdown);
        passage.partial = next.partial;
        Ok(Some(passage))
    }
}

/// The pieces of a page that score best, with their scores, best first. Of equal ones the
/// earlier goes first: a page without a matching piece shows its beginning.
fn best_pieces(scores: &[Score], count: usize) -> Vec<(Score, u32)> {
    let mut best: Vec<(Score, u32)> = Vec::with_capacity(count + 1);
    for (piece, score) in (0u32..).zip(scores) {
        if best.len() < count || best.last().is_some_and(|(last, _)| score > last) {
            let place = best.partition_point(|(other, _)| other >= score);
            best.insert(place, (*score, piece));
            best.truncate(count);
        }
    }
    best
}
