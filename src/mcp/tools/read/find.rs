//! The places on a page where some words or a name stand: whole words, whatever their case.

use std::{collections::BTreeMap, fmt::Write as _};

use percent_encoding::percent_decode_str;

use super::{
    super::super::{
        fence::Fence,
        line::{count, one_line},
        links::Links,
        measure::Room,
        reply::Reply,
        sections::brief_outline,
    },
    asked::Asked,
    head,
    places::{Place, places},
};
use crate::{corpus::Section, search::StoredPage};

/// What is looked for is cut to so many characters, and so many words.
const MAX_WANTED: usize = 200;
const MAX_WORDS: usize = 12;
/// Places that are shown.
const MAX_SHOWN: usize = 12;
/// A place that takes more tokens is shown around the first match.
const LONG: usize = 160;
/// Sections that are named which are not shown.
const MAX_NAMED: usize = 8;

const READ_ON: &str =
    "Each section can be read whole: with `section`, by its name or what stands behind #.\n";

/// What is looked for.
struct Wanted {
    /// All of it, in lower case, each white space one space.
    phrase: String,
    words: Vec<String>,
}

/// How well a place matches: the better, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    None,
    /// It has so many of the words.
    Some(usize),
    /// All of the words.
    All,
    /// The words as they are written.
    Phrase,
    /// What it defines or is called begins with them.
    Name,
}

/// A place, and how it matches.
struct Found<'a> {
    section: usize,
    place: Place<'a>,
    how: Match,
}

/// Answers with the places of what is asked for that have the words.
pub(super) fn found(
    page: &StoredPage,
    asked: &Asked<'_>,
    wanted: &str,
    links: &mut Links<'_>,
    fence: &Fence,
    room: Room,
) -> Reply {
    let shown = one_line(wanted, 80);
    let wanted = Wanted::of(wanted);
    let sections = asked.sections;
    let mut text = asked.note.clone();
    let mut body = head(page);
    let (places, as_parts) = match wanted.words.is_empty() {
        true => (Vec::new(), false),
        false => matching(sections, &wanted),
    };
    let what = asked.what;
    if places.is_empty() {
        let _ = writeln!(text, "Nothing of \"{shown}\" stands in this {what}.");
        let left = room.most.saturating_sub(room.cost(&body)) / 3;
        let outline = brief_outline(sections, Room { most: left, ..room });
        if !outline.is_empty() {
            body.push_str("\nSections:\n");
            body.push_str(&outline);
        }
        fence.enclose(&mut text, &body);
        return Reply::text(text, 0);
    }
    let best = places.iter().map(|found| found.how).max();
    let how = match best {
        Some(Match::Some(words)) => format!(
            " No place has all of these words together; these have {} of {}.",
            words,
            wanted.words.len()
        ),
        Some(Match::All) if wanted.words.len() > 1 => {
            " Nowhere do these words stand side by side; these places have all of them.".to_owned()
        }
        _ if as_parts => " It stands in no word of its own, but within others.".to_owned(),
        _ => String::new(),
    };
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for found in &places {
        *counts.entry(found.section).or_default() += 1;
    }
    let _ = writeln!(
        text,
        "\"{shown}\" stands at {} of this {what}, in {}.{how}",
        count(places.len(), "place"),
        count(counts.len(), "section"),
    );
    let left = room
        .most
        .saturating_sub(room.cost(&body))
        .max(room.most / 4);
    let rest = write(&mut body, sections, &places, &wanted, links, left, room);
    named(&mut body, sections, &rest);
    fence.enclose(&mut text, &body);
    text.push_str(
        "Each section can be read whole: with `section`, by its name or what stands behind #.\n",
    );
    Reply::text(text, 1)
}

/// Answers with the places that define a name, where there are some.
pub(super) fn defined(
    page: &StoredPage,
    name: &str,
    links: &mut Links<'_>,
    fence: &Fence,
    room: Room,
) -> Option<Reply> {
    let name = name.trim_start_matches('#');
    let decoded = percent_decode_str(name).decode_utf8_lossy();
    let wanted = Wanted::of(&decoded);
    let sections = &page.sections;
    if !wanted.phrase.contains(char::is_alphanumeric) {
        return None;
    }
    let mut all = Vec::new();
    for (section, it) in sections.iter().enumerate() {
        let places = places(&it.markdown).into_iter();
        let defining = places.filter(|place| wanted.is_defined(place));
        all.extend(defining.map(|place| Found {
            section,
            place,
            how: Match::Name,
        }));
    }
    if all.is_empty() {
        return None;
    }
    let mut body = head(page);
    let left = room
        .most
        .saturating_sub(room.cost(&body))
        .max(room.most / 4);
    let rest = write(&mut body, sections, &all, &wanted, links, left, room);
    named(&mut body, sections, &rest);
    let mut text = format!(
        "No section is called \"{}\"; this is where the page defines it.\n",
        one_line(name, 80)
    );
    fence.enclose(&mut text, &body);
    text.push_str(READ_ON);
    Some(Reply::text(text, 1))
}

/// Writes the places that there is room for, each section with its heading; counts those left out, by section.
fn write(
    body: &mut String,
    sections: &[Section],
    places: &[Found<'_>],
    wanted: &Wanted,
    links: &mut Links<'_>,
    room: usize,
    measure: Room,
) -> BTreeMap<usize, usize> {
    let mut rest: BTreeMap<usize, usize> = BTreeMap::new();
    let mut left = room - room / 8;
    let mut shown = 0;
    let mut last: Option<&Found<'_>> = None;
    for found in places {
        let mut text = String::new();
        if last.is_none_or(|last| last.section != found.section) {
            let _ = write!(text, "\n## {}\n", name_of(&sections[found.section]));
        }
        let place = match measure.cost(found.place.text) > measure.plain(LONG) {
            true => {
                let cut = around(found.place.text, wanted, 2 * measure.plain(LONG));
                found.place.under_its_term(cut)
            }
            false => found.place.text.trim_matches('\n').to_owned(),
        };
        let place = links.written(&place);
        let _ = match last.is_some_and(|last| found.place.goes_on(&last.place)) {
            true => writeln!(text, "{place}"),
            false => writeln!(text, "\n{}", found.place.framed(&place)),
        };
        let cost = measure.cost(&text);
        if shown == MAX_SHOWN || (cost > left && shown > 0) {
            *rest.entry(found.section).or_default() += 1;
            continue;
        }
        left = left.saturating_sub(cost);
        shown += 1;
        last = Some(found);
        body.push_str(&text);
    }
    rest
}

/// Names the sections of which places are not shown.
fn named(body: &mut String, sections: &[Section], rest: &BTreeMap<usize, usize>) {
    if rest.is_empty() {
        return;
    }
    body.push_str("\nMore places, not shown:\n");
    for (section, number) in rest.iter().take(MAX_NAMED) {
        let name = name_of(&sections[*section]);
        let _ = writeln!(body, "- {name}: {number}");
    }
    if rest.len() > MAX_NAMED {
        let _ = writeln!(
            body,
            "- and in {}",
            count(rest.len() - MAX_NAMED, "more section")
        );
    }
}

/// The headings of a section, and its anchor.
fn name_of(section: &Section) -> String {
    let headings = match section.headings.is_empty() {
        true => "The beginning".to_owned(),
        false => one_line(&section.headings.join(" > "), 120),
    };
    match &section.anchor {
        Some(anchor) => format!("{headings} #{}", one_line(anchor, 80)),
        None => headings,
    }
}

/// The places that match best, those that define it first, else in their order; and whether words have it as parts alone.
fn matching<'a>(sections: &'a [Section], wanted: &Wanted) -> (Vec<Found<'a>>, bool) {
    for as_parts in [false, true] {
        let mut all: Vec<Found<'a>> = Vec::new();
        let mut best = Match::None;
        for (section, it) in sections.iter().enumerate() {
            for place in places(&it.markdown) {
                let how = wanted.matches(&place, as_parts);
                if how == Match::None {
                    continue;
                }
                // What is named so, and what has it as a phrase, are shown together.
                best = best.max(how);
                all.push(Found {
                    section,
                    place,
                    how,
                });
            }
        }
        let least = best.min(Match::Phrase);
        all.retain(|found| found.how >= least);
        if !all.is_empty() {
            let named: Vec<usize> = (all.iter())
                .filter(|found| found.how == Match::Name)
                .map(|found| found.section)
                .collect();
            all.sort_by_key(|found| (!named.contains(&found.section), found.section));
            return (all, as_parts);
        }
    }
    (Vec::new(), false)
}

impl Wanted {
    fn of(text: &str) -> Self {
        let start: String = text.chars().take(MAX_WANTED).collect();
        let start = start.trim_matches(['"', '`', '\'', '“', '”']);
        let phrase = lower(start);
        let phrase = phrase.trim_end_matches("()").trim().to_owned();
        let mut words: Vec<String> = Vec::new();
        for word in phrase.split(' ').filter(|word| !word.is_empty()) {
            if words.len() < MAX_WORDS && words.iter().all(|other| other != word) {
                words.push(word.to_owned());
            }
        }
        Self { phrase, words }
    }

    /// Whether a place defines it: by its first name, or by another.
    fn is_defined(&self, place: &Place<'_>) -> bool {
        let Some(term) = place.term else {
            return false;
        };
        term.lines().any(|term| {
            let term = lower(&plain(term));
            position(&term, &self.phrase, false).is_some_and(|at| {
                let before = term[..at].trim_end();
                let is_other = before.ends_with([',', '/', '|']);
                is_other || before.chars().all(|it| !it.is_alphanumeric())
            })
        })
    }

    fn matches(&self, place: &Place<'_>, as_parts: bool) -> Match {
        let text = lower(&plain(place.text));
        if position(&text, &self.phrase, as_parts).is_some() {
            return match !as_parts && self.is_defined(place) {
                true => Match::Name,
                false => Match::Phrase,
            };
        }
        let has = |word: &&String| position(&text, word, as_parts).is_some();
        match self.words.iter().filter(has).count() {
            0 => Match::None,
            all if all == self.words.len() => Match::All,
            some => Match::Some(some),
        }
    }
}

/// Where some text stands in another: as whole words, or anywhere. What begins or ends with a sign may stand beside anything.
fn position(text: &str, wanted: &str, as_parts: bool) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let starts = wanted.starts_with(is_word);
    let ends = wanted.ends_with(is_word);
    let mut found = text.match_indices(wanted).map(|(at, _)| at);
    found.find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + wanted.len()..].chars().next();
        as_parts || !(starts && before.is_some_and(is_word) || ends && after.is_some_and(is_word))
    })
}

fn lower(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out
}

/// Markdown without the signs that are no text: emphasis, code marks, escapes, destinations of links.
fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut chars = markdown.chars().peekable();
    let mut before = '\0';
    while let Some(it) = chars.next() {
        match it {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => {
                out.extend(chars.next());
            }
            '`' | '*' => {}
            ']' if chars.peek() == Some(&'(') => {
                for skipped in chars.by_ref() {
                    if skipped == ')' || skipped == '\n' {
                        break;
                    }
                }
            }
            '[' if before != '[' => {}
            other => out.push(other),
        }
        before = it;
    }
    out
}

/// A long text around the first place that has what is looked for.
fn around(text: &str, wanted: &Wanted, most: usize) -> String {
    let lines: Vec<&str> = text.trim_matches('\n').lines().collect();
    let has = |line: &&str| {
        let line = lower(&plain(line));
        line.contains(&wanted.phrase) || wanted.words.iter().any(|word| line.contains(word))
    };
    let at = lines.iter().position(has).unwrap_or(0);
    let mut kept = String::new();
    if at > 1 {
        kept.push_str("…\n");
    }
    let mut left = most;
    for line in &lines[at.saturating_sub(1)..] {
        let length = line.chars().count();
        if length > left {
            break;
        }
        left -= length + 1;
        kept.push_str(line);
        kept.push('\n');
    }
    if kept.trim_matches(['…', '\n']).is_empty() {
        return within(lines.get(at).copied().unwrap_or_default(), wanted, most);
    }
    if kept.lines().count() + at.saturating_sub(1) < lines.len() {
        kept.push('…');
    }
    kept
}

/// A long line around the first place that has what is looked for.
fn within(line: &str, wanted: &Wanted, most: usize) -> String {
    let lowered: String = line.chars().flat_map(char::to_lowercase).collect();
    let first = wanted.words.first().map_or("", String::as_str);
    let at = lowered.find(&wanted.phrase).or_else(|| lowered.find(first));
    let before = at.map_or(0, |at| lowered[..at].chars().count());
    let start = before.saturating_sub(most / 3);
    let mut cut: String = line.chars().skip(start).take(most).collect();
    if start > 0 {
        cut.insert(0, '…');
    }
    if line.chars().count() > start + most {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(heading: &str, markdown: &str) -> Section {
        Section {
            headings: vec![heading.to_owned()],
            anchor: Some(heading.to_lowercase()),
            markdown: format!("## {heading}\n\n{markdown}"),
        }
    }

    fn page() -> Vec<Section> {
        vec![
            section(
                "Use",
                "Call `set_config` to change a setting, as in `select set\\_config(…)`.\n\nNothing of it here: reset_config.",
            ),
            section(
                "Functions",
                "| Name | What |\n|---|---|\n| `set_config(name, value)` | Sets it. |\n| `current_setting` | Reads it. |",
            ),
            section(
                "Options",
                "- `--dry-run`: only says what would be done.\n- `--force`: does it.\n\n```sh\na --dry-run\nb\nc\nd\ne --force\n```",
            ),
            section("文書", "この文書は検索の索引です。"),
        ]
    }

    fn shown(sections: &[Section], wanted: &str) -> (Vec<(String, String)>, bool) {
        let (found, as_parts) = matching(sections, &Wanted::of(wanted));
        let of = |found: Found<'_>| {
            let heading = sections[found.section].headings[0].clone();
            (heading, found.place.framed(found.place.text.trim()))
        };
        (found.into_iter().map(of).collect(), as_parts)
    }

    #[test]
    fn what_defines_a_name_is_first() {
        let sections = page();
        let (found, as_parts) = shown(&sections, "SET_CONFIG()");
        assert!(!as_parts);
        assert_eq!(found[0].0, "Functions");
        assert_eq!(
            found[0].1,
            "| Name | What |\n|---|---|\n| `set_config(name, value)` | Sets it. |"
        );
        assert_eq!((found[1].0.as_str(), found.len()), ("Use", 2));
        let (found, _) = shown(&sections, "--dry-run");
        assert_eq!(found[0].1, "- `--dry-run`: only says what would be done.");
        assert!(found[1].1.starts_with("```sh\na --dry-run\n"), "{found:?}");
    }

    #[test]
    fn words_are_found_side_by_side_else_together_else_alone() {
        let sections = page();
        let how = |wanted: &str| {
            let (found, _) = matching(&sections, &Wanted::of(wanted));
            found.iter().map(|it| it.how).max()
        };
        assert_eq!(how("change a setting"), Some(Match::Phrase));
        assert_eq!(how("setting change"), Some(Match::All));
        assert_eq!(how("setting volcano"), Some(Match::Some(1)));
        assert_eq!(how("volcano"), None);
        assert_eq!(how("\"``\""), None);
        // Parts of words count where nothing has it as a word.
        assert!(shown(&sections, "onfig").1);
        assert_eq!(shown(&sections, "索引").0[0].0, "文書");
        assert!(!shown(&sections, "config").0.is_empty());
    }

    #[test]
    fn whatever_is_looked_for_takes_little_time() {
        let long = "lorem ipsum ".repeat(20_000);
        let mut sections = page();
        sections.push(section("Long", &long));
        let hostile = [
            "a ".repeat(5_000),
            "\0".repeat(10_000),
            "[](".repeat(3_000),
            "\u{202e}x".into(),
        ];
        for wanted in hostile {
            shown(&sections, &wanted);
        }
        let wanted = Wanted::of("ipsum");
        let cut = around(&long, &wanted, 200);
        assert!(cut.contains("ipsum") && cut.chars().count() <= 202);
        let late = format!("{long}needle {long}");
        let cut = around(&late, &Wanted::of("needle"), 200);
        assert!(cut.contains("needle") && cut.starts_with('…') && cut.ends_with('…'));
    }
}
