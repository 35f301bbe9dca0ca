//! Text -> the words that are indexed and looked up: the same on both sides. (The other stream are [`super::symbols`].)
//!
//! Words are runs of letters and digits, in lower case, to be stemmed; a run of Chinese,
//! Japanese or Thai becomes overlapping pairs of characters, since those scripts put no space
//! between words; a number with commas between its digits (`1,169`) is found without them too.

use std::ops::Range;

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

struct WordStream<'a> {
    text: &'a str,
    at: usize,
    /// Where the number ends that was the last term: its groups of digits come next.
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
        } else if self.text[start..].starts_with(is_unspaced) {
            self.pair(start)
        } else {
            self.word(start)
        };
        Some(start..end)
    }

    fn word(&mut self, start: usize) -> usize {
        let rest = &self.text[start..];
        let len = rest
            .find(|c: char| !c.is_alphanumeric() || is_unspaced(c))
            .unwrap_or(rest.len());
        let word = &rest[..len];
        self.at = start + len;
        push_lower_case(word, &mut self.token);
        self.at
    }

    /// Two neighbouring characters, or one that stands alone; the next token begins one later.
    fn pair(&mut self, start: usize) -> usize {
        let mut chars = self.text[start..].char_indices();
        let first = chars.next().map_or(0, |(_, c)| c.len_utf8());
        let rest = &self.text[start + first..];
        let second = rest.chars().next().filter(|c| is_unspaced(*c));
        let end = start + first + second.map_or(0, char::len_utf8);
        let pair_goes_on = second.is_some_and(|c| rest[c.len_utf8()..].starts_with(is_unspaced));
        self.token.push_str(&self.text[start..end]);
        self.at = if pair_goes_on { start + first } else { end };
        end
    }
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

/// Scripts that put no space between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}'      // Thai, Lao
        | '\u{1000}'..='\u{109F}'    // Myanmar
        | '\u{1780}'..='\u{17FF}'    // Khmer
        | '\u{3040}'..='\u{30FF}'    // Hiragana, Katakana
        | '\u{3400}'..='\u{4DBF}'    // CJK extension A
        | '\u{4E00}'..='\u{9FFF}'    // CJK
        | '\u{F900}'..='\u{FAFF}'    // CJK compatibility
        | '\u{20000}'..='\u{3FFFF}') // CJK extensions B and later
        && c.is_alphanumeric()
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

    proptest! {
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
