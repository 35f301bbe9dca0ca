//! Lines as docent writes them to stderr: `2026-11-27T10:30:59.123456Z  INFO search tool="search" query="…" hits=8`.
//!
//! What stands before the time, as `docker compose logs` and others write it, is passed over.

use std::borrow::Cow;

use super::{moment::Moment, record::Fields};

/// Reads a line; `None` where it tells of nothing that is looked for here.
pub(super) fn fields(line: &str) -> Option<Fields<'_>> {
    let (at, rest) = begin(line)?;
    let (message, mut rest) = message(rest)?;
    let mut fields = Fields {
        at: Some(at),
        message: Cow::Borrowed(message),
        ..Fields::default()
    };
    while let Some((name, after)) = rest.trim_start().split_once('=') {
        let (value, after) = value(after)?;
        rest = after;
        // The first one counts.
        if let Some(field) = field(&mut fields, name).filter(|field| field.is_none()) {
            *field = Some(value);
        }
    }
    let is_told = match message {
        "a call failed" => fields.tool.is_some(),
        "report" => fields.kind.is_some(),
        message => fields.tool.as_deref() == Some(message),
    };
    is_told.then_some(fields)
}

/// The same with text of its own.
pub(super) fn owned<'b>(fields: Fields<'_>) -> Fields<'b> {
    let own = |field: Option<Cow<'_, str>>| field.map(|field| Cow::Owned(field.into_owned()));
    Fields {
        at: fields.at,
        message: Cow::Owned(fields.message.into_owned()),
        tool: own(fields.tool),
        query: own(fields.query),
        hits: own(fields.hits),
        outcome: own(fields.outcome),
        pages: own(fields.pages),
        missing: own(fields.missing),
        microseconds: own(fields.microseconds),
        client: own(fields.client),
        protocol: own(fields.protocol),
        endpoint: own(fields.endpoint),
        address: own(fields.address),
        audience: own(fields.audience),
        key: own(fields.key),
        error: own(fields.error),
        set: own(fields.set),
        page: own(fields.page),
        kind: own(fields.kind),
        text: own(fields.text),
    }
}

fn field<'f, 'a>(fields: &'f mut Fields<'a>, name: &str) -> Option<&'f mut Option<Cow<'a, str>>> {
    Some(match name {
        "tool" => &mut fields.tool,
        "query" => &mut fields.query,
        "hits" => &mut fields.hits,
        "outcome" => &mut fields.outcome,
        "pages" => &mut fields.pages,
        "missing" => &mut fields.missing,
        "microseconds" => &mut fields.microseconds,
        "client" => &mut fields.client,
        "protocol" => &mut fields.protocol,
        "endpoint" => &mut fields.endpoint,
        "address" => &mut fields.address,
        "audience" => &mut fields.audience,
        "key" => &mut fields.key,
        "error" => &mut fields.error,
        "set" => &mut fields.set,
        "page" => &mut fields.page,
        "kind" => &mut fields.kind,
        "text" => &mut fields.text,
        _ => return None,
    })
}

/// The time, and what follows the level.
fn begin(line: &str) -> Option<(Moment, &str)> {
    const LEVELS: [&str; 2] = ["INFO", "ERROR"];
    // Names of containers and of pods stand before it, and perhaps another time.
    const MAX_WORDS: usize = 8;
    let mut before = None;
    let mut rest = line;
    for _ in 0..MAX_WORDS {
        rest = rest.trim_start();
        let end = rest.find(' ')?;
        let (word, after) = rest.split_at(end);
        if LEVELS.contains(&word)
            && let Some(at) = before.and_then(Moment::parse)
        {
            return Some((at, after.trim_start()));
        }
        before = Some(word);
        rest = after;
    }
    None
}

/// The words before the first field, and the fields.
fn message(text: &str) -> Option<(&str, &str)> {
    let equals = text.find('=')?;
    let space = text[..equals].rfind(' ')?;
    Some((&text[..space], &text[space + 1..]))
}

/// A value, bare or as Rust writes text in quotes, and what follows it.
fn value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(' ').unwrap_or(text.len());
        return Some((Cow::Borrowed(&text[..end]), &text[end..]));
    };
    let end = quoted.find(['"', '\\'])?;
    if quoted.as_bytes()[end] == b'"' {
        return Some((Cow::Borrowed(&quoted[..end]), &quoted[end + 1..]));
    }
    let mut value = String::with_capacity(quoted.len().min(1_024));
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((Cow::Owned(value), &quoted[at + 1..])),
            '\\' => value.push(match characters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'u' => {
                    let (hex, _) = quoted[at + 2..].strip_prefix('{')?.split_once('}')?;
                    for _ in 0..hex.len() + 2 {
                        characters.next()?;
                    }
                    char::from_u32(u32::from_str_radix(hex, 16).ok()?)?
                }
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_read_as_it_is_written() {
        for query in [
            "rotate keys",
            "a \"quoted\" = \\ word",
            "tab\tline\nbell\u{7} zero\0",
            "\u{1b}[31m \u{202e} über 日本 😀",
            "tool=\"read\" hits=9",
        ] {
            let line = format!(
                "docent-1  | 2026-11-27T10:30:59.123456Z  INFO search tool=\"search\" query={query:?} hits=8 address=00ff client=\"a/1\""
            );
            let fields = fields(&line).unwrap();
            assert_eq!(fields.query.as_deref(), Some(query), "{line}");
            assert_eq!(fields.hits.as_deref(), Some("8"), "{line}");
            assert_eq!(fields.address.as_deref(), Some("00ff"));
            assert_eq!(fields.client.as_deref(), Some("a/1"));
        }
    }

    #[test]
    fn other_lines_tell_nothing() {
        for line in [
            "",
            "search tool=\"search\" hits=8",
            "2026-11-27T10:30:59Z  INFO ready status=\"1 page\"",
            "2026-11-27T10:30:59Z  INFO not renewed error=x tool=\"search\" query=\"forged\"",
            "2026-11-27T10:30:59Z  INFO search tool=\"search\" query=\"cut",
            "2026-11-27T10:30:59Z  INFO search tool=\"search\" query=\"\\u{110000}\"",
            "2026-11-27T10:30:59Z DEBUG search tool=\"search\" hits=8",
            "yesterday  INFO search tool=\"search\" hits=8",
        ] {
            assert!(fields(line).is_none(), "{line}");
        }
        let failed = "2026-11-27T10:30:59Z ERROR a call failed tool=\"search\" error=\"why\"";
        assert_eq!(fields(failed).unwrap().error.as_deref(), Some("why"));
    }
}
