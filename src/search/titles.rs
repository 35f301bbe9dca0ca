//! When a query is the title of a page.

use super::tokenizer::push_lower_case;
use xxhash_rust::xxh3::xxh3_64;

/// Titles are the same where their letters, digits and signs are, but for case and spaces.
pub(super) fn title_key(title: &str) -> String {
    let mut key = String::with_capacity(title.len() + 1);
    for word in title.split_whitespace() {
        push_lower_case(word, &mut key);
        key.push(' ');
    }
    key
}

/// What a segment looks a title up by.
pub(super) fn title_hash(key: &str) -> u32 {
    let [a, b, c, d, ..] = xxh3_64(key.as_bytes()).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
