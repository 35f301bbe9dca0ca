//! A question -> the language that it is asked in, as far as so few words tell it.

use super::code::Language;
use super::detect::prose;
use super::function_words::{Most, Tally};
use super::script::Letters;
use std::sync::LazyLock;

/// A question whose words are like no language's says nothing.
const LIKE: f64 = 0.2;
/// More of a question is not looked at.
const MOST_WORDS: usize = 64;

static LANGUAGES: LazyLock<Vec<(whatlang::Lang, Language)>> = LazyLock::new(|| {
    let all = whatlang::Lang::all().iter();
    all.filter_map(|lang| Some((*lang, Language::of_tag(lang.code())?)))
        .collect()
});

/// What there is to answer from.
pub(crate) struct Answers<'a> {
    /// The language of most pages, else the configured one.
    pub(crate) home: Language,
    /// How many pages are in a language.
    pub(crate) pages: &'a dyn Fn(Language) -> u32,
    /// Whether a word stands in some page.
    pub(crate) knows: &'a dyn Fn(&str) -> bool,
}

/// The language that a question is asked in, whether there are pages in it or not. `None`: it might be any, as where it is only a
/// name.
pub(crate) fn asked(text: &str, answers: &Answers<'_>) -> Option<Language> {
    let mut letters = Letters::default();
    let mut tally = Tally::default();
    let mut words = Vec::new();
    for word in text.split_whitespace().take(MOST_WORDS) {
        if let Some(word) = prose(word) {
            letters.add(word);
            let lower = word.to_lowercase();
            for part in lower.split(['\'', '’', '-']) {
                tally.add(part);
            }
            words.push(lower);
        }
    }
    if letters.is_foreign() {
        return foreign(&letters, &tally, answers);
    }
    let home = tally.of(answers.home).unwrap_or_default();
    match tally.most() {
        Some(Most { language, .. }) if language == answers.home => Some(language),
        Some(Most { words: most, .. }) if most == home => Some(answers.home),
        Some(Most {
            language,
            words: most,
            next,
        }) => {
            // One small word alone may be a name (`MIT`): all the others have to be strange as well.
            let is_told = most >= 2 && most > home
                || next == 0 && (answers.pages)(language) > 0
                || next == 0 && words.len() >= 2 && is_strange(&words, language, answers);
            is_told.then_some(language)
        }
        None if home > 0 => Some(answers.home),
        None => alike(&words.join(" "), answers),
    }
}

/// Whether some word of a question stands in no page, and is none of the small ones.
fn is_strange(words: &[String], language: Language, answers: &Answers<'_>) -> bool {
    words
        .iter()
        .any(|word| !language.has_function_word(word) && !(answers.knows)(word))
}

/// By the script, and where several languages share it, by what there is to answer from.
fn foreign(letters: &Letters, tally: &Tally, answers: &Answers<'_>) -> Option<Language> {
    let told = letters.language();
    let most = |codes: &[&str]| {
        let languages = codes.iter().filter_map(|code| Language::of_tag(code));
        languages
            .filter(|language| (answers.pages)(*language) > 0)
            .max_by_key(|language| (answers.pages)(*language))
    };
    match told {
        // A few signs without kana may be Japanese, too; letters that only Persian has may be missing.
        Some(language) if (answers.pages)(language) == 0 => match language.code() {
            "zh" => most(&["ja"]).or(told),
            "ar" => most(&["fa", "ur"]).or(told),
            "hi" => most(&["ne", "mr"]).or(told),
            _ => told,
        },
        Some(_) => told,
        None => most(&["ru", "uk", "bg", "sr", "be", "mk", "kk"])
            .or_else(|| tally.most().map(|most| most.language))
            .or_else(|| Language::of_tag("ru")),
    }
}

/// By the trigrams of its words, where there is more than one language to answer from.
fn alike(text: &str, answers: &Answers<'_>) -> Option<Language> {
    if text.len() < 8 {
        return None;
    }
    let known = LANGUAGES.iter();
    let known = known.filter(|(_, language)| (answers.pages)(*language) > 0);
    let known: Vec<whatlang::Lang> = known.map(|(lang, _)| *lang).collect();
    if known.len() < 2 {
        return None;
    }
    let detector = whatlang::Detector::with_allowlist(known);
    let info = detector
        .detect(text)
        .filter(|info| info.confidence() >= LIKE)?;
    Language::of_tag(info.lang().code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, home: &str, others: &[&str], known: &[&str]) -> Option<&'static str> {
        let answers = Answers {
            home: Language::of_tag(home).expect("a code"),
            pages: &|language| {
                u32::from(language.code() == home || others.contains(&language.code()))
            },
            knows: &|word| known.contains(&word),
        };
        asked(text, &answers).map(Language::code)
    }

    #[test]
    fn a_question_is_told_by_its_script_and_its_small_words() {
        for (text, expected) in [
            ("Wie verbinde ich mich mit dem Server?", "de"),
            ("Comment configurer le réseau ?", "fr"),
            ("¿Cómo se instala un paquete?", "es"),
            ("how do I connect to the server", "en"),
            ("Как настроить сеть", "ru"),
            ("如何安装软件包", "zh"),
            ("PostgreSQLの設定方法", "ja"),
            ("KubernetesのPodを削除", "ja"),
            ("패키지를 설치하는 방법", "ko"),
            ("การติดตั้ง", "th"),
        ] {
            let others = ["de", "fr", "es", "ru", "zh", "ja", "ko", "th"];
            assert_eq!(of(text, "en", &others, &[]), Some(expected), "{text}");
            assert_eq!(of(text, "en", &[], &[]), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_name_tells_no_language() {
        for text in [
            "max_connections",
            "MIT Kerberos",
            "pg_hba.conf",
            "systemd",
            "E0308",
            "",
        ] {
            assert_eq!(of(text, "en", &["de"], &["kerberos"]), None, "{text}");
        }
    }

    #[test]
    fn one_small_word_tells_a_language_where_the_others_are_strange() {
        assert_eq!(
            of("mit Kerberos anmelden", "en", &[], &["mit", "kerberos"]),
            Some("de")
        );
        assert_eq!(
            of(
                "mit kerberos setup",
                "en",
                &[],
                &["mit", "kerberos", "setup"]
            ),
            None
        );
    }

    #[test]
    fn signs_without_kana_are_japanese_where_all_pages_are() {
        assert_eq!(of("環境設定", "ja", &[], &[]), Some("ja"));
        assert_eq!(of("環境設定", "en", &["ja", "zh"], &[]), Some("zh"));
        assert_eq!(of("сеть", "en", &["uk"], &[]), Some("uk"));
    }

    #[test]
    fn content_words_are_compared_where_there_are_several_languages() {
        assert_eq!(
            of("Paketverwaltung einrichten", "en", &["de"], &[]),
            Some("de")
        );
        assert_eq!(of("Paketverwaltung einrichten", "en", &[], &[]), None);
    }
}
