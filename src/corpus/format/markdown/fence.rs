//! Fenced code: where it opens and closes, and what its info string says.

/// An open code fence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fence {
    mark: u8,
    length: usize,
    /// Stands in a block quote, so a line without `>` ends it.
    quoted: bool,
    /// Rust, where lines that start with `# ` are not shown.
    pub(super) hides_lines: bool,
    /// What closes it in the output, where that is not the line that closes it here.
    pub(super) closing: Option<&'static str>,
    /// A query whose results are shown in its place.
    pub(super) is_query: bool,
}

/// A line that opens a fence.
pub(super) struct Opening<'a> {
    pub(super) fence: Fence,
    /// What stands before the backticks: white space, `>` and list markers.
    pub(super) lead: &'a str,
    pub(super) marks: &'a str,
    pub(super) language: &'a str,
    /// A file name or title to show above the code.
    pub(super) title: Option<&'a str>,
    /// What stands behind the language and is neither a title nor an option: a title to some.
    pub(super) words: Option<&'a str>,
}

/// Reads a line that opens a fence, in quotes and list items too.
pub(super) fn open(line: &str) -> Option<Opening<'_>> {
    let start = container(line);
    let rest = &line[start..];
    let mark = *rest.as_bytes().first()?;
    if !matches!(mark, b'`' | b'~') {
        return None;
    }
    let length = rest.bytes().take_while(|b| *b == mark).count();
    let info = rest[length..].trim();
    if length < 3 || (mark == b'`' && info.contains('`')) {
        return None;
    }
    let lead = &line[..start];
    let (language, title) = info_string(info);
    Some(Opening {
        fence: Fence {
            mark,
            length,
            quoted: lead.contains('>'),
            hides_lines: language == "rust" || language == "rs",
            closing: None,
            is_query: matches!(language, "dataview" | "dataviewjs" | "tasks" | "query"),
        },
        lead,
        marks: &rest[..length],
        language,
        title,
        words: words(info),
    })
}

impl Fence {
    /// `::: mermaid` of Azure's wikis: as a fence of backticks from there on.
    pub(super) fn of_colons(length: usize) -> Self {
        Self {
            mark: b':',
            length,
            quoted: false,
            hides_lines: false,
            closing: Some("```"),
            is_query: false,
        }
    }

    /// Whether the line ends the code.
    pub(super) fn is_closed_by(&self, line: &str) -> bool {
        let rest = if self.quoted {
            line.trim_start_matches([' ', '>'])
        } else {
            line.trim_start()
        };
        let length = rest.bytes().take_while(|b| *b == self.mark).count();
        length >= self.length && rest[length..].trim().is_empty()
    }

    /// Whether the line stands outside the quote that the code is in.
    pub(super) fn is_left_by(&self, line: &str) -> bool {
        self.quoted && !line.trim_start().starts_with('>')
    }
}

/// The length of a line's white space, `>` and list markers.
pub(super) fn container(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut i = 0;
    loop {
        while i < bytes.len() && (bytes[i] == b' ' || bytes[i] == b'\t') {
            i += 1;
        }
        match bytes.get(i) {
            Some(b'>') => i += 1,
            Some(_) => match marker(&line[i..]) {
                Some(length) => i += length,
                None => return i,
            },
            None => return i,
        }
    }
}

/// The length of a list marker with the space behind it.
pub(super) fn marker(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let length = match bytes.first()? {
        b'-' | b'*' | b'+' => 1,
        b'0'..=b'9' => {
            let digits = bytes
                .iter()
                .take(10)
                .take_while(|b| b.is_ascii_digit())
                .count();
            if !matches!(bytes.get(digits), Some(b'.' | b')')) || digits > 9 {
                return None;
            }
            digits + 1
        }
        _ => return None,
    };
    match bytes.get(length) {
        Some(b' ' | b'\t') => Some(length + 1),
        _ => None,
    }
}

/// `js Node` -> `Node`, `ts src/a.ts wrap` -> `src/a.ts wrap`.
fn words(info: &str) -> Option<&str> {
    let (_, rest) = info.split_once(' ')?;
    let rest = rest.trim();
    let end: usize = rest
        .split_inclusive(' ')
        .take_while(|word| {
            !word.contains(['=', '{', '"', '`'])
                && !matches!(word.trim(), "wrap" | "lines" | "expandable" | "icon")
        })
        .map(str::len)
        .sum();
    Some(rest[..end].trim()).filter(|words| !words.is_empty())
}

/// The language of an info string, and the title that generators read from it.
fn info_string(info: &str) -> (&str, Option<&str>) {
    let title = ["title=", "filename=", "file=", "name="]
        .iter()
        .find_map(|key| {
            let at = info.find(key)?;
            let before = info[..at].chars().next_back();
            if before.is_some_and(char::is_alphanumeric) {
                return None;
            }
            let rest = &info[at + key.len()..];
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            match quote {
                Some(quote) => rest[1..].split(quote).next(),
                None => rest.split([' ', '}']).next(),
            }
        })
        .or_else(|| {
            // VitePress: `js [config.js]`.
            let open = info.find(" [")?;
            let close = info[open..].find(']')?;
            Some(&info[open + 2..open + close])
        })
        .map(str::trim)
        .filter(|title| !title.is_empty() && !title.contains('`'));
    let words = info.trim_start_matches(['{', ' ']);
    let first = words
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | ':' | '['))
        .next()
        .unwrap_or_default();
    // `{code-block} python` of MyST, and its other names.
    let first = match first {
        "code-block" | "code" | "sourcecode" if info.starts_with('{') => words
            .split_once('}')
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .unwrap_or_default(),
        first => first,
    };
    let language = first.trim_start_matches('.');
    let language = language.strip_suffix("-nolint").unwrap_or(language);
    if language.contains('=') || language.starts_with('#') {
        return ("", title);
    }
    (language, title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_strings() {
        for (info, language, title) in [
            ("js {1,3}", "js", None),
            ("rust,ignore", "rust", None),
            ("jsx title=\"src/a.js\"", "jsx", Some("src/a.js")),
            ("{ .yaml .annotate title='x' }", "yaml", Some("x")),
            ("ts:line-numbers [config.ts]", "ts", Some("config.ts")),
            ("html-nolint live-sample___a", "html", None),
            ("{code-block} python", "python", None),
            ("c++", "c++", None),
            ("", "", None),
        ] {
            assert_eq!(info_string(info), (language, title), "{info}");
        }
    }

    #[test]
    fn fences_in_containers() {
        let opening = open("> - ```sh").unwrap();
        assert_eq!((opening.lead, opening.language), ("> - ", "sh"));
        assert!(opening.fence.is_closed_by(">   ```"));
        assert!(opening.fence.is_left_by("text"));
        assert!(open("``` a`b").is_none());
        assert!(open("``").is_none());
        assert!(!open("````").unwrap().fence.is_closed_by("```"));
    }
}
