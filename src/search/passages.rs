//! What is shown of a page that answers.
//!
//! A page is scored by its best piece; of that piece the blocks are shown that answer. The first pages of an answer are shown at
//! some length, the others with the lines that answer.

use super::answer::{Passage, SectionRef};
use super::around::is_around;
use super::excerpt::{
    excerpt, only_code, only_introduces, only_points, without_heading, without_links,
};
use super::pieces::PieceScores;
use super::scoring::Score;
use super::segment::{Segment, damaged};
use super::view::View;
use super::wanted::{Found, Wanted};
use std::{borrow::Cow, io};

/// What a page's passages may take together, in bytes, and how many there are, by the page's rank; of those behind, the last holds.
const ROOMS: [(usize, usize); 5] = [(2_000, 3), (1_000, 2), (700, 2), (600, 1), (400, 1)];
/// The same where answers may be long: pieces as they are.
const LONG: (usize, usize) = (8_000, 2);
/// The share of it that a passage may take where another follows, in percent.
const SHARE: usize = 60;
/// Less is not worth a further passage.
const LEAST: usize = 200;
/// A second passage is shown only where it answers nearly as well as the first, a third all the more.
const SECOND_PASSAGE: Score = 0.5;
const THIRD_PASSAGE: Score = 0.7;
/// Sections that answer as well as this are named.
const NAMED: Score = 0.7;
/// How many are.
const MAX_NAMED: usize = 3;
/// Pieces of a page that are looked at, the best first.
const LOOKED_AT: usize = 4;
/// Pages whose pieces are weighed again: the first ones.
const WEIGHED: usize = 8;
/// What it counts beside its score that a piece has all that is asked for, and that its heading has.
const WHOLE: Score = 1.0;
const HEADED: Score = 0.3;
/// And what it counts that it is what the page begins with, where the title has all of that.
const OPENS: Score = 1.0;
/// The same of what follows that.
const FOLLOWS: Score = 0.6;
/// And that a section begins with it whose heading has so much of what is asked for.
const STARTS: Score = 0.5;
const HEADING: Score = 0.5;
/// Less of a heading that has nothing of it but what the title has.
const TITLED: Score = 0.5;
/// A piece that only names other pages, or is code without a word, is shown where no other has this share of its score.
const POOR: Score = 0.5;
/// A page whose title has so much of what is asked for is what is asked for: what it begins with is shown first.
const ABOUT: Score = 0.7;
/// And where its title has so much of that, what it begins with is shown where there is room.
const PARTLY_ABOUT: Score = 0.3;
/// What a section counts that stands around what a page says, where it is not asked for.
const AROUND: Score = 0.5;

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
    /// In bytes.
    room: usize,
    passages: usize,
    /// Its pieces are weighed again.
    is_weighed: bool,
    is_first: bool,
    is_long: bool,
}

impl Length {
    /// Of the page that has so many before it.
    pub(super) fn of(rank: usize, is_long: bool) -> Self {
        let (room, passages) = match is_long {
            true => LONG,
            false => ROOMS[rank.min(ROOMS.len() - 1)],
        };
        Self {
            room,
            passages,
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
        pieces = of.ordered(pieces, scores, shares, wanted, title, about);
    }
    let says = |entry: &Passage| !only_introduces(&entry.markdown) && !only_points(&entry.markdown);
    let entry = asked
        .entry
        .and_then(|entry| segment.entry(&page_entry, entry));
    let entry = entry.filter(says);
    let has_entry = entry.is_some();
    let opening = match () {
        () if entry.is_none() && (about >= ABOUT || asked.is_titled) => Opening::First,
        () if about >= PARTLY_ABOUT || wanted.has_all(head.title) => Opening::Shown,
        () => Opening::Passed,
    };
    let mut shown = Shown {
        passages: of.chosen(&pieces, entry, opening, length.passages)?,
        also: Vec::new(),
    };
    let nothing = Wanted::default();
    let mut left = length.room;
    let count = shown.passages.len();
    let mut room_for = count;
    for (at, passage) in shown.passages.iter_mut().enumerate() {
        // What a short one leaves, the next may take.
        let room = match at + 1 == count {
            true => left,
            false => left * SHARE / 100,
        };
        if at > 0 && left < LEAST {
            room_for = at;
            break;
        }
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
        let excerpt = excerpt(&text, above, wanted, room);
        left = left.saturating_sub(excerpt.markdown.len());
        passage.markdown = excerpt.markdown;
        passage.partial |= excerpt.is_cut;
    }
    shown.passages.truncate(room_for);
    if length.is_first {
        shown.also = of.also(&pieces, &shown.passages);
    }
    Ok(shown)
}

/// Where what a page begins with is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Opening {
    /// Before what answers: the page is what is asked for.
    First,
    /// Behind it: the page is about that.
    Shown,
    Passed,
}

/// A page of a segment.
struct Of<'a> {
    segment: &'a Segment,
    page: u32,
}

impl Of<'_> {
    /// At the most `count` passages, in order: the entry, the best pieces, and what the page begins with.
    fn chosen(
        &self,
        pieces: &[(Score, u32)],
        entry: Option<Passage>,
        opening: Opening,
        count: usize,
    ) -> io::Result<Vec<Passage>> {
        let is_first = opening == Opening::First;
        let is_shown = is_first || opening == Opening::Shown && count > 1;
        let opening = if is_shown { self.opening()? } else { None };
        // Of a page of reference that is its purpose in a line: then how it is used, too.
        let is_short = |it: &Passage| without_heading(&it.markdown).len() < LEAST;
        let follows = match count > 2 && opening.as_ref().is_some_and(is_short) {
            true => self.following()?,
            false => None,
        };
        let reserved = usize::from(opening.is_some() && !is_first) + usize::from(follows.is_some());
        let mut passages: Vec<Passage> = entry.into_iter().collect();
        let mut behind = opening.into_iter().chain(follows);
        if is_first {
            passages.extend(behind.next());
        }
        let mut rest = pieces;
        let best = pieces.first().map_or(0.0, |(score, _)| *score);
        self.push_best(&mut rest, best, &mut passages, count - reserved)?;
        for passage in behind {
            if passages.iter().all(|it| it.section != passage.section) {
                passages.push(passage);
            }
        }
        self.push_best(&mut rest, best, &mut passages, count)?;
        if passages.is_empty() {
            passages.extend(self.opening()?);
        }
        if let (true, Some((_, piece))) = (passages.is_empty(), pieces.first()) {
            passages.push(self.piece(*piece)?);
        }
        passages.truncate(count);
        Ok(passages)
    }

    /// Adds what the best pieces say, until there are so many passages; what is left are those that follow.
    fn push_best(
        &self,
        rest: &mut &[(Score, u32)],
        best: Score,
        passages: &mut Vec<Passage>,
        count: usize,
    ) -> io::Result<()> {
        // A list of links, code without a word, or only a heading, is shown where there is nothing else.
        let mut poor: Option<Passage> = None;
        while let Some(((score, piece), behind)) = rest.split_first() {
            let is_empty = passages.is_empty();
            let share = match passages.len() {
                0 => POOR,
                1 => SECOND_PASSAGE,
                _ => THIRD_PASSAGE,
            };
            let is_worth = is_empty || best > 0.0;
            if passages.len() >= count || *score < share * best || !is_worth {
                break;
            }
            *rest = behind;
            let Some(passage) = self.saying(*piece)? else {
                continue;
            };
            if passages.iter().any(|it| it.section == passage.section) {
                continue;
            }
            let is_poor = only_points(&passage.markdown) || only_code(&passage.markdown);
            match is_poor && is_empty {
                true if poor.is_none() => poor = Some(passage),
                true => {}
                false => passages.push(passage),
            }
        }
        let has_room = passages.len() < count;
        passages.extend(poor.filter(|_| has_room));
        Ok(())
    }

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
        about: Score,
    ) -> Vec<(Score, u32)> {
        let best = pieces.first().map_or(0.0, |(score, _)| *score);
        if best <= 0.0 || scores.len() < 2 {
            return pieces;
        }
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
        let asked_for: Vec<(Score, u32)> = pieces
            .iter()
            .filter_map(|(_, piece)| self.asked_for(*piece, wanted, title))
            .collect();
        for (_, start) in &asked_for {
            if pieces.iter().all(|(_, known)| known != start) {
                let score = scores.get(*start as usize).copied().unwrap_or_default();
                pieces.push((score, *start));
            }
        }
        for (score, piece) in &mut pieces {
            let heading = self.segment.heading_of(self.page, *piece);
            let headed = heading.map_or_else(Found::default, |heading| wanted.find(heading));
            let share = shares.get(*piece as usize).copied().unwrap_or_default();
            let starts = asked_for.iter().find(|(_, start)| start == piece);
            let opens = match piece {
                0 => OPENS * about,
                1 => FOLLOWS * about,
                _ => starts.map_or(0.0, |(share, _)| STARTS * share),
            };
            let headed = wanted.share(headed.without(title));
            *score = *score / best + WHOLE * share + HEADED * headed + opens;
            if headed < ABOUT && heading.is_some_and(is_around) {
                *score *= AROUND;
            }
        }
        pieces.sort_by(|a, b| b.0.total_cmp(&a.0));
        pieces
    }

    /// The first piece of a piece's section, where the heading has much of what is asked for: how much, and which.
    fn asked_for(&self, piece: u32, wanted: &Wanted, title: Found) -> Option<(Score, u32)> {
        let heading = self.segment.heading_of(self.page, piece)?;
        let found = wanted.find(heading);
        let share = wanted.share(found);
        if share < HEADING {
            return None;
        }
        // Many say again what the title does.
        let is_titled = found.without(title) == Found::default();
        let share = if is_titled { TITLED * share } else { share };
        Some((share, self.segment.first_of_section(self.page, piece)?))
    }

    /// What the page begins with.
    fn opening(&self) -> io::Result<Option<Passage>> {
        self.saying(0)
    }

    /// The section behind that, unless it only stands around.
    fn following(&self) -> io::Result<Option<Passage>> {
        let heading = self.segment.heading_of(self.page, 1);
        match heading.is_some_and(|heading| !is_around(heading)) {
            true => self.saying(1),
            false => Ok(None),
        }
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
