//! How the length of an answer is counted: as clients do that cut by characters, or as models do.

use super::tokens;

/// A way to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Tokens, estimated; see [`tokens`].
    Tokens,
    /// Characters; those that take most tokens count as two or four, so that eight are five tokens at the most.
    Characters,
}

/// What a part of a page, or all that one call returns, has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) measure: Measure,
    pub(super) most: usize,
}

impl Room {
    pub(super) fn of_tokens(most: usize) -> Self {
        Self {
            measure: Measure::Tokens,
            most,
        }
    }

    pub(super) fn of_characters(most: usize) -> Self {
        Self {
            measure: Measure::Characters,
            most,
        }
    }

    /// So many tokens of plain text, in its measure.
    pub(super) fn plain(self, tokens: usize) -> usize {
        match self.measure {
            Measure::Tokens => tokens,
            Measure::Characters => 4 * tokens,
        }
    }

    /// What a text takes of it.
    pub(super) fn cost(self, text: &str) -> usize {
        self.measure.of(text)
    }
}

impl Measure {
    /// The length of a text.
    pub(super) fn of(self, text: &str) -> usize {
        match self {
            Self::Tokens => tokens::estimate(text),
            Self::Characters => text.bytes().map(weight).sum(),
        }
    }

    /// The length of a text, where it is within a bound. Of a text that is far too long not a byte is looked at.
    pub(super) fn within(self, text: &str, most: usize) -> Option<usize> {
        match self {
            Self::Tokens => tokens::within(text, most),
            Self::Characters => {
                // No byte counts for less than half of one.
                if text.len() > most.saturating_mul(2) {
                    return None;
                }
                Some(self.of(text)).filter(|length| *length <= most)
            }
        }
    }

    /// The longest start of a text within a bound; it ends between characters, and after white space where there is some in its
    /// last quarter.
    pub(super) fn prefix(self, text: &str, most: usize) -> &str {
        if self == Self::Tokens {
            return tokens::prefix(text, most);
        }
        let mut left = most;
        let end = text
            .bytes()
            .position(|byte| match left.checked_sub(weight(byte)) {
                Some(rest) => {
                    left = rest;
                    false
                }
                None => true,
            });
        let Some(end) = end else {
            return text;
        };
        let kept = &text[..end];
        match kept.rfind(char::is_whitespace) {
            Some(space) if space > end - end / 4 => kept[..space].trim_end(),
            _ => kept,
        }
    }
}

/// What a byte counts; a character's lead byte carries its whole weight.
const fn weight(byte: u8) -> usize {
    match byte {
        0x80..0xc0 => 0,
        0xe0..0xf0 => 2,
        0xf0.. => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_characters_are_five_tokens_at_the_most() {
        for text in [
            "plain words",
            "{[(123)]}",
            "größe, ж",
            "文書検索",
            "🎉🎉",
            "",
        ] {
            let characters = Measure::Characters.of(text);
            assert!(8 * Measure::Tokens.of(text) <= 5 * characters + 8, "{text}");
            assert!(text.chars().count() <= characters);
            for most in 0..40 {
                for measure in [Measure::Characters, Measure::Tokens] {
                    let kept = measure.prefix(text, most);
                    assert!(text.starts_with(kept) && measure.of(kept) <= most);
                    let fits = measure.of(text) <= most;
                    assert_eq!(measure.within(text, most).is_some(), fits);
                }
            }
        }
    }
}
