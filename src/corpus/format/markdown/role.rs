//! Roles of MyST: `` {kbd}`Ctrl+S` ``, `` {doc}`other` ``, `` {py:func}`~a.b` ``.

use super::macros::{code_span, destination};
use super::names::Names;
use super::tag::window;

/// A role may be this long, in bytes.
const LONGEST: usize = 2048;

/// Reads the role whose `{` stands at `at`: what it shows, and the offset behind it.
pub(super) fn role(text: &str, at: usize, names: &Names<'_>) -> Option<(String, usize)> {
    let near = window(text, at + 1, LONGEST);
    let length = near.find('}').filter(|length| *length <= 64)?;
    let name = &near[..length];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.' | b'+'));
    let rest = &near[length + 1..];
    let ticks = rest.bytes().take_while(|b| *b == b'`').count();
    if !is_name || ticks == 0 || ticks > 2 || text[..at].ends_with(['$', '{']) {
        return None;
    }
    let end = rest[ticks..].find(&rest[..ticks])?;
    let content = &rest[ticks..ticks + end];
    if content.contains("\n\n") {
        return None;
    }
    let behind = at + 1 + length + 1 + ticks + end + ticks;
    Some((shown(name, content.trim(), names), behind))
}

fn shown(name: &str, content: &str, names: &Names<'_>) -> String {
    let (words, target) = match content
        .strip_suffix('>')
        .and_then(|content| content.rsplit_once('<'))
    {
        Some((words, target)) => (Some(words.trim()).filter(|words| !words.is_empty()), target),
        None => (None, content),
    };
    match name {
        "doc" => {
            let title = words.map(str::to_owned).or_else(|| names.title_of(target));
            link(&title.unwrap_or_else(|| last(target)), target)
        }
        "ref" | "numref" | "any" | "eq" | "term" | "prf:ref" | "std:ref" | "std:doc" => {
            let labelled = names.labelled(target);
            let title = words
                .or(labelled)
                .map_or_else(|| last(target), str::to_owned);
            match (name, labelled) {
                ("eq" | "prf:ref", _) => title,
                (_, Some(_)) => link(&title, &format!("#{target}")),
                ("any", None) => link(
                    &names.title_of(target).unwrap_or(title),
                    &destination(target),
                ),
                _ => link(&title, &destination(target)),
            }
        }
        "download" => link(words.unwrap_or(target), target),
        "kbd" | "command" | "file" | "program" | "option" | "envvar" | "code" | "samp"
        | "literal" | "py" | "console" | "bash" | "mimetype" | "regexp" | "makevar" | "token"
        | "keyword" | "confval" | "func" | "class" | "meth" | "mod" | "attr" | "data" | "exc"
        | "obj" | "const" => code_span(short(words.unwrap_or(target))),
        "math" => format!("${content}$"),
        "sup" => format!("^{content}"),
        "octicon" | "fas" | "fab" | "far" | "fa" | "icon" | "bdg-icon" | "eval" | "cite"
        | "index" | "target"
            if name != "cite" =>
        {
            String::new()
        }
        "issue" | "pr" | "pull" | "user" => {
            format!("{}{target}", if name == "user" { "@" } else { "#" })
        }
        "pep" | "PEP" => format!("PEP {target}"),
        "rfc" => format!("RFC {target}"),
        _ if name.starts_with("material") => String::new(),
        // Of a domain: `py:func`, `c:macro`.
        _ if name.contains(':') => code_span(short(words.unwrap_or(target))),
        _ => words.unwrap_or(content).to_owned(),
    }
}

/// `~a.b.c` is shown as `c`; `!x` as `x`.
fn short(target: &str) -> &str {
    match target.strip_prefix('~') {
        Some(target) => target.rsplit('.').next().unwrap_or(target),
        None => target.trim_start_matches('!'),
    }
}

/// `guide/set-up` as words.
fn last(target: &str) -> String {
    let last = target.rsplit('/').next().unwrap_or(target);
    let last = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    last.replace(['-', '_'], " ")
}

fn link(words: &str, target: &str) -> String {
    let words = words.replace(['[', ']'], "");
    let target = target.trim();
    if target.starts_with("<") || !target.contains([' ', '(', ')', '<', '>']) {
        format!("[{words}]({target})")
    } else {
        format!("[{words}](<{}>)", target.replace(['<', '>'], ""))
    }
}
