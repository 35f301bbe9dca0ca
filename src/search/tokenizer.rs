//! Text -> the words that are indexed and looked up: the same on both sides. (The other stream are [`super::symbols`].)
//!
//! Words are runs of letters and digits, in lower case, to be stemmed; a run of Chinese, Japanese, Korean
//! or Thai becomes overlapping pairs of characters, since those scripts put no space between words, or something right behind
//! them. Marks belong to the letters that they stand on, and forms that are there for compatibility alone (`ＳＳＬ`, `ﾃﾞｰﾀ`) are the
//! ordinary ones. A number with commas between its digits (`1,169`) is found without them too.

use std::ops::Range;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longer runs are no words anybody types; in bytes.
const MAX_TERM: usize = 80;

/// Splits text into words, as they stand in it but for the case, and tells where each is.
pub(super) fn words(text: &str, mut each: impl FnMut(&str, Range<usize>)) {
    let mut words = WordStream {
        text,
        at: 0,
        grouped_until: 0,
        token: String::new(),
    };
    while let Some(range) = words.next() {
        if words.token.len() < MAX_TERM {
            each(&words.token, range);
        }
    }
}

/// Whether a text is one word as it stands there.
pub(super) fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..MAX_TERM).contains(&text.len()) && text.bytes().all(is_plain)
}

struct WordStream<'a> {
    text: &'a str,
    at: usize,
    /// Where the number or Korean word ends that was the last term: its groups of digits, or its pairs, come next.
    grouped_until: usize,
    token: String,
}

impl WordStream<'_> {
    fn next(&mut self) -> Option<Range<usize>> {
        self.token.clear();
        let rest = &self.text[self.at..];
        let start = self.at + rest.find(char::is_alphanumeric)?;
        let end = if start >= self.grouped_until
            && let Some(end) = grouped_number(self.text, start)
        {
            let number = self.text[start..end].chars().filter(char::is_ascii_digit);
            self.token.extend(number);
            self.at = start;
            self.grouped_until = end;
            end
        } else if start >= self.grouped_until
            && let Some(end) = korean_word(self.text, start)
        {
            push_word(&self.text[start..end], &mut self.token);
            self.at = start;
            self.grouped_until = end;
            end
        } else if self.text[start..].starts_with(is_unspaced) {
            self.pair(start)
        } else {
            self.word(start)
        };
        Some(start..end)
    }

    fn word(&mut self, start: usize) -> usize {
        let rest = &self.text[start..];
        let goes_on = |c: char| (c.is_alphanumeric() && !is_unspaced(c)) || is_within(c);
        let len = rest.find(|c: char| !goes_on(c)).unwrap_or(rest.len());
        self.at = start + len;
        push_word(&rest[..len], &mut self.token);
        self.at
    }

    /// Two neighbouring characters, or one that stands alone; the next token begins one later.
    fn pair(&mut self, start: usize) -> usize {
        let first = start + character(&self.text[start..]);
        let second = first + character(&self.text[first..]);
        let pair_goes_on = second > first && character(&self.text[second..]) > 0;
        push_word(&self.text[start..second], &mut self.token);
        self.at = if pair_goes_on { first } else { second };
        second
    }
}

/// How long the first character of a text is, with the marks on it; 0 unless it is of a script without spaces.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices();
    if !chars.next().is_some_and(|(_, c)| is_unspaced(c)) {
        return 0;
    }
    // A bound for those who pile them up.
    const MOST_MARKS: usize = 8;
    let end = chars
        .by_ref()
        .take(MOST_MARKS)
        .find(|(_, c)| !is_within(*c));
    end.or_else(|| chars.next())
        .map_or(text.len(), |(end, _)| end)
}

/// Where a Korean word ends that is more than a pair of syllables: it is a term with what stands behind it, and its pairs are found
/// whatever that is.
fn korean_word(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let len = rest.find(|c: char| !is_syllable(c)).unwrap_or(rest.len());
    (len > 2 * 'ᄀ'.len_utf8()).then_some(start + len)
}

/// Whether a word is one that the tokenizer makes pairs of, too.
pub(super) fn has_pairs(word: &str) -> bool {
    korean_word(word, 0) == Some(word.len())
}

fn is_syllable(c: char) -> bool {
    ('\u{AC00}'..='\u{D7A3}').contains(&c)
}

/// Where a number ends that is written in groups of three digits, `1,169`. Others (`1,2`, `12,1,169`) are
/// lists. Whether `80,443` is one number or two, nobody can tell: so its groups stay terms as well.
fn grouped_number(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let run = bytes.get(from..).unwrap_or_default();
        run.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let first = digits(start);
    let goes_on =
        start >= 2 && matches!(bytes[start - 1], b',' | b'.') && bytes[start - 2].is_ascii_digit();
    if !(1..=3).contains(&first) || bytes[start] == b'0' || goes_on {
        return None;
    }
    let mut end = start + first;
    while bytes.get(end) == Some(&b',') && digits(end + 1) > 0 {
        if digits(end + 1) != 3 {
            return None;
        }
        end += 4;
    }
    let is_number = end > start + first && !text[end..].starts_with(char::is_alphanumeric);
    is_number.then_some(end)
}

/// Scripts that put no space between words, and Korean, which puts what other languages have small words for right behind them.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}'      // Thai, Lao
        | '\u{1000}'..='\u{109F}'    // Myanmar
        | '\u{1100}'..='\u{11FF}'    // Hangul, in parts
        | '\u{1780}'..='\u{17FF}'    // Khmer
        | '\u{3005}'..='\u{3007}'    // Iteration mark, zero
        | '\u{3040}'..='\u{30FF}'    // Hiragana, Katakana
        | '\u{31F0}'..='\u{31FF}'    // Katakana extensions
        | '\u{3400}'..='\u{4DBF}'    // CJK extension A
        | '\u{4E00}'..='\u{9FFF}'    // CJK
        | '\u{AC00}'..='\u{D7A3}'    // Hangul
        | '\u{F900}'..='\u{FAFF}'    // CJK compatibility
        | '\u{FF66}'..='\u{FFDC}'    // Katakana and Hangul, half as wide
        | '\u{20000}'..='\u{3FFFF}') // CJK extensions B and later
        && c.is_alphanumeric() && !is_within(c)
}

/// What belongs to the letter before it: marks, and what joins letters or says where a word may be broken.
fn is_within(c: char) -> bool {
    match c {
        '\0'..'\u{00AD}' => false,
        '\u{00AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}' => true,
        // Vowels and ends of Korean syllables that are written in parts.
        '\u{1160}'..='\u{11FF}' => true,
        // The voiced sounds of half as wide Katakana.
        '\u{FF9E}' | '\u{FF9F}' => true,
        // Nothing before these, and none of Latin, Greek or Cyrillic.
        '\u{00AE}'..'\u{0300}' | '\u{0370}'..'\u{0483}' => false,
        '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => false,
        _ => is_combining_mark(c),
    }
}

/// Adds a word in lower case, as it is looked up: forms for compatibility and marks that come and go are the same without them.
fn push_word(word: &str, out: &mut String) {
    let plain = |c: char| {
        matches!(c,
            '\0'..='\u{02FF}'
            | '\u{0370}'..='\u{03FF}'
            | '\u{0410}'..='\u{044F}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30A1}'..='\u{30FA}'
            | '\u{30FC}'
            | '\u{3400}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7A3}')
            && !('\u{00A0}'..'\u{00C0}').contains(&c)
            && !matches!(c, 'İ' | '\u{0132}'..='\u{0133}' | '\u{017F}')
    };
    if word.chars().all(plain) {
        push_lower_case(word, out);
        return;
    }
    for c in word.nfkc().flat_map(char::to_lowercase) {
        match c {
            'ё' => out.push('е'),
            // What is left of a Turkish `İ`.
            '\u{0307}' => {}
            // Vowels and other marks of Hebrew and Arabic, which most texts go without, and what only stretches a word.
            '\u{0591}'..='\u{05BD}'
            | '\u{05BF}'
            | '\u{05C1}'
            | '\u{05C2}'
            | '\u{05C4}'
            | '\u{05C5}'
            | '\u{05C7}' => {}
            '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' => {}
            // Kaf and ye, of which keyboards of Persian have forms of their own.
            '\u{06A9}' => out.push('\u{0643}'),
            '\u{06CC}' => out.push('\u{064A}'),
            '\u{00AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}' => {}
            c => out.push(c),
        }
    }
}

/// Adds a text in lower case.
pub(super) fn push_lower_case(word: &str, out: &mut String) {
    if word.is_ascii() {
        out.extend(
            word.bytes()
                .map(|byte| char::from(byte.to_ascii_lowercase())),
        );
    } else {
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn surfaces(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        words(text, |word, _| terms.push(word.to_owned()));
        terms
    }

    #[test]
    fn words_are_lower_case_runs_of_letters_and_digits() {
        assert_eq!(
            surfaces("The max_connections settings, IPv6 Ünïcode"),
            ["the", "max", "connections", "settings", "ipv6", "ünïcode"]
        );
    }

    #[test]
    fn numbers_in_groups_are_found_without_commas() {
        for (text, expected) in [
            ("1,169 pages", &["1169", "1", "169", "pages"][..]),
            ("(12,345,678.50)", &["12345678", "12", "345", "678", "50"]),
            ("ports 80,443", &["ports", "80443", "80", "443"]),
            (
                "f(1,2) 1,16 1,1690 12,1,169",
                &["f", "1", "2", "1", "16", "1", "1690", "12", "1", "169"],
            ),
            (
                "0,123 1,169a 1,169,4 x1,169",
                &["0", "123", "1", "169a", "1", "169", "4", "x1", "169"],
            ),
            ("1, 169", &["1", "169"]),
        ] {
            assert_eq!(surfaces(text), expected, "{text}");
        }
    }

    #[test]
    fn unspaced_scripts_become_pairs() {
        assert_eq!(
            surfaces("搜索引擎abc字"),
            ["搜索", "索引", "引擎", "abc", "字"]
        );
    }

    #[test]
    fn every_script_has_its_words() {
        for (text, expected) in [
            (
                "データベース",
                &["デー", "ータ", "タベ", "ベー", "ース"][..],
            ),
            ("PostgreSQLの設定", &["postgresql", "の設", "設定"]),
            ("人々", &["人々"]),
            ("ｻｰﾊﾞｰ ＳＳＬ １０", &["サー", "ーバ", "バー", "ssl", "10"]),
            ("데이터를", &["데이터를", "데이", "이터", "터를"]),
            ("서버", &["서버"]),
            ("API를", &["api", "를"]),
            ("\u{1103}\u{1166}\u{110B}\u{1175}", &["데이"]),
            ("ตั้งค่า", &["ตั้ง", "งค่", "ค่า"]),
            ("ການ", &["ກາ", "ານ"]),
            ("cafe\u{301} café", &["café", "café"]),
            ("Ёлка ёж", &["елка", "еж"]),
            ("İstanbul ISI", &["istanbul", "isi"]),
            ("שָׁלוֹם", &["שלום"]),
            ("كِتَابٌ کتاب", &["كتاب", "كتاب"]),
            ("می\u{200C}شود", &["ميشود"]),
            ("ﬁle ½", &["file", "1⁄2"]),
            ("Tiếng Việt", &["tiếng", "việt"]),
        ] {
            assert_eq!(surfaces(text), expected, "{text}");
        }
    }

    #[test]
    fn marks_without_end_take_no_time_without_end() {
        let started = std::time::Instant::now();
        for mark in ["\u{E31}", "\u{301}", "\u{FF9E}", "\u{1161}"] {
            for letter in ["ก", "a", "ﾊ", "\u{1103}"] {
                surfaces(&format!("{letter}{}", mark.repeat(100_000)));
            }
        }
        assert!(started.elapsed().as_secs() < 5);
    }

    proptest! {
        #[test]
        fn a_plain_word_is_its_own_term(text in "[a-z0-9]{0,90}|\\PC{0,20}") {
            if is_plain(&text) {
                prop_assert_eq!(surfaces(&text), [text]);
            }
        }

        /// Every letter and digit ends up in a term, unless its run is longer than any word.
        #[test]
        fn no_word_is_lost(text in "\\PC{0,200}") {
            let mut covered = vec![false; text.len()];
            words(&text, |_, range| covered[range].fill(true));
            for (i, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
                prop_assert!(covered[i] || text.len() > MAX_TERM, "{c} at {i} of {text:?}");
            }
        }

        #[test]
        fn offsets_are_inside_the_text(text in "\\PC{0,200}") {
            words(&text, |_, range| assert!(text.get(range).is_some()));
        }
    }
}
