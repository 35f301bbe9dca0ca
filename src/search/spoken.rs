//! The words of a question, in the language that it is asked in, and what each is in the pages' languages.

use super::language::{Reduction, Reductions};
use super::scope::Scope;
use super::stop_words;
use super::tokenizer;
use super::view::Term;
use crate::corpus::Language;
use std::{borrow::Cow, ops::Range};

/// A query's language, and how the pages' words are reduced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken {
    pub(super) language: Language,
    /// No page is in it.
    pub(super) is_foreign: bool,
    pub(super) reductions: Reductions,
    pub(super) preferred: Option<Language>,
}

/// The terms that stand for a word, and how the pages are reduced where each does.
pub(super) struct Forms {
    pub(super) found: Vec<(Term, Reductions)>,
    /// It is the same in all languages.
    pub(super) is_one: bool,
}

impl Spoken {
    pub(super) fn is_english(self) -> bool {
        self.language.code() == "en"
    }

    /// The words of a query as they stand in it.
    pub(super) fn words(self, text: &str) -> Vec<Word<'_>> {
        let own = Reduction::of(self.language);
        let mut words: Vec<Word<'_>> = Vec::new();
        tokenizer::words(text, |surface, range| {
            let mut is_stop = is_stop_word(surface, self.language);
            if self.is_english() && text[..range.start].ends_with(is_apostrophe) {
                let before = text[..range.start].trim_end_matches(is_apostrophe);
                let last = words
                    .last_mut()
                    .filter(|last| last.range.end == before.len());
                match (surface, last) {
                    // `isn't`: neither *isn* nor *t* is a word.
                    ("t", Some(last)) if before.ends_with(['n', 'N']) => {
                        last.is_stop = true;
                        is_stop = true;
                    }
                    ("s" | "ve" | "ll" | "re" | "d" | "m", Some(_)) => is_stop = true,
                    _ => {}
                }
            }
            words.push(Word {
                stem: own.term(surface).into_owned(),
                surface: surface.to_owned(),
                original: &text[range.clone()],
                range,
                is_stop,
            });
        });
        words
    }

    /// The terms that a word, in lower case, is in the pages of each language: one in each page.
    pub(super) fn forms(&self, surface: &str, index: Scope<'_>) -> Forms {
        let mut texts: Vec<(Cow<'_, str>, Reductions)> = Vec::new();
        for reduction in self.reductions.iter() {
            let text = reduction.term(surface);
            match texts.iter_mut().find(|(known, _)| *known == text) {
                Some((_, reductions)) => reductions.add(reduction),
                None => texts.push((text, reduction.into())),
            }
        }
        let is_one = texts.len() == 1;
        let found = texts.into_iter().filter_map(|(text, reductions)| {
            let term = index.find(&text);
            let marked = self.with_marks(surface, reductions, index);
            // What most pages have is what was meant.
            let pages = |term: Term| index.pages_with(term);
            let term = match (term, marked) {
                (Some(term), Some(marked)) if pages(marked) > pages(term) => marked,
                (term, marked) => term.or(marked)?,
            };
            Some((term, reductions))
        });
        Forms {
            found: found.collect(),
            is_one,
        }
    }

    /// The term of a word that was typed without its marks, in a query's own language.
    fn with_marks(&self, surface: &str, of: Reductions, index: Scope<'_>) -> Option<Term> {
        let own = Reduction::of(self.language);
        if !of.contains(own) {
            return None;
        }
        let marked = own.terms_with_marks(surface);
        let found = marked.iter().filter_map(|term| index.find(term));
        found.max_by_key(|term| index.pages_with(*term))
    }
}

/// Whether a word, in lower case, says nothing in this language.
fn is_stop_word(word: &str, language: Language) -> bool {
    match language.code() {
        "en" => stop_words::is_english(word),
        _ => language.has_function_word(word),
    }
}

/// A word of a query: in lower case, as it stands in the index, and as it was written.
pub(super) struct Word<'a> {
    pub(super) surface: String,
    pub(super) stem: String,
    pub(super) original: &'a str,
    pub(super) range: Range<usize>,
    /// It says nothing.
    pub(super) is_stop: bool,
}

/// Two words that stand next to each other, as one.
pub(super) fn joined(text: &str, one: &Word<'_>, other: &Word<'_>) -> Option<String> {
    let between = text.get(one.range.end..other.range.start)?;
    let is_near = !between.is_empty()
        && (between.chars().all(char::is_whitespace)
            || matches!(between, "-" | "_" | "." | "/" | ":" | "::"));
    if !is_near {
        return None;
    }
    let both = format!("{}{}", one.surface, other.surface);
    let border = one.surface.len();
    let mut joined = None;
    tokenizer::words(&both, |surface, range| {
        // Where words have no spaces between them, a pair has several.
        if range.start < border && range.contains(&border) && joined.is_none() {
            joined = Some(surface.to_owned());
        }
    });
    joined
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2BC}' | '\u{FF07}')
}

/// Words of a text, in its order: of a script without spaces, the pairs that overlap are the run of characters that they are of.
pub(super) fn runs(text: &str, words: Vec<String>) -> Vec<String> {
    let mut runs: Vec<String> = Vec::with_capacity(words.len());
    // Where the run ends that was the last one.
    let mut end = None;
    let mut from = 0;
    for word in words {
        let is_pair = word.starts_with(tokenizer::is_unspaced);
        let at = text.get(from..).and_then(|rest| rest.find(&word));
        let Some(at) = at.map(|at| from + at).filter(|_| is_pair) else {
            runs.push(word);
            end = None;
            continue;
        };
        from = at + word.chars().next().map_or(0, char::len_utf8);
        let next = at + word.len();
        match (runs.last_mut(), end) {
            (Some(run), Some(end)) if at < end => {
                run.push_str(text.get(end..next).unwrap_or_default());
            }
            _ => runs.push(word),
        }
        end = Some(next);
    }
    runs
}

/// Of `1,169`, the tokenizer makes the number and its groups: what documents have counts, the number
/// first. Of a Korean word, it makes the word and its pairs: the word counts where documents have it so.
pub(super) fn one_number_or_its_groups(words: &mut Vec<Word<'_>>, index: Scope<'_>) {
    let mut within = 0;
    words.retain(|word| {
        if tokenizer::has_pairs(word.original) {
            return index.find(&word.stem).is_some();
        }
        if word.original.contains(',') {
            let is_known = index.find(&word.stem).is_some();
            within = if is_known { word.range.end } else { 0 };
            return is_known;
        }
        word.range.start >= within
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_overlap_are_the_run_that_they_are_of() {
        for (text, words, expected) in [
            (
                "データベースの復元",
                &[
                    "デー", "ータ", "タベ", "ベー", "ース", "スの", "の復", "復元",
                ][..],
                &["データベースの復元"][..],
            ),
            ("設定 構成", &["設定", "構成"], &["設定", "構成"]),
            ("搜索引擎 zed", &["搜索", "索引", "zed"], &["搜索引", "zed"]),
            ("zed 搜索引擎", &["zed", "索引", "引擎"], &["zed", "索引擎"]),
            (
                "설정파일을",
                &["설정", "정파", "파일", "일을"],
                &["설정파일을"],
            ),
            ("ตั้งค่า", &["ตั้ง", "งค่", "ค่า"], &["ตั้งค่า"]),
            ("哈哈哈", &["哈哈"], &["哈哈"]),
            ("other", &["設定"], &["設定"]),
            ("alpha pha", &["alpha", "pha"], &["alpha", "pha"]),
        ] {
            let words = words.iter().map(|&it| it.to_owned()).collect();
            assert_eq!(runs(text, words), expected, "{text}");
        }
        let started = std::time::Instant::now();
        let many = vec!["哈哈".to_owned(); 1_000];
        runs(&"哈".repeat(1_000), many);
        assert!(started.elapsed().as_secs() < 5);
    }
}
