//! What of a query is looked for in the text of a passage, to tell which of its blocks answer.
//!
//! A look at a text costs a step a byte: a word of the text is compared where it begins as one of the query's does, by its stem.

use super::names::camel_case_parts;
use super::names::written;
use super::scope::Scope;
use super::scoring::Score;
use super::stop_words::{self, is_asking};
use super::symbols::symbols;
use super::terms::Meant;
use super::tokenizer;
use std::ops::Range;

/// More are not looked for: each has a bit of a mask.
const MAX: usize = 32;
/// What an identifier counts for that stands there whole, beside its parts.
const WHOLE: Score = 2.0;
/// Endings of words: what may follow a short stem, and a long one. Of the query's own word, what follows there.
const ENDING: usize = 4;
const LONG_ENDING: usize = 5;
const SHORT: usize = 3;
/// What a word counts that says more of the question than of its subject.
const ASKING: Score = 0.25;
/// What a word counts that stands above a text already.
const KNOWN: Score = 0.4;
/// Beyond that a query is not looked at.
const MAX_QUERY: usize = 4_000;

/// Words and identifiers of a query.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    needles: Vec<Needle>,
    /// For each byte.
    bytes: Vec<Byte>,
    /// Those that stand at the beginning of a word.
    stems: u32,
}

/// What a byte of a text tells of needles, a bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Byte {
    /// Those that begin with it, in either case.
    first: u32,
    /// Those that it may be the second byte of.
    second: u32,
    /// Those that cannot begin behind it: stems, behind a letter.
    behind: u32,
}

#[derive(Debug, Clone, PartialEq)]
struct Needle {
    /// In lower case.
    text: String,
    weight: Score,
    /// Of a word, its beginning: the rest is an ending. Else it stands there as it is.
    is_stem: bool,
    /// How long that may be.
    ending: usize,
    /// What a text with it has in its place, a bit each: two words, written as one, or what it is a synonym of. None: itself.
    implies: u32,
}

/// The needles that a text has, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Found(u32);

impl Found {
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl Wanted {
    /// Of a query. `stem` makes of a word what stands in the index; what is rare there counts more.
    pub(super) fn of(
        query: &str,
        index: Scope<'_>,
        meant: &[Meant],
        stem: impl Fn(&str) -> String,
    ) -> Self {
        let end = query.floor_char_boundary(MAX_QUERY);
        let query = &query[..end];
        let mut needles: Vec<Needle> = Vec::new();
        let rarity = |term: &str| index.view.rarity(index.find(term)?);
        // Of what has synonyms, the needles of its own words, a bit each.
        let mut own = vec![0; meant.len()];
        let mut look_for = |word: &str, range: &Range<usize>| {
            let stem = stem(word);
            let rarity = rarity(&stem).filter(|_| needles.len() < MAX);
            // Squared: what stands everywhere tells nothing apart.
            if let Some(rarity) = rarity {
                let asking = if is_asking(word) { ASKING } else { 1.0 };
                let weight = asking * rarity * rarity;
                let bit = add(&mut needles, word, needle(word, &stem), weight);
                for (own, meant) in own.iter_mut().zip(meant) {
                    if meant.range.start <= range.start && range.end <= meant.range.end {
                        *own |= bit;
                    }
                }
            }
            rarity.is_some()
        };
        let mut last = (String::new(), 0);
        let mut joined: Vec<(String, String)> = Vec::new();
        tokenizer::words(query, |word, range| {
            // *config map* is `ConfigMap`, and *short-hand* is *shorthand*.
            let between = query.get(last.1..range.start).unwrap_or_default();
            let is_next = !last.0.is_empty() && matches!(between, " " | "-");
            if is_next && !stop_words::is_english(&last.0) && !stop_words::is_english(word) {
                joined.push((last.0.clone(), word.to_owned()));
            }
            last = (word.to_owned(), range.end);
            if !look_for(word, &range) {
                for part in camel_case_parts(&query[range.clone()]) {
                    look_for(&part.to_lowercase(), &range);
                }
            }
        });
        for (first, second) in joined {
            let word = format!("{first}{second}");
            let written = stem(&word);
            let Some(rarity) = rarity(&written).filter(|_| needles.len() < MAX) else {
                continue;
            };
            let bit = |word: &str| {
                let stem = stem(word);
                let text = needle(word, &stem);
                needles.iter().position(|needle| needle.text == text)
            };
            let parts = [bit(&first), bit(&second)];
            let implies = parts.into_iter().flatten().fold(0, |all, at| all | 1 << at);
            // What its parts count it does not count again.
            let weight = if implies == 0 { rarity * rarity } else { 0.0 };
            let text = needle(&word, &written);
            add(&mut needles, &word, text, weight);
            if let Some(joined) = needles.iter_mut().find(|needle| needle.text == text) {
                joined.implies |= implies;
            }
        }
        // Names, quotations and short queries also whole.
        let most = needles.iter().map(|needle| needle.weight);
        let whole = WHOLE * most.fold(1.0, Score::max);
        let mut look_for_whole = |name: &str| {
            if needles.len() < MAX && !name.chars().all(char::is_alphanumeric) {
                add(&mut needles, name, name, whole);
            }
        };
        symbols(query, |symbol, _| look_for_whole(symbol));
        for name in written(query) {
            look_for_whole(&name.key);
        }
        for (own, meant) in own.into_iter().zip(meant) {
            let weight = |text: &str| {
                let mut all: Score = 0.0;
                tokenizer::words(text, |word, _| {
                    all += rarity(&stem(word)).unwrap_or(0.0).powi(2);
                });
                all
            };
            let mut own = own;
            for synonym in &meant.synonyms {
                let text = whole_needle(synonym, &stem);
                if needles.len() == MAX || needles.iter().any(|known| known.text == text) {
                    continue;
                }
                // Where no page has what is asked for, it is the first of its synonyms.
                let is_first = own == 0;
                let weight = if is_first { weight(synonym) } else { 0.0 };
                let bit = add(&mut needles, synonym, &text, weight);
                if let Some(added) = needles.last_mut() {
                    added.is_stem |= is_words(synonym);
                    added.implies = own;
                }
                if is_first {
                    own = bit;
                }
            }
        }
        Self::looking_for(needles)
    }

    fn looking_for(needles: Vec<Needle>) -> Self {
        if needles.is_empty() {
            return Self::default();
        }
        let mut bytes = vec![Byte::default(); 256];
        let mut stems = 0;
        for (at, needle) in (0u32..).zip(&needles) {
            let bit = 1 << at;
            let text = needle.text.as_bytes();
            let either = |byte: &u8| [*byte, byte.to_ascii_uppercase()].map(usize::from);
            for byte in text.first().into_iter().flat_map(either) {
                bytes[byte].first |= bit;
            }
            match text.get(1) {
                Some(second) => either(second)
                    .into_iter()
                    .for_each(|byte| bytes[byte].second |= bit),
                None => bytes.iter_mut().for_each(|byte| byte.second |= bit),
            }
            stems |= u32::from(needle.is_stem) << at;
        }
        for (number, byte) in (0u8..=255).zip(&mut bytes) {
            byte.behind = if is_letter(number) { stems } else { 0 };
        }
        Self {
            needles,
            bytes,
            stems,
        }
    }

    /// Whether all words of a text are asked for, small ones apart.
    pub(super) fn has_all(&self, text: &str) -> bool {
        const SMALL: usize = 3;
        let mut words = 0;
        let mut is_asked = true;
        tokenizer::words(text, |word, _| {
            if is_asked && word.len() > SMALL {
                words += 1;
                is_asked = self.find(word) != Found::default();
            }
        });
        is_asked && words > 0
    }

    /// How much of the words asked for a text has, from 0 to 1.
    pub(super) fn share(&self, found: Found) -> Score {
        let words = self.needles.iter().filter(|needle| needle.is_stem);
        let all: Score = words.map(|needle| needle.weight).sum();
        match all > 0.0 {
            true => self.weight(Found(found.0 & self.stems)) / all,
            false => 0.0,
        }
    }

    /// What they weigh together that a text has.
    pub(super) fn weight(&self, found: Found) -> Score {
        self.weight_below(found, Found::default())
    }

    /// The same of a text that some of them stand above.
    pub(super) fn weight_below(&self, found: Found, above: Found) -> Score {
        let needles = self.needles.iter().enumerate();
        let found = needles.filter(|(at, _)| found.0 >> at & 1 != 0);
        let weight = |(at, needle): (usize, &Needle)| match above.0 >> at & 1 {
            0 => needle.weight,
            _ => KNOWN * needle.weight,
        };
        found.map(weight).sum()
    }

    /// The needles that a text has.
    pub(super) fn find(&self, text: &str) -> Found {
        let seen = self.seen(text.as_bytes());
        let needles = (0u32..).zip(&self.needles);
        let seen = needles.filter(|(number, _)| seen >> number & 1 != 0);
        let found = seen.map(|(number, needle)| match needle.implies {
            0 => 1 << number,
            others => others,
        });
        Found(found.fold(0, |all, some| all | some))
    }

    /// Those that stand in a text, a bit each.
    fn seen(&self, text: &[u8]) -> u32 {
        let (Some(first), Ok(bytes)) = (text.first(), <&[Byte; 256]>::try_from(&*self.bytes))
        else {
            return 0;
        };
        let all = u32::MAX >> (MAX - self.needles.len().min(MAX));
        let mut seen = 0;
        let mut byte = bytes[usize::from(*first)];
        let mut behind = 0;
        for (at, next) in text[1..].iter().enumerate() {
            let next = bytes[usize::from(*next)];
            let open = byte.first & next.second & !behind & !seen;
            (behind, byte) = (byte.behind, next);
            if open != 0 {
                seen |= self.standing(open, text, at);
                if seen == all {
                    return seen;
                }
            }
        }
        let open = byte.first & !behind & !seen;
        seen | self.standing(open, text, text.len() - 1)
    }

    /// Those of some needles that stand at a place of a text.
    fn standing(&self, mut open: u32, text: &[u8], at: usize) -> u32 {
        let mut standing = 0;
        while open != 0 {
            let number = open.trailing_zeros();
            open &= open - 1;
            if self.needles[number as usize].stands_at(text, at) {
                standing |= 1 << number;
            }
        }
        standing
    }
}

/// The part of a word that all of its forms have.
fn needle<'a>(word: &'a str, stem: &str) -> &'a str {
    let mut same = 0;
    for ((at, a), b) in word.char_indices().zip(stem.chars()) {
        if a != b {
            break;
        }
        same = at + a.len_utf8();
    }
    let same = match &word[..same] {
        "" => word,
        same => same,
    };
    // policies: polici, and policy
    match same.strip_suffix(['i', 'y']) {
        Some(rest) if rest.len() > SHORT => rest,
        _ => same,
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// What is looked for of several words, or of a name: all of it but the ending.
fn whole_needle(text: &str, stem: impl Fn(&str) -> String) -> String {
    let text = text.to_lowercase();
    let last = text.rfind(|c: char| !c.is_alphanumeric());
    let last = last.map_or(0, |at| {
        at + text[at..].chars().next().map_or(0, char::len_utf8)
    });
    let word = &text[last..];
    if word.is_empty() {
        return text;
    }
    format!("{}{}", &text[..last], needle(word, &stem(word)))
}

/// Whether a text is words with spaces between them, in a script that has those.
fn is_words(text: &str) -> bool {
    let is_word = |c: char| (c.is_alphanumeric() || c == ' ') && u32::from(c) < 0x800;
    text.chars().all(is_word)
}

/// Adds what is looked for of a word, or an identifier as it stands there, unless it is there. Returns its bit.
fn add(needles: &mut Vec<Needle>, word: &str, text: &str, weight: Score) -> u32 {
    let Some(first) = text.as_bytes().first() else {
        return 0;
    };
    // Scripts without spaces have no borders that could be told. What is written as one name is no word: it counts beside its parts.
    let is_stem = *first < 0xe0 && word.chars().all(char::is_alphanumeric);
    let usual = if text.len() <= SHORT {
        ENDING
    } else {
        LONG_ENDING
    };
    if let Some(known) = needles.iter().position(|known| known.text == text) {
        return 1 << known;
    }
    let bit = 1 << needles.len();
    needles.push(Needle {
        text: text.to_owned(),
        weight,
        is_stem,
        ending: usual.max(word.len() - text.len().min(word.len()) + 1),
        implies: 0,
    });
    bit
}

impl Needle {
    fn stands_at(&self, text: &[u8], at: usize) -> bool {
        let needle = self.text.as_bytes();
        let Some(here) = text.get(at..at + needle.len()) else {
            return false;
        };
        if !here.eq_ignore_ascii_case(needle) {
            return false;
        }
        if !self.is_stem {
            return true;
        }
        let rest = &text[at + needle.len()..];
        let rest = rest
            .iter()
            .take(self.ending + 1)
            .take_while(|it| is_letter(**it));
        rest.count() <= self.ending
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Words that weigh the same, with their stems.
    pub(in crate::search) fn wanted(stems: &[(&str, &str)]) -> Wanted {
        let mut needles = Vec::new();
        for (word, stem) in stems {
            add(&mut needles, word, needle(word, stem), 1.0);
        }
        Wanted::looking_for(needles)
    }

    #[test]
    fn a_word_is_found_in_its_forms_and_not_in_other_words() {
        let found = |word: &str, stem: &str, text: &str| wanted(&[(word, stem)]).find(text).0 == 1;
        assert!(found("vacuuming", "vacuum", "It VACUUMs tables"));
        assert!(found("policies", "polici", "a policy of theirs"));
        assert!(found("configure", "configur", "Configuration"));
        assert!(found("serialization", "serial", "serializations"));
        assert!(found("run", "run", "running"));
        assert!(!found("run", "run", "prune it"));
        assert!(!found("con", "con", "a container"));
        assert!(found("設定", "設定", "この設定は"));
        assert!(found("--dry-run", "--dry-run", "use `--dry-run=client`"));
        assert!(!wanted(&[]).find("text").ne(&Found(0)));
    }

    #[test]
    fn a_name_that_is_looked_for_whole_is_no_word_of_its_own() {
        let wanted = wanted(&[
            ("search", "search"),
            ("path", "path"),
            ("search path", "search path"),
        ]);
        let share = |text: &str| wanted.share(wanted.find(text));
        assert!((share("The Schema Search Path") - 1.0).abs() < 0.001);
        assert!((share("a path of search") - 1.0).abs() < 0.001);
        assert!((share("a path") - 0.5).abs() < 0.001);
    }

    #[test]
    fn all_words_of_a_title_are_asked_for_or_not() {
        let wanted = wanted(&[("create", "creat"), ("type", "type"), ("custom", "custom")]);
        assert!(wanted.has_all("CREATE TYPE") && wanted.has_all("The type"));
        assert!(!wanted.has_all("CREATE TABLE") && !wanted.has_all("The") && !wanted.has_all(""));
    }
}
