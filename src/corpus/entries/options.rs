//! The options that a text lists.

use super::named::Named;
use crate::corpus::entry::EntryKind;

/// The options that a text lists, with what stands for their values left out.
pub(super) fn options(text: &str) -> Option<Named> {
    let text = text.trim();
    if !is_option(text) {
        return None;
    }
    let mut named = Named::new(EntryKind::Option);
    let mut depth = 0_usize;
    for token in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '|')) {
        let is_inner = depth > 0;
        depth += token.matches(['[', '<', '(']).count();
        depth = depth.saturating_sub(token.matches([']', '>', ')']).count());
        let token = token.trim_start_matches('/');
        if is_inner || !is_option(token) {
            continue;
        }
        for token in token.split('/').filter(|it| is_option(it)) {
            option(token, &mut named);
        }
    }
    Some(named)
}

fn is_option(text: &str) -> bool {
    let rest = text.trim_start_matches('-');
    let dashes = text.len() - rest.len();
    let first = rest.chars().next();
    (1..=2).contains(&dashes)
        && first.is_some_and(|it| {
            it.is_ascii_alphabetic()
                || dashes == 1 && (it.is_ascii_digit() || matches!(it, '?' | '#' | '@'))
                || it == '[' && rest.starts_with("[no-]")
        })
        && !rest.starts_with(|c: char| c.is_ascii_digit() && rest.len() > 2)
}

/// `--[no-]verify` is two names, `--color[=WHEN]` one.
fn option(token: &str, named: &mut Named) {
    if let Some(rest) = token.strip_prefix("--[no-]") {
        let rest = bare_option(rest);
        named.add(&format!("--{rest}"));
        named.add(&format!("--no-{rest}"));
        return;
    }
    let bare = bare_option(token);
    named.add(bare);
    if let Some(colon) = bare.find(':').filter(|at| *at > 1) {
        named.add(&bare[..colon]);
    }
}

fn bare_option(token: &str) -> &str {
    let end = token.find(['=', '[', '<', '{', '(', ';', '…', '"', '`', ')', ']']);
    let bare = &token[..end.unwrap_or(token.len())];
    bare.trim_end_matches(['.', ':', '/'])
}
