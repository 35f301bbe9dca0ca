//! Inline markup and roles.

use super::super::emit;
use super::definitions::Definitions;

/// What a later part of the line cannot close, once looked for in vain.
#[derive(Default)]
struct Exhausted {
    literal: bool,
    strong: bool,
    emphasis: bool,
    quoted: bool,
    substitution: bool,
}

/// Inline reStructuredText as inline Markdown, in one pass.
pub(super) fn markdown(text: &str, definitions: &Definitions<'_>) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut exhausted = Exhausted::default();
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (0, 0);
    while at < bytes.len() {
        let special = match bytes[at] {
            b'\\' => {
                emit::escape_into(&mut out, &text[plain..at]);
                let escaped = text[at + 1..].chars().next();
                if let Some(c) = escaped.filter(|c| !c.is_whitespace()) {
                    // What stands next decides what has to be escaped, and is not known yet.
                    if matches!(c, '*' | '_' | '`' | '<' | '[' | ']' | '\\' | '~') {
                        out.push('\\');
                    }
                    out.push(c);
                }
                at += 1 + escaped.map_or(0, char::len_utf8);
                plain = at;
                continue;
            }
            b'`' | b'*' | b'|' if opens(bytes, at) => marked(text, at, definitions, &mut exhausted),
            b':' if opens(bytes, at) => role(text, at, definitions, &mut exhausted),
            b'_' => reference(text, plain, at, definitions),
            b'[' if opens(bytes, at) => footnote(text, at),
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

/// A stretch of the text and what it becomes.
struct Marked {
    start: usize,
    end: usize,
    markdown: String,
}

/// Markup begins behind white space or an opening mark, and before neither.
fn opens(bytes: &[u8], at: usize) -> bool {
    let before = at == 0
        || bytes[at - 1].is_ascii_whitespace()
        || bytes[at - 1] >= 0x80
        || matches!(
            bytes[at - 1],
            b'(' | b'[' | b'{' | b'<' | b'-' | b'/' | b'\'' | b'"' | b':' | b'=' | b','
        );
    before && bytes.get(at + 1).is_some_and(|b| !b.is_ascii_whitespace())
}

/// The end of markup that `mark` closes, from `from` on; `None`, now and later, where there is none.
fn close(text: &str, from: usize, mark: &str, exhausted: &mut bool) -> Option<usize> {
    if *exhausted {
        return None;
    }
    let bytes = text.as_bytes();
    let mut search = from + 1;
    while let Some(found) = text.get(search..).and_then(|rest| rest.find(mark)) {
        let at = search + found;
        let after = bytes.get(at + mark.len());
        let ends = after.is_none_or(|b| !b.is_ascii_alphanumeric());
        if !bytes[at - 1].is_ascii_whitespace()
            && (ends || mark == "`")
            && (bytes[at - 1] != b'\\' || mark == "``")
        {
            return Some(at);
        }
        search = at + mark.len();
    }
    *exhausted = true;
    None
}

fn marked(
    text: &str,
    at: usize,
    definitions: &Definitions<'_>,
    exhausted: &mut Exhausted,
) -> Option<Marked> {
    let rest = &text[at..];
    let mut markdown = String::new();
    if rest.starts_with("``") {
        let end = close(text, at + 2, "``", &mut exhausted.literal)?;
        // A literal may end in a backquote of its own.
        let end = end + text[end + 2..].bytes().take_while(|b| *b == b'`').count();
        emit::code_into(&mut markdown, &text[at + 2..end]);
        return Some(Marked {
            start: at,
            end: end + 2,
            markdown,
        });
    }
    if rest.starts_with("**") {
        let end = close(text, at + 2, "**", &mut exhausted.strong)?;
        markdown = format!("**{}**", emit::escaped(&unescaped(&text[at + 2..end])));
        return Some(Marked {
            start: at,
            end: end + 2,
            markdown,
        });
    }
    if rest.starts_with('*') {
        let end = close(text, at + 1, "*", &mut exhausted.emphasis)?;
        markdown = format!("*{}*", emit::escaped(&unescaped(&text[at + 1..end])));
        return Some(Marked {
            start: at,
            end: end + 1,
            markdown,
        });
    }
    if rest.starts_with('|') {
        let end = close(text, at + 1, "|", &mut exhausted.substitution)?;
        let name = &text[at + 1..end];
        let value = definitions.substitution(name)?;
        let end = end + 1;
        // A value has been put together before: it names no others, so it cannot grow.
        if value.contains(['`', '*', '\\']) && !value.contains('|') {
            markdown = self::markdown(value, definitions);
        } else {
            emit::escape_into(&mut markdown, value);
        }
        let destination = if text[end - 1..].starts_with("|__") {
            definitions.anonymous()
        } else if text[end - 1..].starts_with("|_") {
            definitions.target(name)
        } else {
            None
        };
        if let Some(destination) = destination {
            let words = std::mem::take(&mut markdown);
            emit::link_into(&mut markdown, &words, destination);
        }
        let underscores = text[end..].bytes().take(2).take_while(|b| *b == b'_');
        return Some(Marked {
            start: at,
            end: end + underscores.count(),
            markdown,
        });
    }
    quoted(text, at, "", definitions, exhausted)
}

/// `` :role:`text` ``
fn role(
    text: &str,
    at: usize,
    definitions: &Definitions<'_>,
    exhausted: &mut Exhausted,
) -> Option<Marked> {
    let rest = &text.as_bytes()[at + 1..];
    let length = rest
        .iter()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'+' | b'.'))
        .count();
    let name = text[at + 1..at + 1 + length].strip_suffix(':')?;
    if name.is_empty() || rest.get(length) != Some(&b'`') {
        return None;
    }
    let found = quoted(text, at + 1 + length, name, definitions, exhausted)?;
    Some(Marked { start: at, ..found })
}

/// `` `text` `` with what may follow: `_`, `__`, or a role.
fn quoted(
    text: &str,
    at: usize,
    role: &str,
    definitions: &Definitions<'_>,
    exhausted: &mut Exhausted,
) -> Option<Marked> {
    let close = close(text, at + 1, "`", &mut exhausted.quoted)?;
    let content = unescaped(&text[at + 1..close]);
    let mut end = close + 1;
    let mut markdown = String::new();
    if !role.is_empty() {
        with_role(&mut markdown, role, &content, definitions);
        return Some(Marked {
            start: at,
            end,
            markdown,
        });
    }
    let underscores = text[end..]
        .bytes()
        .take(2)
        .take_while(|b| *b == b'_')
        .count();
    if underscores > 0 {
        end += underscores;
        let (words, target) = explicit(&content).unwrap_or((&content, ""));
        let words = if words.is_empty() { target } else { words };
        let named = target
            .strip_suffix('_')
            .unwrap_or(if target.is_empty() { words } else { "" });
        let anonymous = if underscores == 2 && target.is_empty() {
            definitions.anonymous()
        } else {
            None
        };
        let destination = anonymous
            .or_else(|| definitions.target(named))
            .unwrap_or(if target.ends_with('_') { "" } else { target });
        emit::link_into(&mut markdown, &emit::escaped(words), destination);
    } else if let Some(name) = suffix_role(&text[end..]) {
        end += name.len() + 2;
        with_role(&mut markdown, name, &content, definitions);
    } else if content.contains(' ') {
        markdown = format!("*{}*", emit::escaped(&content));
    } else {
        emit::code_into(&mut markdown, &content);
    }
    Some(Marked {
        start: at,
        end,
        markdown,
    })
}

fn suffix_role(text: &str) -> Option<&str> {
    let name = text.strip_prefix(':')?;
    let end = name
        .bytes()
        .take(40)
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')))?;
    (end > 0 && name.as_bytes()[end] == b':').then(|| &name[..end])
}

/// `text <target>`
fn explicit(content: &str) -> Option<(&str, &str)> {
    let (words, target) = content.strip_suffix('>')?.rsplit_once('<')?;
    Some((words.trim(), target.trim()))
}

fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
        } else if let Some(next) = chars.next().filter(|c| !c.is_whitespace()) {
            out.push(next);
        }
    }
    out
}

fn with_role(out: &mut String, role: &str, content: &str, definitions: &Definitions<'_>) {
    let (words, target) = match explicit(content) {
        Some((words, target)) => (Some(words), target),
        None => (None, content),
    };
    // `:py:func:` and `:c:func:` are `:func:` in their languages.
    let name = role.rsplit(':').next().unwrap_or(role);
    match name {
        "ref" | "any" if words.is_none() && !target.starts_with('!') => {
            let title = definitions.label(target);
            let words = match &title {
                Some(title) => title_words(title, definitions),
                None => emit::escaped(target),
            };
            emit::link_into(out, &words, &reference_to(name, &super::normalized(target)));
        }
        "ref" | "numref" | "term" | "any" | "keyword" | "token" | "eq" | "label" => {
            let words = emit::escaped(words.unwrap_or(target));
            emit::link_into(out, &words, &reference_to(name, &super::normalized(target)));
        }
        "doc" => {
            let title = || definitions.titles.of_page(target);
            let words = match words {
                Some(words) => emit::escaped(words),
                None => title().map_or_else(
                    || emit::escaped(target.rsplit('/').next().unwrap_or(target)),
                    |title| title_words(&title, definitions),
                ),
            };
            emit::link_into(out, &words, target);
        }
        "download" => emit::link_into(out, &emit::escaped(words.unwrap_or(target)), target),
        "func" | "meth" | "class" | "mod" | "attr" | "data" | "exc" | "obj" | "const" | "type"
        | "macro" | "member" | "struct" | "enum" | "enumerator" | "union" | "var" | "function"
        | "method" | "module" | "attribute" | "exception" | "property" | "py" | "cfunc"
        | "envvar" | "option" | "confval" | "setting" | "djadmin" | "ttag" | "tfilter"
        | "lookup" | "opcode" | "pdbcmd" | "monitoring-event" => object(out, name, words, target),
        "code" | "file" | "command" | "program" | "samp" | "kbd" | "literal" | "makevar"
        | "regexp" | "mimetype" | "math" | "path" | "bash" | "sh" | "python" | "expr" | "cpp"
        | "c" | "newsgroup" => emit::code_into(out, content),
        "manpage" => {
            let target = content.replace('(', ".").replace(')', "");
            emit::link_into(out, &emit::escaped(content), &reference_to("man", &target));
        }
        "pep" | "rfc" => {
            let number: String = target.chars().take_while(char::is_ascii_digit).collect();
            let upper = name.to_ascii_uppercase();
            let shown = words.map_or_else(|| format!("{upper} {target}"), emit::escaped);
            let address = match name {
                "pep" => format!("https://peps.python.org/pep-{number:0>4}/"),
                _ => format!("https://www.rfc-editor.org/rfc/rfc{number}"),
            };
            emit::link_into(out, &shown, if number.is_empty() { "" } else { &address });
        }
        "strong" | "guilabel" | "menuselection" => {
            out.push_str("**");
            out.push_str(&emit::escaped(
                &content.replace("-->", "→").replace('&', ""),
            ));
            out.push_str("**");
        }
        "emphasis" | "dfn" | "title" | "title-reference" | "cite" => {
            out.push('*');
            out.push_str(&emit::escaped(content));
            out.push('*');
        }
        "raw-html" | "raw" | "raw-latex" | "index" => {}
        "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "trace"
            if role.starts_with("http:") =>
        {
            emit::code_into(
                out,
                &format!("{} {}", name.to_ascii_uppercase(), words.unwrap_or(target)),
            );
        }
        _ => match definitions.titles.external(role, target) {
            Some((caption, address)) => {
                emit::link_into(out, &emit::escaped(words.unwrap_or(&caption)), &address);
            }
            None => emit::escape_into(out, words.unwrap_or(content)),
        },
    }
}

/// The words of a title that another page or another place has.
pub(super) fn title_words(title: &str, definitions: &Definitions<'_>) -> String {
    if definitions.titles.is_inside.replace(true) {
        return emit::escaped(title);
    }
    let words = emit::without_links(&markdown(title, definitions));
    definitions.titles.is_inside.set(false);
    words
}

/// A described object: `~a.b.c` shows as `c`, `!a.b` leads nowhere.
fn object(out: &mut String, kind: &str, words: Option<&str>, target: &str) {
    let (target, linked) = match target.strip_prefix('!') {
        Some(target) => (target, false),
        None => (target, true),
    };
    let (target, short) = match target.strip_prefix('~') {
        Some(target) => (target, true),
        None => (target, false),
    };
    let target = target.trim_start_matches('.');
    let mut shown = words
        .unwrap_or(if short {
            target.rsplit('.').next().unwrap_or(target)
        } else {
            target
        })
        .to_owned();
    if words.is_none()
        && matches!(kind, "func" | "meth" | "function" | "method" | "cfunc")
        && !shown.ends_with(')')
    {
        shown.push_str("()");
    }
    let mut code = String::new();
    emit::code_into(&mut code, &shown);
    if linked {
        emit::link_into(
            out,
            &code,
            &reference_to(kind, target.trim_end_matches("()")),
        );
    } else {
        out.push_str(&code);
    }
}

/// The destination of a reference that is no path; what a URL cannot hold is encoded.
fn reference_to(kind: &str, name: &str) -> String {
    let mut out = format!("ref:{kind}:");
    for c in name.chars() {
        match c {
            '%' => out.push_str("%25"),
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            c => out.push(c),
        }
    }
    out
}

/// `name_` and `name__`, where the page defines the name; `at` is at the first underscore.
fn reference(text: &str, plain: usize, at: usize, definitions: &Definitions<'_>) -> Option<Marked> {
    let bytes = text.as_bytes();
    let end = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'_'));
    if bytes
        .get(end)
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
    {
        return None;
    }
    // Longer names than this are written in backquotes.
    let word = bytes[plain..at].iter().rev().take(80);
    let length = word
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b':'))
        .count();
    let name = text.get(at - length..at).filter(|name| !name.is_empty())?;
    let destination = definitions.target(name)?;
    let mut markdown = String::new();
    emit::link_into(&mut markdown, &emit::escaped(name), destination);
    Some(Marked {
        start: at - length,
        end,
        markdown,
    })
}

/// `[1]_`, `[#name]_`, `[CIT2002]_`
fn footnote(text: &str, at: usize) -> Option<Marked> {
    let rest = &text.as_bytes()[at + 1..];
    let length = rest.iter().take(60).position(|b| *b == b']')?;
    if rest.get(length + 1) != Some(&b'_') || length == 0 {
        return None;
    }
    let label = &text[at + 1..at + 1 + length];
    Some(Marked {
        start: at,
        end: at + length + 3,
        markdown: format!("\\[{}]", emit::escaped(label)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let lines = [
            ".. _home: https://x.org/",
            ".. |me| replace:: docent",
            ".. _b c: home_",
        ];
        markdown(text, &Definitions::collect(&lines, None))
    }

    #[test]
    fn markup_and_roles() {
        assert_eq!(
            read("Use ``a_b`` and *x* or **y**, 2 * 3 * 4"),
            "Use `a_b` and *x* or **y**, 2 * 3 * 4"
        );
        assert_eq!(
            read("See :ref:`the guide <set-up>` and :doc:`/a/b`."),
            "See [the guide](ref:ref:set-up) and [b](/a/b)."
        );
        assert_eq!(
            read(":py:func:`~os.path.join` :class:`!Foo` :pep:`8`"),
            "[`join()`](ref:func:os.path.join) `Foo` [PEP 8](https://peps.python.org/pep-0008/)"
        );
        assert_eq!(
            read("`text <https://y.org>`_ home_ `b c`_ no_ |me| [1]_"),
            "[text](https://y.org) [home](https://x.org/) [b c](https://x.org/) no_ docent \\[1]"
        );
        assert_eq!(read(r"re\ *al*\ ly \*not\*"), r"re*al*ly \*not\*");
    }

    #[test]
    fn hostile_lines_are_linear() {
        for part in ["*a ", "``a ", "`a ", "|a ", ":r:`a ", "[a", "a_ ", "\\"] {
            read(&part.repeat(200_000));
        }
    }
}
