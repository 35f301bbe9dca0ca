//! A language and its codes.

use crate::config;
use serde::{Deserialize, Serialize};

/// ISO 639-1, in order.
const CODES: &[&str] = &[
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh",
    "bi", "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da",
    "de", "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr",
    "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz",
    "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj",
    "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln",
    "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nd",
    "ne", "ng", "nl", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps",
    "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm",
    "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl",
    "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo",
    "xh", "yi", "yo", "za", "zh", "zu",
];

/// Other codes of some: ISO 639-2 and 639-3, and those that were in use before. Both ways of writing Norwegian are one: neither words
/// nor stems tell them apart.
const OTHERS: &[(&str, &str)] = &[
    ("afr", "af"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("cze", "cs"),
    ("dan", "da"),
    ("deu", "de"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("gre", "el"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("in", "id"),
    ("ind", "id"),
    ("isl", "is"),
    ("ita", "it"),
    ("iw", "he"),
    ("jav", "jv"),
    ("ji", "yi"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("msa", "ms"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nb", "no"),
    ("nn", "no"),
    ("nno", "no"),
    ("nob", "no"),
    ("nor", "no"),
    ("ori", "or"),
    ("pan", "pa"),
    ("per", "fa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slo", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("sqi", "sq"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("yue", "zh"),
    ("zho", "zh"),
    ("zul", "zu"),
];

/// A language, whether docent knows the stems of its words or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(u8);

impl Language {
    /// Of a tag as in BCP 47 (`de`, `pt-BR`, `zh_Hans_CN`, `ja_JP.UTF-8`); regions and scripts are passed over.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', '.', '@']).next()?;
        if !(2..=3).contains(&primary.len()) {
            return None;
        }
        let primary = primary.to_ascii_lowercase();
        let other = OTHERS.iter().find(|(other, _)| *other == primary);
        let code = other.map_or(primary.as_str(), |(_, code)| code);
        let place = CODES.binary_search(&code).ok()?;
        u8::try_from(place).ok().map(Self)
    }

    /// Its code in ISO 639-1.
    pub fn code(self) -> &'static str {
        CODES.get(usize::from(self.0)).copied().unwrap_or("und")
    }

    /// The language whose words docent can reduce to their stems; `None`: it cannot.
    pub fn stemmed(self) -> Option<config::Language> {
        use config::Language as Of;
        Some(match self.code() {
            "ar" => Of::Arabic,
            "da" => Of::Danish,
            "de" => Of::German,
            "el" => Of::Greek,
            "en" => Of::English,
            "es" => Of::Spanish,
            "fi" => Of::Finnish,
            "fr" => Of::French,
            "hu" => Of::Hungarian,
            "it" => Of::Italian,
            "no" => Of::Norwegian,
            "nl" => Of::Dutch,
            "pt" => Of::Portuguese,
            "ro" => Of::Romanian,
            "ru" => Of::Russian,
            "sv" => Of::Swedish,
            "ta" => Of::Tamil,
            "tr" => Of::Turkish,
            _ => return None,
        })
    }

    /// The language with this number.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        (usize::from(number) < CODES.len()).then_some(Self(number))
    }

    /// The number by which an index keeps it.
    pub(crate) fn number(self) -> u8 {
        self.0
    }
}

/// The one that is configured where nobody configures any.
impl Default for Language {
    fn default() -> Self {
        config::Language::default().into()
    }
}

impl From<config::Language> for Language {
    fn from(language: config::Language) -> Self {
        use config::Language as Of;
        let code = match language {
            Of::Arabic => "ar",
            Of::Danish => "da",
            Of::Dutch => "nl",
            Of::English => "en",
            Of::Finnish => "fi",
            Of::French => "fr",
            Of::German => "de",
            Of::Greek => "el",
            Of::Hungarian => "hu",
            Of::Italian => "it",
            Of::Norwegian => "no",
            Of::Portuguese => "pt",
            Of::Romanian => "ro",
            Of::Russian => "ru",
            Of::Spanish => "es",
            Of::Swedish => "sv",
            Of::Tamil => "ta",
            Of::Turkish => "tr",
        };
        let place = CODES.binary_search(&code).unwrap_or_default();
        Self(u8::try_from(place).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_each_is_one_language() {
        assert!(CODES.is_sorted());
        for code in CODES {
            assert_eq!(Language::of_tag(code).map(Language::code), Some(*code));
        }
        for (other, code) in OTHERS {
            assert!(CODES.binary_search(code).is_ok(), "{code}");
            assert_eq!(Language::of_tag(other).map(Language::code), Some(*code));
        }
    }

    #[test]
    fn every_stemmed_language_has_its_code() {
        for (_, language) in config::Language::NAMES {
            assert_eq!(Language::from(language).stemmed(), Some(language));
        }
    }

    #[test]
    fn tags_are_read_as_they_are_written() {
        let code = |tag| Language::of_tag(tag).map(Language::code);
        for (tag, expected) in [
            ("de", "de"),
            ("pt-BR", "pt"),
            ("zh_Hans_CN", "zh"),
            ("ja_JP.UTF-8", "ja"),
            ("sr@latin", "sr"),
            (" EN-us ", "en"),
            ("nob", "no"),
        ] {
            assert_eq!(code(tag), Some(expected), "{tag}");
        }
        for tag in ["", "x", "und", "docs", "qq", "-", "english-us"] {
            assert_eq!(code(tag), None, "{tag}");
        }
    }
}
