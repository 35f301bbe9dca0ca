//! What a query calls by its name: identifiers, flags, codes and commands, what stands in quotes, and a short query as a whole.
//!
//! Pages define things by such names: in headings, terms, options and first cells of tables. [`key`] makes both sides the same.

use super::scoring::Score;
use super::stop_words;
use super::symbols::symbols;
use super::tokenizer::{push_lower_case, words};
use super::view::Term;
use std::ops::Range;

/// More names than these are no query; the first ones count.
const MAX_NAMES: usize = 16;
/// A longer name is a sentence; in bytes.
const MAX_NAME: usize = 300;
/// A query of more words is no name by itself. Messages of errors are names of many words.
const MAX_WORDS: usize = 16;

/// What things are called, beside their names: "the `max_connections` setting".
const KINDS: &[&str] = &[
    "api",
    "argument",
    "attribute",
    "class",
    "code",
    "command",
    "constant",
    "definition",
    "directive",
    "doc",
    "docs",
    "documentation",
    "element",
    "error",
    "event",
    "example",
    "examples",
    "explain",
    "explained",
    "field",
    "file",
    "flag",
    "function",
    "guide",
    "header",
    "help",
    "interface",
    "key",
    "keyword",
    "macro",
    "man",
    "manual",
    "mean",
    "meaning",
    "means",
    "message",
    "method",
    "module",
    "object",
    "operator",
    "option",
    "package",
    "page",
    "param",
    "parameter",
    "property",
    "purpose",
    "reference",
    "section",
    "setting",
    "statement",
    "struct",
    "syntax",
    "tutorial",
    "type",
    "usage",
    "use",
    "used",
    "using",
    "value",
    "variable",
    "work",
    "works",
];

/// A name that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    /// See [`key`].
    pub(super) key: String,
    /// What pages have that hold it whole, where the index knows such a term.
    pub(super) term: Option<Term>,
    /// How many pages hold it whole, of those that may answer.
    pub(super) pages: usize,
    /// How much it counts, up to 1: what nothing but its letters tells to be a name, such as `CoreDNS`, by its share of the
    /// question's words.
    pub(super) share: Score,
}

/// A name as a query writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) key: String,
    pub(super) range: Range<usize>,
    pub(super) form: Form,
}

/// By what a name is known to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// A term of the other stream: an identifier, a flag, an operator.
    Symbol(String),
    /// A word that prose would not write so: `KubePodNotReady`, `E0308`, `VACUUM`.
    Word(String),
    /// What stands in quotes.
    Quoted,
    /// All of the query, or all but what says what kind of thing it is.
    Query,
}

/// A name as it is compared: in lower case, white space collapsed, without quotes, arguments and punctuation around it.
/// `--dry-run` keeps its dashes, `::before` its colons.
pub(super) fn key(name: &str) -> String {
    let mut rest = name.trim();
    loop {
        let before = rest.len();
        rest = rest.trim_matches(is_quote).trim();
        if rest.contains(char::is_alphanumeric) {
            rest = without_arguments(rest);
            rest = rest
                .trim_end_matches([',', ';', ':', '.', '?', '!', '='])
                .trim_end();
            for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
                if !rest.contains(close) {
                    rest = rest.trim_start_matches(open);
                }
                if !rest.contains(open) {
                    rest = rest.trim_end_matches(close);
                }
            }
        }
        if rest.len() == before {
            break;
        }
    }
    let mut key = String::with_capacity(rest.len());
    for word in rest.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        if key.len() + word.len() > MAX_NAME {
            break;
        }
        push_lower_case(word, &mut key);
    }
    if key.contains(['\u{2010}', '\u{2011}', '\u{2212}']) {
        key = key.replace(['\u{2010}', '\u{2011}', '\u{2212}'], "-");
    }
    key
}

/// The names that a query writes, in its order; those of all of it come last.
pub(super) fn written(text: &str) -> Vec<Written> {
    let mut names: Vec<Written> = Vec::new();
    let mut add = |name: Written| {
        let is_new = !name.key.is_empty() && names.iter().all(|known| known.key != name.key);
        if is_new && names.len() < MAX_NAMES {
            names.push(name);
        }
    };
    symbols(text, |symbol, range| {
        add(Written {
            key: key(symbol),
            range: with_arguments(text, range),
            form: Form::Symbol(symbol.to_owned()),
        });
    });
    let has_lower_case = text.contains(char::is_lowercase);
    words(text, |word, range| {
        let original = &text[range.clone()];
        if is_code(original) || has_lower_case && is_capitals(original) {
            add(Written {
                key: key(original),
                range: with_arguments(text, range.clone()),
                form: Form::Word(word.to_owned()),
            });
        }
    });
    for range in quoted(text) {
        add(Written {
            key: key(&text[range.clone()]),
            range,
            form: Form::Quoted,
        });
    }
    if text.split_whitespace().take(MAX_WORDS + 1).count() <= MAX_WORDS {
        let whole = key(text);
        let subject = subject(&whole).to_owned();
        for key in [subject, whole] {
            add(Written {
                key,
                range: 0..text.len(),
                form: Form::Query,
            });
        }
    }
    names
}

/// Whether a word says what kind of thing a name is, or nothing at all.
pub(super) fn is_kind(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let is_kind = |word: &str| KINDS.binary_search(&word).is_ok();
    is_kind(word) || is_kind(singular) || stop_words::is_english(word)
}

/// A key without what stands around a name in a question or a title: `what is the X option`, `X header`.
pub(super) fn subject(key: &str) -> &str {
    let mut rest = key;
    while let Some((first, after)) = rest.split_once(' ')
        && is_kind(first)
    {
        rest = after;
    }
    while let Some((before, last)) = rest.rsplit_once(' ')
        && stop_words::is_english(last)
    {
        rest = before;
    }
    let mut named = rest;
    while let Some((before, last)) = named.rsplit_once(' ')
        && is_kind(last)
        && !stop_words::is_english(last)
    {
        named = before;
    }
    // What an article stands before belongs to the name: "Read the Docs".
    let last = named.rsplit(' ').next().unwrap_or(named);
    if stop_words::is_english(last) {
        rest
    } else {
        named
    }
}

/// `json.dumps(obj, *, indent=None)` -> `json.dumps`.
fn without_arguments(name: &str) -> &str {
    let Some(open) = name.find('(').filter(|_| name.ends_with(')')) else {
        return name;
    };
    let callee = &name[..open];
    let is_name = callee.ends_with(|c: char| c.is_alphanumeric() || c == '_')
        && !callee.contains(char::is_whitespace);
    if is_name { callee } else { name }
}

/// A name in a query with the arguments that are written behind it.
fn with_arguments(text: &str, name: Range<usize>) -> Range<usize> {
    let after = &text[name.end..];
    let close = after.starts_with('(').then(|| after.find(')')).flatten();
    name.start..close.map_or(name.end, |close| name.end + close + 1)
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '`'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201C}'
            | '\u{201D}'
            | '\u{201E}'
            | '\u{AB}'
            | '\u{BB}'
            | '\u{300C}'
            | '\u{300D}'
    )
}

/// Stretches in quotes or backticks. A quote opens behind a gap and closes before one.
fn quoted(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match open {
            Some((start, close))
                if c == close && !text[end..].starts_with(char::is_alphanumeric) =>
            {
                if start < at {
                    found.push(start..at);
                }
                open = None;
            }
            Some(_) => {}
            None => {
                let close = match c {
                    '"' | '`' => Some(c),
                    '\'' if !before.is_alphanumeric() => Some(c),
                    '\u{2018}' => Some('\u{2019}'),
                    '\u{201C}' => Some('\u{201D}'),
                    '\u{201E}' => Some('\u{201C}'),
                    '\u{AB}' => Some('\u{BB}'),
                    '\u{300C}' => Some('\u{300D}'),
                    _ => None,
                };
                open = close.map(|close| (end, close));
            }
        }
        before = c;
    }
    found
}

/// `KubePodNotReady` -> `Kube`, `Pod`, `Not`, `Ready`; nothing for a word without humps.
pub(super) fn camel_case_parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    for (i, window) in chars.windows(2).enumerate() {
        let (_, previous) = window[0];
        let (at, next) = window[1];
        let followed_by_lower = chars.get(i + 2).is_some_and(|(_, c)| c.is_lowercase());
        let hump = (previous.is_lowercase() || previous.is_ascii_digit()) && next.is_uppercase()
            || previous.is_uppercase() && next.is_uppercase() && followed_by_lower;
        if hump {
            parts.push(&word[start..at]);
            start = at;
        }
    }
    if start > 0 {
        parts.push(&word[start..]);
    }
    parts
}

/// Capitals inside, or digits and letters.
pub(super) fn is_code(word: &str) -> bool {
    let mut has_lower_case = false;
    let mut has_digit = false;
    let mut has_letter = false;
    let mut has_hump = false;
    for c in word.chars() {
        has_hump |= has_lower_case && c.is_uppercase();
        has_lower_case |= c.is_lowercase();
        has_digit |= c.is_ascii_digit();
        has_letter |= c.is_alphabetic();
    }
    has_hump || has_digit && has_letter
}

fn is_capitals(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_names_without_what_stands_around_them() {
        for (name, expected) in [
            ("`--dry-run`", "--dry-run"),
            ("pg_has_role(user, role, privilege)", "pg_has_role"),
            ("foo()", "foo"),
            ("Set-Cookie:", "set-cookie"),
            ("::before", "::before"),
            ("TimeoutStartSec=", "timeoutstartsec"),
            ("“KubePodNotReady”", "kubepodnotready"),
            (
                "  no  pg_hba.conf entry\nfor host.",
                "no pg_hba.conf entry for host",
            ),
            ("==", "=="),
            ("::", "::"),
            ("...", "..."),
            ("(SELECT", "select"),
            ("[Service]", "[service]"),
            ("C++", "c++"),
            ("f (x)", "f (x)"),
            ("$HOME", "$home"),
            ("", ""),
        ] {
            assert_eq!(key(name), expected, "{name}");
        }
    }

    #[test]
    fn what_says_the_kind_of_a_thing_is_not_its_name() {
        for (query, expected) in [
            ("what is the x option", "x"),
            ("x configuration file", "x configuration"),
            ("what x is", "x"),
            ("read the docs", "read the docs"),
            ("read the docs documentation", "read the docs documentation"),
            ("set-cookie header", "set-cookie"),
        ] {
            assert_eq!(subject(query), expected, "{query}");
        }
    }

    #[test]
    fn queries_tell_names_from_words() {
        let keys = |text: &str| -> Vec<String> {
            written(text).into_iter().map(|name| name.key).collect()
        };
        assert_eq!(
            keys("how does VACUUM work"),
            ["vacuum", "how does vacuum work"]
        );
        assert_eq!(
            keys("the max_connections setting"),
            ["max_connections", "the max_connections setting"]
        );
        assert_eq!(
            keys("git rebase command"),
            ["git rebase", "git rebase command"]
        );
        assert_eq!(
            keys("what is E0308 in rustc"),
            ["e0308", "e0308 in rustc", "what is e0308 in rustc"]
        );
        assert_eq!(
            keys("error \"could not find driver\" with setTimeout today"),
            [
                "settimeout",
                "could not find driver",
                "\"could not find driver\" with settimeout today",
                "error \"could not find driver\" with settimeout today"
            ]
        );
        assert_eq!(keys("SELECT"), ["select"]);
        assert_eq!(keys("isn't it's"), ["isn't it's"]);
    }

    #[test]
    fn camel_case_is_cut_at_its_humps() {
        assert_eq!(
            camel_case_parts("KubePodNotReady"),
            ["Kube", "Pod", "Not", "Ready"]
        );
        assert_eq!(
            camel_case_parts("parseHTMLFragment"),
            ["parse", "HTML", "Fragment"]
        );
        assert!(camel_case_parts("plain").is_empty());
    }

    #[test]
    fn kinds_are_in_order() {
        assert!(KINDS.is_sorted());
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in "\\PC{0,60}") {
            let once = key(&name);
            prop_assert_eq!(key(&once), once);
        }

        #[test]
        fn ranges_are_inside_the_query(text in "\\PC{0,100}") {
            for name in written(&text) {
                assert!(text.get(name.range).is_some());
            }
        }
    }
}
