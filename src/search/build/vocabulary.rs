//! The words of a run: each is stemmed and kept once.

use crate::config;
use crate::corpus::Language;
use crate::search::language::{Reduction, stemmer};
use crate::search::pairs::{WordHash, WordHasher};
use crate::search::{stop_words, symbols, tokenizer};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// A term's number in the order in which it was first seen.
pub(super) type Word = u32;

/// What an entry of a hash table costs beside its text, about; in bytes.
const ENTRY: usize = 64;

/// Terms by their texts.
pub(super) struct Vocabulary {
    reduction: Reduction,
    /// Words as they stand in documents, by the way in which they are reduced.
    surfaces: [HashMap<Box<str>, Word, RandomState>; Reduction::COUNT],
    terms: HashMap<Box<str>, Word, RandomState>,
    is_symbol: Vec<bool>,
    /// By its number, what pairs of a term are made of.
    hashes: Vec<Option<WordHash>>,
    hasher: WordHasher,
    memory: usize,
}

impl Vocabulary {
    pub(super) fn new(language: Language) -> Self {
        let stemmer = stemmer(config::Language::English);
        Self {
            hasher: WordHasher::new(&stemmer, stop_words::of(config::Language::English)),
            reduction: Reduction::of(language),
            surfaces: Default::default(),
            terms: HashMap::default(),
            is_symbol: Vec::new(),
            hashes: Vec::new(),
            memory: 0,
        }
    }

    /// What comes next is in this language.
    pub(super) fn speak(&mut self, language: Language) {
        self.reduction = Reduction::of(language);
    }

    pub(super) fn len(&self) -> usize {
        self.is_symbol.len()
    }

    /// About how much it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    pub(super) fn is_symbol(&self, word: Word) -> bool {
        self.is_symbol
            .get(word as usize)
            .copied()
            .unwrap_or_default()
    }

    /// What pairs with a word are made of; `None` where it is passed over.
    pub(super) fn hash(&self, word: Word) -> Option<WordHash> {
        self.hashes.get(word as usize).copied().flatten()
    }

    /// Adds the words of a text to `words`.
    pub(super) fn words(&mut self, text: &str, words: &mut Vec<Word>) {
        tokenizer::words(text, |surface, _| words.push(self.word(surface)));
    }

    /// Adds the identifiers of a text to `found`.
    pub(super) fn symbols(&mut self, text: &str, found: &mut Vec<Word>) {
        symbols::symbols(text, |symbol, _| found.push(self.term(symbol, true)));
    }

    /// The terms in the order of their texts.
    pub(super) fn sorted(&self) -> Vec<(&str, Word)> {
        let mut terms: Vec<_> = self
            .terms
            .iter()
            .map(|(text, word)| (&**text, *word))
            .collect();
        terms.sort_unstable();
        terms
    }

    fn word(&mut self, surface: &str) -> Word {
        let reduction = self.reduction;
        if let Some(word) = self.surfaces[reduction.number()].get(surface) {
            return *word;
        }
        let word = self.term(&reduction.term(surface), false);
        self.memory += surface.len() + ENTRY;
        self.surfaces[reduction.number()].insert(surface.into(), word);
        word
    }

    fn term(&mut self, text: &str, is_symbol: bool) -> Word {
        if let Some(word) = self.terms.get(text) {
            return *word;
        }
        // A run is written long before it has that many.
        let word = Word::try_from(self.is_symbol.len()).unwrap_or(Word::MAX);
        self.memory += text.len() + ENTRY;
        self.terms.insert(text.into(), word);
        self.is_symbol.push(is_symbol);
        self.hashes.push(self.hasher.hash(text));
        word
    }
}

/// How often each word was seen.
#[derive(Default)]
pub(super) struct Counter {
    counts: Vec<u32>,
    seen: Vec<Word>,
}

impl Counter {
    pub(super) fn add(&mut self, words: &[Word]) {
        for word in words {
            let word = *word as usize;
            if word >= self.counts.len() {
                self.counts.resize(word + 1, 0);
            }
            if self.counts[word] == 0 {
                self.seen.push(words_number(word));
            }
            self.counts[word] += 1;
        }
    }

    /// Takes out what was counted, in the order in which it was first seen.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (Word, u32)> {
        let counts = &mut self.counts;
        self.seen.drain(..).map(move |word| {
            let count = std::mem::take(&mut counts[word as usize]);
            (word, count)
        })
    }
}

fn words_number(word: usize) -> Word {
    Word::try_from(word).unwrap_or(Word::MAX)
}
