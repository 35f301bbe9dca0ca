//! The names in a heading, a term or a cell, as they are written, and as people call what they name.

use super::line::{Run, Style, apart, plain};
use super::words::{
    is_file, is_kind, is_kind_of_member, is_operator, is_path, is_qualifier, is_single,
    is_sure_kind,
};
use crate::corpus::entry::EntryKind;

/// A longer name is none. In bytes.
const MAX_NAME: usize = 200;
/// Names of one entry.
const MAX_NAMES: usize = 32;
/// A longer signature is not asked for as a whole. In bytes.
const MAX_SIGNATURE: usize = 100;
/// What has more words is a sentence.
const MAX_WORDS: usize = 12;

/// The names of an entry, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) kind: EntryKind,
    pub(super) names: Vec<String>,
}

impl Named {
    fn new(kind: EntryKind) -> Self {
        let names = Vec::new();
        Self { kind, names }
    }

    /// Adds what another one has.
    pub(super) fn extend(&mut self, other: Self) {
        for name in other.names {
            self.add(&name);
        }
    }

    fn add(&mut self, name: &str) {
        let name = name.trim();
        let is_count = name.len() < 3 && name.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = !is_count && name.len() <= MAX_NAME && name.chars().any(is_mark);
        if is_name && self.names.len() < MAX_NAMES && !self.names.iter().any(|it| it == name) {
            self.names.push(name.to_owned());
        }
    }

    fn or_none(self) -> Option<Self> {
        (!self.names.is_empty()).then_some(self)
    }
}

/// The names that a heading gives to its section: all of it, and what is code or a name in it.
pub(super) fn of_heading(runs: &[Run]) -> Option<Named> {
    let text = plain(runs);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_code = |run: &Run| run.style == Style::Code;
    let mut named = match of_code(runs, &text) {
        Some(mut code) if code.kind == EntryKind::Option || !is_prose(&text, runs) => {
            if text.len() <= MAX_SIGNATURE || !text.contains('(') {
                code.add(&text);
            }
            code
        }
        code => {
            let mut named = Named::new(EntryKind::Heading);
            named.add(&text);
            named.extend(code.unwrap_or_else(|| Named::new(EntryKind::Heading)));
            named
        }
    };
    if let Some(rest) = unnumbered(&text) {
        named.add(rest);
    }
    // "Nullish coalescing operator (??)"
    if let Some((before, inner)) = text.strip_suffix(')').and_then(|it| it.rsplit_once(" ("))
        && (is_operator(inner) || inner.len() > 1 && inner.chars().all(|c| c.is_ascii_uppercase()))
    {
        named.add(before);
        named.add(inner);
    }
    let mut codes = runs.iter().filter(|run| is_code(run));
    if let (Some(code), None) = (codes.next(), codes.next())
        && text.split(' ').count() <= 4
    {
        one(&code.text, true, &mut named);
    }
    named.or_none()
}

/// The names of a heading that is its page's: [`of_heading`], and "Class Element".
pub(super) fn of_title(runs: &[Run]) -> Option<Named> {
    let mut named = of_heading(runs)?;
    let text = plain(runs);
    if let Some(owner) = owner(&text) {
        named.names.truncate(1);
        one(owner, true, &mut named);
        named.kind = EntryKind::Signature;
    }
    named.or_none()
}

/// What a page is of whose title says that its members are on it: "Struct std::vec::Vec".
pub(super) fn owner(title: &str) -> Option<&str> {
    const KINDS: &[&str] = &[
        "Class",
        "Enum",
        "Exception",
        "Interface",
        "Module",
        "Namespace",
        "Object",
        "Record",
        "Struct",
        "Trait",
        "Type",
        "Union",
    ];
    let (kind, name) = title.trim().split_once(' ')?;
    let name = without_generics(name.trim());
    let is_name = KINDS.contains(&kind) && is_single(name) && is_path(name);
    is_name.then_some(name)
}

impl Named {
    /// Adds the names that a section's anchor tells: of what it is a member. `owner`: of what the page is.
    pub(super) fn qualify(&mut self, anchor: &str, owner: Option<&str>) {
        let anchor = anchor.split('(').next().unwrap_or(anchor);
        let anchor = match anchor.split_once('.') {
            Some((kind, rest)) if is_kind_of_member(kind) => rest,
            _ => anchor,
        };
        let Some(first) = self.names.first() else {
            return;
        };
        let last = |name: &str| {
            name.rsplit(['.', ':', '#', '@', ' ', '*'])
                .next()
                .map(str::to_owned)
        };
        let Some(member) = last(first).filter(|member| !member.is_empty()) else {
            return;
        };
        // Of several with one name, all but the first are numbered.
        let numbered = anchor.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_member = anchor == member || numbered.strip_suffix('-') == Some(member.as_str());
        if is_member && first.contains(' ') {
            // `PyTypeObject PyBytes_Type`
            if self.kind == EntryKind::Signature {
                self.add(&member);
            }
        } else if is_member && is_path(&member) {
            if let Some(owner) = owner
                && self.kind != EntryKind::Option
            {
                self.kind = EntryKind::Signature;
                let separator = if owner.contains("::") { "::" } else { "." };
                let short = owner.rsplit([':', '.']).next().unwrap_or(owner);
                self.add(&format!("{short}{separator}{member}"));
                self.add(&format!("{owner}{separator}{member}"));
            } else if first.starts_with('@') {
                self.add(&member);
            }
        } else if is_path(anchor)
            && anchor.contains(['.', ':'])
            && last(anchor).as_ref() == Some(&member)
        {
            self.add(anchor);
            last_parts(anchor, true, self);
        }
    }
}

/// The names of a term: a line that stands above what it defines, or leads it.
pub(super) fn of_term(runs: &[Run]) -> Option<Named> {
    let text = plain(runs);
    if let Some(options) = options(&text) {
        return options.or_none();
    }
    let mut named = Named::new(EntryKind::Term);
    if text.contains('→') && !calls(runs) && operators(runs, &mut named) {
        named.kind = EntryKind::Signature;
        return named.or_none();
    }
    for part in apart(runs) {
        let part = &runs[part];
        let Some(at) = part.iter().position(|run| run.style != Style::Plain) else {
            continue;
        };
        let first = &part[at];
        // Of a signature, the arguments are often written in other styles.
        let whole = plain(&part[at..]);
        let rest = &whole[first.text.len()..];
        let calls = rest.starts_with('(')
            || ["( ", "()"]
                .iter()
                .any(|open| rest.trim_start().starts_with(open));
        let is_signature = first.style == Style::Code && calls && is_single(&first.text);
        let mut found = Named::new(EntryKind::Term);
        one(&first.text, first.style == Style::Code, &mut found);
        if is_signature || found.kind == EntryKind::Signature {
            named.kind = EntryKind::Signature;
            if let Some(name) = found.names.first().cloned() {
                last_parts(&name, calls, &mut found);
            }
        }
        named.extend(found);
    }
    named.or_none()
}

/// The names that a row of a table has by its first cells.
pub(super) fn of_cells(first: &[Run], second: &[Run]) -> Option<Named> {
    let text = plain(first);
    let mut named = match options(&text) {
        Some(options) => options,
        None if text.contains('→') || first.iter().any(|run| run.style == Style::Code) => {
            of_term(first).unwrap_or_else(|| Named::new(EntryKind::Row))
        }
        None => Named::new(EntryKind::Row),
    };
    // What a function returns stands before it.
    if let Some(call) = second.first()
        && call.style == Style::Code
        && call.text.contains('(')
        && !text.contains('(')
    {
        named = of_term(second).unwrap_or(named);
    } else if named.names.is_empty() && text.split_whitespace().count() <= MAX_WORDS / 2 {
        one(&text, false, &mut named);
    }
    // Codes and numbers have their names beside them.
    let is_number = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_digit())
        && is_single(&text);
    if is_number && let [only] = second {
        let name = only.text.trim();
        if is_path(name) && (only.style == Style::Code || name.contains('_')) {
            named.add(name);
        }
    }
    named.kind = EntryKind::Row;
    named.or_none()
}

/// The names before the dash in a manual page's NAME.
pub(super) fn of_manual(runs: &[Run]) -> Option<Named> {
    let text = plain(runs);
    let dash = [" - ", " — ", " – ", " \\- "];
    let end = dash.iter().filter_map(|dash| text.find(dash)).min()?;
    let mut named = Named::new(EntryKind::Signature);
    for name in text[..end].split(',').map(str::trim) {
        if !is_single(name) {
            return None;
        }
        named.add(name);
    }
    named.or_none()
}

/// Whether a heading is more than names.
fn is_prose(text: &str, runs: &[Run]) -> bool {
    let is_styled = |run: &Run| run.style == Style::Code || run.text.trim().is_empty();
    !runs.iter().all(is_styled) && !is_single(text) && !text.contains('(')
}

/// The names of a heading that is code, or a name with what it is.
fn of_code(runs: &[Run], text: &str) -> Option<Named> {
    if let Some(options) = options(text) {
        return options.or_none();
    }
    let mut named = Named::new(EntryKind::Signature);
    if let Some(name) = manual(text) {
        named.add(name);
        if name.contains('-') {
            named.add(&name.replace('-', " "));
        }
        return named.or_none();
    }
    let all_code = runs.iter().all(|run| {
        run.style == Style::Code
            || run.text.trim().is_empty()
            || run.text.trim().starts_with(['(', ',', '/', '|', '['])
    });
    let first = runs.first()?;
    if first.style == Style::Code && all_code {
        named = of_term(runs)?;
        named.kind = EntryKind::Signature;
        return named.or_none();
    }
    if first.style == Style::Code && is_single(&first.text) {
        // "`json` — JSON encoder", "`::before` CSS pseudo-element"
        let rest = plain(&runs[1..]);
        let rest = rest.trim_start();
        let is_named = rest.starts_with(['—', '–', '-', ':', '(']) || ends_in_kind(rest);
        if is_named {
            one(&first.text, true, &mut named);
            return named.or_none();
        }
    }
    of_words(text, &mut named);
    named.or_none()
}

/// The name in a heading without code.
fn of_words(text: &str, named: &mut Named) {
    // "Document: querySelector() method", "E0308: mismatched types", "json — JSON encoder"
    for between in [": ", " — ", " – ", " - "] {
        let Some((before, after)) = text.split_once(between) else {
            continue;
        };
        let name = before.rsplit(' ').next().unwrap_or(before);
        if between == ": "
            && is_single(before)
            && let Some((member, kind)) = after.split_once(' ')
            && is_kind(kind.rsplit(' ').next().unwrap_or(kind))
        {
            let member = member.split('(').next().unwrap_or(member);
            named.add(&format!("{before}.{member}"));
            named.add(member);
            return;
        }
        let is_dash = matches!(between, " — " | " – ");
        let is_named = is_marked(before)
            || is_dash && is_single(before) && before.starts_with(char::is_lowercase);
        if is_named || is_code_of(name) && before.split(' ').all(|it| is_kind(it) || it == name) {
            one(name, true, named);
        }
        return;
    }
    if let Some((name, kind)) = text.split_once(' ')
        && is_single(name)
        && ends_in_kind(kind)
        && (is_marked(name) || ends_in_sure_kind(kind))
        && kind.split(' ').count() <= 3
    {
        one(name, true, named);
        return;
    }
    if let Some((kind, name)) = text.rsplit_once(' ')
        && (is_marked(name) && kind.split(' ').all(is_qualifier)
            || is_code_of(name) && is_kind(kind.rsplit(' ').next().unwrap_or(kind)))
    {
        one(name, true, named);
        return;
    }
    let begins_call = text.find('(').is_some_and(|open| {
        open > 0
            && text[..open]
                .split(' ')
                .all(|it| is_path(it) || is_qualifier(it))
            && text.ends_with(')')
            && !text[..open].ends_with(' ')
    });
    if begins_call || is_single(text) && is_marked(text) {
        one(text, true, named);
    }
}

/// Adds the names that one written name has.
fn one(text: &str, is_code: bool, named: &mut Named) {
    let text = text.trim();
    let unquoted = text.trim_matches(['“', '”', '"', '\'']).trim();
    let text = if unquoted.is_empty() { text } else { unquoted };
    let text = text
        .strip_suffix(':')
        .filter(|it| !it.ends_with(':'))
        .unwrap_or(text);
    if text.is_empty() || text.len() > 10 * MAX_NAME {
        return;
    }
    if let Some(options) = options(text) {
        named.kind = options.kind;
        named.extend(options);
        return;
    }
    if let Some(name) = manual(text) {
        named.add(name);
        return;
    }
    let text = text.trim_end_matches(';').trim_end();
    let is_call = text.find('(').is_some_and(|open| is_path(&text[..open]));
    if is_code || is_call || is_single(text) {
        let (name, is_signature) = signature(text);
        if is_signature {
            named.kind = EntryKind::Signature;
        }
        // `\\pset [ option ]`
        if text.starts_with(['\\', ':', '.', '@'])
            && let Some((command, _)) = text.split_once(' ')
        {
            named.add(command);
            return;
        }
        named.add(name);
        if let Some(end) = name
            .find('=')
            .filter(|at| *at > 0 && *at + 1 < name.len() && !is_operator(name))
        {
            named.add(&name[..end]);
        }
        last_parts(name, is_signature, named);
        return;
    }
    let words = text.split_whitespace().count();
    if words > MAX_WORDS || text.ends_with(['.', ',', '?', '!']) && words > 6 {
        return;
    }
    if let Some((before, inner)) = text.strip_suffix(')').and_then(|it| it.rsplit_once(" (")) {
        named.add(before);
        if inner.split_whitespace().count() == 1 && !inner.contains(char::is_lowercase) {
            named.add(inner);
        }
        named.add(text);
        return;
    }
    let text = text.trim_end_matches(['.', ',']);
    let parts: Vec<&str> = text.split(", ").collect();
    if parts.len() > 1 && parts.iter().all(|part| is_single(part)) {
        for part in parts {
            named.add(part);
        }
        return;
    }
    let text = text.strip_suffix(" =").unwrap_or(text);
    named.add(text);
    // `PRAGMA cache_size`
    if let Some((keyword, name)) = text.split_once(' ')
        && keyword.chars().all(|c| c.is_ascii_uppercase())
        && is_path(name)
        && name.contains('_')
    {
        named.add(name);
    }
}

/// The name of what a signature declares, and whether it is one.
fn signature(text: &str) -> (&str, bool) {
    let text = text.trim();
    // `<input>`, `(=)`, `[1]`
    if text.starts_with(['<', '(', '[', '{', '@', '$', '%', '#', ':']) && !text.contains(' ') {
        let end = match text.find('(') {
            Some(open) if open > 1 => open,
            _ => text.len(),
        };
        return (&text[..end], end < text.len());
    }
    if is_operator(text) {
        return (text, false);
    }
    let ends = [
        "(", "[", "{", " = ", " -> ", " → ", " := ", ": ", ";", " <", " …", " ...",
    ];
    let end = ends.iter().filter_map(|end| text.find(end)).min();
    let end = end.filter(|end| *end > 0).unwrap_or(text.len());
    let calls = text[end..].starts_with('(');
    let head = text[..end].trim_end();
    let head = without_generics(head);
    let mut tokens = head.split_whitespace().rev();
    let last = tokens.next().unwrap_or(head);
    let name = last.trim_start_matches(['*', '&']);
    let qualifiers = tokens.clone().count();
    let declares = qualifiers > 0 && (calls || tokens.clone().all(is_qualifier));
    match qualifiers {
        0 => (name, calls),
        _ if declares && !name.is_empty() => (name, true),
        1..=3 if !head.starts_with("impl") => (head, calls),
        _ => ("", false),
    }
}

/// `Vec<T>` is `Vec`.
fn without_generics(text: &str) -> &str {
    match text.find('<') {
        Some(open)
            if open > 0
                && text.ends_with('>')
                && !text[..open].ends_with("operator")
                && text[..open].ends_with(char::is_alphanumeric) =>
        {
            &text[..open]
        }
        _ => text,
    }
}

/// Adds what a qualified name is called by those who know of what.
fn last_parts(name: &str, is_signature: bool, named: &mut Named) {
    if !is_path(name) || is_file(name) || name.starts_with(['.', '-', '/', '~']) {
        return;
    }
    let (separator, is_sure) = match () {
        () if name.contains("::") => ("::", true),
        () if name.contains('#') => ("#", true),
        () if name.contains('.') => {
            let is_of_class = name.starts_with(char::is_uppercase);
            (".", is_signature || is_of_class)
        }
        () => return,
    };
    let parts: Vec<&str> = name.split(separator).collect();
    let is_part = |part: &&str| part.starts_with(|c: char| !c.is_ascii_digit());
    if !parts.iter().all(is_part) {
        return;
    }
    if let [.., owner, "prototype", member] = parts.as_slice() {
        named.add(&format!("{owner}.{member}"));
    } else if let [_, .., owner, member] = parts.as_slice() {
        named.add(&format!("{owner}{separator}{member}"));
    }
    if is_sure && let [_, .., member] = parts.as_slice() {
        named.add(member);
    }
}

/// The options that a text lists, with what stands for their values left out.
fn options(text: &str) -> Option<Named> {
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

/// Whether what a line begins with is called: "`rank` ( `args` )".
fn calls(runs: &[Run]) -> bool {
    let mut runs = runs.iter().skip_while(|run| run.text.trim().is_empty());
    let first = runs.next();
    let next = runs.next();
    first.is_some_and(|run| run.text.contains('('))
        || next
            .is_some_and(|run| run.style == Style::Plain && run.text.trim_start().starts_with('('))
}

/// Adds the operators of a line such as "`json` `->` `integer` → `json`".
fn operators(runs: &[Run], named: &mut Named) -> bool {
    let codes = || {
        let before = runs.iter().take_while(|run| !run.text.contains('→'));
        before.filter(|run| run.style != Style::Plain)
    };
    for run in codes().filter(|run| is_operator(run.text.trim())) {
        named.add(&run.text);
    }
    let is_keyword = |it: &&Run| {
        let is_capital = |c: char| c.is_ascii_uppercase() || c == ' ';
        it.text.len() > 1 && it.text.chars().all(is_capital)
    };
    // The first of "`BETWEEN` … `AND`".
    if named.names.is_empty()
        && let Some(run) = codes().skip(1).find(is_keyword)
    {
        named.add(&run.text);
    }
    !named.names.is_empty()
}

/// The name in `git-rebase(1)`.
fn manual(text: &str) -> Option<&str> {
    let first = text.split(' ').next()?;
    let (name, section) = first.strip_suffix(')')?.split_once('(')?;
    let is_section = section.starts_with(|c: char| c.is_ascii_digit())
        && section.len() <= 4
        && section.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_section && is_path(name)).then_some(name)
}

/// A heading without its number: "9.16. Functions", "Chapter 5. Data", "Appendix A. Codes".
fn unnumbered(text: &str) -> Option<&str> {
    let (first, mut rest) = text.split_once(' ')?;
    let is_number = |it: &str| {
        let it = it.strip_suffix(['.', ':', ')']).unwrap_or(it);
        !it.is_empty()
            && it.len() <= 12
            && it.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
            && it.split('.').all(|part| {
                part.bytes().all(|byte| byte.is_ascii_digit())
                    || part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_uppercase())
            })
    };
    if matches!(first, "Chapter" | "Appendix" | "Section" | "Part") {
        let (number, after) = rest.split_once(' ')?;
        rest = after;
        return is_number(number).then_some(rest.trim());
    }
    let counts = first.starts_with(|c: char| c.is_ascii_digit()) || first.contains('.');
    (counts && is_number(first)).then_some(rest.trim())
}

/// Whether what follows a name says what that is: "CSS property".
fn ends_in_kind(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(is_kind)
}

/// Whether it says that of any word: "Date header", not "magic method".
fn ends_in_sure_kind(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(is_sure_kind)
}

/// A word that nobody takes for one of prose.
pub(super) fn is_marked(word: &str) -> bool {
    is_single(word)
        && (word.contains(['_', '.', ':', '@', '$', '<', '(', '=', '#', '%', '*'])
            || word.contains('-') && (word.starts_with('-') || word.contains(char::is_uppercase))
            || word.contains(|c: char| c.is_ascii_digit())
            || word.chars().skip(1).any(char::is_uppercase) && word.contains(char::is_lowercase))
}

fn is_code_of(word: &str) -> bool {
    is_path(word) && is_marked(word)
}

/// Whether a name has something that can be asked for.
fn is_mark(letter: char) -> bool {
    letter.is_alphanumeric()
        || letter.is_ascii_punctuation()
        || !letter.is_ascii() && !letter.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::super::line::Text;
    use super::*;

    fn line(text: &str) -> Vec<Run> {
        Text::of(text).lines.concat()
    }

    fn shown(named: Option<Named>) -> String {
        named.map_or_else(String::new, |named| named.names.join(" | "))
    }

    #[test]
    fn headings_name_what_they_are_of() {
        for (heading, names) in [
            ("Getting started", "Getting started"),
            (
                "`json.dumps(obj, *, skipkeys=False)`",
                "json.dumps | dumps | json.dumps(obj, *, skipkeys=False)",
            ),
            (
                "`class pathlib.PurePath(*pathsegments)`",
                "pathlib.PurePath | PurePath | class pathlib.PurePath(*pathsegments)",
            ),
            (
                "`std::vec::Vec<T>`",
                "std::vec::Vec | vec::Vec | Vec | std::vec::Vec<T>",
            ),
            (
                "Struct std::vec::Vec",
                "Struct std::vec::Vec | std::vec::Vec | vec::Vec | Vec",
            ),
            (
                "`static int QString::size(const QString &name)`",
                "QString::size | size | static int QString::size(const QString &name)",
            ),
            (
                "`char *strdup(const char *s)`",
                "strdup | char *strdup(const char *s)",
            ),
            (
                "fs.readFile(path[, options], callback)",
                "fs.readFile | readFile | fs.readFile(path[, options], callback)",
            ),
            (
                "Array.prototype.map()",
                "Array.prototype.map | Array.map | map | Array.prototype.map()",
            ),
            (
                "Document: querySelector() method",
                "Document.querySelector | querySelector | Document: querySelector() method",
            ),
            (
                "Element: click event",
                "Element: click event | Element.click | click",
            ),
            (
                "`listen_addresses` (`string`)",
                "listen_addresses | listen_addresses (string)",
            ),
            (
                "`grid-template-columns` CSS property",
                "grid-template-columns CSS property | grid-template-columns",
            ),
            (
                "`::before` CSS pseudo-element",
                "::before CSS pseudo-element | ::before",
            ),
            ("Set-Cookie header", "Set-Cookie header | Set-Cookie"),
            ("Date header", "Date header | Date"),
            ("Greater than (>)", "Greater than (>) | Greater than | >"),
            ("Number.MAX_VALUE", "Number.MAX_VALUE | MAX_VALUE"),
            (
                "`<small>` HTML side comment element",
                "<small> HTML side comment element | <small>",
            ),
            ("magic method", "magic method"),
            ("`@media`", "@media"),
            ("`<input>`", "<input>"),
            ("E0308: mismatched types", "E0308: mismatched types | E0308"),
            ("Error code E0308", "Error code E0308 | E0308"),
            ("KubePodNotReady", "KubePodNotReady"),
            ("`TimeoutStartSec=`", "TimeoutStartSec="),
            ("`-v`, `--verbose`", "-v | --verbose | -v, --verbose"),
            ("`--[no-]verify`", "--verify | --no-verify | --[no-]verify"),
            (
                "git-rebase(1) Manual Page",
                "git-rebase | git rebase | git-rebase(1) Manual Page",
            ),
            (
                "`json` — JSON encoder and decoder",
                "json — JSON encoder and decoder | json",
            ),
            (
                "9.16. JSON Functions",
                "9.16. JSON Functions | JSON Functions",
            ),
            (
                "Appendix A. Error Codes",
                "Appendix A. Error Codes | Error Codes",
            ),
            ("The `find` option", "The find option | find"),
            ("Why `a` is not `b`", "Why a is not b"),
            ("pg_hba.conf", "pg_hba.conf"),
            ("What is new?", "What is new?"),
            ("Notes: read them", "Notes: read them"),
        ] {
            assert_eq!(shown(of_heading(&line(heading))), names, "{heading}");
        }
    }

    #[test]
    fn terms_are_named_without_their_arguments() {
        for (term, names) in [
            ("`-c command` `--command=command`", "-c | --command"),
            ("`-m`, `--module <name>`", "-m | --module"),
            ("`--color[=WHEN]`", "--color"),
            ("`-O0`", "-O0"),
            ("`-XX:+UseG1GC`", "-XX:+UseG1GC | -XX"),
            ("`-L` [bind_address:]port:host:hostport", "-L"),
            (
                "`set_config` ( `setting_name` `text`, `new_value` `text` ) → `text`",
                "set_config",
            ),
            ("`json` `->` `integer` → `json`", "->"),
            ("`datatype` `IS NOT NULL` → `boolean`", "IS NOT NULL"),
            (
                "`ExecStartPre=`, `ExecStartPost=`",
                "ExecStartPre= | ExecStartPost=",
            ),
            ("`list-timers` [`PATTERN`...]", "list-timers"),
            ("`\\lo_import filename [ comment ]`", "\\lo_import"),
            ("`core.eol`", "core.eol"),
            ("`color.branch.<slot>`", "color.branch.<slot>"),
            (
                "`pg_promote` ( `wait` `boolean` `DEFAULT` `true` ) → `boolean`",
                "pg_promote",
            ),
            (
                "`trim` ( [ `LEADING` ] `FROM` `string` `text` ) → `text`",
                "trim",
            ),
            ("`Domain=<domain-value>`", "Domain=<domain-value> | Domain"),
            ("`\"hide\"`", "hide"),
            ("`std::mem::swap`", "std::mem::swap | mem::swap | swap"),
            ("`PGHOST`", "PGHOST"),
            ("`==`", "=="),
            ("`%>`", "%>"),
            ("", ""),
        ] {
            assert_eq!(shown(of_term(&line(term))), names, "{term}");
        }
    }

    #[test]
    fn rows_are_named_by_their_first_cells() {
        for (first, second, names) in [
            ("--advertise-address string", "", "--advertise-address"),
            ("`01000`", "`warning`", "01000 | warning"),
            ("SQLITE_BUSY", "`5`", "SQLITE_BUSY"),
            ("5", "SQLITE_BUSY", "SQLITE_BUSY"),
            ("`datatype` `>=` `datatype` → `boolean`", "Greater", ">="),
            ("A push button with no default behavior at all", "", ""),
            ("Header type", "Response header", "Header type"),
        ] {
            assert_eq!(
                shown(of_cells(&line(first), &line(second))),
                names,
                "{first}"
            );
        }
    }

    #[test]
    fn members_are_called_by_what_they_are_of() {
        for (heading, anchor, title, names) in [
            (
                "`add_note(note)`",
                "BaseException.add_note",
                "",
                "add_note | add_note(note) | BaseException.add_note",
            ),
            (
                "`Path.touch()`",
                "pathlib.Path.touch",
                "",
                "Path.touch | touch | Path.touch() | pathlib.Path.touch",
            ),
            (
                "`@abc.abstractmethod`",
                "abc.abstractmethod",
                "",
                "@abc.abstractmethod | abc.abstractmethod | abstractmethod",
            ),
            (
                "`pub fn push(&mut self, value: T)`",
                "method.push",
                "Struct std::vec::Vec",
                "push | pub fn push(&mut self, value: T) | Vec::push | std::vec::Vec::push",
            ),
            ("html", "html(T)", "Class Element", "html | Element.html"),
            (
                "`Py_ssize_t len`",
                "c.Py_buffer.len",
                "",
                "Py_ssize_t len | Py_buffer.len | len",
            ),
            (
                "`PyTypeObject PyBytes_Type`",
                "c.PyBytes_Type",
                "",
                "PyTypeObject PyBytes_Type | PyBytes_Type",
            ),
        ] {
            let mut named = of_heading(&line(heading)).unwrap();
            named.qualify(anchor, owner(title));
            assert_eq!(named.names.join(" | "), names, "{heading}");
        }
        assert_eq!(
            shown(of_title(&line("Class Element"))),
            "Class Element | Element"
        );
        assert_eq!(
            shown(of_title(&line("Struct std::vec::Vec<T>"))),
            "Struct std::vec::Vec<T> | std::vec::Vec | vec::Vec | Vec"
        );
        assert_eq!(
            shown(of_title(&line("Class loading explained"))),
            "Class loading explained"
        );
    }

    #[test]
    fn a_manual_page_has_several_names() {
        let names = of_manual(&line("printf, fprintf, sprintf - formatted output"));
        assert_eq!(shown(names), "printf | fprintf | sprintf");
        assert_eq!(of_manual(&line("This page - as it is - says more")), None);
    }

    #[test]
    fn nothing_costs_more_than_its_length() {
        let long = "a".repeat(10_000);
        for text in [
            "(".repeat(1_000_000),
            "`".repeat(1_000_000),
            "--a,".repeat(250_000),
            "a::".repeat(300_000),
            "-[no-]".repeat(200_000),
            long,
        ] {
            for named in [of_heading(&line(&text)), of_term(&line(&text))] {
                let names = named.map(|named| named.names).unwrap_or_default();
                assert!(names.len() <= MAX_NAMES && names.iter().all(|it| it.len() <= MAX_NAME));
            }
        }
    }
}
