//! The text of a page -> the language that it is written in.
//!
//! Its prose alone: code, names and addresses are the same in any language. First the letters and the small words, which take no time
//! and leave no doubt in most pages; only what they do not tell is compared with the trigrams of other languages.

use super::super::fence::{Fence, Place};
use super::code::Language;
use super::function_words::{Most, Tally};
use super::script::Letters;

/// So much of a page is looked at: words of prose, and bytes in which they are looked for.
const MOST_WORDS: usize = 120;
const MOST_BYTES: usize = 32 << 10;
/// What is compared by its trigrams, in bytes.
const MOST_COMPARED: usize = 1_500;
/// A text with fewer letters than this tells no language.
const FEWEST_LETTERS: usize = 60;
/// A text with fewer letters than this is not compared.
const FEWEST_COMPARED: usize = 200;
/// One of so many words of a sentence is a small one, at the least.
const SMALL_WORDS: usize = 8;
/// Longer stretches without white space are no prose, unless there is none between words; in bytes.
const LONGEST_WORD: usize = 2_000;
/// Letters behind it are of other scripts, but for some that are rare.
const LAST_LATIN: char = '\u{036F}';
/// Where so many words have next to none of a language's small ones, they are not of that language.
const ENOUGH_WORDS: usize = 25;

/// What the text of a page says of its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// It leaves no doubt.
    Certain(Language),
    /// It is like texts of this language.
    Likely(Language),
    /// It is too short, or like nothing that is known.
    None,
}

/// The prose of a page, counted.
#[derive(Debug, Default)]
pub(super) struct Sample {
    letters: Letters,
    tally: Tally,
    words: usize,
    /// What is compared, if that is needed.
    text: String,
}

impl Sample {
    /// Of the Markdown of a page's sections.
    pub(super) fn of<'a>(sections: impl Iterator<Item = &'a str>) -> Self {
        let mut sample = Self::default();
        let mut left = MOST_BYTES;
        for section in sections {
            sample.add(section, &mut left);
            if sample.is_full() || left == 0 {
                break;
            }
        }
        sample
    }

    fn add(&mut self, markdown: &str, left: &mut usize) {
        let mut fence = Fence::default();
        for line in markdown.lines() {
            *left = left.saturating_sub(line.len() + 1);
            if self.is_full() || *left == 0 {
                return;
            }
            let text = line.trim_start();
            if fence.line(text) == Place::Outside && text.len() <= MOST_BYTES {
                self.add_line(text);
            }
        }
    }

    fn add_line(&mut self, line: &str) {
        for (number, stretch) in line.split('`').enumerate() {
            // Between two marks stands code.
            if number % 2 == 1 {
                continue;
            }
            for word in stretch.split_whitespace() {
                if let Some(word) = prose(word) {
                    self.add_word(word);
                }
                if self.is_full() {
                    return;
                }
            }
        }
    }

    fn add_word(&mut self, word: &str) {
        self.letters.add(word);
        let mut lower = String::with_capacity(word.len());
        for part in word.split(['\'', '’', '-']) {
            lower.clear();
            if part.is_ascii() {
                lower.push_str(part);
                lower.make_ascii_lowercase();
            } else {
                lower.extend(part.chars().flat_map(char::to_lowercase));
            }
            self.tally.add(&lower);
        }
        self.words += 1;
        if self.text.len() < MOST_COMPARED {
            self.text.push_str(word);
            self.text.push(' ');
        }
    }

    fn is_full(&self) -> bool {
        self.words >= MOST_WORDS || self.letters.all() >= 8 * MOST_WORDS
    }

    /// What all of it says.
    pub(super) fn evidence(&self) -> Evidence {
        if self.letters.all() < FEWEST_LETTERS {
            return Evidence::None;
        }
        if !self.letters.is_latin() {
            if let Some(language) = self.letters.language() {
                return Evidence::Certain(language);
            }
            return self.of_words().unwrap_or_else(|| self.compared());
        }
        self.of_words().unwrap_or_else(|| self.compared())
    }

    /// Whether its words can be those of a language.
    pub(super) fn may_be(&self, language: Language) -> bool {
        if self.words < ENOUGH_WORDS {
            return true;
        }
        match self.tally.of(language) {
            Some(small) => 4 * SMALL_WORDS * small >= self.words,
            None => true,
        }
    }

    fn of_words(&self) -> Option<Evidence> {
        let Most {
            language,
            words,
            next,
        } = self.tally.most()?;
        let is_told = words >= 6 && SMALL_WORDS * words >= self.words && 2 * words >= 3 * next;
        is_told.then_some(Evidence::Certain(language))
    }

    fn compared(&self) -> Evidence {
        if self.letters.all() < FEWEST_COMPARED {
            return Evidence::None;
        }
        let info = whatlang::detect(&self.text).filter(whatlang::Info::is_reliable);
        let language = info.and_then(|info| Language::of_tag(info.lang().code()));
        // A list that knows better: no sentences of these are without their small words.
        let language = language.filter(|language| self.may_be(*language));
        language.map_or(Evidence::None, Evidence::Likely)
    }
}

/// The word of a sentence in a stretch without white space; `None`: it is a name, a number, an address or a mark.
pub(super) fn prose(word: &str) -> Option<&str> {
    let word = match word.find("](") {
        Some(end) => &word[..end],
        None => word,
    };
    let is_letter = |c: char| c.is_alphabetic() || is_mark(c);
    let word = word.trim_matches(|c: char| !is_letter(c));
    if word.is_empty() || word.len() > LONGEST_WORD {
        return None;
    }
    // Without spaces between words, names stand right beside them.
    if word.chars().any(|c| c > LAST_LATIN && c.is_alphabetic()) {
        return Some(word);
    }
    let is_word = word
        .chars()
        .all(|c| is_letter(c) || matches!(c, '\'' | '’' | '-'));
    // `camelCase` and `CAPITALS` are names.
    let bytes = word.as_bytes();
    let has_hump = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    let is_name = bytes.windows(2).any(has_hump)
        || bytes.len() > 1 && bytes.iter().all(u8::is_ascii_uppercase);
    (is_word && !is_name).then_some(word)
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Evidence {
        Sample::of([text].into_iter()).evidence()
    }

    fn certain(code: &str) -> Evidence {
        Evidence::Certain(Language::of_tag(code).expect("a code"))
    }

    #[test]
    fn code_says_nothing() {
        let text = "# Verbindung\n\n```c\nif (the) { return of; } // and this is the code that is in it for the reader\n```\n\n\
                    Der Befehl `the_of_and` stellt die Verbindung mit dem Server her und wartet, bis er eine Antwort von \
                    ihm hat oder die Zeit um ist.\n";
        assert_eq!(of(text), certain("de"));
        let code = "```\nthe of and to in is that it for on with as are be this by an or from at not can if which\n```\n";
        assert_eq!(of(code), Evidence::None);
    }

    #[test]
    fn short_texts_tell_nothing() {
        assert_eq!(of("Die Einstellungen."), Evidence::None);
        assert_eq!(of(""), Evidence::None);
    }

    #[test]
    fn languages_without_a_list_are_compared() {
        let polish = "Aby zainstalować pakiet w systemie, należy najpierw odświeżyć listę dostępnych pakietów, a potem uruchomić \
                      polecenie z uprawnieniami administratora. Wszystkie zależności zostaną pobrane automatycznie, jeśli tylko \
                      połączenie z siecią działa poprawnie i serwer odpowiada na zapytania.";
        assert_eq!(
            of(polish),
            Evidence::Likely(Language::of_tag("pl").expect("a code"))
        );
    }

    #[test]
    fn a_page_that_is_translated_in_part_is_of_the_language_that_most_of_it_is_in() {
        let mostly = "## メールサーバ\n\nThe server accepts mail from the clients that are in its network and hands it on to the \
                      servers of those who are to get it. What it does with all others is said in its configuration.\n";
        assert_eq!(of(mostly), certain("en"));
        let japanese = "PostgreSQL のデータベースに接続するには、pg_hba.conf で認証方式を設定し、サーバを再起動してください。接続できない \
                        場合は TCP/IP の設定とファイアウォールを確認してください。\n";
        assert_eq!(of(japanese), certain("ja"));
    }

    #[test]
    fn names_are_no_words() {
        for name in [
            "max_connections",
            "camelCase",
            "HTTP",
            "a.b",
            "https://x.example/",
            "80",
            "--flag",
        ] {
            assert!(prose(name).is_none_or(|word| word == "flag"), "{name}");
        }
        assert_eq!(prose("(Einstellungen),"), Some("Einstellungen"));
        assert_eq!(prose("[Seite](de/seite.md)"), Some("Seite"));
    }

    #[test]
    fn a_long_page_takes_no_longer_than_a_short_one() {
        let started = std::time::Instant::now();
        for text in [
            "`".repeat(100_000),
            "a ".repeat(1_000_000),
            "](".repeat(100_000),
            "x".repeat(1_000_000),
        ] {
            for _ in 0..20 {
                of(&text);
            }
        }
        assert!(started.elapsed().as_secs() < 5);
    }
}
