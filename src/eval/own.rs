//! Questions that a set asks of itself, without anybody's labels: headings of its pages, the words of links, and the sentences around
//! links. What is asked is taken out of the documents before the index is built that is asked.
//!
//! A question counts as much as pages link to its answer: people ask for what is linked to, and without that the test would say that
//! counting links does harm.

use super::questions::{Question, Weight};
use crate::corpus::markdown_options;
use crate::search::{Inward, PageRef, SearchError, Snapshot, Withheld};
use frostem::{Algorithm, Stemmer};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};
use xxhash_rust::xxh3::xxh3_64;

/// Questions of each kind that a set is asked, at the most: more tell little more.
const EACH: usize = 150;
/// Headings of one page.
const OF_A_PAGE: usize = 2;
/// Of larger sets, so many pages are looked at for questions.
const LOOKED_AT: usize = 4_000;
/// Links to a page that are looked at for questions.
const CANDIDATES: usize = 6;
/// A sentence that so many pages say of a page is a menu.
const MENU: u16 = 8;
/// What a section has to say, in bytes.
const LEAST_TEXT: usize = 150;
/// Words of a question, at the most.
const MAX_WORDS: usize = 8;
/// Words of a sentence before a link, and in all.
const BEFORE: usize = 7;
const AROUND: usize = 12;
const LEAST_AFTER: usize = 5;

/// Names of parts that every page has, and words of links that name no subject, in some languages.
const GENERIC: &[&str] = &[
    "about",
    "also",
    "aqui",
    "aquí",
    "arguments",
    "article",
    "articles",
    "attributes",
    "author",
    "authors",
    "below",
    "bugs",
    "check",
    "class",
    "click",
    "constructor",
    "contents",
    "continue",
    "copyright",
    "description",
    "detail",
    "details",
    "documentation",
    "environment",
    "example",
    "examples",
    "exit",
    "explanation",
    "field",
    "files",
    "find",
    "follow",
    "following",
    "full",
    "here",
    "hier",
    "ici",
    "index",
    "info",
    "information",
    "introduction",
    "learn",
    "link",
    "links",
    "list",
    "look",
    "mehr",
    "members",
    "method",
    "methods",
    "more",
    "más",
    "name",
    "names",
    "next",
    "note",
    "notes",
    "options",
    "overview",
    "page",
    "parameters",
    "previous",
    "properties",
    "protected",
    "public",
    "read",
    "reading",
    "refer",
    "reference",
    "references",
    "related",
    "return",
    "section",
    "see",
    "site",
    "status",
    "summary",
    "synopsis",
    "syntax",
    "this",
    "types",
    "up",
    "usage",
    "value",
    "values",
    "visit",
    "warning",
    "website",
    "здесь",
    "тут",
    "こちら",
    "此处",
    "这里",
];

/// Words that say nothing by themselves.
const STOP_WORDS: &[&str] = &[
    "a", "above", "again", "all", "an", "and", "any", "are", "as", "at", "be", "been", "before",
    "both", "but", "by", "can", "could", "did", "do", "does", "each", "else", "even", "ever",
    "every", "for", "from", "had", "has", "have", "he", "her", "here", "his", "how", "i", "if",
    "in", "into", "is", "it", "its", "just", "like", "me", "most", "much", "my", "no", "not",
    "now", "of", "off", "on", "one", "ones", "only", "or", "other", "others", "our", "out", "over",
    "own", "same", "she", "should", "so", "some", "still", "such", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "through", "to", "too", "under",
    "until", "up", "us", "very", "was", "we", "well", "were", "what", "when", "where", "which",
    "while", "who", "whom", "whose", "why", "will", "with", "would", "yet", "you", "your",
];
/// The first character of the scripts that put no space between words, roughly.
const UNSPACED: char = '\u{2e80}';

/// What the sets ask of themselves.
#[derive(Debug, Default)]
pub struct Own {
    /// Each with its kind: `heading`, `link` or `sentence`.
    pub questions: Vec<Question>,
    /// What the index that is asked is built without.
    pub withheld: Withheld,
}

impl Own {
    /// Leaves out what the index that is asked still has.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn withheld_from(mut self, snapshot: &Snapshot) -> Result<Self, SearchError> {
        let mut error = None;
        self.questions.retain(|question| {
            if question.kind.as_deref() != Some(HEADING) {
                return true;
            }
            let page = question.relevant.first().map(|id| snapshot.page(id));
            match page {
                Some(Ok(Some(page))) => {
                    let mut headings = page.sections.iter().flat_map(|section| &section.headings);
                    headings.all(|heading| numberless(heading) != question.text)
                }
                Some(Err(failed)) => {
                    error = Some(failed);
                    false
                }
                _ => false,
            }
        });
        error.map_or(Ok(self), Err)
    }
}

/// The question that a link gives, if any.
type Asks<'a> = dyn Fn(&Said) -> Option<String> + 'a;
/// Sections of a page that may be asked for, by their numbers and headings; a page comes in the order of its hash.
type OfPage = (u64, PageRef, Vec<(usize, String)>);

const HEADING: &str = "heading";
const LINK: &str = "link";
const SENTENCE: &str = "sentence";

/// Makes questions of all sets: the same ones for the same documents.
///
/// # Errors
/// Where the index cannot be read.
pub fn own_questions(snapshot: &Snapshot) -> Result<Own, SearchError> {
    let mut own = Own::default();
    for set in snapshot.sets() {
        of_set(snapshot, &set.name, &mut own)?;
    }
    Ok(own)
}

fn of_set(snapshot: &Snapshot, set: &str, own: &mut Own) -> Result<(), SearchError> {
    let mut asked = HashSet::new();
    let links = Links::of(snapshot, set)?;
    for (page, section, heading) in headings(snapshot, set)? {
        let text = numberless(&heading).to_owned();
        if asked.insert(text.clone()) {
            own.withheld.heading(&page, section, &heading);
            own.questions
                .push(links.question(HEADING, text, &page, None));
        }
    }
    let (mut of_links, mut of_sentences) = (0, 0);
    for (target, said) in links.in_order() {
        if of_links == EACH && of_sentences == EACH {
            break;
        }
        let Some(page) = snapshot.named(&format!("{set}/{target}")) else {
            continue;
        };
        let said = said_with_words(snapshot, set, said)?;
        let title = content(&page.title);
        let kinds: [(&str, &mut usize, &Asks<'_>); 2] = [
            (LINK, &mut of_links, &|said| link_question(said, &title)),
            (SENTENCE, &mut of_sentences, &|said| sentence_question(said)),
        ];
        for (kind, count, question) in kinds {
            if *count == EACH {
                continue;
            }
            let mut questions = said.iter().filter_map(|it| Some((it, question(it)?)));
            let Some((said, text)) = questions.find(|(_, text)| !asked.contains(text)) else {
                continue;
            };
            *count += 1;
            asked.insert(text.clone());
            own.withheld.link(set, &said.source, &said.destination);
            let source = format!("{set}/{}", said.source);
            own.questions
                .push(links.question(kind, text, &page, Some(source)));
        }
    }
    Ok(())
}

/// Headings that one section of the set alone has, of pages that a hash chooses, with the numbers of their sections.
fn headings(snapshot: &Snapshot, set: &str) -> Result<Vec<(PageRef, usize, String)>, SearchError> {
    let mut counts: HashMap<u64, bool> = HashMap::new();
    let mut candidates: Vec<OfPage> = Vec::new();
    let pages = snapshot.pages().filter(|page| page.set == set);
    let looked_at = Chosen::of(snapshot, set);
    for page in pages {
        let Some(stored) = snapshot.page(&page.id())? else {
            continue;
        };
        let title = content(&page.title);
        let mut of_page = Vec::new();
        let is_chosen = looked_at.has(&page.path);
        for (number, section) in stored.sections.iter().enumerate() {
            let Some(heading) = section.headings.last() else {
                continue;
            };
            let is_again = counts.contains_key(&hash(heading));
            counts.insert(hash(heading), is_again);
            if is_chosen && is_askable_heading(heading, &section.markdown, &title) {
                of_page.push((number, heading.clone()));
            }
        }
        if !of_page.is_empty() {
            candidates.push((hash(&page.path), page, of_page));
        }
    }
    candidates.sort_unstable_by_key(|(hash, ..)| *hash);
    let mut chosen = Vec::new();
    for (_, page, mut of_page) in candidates {
        of_page.retain(|(_, heading)| counts.get(&hash(heading)) == Some(&false));
        of_page.sort_by_cached_key(|(_, heading)| hash(heading));
        of_page.truncate(OF_A_PAGE.min(EACH - chosen.len()));
        chosen.extend(
            of_page
                .into_iter()
                .map(|(section, heading)| (page.clone(), section, heading)),
        );
    }
    Ok(chosen)
}

fn is_askable_heading(heading: &str, markdown: &str, title: &HashSet<String>) -> bool {
    if !markdown.starts_with('#')
        || markdown.len() < LEAST_TEXT + heading.len()
        || !is_prose(heading)
    {
        return false;
    }
    let words = content(heading);
    (2..=MAX_WORDS).contains(&words.len()) && !words.is_subset(title) && !is_generic(heading)
}

/// What pages say of the pages of a set, of those that a hash chooses.
struct Links {
    set: String,
    /// How many pages link to each, by its path, hashed.
    pages: HashMap<u64, u32>,
    /// Links that are asked for, by their targets.
    said: HashMap<String, BinaryHeap<Candidate>>,
}

/// A link, in the order that a hash determines.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    hash: u64,
    source: String,
    destination: String,
    sentence: String,
}

impl Links {
    fn of(snapshot: &Snapshot, set: &str) -> Result<Self, SearchError> {
        let mut links = Self {
            set: set.to_owned(),
            pages: HashMap::new(),
            said: HashMap::new(),
        };
        let mut said_by: HashMap<u64, u16> = HashMap::new();
        snapshot.inward(set, &mut |it| {
            let count = said_by.entry(sentence_hash(&it)).or_default();
            *count = count.saturating_add(1);
        })?;
        let looked_at = Chosen::of(snapshot, set);
        let (mut source, mut seen) = (0, HashSet::new());
        snapshot.inward(set, &mut |it| {
            let (from, target) = (hash(it.source), hash(it.target));
            if from != source {
                source = from;
                seen.clear();
            }
            if seen.insert(target) {
                *links.pages.entry(target).or_default() += 1;
            }
            let is_menu = said_by
                .get(&sentence_hash(&it))
                .is_some_and(|count| *count > MENU);
            if is_menu || !looked_at.has(it.target) {
                return;
            }
            let said = links.said.entry(it.target.to_owned()).or_default();
            said.push(Candidate {
                hash: hash(&format!(
                    "{}\0{}\0{}",
                    it.source, it.target, it.link.sentence
                )),
                source: it.source.to_owned(),
                destination: it.link.destination.clone(),
                sentence: it.link.sentence.clone(),
            });
            if said.len() > CANDIDATES {
                said.pop();
            }
        })?;
        Ok(links)
    }

    /// Pages with the links to them, both in an order that hashes determine.
    fn in_order(&self) -> Vec<(&str, Vec<&Candidate>)> {
        let mut targets: Vec<(&str, Vec<&Candidate>)> = self
            .said
            .iter()
            .map(|(target, said)| {
                let mut said: Vec<&Candidate> = said.iter().collect();
                said.sort_unstable();
                (target.as_str(), said)
            })
            .collect();
        targets.sort_by_cached_key(|(target, _)| (hash(target), Reverse(target.len())));
        targets
    }

    fn question(
        &self,
        kind: &str,
        text: String,
        page: &PageRef,
        source: Option<String>,
    ) -> Question {
        let linking = self
            .pages
            .get(&hash(&page.path))
            .copied()
            .unwrap_or_default();
        Question {
            text,
            relevant: vec![format!("{}/{}", self.set, page.path)],
            kind: Some(kind.to_owned()),
            not: source.into_iter().collect(),
            weight: Weight::of(linking.saturating_add(1)),
            ..Question::default()
        }
    }
}

fn sentence_hash(it: &Inward<'_>) -> u64 {
    hash(&format!("{}\0{}", it.target, it.link.sentence))
}

/// A link with its own words.
struct Said {
    source: String,
    destination: String,
    sentence: String,
    words: String,
}

fn said_with_words(
    snapshot: &Snapshot,
    set: &str,
    said: Vec<&Candidate>,
) -> Result<Vec<Said>, SearchError> {
    let mut with_words = Vec::new();
    for it in said {
        let Some(page) = snapshot.page(&format!("{set}/{}", it.source))? else {
            continue;
        };
        let mut sections = page.sections.iter();
        let found = sections
            .find_map(|section| link_words(&section.markdown, &it.destination, &it.sentence));
        with_words.extend(found.map(|words| Said {
            source: it.source.clone(),
            destination: it.destination.clone(),
            sentence: it.sentence.clone(),
            words,
        }));
    }
    Ok(with_words)
}

/// The words of the link to a destination that stands in a sentence.
fn link_words(markdown: &str, destination: &str, sentence: &str) -> Option<String> {
    if !markdown.contains("](") {
        return None;
    }
    let mut words: Option<String> = None;
    for event in Parser::new_ext(markdown, markdown_options()) {
        match (event, &mut words) {
            (Event::Start(Tag::Link { dest_url, .. }), _) => {
                let is_it = dest_url.split('#').next() == Some(destination);
                words = is_it.then(String::new);
            }
            (Event::Text(text) | Event::Code(text), Some(words)) => words.push_str(&text),
            (Event::SoftBreak | Event::HardBreak, Some(words)) => words.push(' '),
            (Event::End(TagEnd::Link), Some(found)) => {
                let found = found.trim();
                if !found.is_empty() && (sentence.is_empty() || sentence.contains(found)) {
                    return Some(found.to_owned());
                }
                words = None;
            }
            _ => {}
        }
    }
    None
}

/// The words of a link, where they say something that the title of its target does not.
fn link_question(said: &Said, title: &HashSet<String>) -> Option<String> {
    let line = one_line(&said.words);
    let asked = bare(&line);
    let words = content(asked);
    let is_askable = (1..=MAX_WORDS).contains(&words.len())
        && !words.is_subset(title)
        && is_prose(asked)
        && !is_generic(asked);
    is_askable.then(|| asked.to_owned())
}

/// The words around a link, without its own.
fn sentence_question(said: &Said) -> Option<String> {
    let (before, after) = said.sentence.split_once(said.words.as_str())?;
    let before: Vec<&str> = before.split_whitespace().collect();
    let after: Vec<&str> = after.split_whitespace().collect();
    if before.len() + after.len() < BEFORE {
        return None;
    }
    let after_at_most = LEAST_AFTER.max(AROUND.saturating_sub(before.len()));
    let near = &before[before.len().saturating_sub(BEFORE)..];
    let words: Vec<&str> = near
        .iter()
        .chain(after.iter().take(after_at_most))
        .copied()
        .collect();
    let text = words.join(" ");
    (content(&text).len() >= 3 && is_prose(&text)).then(|| bare(&text).to_owned())
}

/// Pages that are looked at for questions, by a hash of their paths: all, or of a large set some.
struct Chosen {
    one_of: u64,
}

impl Chosen {
    fn of(snapshot: &Snapshot, set: &str) -> Self {
        let sets = snapshot.sets().iter();
        let pages = sets
            .filter(|it| it.name == set)
            .map(|it| it.pages)
            .sum::<usize>();
        Self {
            one_of: (pages / LOOKED_AT).max(1) as u64,
        }
    }

    fn has(&self, path: &str) -> bool {
        // The lowest bits order them.
        (hash(path) >> 32).is_multiple_of(self.one_of)
    }
}

/// Words that say something, by their stems: roughly, and English ones, as this only decides what is worth asking. Of scripts
/// without spaces, two characters are a word.
fn content(text: &str) -> HashSet<String> {
    let stemmer = Stemmer::new(Algorithm::English);
    let mut words = HashSet::new();
    for word in text
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let word = word.to_lowercase();
        if word.chars().any(|char| char >= UNSPACED) {
            let chars: Vec<char> = word.chars().collect();
            words.extend(chars.chunks(2).map(|pair| pair.iter().collect::<String>()));
        } else if STOP_WORDS.binary_search(&word.as_str()).is_err() {
            words.insert(stemmer.stem(&word).into_owned());
        }
    }
    words
}

/// Whether a text is made of words rather than of code.
fn is_prose(text: &str) -> bool {
    let all = text.chars().count();
    let letters = text
        .chars()
        .filter(|char| char.is_alphabetic() || char.is_whitespace())
        .count();
    letters * 100 > all * 80
}

/// A heading without its number: `2.1. Keys`.
fn numberless(heading: &str) -> &str {
    match heading.split_once(char::is_whitespace) {
        Some((number, rest))
            if number
                .chars()
                .all(|char| char.is_ascii_digit() || char == '.') =>
        {
            rest.trim_start()
        }
        _ => heading,
    }
}

fn is_generic(text: &str) -> bool {
    let words = text.split(|char: char| !char.is_alphanumeric());
    // Of other scripts a word may be one character.
    words.filter(|word| word.len() > 2).all(|word| {
        let word = word.to_lowercase();
        [GENERIC, STOP_WORDS]
            .iter()
            .any(|words| words.binary_search(&word.as_str()).is_ok())
    })
}

/// A text without what a sentence has around it; signs that names begin or end with stay, as in `.NET` and `C++`.
fn bare(text: &str) -> &str {
    const AROUND: &[char] = &[
        ',', ';', ':', '"', '“', '”', '„', '«', '»', '–', '—', '…', ' ', '、', '。', '，', '：',
        '；', '「', '」',
    ];
    let text = text.trim_start_matches(AROUND).trim_start_matches(')');
    let text = text.trim_start_matches(AROUND);
    let is_end = |it: char| AROUND.contains(&it) || matches!(it, '.' | '(');
    text.trim_end_matches(is_end)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_words_are_in_order() {
        assert!(GENERIC.is_sorted() && STOP_WORDS.is_sorted());
        assert!(is_generic("See also") && is_generic("Return value"));
        assert!(!is_generic("Return address"));
    }

    #[test]
    fn links_that_say_nothing_are_not_asked_and_others_without_what_is_around_them() {
        let asked = |words: &str| {
            let said = Said {
                source: String::new(),
                destination: String::new(),
                sentence: String::new(),
                words: words.to_owned(),
            };
            link_question(&said, &content("Sign-in"))
        };
        for words in [
            "there",
            "over there",
            "click here",
            "this one",
            "these",
            "Read more",
            "learn more…",
            "the other ones",
            "see the following page",
            "hier",
            "здесь",
            "here:",
            "…",
        ] {
            assert_eq!(asked(words), None, "{words}");
        }
        for (words, text) in [
            (
                "of Google Workspace, by a service account:",
                "of Google Workspace, by a service account",
            ),
            ("“rotating keys”,", "rotating keys"),
            (") the oil lamps (", "the oil lamps"),
            ("oil lamps (of brass)", "oil lamps (of brass)"),
            ("鍵を回す。", "鍵を回す"),
            ("what is a wick?", "what is a wick?"),
        ] {
            assert_eq!(asked(words).as_deref(), Some(text));
        }
        let said = Said {
            source: String::new(),
            destination: String::new(),
            sentence: "Accounts of people, their groups and all the roles: see the guide, by a service account:".to_owned(),
            words: "the guide".to_owned(),
        };
        assert_eq!(
            sentence_question(&said).as_deref(),
            Some("their groups and all the roles: see , by a service account")
        );
        assert_eq!((bare(".NET"), bare("C++,")), (".NET", "C++"));
    }

    #[test]
    fn the_words_of_a_link_are_found_by_where_it_leads() {
        let markdown =
            "See [the\nguide](guide.md#x) and [*rotating* `keys`](keys.md) or [more](keys.md).\n";
        assert_eq!(
            link_words(markdown, "guide.md", "").as_deref(),
            Some("the guide")
        );
        assert_eq!(
            link_words(
                markdown,
                "keys.md",
                "See the guide and rotating keys or more."
            )
            .as_deref(),
            Some("rotating keys")
        );
        assert_eq!(link_words(markdown, "other.md", ""), None);
    }

    #[test]
    fn nobody_asks_for_the_number_of_a_heading() {
        assert_eq!(numberless("38.5.4. SQL Functions"), "SQL Functions");
        assert_eq!(numberless("3rd-party fuzzers"), "3rd-party fuzzers");
        assert_eq!(numberless("42"), "42");
    }

    #[test]
    fn code_is_no_prose() {
        assert!(is_prose("Rotate the keys of a server, yearly"));
        assert!(!is_prose("--dry-run=[a|b]"));
        assert!(is_prose("Schlüssel drehen") && is_prose("密钥轮换"));
    }
}
