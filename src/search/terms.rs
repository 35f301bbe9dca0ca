//! A query's text -> the terms to look up.

use super::alternatives::{Alternative, AlternativeWord};
use super::answer::MAX_QUERY_CHARS;
use super::held::Held;
use super::holding::PagesOf;
use super::language::{Reduction, Reductions, stemmer};
use super::names::{Name, camel_case_parts, key, subject};
use super::pairs::{WordHash, WordHasher};
use super::scope::Scope;
use super::spoken::{Forms, Spoken, Word, joined, one_number_or_its_groups};
use super::stop_words;
use super::synonyms::{Concept, Said, Synonyms};
use super::tokenizer;
use super::view::Term;
use crate::{
    config,
    corpus::{Answers, Language, asked},
};
use std::{ops::Range, rc::Rc, sync::Arc};

/// More words than these are an essay, not a query; the first ones are looked up.
const MAX_TERMS: usize = 32;
/// What two neighbouring words count for when they stand in the corpus as one.
const JOINED_WEIGHT: f32 = 0.5;

/// What a word counts for that says more of the question than of its subject, beside others.
const ASKING_WEIGHT: f32 = 0.5;

/// What a synonym counts for beside the words that are asked for: those go first where all else is equal.
const SYNONYM_WEIGHT: f32 = 0.7;
/// Words of synonyms that are looked up for a query at the most.
const MAX_SYNONYM_TERMS: usize = 64;

/// A term and what its BM25 score is multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WeightedTerm {
    pub(super) term: Term,
    pub(super) weight: f32,
    /// How the pages are reduced in which it counts; `None`: it is the same in all of them.
    pub(super) within: Option<Reductions>,
    /// It is a part of this name, and counts in pages alone that hold that whole.
    pub(super) only_with: Option<Term>,
    /// It counts in these pages alone: they have all words of a synonym.
    pub(super) pages: Option<Rc<PagesOf>>,
    /// It is a word of something that has synonyms.
    pub(super) way: Option<Way>,
}

/// One of several ways to say the same: of them the one counts that a page says best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// What is said, by its number in the query.
    pub(super) concept: u8,
    /// How; 0: in the query's own words.
    pub(super) number: u8,
}

impl Way {
    /// Whether it is the query's own.
    pub(super) fn is_asked(self) -> bool {
        self.number == 0
    }
}

/// Words of a query, with what may stand in their place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meant {
    /// Where they stand.
    pub(super) range: Range<usize>,
    /// What some page has.
    pub(super) synonyms: Vec<String>,
}

/// What a query asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Terms {
    pub(super) words: Vec<WeightedTerm>,
    /// Identifiers and operators, as written, that stand in some document.
    pub(super) symbols: Vec<Term>,
    /// Words of the query that stand in no document.
    pub(super) unknown: Vec<String>,
    /// How many of the words are other forms of one, as other languages reduce it.
    pub(super) forms: usize,
    /// The language that pages should be in, where they are in several.
    pub(super) language: Option<Language>,
    /// It is in a language that no page is in: words that pages have may mean something else there.
    pub(super) is_foreign: bool,
    /// How the query's own words are reduced.
    pub(super) reduction: Reduction,
    /// What the query calls by its name; what is a name for sure goes first.
    pub(super) names: Vec<Name>,
    /// Nothing is asked for but names that some page holds whole.
    pub(super) only_name: bool,
    /// Its words in their order, but for those that say nothing.
    pub(super) order: Vec<OrderedWord>,
    /// What of it has synonyms.
    pub(super) meant: Vec<Meant>,
}

/// A word in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OrderedWord {
    pub(super) hash: WordHash,
    /// As it stands in the index, if it does.
    pub(super) term: Option<Term>,
    /// It is in quotes: what a document may have another one for.
    pub(super) is_value: bool,
}

/// Turns query text into terms.
#[derive(Debug, Clone)]
pub(super) struct QueryParser {
    hasher: WordHasher,
    /// Of what nothing else tells.
    language: Language,
    synonyms: Arc<Synonyms>,
}

impl QueryParser {
    pub(super) fn new(language: config::Language, synonyms: Arc<Synonyms>) -> Self {
        let stemmer = stemmer(config::Language::English);
        Self {
            hasher: WordHasher::new(&stemmer, stop_words::of(config::Language::English)),
            language: language.into(),
            synonyms,
        }
    }

    /// How the words of a query are reduced, by its own language.
    pub(super) fn reduction(&self, text: &str, index: Scope<'_>) -> Reduction {
        Reduction::of(self.spoken(bounded(text), index).language)
    }

    /// The language of a query, and those of the pages.
    fn spoken(&self, text: &str, index: Scope<'_>) -> Spoken {
        let languages = index.view.languages();
        let home = languages.most().unwrap_or(self.language);
        let mut reductions = languages.reductions();
        let asked = asked(
            text,
            &Answers {
                home,
                pages: &|language| languages.pages(language),
                knows: &|word| {
                    let mut reductions = reductions.iter();
                    reductions.any(|it| index.find(&it.term(word)).is_some())
                },
            },
        );
        // A name is asked for in the configured language, where there are pages in it.
        let unasked = match languages.pages(self.language) {
            0 => home,
            _ => self.language,
        };
        let language = asked.unwrap_or(unasked);
        if reductions == Reductions::default() {
            reductions.add(Reduction::of(language));
        }
        Spoken {
            language,
            is_foreign: asked.is_some_and(|language| languages.pages(language) == 0),
            reductions,
            preferred: (languages.are_several() && languages.pages(language) > 0)
                .then_some(language),
        }
    }

    /// Tells the words that the pages that may answer use from the others.
    pub(super) fn parse(&self, text: &str, index: Scope<'_>) -> Terms {
        let text = bounded(text);
        let spoken = self.spoken(text, index);
        let own = Reduction::of(spoken.language);
        let mut terms = Terms {
            language: spoken.preferred,
            is_foreign: spoken.is_foreign,
            reduction: own,
            ..Terms::default()
        };
        let names = Held::of(text, index, |word| own.term(word).into_owned());
        let mut words = spoken.words(text);
        let concepts = self.concepts(text, &words, spoken, index);
        let concept_of = |range: &Range<usize>| {
            let mut known = concepts.iter();
            known.position(|(concept, _)| {
                concept.range.start <= range.start && range.end <= concept.range.end
            })
        };
        one_number_or_its_groups(&mut words, index);
        if words.iter().any(|word| !word.is_stop) {
            words.retain(|word| !word.is_stop);
        } else if !names.symbols.is_empty() {
            // A name is asked for, and these words stand around it.
            words.retain(|word| names.covers(&word.range));
        }
        let order = words.iter().take(MAX_TERMS);
        let order = order.filter_map(|word| self.ordered(word, text, index));
        terms.order = order.collect();
        let is_asking =
            |word: &Word<'_>| spoken.is_english() && stop_words::is_asking(&word.surface);
        let has_subject = !words.iter().all(is_asking);
        for word in words.iter().take(MAX_TERMS) {
            let only_with = names.around(&word.range);
            let concept = concept_of(&word.range);
            let way = concept.map(asked_way);
            let is_weak = has_subject && only_with.is_none() && is_asking(word);
            let weight = if is_weak { ASKING_WEIGHT } else { 1.0 };
            if terms.add_forms(&spoken.forms(&word.surface, index), weight, only_with, way) {
                continue;
            }
            let mut found = false;
            for part in camel_case_parts(word.original) {
                let forms = spoken.forms(&part.to_lowercase(), index);
                found |= terms.add_forms(&forms, 1.0, None, way);
            }
            // What has a synonym that some page has is known; so is a part of a name that some page has.
            if !found && concept.is_none() && !names.covers(&word.range) {
                terms.unknown.push(word.original.to_owned());
            }
        }
        for pair in words.windows(2).take(MAX_TERMS) {
            if let [one, other] = pair
                && let Some(joined) = joined(text, one, other)
            {
                let only_with = names.around(&one.range).or(names.around(&other.range));
                let [concept, next] = [one, other].map(|word| concept_of(&word.range));
                let way = concept.filter(|_| concept == next).map(asked_way);
                terms.add_forms(&spoken.forms(&joined, index), JOINED_WEIGHT, only_with, way);
            }
        }
        terms.symbols = names.symbols;
        terms.only_name = names.only;
        terms.names = names.names;
        for (number, (concept, synonyms)) in concepts.iter().enumerate() {
            terms.add_concept(number, concept, synonyms, text, index);
        }
        terms
    }

    /// What of a query has synonyms that some page has.
    fn concepts(
        &self,
        text: &str,
        words: &[Word<'_>],
        spoken: Spoken,
        index: Scope<'_>,
    ) -> Vec<(Concept<'_>, Vec<Alternative>)> {
        if self.synonyms.is_empty() {
            return Vec::new();
        }
        let said = words.iter().map(|word| Said {
            stem: &word.stem,
            range: word.range.clone(),
            is_stop: word.is_stop,
        });
        let said: Vec<Said<'_>> = said.collect();
        let own = Reduction::of(spoken.language);
        let found = self.synonyms.find(text, &said, own, index);
        let known = found.into_iter().filter_map(|concept| {
            let synonyms = concept.synonyms.iter();
            let known: Vec<Alternative> = synonyms
                .filter_map(|synonym| {
                    Alternative::of(synonym.text, synonym.is_equal, spoken, index)
                })
                .collect();
            (!known.is_empty()).then_some((concept, known))
        });
        known.collect()
    }

    fn ordered(&self, word: &Word<'_>, text: &str, index: Scope<'_>) -> Option<OrderedWord> {
        let before = text[..word.range.start].chars().next_back();
        Some(OrderedWord {
            hash: self.hasher.hash(&word.stem)?,
            term: index.find(&word.stem),
            is_value: before.is_some_and(|mark| "\"'`“‘".contains(mark)),
        })
    }
}

impl Terms {
    /// Adds a word unless it is there already.
    pub(super) fn add(&mut self, term: Term, weight: f32) {
        self.add_within(term, weight, None, None, None);
    }

    /// How many words there are, each counted once, whatever its forms are.
    pub(super) fn asked(&self) -> usize {
        self.words.len() - self.forms + self.unknown.len()
    }

    /// Adds the forms of a word; whether it has any.
    fn add_forms(
        &mut self,
        forms: &Forms,
        weight: f32,
        only_with: Option<Term>,
        way: Option<Way>,
    ) -> bool {
        for (number, (term, reductions)) in forms.found.iter().enumerate() {
            let within = (!forms.is_one).then_some(*reductions);
            let is_new = self.add_within(*term, weight, within, only_with, way);
            self.forms += usize::from(is_new && number > 0);
        }
        !forms.found.is_empty()
    }

    fn add_within(
        &mut self,
        term: Term,
        weight: f32,
        within: Option<Reductions>,
        only_with: Option<Term>,
        way: Option<Way>,
    ) -> bool {
        if let Some(known) = self.asked_word(term) {
            known.within = known.within.zip(within).map(|(a, b)| a.and(b));
            // What is asked for by itself as well counts anywhere.
            known.only_with = known.only_with.and(only_with);
            known.way = known.way.filter(|_| way.is_some());
            return false;
        }
        self.words.push(WeightedTerm {
            term,
            weight,
            within,
            only_with,
            pages: None,
            way,
        });
        true
    }

    fn asked_word(&mut self, term: Term) -> Option<&mut WeightedTerm> {
        let mut words = self.words.iter_mut();
        words.find(|known| known.term == term && known.way.is_none_or(Way::is_asked))
    }

    /// Adds the synonyms of some words, which have been added.
    fn add_concept(
        &mut self,
        number: usize,
        concept: &Concept<'_>,
        synonyms: &[Alternative],
        text: &str,
        index: Scope<'_>,
    ) {
        let asked = asked_way(number);
        let written = text.get(concept.range.clone()).unwrap_or_default();
        // A name counts with its parts.
        let name = index.find(&written.to_lowercase());
        if let Some(name) = name.filter(|name| self.symbols.contains(name)) {
            self.symbols.retain(|symbol| *symbol != name);
            self.add_within(name, 1.0, None, None, Some(asked));
        }
        let own: Vec<f32> = self
            .words
            .iter()
            .filter(|word| word.way == Some(asked))
            .map(|word| rarity(word.term, index))
            .collect();
        let rarest: f32 = own.iter().sum();
        let is_all = subject(&key(text)) == key(written);
        let before = self.words.len();
        let mut commonest = f32::INFINITY;
        let mut meant = Vec::new();
        for (way, synonym) in (1u8..).zip(synonyms) {
            meant.push(synonym.text.clone());
            let is_new = |word: &&AlternativeWord| {
                self.words[..before].iter().all(|it| it.term != word.term)
            };
            // What is asked for by itself as well counts as it is.
            let words: Vec<&AlternativeWord> = synonym.words.iter().filter(is_new).collect();
            let room = MAX_SYNONYM_TERMS.saturating_sub(self.synonym_terms());
            if words.is_empty() || words.len() > room {
                continue;
            }
            // Several words say together no more than a few would.
            let share = 1.0 / (synonym.length as f32).sqrt();
            let all: f32 = words.iter().map(|word| rarity(word.term, index)).sum();
            let all = all * share;
            if synonym.is_equal && synonym.words.len() == 1 {
                commonest = commonest.min(all);
            }
            // It never counts more than what is asked for.
            let bound = match rarest > 0.0 && all > rarest {
                true => rarest / all,
                false => 1.0,
            };
            let added = words.iter().map(|word| WeightedTerm {
                term: word.term,
                weight: SYNONYM_WEIGHT * share * bound,
                within: word.within,
                only_with: word.only_with,
                pages: synonym.pages.clone(),
                way: Some(Way {
                    number: way,
                    ..asked
                }),
            });
            let added: Vec<WeightedTerm> = added.collect();
            self.words.extend(added);
        }
        // Words that mean the same are as common as the commonest of them, but where nothing else is asked for.
        if let ([own], false) = (own.as_slice(), is_all)
            && commonest < *own
        {
            let words = self.words.iter_mut();
            for word in words.filter(|word| word.way == Some(asked)) {
                word.weight *= commonest / own;
            }
        }
        let added = self.words.len() - before;
        self.forms += match own.is_empty() {
            true => added.saturating_sub(1),
            false => added,
        };
        // What no page calls so is defined by what it is called instead.
        if own.is_empty() && is_all {
            let names = meant.iter().map(|synonym| Name {
                key: key(synonym),
                term: None,
                pages: 0,
                share: 1.0,
            });
            self.names.extend(names.collect::<Vec<_>>());
        }
        self.meant.push(Meant {
            range: concept.range.clone(),
            synonyms: meant,
        });
    }

    fn synonym_terms(&self) -> usize {
        let words = self.words.iter();
        let synonyms = words.filter(|word| word.way.is_some_and(|way| !way.is_asked()));
        synonyms.count()
    }
}

fn asked_way(concept: usize) -> Way {
    Way {
        concept: u8::try_from(concept).unwrap_or(u8::MAX),
        number: 0,
    }
}

fn rarity(term: Term, index: Scope<'_>) -> f32 {
    let lists = index.view.postings(term);
    let weights = lists.and_then(|lists| index.view.weights(&lists));
    weights.map_or(0.0, |weights| weights.rarity)
}

/// A word as it stands in the index.
pub(super) fn first_term(word: &str, reduction: Reduction) -> String {
    if tokenizer::is_plain(word) {
        return reduction.term(word).into_owned();
    }
    let mut term = String::new();
    tokenizer::words(word, |surface, _| {
        if term.is_empty() {
            term = reduction.term(surface).into_owned();
        }
    });
    term
}

/// The part of a query that is looked at.
fn bounded(text: &str) -> &str {
    text.char_indices()
        .nth(MAX_QUERY_CHARS)
        .map_or(text, |(end, _)| &text[..end])
}
