//! Sections of a page by their names: an anchor, a heading, a path of headings, a number, a part of a heading.

use percent_encoding::percent_decode_str;
use strsim::jaro_winkler;

use super::line::letters;
use crate::corpus::Section;

/// Longer names are no section's, in bytes.
const MAX_NAME: usize = 600;
/// Below this, two names have nothing to do with each other.
const ALIKE: f64 = 0.75;
/// Names are compared by their beginnings, so many characters of them.
const COMPARED: usize = 80;
/// Sections that are looked at for names that are like one.
const MAX_COMPARED: usize = 2_000;

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selected<'a> {
    /// A section with those below it.
    pub(super) sections: &'a [Section],
    /// How many other sections of the page have the same name.
    pub(super) namesakes: usize,
}

/// The sections that a name means, with those below them.
pub(super) fn select<'a>(sections: &'a [Section], wanted: &str) -> Option<Selected<'a>> {
    let wanted = wanted.trim().trim_start_matches('#').trim();
    if wanted.is_empty() || wanted.len() > MAX_NAME {
        return None;
    }
    let decoded = percent_decode_str(wanted).decode_utf8_lossy();
    let found = anchored(sections, wanted)
        .or_else(|| anchored(sections, &decoded))
        .map(|at| (at, 0))
        .or_else(|| headed(sections, &decoded))?;
    let (first, namesakes) = found;
    let path = &sections[first].headings;
    let below = sections[first + 1..]
        .iter()
        .take_while(|section| !path.is_empty() && below(section, path))
        .count();
    Some(Selected {
        sections: &sections[first..=first + below],
        namesakes,
    })
}

/// Names of sections that are like one that is not there, best first.
pub(super) fn nearest<'a>(sections: &'a [Section], wanted: &str, most: usize) -> Vec<&'a Section> {
    let start = |name: &str| -> String { letters(name).chars().take(COMPARED).collect() };
    let wanted = start(wanted);
    let likeness = |name: &str| jaro_winkler(&wanted, &start(name));
    let mut alike: Vec<(f64, &Section)> = Vec::new();
    for section in sections.iter().take(MAX_COMPARED) {
        let heading = section.headings.last().map_or(0.0, |it| likeness(it));
        let anchor = section.anchor.as_deref().map_or(0.0, likeness);
        let best = heading.max(anchor);
        if best >= ALIKE {
            alike.push((best, section));
        }
    }
    alike.sort_by(|a, b| b.0.total_cmp(&a.0));
    alike.into_iter().take(most).map(|(_, it)| it).collect()
}

fn below(section: &Section, path: &[String]) -> bool {
    section.headings.len() > path.len() && section.headings.starts_with(path)
}

/// The section with this anchor, but for its case.
fn anchored(sections: &[Section], wanted: &str) -> Option<usize> {
    // GitHub puts that before the anchors of what people write.
    let plain = wanted.strip_prefix("user-content-").unwrap_or(wanted);
    let has = |same: &dyn Fn(&str) -> bool| {
        let mut sections = sections.iter();
        sections.position(|section| section.anchor.as_deref().is_some_and(same))
    };
    has(&|anchor| anchor == wanted)
        .or_else(|| has(&|anchor| anchor == plain))
        .or_else(|| has(&|anchor| anchor.eq_ignore_ascii_case(plain)))
}

/// The first section with a heading that a name means, and how many more there are.
fn headed(sections: &[Section], wanted: &str) -> Option<(usize, usize)> {
    let plain = letters(wanted);
    let own = |section: &Section| section.headings.last().map(|heading| letters(heading));
    let all = |is_meant: &dyn Fn(&Section) -> bool| {
        let mut found = sections.iter().enumerate().filter(|(_, it)| is_meant(it));
        let (first, _) = found.next()?;
        Some((first, found.count()))
    };
    if plain.is_empty() {
        // A name of signs alone: an operator's.
        let signs = wanted.trim_matches('`');
        let bare = |heading: &str| heading.trim_matches('`') == signs;
        return all(&|section| section.headings.last().is_some_and(|it| bare(it)));
    }
    all(&|section| own(section).as_ref() == Some(&plain))
        .or_else(|| all(&|section| letters(&section.headings.concat()) == plain))
        .or_else(|| by_path(sections, wanted))
        .or_else(|| by_number(sections, wanted))
        .or_else(|| by_counted_slug(sections, wanted))
        .or_else(|| {
            (plain.chars().count() >= 3).then_some(())?;
            all(&|section| own(section).is_some_and(|it| it.contains(&plain)))
        })
}

/// `Install > On Debian`: the last heading, and some of those above it.
fn by_path(sections: &[Section], wanted: &str) -> Option<(usize, usize)> {
    let separator = [" > ", ">", " / ", "›", "::"];
    let separator = separator.iter().find(|it| wanted.contains(**it))?;
    let names: Vec<String> = wanted.split(*separator).map(letters).collect();
    let (last, above) = names.split_last()?;
    let is_meant = |section: &Section| {
        let Some((own, path)) = section.headings.split_last() else {
            return false;
        };
        let mut path = path.iter().map(|heading| letters(heading));
        letters(own) == *last
            && above
                .iter()
                .filter(|name| !name.is_empty())
                .all(|name| path.any(|it| it == *name))
    };
    let mut found = sections.iter().enumerate().filter(|(_, it)| is_meant(it));
    let (first, _) = found.next()?;
    Some((first, found.count()))
}

/// `4.2`, `§ 4.2`, `section 4.2`: the number that a heading begins with.
fn by_number(sections: &[Section], wanted: &str) -> Option<(usize, usize)> {
    let number = |text: &str| -> Option<String> {
        let text = text.trim_start_matches('§').trim_start();
        let is_number = |it: char| it.is_ascii_digit() || it == '.';
        let end = text.find(|it| !is_number(it)).unwrap_or(text.len());
        let number = text[..end].trim_end_matches('.');
        let is_alone = !text[end..].starts_with(char::is_alphanumeric);
        (is_alone && number.starts_with(|it: char| it.is_ascii_digit())).then(|| number.to_owned())
    };
    let lower = wanted.to_lowercase();
    let words = ["section", "chapter", "sec.", "part"];
    let bare = words.iter().find_map(|word| lower.strip_prefix(word));
    let bare = bare.unwrap_or(&lower).trim_start();
    let wanted = number(bare)
        .filter(|it| bare.trim_start_matches(['§', ' ']).trim_end_matches('.') == *it)?;
    let is_meant = |section: &Section| {
        let heading = section.headings.last();
        heading.and_then(|heading| number(heading)).as_ref() == Some(&wanted)
    };
    let mut found = sections.iter().enumerate().filter(|(_, it)| is_meant(it));
    let (first, _) = found.next()?;
    Some((first, found.count()))
}

/// `parameters-2`: how generators tell headings of one name apart that they count.
fn by_counted_slug(sections: &[Section], wanted: &str) -> Option<(usize, usize)> {
    let (name, number) = wanted.rsplit_once(['-', '_'])?;
    let number: usize = number.parse().ok()?;
    let plain = letters(name);
    let is_same = |section: &Section| {
        let heading = section.headings.last();
        heading.is_some_and(|heading| letters(heading) == plain)
    };
    let mut same = sections.iter().enumerate().filter(|(_, it)| is_same(it));
    same.nth(number).map(|(at, _)| (at, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> Vec<Section> {
        let section = |headings: &[&str], anchor: &str| Section {
            headings: headings.iter().map(|it| (*it).to_owned()).collect(),
            anchor: (!anchor.is_empty()).then(|| anchor.to_owned()),
            markdown: String::new(),
        };
        vec![
            section(&[], ""),
            section(&["4.1. What is a Pod?"], "what-is-a-pod"),
            section(&["4.1. What is a Pod?", "Parameters"], "p1"),
            section(&["4.2. `json.dumps(obj)`"], "json.dumps"),
            section(&["4.2. `json.dumps(obj)`", "Parameters"], "p2"),
            section(&["Größe ändern"], "grosse-andern"),
            section(&["||"], "id-or"),
        ]
    }

    #[test]
    fn a_section_goes_by_many_names() {
        let sections = sections();
        let found = |name: &str| {
            let selected = select(&sections, name)?;
            let anchor = selected.sections[0].anchor.clone()?;
            Some((anchor, selected.sections.len(), selected.namesakes))
        };
        for (name, anchor, length, namesakes) in [
            ("#what-is-a-pod", "what-is-a-pod", 2, 0),
            ("user-content-what-is-a-pod", "what-is-a-pod", 2, 0),
            ("WHAT-IS-A-POD", "what-is-a-pod", 2, 0),
            ("4.1. what is a pod", "what-is-a-pod", 2, 0),
            ("41-what-is-a-pod", "what-is-a-pod", 2, 0),
            ("_4_1_what_is_a_pod", "what-is-a-pod", 2, 0),
            ("What is a Pod", "what-is-a-pod", 2, 0),
            ("4.2", "json.dumps", 2, 0),
            ("§ 4.2.", "json.dumps", 2, 0),
            ("Section 4.2", "json.dumps", 2, 0),
            ("Parameters", "p1", 1, 1),
            ("parameters-1", "p2", 1, 0),
            ("4.2. json.dumps(obj) > Parameters", "p2", 1, 0),
            ("gr%C3%B6%C3%9Fe-%C3%A4ndern", "grosse-andern", 1, 0),
            ("||", "id-or", 1, 0),
        ] {
            let expected = Some((anchor.to_owned(), length, namesakes));
            assert_eq!(found(name), expected, "{name}");
        }
        let long = "a".repeat(10_000);
        for name in [
            "",
            "#",
            "4.9",
            "nothing",
            "parameters-7",
            "> >",
            "%ff%00",
            &long,
        ] {
            assert_eq!(found(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_are_nearly_right_are_told() {
        let sections = sections();
        let near = nearest(&sections, "json-dump", 3);
        assert_eq!(near[0].anchor.as_deref(), Some("json.dumps"));
        assert!(nearest(&sections, "zzz", 3).is_empty());
        nearest(&sections, &"parameters".repeat(10_000), 3);
    }
}
