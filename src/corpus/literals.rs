//! The string literals of a JavaScript, TypeScript or JSON file, each with the key it stands under. Nothing is run: what is
//! computed is not seen.

/// Literals that are looked at.
const MAX: usize = 50_000;

/// A string literal that is a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal<'a> {
    /// The key whose value it is; `None`: it stands in a list.
    pub(super) key: Option<&'a str>,
    pub(super) text: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Text(&'a str),
    Name(&'a str),
    Mark(u8),
}

/// All literals in their order. Escapes are left as they are: no path needs one.
pub(super) fn literals(source: &str) -> Vec<Literal<'_>> {
    let tokens = tokens(source);
    let mark = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(Token::Mark(mark)) => Some(*mark),
        _ => None,
    };
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Text(text) = token else {
            continue;
        };
        if mark(Some(at + 1)) == Some(b':') {
            continue;
        }
        let key = match mark(at.checked_sub(1)) {
            Some(b'[' | b',') => None,
            // In `a ? 'b' : 'c'` it is none.
            Some(b':') if matches!(mark(at.checked_sub(3)), None | Some(b'{' | b',')) => {
                match at.checked_sub(2).and_then(|at| tokens.get(at)) {
                    Some(Token::Text(key) | Token::Name(key)) => Some(*key),
                    _ => continue,
                }
            }
            _ => continue,
        };
        found.push(Literal { key, text });
    }
    found
}

/// What comes after the first key with this name; all where there is none.
pub(super) fn after<'a>(source: &'a str, key: &str) -> &'a str {
    let mut found = source.match_indices(key);
    let first = found.find(|(at, _)| {
        let rest = source[at + key.len()..].trim_start_matches(['"', '\'']);
        rest.trim_start().starts_with([':', '='])
    });
    first.map_or(source, |(at, _)| &source[at..])
}

/// The first object of a text, with its brackets; `""` where there is none, or no end of it.
pub(super) fn object(source: &str) -> &str {
    let bytes = source.as_bytes();
    let Some(start) = source.find('{') else {
        return "";
    };
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        let rest = &bytes[at..];
        match bytes[at] {
            b'/' if rest.starts_with(b"//") => {
                at += rest
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .unwrap_or(rest.len());
            }
            b'/' if rest.starts_with(b"/*") => {
                at += source[at..].find("*/").map_or(rest.len(), |end| end + 2);
            }
            quote @ (b'"' | b'\'' | b'`') => at += end_of(&bytes[at + 1..], quote) + 2,
            b'{' => {
                depth += 1;
                at += 1;
            }
            b'}' => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return &source[start..at];
                }
            }
            _ => at += 1,
        }
    }
    ""
}

/// An object without those in it.
pub(super) fn shallow(object: &str) -> String {
    let Some(inside) = object.strip_prefix('{') else {
        return object.to_owned();
    };
    let mut out = String::from("{");
    let mut rest = inside;
    while let Some(open) = rest.find('{') {
        let inner = self::object(rest);
        if inner.is_empty() {
            break;
        }
        // Where it is found may be behind a text with a brace in it.
        let start = open + rest[open..].find(inner).unwrap_or(0);
        out.push_str(&rest[..start]);
        out.push_str("{}");
        rest = &rest[start + inner.len()..];
    }
    out.push_str(rest);
    out
}

fn tokens(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() && tokens.len() < 4 * MAX {
        let rest = &source[at..];
        match bytes[at] {
            b'/' if rest.starts_with("//") => at += rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            }
            quote @ (b'"' | b'\'' | b'`') => {
                let end = end_of(&bytes[at + 1..], quote);
                tokens.push(Token::Text(&source[at + 1..at + 1 + end]));
                at += end + 2;
            }
            first if first.is_ascii_alphabetic() || matches!(first, b'_' | b'$') => {
                let is_inside =
                    |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
                let length = bytes[at..]
                    .iter()
                    .take_while(|byte| is_inside(byte))
                    .count();
                tokens.push(Token::Name(&rest[..length]));
                at += length;
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    tokens.push(Token::Mark(byte));
                }
                // To where the next character begins.
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    tokens
}

/// How long a literal is that ends with this quote.
fn end_of(bytes: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals_come_with_their_keys() {
        let source = "// 'no'\nexport default { docs: ['intro', { type: \"doc\", 'id': `guide/setup` }, /* 'no' */ \
                      'größe'], link: cond ? 'a' : 'b', };";
        let found: Vec<_> = literals(source)
            .into_iter()
            .map(|it| (it.key, it.text))
            .collect();
        assert_eq!(
            found,
            [
                (None, "intro"),
                (Some("type"), "doc"),
                (Some("id"), "guide/setup"),
                (None, "größe"),
            ]
        );
        assert_eq!(
            after("nav: ['x'], sidebar: ['y']", "sidebar"),
            "sidebar: ['y']"
        );
        assert_eq!(after("{\"sidebar\": 1}", "sidebar"), "sidebar\": 1}");
        assert_eq!(after("none", "sidebar"), "none");
        assert_eq!(
            object("docs: { a: '}', b: {} /* } */ }, c: {}"),
            "{ a: '}', b: {} /* } */ }"
        );
        assert_eq!(object("docs: { a: '"), "");
        assert_eq!(
            shallow("{ a: { b: {} }, c: 'd', e: {f: 1} }"),
            "{ a: {}, c: 'd', e: {} }"
        );
    }

    proptest! {
        #[test]
        fn no_text_is_a_fault(source in "[a-z'\"`:/*\\\\ö,\\[\\] \n]{0,80}") {
            let _ = literals(&source);
            let _ = (after(&source, "a"), object(&source), shallow(&format!("{{{source}")));
        }
    }
}
