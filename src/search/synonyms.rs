//! Words of a question -> what else is looked for in their place: the operator's synonyms.
//!
//! What is asked for is told by its stems, so that *persistent volumes* is *persistent volume*, and *write ahead logs* is
//! *write-ahead log*; a term with signs that belong to a name (`c++`, `.net`, `a_b`) by its letters. A part of a name has no synonyms: `psp` in `psp.enabled` is nothing that anybody asks for.

use super::language::Reduction;
use super::scope::Scope;
use super::spoken::is_apostrophe;
use super::symbols::symbols;
use super::tokenizer;
use crate::config;
use std::{collections::HashMap, ops::Range, sync::OnceLock};

/// More are not looked for in a question.
const MAX_CONCEPTS: usize = 16;

/// The synonyms of a configuration, found by the words of questions.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    rules: config::Synonyms,
    /// By the numbers of reductions; each is made when somebody asks in its language.
    tables: [OnceLock<Table>; Reduction::COUNT],
}

/// Terms by the stems of their words.
#[derive(Debug, Default)]
struct Table {
    /// Where each stands: the number of its rule, and its own.
    terms: HashMap<String, Vec<(usize, usize)>>,
    /// How many words the longest has that begins with this one.
    longest: HashMap<String, usize>,
}

/// A word of a question.
#[derive(Debug, Clone)]
pub(super) struct Said<'a> {
    pub(super) stem: &'a str,
    pub(super) range: Range<usize>,
    /// It says nothing.
    pub(super) is_stop: bool,
}

/// Words of a question that have synonyms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Concept<'a> {
    /// Where they stand.
    pub(super) range: Range<usize>,
    pub(super) synonyms: Vec<Synonym<'a>>,
}

/// What stands for some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Synonym<'a> {
    pub(super) text: &'a str,
    /// They stand for it, too.
    pub(super) is_equal: bool,
}

impl Synonyms {
    pub(super) fn new(rules: config::Synonyms) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.rules().is_empty()
    }

    /// The concepts of a question, in its order: of several that share words the longest, then the first.
    pub(super) fn find(
        &self,
        text: &str,
        words: &[Said<'_>],
        reduction: Reduction,
        index: Scope<'_>,
    ) -> Vec<Concept<'_>> {
        let Some(table) = self.tables.get(reduction.number()) else {
            return Vec::new();
        };
        let table = table.get_or_init(|| Table::of(&self.rules, reduction));
        let words: Vec<&Said<'_>> = words
            .iter()
            .filter(|word| !tokenizer::has_pairs(text.get(word.range.clone()).unwrap_or_default()))
            .collect();
        let is_stop = words.iter().all(|word| word.is_stop);
        let mut names: Option<Vec<(Range<usize>, bool)>> = None;
        let mut concepts = Vec::new();
        let mut at = 0;
        while at < words.len() && concepts.len() < MAX_CONCEPTS {
            let longest = table.longest.get(words[at].stem).copied().unwrap_or(0);
            let mut found: Option<(usize, Concept<'_>)> = None;
            let mut key = String::new();
            for end in at..words.len().min(at + longest) {
                push(&mut key, words[end].stem);
                let Some(terms) = table.terms.get(&key) else {
                    continue;
                };
                let said = &words[at..=end];
                let says_nothing = |word: &&Said<'_>| {
                    word.is_stop && !is_capitals(text.get(word.range.clone()).unwrap_or_default())
                };
                if !is_stop && said.iter().all(says_nothing) {
                    continue;
                }
                let names = names.get_or_insert_with(|| names_of(text, index));
                let mut concept: Option<Concept<'_>> = None;
                for (rule, term) in terms {
                    let Some(rule) = self.rules.rules().get(*rule) else {
                        continue;
                    };
                    let Some(term) = rule.asked.get(*term) else {
                        continue;
                    };
                    let range = stands(term, text, said);
                    let Some(range) = range.filter(|range| !is_within_name(range, names)) else {
                        continue;
                    };
                    let concept = concept.get_or_insert_with(|| Concept {
                        range,
                        synonyms: Vec::new(),
                    });
                    concept.add(rule, term);
                }
                found = concept.map(|concept| (end + 1, concept)).or(found);
            }
            match found {
                Some((next, concept)) => {
                    concepts.push(concept);
                    at = next;
                }
                None => at += 1,
            }
        }
        concepts
    }
}

impl<'a> Concept<'a> {
    /// Adds what a term finds by a rule.
    fn add(&mut self, rule: &'a config::Synonym, asked: &str) {
        let is_equal = rule.asked == rule.found;
        for text in &rule.found {
            let is_same = |other: &str| other.to_lowercase() == text.to_lowercase();
            let mut known = self.synonyms.iter_mut();
            match known.find(|known| is_same(known.text)) {
                Some(known) => known.is_equal |= is_equal,
                None if is_same(asked) => {}
                None => self.synonyms.push(Synonym { text, is_equal }),
            }
        }
    }
}

impl Table {
    fn of(rules: &config::Synonyms, reduction: Reduction) -> Self {
        let mut table = Self::default();
        for (number, rule) in rules.rules().iter().enumerate() {
            for (term, text) in rule.asked.iter().enumerate() {
                let (mut key, mut first, mut words) = (String::new(), None, 0);
                tokenizer::words(text, |word, range| {
                    if tokenizer::has_pairs(&text[range]) {
                        return;
                    }
                    let stem = reduction.term(word);
                    push(&mut key, &stem);
                    first.get_or_insert_with(|| stem.into_owned());
                    words += 1;
                });
                if let Some(first) = first {
                    let longest = table.longest.entry(first).or_default();
                    *longest = words.max(*longest);
                    table.terms.entry(key).or_default().push((number, term));
                }
            }
        }
        table
    }
}

fn push(key: &mut String, stem: &str) {
    if !key.is_empty() {
        key.push(' ');
    }
    key.push_str(stem);
}

/// Where a term stands whose words are these: nothing but gaps between them, or its own signs.
fn stands(term: &str, text: &str, said: &[&Said<'_>]) -> Option<Range<usize>> {
    let (first, last) = (said.first()?, said.last()?);
    let range = first.range.start..last.range.end;
    if !is_written_so(term) {
        let is_near = |pair: &[&Said<'_>]| match text.get(pair[0].range.end..pair[1].range.start) {
            Some(gap) if gap.chars().all(char::is_whitespace) => true,
            Some(gap) => {
                let mut signs = gap.trim().chars();
                let sign = signs.next().filter(|_| signs.next().is_none());
                let of_term = |sign| term.chars().any(|c| border(c) == Some(sign));
                let sign = sign.and_then(border);
                sign.is_some_and(|sign| {
                    sign == Border::Hyphen && gap.len() == gap.trim().len() || of_term(sign)
                })
            }
            // Of scripts without spaces, words overlap.
            None => true,
        };
        return said.windows(2).all(is_near).then_some(range);
    }
    let before = term.find(char::is_alphanumeric)?;
    let behind = term.len() - term.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    let range = range.start.checked_sub(before)?..range.end + behind;
    let written = text.get(range.clone())?;
    let is_whole = !text[..range.start].ends_with(char::is_alphanumeric)
        && !text[range.end..].starts_with(char::is_alphanumeric);
    (is_whole && written.to_lowercase() == term.to_lowercase()).then_some(range)
}

/// Identifiers of a question, and whether each is one for sure: not only words with hyphens between them that nobody writes so.
fn names_of(text: &str, index: Scope<'_>) -> Vec<(Range<usize>, bool)> {
    let mut names = Vec::new();
    symbols(text, |symbol, range| {
        let is_joined = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/');
        let is_prose = symbol.starts_with(char::is_alphanumeric) && symbol.chars().all(is_joined);
        names.push((range, !is_prose || index.find(symbol).is_some()));
    });
    names
}

/// Whether a stretch is only a part of an identifier. `--dry-run` of `--dry-run=client` is one by itself.
fn is_within_name(range: &Range<usize>, names: &[(Range<usize>, bool)]) -> bool {
    let is_name = names.iter().any(|(name, _)| name == range);
    !is_name
        && names.iter().any(|(name, is_sure)| {
            let is_part = name.start <= range.start && range.end <= name.end && name != range;
            is_part && *is_sure
        })
}

/// What stands between two words of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Border {
    Hyphen,
    Apostrophe,
    Slash,
}

fn border(c: char) -> Option<Border> {
    match c {
        '-' | '\u{2010}' | '\u{2011}' | '\u{2212}' => Some(Border::Hyphen),
        '/' => Some(Border::Slash),
        c if is_apostrophe(c) => Some(Border::Apostrophe),
        _ => None,
    }
}

/// Whether a term has signs that are part of a name, and not only borders of words.
fn is_written_so(term: &str) -> bool {
    let mut before = None;
    let mut chars = term.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek();
        let is_between = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        if c.is_ascii_punctuation()
            && !(border(c).is_some() && is_between(before.as_ref()) && is_between(next))
        {
            return true;
        }
        before = Some(c);
    }
    false
}

fn is_capitals(word: &str) -> bool {
    word.len() > 1 && word.chars().all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::super::view::View;
    use super::*;
    use crate::corpus::Language;

    /// What stands for the words of a question, `asked: synonym|synonym`.
    fn found(rules: &str, text: &str) -> Vec<String> {
        let english = Reduction::of(Language::of_tag("en").expect("a code"));
        let rules = config::Synonyms::parse(rules).expect("nothing is wrong");
        let synonyms = Synonyms::new(rules);
        let mut stems: Vec<(String, Range<usize>, bool)> = Vec::new();
        tokenizer::words(text, |word, range| {
            let is_stop = super::super::stop_words::is_english(word);
            stems.push((english.term(word).into_owned(), range, is_stop));
        });
        let words: Vec<Said<'_>> = stems
            .iter()
            .map(|(stem, range, is_stop)| Said {
                stem,
                range: range.clone(),
                is_stop: *is_stop,
            })
            .collect();
        let view = View::of([]);
        let index = Scope {
            view: &view,
            filter: None,
        };
        let concepts = synonyms.find(text, &words, english, index);
        let told = concepts.into_iter().map(|concept| {
            let all: Vec<&str> = concept.synonyms.iter().map(|it| it.text).collect();
            format!("{}: {}", &text[concept.range], all.join("|"))
        });
        told.collect()
    }

    #[test]
    fn words_are_told_by_their_stems() {
        let rules =
            "k8s, kubernetes\npersistent volume, PV\npod security policy => PSP\npod => container";
        for (text, expected) in [
            ("upgrade K8s", &["K8s: kubernetes"][..]),
            ("Kubernetes upgrades", &["Kubernetes: k8s"]),
            ("resize persistent volumes", &["persistent volumes: PV"]),
            ("persistent-volume size", &["persistent-volume: PV"]),
            ("persistent, volume", &[]),
            ("pod security policies", &["pod security policies: PSP"]),
            ("pods of security", &["pods: container"]),
            ("psp", &[]),
            ("k8s pv", &["k8s: kubernetes", "pv: persistent volume"]),
        ] {
            assert_eq!(found(rules, text), expected, "{text}");
        }
    }

    #[test]
    fn synonyms_of_a_term_are_those_of_all_its_lines_and_go_no_further() {
        let rules = "a1, b1\nb1, c1\na1 => d1\na1 => a1, b1";
        assert_eq!(found(rules, "a1"), ["a1: b1|d1"]);
        assert_eq!(found(rules, "b1"), ["b1: a1|c1"]);
        assert_eq!(found(rules, "d1"), [""; 0]);
    }

    #[test]
    fn names_are_whole() {
        let rules = "c => clang\nc++ => cpp\n.net, dotnet\npsp, policy\nnode.js, node";
        for (text, expected) in [
            ("c compiler", &["c: clang"][..]),
            ("c++ compiler", &["c++: cpp"]),
            ("C++?", &["C++: cpp"]),
            ("c++11", &[]),
            (".NET core", &[".NET: dotnet"]),
            ("net", &[]),
            ("psp.enabled", &[]),
            ("--psp", &[]),
            ("old-psp", &["psp: policy"]),
            ("node.js and node", &["node.js: node", "node: node.js"]),
        ] {
            assert_eq!(found(rules, text), expected, "{text}");
        }
    }

    #[test]
    fn signs_between_words_are_borders_of_words() {
        let rules = "write-ahead log, WAL\nTCP/IP, internet protocols\nLet's Encrypt, LE\nread replica => standby\n\
                     R&D, research";
        for (text, expected) in [
            ("write-ahead log", &["write-ahead log: WAL"][..]),
            ("write-ahead logs", &["write-ahead logs: WAL"]),
            ("the write ahead log", &["write ahead log: WAL"]),
            ("Write-Ahead-Log", &["Write-Ahead-Log: WAL"]),
            (
                "write\u{2011}ahead logging",
                &["write\u{2011}ahead logging: WAL"],
            ),
            ("write, ahead log", &[]),
            ("write/ahead log", &[]),
            ("write -- ahead log", &[]),
            ("TCP/IP stack", &["TCP/IP: internet protocols"]),
            ("tcp ip stack", &["tcp ip: internet protocols"]),
            ("tcp / ip stack", &["tcp / ip: internet protocols"]),
            ("let\u{2019}s encrypt", &["let\u{2019}s encrypt: LE"]),
            ("read/replica", &[]),
            ("read-replicas", &["read-replicas: standby"]),
            ("read - replicas", &[]),
            ("r&d", &["r&d: research"]),
            ("r d", &[]),
        ] {
            assert_eq!(found(rules, text), expected, "{text}");
        }
    }

    #[test]
    fn a_flag_is_itself_with_a_value() {
        let rules = "--dry-run => -n\n--color => --colour\nclient => browser";
        for (text, expected) in [
            ("--dry-run", &["--dry-run: -n"][..]),
            ("--dry-run=client", &["--dry-run: -n"]),
            ("kubectl apply --color=always", &["--color: --colour"]),
            ("--dry-run-all", &[]),
            ("--no-dry-run=x", &[]),
        ] {
            assert_eq!(found(rules, text), expected, "{text}");
        }
    }

    #[test]
    fn a_small_word_has_synonyms_where_it_is_meant() {
        let rules = "who => world health organization\nend of life, EOL";
        assert_eq!(found(rules, "who wrote it down"), [""; 0]);
        assert_eq!(
            found(rules, "WHO guidelines"),
            ["WHO: world health organization"]
        );
        assert_eq!(found(rules, "who"), ["who: world health organization"]);
        assert_eq!(found(rules, "the end of life date"), ["end of life: EOL"]);
    }

    #[test]
    fn scripts_without_spaces_have_synonyms() {
        let rules = "設定, 構成\n쿠버네티스, k8s";
        assert_eq!(found(rules, "ネットワークの設定方法"), ["設定: 構成"]);
        assert_eq!(found(rules, "쿠버네티스를 설치"), ["쿠버네티스: k8s"]);
    }

    #[test]
    fn a_long_question_with_many_synonyms_takes_no_time() {
        let rules: String = (0..10_000)
            .map(|n| format!("a a a a a a a {n}, b{n}\n"))
            .collect();
        let started = std::time::Instant::now();
        assert_eq!(found(&rules, &"a ".repeat(500)), [""; 0]);
        let rules = "a, b".to_owned();
        assert_eq!(found(&rules, &"a ".repeat(500)).len(), MAX_CONCEPTS);
        assert!(started.elapsed().as_secs() < 10);
    }
}
