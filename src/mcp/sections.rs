//! Sections of a page: chosen by a name, cut into parts, listed.

use std::fmt::Write as _;

use super::{
    blocks,
    line::{letters, one_line},
    tokens,
};
use crate::corpus::Section;

/// Tokens that the list of a long page's sections may take.
const OUTLINE: usize = 500;

/// The sections that a name means, with those below them: an anchor, a heading, or a part of one.
pub(super) fn select<'a>(sections: &'a [Section], wanted: &str) -> Option<&'a [Section]> {
    let wanted = wanted.trim().trim_start_matches('#').trim();
    let plain = letters(wanted);
    let heading = |section: &Section| section.headings.last().map(|heading| letters(heading));
    let first = sections
        .iter()
        .position(|section| section.anchor.as_deref() == Some(wanted))
        .or_else(|| {
            sections.iter().position(|section| {
                section
                    .anchor
                    .as_deref()
                    .is_some_and(|anchor| anchor.eq_ignore_ascii_case(wanted))
            })
        })
        .or_else(|| {
            (!plain.is_empty()).then_some(())?;
            sections.iter().position(|section| {
                heading(section).as_ref() == Some(&plain)
                    || letters(&section.headings.concat()) == plain
            })
        })
        .or_else(|| {
            (plain.chars().count() >= 3).then_some(())?;
            sections
                .iter()
                .position(|section| heading(section).is_some_and(|it| it.contains(&plain)))
        })?;
    let path = &sections[first].headings;
    let below = sections[first + 1..]
        .iter()
        .take_while(|section| !path.is_empty() && below(section, path))
        .count();
    Some(&sections[first..=first + below])
}

fn below(section: &Section, path: &[String]) -> bool {
    section.headings.len() > path.len() && section.headings.starts_with(path)
}

/// The sections in parts within a budget, cut before a section where one can, else before a block.
pub(super) fn parts(sections: &[Section], budget: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut used = 0;
    for section in sections {
        let cost = tokens::estimate(&section.markdown) + 1;
        let full = used + cost > budget;
        if full && used > budget / 2 && cost <= budget {
            parts.push(std::mem::take(&mut part));
            used = 0;
        }
        if used + cost <= budget {
            push(&mut part, &section.markdown);
            used += cost;
            continue;
        }
        for block in blocks::blocks(&section.markdown) {
            for piece in blocks::pieces(block, budget) {
                let cost = tokens::estimate(&piece) + 1;
                if used + cost > budget && used > 0 {
                    parts.push(std::mem::take(&mut part));
                    used = 0;
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
    outline_within(sections, OUTLINE)
}

/// The same within so many tokens.
pub(super) fn outline_within(sections: &[Section], tokens: usize) -> String {
    let mut text = String::new();
    let mut left = tokens.min(OUTLINE);
    let mut named = sections
        .iter()
        .filter(|section| !section.headings.is_empty());
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
        let cost = tokens::estimate(&line);
        if cost > left {
            let _ = writeln!(text, "- and {} more", named.count() + 1);
            return text;
        }
        left -= cost;
        text.push_str(&line);
    }
    text
}
