//! Text -> identifiers and operators as they are written (`max_connections`, `--dry-run`, `std::vec::Vec`, `::before`,
//! `==`), so that one that is asked for whole is found whole: the same in documents and in questions.
//!
//! Quotes, brackets, commas and whatever stands in no identifier end one; so do scripts that put no space between words, and
//! Hangul, whose particles follow a name without one. A symbol always has a character that no word has, so that the two
//! never are the same term.

use super::tokenizer::{is_unspaced, push_lower_case};
use std::ops::Range;

/// Longer ones are nothing that anybody asks for; in bytes.
const MAX_SYMBOL: usize = 80;
/// What may stand between two names of a compound: `.`, `::`, `://`.
const MAX_JOINER: usize = 3;
const MAX_OPERATOR: usize = 4;

/// Picks identifiers and operators out of text, in lower case, and tells where each is. Parts of one that are
/// identifiers themselves follow it: `wait_for` of `asyncio.wait_for`.
pub(super) fn symbols(text: &str, each: impl FnMut(&str, Range<usize>)) {
    let mut scanner = Scanner {
        text,
        at: 0,
        before: Before::Gap,
        token: String::new(),
        signs: String::new(),
        each,
    };
    while let Some(next) = text[scanner.at..].chars().next() {
        if is_name(next) {
            let start = scanner.at;
            scanner.token.clear();
            scanner.name(start, false);
        } else if is_sign(next) {
            scanner.signs();
        } else {
            scanner.before = match next {
                ')' | ']' | '}' | '\u{2019}' | '\u{201D}' => Before::Closing,
                '"' | '\'' | '`' if scanner.before != Before::Gap => Before::Closing,
                _ => Before::Gap,
            };
            scanner.at += next.len_utf8();
        }
    }
}

/// What stands before the present place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Gap,
    /// A bracket or quote that closes.
    Closing,
    Name,
}

struct Scanner<'a, F> {
    text: &'a str,
    at: usize,
    before: Before,
    /// What is read of a symbol.
    token: String,
    /// The signs that were read last.
    signs: String,
    each: F,
}

impl<F: FnMut(&str, Range<usize>)> Scanner<'_, F> {
    /// A name, with what follows it of a compound. What stands before it that belongs to it is in the token already.
    fn name(&mut self, start: usize, has_prefix: bool) {
        let mut is_symbol = has_prefix;
        loop {
            is_symbol |= self.word();
            let end = self.at;
            let called = self.text[end..].starts_with("()");
            let from = if called { end + 2 } else { end };
            let next = self.read_signs(from);
            if joins(&self.signs, &self.text[next..]) && (!called || is_member(&self.signs)) {
                self.token.push_str(&self.signs);
                self.at = next;
                is_symbol = true;
                continue;
            }
            if !called && let Some(suffix) = suffix(&self.signs) {
                self.token.push_str(suffix);
                self.at = end + suffix.len();
                is_symbol = true;
            }
            break;
        }
        self.before = Before::Name;
        if is_symbol {
            self.emit(start..self.at);
            self.parts(start);
            if self.token.starts_with('-') && self.signs == "=" {
                self.value(start);
            }
        }
    }

    /// Letters and digits; whether the underscores among them make it an identifier.
    fn word(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        self.at += length;
        if self.token.len() <= MAX_SYMBOL {
            push_lower_case(word, &mut self.token);
        }
        word.contains('_') && word.contains(char::is_alphanumeric)
    }

    /// `--color=always` is one as well as `--color`.
    fn value(&mut self, start: usize) {
        let rest = &self.text[self.at + 1..];
        let in_value = |c: char| is_name(c) || matches!(c, '-' | '.' | ':' | '/');
        let length = rest.find(|c| !in_value(c)).unwrap_or(rest.len());
        let value = rest[..length].trim_end_matches(|c| !is_name(c));
        let end = self.at + 1 + value.len();
        if value.starts_with(is_name) && self.token.len() + value.len() < MAX_SYMBOL {
            self.token.push('=');
            push_lower_case(value, &mut self.token);
            self.emit(start..end);
        }
    }

    /// Signs that stand before a name, or by themselves.
    fn signs(&mut self) {
        let start = self.at;
        let end = self.read_signs(start);
        let before = self.before;
        self.at = end;
        self.before = Before::Gap;
        let rest = &self.text[end..];
        let prefix = prefix(&self.signs, rest, before).map_or(0, str::len);
        if self.signs == "--"
            && before == Before::Gap
            && let Some(positive) = rest.strip_prefix("[no-]")
            && positive.starts_with(is_name)
        {
            self.at += "[no-]".len();
            let name = self.at;
            for prefix in ["--no-", "--"] {
                self.at = name;
                self.token.clear();
                self.token.push_str(prefix);
                self.name(start, true);
            }
            return;
        }
        if matches!(self.signs.as_str(), "#" | "#!")
            && rest.starts_with('[')
            && rest[1..].starts_with(is_name)
        {
            self.at += 1;
            self.token.clear();
            self.token.push_str("#[");
            self.name(start, true);
            return;
        }
        let operator = self.signs.len() - prefix;
        let mut chars = self.text[start..end].char_indices();
        let name = chars.nth(operator).map_or(end, |(at, _)| start + at);
        let is_last = prefix == 0 && !rest.starts_with(is_name);
        if let Some(operator) = operator_of(&self.signs[..operator], before, is_last) {
            self.token.clear();
            self.token.push_str(operator);
            self.emit(start..name);
        }
        if prefix > 0 {
            self.token.clear();
            self.token.push_str(&self.signs[operator..]);
            self.name(name, true);
        }
    }

    /// Reads signs from a place on, and tells where they end. Hyphens are all the same.
    fn read_signs(&mut self, from: usize) -> usize {
        self.signs.clear();
        for (at, c) in self.text[from..].char_indices() {
            if !is_sign(c) {
                return from + at;
            }
            if self.signs.len() <= MAX_SYMBOL {
                self.signs.push(if c.is_ascii() { c } else { '-' });
            }
        }
        self.text.len()
    }

    fn emit(&mut self, range: Range<usize>) {
        if self.token.len() < MAX_SYMBOL {
            (self.each)(&self.token, range);
        }
    }

    /// Parts of a qualified name that are identifiers.
    fn parts(&mut self, start: usize) {
        if self.token.len() >= MAX_SYMBOL || !self.token.contains(is_qualifier) {
            return;
        }
        for part in self.token.split(is_qualifier) {
            let part = part.trim_matches(|c| !is_name(c));
            if part.contains(['_', '-']) && part.contains(char::is_alphanumeric) {
                (self.each)(part, start..self.at);
            }
        }
        // The file that a path leads to: `mcp.json` of `.vscode/mcp.json`, and of `.mcp.json`.
        let file = self.token.rsplit('/').next().unwrap_or_default();
        let visible = file.trim_start_matches(|c| !is_name(c));
        let mut last = self.token.len();
        for name in [file, visible] {
            if name.len() < last && name.contains('.') && name.contains(is_name) {
                last = name.len();
                (self.each)(name, start..self.at);
            }
        }
    }
}

/// What names are made of.
fn is_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric() && !ends(c))
}

/// Letters that end an identifier, as a space does.
fn ends(c: char) -> bool {
    let is_hangul =
        matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7AF}');
    is_hangul || is_unspaced(c)
}

/// What operators are made of, and what stands in identifiers beside names.
fn is_sign(c: char) -> bool {
    matches!(
        c,
        '=' | '<'
            | '>'
            | '!'
            | '&'
            | '|'
            | '+'
            | '-'
            | '*'
            | '/'
            | '%'
            | '^'
            | '~'
            | '@'
            | '#'
            | '?'
            | ':'
            | '$'
            | '.'
            | '\\'
            | '\u{2010}'
            | '\u{2011}'
            | '\u{2212}'
    )
}

/// What stands between a name and its member.
fn is_member(signs: &str) -> bool {
    matches!(signs, "." | "::")
}

fn is_qualifier(c: char) -> bool {
    matches!(c, '.' | ':' | '/' | '#' | '@')
}

/// Whether signs between two names make them one.
fn joins(signs: &str, rest: &str) -> bool {
    let is_joiner = |c| matches!(c, '.' | '-' | ':' | '/' | '@' | '#' | '$' | '+' | '~');
    if signs == "\\" {
        return rest.starts_with(char::is_uppercase);
    }
    (1..=MAX_JOINER).contains(&signs.len())
        && signs.chars().all(is_joiner)
        && !signs.contains("/-")
        && rest.starts_with(is_name)
}

/// `C++`, `C#`.
fn suffix(signs: &str) -> Option<&'static str> {
    let ends = |rest: &str| rest.chars().all(is_punctuation);
    let suffixes = ["++", "#"];
    suffixes
        .into_iter()
        .find(|suffix| signs.strip_prefix(suffix).is_some_and(ends))
}

/// What ends a sentence, and stands in operators too.
fn is_punctuation(c: char) -> bool {
    matches!(c, '.' | ':' | '?' | '!')
}

/// The end of some signs that belongs to the name behind them: `--`, `@`, `::`, `/`. Before a value, an operator may stand:
/// `PATH=$HOME`.
fn prefix<'a>(signs: &'a str, rest: &str, before: Before) -> Option<&'a str> {
    let next = rest.chars().next().filter(|c| is_name(*c))?;
    if signs.len() > MAX_SYMBOL {
        return None;
    }
    let begins = |c| matches!(c, '=' | '|' | '<' | '>' | '&');
    let prefix = match signs.rfind(begins).or_else(|| signs.find("/-")) {
        Some(at) if before != Before::Closing => &signs[at + 1..],
        None if before == Before::Gap => signs,
        _ => return None,
    };
    let is_prefix = match prefix {
        "-" | "--" | "$" => true,
        "@" | "@@" | "%" | "." | ":" | "::" | "#" | "\\" => next.is_alphabetic() || next == '_',
        _ => is_path(prefix),
    };
    is_prefix.then_some(prefix)
}

/// How paths begin: `/`, `./`, `~/.`.
fn is_path(signs: &str) -> bool {
    let begins = ["/", "./", "../", "~/"];
    signs.len() <= 12
        && begins.iter().any(|begin| signs.starts_with(begin))
        && !signs.starts_with("//")
        && signs.chars().all(|c| matches!(c, '.' | '/' | '~'))
}

/// The operator that some signs are, without the punctuation behind it.
fn operator_of(signs: &str, before: Before, is_last: bool) -> Option<&str> {
    if signs == "..." {
        return (before == Before::Gap).then_some(signs);
    }
    let trimmed = signs.trim_end_matches(is_punctuation);
    let operator = match trimmed {
        // `::`, `??`.
        "" if before == Before::Gap || !is_last => signs,
        _ => trimmed,
    };
    let is_markup = operator.contains('/') && operator.contains(['<', '>']) || operator == "=<";
    let is_operator = (2..=MAX_OPERATOR).contains(&operator.len())
        && !is_markup
        && !operator.contains('\\')
        && operator.chars().any(|c| c != '.');
    is_operator.then_some(operator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        symbols(text, |symbol, _| terms.push(symbol.to_owned()));
        terms
    }

    #[test]
    fn symbols_are_identifiers_and_operators_as_written() {
        assert_eq!(
            found("Set `max_connections` (see --dry-run, std::fs::read() or a == b) well."),
            ["max_connections", "--dry-run", "std::fs::read", "=="]
        );
    }

    #[test]
    fn borders_end_no_symbol_that_they_do_not_belong_to() {
        for (text, expected) in [
            ("pg_hba.conf", &["pg_hba.conf", "pg_hba"][..]),
            ("no pg_hba.conf.", &["pg_hba.conf", "pg_hba"]),
            ("--color=always", &["--color", "--color=always"]),
            ("--color=<when>", &["--color"]),
            ("[-f|--force]", &["-f", "--force"]),
            ("-f/--force", &["-f", "--force"]),
            ("--[no-]verify", &["--no-verify", "--verify"]),
            ("-Xmx512m", &["-xmx512m"]),
            ("‐‐verbose", &["--verbose"]),
            ("Set-Cookie: a", &["set-cookie"]),
            ("(::before)", &["::before"]),
            (":hover", &[":hover"]),
            ("a == b, c=>d, x->>'y' && !z", &["==", "=>", "->>", "&&"]),
            ("std::vec::Vec<T>", &["std::vec::vec"]),
            ("@property", &["@property"]),
            ("#[derive(Debug)]", &["#[derive"]),
            ("ERR_TLS_CERT", &["err_tls_cert"]),
            ("pg_has_role(user, role)", &["pg_has_role"]),
            ("foo().bar", &["foo.bar"]),
            ("a[0]", &[]),
            ("df[x].merge(y)", &[]),
            ("$HOME/bin $ref", &["$home/bin", "$ref"]),
            ("PATH=$HOME", &["$home"]),
            ("printf %s %d", &["%s", "%d"]),
            ("C++, C# and F#.", &["c++", "c#", "f#"]),
            ("C++11", &["c++11"]),
            (".NET node.js", &[".net", "node.js"]),
            (
                "/etc/passwd ~/.bashrc ./run",
                &["/etc/passwd", "~/.bashrc", ".bashrc", "./run"],
            ),
            (
                ".vscode/mcp.json or .mcp.json",
                &[".vscode/mcp.json", "mcp.json", ".mcp.json", "mcp.json"],
            ),
            ("text/html image/svg+xml", &["text/html", "image/svg+xml"]),
            ("v1.2.3 127.0.0.1:80", &["v1.2.3", "127.0.0.1:80"]),
            ("kube-apiserver's", &["kube-apiserver"]),
            ("“quoted_name”", &["quoted_name"]),
            ("(SELECT", &[]),
            ("TimeoutStartSec=", &[]),
            ("wal_level=logical", &["wal_level"]),
            ("asyncio.wait_for(", &["asyncio.wait_for", "wait_for"]),
            ("设置max_connections参数。", &["max_connections"]),
            ("max_connections를", &["max_connections"]),
            ("\\copy C:\\Windows App\\Models", &["\\copy", "app\\models"]),
            ("What?? Well... Yes: no.", &[]),
            ("is ?. or ?? or :: it", &["?.", "??", "::"]),
            ("is it ==?", &["=="]),
            ("spread (...)", &["..."]),
            ("<div class='a'></div><!-- x -->", &["-->"]),
            ("well-known and/or", &["well-known", "and/or"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn long_texts_take_their_time_only() {
        let pieces = [
            "-a=", "a.", "::", "#[a", "--[no-]a", "()", "a().", "/.", "_", "\\A",
        ];
        for piece in pieces {
            symbols(&piece.repeat(100_000), |symbol, _| {
                assert!(symbol.len() < MAX_SYMBOL);
            });
        }
    }

    proptest! {
        #[test]
        fn a_symbol_is_no_word(text in "\\PC{0,200}") {
            symbols(&text, |symbol, range| {
                assert!(text.get(range).is_some());
                assert!(!symbol.is_empty() && !symbol.chars().all(char::is_alphanumeric));
            });
        }

        /// What a document has is found by a question that is nothing else.
        #[test]
        fn both_sides_agree(text in "[a-zA-Z0-9_.:/@#$=<>+*&|!?%~ (),\"'`\\[\\]{}-]{0,60}") {
            let mut all = Vec::new();
            symbols(&text, |symbol, range| all.push((symbol.to_owned(), range)));
            for (symbol, range) in &all {
                prop_assert!(found(&text[range.clone()]).contains(symbol), "{symbol} of {text:?}");
            }
        }
    }
}
