//! Pages of printed text: the breaks between them, and what each begins and ends with.

use std::{borrow::Cow, collections::HashMap};

/// Drops form feeds and the running heads and feet around them, as RFCs and manuals have.
pub(super) fn without_page_breaks(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{c}') && !text.contains("[Page ") {
        return text.into();
    }
    let heads = running_heads(text);
    let mut kept = String::with_capacity(text.len());
    // Nothing but empty lines has come since.
    let mut after_break = false;
    for line in text.split('\n') {
        let is_break = line.starts_with('\u{c}');
        after_break |= is_break;
        let shown = line.replace('\u{c}', "");
        if is_foot(&shown) {
            after_break = true;
        } else if after_break && (is_head(&shown) || heads.contains_key(&key(&shown))) {
            after_break = false;
        } else {
            kept.push_str(&shown);
            after_break = after_break && shown.trim().is_empty();
        }
        kept.push('\n');
    }
    kept.into()
}

/// `Postel                                                         [Page 1]`
fn is_foot(line: &str) -> bool {
    let line = line.trim_end();
    let number = line
        .rsplit_once("[Page ")
        .and_then(|(_, number)| number.strip_suffix(']'));
    number.is_some_and(|number| {
        !number.is_empty()
            && number.len() < 8
            && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// `RFC 791                 Internet Protocol                 September 1981`
fn is_head(line: &str) -> bool {
    let named = line
        .strip_prefix("RFC ")
        .or_else(|| line.strip_prefix("Internet-Draft"));
    named.is_some_and(|rest| {
        rest.contains("  ")
            && rest
                .trim_end()
                .ends_with(|last: char| last.is_ascii_digit())
    })
}

/// The lines, but for numbers, that more than one page begins with, and as many as half of them.
fn running_heads(text: &str) -> HashMap<String, usize> {
    let mut heads: HashMap<String, usize> = HashMap::new();
    let pages = text.split('\u{c}').skip(1);
    let mut count = 0;
    for page in pages {
        count += 1;
        if let Some(line) = page.lines().find(|line| !line.trim().is_empty()) {
            *heads.entry(key(line)).or_default() += 1;
        }
    }
    heads.retain(|_, times| *times > 1 && *times * 2 >= count);
    heads
}

fn key(line: &str) -> String {
    let letters = line
        .chars()
        .filter(|letter| !letter.is_ascii_digit() && !letter.is_whitespace());
    letters.take(200).collect()
}
