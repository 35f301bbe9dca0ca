//! A passage cut down to what of it answers: the blocks that have what is asked for, with what introduces them.

use super::blocks::{Block, Kind, blocks, each_block, is_heading, only_announces};
use super::scoring::Score;
use super::wanted::{Found, Wanted};
use std::{borrow::Cow, fmt::Write as _, ops::Range};

/// What stands where something is left out.
const GAP: &str = "…";
/// A further block answers that has this share of what the best one has.
const WORTH: Score = 0.5;
/// What counts of a block's words that its introduction has.
const LED: Score = 0.7;
/// A text of so many bytes and one twice as long: the shorter one says the same in less.
const LENGTH: Score = 1_000.0;
/// The end of a sentence whose beginning stands elsewhere says less.
const REST: Score = 0.6;
/// A sentence says what it is about; code has to be understood.
const CODE: Score = 0.8;
/// The first block of a section says what it is about.
const OPENING: Score = 0.15;
/// All the more where the heading has all that is asked for.
const TITLED: Score = 0.6;
/// Of a longer text only the beginning is looked at.
const LOOKED_AT: usize = 32 << 10;

/// What is left of a passage.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) markdown: String,
    /// Something was left out.
    pub(super) is_cut: bool,
}

/// Cuts a passage to about so many bytes: those of its blocks that answer, in order. `above`: the heading that it stands below.
pub(super) fn excerpt(text: &str, above: &str, wanted: &Wanted, room: usize) -> Excerpt {
    let body = without_heading(text);
    if body.len() <= room && !body.starts_with('#') {
        return Excerpt {
            markdown: body.trim_end().to_owned(),
            is_cut: false,
        };
    }
    let looked_at = &text[..text.floor_char_boundary(LOOKED_AT)];
    let all = blocks(looked_at);
    let first = all.iter().position(|block| block.kind != Kind::Heading);
    let body = first.map_or("", |first| &text[all[first].range.start..]);
    if body.len() <= room {
        return Excerpt {
            markdown: body.trim_end().to_owned(),
            is_cut: false,
        };
    }
    let mut chosen = Chosen::of(looked_at, &all, wanted.find(above), wanted, room);
    chosen.choose();
    Excerpt {
        markdown: chosen.written(),
        is_cut: true,
    }
}

/// Whether a text begins, below its heading, with a sentence of some length that says something: most do, and then nothing
/// else of it has to be looked at.
fn opens_with_words(text: &str) -> bool {
    const SOME: usize = 60;
    let text = without_heading(text);
    if !text.starts_with(|it: char| it.is_alphabetic()) {
        return false;
    }
    let first = text[..first_gap(text)].trim_end();
    let ends = first.ends_with(['.', '!', '?', '。']);
    let says = !is_pointer(first) && !only_announces(first);
    ends && first.len() >= SOME && !first.contains("](") && says
}

/// Where the first paragraph of a text ends.
fn first_gap(text: &str) -> usize {
    let mut lines = text.match_indices('\n').map(|(at, _)| at);
    let gap = lines.find(|at| text.as_bytes().get(at + 1) == Some(&b'\n'));
    gap.unwrap_or(text.len())
}

/// A text without the headings that it begins with.
pub(super) fn without_heading(text: &str) -> &str {
    let mut text = text.trim_start_matches('\n');
    while text.starts_with('#')
        && is_heading(text.lines().next().unwrap_or_default())
        && let Some(line) = text.find('\n')
    {
        text = text[line..].trim_start_matches('\n');
    }
    text
}

/// Whether a text says nothing by itself: headings, captions and sentences that end on a colon.
pub(super) fn only_introduces(text: &str) -> bool {
    if opens_with_words(text) {
        return false;
    }
    let looked_at = &text[..text.floor_char_boundary(LOOKED_AT)];
    each_block(looked_at, |block| {
        matches!(block.kind, Kind::Heading | Kind::Lead | Kind::Head)
    })
}

/// Whether a text is code alone, without a word that says what it is for.
pub(super) fn only_code(text: &str) -> bool {
    // Most texts begin with something else: those are not taken apart.
    let mut first = text.trim_start();
    while first.starts_with('#') {
        first = first.split_once('\n').map_or("", |(_, rest)| rest);
        first = first.trim_start();
    }
    if !first.starts_with("```") && !first.starts_with("~~~") {
        return false;
    }
    let looked_at = &text[..text.floor_char_boundary(LOOKED_AT)];
    let mut is_code = false;
    let is_only = each_block(looked_at, |block| match block.kind {
        Kind::Heading => true,
        Kind::Code => {
            is_code = true;
            true
        }
        kind => is_code && kind == Kind::Lead,
    });
    is_only && is_code
}

/// Whether a text only names other pages, or whom it belongs to: lists of links, lines of copyright.
pub(super) fn only_points(text: &str) -> bool {
    // Most texts have neither a link nor a copyright to point at: those are not taken apart.
    let begins_with_copyright = is_copyright(without_heading(text));
    if !(text.contains("](") || begins_with_copyright) || opens_with_words(text) {
        return false;
    }
    let looked_at = &text[..text.floor_char_boundary(LOOKED_AT)];
    let mut says = false;
    let is_only = each_block(looked_at, |block| match block.kind {
        Kind::Heading | Kind::Lead | Kind::Head => true,
        _ => {
            says = true;
            is_pointer(&looked_at[block.range])
        }
    });
    is_only && says
}

/// A line that is a link and little more, or a line of copyright.
fn is_pointer(text: &str) -> bool {
    let text = text.trim();
    if is_copyright(text) {
        return text.len() < 300;
    }
    if !text.contains("](") {
        return false;
    }
    let (mut said, mut linked) = (0usize, 0usize);
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let label = rest[open..].find("](").map(|end| open + end);
        let end = label.and_then(|label| Some((label, label + rest[label..].find(')')?)));
        let Some((label, end)) = end else { break };
        said += words(&rest[..open]);
        linked += words(&rest[open..label]).max(1);
        rest = &rest[end + 1..];
    }
    said += words(rest);
    linked > 0 && said <= linked
}

fn is_copyright(text: &str) -> bool {
    let word = text.get(..9);
    word.is_some_and(|it| it.eq_ignore_ascii_case("copyright")) || text.starts_with('©')
}

/// A text without where its links lead: what they are called stays. Code stays as it is.
pub(super) fn without_links(text: &str) -> Cow<'_, str> {
    if !text.contains("](") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    each_block(text, |block| {
        out.push_str(&text[at..block.range.start]);
        at = block.range.end;
        let of = &text[block.range];
        match block.kind {
            Kind::Code => out.push_str(of),
            _ if !of.contains("](") => out.push_str(of),
            _ => push_without_links(of, &mut out),
        }
        true
    });
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

fn push_without_links(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(open) = rest.find(['[', '`']) {
        if rest[open..].starts_with('`') {
            // Code, up to as many marks as it begins with.
            let marks = rest[open..].len() - rest[open..].trim_start_matches('`').len();
            let inside = open + marks;
            let close = rest[inside..].find(&rest[open..inside]);
            let end = close.map_or(inside, |close| inside + close + marks);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let (before, link) = rest.split_at(open);
        let is_image = before.ends_with('!');
        out.push_str(before);
        let parts = link_parts(link).filter(|_| !is_image);
        let Some((label, end)) = parts else {
            out.push('[');
            rest = &link[1..];
            continue;
        };
        out.push_str(label);
        rest = &link[end..];
    }
    out.push_str(rest);
}

/// What a link is called, and where it ends that a text begins with.
fn link_parts(text: &str) -> Option<(&str, usize)> {
    const LONGEST: usize = 1_000;
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let mut depth = 0usize;
    let mut is_escaped = false;
    let mut label = None;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => depth += 1,
            ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    label = Some(at);
                    break;
                }
            }
            _ => {}
        }
    }
    let label = label.filter(|label| text[label + 1..].starts_with('('))?;
    let mut depth = 0usize;
    for (at, letter) in text[label + 1..].char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 1 => return Some((&text[1..label], label + 1 + at + 1)),
            ')' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

fn words(text: &str) -> usize {
    if text.is_ascii() {
        let (mut count, mut is_inside) = (0, false);
        for byte in text.bytes() {
            let is_word = byte.is_ascii_alphanumeric();
            count += usize::from(is_word && !is_inside);
            is_inside = is_word;
        }
        return count;
    }
    let words = text.split(|it: char| !it.is_alphanumeric());
    words.filter(|word| !word.is_empty()).count()
}

struct Chosen<'a> {
    text: &'a str,
    blocks: &'a [Block],
    wanted: &'a Wanted,
    /// What stands in the heading.
    above: Found,
    /// What each block has of the query.
    found: Vec<Found>,
    values: Vec<Score>,
    taken: Vec<bool>,
    /// What is shown of a block that is longer than there is room.
    shortened: Option<(usize, String)>,
    room: usize,
}

impl<'a> Chosen<'a> {
    fn of(
        text: &'a str,
        blocks: &'a [Block],
        above: Found,
        wanted: &'a Wanted,
        room: usize,
    ) -> Self {
        let found: Vec<Found> = blocks
            .iter()
            .map(|block| wanted.find(&text[block.range.clone()]))
            .collect();
        let mut chosen = Self {
            text,
            blocks,
            wanted,
            above,
            found,
            values: Vec::with_capacity(blocks.len()),
            taken: vec![false; blocks.len()],
            shortened: None,
            room,
        };
        chosen.values = (0..blocks.len()).map(|at| chosen.value(at)).collect();
        if let Some(opening) = chosen.opening() {
            let most = chosen.values.iter().copied().fold(0.0, Score::max);
            let is_it = wanted.share(above);
            chosen.values[opening] += (OPENING + TITLED * is_it) * most;
        }
        chosen
    }

    /// The block that a section opens with.
    fn opening(&self) -> Option<usize> {
        let starts = self.blocks.first()?.kind == Kind::Heading;
        let says = |block: &Block| !matches!(block.kind, Kind::Heading | Kind::Lead | Kind::Head);
        let opening = self.blocks.iter().position(says)?;
        (starts && self.blocks[opening].kind == Kind::Text).then_some(opening)
    }

    /// What a block is worth by itself, and as what it is introduced as.
    fn value(&self, at: usize) -> Score {
        let block = &self.blocks[at];
        if matches!(block.kind, Kind::Heading | Kind::Lead | Kind::Head) {
            return 0.0;
        }
        let own = self.found[at];
        let led = self
            .before(at)
            .fold(Found::default(), |all, before| all.with(self.found[before]));
        let weight = |found| self.wanted.weight_below(found, self.above);
        let worth = weight(own) + LED * weight(led.without(own));
        let length = block.range.len() as Score;
        let text = &self.text[block.range.clone()];
        let is_rest = block.kind == Kind::Text && text.starts_with(char::is_lowercase);
        let worth = if is_rest { REST * worth } else { worth };
        let worth = if block.kind == Kind::Code {
            CODE * worth
        } else {
            worth
        };
        worth / (1.0 + length / (length + LENGTH))
    }

    /// What has to stand before a block: what introduces it, and the head of its table.
    fn before(&self, at: usize) -> impl Iterator<Item = usize> + use<> {
        let group = self.blocks[at].group;
        let in_group = |it: &Block| it.group == group;
        let mut start = at;
        // Lists are long at the most as the text is, and asked of each of their items: so the start is looked up.
        if matches!(self.blocks[at].kind, Kind::Item | Kind::Row) {
            start = self.blocks.partition_point(|it| it.group < group);
        }
        let head =
            (self.blocks[start].kind == Kind::Head && in_group(&self.blocks[start]) && start != at)
                .then_some(start);
        let lead = start
            .checked_sub(1)
            .filter(|lead| self.blocks[*lead].kind == Kind::Lead);
        lead.into_iter().chain(head)
    }

    fn cost(&self, at: usize) -> usize {
        let before = self.before(at).filter(|it| !self.taken[*it]);
        let before: usize = before.map(|it| self.blocks[it].range.len() + 2).sum();
        before + self.blocks[at].range.len() + 2
    }

    fn take(&mut self, at: usize) {
        for before in self.before(at) {
            self.taken[before] = true;
        }
        self.taken[at] = true;
    }

    fn choose(&mut self) {
        let says = |block: &Block| !matches!(block.kind, Kind::Heading | Kind::Lead | Kind::Head);
        let mut order: Vec<usize> = (0..self.blocks.len())
            .filter(|at| says(&self.blocks[*at]))
            .collect();
        if order.is_empty() {
            // Something that introduces is more than nothing.
            order = (0..self.blocks.len()).collect();
        }
        order.sort_by(|a, b| self.values[*b].total_cmp(&self.values[*a]).then(a.cmp(b)));
        let Some(best) = order.first().copied() else {
            return;
        };
        let mut left = self.room;
        let before = self.cost(best) - self.blocks[best].range.len();
        if self.cost(best) > left {
            // An introduction that takes most of the room is left out.
            let with = before < left / 2;
            let room = if with { left - before } else { left };
            if with {
                self.take(best);
            }
            self.taken[best] = true;
            let block = &self.blocks[best];
            let text = &self.text[block.range.clone()];
            self.shortened = Some((best, shortened(text, block.kind, self.wanted, room)));
            return;
        }
        left -= self.cost(best);
        self.take(best);
        let least = WORTH * self.values[best];
        for at in order.into_iter().skip(1) {
            let cost = self.cost(at);
            if self.values[at] >= least && self.values[at] > 0.0 && cost <= left {
                left -= cost;
                self.take(at);
            }
        }
        // What follows belongs to it, as far as there is room.
        let says: Vec<usize> = (best + 1..self.blocks.len())
            .filter(|at| says(&self.blocks[*at]))
            .collect();
        for at in says {
            if self.taken[at] {
                continue;
            }
            let cost = self.cost(at);
            if cost > left || self.blocks[at].kind == Kind::Heading {
                break;
            }
            left -= cost;
            self.take(at);
        }
    }

    fn written(&self) -> String {
        let mut out = String::with_capacity(self.room + 16);
        let mut last: Option<usize> = None;
        for at in (0..self.blocks.len()).filter(|at| self.taken[*at]) {
            let block = &self.blocks[at];
            match last {
                Some(last) if last + 1 == at => {
                    out.push_str(&self.text[self.blocks[last].range.end..block.range.start]);
                }
                Some(last) if self.blocks[last].group == block.group => out.push('\n'),
                Some(last) if self.blocks[last].kind == Kind::Lead => out.push_str("\n\n"),
                Some(_) => {
                    let _ = write!(out, "\n\n{GAP}\n\n");
                }
                None => {}
            }
            match &self.shortened {
                Some((of, text)) if *of == at => out.push_str(text),
                _ => out.push_str(&self.text[block.range.clone()]),
            }
            last = Some(at);
        }
        out
    }
}

/// The part of a long block that answers.
fn shortened(text: &str, kind: Kind, wanted: &Wanted, room: usize) -> String {
    let lines = text.trim_end().lines().count();
    match kind {
        Kind::Code if lines > 2 => code(text, wanted, room),
        Kind::Row => {
            let kept = start(text, room.saturating_sub(GAP.len() + 2));
            format!("{kept}{GAP} |")
        }
        _ => sentences(text, wanted, room),
    }
}

/// As many lines of code as there is room for, those around the line that answers best, as a fence.
fn code(text: &str, wanted: &Wanted, room: usize) -> String {
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    let open = lines.remove(0);
    let marks = open.trim_start();
    let mark = marks.chars().next().unwrap_or('`');
    let count = marks.chars().take_while(|it| *it == mark).count();
    let close: String = std::iter::repeat_n(mark, count).collect();
    if lines.last().is_some_and(|last| last.trim() == close) {
        lines.pop();
    }
    let values: Vec<Score> = lines
        .iter()
        .map(|line| wanted.weight(wanted.find(line)))
        .collect();
    let range = window(
        &lines,
        &values,
        room.saturating_sub(open.len() + close.len() + 2),
        1,
    );
    let mut kept = lines[range].join("\n");
    let most = room.max(40);
    if kept.len() > most {
        kept = format!("{}{GAP}", start(&kept, most));
    }
    format!("{open}\n{kept}\n{close}")
}

/// As many sentences as there is room for, from the one on that answers best.
fn sentences(text: &str, wanted: &Wanted, room: usize) -> String {
    let sentences = split(text);
    let values: Vec<Score> = sentences
        .iter()
        .map(|sentence| wanted.weight(wanted.find(sentence)))
        .collect();
    let range = window(
        &sentences,
        &values,
        room.saturating_sub(2 * GAP.len() + 2),
        0,
    );
    let is_start = range.start == 0;
    let is_end = range.end == sentences.len();
    let kept = sentences[range].concat();
    let kept = kept.trim_end();
    let mut out = String::with_capacity(kept.len() + 8);
    if !is_start {
        out.push_str(GAP);
        out.push(' ');
    }
    if kept.len() > room {
        let from = around(kept, wanted, room);
        if from > 0 && is_start {
            out.push_str(GAP);
            out.push(' ');
        }
        let kept = start(&kept[from..], room);
        out.push_str(kept.trim_end());
        out.push(' ');
        out.push_str(GAP);
        return out;
    }
    out.push_str(kept.trim_start());
    if !is_end {
        out.push(' ');
        out.push_str(GAP);
    }
    out
}

/// Where to begin in a sentence that is too long: at its start, unless what is asked for stands far behind that.
fn around(text: &str, wanted: &Wanted, room: usize) -> usize {
    let at_start = wanted.weight(wanted.find(start(text, room)));
    if at_start >= 0.5 * wanted.weight(wanted.find(text)) {
        return 0;
    }
    let mut best = (at_start, 0);
    let mut from = 0;
    while from + room / 2 < text.len() {
        from = text.ceil_char_boundary(from + room / 2);
        let at = text[from..]
            .find(' ')
            .map_or(from, |space| from + space + 1);
        let value = wanted.weight(wanted.find(start(&text[at..], room)));
        if value > best.0 {
            best = (value, at);
        }
    }
    best.1
}

/// Neighbouring lines or sentences that fit: the best one, with so many before it, then the better of those on either side, as far as there
/// is room.
fn window(parts: &[&str], values: &[Score], room: usize, before: usize) -> Range<usize> {
    let greatest = values.iter().copied().fold(0.0, Score::max);
    let best = values
        .iter()
        .position(|value| *value >= greatest)
        .unwrap_or(0);
    let fits = |range: &Range<usize>| {
        let bytes: usize = parts[range.clone()].iter().map(|part| part.len() + 1).sum();
        bytes <= room
    };
    let mut range = best..(best + 1).min(parts.len());
    for _ in 0..before {
        let wider = range.start.saturating_sub(1)..range.end;
        if fits(&wider) {
            range = wider;
        }
    }
    let mut used: usize = parts[range.clone()].iter().map(|part| part.len() + 1).sum();
    let value = |at: usize| values.get(at).copied();
    loop {
        let next = value(range.end);
        let previous = range.start.checked_sub(1).and_then(value);
        let is_next = match (previous, next) {
            (None, None) => break,
            (previous, next) => next >= previous,
        };
        let at = if is_next { range.end } else { range.start - 1 };
        used += parts[at].len() + 1;
        if used > room {
            break;
        }
        match is_next {
            true => range.end += 1,
            false => range.start = at,
        }
    }
    range
}

/// The sentences of a text, with the space behind them.
fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut from = 0;
    let mut marks = false;
    for (at, letter) in text.char_indices() {
        let is_line = letter == '\n' && begins_anew(&text[at + 1..]);
        if marks && letter.is_whitespace() || is_line {
            let end = at + letter.len_utf8();
            if end - from > 30 {
                sentences.push(&text[from..end]);
                from = end;
            }
        }
        let ends = matches!(letter, '.' | '!' | '?' | ';');
        // Behind the marks, quotations and brackets may close.
        marks = ends || marks && matches!(letter, ')' | '"' | '”' | '*' | '_' | '`');
        if matches!(letter, '。' | '！' | '？') && at + letter.len_utf8() - from > 30 {
            let end = at + letter.len_utf8();
            sentences.push(&text[from..end]);
            from = end;
        }
    }
    if from < text.len() {
        sentences.push(&text[from..]);
    }
    sentences
}

/// Whether a line is an item of a list or a row of its own, rather than more of the sentence before.
fn begins_anew(line: &str) -> bool {
    line.trim_start_matches([' ', '>'])
        .starts_with(['-', '*', '+', '|', '`', '#'])
}

/// The beginning of a text, up to the end of a word.
fn start(text: &str, room: usize) -> &str {
    if text.len() <= room {
        return text;
    }
    let kept = &text[..text.floor_char_boundary(room)];
    match kept.rfind(char::is_whitespace) {
        Some(space) if space > kept.len() / 2 => kept[..space].trim_end(),
        _ => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::super::wanted::tests::wanted;
    use super::*;

    fn cut(text: &str, words: &[&str], room: usize) -> String {
        let words: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
        excerpt(text, "", &wanted(&words), room).markdown
    }

    const PAGE: &str = "## Options\n\nThe program takes options.\n\n- `-a`: all of it, whatever it is\n- `-v`: say more than usual\n\
        - `-q`: say nothing at all\n\nTo remove it:\n\n```sh\napt remove it\n```\n\nAnother paragraph ends the section, and has more to say of nothing.\n";

    #[test]
    fn words_are_counted_in_any_script() {
        for (text, count) in [("", 0), ("a b-c, d1", 4), (" (x) ", 1), ("é_ü 設定", 3)] {
            assert_eq!(words(text), count, "{text}");
        }
    }

    #[test]
    fn a_short_passage_is_whole_but_for_its_heading() {
        let whole = excerpt("## Title\n\nText.\n", "", &wanted(&[]), 100);
        assert_eq!((whole.markdown.as_str(), whole.is_cut), ("Text.", false));
    }

    #[test]
    fn the_block_that_answers_is_shown_with_what_introduces_it() {
        assert_eq!(
            cut(PAGE, &["say", "usual"], 40),
            "- `-v`: say more than usual"
        );
        assert_eq!(
            cut(PAGE, &["remove"], 60),
            "To remove it:\n\n```sh\napt remove it\n```"
        );
        // Nothing of it stands there: it begins at its beginning.
        assert!(cut(PAGE, &["zebra"], 60).starts_with("The program takes options."));
    }

    #[test]
    fn a_row_has_the_head_of_its_table() {
        let table = format!(
            "| name | what |\n|---|---|\n{}| last | the end |\n",
            "| some | thing |\n".repeat(50)
        );
        assert_eq!(
            cut(&table, &["end"], 60),
            "| name | what |\n|---|---|\n| last | the end |"
        );
    }

    #[test]
    fn of_a_long_block_the_lines_or_sentences_that_answer() {
        let text = format!(
            "{}The port is 80. More.",
            "Some words of no interest here. ".repeat(20)
        );
        assert_eq!(
            cut(&text, &["port"], 50),
            "… Some words of no interest here. The port is 80. More."
                .replace("Some words of no interest here. ", "")
        );
        let code = format!(
            "```ini\n{}port = 80\nend = 1\n```\n",
            "key = value\n".repeat(50)
        );
        assert_eq!(
            cut(&code, &["port"], 50),
            "```ini\nkey = value\nport = 80\nend = 1\n```"
        );
    }

    #[test]
    fn the_sentence_before_is_kept_where_it_says_more_than_the_one_behind() {
        let text = format!(
            "{}The lag is the amount that is not applied. Measure the lag of replication now. {}",
            "Some words of no interest here. ".repeat(20),
            "Others of no interest follow it. ".repeat(20)
        );
        assert_eq!(
            cut(&text, &["lag", "replication"], 100),
            "… The lag is the amount that is not applied. Measure the lag of replication now. …"
        );
    }

    #[test]
    fn what_says_nothing_by_itself_is_told() {
        assert!(only_introduces("## Title\n\n"));
        assert!(only_introduces("Run this command:\n"));
        assert!(only_introduces("**Table 1. Names**\n"));
        assert!(only_introduces(
            "## Guards\n\nThis section describes some common patterns for protecting clusters from compromise.\n"
        ));
        assert!(!only_introduces(
            "This page shows how to sign in. Press the button that is at the top of the page.\n"
        ));
        assert!(!only_introduces("## Title\n\nText.\n"));
        assert!(only_points(
            "## See also\n\n- [A](a.md)\n- [B c](b.md), d\n"
        ));
        assert!(only_points("Copyright © 2020 Somebody\n"));
        assert!(!only_points("- [A](a.md): what it is, and what it does\n"));
        assert!(!only_points("Text.\n"));
    }

    #[test]
    fn links_are_what_they_are_called() {
        let text = "See [the `max` setting](a.md#b) and ![image](i.png), `[a](b)`.\n\n```\n[x](y)\n```\n\n- [a (b)](c(d).html): e [f]\n";
        assert_eq!(
            without_links(text),
            "See the `max` setting and ![image](i.png), `[a](b)`.\n\n```\n[x](y)\n```\n\n- a (b): e [f]\n"
        );
    }

    #[test]
    fn code_alone_is_told() {
        assert!(only_code("## Syntax\n\n```js\nclosest(selectors)\n```\n"));
        assert!(!only_code("Run:\n\n```sh\nmake\n```\n") && !only_code("Text.\n"));
    }

    #[test]
    fn hostile_texts_take_no_longer_than_their_length() {
        for text in [
            "- a [", "[", "`a", "![[", "[a](b) ", "[a](", "a.", "| a ", "é", "a:\n\n", "```\n",
            "- a\n", "| a |\n",
        ] {
            let long = text.repeat(100_000);
            for words in [&["a"][..], &[]] {
                let cut = cut(&long, words, 300);
                assert!(cut.len() < 1_000, "{text}: {}", cut.len());
            }
            only_points(&long);
            only_introduces(&long);
            without_links(&long);
        }
    }
}
