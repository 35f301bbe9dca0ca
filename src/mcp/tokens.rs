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
/// What one call of `read` aims at.
pub(super) const READ: usize = 6_000;
/// What one call of `browse` aims at.
pub(super) const BROWSE: usize = 3_000;
/// What no call goes over: Claude Code warns at 10,000 tokens a result.
pub(super) const CEILING: usize = 9_000;

/// The tokens of a text, estimated.
pub(super) fn estimate(text: &str) -> usize {
    text.bytes()
        .map(|byte| usize::from(QUARTERS[usize::from(byte)]))
        .sum::<usize>()
        .div_ceil(4)
}

/// The longest start of a text that stays within a budget; it ends between characters, and
/// after white space where there is some in its last quarter.
pub(super) fn prefix(text: &str, budget: usize) -> &str {
    let mut left = budget.saturating_mul(4);
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate() {
        let cost = usize::from(QUARTERS[usize::from(byte)]);
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
const QUARTERS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte {
            0x80..=0xbf => 0,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 5,
            0xf0..=0xff => 10,
            0x20 | 0x41..=0x5a | 0x61..=0x7a => 1,
            _ => 2,
        };
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_counts_four_letters_a_token_and_code_more() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("four"), 1);
        assert!(estimate("fn main() { let x = 12; }") > "fn main() { let x = 12; }".len() / 4);
        assert_eq!(estimate("文書"), 3);
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
