//! What a signature declares, and what people call it.

use super::line::{Run, Style};
use super::named::Named;
use super::words::{is_file, is_kind_of_member, is_operator, is_path, is_qualifier, is_single};
use crate::corpus::entry::EntryKind;

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

/// The name of what a signature declares, and whether it is one.
pub(super) fn signature(text: &str) -> (&str, bool) {
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
pub(super) fn last_parts(name: &str, is_signature: bool, named: &mut Named) {
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

/// Whether what a line begins with is called: "`rank` ( `args` )".
pub(super) fn calls(runs: &[Run]) -> bool {
    let mut runs = runs.iter().skip_while(|run| run.text.trim().is_empty());
    let first = runs.next();
    let next = runs.next();
    first.is_some_and(|run| run.text.contains('('))
        || next
            .is_some_and(|run| run.style == Style::Plain && run.text.trim_start().starts_with('('))
}

/// Adds the operators of a line such as "`json` `->` `integer` → `json`".
pub(super) fn operators(runs: &[Run], named: &mut Named) -> bool {
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
pub(super) fn manual(text: &str) -> Option<&str> {
    let first = text.split(' ').next()?;
    let (name, section) = first.strip_suffix(')')?.split_once('(')?;
    let is_section = section.starts_with(|c: char| c.is_ascii_digit())
        && section.len() <= 4
        && section.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_section && is_path(name)).then_some(name)
}
