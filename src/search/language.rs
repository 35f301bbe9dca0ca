//! The configured language -> the stemmer that tantivy has for it.

use crate::config::Language;
use tantivy::tokenizer::Language as Stemming;

pub(super) fn stemmer(language: Language) -> Stemming {
    match language {
        Language::Arabic => Stemming::Arabic,
        Language::Danish => Stemming::Danish,
        Language::Dutch => Stemming::Dutch,
        Language::English => Stemming::English,
        Language::Finnish => Stemming::Finnish,
        Language::French => Stemming::French,
        Language::German => Stemming::German,
        Language::Greek => Stemming::Greek,
        Language::Hungarian => Stemming::Hungarian,
        Language::Italian => Stemming::Italian,
        Language::Norwegian => Stemming::Norwegian,
        Language::Portuguese => Stemming::Portuguese,
        Language::Romanian => Stemming::Romanian,
        Language::Russian => Stemming::Russian,
        Language::Spanish => Stemming::Spanish,
        Language::Swedish => Stemming::Swedish,
        Language::Tamil => Stemming::Tamil,
        Language::Turkish => Stemming::Turkish,
    }
}
