//! Inline markup and macros.

use super::super::{emit, html::fragment_to_markdown};

/// Longest target and text of an inline macro.
const MAX_TARGET: usize = 300;
const MAX_TEXT: usize = 2000;

/// Marks that were looked for in vain: they cannot close later either.
#[derive(Default)]
struct Exhausted {
    marks: Vec<&'static str>,
}

/// Inline AsciiDoc as inline Markdown, in one pass.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut exhausted = Exhausted::default();
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (0, 0);
    while at < bytes.len() {
        let special = match bytes[at] {
            b'\\'
                if bytes.get(at + 1).is_some_and(|b| {
                    matches!(
                        b,
                        b'*' | b'_' | b'`' | b'+' | b'#' | b'<' | b'[' | b'{' | b'^' | b'~' | b'\''
                    )
                }) =>
            {
                emit::escape_into(&mut out, &text[plain..at]);
                if matches!(bytes[at + 1], b'*' | b'_' | b'`' | b'<' | b'[') {
                    out.push('\\');
                }
                out.push(char::from(bytes[at + 1]));
                at += 2;
                plain = at;
                continue;
            }
            b'*' | b'_' | b'`' | b'+' | b'#' => marked(text, at, &mut exhausted),
            b'"' | b'\'' if bytes.get(at + 1) == Some(&b'`') => curly(text, at, &mut exhausted),
            b'<' if bytes.get(at + 1) == Some(&b'<') => cross_reference(text, at),
            b'(' if bytes.get(at + 1) == Some(&b'(') => index_term(text, at),
            b'[' => bracket(text, at),
            b'&' => character_reference(text, at),
            b':' => named_macro(text, at, plain),
            b'h' | b'f' | b'i' if opens(bytes, at) => address(text, at),
            _ => None,
        };
        let Some(Marked {
            start,
            end,
            markdown,
        }) = special
        else {
            at += 1;
            continue;
        };
        emit::escape_into(&mut out, &text[plain..start]);
        out.push_str(&markdown);
        at = end;
        plain = at;
    }
    emit::escape_into(&mut out, &text[plain..]);
    out
}

struct Marked {
    start: usize,
    end: usize,
    markdown: String,
}

/// Markup around words begins where no word is before it.
fn opens(bytes: &[u8], at: usize) -> bool {
    at == 0
        || !(bytes[at - 1].is_ascii_alphanumeric()
            || matches!(bytes[at - 1], b'_' | b'\\' | b'}' | b';' | b'/')
            || bytes[at - 1] >= 0x80)
}

fn close(text: &str, from: usize, mark: &'static str, exhausted: &mut Exhausted) -> Option<usize> {
    if exhausted.marks.contains(&mark) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut search = from;
    while let Some(found) = text.get(search..).and_then(|rest| rest.find(mark)) {
        let at = search + found;
        let ends_word = mark.len() > 1
            || (!bytes[at - 1].is_ascii_whitespace()
                && bytes
                    .get(at + 1)
                    .is_none_or(|b| !(b.is_ascii_alphanumeric() || *b == b'_')));
        if at > from && ends_word {
            return Some(at);
        }
        search = at + mark.len();
    }
    exhausted.marks.push(mark);
    None
}

fn marked(text: &str, at: usize, exhausted: &mut Exhausted) -> Option<Marked> {
    let rest = &text[at..];
    let bytes = text.as_bytes();
    let double = ["+++", "``", "**", "__", "++", "##"]
        .into_iter()
        .find(|mark| rest.starts_with(mark));
    let (mark, unconstrained) = match double {
        Some(mark) => (mark, true),
        None => (
            ["`", "*", "_", "+", "#"]
                .into_iter()
                .find(|mark| rest.starts_with(mark))?,
            false,
        ),
    };
    let from = at + mark.len();
    if !unconstrained && (!opens(bytes, at) || bytes.get(from).is_none_or(u8::is_ascii_whitespace))
    {
        return None;
    }
    let close = close(text, from, mark, exhausted)?;
    let inner = &text[from..close];
    let mut markdown = String::new();
    match mark {
        "`" | "``" => emit::code_into(&mut markdown, literal(inner)),
        "*" | "**" => {
            let words = emit::escaped(inner.trim_matches('_'));
            markdown = format!("**{}**", words.replace("\\`", "`"));
        }
        "_" | "__" => markdown = format!("*{}*", emit::escaped(inner).replace("\\`", "`")),
        "+++" if inner.contains('<') => markdown = fragment_to_markdown(inner).trim().to_owned(),
        _ => emit::escape_into(&mut markdown, inner),
    }
    Some(Marked {
        start: at,
        end: close + mark.len(),
        markdown,
    })
}

/// `&#8212;`, and the names of characters that are not seen.
fn character_reference(text: &str, at: usize) -> Option<Marked> {
    let name = window(text, at + 1, 16).split_once(';')?.0;
    let code = name
        .strip_prefix('#')
        .and_then(|number| match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        });
    let markdown = match name {
        "shy" | "lrm" | "rlm" | "zwj" | "zwnj" | "ZeroWidthSpace" | "NoBreak" => String::new(),
        _ => emit::escaped(char::from_u32(code?)?.encode_utf8(&mut [0; 4])),
    };
    Some(Marked {
        start: at,
        end: at + 1 + name.len() + 1,
        markdown,
    })
}

/// `` `+text+` `` is text without further markup.
fn literal(code: &str) -> &str {
    code.strip_prefix('+')
        .and_then(|code| code.strip_suffix('+'))
        .unwrap_or(code)
}

/// `` "`text`" ``
fn curly(text: &str, at: usize, exhausted: &mut Exhausted) -> Option<Marked> {
    let (mark, open, closing) = if text.as_bytes()[at] == b'"' {
        ("`\"", '“', '”')
    } else {
        ("`'", '‘', '’')
    };
    let close = close(text, at + 2, mark, exhausted)?;
    Some(Marked {
        start: at,
        end: close + 2,
        markdown: format!("{open}{}{closing}", emit::escaped(&text[at + 2..close])),
    })
}

/// `<<id,text>>`
fn cross_reference(text: &str, at: usize) -> Option<Marked> {
    let rest = window(text, at + 2, MAX_TEXT);
    let end = rest.find(">>")?;
    let inner = &rest[..end];
    let (target, words) = inner.split_once(',').unwrap_or((inner, ""));
    if target.trim().is_empty() || target.contains('\n') {
        return None;
    }
    Some(Marked {
        start: at,
        end: at + 2 + end + 2,
        markdown: reference(target.trim(), words.trim()),
    })
}

/// A link to an anchor, a page or an anchor on a page.
fn reference(target: &str, words: &str) -> String {
    // Antora names component and module before the page.
    let target = target.rsplit_once(':').map_or(target, |(_, page)| page);
    let is_page = target.contains(['.', '/']) || target.ends_with('#');
    let mut out = String::new();
    let shown = if words.is_empty() {
        let name = target
            .trim_end_matches('#')
            .rsplit(['/', '#'])
            .next()
            .unwrap_or(target);
        emit::escaped(
            &name
                .trim_end_matches(".adoc")
                .trim_matches('_')
                .replace('_', " "),
        )
    } else {
        emit::without_links(&markdown_of_title(words))
    };
    let destination = if is_page {
        target.trim_end_matches('#').to_owned()
    } else {
        format!(
            "ref:xref:{}",
            target.trim_start_matches('#').replace(' ', "%20")
        )
    };
    emit::link_into(&mut out, &shown, &destination);
    out
}

/// The words of a reference, which may be a title with markup of its own.
fn markdown_of_title(words: &str) -> String {
    if words.contains(['`', '*', '_', '+']) && !words.contains("<<") && !words.contains("xref:") {
        markdown(words)
    } else {
        emit::escaped(words)
    }
}

/// `((term))` is text, `(((a, b)))` is not.
fn index_term(text: &str, at: usize) -> Option<Marked> {
    let hidden = text[at..].starts_with("(((");
    let (from, closing) = if hidden {
        (at + 3, ")))")
    } else {
        (at + 2, "))")
    };
    let rest = window(text, from, MAX_TARGET);
    let end = rest.find(closing)?;
    let markdown = if hidden {
        String::new()
    } else {
        emit::escaped(&rest[..end])
    };
    Some(Marked {
        start: at,
        end: from + end + closing.len(),
        markdown,
    })
}

/// `[[anchor]]` and `[.role]#text#`: neither is shown.
fn bracket(text: &str, at: usize) -> Option<Marked> {
    let rest = window(text, at, MAX_TARGET);
    let end = if rest.starts_with("[[") {
        rest.find("]]")? + 2
    } else if rest.starts_with("[.") || rest.starts_with("[#") {
        rest.find(']').filter(|end| {
            matches!(
                rest.as_bytes().get(end + 1),
                Some(b'#' | b'*' | b'_' | b'`')
            )
        })? + 1
    } else {
        return None;
    };
    Some(Marked {
        start: at,
        end: at + end,
        markdown: String::new(),
    })
}

/// `name:target[text]`; `at` is at the colon.
fn named_macro(text: &str, at: usize, plain: usize) -> Option<Marked> {
    let length = text.as_bytes()[plain..at]
        .iter()
        .rev()
        .take(16)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let name = &text[at - length..at];
    let known = matches!(
        name,
        "link"
            | "xref"
            | "image"
            | "icon"
            | "kbd"
            | "btn"
            | "menu"
            | "footnote"
            | "footnoteref"
            | "linkgit"
            | "anchor"
            | "stem"
            | "latexmath"
            | "asciimath"
            | "pass"
            | "indexterm"
            | "indexterm2"
            | "mailto"
    );
    if !known {
        return None;
    }
    let rest = window(text, at + 1, MAX_TARGET + MAX_TEXT);
    let open = window(rest, 0, MAX_TARGET).find(|c: char| c == '[' || c.is_whitespace())?;
    if rest.as_bytes()[open] != b'[' {
        return None;
    }
    let target = &rest[..open];
    let close = open + closing_bracket(&rest[open..])?;
    let words = rest[open + 1..close].replace("\\]", "]");
    let mut markdown = String::new();
    match name {
        "link" | "mailto" => {
            let destination = if name == "mailto" {
                format!("mailto:{target}")
            } else {
                target.to_owned()
            };
            link(&mut markdown, &words, target, destination.trim_matches('+'));
        }
        "xref" => markdown = reference(target, &words),
        "linkgit" => {
            let shown = format!("{target}({words})");
            emit::link_into(
                &mut markdown,
                &emit::escaped(&shown),
                &format!("ref:man:{target}.{words}"),
            );
        }
        "image" => emit::escape_into(&mut markdown, alternative(&words)),
        "kbd" | "stem" | "latexmath" | "asciimath" => emit::code_into(&mut markdown, &words),
        "btn" => markdown = format!("**{}**", emit::escaped(&words)),
        "menu" => {
            markdown = format!(
                "**{} → {}**",
                emit::escaped(target),
                emit::escaped(&words.replace('>', "→"))
            );
        }
        "footnote" | "footnoteref" => markdown = format!(" ({})", emit::escaped(&words)),
        "pass" if words.contains('<') => {
            markdown.push_str(fragment_to_markdown(&words).trim());
        }
        "indexterm2" | "pass" => emit::escape_into(&mut markdown, &words),
        _ => {}
    }
    Some(Marked {
        start: at - length,
        end: at + 1 + close + 1,
        markdown,
    })
}

/// `https://address[text]`, and the address alone.
fn address(text: &str, at: usize) -> Option<Marked> {
    let rest = window(text, at, MAX_TARGET + MAX_TEXT);
    if !["https://", "http://", "ftp://", "irc://"]
        .iter()
        .any(|scheme| rest.starts_with(scheme))
    {
        return None;
    }
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '<' | '>' | '"' | '`'))
        .unwrap_or(rest.len());
    let mut markdown = String::new();
    if rest.as_bytes().get(end) == Some(&b'[') {
        let close = end + closing_bracket(&rest[end..])?;
        link(
            &mut markdown,
            &rest[end + 1..close],
            &rest[..end],
            &rest[..end],
        );
        return Some(Marked {
            start: at,
            end: at + close + 1,
            markdown,
        });
    }
    let address = rest[..end].trim_end_matches(['.', ',', ')', ';', ':', '\'']);
    markdown.push_str(address);
    Some(Marked {
        start: at,
        end: at + address.len(),
        markdown,
    })
}

/// The words of a link end where its attributes begin: `text,window=_blank`, `text^`.
fn link(out: &mut String, words: &str, target: &str, destination: &str) {
    let words = match words.rfind(',') {
        Some(comma) if words[comma..].contains('=') => &words[..comma],
        _ => words,
    };
    let words = words.trim_end_matches('^').trim_matches('"');
    let words = if words.is_empty() {
        emit::escaped(target)
    } else {
        markdown_of_words(words)
    };
    emit::link_into(out, &words, destination);
}

/// Code may stand in a link's words; other marks are taken as they are.
fn markdown_of_words(words: &str) -> String {
    match words
        .strip_prefix('`')
        .and_then(|code| code.strip_suffix('`'))
    {
        Some(code) => {
            let mut out = String::new();
            emit::code_into(&mut out, literal(code));
            out
        }
        None => emit::escaped(words),
    }
}

/// The text of an image: its first attribute, `alt=`, or `title=`.
pub(super) fn alternative(attributes: &str) -> &str {
    let named = |name: &str| {
        let value = attributes.split_once(name)?.1;
        Some(match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
            None => value.split(',').next().unwrap_or(value),
        })
    };
    let first = match attributes.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
        None => attributes.split(',').next().unwrap_or(attributes),
    };
    let first = Some(first).filter(|text| !text.is_empty() && !text.contains('='));
    first
        .or_else(|| named("alt="))
        .or_else(|| named("title="))
        .unwrap_or("")
}

fn closing_bracket(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (1..bytes.len().min(MAX_TEXT)).find(|at| bytes[*at] == b']' && bytes[at - 1] != b'\\')
}

/// At most `length` bytes from `from` on.
fn window(text: &str, from: usize, length: usize) -> &str {
    let mut end = text.len().min(from + length);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(from..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_macros() {
        assert_eq!(
            markdown("a *b* _c_ `d_e` `+f*+` +g*+ 2*3*4 snake_case_x"),
            "a **b** *c* `d_e` `f*` g* 2\\*3\\*4 snake_case_x"
        );
        assert_eq!(
            markdown("<<set-up,Set up>> xref:a/b.adoc#c[text] <<x>>"),
            "[Set up](ref:xref:set-up) [text](a/b.adoc#c) [x](ref:xref:x)"
        );
        assert_eq!(
            markdown("https://x.org[X^] link:y.html[Y,window=_blank] https://z.org/a_b_."),
            "[X](https://x.org) [Y](y.html) https://z.org/a_b_."
        );
        assert_eq!(
            markdown("linkgit:git-add[1] kbd:[Ctrl+C] ((term)) (((hidden)))[[anchor]]"),
            "[git-add(1)](ref:man:git-add.1) `Ctrl+C` term "
        );
        assert_eq!(markdown(r#"\*no* "`quoted`""#), "\\*no* “quoted”");
    }

    #[test]
    fn hostile_lines_are_linear() {
        for part in [
            "*a ",
            "``a ",
            "`a ",
            "<<a ",
            "((a ",
            "[[a ",
            "link:a",
            "https://a",
            "\"`a ",
            "_",
        ] {
            markdown(&part.repeat(100_000));
        }
    }
}
