//! A language -> how its words become terms: the same for pages and for questions.
//!
//! A page's words are reduced as its language has it, a question's as each language of the pages that may answer it does. Marks above
//! and below letters, which people leave out where they type (`configuracion`), go where the language has them so, after the
//! stem is found: endings are told by them.

use crate::config;
use crate::corpus::Language;
use frostem::{Algorithm, Stemmer};
use std::{borrow::Cow, sync::LazyLock};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// How the words of a language are reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reduction(u8);

/// Several ways of reducing words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reductions(u32);

/// Words stay as they are.
const NONE: u8 = 0;
/// Only their marks go.
const UNMARKED: u8 = 1;
/// The first of those with a stemmer, in the order of [`config::Language::NAMES`].
const STEMMED: u8 = 2;
const COUNT: usize = config::Language::NAMES.len() + STEMMED as usize;

/// Languages in Latin letters that docent has no stemmer for, and whose marks people leave out.
const WITHOUT_MARKS: &[&str] = &[
    "af", "bs", "ca", "cs", "cy", "et", "eo", "eu", "ga", "gl", "hr", "id", "is", "lt", "lv", "ms",
    "mt", "oc", "pl", "sk", "sl", "sq", "tl",
];

/// Vowels and others that a language writes with a mark, for words that lack it; by their ends, since only those tell a stem.
type Marked = &'static [(char, &'static [char])];

static STEMMERS: LazyLock<Vec<Stemmer>> = LazyLock::new(|| {
    let languages = config::Language::NAMES.into_iter();
    languages.map(|(_, language)| stemmer(language)).collect()
});

/// By the numbers of languages.
static REDUCTIONS: LazyLock<Vec<Reduction>> = LazyLock::new(|| {
    let numbers = 0..=u8::MAX;
    let of = |number| Language::from_number(number).map_or(Reduction(NONE), find);
    numbers.map(of).collect()
});

fn find(language: Language) -> Reduction {
    let Some(stemmed) = language.stemmed() else {
        let goes = WITHOUT_MARKS.contains(&language.code());
        return Reduction(if goes { UNMARKED } else { NONE });
    };
    let mut names = config::Language::NAMES.iter();
    let place = names.position(|(_, other)| *other == stemmed);
    let number = place.and_then(|place| u8::try_from(place).ok());
    Reduction(number.map_or(NONE, |number| number + STEMMED))
}

impl Reduction {
    /// How many ways there are.
    pub(super) const COUNT: usize = COUNT;

    #[inline]
    pub(super) fn of(language: Language) -> Self {
        Self::of_number(language.number())
    }

    /// Of the language with this number.
    #[inline]
    pub(super) fn of_number(language: u8) -> Self {
        let known = REDUCTIONS.get(usize::from(language)).copied();
        known.unwrap_or(Self(NONE))
    }

    pub(super) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// The term that a word is, which is in small letters.
    pub(super) fn term<'a>(self, word: &'a str) -> Cow<'a, str> {
        match self.language() {
            None if self.0 == UNMARKED => unmarked(word),
            None => Cow::Borrowed(word),
            // Its endings have no marks, and few of its words.
            Some(config::Language::English) => match unmarked(word) {
                Cow::Borrowed(word) => self.stem(word),
                Cow::Owned(word) => self.stem(&word).into_owned().into(),
            },
            Some(language) if loses_marks(language) => match self.stem(word) {
                Cow::Borrowed(stem) => unmarked(stem),
                Cow::Owned(stem) => unmarked(&stem).into_owned().into(),
            },
            Some(_) => self.stem(word),
        }
    }

    /// The terms that a word may be which somebody has typed without its marks, beside the one that it is as it stands.
    pub(super) fn terms_with_marks(self, word: &str) -> Vec<String> {
        /// Letters from the end that a mark may change the stem by.
        const ENDING: usize = 5;
        let marked: Marked = match self.language() {
            Some(config::Language::Spanish) => &[
                ('a', &['á']),
                ('e', &['é']),
                ('i', &['í']),
                ('o', &['ó']),
                ('n', &['ñ']),
            ],
            Some(config::Language::French) => &[
                ('e', &['é', 'è']),
                ('a', &['â']),
                ('i', &['î']),
                ('c', &['ç']),
            ],
            Some(config::Language::Italian) => &[('a', &['à']), ('u', &['ù']), ('o', &['ò'])],
            Some(config::Language::Portuguese) => &[
                ('a', &['á', 'â', 'ã']),
                ('e', &['é', 'ê']),
                ('i', &['í']),
                ('o', &['ó', 'õ']),
            ],
            _ => return Vec::new(),
        };
        if !word.is_ascii() || word.len() < 4 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Vec::new();
        }
        let own = self.term(word);
        let mut terms: Vec<String> = Vec::new();
        let mut add = |word: &str| {
            let term = self.term(word);
            if term != own && !terms.iter().any(|known| *known == *term) {
                terms.push(term.into_owned());
            }
        };
        for at in word.len().saturating_sub(ENDING)..word.len() {
            let (before, rest) = word.split_at(at);
            let (letter, after) = rest.split_at(1);
            let found = marked.iter().find(|(plain, _)| letter.starts_with(*plain));
            for mark in found.map(|(_, marks)| *marks).unwrap_or_default() {
                add(&format!("{before}{mark}{after}"));
            }
        }
        if self.language() == Some(config::Language::Portuguese) {
            for (plain, marked) in [("cao", "ção"), ("coes", "ções")] {
                if let Some(before) = word.strip_suffix(plain) {
                    add(&format!("{before}{marked}"));
                }
            }
        }
        terms
    }

    fn stem<'a>(self, word: &'a str) -> Cow<'a, str> {
        let place = usize::from(self.0.saturating_sub(STEMMED));
        match STEMMERS.get(place) {
            Some(stemmer) => stemmer.stem(word),
            None => Cow::Borrowed(word),
        }
    }

    fn language(self) -> Option<config::Language> {
        let place = usize::from(self.0.checked_sub(STEMMED)?);
        config::Language::NAMES
            .get(place)
            .map(|(_, language)| *language)
    }
}

impl Reductions {
    pub(super) fn add(&mut self, reduction: Reduction) {
        self.0 |= 1 << reduction.0;
    }

    #[inline]
    pub(super) fn contains(self, reduction: Reduction) -> bool {
        self.0 >> reduction.0 & 1 != 0
    }

    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Reduction> {
        let all = 0..u8::try_from(COUNT).unwrap_or(u8::MAX);
        all.map(Reduction).filter(move |one| self.contains(*one))
    }
}

impl From<Reduction> for Reductions {
    fn from(reduction: Reduction) -> Self {
        Self(1 << reduction.0)
    }
}

/// That of the language that is configured where nobody configures any.
impl Default for Reduction {
    fn default() -> Self {
        Self::of(Language::default())
    }
}

/// Languages whose marks people leave out, and that tell few words apart by them.
fn loses_marks(language: config::Language) -> bool {
    use config::Language as Of;
    matches!(
        language,
        Of::French | Of::Italian | Of::Portuguese | Of::Romanian | Of::Spanish | Of::Turkish
    )
}

/// A word without the marks of Latin letters.
fn unmarked(word: &str) -> Cow<'_, str> {
    if word.is_ascii() || !word.chars().any(is_marked) {
        return Cow::Borrowed(word);
    }
    let mut plain = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            'ı' => plain.push('i'),
            'ł' => plain.push('l'),
            'đ' => plain.push('d'),
            'ø' => plain.push('o'),
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            letter if is_marked(letter) => {
                plain.extend(letter.nfd().filter(|c| !is_combining_mark(*c)));
            }
            letter => plain.push(letter),
        }
    }
    plain.into()
}

/// Latin-1 Supplement, Latin Extended-A, some of B, and Latin Extended Additional.
fn is_marked(letter: char) -> bool {
    matches!(letter, '\u{00DF}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}') && letter != 'ß'
}

/// The stemmer of a language.
pub(super) fn stemmer(language: config::Language) -> Stemmer {
    use config::Language as Of;
    Stemmer::new(match language {
        Of::Arabic => Algorithm::Arabic,
        Of::Danish => Algorithm::Danish,
        Of::Dutch => Algorithm::Dutch,
        Of::English => Algorithm::English,
        Of::Finnish => Algorithm::Finnish,
        Of::French => Algorithm::French,
        Of::German => Algorithm::German,
        Of::Greek => Algorithm::Greek,
        Of::Hungarian => Algorithm::Hungarian,
        Of::Italian => Algorithm::Italian,
        Of::Norwegian => Algorithm::Norwegian,
        Of::Portuguese => Algorithm::Portuguese,
        Of::Romanian => Algorithm::Romanian,
        Of::Russian => Algorithm::Russian,
        Of::Spanish => Algorithm::Spanish,
        Of::Swedish => Algorithm::Swedish,
        Of::Tamil => Algorithm::Tamil,
        Of::Turkish => Algorithm::Turkish,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduction(code: &str) -> Reduction {
        Reduction::of(Language::of_tag(code).expect("a code"))
    }

    #[test]
    fn each_language_has_its_way() {
        for (code, word, term) in [
            ("en", "settings", "set"),
            ("en", "résumés", "resum"),
            ("de", "einstellungen", "einstell"),
            ("ja", "設定", "設定"),
            ("cs", "nastavení", "nastaveni"),
            ("pl", "połączenie", "polaczenie"),
            ("vi", "bản", "bản"),
            ("sv", "för", "för"),
        ] {
            assert_eq!(reduction(code).term(word), term, "{code} {word}");
        }
    }

    #[test]
    fn words_without_their_marks_are_found() {
        for (code, written, typed) in [
            ("es", "configuración", "configuracion"),
            ("es", "instalación", "instalacion"),
            ("es", "tamaño", "tamano"),
            ("es", "página", "pagina"),
            ("pt", "configuração", "configuracao"),
            ("pt", "opções", "opcoes"),
            ("pt", "usuário", "usuario"),
            ("fr", "sécurité", "securite"),
            ("fr", "réseau", "reseau"),
            ("fr", "paramètres", "parametres"),
            ("it", "modalità", "modalita"),
            ("ro", "rețea", "retea"),
            ("tr", "güvenlik", "guvenlik"),
        ] {
            let reduction = reduction(code);
            let term = reduction.term(written).into_owned();
            let found =
                reduction.term(typed) == term || reduction.terms_with_marks(typed).contains(&term);
            assert!(found, "{code} {typed}: {term}, {}", reduction.term(typed));
        }
    }

    #[test]
    fn ways_are_counted() {
        assert!(Reduction::COUNT <= u32::BITS as usize);
        let mut some = Reductions::default();
        some.add(reduction("de"));
        some.add(reduction("ja"));
        assert!(some.contains(reduction("ko")), "neither has a stemmer");
        assert!(!some.contains(reduction("en")));
        assert_eq!(some.iter().count(), 2);
        assert_eq!(some.and(reduction("en").into()).iter().count(), 3);
    }
}
