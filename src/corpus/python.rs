//! What a file of Python assigns at its top level, as far as it is text: nothing is run.

use std::collections::BTreeMap;

/// Assignments that are looked at.
const MAX: usize = 2_000;
/// Values in one list or table.
const MAX_VALUES: usize = 2_000;

/// A value that stands in the file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// A list, tuple or table as the texts in it, in their order, each with how many brackets it stands in.
    Texts(Vec<(usize, String)>),
}

impl Value {
    /// All texts.
    pub(super) fn strings(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Texts(texts) => texts.iter().map(|(_, text)| text.clone()).collect(),
        }
    }

    /// The texts of a table, each key with its values.
    pub(super) fn table(&self) -> Vec<(String, Vec<String>)> {
        let Self::Texts(texts) = self else {
            return Vec::new();
        };
        let mut table: Vec<(String, Vec<String>)> = Vec::new();
        let mut is_key = true;
        for (depth, text) in texts {
            match table.last_mut() {
                Some((_, values)) if *depth > 1 => {
                    values.push(text.clone());
                    is_key = true;
                }
                Some((_, values)) if !is_key => {
                    values.push(text.clone());
                    is_key = true;
                }
                _ => {
                    table.push((text.clone(), Vec::new()));
                    is_key = false;
                }
            }
        }
        table
    }
}

/// The names that are given texts, or lists of them, in lines that are not indented. A name that is the value of another
/// has that one's; of several values, the last counts, and `+=` adds to it.
pub(super) fn assignments(source: &str) -> BTreeMap<String, Value> {
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    let mut rest = source;
    while !rest.is_empty() && values.len() < MAX {
        let line_end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let Some((name, adds, expression)) = assignment(&rest[..line_end]) else {
            rest = &rest[line_end..];
            continue;
        };
        let start = line_end - expression.len();
        let (value, length) = value(&rest[start..], &values);
        let behind = &rest[start + length..];
        rest = behind.find('\n').map_or("", |end| &behind[end + 1..]);
        match (value, adds.then(|| values.get_mut(name)).flatten()) {
            (Some(Value::Text(more)), Some(Value::Text(text))) => text.push_str(&more),
            (Some(Value::Texts(more)), Some(Value::Texts(texts))) => texts.extend(more),
            (Some(value), _) => {
                values.insert(name.to_owned(), value);
            }
            (None, _) => {
                values.remove(name);
            }
        }
    }
    values
}

/// `name = …` and `name += …`; what stands behind includes the end of the line.
fn assignment(line: &str) -> Option<(&str, bool, &str)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = line.find(|c| !is_name(c)).filter(|end| *end > 0)?;
    let (name, rest) = line.split_at(end);
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim_start_matches([' ', '\t']);
    // A type may be told: `name: str = …`.
    let rest = match rest.strip_prefix(':') {
        Some(typed) => &typed[typed.find('=')?..],
        None => rest,
    };
    let (adds, rest) = match rest.strip_prefix("+=") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix('=')?),
    };
    (!rest.starts_with('=')).then_some((name, adds, rest))
}

/// The value that a text begins with, and how long it is; `None`: one that is computed.
fn value(text: &str, known: &BTreeMap<String, Value>) -> (Option<Value>, usize) {
    let bytes = text.as_bytes();
    let mut texts: Vec<(usize, String)> = Vec::new();
    let mut depth = 0_usize;
    let mut is_list = false;
    let mut is_plain = true;
    let mut is_after_text = false;
    let mut alone = None;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' if depth == 0 => break,
            b'#' => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 1,
            b'[' | b'{' => {
                depth += 1;
                is_list = true;
                is_after_text = false;
            }
            b'(' => depth += 1,
            b']' | b'}' | b')' => {
                depth = depth.saturating_sub(1);
            }
            b',' | b':' => {
                // A tuple may have no brackets.
                is_list = true;
                is_after_text = false;
            }
            b'"' | b'\'' => {
                let (literal, length) = literal(&text[at..], false);
                add(&mut texts, depth, literal, is_after_text);
                is_after_text = true;
                at += length;
                continue;
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let name = text[at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let name = &text[at..at + name.unwrap_or(text.len() - at)];
                let behind = &text[at + name.len()..];
                let is_prefix = behind.starts_with(['"', '\'']) && name.len() <= 2;
                if is_prefix {
                    let prefix = name.to_ascii_lowercase();
                    let (literal, length) = literal(behind, prefix.contains('r'));
                    match prefix.contains('f') && literal.contains('{') {
                        true => is_plain = false,
                        false => add(&mut texts, depth, literal, is_after_text),
                    }
                    is_after_text = true;
                    at += name.len() + length;
                    continue;
                }
                if texts.is_empty() && depth == 0 {
                    alone = known.get(name);
                }
                is_plain &= is_list || matches!(name, "True" | "False" | "None") || alone.is_some();
                at += name.len();
                continue;
            }
            byte if byte.is_ascii_whitespace() => {}
            // Sums, calls, indices: text that is made of others.
            _ if !is_list => is_plain = false,
            _ => {}
        }
        at += 1;
    }
    let at = at.min(text.len());
    let value = match (is_list, texts.len()) {
        (true, _) => Some(Value::Texts(texts)),
        (false, 1) if is_plain && alone.is_none() => texts.pop().map(|(_, text)| Value::Text(text)),
        (false, 0) if is_plain => alone.cloned(),
        _ => None,
    };
    (value, at)
}

/// Literals that follow one another are one.
fn add(texts: &mut Vec<(usize, String)>, depth: usize, literal: String, is_after_text: bool) {
    let is_full = texts.len() >= MAX_VALUES;
    match texts.last_mut() {
        Some((_, text)) if is_after_text => text.push_str(&literal),
        _ if is_full => {}
        _ => texts.push((depth, literal)),
    }
}

/// The literal that a text begins with, without its quotes and escapes, and its length with them.
fn literal(text: &str, is_raw: bool) -> (String, usize) {
    let quote = &text[..1];
    let long = quote.repeat(3);
    let (quote, is_long) = match text.starts_with(&long) {
        true => (long.as_str(), true),
        false => (quote, false),
    };
    let inside = &text[quote.len()..];
    let mut out = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        if inside[at..].starts_with(quote) {
            return (out, quote.len() * 2 + at);
        }
        match c {
            '\n' if !is_long => return (out, quote.len() + at),
            '\\' if is_raw => {
                out.push('\\');
                out.extend(chars.next().map(|(_, c)| c));
            }
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('\n') | None => {}
                Some(c) => {
                    if !matches!(c, '\\' | '\'' | '"') {
                        out.push('\\');
                    }
                    out.push(c);
                }
            },
            c => out.push(c),
        }
    }
    (out, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(source: &str, name: &str) -> Option<String> {
        match assignments(source).remove(name)? {
            Value::Text(text) => Some(text),
            Value::Texts(_) => None,
        }
    }

    #[test]
    fn texts_are_read_and_nothing_is_computed() {
        let source = "import os\nproject = u'Lantern' # name\nversion = '2.1'\nrelease = version\nauthor: str = \"A\\tB\"\nrst_epilog \
                      = \"\"\"\n.. |x| replace:: y\n\"\"\"\nrst_epilog += '\\n.. |z| replace:: w\\n'\nlong = (\n    'one '\n    \
                      'two'\n)\nif True:\n    hidden = 'no'\nyear = str(2024)\ncopyright = f'{year}, A'\njoined = '.'.join(['a'])\nsum = \
                      version + 'a'\nraw = r'a\\b'\nwas = 'x'\nwas = os.getcwd()\nif x == 'y': pass\n";
        for (name, value) in [
            ("project", Some("Lantern")),
            ("release", Some("2.1")),
            ("author", Some("A\tB")),
            (
                "rst_epilog",
                Some("\n.. |x| replace:: y\n\n.. |z| replace:: w\n"),
            ),
            ("long", Some("one two")),
            ("hidden", None),
            ("year", None),
            ("copyright", None),
            ("joined", None),
            ("sum", None),
            ("raw", Some("a\\b")),
            ("was", None),
        ] {
            assert_eq!(text(source, name).as_deref(), value, "{name}");
        }
    }

    #[test]
    fn lists_and_tables_are_their_texts() {
        let source = "exclude_patterns = [\n    '_build',  # built\n    \"**/x\",\n]\nextlinks = {\n    'issue': \
                      ('https://e.example/%s', 'issue %s'),\n    'pr': ('https://e.example/pr/%s', None),\n}\nmyst_substitutions = {'a': \
                      'b', \"c\": 'd'}\nsource_suffix = '.txt'\npair = 'a', 'b'\n";
        let values = assignments(source);
        assert_eq!(values["exclude_patterns"].strings(), ["_build", "**/x"]);
        assert_eq!(values["pair"].strings(), ["a", "b"]);
        assert_eq!(values["source_suffix"].strings(), [".txt"]);
        let table = |name: &str| values[name].table();
        let pair = |key: &str, values: &[&str]| {
            let values = values.iter().map(|it| (*it).to_owned());
            (key.to_owned(), values.collect::<Vec<_>>())
        };
        assert_eq!(
            table("extlinks"),
            [
                pair("issue", &["https://e.example/%s", "issue %s"]),
                pair("pr", &["https://e.example/pr/%s"])
            ]
        );
        assert_eq!(
            table("myst_substitutions"),
            [pair("a", &["b"]), pair("c", &["d"])]
        );
    }

    #[test]
    fn long_files_are_read_in_no_time() {
        for text in [
            "a = [".repeat(100_000),
            "a = '".repeat(100_000),
            "a = (\n".repeat(100_000),
        ] {
            assert!(assignments(&text).len() < 10);
        }
    }

    proptest! {
        #[test]
        fn no_text_is_a_fault(source in "[a-f_='\"#(){}\\[\\],:\\\\ \nö]{0,120}") {
            for value in assignments(&source).values() {
                let _ = (value.strings(), value.table());
            }
        }
    }
}
