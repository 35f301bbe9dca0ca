//! Sections of a page: cut into parts, listed.

use std::{borrow::Cow, fmt::Write as _};

use super::{
    blocks::{self, pieces_by},
    line::one_line,
    measure::{Measure, Room},
};
use crate::corpus::Section;

/// Tokens that the list of a long page's sections may take.
const OUTLINE: usize = 500;
/// A part that holds less than this share of it is next to empty.
const SLIGHT: usize = 4;
/// Lines of it, where another list of the same sections would be shorter.
const LINES: usize = 12;

/// What of sections is shown, a text each.
pub(super) fn texts(sections: &[Section]) -> Vec<Cow<'_, str>> {
    let texts = sections.iter();
    texts
        .map(|section| Cow::Borrowed(section.markdown.as_str()))
        .collect()
}

/// Texts in parts within a budget, cut before a text where one can, else before a block. The first may have less
/// room than those behind it.
pub(super) fn parts<T: AsRef<str>>(
    texts: &[T],
    measure: Measure,
    first: usize,
    budget: usize,
) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut used = 0;
    let mut room = first;
    for text in texts {
        let text = text.as_ref();
        let cost = measure.of(text) + 1;
        let full = used + cost > room;
        if full && used > room / 2 && cost <= budget {
            parts.push(std::mem::take(&mut part));
            used = 0;
            room = budget;
        }
        if used + cost <= room {
            push(&mut part, text);
            used += cost;
            continue;
        }
        for block in blocks::blocks(text) {
            let left = room.saturating_sub(used + 1);
            let fits_behind = measure.within(block, budget.saturating_sub(1)).is_some();
            // What is longer than a part begins in this one; what is not, where this one would be next to empty.
            let begins_here = match fits_behind {
                true => used == 0 || used < room / SLIGHT,
                false => used == 0 || left > budget / SLIGHT,
            };
            let first = if begins_here { left } else { budget };
            for piece in pieces_by(measure, block, first, budget.saturating_sub(1)) {
                let cost = measure.of(&piece) + 1;
                if used + cost > room && used > 0 {
                    parts.push(std::mem::take(&mut part));
                    used = 0;
                    room = budget;
                }
                push(&mut part, &piece);
                used += cost;
            }
        }
    }
    if !part.is_empty() || parts.is_empty() {
        parts.push(part);
    }
    parts
}

fn push(part: &mut String, markdown: &str) {
    if !part.is_empty() {
        part.push_str("\n\n");
    }
    part.push_str(markdown.trim_matches('\n'));
}

/// The headings with their anchors, a line each.
pub(super) fn outline(sections: &[Section]) -> String {
    listed(sections, usize::MAX, Room::of_tokens(OUTLINE), usize::MAX)
}

/// The same in few lines, within so much: the outermost headings alone where all of them are many.
pub(super) fn brief_outline(sections: &[Section], room: Room) -> String {
    let headings = || sections.iter().map(|section| section.headings.len());
    let outermost = headings().filter(|depth| *depth > 0).min().unwrap_or(1);
    let count = |most: usize| {
        headings()
            .filter(|depth| (1..=most).contains(depth))
            .count()
    };
    let deepest = headings().max().unwrap_or(1);
    let mut depths = (outermost..=deepest).rev();
    let depth = depths.find(|depth| count(*depth) <= LINES);
    listed(sections, depth.unwrap_or(outermost), room, LINES)
}

/// Headings down to a depth.
fn listed(sections: &[Section], depth: usize, room: Room, lines: usize) -> String {
    let mut text = String::new();
    let mut left = room.most;
    let is_listed = |section: &&Section| (1..=depth).contains(&section.headings.len());
    let mut named = sections.iter().filter(is_listed);
    let mut count = 0;
    for section in named.by_ref() {
        let depth = section.headings.len().clamp(1, 6) - 1;
        let heading = section
            .headings
            .last()
            .map(String::as_str)
            .unwrap_or_default();
        let mut line = format!("{}- {}", "  ".repeat(depth), one_line(heading, 100));
        if let Some(anchor) = &section.anchor {
            let _ = write!(line, " #{}", one_line(anchor, 120));
        }
        line.push('\n');
        let cost = room.cost(&line);
        count += 1;
        if cost > left || count > lines {
            let _ = writeln!(text, "- and {} more", named.count() + 1);
            return text;
        }
        left -= cost;
        text.push_str(&line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(headings: &[&str], anchor: &str) -> Section {
        let headings = headings.iter().map(|it| (*it).to_owned()).collect();
        Section {
            headings,
            anchor: Some(anchor.to_owned()),
            markdown: String::new(),
        }
    }

    #[test]
    fn an_outline_has_few_lines_and_says_what_it_leaves_out() {
        let mut sections = vec![section(&["A"], "a")];
        let below: Vec<String> = (0..11).map(|number| format!("B{number}")).collect();
        sections.extend(below.iter().map(|name| section(&["A", name], name)));
        let room = Room::of_characters(900);
        assert_eq!(brief_outline(&sections, room).lines().count(), 12);
        sections.push(section(&["C"], "c"));
        // The lower ones are left out where there are too many of all.
        assert_eq!(brief_outline(&sections, room), "- A #a\n- C #c\n");
        let many: Vec<Section> = (0..100).map(|_| section(&["Same"], "same")).collect();
        let text = brief_outline(&many, room);
        assert!(text.ends_with("- and 88 more\n"), "{text}");
        let narrow = brief_outline(&many, Room::of_characters(40));
        assert!(narrow.contains("more") && Measure::Tokens.of(&outline(&many)) <= OUTLINE + 10);
    }

    #[test]
    fn the_first_part_may_be_shorter() {
        let texts: Vec<String> = (0..40).map(|_| "word ".repeat(40)).collect();
        for measure in [Measure::Characters, Measure::Tokens] {
            let parts = parts(&texts, measure, 300, 1_000);
            assert!(measure.of(&parts[0]) <= 300 && parts.len() > 2);
            assert!(parts[1..].iter().all(|part| measure.of(part) <= 1_000));
            let words = parts.iter().map(|part| part.matches("word").count());
            assert_eq!(words.sum::<usize>(), 1_600);
        }
    }
}
