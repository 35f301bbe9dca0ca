//! How much of a model's context a text takes, estimated on the safe side.
//!
//! No tokenizer fits all models, so the estimate counts characters by kind, in quarters of a
//! token: plain letters and spaces at four characters a token (English prose measures 4 to 4.5
//! with the tokenizers in use), digits and punctuation, of which code is full, at two, and what
//! lies outside ASCII by the length of its UTF-8: two bytes (Latin, Greek, Cyrillic) half a
//! token, three bytes (most of Asia, typographic signs) one and a quarter, four (emoji) two and
//! a half. Real counts of documentation come out at 70 to 95 % of it.

/// What a search aims at.
pub(super) const SEARCH: usize = 3_000;
/// What one call of `browse` aims at.
pub(super) const BROWSE: usize = 3_000;
/// What no call goes over: Claude Code warns at 10,000 tokens a result.
pub(super) const CEILING: usize = 9_000;

/// The tokens of a text, estimated.
pub fn estimate(text: &str) -> usize {
    // Sixteen sums of a byte each are what a processor adds in one step; so many blocks fit one.
    const BLOCKS: usize = 255 / 10;
    let mut total = 0;
    for group in text.as_bytes().chunks(16 * BLOCKS) {
        let (blocks, rest) = group.as_chunks::<16>();
        let mut sums = [0u8; 16];
        for block in blocks {
            for (sum, byte) in sums.iter_mut().zip(block) {
                *sum += quarters(*byte);
            }
        }
        total += sums.iter().map(|sum| usize::from(*sum)).sum::<usize>();
        let rest = rest.iter().map(|byte| usize::from(quarters(*byte)));
        total += rest.sum::<usize>();
    }
    total.div_ceil(4)
}

/// The tokens of a text, where they are within a budget. Of a text that is far too long not a
/// byte is looked at.
pub(super) fn within(text: &str, budget: usize) -> Option<usize> {
    // No byte costs less than a quarter of a token, its character's other bytes counted in.
    if text.len() > budget.saturating_mul(4) {
        return None;
    }
    Some(estimate(text)).filter(|cost| *cost <= budget)
}

/// The longest start of a text that stays within a budget; it ends between characters, and
/// after white space where there is some in its last quarter.
pub(super) fn prefix(text: &str, budget: usize) -> &str {
    let mut left = budget.saturating_mul(4);
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate() {
        let cost = usize::from(quarters(byte));
        if cost > left {
            end = at;
            break;
        }
        left -= cost;
    }
    if end == text.len() {
        return text;
    }
    // Only lead bytes cost anything, so `end` always stands before one.
    let kept = &text[..end];
    match kept.rfind(char::is_whitespace) {
        Some(space) if space > end - end / 4 => kept[..space].trim_end(),
        _ => kept,
    }
}

/// Quarters of a token that a byte stands for; a character's lead byte carries its whole cost.
/// Without a branch, so that many bytes can be weighed at a time.
const fn quarters(byte: u8) -> u8 {
    let is_cheap = (byte | 0x20).wrapping_sub(b'a') < 26 || byte == b' ';
    2 * (byte < 0x80) as u8 - is_cheap as u8
        + 2 * (byte >= 0xc0) as u8
        + 3 * (byte >= 0xe0) as u8
        + 5 * (byte >= 0xf0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_counts_four_letters_a_token_and_code_more() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("four"), 1);
        assert!(estimate("fn main() { let x = 12; }") > "fn main() { let x = 12; }".len() / 4);
        assert_eq!(estimate("文書"), 3);
        let long = "ab, é 文 🎉\n".repeat(1_000);
        let bytes = long.bytes().map(|byte| usize::from(quarters(byte)));
        assert_eq!(estimate(&long), bytes.sum::<usize>().div_ceil(4));
        assert_eq!(estimate(&"🎉".repeat(4_000)), 10_000);
        for text in ["", "a", "ab, é", "é", "ñ文", "🎉", &long] {
            for budget in [0, 1, 2, 3, 20, estimate(text)] {
                let fits = estimate(text) <= budget;
                assert_eq!(within(text, budget), fits.then(|| estimate(text)), "{text}");
            }
        }
    }

    #[test]
    fn a_prefix_stays_within_its_budget_and_between_characters() {
        for text in [
            "plain words in a row",
            "ежедневная работа",
            "文書検索の索引",
            "🎉🎉🎉🎉",
        ] {
            for budget in 0..20 {
                let kept = prefix(text, budget);
                assert!(text.starts_with(kept));
                assert!(estimate(kept) <= budget, "{kept:?} for {budget}");
            }
        }
        assert_eq!(prefix("four letters", 100), "four letters");
        assert_eq!(
            prefix("a few words stand here today", 5),
            "a few words stand"
        );
    }
}
